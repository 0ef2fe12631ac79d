"""What the tests of the site know about its pages, by reading their HTML."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from tools.site.redirects import IS_STUB

SITE = Path(__file__).resolve().parents[2] / "build" / "site"
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


def page_names() -> list[str]:
    """Return every page of the site but those that lead on to others, as paths relative to it."""
    names = (path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    pages = sorted(name for name in names if not name.startswith(("_static/", "slides/")))
    return [name for name in pages if not leads_on(name)]


def leads_on(name: str) -> bool:
    """Tell whether a page is an old address, which leads to the new one."""
    return bool(IS_STUB.search((SITE / name).read_text(encoding="utf-8")[:2000]))


@cache
def parsed(name: str) -> BeautifulSoup:
    """Return a page of the site, parsed once."""
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(name: str) -> frozenset[str]:
    """Return everything in a page that a link can point at."""
    return frozenset(tag["id"] for tag in parsed(name).find_all(id=True))


def loaded(name: str) -> list[str]:
    """Return the addresses that a page loads by itself."""
    return [
        tag[attribute]
        for kind, attribute in LOADS.items()
        for tag in parsed(name).find_all(kind, attrs={attribute: True})
        if not tag[attribute].startswith("data:") and "canonical" not in tag.get("rel", [])
    ]


def problem_with_link(name: str, address: str) -> str | None:
    """Return why an address in a page leads nowhere, or None; other hosts are not asked."""
    parts = urlsplit(address)
    if parts.scheme in {"http", "https", "mailto"}:
        return None
    if parts.scheme or address.startswith("/"):
        return f"{name}: {address} does not work below every address"
    target = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
    target = target.resolve()
    if not target.is_file() or not target.is_relative_to(SITE.resolve()):
        return f"{name}: {address} leads to no file"
    inside = target.relative_to(SITE.resolve()).as_posix()
    if parts.fragment.startswith("/"):  # a slide of a deck, counted from zero
        slides = parsed(inside).select(".slides > section")
        last = len(slides) - 1
        return None if int(parts.fragment[1:]) <= last else f"{name}: {address} is no slide"
    if parts.fragment and unquote(parts.fragment) not in anchors(inside):
        return f"{name}: {address} leads to no place in {inside}"
    return None


def is_sentence(text: str) -> bool:
    """Tell whether a picture's alternative text is one: a capital, a full stop, five words."""
    return bool(re.match(r"[“\"]?[A-Z0-9]", text)) and text.endswith(".") and len(text.split()) >= 5
