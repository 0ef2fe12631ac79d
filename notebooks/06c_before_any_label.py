# %% [markdown]
# # Before any label
#
# In production labels come weeks late. What can be known before? This page, beneath [chapter 06](06_drift), asks three things of it: how often fraud happens, what the model is worth, and when such answers lie.

# %% tags=["hide-input"]
from collections import defaultdict

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from matplotlib.ticker import LogLocator, NullFormatter
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import data, evidence, laboratory, mode, plots, split
from casebook.laboratory import Shift, bill, total
from casebook.page import in_short
from prerelease import costs, drift, losses
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
COSTS = costs.CostModel()
payments = data.load()
train, valid = split.development(payments)

# %% [markdown]
# ## Is there more fraud?
#
# First with labels. The question is about two rates, and the textbook compares counts as if each fraud came for itself. Frauds come in bursts ([chapter 00](00a_bursts_and_twins)), and a burst is one piece of news and not twenty. `label_rate_change` gives both answers: the naive exact one, and one that divides counts by the {term}`design effect` and tests by exchanging blocks of time.

# %%
weights = {part: data.sampling_weights(rows) for part, rows in (("old", train), ("new", valid))}
rate = drift.label_rate_change(
    train["Time"],
    train["Class"],
    valid["Time"],
    valid["Class"],
    reference_weights=weights["old"],
    current_weights=weights["new"],
)

# %% tags=["remove-cell"]
DAY = 86_400
clock = valid["Time"] % DAY
at_those = (train["Time"] % DAY).between(clock.min(), clock.max())
same_hours = train[(train["Time"] < DAY) & at_those]
matched_rate = drift.label_rate_change(
    same_hours["Time"],
    same_hours["Class"],
    valid["Time"],
    valid["Class"],
    reference_weights=data.sampling_weights(same_hours),
    current_weights=weights["new"],
)

# %% tags=["remove-input"]
pd.DataFrame(
    {
        what: {
            "rate before (%)": f"{100 * found.rates[0]:.3f}",
            "rate today (%)": f"{100 * found.rates[1]:.3f}",
            "ratio, bursts allowed for": f"{found.ratio:.2f}",
            "ratio, every fraud for itself": f"{found.naive:.2f}",
            "p, blocks exchanged": f"{found.p_value:.2g}",
            "p, every fraud for itself": f"{found.naive_p_value:.1g}",
            "design effect": f"{found.design_effect:.1f}",
        }
        for what, found in {"all training rows": rate, "same hours of day 1": matched_rate}.items()
    }
).T.rename_axis("today against")

# %% tags=["remove-cell"]
so_like = (
    "fraud has become rarer, by more than luck"
    if matched_rate.ratio.high < 1
    else "fraud has become more frequent, by more than luck"
    if matched_rate.ratio.low > 1
    else "the difference could be luck"
)
so_all = (
    "that could be luck: the interval holds one"
    if rate.ratio.low <= 1 <= rate.ratio.high
    else "that is more than luck"
)

# %% [markdown]
# Counted naively, fraud has fallen, with a tiny p-value. But frauds vary between blocks of ten minutes {eval}`f"{rate.design_effect:.1f}"` times as much as independent ones would. Against all training rows, allowing for that, {eval}`so_all`. Against the same hours of day 1, which is the fairer comparison, {eval}`so_like`: {eval}`f"{matched_rate.ratio:.2f}"` times as frequent. Whether that is drift, one such day cannot tell. ([Chapter 00](00_data) compares all hours of both days, and finds less.) The interval divides the counts by the design effect and p exchanges blocks: two approximations, which need not agree near the edge.

# %% [markdown]
# ## The share of frauds, before any label
#
# If only the {term}`prevalence` has changed ({term}`label shift`), it can be read off what the model says. {term}`Black-box shift estimation` {cite:p}`lipton2018` counts alerts: so many per cent of frauds and of honest payments raise one, so the share of alerts tells the share of frauds. Expectation and maximisation (EM) {cite:p}`saerens2002` looks for the share under which the model's probabilities are most likely; it believes them, so they must be {term}`calibrated <calibration>` {cite:p}`alexandari2020`. In a [laboratory](06b_which_alarm_sees_what) we multiply the frauds of today by known factors.

# %% tags=["remove-cell"]
lab = laboratory.world(pd.concat([train, valid]))
quiet, now, decided = lab.quiet, lab.now, lab.decided
quiet_score, prior = lab.raw(quiet), quiet["Class"].mean()
FACTORS = (0.5, 1.0, 2.0, 5.0, 20.0)
estimates = defaultdict(list)
for factor in FACTORS:
    day = laboratory.inject(now, Shift("prior", factor), seed=3)
    score, true, clock = lab.raw(day), day["Class"].mean(), day["Time"]
    at_five = {"threshold": 0.05, "times": quiet["Time"], "current_times": clock}
    ways = {
        "EM, calibrated": drift.prior_em(lab.correct(score), prior=prior, current_times=clock),
        "EM, as the model says": drift.prior_em(score, prior=prior, current_times=clock),
        "alerts (BBSE)": drift.bbse(quiet["Class"], quiet_score, score, **at_five),
    }
    for name, way in ways.items():
        estimates[name].append((factor, true, way.estimate, way.low, way.high))
