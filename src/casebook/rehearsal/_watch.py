"""The watcher: `prerelease profile` and `prerelease watch` on the Parquet parts of a morning."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.models import INPUTS
from prerelease.__main__ import main

RULES = {
    "new": {"inputs": ("ks", "inputs"), "scores": ("ks", "score")},
    "told": {"losses": ("cost", "")},
}
"""What is asked of yesterday's payments, and of those whose labels have come in."""
LOOKS_AT = {
    "new": ["time", "score", *INPUTS],
    "told": ["time", "score", "Amount", "label"],
}
"""Their columns: nothing else goes into a profile."""


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
        """Make the profiles of the history, and the rules, for a model with its threshold."""
        for part, rules in RULES.items():
            reference = self._folder / f"reference-{part}"
            shutil.rmtree(reference, ignore_errors=True)
            more = ["--column", "amount=Amount", "--bins", "10", "--threshold", repr(threshold)]
            self._profile("history", part, reference, *more)
            written = ["[watch]", "match_hours = false", "n_resamples = 400", ""]
            for name, (measure, of) in rules.items():
                written += ["[[rule]]", f'name = "{name}"', f'measure = "{measure}"']
                written += [f'of = "{of}"'] if of else [f"threshold = {threshold!r}"]
                written += [f"at_most = {self._limits[name]!r}", 'do = "See the plan."', ""]
            (self._folder / f"{part}.toml").write_text("\n".join(written), encoding="utf-8")

    def watch(self, part: str) -> list[dict[str, Any]]:
        """Return what is found in a part of this morning."""
        reference, profiles = self._folder / f"reference-{part}", self._folder / f"of-{part}"
        self._profile(part, part, profiles, "--contract", str(reference / "contract.json"))
        report = self._folder / f"{part}.json"
        rules = ["--rules", str(self._folder / f"{part}.toml"), "--json", str(report)]
        of_part = str(profiles / "part.parquet")
        _run("watch", of_part, "--reference", str(reference), *rules, allowed=(0, 1, 3))
        return _told(json.loads(report.read_text(encoding="utf-8"))["findings"])

    def _profile(self, table: str, part: str, out: Path, *more: str) -> None:
        """Count what the rules of a part look at."""
        rows = pd.read_parquet(self._folder / f"{table}.parquet")
        file = self._folder / "part.parquet"
        rows[LOOKS_AT[part]].to_parquet(file)
        _run("profile", str(file), "--out", str(out), *more)


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
