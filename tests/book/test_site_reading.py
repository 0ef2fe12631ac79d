"""What helps readers of the built site: short pages, one switch for code, old addresses."""

import re

import pytest

from site_pages import SITE, page_names, parsed
from test_site import open_page, window  # noqa: F401 - a fixture
from tools.lint import limits as lint_limits
from tools.site import redirects
from tools.site.pages import chapter_of, is_depth, main_page_of

pytestmark = [pytest.mark.site, pytest.mark.usefixtures("built_site")]
chapters = [name for name in page_names() if re.match(r"chapters/\d", name)]
every_chapter = pytest.mark.parametrize("name", chapters)
published, moved = redirects.table() if SITE.is_dir() else ({}, {})


# --- limits ------------------------------------------------------------------------------------


def test_pages_keep_their_limits_or_say_why_not():
    over = lint_limits.excesses(lint_limits.measured(SITE))
    assert [str(one) for one in over if not one.reason] == []


def test_exceptions_to_the_limits_are_needed():
    over = lint_limits.excesses(lint_limits.measured(SITE))
    assert lint_limits.idle_exceptions(over) == []


def test_the_page_of_run_times_shows_how_long_each_page_is():
    table = parsed("about/run-times.html").select_one("[aria-label='Lengths of the pages']")
    linked = [link["href"].removeprefix("../") for link in table.select("tbody th a")]
    assert linked == chapters


# --- main pages and depth pages ----------------------------------------------------------------


@every_chapter
def test_depth_pages_stand_beneath_their_main_page_and_lead_back(name):
    main = main_page_of(name, chapters)
    if is_depth(name):
        eyebrow = parsed(name).select_one(".pr-eyebrow")
        assert eyebrow.b.text == chapter_of(name)
        assert f"chapters/{eyebrow.a['href']}" == main
        folded = parsed("index.html").select_one(f"nav.bd-links li li a[href='{name}']")
        assert folded.find_parent("details"), "depth pages are folded in the list of all pages"
        linked = {link["href"] for link in parsed(main).select("article a[href]")}
        assert name.removeprefix("chapters/") in linked, "the main page must lead to it"
    assert main in chapters


@every_chapter
def test_the_box_that_tells_a_page_stands_directly_below_its_title(name):
    boxes = parsed(name).select(".pr-in-short")
    assert len(boxes) <= 1
    for box in boxes:
        assert box.find_previous_sibling().name == "h1"


# --- old addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", published)
def test_every_address_that_was_published_still_leads_somewhere(page):
    there = redirects.anchors(SITE)
    lost = [
        f"{page}#{anchor}"
        for anchor in ["", *published[page]]
        if redirects.address_now(page, anchor, there, moved) is None
    ]
    assert lost == []
    assert (SITE / page).is_file()


@pytest.mark.browser
def test_an_old_address_leads_to_the_new_one_with_its_anchor(window):  # noqa: F811
    for old, new in (
        ("chapters/07_release.html", "chapters/08_release.html"),
        ("chapters/07_release.html#the-verdict", "#the-verdict"),
        ("chapters/00_data.html#twins", "chapters/00a_bursts_and_twins.html#twins"),
    ):
        page, problems = open_page(window, f"{SITE.as_uri()}/{old}")
        page.wait_for_url(f"**{new}")
        assert problems == []
        page.close()


# --- the switch for code -----------------------------------------------------------------------


def code_seen(page):
    """Return how many cells of code a reader sees."""
    seen = "all => all.filter(one => one.checkVisibility()).length"
    return page.eval_on_selector_all(".cell_input pre", seen)


@pytest.mark.browser
def test_one_switch_shows_all_code_or_none_by_keyboard_and_is_remembered(window):  # noqa: F811
    page, problems = open_page(window, (SITE / chapters[0]).as_uri())
    usual, total = code_seen(page), page.locator(".cell_input pre").count()
    switch = page.locator(".pr-code-switch")
    assert switch.inner_text() == "Show all code"
    switch.focus()
    page.keyboard.press("Enter")
    assert code_seen(page) == total > usual > 0
    page.close()
    page, _ = open_page(window, (SITE / chapters[1]).as_uri())
    assert code_seen(page) == page.locator(".cell_input pre").count()
    page.locator(".pr-code-switch").focus()
    page.keyboard.press("Space")
    assert code_seen(page) == 0
    page.keyboard.press("Space")
    assert page.locator(".pr-code-switch").inner_text() == "Show all code"
    assert problems == []


def test_chapter_02_quotes_what_the_page_about_flights_finds_for_a_random_split_of_flights():
    chapter = parsed("chapters/02_representative_metrics.html").select_one("article").get_text(" ")
    quoted = re.findall(r"year of flights\b[^.]*\.?[^.]*? flatters by\s+(\d\.\d\d)", chapter)
    assert len(quoted) == 2  # in short, and where it is told
    flights = parsed("about/own-model.html").select_one("article").get_text(" ")
    assert {*quoted} == {*re.findall(r" day is\s+worth\s+(\d\.\d\d) \[", flights)}
