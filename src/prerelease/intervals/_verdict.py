"""Words for a difference, from its interval and from how many differences were asked about."""

from collections.abc import Mapping

from prerelease import _validate

from ._interval import Interval

UNTOLD = "could be luck"


def joint_level(asked: int, *, level: float = 0.95) -> float:
    """Return the level at which each of several intervals is drawn, so that together they hold.

    Parameters
    ----------
    asked : int
        How many comparisons there are.
    level : float, default 0.95
        With which probability at least all of the intervals hold together.

    Returns
    -------
    float
        By Bonferroni's inequality, which asks nothing of how they depend on each other.

    Examples
    --------
    >>> joint_level(1), joint_level(5)
    (0.95, 0.99)
    """
    _validate.integer(asked, "asked", low=1)
    _validate.share(level, "level")
    return round(1 - (1 - level) / asked, 12)


def verdict(gap: Interval, *, asked: int = 1, above: str = "higher", below: str = "lower") -> str:
    """Return the words that the interval of a difference allows.

    Parameters
    ----------
    gap : Interval
        Of a difference.
    asked : int, default 1
        How many differences were asked about at once, this one included.
    above, below : str
        What a difference above zero, and one below it, is called.

    Returns
    -------
    str
        `above` or `below` where the interval leaves out zero, else ``"could be luck"``.

    Raises
    ------
    ValueError
        If the interval was drawn at a level that is too low for so many: see `joint_level`.

    Examples
    --------
    >>> gap = Interval(0.1, 0.02, 0.2, level=0.95, method="percentile", n=100)
    >>> verdict(gap, above="saves more", below="saves less")
    'saves more'
    >>> verdict(gap, asked=3)
    Traceback (most recent call last):
    ...
    ValueError: One of 3 comparisons needs an interval of level 0.9833 or more, got 0.95: ...
    """
    needed = joint_level(asked)
    if gap.level < needed - 1e-9:
        msg = (
            f"One of {asked} comparisons needs an interval of level {needed:.4g} or more, got "
            f"{gap.level:g}: draw it with level=joint_level({asked})."
        )
        raise ValueError(msg)
    # Amounts that cancel leave a rest in their last bits, which is no difference.
    nothing = 1e-9 * max(abs(gap.low), abs(gap.high))
    if gap.low > nothing:
        return above
    return below if gap.high < -nothing else UNTOLD


def verdicts(
    gaps: Mapping[str, Interval], *, above: str = "higher", below: str = "lower"
) -> dict[str, str]:
    """Return the words for several differences that are asked about at once.

    Parameters
    ----------
    gaps : mapping of str to Interval
        All of the differences, drawn at ``joint_level(len(gaps))`` or more.
    above, below : str
        As for `verdict`.

    Returns
    -------
    dict of str to str
        By the names of `gaps`.

    Raises
    ------
    ValueError
        As `verdict`.

    Examples
    --------
    >>> gap = Interval(-0.1, -0.2, -0.02, level=0.95, method="percentile", n=100)
    >>> verdicts({"one": gap}, below="cheaper")
    {'one': 'cheaper'}
    """
    words = {"asked": len(gaps), "above": above, "below": below}
    return {name: verdict(gap, **words) for name, gap in gaps.items()}
