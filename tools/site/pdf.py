"""Write the whole book as one PDF, from the built pages: `make pdf`.

It is printed twice. The first print tells on which page each chapter begins; the second has
those numbers in its contents.
"""

import html
import re
import sys
import time
from pathlib import Path

from pypdf import PdfReader

from tools.site import chromium, leaves
from tools.site import stage as site_stage
from tools.site.leaves import Leaf
from tools.site.steps import BUILD, SITE, BuildError, say, write

FILE = "prerelease.pdf"
STYLES = (
    "pygments.css",
    "fonts.css",
    "prerelease.css",
    "components.css",
    "teach.css",
    "paper.css",
)
DEEPEST = 6
HEADING = re.compile(r"^h([1-6])$")


def anchor(page: str, place: str = "") -> str:
    """Return what a page, or a place on it, is called in a book of one page.

    Examples
    --------
    >>> anchor("chapters/06_drift.html"), anchor("glossary.html", "term-Recall")
    ('chapters-06_drift', 'glossary--term-Recall')
    """
    page = page.removesuffix(".html").replace("/", "-")
    return f"{page}--{place}" if place else page


def join(leaf: Leaf) -> str:
    """Return a leaf as a section of the one page.

    A depth page is outlined below its chapter's main page, so its headings are one level lower;
    they look as they are.
    """
    for tag in leaf.body.find_all(id=True):
        tag["id"] = anchor(leaf.name, tag["id"])
    for heading in leaf.body.find_all(HEADING):
        level = int(heading.name[1])
        heading["class"] = [*heading.get("class", []), f"pr-h{level}"]
        heading.name = f"h{min(level + leaf.is_depth, DEEPEST)}"
    name = anchor(leaf.name)
    inside = leaf.body.decode_contents()
    return f'<section class="pr-leaf" id="{name}" style="page: {name}">{inside}</section>'


def contents(book: list[Leaf], starts: dict[str, int]) -> str:
    """Return the list of the book's pages, with the numbers of paper pages that are known."""
    lines, part = [], ""
    for leaf in book:
        if leaf.part != part:
            part = leaf.part
            lines.append(f'<p class="pr-part">{html.escape(part)}</p>')
        kind = "pr-below" if leaf.is_depth else "pr-entry"
        number = "" if leaf.is_depth else leaf.chapter
        lines.append(
            f'<p class="{kind}"><a href="#{anchor(leaf.name)}"><b>{number}</b>'
            f"<span>{html.escape(leaf.title)}</span><i></i>"
            f"<em>{starts.get(anchor(leaf.name), '')}</em></a></p>"
        )
    return f'<nav id="contents"><h1 class="pr-h1">Contents</h1>{"".join(lines)}</nav>'


def heads(book: list[Leaf]) -> str:
    """Return the rules that write a page's title at the head of each sheet."""
    rules = []
    for leaf in book:
        title = f"{leaf.chapter}  {leaf.title}".strip().replace("\\", "").replace('"', "”")
        rules.append(f'@page {anchor(leaf.name)} {{ @top-left {{ content: "{title}" }} }}')
    return "\n".join(rules)


def whole(book: list[Leaf], sections: str, starts: dict[str, int], site: Path, cover: str) -> str:
    """Return the book as one page of HTML."""
    folder = (site / "_static").as_uri()
    styles = "".join(f'<link rel="stylesheet" href="{folder}/{name}"/>' for name in STYLES)
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"/>'
        f"<title>Prerelease</title>{styles}<style>{heads(book)}</style></head>"
        f'<body class="bd-content"><article class="bd-article">{cover}{contents(book, starts)}'
        f"{sections}</article></body></html>"
    )


def cover(site: Path, address: str) -> str:
    """Return the first sheet: what the first page promises, and who wrote it when."""
    page = leaves.parsed(site / "index.html")
    promise = page.select_one(".pr-promise")
    config = site_stage.settings()
    logo = (site / "_static" / "favicon.svg").as_uri()
    where = f'<p class="pr-where">{html.escape(address)}</p>' if address else ""
    return (
        f'<header id="cover"><img alt="" src="{logo}"/><p class="pr-name">Prerelease</p>'
        f"<div>{promise.decode_contents() if promise else ''}</div>"
        f'<p class="pr-by">{html.escape(config["author"])}, {config["copyright"]}</p>'
        f"{where}</header>"
    )


def starts_of(reader: PdfReader, book: list[Leaf]) -> dict[str, int]:
    """Return on which page of a PDF each leaf begins, by its anchor."""
    places, names = reader.named_destinations, [anchor(leaf.name) for leaf in book]
    return {
        name: reader.get_destination_page_number(places[f"/{name}"]) + 1
        for name in names
        if f"/{name}" in places
    }


def make(site: Path = SITE, place: Path = BUILD / "print") -> Path:
    """Print the book that a built site holds, in a folder of our own; return the PDF."""
    book = leaves.read(site)
    address = site_stage.site_address(site_stage.settings())
    names = {leaf.name for leaf in book}
    for leaf in book:
        folder = (site / leaf.name).parent.resolve()
        for image in leaf.body.select("img[src]:not([src^='data:'])"):
            image["src"] = (folder / image["src"]).as_uri()
        leaves.relink(
            leaf, lambda page, at: f"#{anchor(page, at)}" if page in names else None, address
        )
    sections, first = "".join(map(join, book)), cover(site, address)
    starts: dict[str, int] = {}
    for number in (1, 2):
        page, pdf = place / "book.html", place / f"{number}.pdf"
        write(page, whole(book, sections, starts, site, first))
        chromium.print_page(page, pdf)
        found = starts_of(PdfReader(pdf), book)
        if lost := [leaf.title for leaf in book if anchor(leaf.name) not in found]:
            msg = f"Pages that the PDF does not lead to: {', '.join(lost)}."
            raise BuildError(msg)
        if found == starts:
            break
        starts = found
    return pdf


def main() -> int:
    began = time.perf_counter()
    say("[book] the whole book as one PDF (about a minute) …")
    try:
        path = make().replace(SITE / FILE)
        leaves.offer(SITE, FILE, "PDF")
    except BuildError as error:
        say(f"[book] {error}")
        return 1
    pages, size = len(PdfReader(path).pages), path.stat().st_size / 1e6
    say(f"[book] {pages} pages, {size:.1f} MB, {time.perf_counter() - began:.0f} s: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
