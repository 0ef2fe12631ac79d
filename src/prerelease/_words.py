"""Numbers as readers want them: four digits, and no powers of ten where there is no need."""


def number(value: float) -> str:
    """Return a number with four digits that count."""
    if value == 0 or 1e-4 <= abs(value) < 1e4:
        return f"{value:,.4g}"
    return f"{value:,.0f}" if abs(value) < 1e12 and abs(value) >= 1 else f"{value:.3g}"


def with_interval(value: float, low: float, high: float) -> str:
    """Return an estimate with its interval."""
    return f"{number(value)} [{number(low)}, {number(high)}]"
