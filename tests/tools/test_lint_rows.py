import pytest

from tools.lint.rows import row_problems

LOAD = "payments = data.load()"
SIGN = 'test = split.open_test(payments, who="a", why="b", kind="description")'


def found(*cells):
    return list(row_problems(cells))


def test_development_rows_may_be_taken_without_a_signature():
    cells = (LOAD, "train, valid = split.development(payments)\nprint(len(payments))")
    assert found(*cells, "source = payments.attrs['source']\ntrain['Class'].sum()") == []
    assert found("train, valid = split.development(data.load())") == []


@pytest.mark.parametrize(
    "use",
    [
        "payments['Class'].sum()",
        "late = payments[payments['Time'] > 145_248]",
        "rows = payments",
        "leaks.split_at_random(payments, model)",
        "def peek():\n    return payments.tail()",
        "[payments.iloc[k] for k in late]",
        "data.load()['Class'].mean()",
        "data.load_sample().tail()",
        "splits.TemporalSplit(145_248).split(payments)",
    ],
)
def test_all_rows_may_be_used_only_after_the_ledger_was_signed(use):
    assert any("before open_test" in line for line in found(LOAD, use))
    assert found(LOAD, SIGN, use) == []
    assert any("before open_test" in line for line in found(LOAD, use, SIGN))


def test_signature_counts_from_the_statement_that_gives_it():
    assert found(f"{LOAD}\n{SIGN}\npayments.tail()") == []
    assert len(found(f"{LOAD}\npayments.tail()\n{SIGN}")) == 1


@pytest.mark.parametrize(
    "way",
    [
        "pd.read_csv('data/creditcard.csv')",
        "pl.scan_csv(path)",
        "from casebook.split import _cut",
        "from casebook.data import _door",
        "split._cut(payments)",
    ],
)
def test_rows_have_no_other_way_into_a_chapter(way):
    assert len(found(LOAD, SIGN, way)) == 1


def test_load_of_something_else_is_no_load_of_rows():
    assert found("model = skops.io.load(path)\nmodel.predict(x)") == []
