# %% [markdown]
# # Loss functions and metrics for impact
#
# A quarter of an hour. You need [chapter 00](00_data), and to have trained a classifier before. Loss functions have [a page of their own](01c_losses_and_calibration).

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown

from casebook import conventions, data, evidence, impact, interactive, mode, models, split
from casebook.page import headed, in_short, percent
from prerelease import costs, intervals, serving, thresholds
from prerelease.plots import COLOURS, show, use_style
from prerelease.plots.costs import cost_curves
from prerelease.plots.metrics import precision_recall

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# The head of payments sums up a long meeting. “Stop the fraud, but do not annoy our customers, and we have only so many reviewers!” Everyone agrees, and no model can be chosen by it.
#
# The sentence names three things that pull against each other, and no rate of exchange. Whoever picks a metric sets that rate, knowingly or not. So we set it first, in euros.

# %% task="Load all `payments`, take `train` and `valid` of them, and name the inputs `X` and `X_valid`, the labels `y` and `y_valid`, and the validation `amount`."
payments = data.load()
train, valid = split.development(payments)
X, y = train[[*models.INPUTS]], train["Class"]
X_valid, y_valid, amount = valid[[*models.INPUTS]], valid["Class"], valid["Amount"]

# %% [markdown]
# Models learn from the {term}`training rows <Development rows>` and are judged on the {term}`validation rows`. The {term}`test rows` stay closed.
#
# ## The wrong way most people do it
#
# :::{admonition} The usual four lines
# :class: pr-wrong
# ```python
# model = make_pipeline(
#     StandardScaler(), LogisticRegression(class_weight="balanced")
# ).fit(X, y)
# print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
# ```
# :::
#
# Balanced weights are the usual advice for rare events. Beside that model we put {term}`release candidate` 1, LightGBM with its defaults (the notebook's model of the first page, without the copies), and a third “model” that accepts everything. All are judged as usual, at the threshold of one half.

# %% tags=["remove-cell"]
usual = [(models.logistic_regression(balanced=True), {}), (models.release_candidate_1(), {})]
balanced_score, naive_score = impact.scores(usual, train, valid)
desk = impact.Bills(valid)  # at the prices that are told below
how = conventions.drawn(valid["Time"])
nothing = np.zeros(len(valid), dtype=bool)
naive = {
    "accept all": np.zeros(len(valid)),
    "release candidate 1": naive_score,
    "balanced logistic": balanced_score,
}


# %% tags=["remove-cell"]
def sure(metric, score):
    """Write a metric, with its interval unless all scores are alike."""
    drawn = intervals.bootstrap(metric, y_valid, score, **how)
    return f"{drawn:.2f}" if np.ptp(score) else f"{drawn.estimate:.2f}"


def about(euros):
    """Write euros with the two digits that matter."""
    return f"{float(f'{euros:.2g}') + 0.0:,.0f}"


def rough(gap):
    """Write euros and their interval with the digits that matter."""
    return f"{about(gap.estimate)} € [{about(gap.low)}, {about(gap.high)}]"


saved = {name: desk.excess(nothing, score >= 0.5) for name, score in naive.items()}
exact = {name: ((score >= 0.5) == y_valid).mean() for name, score in naive.items()}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            "accuracy": {name: f"{share:.3f}" for name, share in exact.items()},
            "ROC AUC": {name: sure(intervals.RocAuc(), s) for name, s in naive.items()},
            "F1": {name: sure(intervals.FBeta(1, threshold=0.5), s) for name, s in naive.items()},
            "euros saved": {
                name: f"{gap:,.0f}" if naive[name].any() else "0" for name, gap in saved.items()
            },
        }
    ).rename_axis("at one half")
)

# %% tags=["remove-cell"]
balanced = balanced_score >= 0.5
loss = desk.excess(balanced, nothing)
hits, disturbed = (int((balanced & (y_valid == kind)).sum()) for kind in (1, 0))
auc = intervals.value(intervals.RocAuc(), y_valid, balanced_score)
most_accurate = max(exact, key=exact.get)
one_among = (y_valid == 0).sum() / y_valid.sum()
hours = (valid["Time"].iloc[-1] - valid["Time"].iloc[0]) / 3600

