import re

import pandas as pd
import pytest

from gate_helpers import criteria_file
from prerelease import card, evidence, gate
from prerelease.__main__ import main
from prerelease.costs import CostModel
from prerelease.intervals import Interval

TEXT = """\
[release]
name = "Card-fraud model"
[words]
positive = "fraud"
currency = "€"
[card]
use = "To block what is not paid for."
limits = ["Two days of 2013."]
[[criterion]]
name = "It ranks"
chapter = "02"
claim = "average precision after the training period"
split = "test"
at_least = 0.9
unit = "average precision"
why = "We agreed on 0.9."
"""
DIGEST = "ab" * 32


def rows(*changes):
    base = {
        "chapter": "02",
        "claim": "average precision after the training period",
        "value": 0.79,
        "low": 0.69,
        "high": 0.87,
        "level": 0.95,
        "unit": "average precision",
        "n": 56_962,
        "split": "test",
        "data_digest": DIGEST,
        "how": "on later rows",
        "method": "time-block percentile",
        "because": "",
        "model": "",
    }
    return pd.DataFrame([base | change for change in changes], columns=list(evidence.COLUMNS))


SOME = rows(
    {},
    {"claim": "frauds | seen", "value": 75, "low": None, "high": None, "level": None},
    {"chapter": "01", "claim": "of other rows", "split": "valid"},
    {"claim": "of other data", "data_digest": "cd" * 32},
)


@pytest.fixture
def file(tmp_path):
    return criteria_file(tmp_path, TEXT)


def of(rows, file, **options):
    criteria = gate.read_criteria(file)
    verdict = gate.judge_evidence(rows, criteria, data_digest=DIGEST)
    return card.build(rows, verdict, criteria, **options)


@pytest.fixture
def made(file):
    return of(SOME, file, lock=file)


def test_every_number_on_the_card_is_in_what_it_was_made_of(made):
    text = made.to_markdown()
    sources = SOME.astype(str).to_csv() + TEXT + str(vars(CostModel()))
    sources += "56,962 4 2 1 3 " + str(made.sections[-1].lines) + made.sections[0].lines[0]
    assert not [n for n in re.findall(r"(?<![\w.])\d[\d.,]*\d", text) if n not in sources]


def test_the_verdict_comes_first_and_says_what_is_not_shown(made):
    assert made.sections[0].lines[0].startswith("fail, judged on")
    limits = next(section for section in made.sections if section.title == "Limits")
    assert [line for line in limits.lines if line.startswith("Not shown: ")]


def test_results_of_other_data_are_named(made):
    text = made.to_markdown()
    assert f"did not count: {'cd' * 32}" in text


def test_every_price_is_on_the_card_in_words(made):
    lines = next(section.lines for section in made.sections if section.title == "Costs")
    assert "each fraud missed, beside its amount: 20 € (miss_fee)." in lines
    assert "each negative blocked: 10 € (goodwill)." in lines
    assert len(lines) == len(vars(CostModel()))


def test_every_result_says_by_which_method(made):
    line = next(line for line in made.to_markdown().splitlines() if "| 56,962 |" in line)
    assert "| 0.79 [0.69, 0.87] | average precision | 56,962 | time-block percentile |" in line


def test_a_bar_in_a_claim_does_not_break_the_table(made):
    line = next(line for line in made.to_markdown().splitlines() if "| 75 |" in line)
    assert "frauds \\| seen" in line


def test_headings_begin_at_the_level_asked_for(made):
    assert made.to_markdown(level=3).startswith("### Model card: Card-fraud model\n\n#### Verdict")


def test_the_page_needs_nothing_from_elsewhere(made):
    page = made.to_html()
    assert "0.79 [0.69, 0.87]" in page
    assert "http" not in page


def test_without_evidence_the_card_says_so(file):
    text = of(SOME.iloc[:0], file).to_markdown()
    assert text.count("None was recorded.") == 2
    assert "SHA-256 of lock" not in text


def test_a_release_without_a_use_has_that_on_its_card(tmp_path):
    text = of(SOME, criteria_file(tmp_path)).to_markdown()
    assert "Nobody has written down what it is for." in text


@pytest.mark.parametrize(("name", "start"), [("c.md", "# Model card"), ("c.html", "<!doctype")])
def test_the_command_writes_the_card(tmp_path, monkeypatch, file, name, start):
    monkeypatch.chdir(tmp_path)
    interval = Interval(0.79, 0.69, 0.87, level=0.95, method="m", n=9)
    fields = {"unit": "u", "n": 9, "data_digest": DIGEST, "split": "test", "how": "h"}
    evidence.record("a claim", 0.79, interval, chapter="02", **fields)
    options = ["--criteria", str(file), "--data-digest", DIGEST, "-o", str(tmp_path / name)]
    assert main(["card", *options]) == 0
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(start)
    assert "a claim" in text
