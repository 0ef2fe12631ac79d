"""What pages are made of: the box that stands first, and how numbers and tables are written."""

import html
import json
import re
from importlib import resources
from typing import Any

import pandas as pd

from prerelease.intervals import Interval
from prerelease.plots._style import Shown


def in_short(*, question: str, answer: str, decision: str, figure: Shown | None = None) -> Shown:
    """Return the box that tells a page's whole argument to somebody who reads nothing else.

    Its cell is tagged ``in-short`` and stands where its numbers are known; the site moves the box
    to just below the title.

    Parameters
    ----------
    question : str
        What the page asks, in one sentence.
    answer : str
        One or two sentences with the number that decides.
    decision : str
        What to do about it.
    figure : Shown, optional
        The picture that shows it, from `prerelease.plots.show`. Stands beside the text on a wide
        screen if it is at most 3.4 inches wide, and else below it.

    Returns
    -------
    Shown
        For the last line of a cell. ``**`` around words makes them bold.

    Raises
    ------
    ValueError
        If a part is empty, the question asks nothing or the answer has no number.

    Examples
    --------
    >>> box = in_short(question="Do we ship?", answer="**Not yet:** 8 of 9.", decision="Wait.")
    >>> "<strong>Not yet:</strong> 8 of 9." in box.data
    True
    """
    parts = {"question": question, "answer": answer, "decision": decision}
    for name, text in parts.items():
        if not text.strip():
            msg = f"{name} is empty."
            raise ValueError(msg)
    if not question.rstrip().endswith("?"):
        msg = f"question must end in a question mark, got {question!r}."
        raise ValueError(msg)
    if not re.search(r"\d", answer):
        msg = f"answer must give the number that decides, got {answer!r}."
        raise ValueError(msg)
    asked, found, done = map(_bold, parts.values())
    told = f"<dt>The answer</dt><dd>{found}</dd><dt>The decision</dt><dd>{done}</dd>"
    box = f'<div class="pr-in-short"><p>In short</p><p class="pr-asked">{asked}</p><dl>{told}</dl>'
    return Shown(f"{box}{figure.data if figure else ''}</div>", " ".join(parts.values()))


def embedded(source: str, title: str) -> Shown:
    """Return a page that a command wrote, to be shown within another.

    Parameters
    ----------
    source : str
        HTML that needs no other file.
    title : str
        What it is, for those who cannot see it.

    Returns
    -------
    Shown
        For the last line of a cell.

    Examples
    --------
    >>> embedded("<p>Pass</p>", "The verdict").data[:44]
    '<iframe title="The verdict" srcdoc="&lt;p&gt'
    """
    frame = f'<iframe title="{html.escape(title)}" srcdoc="{html.escape(source)}" loading="lazy"'
    look = "width: 100%; height: 32rem; border: 1px solid #8886"
    return Shown(f'{frame} style="{look}"></iframe>', title)


def recorded(name: str) -> dict[str, Any]:
    """Return what a benchmark measured, as it is kept with the book.

    Parameters
    ----------
    name : str
        Of a file in ``benchmarks/``.

    Examples
    --------
    >>> sorted(recorded("scale"))
    ['code', 'commands', 'goals', 'machine', 'versions']
    """
    file = resources.files("casebook").joinpath("recorded", f"{name}.json")
    return json.loads(file.read_text(encoding="utf-8"))


def _bold(text: str) -> str:
    """Return a text as HTML, words between two pairs of stars in bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))


def percent(share: float | Interval, digits: int = 0) -> str:
    """Return a share in percent, with its interval where it has one.

    Examples
    --------
    >>> percent(0.1234, 1)
    '12.3 %'
    >>> percent(Interval(0.5, 0.4, 0.6, level=0.95, method="exact", n=90))
    '50 % [40 %, 60 %]'
    """
    return f"{share:.{digits}%}".replace("%", " %")


def signed(gap: Interval, digits: int = 3) -> str:
    """Return a difference with its sign, with more digits where an end would look like 0.

    Examples
    --------
    >>> signed(Interval(-0.1, -0.2, -0.0004, level=0.95, method="", n=9))
    '-0.1000 [-0.2000, -0.0004]'
    """
    while digits < 6 and any(0 < abs(end) < 0.5 / 10**digits for end in (gap.low, gap.high)):
        digits += 1
    return f"{gap:+.{digits}f}"


def headed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table that names its rows in the same line as its columns.

    Examples
    --------
    >>> headed(pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="kind"))).columns.name
    'kind'
    """
    return frame.rename_axis(index=None, columns=frame.index.name)


def in_percent(rates: pd.DataFrame, digits: int = 2) -> list[str]:
    """Return rates with their intervals in percent, from columns ``rate``, ``low`` and ``high``.

    Examples
    --------
    >>> in_percent(pd.DataFrame({"rate": [0.5], "low": [0.4], "high": [0.6]}), 0)
    ['50 [40, 60]']
    """
    shares = 100 * rates[["rate", "low", "high"]]
    text = f"{{:.{digits}f}} [{{:.{digits}f}}, {{:.{digits}f}}]"
    return [text.format(*row) for row in shares.itertuples(index=False)]


def duration(seconds: float) -> str:
    """Return a length of time in the unit that suits it; 0 is the same second.

    Examples
    --------
    >>> duration(0), duration(60), duration(3600), duration(604_800)
    ('same second', '1 min', '1 h', '7 days')
    """
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}".removesuffix("s" * (seconds == 86_400))
    return "same second"