# %% [markdown]
# Brackets are 95 % intervals. They draw whole blocks of ten minutes ({term}`block bootstrap`), since frauds come in bursts. Each stands for itself, unless two questions are asked at once: then the intervals are wider, and hold together.
#
# The columns do not crown the same model. **Accuracy** is highest for “{eval}`most_accurate`”. **ROC AUC** is {eval}`f"{auc:.2f}"` for the balanced regression: excellent, one would say. Put to work, it blocks {eval}`f"{disturbed:,}"` honest customers to catch {eval}`hits` frauds. **It costs {eval}`about(loss.estimate)` € more than having no model at all**, within {eval}`f"{hours:.1f}"` hours.
#
# ROC AUC cannot see that. It compares a fraud with *one* honest payment drawn at random, but for each fraud there are {eval}`f"{one_among:,.0f}"` honest payments to stand out from. F1 sees the false alarms, and does not know what they cost.
#
# ## From a sentence to a number
#
# A {term}`cost model` says what each of the four outcomes costs. Ours has five prices. They are assumptions, and each has a reason that somebody in the business can attack. That is the point of writing them down.

# %% task="Write the costs down as `COSTS`, and price accepting all, blocking all and the oracle as `baseline`."
COSTS = costs.CostModel()
baseline = costs.baselines(y_valid, amount, costs=COSTS)

# %% tags=["remove-input"]
PRICES = [
    ("a missed fraud", f"its amount and {COSTS.miss_fee:g} €", "the investigation, a new card"),
    ("the share of that amount that comes back", percent(COSTS.recovery_share),
     "nothing: the cautious assumption"),
    ("an alert, right or wrong", f"{COSTS.review:g} €", "ten minutes of an analyst"),
    ("an honest customer blocked", f"{COSTS.goodwill:g} €", "the call, and some leave"),
    ("the margin lost on that payment", f"{percent(COSTS.margin_share)} of its amount",
     "what an honest payment earns"),
]  # fmt: skip
headed(pd.DataFrame(PRICES, columns=["what", "price", "what it pays for"]).set_index("what"))

# %% [markdown]
# Three decisions need no model: accept everything, block everything, and the {term}`oracle`, who knows. They are the scale. {term}`Savings` are the way from the first (0) to the oracle (1).

# %% tags=["remove-input"]
written = baseline[["cost", "cost_per_1000"]].map("{:,.0f}".format)
written["savings"] = baseline["savings"].map("{:.1f}".format)
headed(written.set_axis(["cost (€)", "€ per 1,000 payments", "savings"], axis=1))

# %% tags=["remove-cell"]
accept_all, oracle, block_all = (
    baseline.loc[name, "cost"] for name in ("accept all", "oracle", "block all")
)
fee_less_review = COSTS.saved_by_blocking(np.array([0.0]))[0]

# %% [markdown]
# All there is to win on these rows is {eval}`about(accept_all - oracle)` €. Even a fraud of zero euros is worth stopping: that saves {eval}`f"{fee_less_review:.0f}"` €, the fee less the review.
#
# ## The right way: every threshold has its bill
#
# Let the model learn probabilities, and put the prices into the threshold. `boosted` is LightGBM in small, careful steps. Why its defaults fail is [a page of its own](01a_why_the_defaults_collapse).

# %% task="Train our model, score the validation rows as `plain`, price every threshold, and let other stretches of time choose the threshold of the decisions `one`."
model = models.boosted().fit(X, y)
plain = model.predict_proba(X_valid)[:, 1]
curve = costs.cost_curve(y_valid, plain, amount, costs=COSTS)  # every threshold
best = costs.best_threshold(y_valid, plain, amount, costs=COSTS)  # the cheapest
one = conventions.decide(valid, plain, costs=COSTS)  # the cheapest on other stretches of time

# %% [markdown]
# `best` flatters itself: it was chosen on the rows that price it. So `decide` cuts them into four stretches of time. Each is decided by the threshold that was cheapest on the *other three*. All chapters decide so. Later payments have chosen nothing: they meet a single threshold, the cheapest on all four.

