"""The roles of a page in plain words, for notebooks, which know neither glossary nor sources.

A term and a page become their words, a citation its authors and year, and a cell at the end lists
what was cited. Inline expressions stay: they are for the kernel.
"""

import re
from functools import cache
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from pybtex.database import Entry, Person, parse_file
from pybtex.richtext import Text

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "book" / "references.bib"
# Not within a longer code span, by which prose speaks about the role itself.
ROLE = re.compile(r"(?<!`)\{(?P<role>cite:p|cite:t|term|doc)\}`(?P<of>[^`]+)`(?!`)")
TARGET = re.compile(r"\s*<[^<>]+>$")
PAGE_LINK = re.compile(r"\]\((?P<page>\d\d[a-z]?_\w+)(?:#[\w-]+)?\)")
OTHER_PAGE = re.compile(r"\[(?P<text>[^\]]+)\]\((?:\.\./)?(?:about/|teach/|index|glossary)[^)]*\)")

BUTTON = re.compile(
    r"^```\{button-ref\} (?:chapters/)?(?P<page>\S+)\n(?::.*\n)*(?P<text>.+)\n```$", re.MULTILINE
)


@cache
def sources() -> dict[str, Entry]:
    """Return every entry of the list of sources."""
    return dict(parse_file(str(SOURCES)).entries)


def last_name(person: Person) -> str:
    """Return the name by which a person is cited."""
    return " ".join(map(str, [*person.rich_prelast_names, *person.rich_last_names]))


def authors(entry: Entry) -> str:
    """Return who wrote a source, as a sentence names them."""
    names = [last_name(person) for person in entry.persons.get("author", [])]
    if not names:
        return title(entry)
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def title(entry: Entry) -> str:
    """Return the title of a source, without what LaTeX needs."""
    return str(Text.from_latex(entry.fields["title"]))


def cited(keys: str, *, narrative: bool) -> str:
    """Return a citation: part of a sentence, or in brackets.

    Examples
    --------
    >>> cited("elkan2001", narrative=True)
    'Elkan (2001)'
    >>> cited("elkan2001,dalpozzolo2015", narrative=False)
    '(Elkan, 2001; Dal Pozzolo et al., 2015)'
    """
    entries = [sources()[key.strip()] for key in keys.split(",")]
    pairs = [(authors(entry), entry.fields["year"]) for entry in entries]
    if narrative:
        return " and ".join(f"{who} ({year})" for who, year in pairs)
    return f"({'; '.join(f'{who}, {year}' for who, year in pairs)})"


def in_words(source: str) -> str:
    """Return Markdown with words in place of its roles, and links that lead to notebooks only.

    Examples
    --------
    >>> in_words("A {term}`kill switch <Kill switch>`, as in [chapter 08](08_release).")
    'A kill switch, as in [chapter 08](08_release.ipynb).'
    """

    def words(found: re.Match) -> str:
        if found["role"].startswith("cite"):
            return cited(found["of"], narrative=found["role"] == "cite:t")
        return TARGET.sub("", found["of"])

    def link(found: re.Match) -> str:
        return "" if "/" in found["page"] else f"[{found['text']}]({found['page']}.ipynb)"

    source = BUTTON.sub(link, ROLE.sub(words, source))
    return OTHER_PAGE.sub(r"\g<text>", PAGE_LINK.sub(r"](\g<page>.ipynb)", source))


def listed(key: str) -> str:
    """Return a source as a list names it."""
    entry = sources()[key]
    doi = entry.fields.get("doi")
    place = f" https://doi.org/{doi}" if doi else ""
    return f"- {authors(entry)} ({entry.fields['year']}): {title(entry)}.{place}"


def put_in_words(cells: list[NotebookNode]) -> None:
    """Put the roles of all cells in words, and add a list of what they cite."""
    prose = [cell for cell in cells if cell.cell_type == "markdown"]
    found = [role for cell in prose for role in ROLE.finditer(cell.source)]
    keys = {
        key.strip()
        for role in found
        if role["role"].startswith("cite")
        for key in role["of"].split(",")
    }
    for cell in prose:
        cell.source = in_words(cell.source)
    if keys:
        lines = sorted(map(listed, keys), key=str.casefold)
        cells.append(new_markdown_cell("\n".join(["## Sources", "", *lines]), id="sources"))
