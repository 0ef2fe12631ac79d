"""Which pages a chapter has: `NN_name` is its main page, `NNx_name` a depth page beneath it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CHAPTER = re.compile(r"(?:^|/)(?P<number>(?P<chapter>\d\d)[a-z]?)_[^/.]+(?:\.\w+)?$")
READS = re.compile(r"^[^#\n]*\bevidence\.(?:read|conclusions)\(", re.MULTILINE)


def number_of(page: str) -> str:
    """Return a page's number, by which its evidence is kept; a page of no chapter has its name.

    Examples
    --------
    >>> number_of("chapters/04_uncertainty"), number_of("04b_sets.html"), number_of("index")
    ('04', '04b', 'index')
    """
    found = CHAPTER.search(page)
    return found["number"] if found else Path(page).stem


def chapter_of(page: str) -> str:
    """Return the number of a page's chapter, or the name of a page of none.

    Examples
    --------
    >>> chapter_of("chapters/04b_sets.html")
    '04'
    """
    found = CHAPTER.search(page)
    return found["chapter"] if found else Path(page).stem


def is_depth(page: str) -> bool:
    """Tell whether a page is a depth page of a chapter."""
    return number_of(page) != chapter_of(page)


def main_page_of(page: str, pages: Iterable[str]) -> str:
    """Return the main page of a page's chapter, or the page itself where there is none."""
    found = [one for one in pages if chapter_of(one) == chapter_of(page) and not is_depth(one)]
    return found[0] if found else page


def in_order_of_reading(sources: Mapping[str, Path]) -> list[list[str]]:
    """Return the pages in the groups that run one after another.

    First all that read nobody's evidence, then one by one those that read that of the others,
    each what was recorded before it; the landing page last.
    """
    readers = [page for page, source in sources.items() if READS.search(source.read_text("utf-8"))]
    first = [page for page in sources if page not in readers]
    return [first, *([page] for page in sorted(readers, key=number_of))]


def table_of_contents(toc: dict[str, Any], pages: Iterable[str]) -> dict[str, Any]:
    """Return a table of contents with each chapter in the place of ``glob: chapters/*``."""
    pages = sorted(page for page in pages if page.startswith("chapters/"))
    chapters = []
    for page in (page for page in pages if main_page_of(page, pages) == page):
        below = [one for one in pages if one != page and main_page_of(one, pages) == page]
        sections = {"sections": [{"file": one} for one in below]} if below else {}
        chapters.append({"file": page} | sections)
    for part in toc["parts"]:
        entries = part["chapters"]
        if (named := {"glob": "chapters/*"}) in entries:
            place = entries.index(named)
            entries[place : place + 1] = chapters
    return toc