# %% tags=["remove-cell"]
for_later = conventions.threshold(valid, plain, costs=COSTS)
all_by_one = plain >= for_later
bill_of_one, bill_of_four = (f"{desk.of(block).sum():,.0f}" for block in (all_by_one, one))
shown = {"boosted": plain, "balanced logistic": balanced_score, "release candidate 1": naive_score}
curves = {name: costs.cost_curve(y_valid, s, amount, costs=COSTS) for name, s in shown.items()}
lowest = {name: each["cost_per_1000"].min() for name, each in curves.items()}
at_half = 1000 * desk.of(balanced).mean()
free, known = (baseline.loc[name, "cost_per_1000"] for name in ("accept all", "oracle"))
described = (
    "Cost in euros per 1,000 payments against alerts per 1,000 payments, one curve a model, between "
    f"accepting all ({free:.0f}) and the oracle ({known:.0f}). Lowest points: "
    + ", ".join(f"{name} {value:.0f}" for name, value in lowest.items())
    + f". The balanced logistic regression at one half costs {at_half:.0f} and is off the figure."
)

# %% tags=["hide-input"]
figure = cost_curves(
    curves,
    baselines=baseline,
    title="What does each number of alerts cost?",
    chosen=dict.fromkeys(curves, 0.5),
)
show(figure, alt=described)

# %% [markdown]
# Each point is one threshold, and dots mark one half. At its best threshold the balanced regression would cost {eval}`about(lowest['balanced logistic'])` € per 1,000 payments. Its dot is missing because at one half it costs {eval}`about(at_half)`. A threshold that nobody chose made it worse than no model. Release candidate 1 is another case: its best is {eval}`about(lowest['release candidate 1'])` €, for it *ranks* badly. (Its curve begins late: many payments share its top score.)
#
# ### Which precision pays?
#
# Where frauds are rare, precision against recall tells more than ROC {cite:p}`saito2015`. A curve that lies above another everywhere in one plane does so in the other {cite:p}`davis2006`. But this plane spreads out the corner in which rare events are decided. {term}`Average precision` is the area below. It knows no price, but the plane has room for one: along each dotted line the cost is the same.

# %% tags=["remove-cell"]
recall = np.linspace(0.01, 1, 1000)
lines = {
    cost: costs.precision_at_cost(y_valid, amount, costs=COSTS, recall=recall, cost_per_1000=cost)
    for cost in (free, 200, 150, 100, 50)
}
break_even = lines[free][-1]
ranked = {
    name: intervals.value(intervals.AveragePrecision(), y_valid, s) for name, s in shown.items()
}

# %% tags=["hide-input"]
figure = precision_recall(
    curves, lines, recall=recall, chosen=0.5, title="Which precision pays, at each recall?"
)
note = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": "small"}
figure.axes[0].annotate("€ per 1,000\npayments", (1, 1), (4, 3), va="bottom", **note)
show(
    figure,
    alt=(
        "Precision against recall of three models over lines of equal cost per 1,000 payments. Average "
        "precision: "
        + ", ".join(f"{name} {value:.2f}" for name, value in ranked.items())
        + ". The line that costs as much as accepting all is level, at a precision of "
        f"{break_even:.2f}; at one half the balanced logistic regression lies below it."
    ),
)

# %% [markdown]
# The level line is accepting all. Alerts of which fewer than {eval}`percent(break_even)` are frauds cost more than they save, at any recall.
#
# ## What does the threshold cost at *your* prices?
#
# What if a review costs twice as much at your bank, or a customer who was blocked is worth 100? Turn the knobs; the threshold stays yours to choose.

# %% tags=["remove-input"]
interactive.threshold_prices(y_valid, amount, shown, costs=COSTS, threshold=for_later)

# %% [markdown]
# Double the review, then make customers expensive: how far does the cheapest threshold move, and how much does it save against today's? Then take the balanced regression. A reasonable threshold for it lies at the very edge. How far our own prices may be wrong is measured [on another page](01d_how_wrong_may_the_costs_be).
#
# (At first one threshold decides the rows that also chose it: {eval}`int(all_by_one.sum())` alerts, {eval}`bill_of_one` €. Chosen for each stretch on the other three, as in all that follows, it comes to {eval}`int(one.sum())` alerts, {eval}`bill_of_four` €. The gap is how a threshold flatters itself.)
#
# ## Who earned it, the model or the threshold?
#
# `boosted` at a chosen threshold against the balanced regression at one half is no fair race: two things differ. So each stands here twice, at one half and at its own threshold, chosen in euros.

