"""The rule of choice, written before the result."""

from collections.abc import Mapping
from dataclasses import dataclass

from prerelease import _validate


@dataclass(frozen=True)
class Choice:
    """Who ships by the rule of `choose`.

    Parameters
    ----------
    winner : str
        Who ships.
    leader : str
        Who saved most.
    as_good : tuple of str
        The leader and those that trail it by no more than the margin.
    """

    winner: str
    leader: str
    as_good: tuple[str, ...]


def choose(savings: Mapping[str, float], size: Mapping[str, float], *, margin: float) -> Choice:
    """Return the smallest of the candidates that save about as much as the best.

    Parameters
    ----------
    savings : mapping of str to float
        Of each candidate on the validation rows.
    size : mapping of str to float
        What each costs to run, in any unit; its size does not change from run to run, as
        a measured time does.
    margin : float
        By how much a candidate may trail the leader and still count as good, 0 or more.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        If there is no candidate, the names differ, or a number is not finite.

    Examples
    --------
    >>> choose({"a": 0.61, "b": 0.60, "c": 0.4}, {"a": 9.0, "b": 5.0, "c": 1.0}, margin=0.02)
    Choice(winner='b', leader='a', as_good=('a', 'b'))
    """
    _validate.number(margin, "margin", above=0, closed=True)
    if not savings or set(savings) != set(size):
        msg = (
            "savings and size must be of the same candidates, at least one, got "
            f"{sorted(savings)} and {sorted(size)}."
        )
        raise ValueError(msg)
    for name in savings:
        _validate.number(savings[name], f"savings of {name}")
        _validate.number(size[name], f"size of {name}")
    leader = max(savings, key=savings.__getitem__)
    as_good = tuple(name for name in savings if savings[leader] - savings[name] <= margin)
    return Choice(min(as_good, key=lambda name: (size[name], -savings[name])), leader, as_good)
