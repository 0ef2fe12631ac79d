"""Figures of searches and of what a TabNet looks at."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from casebook.plots.leaks import SERIES


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
    for (name, searches), (colour, marker, line) in zip(trials.items(), SERIES, strict=False):
        for number, table in enumerate(searches):
            spent, whole = table["seconds"].cumsum(), table["complete"].astype(bool)
            reached, cut = table["savings"].where(whole), spent[~whole]
            label = None if number else name
            axes.plot(spent, reached.cummax().ffill(), color=colour, ls=line, lw=1.2, label=label)
            axes.plot(spent, reached, marker, color=colour, ms=4, alpha=0.6)
            axes.plot(
                cut, np.full(len(cut), 0.015), "|", color=colour, ms=8,
                transform=axes.get_xaxis_transform(),
            )  # fmt: skip
    axes.set(title=title, xlabel="seconds of computing, on one core (ticks: trials cut short)")
    axes.set(ylabel="savings on later stretches\nof training (1: oracle)")
    # A trial that loses money is not worth a scale: those below stand outside.
    axes.set_ylim(bottom=max(axes.get_ylim()[0], -0.05))
    figure.legend(loc="outside lower center", ncols=2)
    return figure
