# %% [markdown]
# # Model uncertainty: when should it not decide?
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** which payments should the model decide alone, which should a person look at, and what may we guarantee about either?
#
# **Afterwards you can** put a price on a model's doubt; find the misses that hide among confident predictions; certify a recall; make sets and intervals that hold the truth as often as they should; test whether such a guarantee may be carried over to tomorrow; and measure whether a sign of ignorance is worth anything.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, {term}`calibration`, intervals). **Time:** an hour to read, a few minutes to run.
# :::

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from lightgbm import LGBMRegressor
from scipy.special import entr, logit
from scipy.stats import beta, binom, norm, spearmanr
from sklearn.base import clone
from sklearn.covariance import EmpiricalCovariance
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

# %%
from casebook import conformal, conventions, data, evidence, mode, models, plots, profile, split
from casebook.adapters import mapie
from prerelease import calibration, costs, intervals, losses, serving
from prerelease import uncertainty as doubt
from prerelease.plots import COLOURS, INK, show, use_style
from prerelease.plots.metrics import forest

use_style()


def in_percent(share, _=None):
    """Write a share in per cent, along an axis."""
    return f"{100 * share:,.6g}%"


pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# So far the model decides everything. In life a bank has a third way: hold the payment and let a person look at it. That costs a review, and a customer who waits. It saves expensive mistakes, if the model can say which decisions are likely to be mistakes. This chapter asks what its doubt is worth in euros, and which guarantees (“we find nine frauds in ten”, “the amount lies between these two numbers”) survive the next hours.
#
# A guarantee has to be learned from rows that the model has not met, and judged on rows that come later still. So the {term}`development rows` are cut into three stretches of time: a model learns from the first day, limits are calibrated on the night after it, and judged on the {term}`validation rows`. Its settings are a rule of thumb, written down in chapter 01; no search has tuned them. That this model goes on, and not another, was decided on the validation rows in chapters 01 and 03. That may flatter it a little there. It cannot flatter it on the {term}`test rows`, which stay closed until one evaluation at the end.

# %%
DAY = 86_400.0
payments = data.load()
train, valid = split.development(payments)
learn, night = train[train["Time"] < DAY], train[train["Time"] >= DAY]
features = [*models.INPUTS]
model = clone(models.chosen()).fit(learn[features], learn["Class"])
later = pd.concat([night, valid])
scores = pd.Series(model.predict_proba(later[features])[:, 1], later.index)
p_night, p_valid = scores.loc[night.index].to_numpy(), scores.loc[valid.index].to_numpy()
y_night, y_valid = night["Class"].to_numpy(), valid["Class"].to_numpy()
COSTS, DESK = costs.CostModel(), doubt.ReviewDesk()

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "from hour": f"{rows['Time'].iloc[0] / 3600:.1f}",
            "to hour": f"{rows['Time'].iloc[-1] / 3600:.1f}",
            "payments": f"{len(rows):,}",
            "frauds": int(rows["Class"].sum()),
            "sum of the scores": f"{score.sum():.1f}" if score is not None else "–",
        }
        for name, rows, score in (
            ("day 1: learn", learn, None),
            ("night: calibrate", night, p_night),
            ("validation: judge", valid, p_valid),
        )
    }
).T

# %% [markdown]
# Intervals are drawn as everywhere in this book: the {term}`block bootstrap` of chapter 02, since frauds come in bursts; what is asked about at once holds together with 95 %. Exact binomial intervals stand where resamples hardly differ: for shares with fewer than five rows on one side, and for single hours. They take rows as independent, so they are too short where a burst shares one fate.


# %% tags=["hide-input"]
def total(differences, rows, asked=1, **options):
    """Return the sum of differences between two rules on the same rows, with interval."""
    by_second = pd.Series(np.asarray(differences)).groupby(rows["Time"].to_numpy()).sum()
    drawn = conventions.drawn(by_second.index, asked=asked) | options
    return intervals.bootstrap(intervals.Total(), np.zeros(len(by_second)), by_second, **drawn)


def counted(hits, times, among=None, asked=1):
    """Return the share of rows of which something holds, with its interval."""
    return intervals.share(hits, among=among, **conventions.drawn(times, asked=asked))


def cheaper(saving, asked=1):
    """Return the words for euros that a rule saves."""
    return intervals.verdict(saving, asked=asked, above="cheaper", below="more expensive")


def in_words(saving, asked=1):
    """Return euros that a rule saves as “5 € less [1, 9]”, and if that may be luck, say so."""
    sign, word = (1, "less") if saving.estimate >= 0 else (-1, "more")
    low, high = sorted((sign * saving.low, sign * saving.high))
    found = f"{abs(saving.estimate):,.0f} € {word} [{low:,.0f}, {high:,.0f}]"
    luck = cheaper(saving, asked) == intervals.UNTOLD
    return found + f" ({intervals.UNTOLD})" * luck


def beside(found, level, asked=1):
    """Return the words for a share beside the level that was asked for."""
    gap = replace(found, **{e: getattr(found, e) - level for e in ("estimate", "low", "high")})
    return intervals.verdict(gap, asked=asked, above="above", below="below")


# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual notebook
# :class: pr-wrong
# ```python
# confidence = model.predict_proba(X_valid).max(axis=1)
# print(f"{(confidence >= 0.9).mean():.1%} of the predictions are confident")
# ```
# :::
#
# Whoever reads that sends the few unsure payments to a person, lets the model decide the rest, and sleeps well.

# %%
sure = np.maximum(p_valid, 1 - p_valid) >= 0.9
missed = (y_valid == 1) & (p_valid < 0.5)
hidden = missed & sure
at_large = COSTS.accept_cost(hidden, valid["Amount"].to_numpy())
share_hidden = counted(hidden, valid["Time"], among=missed)

# %% tags=["remove-input"]
all_frauds = COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).sum()
Markdown(
    f"**{sure.mean():.2%} of the predictions are “confident”.** It sounds like knowledge. But {np.mean(y_valid == 0):.2%} of the "
    "payments are honest, and a “model” that gives 0 to everything is confident in all of them. Of "
    f"{y_valid.sum()} frauds {missed.sum()} are missed at one half, and **{hidden.sum()} of these {missed.sum()} "
    f"are among the confident** (a share of {share_hidden:.2f}). They cost {at_large.sum():,.0f} €, "
    f"{at_large.sum() / all_frauds:.0%} of all that frauds could cost in these hours. "
    f"A person who looks at the other {(~sure).sum():,} payments never meets them."
)

# %% [markdown]
# Doubt in the largest probability is doubt about the *label*. What matters is doubt about the *decision*, weighed by what it costs. For that a score has to be a probability first.

# %% [markdown]
# ## Is the score a probability?
#
# Of the payments with a score of 2 %, 2 % must be frauds: {term}`calibration`. Scores can be corrected on rows that the model did not learn from; we use the night, and judge by the {term}`log-loss` on the validation rows. Four corrections of chapter 01 are tried: sigmoid and temperature, which have two numbers and one to learn, and isotonic regression and {term}`Venn–Abers`, which may take any rising shape. The rule, before the result: scores stay as they are unless a correction has a lower log-loss, with an interval that holds for all four together.

# %%
corrected = {"as it is": p_valid}
for method in calibration.METHODS:
    corrected[method] = calibration.fit(y_night, p_night, method=method)(p_valid)
loss_of = {name: losses.log_losses(y_valid, score) for name, score in corrected.items()}
worse_by = {
    name: total(loss_of[name] - loss_of["as it is"], valid, asked=len(calibration.METHODS))
    for name in calibration.METHODS
}
verdict_of = intervals.verdicts(worse_by, above="higher", below="lower")

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "sum of the scores": f"{score.sum():.1f}",
            "log-loss (sum)": f"{loss_of[name].sum():.1f}",
            "… above “as it is”": f"{worse_by[name]:+.1f}" if name in worse_by else "–",
            "log-loss is": verdict_of.get(name, "–"),
        }
        for name, score in corrected.items()
    }
).T.rename_axis("correction")

# %% tags=["remove-input"]
mended = [name for name, word in verdict_of.items() if word == "lower"]
chosen_score = min(mended, key=lambda name: worse_by[name].estimate) if mended else "as it is"
Markdown(
    f"There were {y_valid.sum()} frauds. The rule keeps the scores **{'as they are' if not mended else 'after ' + chosen_score}**. "
    + (
        "No correction that was learned at night is shown to help by day. That has a useful side: scores that "
        if not mended
        else "In what follows we work with the scores as they are all the same. Scores that "
    )
    + f"were not fitted to the night may be *judged* on the night, too, and euros are counted on both stretches: {int(later['Class'].sum())} frauds in place of {y_valid.sum()}."
)

# %% [markdown]
# ## Three ways to decide
#
# A review while the payment is held has its prices, too. They are assumptions like those of chapter 01, and the ones to argue about are the last two: people err as well.

# %% tags=["remove-input"]
pd.DataFrame(
    [
        ("fee", f"{DESK.fee:g} €", "a look at a payment, right or wrong: as a review in chapter 01"),
        ("wait", f"{DESK.wait:g} €", "an honest customer who waited and was let go"),
        ("missed_share", f"{DESK.missed_share:.0%}", "of the frauds that a person looks at are let go"),
        ("refused_share", f"{DESK.refused_share:.0%}", "of the honest payments looked at are refused"),
    ],
    columns=["constant", "value", "what it pays for"],
).set_index("constant")  # fmt: skip

# %% [markdown]
# On average each decision $d$ costs $p\,F_d + (1-p)\,H_d$, with $F_d$ its cost if the payment is a fraud and $H_d$ if it is honest: a straight line in $p$. The cheapest of three straight lines changes at most twice, so there are two thresholds and a strip between them {cite:p}`chow1970`. As the costs depend on the amount, so do the thresholds. Nothing has to be searched for: {term}`abstention` has a closed form.

# %%
grid = pd.DataFrame({"amount": np.geomspace(1, 3000, 200)})
grid["low"], grid["high"] = doubt.review_region(grid["amount"], costs=COSTS, desk=DESK)
grid["two_way"] = costs.bayes_threshold(grid["amount"], costs=COSTS)

# %% tags=["hide-input"]
blue = COLOURS["blue"]
figure, axes = plt.subplots()
axes.fill_between(grid["amount"], grid["low"], grid["high"], color=blue, alpha=0.25, lw=0)
sns.lineplot(grid.melt("amount", ["low", "high"]), x="amount", y="value", units="variable",
             estimator=None, color=blue, ax=axes)  # fmt: skip
