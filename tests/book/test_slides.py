"""The decks of the built site: readable from the last row, one message a slide, no other host."""

import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from site_pages import SITE, leads_on, parsed
from test_site import AXE, axe_findings, open_page
from tools.site import slides as site_slides
from tools.site.deck import shown, words
from tools.site.pages import is_depth
from tools.teach import teaching

ALL = sorted((SITE / site_slides.FOLDER).glob("*.html"))
DECKS = [path for path in ALL if not leads_on(f"{site_slides.FOLDER}/{path.name}")]
GUIDES = teaching.guides()
pytestmark = [pytest.mark.site, pytest.mark.usefixtures("built_site")]
every_deck = pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
# What would be a riddle on a slide; a bound, as in “above nine in ten”, is none.
BANNED = re.compile(r"see the page|chapter['’]s page|on this page|\b(above|below)[.,;:)]", re.I)
CURRENT = "(() => { const s = Reveal.getCurrentSlide(); %s })()"
# What is seen of a slide: its blocks, and the number in the corner.
BLOCKS = """
  const seen = [...s.children].filter(e => e.offsetParent !== null && !e.matches('.notes'));
  const blocks = seen.flatMap(e => e.matches('.pr-play') ? [...e.querySelectorAll(
    '.pr-canvas svg, .pr-knobs')] : [e]);
  const boxes = [...blocks, document.querySelector('.slide-number')].map(e => [
    e.className.baseVal ?? (e.className || e.tagName), e.getBoundingClientRect()]);
  const wrong = boxes.filter(([, r]) => r.bottom > innerHeight + 1 || r.right > innerWidth + 1)
    .map(([name]) => `${name} leaves the slide`);
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    if (high > 1 && wide > 1) wrong.push(`${a} lies on ${b}`);
  }));
  return wrong;
"""


def slides_of(path):
    """Return the slides of a deck as they are written."""
    deck = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return deck.select(".slides > section")


def seen(slide) -> str:
    """Return the words that an audience sees."""
    clean = BeautifulSoup(str(slide), "html.parser")
    for part in clean.select(".notes, script"):
        part.decompose()
    return clean.get_text(" ")


def in_talk(slide) -> bool:
    """Tell whether a slide belongs to the talk, not to the quiz at the end or the exercises."""
    eyebrow = slide.select_one(".eyebrow").get_text()
    return not eyebrow.startswith(("Quiz", "Your turn"))


def is_exercise(slide) -> bool:
    return "slide-exercise" in slide["class"]


