# %% [markdown]
# # Model uncertainty: when should it not decide?
#
# You need chapters 01 and 02 (the {term}`cost model`, intervals), and a quarter of an hour.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from sklearn.base import clone

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    doubts,
    evidence,
    interactive,
    mode,
    models,
    profile,
    release,
    split,
)
from casebook.page import in_short, percent
from prerelease import costs, gate, intervals, serving
from prerelease import uncertainty as doubt
from prerelease.plots import COLOURS, show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# So far the model decides everything. A bank has a third way: hold the payment and let a person look at it. That costs a review, and a customer who waits. It saves expensive mistakes, if the model can say which decisions are likely to be mistakes.
#
# The head of operations asks two things. How many people do I hire to look? And may I tell the board that we find nine frauds in ten?
#
# Here the model learns from the first day alone, which makes it another training than chapter 01's. The night after that day sets thresholds and limits, and the {term}`validation rows` judge them. The {term}`test rows` come at the end.

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
learn, night = doubts.stretches(train)
features = [*models.INPUTS]
model = clone(models.chosen()).fit(learn[features], learn["Class"])
later = pd.concat([night, valid])
scores = pd.Series(model.predict_proba(later[features])[:, 1], later.index)
p_night, p_valid = scores.loc[night.index].to_numpy(), scores.loc[valid.index].to_numpy()
y_night, y_valid = night["Class"].to_numpy(), valid["Class"].to_numpy()
COSTS, DESK = costs.CostModel(), doubt.ReviewDesk()


def two(euros):
    """Return euros with the two digits that matter."""
    return f"{float(f'{euros:.2g}'):,.0f}"


def ranged(found):
    """Return an interval with the two digits that matter."""
    return f"[{two(found.low)}, {two(found.high)}]"


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
# Whoever reads that sends the few unsure payments to a person. The model decides the rest, and everybody sleeps well.

# %% tags=["remove-cell"]
sure = np.maximum(p_valid, 1 - p_valid) >= 0.9
missed = (y_valid == 1) & (p_valid < 0.5)
hidden = missed & sure
at_large = COSTS.accept_cost(hidden, valid["Amount"].to_numpy()).sum()
all_frauds = COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).sum()
share_hidden = doubts.share(hidden, valid["Time"], among=missed)

# %% [markdown]
# {eval}`percent(sure.mean(), 2)` of the predictions are “confident”. It sounds like knowledge. But {eval}`percent(np.mean(y_valid == 0), 2)` of the payments are honest, and a “model” that gives 0 to everything is confident in all of them.
#
# Of {eval}`int(y_valid.sum())` frauds {eval}`int(missed.sum())` are missed at one half. **{eval}`int(hidden.sum())` of these {eval}`int(missed.sum())` missed frauds are among the confident.** They cost {eval}`two(at_large)` €, {eval}`percent(at_large / all_frauds)` of all that fraud could cost in these hours. A person who looks at the unsure payments never meets them.
#
# Doubt in the largest probability is doubt about the *label*. What matters is doubt about the *decision*, weighed by what it costs.

# %% [markdown]
# ## Three ways to decide
#
# A look has its prices, too. It costs {eval}`f"{DESK.fee:g}"` €, and {eval}`f"{DESK.wait:g}"` € for an honest customer who waits. People err: they let {eval}`percent(DESK.missed_share)` of the frauds go, and refuse {eval}`percent(DESK.refused_share)` of the honest payments. All of it is assumed, and the errors are what to argue about.
#
# On average a decision costs the fraud's price, times the probability $p$ of fraud, and the honest payment's price, times $1 - p$. That is a straight line in $p$, one for each decision, and the lowest line decides.

# %% task="Name `amount`, `fraud`, `time` and probability `p` of the later rows, and decide each payment in `three_ways`: accept, ask, block."
amount, fraud = later["Amount"].to_numpy(), later["Class"].to_numpy()
time, p = later["Time"].to_numpy(), scores.to_numpy()
three_ways = doubt.three_way(p, amount, costs=COSTS, desk=DESK)