sns.lineplot(grid, x="amount", y="two_way", color=COLOURS["orange"], ls="--",
             label="two ways only", ax=axes)  # fmt: skip
left, right = grid.iloc[len(grid) // 4], grid.iloc[int(0.83 * len(grid))]
bottom = 0.4 * grid["low"].min()
for word, at, height in (
    ("block", right, right["high"]),
    ("let a person look", right, right["two_way"] * right["high"]),
    ("accept", left, bottom * left["low"]),
):
    axes.text(at["amount"], np.sqrt(height), word, ha="center", va="center")
axes.set(title="Which payments should a person look at?", xlabel="amount (€)")
axes.set(xscale="log", yscale="log", ylim=(bottom, 1), ylabel="probability of fraud")
axes.xaxis.set_major_formatter("{x:,.10g}")
axes.yaxis.set_major_formatter(in_percent)
axes.legend(loc="lower left")
(low_100,), (high_100,) = doubt.review_region([100.0], costs=COSTS, desk=DESK)
(low_1000,), (high_1000,) = doubt.review_region([1000.0], costs=COSTS, desk=DESK)
show(
    figure,
    alt=(
        "Probability of fraud against amount, both logarithmic, with three regions. At 100 euros a person "
        f"looks between {low_100:.1%} and {high_100:.0%}; at 1,000 euros between {low_1000:.1%} and "
        f"{high_1000:.1%}. With two ways only, the threshold lies in between."
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"A payment of 100 € is accepted below {low_100:.1%}, blocked from {high_100:.0%} on, and looked at in between. At 1,000 € the strip is "
    f"{low_1000:.1%} to {high_1000:.1%}: so much is at stake that a person who lets {DESK.missed_share:.0%} of the frauds go is soon the greater risk."
)

# %% [markdown]
# Now the price. Six policies decide the same payments: the night and the validation rows. The incumbent is chapter 01's single threshold, chosen for each of four stretches of time on the other three. Four challengers are compared with it. The rule, before the result: **three ways go forward if they are cheaper than the incumbent; if the two are not told apart, they go on as a challenger.**

# %%
fraud, amount, time = (later[name].to_numpy() for name in ("Class", "Amount", "Time"))
p = scores.to_numpy()
unsure = np.maximum(p, 1 - p) < 0.9
policies = {
    "accept all": np.zeros(len(p), dtype=int),
    "one threshold (incumbent)": 2 * conventions.decide(later, p, costs=COSTS),
    "two ways, by amount": 2 * costs.bayes_block(p, amount, costs=COSTS),
    "look where below 0.9": np.where(unsure, 1, 2 * (p >= 0.5)),
    "three ways": doubt.three_way(p, amount, costs=COSTS, desk=DESK),
    "three ways, 2 looks an hour": doubt.three_way(
        p, amount, costs=COSTS, desk=DESK, k=2, time=time
    ),
}
incumbent, *challengers = [*policies][1:]


def bill(decision, desk=DESK):
    """Euros that each decision about the later rows costs."""
    return doubt.three_way_costs(fraud, decision, amount, costs=COSTS, desk=desk)


# %%
bills = {name: bill(decision) for name, decision in policies.items()}
saved = {
    name: total(bills[incumbent] - bills[name], later, asked=len(challengers))
    for name in challengers
}
verdict_on = {name: cheaper(saving, len(saved)) for name, saving in saved.items()}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "looked at": int((decision == 1).sum()),
            "blocked": int((decision == 2).sum()),
            "frauds blocked / looked at / let through": " / ".join(
                str(int((decision[fraud == 1] == d).sum())) for d in (2, 1, 0)
            ),
            "bursts with a fraud stopped or looked at": "{} of {}".format(
                *profile.burst_recall(time, fraud, decision > 0)
            ),
            "cost (€)": f"{bills[name].sum():,.0f}",
            "than the incumbent": verdict_on.get(name, "–"),
        }
        for name, decision in policies.items()
    }
).T

# %% tags=["remove-input"]
show(
    forest(
        saved,
        title="What does a third way save?",
        unit="euros saved against one threshold, same payments",
        warned=["look where below 0.9"],
        reference=0,
        spec=",.0f",
    ),
    alt="Euros saved against one threshold on the same payments, with intervals that hold together: "
    + "; ".join(f"{name} {value:,.0f}" for name, value in saved.items())
    + ".",
)

# %% tags=["hide-input"]
expected = [
    doubt.three_way_costs(p, policies[name], amount, costs=COSTS, desk=DESK).sum()
    for name in (incumbent, "three ways")
]
three, toy = saved["three ways"], saved["look where below 0.9"]
row_gain = bills[incumbent] - bills["three ways"]
luckiest = int(np.argmax(row_gain))
without = total(np.where(np.arange(len(p)) == luckiest, 0.0, row_gain), later)
passed, fragile = three.low > 0, three.low > 0 >= without.low

# %% tags=["remove-input"]
Markdown(
    f"By the model's own probabilities three ways cost {expected[0] - expected[1]:,.0f} € less than the incumbent, and by those they can never cost more: "
    f"a person is only asked where that is cheaper on average. Counted, three ways cost {in_words(three, len(saved))}. The usual notebook, which looks wherever the model is below 0.9, costs {in_words(toy, len(saved))}. "
    + (
        "**By the rule, three ways go forward.** "
        if passed
        else "**By the rule, one threshold stays and three ways go on as a challenger**: a saving that luck could have made is no reason to hire people. "
    )
    + f"And one single payment, of {amount[luckiest]:,.0f} €, makes {row_gain[luckiest]:,.0f} € of the saving"
    + (": the rule was kept, but the verdict hangs on it." if fragile else ".")
)

# %% [markdown]
# How much hangs on the desk's prices? Three fees, three rates of error: nine comparisons with the incumbent, on the same payments, with intervals that hold for all nine together.

# %%
desks = {
    (fee, missed): doubt.ReviewDesk(fee=fee, missed_share=missed)
    for fee in (2.0, 5.0, 10.0)
    for missed in (0.0, 0.1, 0.3)
}
worth = {
    key: total(
        bills[incumbent] - bill(doubt.three_way(p, amount, costs=COSTS, desk=desk), desk),
        later,
        asked=len(desks),
        n_resamples=2000,  # in quick mode, too: one of these intervals ends close to zero
    )
    for key, desk in desks.items()
}
cell_says = intervals.verdicts(worth, above="cheaper", below="more expensive")

# %% tags=["hide-input"]
pd.DataFrame(
    {
        f"misses {missed:.0%}": {
            f"fee {fee:g} €": f"{worth[fee, missed]:,.0f}" for fee in (2.0, 5.0, 10.0)
        }
        for missed in (0.0, 0.1, 0.3)
    }
).rename_axis("€ saved")

# %% tags=["remove-input"]
listed = {
    word: [
        f"{fee:g} € at {missed:.0%} missed" for (fee, missed), w in cell_says.items() if w == word
    ]
    for word in ("cheaper", "more expensive")
}
Markdown(
    f"Three ways are cheaper with: {', '.join(listed['cheaper']) or 'none of the nine'}; more expensive with: {', '.join(listed['more expensive']) or 'none'}. "
    "The rates of error are the numbers that nobody in the room knows: measure them, by sending known frauds to the desk, before arguing about the model."
)

# %% [markdown]
# A desk has so many hands. With at most $k$ looks an hour, the best are those that save most, one by one: the saving of a look does not depend on the others. With no look at all, what is left are two ways by amount.

# %%
LOOKS = (0, 1, 2, 5, 10)
hands = {}
for k in LOOKS:
    decision = doubt.three_way(p, amount, costs=COSTS, desk=DESK, k=k, time=time)
    hands[k] = (decision, total(bills[incumbent] - bill(decision), later, asked=len(LOOKS)))

# %% tags=["hide-input"]
pd.DataFrame(
    {
        k: {
            "looks": int((decision == 1).sum()),
            "… of them at frauds": int((fraud[decision == 1]).sum()),
            "€ saved": f"{saving:,.0f}",
            "than the incumbent": cheaper(saving, len(LOOKS)),
        }
        for k, (decision, saving) in hands.items()
    }
).T.rename_axis("looks an hour, at most")

# %% [markdown]
# ## Which doubt is worth a look?
#
# A policy needs prices. Without them one can still ask: if the payments with most doubt are handed over first, how fast do the losses among the others fall? That is the {term}`risk–coverage curve` {cite:p}`geifman2017`; its area (smaller is better) sums it up {cite:p}`geifman2019`. We compare three kinds of doubt about the same decisions, two ways by amount: that of the label (one minus the largest probability), that of the decision in euros (what it is expected to cost), and how strange a payment is to an isolation forest {cite:p}`liu2008` that knows the first day. A forest is drawn at random, so there are several.

# %%
by_amount = policies["two ways, by amount"] == 2
known, new = learn[features].to_numpy(), later[features].to_numpy()
odd = [
    -IsolationForest(random_state=seed).fit(known).score_samples(new)
    for seed in range(2 if mode.is_quick() else 10)
]
doubts = {
    "label in doubt": 1 - np.maximum(p, 1 - p),
    "euros in doubt": costs.expected_cost(p, by_amount, amount, costs=COSTS),
    "strange payment": odd[0],
}
wrong = by_amount != (fraud == 1)
missed = (fraud == 1) & ~by_amount
areas = {
    name: intervals.bootstrap(doubt.AreaUnderRiskCoverage(), wrong, of, **conventions.drawn(time))
    for name, of in doubts.items()
}

# %% tags=["hide-input"]
row_loss = np.where(missed, bills["accept all"], 0.0)
euros_lost = {name: doubt.risk_coverage(row_loss, of) for name, of in doubts.items()}


def left(of, share):
    """Euros lost in each row when the share of rows with most doubt is handed over."""
    decided = np.argsort(np.argsort(of, kind="stable")) < round((1 - share) * len(of))
    return np.where(decided, row_loss, 0.0)


label_left, euros_left = (left(doubts[f"{one} in doubt"], 0.01) for one in ("label", "euros"))
gain = total(label_left - euros_left, later, asked=2, n_resamples=2000)
area_gap = intervals.bootstrap_difference(
    doubt.AreaUnderRiskCoverage(),
    wrong,
    doubts["euros in doubt"],
    doubts["label in doubt"],
    **conventions.drawn(time, asked=2),
)

