"""Parts of leaks: copies of rows, encodings and choices made with a look at the answer."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.feature_selection import f_classif
from sklearn.linear_model import LogisticRegression

from prerelease import _validate


def at_prevalence(scored: pd.DataFrame, prevalence: float) -> pd.DataFrame:
    """Weigh honest payments so that frauds have a given share.

    Parameters
    ----------
    scored : pandas.DataFrame
        Rows with ``Class``, both classes present.
    prevalence : float
        Share of frauds to reach, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        The rows with a column ``weight``, 1 for frauds.

    Raises
    ------
    ValueError
        If a class is missing or the share is not between 0 and 1.

    Notes
    -----
    Average precision rises with the share of frauds though the ranking is the same: to compare
    periods or samples, bring them to one share.

    Examples
    --------
    >>> at_prevalence(pd.DataFrame({"Class": [1, 0, 0, 0, 0]}), 0.5)["weight"].tolist()
    [1.0, 0.25, 0.25, 0.25, 0.25]
    """
    fraud = _validate.binary(scored["Class"], "Class")
    share = _validate.number(prevalence, "prevalence", above=0, below=1)
    honest = fraud.sum() * (1 - share) / share / (~fraud).sum()
    return scored.assign(weight=np.where(fraud, 1.0, honest))


def encode_amount(df: pd.DataFrame, rows: ArrayLike) -> NDArray[np.float64]:
    """Replace each amount by the fraud rate of that very amount among some rows.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Amount`` (euros) and ``Class``.
    rows : array-like of bool, shape (n,)
        Whose labels are used. If the encoded rows are among them, their own labels are in
        their feature: that is the leak.

    Returns
    -------
    ndarray of shape (n,)
        Rates; for amounts that none of `rows` has, the rate of all of them.

    Raises
    ------
    ValueError
        If no row is to be used.

    Examples
    --------
    >>> df = pd.DataFrame({"Amount": [1.0, 1.0, 7.5], "Class": [0, 1, 1]})
    >>> encode_amount(df, [True, True, False]).tolist()
    [0.5, 0.5, 0.5]
    >>> encode_amount(df, [True, True, True]).tolist()
    [0.5, 0.5, 1.0]
    """
    used = np.asarray(rows, dtype=bool)
    if not used.any():
        msg = f"rows must hold at least one row to count frauds in, got none of {len(df)}."
        raise ValueError(msg)
    known = df.loc[used]
    rate = known.groupby("Amount")["Class"].mean()
    return df["Amount"].map(rate).fillna(known["Class"].mean()).to_numpy(np.float64)


def selection_on_noise(
    *, n_rows: int, n_columns: int, keep: int, leaky: bool, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Choose the best of many columns of pure noise, learn from half the rows, score the rest.

    Parameters
    ----------
    n_rows : int
        Half of them with label 1, dealt at random.
    n_columns, keep : int
        How many columns of noise there are, and how many are kept: those with the largest
        F statistic.
    leaky : bool
        Whether the columns are chosen on all rows or on those learned from.
    seed : int, default 0
        Of the noise.

    Returns
    -------
    y_true, score : ndarray of shape (n_rows - n_rows // 2,)
        Labels and scores of a logistic regression for the rows that it did not learn from.

    Raises
    ------
    ValueError
        For too few rows, or more columns kept than there are.

    Notes
    -----
    No column tells anything, so an honest average precision is about one half [1]_.

    References
    ----------
    .. [1] Ambroise and McLachlan (2002). Selection bias in gene extraction on the basis of
       microarray gene-expression data. PNAS 99, 6562-6566.

    Examples
    --------
    >>> y, score = selection_on_noise(n_rows=40, n_columns=500, keep=5, leaky=True)
    >>> y.shape, score.shape
    ((20,), (20,))
    """
    n = _validate.integer(n_rows, "n_rows", low=8)
    _validate.integer(keep, "keep", low=1, high=_validate.integer(n_columns, "n_columns", low=1))
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n, n_columns))
    # Both halves hold both labels, or there would be nothing to learn or to judge.
    labels = np.concatenate([rng.permutation(np.arange(part) % 2) for part in (n // 2, n - n // 2)])
    learn = slice(None, n // 2)
    seen = slice(None) if leaky else learn
    best = np.argsort(f_classif(noise[seen], labels[seen])[0])[-keep:]
    model = LogisticRegression().fit(noise[learn][:, best], labels[learn])
    return labels[n // 2 :], model.predict_proba(noise[n // 2 :][:, best])[:, 1]


def thinned(
    labels: ArrayLike, rows: ArrayLike, *, share: float, seed: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Keep all frauds and a share of the honest payments, with weights that make up for it.

    Parameters
    ----------
    labels : array-like of shape (n,)
        1 = fraud.
    rows : array-like of int
        Positions of the rows to be thinned.
    share : float
        Of the honest payments to keep, above 0 and at most 1.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    kept : ndarray of int
        Positions, in the order of `rows`.
    weight : ndarray of float
        1 for frauds; for honest payments one over the share that was kept.

    Raises
    ------
    ValueError
        If the share is out of range.

    Examples
    --------
    >>> kept, weight = thinned([1, 0, 0, 0, 0], range(5), share=0.5)
    >>> int(kept[0]), weight.tolist()
    (0, [1.0, 2.0, 2.0])
    """
    share = _validate.number(share, "share", above=0)
    _validate.number(share, "share", below=1, closed=True)
    rows = np.asarray(rows, dtype=np.intp)
    fraud = _validate.binary(labels, "labels", both=False)[rows]
    honest = np.flatnonzero(~fraud)
    n = round(share * len(honest))
    drawn = np.random.default_rng(seed).choice(honest, size=n, replace=False)
    kept = np.sort(np.append(np.flatnonzero(fraud), drawn))
    return rows[kept], np.where(fraud[kept], 1.0, len(honest) / max(n, 1))


def fraud_company(
    df: pd.DataFrame, learn: ArrayLike, held_out: ArrayLike, *, seconds: float
) -> tuple[int, int]:
    """Count the held-out frauds that have a fraud near them in time among the rows learned from.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds) and ``Class``.
    learn, held_out : array-like of int
        Positions of the rows on each side.
    seconds : float
        How near, either way.

    Returns
    -------
    in_company, frauds : int
        Held-out frauds with such a neighbour, and all held-out frauds.

    Raises
    ------
    ValueError
        If `seconds` is negative.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": [0.0, 10.0, 500.0], "Class": [1, 1, 1]})
    >>> fraud_company(df, [0], [1, 2], seconds=60)
    (1, 2)
    """
    near = _validate.number(seconds, "seconds", above=0, closed=True)
    times, fraud = df["Time"].to_numpy(), df["Class"].to_numpy() == 1
    sides = [np.asarray(side, dtype=np.intp) for side in (learn, held_out)]
    known, asked = (np.sort(times[side][fraud[side]]) for side in sides)
    first = np.searchsorted(known, asked - near, side="left")
    after = np.searchsorted(known, asked + near, side="right")
    return int((after > first).sum()), len(asked)
