"""Tests of the pages as they go on paper and into the ePub."""

import pytest
from bs4 import BeautifulSoup

from tools.site import chromium, epub, leaves, pdf
from tools.site.leaves import Leaf
from tools.site.steps import BuildError

NAV = """<nav class="bd-docs-nav"><p class="caption">The release</p>
<a href="chapters/01_costs.html">Costs</a><a href="chapters/01a_more.html">More</a>
<p class="caption">Look it up</p><a href="glossary.html">Words</a><a href="api.html">The package</a>
<a href="api/costs.html">costs</a><a href="teach/index.html">Teach</a></nav>"""
PAGE = """{nav}<article><h1>{title}<a class="headerlink">#</a></h1>{body}</article>"""
CHAPTER = """<div class="cell"><details class="hide"><summary>Show</summary><pre>folded = 1</pre>
</details><pre>seen = 2</pre></div><details><summary>Answer</summary><p>42</p></details>
<div class="pr-play"><figure><img alt="A." class="pr-light" src="data:,"/><img alt="A."
class="pr-dark" src="data:,"/></figure><script type="application/json">{{}}</script></div>
<h2 id="how">How</h2><a href="../glossary.html#cost">cost</a> <a href="../api/costs.html">api</a>
<a href="#how">above</a> <a href="https://example.org">far</a><input type="checkbox"/>"""


@pytest.fixture
def site(tmp_path):
    """A site of three pages of the book and some that are not part of it."""
    (tmp_path / "chapters").mkdir()
    pages = {
        "index": ("Prerelease", "<div class='pr-promise'><p>Dear.</p></div>"),
        "chapters/01_costs": ("Costs", CHAPTER),
        "chapters/01a_more": ("More", "<h2>Deep</h2>"),
        "glossary": ("Words", "<p id='cost'>What it costs.</p>"),
    }
    for name, (title, body) in pages.items():
        text = PAGE.format(nav=NAV, title=title, body=body)
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return tmp_path


def leaf_of(site, name) -> Leaf:
    return next(leaf for leaf in leaves.read(site) if leaf.name == name)


def test_book_has_the_pages_of_the_list_in_order_without_reference_and_teaching(site):
    book = leaves.read(site)
    assert [leaf.name for leaf in book] == [
        "index.html",
        "chapters/01_costs.html",
        "chapters/01a_more.html",
        "glossary.html",
    ]
    assert [leaf.part for leaf in book] == ["", "The release", "The release", "Look it up"]
    assert [leaf.is_depth for leaf in book] == [False, False, True, False]
    assert [leaf.title for leaf in book] == ["This book", "Costs", "More", "Words"]


def test_folded_code_stays_out_and_every_other_fold_is_open(site):
    body = leaf_of(site, "chapters/01_costs.html").body
    assert "seen" in body.text
    assert "folded" not in body.text
    assert [fold.has_attr("open") for fold in body.select("details")] == [True]


def test_figure_to_play_with_is_its_light_picture_and_nothing_else(site):
    body = leaf_of(site, "chapters/01_costs.html").body
    assert [image["class"] for image in body.select("img")] == [["pr-light"]]
    assert not body.select("script, input, button, .headerlink")


@pytest.mark.parametrize(
    ("address", "reference"), [("", None), ("https://x.org/", "https://x.org/api/costs.html")]
)
def test_links_lead_into_the_book_or_to_the_published_site_or_are_words(site, address, reference):
    leaf = leaf_of(site, "chapters/01_costs.html")
    names = {"chapters/01_costs.html", "glossary.html"}
    leaves.relink(leaf, lambda page, at: f"{page}!{at}" if page in names else None, address)
    found = {link.text: link["href"] for link in leaf.body.select("a")}
    assert found["cost"] == "glossary.html!cost"
    assert found["above"] == "chapters/01_costs.html!how"
    assert found["far"] == "https://example.org"
    assert found.get("api") == reference
    assert "api" in leaf.body.text


def test_headings_of_a_depth_page_are_outlined_below_its_main_page(site):
    main, depth = (leaf_of(site, f"chapters/01{name}.html") for name in ("_costs", "a_more"))
    tags = [BeautifulSoup(pdf.join(leaf), "html.parser") for leaf in (main, depth)]
    assert [tag.name for tag in tags[0].select(".pr-h1, .pr-h2")] == ["h1", "h2"]
    assert [tag.name for tag in tags[1].select(".pr-h1, .pr-h2")] == ["h2", "h3"]


def test_contents_name_each_page_with_its_number_where_that_is_known(site):
    book = leaves.read(site)
    told = BeautifulSoup(pdf.contents(book, {"glossary": 77}), "html.parser")
    assert [link.em.text for link in told.select("a")] == ["", "", "", "77"]
    assert [link["href"] for link in told.select("a")] == [f"#{pdf.anchor(x.name)}" for x in book]
    nested = BeautifulSoup(epub.contents(book), "html.parser")
    assert [link.text for link in nested.select("ol ol a")] == ["More"]


def test_file_is_offered_once_on_the_page_that_says_how_to_read(site):
    (site / "about").mkdir()
    page = site / "about" / "how-to-use.html"
    page.write_text('<section id="read"><h2>Read</h2></section>', encoding="utf-8")
    for file, words in [("book.pdf", "PDF"), ("book.epub", "ePub"), ("book.pdf", "PDF")]:
        (site / file).write_bytes(b"x")
        leaves.offer(site, file, words)
    links = leaves.parsed(page).select("#read a")
    assert [link["href"] for link in links] == ["../book.pdf", "../book.epub"]


def test_without_a_site_or_a_chromium_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(BuildError, match="run `make book` first"):
        leaves.read(tmp_path)
    monkeypatch.setenv("PRERELEASE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(BuildError, match=r"No Chromium was found.*PRERELEASE_CHROMIUM"):
        chromium.print_page(tmp_path / "page.html", tmp_path / "page.pdf")
