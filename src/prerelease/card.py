"""The model card: generated from the evidence, so that it cannot say more than was found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from prerelease import _html, _words
from prerelease.gate import Criteria, Verdict
from prerelease.gate._page import markdown_table
from prerelease.serving import versions

__all__ = ["build"]


@dataclass(frozen=True)
class Section:
    """A part of a card: its title, then lines, each an item of a list, then a table of text."""

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
                parts.append(markdown_table(list(section.table), section.table.to_numpy()))
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
        By which; they hold the intended use, the limits and the words.
    lock : pathlib.Path, optional
        File of exact versions, of which the digest is noted.

    Returns
    -------
    ModelCard
        With ``to_markdown()`` and ``to_html()``; every number in it is a row of the release file,
        a price, a digest or a version.

    References
    ----------
    Mitchell et al. (2019). Model cards for model reporting. FAT*, 220-229.

    Examples
    --------
    >>> from prerelease import evidence
    >>> from prerelease.gate import Criterion, judge_evidence
    >>> asks = Criterion(name="ranks", why="agreed", bound=0.6, side="at_least",
    ...                  unit="average precision", chapter="02", claim="average precision")
    >>> criteria = Criteria(name="A model", criteria=(asks,))
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> verdict = judge_evidence(none, criteria, data_digest="0" * 64)
    >>> build(none, verdict, criteria).sections[0].title
    'Verdict'
    """
    card = criteria.card
    of_test, others = rows[rows["split"] == "test"], rows[rows["split"] != "test"]
    missed = [one for one in verdict.findings if one.outcome != "pass"]
    limits = [f"Not shown: {one.criterion.name} ({one.because})." for one in missed]
    outcome = f"{verdict.outcome}, judged on {verdict.made}."
    sections = (
        Section("Verdict", (outcome,), verdict.table().reset_index()),
        Section("Costs", _costs(criteria)),
        Section("Intended use", (card.use or "Nobody has written down what it is for.",)),
        Section("Not for", card.not_for),
        _results("Metrics on the test rows", of_test),
        _results("Other evidence", others),
        Section("Limits", (*card.limits, *limits)),
        Section("Data", _data(rows, verdict)),
        Section("Environment", _environment(lock, criteria.digest)),
    )
    return ModelCard(f"Model card: {verdict.name}", sections)


def _costs(criteria: Criteria) -> tuple[str, ...]:
    said = criteria.words
    what = {
        "miss_fee": f"each {said.positive} missed, beside its amount",
        "recovery_share": f"got back of the amount of each {said.positive} missed",
        "review": "each alert, right or wrong",
        "goodwill": f"each {said.negative} blocked",
        "margin_share": f"earned on each {said.negative}, and lost where it is blocked",
        "catch_gain": f"earned on each {said.positive} blocked",
    }
    return tuple(
        f"{what[name]}: a share of {value:g} ({name})."
        if name.endswith("_share")
        else f"{what[name]}: {f'{value:g} {said.currency}'.rstrip()} ({name})."
        for name, value in vars(criteria.costs).items()
    )


def _results(title: str, rows: pd.DataFrame) -> Section:
    if rows.empty:
        return Section(title, ("None was recorded.",))
    told = f"{len(rows)} results of {rows['chapter'].nunique()} chapters; brackets are intervals, "
    values = [in_words(row) for row in rows.to_dict("records")]
    table = rows.assign(value=values, n=rows["n"].map("{:,}".format))
    table = table[["chapter", "claim", "value", "unit", "n", "method"]]
    table.columns = ["Chapter", "Claim", "Value", "Unit", "Rows", "Method"]
    return Section(title, (f"{told}drawn as named.",), table)


def in_words(row: Mapping[str, float]) -> str:
    """Return the value of a row of evidence with its interval, to the digits that it bears.

    Examples
    --------
    >>> in_words({"value": 0.79, "low": 0.69, "high": 0.87})
    '0.79 [0.69, 0.87]'
    """
    return _words.with_interval(row["value"], row["low"], row["high"])


def _data(rows: pd.DataFrame, verdict: Verdict) -> tuple[str, ...]:
    strange = sorted(set(rows["data_digest"]) - {verdict.data_digest})
    told = [f"Judged on: {verdict.data}.", f"SHA-256 of the data: {verdict.data_digest}."]
    told += [f"Evidence of other data is in the file and did not count: {one}." for one in strange]
    return tuple(told)


def _environment(lock: Path | None, criteria_digest: str) -> tuple[str, ...]:
    made_with = ", ".join(f"{name} {version}" for name, version in versions().items())
    told = [f"Made with {made_with}.", f"SHA-256 of the criteria: {criteria_digest}."]
    if lock is not None and lock.is_file():
        told.append(f"SHA-256 of {lock.name}: {hashlib.sha256(lock.read_bytes()).hexdigest()}.")
    return tuple(told)
