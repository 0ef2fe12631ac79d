"""What stands first on a page: the question, the answer with its number, what to decide."""

import html
import re

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
        screen if it is at most 3.6 inches wide, and else below it.

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
    parts = {"The question": question, "The answer": answer, "The decision": decision}
    for name, text in parts.items():
        if not text.strip():
            msg = f"{name.lower()} is empty."
            raise ValueError(msg)
    if not question.rstrip().endswith("?"):
        msg = f"question must end in a question mark, got {question!r}."
        raise ValueError(msg)
    if not re.search(r"\d", answer):
        msg = f"answer must give the number that decides, got {answer!r}."
        raise ValueError(msg)
    told = "".join(f"<dt>{name}</dt><dd>{_bold(text)}</dd>" for name, text in parts.items())
    picture = figure.data if figure else ""
    box = f'<div class="pr-in-short"><p>In short</p><dl>{told}</dl>{picture}</div>'
    return Shown(box, " ".join(parts.values()))


def _bold(text: str) -> str:
    """Return a text as HTML, words between two pairs of stars in bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))
