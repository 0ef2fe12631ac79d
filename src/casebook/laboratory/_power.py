"""How often detectors of drift are right: streams of real blocks with shifts of known date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from prerelease import _validate
from prerelease.intervals import binomial

from ._inject import Shift, inject

Statistic = Callable[[pd.DataFrame], float]


@dataclass(frozen=True)
class Detector:
    """A rule that looks at a window of payments and gives an alarm or none.

    Parameters
    ----------
    name : str
        For tables.
    statistic : callable
        Takes the window, a data frame; returns a number.
    limit : float
        From there on it is an alarm.
    costly : bool, default False
        Whether `streams` is to try it only once a stream.

    Examples
    --------
    >>> Detector("many", len, 3).alarm(pd.DataFrame({"Time": [0.0, 1.0, 2.0]}))
    True
    """

    name: str
    statistic: Statistic
    limit: float
    costly: bool = False

    def alarm(self, window: pd.DataFrame) -> bool:
        """Tell whether the window gives an alarm."""
        return bool(self.statistic(window) >= self.limit)


def calibrate(
    name: str,
    statistic: Statistic,
    quiet: Iterable[pd.DataFrame],
    *,
    false_alarms: float = 0.05,
    costly: bool = False,
) -> Detector:
    r"""Return the detector with a limit that quiet windows seldom reach.

    Parameters
    ----------
    name : str
        For tables.
    statistic : callable
        Takes a window; larger is more suspicious.
    quiet : iterable of pandas.DataFrame
        Windows in which nothing has changed.
    false_alarms : float, default 0.05
        Share of quiet windows that may give an alarm.
    costly : bool, default False
        As in `Detector`.

    Returns
    -------
    Detector

    Raises
    ------
    ValueError
        If there are too few quiet windows for so few false alarms.

    Notes
    -----
    Of n windows and the one to come, each is as likely as any other to be the largest: a limit
    above the k-th smallest with :math:`k = \lceil (1 - \alpha)(n + 1) \rceil` is passed by
    chance with probability :math:`\alpha` at most.

    Examples
    --------
    >>> windows = [pd.DataFrame({"Time": np.arange(float(n))}) for n in range(1, 20)]
    >>> calibrate("many", len, windows).limit > 19
    True
    """
    alpha = _validate.number(false_alarms, "false_alarms", above=0, below=1)
    found = np.sort([statistic(window) for window in quiet])
    k = int(np.ceil((1 - alpha) * (len(found) + 1)))
    if k > len(found):
        msg = (
            f"{len(found)} quiet windows cannot set a limit for false_alarms={alpha:g}: "
            f"{int(np.ceil(1 / alpha)) - 1} are needed."
        )
        raise ValueError(msg)
    return Detector(name, statistic, float(np.nextafter(found[k - 1], np.inf)), costly)


def draw_blocks(
    df: pd.DataFrame, n_blocks: int, *, block: float = 600.0, seed: int = 0
) -> pd.DataFrame:
    """Return the rows of some blocks of time, drawn at random, none twice.

    Parameters
    ----------
    df : pandas.DataFrame
        With ``Time`` in seconds.
    n_blocks : int
        How many, at most as many as there are.
    block : float, default 600
        Seconds.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    pandas.DataFrame
        In the order of time.

    Raises
    ------
    ValueError
        If there are not so many blocks.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": np.arange(0.0, 6000.0, 100)})
    >>> len(draw_blocks(df, 3))
    18
    """
    block = _validate.number(block, "block", above=0)
    number = (df["Time"] // block).to_numpy()
    known = np.unique(number)
    n_blocks = _validate.integer(n_blocks, "n_blocks", low=1, high=len(known))
    drawn = np.random.default_rng(seed).choice(known, n_blocks, replace=False)
    return df[np.isin(number, drawn)]


def streams(  # noqa: PLR0913 - each option is a decision of the study
    pool: pd.DataFrame,
    detectors: Sequence[Detector],
    shifts: Mapping[str, Shift | None],
    *,
    prepare: Callable[[pd.DataFrame], pd.DataFrame] = lambda window: window,
    n_streams: int = 10,
    n_windows: int = 4,
    blocks: int = 6,
    block: float = 600.0,
    costly_streams: int = 4,
    seed: int = 0,
    tell: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Let detectors watch streams of windows, after a shift that begins with the first one.

    Parameters
    ----------
    pool : pandas.DataFrame
        Rows that windows are drawn from in blocks; no detector was fitted on them.
    detectors : sequence of Detector
        Who watches.
    shifts : mapping of str to Shift or None
        Name and shift; None for streams in which nothing happens.
    prepare : callable, optional
        What production does to a window once it is there, such as scoring it by the model.
    n_streams, n_windows : int
        Streams for each shift, and windows in each.
    blocks, block : int, float
        Blocks in a window, and their length in seconds.
    costly_streams : int, default 4
        Streams in which costly detectors look at the first window; not at any other.
    seed : int, default 0
        Of the draws.
    tell : callable, optional
        Called after each stream with the streams done and all of them.

    Returns
    -------
    pandas.DataFrame
        A row a window and detector; every shift meets the same windows: ``shift``, ``stream``,
        ``window`` (from 1), ``detector`` and ``alarm``.

    Raises
    ------
    ValueError
        If there is no detector or no shift, or a number of streams or windows is below 1.

    Examples
    --------
    >>> pool = pd.DataFrame({"Time": np.arange(0.0, 6000.0, 10), "Amount": 1.0, "Class": 0})
    >>> high = Detector("high", lambda window: window["Amount"].max(), 50)
    >>> seen = streams(pool, [high], {"cents": Shift("bug: cents", 1.0)}, n_streams=1, blocks=2)
    >>> seen["alarm"].tolist()
    [True, True, True, True]
    """
    n_streams = _validate.integer(n_streams, "n_streams", low=1)
    n_windows = _validate.integer(n_windows, "n_windows", low=1)
    if not len(detectors) or not shifts:
        msg = f"There must be a detector and a shift, got {len(detectors)} and {len(shifts)}."
        raise ValueError(msg)
    rows = []
    for place, (name, shift) in enumerate(shifts.items()):
        for stream in range(n_streams):
            for window in range(1, n_windows + 1):
                # The same blocks whatever the shift: what differs is the shift and no luck.
                key = int(np.random.SeedSequence([seed, stream, window]).generate_state(1)[0])
                drawn = draw_blocks(pool, blocks, block=block, seed=key)
                if shift is not None:
                    drawn = inject(drawn, shift, seed=key)
                drawn = prepare(drawn)
                for detector in detectors:
                    if detector.costly and (window > 1 or stream >= costly_streams):
                        continue
                    rows.append((name, stream, window, detector.name, detector.alarm(drawn)))
            if tell is not None:
                tell(place * n_streams + stream + 1, len(shifts) * n_streams)
    return pd.DataFrame(rows, columns=["shift", "stream", "window", "detector", "alarm"])