# %% tags=["remove-cell"]
grid = pd.DataFrame({"amount": np.geomspace(1, 3000, 200)})
grid["low"], grid["high"] = doubt.review_region(grid["amount"], costs=COSTS, desk=DESK)
grid["two_way"] = costs.bayes_threshold(grid["amount"], costs=COSTS)
(low_100,), (high_100,) = doubt.review_region([100.0], costs=COSTS, desk=DESK)
(low_1000,), (high_1000,) = doubt.review_region([1000.0], costs=COSTS, desk=DESK)
strip_100 = f"{percent(low_100, 1)} to {percent(high_100)}"
strip_1000 = f"{percent(low_1000, 1)} to {percent(high_1000)}"
region_alt = (
    "Probability of fraud against amount, both logarithmic, with three regions: accept, a person looks, block. "
    f"At 100 euros a person looks from {strip_100}; at 1,000 euros from {strip_1000}."
)
ends = {  # what each decision costs for an honest payment of 100 euros, and for a fraud
    name: doubt.three_way_costs([0, 1], [way, way], [100.0, 100.0], costs=COSTS, desk=DESK)
    for way, name in enumerate(("accept", "a person looks", "block"))
}


# %% tags=["remove-cell"]
def region(size):
    """Draw which payments a person should look at, by amount and probability."""
    figure, axes = plt.subplots(figsize=size)
    blue, bottom = COLOURS["blue"], 0.4 * grid["low"].min()
    axes.fill_between(grid["amount"], grid["low"], grid["high"], color=blue, alpha=0.25, lw=0)
    left, right = grid.iloc[len(grid) // 4], grid.iloc[int(0.87 * len(grid))]
    for word, at, height in (
        ("block", right, right["high"]),
        ("a person\nlooks", right, right["low"] * right["two_way"]),
        ("accept", left, bottom * left["low"]),
    ):
        axes.text(at["amount"], np.sqrt(height), word, ha="center", va="center")
    axes.set(title="Which payments should a person look at?", xlabel="amount (€)")
    axes.set(xscale="log", yscale="log", ylim=(bottom, 1), ylabel="probability of fraud")
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.yaxis.set_major_formatter(lambda one, _: f"{100 * one:,.6g}%")
    return figure


# %% tags=["remove-cell"]
lines = pd.DataFrame(ends, index=[0.0, 1.0]).melt(ignore_index=False).reset_index()
lines.columns = ["p", "decision", "cost"]
lines_alt = (
    "Expected cost of a payment of 100 euros against its probability of fraud, a straight line for each decision. "
    f"To accept is cheapest up to {percent(low_100, 1)}, a look by a person up to {percent(high_100)}, to block above."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 3.2))
sns.lineplot(lines, x="p", y="cost", hue="decision", style="decision", ax=axes)
axes.axvspan(low_100, high_100, color=COLOURS["blue"], alpha=0.15, lw=0)
axes.set(title="Who should decide about 100 €?", xlabel="probability of fraud")
axes.set(ylabel="expected cost (€)", xlim=(0, 1), ylim=(0, 30))
axes.xaxis.set_major_formatter(lambda one, _: f"{100 * one:.0f}%")
sns.move_legend(axes, "upper right", title=None)
show(figure, alt=lines_alt)

# %% [markdown]
# So there are two thresholds and a strip between them, here shaded {cite:p}`chow1970`. Prices depend on the amount, so the strip does, too. It sinks as amounts grow, as the picture in the box “In short” shows: where much is at stake, a faint suspicion is worth a look. Nothing has to be searched for; {term}`abstention` has a closed form.
#
# Now the price. Six policies decide the same payments, those of the night and the validation rows. The incumbent is chapter 01's single threshold. **The rule, before the result: three ways go forward if they are cheaper by more than luck. If the difference could be luck (its 95 % interval holds zero), they go on as a challenger.**

