# %% [markdown]
# # Intervals for an amount
#
# [Chapter 04](04_uncertainty) guarantees labels. Labels of frauds arrive late and are few. To see conformal methods at work with plenty of truth, this page predicts another thing: the amount, from `V1` to `V28`. You need {term}`conformal prediction` from [the page on sets](04b_sets).

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown
from scipy.stats import norm
from tqdm import tqdm

from casebook import conformal, conventions, data, doubts, evidence, mode, plots, split
from casebook.adapters import mapie
from casebook.doubts import EDGES, LEVEL, amount_model
from casebook.page import in_short, percent
from prerelease import intervals
from prerelease import uncertainty as doubt
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
DAY = 86_400.0
payments = data.load()
train, valid = split.development(payments)
learn, night = doubts.stretches(train)
V = list(data.FEATURES)
stretches = {"learn": learn, "night": night, "valid": valid}

# %% [markdown]
# ## A number instead of a label: the amount
#
# The usual notebook predicts the mean and adds 1.96 standard deviations. Two conformal ways move the limits by what rows held out have shown.
#
# The simple one keeps the mean, and takes the distance to it that 95 % of the night's payments kept: one width for a coffee and for a car. {term}`Conformalised quantile regression` {cite:p}`romano2019` lets the width follow the payment. It predicts two quantiles of $\log(1 + \text{amount})$, sees on the night how far reality lies outside them, and moves both ends by that.

# %%
guess = {}
for kind in tqdm(("low", "high", "mean"), desc="amount"):
    fitted_amount = amount_model(kind, learn)
    guess[kind] = {name: fitted_amount.predict(rows[V]) for name, rows in stretches.items()}
euros = valid["Amount"].to_numpy()
log_night, log_valid = np.log1p(night["Amount"].to_numpy()), np.log1p(euros)
shift = conformal.quantile_shift(
    log_night, guess["low"]["night"], guess["high"]["night"], alpha=1 - LEVEL
)
reach = doubt.conformal_limit(np.abs(night["Amount"] - guess["mean"]["night"]), alpha=1 - LEVEL)

# %% tags=["remove-cell"]
sigma = norm.ppf((1 + LEVEL) / 2) * np.std(learn["Amount"] - guess["mean"]["learn"], ddof=1)
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
overall = {
    name: doubts.share(held, valid["Time"], asked=len(inside)) for name, held in inside.items()
}
against_level = {name: doubts.against(held, LEVEL, len(overall)) for name, held in overall.items()}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "coverage": f"{overall[name]:.3f}",
            f"against {percent(LEVEL)}": against_level[name],
            "median width above 0 € (€)": f"{np.median(high - np.maximum(low, 0)):,.0f}",
            "begins below 0 €": percent(np.mean(low < 0)),
        }
        for name, (low, high) in predicted.items()
    }
).T

# %% tags=["remove-cell"]
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

# %% tags=["remove-cell"]
means = {name: guess["mean"][name][:, None] for name in ("night", "valid")}
others = mapie.number_intervals(
    night["Amount"].to_numpy(), means["night"], means["valid"], alpha=1 - LEVEL
)
ours = predicted["mean ± conformal"]
apart["mean"] = max(np.abs(a - b).max() for a, b in zip(ours, others, strict=True))
furthest = max(apart.values())
as_ours = "to the last digit" if furthest == 0 else f"to {furthest:.0e}"
short_of = [n for n in against_level if "conformal" in n and against_level[n] == "below"]
still_below = (
    f"Still below what was asked for: {' and '.join(f'“{name}”' for name in short_of)}."
    if short_of
    else "Neither of the conformal ways is shown to be below what was asked for."
)
below_zero = np.mean(predicted["mean ± 1.96 σ"][0] < 0)

# %% [markdown]
# Mean ± 1.96 σ is {eval}`f"{2 * sigma:,.0f}"` € wide, for payments whose median is {eval}`f"{np.median(euros):,.0f}"` €. Of its intervals {eval}`percent(below_zero)` begin below zero, where no amount can be. **{eval}`still_below`** {eval}`"What held on the night does not hold on the day." if short_of else ""`
#
# MAPIE's conformalised intervals are ours {eval}`as_ours`: around the mean, and from quantiles, with both ends moved alike and each on its own.

