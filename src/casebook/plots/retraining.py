"""Figures of policies of retraining and of the signals that call for it."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from prerelease import _validate
from prerelease.plots._style import COLOURS, INK

_DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1)))
_EUROS = FuncFormatter(lambda value, _: f"{value:,.0f}")


def saved_so_far(table: pd.DataFrame, *, change: int, title: str) -> Figure:
    """Draw the euros that each policy has saved up to each day.

    Parameters
    ----------
    table : DataFrame
        From `casebook.retraining.saved_so_far`: ``policy``, ``day``, ``saved``, ``low`` and
        ``high``; at most five policies.
    change : int
        Day on which the stream changes.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Days count from the change.

    Raises
    ------
    ValueError
        If there are more policies than colours, or none.

    Examples
    --------
    >>> table = pd.DataFrame({"policy": "weekly", "day": [7, 8], "saved": [0.0, 9.0],
    ...     "low": [0.0, 1.0], "high": [0.0, 17.0]})
    >>> figure = saved_so_far(table, change=8, title="What is saved?")
    >>> figure.axes[0].lines[-1].get_xdata().tolist()
    [-1, 0]
    """
    figure, axes = plt.subplots(figsize=(5.0, 3.8))
    axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for (_, part), look in zip(_by_policy(table), _looks(table), strict=True):
        days = (part["day"] - change).to_numpy()
        axes.fill_between(days, part["low"], part["high"], color=look["color"], alpha=0.15, lw=0)
        axes.plot(days, part["saved"], **look)
    axes.set(title=title, xlabel="days since the change")
    axes.set_ylabel("euros saved so far against never")
    axes.yaxis.set_major_formatter(_EUROS)
    axes.legend(loc="upper left")
    return figure


def saved_by_price(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw what each policy saves at each price of a retraining, a panel for each label delay.

    Parameters
    ----------
    table : DataFrame
        From `casebook.retraining.summary`: ``delay`` (days), ``retraining_cost`` (euros),
        ``policy`` and ``saved`` (an `Interval`, euros a day); at most five policies.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Panels in two columns, on common axes. Lines are the estimates; the interval of each
        policy stands at the left end, where retrainings are free.

    Raises
    ------
    ValueError
        If there are more policies than colours, or none.

    Examples
    --------
    >>> from prerelease.intervals import Interval
    >>> saved = Interval(9.0, 1.0, 17.0, level=0.95, method="", n=8)
    >>> table = pd.DataFrame({"delay": [0.0, 7.0], "retraining_cost": 100.0, "policy": "weekly",
    ...     "saved": [saved, saved]})
    >>> [axes.get_title("left") for axes in saved_by_price(table, title="?").axes]
    ['no delay', '7 days']
    """
    delays = sorted(set(table["delay"]))
    n_rows = -(-len(delays) // 2)
    figure, axes = plt.subplots(
        n_rows, 2, sharex=True, sharey=True, squeeze=False, figsize=(5.0, 1.2 + 2.1 * n_rows)
    )
    looks = _looks(table)
    for delay, panel in zip(delays, axes.flat, strict=False):
        panel.axhline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
        step = table["retraining_cost"].max() / 40
        parts = _by_policy(table[table["delay"] == delay])
        for place, ((_, part), look) in enumerate(zip(parts, looks, strict=True)):
            free = part.sort_values("retraining_cost")["saved"].iloc[0]
            # Beside each other: bands along the lines would lie on top of each other.
            panel.vlines(-step * (place + 1), free.low, free.high, color=look["color"], lw=3)
            panel.plot(part["retraining_cost"], [s.estimate for s in part["saved"]], **look)
        panel.set_title(_days(delay), loc="left", fontsize=9.5, fontweight="normal", pad=4)
        panel.xaxis.set_major_formatter(_EUROS)
    for panel in axes.flat[len(delays) :]:
        panel.remove()
    # Of two panels, or of one that has none below it.
    for panel in axes.flat[max(len(delays) - 2, 0) : len(delays)]:
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("euros for each retraining")
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    figure.supylabel("euros a day saved against never", fontsize=9.5)
    handles, names = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    return figure


def alarmed(
    table: pd.DataFrame, *, kinds: Mapping[str, str], title: str, alpha: float = 0.01
) -> Figure:
    """Draw how often each signal alarms after each kind of change, and how late.

    Parameters
    ----------
    table : DataFrame
        From `casebook.monitoring.performance`.
    kinds : mapping of str to str
        Kinds of change from the top, and their names; ``"none"`` for streams without one.
    title : str
        The question that the figure answers.

    alpha : float, default 0.01
        The median delay is written where the ``p_value`` is at most this.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for each signal; streams without a change in grey.

    Raises
    ------
    ValueError
        If a signal lacks a kind.

    Examples
    --------
    >>> from prerelease.intervals import binomial
    >>> table = pd.DataFrame({"signal": "reports", "shift": ["none", "bug"],
    ...     "alarmed": [binomial(0, 9), binomial(9, 9)], "delay": [None, 1.0],
    ...     "p_value": [1.0, 0.001]})
    >>> kinds = {"bug": "broken input", "none": "no change"}
    >>> figure = alarmed(table, kinds=kinds, title="Who hears it?")
    >>> figure.axes[0].texts[0].get_text()
    'after 1 day'
    """
    signals = list(dict.fromkeys(table["signal"]))
    found = table.set_index(["signal", "shift"])
    missing = [
        (name, kind) for name in signals for kind in kinds if (name, kind) not in found.index
    ]
    if missing:
        msg = f"table must have a row for each signal and kind, {missing[0]} is missing."
        raise ValueError(msg)
    height = 1.0 + len(signals) * (0.45 + 0.3 * len(kinds))
    figure, axes = plt.subplots(len(signals), 1, sharex=True, squeeze=False, figsize=(5.0, height))
    for name, panel in zip(signals, axes.flat, strict=True):
        for row, kind in enumerate(kinds):
            share, delay, p_value = found.loc[(name, kind), ["alarmed", "delay", "p_value"]]
            colour = COLOURS["grey"] if kind == "none" else COLOURS["blue"]
            panel.plot([share.low, share.high], [row, row], color=colour, lw=4, alpha=0.45)
            panel.plot(share.estimate, row, "s" if kind == "none" else "o", color=colour, ms=7)
            words = f"after {_days(delay)}" if p_value <= alpha else ""
            panel.text(1.04, row, words, va="center", fontsize=9)
        panel.set_title(name, loc="left", fontsize=9.5, fontweight="normal", pad=4)
        panel.set_yticks(range(len(kinds)), kinds.values())
        panel.set(ylim=(len(kinds) - 0.5, -0.5), xlim=(-0.02, 1.32))
        panel.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.flat[-1].set_xlabel("share of streams in which it alarms afterwards")
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    return figure


def _days(delay: float) -> str:
    return "no delay" if delay == 0 else f"{delay:g} day" + ("" if delay == 1 else "s")


def _by_policy(table: pd.DataFrame):
    return table.groupby("policy", sort=False)


def _looks(table: pd.DataFrame) -> list[dict]:
    policies = list(dict.fromkeys(table["policy"]))
    _validate.integer(len(policies), "the number of policies", low=1, high=len(COLOURS))
    return [
        {"color": colour, "ls": dash, "label": name}
        for name, colour, dash in zip(policies, COLOURS.values(), _DASHES, strict=False)
    ]