# %% tags=["remove-cell"]
unsure = np.maximum(p, 1 - p) < 0.9
policies = {
    "accept all": np.zeros(len(p), dtype=int),
    "one threshold (incumbent)": 2 * conventions.decide(later, p, costs=COSTS),
    "two ways, by amount": 2 * costs.bayes_block(p, amount, costs=COSTS),
    "look where below 0.9": np.where(unsure, 1, 2 * (p >= 0.5)),
    "three ways": three_ways,
    "three ways, 2 looks an hour": doubt.three_way(
        p, amount, costs=COSTS, desk=DESK, k=2, time=time
    ),
}
incumbent, *challengers = [*policies][1:]
WRITTEN = {"look where below 0.9": "look where confidence is below 0.9"}

# %% task="Price each policy, payment by payment, as `bills`."
bills = {
    name: doubt.three_way_costs(fraud, decision, amount, costs=COSTS, desk=DESK)
    for name, decision in policies.items()
}

# %% tags=["remove-cell"]
saved = {
    name: doubts.total(bills[incumbent] - bills[name], time, asked=len(challengers))
    for name in challengers
}
verdict_on = {name: doubts.cheaper(saving, len(saved)) for name, saving in saved.items()}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        WRITTEN.get(name, name): {
            "looked at": int((decision == 1).sum()),
            "blocked": int((decision == 2).sum()),
            "frauds let through": int((decision[fraud == 1] == 0).sum()),
            "cost (€)": f"{bills[name].sum():,.0f}",
            "against the incumbent": verdict_on.get(name, "–"),
        }
        for name, decision in policies.items()
    }
).T

# %% tags=["remove-input"]
show(
    forest(
        {WRITTEN.get(name, name): saving for name, saving in saved.items()},
        title="What does a third way save?",
        unit="euros saved against one threshold, same payments",
        warned=[WRITTEN["look where below 0.9"]],
        reference=0,
        spec=",.0f",
    ),
    alt="Euros saved against one threshold on the same payments, with intervals that hold together: "
    + "; ".join(f"{WRITTEN.get(name, name)} {value:,.0f}" for name, value in saved.items())
    + ".",
)

# %% tags=["remove-cell"]
three = saved["three ways"]
row_gain = bills[incumbent] - bills["three ways"]
luckiest = int(np.argmax(row_gain))
without = doubts.total(np.where(np.arange(len(p)) == luckiest, 0.0, row_gain), time)
passed, fragile = three.low > 0, three.low > 0 >= without.low
by_rule = (
    "three ways go forward"
    if passed
    else "one threshold stays, and three ways go on as a challenger"
)
no_reason = "" if passed else "A saving that luck could have made is no reason to hire people."
hangs = ": the rule was kept, but the verdict hangs on it." if fragile else "."
LUCK = {
    "cheaper": "and that is more than luck",
    "more expensive": "and that is more than luck",
    intervals.UNTOLD: "which could be luck",
}
costs_words = (
    f"{two(abs(three.estimate))} € {'less' if three.estimate >= 0 else 'more'} than one threshold"
)
saved_words = f"{costs_words} (saved: {ranged(three)} €), {LUCK[verdict_on['three ways']]}"

# %% [markdown]
# On these {eval}`two(len(later))` payments, three ways cost {eval}`saved_words`. **By the rule, {eval}`by_rule`.** {eval}`no_reason` One single payment, of {eval}`two(amount[luckiest])` €, makes {eval}`two(row_gain[luckiest])` € of the difference{eval}`hangs`
#
# ## Play with it
#
# Do the prices of *your* desk change that? Set what a look costs, how often your people err, and how many looks an hour they can make. The best looks are taken first. The orange line is the interval of the saving at that number. It is that of one comparison, so it is shorter than the four above, which hold together. Whoever turns the knobs until it says “cheaper” has found luck.

# %% tags=["remove-input"]
interactive.desk_saves(
    later.assign(score=p), policies[incumbent] == 2, costs=COSTS, desk=DESK, looks=2
)