columns = ["factor", "true", "estimate", "low", "high"]
estimates = {name: pd.DataFrame(table, columns=columns) for name, table in estimates.items()}

# %% tags=["remove-cell"]
found_shares = pd.concat(estimates, names=[""]).reset_index(level=0)
shares = found_shares.melt(["", "true"], ["low", "estimate", "high"])
ends_of = 100 * shares["true"].min() / 1.5, 100 * shares["true"].max() * 1.5
shares_alt = "Estimated against true share of frauds. " + (
    "; ".join(
        f"{name}: "
        + ", ".join(f"{row.estimate:.2%} for {row.true:.2%}" for row in table.itertuples())
        for name, table in estimates.items()
    )
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 4.0))
axes.plot(ends_of, ends_of, color=INK["light"], lw=1, ls="--")
look = {"markers": [*"oDs"], "markersize": 6, "linestyle": "none", "dodge": 0.2, **plots.ENDS}
sns.pointplot(
    x=100 * shares["true"],
    y=(100 * shares["value"]).clip(lower=ends_of[0] / 10),
    hue=shares[""],
    native_scale=True,
    log_scale=True,
    err_kws={"alpha": 0.45},
    **look,
    ax=axes,
)
axes.set(title="How much fraud is there, without a single label?")
axes.set(xlabel="true share of frauds (%)", ylabel="estimated without labels (%)")
for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:,.10g}")
    axis.set_minor_formatter(NullFormatter())
sns.move_legend(axes, "upper left", title=None)
show(figure, alt=shares_alt)

# %% tags=["remove-cell"]
holds = {
    name: int(((table["low"] <= table["true"]) & (table["true"] <= table["high"])).sum())
    for name, table in estimates.items()
}
off = {
    name: np.exp(np.log(table["estimate"].clip(lower=1e-5) / table["true"]).abs().mean())
    for name, table in estimates.items()
}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            f"intervals that hold the truth, of {len(FACTORS)}": holds[name],
            "off by a factor of, on average": f"{off[name]:.2f}",
        }
        for name in estimates
    }
).T.rename_axis("way")

# %% [markdown]
# The intervals draw today's blocks again, for BBSE the quiet ones too; what a calibration on {eval}`int(quiet["Class"].sum())` frauds may be off by is not in those of EM. All three stand on one assumption: that frauds still look as they did.

# %% [markdown]
# ## What the model is worth, before any label
#
# {term}`Confidence-based performance estimation` {cite:p}`kivimaki2025` goes one step further. If of the payments with a probability of one fifth one in five is a fraud, what decisions cost can be added up today, in euros. That asks three things of *today*.
#
# 1. The probabilities are calibrated. A covariate shift may break that although every payment means what it meant, since calibration is an average over payments. ({cite:t}`bialek2025` calibrate again with the weights of the shift.)
# 2. For euros, they are so among small and large payments alike.
# 3. Frauds come independently of each other, or the range is too short.
#
# We promise the cost of today from probabilities calibrated on the quiet quarter, then let the labels come in. Five worlds: nothing happens; larger payments become frequent; there are five times the frauds (as it is, and put right by the share that EM found); half of the frauds, or all of them, take on the looks of honest payments.

# %% tags=["remove-cell"]
worlds = {
    "nothing": None,
    "covariate: larger payments": Shift("covariate", 0.5),
    "prior: 5 times the frauds": Shift("prior", 5.0),
    "concept: half of the frauds\nlook honest": Shift("concept", 0.5),
    "concept: all frauds\nlook honest": Shift("concept", 1.0),
}
promises = {}
for name, shift in worlds.items():
    day = decided(now if shift is None else laboratory.inject(now, shift, seed=5))
    p = day["score"].to_numpy()
    answers = {name: p}
    if "prior" in name:
        share = drift.prior_em(p, prior=prior, n_resamples=1).estimate
        answers[f"{name},\nput right by EM"] = losses.correct_prior(p, trained=prior, true=share)
    real = total(day, bill(day))
    for label, q in answers.items():
        guess = drift.estimate_performance(q, day["blocked"], day["Amount"], costs=COSTS).cost
        ends = (guess.estimate, guess.low, guess.high, real.estimate, real.low, real.high)
        promises[label] = ends

