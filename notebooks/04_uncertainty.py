# %% [markdown]
# # Model uncertainty: when should it not decide?
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** which payments should the model decide alone, which should a person look at, and what may we promise about either?
#
# **Afterwards you can** put a price on a model's doubt; find the misses that hide among confident predictions; certify a recall, and say how many frauds that takes; make sets and intervals that hold the truth as often as they promise; test whether such a promise may be carried over to tomorrow; tell a prediction interval from a confidence interval; and measure whether a sign of ignorance is worth anything.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, {term}`calibration`, intervals). **Time:** an hour to read, a few minutes to run.
# :::

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from lightgbm import LGBMRegressor
from scipy.special import logit
from scipy.stats import spearmanr
from sklearn.base import clone
from tqdm import tqdm

from prerelease import (
    calibration,
    costs,
    data,
    evidence,
    intervals,
    losses,
    mode,
    models,
    profile,
    splits,
    thresholds,
)
from prerelease import uncertainty as doubt

# %%
from prerelease.adapters import mapie
from prerelease.plots import leaks as forests
from prerelease.plots import show, use_style
from prerelease.plots import uncertainty as figures

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# So far the model decides everything. In life a bank has a third way: hold the payment and let a person look at it. That costs a review, and a customer who waits; it saves the dear mistakes, if the model can say which decisions are likely to be mistakes. This chapter asks whether it can, what its doubt is worth in euros, and which promises (“we find nine frauds in ten”, “the amount lies between these two numbers”) survive contact with the next hours.
#
# A promise has to be learned from rows that the model has not met, and judged on rows that come later still. So the {term}`development rows` are cut into three stretches of time: the model learns from the first day, promises are tuned on the night after it, and judged on the {term}`validation rows`. (The model's *settings* come from chapter 03, whose search and choice did see those later stretches. That may flatter what follows a little; it cannot flatter the end.) The {term}`test rows` stay closed until one evaluation at the end.

# %%
DAY = 86_400.0
payments = data.load()
train, valid = splits.development(payments)
learn, night = train[train["Time"] < DAY], train[train["Time"] >= DAY]
model = clone(models.chosen()).fit(learn[[*models.INPUTS]], learn["Class"])
later = pd.concat([night, valid])
promised = pd.Series(model.predict_proba(later[[*models.INPUTS]])[:, 1], later.index)
p_night, p_valid = promised.loc[night.index].to_numpy(), promised.loc[valid.index].to_numpy()
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
            "frauds promised": f"{score.sum():.1f}" if score is not None else "–",
        }
        for name, rows, score in (
            ("day 1: learn", learn, None),
            ("night: tune", night, p_night),
            ("validation: judge", valid, p_valid),
        )
    }
).T

# %% [markdown]
# Euros are compared payment by payment, on the same payments, and the {term}`block bootstrap` draws quarters of an hour, since frauds come in bursts (chapter 02). Shares of all payments are treated alike. Shares in groups, and of frauds, have exact binomial intervals: these take rows as independent, so where a burst shares one fate they are too short. Brackets are 95 % intervals.


# %%
def total(differences, rows, seconds=900):
    """Sum of differences between two rules on the same rows, with interval."""
    by_second = pd.Series(np.asarray(differences)).groupby(rows["Time"].to_numpy()).sum()
    scheme = intervals.Blocks(by_second.index, seconds=seconds)
    return intervals.bootstrap(
        intervals.Total(), np.zeros(len(by_second)), by_second,
        scheme=scheme, n_resamples=400 if mode.is_quick() else 1000,
    )  # fmt: skip


def share(hits, rows):
    """Share of rows of which something holds (the precision of choosing all), with interval."""
    return intervals.bootstrap(
        intervals.Precision(0.5), hits, np.ones(len(rows)),
        scheme=intervals.Blocks(rows["Time"], 900), n_resamples=400,
    )  # fmt: skip


def beyond(interval):
    """Say whether an interval of a difference leaves out zero."""
    return "beyond chance" if interval.low > 0 or interval.high < 0 else "within chance"


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
sure = doubt.confident_errors(y_valid, p_valid)
hidden = (y_valid == 1) & (p_valid <= 0.1)
at_large = COSTS.accept_cost(hidden, valid["Amount"].to_numpy())

# %% tags=["remove-input"]
share_hidden = intervals.binomial(int(sure["missed_confident"]), int(sure["missed"]))
all_frauds = COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).sum()
Markdown(
    f"**{sure['confident'] / sure['rows']:.2%} of the predictions are “confident”.** It sounds like knowledge. But {np.mean(y_valid == 0):.2%} of the "
    "payments are honest, and a “model” that promises 0 to everything is confident in all of them. Of "
    f"{sure['frauds']} frauds {sure['missed']} are missed at one half, and **{sure['missed_confident']} of these {sure['missed']} "
    f"are among the confident** (a share of {share_hidden:.2f}). They cost {at_large.sum():,.0f} €, "
    f"{at_large.sum() / all_frauds:.0%} of all that frauds could cost in these hours. "
    f"A person who looks at the other {sure['rows'] - sure['confident']:,} payments never meets them."
)

# %% [markdown]
# Doubt in the largest probability is doubt about the *label*. What matters is doubt about the *decision*, weighed by what it costs. For that a probability has to mean something first.

# %% [markdown]
# ## What a probability must mean first
#
# Of the payments promised 2 %, 2 % must be frauds: {term}`calibration`. A model can be corrected on rows that it did not learn from; we use the night, and judge by the {term}`log-loss` on the validation rows. Four corrections of chapter 01 are tried: sigmoid and temperature, which have two numbers and one to learn, and isotonic regression and {term}`Venn–Abers`, which may take any rising shape. The rule is fixed before we look: the promises stay as they are unless a correction is better beyond chance.

# %%
corrected = {"as it is": p_valid}
for method in calibration.METHODS:
    corrected[method] = calibration.fit(y_night, p_night, method=method)(p_valid)
loss_of = {name: losses.log_losses(y_valid, score) for name, score in corrected.items()}
worse_by = {name: total(loss_of[name] - loss_of["as it is"], valid) for name in calibration.METHODS}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "frauds promised": f"{score.sum():.1f}",
            "log-loss (sum)": f"{loss_of[name].sum():.1f}",
            "… more than as it is": f"{worse_by[name]:+.1f}" if name in worse_by else "–",
        }
        for name, score in corrected.items()
    }
).T.rename_axis("correction")

