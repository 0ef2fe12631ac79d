"""What the answers to alarms are worth, at a reader's price of a call and of a training."""

import altair
import pandas as pd
from matplotlib.figure import Figure

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, INK, subplots

QUESTION = "What is an answered alarm worth?"
CALL, TRAINING = 50, 500
NAMES = {"stop": "kill switch", "repair": "repair", "retrain": "retrain", "all": "all three"}


def answers_pay(saved: pd.DataFrame) -> Playable:
    """Return what each answer saved in each run, less what the calls and trainings cost.

    Parameters
    ----------
    saved : pandas.DataFrame
        From `casebook.rehearsal.saved`.

    Examples
    --------
    >>> rows = pd.DataFrame({"seed": [0, 0], "answer": ["stop", "all"], "euros": [900.0, 950.0],
    ...     "calls": [1, 2], "trainings": [0, 1]})
    >>> [one["name"] for one in answers_pay(rows).spec["params"]]
    ['call', 'training']
    """
    knobs = (
        slider("call", "A call costs (€)", CALL, (0, 500, 10)),
        slider("training", "A training and its approval cost (€)", TRAINING, (0, 3000, 50)),
    )
    named = saved.assign(answer=saved["answer"].map(NAMES), run=[f"run {k}" for k in saved["seed"]])
    table = named[["run", "answer", "euros", "calls", "trainings"]].round(2)
    base = altair.Chart(altair.Data(values=table.to_dict("records"))).transform_calculate(
        net="datum.euros - call * datum.calls - training * datum.trainings"
    )
    y = altair.Y("answer:N", sort=[*NAMES.values()], title=None)
    x = altair.X("net:Q", title="euros saved in the run, after costs")
    chart = altair.layer(
        base.mark_point(filled=True, size=90, opacity=0.7, color=COLOURS["blue"]).encode(
            x=x, y=y, tooltip=["run:N", altair.Tooltip("net:Q", format=",.0f")]
        ),
        base.transform_aggregate(net="mean(net)", groupby=["answer"])
        .mark_tick(thickness=3, size=26, color=COLOURS["orange"])
        .encode(x=x, y=y),
        altair.Chart(altair.Data(values=[{"zero": 0}]))
        .mark_rule(strokeDash=[4, 3])
        .encode(x="zero:Q"),
    ).properties(title=QUESTION, height=190)
    net = named["euros"] - CALL * named["calls"] - TRAINING * named["trainings"]
    means = net.groupby(named["answer"]).mean()
    alt = f"With a call at {CALL} € and a training at {TRAINING} €, mean over the runs: " + (
        "; ".join(f"{name} {means[name]:,.0f} €" for name in NAMES.values() if name in means) + "."
    )
    return play(chart.add_params(*knobs), _picture(named.assign(net=net)), alt=alt)


def _picture(table: pd.DataFrame) -> Figure:
    """Draw what the chart shows before anybody turned a knob."""
    figure, axes = subplots(figsize=(5.0, 2.6))
    for place, name in enumerate(NAMES.values()):
        part = table.loc[table["answer"] == name, "net"]
        axes.plot(part, [place] * len(part), "o", color=COLOURS["blue"], alpha=0.7)
        axes.plot([part.mean()], [place], "|", color=COLOURS["orange"], ms=18, mew=3)
    axes.axvline(0, color=INK["light"], lw=1, ls="--")
    axes.set_yticks(range(len(NAMES)), [*NAMES.values()])
    axes.invert_yaxis()
    axes.set(title=QUESTION, xlabel="euros saved in the run, calls and trainings paid")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure
