import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tools.site import finish as site_finish
from tools.site import search as site_search


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
    site_finish.number_chapters(page, name, name)
    assert page.nav.a.text == "01 Costs"


def test_a_depth_page_leads_back_to_its_main_page_and_has_no_number_in_the_list():
    page = BeautifulSoup(
        "<nav class='bd-docs-nav'><a href='#'>Why</a></nav><article><h1>Why</h1></article>",
        "html.parser",
    )
    site_finish.number_chapters(page, "chapters/01a_why.html", "chapters/01_costs.html")
    assert page.nav.a.text == "Why"
    eyebrow = page.select_one(".pr-eyebrow")
    assert eyebrow.b.text == "01"
    assert eyebrow.a["href"] == "01_costs.html"


CELL = """<head></head><article><section><h1>T</h1><p>First.</p>
<div class="cell tag_in-short tag_quiet"><details class="hide"><div class="cell_input">
<pre><span>in_short</span>(<span>1</span>)</pre></div></details>
<div class="cell_output"><div class="pr-in-short"><dl><dt>?</dt><dd>Which?</dd></dl></div></div>
</div></section></article>"""


def test_the_box_that_tells_a_page_stands_below_its_title():
    page = BeautifulSoup(CELL, "html.parser")
    site_finish.lead_in(page)
    assert page.h1.find_next_sibling()["class"] == ["pr-in-short"]
    assert len(page.select(".pr-in-short")) == 1


def test_a_page_with_code_has_one_switch_for_it_and_hidden_code_is_plain():
    page = BeautifulSoup(CELL, "html.parser")
    site_finish.switch_code(page, "chapters/01_costs.html")
    assert page.pre.decode_contents() == "in_short(1)"
    assert "display: none" in page.noscript.style.string, "without scripts it would do nothing"
    assert page.button.string == "Show all code"
    assert page.head.script["src"] == "../_static/page.js"
    page = BeautifulSoup("<head></head><article><h1>T</h1></article>", "html.parser")
    site_finish.switch_code(page, "about/data.html")
    assert not page.select("button, script")


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


@pytest.mark.parametrize(
    ("holds", "loads"),
    [
        ("", set()),
        ("<div id='search-results'></div>", {"searchtools.js", "searchindex.js"}),
        ("<div class='sd-tab-set'></div>", {"design-tabs.js"}),
        ("<div class='highlight'><pre></pre></div>", {"copybutton.js"}),
        ("<div class='admonition dropdown'></div>", {"togglebutton.js"}),
    ],
)
def test_a_page_loads_only_the_scripts_that_it_uses(holds, loads):
    names = ("searchtools", "searchindex", "design-tabs", "copybutton", "togglebutton", "doctools")
    scripts = "".join(f"<script src='_static/{name}.js?v=1'></script>" for name in names)
    page = BeautifulSoup(f"<head>{scripts}</head><article>{holds}</article>", "html.parser")
    site_finish.drop_unused(page)
    left = {tag["src"].removeprefix("_static/").split("?")[0] for tag in page.find_all("script")}
    assert left == loads | {"doctools.js"}


def test_search_in_a_folder_finds_its_excerpts_in_a_script(tmp_path):
    page = (
        "<article><h1>T<a class='headerlink'>#</a></h1><p>Words “here”.</p>"
        "<div class='cell tag_quiet'><details><pre>code</pre></details></div></article>"
    )
    words = site_search.words_of(BeautifulSoup(page, "html.parser"))
    site_search.write_texts(tmp_path, {"a.html": words})
    script = (tmp_path / site_search.TEXTS).read_text(encoding="utf-8")
    assert script.startswith('const texts = {"a.html":"T Words “here”."};\n')


def test_links_to_terms_and_citations_hold_what_they_lead_to(tmp_path):
    (tmp_path / "glossary.html").write_text(
        "<dl class='glossary'><dt id='term-Burst'>Burst</dt>"
        "<dd><p>Frauds that come\n together.</p></dd></dl>"
    )
    (tmp_path / "bibliography.html").write_text(
        f"<div class='citation' id='id7'><span>[A]</span><p>{'long ' * 200}</p></div>"
    )
    cards = site_finish.cards_of(tmp_path)
    page = BeautifulSoup(
        "<head></head><article><a href='../glossary.html#term-Burst'>a burst</a>"
        "<a href='../bibliography.html#id7' title='x'>A</a><a href='#here'>here</a></article>",
        "html.parser",
    )
    site_finish.add_cards(page, "chapters/01_costs.html", cards)
    term, paper, other = page.select("article a")
    assert term["data-pr-card"] == "Frauds that come together."
    assert len(paper["data-pr-card"]) <= site_finish.CARD
    assert not paper.has_attr("title")
    assert not other.has_attr("data-pr-card")
    assert page.head.script["src"] == "../_static/cards.js"


def test_exercises_are_called_what_the_notebooks_call_them():
    page = BeautifulSoup(
        '<div class="exercise"><p class="admonition-title">Exercise (1.2 Argue it)</p></div>'
        '<div class="solution"><p class="admonition-title">Solution to<a href="#it"> Exercise '
        "(1.2 Argue it)</a></p></div>",
        "html.parser",
    )
    site_finish.name_exercises(page)
    told = [title.text for title in page.select("p")]
    assert told == ["Exercise 1.2: Argue it", "Solution to Exercise 1.2: Argue it"]
