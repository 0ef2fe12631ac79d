# %% [markdown]
# # Signs of ignorance
#
# [Chapter 04](04_uncertainty) puts a price on doubt. Many other signs of doubt are for sale: disagreeing copies, strange payments. Does any of them find errors that the probability does not? You need the decision by amount of chapter 01.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from scipy.special import entr, logit
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.covariance import EmpiricalCovariance
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

# %% tags=["hide-input"]
from casebook import conventions, data, doubts, evidence, mode, models, split
from casebook.page import in_short, percent
from prerelease import costs, intervals
from prerelease import uncertainty as doubt
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
learn, night = doubts.stretches(train)
features = [*models.INPUTS]
model = clone(models.chosen()).fit(learn[features], learn["Class"])
later = pd.concat([night, valid])
p = model.predict_proba(later[features])[:, 1]
fraud, amount, time = (later[name].to_numpy() for name in ("Class", "Amount", "Time"))
COSTS = costs.CostModel()
FORESTS = 2 if mode.is_quick() else 10
SIZE, DRAWS = (2, 2) if mode.is_quick() else (5, 3)

# %% [markdown]
# ## Which doubt is worth a look?
#
# A policy needs prices. Without them one can still ask: if the payments with most doubt are handed over first, how fast do the losses among the others fall? That is the {term}`risk–coverage curve` {cite:p}`geifman2017`; its area (smaller is better) sums it up {cite:p}`geifman2019`.
#
# We compare three kinds of doubt about the same decisions, two ways by amount:
#
# - of the label: one minus the largest probability;
# - of the decision, in euros: what it is expected to cost;
# - how strange a payment is to an isolation forest {cite:p}`liu2008` that knows the first day. A forest is drawn at random, so there are several.

# %%
by_amount = costs.bayes_block(p, amount, costs=COSTS)
known, new = learn[features].to_numpy(), later[features].to_numpy()
odd = [-IsolationForest(random_state=seed).fit(known).score_samples(new) for seed in range(FORESTS)]
doubts_of = {
    "label in doubt": 1 - np.maximum(p, 1 - p),
    "euros in doubt": costs.expected_cost(p, by_amount, amount, costs=COSTS),
    "strange payment": odd[0],
}

# %% tags=["remove-cell"]
wrong = by_amount != (fraud == 1)
missed = (fraud == 1) & ~by_amount
areas = {
    name: intervals.bootstrap(doubt.AreaUnderRiskCoverage(), wrong, of, **conventions.drawn(time))
    for name, of in doubts_of.items()
}
row_loss = np.where(missed, COSTS.accept_cost(fraud == 1, amount), 0.0)

# %% tags=["remove-cell"]
euros_lost = {name: doubt.risk_coverage(row_loss, of) for name, of in doubts_of.items()}


def left(of, share):
    """Euros lost in each row when the share of rows with most doubt is handed over."""
    decided = np.argsort(np.argsort(of, kind="stable")) < round((1 - share) * len(of))
    return np.where(decided, row_loss, 0.0)


label_left, euros_left = (left(doubts_of[f"{one} in doubt"], 0.01) for one in ("label", "euros"))
gain = doubts.total(label_left - euros_left, time, asked=2, n_resamples=2000)
area_gap = intervals.bootstrap_difference(
    doubt.AreaUnderRiskCoverage(),
    wrong,
    doubts_of["euros in doubt"],
    doubts_of["label in doubt"],
    **conventions.drawn(time, asked=2),
)
area_word = intervals.verdict(area_gap, asked=2, above="worse", below="better")
euro_word = intervals.verdict(gain, asked=2, above="better", below="worse")

so_area, so_euros = (
    "may be better or worse: the difference could be luck, since its interval holds zero"
    if word == intervals.UNTOLD
    else f"is {word}, by more than luck"
    for word in (area_word, euro_word)
)

# %% tags=["remove-cell"]
all_lost = row_loss.sum()
share_right = percent(1 - wrong.mean(), 3)
per_mille, per_cent = (
    {name: left(of, share).sum() for name, of in doubts_of.items()} for share in (0.001, 0.01)
)
curves = pd.concat(euros_lost, names=["", "level"]).reset_index().query("coverage < 1")
curves_alt = (
    f"Euros of missed frauds among the payments that nobody looks at, {all_lost:,.0f} at first, against the share "
    "looked at, on a logarithmic axis. At one in a hundred: "
    + "; ".join(f"{name} {value:,.0f}" for name, value in per_cent.items())
    + "."
)

# %% tags=["remove-input"]
figure, axes = plt.subplots()
sns.lineplot(
    x=1 - curves["coverage"], y=curves["lost"], hue=curves[""], style=curves[""],
    drawstyle="steps-pre", estimator=None, sort=False, ax=axes,
)  # fmt: skip
axes.set(title="What is still lost when a person looks at some?", xscale="log", ylim=(0, None))
axes.set(xlabel="share of payments that a person looks at")
axes.set_ylabel("euros of missed frauds among the rest")
axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:,.6g}%")
axes.yaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(axes, "lower left", title=None)
show(figure, alt=curves_alt)