# %% tags=["remove-cell"]
decisions = {
    "release candidate 1, one half": naive_score >= 0.5,
    "balanced logistic, one half": balanced,
    "balanced logistic, one chosen threshold": conventions.decide(
        valid, balanced_score, costs=COSTS
    ),
    "boosted, one half": plain >= 0.5,
    "boosted, one chosen threshold": one,
}
saved |= {name: desk.excess(nothing, chosen) for name, chosen in decisions.items()}
fair = decisions["balanced logistic, one chosen threshold"]

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {
                "alerts": f"{int(chosen.sum()):,}",
                "frauds caught (bursts)": desk.caught(chosen),
                "€ saved against accepting all": f"{saved[name]:,.0f}",
                "savings": f"{costs.savings(y_valid, chosen, amount, costs=COSTS):.2f}",
            }
            for name, chosen in decisions.items()
        }
    ).T.rename_axis("decision")
)

# %% tags=["remove-cell"]
earned = {  # asked together: what the model is worth, and what its threshold
    "lead": desk.excess(fair, one, asked=2),
    "choice": desk.excess(plain >= 0.5, one, asked=2),
}
words = intervals.verdicts(earned, above="more expensive", below="cheaper")
lead, half_more = earned.values()
_, half_word = words.values()
rescued = desk.excess(balanced, fair)

# %% tags=["remove-cell"]
differ = fair != one
rests = f"It hangs on {int(differ.sum())} payments that only one of the two decides rightly"
told_lead = {
    intervals.UNTOLD: f"is {rough(lead)} cheaper with boosted. That could be luck, which is to say that the 95 % interval holds zero. {rests}.",
    "more expensive": f"is {rough(lead)} cheaper with boosted: more than luck, which is to say that the 95 % interval leaves out zero. {rests}.",
    "cheaper": f"is {about(-lead.estimate)} € more expensive with boosted: more than luck, which is to say that the 95 % interval leaves out zero. {rests}.",
}[words["lead"]]
told_choice = {
    intervals.UNTOLD: f"worth {rough(half_more)}, which could be luck",
    "more expensive": f"worth {rough(half_more)}, which is more than luck",
    "cheaper": f"a loss of {about(-half_more.estimate)} €, and more than bad luck",
}[half_word]

# %% [markdown]
# **For the balanced regression the threshold is everything:** it is worth {eval}`rough(rescued)`. **For `boosted` it is {eval}`told_choice`.** A model that learned probabilities is near its cheapest threshold at one half already, and the ground there is flat.
#
# And the models? The fair pair, each at its own chosen threshold, {eval}`told_lead`
#
# So why `boosted`? Not because it was shown to be cheaper. Its scores can be read as probabilities, and a threshold that is a little off costs little. Which kind of model *ranks* better takes more frauds to see: [the best of many](02d_best_of_many).
#
# ## One threshold, or one for each payment
#
# A large payment deserves less trust. With calibrated probabilities the best rule is known {cite:p}`elkan2001,bahnsen2014`: block where $p \ge D/(B+D)$. Here $B$ are the euros that blocking this payment saves if it is fraud, and $D$ those that it loses if it is honest. In theory no single threshold beats that.

# %% task="Block each payment whose own expected cost is higher if we accept it: `by_payment`."
by_payment = costs.bayes_block(plain, amount, costs=COSTS)

# %% [markdown]
# Before we look, the rule: one threshold is simpler, so it stays unless the other is cheaper on one of two looks and more expensive on neither. The first look is at the validation rows. The second is at more frauds, those of the later training rows too, by a model that learned from the earlier ones.

# %% tags=["remove-cell"]
earlier = (train["Time"] < 60_000).to_numpy()
longer = pd.concat([train[~earlier], valid])
(older_score,) = impact.scores([(models.boosted(), {})], train[earlier], longer)
looks = {}
for look, rows, p in (("validation", valid, plain), ("longer", longer, older_score)):
    each = costs.bayes_block(p, rows["Amount"], costs=COSTS)
    single = conventions.decide(rows, p, costs=COSTS)
    looks[look] = impact.Bills(rows).excess(each, single, asked=2)
