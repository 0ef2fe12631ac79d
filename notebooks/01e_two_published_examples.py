# %% [markdown]
# # Two published examples, run again
#
# Do others find the same on this data, and does it hold for payments that come later? You need the {term}`cost model` of [the metrics](01_metrics_for_impact); five minutes.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from casebook import data, evidence, impact, mode, plots, published, split
from casebook.page import headed, in_short
from prerelease import costs, intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
limited = threadpool_limits(1)  # where a machine is shared, more threads wait for each other
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## Can their figures be reproduced?
#
# Two well-known examples do cost-sensitive learning on this very data: one in [scikit-learn's gallery](https://scikit-learn.org/1.7/auto_examples/model_selection/plot_cost_sensitive_learning.html), one in [probabl's tutorial](https://github.com/probabl-ai/calibration-cost-sensitive-learning). Their business rules are special cases of our `CostModel`, with other prices.
#
# Both split all rows at random, half and half, with the same seed. Both fit logistic regression with a penalty searched by log-loss, tune one threshold by five-fold cross-validation, and print gains: money earned, not cost. To follow them we need all rows. So the {term}`test rows` are opened, as a demonstration, and the ledger says so. Nothing is chosen by it.

# %%
payments = data.load()
train, valid = split.development(payments)
test = split.open_test(
    payments,
    who="chapter 01e",
    why="To rerun two published examples within their own protocol, a random half of all rows.",
    kind="demonstration",
)
everything = pd.concat([train, valid, test])
learn, held_out = train_test_split(
    everything, test_size=0.5, random_state=42, stratify=everything["Class"].to_numpy()
)

# %%
# Both examples try thirteen; a quick run goes straight to those that a full one takes.
PENALTIES = [[100.0], [10.0]] if mode.is_quick() else [np.logspace(-6, 6, 13)] * 2
examples = [published.SCIKIT_LEARN, published.PROBABL]
replays = Parallel(n_jobs=2, prefer="threads")(
    delayed(published.replay)(learn, held_out, example, penalties=tried)
    for example, tried in zip(examples, PENALTIES, strict=True)
)
again = {example.name: replay for example, replay in zip(examples, replays, strict=True)}

# %% tags=["remove-cell"]
side_by_side = pd.concat(
    {
        e.name: pd.DataFrame(
            {"published": pd.Series(e.gains), "reproduced": again[e.name].gains[[*e.gains]]}
        )
        for e in examples
    },
    names=["example", "rule"],
)
missed_by = (side_by_side["reproduced"] - side_by_side["published"]).round(2)
met = int((missed_by.abs() < 0.01).sum())
found = {name: f"C = {r.penalty:g}, threshold {r.threshold:.3f}" for name, r in again.items()}
searched = "; ".join(f"{name}: {text}" for name, text in found.items())

# %% tags=["remove-input"]
pd.DataFrame(
    {
        "published (€)": side_by_side["published"].map("{:,.2f}".format),
        "here (€)": side_by_side["reproduced"].map("{:,.2f}".format),
        "difference": (missed_by + 0.0).map("{:+,.2f}".format),
    }
)

# %% [markdown]
# **{eval}`met` of {eval}`len(side_by_side)` published figures come out to the cent.** Two details decide that. The copy of the data that scikit-learn's example loads from OpenML lacks `Time`, so its model does not see it; probabl's does. (Searched and tuned: {eval}`searched`.)
#
# ## Do they hold for payments that come later?
#
# Reproduced is not yet true. Two questions the examples leave open: how sure are those euros, and do they hold *later*? We add the interval of each gain, twelve at once. And we run the same code on the book's split: learn and tune on the training rows, decide about the validation rows. The rows of a random half keep their time, so its blocks are drawn as everywhere.

# %%
LATER = [1e-3] if mode.is_quick() else np.logspace(-4, 2, 7)
replays_in_time = Parallel(n_jobs=2, prefer="threads")(
    delayed(published.replay)(train, valid, e, penalties=LATER) for e in examples
)
later = {example.name: replay for example, replay in zip(examples, replays_in_time, strict=True)}


# %% tags=["remove-cell"]
def above(rows, example, replayed, rule, base):
    """Gain of one rule above another, with interval."""
    in_time = np.argsort(rows["Time"].to_numpy(), kind="stable")
    fraud, euros, when = (rows[name].to_numpy()[in_time] for name in ("Class", "Amount", "Time"))
    first, second = (
        costs.row_costs(
            fraud, replayed[example.name].blocks[r][in_time], euros, costs=example.costs
        )
        for r in (base, rule)
    )
    how = impact.jointly(when, 12)
    return intervals.mean_difference(intervals.Total(), fraud, [first], [second], **how)


