# %% [markdown]
# # Sets and guarantees
#
# [Chapter 04](04_uncertainty) certifies a recall. Here the certificate is checked by another road, sets are made that hold the truth, and both are asked how long they last. You need the {term}`recall certificate` of that page.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from scipy.stats import beta, binom
from sklearn.base import clone

from casebook import conformal, data, doubts, evidence, mode, models, profile, split
from casebook.adapters import mapie
from casebook.page import in_short, percent
from prerelease import intervals
from prerelease import uncertainty as doubt
from prerelease.plots import COLOURS, INK, show, use_style

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
p_night, p_valid = (model.predict_proba(rows[features])[:, 1] for rows in (night, valid))
y_night, y_valid = night["Class"].to_numpy(), valid["Class"].to_numpy()
n_night, n_valid = int(y_night.sum()), int(y_valid.sum())
RECALL, DELTA, ALPHA = 0.9, 0.1, 0.1

# %% [markdown]
# ## How many frauds does a certificate take?
#
# If the true recall were lower, would so few misses be likely? That is a binomial question, and so the number of frauds decides what can be certified at all, here at a risk of one in ten.

# %% tags=["remove-cell"]
needed = {
    recall: {
        misses: doubt.positives_needed(recall=recall, delta=DELTA, misses=misses)
        for misses in range(5)
    }
    for recall in (0.8, RECALL, 0.95, 0.99)
}
may_miss = [doubt.misses_allowed(n, recall=RECALL, delta=DELTA) for n in (n_night, n_valid)]
bursts = {
    name: len(profile.runs(rows["Time"], rows["Class"], gap=600))
    for name, rows in {"night": night, "validation rows": valid}.items()
}
at_most = {n: intervals.binomial(k, k, level=1 - 2 * DELTA).low for n, k in bursts.items()}
read_so = (
    "So read every certificate as the most that can be claimed, not as the least."
    if max(at_most.values()) < RECALL
    else ""
)

# %% tags=["remove-input"]
pd.DataFrame(needed).T.rename(index=lambda recall: f"recall {percent(recall)}").rename_axis(
    "frauds needed, if so many are missed:"
)

# %% [markdown]
# With the night's {eval}`n_night` frauds at most {eval}`may_miss[0]` may be missed for a recall of nine in ten. With the {eval}`n_valid` of the validation rows it is {eval}`may_miss[1]`. The highest recall in the table takes {eval}`needed[0.99][1]` frauds if one is missed, and the whole first day had {eval}`int(learn["Class"].sum())`.
#
# Do the frauds come independently? Those of one burst may be of one thief, with one card, and one score after the other. At the other extreme they share one fate, and a burst is worth a single fraud. Bursts are counted as more than ten minutes apart.
#
# The night has {eval}`bursts["night"]` of them: with none missed they certify {eval}`percent(at_most["night"])`. Nine in ten takes {eval}`needed[RECALL][0]`. The truth lies between the extremes, and nobody knows where. {eval}`read_so`

# %% [markdown]
# ## The same by Learn-then-Test
#
# {term}`Learn then Test` puts a certificate as a series of tests, one for each threshold, with a correction for testing many. MAPIE has it. We give it the same rows: with its default grid of thresholds and its default correction, and with a grid of quantiles (the calibration frauds' own scores).

# %%
certificate = doubt.certify_recall(y_night, p_night, recall=RECALL, delta=DELTA)
own = np.sort(p_night[y_night == 1])
runs = {"default grid, default correction": {"method": "bonferroni_holm"}}
for method in ("bonferroni_holm", "fixed_sequence"):
    runs[f"grid of quantiles, {method}"] = {"thresholds": own, "method": method}
theirs = {
    name: mapie.control_recall(y_night == 1, p_night, recall=RECALL, delta=DELTA, **options)
    for name, options in runs.items()
}

