"""Whether frauds come in bursts: tests against chance that keep the traffic as it was."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

WIDTHS = (0.0, 10.0, 60.0, 600.0)


def burst_test(  # noqa: PLR0913 - each option is a decision of the test
    times: ArrayLike,
    labels: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    widths: Sequence[float] = WIDTHS,
    n_permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Test whether frauds lie closer together in time than chance would put them.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds since the first payment, sorted.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest; at least two frauds.
    strata : array-like of int, shape (n,), optional
        Groups within which labels are exchanged, such as the hour: what differs between
        groups is then no evidence of bursts. One group by default.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.
    widths : sequence of float
        Two frauds are a pair if at most so many seconds lie between them.
    n_permutations : int, default 999
        Random exchanges of labels.
    seed : int, default 0
        Seed of the exchanges.

    Returns
    -------
    pandas.DataFrame
        Index ``width`` (s); ``pairs`` seen, ``expected`` by chance, the range ``low`` to
        ``high`` that holds 95 % of chance's results, ``ratio`` of seen to expected, and the
        one-sided ``p_value``, which cannot be below 1 / (`n_permutations` + 1).

    Raises
    ------
    ValueError
        If there are fewer than two frauds or times are not sorted.

    Notes
    -----
    The statistic is Ripley's K function in one dimension [1]_, the null hypothesis that within
    each stratum any payment could have been the fraud (random labelling [2]_). It is a Monte
    Carlo test: :math:`p = (1 + \#\{K_b \ge K\}) / (1 + B)`. A row that stands for several
    payments stands for whole seconds spread evenly up to the next such row.

    References
    ----------
    .. [1] Ripley (1976). The second-order analysis of stationary point processes. Journal of
       Applied Probability 13, 255-266.
    .. [2] Diggle (2013). Statistical analysis of spatial and spatio-temporal point patterns,
       third edition, chapter 4. CRC Press.

    Examples
    --------
    >>> labels = np.zeros(1000, dtype=int)
    >>> labels[500:510] = 1
    >>> burst_test(np.arange(1000.0), labels, widths=[10]).loc[10, ["pairs", "p_value"]].tolist()
    [45.0, 0.001]
    """
    seconds = _validate.sorted_times(times, "times")
    fraud = _validate.binary(labels, "labels", both=False)
    group = np.zeros(len(fraud), dtype=int) if strata is None else np.asarray(strata)
    _validate.same_length(times=seconds, labels=fraud, strata=group)
    weight = _validate.weights(weights, "weights", len(fraud))
    reach = _validate.non_negative(widths, "widths")
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    if fraud.sum() < 2:
        msg = f"labels must hold at least 2 frauds to make a pair, got {int(fraud.sum())}."
        raise ValueError(msg)
    seen = _pairs(seconds[fraud], reach)
    rng = np.random.default_rng(seed)
    draw = _exchange(seconds, fraud, group, weight, rng)
    null = np.array([_pairs(draw(), reach) for _ in range(n_permutations)])
    expected = null.mean(axis=0)
    low, high = np.quantile(null, [0.025, 0.975], axis=0)
    ratio = np.divide(seen, expected, out=np.full(len(reach), np.nan), where=expected > 0)
    p_value = (1 + (null >= seen).sum(axis=0)) / (1 + n_permutations)
    return pd.DataFrame(
        {
            "pairs": seen,
            "expected": expected,
            "low": low,
            "high": high,
            "ratio": ratio,
            "p_value": p_value,
        },
        index=pd.Index(reach, name="width"),
    )


