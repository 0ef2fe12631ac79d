# %% [markdown]
# # Data and label drift
#
# How will we know that the world has moved? You need chapters 01 and 02 (the {term}`cost model`, blocks of time), and a quarter of an hour.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from scipy import stats
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    evidence,
    interactive,
    laboratory,
    leaks,
    mode,
    models,
    split,
)
from casebook.laboratory import SHIFTS, Shift, bill, told_apart, total
from casebook.page import in_short
from prerelease import calibration, costs, drift, intervals, serving
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# A model is trained once and then decides for months. Meanwhile customers go on holiday, a shop changes its prices, a developer renames a field, and the fraudsters learn. Four kinds of change hide behind the one word *drift*:
#
# - **{term}`Covariate shift`**: other payments come in, and each means what it meant.
# - **{term}`Label shift`**: fraud becomes more or less frequent, and looks as before.
# - **{term}`Concept drift`**: the same payment now means something else. This is the fraudster who learns.
# - **A bug**: the payments are the same, and what reaches the model is wrong.
#
# They ask for different answers. The model here is the book's candidate, trained on the training rows; “today” are the {term}`validation rows`, which follow them.

# %% tags=["remove-cell"]
INPUTS, COSTS = [*models.INPUTS], costs.CostModel()
payments = data.load()
train, valid = split.development(payments)
model = models.chosen().fit(train[INPUTS], train["Class"])
valid = valid.assign(score=model.predict_proba(valid[INPUTS])[:, 1])
valid["blocked"] = conventions.decide(valid, valid["score"], costs=COSTS)
worth = leaks.judge(valid, valid["score"], costs=COSTS, block=valid["blocked"])

# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual monitor
# :class: pr-wrong
# ```python
# for name in features:
#     if ks_2samp(train[name], today[name]).pvalue < 0.05:
#         alert(f"{name} has drifted, retrain the model")
# ```
# :::
#
# {term}`Kolmogorov–Smirnov` compares two distributions at the point where they are furthest apart. Its p-value says how often chance alone would put them so far apart, if every row were drawn for itself. We run this monitor three times. First on today's rows. Then on two halves of the training rows, dealt at random, between which *nothing* has changed. Last on today's rows after every fraud has taken on the looks of an honest payment: a new kind of fraud, the same payments with another meaning.

