"""Figures of searches and of what a TabNet looks at."""

from collections.abc import Collection, Mapping
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import ticker
from matplotlib.figure import Figure
from numpy.typing import NDArray

from prerelease.plots._style import COLOURS, INK

_MARKS = (("blue", "o", "-"), ("green", "s", "--"), ("purple", "^", ":"), ("orange", "D", "-."))


def history(trials: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw what each trial reached, and the best so far, against the seconds spent.

    Parameters
    ----------
    trials : mapping of str to pandas.DataFrame
        Family and its trials, as `prerelease.search.summary` has them.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each trial that was carried through; those cut short stand on the axis.

    Examples
    --------
    >>> table = pd.DataFrame({"savings": [0.5, 0.6], "complete": True, "seconds": 1.0})
    >>> history({"one": table}, title="Who gets there?").axes[0].get_xlabel()
    'seconds of computing, on one core (ticks: trials cut short)'
    """
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    for (name, table), (colour, marker, line) in zip(trials.items(), cycle(_MARKS), strict=False):
        spent, whole = table["seconds"].cumsum(), table["complete"].astype(bool)
        reached = table["savings"].where(whole)
        axes.plot(spent, reached.cummax().ffill(), ls=line, color=COLOURS[colour], label=name)
        axes.plot(spent, reached, marker, color=COLOURS[colour], ms=4, alpha=0.6)
        cut = spent[~whole]
        axes.plot(
            cut, np.full(len(cut), 0.015), "|", color=COLOURS[colour], ms=8,
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    axes.set(title=title, xlabel="seconds of computing, on one core (ticks: trials cut short)")
    axes.set(ylabel="savings on later stretches\nof training (1: oracle)")
    # A trial that loses money is not worth a scale: those below stand outside.
    axes.set_ylim(bottom=max(axes.get_ylim()[0], -0.05))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def importance(shares: Mapping[str, pd.Series], *, title: str) -> Figure:
    """Draw how much of the spread between trials each setting accounts for.

    Parameters
    ----------
    shares : mapping of str to pandas.Series
        Family and the share of each setting, from `prerelease.search.importances`; families
        without any are left out.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for each family.

    Raises
    ------
    ValueError
        If no family has shares.

    Examples
    --------
    >>> figure = importance({"one": pd.Series({"C": 1.0})}, title="What matters?")
    >>> len(figure.axes)
    1
    """
    known = {name: share for name, share in shares.items() if len(share)}
    if not known:
        msg = f"shares must hold those of at least one family, got none for {sorted(shares)}."
        raise ValueError(msg)
    rows = [len(share) for share in known.values()]
    figure, panels = plt.subplots(
        len(known), 1, sharex=True, squeeze=False, height_ratios=rows,
        figsize=(5.0, 1.1 + 0.28 * sum(rows) + 0.45 * len(rows)),
    )  # fmt: skip
    for axes, (name, share) in zip(panels[:, 0], known.items(), strict=True):
        axes.barh(list(share.index), share.to_numpy(), color=COLOURS["blue"], height=0.6)
        axes.invert_yaxis()
        axes.set_title(name, fontsize=9, fontweight="normal", loc="left")
        axes.grid(visible=False, axis="y")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=10.5)
    panels[-1, 0].set_xlabel("share of the spread in savings")
    return figure


def parallel_coordinates(
    trials: pd.DataFrame, *, log: Collection[str] = (), title: str, names: Mapping[str, str]
) -> Figure:
    """Draw each complete trial as a line through its settings, the best ones in colour.

    Parameters
    ----------
    trials : pandas.DataFrame
        As `prerelease.search.summary` has them.
    log : collection of str, optional
        Settings whose axis is logarithmic.
    title : str
        The question that the figure answers.
    names : mapping of str to str
        Settings to be drawn, in order, and how they are written.

    Returns
    -------
    matplotlib.figure.Figure
        The last axis is savings; the best quarter of the trials is orange.

    Raises
    ------
    ValueError
        If no trial is complete.

    Examples
    --------
    >>> table = pd.DataFrame({"savings": [0.5, 0.6], "complete": True, "C": [1.0, 2.0]})
    >>> figure = parallel_coordinates(table, title="Where are the good?", names={"C": "C"})
    >>> len(figure.axes[0].lines)
    2
    """
    whole = trials[trials["complete"].astype(bool)].sort_values("savings")
    if whole.empty:
        msg = f"trials must hold a complete one, got none among {len(trials)}."
        raise ValueError(msg)
    columns = {**names, "savings": "savings"}
    figure, axes = plt.subplots(figsize=(6.2, 3.4))
    ends, heights = [], []
    for name in columns:
        values = whole[name].to_numpy(float)
        values = np.log(values) if name in log else values
        low, high = values.min(), values.max()
        heights.append((values - low) / (high - low) if high > low else np.full(len(values), 0.5))
        ends.append((whole[name].min(), whole[name].max()))
    best = len(whole) - max(1, len(whole) // 4)
    for number, line in enumerate(np.transpose(heights)):
        good = number >= best
        style = {"color": COLOURS["orange"], "lw": 2.0} if good else {"color": COLOURS["grey"]}
        axes.plot(line, **{"lw": 0.9, "alpha": 0.8, **style}, zorder=3 if good else 2)
    for place, (low, high) in enumerate(ends):
        axes.vlines(place, 0, 1, color=INK["light"], lw=0.8)
        axes.text(place, -0.04, f"{low:.3g}", ha="center", va="top", fontsize=8)
        axes.text(place, 1.04, f"{high:.3g}", ha="center", va="bottom", fontsize=8)
    axes.set(ylim=(-0.14, 1.16), yticks=[], title=title)
    axes.set_xticks(range(len(columns)), list(columns.values()), fontsize=8)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("a line is a trial; orange: the best quarter")
    return figure


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
