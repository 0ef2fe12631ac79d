"""What a page tells in words of another page's results, held against what that page recorded."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OF_05B = ROOT / "build" / "evidence" / "full" / "05b.jsonl"


@pytest.mark.full_data
@pytest.mark.skipif(not OF_05B.is_file(), reason="needs the evidence of a full build: make book")
def test_chapter_05_tells_which_losses_its_depth_page_found_on_the_test_rows():
    told = (ROOT / "notebooks" / "05_explainability.py").read_text(encoding="utf-8")
    assert "In average precision two of them cost more than luck explains. In euros," in told
    assert "where a few large frauds decide, none does." in told
    rows = [json.loads(line) for line in OF_05B.read_text(encoding="utf-8").splitlines()]
    answers = {row["claim"]: row["answer"] for row in rows if "on the test rows," in row["claim"]}
    of = {
        unit: [answer for claim, answer in answers.items() if claim.endswith(f", {unit}")]
        for unit in ("average precision", "€")
    }
    assert [len(each) for each in of.values()] == [5, 5]
    assert of["average precision"].count("needed") == 2
    assert of["€"].count("needed") == 0
