"""The whole book as one PDF and as an ePub, and single pages on paper."""

import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from plugin_browser import HOW, missing
from tools.site import chromium, epub, leaves, pdf
from tools.site.steps import BUILD

XHTML = "{http://www.w3.org/1999/xhtml}"
SHEET = 643  # pixels: what a sheet of A4 has between its margins
# The contrast with white of the colour of every word, of those that a reader must be able to read.
PALE = """() => {
  const line = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (colour) => colour.map(v => line(v / 255));
  const contrast = (css) => {
    const [r, g, b] = light(css.match(/[\\d.]+/g).slice(0, 3).map(Number));
    return 1.05 / (.2126 * r + .7152 * g + .0722 * b + .05);
  };
  const said = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (said.nextNode()) {
    const element = said.currentNode.parentElement;
    if (!said.currentNode.data.trim() || !element.checkVisibility()) continue;
    const colour = getComputedStyle(element).color;
    if (contrast(colour) < 4) found.push(`${colour} ${said.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""
GROUND = "getComputedStyle(document.body).backgroundColor"
CUT = """() => {
  const edge = document.querySelector("article").getBoundingClientRect().right + 1;
  return [...document.querySelectorAll("article :is(pre, td, th, img, svg, p)")]
    .filter(e => e.checkVisibility() && (e.getBoundingClientRect().right > edge
                 || e.matches("pre, p") && e.scrollWidth > e.clientWidth + 1))
    .map(e => `${e.closest("section.pr-leaf")?.id}: ${e.tagName} ${e.textContent.slice(0, 60)}`);
}"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "chapters/01_metrics_for_impact", "about/checklist"])
def test_page_printed_from_dark_mode_is_dark_on_white(browser: Browser, built_site, name):
    context = browser.new_context(color_scheme="dark", viewport={"width": SHEET, "height": 900})
    page = context.new_page()
    page.goto((built_site / f"{name}.html").as_uri())
    page.wait_for_function("document.documentElement.dataset.theme == 'dark'")
    on_screen = page.evaluate(PALE)
    page.emulate_media(media="print")
    on_paper, ground = page.evaluate(PALE), page.evaluate(GROUND)
    shown = page.evaluate(
        "document.querySelectorAll('.pr-dark').length && "
        "[...document.querySelectorAll('.pr-dark')].some(i => i.checkVisibility())"
    )
    titles = page.evaluate(
        "[...document.querySelectorAll('h1')].filter(h => h.checkVisibility()).length"
    )
    cut = page.evaluate(CUT)
    context.close()
    assert on_screen, "the page was not dark to begin with"
    assert on_paper == []
    assert min(map(int, re.findall(r"\d+", ground)[:3])) > 240
    assert not shown, "a figure of the dark theme is printed"
    assert titles == 1
    assert cut == []


@pytest.fixture(scope="session")
def book(built_site: Path) -> list[leaves.Leaf]:
    """Every page of the book, as it goes on paper."""
    return leaves.read(built_site)


@pytest.fixture(scope="session")
def printed(built_site: Path, tmp_path_factory) -> tuple[PdfReader, Path]:
    """The book as a PDF, and the page that it was printed from; printed here if it is not there."""
    made, source = built_site / pdf.FILE, BUILD / "print" / "book.html"
    if made.is_file() and source.is_file():
        return PdfReader(made), source
    if chromium.find() is None:
        missing(HOW)
    place = tmp_path_factory.mktemp("print")
    return PdfReader(pdf.make(built_site, place)), place / "book.html"


def flat(outline: list, depth: int = 0) -> list[tuple[int, str]]:
    """Return (depth, title) of all bookmarks."""
    return [
        found
        for entry in outline
        for found in (
            flat(entry, depth + 1) if isinstance(entry, list) else [(depth, str(entry["/Title"]))]
        )
    ]


@pytest.mark.browser
def test_bookmarks_of_the_pdf_name_every_page_of_the_book_in_order(printed, book):
    # Chromium drops the space where a heading goes on in a second line
    bookmarks = [(depth, title.replace(" ", "")) for depth, title in flat(printed[0].outline)]
    wanted = [(int(leaf.is_depth), leaf.title.replace(" ", "")) for leaf in book]
    place = iter(bookmarks)
    assert [one for one in wanted if one not in place] == []


@pytest.mark.browser
def test_contents_of_the_pdf_name_the_sheet_on_which_each_page_begins(printed, book):
    reader = printed[0]
    starts = pdf.starts_of(reader, book)
    first = min(starts.values())
    told = " ".join(page.extract_text() for page in reader.pages[1 : first - 1])
    numbers = Counter(map(int, re.findall(r"\b\d+\b", told)))
    assert len(starts) == len(book)
    assert list(starts.values()) == sorted(starts.values())
    assert not Counter(starts.values()) - numbers
    for leaf in book:
        number = starts[pdf.anchor(leaf.name)]
        words = " ".join(reader.pages[number - 1].extract_text().split())
        assert words.startswith(" ".join(f"{leaf.chapter} {leaf.title} {number}".split()))


