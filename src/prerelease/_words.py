"""Numbers as readers want them: the digits that count, and no more."""

from math import floor, log10

_POWER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_DECIMALS = 6


def number(value: float) -> str:
    """Return a number with four digits that count."""
    if value == 0 or 1e-4 <= abs(value) < 1e4:
        return f"{value:,.4g}"
    if 1 <= abs(value) < 1e12:
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{float(mantissa):g} × 10{str(int(exponent)).translate(_POWER)}"


def with_interval(value: float, low: float, high: float) -> str:
    """Return an estimate with its interval, all to two digits of the interval's length."""
    length = high - low
    decimals = max(0, 1 - floor(log10(length))) if length > 0 else _MOST_DECIMALS + 1
    if decimals > _MOST_DECIMALS or max(abs(low), abs(high)) >= 1e12:
        return f"{number(value)} [{number(low)}, {number(high)}]"
    told = [f"{round(x, decimals) + 0.0:,.{decimals}f}" for x in (value, low, high)]
    return f"{told[0]} [{told[1]}, {told[2]}]"