# %% tags=["remove-cell"]
exact = binom.cdf(np.searchsorted(own, own), len(own), 1 - RECALL)
rounded = theirs["grid of quantiles, fixed_sequence"][1] - exact
off = np.abs(rounded) > 1e-9
cuts = {name: best for name, (best, _) in theirs.items()} | {"ours, exact": certificate.threshold}
best_theirs = cuts["grid of quantiles, fixed_sequence"]
idle = cuts["default grid, default correction"]
by_default = {
    None: "On its default grid MAPIE finds no threshold.",
    0: "On its default grid MAPIE certifies a threshold of 0, which looks at every payment: true, and useless.",
}.get(idle, "")
more_alerts = 1000 * (np.mean(p_valid >= best_theirs) - np.mean(p_valid >= certificate.threshold))
on_the_safe_side = (
    "here it changes no threshold"
    if best_theirs == certificate.threshold
    else f"here it costs {more_alerts:,.1f} alerts per 1,000 payments"
)

# %% tags=["remove-input"]
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

# %% [markdown]
# {eval}`by_default` Corrections that know nothing of order pay for every threshold that is tried. Recall can only fall as the threshold rises. So one may walk upwards and stop at the first that fails, without paying (*fixed sequence*).
#
# Of {eval}`len(own)` p-values {eval}`int((~off).sum())` are ours to nine digits. The others are larger: MAPIE divides the number of misses by that of frauds, multiplies again and rounds up, and so now and then counts one miss too many. That errs on the safe side, and {eval}`on_the_safe_side`.

# %% [markdown]
# ## Sets that hold the truth
#
# {term}`Conformal prediction` says for each payment which labels cannot be ruled out: *honest*, *fraud*, both or none {cite:p}`vovk2005,angelopoulos2023`. If new rows are like the calibration rows, the {term}`conformal set` holds the truth in at least 90 % of all cases, whatever the model is worth. In 90 % of *which* cases?

# %%
fitted = {
    kind: doubt.fit_sets(y_night, p_night, alpha=ALPHA, kind=kind)
    for kind in ("marginal", "by label")
}
sets = {kind: found.holds(p_valid) for kind, found in fitted.items()}

# %% tags=["remove-cell"]
LABELS = {"negative": "honest", "positive": "fraud"}
told = {
    kind: doubt.describe_sets(held, y_valid).rename(index=LABELS, columns=LABELS)
    for kind, held in sets.items()
}
held_truth = {kind: np.where(y_valid == 1, held[:, 1], held[:, 0]) for kind, held in sets.items()}
among = {"all": y_valid >= 0, "honest": y_valid == 0, "fraud": y_valid == 1}
coverage = {
    (kind, name): doubts.share(held, valid["Time"], among=rows)
    for kind, held in held_truth.items()
    for name, rows in among.items()
}

# %% tags=["remove-input"]
pd.concat(
    {
        kind: pd.DataFrame(
            {
                "payments": table["n"].map("{:,.0f}".format),
                "coverage": [f"{coverage[kind, name]:.3f}" for name in table.index],
                **{
                    f"set: {name}": table[name].map(lambda one: percent(one, 1))
                    for name in ("none", "honest", "fraud", "both")
                },
            }
        )
        for kind, table in told.items()
    },
    names=["sets", "among"],
)

# %% tags=["remove-cell"]
marginal, by_label = told["marginal"].loc["fraud"], told["by label"].loc["fraud"]
theirs_sets = {"marginal": mapie.label_sets(y_night == 1, p_night, p_valid, alpha=ALPHA)}
for column, label in enumerate((0, 1)):
    rows = y_night == label
    one_label = mapie.label_sets(y_night[rows] == 1, p_night[rows], p_valid, alpha=ALPHA)
    theirs_sets[f"label {label}"] = one_label[:, column]
same = [
    (theirs_sets["marginal"] == sets["marginal"]).all(),
    *((theirs_sets[f"label {label}"] == sets["by label"][:, label]).all() for label in (0, 1)),
]