# %% [markdown]
# What a look costs can be looked up. How often people err is the number that nobody in the room knows: send known frauds to the desk and measure it, before arguing about the model. [What nine desks cost, with intervals that hold together →](04a_is_it_a_probability)

# %% [markdown]
# ## A recall with a certificate
#
# “We find nine frauds in ten.” Counted, or for sure? A {term}`recall certificate` of nine in ten, at a risk of one in ten, names a threshold. Were its recall below nine in ten, so few misses among the calibration frauds would happen at most one time in ten {cite:p}`clopper1934,angelopoulos2021`. That takes frauds that come independently of each other, and many of them. Try your own number.

# %% tags=["remove-cell"]
RECALL, DELTA = 0.9, 0.1
n_valid = int(y_valid.sum())
n_bursts = len(profile.runs(valid["Time"], valid["Class"], gap=600))
of_bursts = intervals.binomial(n_bursts, n_bursts, level=1 - 2 * DELTA).low

# %% tags=["remove-input"]
interactive.certified_recall(n_valid, RECALL, DELTA)

# %% [markdown]
# But frauds come in bursts. If a burst shares one fate, it is worth one fraud: the validation rows have {eval}`n_bursts` bursts, and with none of them missed that certifies {eval}`percent(of_bursts)`. The truth lies between. So read each certificate as the most that can be claimed.

# %% task="Ask the night for a `certificate` of recall, and find the validation rows that it has `flagged`."
certificate = doubt.certify_recall(y_night, p_night, recall=RECALL, delta=DELTA)
flagged = p_valid >= certificate.threshold

# %% tags=["remove-cell"]
kept = doubts.share(flagged, valid["Time"], among=y_valid)
kept_word = doubts.against(kept, RECALL)
now = policies[incumbent]
looked = np.where((p >= certificate.threshold) & (now == 0), 1, now)
also_looked = doubt.three_way_costs(fraud, looked, amount, costs=COSTS, desk=DESK)
guarantee = doubts.total((bills[incumbent] - also_looked)[len(night) :], valid["Time"])
price = (
    f"{two(-guarantee.estimate)} € more [{two(-guarantee.high)}, {two(-guarantee.low)}]"
    if guarantee.estimate < 0
    else f"{two(guarantee.estimate)} € less {ranged(guarantee)}"
)
kept_luck = {
    "below": "less than was promised, by more than luck",
    "above": "more than was promised",
    intervals.UNTOLD: f"{'less' if kept.estimate < RECALL else 'no less'} than was promised, which could be luck",
}[kept_word]
bought = (
    "So the guarantee is bought, not found."
    if guarantee.high < 0
    else "Whether the guarantee pays for itself is not resolved."
)

# %% tags=["remove-cell"]
forward = clone(models.chosen()).fit(train[features], train["Class"])
f_valid = forward.predict_proba(valid[features])[:, 1]
final = doubt.certify_recall(y_valid, f_valid, recall=RECALL, delta=DELTA)
alerts = 1000 * np.mean(f_valid >= final.threshold)
looks_alone = alerts * (DESK.fee + DESK.wait)
lowest = [f"{one:.5f}" for one in np.sort(f_valid[y_valid == 1])[: final.missed + 3]]
do_nothing = 1000 * COSTS.accept_cost(y_valid == 1, valid["Amount"].to_numpy()).mean()
too_dear = looks_alone > do_nothing
more_or_less = "more" if too_dear else "less"
who_signs = (
    "Nobody will sign it, and that is a result."
    if too_dear
    else "It is a price, and somebody may want to pay it."
)