# %% tags=["remove-input"]
all_lost = row_loss.sum()
per_mille, per_cent = (
    {name: left(of, share).sum() for name, of in doubts.items()} for share in (0.001, 0.01)
)
curves = pd.concat(euros_lost, names=["", "level"]).reset_index().query("coverage < 1")
figure, axes = plt.subplots()
sns.lineplot(
    x=1 - curves["coverage"], y=curves["lost"], hue=curves[""], style=curves[""],
    drawstyle="steps-pre", estimator=None, sort=False, ax=axes,
)  # fmt: skip
axes.set(title="What is still lost when a person looks at some?", xscale="log", ylim=(0, None))
axes.set(xlabel="share of payments that a person looks at")
axes.set_ylabel("euros of missed frauds among the rest")
axes.xaxis.set_major_formatter(in_percent)
axes.yaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(axes, "lower left", title=None)
show(
    figure,
    alt=(
        f"Euros of missed frauds among the payments that nobody looks at, {all_lost:,.0f} at first, against the share "
        "looked at, on a logarithmic axis. At one in a hundred: "
        + "; ".join(f"{name} {value:,.0f}" for name, value in per_cent.items())
        + "."
    ),
)

# %% tags=["hide-input"]
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
pd.DataFrame(rows).T

# %% tags=["remove-input"]
area_word = intervals.verdict(area_gap, asked=2, above="worse", below="better")
euro_word = intervals.verdict(gain, asked=2, above="better", below="worse")
Markdown(
    f"All areas are tiny, since {1 - wrong.mean():.3%} of all decisions are right: an area near 0 says as little as “confident” does. What tells is the "
    f"comparison. Where every error counts alike, doubt in euros against doubt about the label: {area_word} (area {1e6 * area_gap.estimate:+.1f} [{1e6 * area_gap.low:+.1f}, {1e6 * area_gap.high:+.1f}] per million). "
    f"Where euros count, and one payment in a hundred is handed over, what is left costs {in_words(gain, 2)}, of {all_lost:,.0f} € of missed frauds. "
    "So first say what an error costs, then ask which doubt is better."
)

# %% [markdown]
# ## A recall with a certificate
#
# “We find nine frauds in ten.” From what we counted, or for sure? A {term}`recall certificate` names a threshold whose recall on payments to come is at least so much, but for a stated risk that the calibration frauds were unusually easy. It needs nothing but a binomial, and frauds that come independently of each other: if the true recall were lower, would so few misses be likely {cite:p}`clopper1934,angelopoulos2021`? So the number of frauds decides what can be certified at all.

# %% tags=["hide-input"]
RECALL, DELTA = 0.9, 0.1
needed = {
    recall: {
        misses: doubt.positives_needed(recall=recall, delta=DELTA, misses=misses)
        for misses in range(5)
    }
    for recall in (0.8, 0.9, 0.95, 0.99)
}
pd.DataFrame(needed).T.rename(index="recall {:.0%}".format).rename_axis(
    "frauds needed, if so many are missed:"
)

# %% tags=["remove-input"]
may_miss = {
    n: doubt.misses_allowed(n, recall=RECALL, delta=DELTA)
    for n in (int(y_night.sum()), int(y_valid.sum()))
}
Markdown(
    "At a risk of one in ten. "
    + " ".join(
        f"With {n} frauds, at most {m} may be missed for a recall of {RECALL:.0%}."
        for n, m in may_miss.items()
    )
    + f" A recall of {0.99:.0%} with a single miss takes {needed[0.99][1]} frauds; the whole first day had {int(learn['Class'].sum())}."
)

# %% [markdown]
# Do the frauds come independently? Those of one burst may be of one thief, with one card, and one score after the other. At the other extreme they share one fate, and a burst is worth a single fraud. We count bursts, more than ten minutes apart.

# %%
bursts = {
    name: len(profile.runs(rows["Time"], rows["Class"], gap=600))
    for name, rows in {"night": night, "validation rows": valid}.items()
}
at_most = {n: intervals.binomial(k, k, level=1 - 2 * DELTA).low for n, k in bursts.items()}

# %% tags=["remove-input"]
Markdown(
    " ".join(
        f"The {name} {'has' if name == 'night' else 'have'} {n} bursts: if each counts as one fraud, even with none of them missed they certify a recall of {at_most[name]:.0%}."
        for name, n in bursts.items()
    )
    + f" A recall of {RECALL:.0%} takes {needed[RECALL][0]}. The truth lies between the extremes, and nobody knows where. "
    + (
        "So read every certificate below as the most that can be claimed, not as the least."
        if max(at_most.values()) < RECALL
        else ""
    )
)

# %%
certificate = doubt.certify_recall(y_night, p_night, recall=RECALL, delta=DELTA)
flagged = p_valid >= certificate.threshold
kept = counted(flagged, valid["Time"], among=y_valid)
in_bursts = profile.burst_recall(valid["Time"], y_valid, flagged)
now = policies[incumbent]
looked = np.where((p >= certificate.threshold) & (now == 0), 1, now)
guarantee = total((bills[incumbent] - bill(looked))[len(night) :], valid)

# %% tags=["remove-input"]
kept_word = beside(kept, RECALL)
Markdown(
    f"The night certifies the threshold {certificate.threshold:.4f} ({certificate.missed} of {certificate.n_positive} frauds missed). On the validation rows it "
    f"finds {kept.n_positive} of {kept.n} frauds, a recall of {kept:.2f}, {kept_word}{' from' if kept_word == intervals.UNTOLD else ''} the {RECALL:.0%} certified; and at least one fraud in {in_bursts[0]} of {in_bursts[1]} bursts. "
    f"It raises {1000 * flagged.mean():.1f} alerts per 1,000 payments, where the incumbent blocks "
    f"{1000 * np.mean(now[len(night) :] > 0):.1f}. To have a person look at all the others costs **{in_words(guarantee)}** on these rows. "
    + (
        "So the guarantee is bought, not found: at our prices most of the frauds that it adds are not worth the looks."
        if guarantee.high < 0
        else "Whether the guarantee pays for itself is not resolved."
    )
)

# %% [markdown]
# And the model that goes forward? It learns from all training rows; its certificate, and every other limit from here on, comes from the validation rows.

# %%
forward = clone(models.chosen()).fit(train[features], train["Class"])
f_valid = forward.predict_proba(valid[features])[:, 1]
final = doubt.certify_recall(y_valid, f_valid, recall=RECALL, delta=DELTA)
alerts = 1000 * np.mean(f_valid >= final.threshold)
looks_alone = alerts * (DESK.fee + DESK.wait)
do_nothing = 1000 * COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).mean()

# %% tags=["remove-input"]
lowest = np.sort(f_valid[y_valid == 1])[: final.missed + 3]
Markdown(
    f"Its threshold is {final.threshold:.5f}, where the night's was {certificate.threshold:.5f}, and raises {alerts:.0f} alerts per 1,000 payments. To look at them costs about {looks_alone:,.0f} € per 1,000 payments, "
    f"where to accept everything costs {do_nothing:,.0f} €. "
    + (
        "**This certificate costs more than all the fraud that it could stop.** Nobody will sign it, and that is a result: nine in ten cannot be guaranteed here at a price worth paying. "
        if looks_alone > do_nothing
        else "It is a price, and somebody may want to pay it. "
    )
    + f"The threshold hangs on the few frauds that look most honest: the lowest scores are {', '.join(f'{score:.5f}' for score in lowest)}. One more or one less below, and the bill is another."
)

# %% [markdown]
# ### The same by Learn-then-Test
#
# {term}`Learn then Test` puts this as a series of tests, one for each threshold, with a correction for testing many. MAPIE has it. We give it the same rows and compare: with its default grid of thresholds and its default correction, and with a grid of quantiles (the calibration frauds' own scores).

# %% tags=["hide-input"]
own = np.sort(p_night[y_night == 1])
runs = {"default grid, default correction": {"method": "bonferroni_holm"}}
for method in ("bonferroni_holm", "fixed_sequence"):
    runs[f"grid of quantiles, {method}"] = {"thresholds": own, "method": method}
theirs = {
    name: mapie.control_recall(y_night == 1, p_night, recall=RECALL, delta=DELTA, **options)
    for name, options in runs.items()
}
exact = binom.cdf(np.searchsorted(own, own), len(own), 1 - RECALL)
rounded = theirs["grid of quantiles, fixed_sequence"][1] - exact

cuts = {name: best for name, (best, _) in theirs.items()} | {"ours, exact": certificate.threshold}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "threshold": "none",
            "night's frauds missed": "–",
            "alerts per 1,000 payments": "–",
        }
        if cut is None
        else {
            "threshold": f"{cut:.5f}",
            "night's frauds missed": int((own < cut).sum()),
            "alerts per 1,000 payments": f"{1000 * np.mean(p_valid >= cut):,.1f}",
        }
        for name, cut in cuts.items()
    }
).T

# %% tags=["remove-input"]
off = np.abs(rounded) > 1e-9
best_theirs = cuts["grid of quantiles, fixed_sequence"]
idle = cuts["default grid, default correction"]
Markdown(
    (
        "On its default grid MAPIE finds no threshold. "
        if idle is None
        else "On its default grid MAPIE certifies a threshold of 0, which looks at every payment: true, and useless. "
        if idle == 0
        else ""
    )
    + "Corrections that know nothing of order pay for every threshold that is tried. Recall can only fall as the threshold rises, so one may walk upwards and stop at the first "
    f"that fails, without paying (*fixed sequence*). Of {len(own)} p-values {int((~off).sum())} are ours to nine digits. The others are larger, by up to {rounded.max():.2f}: MAPIE divides the number of misses by that of frauds, "
    "multiplies again and rounds up, and so now and then counts one miss too many. That errs on the safe side"
    + (
        ", and here changes no threshold."
        if best_theirs == certificate.threshold
        else f", and here it costs {1000 * (np.mean(p_valid >= best_theirs) - np.mean(p_valid >= certificate.threshold)):,.1f} alerts per 1,000 payments."
    )
)

# %% [markdown]
# ## Sets that hold the truth
#
# {term}`Conformal prediction` says for each payment which labels cannot be ruled out: *honest*, *fraud*, both or none {cite:p}`vovk2005,angelopoulos2023`. If new rows are like the calibration rows, the {term}`conformal set` holds the truth in at least 90 % of all cases, whatever the model is worth. In 90 % of *which* cases?

