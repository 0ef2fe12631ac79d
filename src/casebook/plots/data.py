"""Figures of chapter 00: each draws data frames that `casebook.profile` returns."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.plots import COLOURS, INK

_HOUR = 3600.0
_SERIES = (
    (COLOURS["orange"], "o", "-"),
    (COLOURS["blue"], "s", "--"),
    (COLOURS["green"], "^", ":"),
)


def hours_of_two_days(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the traffic and the fraud rate of each hour of the day, one day beside the other.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casebook.profile.hourly`.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Above payments an hour, below the fraud rate with its interval; a colour and a marker
        for each day.

    Examples
    --------
    >>> from casebook import profile
    >>> figure = hours_of_two_days(profile.hourly([0.0, 90_000.0], [0, 1]), title="When?")
    >>> len(figure.axes)
    2
    """
    figure, (above, below) = plt.subplots(
        2, 1, sharex=True, figsize=(5.0, 5.0), height_ratios=(1, 1.6)
    )
    for (day, part), (colour, marker, line), aside in zip(
        table.groupby("day"), _SERIES, (-0.16, 0.16, 0.0), strict=False
    ):
        hour = part["hour_of_day"].to_numpy()
        above.plot(
            hour, part["payments"], color=colour, marker=marker, ms=4, ls=line, label=f"day {day}"
        )
        rate, low, high = (100 * part[name].to_numpy() for name in ("rate", "low", "high"))
        below.vlines(hour + aside, low, high, color=colour, lw=2, alpha=0.55)
        below.plot(hour + aside, rate, marker, color=colour, ms=4.5)
    above.set(title=title, ylabel="payments an hour", ylim=(0, None))
    above.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    above.legend(loc="lower right", ncols=2)
    below.set(ylabel="frauds (% of payments)", ylim=(0, None), xticks=range(0, 24, 3))
    below.set_xlabel("hours since the file began, modulo 24 (the file has no clock)")
    return figure


def fraud_calendar(times: ArrayLike, labels: ArrayLike, *, title: str) -> Figure:
    """Draw each fraud as a dot: a row for each hour, the minute within it along the axis.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds since the first payment, sorted.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Dots are translucent, so that frauds of one second are darker.

    Raises
    ------
    ValueError
        If times go back, or a label is neither 0 nor 1.

    Examples
    --------
    >>> figure = fraud_calendar([0.0, 5.0, 7200.0], [1, 0, 1], title="When?")
    >>> figure.axes[0].collections[0].get_offsets().shape
    (2, 2)
    """
    seconds = _validate.sorted_times(times, "times")
    fraud = _validate.binary(labels, "labels", both=False)
    moments = seconds[fraud]
    figure, axes = plt.subplots(figsize=(5.0, 5.4))
    axes.scatter(
        moments % _HOUR / 60, moments // _HOUR,
        s=26, color=COLOURS["orange"], alpha=0.45, edgecolors="none",
    )  # fmt: skip
    last = int(seconds[-1] // _HOUR)
    for day in range(1, last // 24 + 1):
        axes.axhline(24 * day - 0.5, color=INK["light"], lw=1.2, ls="--")
        axes.annotate(
            f"day {day + 1} starts", (1, 24 * day - 0.5), xycoords=("axes fraction", "data"),
            xytext=(0, 3), textcoords="offset points",
            ha="right", color=INK["light"], fontsize="small",
        )  # fmt: skip
    axes.set(title=title, xlabel="minute of the hour", ylabel="hour since the first payment")
    axes.set(xlim=(-1, 61), ylim=(last + 0.8, -0.8), yticks=range(0, last + 1, 6))
    axes.set_xticks(range(0, 61, 10))
    return figure


def burst_ratios(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw how many times more pairs of frauds there are than chance makes.

    Parameters
    ----------
    tables : mapping from str to pandas.DataFrame
        From `casebook.profile.burst_test`, by name, all with the same widths; at most three.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        The band holds 95 % of what chance makes of the first table's payments.

    Raises
    ------
    ValueError
        If there is no table, or more than three.

    Examples
    --------
    >>> from casebook import profile
    >>> table = profile.burst_test([0.0, 1.0, 9.0], [1, 1, 0], widths=[1.0, 10.0])
    >>> len(burst_ratios({"all": table}, title="Bursts?").axes[0].lines)
    2
    """
    _validate.integer(len(tables), "the number of tables", low=1, high=len(_SERIES))
    first = next(iter(tables.values()))
    place = np.arange(len(first))
    figure, axes = plt.subplots()
    axes.fill_between(
        place,
        np.maximum(first["low"] / first["expected"], 0.01),
        first["high"] / first["expected"],
        color=COLOURS["grey"],
        alpha=0.3,
        lw=0,
        label="95 % of what chance makes",
    )
    axes.axhline(1, color=INK["light"], lw=1)
    for (name, table), (colour, marker, line) in zip(tables.items(), _SERIES, strict=False):
        axes.plot(place, table["ratio"], color=colour, marker=marker, ls=line, label=name)
        rise = 7 if table is first else -15
        for x, y in zip(place, table["ratio"], strict=True):
            if y > 2:
                label(axes, (x, y), f"{y:.0f}×", colour, rise=rise)
    axes.set(
        yscale="log", title=title, ylim=(0.5, 1.8 * max(t["ratio"].max() for t in tables.values()))
    )
    axes.set(
        xlabel="two frauds are a pair if they lie within", ylabel="pairs seen / pairs expected"
    )
    axes.set_xticks(place, [duration(width) for width in first.index])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(loc="upper right")
    return figure


def duration(seconds: float) -> str:
    """Write a length of time in the unit that suits it.

    Parameters
    ----------
    seconds : float
        Not negative.

    Returns
    -------
    str
        Such as ``"10 s"``; 0 is ``"same second"``, since times are whole seconds.

    Examples
    --------
    >>> duration(0), duration(60), duration(3600), duration(604_800)
    ('same second', '1 min', '1 h', '7 days')
    """
    if seconds == 0:
        return "same second"
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            number = f"{seconds / length:g}"
            return "1 day" if (number, unit) == ("1", "days") else f"{number} {unit}"
    return f"{seconds:g} s"


def label(axes: Axes, at: tuple[float, float], text: str, colour: str, *, rise: float = 7) -> None:
    """Write a few words over a point, or under it where `rise` (points) is negative."""
    axes.annotate(
        text, at, (0, rise), textcoords="offset points",
        ha="center", color=colour, fontsize="small", fontweight="bold",
    )  # fmt: skip