# %% tags=["remove-cell"]
rows = {
    name: {
        "area, errors (per million)": f"{1e6 * area.estimate:.1f} [{1e6 * area.low:.1f}, {1e6 * area.high:.1f}]",
        "missed frauds left (€), 0.1 % handed over": f"{per_mille[name]:,.0f}",
        "missed frauds left (€), 1 %": f"{per_cent[name]:,.0f}",
    }
    for name, area in areas.items()
}
other_seeds = [
    [1e6 * intervals.value(doubt.AreaUnderRiskCoverage(), wrong, one) for one in odd],
    *([left(one, share).sum() for one in odd] for share in (0.001, 0.01)),
]
rows[f"strange payment, {len(odd)} forests"] = {
    column: f"{min(found):,.0f} to {max(found):,.0f}"
    for column, found in zip(rows["label in doubt"], other_seeds, strict=True)
}

# %% tags=["remove-input"]
pd.DataFrame(rows).T

# %% [markdown]
# All areas are tiny, since {eval}`share_right` of all decisions are right: an area near 0 says as little as “confident” does. What tells is the comparison of doubt in euros with doubt about the label.
#
# - Where every error counts alike, it {eval}`so_area`: its area changes by {eval}`f"{1e6 * area_gap.estimate:+.1f} [{1e6 * area_gap.low:+.1f}, {1e6 * area_gap.high:+.1f}]"` per million.
# - Where euros count, and one payment in a hundred is handed over, it {eval}`so_euros`. What it leaves, of {eval}`f"{all_lost:,.0f}"` € of missed frauds, is smaller by {eval}`f"{gain:,.0f}"` €.
#
# So first say what an error costs, then ask which doubt is better.

# %% [markdown]
# ## Does it know when it does not know?
#
# Two more signals are popular. {term}`Epistemic uncertainty`: train copies of the model; where they disagree, the rows did not teach enough. Neural networks differ by their random start {cite:p}`lakshminarayanan2017`; our model draws nothing, so each copy sees other rows and columns for each tree. And *out of distribution*: where a payment is unlike all that was seen, be careful. Signals that are drawn at random are drawn several times.

# %%
stirred = {"subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8}
copies = []
for seed in tqdm(range(SIZE * DRAWS), desc="seeds"):
    copy = models.chosen(seed=seed, **stirred).fit(learn[features], learn["Class"])
    copies.append(copy.predict_proba(later[features])[:, 1])
ensembles = [np.array(copies[n::DRAWS]) for n in range(DRAWS)]


def information(ensemble):
    """What knowing which model is right would tell: doubt of the mean less the mean doubt."""
    of_mean, of_each = (entr(q) + entr(1 - q) for q in (ensemble.mean(axis=0), ensemble))
    return np.maximum(of_mean - of_each.mean(axis=0), 0)


# %% tags=["remove-cell"]
far = np.sqrt(EmpiricalCovariance().fit(known).mahalanobis(new))
signals = {
    "seeds disagree (log-odds)": [np.std(logit(one), axis=0, ddof=1) for one in ensembles],
    "seeds disagree (information)": [np.log(information(one) + 1e-9) for one in ensembles],
    "strange to a forest": odd,
    "far from the mean": [np.log(far)],
}

# %% [markdown]
# The yardstick is the model's own probability that its decision is wrong. Each signal is added to it by a small logistic regression. On three stretches of time it learns to tell wrong decisions from right ones, and on the fourth it is judged. A signal that knows something new must find more of the errors, by {term}`average precision`, or bring the area under the risk–coverage curve down. Intervals allow for the seed of a signal, and hold for all eight comparisons together.

# %%
by_own = logit(np.clip(np.where(by_amount, 1 - p, p), 1e-9, 1 - 1e-9))
quarters = np.linspace(time[0], time[-1], 5)[1:-1]
stretch = np.searchsorted(quarters, time, side="right")
learner = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def error_risk(*columns):
    """Probability of a wrong decision, learned on all other stretches of time."""
    how = {"groups": stretch, "cv": LeaveOneGroupOut(), "method": "predict_proba"}
    return cross_val_predict(learner, np.column_stack(columns), wrong, **how)[:, 1]


# %% tags=["remove-cell"]
alone = error_risk(by_own)
added = {name: [error_risk(by_own, one) for one in drawn] for name, drawn in signals.items()}
measures = {
    "precision": intervals.AveragePrecision(),
    "area": doubt.AreaUnderRiskCoverage(),
}


def news_from(metric, risks):
    """Return how much higher a metric is with a signal than without, over rows and seeds."""
    how = conventions.drawn(time, asked=len(added) * len(measures))
    level = how.pop("level")
    del how["method"]
    # One score at a time: the blocks are those of one seed, and few cells are quickly counted.
    *draws, base = (intervals.replicates(metric, wrong, [one], **how)[0] for one in (*risks, alone))
    *found, plain = (intervals.value(metric, wrong, one) for one in (*risks, alone))
    told = {"method": "time-block percentile over rows and seeds", "n": len(wrong)}
    told["n_positive"] = int(wrong.sum())
    return intervals.from_draws(np.mean(found) - plain, np.array(draws) - base, level=level, **told)


# %% tags=["remove-cell"]
news = {
    (name, measure): news_from(metric, drawn)
    for name, drawn in added.items()
    for measure, metric in measures.items()
}
own_name = "the model's own probability"
by_itself = {
    name: [intervals.value(intervals.AveragePrecision(), wrong, one) for one in drawn]
    for name, drawn in {own_name: [by_own], **signals}.items()
}

# %% tags=["remove-cell"]
adds = {name: news[name, "precision"] for name in signals}
says = {
    (name, measure): intervals.verdict(
        gained,
        asked=len(news),
        above="helps" if measure == "precision" else "harms",
        below="harms" if measure == "precision" else "helps",
    )
    for (name, measure), gained in news.items()
}
helpful = sorted({name for (name, _), word in says.items() if word == "helps"})
alike = spearmanr(signals["seeds disagree (information)"][0], -np.abs(by_own)).statistic

# %% tags=["remove-cell"]
adds_alt = (
    "Gain in average precision of errors when a signal is added to the probability: "
    + "; ".join(f"{name} {gained:+.3f}" for name, gained in adds.items())
    + "."
)


def draw_adds():
    """Draw what each signal adds."""
    return forest(
        adds,
        title="Does a signal add to what the probability says?",
        unit="average precision of errors, gained",
        reference=0,
        spec="+.3f",
    )


# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "finds errors alone (average precision)": f"{np.mean(found):.3f}",
            "… over seeds": f"{min(found):.3f} to {max(found):.3f}" if len(found) > 1 else "–",
            "changes the area (per million)": "–"
            if name not in signals
            else "{:+.1f} [{:+.1f}, {:+.1f}]".format(
                *(1e6 * getattr(news[name, "area"], end) for end in ("estimate", "low", "high"))
            ),
        }
        for name, found in by_itself.items()
    }
).T

