"""How well signals do, and the plan that follows from it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from casebook.monitoring._watch import MONTH, alarms, only_calm
from casebook.retraining import Signal
from prerelease.intervals import Interval, binomial

ANY = "any of them"
"""The name of all signals together in `false_alarms`."""


def performance(watched: pd.DataFrame, thresholds: pd.Series, *, first: int) -> pd.DataFrame:
    """Return how often each signal alarms without a reason, and how soon with one.

    Parameters
    ----------
    watched : DataFrame
        From `watch`, of streams with and without a change, none of which chose a threshold.
    thresholds : Series
        From `threshold`.
    first : int
        Day of the change in all streams that have one.

    Returns
    -------
    DataFrame
        A row for each signal and kind of change, ``"none"`` included: ``streams``, the share
        ``alarmed`` after the day `first` (an `Interval`), the median ``delay`` in days of those
        that did (an alarm in the morning after the first day of the change has a delay of 1; NaN
        if there was none), ``p_value`` of its not alarming more often than without a change (NaN
        for ``"none"``), and ``false_alarms``, an `Interval` a month of calm days (the same for
        all kinds).

    Raises
    ------
    ValueError
        If there is no stream without a change, no day after `first`, or a threshold is missing.

    Notes
    -----
    A signal that alarms now and then will alarm after a change by chance, too. So ``alarmed``
    is compared with that of ``"none"``, which counts the same mornings, by Fisher's exact test,
    one-sided. For the false alarms see `false_alarms`.

    Examples
    --------
    >>> watched = pd.DataFrame({"stream": [0, 1, 2], "shift": ["none", "none", "bug"],
    ...     "day": 9, "signal": "reports", "value": [0, 0, 5]})
    >>> found = performance(watched, pd.Series({"reports": 4.0}), first=7)
    >>> found["delay"].tolist()
    [nan, 2.0]
    """
    if first >= watched["day"].max():
        msg = f"first must come before the last day, {watched['day'].max()}, got {first}."
        raise ValueError(msg)
    rates = false_alarms(watched[watched["shift"] == "none"], thresholds)
    rows = []
    for name, part in watched.groupby("signal", sort=False):
        after = part[part["day"] > first]
        # An alarm before the change must not keep the one after it from being heard.
        heard = after[after["value"] >= thresholds[name]].groupby(["shift", "stream"])["day"].min()
        streams = after.groupby("shift", sort=False)["stream"].nunique()
        hits = heard.groupby("shift").size().reindex(streams.index, fill_value=0)
        for kind, n in streams.items():
            tested = [[hits[kind], n - hits[kind]], [hits["none"], streams["none"] - hits["none"]]]
            p_value = stats.fisher_exact(tested, alternative="greater").pvalue
            rows.append(
                {
                    "signal": name,
                    "shift": kind,
                    "streams": n,
                    "alarmed": binomial(int(hits[kind]), int(n)),
                    "delay": float(np.median(heard[kind] - first)) if hits[kind] else np.nan,
                    "p_value": np.nan if kind == "none" else float(p_value),
                    "false_alarms": rates[name],
                }
            )
    return pd.DataFrame(rows)


def plan(  # noqa: PLR0913 - all but the table are keywords
    performance: pd.DataFrame,
    *,
    duties: Mapping[str, tuple[str, str, str]],
    signals: Mapping[str, Signal],
    thresholds: pd.Series,
    saved: Mapping[tuple[str, str], Interval],
    kinds: Mapping[str, str],
    instead: Mapping[str, tuple[str, Interval]] | None = None,
    alpha: float = 0.01,
) -> pd.DataFrame:
    """Write the monitoring plan: who is called by what, how late, and what to do then.

    Parameters
    ----------
    performance : DataFrame
        From `performance`.
    duties : mapping of str to tuple of str
        For each signal what it watches, in which unit; who is called; and what to look at before
        anything is retrained.
    signals : mapping of str to Signal
        As watched.
    thresholds : Series
        From `threshold`.
    saved : mapping of (str, str) to Interval
        For signal and kind of change, the euros a day that retraining at its alarms saves
        against never retraining.
    kinds : mapping of str to str
        The kinds of change, ``"none"`` aside, and their names.
    instead : mapping of str to (str, Interval), optional
        For a kind of change, another answer to it in words, and the euros a day it saves.
    alpha : float, default 0.01
        A signal sees a change if its ``p_value`` is at most this.

    Returns
    -------
    DataFrame
        A row for each signal. What it ``sees`` are the kinds of change after which it alarms
        more often than without one, with the median delay; ``then`` says for each of them whether
        to retrain: only where the whole interval of what is saved is above zero, and no other
        answer saves more.

    Raises
    ------
    KeyError
        If a signal has no duty, threshold or result, or a kind was not measured.

    Examples
    --------
    >>> from casebook.retraining import Reports
    >>> rate = Interval(1.0, 0.5, 1.5, level=0.95, method="made up", n=20)
    >>> found = pd.DataFrame({"signal": "reports", "shift": ["none", "concept"],
    ...     "p_value": [np.nan, 0.001], "delay": [np.nan, 3.0], "false_alarms": rate})
    >>> duty = "reported frauds a day", "fraud team", "Read the reports."
    >>> written = plan(found, duties={"reports": duty}, signals={"reports": Reports()},
    ...     thresholds=pd.Series({"reports": 4.0}), saved={("reports", "concept"): rate},
    ...     kinds={"concept": "new frauds"})
    >>> written.loc["reports", "sees (delay)"]
    'new frauds (3 days)'
    """
    rows = {}
    for name, part in performance.groupby("signal", sort=False):
        table = part.set_index("shift")
        changed = table.loc[[*kinds]]
        seen = changed[changed["p_value"] <= alpha]
        watches, owner, first = duties[name]
        rows[name] = {
            "watches": watches,
            "owner": owner,
            "threshold": f"{thresholds[name]:.3g}",
            "window (days)": signals[name].window,
            "false alarms a month": f"{table['false_alarms'].iloc[0]:.1f}",
            "sees (delay)": "; ".join(
                f"{kinds[kind]} ({row['delay']:g} day{'' if row['delay'] == 1 else 's'})"
                for kind, row in seen.iterrows()
            )
            or "nothing beyond luck",
            "at the alarm": first,
            "then": "; ".join(
                f"{kinds[kind]}: {_advice(saved[name, kind], (instead or {}).get(kind))}"
                for kind in seen.index
            )
            or "no case for retraining",
        }
    return pd.DataFrame(rows).T.rename_axis("signal")


def _advice(worth: Interval, instead: tuple[str, Interval] | None) -> str:
    alone = "does harm" if worth.high < 0 else "shows no gain"
    if instead and instead[1].estimate > worth.estimate:
        words, better = instead
        told = "saves something, too" if worth.low > 0 else alone
        return f"{words} ({better:+.0f} € a day); to retrain {told} ({worth:+.0f})"
    if worth.low > 0:
        return f"retrain ({worth:+.0f} € a day)"
    return f"do not retrain, it {alone} ({worth:+.0f} € a day)"


def false_alarms(calm: pd.DataFrame, thresholds: pd.Series) -> dict[str, Interval]:
    """Return how often each signal calls for nothing, and how often any of them does.

    Parameters
    ----------
    calm : DataFrame
        From `watch`, of streams without a change, none of which chose a threshold.
    thresholds : Series
        From `threshold`.

    Returns
    -------
    dict of str to Interval
        Alarms in a month of `MONTH` days under each signal's name, and under `ANY` the mornings
        of a month on which at least one of them alarms.

    Raises
    ------
    ValueError
        If there is no stream, one with a change, or a threshold is missing.

    Notes
    -----
    Garwood's interval for a Poisson count [1]_. Alarms of one stream are no independent ones: it
    meets the same few bursts with the same model. So counts are divided by the design effect
    first, the variance of the alarms of a stream over their mean, never less than 1 [2]_.

    References
    ----------
    .. [1] F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936.
    .. [2] J. N. K. Rao and A. J. Scott, "A simple method for analysing overdispersion in
       clustered Poisson data", Statistics in Medicine 18, 1999.

    Examples
    --------
    >>> calm = pd.DataFrame({"stream": 0, "shift": "none", "day": [8, 9] * 2,
    ...     "signal": ["reports"] * 2 + ["inputs"] * 2, "value": [5, 0, 0, 7]})
    >>> limits = pd.Series({"reports": 4.0, "inputs": 4.0})
    >>> {name: rate.estimate for name, rate in false_alarms(calm, limits).items()}
    {'reports': 15.0, 'inputs': 15.0, 'any of them': 30.0}
    """
    only_calm(calm)
    missing = [name for name in calm["signal"].unique() if name not in thresholds]
    if missing:
        msg = f"There is no threshold for the signal {missing[0]!r}."
        raise ValueError(msg)
    made = pd.concat(
        part[["signal", "stream", "day"]][alarms(part["value"], thresholds[name])]
        for (name, _), part in calm.groupby(["signal", "stream"], sort=False)
    )
    streams = calm["stream"].unique()
    anywhere = made.drop_duplicates(["stream", "day"]).assign(signal=ANY)
    counts = pd.crosstab(*pd.concat([made, anywhere])[["signal", "stream"]].to_numpy().T)
    counts = counts.reindex(index=[*calm["signal"].unique(), ANY], columns=streams, fill_value=0)
    mornings = len(calm[["stream", "day"]].drop_duplicates())
    return {name: _a_month(row.to_numpy(), mornings) for name, row in counts.iterrows()}


def _a_month(counts: NDArray[np.intp], mornings: int) -> Interval:
    """Return alarms a month with Garwood's interval, streams that differ allowed for."""
    count = counts.sum()
    effect = max(counts.var(ddof=1) / counts.mean(), 1.0) if count and counts.size > 1 else 1.0
    low = effect * stats.chi2.ppf(0.025, 2 * count / effect) / 2 if count else 0.0
    high = effect * stats.chi2.ppf(0.975, 2 * count / effect + 2) / 2
    rate, low, high = (float(MONTH * alarms / mornings) for alarms in (count, low, high))
    method = "Garwood over the design effect of streams"
    return Interval(rate, low, high, level=0.95, method=method, n=mornings)