# %% tags=["remove-input"]
mended = [name for name, change in worse_by.items() if change.high < 0]
harmed = [name for name, change in worse_by.items() if change.low > 0]
chosen_promise = min(mended, key=lambda name: worse_by[name].estimate) if mended else "as it is"
Markdown(
    f"There were {y_valid.sum()} frauds. Better than as it is, beyond chance: {', '.join(mended) or 'none'}; worse: "
    f"{', '.join(harmed) or 'none'}. So the rule says **{chosen_promise}**. "
    + (
        "No correction that was learned at night is shown to help by day. That has a useful side: promises that "
        "were not tuned on the night may be *judged* on the night, too, and euros are counted on both stretches: "
        f"{int(later['Class'].sum())} frauds in place of {y_valid.sum()}."
        if not mended
        else "In what follows we keep the promises as they are all the same: they have not seen the night, so that euros can be "
        f"counted on both stretches, with {int(later['Class'].sum())} frauds in place of {y_valid.sum()}."
    )
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

# %% tags=["remove-input"]
(low_100,), (high_100,) = doubt.review_region([100.0], costs=COSTS, desk=DESK)
(low_1000,), (high_1000,) = doubt.review_region([1000.0], costs=COSTS, desk=DESK)
show(
    figures.review_regions(grid, title="Which payments should a person look at?"),
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
# Now the price. Six policies decide the same payments: the night and the validation rows. The incumbent is the one that chapter 01 chose, a single threshold, here chosen for each of four stretches of time on the other three. The rule, before the result: **three ways go forward if they are cheaper than the incumbent beyond chance; else they go on as a challenger.**

# %%
fraud, amount, time = (later[name].to_numpy() for name in ("Class", "Amount", "Time"))
p = promised.to_numpy()
one = thresholds.cross_fitted(fraud, p, amount, time, costs=COSTS)
by_amount = costs.bayes_block(p, amount, costs=COSTS)
unsure = np.maximum(p, 1 - p) < 0.9
policies = {
    "accept all": np.zeros(len(p), dtype=int),
    "one threshold (incumbent)": 2 * one.block,
    "two ways, by amount": 2 * by_amount,
    "look where below 0.9": np.where(unsure, 1, 2 * (p >= 0.5)),
    "three ways": doubt.three_way(p, amount, costs=COSTS, desk=DESK),
    "three ways, 2 looks an hour": doubt.three_way_at_capacity(
        p, amount, time, k=2, costs=COSTS, desk=DESK
    ),
}


def bill(decision, desk=DESK):
    """Euros that each decision about the later rows cost."""
    return doubt.three_way_costs(fraud, decision, amount, costs=COSTS, desk=desk)


# %%
bills = {name: bill(decision) for name, decision in policies.items()}
saved = {
    base: {name: total(bills[base] - cost, later) for name, cost in bills.items() if name != base}
    for base in ("one threshold (incumbent)", "two ways, by amount")
}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "looked at": int((decision == 1).sum()),
            "blocked": int((decision == 2).sum()),
            "frauds blocked / looked at / let through": " / ".join(
                str(int((decision[fraud == 1] == d).sum())) for d in (2, 1, 0)
            ),
            "cost (€)": f"{bills[name].sum():,.0f}",
        }
        for name, decision in policies.items()
    }
).T

# %% tags=["remove-input"]
against = {
    f"{name}\nagainst {'one threshold' if base.startswith('one') else 'two ways'}": row[name]
    for base, row in saved.items()
    for name in ("look where below 0.9", "three ways", "three ways, 2 looks an hour")
}
against["two ways by amount\nagainst one threshold"] = saved["one threshold (incumbent)"][
    "two ways, by amount"
]
show(
    forests.forest(
        against,
        title="What does a third way save?",
        unit="euros saved on the same payments, with 95 % interval",
        warned=[name for name in against if name.startswith("look")],
        reference=0,
        spec=",.0f",
    ),
    alt="Euros saved by a third way on the same payments: "
    + "; ".join(f"{name.replace(chr(10), ' ')} {value:,.0f}" for name, value in against.items())
    + ".",
)

# %%
hoped = (
    doubt.expected_three_way_cost(p, 2 * by_amount, amount, costs=COSTS, desk=DESK)
    - doubt.expected_three_way_cost(p, policies["three ways"], amount, costs=COSTS, desk=DESK)
).sum()
three = saved["one threshold (incumbent)"]["three ways"]
three_two = saved["two ways, by amount"]["three ways"]
row_gain = bills["one threshold (incumbent)"] - bills["three ways"]
luckiest = int(np.argmax(row_gain))
without = total(np.where(np.arange(len(p)) == luckiest, 0.0, row_gain), later)
by_hours = total(row_gain, later, seconds=3600)

# %% tags=["remove-input"]
toy = saved["one threshold (incumbent)"]["look where below 0.9"]
passed, fragile = three.low > 0, three.low > 0 >= without.low
Markdown(
    f"By the model's own promises a third way is worth {hoped:,.0f} € over two ways by amount, and by those it can never be worth less than nothing: "
    f"a person is only asked where that is cheaper on average. Counted, it was {three_two:,.0f} € ({beyond(three_two)}), and {three:,.0f} € against the incumbent "
    f"({beyond(three)}). The toy, to look wherever the model is below 0.9, saves {toy:,.0f} € ({beyond(toy)}; below zero it is dearer). "
    + (
        "**By the rule, three ways go forward.** "
        if passed
        else "**By the rule, one threshold stays and three ways go on as a challenger**: a saving that luck could have made is not a reason to hire people. "
    )
    + f"Now look twice. With blocks of an hour the interval is [{by_hours.low:,.0f}, {by_hours.high:,.0f}] €. One single payment, of {amount[luckiest]:,.0f} €, makes "
    f"{row_gain[luckiest]:,.0f} € of the saving; without it, {without:,.0f} € are left ({beyond(without)}). "
    + (
        "The rule was kept, but the verdict hangs on one payment, and we shall say so."
        if fragile
        else ""
    )
)

# %% [markdown]
# How much hangs on the desk's prices? Three fees, three rates of error. Each cell compares three ways with two ways by amount, on the same payments.

# %%
desks = {
    (fee, missed): doubt.ReviewDesk(fee=fee, missed_share=missed)
    for fee in (2.0, 5.0, 10.0)
    for missed in (0.0, 0.1, 0.3)
}
worth = {
    key: total(
        bills["two ways, by amount"]
        - bill(doubt.three_way(p, amount, costs=COSTS, desk=desk), desk),
        later,
    )
    for key, desk in desks.items()
}

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
sound = [key for key, value in worth.items() if value.low > 0]
dear = [key for key, value in worth.items() if value.high < 0]
Markdown(
    f"Three ways are cheaper beyond chance in {len(sound)} of {len(worth)} cells"
    + (
        f" (fees of {', '.join(f'{fee:g} € at {missed:.0%} missed' for fee, missed in sound)})"
        if sound
        else ""
    )
    + f", dearer beyond chance in {len(dear)}"
    + (
        f" ({', '.join(f'{fee:g} € at {missed:.0%} missed' for fee, missed in dear)})"
        if dear
        else ""
    )
    + ". The rates of error are the numbers that nobody in the room knows: measure them, by sending known frauds to the desk, before arguing about the model."
)

# %% [markdown]
# A desk has so many hands. With at most $k$ looks an hour, the best are those that save most, one by one: the saving of a look does not depend on the others.

# %%
hands = {}
for k in (0, 1, 2, 5, 10):
    decision = doubt.three_way_at_capacity(p, amount, time, k=k, costs=COSTS, desk=DESK)
    hands[k] = (decision, total(bills["two ways, by amount"] - bill(decision), later))