# %% [markdown]
# **Marginal sets cover {eval}`percent(told["marginal"].loc["all", "coverage"])` of all payments and {eval}`f"{marginal['covered']:.0f}"` of {eval}`n_valid` frauds.** Nothing is wrong with the mathematics: the guarantee is about all payments. One in ten may be left out, and frauds are one in a thousand, so all of them may be.
#
# Sets with one limit for each label ({term}`label-conditional coverage`) cover {eval}`f"{by_label['covered']:.0f}"`. A set with no label says that the payment resembles neither the honest ones nor the frauds of the night; a set with both says that either could be.
#
# MAPIE has the marginal sets; given the rows of one label only, its limits are those of the sets by label, too. Its sets are ours, payment by payment, in {eval}`int(sum(same))` of {eval}`len(same)` comparisons.

# %% [markdown]
# ### How far one calibration may be off
#
# “At least 90 %” holds on average over all calibration sets that one might have drawn. We have one. Its true coverage follows a beta distribution, which is known before anything is measured, and with as many frauds as we have it is wide.

# %%
laws = {f"{bursts['night']} bursts": doubt.coverage_law(bursts["night"], alpha=ALPHA)}
laws |= {f"{n:,} frauds": doubt.coverage_law(n, alpha=ALPHA) for n in (n_valid, 500, 5000)}

# %% tags=["remove-cell"]
few_low, few_high = laws[f"{n_valid} frauds"].interval(0.95)
burst_low, burst_high = laws[f"{bursts['night']} bursts"].interval(0.95)
both_lucks = doubt.coverage_law(n_night, alpha=ALPHA, n_new=n_valid)
surprise = both_lucks.cdf(by_label["covered"])


def frauds_for(within):
    """Numbers of frauds that keep coverage from falling further: the first, and from where all."""
    tried = np.arange(9, 6000)  # by Chernoff's bound, more are always enough for one point
    rank = tried + 1 - np.floor((tried + 1) * ALPHA + 1e-9)
    falls = beta.cdf(1 - ALPHA - within, rank, tried + 1 - rank) > 0.05
    return {"first": int(tried[~falls][0]), "always": int(tried[falls][-1]) + 1}


enough = {within: frauds_for(within) for within in (0.05, 0.01)}
# %% tags=["remove-cell"]
law_alt = (
    "Ranges of the coverage among frauds that one calibration set gives, for "
    + ", ".join(laws)
    + f". With {n_valid} frauds it lies between {few_low:.0%} and {few_high:.0%} with a probability of {0.95:.0%}. "
    f"Found on the validation rows: {by_label['coverage']:.0%}."
)


def draw_laws(width):
    """Draw how far the coverage of one calibration may be off, by the number of frauds."""
    figure, axes = plt.subplots(figsize=(width, 0.8 + 0.42 * (len(laws) + 1)))
    for mass, lw in ((0.95, 2), (0.5, 7)):
        low, high = zip(*(law.interval(mass) for law in laws.values()), strict=True)
        axes.hlines([*laws], low, high, color=COLOURS["blue"], lw=lw)
    axes.plot(by_label["coverage"], "found, validation", "D", color=COLOURS["orange"], ms=7)
    axes.axvline(1 - ALPHA, color=INK["light"], lw=1, ls="--")
    axes.set(title="How far may one calibration be off?", xlabel="coverage among frauds")
    axes.set(xlim=(None, 1), ylim=(len(laws) + 0.6, -0.6))
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    return figure


# %% tags=["remove-cell"]
below_level = "below" if by_label["coverage"] < 1 - ALPHA else "at or above"
survived = (
    f"So what we found is {below_level} the level, and no further off than luck could bring it."
    if surprise > 0.05
    else "So here the guarantee did not survive the night."
)