# %%
ALPHA = 0.1
fitted = {
    kind: doubt.fit_sets(y_night, p_night, alpha=ALPHA, kind=kind)
    for kind in ("marginal", "by label")
}
sets = {kind: found.holds(p_valid) for kind, found in fitted.items()}
LABELS = {"negative": "honest", "positive": "fraud"}
told = {
    kind: doubt.describe_sets(held, y_valid).rename(index=LABELS, columns=LABELS)
    for kind, held in sets.items()
}
held_truth = {kind: np.where(y_valid == 1, held[:, 1], held[:, 0]) for kind, held in sets.items()}
among = {"all": y_valid >= 0, "honest": y_valid == 0, "fraud": y_valid == 1}
coverage = {
    (kind, name): counted(held, valid["Time"], among=rows)
    for kind, held in held_truth.items()
    for name, rows in among.items()
}

# %% tags=["hide-input"]
pd.concat(
    {
        kind: pd.DataFrame(
            {
                "payments": table["n"].map("{:,.0f}".format),
                "coverage": [f"{coverage[kind, name]:.3f}" for name in table.index],
                **{f"set: {name}": table[name].map("{:.1%}".format) for name in ("none", "honest", "fraud", "both")},
            }
        )
        for kind, table in told.items()
    },
    names=["sets", "among"],
)  # fmt: skip

# %% tags=["remove-input"]
marginal, by_label = told["marginal"].loc["fraud"], told["by label"].loc["fraud"]
Markdown(
    f"**Marginal sets cover {told['marginal'].loc['all', 'coverage']:.0%} of all payments and {marginal['covered']:.0f} of {marginal['n']:.0f} frauds.** Nothing is wrong with the "
    "mathematics: the guarantee is about all payments, and frauds are so few that all of them fit into the part that may be left out. Sets with one limit for each label "
    f"({{term}}`label-conditional coverage`) cover {by_label['covered']:.0f} of {by_label['n']:.0f}. A set with no label says that the payment resembles neither "
    "the honest ones nor the frauds of the night; a set with both says that either could be."
)

# %% [markdown]
# MAPIE has the marginal sets; given the rows of one label only, its limits are those of the sets by label, too.

# %% tags=["hide-input"]
theirs_sets = {"marginal": mapie.label_sets(y_night == 1, p_night, p_valid, alpha=ALPHA)}
for column, label in enumerate((0, 1)):
    rows = y_night == label
    one_label = mapie.label_sets(y_night[rows] == 1, p_night[rows], p_valid, alpha=ALPHA)
    theirs_sets[f"label {label}"] = one_label[:, column]
same = {
    "marginal": (theirs_sets["marginal"] == sets["marginal"]).all(),
    **{
        f"label {label}": (theirs_sets[f"label {label}"] == sets["by label"][:, label]).all()
        for label in (0, 1)
    },
}

# %% tags=["remove-input"]
Markdown(
    f"MAPIE's sets are ours, payment by payment, in {sum(same.values())} of {len(same)} comparisons over {len(p_valid):,} payments."
)

# %% [markdown]
# ### How far one calibration may be off
#
# “At least 90 %” holds on average over all calibration sets that one might have drawn. We have one. Its true coverage follows a beta distribution, which is known before anything is measured, and with as many frauds as we have it is wide.

# %%
sizes = [int(y_valid.sum()), 500, 5000]
laws = {f"{bursts['night']} bursts": doubt.coverage_law(bursts["night"], alpha=ALPHA)}
laws |= {f"{n:,} frauds": doubt.coverage_law(n, alpha=ALPHA) for n in sizes}
few_low, few_high = laws[f"{sizes[0]} frauds"].interval(0.95)
burst_low, burst_high = laws[f"{bursts['night']} bursts"].interval(0.95)
both_lucks = doubt.coverage_law(int(y_night.sum()), alpha=ALPHA, n_new=int(y_valid.sum()))
surprise = both_lucks.cdf(by_label["covered"])


# %% tags=["hide-input"]
def frauds_for(within):
    """Numbers of frauds that keep coverage from falling further: the first, and from where all."""
    tried = np.arange(9, 6000)  # by Chernoff's bound, more are always enough for one point
    rank = tried + 1 - np.floor((tried + 1) * ALPHA + 1e-9)
    falls = beta.cdf(1 - ALPHA - within, rank, tried + 1 - rank) > 0.05
    return {"first": int(tried[~falls][0]), "always": int(tried[falls][-1]) + 1}


enough = {within: frauds_for(within) for within in (0.05, 0.01)}

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 0.8 + 0.42 * (len(laws) + 1)))
for mass, width in ((0.95, 2), (0.5, 7)):
    low, high = zip(*(law.interval(mass) for law in laws.values()), strict=True)
    axes.hlines([*laws], low, high, color=COLOURS["blue"], lw=width)
axes.plot(by_label["coverage"], "found, validation", "D", color=COLOURS["orange"], ms=7)
axes.axvline(1 - ALPHA, color=INK["light"], lw=1, ls="--")
axes.set(title="How far may one calibration be off?", xlabel="coverage among frauds")
axes.set(xlim=(None, 1), ylim=(len(laws) + 0.6, -0.6))
axes.grid(visible=False, axis="y")
axes.xaxis.set_major_formatter(in_percent)
show(
    figure,
    alt=(
        "Ranges of the coverage among frauds that one calibration set gives, for "
        + ", ".join(laws)
        + f". With {sizes[0]} frauds it lies between {few_low:.0%} and {few_high:.0%} with a probability of {0.95:.0%}. "
        f"Found on the validation rows: {by_label['coverage']:.0%}."
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"Thin ranges hold with a probability of {0.95:.0%}, thick ones with one half. To fall, with {0.95:.0%}, no more than five points below {1 - ALPHA:.0%} takes "
    f"{enough[0.05]['first']:,} frauds at least, and from {enough[0.05]['always']:,} on every number will do (one fraud more may let one more slip). For one point it is {enough[0.01]['first']:,} and {enough[0.01]['always']:,}. "
    f"And this takes frauds as independent: if a burst counts as one, the night's {int(y_night.sum())} frauds are {bursts['night']}, and coverage may lie anywhere from "
    f"{burst_low:.0%} to {burst_high:.0%}. The validation rows have their own luck on top: if nothing had changed, {by_label['covered']:.0f} or fewer of "
    f"{by_label['n']:.0f} independent frauds would be covered with a probability of {surprise:.0%}, "
    + (
        f"so what we found is {'below' if by_label['coverage'] < 1 - ALPHA else 'at or above'} the level, and no further off than luck could bring it."
        if surprise > 0.05
        else "so here the guarantee did not survive the night."
    )
)

# %% [markdown]
# ## May the guarantee be carried over?
#
# Certificates and sets rest on {term}`exchangeability`: that the order of the payments carries no information. It can be tested as payments come in. A gambler bets that each new payment is stranger, or less strange, than those before it, by the rule of the Simple Jumper {cite:p}`vovk2021`. If order carries no information, no bet gains on average, and the wealth ever grows twentyfold with a probability of at most one in twenty, however long one watches ({term}`conformal test martingale`) {cite:p}`vovk2005`.

# %%
honest, frauds_only = later[fraud == 0], later[fraud == 1]
gap = np.diff(frauds_only["Time"].to_numpy(), prepend=-np.inf)
streams = {
    "honest payments": honest.assign(score=p[fraud == 0]),
    "frauds": frauds_only.assign(score=1 - p[fraud == 1]),
}
streams["one fraud a burst"] = streams["frauds"][gap > 600]
bets = {name: conformal.exchangeability_test(rows["score"]) for name, rows in streams.items()}
ours = bets["frauds"]
agree = np.abs(np.log(mapie.jumper_wealth(ours.p_values)) - ours.log_wealth).max()

# %% [markdown]
# Is the gambler honest? We shuffle the frauds one by one, so that their order cannot carry information, and count the alarms. Then we shuffle whole bursts: only the likeness within a burst is left to bet on.

# %% tags=["hide-input"]
SHUFFLES = 200 if mode.is_quick() else 1000
burst_of = np.cumsum(gap > 600)


def shuffle(n, unit):
    """Frauds' scores with their units in random order: each fraud, or each burst."""
    place = np.random.default_rng([7, n]).permutation(len(unit))[unit]
    return streams["frauds"]["score"].to_numpy()[np.argsort(place, kind="stable")]


alarms = {
    name: np.mean(
        [conformal.exchangeability_test(of(n), seed=n).alarm is not None for n in range(N)]
    )
    for name, of, N in (
        ("frauds shuffled", lambda n: shuffle(n, np.arange(len(gap))), SHUFFLES),
        ("bursts shuffled", lambda n: shuffle(n, burst_of - 1), SHUFFLES),
        ("honest payments", lambda n: streams["honest payments"]["score"], 3),
        ("frauds", lambda n: streams["frauds"]["score"], 50),
        ("one fraud a burst", lambda n: streams["one fraud a burst"]["score"], 50),
    )
}

# %% tags=["remove-input"]
first_hour = later["Time"].iloc[0] / 3600
when = {
    name: f"no alarm in {len(bet.evidence):,} rows"
    if bet.alarm is None
    else f"alarm after {bet.alarm + 1:,} of {len(bet.evidence):,} rows, {streams[name]['Time'].iloc[bet.alarm] / 3600 - first_hour:.1f} hours in"
    for name, bet in bets.items()
}
paths = pd.concat(
    {name: streams[name].assign(evidence=bet.evidence) for name, bet in bets.items()},
    names=["", "row"],
).reset_index()
figure, axes = plt.subplots()
sns.lineplot(
    x=paths["Time"] / 3600, y=paths["evidence"], hue=paths[""], style=paths[""],
    estimator=None, sort=False, ax=axes,
)  # fmt: skip
axes.axhline(-np.log10(0.05), color=INK["light"], lw=1, ls="--")
axes.text(1.01, -np.log10(0.05), "alarm", va="center", transform=axes.get_yaxis_transform())
axes.set(title="Does the order of payments carry information?")
axes.set(
    xlabel="hours since the first payment of the data", ylabel="evidence (log10 of the wealth)"
)
axes.set_yscale("symlog", linthresh=3)
axes.yaxis.set_major_formatter("{x:,.10g}")
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, title=None)
show(
    figure,
    alt="Evidence against exchangeability over the hours of night and validation rows: "
    + "; ".join(f"{name}: {words}" for name, words in when.items())
    + ".",
)

