import pytest

from casebook import audit


def test_all_28_tests_are_answered_with_a_reason():
    table = audit.ml_test_score()
    assert len(table) == 28
    assert table["name"].is_unique
    assert set(table["done"]) <= set(audit.DONE)


def test_the_final_score_is_that_of_the_weakest_section():
    table = audit.ml_test_score()
    score, meaning = audit.final_score(table)
    assert score == min(sum(part["done"]) for _, part in table.groupby("section"))
    assert meaning


@pytest.mark.parametrize(("done", "words"), [(0, "research"), (1, "holes"), (5, "strong")])
def test_what_a_score_means_is_said(done, words):
    table = audit.ml_test_score().assign(done=done)
    table["done"] = table["done"].where(table["section"] == "data", 1)
    table["done"] = table["done"].where(table["section"] != "data", done / 7)
    assert words in audit.final_score(table)[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("done = 1", "done = 0.7", "done of .* must be one of"),
        ('section = "model"', 'section = "modle"', "section must be one of"),
        ('section = "model"', 'section = "data"', "'data' must have 7 tests, got 8"),
        ('how = "The features came without a price."', 'how = ""', "how of .* must be text"),
    ],
)
def test_answers_that_mean_nothing_are_refused(tmp_path, old, new, message):
    text = audit.ANSWERS.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "a.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        audit.ml_test_score(tmp_path / "a.toml")
