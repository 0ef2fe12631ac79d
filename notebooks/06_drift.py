# %% [markdown]
# # Data and label drift
#
# You need chapters 01 and 02 (the {term}`cost model`, blocks of time), and a quarter of an hour.

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
from casebook.page import in_short, percent
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
# {term}`Kolmogorov–Smirnov` compares two distributions at the point where they are furthest apart. Its p-value says how often chance alone would put them so far apart, if every row were drawn for itself. We run this monitor three times.
#
# 1. Training rows against today's rows.
# 2. Two halves of the training rows: whole stretches of ten minutes, dealt at random, so that *nothing* has changed. Beside it, as a control, the same rows dealt one by one.
# 3. Today's rows against themselves, where the second time {eval}`int(valid["Class"].sum())` honest payments carry the label *fraud*, and the frauds the label *honest*. So frauds have taken on the looks of honest payments. No input is touched; only what a payment means has moved.

# %% tags=["remove-cell"]
half = laboratory.draw_blocks(train, int((train["Time"] // 600.0).nunique() // 2))
clock = valid["Time"] % 86_400
at_those = (train["Time"] % 86_400).between(clock.min(), clock.max())
single = train.sample(frac=0.5, random_state=0).sort_values("Time")
compared = {
    "training rows → today": (train, valid),
    "same hours of day 1 → today": (train[(train["Time"] < 86_400) & at_those], valid),
    "half → the other, stretches dealt": (half, train.drop(half.index)),
    "half → the other, rows dealt": (single, train.drop(single.index)),
    "today → today with new frauds": (valid, laboratory.inject(valid, Shift("concept", 1.0))),
}
today, hours, stretched, one_by_one, disguise = compared
effects = {what: drift.scan(a[INPUTS], b[INPUTS]) for what, (a, b) in compared.items()}


def usual(distance, n, m):
    """Count the inputs whose usual p-value is below 0.05, by Kolmogorov's limit for many rows."""
    reach = np.asarray(distance) * np.sqrt(n * m / (n + m))
    return int((stats.kstwobign.sf(reach) < 0.05).sum())


found = {what: usual(effects[what]["ks"], len(a), len(b)) for what, (a, b) in compared.items()}


# %% tags=["remove-cell"]
# The halves are dealt many times, so each input is sorted once; equal values end one step.
DEALS, rng = 20, np.random.default_rng(0)
block_of = pd.factorize(train["Time"] // 600.0)[0]
in_order = []
for name in INPUTS:
    value = train[name].to_numpy()
    order = np.argsort(value, kind="stable")
    in_order.append((order, np.append(np.diff(value[order]) > 0, True)))


def loud(first):
    """Count the inputs in which the usual monitor finds drift between these rows and the rest."""
    n, m = int(first.sum()), int((~first).sum())
    expected = n * np.arange(1, n + m + 1)
    gaps = (np.abs((n + m) * np.cumsum(first[order]) - expected)[last] for order, last in in_order)
    return usual([gap.max() / (n * m) for gap in gaps], n, m)


# %% tags=["remove-cell"]
dealt = {
    stretched: [
        loud((rng.permutation(block_of.max() + 1) % 2 == 0)[block_of]) for _ in range(DEALS)
    ],
    one_by_one: [loud(rng.permutation(len(train)) % 2 == 0) for _ in range(DEALS)],
}
found |= {what: np.mean(counts) for what, counts in dealt.items()}
ends = {what: f"[{min(counts)}, {max(counts)}]" for what, counts in dealt.items()}


# %% tags=["remove-cell"]
def saves(rows):
    """Return what the decisions save on each payment, against accepting all."""
    return bill(rows.assign(blocked=False)) - bill(rows)


of_oracle = percent(worth["savings"].estimate)
disguised = compared[disguise][1]
new_price = total(valid, bill(disguised) - bill(valid))
less_saved = total(valid, saves(valid) - saves(disguised))
in_all = (bill(rows.assign(blocked=False)).sum() for rows in (valid, disguised))
less_stolen = next(in_all) - next(in_all)

# %% [markdown]
# - **Today** it finds drift in {eval}`found[today]` of {eval}`len(INPUTS)` inputs, and says: retrain. The model meanwhile saves {eval}`of_oracle` of what an oracle would.
# - **Where nothing has changed** it finds drift in {eval}`f"{found[stretched]:.0f} {ends[stretched]}"` inputs (mean and range of {eval}`DEALS` deals). Payments of the same minutes are alike, so rows are not drawn for themselves. Dealt one by one, they are: then it finds {eval}`f"{found[one_by_one]:.0f} {ends[one_by_one]}"`, near the one in twenty that it promises. But production never hands you such rows.
# - **With the new frauds** it finds {eval}`found[disguise] or "none"`. The inputs are the very same rows, so no monitor of inputs can see this, whatever its limit. That is the point: the model blocks as before, whom it blocks is honest, and it saves {eval}`f"{less_saved:.0f}"` € per thousand payments less.
#
# **It is loud where nothing happened, and silent where the model loses its worth.** A p-value measures rows as much as drift.
#
# ## Play with it

# %% tags=["remove-cell"]
moved = effects[today]["ks"]
unmoved = effects[stretched]["ks"].sort_values()
middle = unmoved.index[len(unmoved) // 2]

# %% [markdown]
# How many rows does it take until any difference is “significant”? The figure begins with {eval}`middle`, in the middle of the list between the two halves in which nothing has changed. How few rows would silence its alarm?

# %% tags=["remove-input"]
interactive.significance(float(unmoved[middle]), len(half))

# %% [markdown]
# ## The right way: how much, and more than chance?
#
# **How much** is an effect size, which does not grow with the number of rows. `drift.scan` gives four for every column in one pass: Kolmogorov–Smirnov, {term}`Wasserstein distance`, {term}`population stability index` {cite:p}`yurdakul2018` and {term}`Jensen–Shannon distance` {cite:p}`lin1991`. This page goes by the first.
#
# **More than chance** needs a comparison that is true when nothing is wrong. `feature_drift` exchanges whole blocks of ten minutes between both periods, so that what hangs together stays together, and corrects for the number of columns ({term}`Benjamini–Hochberg procedure`). And it can compare an hour with the same hour: people pay differently in the morning, and no model needs retraining because the sun has risen.

# %% task="Measure how far each input has moved, test each as `tested`, and test it again against the same hours, as `same_hours`."
sizes = drift.scan(train[INPUTS], valid[INPUTS])
tested = drift.feature_drift(train, valid, time="Time", features=INPUTS)
same_hours = drift.feature_drift(train, valid, time="Time", features=INPUTS, match_hours=True)

# %% tags=["remove-cell"]
by_blocks = {today: tested, hours: same_hours} | {
    what: drift.feature_drift(*compared[what], time="Time", features=INPUTS)
    for what in (stretched, one_by_one, disguise)
}
alarms = {what: int(table["alarm"].sum()) for what, table in by_blocks.items()}
limit = 0.2  # Deepchecks' own limit for Kolmogorov-Smirnov

# %% tags=["remove-input"]
pd.DataFrame(
    {
        what: {
            "inputs found by the usual p-value": f"{found[what]} of {len(INPUTS)}"
            if what not in dealt
            else f"{found[what]:.0f} {ends[what]}",
            "inputs found, blocks exchanged": alarms[what],
            "largest KS distance": f"{by_blocks[what]['ks'].max():.3f}",
        }
        for what in compared
    }
).T.rename_axis("comparison")

# %% tags=["remove-cell"]
so_blocks = (
    f"Exchanging blocks keeps silent where nothing has changed, and still finds {alarms[today]} inputs today: they did change."
    if alarms[stretched] == alarms[one_by_one] == 0
    else f"Exchanging blocks finds {alarms[stretched]} inputs where nothing has changed, and {alarms[today]} today."
)
old, new = compared[hours]
rate = drift.label_rate_change(old["Time"], old["Class"], new["Time"], new["Class"])
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
axes.text(limit + 0.005, len(top) - 0.6, "Deepchecks' limit", fontsize=8.5, color=INK["light"])
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
# {eval}`so_blocks` {eval}`lead` stands at {eval}`f"{same[lead]:.2f}"` between the same hours of both days, where morning and afternoon of one day are {eval}`f"{afternoon[lead]:.2f}"` apart. {eval}`so_hour` Whether that is a trend, a weekday or an accident, two days cannot tell. [All inputs looked at together say the same →](06b_which_alarm_sees_what)
#
# **Did the world move, then?** It depends on what you ask about. The *inputs* did. Whether the *rate of fraud* did, over all hours [two days cannot tell](00_data). In today's hours it is {eval}`f"{rate.ratio:.2f}"` times that of the same hours of day 1, and [one such pair is no trend](06c_before_any_label). The *score*: nothing shows that it became [worse than in the same hours of day 1](02_representative_metrics). Only the last two cost money.

# %% [markdown]
# ## Does it matter?
#
# An alarm is worth what it makes you do. So we hold distances against money. Into a quarter of real rows, in a [laboratory](06b_which_alarm_sees_what) whose parts differ by chance alone, we inject ten shifts, a small and a large one of each kind. Larger payments become frequent; frauds become twice or five times as many; a quarter of the frauds look honest, or all. Or a bug strikes one payment in a hundred, or one in ten: `V14` with a wrong sign, cents for euros. By how much does the bill rise, in the very same blocks?

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
for end in ("estimate", "low", "high"):
    price[end] = [getattr(one, end) for one in price["interval"]]
# Equal distances are drawn side by side.
alike = price.groupby(price["score"].round(3))["score"]
chance = drift.scan(learned, now[INPUTS])["ks"].max()
n_unmoved = int((price["score"] <= chance).sum())
place = alike.cumcount() - (alike.transform("size") - 1) / 2
price["beside"] = price["score"] * 1.06**place

# %% tags=["remove-cell"]
KINDS = {
    "covariate": "larger payments",
    "prior": "more frauds",
    "concept": "frauds look honest",
    "bug: sign": "V14 with a wrong sign",
    "bug: cents": "cents for euros",
}

dearest, widest = price.loc[price["estimate"].idxmax()], price.loc[price["score"].idxmax()]
widest_verdict = intervals.verdict(widest["interval"], asked=len(price), above="more", below="less")
euros_of_widest = f"{abs(widest['estimate']):.0f} €"
harmless = {
    "more": f"makes decisions {euros_of_widest} more expensive",
    "less": f"makes decisions {euros_of_widest} cheaper",
    intervals.UNTOLD: "has a price that could be luck",
}[widest_verdict]
price_alt = "Extra cost in € per 1,000 payments, by the largest distance of any input: " + (
    "; ".join(
        f"{name} {row.score:.3f}, {row.estimate:+z.0f} €"
        for name, row in price.sort_values("score").iterrows()
    )
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.4, 4.2))
axes.axhline(0, color=INK["light"], lw=1)
axes.axvline(limit, color=INK["light"], lw=1, ls="--")
above = axes.get_xaxis_transform()
axes.text(limit * 1.04, 0.95, "Deepchecks' limit", fontsize=8.5, transform=above)
for (kind, words), shade, mark in zip(KINDS.items(), COLOURS.values(), "oDs^v", strict=False):
    part = price[price["kind"] == kind]
    reach = part["estimate"] - part["low"], part["high"] - part["estimate"]
    drawn = {"fmt": mark, "color": shade, "elinewidth": 2.5, "ms": 6, "label": words}
    axes.errorbar(part["beside"], part["estimate"], yerr=reach, **drawn)
axes.set(title="Does a large distance cost much?", xscale="log", xlim=(0.018, 0.7))
axes.set(ylabel="costs more by (€ per 1,000 payments)")
axes.set_xlabel("largest KS distance of any input (logarithmic)")
axes.set_xticks([0.02, 0.05, 0.1, 0.2, 0.5], ["0.02", "0.05", "0.1", "0.2", "0.5"])
axes.minorticks_off()
axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=2, fontsize=8.5)
show(figure, alt=price_alt)

# %% tags=["remove-cell"]
after = lab.decided(laboratory.inject(now, SHIFTS["concept 100%"], seed=5))
less_in_lab = total(now, saves(lab.decided(now)) - saves(after))
per_thousand = [1000 * rows["Class"].mean() for rows in (now, valid)]
so_bill = {
    "costs more": "This rise is more than luck.",
    "costs less": "This is more than luck.",
    intervals.UNTOLD: "This could be luck.",
}[intervals.verdict(new_price, above="costs more", below="costs less")]

# %% [markdown]
# The largest distance, {eval}`f"{widest['score']:.2f}"`, {eval}`harmless`: its 95 % interval, taken together with nine others, {eval}`"holds zero" if widest_verdict == intervals.UNTOLD else "leaves zero out"`. The most expensive shift, {eval}`f"{dearest['estimate']:.0f}"` € per thousand payments, has a distance of {eval}`f"{dearest['score']:.2f}"`. Ten shifts of our choosing prove no rule. These two are enough to see that **a distance is a reason to look, and no price**. ({eval}`n_unmoved` of the ten move no input further than dealing the rows has moved one, {eval}`f"{chance:.2f}"`.)
#
# **Why another price above for the same disguise?** Above, {eval}`f"{less_saved.estimate:.0f}"` € is what the model no longer saves on today's rows. The bill there rises by {eval}`f"{new_price:z.0f}"` € only, since the new frauds also steal {eval}`f"{less_stolen:.0f}"` € less. {eval}`so_bill` The figure asks about the bill, for that can be asked of any shift. And its quarter holds {eval}`f"{per_thousand[0]:.1f}"` frauds per thousand payments, today {eval}`f"{per_thousand[1]:.1f}"`. There the model no longer saves {eval}`f"{less_in_lab.estimate:.0f}"` €.
#
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
frauds_inside = n_new in last_promise.positives

# %% [markdown]
# The estimate promised {eval}`f"{last_promise.cost:,.0f}"` € per thousand payments. {eval}`f"{last_real.estimate:,.0f}"` € came true: {eval}`"inside, but the range is wide" if inside else "outside"`. It promised {eval}`f"{last_promise.positives:.0f}"` frauds, and there were {eval}`n_new`: {eval}`"inside" if frauds_inside else "outside"`. Both ranges take frauds for independent and the calibration for exact, so they are too short rather than too wide. [When such a promise holds, and when it lies →](06c_before_any_label)

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
    evidence.record(f"price of the shift {name}", row["estimate"], row["interval"], **of_lab)

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
# **On Monday:** take a week of yours in which nothing went wrong, deal its hours into two halves, and count the alarms of your monitor. Then put both halves into `drift.feature_drift`, from the code above, and count again.
#
# **What is not known.** Whether two days differ because of a trend, the weekday or an accident. Trees tell the evening from the same hours of the first day with a {term}`ROC AUC` of {eval}`f"{apart.estimate:.2f}"`. Nobody can say how often two evenings differ so much.

# %% tags=["remove-cell"]
PLACES = {
    today: "second day",
    stretched: "halves of one period,\nstretches dealt",
    one_by_one: "halves of one period,\nrows dealt one by one",
    disguise: f"frauds look honest\n(saves {less_saved.estimate:.0f} € less)",
}
count_alt = f"Of {len(INPUTS)} inputs the usual p-value finds drift in: " + (
    "; ".join(f"{words}: {found[what]:.0f}".replace("\n", " ") for what, words in PLACES.items())
    + "."
)
counted, axes = plt.subplots(figsize=(3.4, 3.2))
numbers = [found[what] for what in PLACES]
axes.barh([*PLACES.values()], numbers, color=COLOURS["blue"], height=0.55)
for place, number in enumerate(numbers):
    axes.text(number + 0.5, place, f"{number:.0f}", va="center")
axes.set(title="Inputs that “drift”", xlim=(0, 34), xticks=[], xlabel=f"of {len(INPUTS)}")
axes.invert_yaxis()
axes.grid(visible=False)
counted_picture = show(counted, alt=count_alt)

# %% tags=["remove-input", "in-short"]
in_short(
    question="How will we know that the world has moved?",
    answer=(
        f"Not by the usual p-value: it finds drift in **{found[stretched]:.0f} of {len(INPUTS)}** inputs where nothing changed. "
        f"It finds {found[disguise] or 'none'} where all frauds look honest and the model saves **{less_saved:.0f} €** per thousand payments less. "
        "No monitor of inputs could: the payments are the same. "
        f"Nor by a distance. Of ten shifts that we injected, the one with the largest ({widest['score']:.2f}) {harmless}. "
        f"The most expensive, {dearest['estimate']:.0f} €, has a distance of {dearest['score']:.2f}."
    ),
    decision="Watch sizes against the same hour, put a price on what moved, and label some payments at random: only labels show a new kind of fraud.",
    figure=counted_picture,
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - With enough rows the usual p-value finds drift anywhere. Ask for the size, and compare an hour with the same hour.
# - A tool's default may be blind where frauds are rare. Inject the change that you fear.
# - Without labels, fraud of the known kind can be estimated; of a new kind that says nothing.
# - Drift is not harm. Price it; [what to do then](07_retraining) is the next chapter.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 6.1 Code it
# :label: drift-code
# :nonumber:
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
# ```{exercise} 6.2 Argue it
# :label: drift-argue
# :nonumber:
#
# A vendor offers a dashboard that turns red when any of your inputs drifts, “so that you retrain in time”. Your manager likes it. Say in four sentences what it would have shown on the second day, what it would not show, and what you would ask the vendor to demonstrate.
# ```
#
# ```{solution} drift-argue
# :class: dropdown
#
# On the second day it would have been red for many inputs, and nobody could have said what that costs. It would have stayed green for the change that costs us most, a fraudster who pays like an honest customer. I would ask the vendor to take two weeks of our payments and compare each hour with the same hour of other days. What are the alarms of weeks in which nothing was wrong? Then to break one field in one payment of ten, give half of the frauds the looks of honest payments, and show us again. If the light does not turn red then, and does turn red before, the dashboard costs us attention and buys us nothing.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [What does a tool say, and which of its defaults mislead? →](06a_what_a_tool_says)
# - [Which alarm sees which shift, how often does it cry wolf, and how late is it? →](06b_which_alarm_sees_what)
# - [What can be known before any label arrives? →](06c_before_any_label)
# - [And when the payments outgrow one machine? →](06d_when_the_payments_outgrow_one_machine)
#
# ## Further reading
#
# - {cite:t}`gama2014`: a survey of concept drift and how to adapt to it.
# - {cite:t}`rabanser2019`: detectors of shift compared on injected shifts; tests on what a trained model says do best.
# - {cite:t}`phipson2010`: p-values of permutations are never zero.