two_looks = intervals.verdicts(looks, above="more expensive", below="cheaper")
pays = "cheaper" in two_looks.values() and "more expensive" not in two_looks.values()
stays = "a threshold for each payment takes over" if pays else "one threshold stays"

# %% tags=["remove-cell"]
apart = by_payment & ~one
apart_hits, expected = int(y_valid[apart].sum()), plain[apart].sum()
luck = (np.random.default_rng(0).random((20_000, apart.sum())) < plain[apart]).sum(axis=1)
so_few = np.mean(luck <= apart_hits)
there = thresholds.cross_fitted(
    longer["Class"], older_score, longer["Amount"], longer["Time"], costs=COSTS
).thresholds

# %% tags=["remove-cell"]
mended = intervals.bootstrap_difference(
    intervals.AveragePrecision(), y_valid, plain, naive_score, **how
)
final = desk.excess(naive_score >= 0.5, one)
rests_on = {
    "in small steps, LightGBM ranks better than with its defaults": (
        intervals.verdict(mended, above="better") == "better"
    ),
    "by the rule of two looks, one threshold stays": not pays,
    "the chosen threshold is cheaper than release candidate 1": (
        intervals.verdict(final, above="cheaper") == "cheaper"
    ),
}
as_signs = ("✓" if holds else "✗" for holds in rests_on.values())

# %% tags=["remove-cell"]
look, longer_look = looks.values()
told_look = {
    "more expensive": f"it costs {rough(look)} more than one threshold, which is more than luck",
    "cheaper": f"it costs {about(-look.estimate)} € less than one threshold, more than luck",
    intervals.UNTOLD: f"it costs {rough(look)} more than one threshold, which could be luck",
}[two_looks["validation"]]
told_longer = {
    "more expensive": f"it costs {rough(longer_look)} more, which is more than luck",
    "cheaper": f"it costs {about(-longer_look.estimate)} € less, more than luck",
    intervals.UNTOLD: f"the gap is {rough(longer_look)}, which could be luck",
}[two_looks["longer"]]

# %% [markdown]
# On the validation rows {eval}`told_look`. On the longer period {eval}`told_longer`. By the rule, **{eval}`stays`**, here and in all chapters that follow.
#
# Why? {eval}`int(apart.sum())` payments are blocked only by the rule for each payment. By their scores {eval}`f"{expected:.1f}"` of them should be frauds, and {eval}`apart_hits` were. If the scores are right, so few or fewer turn up in {eval}`percent(so_few)` of such stretches: it may be bad luck. The rule needs good probabilities *exactly where large payments meet middling scores*, and hardly any fraud is there to check them by. Are they good? [Losses and calibration](01c_losses_and_calibration) asks.
#
# ## What to decide
#
# :::{admonition} Which number, which model, which threshold?
# :class: pr-decide
# The number is euros by the cost model, reported as savings, with its interval. Nobody weighs the classes and then decides at one half. The model is `boosted`, for scores that can be read as probabilities. Release candidate 1 is withdrawn: no threshold mends its ranking. One threshold, chosen in euros, decides: later payments are blocked from a score of {eval}`f"{for_later:.2f}"` on. A threshold for each payment is a challenger until more frauds have been seen.
# :::

# %% tags=["remove-input"]
Markdown(
    "Checked when this page was computed: "
    + "; ".join(f"{sign} {premise}" for sign, premise in zip(as_signs, rests_on, strict=True))
    + "."
    + " **Where a ✗ stands, the decision has to be taken again.**" * (not all(rests_on.values()))
)

# %% [markdown]
# **What is not known.** The best threshold itself: on the longer period the four stretches chose {eval}`f"{min(there):.2f}"` to {eval}`f"{max(there):.2f}"`. And the prices are guesses. An interval of euros keeps its word less often than it says ([here is how often](02c_does_an_interval_keep_its_word)): take it as the least doubt there is.
#
# **On Monday:** ask for your five prices and write them into a `costs.CostModel`. Let `costs.baselines` price accepting everything, and `costs.cost_curve` each threshold of what you run today. [From a file of scores](../about/own-model), one command does it.


