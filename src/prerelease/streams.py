"""Streams of payments longer than the data: real rows dealt to days, with a change of known date.

Two days of data cannot show what happens to a model in its third week. So short stretches of
the real hours are dealt, like cards, to the days of a longer stream. Every payment in it is a
real one, at its real second of the day, and occurs at most once: a model can never meet again a
payment that it has learnt. What is made up is the order of the days, and a change on a known
day.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate, data, models

DAY, HOUR = 86_400, 3_600
KINDS = ("none", "concept", "covariate", "bug")
BROKEN = "V14"
"""The input that the data bug overwrites."""


@dataclass(frozen=True)
class Shift:
    """A change in the stream, its first day and its size.

    Parameters
    ----------
    kind : {"none", "concept", "covariate", "bug"}
        ``"concept"``: quiet frauds (see `quiet_frauds`) come in, where all were loud before.
        ``"covariate"``: payments of more than the median amount become rarer, and nothing
        else changes. ``"bug"``: one input, `BROKEN`, arrives as 0.
    day : int, default 0
        First day of the change, counted from the first day of the stream.
    size : float, default 1
        From 0 (no change) to 1: the share of the quiet frauds that come, of the larger honest
        payments that stay away, or of the payments whose input is broken.

    Raises
    ------
    ValueError
        If the kind is unknown or a number is out of range.

    Examples
    --------
    >>> Shift("concept", day=12).size
    1.0
    """

    kind: str
    day: int = 0
    size: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no change."""
        _validate.choice(self.kind, "kind", KINDS)
        _validate.integer(self.day, "day", low=0)
        _validate.number(self.size, "size", above=0, below=1, closed=True)


CALM = Shift("none")
"""No change."""


@dataclass(frozen=True, eq=False)
class Stream:
    """Payments of many days, sorted in time.

    Parameters
    ----------
    row : ndarray of int, shape (n,)
        Position of each payment among the payments that the stream was dealt from.
    time : ndarray, shape (n,)
        Seconds since the stream began.
    inputs : DataFrame, shape (n, 29)
        What a model may look at, `prerelease.models.INPUTS`.
    amount : ndarray, shape (n,)
        Euros.
    fraud : ndarray of bool, shape (n,)
        The truth, which policies learn late or never.
    weight : ndarray, shape (n,)
        Real payments that each row stands for: 1 on the full data.
    lot, luck : ndarray, shape (n,)
        Numbers drawn for each row, from 0 to 1. Who draws rows to train on goes by `lot`, so
        that all policies draw alike; whether a review finds out the truth goes by `luck`.
    changed : ndarray of bool, shape (n,)
        Rows in which a data bug overwrote an input; all others are as they were recorded.
    n_days, n_history : int
        Days of the stream, and how many of them come before the model decides.
    shift : Shift
        What changes, and when.
    """

    row: NDArray[np.intp]
    time: NDArray[np.float64]
    inputs: pd.DataFrame
    amount: NDArray[np.float64]
    fraud: NDArray[np.bool_]
    weight: NDArray[np.float64]
    lot: NDArray[np.float64]
    luck: NDArray[np.float64]
    changed: NDArray[np.bool_]
    n_days: int
    n_history: int
    shift: Shift

    def __len__(self) -> int:
        return len(self.row)

    def rows_of(self, first: int, last: int) -> slice:
        """Return where the rows of some days lie.

        Parameters
        ----------
        first, last : int
            First day, and the day after the last, counted from the first day of the stream.

        Returns
        -------
        slice
            Of the rows.
        """
        low, high = np.searchsorted(self.time, [first * DAY, last * DAY])
        return slice(int(low), int(high))


