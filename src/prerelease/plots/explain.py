"""Figures of what a model looks at, what that is worth, and how explanations are tested."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK

_SERIES = (
    (COLOURS["blue"], "o", "-"),
    (COLOURS["orange"], "D", "-."),
    (COLOURS["green"], "s", "--"),
    (COLOURS["purple"], "^", ":"),
    (COLOURS["grey"], "v", (0, (5, 1))),
)
_LOW_TO_HIGH = LinearSegmentedColormap.from_list(
    "low to high", [COLOURS["blue"], COLOURS["grey"], COLOURS["orange"]]
)
_FAINT_TO_FULL = LinearSegmentedColormap.from_list("faint to full", ["white", COLOURS["blue"]])


def rank_matrix(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the rank correlation of each pair of readings, with its interval.

    Parameters
    ----------
    table : DataFrame, shape (readings, readings)
        Of `Interval`, as `prerelease.explain.rank_agreement` returns it. Names of readings may
        hold line breaks.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A square a pair, below the diagonal: the darker, the better they agree.

    Raises
    ------
    ValueError
        If there are fewer than two readings.

    Examples
    --------
    >>> one, half = (Interval(x, x, 1.0, level=0.95, method="", n=9) for x in (1.0, 0.5))
    >>> table = pd.DataFrame([[one, half], [half, one]], ["a", "b"], ["a", "b"])
    >>> rank_matrix(table, title="Do they agree?").axes[0].texts[0].get_text()
    '0.50'
    """
    n = _validate.integer(len(table), "the number of readings", low=2)
    figure, axes = plt.subplots(figsize=(5.4, 4.6))
    values = np.full((n - 1, n - 1), np.nan)
    for row in range(1, n):
        for column in range(row):
            each = table.iloc[row, column]
            values[row - 1, column] = each.estimate
            # Black, which does not turn light in dark pages: the square is its background.
            place = {"ha": "center", "va": "center", "color": "black"}
            axes.text(column, row - 1.14, _two_digits(each.estimate), weight="bold", **place)
            ends = f"{_two_digits(each.low)} to {_two_digits(each.high)}"
            axes.text(column, row - 0.82, ends, fontsize="x-small", **place)
    axes.imshow(values, cmap=_FAINT_TO_FULL, vmin=0, vmax=1, aspect="auto")
    axes.set_title(title)
    axes.set_xticks(range(n - 1), table.columns[:-1], fontsize="small")
    axes.set_yticks(range(n - 1), table.index[1:], fontsize="small")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return figure


def importance(
    series: Mapping[str, Mapping[str, Interval]], *, title: str, unit: str, columns: Sequence[str]
) -> Figure:
    """Draw the importance of columns, with intervals, by one or more readings of each.

    Parameters
    ----------
    series : mapping of str to mapping of str to Interval
        Name of a reading, and its interval for each column; at most five readings.
    title : str
        The question that the figure answers.
    unit : str
        What is measured, with its unit.
    columns : sequence of str
        Columns to draw, from the top.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more readings than colours, or nothing to draw.

    Examples
    --------
    >>> some = {"V14": Interval(0.3, 0.2, 0.4, level=0.95, method="", n=9)}
    >>> figure = importance({"held out": some}, title="What counts?", unit="€", columns=["V14"])
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'V14'
    """
    _validate.integer(len(series), "the number of readings", low=1, high=len(_SERIES))
    _validate.integer(len(columns), "the number of columns", low=1)
    figure, axes = plt.subplots(figsize=(5.0, 1.5 + len(columns) * (0.2 + 0.14 * len(series))))
    axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for number, (name, intervals) in enumerate(series.items()):
        colour, marker, _ = _SERIES[number]
        rows = np.arange(len(columns)) + 0.26 * (number - (len(series) - 1) / 2)
        drawn = [intervals[column] for column in columns]
        low, high = [each.low for each in drawn], [each.high for each in drawn]
        axes.hlines(rows, low, high, color=colour, lw=3, alpha=0.5)
        axes.plot([each.estimate for each in drawn], rows, marker, color=colour, ms=5.5, label=name)
    axes.set(title=title, xlabel=unit)
    _name_rows(axes, columns)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series))
    return figure