# %% tags=["remove-cell"]
best_other = max(np.mean(by_itself[name]) for name in signals)
so_added = (
    f"By more than luck, {len(helpful)} of {len(signals)} signals help when added to the probability ({', '.join(helpful)})."
    if helpful
    else f"None of the {len(signals)} signals is shown to help when it is added to the probability (the picture in the box “In short”)."
)
so_helpful = (
    "A signal that adds nothing is no reason for a look, however wise it sounds. What it would find under a new kind of fraud, these rows cannot say."
    if not helpful
    else "Worth a place in the queue of the desk, once it has been seen to hold on other days."
)

# %% [markdown]
# {eval}`so_added` There are {eval}`int(wrong.sum())` wrong decisions among {eval}`f"{len(wrong):,}"`. Alone, the model's own probability finds them with an average precision of {eval}`f"{by_itself[own_name][0]:.3f}"`, the best other signal with {eval}`f"{best_other:.3f}"`.
#
# How much the seeds disagree goes with how unsure the model is of its decision: rank correlation {eval}`f"{alike:.2f}"`. {eval}`so_helpful`


# %% tags=["remove-cell"]
def note(claim, found, unit):
    """Record one result of this page."""
    doubts.note(
        claim,
        found,
        split="development",
        n=len(later),
        unit=unit,
        model="",
        chapter="04d",
        data_digest=payments.attrs["sha256"],
    )


UNITS = {"precision": "average precision", "area": "errors per payment"}
for (name, measure), gained in news.items():
    note(f"{measure} of errors gained: {name}", gained, UNITS[measure])
note(
    "area under the risk-coverage curve, doubt in euros against doubt about the label",
    area_gap,
    UNITS["area"],
)

# %% tags=["remove-cell"]
concluded = {
    "doubt in euros against doubt about the label, by errors": area_word,
    "doubt in euros against doubt about the label, by euros": euro_word,
    "signals that add to the probability": ", ".join(helpful) or "none",
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04d")

# %% tags=["remove-cell"]
small = draw_adds()
small.set_size_inches(3.4, 2.8)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Does the model know when it does not know?",
    answer=f"**{len(helpful) or 'None'} of {len(signals)} signals is shown to add to the model's own probability.** That finds errors with an average precision of {by_itself[own_name][0]:.2f}, the best other signal with {best_other:.2f}.",
    decision="Rank looks by the euros in doubt. Buy no other sign of doubt before it has found errors that the probability does not.",
    figure=show(small, alt=adds_alt),
)

# %% [markdown]
# Back to [when the model should not decide](04_uncertainty).
#
# ## Further reading
#
# - {cite:t}`geifman2017` and {cite:t}`geifman2019`: risk and coverage of a model that may abstain, and the area under that curve.
# - {cite:t}`lakshminarayanan2017`: disagreeing copies, where they came from.
