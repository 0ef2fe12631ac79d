"""Write the whole book as an ePub, from the built pages: `make epub`."""

import base64
import hashlib
import html
import io
import sys
import time
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from bs4 import Comment
from PIL import Image

from tools.site import leaves
from tools.site import stage as site_stage
from tools.site.leaves import Leaf
from tools.site.steps import SITE, BuildError, say

FILE = "prerelease.epub"
PACKED = (2020, 1, 1, 0, 0, 0)  # so that the same book is the same file
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
    'lang="en" xml:lang="en"><head><meta charset="utf-8"/><title>{title}</title>'
    '<link rel="stylesheet" href="book.css"/></head><body>{body}</body></html>'
)
CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{identifier}</dc:identifier><dc:title>Prerelease</dc:title>
<dc:language>en</dc:language><dc:creator>{author}</dc:creator>
<dc:rights>CC BY 4.0</dc:rights><meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta><meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Every figure and formula has a text that stands for \
it.</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
# What HTML of another age, or of a screen, says in its tags.
OUTDATED = (
    "align",
    "border",
    "cellpadding",
    "cellspacing",
    "tabindex",
    "valign",
    "width",
    "height",
)


def file_of(page: str, place: str = "") -> str:
    """Return the file of a page in the ePub, and the place in it.

    Examples
    --------
    >>> file_of("chapters/06_drift.html", "the-question")
    'chapters-06_drift.xhtml#the-question'
    """
    file = page.removesuffix(".html").replace("/", "-") + ".xhtml"
    return f"{file}#{place}" if place else file


def picture(source: str, folder: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of a picture that a page shows, as every reader draws it."""
    if source.startswith("data:"):
        kind, data = source.split(",", 1)
        content = base64.b64decode(data)
        drawn = kind.startswith("data:image/svg")
    else:
        content, drawn = (folder / source).read_bytes(), source.endswith(".svg")
    name = hashlib.sha256(content).hexdigest()[:16]
    if drawn:
        return f"{name}.svg", content
    with Image.open(io.BytesIO(content)) as image:
        packed = io.BytesIO()
        image.convert("RGBA").quantize(256).save(packed, "PNG", optimize=True)
    return f"{name}.png", packed.getvalue()


def take_pictures(leaf: Leaf, site: Path) -> dict[str, bytes]:
    """Let a leaf's pictures be files of their own; return these."""
    files = {}
    for image in leaf.body.select("img[src]"):
        name, content = picture(image["src"], (site / leaf.name).parent)
        image["src"] = name
        files[name] = content
    return files


def strict(leaf: Leaf) -> None:
    """Write a leaf as XHTML wants it: no tag of old, no identifier twice."""
    for remark in leaf.body.find_all(string=lambda text: isinstance(text, Comment)):
        remark.extract()
    seen = set()
    for tag in leaf.body.find_all(True):
        if (name := tag.get("id")) in seen:
            del tag["id"]
        elif name:
            seen.add(name)
        if not tag.find_parent("svg") and tag.name != "svg":
            for attribute in OUTDATED:
                del tag[attribute]
        if tag.name not in ("svg", "img"):
            del tag["role"]


def contents(book: list[Leaf]) -> str:
    """Return the table of contents, depth pages below their main page."""
    lines = []
    for leaf in book:
        number = f"{leaf.chapter} " if leaf.chapter and not leaf.is_depth else ""
        link = f'<a href="{file_of(leaf.name)}">{number}{html.escape(leaf.title)}</a>'
        if leaf.is_depth:
            lines[-1].append(f"<li>{link}</li>")
        else:
            lines.append([link])
    items = "".join(
        f"<li>{first}{'<ol>' + ''.join(below) + '</ol>' if below else ''}</li>"
        for first, *below in lines
    )
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{items}</ol></nav>'


def item(name: str, content: bytes) -> str:
    """Return the line of a file in the manifest."""
    identifier = "f-" + name.replace(".", "-")
    kind, properties = TYPES.get(Path(name).suffix, "application/xhtml+xml"), ""
    if name.endswith(".css"):
        kind = "text/css"
    elif name == "nav.xhtml":
        properties = ' properties="nav"'
    elif name.endswith(".xhtml") and b"<svg" in content:
        properties = ' properties="svg"'
    return f'<item id="{identifier}" href="{name}" media-type="{kind}"{properties}/>'


def files_of(site: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of the book and the order in which its pages are read."""
    book, config = leaves.read(site), site_stage.settings()
    names = {leaf.name for leaf in book}
    address, files = site_stage.site_address(config), {}
    files["book.css"] = (site / "_static" / "epub.css").read_bytes()
    promise = leaves.parsed(site / "index.html").select_one(".pr-promise")
    logo = (site / "_static" / "favicon.svg").read_bytes()
    files["logo.svg"] = logo
    cover = (
        '<section class="pr-cover"><p><img alt="" src="logo.svg"/></p><h1>Prerelease</h1>'
        f"{promise.decode_contents() if promise else ''}<p>{html.escape(config['author'])}, "
        f"{config['copyright']}</p></section>"
    )
    bodies = {"cover.xhtml": ("Prerelease", cover), "nav.xhtml": ("Contents", contents(book))}
    for leaf in book:
        leaves.relink(leaf, lambda page, at: file_of(page, at) if page in names else None, address)
        files |= take_pictures(leaf, site)
        strict(leaf)
        bodies[file_of(leaf.name)] = (leaf.title, leaf.body.decode_contents())
    for name, (title, body) in bodies.items():
        files[name] = HEAD.format(title=html.escape(title), body=body).encode()
    return files, list(bodies)


def make(site: Path = SITE, path: Path = SITE / FILE) -> Path:
    """Pack the book that a built site holds into a file; return its path."""
    files, spine = files_of(site)
    built = datetime.fromtimestamp((site / "index.html").stat().st_mtime, UTC)
    package = PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, "prerelease").urn,
        author=html.escape(site_stage.settings()["author"]),
        modified=built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(item(name, content) for name, content in files.items()),
        spine="\n".join(f'<itemref idref="f-{name.replace(".", "-")}"/>' for name in spine),
    )
    with zipfile.ZipFile(path, "w") as archive:
        # The first file, stored as it is, says what kind of archive this is.
        archive.writestr(zipfile.ZipInfo("mimetype", PACKED), "application/epub+zip")
        members = {
            "META-INF/container.xml": CONTAINER.encode(),
            "book/package.opf": package.encode(),
        }
        members |= {f"book/{name}": content for name, content in files.items()}
        for name, content in members.items():
            kept = zipfile.ZipInfo(name, PACKED)
            archive.writestr(kept, content, zipfile.ZIP_DEFLATED)
    return path


def main() -> int:
    began = time.perf_counter()
    say("[book] the whole book as an ePub (about 20 s) …")
    try:
        path = make()
        leaves.offer(SITE, FILE, "ePub")
    except BuildError as error:
        say(f"[book] {error}")
        return 1
    size = path.stat().st_size / 1e6
    say(f"[book] {size:.1f} MB, {time.perf_counter() - began:.0f} s: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