def waterfall(steps: pd.DataFrame, *, base: float, title: str, unit: str) -> Figure:
    """Draw how a row's score comes about, from the base to the score.

    Parameters
    ----------
    steps : DataFrame
        `prerelease.explain.Attribution.waterfall`: index the column; ``value``,
        ``contribution``, ``reached``.
    base : float
        Where it begins.
    title : str
        The question that the figure answers.
    unit : str
        Of the score.

    Returns
    -------
    matplotlib.figure.Figure
        Orange bars towards fraud, blue ones away from it.

    Examples
    --------
    >>> steps = pd.DataFrame({"value": [-8.0], "contribution": [4.0], "reached": [-5.0]}, ["V14"])
    >>> figure = waterfall(steps, base=-9.0, title="Why?", unit="log-odds")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['base', 'V14 = −8', 'score']
    """
    figure, axes = plt.subplots(figsize=(5.0, 1.4 + 0.34 * (len(steps) + 2)))
    before = np.array([base, *steps["reached"].iloc[:-1]])
    score = float(steps["reached"].iloc[-1])
    for row, (start, step) in enumerate(zip(before, steps["contribution"], strict=True), start=1):
        colour = COLOURS["orange"] if step > 0 else COLOURS["blue"]
        axes.barh(row, step, left=start, height=0.62, color=colour)
        axes.annotate(
            _signed(step),
            (max(start, start + step), row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
        axes.plot([start + step] * 2, [row - 0.31, row + 1.31], color=INK["light"], lw=0.7)
    for row, place in ((0, base), (len(steps) + 1, score)):
        axes.plot(place, row, "D", color=INK["light"], ms=6)
        axes.annotate(
            f"{place:.2f}".replace("-", "−"),
            (place, row),
            (7, 0),
            textcoords="offset points",
            va="center",
        )
    names = ["base", *(_named(name, value) for name, value in steps["value"].items()), "score"]
    axes.set(title=title, xlabel=unit)
    _name_rows(axes, names)
    axes.use_sticky_edges = False  # bars would hold the margin back
    axes.margins(x=0.14)
    return figure


def dose_response(found: pd.DataFrame, worth: pd.DataFrame, *, chance: float, title: str) -> Figure:
    """Draw how often methods find a leak, and what it does to the score, against its strength.

    Parameters
    ----------
    found : DataFrame
        Columns ``strength``, ``method``, ``estimate``, ``low``, ``high``: shares from 0 to 1.
    worth : DataFrame
        Index: strength; columns ``estimate``, ``low``, ``high`` of the average precision gained.
    chance : float
        Share of findings where there is no leak.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Findings above, gain below.

    Raises
    ------
    ValueError
        If there are more methods than colours.

    Examples
    --------
    >>> found = pd.DataFrame({"strength": [0.0], "method": ["gain"], "estimate": [0.1],
    ...                       "low": [0.0], "high": [0.4]})
    >>> worth = pd.DataFrame({"estimate": [0.0], "low": [0.0], "high": [0.0]}, index=[0.0])
    >>> len(dose_response(found, worth, chance=0.1, title="When is it found?").axes)
    2
    """
    methods = list(dict.fromkeys(found["method"]))
    _validate.integer(len(methods), "the number of methods", low=1, high=len(_SERIES))
    figure, (above, below) = plt.subplots(
        2, 1, sharex=True, figsize=(5.0, 5.4), height_ratios=(3, 2)
    )
    places = {strength: place for place, strength in enumerate(sorted(set(found["strength"])))}
    for number, (method, (colour, marker, line)) in enumerate(zip(methods, _SERIES, strict=False)):
        part = found[found["method"] == method]
        x = part["strength"].map(places) + 0.09 * (number - (len(methods) - 1) / 2)
        above.vlines(x, part["low"], part["high"], color=colour, lw=2, alpha=0.4)
        above.plot(x, part["estimate"], color=colour, marker=marker, ls=line, ms=5, label=method)
    above.axhline(chance, color=INK["light"], lw=1, ls=(0, (2, 3)))
    above.set(title=title, ylim=(-0.04, 1.04), ylabel="share of plantings found")
    above.annotate(
        "by chance", (0.99, chance), xycoords=("axes fraction", "data"), xytext=(0, 3),
        textcoords="offset points", ha="right", fontsize="small",
    )  # fmt: skip
    handles, labels = above.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(methods))
    x = np.array([places[strength] for strength in worth.index])
    below.vlines(x, worth["low"], worth["high"], color=COLOURS["grey"], lw=3, alpha=0.6)
    below.plot(x, worth["estimate"], "o-", color=COLOURS["grey"])
    below.axhline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    below.set(ylabel="average precision\ngained by the leak")
    below.set_xlabel("strength of the leak (standard deviations)")
    below.set_xticks(list(places.values()), [f"{strength:g}" for strength in places])
    return figure


def beeswarm(
    contributions: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    columns: Sequence[str],
    title: str,
    unit: str,
) -> Figure:
    """Draw every row's contribution of some columns, coloured by the rank of the input.

    Parameters
    ----------
    contributions, inputs : DataFrame, shape (n, features)
        SHAP values and the rows they are of.
    columns : sequence of str
        Columns to draw, from the top.
    title : str
        The question that the figure answers.
    unit : str
        Of the contributions.

    Returns
    -------
    matplotlib.figure.Figure
        Blue: the column is low in this row; orange: it is high, among the rows drawn.

    Raises
    ------
    ValueError
        If the two do not have the same rows, or there is nothing to draw.

    Examples
    --------
    >>> rows = pd.DataFrame({"V14": [-8.0, 0.1]})
    >>> figure = beeswarm(rows, rows, columns=["V14"], title="Which way?", unit="log-odds")
    >>> len(figure.axes[0].collections[0].get_offsets())
    2
    """
    _validate.same_length(contributions=contributions, inputs=inputs)
    _validate.integer(len(columns), "the number of columns", low=1)
    figure, axes = plt.subplots(figsize=(5.0, 1.4 + 0.42 * len(columns)))
    rng = np.random.default_rng(0)
    axes.axvline(0, color=INK["light"], lw=1)
    for row, column in enumerate(columns):
        height = row + rng.uniform(-0.3, 0.3, len(inputs))
        rank = inputs[column].rank(pct=True)
        drawn = axes.scatter(
            contributions[column], height, c=rank, cmap=_LOW_TO_HIGH, s=5, lw=0, vmin=0, vmax=1
        )
        drawn.set_rasterized(True)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, aspect=28, pad=0.02)
    bar.set_ticks([0, 1], labels=["low", "high"])
    bar.set_label("value of the column")
    bar.outline.set_visible(False)
    axes.set(title=title, xlabel=unit)
    _name_rows(axes, columns)
    return figure


