"""Figures of searches and of what a TabNet looks at."""

from collections.abc import Collection, Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from prerelease.plots._style import COLOURS

_MARKS = (("blue", "o", "-"), ("green", "s", "--"), ("purple", "^", ":"), ("orange", "D", "-."))


def history(trials: Mapping[str, Sequence[pd.DataFrame]], *, title: str) -> Figure:
    """Draw what each trial reached, and the best so far, against the seconds spent.

    Parameters
    ----------
    trials : mapping of str to sequence of pandas.DataFrame
        Family and the trials of each of its searches, as `casebook.search.summary` has them.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A line for each search, and a point for each trial that was carried through; those cut
        short stand on the axis.

    Examples
    --------
    >>> table = pd.DataFrame({"savings": [0.5, 0.6], "complete": True, "seconds": 1.0})
    >>> history({"one": [table]}, title="Who gets there?").axes[0].get_xlabel()
    'seconds of computing, on one core (ticks: trials cut short)'
    """
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    for (name, searches), mark in zip(trials.items(), cycle(_MARKS), strict=False):
        for number, table in enumerate(searches):
            _search(axes, table, mark, label="" if number else name)
    axes.set(title=title, xlabel="seconds of computing, on one core (ticks: trials cut short)")
    axes.set(ylabel="savings on later stretches\nof training (1: oracle)")
    # A trial that loses money is not worth a scale: those below stand outside.
    axes.set_ylim(bottom=max(axes.get_ylim()[0], -0.05))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _search(axes: Axes, table: pd.DataFrame, mark: tuple[str, str, str], *, label: str) -> None:
    """Draw one search: the best so far, its trials, and those cut short."""
    colour, marker, line = mark
    spent, whole = table["seconds"].cumsum(), table["complete"].astype(bool)
    reached = table["savings"].where(whole)
    style = {"color": COLOURS[colour]}
    axes.plot(spent, reached.cummax().ffill(), ls=line, lw=1.2, label=label or None, **style)
    axes.plot(spent, reached, marker, ms=4, alpha=0.6, **style)
    cut = spent[~whole]
    axes.plot(
        cut, np.full(len(cut), 0.015), "|", ms=8, transform=axes.get_xaxis_transform(), **style
    )


def epochs(curve: pd.DataFrame, *, best: int, title: str) -> Figure:
    """Draw the loss of a network's training, on the rows learned from and on the last part.

    Parameters
    ----------
    curve : pandas.DataFrame
        Index ``epoch``; columns ``learned`` and ``last_part``, weighted log-loss.
    best : int
        The epoch whose weights were kept.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> table = pd.DataFrame({"learned": [0.2, 0.1], "last_part": [0.2, 0.3]}, index=[1, 2])
    >>> epochs(table, best=1, title="When to stop?").axes[0].get_xlabel()
    'epoch'
    """
    figure, axes = plt.subplots(figsize=(5.0, 3.2))
    series = {"learned": "rows learned from", "last_part": "last part of training"}
    for (column, label), (colour, marker, line) in zip(series.items(), _MARKS, strict=False):
        axes.plot(
            curve.index, 1000 * curve[column], ls=line, marker=marker, ms=4,
            color=COLOURS[colour], label=label,
        )  # fmt: skip
    axes.axvline(best, color=COLOURS["orange"], lw=1.2, ls=(0, (4, 3)))
    axes.set(title=title, xlabel="epoch", ylabel="weighted log-loss\n(thousandths)", yscale="log")
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.legend(loc="upper right")
    return figure


def masks(
    shares: Mapping[str, NDArray[np.float64]], *, features: Collection[str], title: str
) -> Figure:
    """Draw the mean attention of each decision step to each feature, by kind of payment.

    Parameters
    ----------
    shares : mapping of str to ndarray of shape (steps, features)
        Kind of payment and mean masks.
    features : collection of str
        Names of the features.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Brighter is more; one scale for all panels.

    Examples
    --------
    >>> figure = masks({"frauds": np.eye(2)}, features=["V1", "V2"], title="Where does it look?")
    >>> len(figure.axes)
    2
    """
    steps = max(len(part) for part in shares.values())
    figure, panels = plt.subplots(
        len(shares), 1, sharex=True, squeeze=False,
        figsize=(6.2, 1.5 + (0.35 + 0.3 * steps) * len(shares)),
    )  # fmt: skip
    largest = max(part.max() for part in shares.values())
    for axes, (name, part) in zip(panels[:, 0], shares.items(), strict=True):
        image = axes.imshow(part, cmap="cividis", vmin=0, vmax=largest, aspect="auto")
        axes.set_yticks(range(len(part)), [f"step {i + 1}" for i in range(len(part))])
        axes.set_title(name, fontsize=9, fontweight="normal", loc="left")
        axes.grid(visible=False)
        axes.tick_params(length=0)
    panels[-1, 0].set_xticks(range(len(features)), list(features), rotation=90, fontsize=7.5)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=10.5)
    figure.colorbar(image, ax=list(panels[:, 0]), label="share of attention", shrink=0.9)
    return figure