# %% [markdown]
# The night's certificate finds {eval}`kept.n_positive` of {eval}`kept.n` frauds on the validation rows. **That is {eval}`percent(kept.estimate)` [{eval}`percent(kept.low)`, {eval}`percent(kept.high)`]: {eval}`kept_luck`.** To have a person look at all that it adds costs {eval}`price` on these rows. {eval}`bought`
#
# And the model that goes forward? It learns from all training rows, and its limits come from the validation rows. Its certified threshold raises {eval}`two(alerts)` alerts per 1,000 payments. Looking at them costs about {eval}`two(looks_alone)` €, where accepting everything costs {eval}`two(do_nothing)` €. **This certificate costs {eval}`more_or_less` than all the fraud that it could stop.** {eval}`who_signs` Its threshold hangs on the few frauds that look most honest, whose scores run from {eval}`lowest[0]` to {eval}`lowest[-1]`: one more or one less below, and the bill is another.

# %% [markdown]
# ## One look at the test rows
#
# Everything is fixed now. The validation rows gave the thresholds and limits, and the test rows judge them. This page opens them once; other pages have opened them, too, and [chapter 08](08_release) counts how often.
#
# Another guarantee is on trial with the certificate. A {term}`conformal set` names the labels that cannot be ruled out for a payment. It holds the true one nine times in ten, if payments to come are like those that set its limits ([sets and guarantees](04b_sets)). Sets *by label* promise that of frauds alone.

# %% tags=["hide-input"]
test = split.open_test(
    payments,
    who="chapter 04",
    why="What limits from the validation rows are worth on the hours after; nothing is chosen.",
    kind="evaluation",
)

# %% tags=["remove-cell"]
ALPHA = 0.1
f_test = forward.predict_proba(test[features])[:, 1]
y_test, test_amount, clock = (test[name].to_numpy() for name in ("Class", "Amount", "Time"))
final_cover = {}
for kind in ("marginal", "by label"):
    limits = doubt.fit_sets(y_valid, f_valid, alpha=ALPHA, kind=kind)
    holds_fraud = limits.holds(f_test)[:, 1]
    final_cover[kind] = release.caught(test, f_test, holds_fraud)
certified = f_test >= final.threshold
final_recall = release.caught(test, f_test, certified)
final_bursts = profile.burst_recall(clock, y_test, certified)

# %% tags=["remove-cell"]
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
    name: doubts.total(test_bills["one threshold"] - test_bills[name], clock, asked=2)
    for name in ("two ways, by amount", "three ways")
}
on_test = {name: doubts.cheaper(saving, 2) for name, saving in test_saved.items()}

# %% tags=["remove-cell"]
# Each guarantee is judged alone, with 95 %, as the gate of chapter 08 judges it.
promised = {
    "frauds found at the certified threshold": (final_recall, RECALL),
    "frauds covered by sets by label": (final_cover["by label"], 1 - ALPHA),
}
held_up = {name: doubts.against(found, goal) for name, (found, goal) in promised.items()}

# %% tags=["remove-cell"]
ASKED_OF_SETS = next(
    one.bound for one in gate.read_criteria(conventions.CRITERIA).criteria if one.chapter == "04"
)
so_sets = (
    "These frauds show it."
    if final_cover["by label"].low >= ASKED_OF_SETS
    else "So few frauds, in so few bursts, do not show it."
)

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "held": f"{found.n_positive:,} of {found.n:,}",
            "share": f"{found:.2f}",
            "promised": percent(goal),
            "against the promise": held_up[name],
        }
        for name, (found, goal) in promised.items()
    }
).T

# %% tags=["remove-cell"]
broken = [name for name, word in held_up.items() if word == "below"]
so_held = (
    f"Shown to be broken: {', '.join(broken)}."
    if broken
    else "No promise is shown to be broken, and so few frauds could hardly show it."
)
test_law = doubt.coverage_law(n_valid, alpha=ALPHA, n_new=int(y_test.sum()))
law_low, law_high = (f"{end:.0f}" for end in test_law.interval(0.95))
three_test = test_saved["three ways"]
test_words = (
    f"{two(abs(three_test.estimate))} € {'less' if three_test.estimate >= 0 else 'more'} "
    f"(saved: {ranged(three_test)} €), {LUCK[on_test['three ways']]}"
)
same_word = on_test["three ways"] == verdict_on["three ways"]

