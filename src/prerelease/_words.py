"""Words and numbers as readers want them.

What a figure, a table or a page calls a row, its two classes and its money are the reader's
choice. The library itself says "case", "positive" and "negative" and gives amounts no
currency; ``use_words`` changes that for the process, and whatever shows such a word asks
``words()`` for it when it is drawn, never when a module is imported.

Numbers get the digits that count, and no more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import floor, isnan, log10

_POWER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class Words:
    """What rows, their classes and their money are called where a reader sees them.

    Parameters
    ----------
    case, cases, positive, positives, negative, negatives, currency : str
        As for `use_words`.

    Examples
    --------
    >>> Words().per_1000, Words(cases="loans", currency="€").per_1000
    ('per 1,000 cases', '€ per 1,000 loans')
    """

    case: str = "case"
    cases: str = "cases"
    positive: str = "positive"
    positives: str = "positives"
    negative: str = "negative"
    negatives: str = "negatives"
    currency: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be read out."""
        for name, value in asdict(self).items():
            if not isinstance(value, str) or (not value and name != "currency"):
                msg = f"{name} must be text, and only a currency may be empty, got {value!r}."
                raise ValueError(msg)

    @property
    def per_1000(self) -> str:
        """Return the unit of a cost that is compared between periods of any length."""
        return f"{self.currency} per 1,000 {self.cases}".lstrip()

    def amount(self, value: float, decimals: int = 0) -> str:
        """Return an amount with its currency, if there is one.

        Parameters
        ----------
        value : float
            Amount.
        decimals : int, default 0
            Digits after the point.
        """
        return f"{value:,.{decimals}f} {self.currency}".rstrip()

    def in_currency(self, text: str) -> str:
        """Return the name of an amount with its currency in brackets, if there is one.

        Parameters
        ----------
        text : str
            Name, such as "cost of a review".
        """
        return f"{text} ({self.currency})" if self.currency else text


_current = Words()


def words() -> Words:
    """Return the words in use.

    Examples
    --------
    >>> words().case
    'case'
    """
    return _current


def use_words(**changed: str) -> Words:
    """Set the words for everything that is shown from here on, in this process.

    Those that are not given go back to the library's own.

    Parameters
    ----------
    case, cases : str
        One row that is decided about, and several.
    positive, positives : str
        A case with label 1, and several.
    negative, negatives : str
        A case with label 0, and several.
    currency : str
        Sign of the unit of amounts; empty for none.

    Returns
    -------
    Words
        The words now in use.

    Examples
    --------
    >>> use_words(case="loan", cases="loans", currency="€").per_1000
    '€ per 1,000 loans'
    >>> use_words().per_1000
    'per 1,000 cases'
    """
    global _current  # noqa: PLW0603 - a setting of the process, as a style of figures is
    _current = Words(**changed)
    return _current


def listed(told: Sequence[str], most: int, more: str = "more") -> str:
    """Return the first of these, and how many there are besides."""
    rest = f" and {len(told) - most} {more}" if len(told) > most else ""
    return ", ".join(told[:most]) + rest


def number(value: float) -> str:
    """Return a number with four digits that count."""
    if value == 0 or 1e-4 <= abs(value) < 1e4:
        return f"{value:,.4g}"
    if 1 <= abs(value) < 1e12:
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{float(mantissa):g} × 10{str(int(exponent)).translate(_POWER)}"


def with_interval(value: float, low: float, high: float) -> str:
    """Return an estimate with its interval, to two digits of its length; NaN: it has none."""
    if isnan(low):
        return number(value)
    length = high - low
    decimals = max(0, 1 - floor(log10(length))) if length > 0 else _MOST_DECIMALS + 1
    if decimals > _MOST_DECIMALS or max(abs(low), abs(high)) >= 1e12:
        return f"{number(value)} [{number(low)}, {number(high)}]"
    told = [f"{round(x, decimals) + 0.0:,.{decimals}f}" for x in (value, low, high)]
    return f"{told[0]} [{told[1]}, {told[2]}]"