# %% [markdown]
# ## Overfitting, or did the payments change?
#
# The quantiles as they are cover far less than they were trained for. So hours of the first day are held out, and the same quantiles learned from its other hours. What is lost there is overfitting; what is lost later is change.

# %% tags=["remove-cell"]
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
    return doubts.share(held, rows["Time"], among=among, asked=5)


# %% tags=["remove-cell"]
fitted_ends, night_ends, later_ends = (
    [guess[end][name] for end in ("low", "high")] for name in stretches
)
out_ends = [np.nan_to_num(held_out[end]) for end in ("low", "high")]
where_lost = {
    "day 1, rows learned from": between(fitted_ends, log_learn, learn),
    "day 1, held out": between(out_ends, log_learn, learn, tried),
    "… only the hours of the validation rows": between(out_ends, log_learn, learn, same_hours),
    "night after": between(night_ends, log_night, night),
    "validation rows": between(later_ends, log_valid, valid),
}
seen, kept_out, _, _, fell_to = (found.estimate for found in where_lost.values())
shifted = overall["quantiles, conformalised"]
change = seen - kept_out < kept_out - fell_to
so_change = (
    "So it is the payments that changed, more than the model that overfits."
    if change
    else "So the model overfits, more than the payments changed."
)
of_same_hours = where_lost["… only the hours of the validation rows"].estimate

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {"payments": f"{held.n:,}", "between the quantiles": f"{held:.3f}"}
        for name, held in where_lost.items()
    }
).T.rename_axis("quantiles as they are")

# %% [markdown]
# Of what the quantiles lose, {eval}`f"{100 * (seen - kept_out):.1f}"` points are overfitting, and {eval}`f"{100 * (kept_out - fell_to):.1f}"` come after the first day. In the same hours of the first day, held out, they cover {eval}`percent(of_same_hours)`. **{eval}`so_change`**

# %% [markdown]
# ## Coverage for whom, and when?
#
# A coverage over all payments may hide that large ones are missed again and again. Coverage *given the truth* can be had, as sets by label have it for classes. Cut the amounts into bins, and find a limit for each on the night's payments of that bin. The bin of a new payment need not be known: an amount is admitted if it keeps to the limit of the bin that it lies in itself {cite:p}`randahl2026`. The price is width.

# %%
NAMES = ["under 1", "1–10", "10–50", "50–100", "100–500", "over 500"]
by_bin = conformal.fit_binned_limits(log_night, *night_ends, edges=np.log1p(EDGES), alpha=1 - LEVEL)
bins = pd.cut(euros, EDGES, right=False, labels=NAMES)

# %% tags=["remove-cell"]
inside["limits by bin"] = (
    conformal.quantile_scores(log_valid, *later_ends) <= np.array(by_bin.limits)[bins.codes]
)
predicted["limits by bin"] = tuple(np.maximum(np.expm1(e), 0) for e in by_bin.apply(*later_ends))
compared = ("mean ± 1.96 σ", "quantiles, conformalised", "limits by bin")
guessed_bins = pd.cut(np.maximum(guess["mean"]["valid"], 0), EDGES, right=False, labels=NAMES)


def coverage_by(groups, covered, **how):
    """Coverage in each group of rows, with its interval."""
    groups = pd.Series(groups)
    return {
        name: intervals.share(covered, among=groups == name, **how)
        for name in groups.groupby(groups, observed=True).groups
    }


def cover_in(groups):
    """Coverage of each method in each group, with intervals that hold together."""
    drawn = conventions.drawn(valid["Time"], asked=len(compared) * len(NAMES))
    return {name: coverage_by(groups, inside[name], **drawn) for name in compared}


# %% tags=["remove-cell"]
def ends(found):
    """Return the smallest and the largest coverage of any group."""
    estimates = [each.estimate for each in found.values()]
    return min(estimates), max(estimates)


def draw_coverage(found, title, groups):
    """Draw the coverage in each group of rows, with intervals."""
    figure = plots.beside(found, title=title, unit="coverage", upright=groups, reference=LEVEL)
    figure.axes[0].yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    return figure


by_true, by_guess = cover_in(bins), cover_in(guessed_bins)