# %% tags=["remove-input"]
carried = coverage["by label", "honest"]
alarmed = {name: bet.alarm is not None for name, bet in bets.items()}
ordered = beside(carried, 1 - ALPHA)
Markdown(
    f"Alarms on frauds shuffled one by one: {alarms['frauds shuffled']:.1%}, where one in twenty is allowed. (MAPIE's gambler has the same wealth, to {agree:.0e} of its logarithm.) In the real order: "
    + "; ".join(
        f"**{name}**: {words} (other draws for ties: an alarm in {alarms[name]:.0%})"
        for name, words in when.items()
    )
    + ". "
    + f"With so many honest payments a change does not stay hidden. Does it matter? Their coverage by label, {1 - ALPHA:.0%} by design, is {carried:.3f} on the validation rows, "
    + (f"{ordered} from" if ordered == intervals.UNTOLD else ordered)
    + " that level. Whether a change can be seen and whether it does harm are two questions. "
    + f"Frauds raise an alarm in {alarms['bursts shuffled']:.0%} of the orders that shuffle whole bursts. "
    + (
        "So bursts alone can make the gambler rich, in which one fraud is like the next, and the alarm in the real order is no proof of a change. The guarantee for frauds rests on the number of bursts, as the certificate does."
        if alarms["bursts shuffled"] > 0.1
        else "So it is not the bursts alone that make the gambler rich: the order of the bursts tells something."
    )
)

# %% [markdown]
# ## A number instead of a label: the amount
#
# Labels of frauds arrive late and are few. To see conformal methods at work with plenty of truth, we predict another thing: the amount, from `V1` to `V28`. The usual notebook predicts the mean and adds 1.96 standard deviations.

# %%
LEVEL = 0.95
V = list(data.FEATURES)
settings = {"n_estimators": 100, "num_leaves": 31, "deterministic": True, "force_col_wise": True}
settings |= {"n_jobs": 1, "verbose": -1, "random_state": 0}
kinds = {
    "low": {"objective": "quantile", "alpha": (1 - LEVEL) / 2},
    "high": {"objective": "quantile", "alpha": (1 + LEVEL) / 2},
    "mean": {"objective": "l2"},
}


def amount_model(kind, rows):
    """Learn the mean amount, or a quantile of log(1 + amount)."""
    target = rows["Amount"] if kind == "mean" else np.log1p(rows["Amount"])
    return LGBMRegressor(**settings, **kinds[kind]).fit(rows[V], target)


stretches = {"learn": learn, "night": night, "valid": valid}
guess = {}
for kind in tqdm(kinds, desc="amount"):
    fitted_amount = amount_model(kind, learn)
    guess[kind] = {name: fitted_amount.predict(rows[V]) for name, rows in stretches.items()}

# %% [markdown]
# Two conformal ways move the limits by what rows held out have shown. The simple one keeps the mean, and takes the distance to it that 95 % of the night's payments kept: one width for a coffee and for a car. {term}`Conformalised quantile regression` {cite:p}`romano2019` lets the width follow the payment: predict two quantiles of $\log(1 + \text{amount})$, see on the night how far reality lies outside them, and move both ends by that.

# %%
euros = valid["Amount"].to_numpy()
log_night, log_valid = np.log1p(night["Amount"].to_numpy()), np.log1p(euros)
shift = conformal.quantile_shift(
    log_night, guess["low"]["night"], guess["high"]["night"], alpha=1 - LEVEL
)
sigma = norm.ppf((1 + LEVEL) / 2) * np.std(learn["Amount"] - guess["mean"]["learn"], ddof=1)
reach = doubt.conformal_limit(np.abs(night["Amount"] - guess["mean"]["night"]), alpha=1 - LEVEL)
moved = guess["low"]["valid"] - shift[0], guess["high"]["valid"] + shift[1]
predicted = {
    "mean ± 1.96 σ": (guess["mean"]["valid"] - sigma, guess["mean"]["valid"] + sigma),
    "mean ± conformal": (guess["mean"]["valid"] - reach, guess["mean"]["valid"] + reach),
    "quantiles as they are": tuple(
        np.maximum(np.expm1(guess[end]["valid"]), 0) for end in ("low", "high")
    ),
    "quantiles, conformalised": tuple(np.maximum(np.expm1(end), 0) for end in moved),
}
inside = {
    name: (euros >= low - 1e-9) & (euros <= high + 1e-9) for name, (low, high) in predicted.items()
}

# %% tags=["hide-input"]
overall = {name: counted(held, valid["Time"], asked=len(inside)) for name, held in inside.items()}
against_level = {name: beside(held, LEVEL, len(inside)) for name, held in overall.items()}
pd.DataFrame(
    {
        name: {
            "coverage": f"{overall[name]:.3f}",
            f"than {LEVEL:.0%}": against_level[name],
            "median width above 0 € (€)": f"{np.median(high - np.maximum(low, 0)):,.0f}",
            "begins below 0 €": f"{np.mean(low < 0):.0%}",
        }
        for name, (low, high) in predicted.items()
    }
).T

# %% [markdown]
# The quantiles cover far less than they were trained for. Is that overfitting, or did the payments change? So hours of the first day are held out, and the same quantiles learned from its other hours: what is lost there is overfitting; what is lost later is change.

# %%
hour = (learn["Time"] // 3600).astype(int).to_numpy()
folds = range(1) if mode.is_quick() else range(4)
held_out = {kind: np.full(len(learn), np.nan) for kind in ("low", "high")}
for fold in folds:
    out = hour % 4 == fold
    for kind, guessed in held_out.items():
        guessed[out] = amount_model(kind, learn[~out]).predict(learn.loc[out, V])
tried = ~np.isnan(held_out["low"])
log_learn = np.log1p(learn["Amount"].to_numpy())
same_hours = tried & (learn["Time"] >= valid["Time"].iloc[0] - DAY).to_numpy()
same_hours &= (learn["Time"] <= valid["Time"].iloc[-1] - DAY).to_numpy()


def between(ends, truth, rows, among=None):
    """Share of amounts between two quantiles, with interval."""
    held = conformal.quantile_scores(truth, *ends) <= 0
    return counted(held, rows["Time"], among=among, asked=5)


# %%
fitted_ends, later_ends = (
    [guess[end][name] for end in ("low", "high")] for name in ("learn", "valid")
)
out_ends = [np.nan_to_num(held_out[end]) for end in ("low", "high")]
night_ends = [guess[end]["night"] for end in ("low", "high")]
where_lost = {
    "day 1, rows learned from": between(fitted_ends, log_learn, learn),
    "day 1, held out": between(out_ends, log_learn, learn, tried),
    "… only the hours of the validation rows": between(out_ends, log_learn, learn, same_hours),
    "night after": between(night_ends, log_night, night),
    "validation rows": between(later_ends, log_valid, valid),
}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {"payments": f"{held.n:,}", "between the quantiles": f"{held:.3f}"}
        for name, held in where_lost.items()
    }
).T.rename_axis("quantiles as they are")

# %% tags=["hide-input"]
as_columns = {
    name: np.column_stack([low, high, (low + high) / 2])
    for name in ("night", "valid")
    for low, high in [(guess["low"][name], guess["high"][name])]
}
apart = {}
for symmetric in (True, False):
    below, above = conformal.quantile_shift(
        log_night, *as_columns["night"][:, :2].T, alpha=1 - LEVEL, symmetric=symmetric
    )
    ours = as_columns["valid"][:, 0] - below, as_columns["valid"][:, 1] + above
    others = mapie.number_intervals(
        log_night, as_columns["night"], as_columns["valid"], alpha=1 - LEVEL, symmetric=symmetric
    )
    apart[symmetric] = max(np.abs(a - b).max() for a, b in zip(ours, others, strict=True))

# %% tags=["hide-input"]
means = {name: guess["mean"][name][:, None] for name in ("night", "valid")}
others = mapie.number_intervals(
    night["Amount"].to_numpy(), means["night"], means["valid"], alpha=1 - LEVEL
)
ours = predicted["mean ± conformal"]
apart["mean"] = max(np.abs(a - b).max() for a, b in zip(ours, others, strict=True))

# %% tags=["remove-input"]
seen, kept_out, _, _, fell_to = (found.estimate for found in where_lost.values())
shifted = overall["quantiles, conformalised"]
furthest = max(apart.values())
short_of = [n for n in against_level if "conformal" in n and against_level[n] == "below"]
change = seen - kept_out < kept_out - fell_to
Markdown(
    f"Of what the quantiles lose, {100 * (seen - kept_out):.1f} points are overfitting, and {100 * (kept_out - fell_to):.1f} come after the first day; in the same hours of the first day, held out, they cover {where_lost['… only the hours of the validation rows'].estimate:.0%}. "
    + (
        "**So it is the payments that changed, more than the model that overfits.** "
        if change
        else ""
    )
    + f"Moved by what the night showed, quantiles cover {shifted.estimate:.1%}. Mean ± 1.96 σ is {2 * sigma:,.0f} € wide, for payments whose median is {np.median(euros):,.0f} €, "
    f"and {np.mean(predicted['mean ± 1.96 σ'][0] < 0):.0%} of its intervals begin below zero, where no amount can be. MAPIE's conformalised intervals are ours "
    + ("to the last digit" if furthest == 0 else f"to {furthest:.0e}")
    + ": around the mean, and from quantiles, with both ends moved alike and each on its own. "
    + (
        f"**Still below {LEVEL:.0%}: {' and '.join(f'“{name}”' for name in short_of)}.** What held on the night does not hold on the day."
        if short_of
        else f"Neither of the conformal ways is shown to be below {LEVEL:.0%}."
    )
)

# %% [markdown]
# ### Coverage for whom, and when?
#
# A coverage over all payments may hide that large ones are missed again and again. Coverage *given the truth* can be had, as sets by label have it for classes: cut the amounts into bins, and find a limit for each on the night's payments of that bin. The bin of a new payment need not be known: an amount is admitted if it keeps to the limit of the bin that it lies in itself {cite:p}`randahl2026`. The price is width.