@pytest.mark.browser
def test_every_font_of_the_pdf_is_in_it(printed):
    fonts = {}
    for page in printed[0].pages:
        for font in (page["/Resources"].get("/Font") or {}).values():
            outer = font.get_object()
            inner = outer.get("/DescendantFonts", [outer])[0].get_object()
            fonts[str(outer.get("/BaseFont", outer["/Subtype"]))] = inner
    outside = [
        name
        for name, font in fonts.items()
        if font["/Subtype"] != "/Type3"
        and not any(key.startswith("/FontFile") for key in font["/FontDescriptor"].get_object())
    ]
    assert fonts
    assert outside == []


@pytest.mark.browser
def test_links_of_the_pdf_lead_to_places_in_it_or_to_other_sites(printed):
    reader = printed[0]
    places, inside, lost = reader.named_destinations, 0, []
    for number, page in enumerate(reader.pages, start=1):
        for note in (one.get_object() for one in page.get("/Annots") or []):
            if (to := note.get("/Dest")) is not None:
                inside += 1
                lost += [f"{number}: {to}"] if str(to) not in places else []
            elif not str(note["/A"]["/URI"]).startswith(("http", "mailto:")):
                lost.append(f"{number}: {note['/A']['/URI']}")
    assert inside > 100
    assert lost == []


@pytest.mark.browser
def test_no_line_of_the_pdf_is_cut_at_the_edge_of_the_sheet(browser: Browser, printed):
    context = browser.new_context(viewport={"width": SHEET, "height": 900})
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(printed[1].as_uri())
    cut = page.evaluate(CUT)
    context.close()
    assert cut == []


@pytest.fixture(scope="session")
def packed(built_site: Path, tmp_path_factory) -> zipfile.ZipFile:
    """The book as an ePub, packed for these tests."""
    return zipfile.ZipFile(epub.make(built_site, tmp_path_factory.mktemp("epub") / "book.epub"))


@pytest.fixture(scope="session")
def texts(packed: zipfile.ZipFile) -> dict[str, ElementTree.Element]:
    """Every page of the ePub, read as XML."""
    pages = [name for name in packed.namelist() if name.endswith(".xhtml")]
    return {name: ElementTree.fromstring(packed.read(name)) for name in pages}


@pytest.mark.site
def test_epub_begins_with_its_kind_and_lists_every_file_once(packed):
    kind = packed.infolist()[0]
    assert (kind.filename, kind.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert packed.read(kind) == b"application/epub+zip"
    package = ElementTree.fromstring(packed.read("book/package.opf"))
    items = {tag.get("id"): tag.get("href") for tag in package.iter() if tag.tag.endswith("}item")}
    held = {name.removeprefix("book/") for name in packed.namelist() if name.startswith("book/")}
    assert sorted(items.values()) == sorted(held - {"package.opf"})
    read = [items[tag.get("idref")] for tag in package.iter() if tag.tag.endswith("}itemref")]
    assert sorted(read) == sorted(name for name in held if name.endswith(".xhtml"))


@pytest.mark.site
def test_links_and_pictures_of_the_epub_lead_to_places_in_it(packed, texts):
    places = {
        name: [tag.get("id") for tag in root.iter() if tag.get("id")]
        for name, root in texts.items()
    }
    lost, inside = [], 0
    for name, root in texts.items():
        assert len(places[name]) == len(set(places[name])), f"{name}: an identifier stands twice"
        for tag in root.iter():
            to = tag.get("href") or tag.get("src") or ""
            if not to or to.startswith(("http", "mailto:")):
                continue
            file, _, place = unquote(to).partition("#")
            file = posixpath.join("book", file) if file else name
            inside += 1
            if file not in packed.namelist() or (place and place not in places[file]):
                lost.append(f"{name}: {to}")
    assert inside > 100
    assert lost == []


@pytest.mark.site
def test_epub_tells_every_picture_and_formula_in_words(texts, book):
    pictures = [
        tag
        for name, root in texts.items()
        if "cover" not in name
        for tag in root.iter(f"{XHTML}img")
    ]
    formulas = [
        tag
        for root in texts.values()
        for tag in root.iter("{http://www.w3.org/2000/svg}svg")
        if tag.get("role")
    ]
    assert len(pictures) == sum(len(leaf.body.select("img")) for leaf in book)
    assert [tag.get("src") for tag in pictures if not tag.get("alt")] == []
    assert len(formulas) == sum(len(leaf.body.select(".math.notranslate")) for leaf in book)
    assert all(tag.get("aria-label") for tag in formulas)
