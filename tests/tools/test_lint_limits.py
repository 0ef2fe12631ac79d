"""How long a page is, counted as its reader sees it."""

from dataclasses import asdict

import pytest
from bs4 import BeautifulSoup

from tools.lint import limits as lint_limits

PAGE = """<article><h1>One title</h1>
<p>It is 3 of 12 cards, that is 25 % [5, 57]. It rose from 0.1 [-0.2, 0.4] in 2013.</p>
<p>{long}.</p>
<figure class="pr-figure"><img></figure>
<div class="pr-play"><figure class="pr-figure"></figure></div>
<div class="cell"><div class="cell_input"><pre>a = 1

b = 2</pre></div></div>
<div class="cell tag_hide-input"><details><summary>Show</summary><div class="cell_input"><pre>c = 3
</pre></div></details><div class="cell_output"><table><tr><td>two words</td></tr></table>
</div></div>
<div class="highlight"><pre>not words</pre></div></article>""".format(long="word " * 31)

RULES = {
    "main": {"most": {"words": 10}, "least": {"figures": 1}},
    "depth": {"most": {"words": 20}},
    "exceptions": [
        {"page": "01_a", "of": ["words"], "reason": "the court asked for it"},
        {"page": "02_b", "reason": "not yet split"},
    ],
}


def measured(**change):
    page = lint_limits.measures(BeautifulSoup(PAGE, "html.parser"))
    return lint_limits.Measures(**asdict(page) | change)


def test_a_page_is_counted_as_its_reader_sees_it():
    prose = "One title It is 3 of 12 cards that is 25 5 57 It rose from 0 1 0 2 0 4 in 2013"
    assert asdict(measured()) == {
        "words": len(prose.split()) + 31 + 2,
        "code": 2,
        "figures": 2,
        "interactive": 1,
        "tables": 1,
        "intervals": 2,
        "long": 1,
        "crowded": 1,
    }


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("V14 and 01_costs are names.", 0),
        ("Of 284,807 payments 492 are fraud.", 2),
        ("It is 0.78 [0.70, 0.85] here, and 0.5 there.", 2),
        ("In 1999 and 2013.", 0),
    ],
)
def test_numbers_of_a_sentence_are_those_a_reader_has_to_hold(sentence, count):
    assert len(lint_limits.numbers(sentence)) == count


def test_what_is_over_a_limit_is_told_with_its_reason():
    found = {"01_a": measured(words=11, figures=0), "01a_b": measured(words=21)}
    over = lint_limits.excesses(found, RULES)
    assert [(one.page, one.measure, one.reason) for one in over] == [
        ("01_a", "words", "the court asked for it"),
        ("01_a", "figures", ""),
        ("01a_b", "words", ""),
    ]
    assert str(over[0]) == "01_a: words 11, at most 10 (the court asked for it)"
    assert not lint_limits.excesses({"01a_b": measured(words=20)}, RULES)


def test_an_exception_that_nobody_needs_is_found():
    over = lint_limits.excesses({"01_a": measured(words=10), "02_b": measured(words=11)}, RULES)
    assert lint_limits.idle_exceptions(over, RULES) == ["01_a: words"]
    over = lint_limits.excesses({"01_a": measured(words=11), "02_b": measured(words=1)}, RULES)
    assert lint_limits.idle_exceptions(over, RULES) == ["02_b: all"]


def test_every_exception_gives_its_reason_and_measures_that_exist():
    rules = lint_limits.limits()
    for one in rules.get("exceptions", []):
        assert len(one["reason"].split()) > 3
        assert set(one.get("of", [])) <= set(lint_limits.HEADERS)
    for kind in ("main", "depth"):
        assert {*rules[kind]["most"], *rules[kind].get("least", {})} <= set(lint_limits.HEADERS)


def test_the_table_marks_what_is_over_a_limit_and_says_why():
    found = {"01_a": measured(words=11)}
    table = BeautifulSoup(
        lint_limits.as_html(found, lint_limits.excesses(found, RULES)), "html.parser"
    )
    assert table.select("tbody td")[0].text == "11 *"
    assert "01_a: the court asked for it" in table.ul.text


def test_the_command_fails_where_a_page_is_too_long_without_a_reason(tmp_path, capsys):
    (tmp_path / "chapters").mkdir()
    page = tmp_path / "chapters" / "99_x.html"
    page.write_text(PAGE)
    assert lint_limits.main([str(tmp_path)]) == 1
    assert "99_x: figures 2, at least 3" in capsys.readouterr().out
    (tmp_path / "chapters" / "98_old.html").write_text('<meta http-equiv="refresh">')
    page.rename(page.with_name("99a_x.html"))
    assert lint_limits.main([str(tmp_path)]) == 0