# %% tags=["remove-cell"]
def in_euros():
    """Draw what the decisions cost."""
    figure, axes = plt.subplots(figsize=(3.3, 3.2))
    bills = {
        "no model": accept_all,
        "balanced logistic, ½": desk.of(balanced).sum(),
        "balanced logistic, chosen": desk.of(fair).sum(),
        "boosted, ½": desk.of(plain >= 0.5).sum(),
        "boosted, chosen": desk.of(one).sum(),
        "oracle": oracle,
    }
    names = ("grey", "orange", "orange", "blue", "blue", "grey")
    colours = [COLOURS[name] for name in names]
    sns.barplot(x=[*bills.values()], y=[*bills], hue=[*bills], palette=colours, ax=axes)
    axes.set(title="What does each decision cost?", xlabel="cost (thousands of €)", ylabel="")
    axes.xaxis.set_major_formatter(lambda euros, _: f"{euros / 1000:g}")
    return figure


# %% tags=["remove-cell"]
in_a_word = {
    intervals.UNTOLD: f"Its lead of {rough(lead)} could be luck: the 95 % interval holds zero.",
    "more expensive": f"Its lead of {rough(lead)} is more than luck: the 95 % interval leaves out zero.",
    "cheaper": f"That is {about(-lead.estimate)} € less, and more than bad luck.",
}[words["lead"]]

# %% tags=["remove-input", "in-short"]
in_short(
    question="What does the business want, as a number, and which model and threshold give most of it?",
    answer=(
        f"**Count euros, and choose the threshold in them.** At one half, a model with a ROC AUC of {auc:.2f} costs "
        f"{rough(loss)} more than no model, in {hours:.1f} hours. At a threshold chosen in euros it saves "
        f"{about(saved['balanced logistic, one chosen threshold'].estimate)} € of the {about(accept_all - oracle)} € there are to win. "
        f"A model that learned probabilities saves {about(saved['boosted, one chosen threshold'].estimate)} €. {in_a_word} "
        f"For that model, choosing the threshold was {told_choice}."
    ),
    decision="Write the prices down, let the model learn probabilities, and trust no threshold that nobody chose.",
    figure=show(
        in_euros(),
        alt=(
            f"Cost of six decisions: no model {accept_all:,.0f} euros, balanced logistic regression at one half "
            f"{desk.of(balanced).sum():,.0f} and at its chosen threshold {desk.of(fair).sum():,.0f}, boosted at one half "
            f"{desk.of(plain >= 0.5).sum():,.0f} and at its chosen threshold {desk.of(one).sum():,.0f}, the oracle {oracle:,.0f}."
        ),
    ),
)

# %% [markdown]
# ## Are you sure?
#
# - LightGBM is a good method. Why does it fail here? [Why the defaults collapse →](01a_why_the_defaults_collapse)
# - Misses are worse, so why not take F2? [F-beta and the price inside it →](01b_f_beta_and_the_price_inside_it)
# - Should the model not learn what misses cost? Can its probabilities be believed? [Losses and calibration →](01c_losses_and_calibration)
# - And if the prices are wrong, or there are only so many reviewers? [How wrong may the costs be →](01d_how_wrong_may_the_costs_be)
# - Do others find the same on this data? [Two published examples, run again →](01e_two_published_examples)

# %% tags=["remove-cell"]
served = serving.fingerprint(plain)
on_valid = "€ on the validation rows"
threshold_gap = "cost of a threshold for each row above one chosen threshold"
measured = {
    "savings against accept-all, boosted, one chosen threshold": (
        saved["boosted, one chosen threshold"], on_valid),
    "savings against accept-all, release candidate 1 at one half": (
        saved["release candidate 1"], on_valid),
    "cost of balanced logistic regression at one half above accept-all": (loss, on_valid),
    "cost of release candidate 1 at one half above boosted, one chosen threshold": (final, on_valid),
    "average precision of boosted above release candidate 1": (mended, "average precision"),
    threshold_gap: (looks["validation"], on_valid),
    "cost of balanced logistic regression above boosted, each at one chosen threshold": (
        lead, on_valid),
    "cost of boosted at one half above one chosen threshold": (half_more, on_valid),
    "cost of balanced logistic regression at one half above one chosen threshold": (
        rescued, on_valid),
    "average precision of boosted": (
        intervals.bootstrap(intervals.AveragePrecision(), y_valid, plain, **how), "average precision"),
}  # fmt: skip
of_served = [name for name in measured if "boosted" in name or "threshold for each row" in name]