# %% tags=["remove-cell"]
worst = {name: min(of, key=lambda bin_: of[bin_].estimate) for name, of in by_true.items()}
bins_alt = (
    "Coverage by the payment's amount, with intervals. "
    + "; ".join(
        f"{name}: lowest {ends(of)[0]:.0%} at {worst[name]} euros" for name, of in by_true.items()
    )
    + "."
)
widths = {
    name: pd.Series(predicted[name][1] - np.maximum(predicted[name][0], 0)) for name in compared
}
width_of = {
    name: width.groupby(bins, observed=True).median().map("{:,.0f}".format)
    for name, width in widths.items()
}
cells = {
    (place, name): {at: f"{each.estimate:.3f}" for at, each in of.items()}
    for place, found in (("coverage, by true amount", by_true), ("by predicted amount", by_guess))
    for name, of in found.items()
}
cells |= {("median width (€), by true amount", name): dict(of) for name, of in width_of.items()}

# %% tags=["remove-input"]
pd.DataFrame(cells).reindex(NAMES).fillna("–").rename_axis("bin (€)").T

# %% tags=["remove-cell"]
binned_overall = doubts.share(inside["limits by bin"], valid["Time"])
lowest, highest = (f"{100 * end:.1f} %" for end in ends(by_true["limits by bin"]))
quantiles_low = ends(by_true["quantiles, conformalised"])[0]
guess_low = ends(by_guess["limits by bin"])[0], ends(by_guess["quantiles, conformalised"])[0]
wide = {name: f"{widths[name].median():,.0f}" for name in compared}

# %% [markdown]
# **With limits by bin coverage is {eval}`lowest` to {eval}`highest`, in every bin.** The conformalised quantiles fall to {eval}`percent(quantiles_low)`, at {eval}`worst["quantiles, conformalised"]` €. The price is a median width of {eval}`wide["limits by bin"]` € in place of {eval}`wide["quantiles, conformalised"]` €.
#
# By *predicted* amount, for which they were not made, the limits still cover {eval}`percent(guess_low[0])` or more, where the conformalised quantiles fall to {eval}`percent(guess_low[1])`. A guarantee is for the groups that it was made for: name them first.

# %% [markdown]
# ### A limit that follows
#
# A limit that was found at night need not fit the day. Amounts are known at once, so the limit can follow. After each miss it becomes wider, after each hit a little narrower ({term}`adaptive conformal inference`) {cite:p}`gibbs2021`. For any sequence of payments whatever, the share missed then ends close to the one aimed at.

# %%
GAMMA = 0.005
night_scores = conformal.quantile_scores(log_night, *night_ends)
new_scores = conformal.quantile_scores(log_valid, *later_ends)
adaptive = conformal.adaptive_limits(night_scores, new_scores, alpha=1 - LEVEL, gamma=GAMMA)