# %%
EDGES = [0, 1, 10, 50, 100, 500, np.inf]
NAMES = ["under 1", "1–10", "10–50", "50–100", "100–500", "over 500"]
by_bin = conformal.fit_binned_limits(log_night, *night_ends, edges=np.log1p(EDGES), alpha=1 - LEVEL)
bins = pd.cut(euros, EDGES, right=False, labels=NAMES)
inside["limits by bin"] = (
    conformal.quantile_scores(log_valid, *later_ends) <= np.array(by_bin.limits)[bins.codes]
)
predicted["limits by bin"] = tuple(np.maximum(np.expm1(e), 0) for e in by_bin.apply(*later_ends))
compared = ("mean ± 1.96 σ", "quantiles, conformalised", "limits by bin")

# %% tags=["hide-input"]
guessed = pd.cut(np.maximum(guess["mean"]["valid"], 0), EDGES, right=False, labels=NAMES)


def coverage_by(groups, covered, **how):
    """Coverage in each group of rows, with its interval."""
    groups = pd.Series(groups)
    found = {
        name: intervals.share(covered, among=groups == name, **how)
        for name in groups.groupby(groups, observed=True).groups
    }
    rows = [(each.estimate, each.low, each.high) for each in found.values()]
    return pd.DataFrame(rows, index=list(found), columns=["coverage", "low", "high"])


def cover_in(groups):
    """Coverage of each method in each group, with intervals that hold together."""
    drawn = conventions.drawn(valid["Time"], asked=len(compared) * len(NAMES))
    return {name: coverage_by(groups, inside[name], **drawn) for name in compared}


def draw_coverage(tables, title, groups):
    """Draw the coverage in each group of rows, with intervals."""
    series = {
        name: dict(
            zip(
                table.index,
                table.set_axis(["estimate", "low", "high"], axis=1).itertuples(),
                strict=True,
            )
        )
        for name, table in tables.items()
    }
    figure = plots.beside(series, title=title, unit="coverage", upright=groups, reference=LEVEL)
    figure.axes[0].yaxis.set_major_formatter(in_percent)
    return figure


by_true, by_guess = cover_in(bins), cover_in(guessed)

# %% tags=["remove-input"]
worst = {name: table["coverage"].idxmin() for name, table in by_true.items()}
show(
    draw_coverage(by_true, "Which payments does an interval miss?", "amount of the payment (€)"),
    alt="Coverage by the payment's amount, with intervals. "
    + "; ".join(
        f"{name}: lowest {table['coverage'].min():.0%} at {worst[name]} euros"
        for name, table in by_true.items()
    )
    + ".",
)

# %% tags=["hide-input"]
widths = {
    name: pd.Series(predicted[name][1] - np.maximum(predicted[name][0], 0)) for name in compared
}
cells = {
    (place, name): table["coverage"].map("{:.3f}".format)
    for place, tables in (("coverage, by true amount", by_true), ("by predicted amount", by_guess))
    for name, table in tables.items()
}
cells |= {
    ("median width (€), by true amount", name): width.groupby(bins, observed=True)
    .median()
    .map("{:,.0f}".format)
    for name, width in widths.items()
}
pd.DataFrame(cells).reindex(NAMES).fillna("–").rename_axis("bin (€)").T

# %% tags=["hide-input"]
hours = (valid["Time"] // 3600).astype(int).to_numpy()
new_scores = conformal.quantile_scores(log_valid, *later_ends)
night_scores = conformal.quantile_scores(log_night, *night_ends)
GAMMA = 0.005
adaptive = conformal.adaptive_limits(night_scores, new_scores, alpha=1 - LEVEL, gamma=GAMMA)
inside["adaptive"] = adaptive["covered"].to_numpy()
hourly = intervals.joint_level(2 * len(np.unique(hours)))
by_hour = {
    "limit of the night": coverage_by(hours, inside["quantiles, conformalised"], level=hourly),
    "adaptive limit": coverage_by(hours, inside["adaptive"], level=hourly),
}

# %% tags=["remove-input"]
normal_true, cqr_true, binned_true = (by_true[name]["coverage"] for name in compared)
cqr_guess, binned_guess = (by_guess[name]["coverage"] for name in compared[1:])
binned_overall = counted(inside["limits by bin"], valid["Time"])
dropped = (cqr_true.idxmin(), cqr_true.min())
Markdown(
    f"By the true amount, mean ± 1.96 σ covers from {normal_true.min():.0%} to {normal_true.max():.0%}, the conformalised quantiles from "
    f"{cqr_true.min():.0%} (at {dropped[0]} €) to {cqr_true.max():.0%}. **With limits by bin it is {binned_true.min():.1%} to {binned_true.max():.1%}, in every bin**, and {binned_overall.estimate:.1%} overall. "
    f"The price: a median width of {widths['limits by bin'].median():,.0f} € in place of {widths['quantiles, conformalised'].median():,.0f} €. "
    f"By *predicted* amount, for which they were not made, they cover from {binned_guess.min():.0%} to {binned_guess.max():.0%}, the conformalised quantiles from {cqr_guess.min():.0%} to {cqr_guess.max():.0%}. "
    "A guarantee is for the groups that it was made for: name them first."
)

# %% [markdown]
# A limit that was found at night need not fit the day. Amounts are known at once, so the limit can follow: after each miss it becomes wider, after each hit a little narrower ({term}`adaptive conformal inference`) {cite:p}`gibbs2021`. For any sequence of payments whatever, the share missed then ends close to the one aimed at.

# %% tags=["remove-input"]
spread = {
    name: (table["coverage"].min(), table["coverage"].max()) for name, table in by_hour.items()
}
show(
    draw_coverage(
        by_hour,
        "Does the coverage hold hour by hour?",
        "hour since the first payment of the data",
    ),
    alt="Coverage by hour with exact intervals: "
    + "; ".join(f"{name} from {low:.1%} to {high:.1%}" for name, (low, high) in spread.items())
    + ".",
)

# %%
following = counted(inside["adaptive"], valid["Time"])
closer = total(inside["adaptive"].astype(float) - inside["quantiles, conformalised"], valid)
bound = (LEVEL + GAMMA) / (len(euros) * GAMMA)
steps = adaptive["limit"].replace([np.inf, -np.inf], np.nan)

# %% tags=["remove-input"]
follows = intervals.verdict(closer, above="covers more", below="covers less")
Markdown(
    f"The limit of the night covers {shifted.estimate:.1%}, the adaptive one {following:.3f}: {closer.estimate / len(euros):+.3f} [{closer.low / len(euros):+.3f}, {closer.high / len(euros):+.3f}] ({follows}). "
    f"Theory allows it to be off by {bound:.4f} after {len(euros):,} payments. It pays with intervals that breathe: its limit, {shift[1]:.2f} at night in units of the logarithm, went from {steps.min():.2f} to {steps.max():.2f}. "
    "And it needs the truth after every payment. For frauds, whose labels take weeks, it would follow the fashion of last month."
)

# %% [markdown]
# ### Two intervals that are taken for one
#
# A {term}`prediction interval` is about one payment. A {term}`confidence interval` is about a mean. We sort the validation payments into ten groups by predicted amount. Each has its mean point estimate, its prediction interval (medians of the ends), and the confidence interval of its mean.

# %% tags=["hide-input"]
low, high = predicted["quantiles, conformalised"]
tenth = pd.qcut(guess["mean"]["valid"], 10, labels=range(1, 11)).astype(int)
of_mean = conventions.mean_intervals(euros, tenth, level=intervals.joint_level(10))
by_tenth = pd.DataFrame({"point": guess["mean"]["valid"], "low": low, "high": high}).groupby(tenth)
side_by_side = (
    by_tenth.median()
    .assign(point=by_tenth["point"].mean())
    .join(of_mean.rename(columns={"low": "mean_low", "high": "mean_high"}))
)
off_mark = ~side_by_side["point"].between(side_by_side["mean_low"], side_by_side["mean_high"])
mean_of = of_mean.loc[tenth]
in_mean = (euros >= mean_of["low"].to_numpy()) & (euros <= mean_of["high"].to_numpy())
quarter = np.arange(len(euros)) % 4 == 0
fewer = conventions.mean_intervals(euros[quarter], tenth[quarter], level=intervals.joint_level(10))


# %% tags=["hide-input"]
def told_apart(table):
    """Draw a point estimate, the interval of one new value and that of the mean, by group."""
    figure, axes = plt.subplots(figsize=(6.2, 3.8))
    place = np.arange(1, len(table) + 1)
    looks = {
        "prediction interval: one payment": (0, "low", "high", "blue", 7, 0.35),
        "confidence interval: their mean": (0.22, "mean_low", "mean_high", "orange", 9, None),
    }
    for label, (aside, low, high, colour, width, alpha) in looks.items():
        how = {"color": COLOURS[colour], "lw": width, "alpha": alpha, "label": label}
        axes.vlines(place + aside, table[low], table[high], **how)
    ink = {"color": INK["light"], "ms": 13, "mew": 2}
    axes.plot(place, table["point"], "_", **ink, label="point estimate")
    axes.set(xlabel="payments in ten groups, by predicted amount", ylabel="amount (€)")
    axes.set_title("How sure of one payment, how sure of their mean?")
    axes.set_yscale("symlog", linthresh=1)
    axes.set_xticks(place)
    axes.set_ylim(bottom=1.1 * min(0, table[["point", "low", "mean_low"]].min().min()))
    axes.yaxis.set_major_formatter("{x:,.10g}")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


# %% tags=["remove-input"]
show(
    told_apart(side_by_side),
    alt=(
        "For ten groups of payments by predicted amount: point estimate, prediction interval of one payment and "
        "confidence interval of the mean, in euros. In the fifth group "
        f"{side_by_side['low'].loc[5]:.0f} to {side_by_side['high'].loc[5]:,.0f} for one payment, "
        f"{side_by_side['mean_low'].loc[5]:.0f} to {side_by_side['mean_high'].loc[5]:.0f} for the mean."
    ),
)

# %% tags=["remove-input"]
growth = ((fewer["high"] - fewer["low"]) / (of_mean["high"] - of_mean["low"])).median()
Markdown(
    f"Of single payments, {shifted.estimate:.0%} lie in their prediction interval and {np.mean(in_mean):.0%} in the confidence interval of their group's mean, which was never about them. "
    f"With a quarter of the payments the confidence intervals become {growth:.1f} times as wide; what one payment will be is as open as before. "
    f"The point estimates of {int(off_mark.sum())} of the ten groups lie outside theirs (ten *t* intervals that hold together, amounts taken as independent): there the model is off on average, which no prediction interval would tell. "
    "Whoever shows the narrow one to a customer is too sure."
)

# %% [markdown]
# ## Does it know when it does not know?
#
# Two more signals are popular. {term}`Epistemic uncertainty`: train copies of the model; where they disagree, the rows did not teach enough. Neural networks differ by their random start {cite:p}`lakshminarayanan2017`; our model draws nothing, so each copy sees other rows and columns for each tree. And *out of distribution*: where a payment is unlike all that was seen, be careful. Do they find errors here, *beyond what the probability says by itself*? Signals that are drawn at random are drawn several times.

# %%
stirred = {"subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8}
SIZE, DRAWS = (2, 2) if mode.is_quick() else (5, 3)
copies = []
for seed in tqdm(range(SIZE * DRAWS), desc="seeds"):
    copy = models.chosen(seed=seed, **stirred).fit(learn[features], learn["Class"])
    copies.append(copy.predict_proba(later[features])[:, 1])
ensembles = [np.array(copies[n::DRAWS]) for n in range(DRAWS)]


def information(ensemble):
    """What knowing which model is right would tell: doubt of the mean less the mean doubt."""
    of_mean, of_each = (entr(q) + entr(1 - q) for q in (ensemble.mean(axis=0), ensemble))
    return np.maximum(of_mean - of_each.mean(axis=0), 0)


far = np.sqrt(EmpiricalCovariance().fit(known).mahalanobis(new))
signals = {
    "seeds disagree (log-odds)": [np.std(logit(one), axis=0, ddof=1) for one in ensembles],
    "seeds disagree (information)": [np.log(information(one) + 1e-9) for one in ensembles],
    "strange to a forest": odd,
    "far from the mean": [np.log(far)],
}

# %% [markdown]
# The yardstick is the model's own probability that its decision is wrong. Each signal is added to it by a small logistic regression that learns, on three stretches of time, to tell wrong decisions from right ones, and is judged on the fourth. A signal that knows something new must find more of the errors, by {term}`average precision`, or bring the area under the risk–coverage curve down. Intervals allow for the seed of a signal, and hold for all eight comparisons together.

# %%
by_own = logit(np.clip(np.where(by_amount, 1 - p, p), 1e-9, 1 - 1e-9))
quarters = np.linspace(time[0], time[-1], 5)[1:-1]
stretch = np.searchsorted(quarters, time, side="right")
learner = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def error_risk(*columns):
    """Probability of a wrong decision, learned on all other stretches of time."""
    how = {"groups": stretch, "cv": LeaveOneGroupOut(), "method": "predict_proba"}
    return cross_val_predict(learner, np.column_stack(columns), wrong, **how)[:, 1]


alone = error_risk(by_own)
added = {name: [error_risk(by_own, one) for one in drawn] for name, drawn in signals.items()}

# %% tags=["hide-input"]
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


# %%
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

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "finds errors alone (average precision)": f"{np.mean(found):.3f}",
            "… over seeds": f"{min(found):.3f} to {max(found):.3f}" if len(found) > 1 else "–",
            "adds to the probability": f"{news[name, 'precision']:+.3f}"
            if name in signals
            else "–",
            "changes the area (per million)": "–"
            if name not in signals
            else "{:+.1f} [{:+.1f}, {:+.1f}]".format(
                *(1e6 * getattr(news[name, "area"], end) for end in ("estimate", "low", "high"))
            ),
        }
        for name, found in by_itself.items()
    }
).T