def alarm_rates(seen: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return how often each detector gave an alarm, and how long it took.

    Parameters
    ----------
    seen : pandas.DataFrame
        What `streams` returns.
    level : float, default 0.95
        Nominal coverage of the exact binomial intervals.

    Returns
    -------
    pandas.DataFrame
        Index: ``detector`` and ``shift``. ``rate``, ``low`` and ``high``: share of windows with
        an alarm, each window being drawn for itself; ``trials``; ``delay``:
        median number of windows up to and with the first alarm, infinite where most streams had
        none, and NaN for costly detectors, which looked once.

    Examples
    --------
    >>> seen = pd.DataFrame({"shift": "a", "stream": [0, 0], "window": [1, 2],
    ...                      "detector": "d", "alarm": [False, True]})
    >>> alarm_rates(seen)[["rate", "delay"]].to_numpy().tolist()
    [[0.5, 2.0]]
    """
    rows = {}
    for one, part in seen.groupby(["detector", "shift"], sort=False):
        rate = binomial(int(part["alarm"].sum()), len(part), level=level)
        caught = part[part["alarm"]].groupby("stream")["window"].min()
        delays = caught.reindex(part["stream"].unique(), fill_value=np.inf)
        once = part["window"].max() == 1 and seen["window"].max() > 1
        delay = np.nan if once else float(delays.median())
        rows[one] = rate.estimate, rate.low, rate.high, rate.n, delay
    columns = ["rate", "low", "high", "trials", "delay"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return found.set_axis(pd.MultiIndex.from_tuples(rows, names=["detector", "shift"]))
