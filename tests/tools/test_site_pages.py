"""A chapter has a main page and depth pages: how they are told apart, listed and run."""

import pytest

from tools.site import pages as site_pages

PAGES = ["index", "chapters/00_data", "chapters/01_costs", "chapters/01a_why", "chapters/01b_how"]


@pytest.mark.parametrize(
    ("page", "number", "chapter"),
    [
        ("chapters/01_costs", "01", "01"),
        ("chapters/01a_why.html", "01a", "01"),
        ("01a_why_defaults.py", "01a", "01"),
        ("index", "index", "index"),
        ("about/own-model", "own-model", "own-model"),
    ],
)
def test_a_page_has_a_number_and_a_chapter(page, number, chapter):
    assert site_pages.number_of(page) == number
    assert site_pages.chapter_of(page) == chapter
    assert site_pages.is_depth(page) == (number != chapter)


def test_depth_pages_stand_beneath_their_main_page_in_the_table_of_contents():
    toc = {
        "parts": [{"chapters": [{"glob": "chapters/*"}, {"file": "glossary"}]}, {"chapters": []}]
    }
    (part, other) = site_pages.table_of_contents(toc, reversed(PAGES))["parts"]
    assert part["chapters"] == [
        {"file": "chapters/00_data"},
        {
            "file": "chapters/01_costs",
            "sections": [{"file": "chapters/01a_why"}, {"file": "chapters/01b_how"}],
        },
        {"file": "glossary"},
    ]
    assert other == {"chapters": []}


def test_pages_that_read_evidence_come_last_and_one_by_one(tmp_path):
    code = {
        "index": "answers = evidence.conclusions()",
        "chapters/00_data": "evidence.record(1)",
        "chapters/01_costs": "rows = evidence.read()",
        "chapters/01a_why": "# evidence.read() is for others",
        "chapters/02a_x": "rows = evidence.read()",
    }
    sources = {page: tmp_path / page.replace("/", "-") for page in code}
    for page, source in sources.items():
        source.write_text(code[page])
    assert site_pages.in_order_of_reading(sources) == [
        ["chapters/00_data", "chapters/01a_why"],
        ["chapters/01_costs"],
        ["chapters/02a_x"],
        ["index"],
    ]