# %% [markdown]
# The picture in the box “In short” shows the ranges: thin ones hold with a probability of 95 %, thick ones with one half. To fall no more than five points below its level takes {eval}`f"{enough[0.05]['first']:,}"` frauds at least, and from {eval}`f"{enough[0.05]['always']:,}"` on every number will do. In between, one fraud more may let one more slip. For one point it is {eval}`f"{enough[0.01]['first']:,}"` and {eval}`f"{enough[0.01]['always']:,}"`.
#
# If a burst counts as one fraud, the night has {eval}`bursts["night"]`. Coverage may then lie anywhere from {eval}`percent(burst_low)` to {eval}`percent(burst_high)`. The validation rows have their own luck on top. If nothing had changed, as few independent frauds as here, or fewer, would be covered with a probability of {eval}`percent(surprise)`. {eval}`survived`

# %% [markdown]
# ## May the guarantee be carried over?
#
# Certificates and sets rest on {term}`exchangeability`: that the order of the payments carries no information. It can be tested as payments come in. A gambler bets that each new payment is stranger, or less strange, than those before it, by the rule of the Simple Jumper {cite:p}`vovk2021`. If order carries no information, no bet gains on average. Then the wealth ever grows twentyfold with a probability of at most one in twenty, however long one watches ({term}`conformal test martingale`) {cite:p}`vovk2005`.

# %% tags=["remove-cell"]
later = pd.concat([night, valid])
p, fraud = np.r_[p_night, p_valid], later["Class"].to_numpy()
honest, frauds_only = later[fraud == 0], later[fraud == 1]
gap = np.diff(frauds_only["Time"].to_numpy(), prepend=-np.inf)
streams = {
    "honest payments": honest.assign(score=p[fraud == 0]),
    "frauds": frauds_only.assign(score=1 - p[fraud == 1]),
}
streams["one fraud a burst"] = streams["frauds"][gap > 600]

# %%
bets = {name: conformal.exchangeability_test(rows["score"]) for name, rows in streams.items()}

# %% tags=["remove-cell"]
ours = bets["frauds"]
agree = np.abs(np.log(mapie.jumper_wealth(ours.p_values)) - ours.log_wealth).max()
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

# %% tags=["remove-cell"]
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
order_alt = (
    "Evidence against exchangeability over the hours of night and validation rows: "
    + "; ".join(f"{name}: {words}" for name, words in when.items())
    + "."
)

# %% tags=["remove-input"]
figure, axes = plt.subplots()
sns.lineplot(
    x=paths["Time"] / 3600, y=paths["evidence"], hue=paths[""], style=paths[""],
    estimator=None, sort=False, ax=axes,
)  # fmt: skip
axes.axhline(-np.log10(0.05), color=INK["light"], lw=1, ls="--")
axes.text(1.01, -np.log10(0.05), "alarm", va="center", transform=axes.get_yaxis_transform())
axes.set(title="Does the order of payments carry information?", ylabel="log10 of the wealth")
axes.set(xlabel="hours since the first payment of the data")
axes.set_yscale("symlog", linthresh=3)
axes.yaxis.set_major_formatter("{x:,.10g}")
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, title=None)
show(figure, alt=order_alt)

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "in the real order": words,
            "alarms over other draws for ties": percent(alarms[name]),
        }
        for name, words in when.items()
    }
).T

# %% tags=["remove-cell"]
carried = coverage["by label", "honest"]
ordered = doubts.against(carried, 1 - ALPHA)
is_ordered = {
    "below": "below the level asked for, by more than luck",
    "above": "above the level asked for, by more than luck",
    intervals.UNTOLD: "no further from the level asked for than luck could bring it",
}[ordered]
by_bursts = (
    "So bursts alone, in which one fraud is like the next, can make the gambler rich, and the alarm in the real order is no proof of a change. The guarantee for frauds rests on the number of bursts, as the certificate does."
    if alarms["bursts shuffled"] > 0.1
    else "So it is not the bursts alone that make the gambler rich: the order of the bursts tells something."
)

