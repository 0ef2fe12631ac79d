"""Formulas of the site: set once, by node, so that no page needs a script for them."""

import pytest
from bs4 import BeautifulSoup

from tools.site import assets, formulas
from tools.site.steps import BuildError

PAGE = (
    '<article><p><span class="math notranslate nohighlight">\\(a &lt; b^2\\)</span> and '
    '<span class="math notranslate nohighlight">\\(a &lt; b^2\\)</span></p>'
    '<div class="math notranslate nohighlight">\n\\[\\frac{1}{x}\\]</div></article>'
)


@pytest.fixture(scope="module")
def page():
    assets.fetch()
    found = BeautifulSoup(PAGE, "html.parser")
    formulas.put(found, formulas.drawn([PAGE]))
    return found


def test_each_formula_is_a_picture_in_the_colour_of_the_text(page):
    pictures = page.select(".math > svg")
    assert len(pictures) == 3
    assert all(picture.has_attr("viewBox") for picture in pictures)
    assert "currentColor" in str(pictures[0])
    assert page.select("script") == []


def test_what_is_read_aloud_is_the_formula_as_mathml(page):
    assert [said.get_text("", strip=True) for said in page.select(".pr-said math")] == [
        "a<b2",
        "a<b2",
        "1x",
    ]
    assert page.select("[data-latex], [data-mml-node]") == []


def test_formulas_that_are_set_stay_as_they_are(page):
    again = BeautifulSoup(str(page), "html.parser")
    before = str(again)
    formulas.put(again, {})
    assert str(again) == before


def test_in_a_file_the_picture_is_named_by_its_tex(page):
    place = BeautifulSoup(str(page), "html.parser").select_one(".math")
    formulas.name(place)
    assert place.svg["aria-label"] == "a < b^2"
    assert place.svg.has_attr("viewBox")
    assert place.select(".pr-said") == []


def test_pages_without_formulas_ask_for_nothing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert formulas.drawn(["<p>No formula.</p>"]) == {}


def test_without_node_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"install Node\.js"):
        formulas.drawn([PAGE])
