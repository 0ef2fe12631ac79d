"""Shifts of known kind, size and date, made with real rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate

KINDS = ("covariate", "prior", "concept", "bug: cents", "bug: sign", "bug: stuck")


@dataclass(frozen=True)
class Shift:
    """What changes, by how much, and from when on.

    Parameters
    ----------
    kind : str
        ``"covariate"``: payments with high values of `column` become more frequent, whatever
        their class. ``"prior"``: frauds become more frequent. ``"concept"``: a
        share of the frauds changes looks with honest payments of that time. ``"bug: cents"``,
        ``"bug: sign"``, ``"bug: stuck"``: `column` arrives times 100, with its sign turned, or
        stuck at the last value before.
    size : float
        Covariate: the tilt, in log-odds per standard deviation of the ranks. Prior: the factor.
        Concept: the share of frauds. Bugs: the share of rows.
    start : float, default -inf
        Seconds; rows from there on change.
    column : str, default "Amount"
        For the kinds that name one.

    Examples
    --------
    >>> Shift("prior", 5.0).start
    -inf
    """

    kind: str
    size: float
    start: float = -np.inf
    column: str = "Amount"

    def __post_init__(self) -> None:
        """Refuse a kind that is not known and a size that it cannot have."""
        _validate.choice(self.kind, "kind", KINDS)
        if self.kind == "covariate":
            _validate.number(self.size, "size")
        elif self.kind == "prior":
            _validate.number(self.size, "size", above=0)
        else:
            _validate.number(self.size, "size", above=0, below=1, closed=True)


def inject(df: pd.DataFrame, shift: Shift, *, seed: int = 0) -> pd.DataFrame:
    r"""Return rows that a shift has happened to; every row is a real one or one with a bug.

    Parameters
    ----------
    df : pandas.DataFrame
        With ``Time`` (seconds, sorted), ``Class`` and the column of `shift`.
    shift : Shift
        What happens from when on.
    seed : int, default 0
        Of what is drawn.

    Returns
    -------
    pandas.DataFrame
        As many rows as before, at the same times, in the same order; from ``shift.start`` on
        changed. ``index`` is that of the row which was taken: ``attrs`` are kept.

    Raises
    ------
    ValueError
        If a column is missing, no row is late enough, or a prior shift finds no fraud.

    Notes
    -----
    *Covariate*: rows are drawn with a chance that grows with the rank of `column` alone, so
    that fraud given a payment stays as it was. *Prior*: frauds replace honest rows until
    their expected share is `size` times what it was; payments of each class stay as they were.
    *Concept*: frauds and honest rows exchange labels, so that the payments stay exactly the
    same and only their meaning changes.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": [0.0, 1.0], "Amount": [1.0, 2.0], "Class": [0, 1]})
    >>> inject(df, Shift("bug: cents", 1.0, start=1.0))["Amount"].tolist()
    [1.0, 200.0]
    """
    needed = ["Time", "Class", shift.column]
    missing = [name for name in needed if name not in df.columns]
    if missing:
        msg = f"df must have the columns {needed}, {missing} missing."
        raise ValueError(msg)
    times = _validate.sorted_times(df["Time"], "Time")
    late = np.flatnonzero(times >= shift.start)
    if not late.size:
        msg = f"start must not be after the last row at {times[-1]:g} s, got {shift.start:g} s."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    if shift.kind.startswith("bug"):
        return _bug(df, shift, late, rng)
    if shift.kind == "concept":
        return _concept(df, shift, late, rng)
    drawn = _tilted if shift.kind == "covariate" else _more_frauds
    taken = np.arange(len(df))
    taken[late] = drawn(df, shift, late, rng)
    result = df.iloc[taken].copy()
    result["Time"] = df["Time"].to_numpy()
    return result


def _tilted(
    df: pd.DataFrame, shift: Shift, late: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw rows with a chance that grows with the normal score of a column."""
    ranks = stats.rankdata(df[shift.column].to_numpy()[late])
    tilt = np.exp(shift.size * stats.norm.ppf((ranks - 0.5) / len(late)))
    return np.sort(rng.choice(late, len(late), p=tilt / tilt.sum()))


def _more_frauds(
    df: pd.DataFrame, shift: Shift, late: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw classes with the new share of frauds, and rows of each class in place."""
    fraud = df["Class"].to_numpy()[late] == 1
    share = fraud.mean() * shift.size
    if not fraud.any() or share >= 1:
        msg = (
            f"A prior shift needs frauds, and fewer than all rows: {int(fraud.sum())} frauds in "
            f"{len(late)} rows, size={shift.size:g}."
        )
        raise ValueError(msg)
    result = late.copy()
    wanted = rng.binomial(len(late), share)
    change = wanted - int(fraud.sum())
    gone, come = (late[~fraud], late[fraud]) if change >= 0 else (late[fraud], late[~fraud])
    taken = rng.choice(come, abs(change))
    place = np.searchsorted(late, rng.choice(gone, abs(change), replace=False))
    result[place] = taken
    return result


def _concept(
    df: pd.DataFrame, shift: Shift, late: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Exchange the labels of some frauds and as many honest rows."""
    fraud = df["Class"].to_numpy()[late] == 1
    n = min(round(shift.size * fraud.sum()), int((~fraud).sum()))
    label = df["Class"].to_numpy().copy()
    label[rng.choice(late[fraud], n, replace=False)] = 0
    label[rng.choice(late[~fraud], n, replace=False)] = 1
    return df.assign(Class=label)


def _bug(
    df: pd.DataFrame, shift: Shift, late: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Let a column arrive wrong in a share of the rows."""
    value = df[shift.column].to_numpy(dtype=np.float64).copy()
    hit = late[rng.random(len(late)) < shift.size]
    if shift.kind == "bug: stuck":
        value[hit] = value[max(late[0] - 1, 0)]
    else:
        value[hit] *= 100 if shift.kind == "bug: cents" else -1
    return df.assign(**{shift.column: value})


def remembered(
    score: Callable[[pd.DataFrame], ArrayLike], known: pd.DataFrame
) -> Callable[[pd.DataFrame], NDArray[np.float64]]:
    """Return a function that scores rows and asks the model only for those it has not seen.

    Parameters
    ----------
    score : callable
        Takes rows with the columns of `known`; returns one number a row, whatever the others.
    known : pandas.DataFrame
        Inputs of rows that are scored now, once. Its index must be unique.

    Returns
    -------
    callable
        Takes rows with these columns, whatever others they have. A row counts as known if it has
        the index and every input of a known one: so rows that `inject` only moved or relabelled
        cost nothing, and those that a bug has struck are scored.

    Raises
    ------
    ValueError
        If an index occurs twice among the known rows.

    Examples
    --------
    >>> known = pd.DataFrame({"V1": [1.0, 2.0]})
    >>> double = remembered(lambda rows: 2 * rows["V1"], known)
    >>> double(pd.DataFrame({"V1": [2.0, 7.0]}, index=[1, 0])).tolist()
    [4.0, 14.0]
    """
    if not known.index.is_unique:
        twice = known.index[known.index.duplicated()][0]
        msg = f"known must have a unique index, {twice} occurs twice."
        raise ValueError(msg)
    names, values = list(known.columns), known.to_numpy()
    scores = np.asarray(score(known), dtype=np.float64)

    def scored(rows: pd.DataFrame) -> NDArray[np.float64]:
        place = known.index.get_indexer(rows.index)
        result = scores[place]
        new = (place < 0) | (rows[names].to_numpy() != values[place]).any(axis=1)
        if new.any():
            result[new] = score(rows.loc[new, names])
        return result

    return scored
