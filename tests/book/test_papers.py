"""The papers of a workshop as they leave the printer: how many sheets, how large, nothing cut."""

import re

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from site_pages import SITE, parsed
from test_print import PALE
from tools.site import chromium
from tools.teach import teaching

pytestmark = [
    pytest.mark.site,
    pytest.mark.browser,
    pytest.mark.usefixtures("browser", "built_site"),
]
GUIDES = teaching.guides()
A4 = (595, 842)  # points
PAPERS = {
    "handouts": (len(GUIDES), A4),
    "answers": (len(GUIDES), A4),
    "cheat-sheet": (2, A4),
    "certificate": (1, A4[::-1]),
    "room": (1, A4),
}
every_paper = pytest.mark.parametrize("name", PAPERS)
# What is wider than the box that holds it, so that a printer would cut it.
CUT = """() => [...document.querySelectorAll("article :is(pre, p, li, input, h2)")]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.tagName} ${e.textContent.slice(0, 60)}`)"""


@every_paper
def test_paper_has_as_many_sheets_as_it_promises_and_their_size(name, tmp_path):
    chromium.print_page(SITE / "teach" / f"{name}.html", tmp_path / "paper.pdf")
    sheets = PdfReader(tmp_path / "paper.pdf").pages
    count, size = PAPERS[name]
    assert len(sheets) == count
    for sheet in sheets:
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == size


@every_paper
def test_nothing_on_paper_is_cut_or_pale(browser: Browser, name):
    width = 1030 if name == "certificate" else 718 if name == "cheat-sheet" else 673
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.emulate_media(media="print")
    page.goto((SITE / "teach" / f"{name}.html").as_uri())
    cut, pale = page.evaluate(CUT), page.evaluate(PALE)
    page.context.close()
    assert cut == []
    assert pale == []


def test_each_sheet_is_about_its_chapter(tmp_path):
    for name in ("handouts", "answers"):
        chromium.print_page(SITE / "teach" / f"{name}.html", tmp_path / "paper.pdf")
        sheets = [page.extract_text() for page in PdfReader(tmp_path / "paper.pdf").pages]
        for sheet, guide in zip(sheets, GUIDES.values(), strict=True):
            assert sheet.split("\n")[0].startswith(f"{guide.name[:2]} {guide.title}")


@pytest.mark.parametrize("page", ["timetables", "remote"])
def test_lines_of_timetables_name_slides_that_are_in_the_deck(page):
    links = parsed(f"teach/{page}.html").select("a.pr-slides")
    assert links
    for link in links:
        deck, place = link["href"].split("#/")
        slides = parsed(f"teach/{deck}").select(".slides > section")
        assert link.text.split()[0] in {"slide", "slides"}
        assert int(place) < len(slides)


def test_a_talk_that_is_cut_short_shows_no_more_slides_than_minutes():
    for link in parsed("teach/timetables.html").select("a.pr-slides[data-part=talk]"):
        row = link.find_parent("tr")
        minutes = int(re.search(r"(\d+) min$", row.th.text)[1])
        numbers = [part.split("–") for part in link.text.split(maxsplit=1)[1].split(", ")]
        count = sum(int(part[-1]) - int(part[0]) + 1 for part in numbers)
        assert count <= minutes, row.text
