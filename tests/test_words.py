import pytest

from prerelease import _words


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (0.12346, "0.1235"),
        (1234.56, "1,235"),
        (-45_678.9, "-45,679"),
        (0.00001234, "1.23e-05"),
        (1.5e13, "1.5e+13"),
    ],
)
def test_numbers_have_four_digits_that_count(value, told):
    assert _words.number(value) == told


def test_an_interval_stands_in_brackets():
    assert _words.with_interval(45_000, 30_000, 61_000.4) == "45,000 [30,000, 61,000]"