# %% tags=["hide-input"]
pd.DataFrame(
    {
        k: {
            "looks": int((decision == 1).sum()),
            "… of them at frauds": int((fraud[decision == 1]).sum()),
            "€ saved over two ways": f"{saving:,.0f}",
        }
        for k, (decision, saving) in hands.items()
    }
).T.rename_axis("looks an hour, at most")

# %% [markdown]
# ## Whose doubt is worth a look?
#
# A policy needs prices. Without them one can still ask: if the payments with most doubt are handed over first, how fast do the losses among the others fall? That is the {term}`risk–coverage curve` {cite:p}`geifman2017`; its area (smaller is better) sums it up. We compare three kinds of doubt about the same decisions, two ways by amount: that of the label (one minus the largest probability), that of the decision in euros (what it is expected to cost), and how strange a payment is to an isolation forest {cite:p}`liu2008` that knows the first day.

# %%
features = [*models.INPUTS]
odd = doubt.strangeness(learn[features].to_numpy(), later[features].to_numpy())
doubts = {
    "label in doubt": 1 - np.maximum(p, 1 - p),
    "euros in doubt": costs.expected_cost(p, by_amount, amount, costs=COSTS),
    "strange payment": odd,
}
wrong = by_amount != (fraud == 1)
missed = (fraud == 1) & ~by_amount
blocks = {"scheme": intervals.Blocks(time, seconds=900), "n_resamples": 400}
areas = {
    name: intervals.bootstrap(doubt.AreaUnderRiskCoverage(), wrong, of, **blocks)
    for name, of in doubts.items()
}

# %%
row_loss = np.where(missed, bills["accept all"], 0.0)
euros_lost = {name: doubt.risk_coverage(row_loss, of) for name, of in doubts.items()}


def left(of, share):
    """Euros lost in each row when the share of rows with most doubt is handed over."""
    decided = np.argsort(np.argsort(of, kind="stable")) < round((1 - share) * len(of))
    return np.where(decided, row_loss, 0.0)


order_gap = total(
    left(doubts["euros in doubt"], 0.01) - left(doubts["label in doubt"], 0.01), later
)

# %% tags=["remove-input"]
all_lost = row_loss.sum()
per_mille, per_cent = (
    {name: left(of, share).sum() for name, of in doubts.items()} for share in (0.001, 0.01)
)
show(
    figures.handed_over(
        euros_lost,
        title="What is still lost when a person looks at some?",
        unit="euros of missed frauds among the rest",
    ),
    alt=(
        f"Euros of missed frauds among the payments that nobody looks at, {all_lost:,.0f} at first, against the share "
        "looked at, on a logarithmic axis. At one in a hundred: "
        + "; ".join(f"{name} {value:,.0f}" for name, value in per_cent.items())
        + "."
    ),
)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "area, errors (per million)": f"{1e6 * area.estimate:.1f} [{1e6 * area.low:.1f}, {1e6 * area.high:.1f}]",
            "missed frauds left (€), 0.1 % handed over": f"{per_mille[name]:,.0f}",
            "missed frauds left (€), 1 %": f"{per_cent[name]:,.0f}",
        }
        for name, area in areas.items()
    }
).T

# %% tags=["remove-input"]
area_gap = intervals.bootstrap_difference(
    doubt.AreaUnderRiskCoverage(),
    wrong,
    doubts["euros in doubt"],
    doubts["label in doubt"],
    **blocks,
)
Markdown(
    f"All areas are tiny, since {1 - wrong.mean():.3%} of all decisions are right: an area near 0 says as little as “confident” does. What tells is the "
    f"comparison. Where every error counts alike, doubt in euros changes the area by {1e6 * area_gap.estimate:+.1f} [{1e6 * area_gap.low:+.1f}, {1e6 * area_gap.high:+.1f}] per million against doubt about the label "
    f"({beyond(area_gap)}; below zero would be better). Where euros count, and one payment in a hundred is handed over, it changes what is left by {order_gap:+,.0f} € against doubt about the label ({beyond(order_gap)}), of {all_lost:,.0f} € of missed frauds. "
    "So first say what an error costs, then ask whose doubt is better."
)

# %% [markdown]
# ## A recall with a certificate
#
# “We find nine frauds in ten.” From what we counted, or for sure? A {term}`recall certificate` names a threshold whose recall on payments to come is at least so much, but for a stated risk that the calibration frauds were unusually easy. It needs nothing but a binomial, and frauds that come independently of each other: if the true recall were lower, would so few misses be likely {cite:p}`clopper1934,angelopoulos2021`? So the number of frauds decides what can be certified at all.