# %% tags=["remove-cell"]
half = laboratory.draw_blocks(train, int((train["Time"] // 600.0).nunique() // 2))
compared = {
    "training rows → today": (train, valid),
    "half of the training rows → the other": (half, train.drop(half.index)),
    "today → today with new frauds": (valid, laboratory.inject(valid, Shift("concept", 1.0))),
}
usual = pd.DataFrame(
    {
        what: {name: stats.ks_2samp(a[name], b[name], method="asymp").pvalue for name in INPUTS}
        for what, (a, b) in compared.items()
    }
)
effects = {what: drift.scan(a[INPUTS], b[INPUTS]) for what, (a, b) in compared.items()}
found = {what: int((column < 0.05).sum()) for what, column in usual.items()}
today, nothing, disguise = found


# %% tags=["remove-cell"]
def saves(rows):
    """Return what the decisions save on each payment, against accepting all."""
    return bill(rows.assign(blocked=False)) - bill(rows)


disguised = compared[disguise][1]
new_price = total(valid, bill(disguised) - bill(valid))
less_saved = total(valid, saves(valid) - saves(disguised))

# %% [markdown]
# - **Today** it finds drift in {eval}`found[today]` of {eval}`len(INPUTS)` inputs, and says: retrain. The model meanwhile saves {eval}`f"{worth['savings'].estimate:.0%}"` of what an oracle would.
# - **Where nothing has changed** it finds drift in {eval}`found[nothing]`. Payments of the same minutes are alike, so rows are not drawn for themselves.
# - **With the new frauds** it finds {eval}`found[disguise]`, while the model saves {eval}`f"{less_saved.estimate:,.0f}"` € per thousand payments less: it blocks as before, and whom it blocks is honest.
#
# **It is loud where nothing happened and silent where money is lost.** A p-value measures rows as much as drift.
#
# ## Play with it

# %% tags=["remove-cell"]
moved = effects[today]["ks"].sort_values(ascending=False)
middle = moved.index[len(moved) // 2]

# %% [markdown]
# How many rows does it take until any difference is “significant”? The figure begins with {eval}`middle`, an input in the middle of the list, and as many rows as today has.

# %% tags=["remove-input"]
interactive.significance(float(moved[middle]), len(valid))

# %% [markdown]
# ## The right way: how much, and more than chance?
#
# **How much** is an effect size, which does not grow with the number of rows. `drift.scan` gives four for every column in one pass: Kolmogorov–Smirnov, {term}`Wasserstein distance`, {term}`population stability index` {cite:p}`yurdakul2018` and {term}`Jensen–Shannon distance` {cite:p}`lin1991`.
#
# **More than chance** needs a comparison that is true when nothing is wrong. `feature_drift` exchanges whole blocks of ten minutes between both periods, so that what hangs together stays together, and corrects for the number of columns ({term}`Benjamini–Hochberg procedure`). And it can compare an hour with the same hour: people pay differently in the morning, and no model needs retraining because the sun has risen.

# %%
sizes = drift.scan(train[INPUTS], valid[INPUTS])
tested = drift.feature_drift(train, valid, time="Time", features=INPUTS)
same_hours = drift.feature_drift(train, valid, time="Time", features=INPUTS, match_hours=True)

# %% tags=["remove-cell"]
by_blocks = {
    what: tested if what == today else drift.feature_drift(a, b, time="Time", features=INPUTS)
    for what, (a, b) in compared.items()
}
alarms = {what: int(table["alarm"].sum()) for what, table in by_blocks.items()}
limit = 0.2  # Deepchecks' own limit for Kolmogorov-Smirnov

# %% tags=["remove-input"]
pd.DataFrame(
    {
        what: {
            "inputs with p < 0.05, rows exchanged (usual)": found[what],
            "inputs found, blocks exchanged, corrected": alarms[what],
            "largest KS distance": f"{effects[what]['ks'].max():.3f}",
            "largest PSI": f"{effects[what]['psi'].max():.3f}",
        }
        for what in compared
    }
).T.rename_axis("comparison")

# %% tags=["remove-cell"]
length = valid["Time"].iloc[-1] - valid["Time"].iloc[0]
first_day = train[train["Time"] < 86_400]
stretches = [first_day[first_day["Time"] // length == number] for number in range(3)]
dots = pd.DataFrame(
    {
        "all training rows → today": moved,
        "same hours of day 1 → today": same_hours["ks"],
        "day 1: night → morning": drift.scan(*(s[INPUTS] for s in stretches[:2]))["ks"],
        "day 1: morning → afternoon": drift.scan(*(s[INPUTS] for s in stretches[1:]))["ks"],
    }
).sort_values("same hours of day 1 → today", ascending=False)
same = dots["same hours of day 1 → today"]
lead, afternoon = same.index[0], dots["day 1: morning → afternoon"]
top = dots.head(12)

# %% tags=["hide-input"]
tall = top.melt(ignore_index=False, var_name="", value_name="KS").rename_axis("input").reset_index()
figure, axes = plt.subplots(figsize=(5.0, 4.2))
axes.hlines(top.index, top.min(axis=1), top.max(axis=1), color=COLOURS["grey"], lw=1)
sns.scatterplot(
    tall, x="KS", y="input", hue="", style="", markers=[*"oDs^"], s=40, lw=0, zorder=3, ax=axes
)
axes.axvline(limit, color=INK["light"], lw=1, ls="--")
axes.set(title="Is it the hour, or is it the day?", xlim=(0, None), ylabel="")
axes.set_xlabel("Kolmogorov–Smirnov distance")
axes.grid(visible=False, axis="y")
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.45, -0.14), ncols=2, fontsize=8.5)
show(
    figure,
    alt=f"Distances of the {len(top)} inputs that moved most between the same hours of both days, in four comparisons. "
    + "; ".join(
        f"{name}: " + ", ".join(f"{value:.2f}" for value in row)
        for name, row in top.head(4).iterrows()
    )
    + ". The line is Deepchecks' limit.",
)

# %% tags=["remove-cell"]
so_hour = (
    "So it is not the hour: the second day differs from the first."
    if same.max() > afternoon.max()
    else "So the second day differs from the first no more than a morning from its afternoon."
)

# %% [markdown]
# {eval}`lead` stands at {eval}`f"{same[lead]:.2f}"` between the same hours of both days, where morning and afternoon of one day are {eval}`f"{afternoon[lead]:.2f}"` apart. {eval}`so_hour` Whether that is a trend, a weekday or an accident, two days cannot tell. [All inputs looked at together say the same →](06b_which_alarm_sees_what)

# %% [markdown]
# ## Does it matter?
#
# An alarm is worth what it makes you do. So we hold drift scores against money. In a [laboratory of real rows](06b_which_alarm_sees_what) we inject shifts of known kind and size, and ask how much more the decisions cost, in the very same blocks. If a drift score told what matters, large scores would cost much and small ones little.

# %% tags=["remove-cell"]
development = pd.concat([train, valid])
lab = laboratory.world(development)
now, learned = lab.now, lab.reference[INPUTS]
plain, price = bill(lab.decided(now)), []
for name, shift in list(SHIFTS.items())[1:]:
    day = laboratory.inject(now, shift, seed=5)
    extra = total(now, bill(lab.decided(day)) - plain, asked=len(SHIFTS) - 1)
    score = drift.scan(learned, day[INPUTS])["ks"].max()
    price.append({"shift": name, "kind": shift.kind, "interval": extra, "score": score})
price = pd.DataFrame(price).set_index("shift")
price["euros"] = [one.estimate for one in price["interval"]]
agree = price["score"].corr(price["euros"], method="kendall")
ranked = price.sort_values("score", kind="stable")
shades = dict(zip(price["kind"].unique(), COLOURS.values(), strict=False))
price_alt = "Extra cost in € per 1,000 payments, by the largest distance of any input: " + (
    "; ".join(f"{name} {row.score:.2f}, {row.euros:+z.0f} €" for name, row in ranked.iterrows())
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.4, 1.4 + 0.3 * len(price)))
axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
for place, row in enumerate(ranked.itertuples()):
    axes.hlines(
        place, row.interval.low, row.interval.high, color=shades[row.kind], lw=4, alpha=0.45
    )
    axes.plot(row.euros, place, "o", color=shades[row.kind])
axes.set_title("Do large drift scores cost much?")
axes.set_ylabel("shift: largest KS distance of any input")
axes.set(xlabel="costs more by (€ per 1,000 payments)", ylim=(len(price) - 0.5, -0.5))
axes.set_yticks(
    range(len(price)), [f"{name}: {score:.2f}" for name, score in ranked["score"].items()]
)
axes.set_xscale("symlog", linthresh=10)
axes.xaxis.set_major_formatter("{x:,.10g}")
axes.grid(visible=False, axis="y")
show(figure, alt=price_alt)

# %% tags=["remove-cell"]
dear = price.sort_values("euros", ascending=False)
hidden = dear.index[dear["score"] < limit][0]
lows, highs = ([getattr(one, end) for one in price["interval"]] for end in ("low", "high"))
untold = price[(np.array(lows) <= 0) & (np.array(highs) >= 0)].sort_values("score")
harmless = (
    f"“{untold.index[-1]}” has {untold['score'].iloc[-1]:.2f}, and its price is not told apart from nothing."
    if len(untold)
    else "Each shift has a price that is told apart from nothing."
)

# %% [markdown]
# The ranks of scores and prices agree with a correlation (Kendall) of {eval}`f"{agree:.2f}"`, where one order would give 1. The most expensive shift under the usual limit is “{eval}`hidden`”. It costs {eval}`f"{price.loc[hidden, 'euros']:,.0f}"` € per thousand payments more. {eval}`harmless`
#
# **A drift score is a reason to look, and no measure of harm.** The measure of harm is the cost model, on labels.

# %% [markdown]
# ## The last evening
#
# Before any label arrives, what decisions cost can be estimated from the probabilities ({term}`confidence-based performance estimation`). We promise the cost of the {term}`test rows`, one evening, from probabilities calibrated on the validation rows, and then let the labels come in.

# %% tags=["hide-input"]
test = split.open_test(
    payments,
    who="chapter 06",
    why="Drift of the last evening within hours, and the cost promised for it without labels.",
    kind="evaluation",
)
fixed = calibration.fit(valid["Class"], valid["score"], method="sigmoid")
test["score"] = model.predict_proba(test[INPUTS])[:, 1]
test["blocked"] = test["score"] >= conventions.threshold(valid, valid["score"], costs=COSTS)
last_promise = drift.estimate_performance(
    fixed(test["score"]), test["blocked"], test["Amount"], costs=COSTS
)

# %% tags=["remove-cell"]
shipped = serving.fingerprint(valid["score"])
last_real = total(test, bill(test))
clock = test["Time"] % 86_400
same_clock = (train["Time"] % 86_400).between(clock.min(), clock.max())
evening = train[(train["Time"] < 86_400) & same_clock]
apart = told_apart(evening, test)
inside = last_promise.cost.low <= last_real.estimate <= last_promise.cost.high
n_new = int(test["Class"].sum())
so_frauds = "inside its range" if n_new in last_promise.positives else "outside its range"

# %% [markdown]
# It promised {eval}`f"{last_promise.cost.estimate:,.0f}"` € per thousand payments, and {eval}`f"{last_real.estimate:,.0f}"` € came true, {eval}`"inside" if inside else "outside"` the promised range. It promised {eval}`f"{last_promise.positives.estimate:.0f}"` frauds, and there were {eval}`n_new`: {eval}`so_frauds`, which allows neither for bursts nor for a calibration on few frauds. [When such a promise holds, and when it lies →](06c_before_any_label)

# %% tags=["remove-cell"]
note = {"chapter": "06", "data_digest": payments.attrs["sha256"]}
per_1000 = {"unit": "€ per 1,000 payments"} | note
paired = {"split": "valid", "n": len(valid), "how": "paired, same decisions"} | per_1000
for claim, one in (
    ("saved less where all frauds of the validation rows look honest", less_saved),
    ("price of all frauds of the validation rows looking honest", new_price),
):
    evidence.record(claim, one.estimate, one, **paired)
how = "paired, shift injected into the quarter of the laboratory"
for name, row in price.iterrows():
    of_lab = {"split": "development", "n": len(now), "how": how} | per_1000
    evidence.record(f"price of the shift {name}", row["euros"], row["interval"], **of_lab)

# %% tags=["remove-cell"]
of_test = {"split": "test", "n": len(test), "model": shipped} | per_1000
evidence.record(
    "cost promised without labels for the last evening",
    last_promise.cost.estimate,
    last_promise.cost,
    how="calibrated on the validation rows, decisions of the served rule",
    because="a range of outcomes if the probabilities are right: worlds drawn from them",
    **of_test,
)
evidence.record(
    "cost of the last evening",
    last_real.estimate,
    last_real,
    how="threshold of the validation rows",
    **of_test,
)

# %% tags=["remove-cell"]
less = intervals.verdict(less_saved, above="less", below="more")
for question, answer in (
    ("what the model saves with the new frauds", less),
    ("the bill with new frauds in the validation rows", intervals.verdict(new_price)),
    ("is the promise for the last evening kept?", "inside" if inside else "outside the range"),
):
    evidence.conclude(question, answer, chapter="06")
more = {"above": "costs more", "below": "costs less"}
for name, row in price.iterrows():
    verdict = intervals.verdict(row["interval"], asked=len(price), **more)
    evidence.conclude(f"decisions after the shift {name}", verdict, chapter="06")

# %% [markdown]
# ## What to decide
#
# :::{admonition} Who watches what?
# :class: pr-decide
# - **Every hour, without labels:** schema, missing values, each input's distance to *the same hour* of earlier days, the share of alerts. Whoever owns the pipeline acts on them.
# - **Every day, without labels:** the share of frauds and the promised cost. They are estimates of fraud of the known kind.
# - **As labels come:** the rate of frauds with bursts allowed for, and the realised cost, which alone shows frauds that look otherwise, and slowly. So some payments are labelled at random, whatever the model said.
# - **No alarm retrains by itself.** It asks for a look at the euros first.
# :::
#
# **What is not known.** Whether two days differ because of a trend, the weekday or an accident. Trees tell the evening from the same hours of the first day with a {term}`ROC AUC` of {eval}`f"{apart.estimate:.2f}"`. Nobody can say how often two evenings differ so much.

# %% tags=["remove-input", "in-short"]
in_short(
    question="How will we know that the world has moved?",
    answer=(
        f"The usual p-value finds drift in **{found[nothing]} of {len(INPUTS)}** inputs where nothing changed. "
        f"It finds {found[disguise] or 'none'} where new frauds cost **{less_saved.estimate:,.0f} €** per thousand payments. "
        f"Sizes of drift do not say what it costs, either: {agree:.2f} on a scale where 1 is one order."
    ),
    decision="Watch sizes against the same hour, price what moved, and label some payments at random: only labels show a new kind of fraud.",
    figure=show(figure, alt=price_alt),
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - With enough rows every p-value finds drift. Ask for the size, and compare an hour with the same hour.
# - A tool's default may be blind where frauds are rare. Inject the change that you fear.
# - Without labels, fraud of the known kind can be estimated; of a new kind that says nothing.
# - Drift is not harm. Price it; [what to do then](07_retraining) is the next chapter.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Code it
# :label: drift-code
#
# A supplier's update sticks `V17` at one value from some moment on. Inject it into today of the laboratory (`now`) with `Shift("bug: stuck", …, column="V17")` for one payment in a hundred, one in ten, and all. Give its price with an interval, and the distance that a monitor of inputs would see.
#
# Call the injected days `stuck`: a dict by the share of payments, 0.01, 0.1 and 1.0.
# ```

# %% tags=["hide-cell"]
stuck, told = {}, {}
for size in (0.01, 0.1, 1.0):
    stuck[size] = day = laboratory.inject(now, Shift("bug: stuck", size, column="V17"), seed=6)
    extra = total(now, bill(lab.decided(day)) - plain, asked=3)
    seen = drift.scan(learned, day[INPUTS])["ks"]
    told[f"{size:.0%} of payments"] = {
        "costs more by (€ per 1,000 payments)": f"{extra:+z,.1f}",
        "KS distance of V17": f"{seen['V17']:.3f}",
    }
pd.DataFrame(told).T.rename_axis("V17 stuck in")

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.stuck_column(stuck, today=now, column="V17")

# %% [markdown]
# ```{exercise} Argue it
# :label: drift-argue
#
# A vendor offers a dashboard that turns red when any of your inputs drifts, “so that you retrain in time”. Your manager likes it. Say in four sentences what it would have shown on the second day, what it would not show, and what you would ask the vendor to demonstrate.
# ```
#
# ```{solution} drift-argue
# :class: dropdown
#
# On the second day it would have been red for many inputs, and nobody could have said what that costs. It would have stayed green for the change that costs us most, a fraudster who pays like an honest customer. I would ask the vendor to take two weeks of our payments and compare each hour with the same hour of other days: what are the alarms of weeks in which nothing was wrong? Then to break one field in one payment of ten, give half of the frauds the looks of honest payments, and show us again. If the light does not turn red then, and does turn red before, the dashboard costs us attention and buys us nothing.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [What does a tool say, and which of its defaults mislead? →](06a_what_a_tool_says)
# - [Which alarm sees which shift, how often does it cry wolf, and how late is it? →](06b_which_alarm_sees_what)
# - [What can be known before any label arrives? →](06c_before_any_label)
#
# ## Further reading
#
# - {cite:t}`gama2014`: a survey of concept drift and how to adapt to it.
# - {cite:t}`rabanser2019`: detectors of shift compared on injected shifts; tests on what a trained model says do best.
# - {cite:t}`phipson2010`: p-values of permutations are never zero.