# %% tags=["remove-cell"]
hours = (valid["Time"] // 3600).astype(int).to_numpy()
inside["adaptive"] = adaptive["covered"].to_numpy()
hourly = intervals.joint_level(2 * len(np.unique(hours)))
by_hour = {
    "limit of the night": coverage_by(hours, inside["quantiles, conformalised"], level=hourly),
    "adaptive limit": coverage_by(hours, inside["adaptive"], level=hourly),
}
hours_alt = (
    "Coverage by hour with exact intervals: "
    + "; ".join(
        "{} from {:.1%} to {:.1%}".format(name, *ends(found)) for name, found in by_hour.items()
    )
    + "."
)
following = doubts.share(inside["adaptive"], valid["Time"])
closer = doubts.total(
    inside["adaptive"].astype(float) - inside["quantiles, conformalised"], valid["Time"]
)
follows = intervals.verdict(closer, above="covers more", below="covers less")

# %% tags=["remove-cell"]
so_follows = {
    "covers more": "it covers more, by more than luck",
    "covers less": "it covers less, by more than luck",
    intervals.UNTOLD: "the difference could be luck",
}[follows]
bound = (LEVEL + GAMMA) / (len(euros) * GAMMA)
steps = adaptive["limit"].replace([np.inf, -np.inf], np.nan)

# %% tags=["remove-input"]
show(
    draw_coverage(
        by_hour,
        "Does the coverage hold hour by hour?",
        "hour since the first payment of the data",
    ),
    alt=hours_alt,
)

# %% [markdown]
# The limit of the night covers {eval}`percent(shifted.estimate, 1)`, the adaptive one {eval}`percent(following.estimate, 1)`: {eval}`so_follows`. Theory allows it to be off by {eval}`f"{bound:.4f}"` after so many payments.
#
# It pays with intervals that breathe: its limit, {eval}`f"{shift[1]:.2f}"` at night in units of the logarithm, went from {eval}`f"{steps.min():.2f}"` to {eval}`f"{steps.max():.2f}"`. And it needs the truth after every payment. For frauds, whose labels take weeks, it would follow the fashion of last month.

# %% [markdown]
# ### Two intervals that are taken for one
#
# A {term}`prediction interval` is about one payment. A {term}`confidence interval` is about a mean. We sort the validation payments into ten groups by predicted amount. Each has its mean point estimate, its prediction interval (medians of the ends), and the confidence interval of its mean.

# %% tags=["remove-cell"]
one_low, one_high = predicted["quantiles, conformalised"]
tenth = pd.qcut(guess["mean"]["valid"], 10, labels=range(1, 11)).astype(int)
of_mean = conventions.mean_intervals(euros, tenth, level=intervals.joint_level(10))
by_tenth = pd.DataFrame(
    {"point": guess["mean"]["valid"], "low": one_low, "high": one_high}
).groupby(tenth)
side_by_side = (
    by_tenth.median()
    .assign(point=by_tenth["point"].mean())
    .join(of_mean.rename(columns={"low": "mean_low", "high": "mean_high"}))
)
off_mark = ~side_by_side["point"].between(side_by_side["mean_low"], side_by_side["mean_high"])

# %% tags=["remove-cell"]
mean_of = of_mean.loc[tenth]
in_mean = (euros >= mean_of["low"].to_numpy()) & (euros <= mean_of["high"].to_numpy())
quarter = np.arange(len(euros)) % 4 == 0
fewer = conventions.mean_intervals(euros[quarter], tenth[quarter], level=intervals.joint_level(10))
growth = ((fewer["high"] - fewer["low"]) / (of_mean["high"] - of_mean["low"])).median()


# %% tags=["remove-cell"]
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


# %% tags=["remove-cell"]
two_alt = (
    "For ten groups of payments by predicted amount: point estimate, prediction interval of one payment and "
    "confidence interval of the mean, in euros. In the fifth group "
    f"{side_by_side['low'].loc[5]:.0f} to {side_by_side['high'].loc[5]:,.0f} for one payment, "
    f"{side_by_side['mean_low'].loc[5]:.0f} to {side_by_side['mean_high'].loc[5]:.0f} for the mean."
)

# %% tags=["remove-input"]
show(told_apart(side_by_side), alt=two_alt)

# %% [markdown]
# Of single payments, {eval}`percent(shifted.estimate)` lie in their prediction interval and {eval}`percent(np.mean(in_mean))` in the confidence interval of their group's mean, which was never about them. With a quarter of the payments the confidence intervals become {eval}`f"{growth:.1f}"` times as wide; what one payment will be is as open as before. Whoever shows the narrow one to a customer is too sure.
#
# The point estimates of {eval}`int(off_mark.sum())` of the ten groups lie outside theirs (ten *t* intervals that hold together, amounts taken as independent). There the model is off on average, which no prediction interval would tell.

# %% [markdown]
# ## One look at the test rows
#
# The limits so far come from the night. Now the quantiles learn from all {term}`training rows <Development rows>`, the {term}`validation rows` set the limits, and the {term}`test rows` judge them: one evaluation, and nothing is chosen by it.

# %% tags=["remove-cell"]
test = split.open_test(
    payments,
    who="chapter 04c",
    why="What limits for an amount are worth on the hours after; nothing is chosen.",
    kind="evaluation",
)
ends_on = {"valid": [], "test": []}
for kind in ("low", "high"):
    fitted_amount = amount_model(kind, train)
    for name, rows in (("valid", valid), ("test", test)):
        ends_on[name].append(fitted_amount.predict(rows[V]))
log_test = np.log1p(test["Amount"].to_numpy())
test_scores = conformal.quantile_scores(log_test, *ends_on["test"])
old_scores = conformal.quantile_scores(log_valid, *ends_on["valid"])

# %% tags=["remove-cell"]
final_limit = doubt.conformal_limit(old_scores, alpha=1 - LEVEL)
moving = conformal.adaptive_limits(old_scores, test_scores, alpha=1 - LEVEL, gamma=GAMMA)
binned = conformal.fit_binned_limits(
    log_valid, *ends_on["valid"], edges=np.log1p(EDGES), alpha=1 - LEVEL
)
test_bins = pd.cut(test["Amount"], EDGES, right=False, labels=False).to_numpy()
admitted = test_scores <= np.array(binned.limits)[test_bins]
by_bins = pd.Series(admitted).groupby(test_bins).mean()
on_test = {
    "interval": test_scores <= final_limit,
    "adaptive interval": moving["covered"].to_numpy(),
    "limits by bin": admitted,
}
later_on = {
    name: doubts.share(held, test["Time"], asked=len(on_test)) for name, held in on_test.items()
}
held_up = {name: doubts.against(found, LEVEL, len(later_on)) for name, found in later_on.items()}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "held": f"{found.n_positive:,} of {found.n:,}",
            "coverage": f"{found:.3f}",
            f"against {percent(LEVEL)}": held_up[name],
        }
        for name, found in later_on.items()
    }
).T.rename_axis("amounts in their")