# %% tags=["hide-input"]
RECALL, DELTA = 0.9, 0.1
needed = {
    recall: {
        misses: doubt.frauds_needed(recall=recall, delta=DELTA, misses=misses)
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
n_valid = int(y_valid.sum())
at_best = (n_valid - may_miss[n_valid], n_valid)
Markdown(
    "At a risk of one in ten. "
    + " ".join(
        f"With {n} frauds, at most {m} may be missed for a recall of {RECALL:.0%}."
        for n, m in may_miss.items()
    )
    + f" ({at_best[0]} found of {at_best[1]} are {at_best[0] / at_best[1]:.0%}, and certify {doubt.recall_bound(*at_best, delta=DELTA):.1%}.) A recall of {0.99:.0%} with a single miss takes {needed[0.99][1]} frauds; the whole first day had {int(learn['Class'].sum())}."
)

# %% [markdown]
# Do the frauds come independently? Those of one burst may be of one thief, with one card, and one score after the other. At the other extreme they share one fate, and a burst is worth a single fraud. We count bursts, ten minutes or more apart.

# %%
bursts = {
    name: len(profile.runs(rows["Time"], rows["Class"], gap=600))
    for name, rows in {"night": night, "validation rows": valid}.items()
}
at_most = {name: doubt.recall_bound(n, n, delta=DELTA) for name, n in bursts.items()}

# %% tags=["remove-input"]
Markdown(
    " ".join(
        f"The {name} {'has' if name == 'night' else 'have'} {n} bursts: if each counts as one fraud, even with none of them missed they certify a recall of {at_most[name]:.0%}."
        for name, n in bursts.items()
    )
    + f" A recall of {RECALL:.0%} takes {needed[RECALL][0]}. The truth lies between the extremes, and nobody knows where. "
    + (
        "So read every certificate below as the most that can be said, not as the least."
        if max(at_most.values()) < RECALL
        else ""
    )
)

# %%
certificate = doubt.certify_recall(y_night, p_night, recall=RECALL, delta=DELTA)
caught = (p_valid >= certificate.threshold)[y_valid == 1]
kept = intervals.binomial(int(caught.sum()), len(caught))
looked = np.where(
    (p >= certificate.threshold) & (policies["three ways"] == 0), 1, policies["three ways"]
)
guarantee = total((bill(looked) - bills["three ways"])[len(night) :], valid)

# %% tags=["remove-input"]
Markdown(
    f"The night certifies the threshold {certificate.threshold:.4f} ({certificate.missed} of {certificate.frauds} frauds missed). On the validation rows it "
    f"finds {kept.n_positive} of {kept.n} frauds, {kept:.2f}: the promise of {RECALL:.0%} is "
    + (
        "in the interval. "
        if kept.low <= RECALL <= kept.high
        else ("exceeded. " if kept.low > RECALL else "**broken**. ")
    )
    + f"It raises {1000 * np.mean(p_valid >= certificate.threshold):.1f} alerts per 1,000 payments, where three ways look at or block "
    f"{1000 * np.mean(policies['three ways'][len(night) :] > 0):.1f}. To have a person look at all of them costs, on these rows, **{guarantee:,.0f} €** more than three ways alone ({beyond(guarantee)}). "
    + (
        "So the guarantee is bought, not found: at our prices most of the frauds that it adds are not worth the looks."
        if guarantee.low > 0
        else "Whether the guarantee pays for itself is not resolved."
    )
)

# %% [markdown]
# And the model that will go forward? It learns from all training rows, and its certificate comes from the validation frauds.

# %%
forward = clone(models.chosen()).fit(train[[*models.INPUTS]], train["Class"])
f_valid = forward.predict_proba(valid[[*models.INPUTS]])[:, 1]
final = doubt.certify_recall(y_valid, f_valid, recall=RECALL, delta=DELTA)
lowest = np.sort(f_valid[y_valid == 1])[: 2 * final.missed + 4]
alerts = 1000 * np.mean(f_valid >= final.threshold)
looks_alone = alerts * (DESK.fee + DESK.wait)
do_nothing = 1000 * COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).mean()

# %% tags=["remove-input"]
Markdown(
    f"Its threshold is {final.threshold:.5f}, where the night's was {certificate.threshold:.5f}, and raises {alerts:.0f} alerts per 1,000 payments. To look at them costs about {looks_alone:,.0f} € per 1,000 payments, "
    f"where to accept everything costs {do_nothing:,.0f} €. "
    + (
        "**This certificate costs more than all the fraud that it could stop.** Nobody will sign it, and that is a result: nine in ten cannot be promised here at a price worth paying. "
        if looks_alone > do_nothing
        else "It is a price, and somebody may want to pay it. "
    )
    + f"The threshold hangs on the few frauds that look most honest: their scores are {', '.join(f'{score:.5f}' for score in lowest)}. One more or one less below, and the bill is another."
)

# %% [markdown]
# ### The same by Learn-then-Test
#
# {term}`Learn then Test` puts this as a series of tests, one for each threshold, with a correction for testing many. MAPIE has it. We give it the same rows and compare: with its default grid of thresholds and its default correction, and with a grid of quantiles (the calibration frauds' own scores).

# %%
own = np.sort(p_night[y_night == 1])
runs = {"default grid, default correction": {"method": "bonferroni_holm"}}
for method in ("bonferroni_holm", "fixed_sequence"):
    runs[f"grid of quantiles, {method}"] = {"thresholds": own, "method": method}
theirs = {
    name: mapie.control_recall(y_night == 1, p_night, recall=RECALL, delta=DELTA, **options)
    for name, options in runs.items()
}
exact = doubt.recall_p_values(y_night, p_night, own, recall=RECALL)
rounded = theirs["grid of quantiles, fixed_sequence"].p_values - exact

cuts = {name: run.best for name, run in theirs.items()} | {"ours, exact": certificate.threshold}

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
told = {kind: doubt.describe_sets(found.holds(p_valid), y_valid) for kind, found in fitted.items()}

# %% tags=["hide-input"]
pd.concat(
    {
        kind: pd.DataFrame(
            {
                "payments": table["n"].map("{:,.0f}".format),
                "coverage": [
                    f"{row.coverage:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in table.itertuples()
                ],
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
    "mathematics: the promise is about all payments, and frauds are so few that all of them fit into the part that may be left out. Sets with one limit for each label "
    f"({{term}}`label-conditional coverage`) cover {by_label['covered']:.0f} of {by_label['n']:.0f}. A set with no label in it is not nonsense: it says that the payment resembles neither "
    "the honest ones nor the frauds of the night; a set with both says that either could be."
)

# %% [markdown]
# MAPIE has the marginal sets; given the rows of one label only, its limits are those of the sets by label, too.

# %%
theirs_sets = {"marginal": mapie.label_sets(y_night == 1, p_night, p_valid, alpha=ALPHA)}
for column, label in enumerate((0, 1)):
    rows = y_night == label
    one_label = mapie.label_sets(y_night[rows] == 1, p_night[rows], p_valid, alpha=ALPHA)
    theirs_sets[f"label {label}"] = one_label[:, column]
same = {
    "marginal": (theirs_sets["marginal"] == fitted["marginal"].holds(p_valid)).all(),
    **{
        f"label {label}": (
            theirs_sets[f"label {label}"] == fitted["by label"].holds(p_valid)[:, label]
        ).all()
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
both_lucks = doubt.observed_coverage_law(int(y_night.sum()), int(y_valid.sum()), alpha=ALPHA)
surprise = both_lucks.cdf(by_label["covered"])
enough = {within: doubt.rows_for_spread(alpha=ALPHA, within=within) for within in (0.05, 0.01)}

# %% tags=["remove-input"]
show(
    figures.coverage_spread(
        laws,
        promised=1 - ALPHA,
        found={"validation": by_label["coverage"]},
        title="What does “at least 90 %” mean with so few frauds?",
    ),
    alt=(
        "Densities of the coverage among frauds that one calibration set gives, for "
        + ", ".join(laws)
        + f". With {sizes[0]} frauds it lies between {few_low:.0%} and {few_high:.0%} with a probability of {0.95:.0%}. "
        f"Found on the validation rows: {by_label['coverage']:.0%}."
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"With {sizes[0]} frauds, coverage lies between {few_low:.0%} and {few_high:.0%} with a probability of {0.95:.0%}. To fall, with that probability, no more than five points below the promise takes "
    f"{enough[0.05]:,} frauds, one point {enough[0.01]:,}. And this takes frauds as independent. They come in bursts: the night's {int(y_night.sum())} are {bursts['night']} bursts, and if a burst counts as one, coverage may lie anywhere from "
    f"{burst_low:.0%} to {burst_high:.0%}. The validation rows have their own luck on top: if nothing had changed, {by_label['covered']:.0f} or fewer of "
    f"{by_label['n']:.0f} independent frauds would be covered with a probability of {surprise:.0%}, "
    + (
        f"so what we found is {'below' if by_label['coverage'] < 1 - ALPHA else 'within'} the promise, and no more than luck could do."
        if surprise > 0.05
        else "so here the promise did not survive the night."
    )
)

# %% [markdown]
# ## May the promise be carried over?
#
# Certificates and sets rest on {term}`exchangeability`: that the order of the payments carries no information. It can be tested as payments come in. A gambler bets that each new payment is stranger, or less strange, than those before it; if order carries no information, no bet gains on average, and the wealth ever grows twentyfold with a probability of at most one in twenty ({term}`conformal test martingale`) {cite:p}`vovk2005`. One may watch as long as one likes.

# %%
honest, frauds_only = later[fraud == 0], later[fraud == 1]
gap = np.diff(frauds_only["Time"].to_numpy(), prepend=-np.inf)
streams = {
    "honest payments": honest.assign(score=p[fraud == 0]),
    "frauds": frauds_only.assign(score=1 - p[fraud == 1]),
}
streams["one fraud a burst"] = streams["frauds"][gap > 600]
bets = {name: doubt.exchangeability_test(rows["score"]) for name, rows in streams.items()}
p_values = doubt.online_p_values(streams["frauds"]["score"])
agree = np.abs(np.log(mapie.jumper_wealth(p_values)) - doubt.jumper_martingale(p_values)).max()

# %% [markdown]
# Is the gambler honest? We shuffle the frauds many times, so that their order cannot carry information, and count the alarms.

# %%
SHUFFLES = 200 if mode.is_quick() else 1000
shuffled = [
    doubt.exchangeability_test(
        np.random.default_rng([7, n]).permutation(streams["frauds"]["score"]), seed=n
    ).alarm
    for n in range(SHUFFLES)
]
false_alarms = intervals.binomial(sum(alarm is not None for alarm in shuffled), SHUFFLES)

# %% tags=["remove-input"]
first_hour = later["Time"].iloc[0] / 3600
when = {
    name: f"no alarm in {len(bet.evidence):,} rows"
    if bet.alarm is None
    else f"alarm after {bet.alarm + 1:,} of {len(bet.evidence):,} rows, {streams[name]['Time'].iloc[bet.alarm] / 3600 - first_hour:.1f} hours in"
    for name, bet in bets.items()
}
show(
    figures.evidence_paths(
        {
            name: (streams[name]["Time"].to_numpy() / 3600, bet.evidence)
            for name, bet in bets.items()
        },
        level=0.05,
        title="Does the order of payments carry information?",
    ),
    alt="Evidence against exchangeability over the hours of night and validation rows: "
    + "; ".join(f"{name}: {words}" for name, words in when.items())
    + ".",
)

# %% tags=["remove-input"]
good = y_valid == 0
carried = share(fitted["by label"].holds(p_valid)[good, 0], valid[good])
alarmed = {name: bet.alarm is not None for name, bet in bets.items()}
Markdown(
    f"False alarms on shuffled frauds: {false_alarms:.3f}, where one in twenty is allowed. (MAPIE's gambler has the same wealth, to {agree:.0e} of its logarithm.) In the real order: "
    + "; ".join(f"**{name}**: {words}" for name, words in when.items())
    + ". "
    + (
        f"With so many honest payments no change stays hidden. Does it matter? Their coverage by label went from the promised {1 - ALPHA:.0%} to {carried:.1%} (quarters of an hour drawn): "
        f"{'broken beyond chance' if carried.high < 1 - ALPHA else 'not broken beyond chance'}. Whether a change can be seen and whether it does harm are two questions. "
        if alarmed["honest payments"]
        else ""
    )
    + (
        "Of frauds the order tells something, too, but only while each burst is counted in full: what the gambler saw are the bursts, in which one fraud is like the next. One fraud a burst raises no alarm. "
        "That is no proof of stability, with so few; it says that the promise to frauds rests on the number of bursts."
        if alarmed["frauds"] and not alarmed["one fraud a burst"]
        else "For frauds, with or without bursts, there is no alarm. That is no proof: there are too few for a gambler to get rich."
        if not alarmed["frauds"]
        else "Of frauds the order tells something even with one a burst: their promise must not be carried over without a word."
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
guess = {}
for kind, objective in tqdm(kinds.items(), desc="amount"):
    target = learn["Amount"] if kind == "mean" else np.log1p(learn["Amount"])
    fitted_amount = LGBMRegressor(**settings, **objective).fit(learn[V], target)
    guess[kind] = {
        name: fitted_amount.predict(rows[V])
        for name, rows in (("learn", learn), ("night", night), ("valid", valid))
    }

# %% [markdown]
# Two conformal ways move the limits by what rows held out have shown. The simple one keeps the mean, and takes the distance to it that 95 % of the night's payments kept: one width for a coffee and for a car. {term}`Conformalised quantile regression` {cite:p}`romano2019` lets the width follow the payment: predict two quantiles of $\log(1 + \text{amount})$, see on the night how far reality lies outside them, and move both ends by that.

# %%
euros = valid["Amount"].to_numpy()
log_night, log_valid = np.log1p(night["Amount"].to_numpy()), np.log1p(euros)
shift = doubt.conformalise_quantiles(
    log_night, guess["low"]["night"], guess["high"]["night"], alpha=1 - LEVEL
)
sigma = doubt.normal_half_width(learn["Amount"] - guess["mean"]["learn"], level=LEVEL)
reach = doubt.conformal_limit(np.abs(night["Amount"] - guess["mean"]["night"]), alpha=1 - LEVEL)
moved = shift.apply(guess["low"]["valid"], guess["high"]["valid"])
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
overall = {name: share(held, valid) for name, held in inside.items()}
pd.DataFrame(
    {
        name: {
            "coverage": f"{overall[name]:.3f}",
            "median width of what lies above 0 € (€)": f"{np.median(high - np.maximum(low, 0)):,.0f}",
            "begins below 0 €": f"{np.mean(low < 0):.0%}",
        }
        for name, (low, high) in predicted.items()
    }
).T

# %%
as_columns = {
    name: np.column_stack([low, high, (low + high) / 2])
    for name in ("night", "valid")
    for low, high in [(guess["low"][name], guess["high"][name])]
}
apart = {}
for symmetric in (True, False):
    ours = doubt.conformalise_quantiles(
        log_night, *as_columns["night"][:, :2].T, alpha=1 - LEVEL, symmetric=symmetric
    ).apply(*as_columns["valid"][:, :2].T)
    others = mapie.quantile_intervals(
        log_night, as_columns["night"], as_columns["valid"], alpha=1 - LEVEL, symmetric=symmetric
    )
    apart[symmetric] = max(np.abs(a - b).max() for a, b in zip(ours, others, strict=True))

# %%
others = mapie.mean_intervals(
    night["Amount"].to_numpy(), guess["mean"]["night"], guess["mean"]["valid"], alpha=1 - LEVEL
)
ours = predicted["mean ± conformal"]
apart["mean"] = max(np.abs(a - b).max() for a, b in zip(ours, others, strict=True))

# %% tags=["remove-input"]
raw, conformal = overall["quantiles as they are"], overall["quantiles, conformalised"]
log_learn = np.log1p(learn["Amount"])
seen = np.mean((log_learn >= guess["low"]["learn"]) & (log_learn <= guess["high"]["learn"]))
normal_low = predicted["mean ± 1.96 σ"][0]
furthest = max(apart.values())
conformal_ways = ("mean ± conformal", "quantiles, conformalised")
short_of = [name for name in conformal_ways if overall[name].high < LEVEL]
Markdown(
    f"Promised are {LEVEL:.0%}. The quantiles cover {seen:.0%} of the rows that they learned from and {raw.estimate:.0%} of those that came later"
    + (": quantiles overfit like everything else" if seen - raw.estimate > 0.02 else "")
    + f". Moved by what the night showed, they cover {conformal:.3f}. Mean ± 1.96 σ covers {overall['mean ± 1.96 σ']:.3f}: each of its intervals is {2 * sigma:,.0f} € wide, for payments whose median is {np.median(euros):,.0f} €, "
    f"and {np.mean(normal_low < 0):.0%} of them begin below zero, where no amount can be. With the distance that the night showed, {2 * reach:,.0f} € wide, the mean covers {overall['mean ± conformal']:.3f}. MAPIE's conformalised intervals are ours "
    + ("to the last digit" if furthest == 0 else f"to {furthest:.0e}")
    + ": around the mean, and from quantiles, with both ends moved alike and each on its own. "
    + (
        f"**Still below the promise, beyond chance: {' and '.join(f'“{name}”' for name in short_of)}.** What held on the night does not hold on the day."
        if short_of
        else "Neither of the conformal ways is below its promise beyond chance."
    )
)

# %% [markdown]
# ### Coverage for whom, and when?
#
# A coverage over all payments may hide anything. We look at it by the payment's amount, by the *predicted* amount, and by hour.

# %%
EDGES = [0, 1, 10, 50, 100, 500, np.inf]
NAMES = ["under 1", "1–10", "10–50", "50–100", "100–500", "over 500"]
compared = ("mean ± 1.96 σ", "quantiles, conformalised")


def cover_in(bins, names=compared):
    """Coverage of each method in each bin."""
    return {name: doubt.coverage_table(inside[name], bins) for name in names}


by_true = cover_in(pd.cut(euros, EDGES, right=False, labels=NAMES))
by_guess = cover_in(pd.cut(np.maximum(guess["mean"]["valid"], 0), EDGES, right=False, labels=NAMES))

# %% tags=["remove-input"]
worst = {name: table["coverage"].idxmin() for name, table in by_true.items()}
show(
    figures.coverage_by_group(
        by_true,
        promised=LEVEL,
        title="Which payments does an interval miss?",
        unit="amount of the payment (€)",
    ),
    alt="Coverage by the payment's amount, with exact intervals. "
    + "; ".join(
        f"{name}: lowest {table['coverage'].min():.0%} at {worst[name]} euros"
        for name, table in by_true.items()
    )
    + ".",
)

# %% tags=["hide-input"]
cells = {
    (place, name): table.apply(
        lambda row: f"{row['coverage']:.2f} [{row['low']:.2f}, {row['high']:.2f}]", axis=1
    )
    for place, tables in (("true amount", by_true), ("predicted amount", by_guess))
    for name, table in tables.items()
}
pd.DataFrame(cells).reindex(NAMES).fillna("–").rename_axis("coverage by bin (€)")

# %%
low, high = predicted["quantiles, conformalised"]
width = pd.Series(high - np.maximum(low, 0)).groupby(
    pd.cut(euros, EDGES, right=False, labels=NAMES), observed=True
)
hours = (valid["Time"] // 3600).astype(int).to_numpy()
scores = doubt.quantile_scores(log_valid, guess["low"]["valid"], guess["high"]["valid"])
night_scores = doubt.quantile_scores(log_night, guess["low"]["night"], guess["high"]["night"])
GAMMA = 0.005
adaptive = doubt.adaptive_conformal(night_scores, scores, alpha=1 - LEVEL, gamma=GAMMA)
inside["adaptive"] = adaptive["covered"].to_numpy()
by_hour = {
    "limit of the night": doubt.coverage_table(inside["quantiles, conformalised"], hours),
    "adaptive limit": doubt.coverage_table(inside["adaptive"], hours),
}

# %% tags=["remove-input"]
normal_true, cqr_true = by_true["mean ± 1.96 σ"], by_true["quantiles, conformalised"]
at_width = width.median()
Markdown(
    f"By the true amount, mean ± 1.96 σ covers from {normal_true['coverage'].min():.0%} to {normal_true['coverage'].max():.0%}, the conformalised quantiles from "
    f"{cqr_true['coverage'].min():.0%} to {cqr_true['coverage'].max():.0%}; their median width grows from {at_width.iloc[0]:,.0f} € in the first bin to {at_width.iloc[-1]:,.0f} € in the last. "
    "The guarantee is about all payments together. No method can promise coverage given the truth, which nobody knows beforehand; by *predicted* amount one may ask for it, "
    f"and there it ranges from {by_guess['quantiles, conformalised']['coverage'].min():.0%} to {by_guess['quantiles, conformalised']['coverage'].max():.0%}."
)

# %% [markdown]
# A limit that was found at night need not fit the day. Amounts are known at once, so the limit can follow: after each miss it becomes wider, after each hit a little narrower ({term}`adaptive conformal inference`) {cite:p}`gibbs2021`. For any sequence of payments whatever, the share missed then ends close to the one aimed at.

# %% tags=["remove-input"]
spread = {
    name: (table["coverage"].min(), table["coverage"].max()) for name, table in by_hour.items()
}
show(
    figures.coverage_by_group(
        by_hour,
        promised=LEVEL,
        title="Does the promise hold hour by hour?",
        unit="hour since the first payment of the data",
    ),
    alt="Coverage by hour with exact intervals: "
    + "; ".join(f"{name} from {low:.1%} to {high:.1%}" for name, (low, high) in spread.items())
    + ".",
)

# %%
fixed, following = (share(inside[name], valid) for name in ("quantiles, conformalised", "adaptive"))
closer = total(inside["adaptive"].astype(float) - inside["quantiles, conformalised"], valid)
bound = doubt.adaptive_bound(len(euros), alpha=1 - LEVEL, gamma=GAMMA)
steps = adaptive["limit"].replace([np.inf, -np.inf], np.nan)

# %% tags=["remove-input"]
Markdown(
    f"The limit of the night covers {fixed:.3f}, the adaptive one {following:.3f}: {closer.estimate / len(euros):+.3f} [{closer.low / len(euros):+.3f}, {closer.high / len(euros):+.3f}] ({beyond(closer)}). "
    f"Theory allows it to be off by {bound:.4f} after {len(euros):,} payments. It pays with intervals that breathe: its limit, {shift.above:.2f} at night in units of the logarithm, went from {steps.min():.2f} to {steps.max():.2f}. "
    f"And it needs the truth after every payment. For frauds, whose labels take weeks, it would follow the fashion of last month."
)

# %% [markdown]
# ### Two intervals that are taken for one
#
# A {term}`prediction interval` is about one payment. A {term}`confidence interval` is about a mean. We sort the validation payments into ten groups by predicted amount, and give for each group the mean point estimate, the prediction interval (medians of its ends), and the confidence interval of the mean.

# %%
tenth = pd.qcut(guess["mean"]["valid"], 10, labels=range(1, 11)).astype(int)
of_mean = doubt.mean_intervals(euros, tenth, level=LEVEL)
by_tenth = pd.DataFrame(
    {"point": guess["mean"]["valid"], "low": np.maximum(low, 0), "high": high}
).groupby(tenth)
side_by_side = (
    by_tenth.median()
    .assign(point=by_tenth["point"].mean())
    .join(of_mean.rename(columns={"low": "mean_low", "high": "mean_high"}))
)
off_mark = ~side_by_side["point"].between(side_by_side["mean_low"], side_by_side["mean_high"])
mean_of = of_mean.loc[tenth]
in_mean = (euros >= mean_of["low"].to_numpy()) & (euros <= mean_of["high"].to_numpy())
quarter = np.arange(len(euros)) % 4 == 0
fewer = doubt.mean_intervals(euros[quarter], tenth[quarter], level=LEVEL)

# %% tags=["remove-input"]
show(
    figures.told_apart(
        side_by_side, title="How sure of one payment, how sure of their mean?", unit="amount (€)"
    ),
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
    f"Of single payments, {conformal.estimate:.0%} lie in their prediction interval and {np.mean(in_mean):.0%} in the confidence interval of their group's mean, which was never about them. "
    f"With a quarter of the payments the confidence intervals become {growth:.1f} times as wide; what one payment will be is as open as before. "
    f"The confidence interval has another use: the point estimates of {int(off_mark.sum())} of the ten groups lie outside theirs, so there the model is off on average, and no width of the other interval would tell. "
    "Whoever shows the narrow one to a customer promises too much, and whoever plans a month's cash with the wide one promises too little."
)

# %% [markdown]
# ## Does it know when it does not know?
#
# Two more signals are popular. {term}`Epistemic uncertainty`: train the model again with other seeds; where the copies disagree, the rows did not teach enough. And *out of distribution*: where a payment is unlike all that was seen, be careful. Both are plausible. Do they find errors here, *beyond what the probability says by itself*?

# %%
stirred = {"subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8}
copies = []
for seed in tqdm(range(3 if mode.is_quick() else 5), desc="seeds"):
    copy = models.chosen(seed=seed, **stirred).fit(learn[features], learn["Class"])
    copies.append(copy.predict_proba(later[features])[:, 1])
signals = {
    "seeds disagree (log-odds)": doubt.disagreement(copies),
    "seeds disagree (information)": np.log(doubt.mutual_information(copies) + 1e-9),
    "strange to a forest": odd,
    "far from the mean": np.log(
        doubt.strangeness(
            learn[features].to_numpy(), later[features].to_numpy(), method="Mahalanobis"
        )
    ),
}

# %% [markdown]
# The yardstick is the model's own word: the probability that its decision is wrong. Each signal is added to it by a small logistic regression that learns, on three stretches of time, to tell wrong decisions from right ones, and is judged on the fourth. A signal that knows something new must find more of the errors, by {term}`average precision`, or bring the area under the risk–coverage curve down.

# %%
by_own_word = logit(np.clip(doubt.own_error_probability(p, by_amount), 1e-9, 1 - 1e-9))
alone = doubt.cross_fitted_risk(wrong, by_own_word[:, None], time)
added = {
    name: doubt.cross_fitted_risk(wrong, np.column_stack([by_own_word, signal]), time)
    for name, signal in signals.items()
}
news = {
    name: {
        "precision": intervals.average_precision_difference(wrong, with_it, alone, **blocks),
        "area": intervals.bootstrap_difference(
            doubt.AreaUnderRiskCoverage(), wrong, with_it, alone, **blocks
        ),
    }
    for name, with_it in added.items()
}
own_word = "the probability's own word"
by_itself = {
    name: intervals.average_precision(wrong, signal, **blocks)
    for name, signal in {own_word: by_own_word, **signals}.items()
}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "finds errors alone (average precision)": f"{found:.3f}",
            "adds to the probability": f"{news[name]['precision']:+.3f}" if name in news else "–",
            "changes the area (per million)": "–"
            if name not in news
            else "{:+.1f} [{:+.1f}, {:+.1f}]".format(
                *(1e6 * getattr(news[name]["area"], end) for end in ("estimate", "low", "high"))
            ),
        }
        for name, found in by_itself.items()
    }
).T

# %% tags=["remove-input"]
show(
    forests.forest(
        {name: row["precision"] for name, row in news.items()},
        title="Does a signal add to what the probability says?",
        unit="average precision of errors, gained",
        reference=0,
        spec="+.3f",
    ),
    alt="Gain in average precision of errors when a signal is added to the probability: "
    + "; ".join(f"{name} {row['precision']:+.3f}" for name, row in news.items())
    + ".",
)

# %% tags=["remove-input"]
alike = spearmanr(
    signals["seeds disagree (information)"], -np.abs(logit(np.clip(p, 1e-9, 1 - 1e-9)))
).statistic
helpful = [n for n, r in news.items() if r["precision"].low > 0 or r["area"].high < 0]
Markdown(
    f"There are {int(wrong.sum())} wrong decisions among {len(wrong):,}. Alone, the model's own word finds them with an average precision of {by_itself[own_word].estimate:.3f}, the best other signal with "
    f"{max(by_itself[name].estimate for name in signals):.3f}. Added to it, beyond chance by either measure: **{', '.join(helpful) or 'none'}** (of {2 * len(news)} comparisons at {0.95:.0%} each, so one may stand out by luck). "
    f"(How much the seeds disagree goes with how near to one half the probability is: rank correlation {alike:.2f}.) "
    + (
        "A signal that adds nothing is no reason for a look, however wise it sounds. What it would find under a *new* kind of fraud, these rows cannot say."
        if not helpful
        else "Worth a place in the queue of the desk, once it has been seen to hold on other days."
    )
)

# %% [markdown]
# ## One look at the test rows
#
# Everything is fixed now: the policies and the prices, the level of the certificate, the kind of sets, the regression. The model that goes forward learns from all training rows, its promises are tuned on the validation rows, and the test rows judge them, once. Nothing below changes anything above.

# %%
test = splits.open_test(
    payments,
    who="chapter 04",
    why="What promises tuned on the validation rows are worth on the hours after; nothing is chosen.",
    kind="evaluation",
)
f_test = forward.predict_proba(test[features])[:, 1]
y_test, test_amount = test["Class"].to_numpy(), test["Amount"].to_numpy()
final_sets = {
    kind: doubt.describe_sets(
        doubt.fit_sets(y_valid, f_valid, alpha=ALPHA, kind=kind).holds(f_test), y_test
    ).loc["fraud"]
    for kind in ("marginal", "by label")
}
final_caught = int((f_test[y_test == 1] >= final.threshold).sum())
final_recall = intervals.binomial(final_caught, int(y_test.sum()))

# %%
one_threshold = costs.best_threshold(y_valid, f_valid, valid["Amount"], costs=COSTS).threshold
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
    name: total(test_bills[name] - test_bills["three ways"], test)
    for name in ("one threshold", "two ways, by amount")
}

# %%
amount_models = {}
for kind in ("low", "high"):
    target = np.log1p(train["Amount"])
    fitted_amount = LGBMRegressor(**settings, **kinds[kind]).fit(train[V], target)
    amount_models[kind] = [fitted_amount.predict(rows[V]) for rows in (valid, test)]
new_scores = doubt.quantile_scores(
    np.log1p(test_amount), amount_models["low"][1], amount_models["high"][1]
)
old_scores = doubt.quantile_scores(log_valid, amount_models["low"][0], amount_models["high"][0])
limit = doubt.conformal_limit(old_scores, alpha=1 - LEVEL)
final_amount = share(new_scores <= limit, test)
moving = doubt.adaptive_conformal(old_scores, new_scores, alpha=1 - LEVEL, gamma=GAMMA)
final_adaptive = share(moving["covered"], test)

# %%
verdicts = {
    f"recall at the certified threshold (promised {RECALL:.0%}, risk {DELTA:.0%})": (final_recall, RECALL),
    f"frauds covered by sets by label (promised {1 - ALPHA:.0%})": (
        intervals.binomial(int(final_sets["by label"]["covered"]), int(y_test.sum())), 1 - ALPHA),
    "frauds covered by marginal sets (promised to nobody)": (
        intervals.binomial(int(final_sets["marginal"]["covered"]), int(y_test.sum())), None),
    f"amounts in their interval (promised {LEVEL:.0%})": (final_amount, LEVEL),
    f"amounts in their adaptive interval (promised {LEVEL:.0%})": (final_adaptive, LEVEL),
}  # fmt: skip

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "held": f"{found.n_positive:,} of {found.n:,}",
            "share": f"{found:.3f}",
            "the promise": "none was made"
            if goal is None
            else "in the interval"
            if goal in found
            else "exceeded"
            if found.low > goal
            else "missed",
        }
        for name, (found, goal) in verdicts.items()
    }
).T

# %% tags=["remove-input"]
test_law = doubt.observed_coverage_law(int(y_valid.sum()), int(y_test.sum()), alpha=ALPHA)
law_low, law_high = test_law.interval(0.95)
confirmed = test_saved["one threshold"].low > 0
test_word = (
    "So the test rows confirm that they are cheaper."
    if confirmed and passed
    else "So the test rows neither confirm nor refute that they are cheaper."
    if test_saved["one threshold"].low <= 0 <= test_saved["one threshold"].high
    else ""
)
Markdown(
    f"At the certified threshold {final_recall:.2f} of the frauds are found, at {1000 * np.mean(f_test >= final.threshold):.0f} alerts per 1,000 payments. "
    f"Of {int(y_test.sum())} independent frauds, luck alone would let sets by label cover {law_low:.0f} to {law_high:.0f}; they cover {final_sets['by label']['covered']:.0f}. "
    f"Three ways save {test_saved['one threshold']:,.0f} € against one threshold ({beyond(test_saved['one threshold'])}) and {test_saved['two ways, by amount']:,.0f} € against two ways by amount ({beyond(test_saved['two ways, by amount'])}; below zero they are dearer). "
    + test_word
)

# %% tags=["remove-cell"]
file = {"chapter": "04", "data_digest": payments.attrs["sha256"]}
block_how = "bootstrap of quarters of an hour, paired by payment"
judged_on = {"development": len(later), "valid": len(valid), "test": len(test)}
for claim, interval, split, unit, how in (
    ("euros saved by three ways against one threshold", three, "development", "€", block_how),
    ("euros saved by three ways against two ways by amount", three_two, "development", "€", block_how),
    ("euros saved by looking where probability is below 0.9, against one threshold", toy, "development", "€", block_how),
    ("euros saved by three ways against one threshold, without the luckiest payment", without, "development", "€", block_how),
    ("cost of the recall certificate above three ways", guarantee, "valid", "€", block_how),
    ("share of missed frauds that are confident", share_hidden, "valid", "share of missed frauds", "exact binomial"),
    ("recall at the threshold certified by the night", kept, "valid", "share of frauds", "exact binomial"),
    ("recall at the certified threshold", final_recall, "test", "share of frauds", "exact binomial"),
    ("euros saved by three ways against one threshold, test rows", test_saved["one threshold"], "test", "€", block_how),
    ("euros saved by three ways against two ways by amount, test rows", test_saved["two ways, by amount"], "test", "€", block_how),
):  # fmt: skip
    evidence.record(
        claim, interval.estimate, interval,
        split=split, n=judged_on[split], unit=unit, how=how, **file,
    )  # fmt: skip

# %% tags=["remove-cell"]
for where, table, n in (("valid", told, len(valid)), ("test", None, len(test))):
    for kind in ("marginal", "by label"):
        row = table[kind].loc["fraud"] if table else final_sets[kind]
        found = intervals.binomial(int(row["covered"]), int(row["n"]))
        evidence.record(
            f"frauds covered by 90 % sets, {kind}, {where}", found.estimate, found, split=where,
            n=n, unit="share of frauds", how="exact binomial; calibrated on the stretch before", **file,
        )  # fmt: skip
for claim, interval, split in (
    ("amounts in 95 % intervals, mean ± 1.96 σ", overall["mean ± 1.96 σ"], "valid"),
    ("amounts in 95 % intervals, conformalised quantiles", conformal, "valid"),
    ("amounts in 95 % intervals, adaptive", following, "valid"),
    ("amounts in 95 % intervals, conformalised quantiles, test rows", final_amount, "test"),
    ("amounts in 95 % intervals, adaptive, test rows", final_adaptive, "test"),
):
    evidence.record(
        claim, interval.estimate, interval, split=split, n=interval.n, unit="share of payments",
        how="bootstrap of quarters of an hour", **file,
    )  # fmt: skip

# %% tags=["remove-cell"]
for name, row in news.items():
    evidence.record(
        f"average precision of errors gained: {name}", row["precision"].estimate, row["precision"],
        split="development", n=len(later), unit="average precision", how=block_how, **file,
    )  # fmt: skip
evidence.record(
    "area under the risk-coverage curve, doubt in euros against doubt about the label",
    area_gap.estimate, area_gap, split="development", n=len(later), unit="errors per payment",
    how=block_how, **file,
)  # fmt: skip
evidence.record(
    "three ways are cheaper than the incumbent beyond chance", float(passed), None,
    split="development", n=len(later), unit="1 if yes, 0 if no", how="lower end of the interval above 0",
    **file,
)  # fmt: skip

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
        + f"Saved against the incumbent, on development rows: {three:,.0f} €. "
        if passed
        else f"One threshold stays. Three ways saved {three:,.0f} € against it, which luck could have made; they go on as a challenger, to be run beside it without deciding ({{term}}`shadow mode`), with known frauds sent to the desk to measure how often people err. "
    )
    + f"On the test rows they saved {test_saved['one threshold']:,.0f} € against one threshold ({beyond(test_saved['one threshold'])}; below zero they are dearer). "
    + "No policy that looks at “confidence”. A recall may be promised only with its certificate, its risk, its price, and the warning that it takes frauds for independent; coverage only by label, with the number of frauds that it rests on, and not beyond the hours that resemble those. "
    + f"Extra signals that earned a place: {', '.join(helpful) or 'none'}.\n:::"
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Where frauds are rare, nearly every prediction is confident, the misses included.
# - Which doubt is worth a person's time depends on what an error costs. Three straight lines give the two thresholds; what they save is counted, with its interval, before anybody is hired.
# - Certificates and conformal sets count frauds, not payments. Ask how many there were before you believe the percentage.
# - A guarantee on average can be met by leaving out all frauds. Promise by label.
# - Every such promise assumes that tomorrow is like the calibration rows. Test it, follow it, and say until when it holds.
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
    row = doubt.describe_sets(sets.holds(p_valid), y_valid).loc["fraud"]
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
from prerelease import checks

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
# - {cite:t}`geifman2017`: risk and coverage of a model that may abstain.
