import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook import conventions, split
from prerelease import ledger
from tools.site.steps import files_under


@pytest.fixture(autouse=True)
def _own_ledger(tmp_path, monkeypatch):
    monkeypatch.setenv(ledger.VARIABLE, str(tmp_path / "ledger.jsonl"))


@pytest.fixture
def payments():
    times = np.sort(np.random.default_rng(0).uniform(0, 172_792, 400))
    df = pd.DataFrame({"Time": times, "Amount": 1.0, "Class": (np.arange(400) % 40 == 0) * 1})
    df.attrs["source"] = "sample"
    return df


def test_the_three_parts_hold_every_row_once_and_in_order(payments):
    train, valid = split.development(payments)
    test = split.open_test(payments, who="test", why="to see", kind="evaluation")
    pd.testing.assert_frame_equal(pd.concat([train, valid, test]), payments)
    assert train["Time"].max() < split.TRAIN_END <= valid["Time"].min()
    assert valid["Time"].max() < split.VALID_END <= test["Time"].min()


def test_each_opening_is_recorded_a_repeated_one_too(payments):
    for _ in range(2):
        test = split.open_test(payments, who="chapter 02", why="score", kind="evaluation")
    lines = ledger.read()
    assert lines["who"].tolist() == ["chapter 02"] * 2
    assert lines["n_rows"].tolist() == [len(test)] * 2
    assert lines["n_positive"].tolist() == [test["Class"].sum()] * 2
    assert lines["data_digest"].tolist() == [split.digest(test)] * 2
    assert lines["source"].tolist() == ["sample"] * 2


def test_development_leaves_no_trace(payments):
    split.development(payments)
    assert ledger.read().empty


def test_no_row_is_handed_out_when_the_ledger_cannot_be_written(payments):
    ledger.path().mkdir()
    with pytest.raises(OSError, match="ledger"):
        split.open_test(payments, who="a", why="b", kind="evaluation")


def test_no_row_is_handed_out_when_the_ledger_was_edited(payments):
    split.open_test(payments, who="me", why="to see", kind="evaluation")
    ledger.path().write_text(ledger.path().read_text().replace("me", "you"))
    with pytest.raises(ValueError, match="Line 1"):
        split.open_test(payments, who="me", why="to see", kind="evaluation")


def test_writing_into_a_part_leaves_the_data_as_it_was(payments):
    before = payments.copy()
    train, _ = split.development(payments)
    train["Amount"] = 0.0
    pd.testing.assert_frame_equal(payments, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"who": " "}, "who must be text that is not empty, got ' '"),
        ({"why": None}, "why must be text that is not empty, got None"),
        ({"kind": "fun"}, "kind must be one of 'evaluation', .* got 'fun'"),
    ],
)
def test_opening_without_a_reason_is_refused(payments, change, message):
    with pytest.raises(ValueError, match=message):
        split.open_test(payments, **{"who": "a", "why": "b", "kind": "evaluation"} | change)
    assert ledger.read().empty


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, 130_000.0, 120_500.0], "120500 s at position 2 follows 130000 s"),
        ([0.0, 1.0, 2.0], "leaves no validation rows: Time goes from 0 s to 2 s"),
        ([121_000.0, 130_000.0, 150_000.0], "leaves no training rows"),
        ([0.0, 130_000.0, 140_000.0], "leaves no test rows"),
        ([0.0, np.nan, 150_000.0], "Time must be finite, got nan at position 1"),
    ],
)
def test_rows_that_cannot_be_split_are_refused(times, message):
    with pytest.raises(ValueError, match=message):
        split.development(pd.DataFrame({"Time": times, "Class": 0}))


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"\['Class'\] missing"):
        split.development(pd.DataFrame({"Time": [1.0]}))


def test_digest_sees_one_changed_value_and_one_renamed_column(payments):
    changed = payments.assign(Amount=payments["Amount"].where(payments.index != 7, 1.01))
    digests = {
        split.digest(payments),
        split.digest(changed),
        split.digest(payments.rename(columns={"Amount": "Euros"})),
        split.digest(payments.iloc[::-1]),
    }
    assert len(digests) == 4


def test_no_module_but_the_commands_loads_the_rows_by_itself():
    package = Path(split.__file__).parent
    ways, found = {"load", "load_sample", "parse_csv", "read_cache"}, set()
    for file in [path for path in files_under(package) if path.suffix == ".py"]:
        name = file.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("data"):
                used = {node.attr}
            elif isinstance(node, ast.ImportFrom) and "data" in (node.module or "").split("."):
                used = {alias.name for alias in node.names}
            else:
                continue
            found |= {name} if used & ways else set()
    # So every function that sees test rows was handed them, by who had signed for them. The
    # rehearsal is a command, too, and takes the development rows alone.
    assert found == {"data/__main__.py", "rehearsal/_run.py"}
    rehearsed = (package / "rehearsal" / "_run.py").read_text(encoding="utf-8")
    assert rehearsed.count("data.load()") == 3
    assert "split.development(data.load())" in rehearsed
    assert "open_test" not in rehearsed


@pytest.mark.full_data
def test_the_full_data_splits_into_the_published_counts():
    from casebook import data  # noqa: PLC0415 - only where the whole file is at hand

    df = data.load()
    train, valid = split.development(df)
    test = split.open_test(df, who="tests", why="counts of the split", kind="description")
    assert [len(part) for part in (train, valid, test)] == [170_882, 56_963, 56_962]
    assert [part["Class"].sum() for part in (train, valid, test)] == [360, 57, 75]
    assert test["Time"].iloc[-1] - split.VALID_END == split.TEST_SECONDS


def test_a_source_checkout_keeps_the_ledger_under_build(monkeypatch, tmp_path):
    assert split.ledger_file() == tmp_path / "ledger.jsonl"
    monkeypatch.delenv(ledger.VARIABLE)
    root = Path(__file__).parents[2]
    assert split.ledger_file() == root / "build" / "ledger.jsonl"


def test_each_line_of_the_ledger_notes_what_the_release_is_judged_by(payments):
    split.open_test(payments, who="me", why="to see", kind="evaluation")
    assert split.uses()["criteria"].tolist() == [ledger.criteria_digest(conventions.CRITERIA)]