# %% tags=["remove-input"]
adds = {name: news[name, "precision"] for name in signals}
show(
    forest(
        adds,
        title="Does a signal add to what the probability says?",
        unit="average precision of errors, gained",
        reference=0,
        spec="+.3f",
    ),
    alt="Gain in average precision of errors when a signal is added to the probability: "
    + "; ".join(f"{name} {gained:+.3f}" for name, gained in adds.items())
    + ".",
)

# %% tags=["remove-input"]
says = {
    (name, measure): intervals.verdict(
        gained,
        asked=len(news),
        **({"above": "helps", "below": "harms"} if measure == "precision" else {"above": "harms", "below": "helps"}),
    )
    for (name, measure), gained in news.items()
}  # fmt: skip
helpful = sorted({name for (name, _), word in says.items() if word == "helps"})
alike = spearmanr(signals["seeds disagree (information)"][0], -np.abs(by_own)).statistic
Markdown(
    f"There are {int(wrong.sum())} wrong decisions among {len(wrong):,}. Alone, the model's own probability finds them with an average precision of {by_itself[own_name][0]:.3f}, the best other signal with "
    f"{max(np.mean(by_itself[name]) for name in signals):.3f}. Signals that help when added to it: **{', '.join(helpful) or 'none'}**. "
    f"(How much the seeds disagree goes with how unsure the model is of its decision: rank correlation {alike:.2f}.) "
    + (
        "A signal that adds nothing is no reason for a look, however wise it sounds. What it would find under a *new* kind of fraud, these rows cannot say."
        if not helpful
        else "Worth a place in the queue of the desk, once it has been seen to hold on other days."
    )
)

# %% [markdown]
# ## One look at the test rows
#
# Everything is fixed now: the policies and the prices, the level of the certificate, the kind of sets, the regression. The model that goes forward has learned from the training rows; its threshold, its certificate and the limits of its sets come from the validation rows; the test rows judge them, once. Nothing below changes anything above.

# %%
test = split.open_test(
    payments,
    who="chapter 04",
    why="What limits from the validation rows are worth on the hours after; nothing is chosen.",
    kind="evaluation",
)
f_test = forward.predict_proba(test[features])[:, 1]
y_test, test_amount, clock = (test[name].to_numpy() for name in ("Class", "Amount", "Time"))
final_sets, final_cover = {}, {}
for kind in ("marginal", "by label"):
    limits = doubt.fit_sets(y_valid, f_valid, alpha=ALPHA, kind=kind)
    holds_fraud = limits.holds(f_test)[:, 1]
    final_cover[kind] = counted(holds_fraud, clock, among=y_test)
certified = f_test >= final.threshold
final_recall = counted(certified, clock, among=y_test)
final_bursts = profile.burst_recall(clock, y_test, certified)

# %%
one_threshold = conventions.threshold(valid, f_valid, costs=COSTS)
rules = {
    "one threshold": 2 * (f_test >= one_threshold),
    "two ways, by amount": 2 * costs.bayes_block(f_test, test_amount, costs=COSTS),
    "three ways": doubt.three_way(f_test, test_amount, costs=COSTS, desk=DESK),
}
test_bills = {
    name: doubt.three_way_costs(y_test, rule, test_amount, costs=COSTS, desk=DESK)
    for name, rule in rules.items()
}
test_saved = {
    name: total(test_bills["one threshold"] - test_bills[name], test, asked=2)
    for name in ("two ways, by amount", "three ways")
}

# %% tags=["hide-input"]
ends_on = {"valid": [], "test": []}
for kind in ("low", "high"):
    fitted_amount = amount_model(kind, train)
    for name, rows in (("valid", valid), ("test", test)):
        ends_on[name].append(fitted_amount.predict(rows[V]))
log_test = np.log1p(test_amount)
test_scores = conformal.quantile_scores(log_test, *ends_on["test"])
old_scores = conformal.quantile_scores(log_valid, *ends_on["valid"])
limit = doubt.conformal_limit(old_scores, alpha=1 - LEVEL)
moving = conformal.adaptive_limits(old_scores, test_scores, alpha=1 - LEVEL, gamma=GAMMA)
binned = conformal.fit_binned_limits(
    log_valid, *ends_on["valid"], edges=np.log1p(EDGES), alpha=1 - LEVEL
)
test_bins = pd.cut(test_amount, EDGES, right=False, labels=NAMES)
admitted = test_scores <= np.array(binned.limits)[test_bins.codes]
test_binned = coverage_by(test_bins, admitted, **conventions.drawn(clock, asked=len(NAMES)))

# %% tags=["hide-input"]
asked_for = {
    "frauds found at the certified threshold": (lambda k: counted(certified, clock, among=y_test, asked=k), RECALL),
    "frauds covered by sets by label": (lambda k: counted(holds_fraud, clock, among=y_test, asked=k), 1 - ALPHA),
    "amounts in their interval": (lambda k: counted(test_scores <= limit, clock, asked=k), LEVEL),
    "amounts in their adaptive interval": (lambda k: counted(moving["covered"], clock, asked=k), LEVEL),
    "amounts within limits by bin": (lambda k: counted(admitted, clock, asked=k), LEVEL),
}  # fmt: skip
together = {name: (of(len(asked_for)), goal) for name, (of, goal) in asked_for.items()}
held_up = {name: beside(found, goal, len(together)) for name, (found, goal) in together.items()}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "held": f"{found.n_positive:,} of {found.n:,}",
            "share": f"{found:.3f}",
            "asked for": f"{goal:.0%}",
            "share is": held_up[name],
        }
        for name, (found, goal) in together.items()
    }
).T

# %% tags=["remove-input"]
test_law = doubt.coverage_law(int(y_valid.sum()), alpha=ALPHA, n_new=int(y_test.sum()))
law_low, law_high = test_law.interval(0.95)
on_test = {name: cheaper(saving, 2) for name, saving in test_saved.items()}
Markdown(
    f"At the certified threshold {final_recall.n_positive} of {final_recall.n} frauds are found, at least one in {final_bursts[0]} of {final_bursts[1]} bursts, at {1000 * certified.mean():.0f} alerts per 1,000 payments. "
    f"Of {int(y_test.sum())} independent frauds, luck alone would let sets by label cover {law_low:.0f} to {law_high:.0f}; they cover {final_cover['by label'].n_positive}, and marginal sets {final_cover['marginal'].n_positive}. "
    f"Limits by bin cover from {test_binned['coverage'].min():.1%} to {test_binned['coverage'].max():.1%} of a bin's amounts. "
    f"Against one threshold, three ways cost {in_words(test_saved['three ways'], 2)}, two ways by amount {in_words(test_saved['two ways, by amount'], 2)}."
)

# %% tags=["remove-cell"]
FEW = "fewer than five rows on one side: resamples of so few hardly differ"
BLOCKS = "bootstrap of blocks of ten minutes, paired where two are compared"
SERVED = serving.fingerprint(f_valid)
on = {"development": len(later), "valid": len(valid), "test": len(test), "train": len(learn)}


