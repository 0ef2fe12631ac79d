"""When retraining pays: by its price, the delay of labels and the size of the bank."""

from itertools import pairwise

import altair
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, INK, subplots

QUESTION = "When does retraining pay?"
PRICE, DELAY = 0, 1
WHEN = {0: "labels at once", 1: "after a day", 7: "after a week"}


def retraining_pays(saved: pd.DataFrame, payments_a_day: float) -> Playable:
    """Return what each policy saves a day against never, at a reader's price, delay and size.

    Parameters
    ----------
    saved : pandas.DataFrame
        From `casebook.retraining.summary`, at several prices from 0 on, with 0 and more delays.
    payments_a_day : float
        Of the streams; a bank of another size saves as many times as much.

    Returns
    -------
    Playable
        Between two prices what is saved is a straight line, and so nearly are its ends.

    Examples
    --------
    >>> from prerelease.intervals import Interval
    >>> rows = [(delay, price, "weekly", Interval(9 - price, 8 - price, 10 - price, 0.95, "", 9))
    ...         for delay in (0, 1, 7) for price in (0, 100)]
    >>> columns = ["delay", "retraining_cost", "policy", "saved"]
    >>> shown = retraining_pays(pd.DataFrame(rows, columns=columns), 40_000)
    >>> [one["name"] for one in shown.spec["params"]]
    ['price', 'size', 'delay']
    """
    choice = altair.binding_select(options=[*WHEN], labels=[*WHEN.values()], name="Labels come")
    top = float(saved["retraining_cost"].max())
    knobs = (
        slider("price", "A retraining costs (€)", PRICE, (0, top, 10)),
        slider("size", f"Your bank: times {payments_a_day:,.0f} payments a day", 1, (1, 20, 1)),
        altair.param(name="delay", value=DELAY, bind=choice),
    )
    parts = segments(saved)
    values = altair.Data(values=parts.round(3).to_dict("records"))
    along = "(price / size - datum.from) / (datum.to - datum.from)"
    base = (
        altair.Chart(values)
        .transform_filter("datum.delay == delay && price / size >= datum.from")
        .transform_filter("price / size < datum.to || price / size == datum.to")
        .transform_calculate(
            **{
                end: f"size * (datum.{end}_0 + {along} * (datum.{end}_1 - datum.{end}_0))"
                for end in ("saved", "low", "high")
            }
        )
        .transform_aggregate(
            saved="max(saved)", low="max(low)", high="max(high)", groupby=["policy"]
        )
    )
    order = list(dict.fromkeys(parts["policy"]))
    y = altair.Y("policy:N", sort=order, title=None)
    x = altair.X("low:Q", title="euros a day saved, against never")
    told = "format(datum.saved, ',.0f') + ' €'"
    chart = altair.layer(
        base.mark_rule(strokeWidth=5, opacity=0.45, color=COLOURS["blue"]).encode(
            x=x, x2="high:Q", y=y
        ),
        base.mark_point(filled=True, size=90, color=COLOURS["blue"]).encode(x="saved:Q", y=y),
        base.transform_calculate(told=told)
        .mark_text(dy=-13)
        .encode(x="saved:Q", y=y, text="told:N"),
        altair.Chart(altair.Data(values=[{"zero": 0}]))
        .mark_rule(strokeDash=[4, 3])
        .encode(x="zero:Q"),
    )
    now = at(parts, PRICE, DELAY)
    alt = (
        f"Euros a day that each policy saves against never, at {PRICE} euros a retraining and "
        "labels after a day: "
        + "; ".join(f"{name} {row.saved:,.0f}" for name, row in now.iterrows())
        + "."
    )
    chart = chart.add_params(*knobs).properties(height=44 * len(order) + 20, title=QUESTION)
    return play(chart, _picture(now), alt=alt)


def segments(saved: pd.DataFrame) -> pd.DataFrame:
    """Return each piece of price of each policy, with what is saved at both of its ends."""
    rows = []
    for (delay, policy), part in saved.groupby(["delay", "policy"], sort=False):
        ordered = part.sort_values("retraining_cost")
        for (_, one), (_, other) in pairwise(ordered.iterrows()):
            row = {"delay": float(delay), "policy": policy}
            row |= {"from": float(one["retraining_cost"]), "to": float(other["retraining_cost"])}
            for number, each in enumerate((one["saved"], other["saved"])):
                ends = {"saved": each.estimate, "low": each.low, "high": each.high}
                row |= {f"{end}_{number}": float(value) for end, value in ends.items()}
            rows.append(row)
    return pd.DataFrame(rows)


def at(parts: pd.DataFrame, price: float, delay: float, size: float = 1) -> pd.DataFrame:
    """Return what each policy saves, as the chart computes it."""
    per = price / size
    here = parts[(parts["delay"] == delay) & (parts["from"] <= per) & (per <= parts["to"])]
    along = (per - here["from"]) / (here["to"] - here["from"])
    found = pd.DataFrame({"policy": here["policy"]})
    for end in ("saved", "low", "high"):
        found[end] = size * (here[f"{end}_0"] + along * (here[f"{end}_1"] - here[f"{end}_0"]))
    return found.groupby("policy", sort=False).max()


def _picture(now: pd.DataFrame) -> Figure:
    figure, axes = subplots(figsize=(5.0, 0.9 + 0.5 * len(now)))
    rows = np.arange(len(now))
    axes.hlines(rows, now["low"], now["high"], color=COLOURS["blue"], lw=4, alpha=0.45)
    axes.plot(now["saved"], rows, "o", color=COLOURS["blue"], ms=7)
    axes.axvline(0, color=INK["light"], lw=1, ls="--")
    axes.set_yticks(rows, now.index)
    axes.invert_yaxis()
    axes.set(title=f"{QUESTION} At {PRICE} € each, labels after a day")
    axes.set_xlabel("euros a day saved against never retraining")
    return figure