# %% [markdown]
# Is the gambler honest? We shuffle the frauds one by one, so that their order cannot carry information, and {eval}`percent(alarms["frauds shuffled"], 1)` of the orders raise an alarm, where one in twenty is allowed. (MAPIE's gambler has the same wealth, to {eval}`f"{agree:.0e}"` of its logarithm.) Then we shuffle whole bursts, so that only the likeness within a burst is left to bet on: {eval}`percent(alarms["bursts shuffled"])` do. {eval}`by_bursts`
#
# With so many honest payments a change does not stay hidden. Does it matter? Their coverage by label is {eval}`f"{carried.estimate:.3f}"` on the validation rows, {eval}`is_ordered`. Whether a change can be seen and whether it does harm are two questions.


# %% tags=["remove-cell"]
def note(claim, found, unit):
    """Record one result of this page."""
    doubts.note(
        claim,
        found,
        split="valid",
        n=len(valid),
        unit=unit,
        model="",
        chapter="04b",
        data_digest=payments.attrs["sha256"],
    )


for kind in ("marginal", "by label"):
    note(f"frauds covered by 90 % sets, {kind}, valid", coverage[kind, "fraud"], "share of frauds")
note("honest payments covered by 90 % sets, by label, valid", carried, "share of payments")

# %% tags=["remove-cell"]
for within, found in enough.items():
    for which, number in found.items():
        evidence.record(
            f"frauds that keep coverage within {within:g} of its level, {which}",
            number,
            None,
            unit="frauds",
            n=number,
            split="none",
            how="beta law, every number tried",
            chapter="04b",
            data_digest=payments.attrs["sha256"],
        )
concluded = {
    f"coverage of honest payments, against {1 - ALPHA:.0%}": ordered,
    "orders that raise an alarm": ", ".join(n for n, b in bets.items() if b.alarm is not None)
    or "none",
    "bursts alone raise alarms": "yes" if alarms["bursts shuffled"] > 0.1 else "no",
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04b")

# %% tags=["remove-input", "in-short"]
in_short(
    question="What may be guaranteed about frauds, and until when?",
    answer=f"**Sets that hold the truth for {percent(told['marginal'].loc['all', 'coverage'])} of all payments hold it for {marginal['covered']:.0f} of {n_valid} frauds.** Made by label, they hold it for {by_label['covered']:.0f}.",
    decision="Ask for a guarantee by label, with the number of frauds, or of bursts, that it rests on.",
    figure=show(draw_laws(3.4), alt=law_alt),
)

# %% [markdown]
# What these limits were worth on the hours after stands with [the one look at the test rows](04_uncertainty).
#
# Back to [when the model should not decide](04_uncertainty). On: [and about a number, such as the amount? →](04c_amounts)
#
# ## Exercises
#
# ```{exercise} 4.3 Code it
# :label: doubt-code
# :nonumber:
#
# Marginal sets cover few frauds at 90 %. Raise the level to 99 % and 99.9 %, with the night to calibrate and the validation rows to judge. When do they begin to cover frauds, and why? Then try sets by label at 99 %.
#
# Call the numbers of frauds that are covered `covered`: a dict by level, 0.9, 0.99 and 0.999.
# ```

# %% tags=["hide-cell"]
stricter_sets, covered = {}, {}
for level_wanted in (0.9, 0.99, 0.999):
    wanted = doubt.fit_sets(y_night, p_night, alpha=1 - level_wanted, kind="marginal")
    row = doubt.describe_sets(wanted.holds(p_valid), y_valid).loc["positive"]
    covered[level_wanted] = int(row["covered"])
    stricter_sets[percent(level_wanted, 1)] = f"{row['covered']:.0f} of {row['n']:.0f}"
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
# ## Further reading
#
# - {cite:t}`angelopoulos2021`: Learn then Test.
# - {cite:t}`angelopoulos2023`: conformal prediction, gently; {cite:t}`vovk2005`: in full.
# - {cite:t}`vovk2021`: when to train again, by betting.