def design_effect(  # noqa: PLR0913 - each option is a decision of the test
    times: ArrayLike,
    labels: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    widths: Sequence[float] = (60.0, 600.0, 3600.0),
    n_permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Tell by how much bursts widen what is known of the fraud rate.

    Parameters
    ----------
    times, labels, strata, weights, n_permutations, seed
        As for `burst_test`; both labels must be there.
    widths : sequence of float
        Lengths of the blocks in seconds.

    Returns
    -------
    pandas.DataFrame
        Index ``width`` (s); ``blocks`` that hold payments; ``design_effect``: the variance of
        the fraud rate over its variance if frauds were independent; ``widening``, its root:
        by how much an interval that takes them as independent is too short; and the one-sided
        ``p_value`` of the hypothesis that they are, not below 1 / (`n_permutations` + 1).

    Raises
    ------
    ValueError
        If no stratum reaches over two blocks and holds a fraud: then nothing can vary.

    Notes
    -----
    With :math:`k_b` frauds in block b and :math:`e_b` to be expected there by the rates of the
    strata, it is :math:`\sum_b (k_b - e_b)^2` over the mean that this sum has when labels are
    exchanged within strata (exact, by the hypergeometric law). With one stratum and blocks of
    equal traffic that is the variance of a ratio when whole blocks are drawn, over that of a
    binomial share [1]_ [2]_. Blocks are taken as independent, so a width shorter than the
    bursts finds too little. Without `strata`, hours of different risk raise it as bursts do.

    References
    ----------
    .. [1] Kish (1965). Survey sampling, chapter 5. Wiley.
    .. [2] Rao and Scott (1992). A simple method for the analysis of clustered binary data.
       Biometrics 48, 577-585.

    Examples
    --------
    >>> labels = np.zeros(1000, dtype=int)
    >>> labels[500:510] = 1
    >>> design_effect(np.arange(1000.0), labels, widths=[100])["design_effect"].round(2).tolist()
    [10.09]
    """
    seconds = _validate.sorted_times(times, "times")
    fraud = _validate.binary(labels, "labels")
    group = np.zeros(len(fraud), dtype=int) if strata is None else np.asarray(strata)
    _validate.same_length(times=seconds, labels=fraud, strata=group)
    place = np.unique(group, return_inverse=True)[1]
    weight = _validate.weights(weights, "weights", len(fraud))
    lengths = [_validate.number(float(width), "widths", above=0) for width in widths]
    rng = np.random.default_rng(seed)
    rows = []
    for width in lengths:
        block = np.unique((seconds // width).astype(int), return_inverse=True)[1]
        payments = _table(place, block, weight)
        frauds = _table(place, block, fraud)
        expected = frauds.sum(axis=1) @ (payments / payments.sum(axis=1, keepdims=True))
        mean = _mean_of_squares(payments, frauds.sum(axis=1))
        if mean == 0:
            msg = f"Some stratum with frauds must reach over two blocks of {width:g} s, none does."
            raise ValueError(msg)
        drawn = sum(
            rng.multivariate_hypergeometric(n, int(k.sum()), size=n_permutations)
            for n, k in zip(payments, frauds, strict=True)
        )
        seen = ((frauds.sum(axis=0) - expected) ** 2).sum() / mean
        null = ((drawn - expected) ** 2).sum(axis=1) / mean
        rows.append(
            {
                "width": width,
                "blocks": payments.shape[1],
                "design_effect": seen,
                "widening": np.sqrt(seen),
                # Slack for equal tables whose sums were rounded in another order.
                "p_value": (1 + (null >= seen - 1e-9).sum()) / (1 + n_permutations),
            }
        )
    return pd.DataFrame(rows).set_index("width")


def runs(times: ArrayLike, labels: ArrayLike, *, gap: float = 60.0) -> pd.DataFrame:
    """Cut the frauds into runs: a run goes on while the next fraud follows within `gap`.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds since the first payment, sorted.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    gap : float, default 60
        Longest pause within a run, in seconds.

    Returns
    -------
    pandas.DataFrame
        One row a run, in order of time: ``start`` and ``seconds`` it lasts, ``frauds`` in it.

    Raises
    ------
    ValueError
        If times go back, lengths differ, or `gap` is not above 0.

    Examples
    --------
    >>> runs([0.0, 30.0, 60.0, 500.0], [1, 0, 1, 1])["frauds"].tolist()
    [2, 1]
    """
    seconds = _validate.sorted_times(times, "times")
    fraud = _validate.binary(labels, "labels", both=False)
    _validate.same_length(times=seconds, labels=fraud)
    gap = _validate.number(gap, "gap", above=0)
    moments = seconds[fraud]
    run = np.cumsum(np.diff(moments, prepend=-np.inf) > gap) - 1
    grouped = pd.Series(moments).groupby(run)
    return pd.DataFrame(
        {
            "start": grouped.min(),
            "seconds": grouped.max() - grouped.min(),
            "frauds": grouped.size(),
        }
    )


def burst_recall(
    times: ArrayLike,
    labels: ArrayLike,
    caught: ArrayLike,
    *,
    gap: float = 600.0,
    whole: bool = False,
) -> tuple[int, int]:
    """Count the bursts of frauds of which at least one payment was caught, and all bursts.

    Parameters
    ----------
    times, labels
        As for `runs`.
    caught : array-like of bool, shape (n,)
        Whether each payment was caught; what it says of honest payments is not used.
    gap : float, default 600
        As for `runs`: a burst goes on while the next fraud follows within so many seconds.
    whole : bool, default False
        Count only the bursts of which every payment was caught.

    Returns
    -------
    caught, bursts : int
        Bursts that were caught, and all bursts.

    Raises
    ------
    ValueError
        As `runs`, or if `caught` holds anything but true and false.

    Notes
    -----
    Frauds of one burst tend to be caught or missed together, so that a share of frauds rests
    on fewer independent cases than it has frauds. One long burst weighs here as one.

    Examples
    --------
    >>> times, labels = [0.0, 30.0, 60.0, 5000.0], [1, 1, 0, 1]
    >>> burst_recall(times, labels, [True, False, False, False])
    (1, 2)
    >>> burst_recall(times, labels, [True, False, False, False], whole=True)
    (0, 2)
    """
    fraud = _validate.binary(labels, "labels", both=False)
    hit = _validate.binary(caught, "caught", both=False)
    _validate.same_length(labels=fraud, caught=hit)
    sizes = runs(times, fraud, gap=gap)["frauds"].to_numpy()
    burst = np.repeat(np.arange(len(sizes)), sizes)
    hits = np.bincount(burst, weights=hit[fraud], minlength=len(sizes))
    return int((hits >= (sizes if whole else 1)).sum()), len(sizes)


def _pairs(moments: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.intp]:
    """Count, for each reach, the pairs of sorted moments at most so far apart."""
    ends = np.searchsorted(moments, moments[None, :] + reach[:, None], side="right")
    return (ends - np.arange(1, len(moments) + 1)).sum(axis=1)


def _exchange(
    seconds: NDArray[np.float64],
    fraud: NDArray[np.bool_],
    group: NDArray[np.generic],
    weight: NDArray[np.float64],
    rng: Generator,
) -> Callable[[], NDArray[np.float64]]:
    """Return a function that draws, in each group, as many moments as it has frauds."""
    plan = [np.flatnonzero(group == name) for name in np.unique(group[fraud])]
    numbers = [int(fraud[rows].sum()) for rows in plan]
    if np.all(weight == 1):

        def draw(rows: NDArray[np.intp], k: int) -> NDArray[np.float64]:
            return seconds[rows[rng.choice(len(rows), k, replace=False, shuffle=False)]]
    else:
        reach = _reach(seconds, weight)

        def draw(rows: NDArray[np.intp], k: int) -> NDArray[np.float64]:
            mass = np.cumsum(weight[rows])
            picked = rows[np.searchsorted(mass, rng.random(k) * mass[-1], side="right")]
            return seconds[picked] + np.floor(rng.random(k) * reach[picked])

    return lambda: np.sort(np.concatenate(list(map(draw, plan, numbers))))


def _reach(seconds: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return over how many seconds the payments that each row stands for are spread."""
    several = weight > 1
    reach = np.zeros(len(seconds))
    reach[several] = np.diff(seconds[several], append=seconds[-1])
    return reach


def _table(
    stratum: NDArray[np.intp], block: NDArray[np.intp], weight: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Count payments by stratum (rows) and block (columns)."""
    shape = (stratum.max() + 1, block.max() + 1)
    cell = stratum * shape[1] + block
    counts = np.bincount(cell, weights=weight, minlength=shape[0] * shape[1])
    return np.rint(counts).astype(int).reshape(shape)


def _mean_of_squares(payments: NDArray[np.intp], frauds: NDArray[np.intp]) -> float:
    """Return the mean of the sum of squares when labels are exchanged within strata."""
    n = payments.sum(axis=1)
    spread = 1 - ((payments / n[:, None]) ** 2).sum(axis=1)
    return float((frauds * (n - frauds) / np.maximum(n - 1, 1) * spread).sum())