def quiet_frauds(payments: pd.DataFrame) -> NDArray[np.bool_]:
    r"""Return which frauds look most like honest payments: the nearer half of them.

    Parameters
    ----------
    payments : pandas.DataFrame, shape (n, m)
        With the columns V1 to V28 and Class, both classes.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for frauds no further from the honest payments than the median fraud.

    Raises
    ------
    ValueError
        If a column or a class is missing.

    Notes
    -----
    Far means :math:`\sum_j ((x_j - \mu_j) / \sigma_j)^2` over V1 to V28, with the means and
    standard deviations of the honest payments.

    Examples
    --------
    >>> payments = data.load_sample()
    >>> int(quiet_frauds(payments).sum()), int(payments["Class"].sum())
    (246, 492)
    """
    _columns(payments, [*data.FEATURES, "Class"])
    fraud = _validate.binary(payments["Class"], "Class")
    values = payments[[*data.FEATURES]].to_numpy()
    centre, spread = values[~fraud].mean(axis=0), values[~fraud].std(axis=0)
    safe = np.where(spread > 0, spread, 1.0)
    far = (((values[fraud] - centre) / safe) ** 2).sum(axis=1)
    quiet = np.zeros(len(payments), dtype=bool)
    quiet[fraud] = far <= np.median(far)
    return quiet


