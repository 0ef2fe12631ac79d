"""Do both modes conclude the same? Quick mode is the same rows with less effort.

Each chapter records its results and what it concludes in words (`prerelease.evidence`). Two
folders of these, of a full run and of a quick one, are compared row by row: an interval must lie
on the same side of zero in both, a counted number must have the same sign, and words must be the
same. Where a quick run cannot agree, its row says why (`may_differ`), and the page shows it.

    python -m tools.site.modes [FULL QUICK]    # two folders of evidence; by default the builds'
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from casebook import conventions, evidence
from prerelease import gate

ABSENT = "not recorded"
MADE_FROM = "made-from"
"""The file beside the evidence that says which sources, data and Python it was made from."""


@dataclass(frozen=True)
class Compared:
    """One row of the release file in both modes.

    Parameters
    ----------
    chapter, row : str
        Two digits, and the claim, the question or the criterion.
    full, quick : str
        What each mode says, as far as they must agree.
    reason : str
        Why the quick run may say something else; empty if nobody announced it.
    """

    chapter: str
    row: str
    full: str
    quick: str
    reason: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both modes say the same."""
        return self.full == self.quick

    @property
    def unannounced(self) -> bool:
        """Whether they differ, and no page says so."""
        return not self.agrees and not self.reason

    def __str__(self) -> str:
        """Name the page and the row."""
        why = f" (announced: {self.reason})" if self.reason else ""
        both = f"full mode says {self.full!r}, quick mode {self.quick!r}"
        return f"chapter {self.chapter}, {self.row!r}: {both}{why}"


def side(row: dict) -> str:
    """Return on which side of zero a result lies, as far as two runs must agree on it.

    Parameters
    ----------
    row : dict
        A row of `prerelease.evidence.read`. A count, or a measure of rounding errors, may be
        zero in one run only.

    Examples
    --------
    >>> side({"value": 1.0, "low": -0.5, "high": 2.0})
    'zero is inside'
    >>> side({"value": -3.0, "low": None, "high": None})
    'below zero'
    """
    if pd.isna(row["low"]):
        return "below zero" if row["value"] < 0 else "not below zero"
    if row["low"] > 0:
        return "above zero"
    return "below zero" if row["high"] < 0 else "zero is inside"


def said(place: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what a folder of evidence says, and the reason to say otherwise, for each row."""
    rows = evidence.read(place).to_dict("records")
    found = {(row["chapter"], row["claim"]): (side(row), row["may_differ"]) for row in rows}
    for row in evidence.conclusions(place).to_dict("records"):
        found[row["chapter"], row["question"]] = row["answer"], row["may_differ"]
    return found


def same_sources() -> bool:
    """Tell whether both modes' evidence lies beside each other, made from the same sources."""
    marks = [evidence.folder().with_name(name) / MADE_FROM for name in ("full", "quick")]
    texts = [mark.read_text(encoding="utf-8") for mark in marks if mark.is_file()]
    return len(texts) == 2 and texts[0] == texts[1]


def compare(full: Path, quick: Path, *, chapters: Iterable[str] | None = None) -> list[Compared]:
    """Compare what two runs of the book recorded.

    Parameters
    ----------
    full, quick : pathlib.Path
        Folders of release files, so named.
    chapters : iterable of str, optional
        Those to compare; by default every one that either run has.

    Returns
    -------
    list of Compared
        One for each row of either run, in the order of chapters.
    """
    one, other = said(full), said(quick)
    nothing = ABSENT, ""
    compared = []
    for key in {**one, **other}:
        (there, reason), (here, quick_reason) = one.get(key, nothing), other.get(key, nothing)
        compared.append(Compared(*key, there, here, quick_reason or reason))
    wanted = {row.chapter for row in compared} if chapters is None else set(chapters)
    found = [row for row in compared if row.chapter in wanted]
    return sorted(found, key=lambda row: row.chapter)


def compare_gate(full: Path, quick: Path) -> list[Compared]:
    """Compare what the release criteria come to on the evidence of two runs.

    Whether the test rows were opened in order is no question of the mode, and is not asked.

    Parameters
    ----------
    full, quick : pathlib.Path
        As for `compare`.

    Returns
    -------
    list of Compared
        One for each criterion; its reason is that of the row which it is judged by.
    """
    criteria = gate.read_criteria(conventions.CRITERIA)
    outcomes, reasons = [], {}
    for place in (full, quick):
        rows = evidence.read(place)
        digest = rows["data_digest"].mode().to_list()[0] if len(rows) else "0" * 64
        outcomes.append(gate.judge_evidence(rows, criteria, data_digest=digest).findings)
        keys = zip(rows["chapter"], rows["claim"], strict=True)
        reasons |= {key: why for key, why in zip(keys, rows["may_differ"], strict=True) if why}
    return [
        Compared(
            there.criterion.chapter,
            there.criterion.name,
            there.outcome,
            here.outcome,
            reasons.get((there.criterion.chapter, there.criterion.claim), ""),
        )
        for there, here in zip(*outcomes, strict=True)
    ]


def faults(compared: Iterable[Compared]) -> list[str]:
    """Return a sentence for each row in which the modes differ though no page says so."""
    return [str(row) for row in compared if row.unannounced]


def summary(compared: Iterable[Compared]) -> pd.DataFrame:
    """Return, for each chapter, in how many rows the modes agree.

    Parameters
    ----------
    compared : iterable of Compared
        From `compare`.

    Returns
    -------
    pandas.DataFrame
        Columns ``rows``, ``agree``, ``announced`` and ``unannounced``, indexed by chapter.
    """
    lines = pd.DataFrame(
        [
            {
                "chapter": row.chapter,
                "rows": 1,
                "agree": row.agrees,
                "announced": not row.agrees and bool(row.reason),
                "unannounced": row.unannounced,
            }
            for row in compared
        ],
        columns=["chapter", "rows", "agree", "announced", "unannounced"],
    )
    return lines.groupby("chapter").sum().astype("int64")


def main(arguments: list[str]) -> int:
    """Print the table of both modes, what is announced, and what is not; 1 if there is such."""
    usual = [evidence.folder().with_name(name) for name in ("full", "quick")]
    full, quick = map(Path, arguments) if arguments else usual
    compared = compare(full, quick) + compare_gate(full, quick)
    print(summary(compared).to_string())
    for row in compared:
        if not row.agrees:
            print(row)
    return int(bool(faults(compared)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
