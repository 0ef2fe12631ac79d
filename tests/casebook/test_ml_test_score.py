import tomllib
from pathlib import Path

import casebook

TESTS = tomllib.loads((Path(casebook.__file__).parent / "ml_test_score.toml").read_text("utf-8"))


def test_all_28_tests_of_the_ml_test_score_are_answered_with_a_reason():
    tests = TESTS["test"]
    sections = [test["section"] for test in tests]
    counts = {name: sections.count(name) for name in sections}
    assert counts == dict.fromkeys(("data", "model", "infrastructure", "monitoring"), 7)
    assert len({test["name"] for test in tests}) == 28
    for test in tests:
        assert test.keys() == {"section", "name", "done", "how"}
        assert test["done"] in (0, 0.5, 1)
        assert test["how"].strip()
