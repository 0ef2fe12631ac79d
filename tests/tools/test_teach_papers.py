"""The papers of a workshop: sheets that ask what the talk asks, and calls that run as printed."""

import ast
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from sklearn.linear_model import LogisticRegression

from tools.lint import notebooks as lint_notebooks
from tools.site import papers as site_papers
from tools.teach import papers, teaching

GUIDES = teaching.guides()
ROWS, BOXES = papers.cheat_sheet(GUIDES)
every_guide = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
every_box = pytest.mark.parametrize("box", BOXES, ids=lambda box: box.chapter)
WIDEST = 66  # letters of code that fit beside the words
CRITERIA = """\
[release]
name = "A model"
[decision]
rule = "threshold"
threshold = 0.5
[[criterion]]
name = "It finds them"
metric = "recall"
at_least = 0.1
why = "As many as without it."
"""


def sheet(guide, **options):
    return BeautifulSoup(papers.handout_html(guide, **options), "html.parser")


# --- handouts ------------------------------------------------------------------------------------


@every_guide
def test_handout_asks_all_that_talk_and_quiz_ask_in_the_same_order(guide):
    questions = [*guide.during, *guide.quiz]
    for page in (sheet(guide), sheet(guide, answers=True)):
        asked = page.select(".pr-asked-on-paper")
        assert len(asked) == len(questions)
        for block, question in zip(asked, questions, strict=True):
            assert teaching.inline(question.question) in str(block.p)
            assert len(block.select("li")) == len(question.answers)


@every_guide
def test_handout_betrays_no_answer_and_the_other_one_ticks_exactly_the_right_ones(guide):
    questions = [*guide.during, *guide.quiz]
    plain = sheet(guide)
    assert plain.select(".pr-ticked, .pr-why, strong") == []
    for question in questions:
        assert all(answer.why not in plain.text for answer in question.answers)
    blocks = sheet(guide, answers=True).select(".pr-asked-on-paper")
    for block, question in zip(blocks, questions, strict=True):
        ticked = ["pr-ticked" in item.get("class", []) for item in block.select("li")]
        assert ticked == [answer.right for answer in question.answers]
        assert all(item.select_one(".pr-why").text.strip() for item in block.select("li"))


def test_sheets_are_as_many_as_chapters_and_no_blank_line_ends_their_html():
    pages = site_papers.pages(GUIDES)
    for name in ("handouts", "answers"):
        blocks = pages[name].split('<div class="pr-handout">')[1:]
        assert len(blocks) == len(GUIDES)
        assert all("\n\n" not in block.split("</div>\n\n")[0] for block in blocks)
    assert "\n\n" not in pages["cheat-sheet"].split('<div class="pr-cheats">')[1].strip()


# --- the cheat sheet -----------------------------------------------------------------------------


def test_cheat_sheet_has_a_box_for_each_chapter_with_the_question_of_its_page():
    assert [box.chapter for box in BOXES] == [name[:2] for name in GUIDES]
    for box, guide in zip(BOXES, GUIDES.values(), strict=True):
        source = (papers.ROOT / "notebooks" / f"{guide.name}.py").read_text(encoding="utf-8")
        assert f'question="{box.question}"' in source


@every_box
def test_box_says_a_rule_and_what_never_to_say_and_types_no_result(box):
    for text in (box.rule, box.never):
        assert text.endswith(".")
        assert lint_notebooks.typed_numbers(text) == []
    assert 15 <= len(box.rule.split()) <= 45


@every_box
def test_code_of_a_box_fits_beside_its_words_and_uses_what_it_imports(box):
    assert max(map(len, box.call.splitlines())) <= WIDEST
    tree = ast.parse(box.call)
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert imports
    assert all(node.module.split(".")[0] == "prerelease" for node in imports)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {name.name for node in imports for name in node.names} <= used


def rows(seed):
    """Return rows that the sheet could be about: six hours, one in ten positive."""
    rng = np.random.default_rng(seed)
    n = 1200
    label = (rng.random(n) < 0.1).astype(int)
    a, b = rng.normal(size=(2, n)) + 2 * label
    chance = 1 / (1 + np.exp(-(2 * a + 2 * b - 6)))
    return pd.DataFrame({
        "time": np.sort(rng.uniform(0, 6 * 3600, n)),
        "amount": rng.exponential(50, n),
        "label": label,
        "score": chance,
        "rival": 1 / (1 + np.exp(-(2 * a - 3))),
        "a": a,
        "b": b,
    })  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the names of each box hold once the boxes up to it have run as they are printed."""
    dev, test = rows(0), rows(1)
    test["time"] += 24 * 3600
    names = {"dev": dev, "test": test, "inputs": ["a", "b"]}
    names["model"] = LogisticRegression().fit(dev[["a", "b"]], dev["label"])
    held = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as: a column that no criterion uses
        patch.chdir(tmp_path_factory.mktemp("sheet"))
        Path("criteria.toml").write_text(CRITERIA, encoding="utf-8")
        for box in BOXES:
            exec(compile(box.call, box.chapter, "exec"), names)
            held[box.chapter] = dict(names)
    return held


def test_sheet_says_what_its_rows_are_called():
    given = {"dev", "test", "inputs", "model", *rows(0).columns} - {"a", "b"}
    assert all(f"`{name}`" in ROWS for name in given)


def test_calls_answer_what_their_boxes_ask(found):
    dev, test = found["00"]["dev"], found["00"]["test"]
    assert found["00"]["rate"].estimate == pytest.approx(dev["label"].mean())
    assert 0 < found["01"]["chosen"] < 1
    recall = test.loc[test["label"] == 1, "score"].ge(found["01"]["chosen"]).mean()
    assert found["02"]["found"].estimate == pytest.approx(recall)
    assert found["03"]["told"] == "finds more", "a rival that sees half of it finds less"
    assert found["04"]["promise"].bound >= 0.8
    assert all(lost.low > 0 for lost in found["05"]["lost"].values())
    rate = test["label"].mean() / dev["label"].mean()
    assert found["06"]["rate"].ratio.estimate == pytest.approx(rate)
    assert (found["07"]["judged"] > found["07"]["known"].max()).all(), "learns from the past"
    assert found["08"]["ship"].startswith("We ship")
    assert found["08"]["shadow"] > found["04"]["enough"] > 0


# --- the statement on accessibility --------------------------------------------------------------


def test_statement_claims_nothing_that_no_test_holds():
    text = (teaching.TEACH / "accessibility.md").read_text(encoding="utf-8")
    claims = text.split("## What is tested")[1].split("## What is not met")[0]
    lines = [line for line in claims.splitlines() if line.startswith("- ")]
    assert lines
    for line in lines:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", line)
        assert named, line
        for file, test in named:
            source = (papers.ROOT / file).read_text(encoding="utf-8")
            assert f"\ndef {test}(" in source, line
