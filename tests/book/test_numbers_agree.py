"""What a deck says in numbers, its page says, too: no deck is left over from another build."""

import re

import pytest
from bs4 import BeautifulSoup

from site_pages import SITE, parsed
from tools.site import slides as site_slides

DECKS = [
    path
    for path in sorted((SITE / site_slides.FOLDER).glob("*.html"))
    if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")[:2000]  # an old address
]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# What a deck adds of its own: how much of a table it shows, and what the guide asks.
OWN = ".notes, .eyebrow, caption, .slide-quiz, .slide-exercise, script"


def numbers(text):
    """Return the numbers in a text, each once."""
    return set(NUMBER.findall(text))


def said_of_its_own(deck, page):
    """Return the numbers of a deck that its page does not say."""
    for own in deck.select(OWN):
        own.decompose()
    shown = " ".join(slide.get_text(" ") for slide in deck.select(".slides > section"))
    alts = " ".join(image.get("alt", "") for image in page.select("article img"))
    return numbers(shown) - numbers(f"{page.select_one('article').get_text(' ')} {alts}")


@pytest.mark.site
@pytest.mark.usefixtures("built_site")
@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_deck_says_no_number_that_its_page_does_not_say(path):
    deck = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert said_of_its_own(deck, parsed(f"chapters/{path.name}")) == set()


@pytest.mark.site
@pytest.mark.usefixtures("built_site")
@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_second_slide_answers_what_the_page_answers_in_short(path):
    box = parsed(f"chapters/{path.name}").select_one(".pr-in-short")
    assert box is not None, "a main page opens in short"
    deck = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    second = deck.select(".slides > section")[1]
    answer = box.select_one("dd").get_text(" ")
    assert numbers(answer) <= numbers(second.get_text(" ")), "slide and notes leave a number out"


def test_number_that_no_page_says_is_found():
    deck = BeautifulSoup(
        '<div class="slides"><section><h2>It is 12.</h2><p class="eyebrow">9</p></section></div>',
        "html.parser",
    )
    page = BeautifulSoup("<article>It costs 1,200, or 12.5.</article>", "html.parser")
    assert said_of_its_own(deck, page) == {"12"}