# %% tags=["remove-cell"]
promised = pd.DataFrame(
    promises, index=["estimate", "low", "high", "real", "real_low", "real_high"]
).T
real_ends = promised[["real", "real_low", "real_high"]].set_axis([*promised][:3], axis=1)
kinds = {"estimated without labels": promised, "what came true": real_ends}
promise_alt = "Cost promised without labels and cost that came true, € per 1,000 payments: " + (
    "; ".join(
        f"{name} {row.estimate:.0f} and {row.real:.0f}".replace("\n", " ")
        for name, row in promised.iterrows()
    )
    + "."
)

# %% tags=["hide-input"]
figure = plots.beside(
    {kind: {row.Index: row for row in part.itertuples()} for kind, part in kinds.items()},
    title="Does the promise hold?",
    unit="€ per 1,000 payments",
)
show(figure, alt=promise_alt)


# %% tags=["remove-cell"]
def kept(name):
    """Say whether the cost that came true lies in the range that was promised."""
    row = promised.loc[name]
    return "inside" if row["low"] <= row["real"] <= row["high"] else "outside the range"


concept = next(name for name in reversed(promised.index) if name.startswith("concept"))
n_kept = sum(kept(name) == "inside" for name in promised.index)
ratio = promised.loc[concept, "estimate"] / promised.loc["nothing", "estimate"]
a_thousand = 1000 * quiet["Class"].sum() / data.sampling_weights(quiet).sum()
told = f"{promised.loc[concept, 'estimate']:,.0f} € promised, {promised.loc[concept, 'real']:,.0f} € came true"

# %% [markdown]
# In {eval}`n_kept` of {eval}`len(promised)` cases what came true lies in the promised range. **If all frauds change their looks: {eval}`told`.** The promise there is that of the quiet world ({eval}`f"{ratio:.2f}"` times it), since the payments are exactly the same, and so is all that the model says of them.
#
# No method without labels can do better: what changed is the labels. They can be bought, and are expensive, since frauds are rare. To meet ten, expect to look at {eval}`f"{round(10_000 / a_thousand, -2):,.0f}"` payments drawn at random. Complaints bring them for nothing, but late.

# %% tags=["remove-cell"]
evidence.record(
    "fraud rate of the validation rows over the training rows",
    rate.ratio.estimate,
    rate.ratio,
    unit="ratio",
    split="development",
    n=rate.ratio.n,
    how="binomial over the design effect",
    because="a ratio of two rates: conditional on all frauds, divided by the design effect",
    chapter="06c",
    data_digest=payments.attrs["sha256"],
)
evidence.conclude("is the promise for a new kind of fraud kept?", kept(concept), chapter="06c")

# %% tags=["remove-cell"]
quiet_name = next(iter(promised.index))
small, axes = plt.subplots(figsize=(3.4, 2.8))
for place, row in enumerate((promised.loc[quiet_name], promised.loc[concept])):
    axes.hlines(place, row["low"], row["high"], color=COLOURS["blue"], lw=5, alpha=0.45)
    axes.plot(row["estimate"], place, "o", color=COLOURS["blue"], label="promised")
    axes.plot(row["real"], place, "D", color=COLOURS["orange"], label="came true")
axes.set_yticks([0, 1], ["nothing\nhappens", "all frauds\nlook honest"])
axes.set(title="Does the promise hold?", xlabel="€ per 1,000 payments", ylim=(1.6, -0.6))
axes.grid(visible=False, axis="y")
axes.legend(
    *(part[:2] for part in axes.get_legend_handles_labels()), fontsize=8.5, loc="lower center"
)
picture = show(
    small,
    alt=f"Promised and true cost: {told}; where nothing happens, {promised.loc[quiet_name, 'estimate']:.0f} € and {promised.loc[quiet_name, 'real']:.0f} €.",
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="What can be known before any label arrives?",
    answer=(
        "Fraud of the known kind: where only its rate changes, three estimates are off by a factor of "
        f"**{min(off.values()):.2f} to {max(off.values()):.2f}** on average. "
        f"Of a new kind, nothing: **{told}** per 1,000 payments."
    ),
    decision="Use estimates without labels for fraud of the known kind, say their conditions, and label some payments at random.",
    figure=picture,
)

# %% [markdown]
# ## Further reading
#
# - {cite:t}`lipton2018`, {cite:t}`saerens2002` and {cite:t}`alexandari2020`: the share of frauds without labels, and why calibration matters for it.
# - {cite:t}`rao1992`: shares of cases that come in clusters.
# - {cite:t}`lopezpaz2017`: classifiers as two-sample tests.
# - {cite:t}`dalpozzolo2018`: delayed labels, feedback from investigators, and concept drift, by the makers of this data.
#
# [Back to chapter 06](06_drift)
