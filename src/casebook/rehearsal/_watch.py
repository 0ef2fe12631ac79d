"""The watcher: `prerelease profile` and `prerelease watch` on the Parquet parts of a morning."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from prerelease.__main__ import main

COLUMNS = ["--column", "amount=Amount", "--leave-out", "id", "--leave-out", "block"]
RULES = {
    "new": {"inputs": ("ks", "inputs"), "scores": ("ks", "score")},
    "told": {"losses": ("cost", "")},
}
"""What is asked of yesterday's payments, and of those whose labels have come in."""


class Watcher:
    """Watches the parts in a folder.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where parts are written as ``new.parquet`` and ``told.parquet``, and the history, with the
        scores of the model that serves, as ``history.parquet``.
    limits : dict of str to float
        Of the plan.
    """

    def __init__(self, folder: str | Path, limits: dict[str, float]) -> None:
        self._folder, self._limits = Path(folder), limits

    def refer(self, threshold: float) -> None:
        """Make the profile of the history, and the rules, for a model with its threshold."""
        for old in (self._folder / "reference").glob("*"):
            old.unlink()
        self._profile("history", "reference", *COLUMNS, "--threshold", repr(threshold))
        for part, rules in RULES.items():
            written = ["[watch]", "match_hours = false", "n_permutations = 199", ""]
            for name, (measure, of) in rules.items():
                written += ["[[rule]]", f'name = "{name}"', f'measure = "{measure}"']
                written += [f'of = "{of}"'] if of else [f"threshold = {threshold!r}"]
                written += [f"at_most = {self._limits[name]!r}", 'do = "See the plan."', ""]
            (self._folder / f"{part}.toml").write_text("\n".join(written), encoding="utf-8")

    def watch(self, parts: list[str]) -> list[dict[str, Any]]:
        """Return what is found in the parts of a morning."""
        found = []
        for part in parts:
            contract = ["--contract", str(self._folder / "reference" / "contract.json")]
            self._profile(part, f"of-{part}", *contract)
            report = self._folder / f"{part}.json"
            reference = str(self._folder / "reference")
            rules = ["--rules", str(self._folder / f"{part}.toml"), "--json", str(report)]
            of_part = str(self._folder / f"of-{part}")
            _run("watch", of_part, "--reference", reference, *rules, allowed=(0, 1, 3))
            found += _told(json.loads(report.read_text(encoding="utf-8"))["findings"])
        return found

    def _profile(self, part: str, out: str, *more: str) -> None:
        table = str(self._folder / f"{part}.parquet")
        _run("profile", table, "--out", str(self._folder / out), *more)


def _run(*words: str, allowed: tuple[int, ...] = (0,)) -> None:
    """Run a command of the library, and stop where it could not do what was asked."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    if code not in allowed:
        msg = f"prerelease {' '.join(words)} ended with {code}: {said.getvalue().strip()[-500:]}"
        raise RuntimeError(msg)


def _told(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one finding for each rule: the largest, where a rule asks about many columns."""
    table = pd.DataFrame(findings)
    table["found"] = table["found"].astype(float).fillna(0.0)
    rings = (table["outcome"] == "alarm") | (
        (table["outcome"] == "insufficient evidence") & (table["measure"] == "cost")
    )
    table["rings"] = rings & (table["found"] > 0)
    kept = table.loc[table.groupby("name")["found"].idxmax()]
    return kept[["name", "of", "found", "outcome", "rings"]].to_dict("records")