@pytest.fixture
def deck(browser, path) -> Page:
    """A deck in a window of 1280 × 720, and at its end nothing went wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page, problems = open_page(context, path.as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    yield page
    context.close()
    assert problems == []


def go(page: Page, number: int) -> None:
    """Turn to a slide, and wait until its figure can be played with."""
    page.evaluate(f"Reveal.slide({number})")
    if page.evaluate(CURRENT % "return !!s.querySelector('.pr-play')"):
        page.wait_for_selector(".present .pr-playing")


def test_each_chapter_has_a_deck():
    pages = sorted(path.name for path in (SITE / "chapters").glob("*.html"))
    main = [name for name in pages if not is_depth(name) and not leads_on(f"chapters/{name}")]
    assert [path.name for path in DECKS] == main


@every_deck
def test_a_deck_is_no_longer_than_its_talk(path):
    talk = [slide for slide in slides_of(path) if in_talk(slide)]
    assert len(talk) <= GUIDES[path.stem].minutes["talk"]


@every_deck
def test_titles_are_sentences_and_no_two_are_alike(path):
    titles = [slide.h2.get_text() for slide in slides_of(path)[1:]]
    assert len(set(titles)) == len(titles)
    sentence = re.compile(r"[“(]?[A-Z0-9].*[.!?][”)]?")
    assert [title for title in titles if not sentence.fullmatch(title)] == []


@every_deck
def test_no_slide_points_elsewhere_and_tables_have_six_rows_at_most(path):
    for slide in slides_of(path):
        assert not BANNED.search(seen(slide)), seen(slide)
        assert is_exercise(slide) or not re.search(r"\bthe table\b", seen(slide)), seen(slide)
        assert len(slide.select("tbody tr")) <= shown.MOST_ROWS


@every_deck
def test_notes_say_and_ask(path):
    for slide in slides_of(path):
        told = [note.get_text() for note in slide.select(".notes p")]
        assert told, slide.h2
        assert told[0].startswith("Say: ")
        assert is_exercise(slide) or any(one.startswith("Ask: ") for one in told)
        if slide.select_one(".pr-play"):
            assert any(one.startswith("Draw: with the knobs") for one in told) or told[-1]


@every_deck
def test_what_the_guide_says_of_a_slide_finds_its_slide(path):
    titles = {}
    for slide in slides_of(path)[1:]:
        titles.setdefault(slide.get("data-of"), []).append(slide.h2.get_text().lower())
        titles.setdefault(slide.select_one(".eyebrow").get_text(), []).extend(
            titles[slide.get("data-of")][-1:]
        )
    page = words.text_of(parsed(f"chapters/{path.stem}.html").article).lower()
    for hint in GUIDES[path.stem].slides:
        assert hint["of"] in titles, f"no slide is made of {hint['of']!r}"
        wanted = hint.get("title", "").lower()
        if wanted in page:  # the page writes some sentences only if its numbers say so
            assert any(wanted in title for title in titles[hint["of"]]), f"no title has {wanted!r}"


@every_deck
def test_questions_are_the_same_in_page_and_deck(path):
    page = parsed(f"chapters/{path.stem}.html")
    on_page = [
        (
            asked.p.get_text().removeprefix("What would you do?").strip(),
            [answer.get_text() for answer in asked.select("summary")],
        )
        for asked in page.select(".pr-during .pr-quiz-question")
    ]
    on_slides = [
        (slide.h2.get_text(), [answer.get_text() for answer in slide.select("li")])
        for slide in slides_of(path)
        if slide.select_one(".eyebrow").get_text() == "What would you do?"
    ]
    assert on_slides == on_page
    assert len(on_slides) == len(GUIDES[path.stem].during) == 2


@pytest.mark.browser
@every_deck
def test_every_slide_fits_and_nothing_lies_on_anything_else(deck):
    for number in range(deck.evaluate("Reveal.getTotalSlides()")):
        go(deck, number)
        assert deck.evaluate(CURRENT % BLOCKS) == [], f"slide {number + 1}"
        over = deck.evaluate(CURRENT % "return s.scrollWidth - s.clientWidth")
        assert over <= 2, f"slide {number + 1} is {over} pixels too wide"


@pytest.mark.browser
@every_deck
def test_slides_are_accessible_and_large_enough_for_the_last_row(deck):
    small = deck.evaluate(
        "() => [...document.querySelectorAll('.slides :is(p, li, td, th, label)')]"
        ".filter(e => !e.closest('.notes, .pr-knobs')"
        " && parseFloat(getComputedStyle(e).fontSize) < 22).map(e => e.textContent)"
    )
    assert small == []
    deck.add_script_tag(path=str(AXE))
    assert axe_findings(deck, "light") == []


@pytest.mark.browser
@every_deck
def test_figures_can_be_played_with_and_their_keys_turn_no_slide(deck):
    numbers = deck.evaluate(
        "Reveal.getSlides().flatMap((s, i) => s.querySelector('.pr-play') ? [i] : [])"
    )
    assert numbers, "the main page has a figure to play with"
    for number in numbers:
        go(deck, number)
        chart = deck.locator(".present .pr-canvas svg").first
        before = chart.inner_html()
        for knob in deck.locator(".present .pr-knobs :is(input, select)").all():
            knob.focus()
            deck.keyboard.press("ArrowRight")
            deck.keyboard.press("ArrowDown")
            deck.keyboard.press("PageDown")
        assert deck.evaluate("Reveal.getIndices().h") == number
        assert chart.inner_html() != before
        # A knob that was dragged, or left, gives the keys back.
        dragged = deck.locator(".present .pr-knobs input[type=range]")
        if dragged.count():
            box = dragged.first.bounding_box()
            deck.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2)
            deck.mouse.down()
            deck.mouse.move(box["x"] + 90, box["y"] + box["height"] / 2, steps=3)
            deck.mouse.up()
        else:
            deck.evaluate("document.activeElement.blur()")
        deck.keyboard.press("ArrowRight")
        assert deck.evaluate("Reveal.getIndices().h") == number + 1


@pytest.mark.browser
@every_deck
def test_without_scripts_all_slides_and_their_pictures_are_there(browser, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator(".pr-play img").first.is_visible()
    assert page.locator(".slides > section:last-child h2").is_visible()
    context.close()