# %% [markdown]
# {eval}`so_held` At the certified threshold at least one fraud is found in {eval}`final_bursts[0]` of {eval}`final_bursts[1]` bursts. The gate of [chapter 08](08_release) asks the sets by label for {eval}`percent(ASKED_OF_SETS)`, and reads this very row. {eval}`so_sets` Both intervals are the gate's own, since resamples of so few bursts let too many promises pass.
#
# A set that may leave out one payment in ten can leave out every fraud, since frauds are one in a thousand. Sets made for *all* payments do so: they cover {eval}`final_cover["marginal"].n_positive` of the {eval}`int(y_test.sum())` frauds. Made by label they cover {eval}`final_cover["by label"].n_positive`. Were the frauds independent, luck alone would allow {eval}`law_low` to {eval}`law_high`; in bursts it allows more.
#
# Three ways cost {eval}`test_words`, {eval}`"as before" if same_word else "other than before"`. [What limits for an amount are worth on these rows →](04c_amounts)

# %% tags=["remove-cell"]
SERVED = serving.fingerprint(f_valid)
on = {"development": len(later), "valid": len(valid), "test": len(test)}


def note(claim, found, where, unit, model=""):
    """Record one result of this page."""
    doubts.note(
        claim,
        found,
        split=where,
        n=on[where],
        unit=unit,
        model=model,
        chapter="04",
        data_digest=payments.attrs["sha256"],
    )


for name, saving in saved.items():
    note(f"euros saved by {name}, against one threshold", saving, "development", "€")

# %% tags=["remove-cell"]
note("euros saved by three ways, against one threshold, without the luckiest payment", without, "development", "€")  # fmt: skip
note("euros saved by looking above the certified threshold, against one threshold", guarantee, "valid", "€")  # fmt: skip
note("share of missed frauds that are confident", share_hidden, "valid", "share of missed frauds")
note("recall at the threshold certified by the night", kept, "valid", "share of frauds")
note("recall at the certified threshold", final_recall, "test", "share of frauds", SERVED)
for name, saving in test_saved.items():
    note(f"euros saved by {name}, against one threshold, test rows", saving, "test", "€", SERVED)
for kind, covered_by in final_cover.items():
    note(f"frauds covered by 90 % sets, {kind}, test", covered_by, "test", "share of frauds", SERVED)  # fmt: skip

