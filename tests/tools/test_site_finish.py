import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tools.site import finish as site_finish


def finished(frame):
    """Return the heads and the first row of a table, as the site shows it."""
    page = BeautifulSoup(f"<article>{frame.to_html()}</article>", "html.parser")
    site_finish.scroll_tables(page)
    heads = [[cell.text for cell in row.find_all("th")] for row in page.select("thead tr")]
    return heads, page.select("tbody tr")[0].find_all(["th", "td"])


def test_name_of_the_index_moves_into_the_head():
    heads, _ = finished(pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="who")))
    assert heads == [["who", "a"]]


def test_names_of_several_indices_move_into_the_head():
    index = pd.MultiIndex.from_tuples([("x", "y"), ("x", "z")], names=["who", "what"])
    heads, cells = finished(pd.DataFrame({"a": [1, 2], "b": ["u", "v"]}, index=index))
    assert heads == [["who", "what", "a", "b"]]
    assert ["pr-figures" in cell.get("class", []) for cell in cells] == [False, False, True, False]


def test_head_of_two_levels_stays():
    columns = pd.MultiIndex.from_tuples([("one", "a"), ("one", "b")])
    heads, _ = finished(pd.DataFrame([[1, 2]], columns=columns))
    assert [head[1:] for head in heads] == [["one"], ["a", "b"]]


@pytest.mark.parametrize(
    ("values", "right"),
    [(["1,234", "–"], True), (["0.1 [0.0, 0.2]", "12 %"], True), (["three", "1"], False)],
)
def test_columns_of_numbers_stand_to_the_right(values, right):
    _, cells = finished(pd.DataFrame({"a": values}))
    assert ("pr-figures" in cells[1].get("class", [])) == right


def test_boxes_of_a_checklist_say_what_they_are():
    boxes = "".join(
        f'<input class="task-list-item-checkbox" disabled type="checkbox" {state}>'
        for state in ("", "checked")
    )
    page = BeautifulSoup(f"<article>{boxes}</article>", "html.parser")
    site_finish.mend_accessibility(page)
    assert [box["aria-label"] for box in page.find_all("input")] == ["to do", "done"]


def test_columns_of_short_words_may_be_narrow():
    frame = pd.DataFrame({"a": ["✓", "✗"], "b": ["a sentence of many words", "no"]})
    _, cells = finished(frame)
    assert ["pr-short" in cell.get("class", []) for cell in cells] == [True, True, False]


def test_the_layout_of_the_index_is_no_table_that_scrolls():
    page = BeautifulSoup(
        "<article><table class='indextable'><tr><td>a</td></tr></table></article>", "html.parser"
    )
    site_finish.scroll_tables(page)
    assert not page.select(".pr-scroll")


@pytest.mark.parametrize(
    ("name", "href"),
    [
        ("index.html", "chapters/01_costs.html"),
        ("chapters/00_data.html", "01_costs.html"),
        ("chapters/01_costs.html", "#"),
        ("about/data.html", "../chapters/01_costs.html"),
    ],
)
def test_chapters_have_their_number_wherever_they_are_linked_from(name, href):
    page = BeautifulSoup(
        f"<nav class='bd-docs-nav'><a href='{href}'>Costs</a></nav><article><h1>A</h1></article>",
        "html.parser",
    )
    site_finish.number_chapters(page, name)
    assert page.nav.a.text == "01 Costs"


def test_a_chapter_is_described_by_its_question():
    overview = "<p class='admonition-title'>This chapter</p><p>Which model, found how?</p>"
    page = BeautifulSoup(
        "<meta name='description' content='Full mode.'>"
        f"<article><div class='pr-overview'>{overview}<p>{'a ' * 200}</p></div></article>",
        "html.parser",
    )
    site_finish.describe(page)
    content = page.meta["content"]
    assert content.startswith("Which model, found how? a a")
    assert len(content) <= site_finish.DESCRIPTION
