"""What the statement on accessibility says beyond axe: small windows, and less motion."""

import pytest
from playwright.sync_api import Browser

from site_pages import SITE, page_names

pytestmark = [pytest.mark.site, pytest.mark.browser, pytest.mark.usefixtures("built_site")]
WIDTH = 320  # pixels: 1280 at 400 percent, as criterion 1.4.10 of WCAG 2.1 has it
SCROLLS = "getComputedStyle(document.documentElement).scrollBehavior"


def test_pages_reflow_where_a_zoom_of_400_percent_leaves_little_room(browser: Browser):
    page = browser.new_context(viewport={"width": WIDTH, "height": 256}).new_page()
    wide = {}
    for name in page_names():
        page.goto((SITE / name).as_uri())
        wide[name] = page.evaluate("document.documentElement.scrollWidth") - WIDTH
    page.context.close()
    assert {name: over for name, over in wide.items() if over > 0} == {}


def test_nothing_moves_for_whoever_asked_for_less_motion(browser: Browser):
    page = browser.new_context(reduced_motion="reduce").new_page()
    for name in page_names():
        page.goto((SITE / name).as_uri())
        assert page.evaluate("document.getAnimations().length") == 0, name
        assert page.evaluate(SCROLLS) == "auto", name
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(SCROLLS) == "smooth"
    page.context.close()