def deal(
    payments: pd.DataFrame, *, n_days: int = 30, block_seconds: int = 120, seed: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Deal stretches of real payments to the days of a stream, without replacement.

    Parameters
    ----------
    payments : pandas.DataFrame, shape (n, m)
        With the column Time (seconds, sorted).
    n_days : int, default 30
        Days of the stream, at least 1.
    block_seconds : int, default 120
        Length of a stretch; an hour must be a whole number of them.
    seed : int, default 0
        Of the dealing.

    Returns
    -------
    row : ndarray of int, shape (m,)
        Positions of the payments in the stream, in the order of their new times. No position
        occurs twice.
    time : ndarray, shape (m,)
        Seconds since the stream began; modulo a day they are those of `payments`.

    Raises
    ------
    ValueError
        If there are no payments, or fewer stretches of some hour of the day than days.

    Notes
    -----
    Each hour of each day gets one stretch out of the same hour of a real day. So a day of the
    stream holds ``24 * block_seconds`` seconds of real traffic: a bank of the same customers,
    but ``3600 / block_seconds`` times smaller. Payments of one stretch, so also the frauds of
    one burst, stay together.

    References
    ----------
    H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", Annals
    of Statistics 17, 1989: whole blocks keep what hangs together. There they are drawn with
    replacement; a model that is trained on one copy and judged on the other would cheat.

    Examples
    --------
    >>> payments = pd.DataFrame({"Time": np.arange(0.0, 2 * DAY, 60.0)})
    >>> row, time = deal(payments, n_days=4, block_seconds=1800)
    >>> len(row), len(set(row)), bool((time % DAY == payments["Time"].iloc[row] % DAY).all())
    (2880, 2880, True)
    """
    _columns(payments, ["Time"])
    real = _validate.sorted_times(payments["Time"], "Time")
    _validate.integer(n_days, "n_days", low=1)
    _validate.integer(block_seconds, "block_seconds", low=1, high=HOUR)
    if HOUR % block_seconds:
        msg = f"An hour must be a whole number of block_seconds, got {block_seconds}."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    # The last stretch may be cut short by the end of the data, unless it ends with it.
    blocks = np.arange(int(real[0] // block_seconds), int((real[-1] + 60) // block_seconds))
    hour_of = (blocks * block_seconds // HOUR) % 24
    day_of = np.full(blocks.size, -1)
    for hour in range(24):
        there = np.flatnonzero(hour_of == hour)
        if there.size < n_days:
            msg = (
                f"A stream of {n_days} days needs as many stretches of each hour of the day: "
                f"{hour}:00 to {hour + 1}:00 has {there.size} of {block_seconds} s. "
                "Take fewer days or shorter stretches."
            )
            raise ValueError(msg)
        day_of[rng.permutation(there)[:n_days]] = np.arange(n_days)
    block = (real // block_seconds).astype(int) - blocks[0]
    kept = block < blocks.size
    kept[kept] = day_of[block[kept]] >= 0
    row = np.flatnonzero(kept)
    time = day_of[block[row]] * DAY + real[row] % DAY
    order = np.argsort(time, kind="stable")
    return row[order], time[order]


def build(  # noqa: PLR0913 - all but the data are keywords
    payments: pd.DataFrame,
    *,
    shift: Shift = CALM,
    n_days: int = 30,
    n_history: int = 7,
    block_seconds: int = 120,
    seed: int = 0,
    quiet: NDArray[np.bool_] | None = None,
) -> Stream:
    """Build a stream of real payments with a change of known date and size.

    Parameters
    ----------
    payments : pandas.DataFrame, shape (n, 31)
        Development rows of `prerelease.data.load`, sorted in time.
    shift : Shift, default CALM
        The change; the same seed with another change gives the same days before it.
    n_days : int, default 30
        Days of the stream.
    n_history : int, default 7
        The first days, whose labels are complete before the model is put to work.
    block_seconds : int, default 120
        See `deal`.
    seed : int, default 0
        Of the dealing and of all lots.
    quiet : ndarray of bool, shape (n,), optional
        The frauds of the later pattern, where it is not to be `quiet_frauds`, or where many
        streams are built from the same payments and that has been computed.

    Returns
    -------
    Stream
        Before the change it holds honest payments and the frauds that are not quiet.

    Raises
    ------
    ValueError
        If the input is not as `deal` wants it, the history leaves no day to decide or holds no
        fraud, or the change does not fall on a day on which the model decides.

    Examples
    --------
    >>> from prerelease import splits
    >>> train, valid = splits.development(data.load_sample())
    >>> payments = pd.concat([train, valid])
    >>> stream = build(payments, shift=Shift("concept", day=14))
    >>> stream.n_days, bool(stream.fraud.any()), bool(stream.changed.any())
    (30, True, False)
    """
    _columns(payments, [*data.COLUMNS])
    _validate.integer(n_history, "n_history", low=1)
    _validate.integer(n_days, "n_days", low=n_history + 1)
    if shift.kind != "none" and not n_history <= shift.day < n_days:
        msg = (
            f"shift.day must be a day on which the model decides, from {n_history} to "
            f"{n_days - 1}, got {shift.day}."
        )
        raise ValueError(msg)
    row, time = deal(payments, n_days=n_days, block_seconds=block_seconds, seed=seed)
    lot, luck, chance = np.random.default_rng([seed, 1]).random((3, len(payments)))
    fraud = (payments["Class"] == 1).to_numpy()
    quiet = quiet_frauds(payments) if quiet is None else np.asarray(quiet, dtype=bool)
    _validate.same_length(payments=payments, quiet=quiet)
    amount = payments["Amount"].to_numpy()
    larger = ~fraud & (amount > np.median(amount[~fraud]))
    after, chosen = time >= shift.day * DAY, chance[row] < shift.size
    comes = ~quiet[row]
    if shift.kind == "concept":
        comes |= after & chosen
    if shift.kind == "covariate":
        comes &= ~(larger[row] & after & chosen)
    row, time = row[comes], time[comes]
    if not fraud[row[time < n_history * DAY]].any():
        msg = f"There is no fraud in the history of {n_history} days: nothing to learn from."
        raise ValueError(msg)
    inputs = payments.iloc[row][[*models.INPUTS]].reset_index(drop=True)
    broken = (time >= shift.day * DAY) & (chance[row] < shift.size) & (shift.kind == "bug")
    inputs.loc[broken, BROKEN] = 0.0
    return Stream(
        row=row, time=time, inputs=inputs, amount=amount[row],
        fraud=fraud[row], weight=data.sampling_weights(payments)[row], lot=lot[row],
        luck=luck[row], changed=broken, n_days=n_days, n_history=n_history, shift=shift,
    )  # fmt: skip


def _columns(payments: pd.DataFrame, names: list[str]) -> None:
    missing = [name for name in names if name not in payments.columns]
    if missing:
        msg = f"payments must have the columns {', '.join(names)}; {missing} missing."
        raise ValueError(msg)
    if payments.empty:
        msg = "payments must not be empty."
        raise ValueError(msg)