# %% [markdown]
# The adaptive limit comes close by construction: whatever happens, it follows. The others had to hold, and limits by bin cover from {eval}`percent(by_bins.min(), 1)` to {eval}`percent(by_bins.max(), 1)` of a bin's amounts.

# %% tags=["remove-cell"]
on = {"development": len(night) + len(valid), "valid": len(valid), "train": len(learn)}
on["test"] = len(test)


def note(claim, found, where):
    """Record one result of this page."""
    doubts.note(
        claim,
        found,
        split=where,
        n=on[where],
        unit="share of payments",
        model="",
        chapter="04c",
        data_digest=payments.attrs["sha256"],
    )


for name, of in zip(where_lost, ("train", "train", "train", "development", "valid"), strict=True):
    note(f"amounts between quantiles as they are: {name}", where_lost[name], of)
for name in ("mean ± 1.96 σ", "mean ± conformal"):
    note(f"amounts in 95 % intervals, {name}", overall[name], "valid")
note("amounts in 95 % intervals, conformalised quantiles", shifted, "valid")
note("amounts in 95 % intervals, limits by bin", binned_overall, "valid")
note("amounts in 95 % intervals, adaptive", following, "valid")

# %% tags=["remove-cell"]
for name, held in later_on.items():
    note(f"amounts in 95 % intervals, {name}, test rows", held, "test")
hard = np.asarray(bins == "100–500")
for name in compared[1:]:
    hit = doubts.share(inside[name], valid["Time"], among=hard, asked=len(compared) * len(NAMES))
    note(f"amounts of 100–500 € in 95 % intervals, {name}", hit, "valid")

# %% tags=["remove-cell"]
IN = {"limits by bin": "within"}
concluded = {
    **{f"amounts, {name}, against {LEVEL:.0%}": word for name, word in against_level.items()},
    "most of what the quantiles lose": "change" if change else "overfitting",
    "the adaptive limit": follows,
    **{
        f"test rows: amounts {IN.get(name, 'in their')} {name}, against what was asked for": word
        for name, word in held_up.items()
    },
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04c")

# %% tags=["remove-input", "in-short"]
small = plots.beside(
    {name: by_true[name] for name in compared[1:]},
    title="Which amounts does it miss?",
    unit="coverage",
    reference=LEVEL,
)
small.axes[0].xaxis.set_major_formatter(lambda share, _: percent(share))
so_nearly = "not quite" if against_level["quantiles, conformalised"] == "below" else "it can"
small.axes[0].set_ylabel("amount (€)")
small.set_size_inches(3.4, 3.2)
in_short(
    question="Can an interval be guaranteed to hold the amount?",
    answer=f"**Over all payments {so_nearly}: {percent(shifted.estimate)} where {percent(LEVEL)} was asked for, and {percent(quantiles_low)} of those of {worst['quantiles, conformalised']} €.** With a limit for each bin no bin falls below {lowest}.",
    decision="Name the groups that a guarantee is for, and let the limit follow where the truth is known at once.",
    figure=show(small, alt=bins_alt),
)

# %% [markdown]
# Back to [when the model should not decide](04_uncertainty). On: [does the model know when it does not know? →](04d_signs_of_ignorance)
#
# ## Further reading
#
# - {cite:t}`romano2019`: conformalised quantile regression.
# - {cite:t}`gibbs2021` and {cite:t}`tibshirani2019`: two ways to go on when the world moves.
