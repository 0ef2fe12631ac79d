"""The interactive figures of the built site, driven in a browser."""

import pytest
from playwright.sync_api import Browser, Page

from site_pages import SITE, page_names, parsed

pytestmark = [pytest.mark.site, pytest.mark.browser, pytest.mark.usefixtures("built_site")]
WITH_CHARTS = [name for name in page_names() if parsed(name).select_one(".pr-play")]


def opened(browser: Browser, name: str, **options) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, **options).new_page()
    page.goto((SITE / name).as_uri())
    return page


def words(page: Page) -> list[str]:
    return page.locator(".pr-canvas svg").first.locator("text").all_text_contents()


def test_the_landing_page_has_a_figure_to_play_with():
    assert "index.html" in WITH_CHARTS


@pytest.mark.parametrize("name", WITH_CHARTS)
def test_a_knob_turned_by_keyboard_changes_the_chart(browser, name):
    page = opened(browser, name)
    assert not page.evaluate("'vega' in window"), "loaded before it was scrolled to"
    page.locator(".pr-play").first.scroll_into_view_if_needed()
    page.wait_for_selector(".pr-playing")
    before = page.locator(".pr-canvas svg").first.inner_html()
    knob = page.locator(".pr-knobs :is(input, select)").first
    knob.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.pr-canvas svg').innerHTML !== before", arg=before
    )
    page.context.close()


@pytest.mark.parametrize("name", WITH_CHARTS)
def test_the_chart_fits_a_phone_and_keeps_its_knobs_when_the_theme_changes(browser, name):
    page = opened(browser, name)
    page.locator(".pr-play").first.scroll_into_view_if_needed()
    page.wait_for_selector(".pr-playing")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    knob = page.locator(".pr-knobs :is(input, select)").first
    knob.focus()
    page.keyboard.press("ArrowRight")
    turned = knob.input_value()
    page.evaluate("document.querySelector('.pr-chart').dataset.old = 1")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_selector(".pr-chart:not([data-old])")
    assert page.locator(".pr-knobs :is(input, select)").first.input_value() == turned
    page.context.close()


@pytest.mark.parametrize("name", WITH_CHARTS)
def test_without_javascript_and_on_paper_the_picture_stands(browser, name):
    page = opened(browser, name, java_script_enabled=False)
    assert page.locator(".pr-play img").first.is_visible()
    page.context.close()
    page = opened(browser, name)
    page.locator(".pr-play").first.scroll_into_view_if_needed()
    page.wait_for_selector(".pr-playing")
    page.emulate_media(media="print")
    assert page.locator(".pr-play .pr-figure").first.is_visible()
    assert not page.locator(".pr-chart").first.is_visible()
    page.context.close()
