import pytest
from hypothesis import given
from hypothesis import strategies as st

from prerelease import _words, use_words, words
from prerelease._words import Words


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (0.12346, "0.1235"),
        (1234.56, "1,235"),
        (-45_678.9, "-45,679"),
        (0.00001234, "1.23 × 10⁻⁵"),
        (-2.1e-15, "-2.1 × 10⁻¹⁵"),
        (1.5e13, "1.5 × 10¹³"),
    ],
)
def test_numbers_have_four_digits_that_count(value, told):
    assert _words.number(value) == told


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((45_000, 30_000, 61_000.4), "45,000 [30,000, 61,000]"),
        ((0.537, 0.3127, 0.7011), "0.54 [0.31, 0.70]"),
        ((83.47, 47.31, 203.5), "83 [47, 204]"),
        ((0.001727, 0.001578, 0.001887), "0.00173 [0.00158, 0.00189]"),
        ((-0.0006, -0.02845, 0.03153), "-0.001 [-0.028, 0.032]"),
        ((0.001, -0.0001, 0.04), "0.001 [0.000, 0.040]"),
        ((1, 1, 1), "1 [1, 1]"),
        ((2e-9, 1e-9, 3e-9), "2 × 10⁻⁹ [1 × 10⁻⁹, 3 × 10⁻⁹]"),
    ],
)
def test_an_interval_has_the_digits_that_its_length_bears(numbers, told):
    assert _words.with_interval(*numbers) == told


@given(st.tuples(*[st.floats(-1e9, 1e9)] * 3).map(sorted))
def test_rounding_never_puts_an_estimate_outside_its_interval(numbers):
    low, value, high = numbers
    told = _words.with_interval(value, low, high).replace(",", "").replace("]", "")
    if "×" not in told:
        found = [float(part) for part in told.replace("[", "").split()]
        assert found[1] <= found[0] <= found[2]


def test_words_are_neutral_until_they_are_set_and_again_when_nothing_is():
    assert words() == Words() == use_words()
    assert use_words(case="loan", cases="loans").cases == words().cases == "loans"
    assert words().positive == "positive"
    assert use_words().cases == "cases"


@pytest.mark.parametrize(
    ("currency", "told"),
    [("", ("per 1,000 cases", "1,235", "fee")), ("$", ("$ per 1,000 cases", "1,235 $", "fee ($)"))],
)
def test_amounts_have_a_currency_only_where_there_is_one(currency, told):
    some = Words(currency=currency)
    assert (some.per_1000, some.amount(1234.6), some.in_currency("fee")) == told


@pytest.mark.parametrize("wrong", [{"case": ""}, {"positives": None}, {"currency": 5}])
def test_words_must_be_text(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be text"):
        use_words(**wrong)
