"""The model card: generated from the evidence, so that it cannot say more than was found."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from prerelease import __version__, _html, _words
from prerelease.gate import Criteria, Verdict

PRICES = {
    "miss_fee": "a missed fraud, beside its amount: {:g} €",
    "recovery_share": "got back of a missed fraud's amount: a share of {:g}",
    "review": "an alert, right or wrong: {:g} €",
    "goodwill": "an honest payment blocked: {:g} €",
    "margin_share": "earned on an honest payment, and lost where it is blocked: a share of {:g}",
    "catch_gain": "earned on a fraud blocked: {:g} €",
}
PACKAGES = ("lightgbm", "scikit-learn", "numpy", "pandas", "scipy")


@dataclass(frozen=True)
class Section:
    """A part of a card: its title, then lines, then a table.

    Parameters
    ----------
    title : str
        Of the part.
    lines : tuple of str
        Plain text, each a paragraph or an item of a list.
    table : pandas.DataFrame or None
        Text in every cell.
    """

    title: str
    lines: tuple[str, ...] = ()
    table: pd.DataFrame | None = None


@dataclass(frozen=True)
class ModelCard:
    """A model card, to be written as Markdown or as a page.

    Parameters
    ----------
    title : str
        Of the card.
    sections : tuple of Section
        The verdict and its prices first, then in the order of Mitchell et al.
    """

    title: str
    sections: tuple[Section, ...]

    def to_markdown(self, *, level: int = 1) -> str:
        """Return the card as Markdown, its title at this level of heading."""
        parts = [f"{'#' * level} {self.title}"]
        for section in self.sections:
            parts.append(f"{'#' * (level + 1)} {section.title}")
            parts.append("\n".join(f"- {line}" for line in section.lines))
            if section.table is not None:
                parts.append(_markdown_table(section.table))
        return "\n\n".join(part for part in parts if part) + "\n"

    def to_html(self) -> str:
        """Return the card as one HTML file that needs no other."""
        parts = [f"<h1>{escape(self.title)}</h1>"]
        for section in self.sections:
            parts.append(f"<h2>{escape(section.title)}</h2>")
            if section.lines:
                items = "".join(f"<li>{escape(line)}</li>" for line in section.lines)
                parts.append(f"<ul>{items}</ul>")
            if section.table is not None:
                rows = [[escape(str(cell)) for cell in row] for row in section.table.to_numpy()]
                parts.append(_html.table(list(section.table), rows, caption=section.title))
        return _html.document(self.title, "\n".join(parts))


def build(
    rows: pd.DataFrame, verdict: Verdict, criteria: Criteria, *, lock: Path | None = None
) -> ModelCard:
    """Return the card of a release.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `prerelease.evidence.read` returns.
    verdict : Verdict
        Of the gate, on the same rows.
    criteria : Criteria
        By which; its ``card`` holds the intended use and the limits.
    lock : pathlib.Path, optional
        File of exact versions, of which the digest is noted.

    Returns
    -------
    ModelCard
        Every number in it is a row of the release file, a digest or a version.

    References
    ----------
    Mitchell et al. (2019). Model cards for model reporting. FAT*, 220-229.

    Examples
    --------
    >>> from prerelease import evidence, ledger
    >>> from prerelease.gate import judge_evidence, read_criteria
    >>> criteria = read_criteria(ledger.CRITERIA)
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> verdict = judge_evidence(none, criteria, data_digest="0" * 64)
    >>> build(none, verdict, criteria).sections[0].title
    'Verdict'
    """
    card = criteria.card
    findings = verdict.table().reset_index()
    of_test, others = rows[rows["split"] == "test"], rows[rows["split"] != "test"]
    limits = [*card.limits, *(_shortcomings(verdict))]
    sections = (
        Section("Verdict", (f"{verdict.outcome}, judged on {verdict.made}.",), findings),
        Section("Costs", _costs(criteria)),
        Section("Intended use", (card.use or "Nobody has written down what it is for.",)),
        Section("Not for", card.not_for),
        Section("Metrics on the test rows", _count(of_test), _table(of_test)),
        Section("Other evidence", _count(others), _table(others)),
        Section("Limits", tuple(limits)),
        Section("Data", _data(rows, verdict)),
        Section("Environment", _environment(lock, criteria.digest)),
    )
    return ModelCard(f"Model card: {verdict.name}", sections)


def _shortcomings(verdict: Verdict) -> list[str]:
    return [
        f"Not shown: {finding.criterion.name} ({finding.because})."
        for finding in verdict.findings
        if finding.outcome != "pass"
    ]


def _costs(criteria: Criteria) -> tuple[str, ...]:
    prices = vars(criteria.costs).items()
    return tuple(f"{PRICES[name].format(value)} ({name})." for name, value in prices)


def _count(rows: pd.DataFrame) -> tuple[str, ...]:
    chapters = rows["chapter"].nunique()
    if rows.empty:
        return ("None was recorded.",)
    return (f"{len(rows)} results of {chapters} chapters; brackets are intervals, drawn as named.",)


def _table(rows: pd.DataFrame) -> pd.DataFrame | None:
    if rows.empty:
        return None
    return pd.DataFrame(
        {
            "Chapter": rows["chapter"].tolist(),
            "Claim": rows["claim"].tolist(),
            "Value": [in_words(row) for row in rows.to_dict("records")],
            "Unit": rows["unit"].tolist(),
            "Rows": [f"{n:,}" for n in rows["n"]],
            "Method": rows["method"].tolist(),
        }
    )


def in_words(row: Mapping[str, float]) -> str:
    """Return the value of a row of evidence with its interval.

    Parameters
    ----------
    row : mapping
        With ``value``, ``low`` and ``high``; NaN in the latter for a count.

    Returns
    -------
    str
        To the digits that the interval's length bears.

    Examples
    --------
    >>> in_words({"value": 0.79, "low": 0.69, "high": 0.87})
    '0.79 [0.69, 0.87]'
    """
    if not np.isfinite(row["low"]):
        return _words.number(row["value"])
    return _words.with_interval(row["value"], row["low"], row["high"])


def _data(rows: pd.DataFrame, verdict: Verdict) -> tuple[str, ...]:
    strange = sorted(set(rows["data_digest"]) - {verdict.data_digest})
    told = [f"Judged on: {verdict.data}.", f"SHA-256 of the data: {verdict.data_digest}."]
    told += [f"Evidence of other data is in the file and did not count: {one}." for one in strange]
    return tuple(told)


def _environment(lock: Path | None, criteria_digest: str) -> tuple[str, ...]:
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    told = [
        f"prerelease {__version__}, Python {platform.python_version()}, {', '.join(versions)}.",
        f"SHA-256 of the criteria: {criteria_digest}.",
    ]
    if lock is not None and lock.is_file():
        told.append(f"SHA-256 of {lock.name}: {hashlib.sha256(lock.read_bytes()).hexdigest()}.")
    return tuple(told)


def _markdown_table(table: pd.DataFrame) -> str:
    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    lines = [line(list(table)), line(["---"] * table.shape[1])]
    return "\n".join([*lines, *(line(row) for row in table.to_numpy())])
