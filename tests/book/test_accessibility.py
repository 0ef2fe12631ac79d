"""What the statement on accessibility says beyond axe: small windows, and less motion."""

import pytest
from playwright.sync_api import Browser

from site_pages import SITE, page_names

pytestmark = [pytest.mark.site, pytest.mark.browser, pytest.mark.usefixtures("built_site")]
WIDTH = 320  # pixels: 1280 at 400 percent, as criterion 1.4.10 of WCAG 2.1 has it
WIDE = "document.documentElement.scrollWidth"
SCROLLS = "getComputedStyle(document.documentElement).scrollBehavior"


@pytest.fixture(scope="module")
def seen(browser: Browser) -> dict[str, tuple[int, int, str]]:
    """How much each page is too wide, what moves on it, how it scrolls, in a small still window."""
    page = browser.new_context(
        viewport={"width": WIDTH, "height": 256}, reduced_motion="reduce"
    ).new_page()
    found = {}
    for name in page_names():
        page.goto((SITE / name).as_uri())
        found[name] = page.evaluate(f"[{WIDE}, document.getAnimations().length, {SCROLLS}]")
    page.context.close()
    return found


def test_pages_reflow_where_a_zoom_of_400_percent_leaves_little_room(seen):
    assert {name: over for name, (over, *_) in seen.items() if over > WIDTH} == {}


def test_nothing_moves_for_whoever_asked_for_less_motion(browser: Browser, seen):
    assert [name for name, (_, moves, how) in seen.items() if moves or how != "auto"] == []
    page = browser.new_context(reduced_motion="no-preference").new_page()
    page.goto((SITE / "index.html").as_uri())
    assert page.evaluate(SCROLLS) == "smooth"
    page.context.close()