def note(claim, found, split, unit, model=""):
    """Record one result of this chapter."""
    exact = found.method.startswith("binomial")
    evidence.record(
        claim, found.estimate, found, split=split, n=on[split], unit=unit, model=model,
        how="exact binomial" if exact else BLOCKS, because=FEW if exact else "",
        chapter="04", data_digest=payments.attrs["sha256"],
    )  # fmt: skip


for name, saving in saved.items():
    note(f"euros saved by {name}, against one threshold", saving, "development", "€")

# %% tags=["remove-cell"]
note("euros saved by three ways, against one threshold, without the luckiest payment", without, "development", "€")  # fmt: skip
note("euros saved by looking above the certified threshold, against one threshold", guarantee, "valid", "€")  # fmt: skip
note("share of missed frauds that are confident", share_hidden, "valid", "share of missed frauds")
note("recall at the threshold certified by the night", kept, "valid", "share of frauds")
note("recall at the certified threshold", final_recall, "test", "share of frauds", SERVED)
for name, saving in test_saved.items():
    note(f"euros saved by {name}, against one threshold, test rows", saving, "test", "€", SERVED)  # fmt: skip
for kind in ("marginal", "by label"):
    note(f"frauds covered by 90 % sets, {kind}, valid", coverage[kind, "fraud"], "valid", "share of frauds")  # fmt: skip
    note(f"frauds covered by 90 % sets, {kind}, test", final_cover[kind], "test", "share of frauds", SERVED)  # fmt: skip
note("honest payments covered by 90 % sets, by label, valid", carried, "valid", "share of payments")

# %% tags=["remove-cell"]
of_amounts = "share of payments"
for name, of in zip(where_lost, ("train", "train", "train", "development", "valid"), strict=True):
    note(f"amounts between quantiles as they are: {name}", where_lost[name], of, of_amounts)
for name in ("mean ± 1.96 σ", "mean ± conformal"):
    note(f"amounts in 95 % intervals, {name}", overall[name], "valid", of_amounts)
note("amounts in 95 % intervals, conformalised quantiles", shifted, "valid", of_amounts)
note("amounts in 95 % intervals, limits by bin", binned_overall, "valid", of_amounts)
note("amounts in 95 % intervals, adaptive", following, "valid", of_amounts)
hard = np.asarray(bins == "100–500")
for name in compared[1:]:
    hit = counted(inside[name], valid["Time"], among=hard, asked=len(compared) * len(NAMES))
    note(f"amounts of 100–500 € in 95 % intervals, {name}", hit, "valid", of_amounts)
for name in ("interval", "adaptive interval"):
    found, _ = together[f"amounts in their {name}"]
    note(f"amounts in 95 % intervals, {name}, test rows", found, "test", of_amounts)
note("amounts in 95 % intervals, limits by bin, test rows", together["amounts within limits by bin"][0], "test", of_amounts)  # fmt: skip

# %% tags=["remove-cell"]
UNITS = {"precision": "average precision", "area": "errors per payment"}
for (name, measure), gained in news.items():
    note(f"{measure} of errors gained: {name}", gained, "development", UNITS[measure])
note(
    "area under the risk-coverage curve, doubt in euros against doubt about the label",
    area_gap, "development", UNITS["area"],
)  # fmt: skip
for within, found in enough.items():
    for which, number in found.items():
        evidence.record(
            f"frauds that keep coverage within {within:g} of its level, {which}", number, None,
            unit="frauds", n=number, split="none", how="beta law, every number tried",
            chapter="04", data_digest=payments.attrs["sha256"],
        )  # fmt: skip

# %% tags=["remove-cell"]
concluded = {
    "which correction of the scores is kept?": chosen_score,
    **{f"log-loss of {name}, against the scores as they are": w for name, w in verdict_of.items()},
    **{f"{name}, against one threshold": word for name, word in verdict_on.items()},
    "do three ways go forward?": "yes" if passed else "no, as a challenger",
    **{f"desks with which three ways are {w}": "; ".join(c) or "none" for w, c in listed.items()},
    **{f"at most {k} looks an hour": cheaper(s, len(LOOKS)) for k, (_, s) in hands.items()},
}  # fmt: skip

# %% tags=["remove-cell"]
concluded |= {
    "doubt in euros against doubt about the label, by errors": area_word,
    "doubt in euros against doubt about the label, by euros": euro_word,
    f"recall at the night's certificate, against {RECALL:.0%}": kept_word,
    "a look above the night's certificate": cheaper(guarantee),
    "the certificate of the model that goes forward costs": "more than all fraud" if looks_alone > do_nothing else "less than all fraud",
    f"coverage of honest payments, against {1 - ALPHA:.0%}": ordered,
    "orders that raise an alarm": ", ".join(n for n, b in bets.items() if b.alarm is not None) or "none",
    "bursts alone raise alarms": "yes" if alarms["bursts shuffled"] > 0.1 else "no",
}  # fmt: skip
concluded |= {
    **{f"amounts, {name}, against {LEVEL:.0%}": word for name, word in against_level.items()},
    "most of what the quantiles lose": "change" if change else "overfitting",
    "the adaptive limit": follows,
    "signals that add to the probability": ", ".join(helpful) or "none",
    **{f"test rows: {name}, against what was asked for": word for name, word in held_up.items()},
    **{f"test rows: {name}, against one threshold": word for name, word in on_test.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04")

# %% [markdown]
# ## What to decide

# %% tags=["remove-input"]
Markdown(
    ":::{admonition} Who decides which payment?\n:class: pr-decide\n"
    + (
        "Three ways go forward"
        + (
            ", on probation: the rule was met, but the verdict hangs on one payment. They run as a pilot, with one threshold ready to take over, and known frauds are sent to the desk to measure how often people err. "
            if fragile
            else ", as the rule said. Known frauds are sent to the desk to measure how often people err. "
        )
        if passed
        else "One threshold stays. Three ways go on as a challenger, to be run beside it without deciding ({term}`shadow mode`), with known frauds sent to the desk to measure how often people err. "
    )
    + f"Against one threshold they cost {in_words(three, len(saved))} on development rows, {in_words(test_saved['three ways'], 2)} on the test rows. "
    + "No policy that looks at “confidence”. A recall is guaranteed only with its certificate, its risk, its price, and the warning that it takes frauds for independent; coverage only by label, with the number of frauds that it rests on, and not beyond the hours that resemble those. "
    + f"Extra signals that earned a place: {', '.join(helpful) or 'none'}.\n:::"
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Where frauds are rare, nearly every prediction is confident, the misses included.
# - Which doubt is worth a person's time depends on what an error costs. Three straight lines give the two thresholds; what they save is counted, with its interval, before anybody is hired.
# - Certificates and conformal sets count frauds, not payments. Ask how many there were before you believe the percentage.
# - A guarantee on average can be met by leaving out all frauds. Ask for it by label, or by bin of the true number.
# - Every such guarantee assumes that tomorrow is like the calibration rows. Test it, follow it, and say until when it holds.
# - A signal is worth what it adds to the probability, measured.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: doubt-read
#
# The business asks for a certificate of 95 % recall at a risk of one in ten, from the validation frauds. From the table of frauds needed: how many misses may there be? And why does the threshold fall so far?
# ```

# %% tags=["hide-cell"]
allowed = doubt.misses_allowed(int(y_valid.sum()), recall=0.95, delta=DELTA)
stricter = doubt.certify_recall(y_valid, f_valid, recall=0.95, delta=DELTA)
Markdown(
    f"With {int(y_valid.sum())} frauds, at most {allowed}. The threshold falls from {final.threshold:.5f} to {stricter.threshold:.5f}, where "
    f"{1000 * np.mean(f_valid >= stricter.threshold):.1f} in 1,000 payments raise an alert instead of {1000 * np.mean(f_valid >= final.threshold):.1f}: the last frauds "
    "look like honest payments, and whoever wants them must take all that looks like them."
)

# %% [markdown]
# ```{exercise} Code it
# :label: doubt-code
#
# Marginal sets cover few frauds at 90 %. Raise the level to 99 % and 99.9 %, with the night to calibrate and the validation rows to judge. When do they begin to cover frauds, and why? Then try sets by label at 99 %.
#
# Call the numbers of frauds that are covered `covered`: a dict by level, 0.9, 0.99 and 0.999.
# ```

# %% tags=["hide-cell"]
stricter_sets, covered = {}, {}
for level_wanted in (0.9, 0.99, 0.999):
    sets = doubt.fit_sets(y_night, p_night, alpha=1 - level_wanted, kind="marginal")
    row = doubt.describe_sets(sets.holds(p_valid), y_valid).loc["positive"]
    covered[level_wanted] = int(row["covered"])
    stricter_sets[f"{level_wanted:.1%}"] = f"{row['covered']:.0f} of {row['n']:.0f}"
try:
    doubt.fit_sets(y_night, p_night, alpha=0.01)
except ValueError as error:
    refused = str(error)
display(pd.Series(stricter_sets, name="frauds covered").to_frame())
Markdown(
    "Only when less may be left out than there are frauds do frauds have to be covered: the share left out competes with the share of frauds. By label the package refuses: "
    f"“{refused}”"
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.frauds_covered(covered, night=(y_night, p_night), valid=(y_valid, p_valid))

# %% [markdown]
# ```{exercise} Argue it
# :label: doubt-argue
#
# A supplier writes: “Our conformal AI guarantees that 99.9 % of all decisions are correct.” What three questions do you ask?
# ```
#
# ```{solution} doubt-argue
# :class: dropdown
#
# *Of all decisions, or of those about frauds?* Accepting everything is right nearly as often. *How many frauds calibrated it, and what is the spread of the coverage that follows from their number?* With a few dozen, the honest answer is a range. *Until when?* The guarantee assumes that payments keep coming from the same source in the same mixture; ask how they notice that this has ended, and who pays between that moment and the notice.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`chow1970`: when to refuse to decide, in closed form, half a century ago.
# - {cite:t}`angelopoulos2023`: conformal prediction, gently; {cite:t}`vovk2005`: in full.
# - {cite:t}`angelopoulos2021`: Learn then Test.
# - {cite:t}`romano2019`: conformalised quantile regression.
# - {cite:t}`gibbs2021` and {cite:t}`tibshirani2019`: two ways to go on when the world moves.
# - {cite:t}`geifman2017` and {cite:t}`geifman2019`: risk and coverage of a model that may abstain, and the area under that curve.
# - {cite:t}`vovk2021`: when to train again, by betting.
