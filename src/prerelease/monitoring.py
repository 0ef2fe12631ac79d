"""A monitoring plan from measurements: what each signal sees, how late, and how often it errs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate
from prerelease.intervals import Interval, binomial
from prerelease.retraining import Labelling, Learner, Seen, Signal, run
from prerelease.streams import Stream

MONTH = 30
"""Days of a month, for false alarms."""
REST = 3
"""Days for which a signal that has alarmed is not asked again."""


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
        for name in ("watches", "owner", "first"):
            _validate.text(getattr(self, name), name)


@dataclass
class _Watch:
    """A policy that only writes down what the signals say."""

    signals: Mapping[str, Signal]
    noted: list[tuple[int, str, float]] = field(default_factory=list)

    def retrain(self, seen: Seen) -> bool:
        if seen.day > seen.n_history:
            self.noted += [(seen.day, name, call(seen)) for name, call in self.signals.items()]
        return False


def watch(
    streams: Sequence[Stream],
    signals: Mapping[str, Signal],
    *,
    labelling: Labelling | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return what signals say each morning while the first model decides.

    Parameters
    ----------
    streams : sequence of Stream
        At least one.
    signals : mapping of str to Signal
        At least one, under the names for the table.
    labelling : Labelling, optional
        How labels come to be known.
    tell : callable, optional
        Called with the streams done and their number.

    Returns
    -------
    DataFrame
        Columns ``stream`` (its number), ``shift`` (the kind), ``since`` (days since the change
        began; NaN without one), ``day``, ``signal`` and ``value``.

    Raises
    ------
    ValueError
        If there is no stream or no signal.

    Examples
    --------
    >>> from prerelease import data, retraining, splits
    >>> from prerelease.streams import build
    >>> stream = build(pd.concat(splits.development(data.load_sample())), n_days=10)
    >>> watch([stream], {"reports": retraining.Reports()})["day"].tolist()
    [8, 9]
    """
    if not streams or not signals:
        msg = f"streams and signals must not be empty, got {len(streams)} and {len(signals)}."
        raise ValueError(msg)
    parts = []
    for number, stream in enumerate(streams):
        note = _Watch(signals)
        run(Learner(stream), note, labelling=labelling)
        table = pd.DataFrame(note.noted, columns=["day", "signal", "value"])
        calm = stream.shift.kind == "none"
        since = np.nan if calm else table["day"] - stream.shift.day
        parts.append(table.assign(stream=number, shift=stream.shift.kind, since=since))
        if tell:
            tell(number + 1, len(streams))
    columns = ["stream", "shift", "since", "day", "signal", "value"]
    return pd.concat(parts, ignore_index=True)[columns]


def alarms(values: ArrayLike, threshold: float, *, rest: int = REST) -> NDArray[np.bool_]:
    """Return the mornings of an alarm, with a rest after each.

    Parameters
    ----------
    values : array-like, shape (n,)
        The signal, morning by morning.
    threshold : float
        From which it alarms.
    rest : int, default REST
        Mornings from one alarm to the next at least.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where there is an alarm.

    Raises
    ------
    ValueError
        If the input holds what is no number, or `rest` is below 1.

    Examples
    --------
    >>> alarms([5, 5, 1, 5], 5, rest=2).tolist()
    [True, False, False, True]
    """
    signal = _validate.vector(values, "values")
    _validate.number(threshold, "threshold")
    _validate.integer(rest, "rest", low=1)
    found = np.zeros(signal.size, dtype=bool)
    last = -rest
    for morning in np.flatnonzero(signal >= threshold):
        if morning - last >= rest:
            found[morning], last = True, morning
    return found


def threshold(calm: pd.DataFrame, *, false_alarms: float = 1.0, rest: int = REST) -> pd.Series:
    """Return the lowest threshold of each signal that keeps false alarms rare.

    Parameters
    ----------
    calm : DataFrame
        From `watch`, of streams without a change.
    false_alarms : float, default 1
        At most so many a month of `MONTH` days, on average over the streams.
    rest : int, default REST
        Mornings from one alarm to the next at least.

    Returns
    -------
    Series
        A threshold for each signal, halfway between two values that occurred, or just above
        the largest of them.

    Raises
    ------
    ValueError
        If a stream has a change, or `false_alarms` is not above 0.

    Notes
    -----
    On the streams that chose it a threshold looks a little better than it is: judge it on
    others, as `performance` does.

    Examples
    --------
    >>> calm = pd.DataFrame({"stream": 0, "shift": "none", "day": range(30), "signal": "reports",
    ...     "value": [0.0] * 10 + [4.0] + [0.0] * 9 + [8.0] + [0.0] * 9})
    >>> threshold(calm, false_alarms=1).to_dict()
    {'reports': 6.0}
    """
    _validate.number(false_alarms, "false_alarms", above=0)
    _only_calm(calm)
    allowed = false_alarms * len(calm[["stream", "day"]].drop_duplicates()) / MONTH
    chosen = {}
    for name, part in calm.groupby("signal", sort=False):
        levels = np.unique(part["value"])
        between = np.append((levels[1:] + levels[:-1]) / 2, np.nextafter(levels[-1], np.inf))
        low, high = 0, between.size - 1
        while low < high:  # alarms become fewer as the threshold rises, but for the rest
            middle = (low + high) // 2
            made = _count(part, between[middle], rest)
            low, high = (low, middle) if made <= allowed else (middle + 1, high)
        chosen[name] = float(between[low])
    return pd.Series(chosen, name="threshold")


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