# %% tags=["remove-cell"]
concluded = {
    **{f"{name}, against one threshold": word for name, word in verdict_on.items()},
    "do three ways go forward?": "yes" if passed else "no, as a challenger",
    f"recall at the night's certificate, against {RECALL:.0%}": kept_word,
    "a look above the night's certificate": doubts.cheaper(guarantee),
    "the certificate of the model that goes forward costs": "more than all fraud"
    if too_dear
    else "less than all fraud",
    **{f"test rows: {name}, against what was asked for": word for name, word in held_up.items()},
    **{f"test rows: {name}, against one threshold": word for name, word in on_test.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04")

# %% [markdown]
# ## What to decide

# %% tags=["remove-cell"]
who_decides = (
    "Three ways go forward"
    + (
        ", on probation: the verdict hangs on one payment, so they run as a pilot, with one threshold ready to take over."
        if fragile
        else "."
    )
    if passed
    else "One threshold stays. Three ways run beside it without deciding, in shadow mode."
)
certify = (
    "The board is not promised nine frauds in ten: the certificate costs more than it could stop."
    if too_dear
    else "Nine frauds in ten may be promised, at the price above."
)
decided_short = (
    ("Three ways go forward." if passed else "Keep one threshold; run three ways beside it without deciding.")
    + " Hire nobody before known frauds have measured how often people err."
    + (" Do not promise nine frauds in ten." if too_dear else "")
)  # fmt: skip

# %% tags=["remove-cell"]
board = (
    f"And the board? To promise nine frauds in ten, at a risk of one in ten, takes {two(looks_alone)} € of looks per 1,000 payments; all fraud costs {two(do_nothing)} €."
)  # fmt: skip

# %% [markdown]
# :::{admonition} Who decides which payment?
# :class: pr-decide
# {eval}`who_decides` Known frauds are sent to the desk, to measure how often people err. {eval}`certify` No policy that looks at “confidence”.
# :::
#
# **What is not known.** How often people err at *your* desk. How far bursts weaken a certificate. And until when any of it holds: a guarantee assumes that tomorrow is like the hours it was learned from.
#
# **On Monday:** send the desk some known frauds among its payments, and count. Then ask `prerelease.uncertainty.misses_allowed` how many of your frauds may be missed for the recall that your slide promises.

# %% tags=["remove-input", "in-short"]
in_short(
    question="When should the model not decide, and what may we guarantee?",
    answer=(
        f"**“Where it is unsure” is the wrong answer: {hidden.sum()} of {missed.sum()} missed frauds are among its confident predictions.** "
        f"A person should look where a look is worth its price. At 100 € that is from {strip_100} probability of fraud, at 1,000 € from {strip_1000}. "
        f"On {two(len(later))} payments that costs {saved_words}. {board}"
    ),
    decision=decided_short,
    figure=show(region((3.4, 3.2)), alt=region_alt),
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Where frauds are rare, nearly every prediction is confident, the misses included.
# - Which doubt is worth a person's time depends on what an error costs. Count what a look saves before anybody is hired.
# - Certificates and conformal sets count frauds, not payments. Ask how many there were before you believe the percentage.
# - A guarantee on average can be met by leaving out all frauds. Ask for it by label.
# - Every guarantee assumes that tomorrow is like the calibration rows. Say until when it holds.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 4.1 Read it off
# :label: doubt-read
# :nonumber:
#
# The business asks for a certificate of 95 % recall at a risk of one in ten, from the validation frauds. From the figure of certificates: how many misses may there be? And why does the threshold fall so far?
# ```

# %% tags=["hide-cell"]
allowed = doubt.misses_allowed(n_valid, recall=0.95, delta=DELTA)
stricter = doubt.certify_recall(y_valid, f_valid, recall=0.95, delta=DELTA)
Markdown(
    f"With {n_valid} frauds, at most {allowed}. The threshold falls from {final.threshold:.5f} to {stricter.threshold:.5f}, where "
    f"{1000 * np.mean(f_valid >= stricter.threshold):.1f} in 1,000 payments raise an alert instead of {1000 * np.mean(f_valid >= final.threshold):.1f}: the last frauds "
    "look like honest payments, and whoever wants them must take all that looks like them."
)

# %% [markdown]
# ```{exercise} 4.2 Argue it
# :label: doubt-argue
# :nonumber:
#
# A supplier writes: “Our conformal AI guarantees that 99.9 % of all decisions are correct.” What three questions do you ask?
# ```
#
# ```{solution} doubt-argue
# :class: dropdown
#
# *Of all decisions, or of those about frauds?* Accepting everything is right nearly as often. *How many frauds calibrated it, and what is the spread of the coverage that follows from their number?* With a few dozen, the honest answer is a range. *Until when?* The guarantee assumes that payments keep coming from the same source in the same mixture. Ask how they notice that this has ended, and who pays between that moment and the notice.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [Is the score a probability, and what if the desk's prices are wrong? →](04a_is_it_a_probability)
# - [What may be guaranteed about frauds, and until when? →](04b_sets)
# - [And about a number, such as the amount? →](04c_amounts)
# - [Does the model know when it does not know? →](04d_signs_of_ignorance)
#
# ## Further reading
#
# - {cite:t}`chow1970`: when to refuse to decide, in closed form, half a century ago.
# - {cite:t}`angelopoulos2021`: Learn then Test, the certificate's wider family.
# - {cite:t}`angelopoulos2023`: conformal prediction, gently; {cite:t}`vovk2005`: in full.
