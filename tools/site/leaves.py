"""The built pages as one book, in the order of reading, without what only a screen can do.

The PDF and the ePub are made of these leaves. A page's code that is folded stays out; whatever
else a reader could unfold is open. Figures to play with are the pictures that stand for them.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tools.site import formulas
from tools.site.pages import CHAPTER, chapter_of, is_depth
from tools.site.steps import SITE, BuildError, write

# Pages of the site that are no part of the book that one reads: the reference and the teacher's.
ELSEWHERE = ("api.html", "api/", "teach/")
FIRST = "This book"  # the landing page: the book's own name stands on the cover
SCREEN_ONLY = (
    "script, style, button, .headerlink, .pr-dark, .pr-files, .sd-summary-state-marker, "
    ".toctree-wrapper, .cell details.hide"
)


@dataclass
class Leaf:
    """One page: its place in the site, the part it belongs to, its title, what stands on it."""

    name: str
    part: str
    title: str
    body: Tag

    @property
    def chapter(self) -> str:
        """Return the number of its chapter, or nothing."""
        return chapter_of(self.name) if CHAPTER.search(self.name) else ""

    @property
    def is_depth(self) -> bool:
        """Tell whether it lies beneath a chapter's main page."""
        return bool(self.chapter) and is_depth(self.name)


def parsed(path: Path) -> BeautifulSoup:
    """Return a page of the site."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def listed(site: Path) -> list[tuple[str, str]]:
    """Return (page, the part it stands in) in the order of the site's own list of pages."""
    found, part = [("index.html", "")], ""
    for tag in parsed(site / "index.html").select(".bd-docs-nav :is(.caption, a)"):
        if tag.name != "a":
            part = tag.get_text(strip=True)
        elif not tag["href"].startswith(("#", "http", *ELSEWHERE)):
            found.append((tag["href"], part))
    return list(dict.fromkeys(found))


def article(site: Path, name: str) -> Tag:
    """Return what stands on a page, fit for paper."""
    found = parsed(site / name).select_one("article")
    for tag in found.select(SCREEN_ONLY):
        tag.decompose()
    for box in found.select("input[type=checkbox]"):
        box.replace_with("☑ " if box.has_attr("checked") else "☐ ")
    for ticks in found.select(".contains-task-list"):
        ticks["class"] = ["pr-ticks"]  # a page that is a checklist is set small, a book is not
    for scroll in found.select(".pr-scroll"):
        scroll.unwrap()
    for hidden in found.select("details"):
        hidden["open"] = ""
    for image in found.select("img[loading]"):
        del image["loading"]
    for place in found.select(formulas.PLACES):
        formulas.name(place)
    for icon in found.select("i[class*='fa-']"):
        icon.decompose()
    for link in found.select(".sd-card > .sd-stretched-link"):  # a whole card that is a link
        if title := link.parent.select_one(".sd-card-title"):
            title.wrap(link.extract()).find("span", recursive=False).decompose()
    for cell in found.select("div.cell"):
        if not cell.get_text(strip=True) and not cell.select_one("img, svg"):
            cell.decompose()
    return found


def relink(leaf: Leaf, inside: Callable[[str, str], str | None], address: str) -> None:
    """Lead a leaf's links to the places of the book; what is not in it is on the site, if anywhere.

    Parameters
    ----------
    leaf : Leaf
        Its links are changed in place.
    inside : callable
        Given a page of the site and a place on it, says what to write, or None: not in the book.
    address : str
        Of the published site, ending in a slash; empty while that is not known.
    """
    for link in leaf.body.select("a[href]"):
        parts = urlsplit(link["href"])
        if parts.scheme:
            continue
        here = posixpath.join(posixpath.dirname(leaf.name), unquote(parts.path))
        page = posixpath.normpath(here) if parts.path else leaf.name
        if to := inside(page, parts.fragment):
            link["href"] = to
        elif address:
            link["href"] = address + page + (f"#{parts.fragment}" if parts.fragment else "")
        else:
            link.unwrap()


def read(site: Path = SITE) -> list[Leaf]:
    """Return the leaves of the book that a built site holds, with pictures of their formulas."""
    if not (site / "index.html").is_file():
        msg = f"There is no site in {site}: run `make book` first."
        raise BuildError(msg)
    leaves = []
    for name, part in listed(site):
        body = article(site, name)
        title = body.find("h1")
        if name == "index.html":  # the cover says the book's name and its promise
            title.string = FIRST
            for promise in body.select(".pr-promise"):
                promise.decompose()
        leaves.append(Leaf(name, part, title.get_text(" ", strip=True), body))
    return leaves


def offer(site: Path, file: str, words: str) -> None:
    """Link to a finished file, once, from the page that says how to read the book."""
    path = site / "about" / "how-to-use.html"
    page = parsed(path)
    place = page.select_one("#read")
    if place is None or place.select_one(f"a[href$='{file}']"):
        return
    if not (line := place.select_one(".pr-files")):
        line = page.new_tag("p", attrs={"class": "pr-files"})
        line.append("The whole book in one file, made from this site: ")
        place.append(line)
    else:
        line.append(", ")
    size = (site / file).stat().st_size / 1e6
    line.append(page.new_tag("a", href=f"../{file}", string=words))
    line.append(f" ({size:.0f} MB)")
    write(path, str(page))