def plan(
    performance: pd.DataFrame,
    *,
    duties: Mapping[str, Duty],
    signals: Mapping[str, Signal],
    thresholds: pd.Series,
    saved: Mapping[tuple[str, str], Interval],
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

    Returns
    -------
    DataFrame
        A row for each signal. What it ``sees`` are the kinds of change after which it alarms
        more often than by chance, with the median delay; ``then`` says for each of them whether
        to retrain: only where the whole interval of what is saved is above zero.

    Raises
    ------
    ValueError
        If a signal has no duty, threshold or result.

    Examples
    --------
    >>> from prerelease.retraining import Reports
    >>> few, many = binomial(0, 20), binomial(20, 20)
    >>> rate = Interval(1.0, 0.5, 1.5, level=0.95, method="made up", n=20)
    >>> found = pd.DataFrame({"signal": "reports", "shift": ["none", "concept"],
    ...     "alarmed": [few, many], "delay": [np.nan, 3.0], "false_alarms": rate})
    >>> duty = Duty("reported frauds a day", "fraud team", "Read the reports.")
    >>> written = plan(found, duties={"reports": duty}, signals={"reports": Reports()},
    ...     thresholds=pd.Series({"reports": 4.0}), saved={("reports", "concept"): rate})
    >>> written.loc["reports", "sees (delay)"]
    'concept (3 days)'
    """
    rows = {}
    for name, part in performance.groupby("signal", sort=False):
        for what, where in (("duty", duties), ("threshold", thresholds), ("signal", signals)):
            if name not in where:
                msg = f"There is no {what} for the signal {name!r}."
                raise ValueError(msg)
        table = part.set_index("shift")
        chance = table.loc["none", "alarmed"]
        changed = table.drop("none")
        seen = changed[[found.low > chance.high for found in changed["alarmed"]]]
        duty = duties[name]
        rows[name] = {
            "watches": duty.watches,
            "owner": duty.owner,
            "threshold": thresholds[name],
            "window (days)": signals[name].window,
            "false alarms a month": f"{table['false_alarms'].iloc[0]:.1f}",
            "sees (delay)": "; ".join(
                f"{kind} ({row['delay']:.0f} day{'s' * (row['delay'] != 1)})"
                for kind, row in seen.iterrows()
            )
            or "none of these beyond chance",
            "at the alarm": duty.first,
            "then": "; ".join(_advice(kind, saved, name) for kind in seen.index)
            or "no case for retraining",
        }
    return pd.DataFrame(rows).T.rename_axis("signal")


def _advice(kind: str, saved: Mapping[tuple[str, str], Interval], name: str) -> str:
    if (name, kind) not in saved:
        msg = f"There is no result of retraining for the signal {name!r} and the change {kind!r}."
        raise ValueError(msg)
    worth = saved[name, kind]
    if worth.low > 0:
        return f"{kind}: retrain ({worth:+.0f} € a day)"
    told = "does harm" if worth.high < 0 else "shows no gain"
    return f"{kind}: do not retrain for it, that {told} ({worth:+.0f} € a day)"


def _monthly(n_alarms: int, n_mornings: int) -> Interval:
    """Return alarms a month with Garwood's exact interval."""
    if not n_mornings:
        msg = "False alarms are counted on streams without a change, and there is none."
        raise ValueError(msg)
    low = stats.chi2.ppf(0.025, 2 * n_alarms) / 2 if n_alarms else 0.0
    high = stats.chi2.ppf(0.975, 2 * n_alarms + 2) / 2
    rate, low, high = (float(MONTH * count / n_mornings) for count in (n_alarms, low, high))
    return Interval(rate, low, high, level=0.95, method="Garwood", n=n_mornings)


def _count(part: pd.DataFrame, at: float, rest: int) -> int:
    return sum(int(alarms(one["value"], at, rest=rest).sum()) for _, one in part.groupby("stream"))


def _only_calm(table: pd.DataFrame) -> None:
    kinds = sorted(set(table["shift"]) - {"none"})
    if kinds or table.empty:
        msg = f"Thresholds need streams without a change, got {kinds or 'no stream'}."
        raise ValueError(msg)
