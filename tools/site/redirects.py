"""Old addresses lead to the new ones: pages that were renamed, sections that moved elsewhere.

`book/redirects.toml` holds every address that was published, and where those are told that
nobody can guess. A section that has moved with its name to another page of the chapters is found
by itself. A page that is gone becomes a small page that leads on; one that has lost sections sends
whoever asks for them to where they are now.
"""

import html
import json
import posixpath
import re
import shutil
import tomllib
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from tools.site.pages import CHAPTER, chapter_of
from tools.site.steps import BOOK, files_under, write

TABLE = BOOK / "redirects.toml"
SCRIPT = """\
<script>
(() => {{
  const moved = {moved};
  const go = () => {{
    const to = moved[decodeURIComponent(location.hash.slice(1))]{otherwise};
    if (to) location.replace(to);
  }};
  addEventListener("hashchange", go);
  go();
}})();
</script>
"""
STUB = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved — Prerelease</title>
<link rel="canonical" href="{to}">
{script}<meta http-equiv="refresh" content="0; url={to}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
</head>
<body><main>
<h1>This page has moved</h1>
<p><a href="{to}">Go to its new address.</a></p>
</main></body>
</html>
"""
IS_STUB = re.compile(r'<meta http-equiv="refresh"')


def table() -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the anchors of each page that was published, and the moves that are told."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return told["published"], told["moved"]


def anchors(site: Path) -> dict[str, frozenset[str]]:
    """Return every place of every page of a site that a link can point at."""
    found = {}
    for path in (one for one in files_under(site) if one.suffix == ".html"):
        name, text = path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")
        if not IS_STUB.search(text[:2000]) and not name.startswith(("_static/", "vendor/")):
            names = _Names()
            names.feed(text)
            found[name] = frozenset(names.found)
    return found


class _Names(HTMLParser):
    """Collects the names of elements, and makes no tree of them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element's name."""
        self.found.update(value for key, value in attrs if key == "id")


def address_now(
    page: str, anchor: str, there: Mapping[str, frozenset[str]], moved: Mapping[str, str]
) -> str | None:
    """Return where an old address leads now, or None if that is nowhere.

    Examples
    --------
    >>> there = {"chapters/00_data.html": {"a"}, "chapters/00a_more.html": {"b"}}
    >>> address_now("chapters/00_data.html", "b", there, {})
    'chapters/00a_more.html#b'
    """
    if told := moved.get(f"{page}#{anchor}"):
        to, _, place = told.partition("#")
        return told if to in there and (not place or place in there[to]) else None
    now = moved.get(page, page)
    if now in there and (not anchor or anchor in there[now]):
        return f"{now}#{anchor}" if anchor else now
    having = [one for one in there if CHAPTER.search(one) and anchor in there[one]]
    near = [one for one in having if chapter_of(one) == chapter_of(now)] or having
    return f"{near[0]}#{anchor}" if anchor and len(near) == 1 else None


def lead_on(site: Path) -> list[str]:
    """Make the old addresses of a finished site lead on; return those that lead nowhere."""
    published, moved = table()
    there, lost = anchors(site), []
    for page, names in published.items():
        here = posixpath.dirname(page)
        to = {}
        for anchor in ["", *names]:
            found = address_now(page, anchor, there, moved)
            if found is None:
                lost.append(f"{page}#{anchor}" if anchor else page)
            elif found != (f"{page}#{anchor}" if anchor else page):
                to[anchor] = posixpath.relpath(found, here or ".")
        if page not in there and "" in to:
            write_stub(site / page, to)
        elif to:
            script = script_of(to, otherwise="")
            text = (site / page).read_text(encoding="utf-8")
            write(site / page, text.replace("</head>", f"{script}</head>", 1))
    for old, new in moved.items():
        if not old.endswith(".html") and "#" not in old and (site / new).is_file():
            shutil.copy2(site / new, site / old)
    return lost


def script_of(to: Mapping[str, str], *, otherwise: str) -> str:
    """Return the script that sends a reader on by the anchor that was asked for."""
    moved = json.dumps({anchor: place for anchor, place in to.items() if anchor}, sort_keys=True)
    return SCRIPT.format(moved=moved.replace("</", r"<\/"), otherwise=otherwise)


def write_stub(path: Path, to: Mapping[str, str]) -> None:
    """Write the page that stands for one that has moved."""
    new = to[""]
    script = script_of(to, otherwise=f" ?? {json.dumps(new)} + location.hash")
    write(path, STUB.format(to=html.escape(new), script=script))