# %% tags=["remove-cell"]
file = {"chapter": "01", "data_digest": payments.attrs["sha256"]}
drawn = {"how": "blocks of ten minutes"}
for claim, (interval, unit) in measured.items():
    evidence.record(
        claim, interval.estimate, interval, unit=unit, split="valid", n=len(valid), **drawn,
        model=served if claim in of_served else "", **file,
    )  # fmt: skip
evidence.record(
    f"{threshold_gap}, longer period", looks["longer"].estimate, looks["longer"], unit="€",
    split="development", n=len(longer), **drawn, **file,
)  # fmt: skip
evidence.record(
    "threshold for later payments, the cheapest on the validation rows", for_later, None,
    unit="score", split="valid", how="counted: cheapest of all", n=len(valid), model=served, **file,
)  # fmt: skip

# %% tags=["remove-cell"]
concluded = {
    "which threshold stays?": "one for each payment" if pays else "one",
    "one half for boosted, against the chosen threshold": half_word,
    "balanced logistic regression against boosted, each at one chosen threshold": words["lead"],
    **{f"{premise}?": "yes" if holds else "no" for premise, holds in rests_on.items()},
    **{f"a threshold for each payment, {look} rows": word for look, word in two_looks.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="01")

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Price doing nothing first. A model with a ROC AUC near 1 can cost more than no model.
# - Every metric holds a price. Write it down, in euros, and let people argue about that.
# - Let the model learn probabilities; put the costs into the threshold. Then compare models each at its own.
# - A threshold must be priced on rows that did not choose it, and a difference needs its own interval.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 1.1 Read it off
# :label: metrics-read
# :nonumber:
#
# Suppose that a better dispute process gets 40 % of each missed fraud's amount back. Without running anything: does the threshold for a payment of 100 € go up or down, and does accept-all become cheaper or more expensive relative to the oracle? Then compute both.
# ```

# %% tags=["hide-cell"]
recovering = costs.CostModel(recovery_share=0.4)
before, after = (costs.bayes_threshold([100.0], costs=c)[0] for c in (COSTS, recovering))
ratio = [
    costs.baselines(y_valid, amount, costs=c)["cost"].loc[["accept all", "oracle"]]
    for c in (COSTS, recovering)
]
Markdown(
    f"Misses become cheaper, so it takes more suspicion to block: the threshold goes from {before:.3f} to "
    f"{after:.3f}. Accept-all falls from {ratio[0].iloc[0]:,.0f} to {ratio[1].iloc[0]:,.0f} €, the oracle "
    f"stays near its reviews ({ratio[0].iloc[1]:,.0f} and {ratio[1].iloc[1]:,.0f} €): there is less to win, "
    "and every model's savings are measured on a shorter scale."
)

# %% [markdown]
# ```{exercise} 1.2 Argue it
# :label: metrics-argue
# :nonumber:
#
# An angry customer costs us far more than 10 €, says the head of customer service. A missed fraud costs far more than its amount, says the head of fraud. Both want their number in the model. What do you do, with the knobs above in your hands, and what do you ask each of them to bring?
# ```
#
# ```{solution} metrics-argue
# :class: dropdown
#
# Turn both knobs. If both costs grow by the same factor, their ratio stays, and the ratio is most of what a threshold depends on: both may be right, and little changes. Agree on the range in which the decision does not change (the map of regret, on the page about wrong costs, shows it), and stop arguing inside it. Then ask each for the one measurement that could move them out of it. For customer service, that is the share of blocked customers who leave, and what they were worth. For fraud, it is the full cost of a sample of closed cases. Until then, keep today's constants, write the range into the release file, and put a date on it.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`elkan2001`: the foundations, in six pages; read it before any library.
# - {cite:t}`bahnsen2014`: why costs that differ from payment to payment need calibrated probabilities.
# - {cite:t}`saito2015`: why a plot of precision and recall tells more than one of ROC when positives are rare.
