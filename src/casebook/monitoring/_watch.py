"""What signals say each morning, and from which value they are to alarm."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from joblib import delayed
from numpy.typing import ArrayLike, NDArray

from casebook.retraining import Labelling, Learner, Seen, Signal, run
from casebook.streams import Stream
from casebook.workers import results
from prerelease import _validate

MONTH = 30
"""Days of a month, for false alarms."""
REST = 3
"""Days for which a signal that has alarmed is not asked again."""


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
    streams: Iterable[Stream],
    signals: Mapping[str, Signal],
    *,
    labelling: Labelling | None = None,
    processes: int = 1,
    tell: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Return what signals say each morning while the first model decides.

    Parameters
    ----------
    streams : iterable of Stream
        At least one. Those of a generator need not fit into memory together.
    signals : mapping of str to Signal
        At least one, under the names for the table.
    labelling : Labelling, optional
        How labels come to be known.
    processes : int, default 1
        How many streams are watched at a time.
    tell : callable, optional
        Called with the number of streams done.

    Returns
    -------
    DataFrame
        Columns ``stream`` (its number), ``shift`` (the kind), ``day``, ``signal`` and ``value``.

    Raises
    ------
    ValueError
        If there is no stream or no signal.

    Examples
    --------
    >>> from casebook import data, retraining, split
    >>> from casebook.streams import build, pool
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> stream = build(pool(payments), n_days=10)
    >>> watch([stream], {"reports": retraining.Reports()})["day"].tolist()
    [8, 9]
    """
    calls = (delayed(_one)(stream, signals, labelling) for stream in streams)
    done = enumerate(results(calls, processes=processes, tell=tell))
    parts = [part.assign(stream=number) for number, part in done]
    if not parts or not signals:
        msg = f"streams and signals must not be empty, got {len(parts)} and {len(signals)}."
        raise ValueError(msg)
    columns = ["stream", "shift", "day", "signal", "value"]
    return pd.concat(parts, ignore_index=True)[columns]


def _one(
    stream: Stream, signals: Mapping[str, Signal], labelling: Labelling | None
) -> pd.DataFrame:
    """Return what signals say each morning of one stream."""
    note = _Watch(signals)
    run(Learner(stream), note, labelling=labelling)
    table = pd.DataFrame(note.noted, columns=["day", "signal", "value"])
    return table.assign(shift=stream.shift.kind)


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


def threshold(calm: pd.DataFrame, *, false_alarms: float = 1.0) -> pd.Series:
    """Return the lowest threshold of each signal that keeps false alarms rare.

    Parameters
    ----------
    calm : DataFrame
        From `watch`, of streams without a change.
    false_alarms : float, default 1
        At most so many a month of `MONTH` days, on average over the streams.

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
    only_calm(calm)
    allowed = false_alarms * len(calm[["stream", "day"]].drop_duplicates()) / MONTH
    chosen = {}
    for name, part in calm.groupby("signal", sort=False):
        levels = np.unique(part["value"])
        between = np.append((levels[1:] + levels[:-1]) / 2, np.nextafter(levels[-1], np.inf))
        low, high = 0, between.size - 1
        while low < high:  # alarms become fewer as the threshold rises, but for the rest
            middle = (low + high) // 2
            streams = part.groupby("stream")["value"]
            made = sum(alarms(values, between[middle]).sum() for _, values in streams)
            low, high = (low, middle) if made <= allowed else (middle + 1, high)
        chosen[name] = float(between[low])
    return pd.Series(chosen, name="threshold")


def only_calm(table: pd.DataFrame) -> None:
    """Refuse streams with a change, and none at all."""
    kinds = sorted(set(table["shift"]) - {"none"})
    if kinds or table.empty:
        msg = f"calm must hold streams without a change only, got {kinds or 'no stream'}."
        raise ValueError(msg)
