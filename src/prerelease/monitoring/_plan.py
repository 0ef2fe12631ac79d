"""How well signals do, and the plan that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy import stats

from prerelease import _validate
from prerelease.intervals import Interval, binomial
from prerelease.monitoring._watch import MONTH, REST, alarms
from prerelease.retraining import Signal


@dataclass(frozen=True)
class Duty:
    """Who answers a signal, and with what.

    Parameters
    ----------
    watches : str
        What the number is, with its unit.
    owner : str
        The role that is called.
    first : str
        What to do first at the alarm, whatever the results say.

    Raises
    ------
    ValueError
        If a word is missing.

    Examples
    --------
    >>> Duty("reported frauds a day", "fraud team", "read the reports").owner
    'fraud team'
    """

    watches: str
    owner: str
    first: str

    def __post_init__(self) -> None:
        """Refuse a duty that nobody has."""
        for field in fields(self):
            _validate.text(getattr(self, field.name), field.name)


def performance(
    watched: pd.DataFrame, thresholds: pd.Series, *, first: int, rest: int = REST
) -> pd.DataFrame:
    """Return how often each signal alarms without a reason, and how soon with one.

    Parameters
    ----------
    watched : DataFrame
        From `watch`, of streams with and without a change, none of which chose a threshold.
    thresholds : Series
        From `threshold`.
    first : int
        Day of the change in all streams that have one.
    rest : int, default REST
        Mornings from one alarm to the next at least.

    Returns
    -------
    DataFrame
        A row for each signal and kind of change, ``"none"`` included: ``streams``, the share
        ``alarmed`` after the day `first` (an `Interval`), the median ``delay`` in days of those
        that did (a whole morning counts: an alarm in the morning after the first day of the
        change has a delay of 1; NaN if there was none), and ``false_alarms``, an `Interval`
        a month of calm days (the same for all kinds).

    Raises
    ------
    ValueError
        If there is no stream without a change, or a threshold is missing.

    Notes
    -----
    A signal that alarms now and then will alarm after a change by chance, too: read
    ``alarmed`` beside that of ``"none"``, which counts the same mornings. The interval of the
    false alarms is Garwood's for a Poisson count.

    References
    ----------
    F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936.

    Examples
    --------
    >>> watched = pd.DataFrame({"stream": [0, 1, 2], "shift": ["none", "none", "bug"],
    ...     "since": [np.nan, np.nan, 2.0], "day": 9, "signal": "reports", "value": [0, 0, 5]})
    >>> found = performance(watched, pd.Series({"reports": 4.0}), first=7)
    >>> found["delay"].tolist()
    [nan, 2.0]
    """
    rows = []
    for name, part in watched.groupby("signal", sort=False):
        if name not in thresholds:
            msg = f"There is no threshold for the signal {name!r}."
            raise ValueError(msg)
        rang = part.assign(
            rang=part.groupby(["shift", "stream"])["value"].transform(
                lambda values, at=thresholds[name]: alarms(values, at, rest=rest)
            )
        )
        calm = rang[rang["shift"] == "none"]
        rate = _monthly(int(calm["rang"].sum()), len(calm))
        for kind, told in rang.groupby("shift", sort=False):
            # An alarm before the change must not keep the one after it from being heard.
            after = told[told["day"] > first]
            late = after[after["value"] >= thresholds[name]].groupby("stream")["day"].min()
            n = after["stream"].nunique()
            rows.append(
                {
                    "signal": name,
                    "shift": kind,
                    "streams": n,
                    "alarmed": binomial(late.size, n),
                    "delay": float(np.median(late - first)) if late.size else np.nan,
                    "false_alarms": rate,
                }
            )
    return pd.DataFrame(rows)


def plan(  # noqa: PLR0913 - all but the table are keywords
    performance: pd.DataFrame,
    *,
    duties: Mapping[str, Duty],
    signals: Mapping[str, Signal],
    thresholds: pd.Series,
    saved: Mapping[tuple[str, str], Interval],
    kinds: Mapping[str, str],
) -> pd.DataFrame:
    """Write the monitoring plan: who is called by what, how late, and what to do then.

    Parameters
    ----------
    performance : DataFrame
        From `performance`.
    duties : mapping of str to Duty
        For each signal.
    signals : mapping of str to Signal
        As watched.
    thresholds : Series
        From `threshold`.
    saved : mapping of (str, str) to Interval
        For signal and kind of change, the euros a day that retraining at its alarms saves
        against never retraining.
    kinds : mapping of str to str
        The kinds of change, ``"none"`` aside, and their names.

    Returns
    -------
    DataFrame
        A row for each signal. What it ``sees`` are the kinds of change after which it alarms
        more often than by chance, with the median delay; ``then`` says for each of them whether
        to retrain: only where the whole interval of what is saved is above zero.

    Raises
    ------
    ValueError
        If a signal has no duty, threshold or result, or a kind was not measured.

    Examples
    --------
    >>> from prerelease.retraining import Reports
    >>> few, many = binomial(0, 20), binomial(20, 20)
    >>> rate = Interval(1.0, 0.5, 1.5, level=0.95, method="made up", n=20)
    >>> found = pd.DataFrame({"signal": "reports", "shift": ["none", "concept"],
    ...     "alarmed": [few, many], "delay": [np.nan, 3.0], "false_alarms": rate})
    >>> duty = Duty("reported frauds a day", "fraud team", "Read the reports.")
    >>> written = plan(found, duties={"reports": duty}, signals={"reports": Reports()},
    ...     thresholds=pd.Series({"reports": 4.0}), saved={("reports", "concept"): rate},
    ...     kinds={"concept": "new frauds"})
    >>> written.loc["reports", "sees (delay)"]
    'new frauds (3 days)'
    """
    rows = {}
    for name, part in performance.groupby("signal", sort=False):
        for what, where in (("duty", duties), ("threshold", thresholds), ("signal", signals)):
            if name not in where:
                msg = f"There is no {what} for the signal {name!r}."
                raise ValueError(msg)
        table = part.set_index("shift")
        missing = [kind for kind in ("none", *kinds) if kind not in table.index]
        if missing:
            msg = f"performance must hold the kinds {missing} for the signal {name!r}."
            raise ValueError(msg)
        chance = table.loc["none", "alarmed"]
        changed = table.loc[[*kinds]]
        seen = changed[[found.low > chance.high for found in changed["alarmed"]]]
        duty = duties[name]
        rows[name] = {
            "watches": duty.watches,
            "owner": duty.owner,
            "threshold": f"{thresholds[name]:.3g}",
            "window (days)": signals[name].window,
            "false alarms a month": f"{table['false_alarms'].iloc[0]:.1f}",
            "sees (delay)": "; ".join(
                f"{kinds[kind]} ({row['delay']:g} day{'' if row['delay'] == 1 else 's'})"
                for kind, row in seen.iterrows()
            )
            or "none of these beyond chance",
            "at the alarm": duty.first,
            "then": "; ".join(f"{kinds[kind]}: {_advice(kind, saved, name)}" for kind in seen.index)
            or "no case for retraining",
        }
    return pd.DataFrame(rows).T.rename_axis("signal")


def _advice(kind: str, saved: Mapping[tuple[str, str], Interval], name: str) -> str:
    if (name, kind) not in saved:
        msg = f"There is no result of retraining for the signal {name!r} and the change {kind!r}."
        raise ValueError(msg)
    worth = saved[name, kind]
    if worth.low > 0:
        return f"retrain ({worth:+.0f} € a day)"
    told = "does harm" if worth.high < 0 else "shows no gain"
    return f"do not retrain, it {told} ({worth:+.0f} € a day)"


def _monthly(n_alarms: int, n_mornings: int) -> Interval:
    """Return alarms a month with Garwood's exact interval."""
    if not n_mornings:
        msg = "False alarms are counted on streams without a change, and there is none."
        raise ValueError(msg)
    low = stats.chi2.ppf(0.025, 2 * n_alarms) / 2 if n_alarms else 0.0
    high = stats.chi2.ppf(0.975, 2 * n_alarms + 2) / 2
    rate, low, high = (float(MONTH * count / n_mornings) for count in (n_alarms, low, high))
    return Interval(rate, low, high, level=0.95, method="Garwood", n=n_mornings)