# %% tags=["remove-cell"]
steps = {
    "0.5 over accept all": ("threshold 0.5", "accept all"),
    "tuned over 0.5": ("tuned threshold", "threshold 0.5"),
    "row thresholds over tuned": ("row thresholds", "tuned threshold"),
}
gained = {
    (example.name, step, cut): above(rows, example, replayed, *pair)
    for example in examples
    for step, pair in steps.items()
    for cut, rows, replayed in (("random", held_out, again), ("in time", valid, later))
}
gains = intervals.verdicts(gained, above="gains", below="loses")
share = {
    e.name: [
        costs.savings(rows["Class"], r.blocks["tuned threshold"], rows["Amount"], costs=e.costs)
        for rows, r in ((held_out, again[e.name]), (valid, later[e.name]))
    ]
    for e in examples
}
spoke_up = [int(r.blocks["threshold 0.5"].sum()) for r in later.values()]

# %% tags=["remove-input"]
pd.DataFrame(
    {
        (example.name, step): {
            column: f"{gained[example.name, step, cut]:,.0f}, {gains[example.name, step, cut]}"
            for column, cut in (("random halves (€)", "random"), ("split in time (€)", "in time"))
        }
        for example in examples
        for step in steps
    }
).T

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {name: {"at random": f"{a:.2f}", "in time": f"{b:.2f}"} for name, (a, b) in share.items()}
    ).T.rename_axis("savings of the tuned rule")
)

# %% [markdown]
# Savings compare periods of different length. In time, at one half, these models raise {eval}`" and ".join(map(str, spoke_up))` alerts for {eval}`int(valid["Class"].sum())` frauds, so tuning has more to mend there.
#
# One thing to be honest about: the random halves hold test rows. So two of these twelve, the row thresholds on random halves, ask the test rows what [the chapter](01_metrics_for_impact) decides about thresholds. That decision was taken from other rows, and these two are no premise of it. But nobody who has read them can call the test rows unseen for that question.
#
# ## What to decide
#
# Take the steps from the examples: prices, probabilities, a tuned threshold. Do not take their last digits, nor a year's profit scaled up from two days.


# %% tags=["remove-cell"]
def both_ways():
    """Draw what the tuned threshold gains, at random and in time."""
    figure, axes = plt.subplots(figsize=(3.3, 3.0))
    cuts = {"random": "random halves", "in time": "split in time"}
    series = {
        label: {e.name: gained[e.name, "tuned over 0.5", cut] for e in examples}
        for cut, label in cuts.items()
    }
    sns.pointplot(
        plots.ends(series), x="value", y="at", hue="series", linestyle="none", dodge=0.3,
        markers=["o", "s"], palette=[COLOURS["orange"], COLOURS["blue"]],
        err_kws={"lw": 3, "alpha": 0.45}, **plots.ENDS, ax=axes,
    )  # fmt: skip
    axes.axvline(0, color=INK["light"], lw=1, ls="--")
    axes.set(title="What does tuning gain?", xlabel="€ more than with one half", ylabel="")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=4)
    sns.move_legend(axes, "upper center", bbox_to_anchor=(0.4, -0.24), title=None, ncols=2)
    return figure


# %% tags=["remove-cell"]
def rough(gap):
    """Write euros and their interval with the two digits that matter."""
    ends = (f"{float(f'{end:.2g}'):,.0f}" for end in (gap.estimate, gap.low, gap.high))
    return "{} € [{}, {}]".format(*ends)


in_time = [gained[e.name, "tuned over 0.5", "in time"] for e in examples]
surely = all(gains[e.name, "tuned over 0.5", "in time"] == "gains" for e in examples)
told_gains = (
    "Both are more than luck, and one finding: they are of the same payments."
    if surely
    else "Not both are more than luck."
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Do published examples of cost-sensitive learning hold up on this data?",
    answer=(
        f"**{met} of {len(side_by_side)} published figures come out to the cent.** Split in time, tuning the threshold still "
        f"gains {rough(in_time[0])} in scikit-learn's example and {rough(in_time[1])} in probabl's. {told_gains}"
    ),
    decision="Take over the steps: prices, probabilities, a tuned threshold. Do not quote the digits, or a year made of two days.",
    figure=show(
        both_ways(),
        alt=(
            "Gain of the tuned threshold over one half with intervals: "
            + "; ".join(
                f"{e.name}, {cut} {gained[e.name, 'tuned over 0.5', cut]:,.0f} €"
                for e in examples
                for cut in ("random", "in time")
            )
            + "."
        ),
    ),
)

# %% tags=["remove-cell"]
file = {"chapter": "01e", "data_digest": payments.attrs["sha256"]}
for (example, step, cut), gap in gained.items():
    of = {"random": ("all", len(held_out)), "in time": ("valid", len(valid))}[cut]
    evidence.record(
        f"gain of {step}, {example}, {cut}", gap.estimate, gap, split=of[0], n=of[1], unit="€",
        how="blocks of ten minutes", **file,
    )  # fmt: skip
evidence.record(
    "published figures reproduced to the cent", met, None, unit=f"of {len(side_by_side)} figures",
    split="all", how="two examples run within their own protocol", n=len(payments), **file,
)  # fmt: skip
for key, word in gains.items():
    evidence.conclude(", ".join(key), word, chapter="01e")