def stairs(
    minutes: ArrayLike, values: pd.DataFrame, *, title: str, others: Mapping[str, float]
) -> Figure:
    """Draw how some columns go from one payment of a series to the next.

    Parameters
    ----------
    minutes : array-like, shape (n,)
        Since the first of the series.
    values : DataFrame, shape (n, columns)
        At most five columns.
    title : str
        The question that the figure answers.
    others : mapping of str to float
        The median of each column among honest payments, for comparison.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more columns than colours, or lengths differ.

    Examples
    --------
    >>> values = pd.DataFrame({"V14": [-9.0, -8.5]})
    >>> stairs([0, 1], values, title="How?", others={"V14": 0.0}).axes[0].get_xlabel()
    'minutes since the first payment of the series'
    """
    times = _validate.vector(minutes, "minutes")
    _validate.same_length(minutes=times, values=values)
    _validate.integer(values.shape[1], "the number of columns", low=1, high=len(_SERIES))
    figure, axes = plt.subplots(figsize=(5.0, 3.6))
    for column, (colour, marker, line) in zip(values, _SERIES, strict=False):
        axes.plot(times, values[column], color=colour, marker=marker, ls=line, ms=4, lw=1)
        axes.axhline(others[column], color=colour, lw=0.8, ls=(0, (1, 3)))
        axes.annotate(
            column,
            (times[-1], values[column].iloc[-1]),
            (7, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set(title=title, xlabel="minutes since the first payment of the series")
    axes.set_ylabel("value (no unit);\ndotted: median of honest payments")
    axes.margins(x=0.09)
    return figure


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _two_digits(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _named(name: str, value: float) -> str:
    if np.isnan(value):
        return name
    return f"{name} = {value:,.4g}".replace("-", "−")
