# %% [markdown]
# # What was learned by heart, and would it be the same tomorrow?
#
# “It uses many columns, so it overfits” is not an argument. This page of [chapter 05](05_explainability) measures what would be one. You need to know the {term}`block bootstrap`.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm import tqdm

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    evidence,
    explaining,
    leaks,
    mode,
    models,
    plots,
    split,
    witness,
)
from casebook.adapters import tabnet
from casebook.page import headed, in_short, percent, signed
from casebook.witness import gain
from prerelease import explain, intervals
from prerelease.plots import COLOURS, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait

# %% tags=["remove-input"]
FEW_EPOCHS = "A quick run trains TabNet for one epoch, which teaches it next to nothing."
less = f"\n\n**Less in quick mode:** {FEW_EPOCHS} Models that are trained many times have half the trees, each a step twice as long, and there are fewer of them."
Markdown(mode.banner() + less * mode.is_quick())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
names = witness.INPUTS
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid, weight_valid = valid[names], valid["Class"], data.sampling_weights(valid)
QUICK = mode.is_quick()
case = witness.served(train, valid)
model, score = case.model, case.score
frauds = X_valid[y_valid == 1]


def fine(each, digits=3):
    """Format an interval, with one more digit where an end would be rounded to zero."""
    digits += any(0 < abs(end) < 10**-digits / 2 for end in (each.low, each.high))
    return f"{each:z.{digits}f}"


# %% [markdown]
# ## Overfitting made visible
#
# An argument is a column that is worth much on the rows the model learned from, and nothing on others. We train a model with two {term}`planted controls <Planted control>`, a receipt number and noise. We shuffle these and the eight columns that cost most, on both sides. {term}`Average precision` depends on the share of frauds, so the training rows are weighted to the share of the validation rows.

# %% tags=["remove-cell"]
learn, judge = witness.planted(train, valid)
kept = witness.shares(train, 1)[0]
extra = ["noise", "receipt"]
columns = [*names, *extra]
# A few shuffles tell which columns cost most; the chapter draws more, for their intervals.
by_cost = explain.permutation_importance(
    explain.shuffle(model, case.inputs, n_repeats=5, sample_weight=case.kept.weight), case.draws
)
top = sorted(names, key=lambda column: -by_cost[column].estimate)[:8]
suspects = [*top, *extra]
R_BOTH = 5
both = witness.fit_thin(learn, columns, kept)
side = {
    "train": (learn.iloc[kept.rows], kept.weight),
    "held out": (judge.iloc[case.kept.rows], case.kept.weight),
}
honest_share = {
    name: stands[part["Class"] == 0].sum() / part["Class"].sum()
    for name, (part, stands) in side.items()
}
same_share = honest_share["held out"] / honest_share["train"]

# %% tags=["remove-cell"]
on, drawn_on = {}, {}
for number, (name, (part, stands)) in enumerate(side.items()):
    scaled = stands * np.where((name == "train") & (part["Class"] == 0), same_share, 1.0)
    on[name] = explain.shuffle(
        both, part[columns], columns=suspects, n_repeats=R_BOTH, sample_weight=scaled, seed=9
    )
    drawn_on[name] = witness.drawn(part, scaled, seed=number)

# %%
here, there = (explain.losses(on[name], drawn_on[name]) for name in side)
heart = {
    name: {
        kind: each.interval(asked=len(suspects))
        for kind, each in {
            "train": here[name],
            "held out": there[name],
            "difference": here[name] - there[name],
        }.items()
    }
    for name in suspects
}

# %% tags=["remove-cell"]
by_heart = intervals.verdicts(
    {name: each["difference"] for name, each in heart.items()},
    above="more where learned",
    below="less where learned",
)
ranked = sorted(suspects, key=lambda name: -heart[name]["difference"].estimate)
heart_alt = (
    "Loss of average precision when a column is shuffled, on training rows and on held-out rows: "
    + "; ".join(f"{n} {fine(heart[n]['train'])} and {fine(heart[n]['held out'])}" for n in suspects)
    + "."
)
sides = {kind: {name: heart[name][kind] for name in ranked} for kind in ("train", "held out")}
lost_unit = f"loss of average precision, {R_BOTH} shuffles, with intervals\nthat hold together with 95 % for all {len(suspects)}"

# %% tags=["remove-input"]
show(
    plots.beside(
        sides, title="What is worth more where it was learned?", unit=lost_unit, reference=0
    ),
    alt=heart_alt,
)

# %% tags=["remove-cell"]
base_ap = {
    name: drawn_on[name].read(intervals.AveragePrecision(), each.score)[0]
    for name, each in on.items()
}
more = [name for name, words in by_heart.items() if words == "more where learned"]


def named(column):
    """Name a column in a sentence."""
    return {"receipt": "the receipt number", "noise": "the noise"}.get(column, column)


more_words = (
    f"Shuffling {' or '.join(named(name) for name in more)} costs more on the rows that were learned, by more than luck."
    if more
    else "No column costs more on the rows that were learned, by more than luck."
)

# %% tags=["remove-cell"]
less_where = [name for name, words in by_heart.items() if words == "less where learned"]
less_words = (
    f"The other way round, too: shuffling {' or '.join(less_where)} costs less on the rows that were learned, perhaps because the other columns tell these frauds by heart."
    if less_where
    else ""
)
unmoved = [
    name for name in extra if np.array_equal(on["held out"].without[name][0], on["held out"].score)
]
zero = (
    f" (For {' and '.join(map(named, unmoved))} a loss of zero on later rows holds by construction. All later ones are larger than any that the model learned from.)"
    if unmoved
    else ""
)

# %% [markdown]
# The model has an average precision of {eval}`f"{base_ap['train']:.2f}"` on the rows it learned from and {eval}`f"{base_ap['held out']:.2f}"` on the others. **{eval}`more_words`**{eval}`zero` {eval}`less_words`
#
# A difference need not be overfitting. It may also be drift between the rows ([chapter 06](06_drift)), and a strong column has more to lose where the model is better. It is a list of where to look.

# %% [markdown]
# ## Labels without meaning
#
# How much would this method find, and claim, if there were nothing to find? We move the labels round in time, so that they keep their number and their bursts and fit their rows no more. Then we train, and read the same importance. So columns get p-values, as in PIMP {cite:p}`altmann2010`: how often does the *largest* gain of a set without meaning reach a column's true gain? (The largest, since all columns are asked about at once.)

# %% tags=["remove-cell"]
PERMUTATIONS = 9 if QUICK else 19
few_honest = 5000
shifts = np.random.default_rng(0).integers(len(y) // 10, len(y) - len(y) // 10, PERMUTATIONS)
small_valid = explain.thin(y_valid, 1000, score=score, sample_weight=weight_valid, seed=7)
X_later, y_later = X_valid.iloc[small_valid.rows], y_valid.iloc[small_valid.rows].to_numpy()


# %% tags=["hide-input"]
def without_meaning(seed, shift):
    """Train on labels that went round by a part of their circle: their gain, and both scores."""
    moved = np.roll(y, shift)
    thin = explain.thin(moved, few_honest, sample_weight=weight, seed=seed)
    part, labels = X.iloc[thin.rows], moved[thin.rows]
    fitted = models.chosen(**witness.fewer_trees()).fit(part, labels, sample_weight=thin.weight)
    known, later = (fitted.predict_proba(each)[:, 1] for each in (part, X_later))
    metric = intervals.AveragePrecision()
    return gain(fitted), {
        "train": intervals.value(metric, labels, known, sample_weight=thin.weight),
        "held out": intervals.value(metric, y_later, later, sample_weight=small_valid.weight),
    }


many = Parallel(n_jobs=2, require="sharedmem")(
    delayed(without_meaning)(seed, shift)
    for seed, shift in tqdm(list(enumerate(shifts, start=1)), desc="labels moved")
)
null_gain, null = (pd.DataFrame(each) for each in zip(*many, strict=True))

# %% tags=["remove-cell"]
true_rows = explain.thin(y, few_honest, sample_weight=weight, seed=10)
true_gain = gain(witness.fit_thin(train, names, true_rows))

# %%
reached = (null_gain.max(axis=1).to_numpy()[:, None] >= true_gain.to_numpy()).sum(axis=0)
p_values = pd.Series((1 + reached) / (1 + PERMUTATIONS), true_gain.index)
beaten = p_values[p_values <= 1 / (1 + PERMUTATIONS)].index.tolist()

# %% tags=["remove-cell"]
share = float((weight_valid * y_valid).sum() / weight_valid.sum())
null_ap = {name: null[name].agg(["mean", "min", "max"]) for name in null}
share_of_gain = percent(null_gain.mean().sum() / true_gain.sum())
beaten_words = ", ".join(beaten) or "none"

# %% [markdown]
# On {eval}`PERMUTATIONS` sets of labels without meaning, the same settings reach an average precision of **{eval}`f"{null_ap['train']['mean']:.2f}"`** on the rows they learn from, and at least {eval}`f"{null_ap['train']['min']:.2f}"`. On the validation rows they have {eval}`f"{null_ap['held out']['mean']:.3f}"`, where guessing has {eval}`f"{share:.3f}"`. **So a high score on training rows is no evidence of anything.**
#
# Their gain adds up to {eval}`share_of_gain` of that with the true labels, spread over all columns: a chart of it looks no less serious. More gain than any column in any of these sets: {eval}`beaten_words`. With so few sets no p-value is below {eval}`f"{1 / (1 + PERMUTATIONS):.2f}"`: that is the risk of a single false name in such a list. Of the others, labels without meaning can make as much; that does not show them to be worthless.

# %% [markdown]
# ## Would it be the same tomorrow?
#
# Many models change with their seed, and an explanation that changes with the seed explains the seed. Ours draws nothing at random, so we change what it learns from: another share of the honest payments, another {term}`block bootstrap` of the rows, no exact duplicates, another day. We compare mean |SHAP| over the validation frauds, in ranks and in the top five.

# %% tags=["remove-cell"]
RUNS = 3 if QUICK else 6
days = pd.concat([train, valid])
days = {"day 1": days[days["Time"] < 86_400], "day 2": days[days["Time"] >= 86_400]}
few_rows = X_valid.iloc[explain.thin(y_valid, 150, sample_weight=weight_valid, seed=1).rows]
same_trees = np.array_equal(
    *(
        witness.fit_thin(train, names, kept, **seeded).predict_proba(few_rows)
        for seeded in ({}, {"random_state": 1})
    )
)
so_seed = "the same scores, bit by bit" if same_trees else "other scores"


# %%
def explained_by(part, part_weight):
    """Train on some rows and return mean |SHAP| over the validation frauds."""
    each = models.chosen(**witness.fewer_trees())
    each.fit(part[names], part["Class"], sample_weight=part_weight)
    return explain.attribute(each, frauds).importance()


def shares_of(part, n, many):
    """Explain several trainings on all frauds of some rows and other honest payments."""
    drawn = witness.shares(part, many, n=n, seed=50)
    return pd.DataFrame([explained_by(part.iloc[k.rows], k.weight) for k in drawn])


# %% tags=["remove-cell"]
part = train.iloc[kept.rows]
counts = explain.resample(
    part["Class"],
    sample_weight=kept.weight,
    seed=11,
    **conventions.drawn(part["Time"]) | {"n_resamples": 100},
).counts.T[:RUNS]
bootstraps = [explained_by(part[count > 0], count[count > 0]) for count in counts]
base_runs = shares_of(train, 6000, RUNS)
few_runs = max(2, RUNS // 2)
pairs_of = {
    "another share of honest payments": (base_runs,),
    "another bootstrap of the rows": (pd.DataFrame(bootstraps),),
    "exact duplicates removed": (base_runs, shares_of(train.drop_duplicates(), 6000, few_runs)),
    "another day": [shares_of(part, 3000, few_runs) for part in days.values()],
}
steady = {
    name: (explaining.agreement(*both), explaining.agreement(*both, top=5))
    for name, both in pairs_of.items()
}

# %% [markdown]
# And another kind of model. {term}`TabNet` says itself what it looks at: its attention masks are shares that add up to 1 in each row. We train it briefly, twice, and ask how its attention to the frauds agrees with SHAP of our model, and with itself. (Without torch this part is left out, and says so.)

# %% tags=["remove-cell"]
tabnet_missing = tabnet.missing()
masks, tabnet_scores = [], []
for_network = explain.thin(y, 500 if QUICK else 20_000, sample_weight=weight, seed=14)
part = train.iloc[for_network.rows]
EPOCHS = 1 if QUICK else 12
for seed in tqdm([] if tabnet_missing else range(2), desc="TabNet"):
    network = tabnet.TabNet(
        fraud_weight=5, batch_size=512, max_epochs=EPOCHS, random_state=seed
    ).fit(part[names], part["Class"], sample_weight=for_network.weight)
    masks.append(pd.DataFrame(network.attention(frauds).total, columns=names))
    tabnet_scores.append(network.predict_proba(X_valid)[:, 1])

# %% tags=["remove-cell"]
is_fraud = case.draws.positive
of_frauds = explain.attribute(model, case.inputs[is_fraud]).contributions
couples = {f"TabNet's attention, training {n}": (of_frauds, m) for n, m in enumerate(masks, 1)}
couples |= {"TabNet's attention, one training with the other": masks} if masks else {}
by_rows = {
    name: tuple(
        explaining.row_agreement(
            *(case.draws.means(each.abs(), is_fraud) for each in both), case.draws, top=first
        )
        for first in (None, 5)
    )
    for name, both in couples.items()
}


# %% tags=["remove-cell"]
def shared(five):
    """Tell what share of the first five is common; where that never varies, no interval is known."""
    never = f"{five.low:.2f}" == f"{five.high:.2f}"
    return f"{five.estimate:.2f} in each pair" if never else f"{five:.2f}"


# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {"rank correlation": f"{by_rank:.2f}", "share of the top five": shared(five)}
            for name, (by_rank, five) in {**steady, **by_rows}.items()
        }
    ).T.rename_axis("explained again with")
)

# %% tags=["remove-cell"]
network_gap = leaks.difference(valid, tabnet_scores, score) if tabnet_scores else None
of_networks = tabnet_missing or (
    "TabNet's lines have intervals over the frauds, each training by itself: how far a third training would differ, two cannot say. "
    f"They were short trainings on a part of the rows: against our model, average precision changes by {signed(network_gap, 2)}."
)

# %% [markdown]
# Another seed gives {eval}`so_seed`. The intervals of the first four lines are over a handful of trainings, one left out at a time, so they are wide. That there were only two days they do not know. **A report names the first few columns, and no ranks below them.**
#
# {eval}`of_networks` Attention says what a network *looked at*, in the scale it was given, and not what moved the score or which way. Do not put it beside SHAP as a second opinion on the same question.

# %% [markdown]
# ## What did it learn about amounts?
#
# The trees can be read. We take the five euros within which they split `Amount` most often, and the commonest price of the training frauds there. Then we look for series: frauds of one price with no pause of more than half an hour.

# %%
trees = model.booster_.trees_to_dataframe()
cuts = trees.loc[trees["split_feature"] == "Amount", "threshold"].astype(float)
five_euros = cuts // 5 * 5
window = five_euros.mode()[0]

# %% tags=["remove-cell"]
then = train[train["Class"] == 1]
PRICE = then.loc[then["Amount"] // 5 * 5 == window, "Amount"].mode()[0]
same, later_same = (np.isclose(rows["Amount"], PRICE) for rows in (train, valid))
pause = then.groupby("Amount")["Time"].diff() > 1800
series = then.assign(series=pause.groupby(then["Amount"]).cumsum())
components = names[:-1]


def steps_in(part):
    """Count the components that go up or down, nearly without a step back."""
    order = pd.Series(np.arange(len(part)), index=part.index)
    return int((part[components].corrwith(order, method="spearman").abs() >= 0.95).sum())


# %% tags=["remove-cell"]
long = {key: rows for key, rows in series.groupby(["Amount", "series"]) if len(rows) >= 10}
march = max(long, key=lambda key: steps_in(long[key]))
one = long[march]
between_them = train[train["Time"].between(one["Time"].iloc[0], one["Time"].iloc[-1])]
others = between_them[(between_them["Class"] == 0)].iloc[:: max(1, len(between_them) // len(one))]
at_price = series[np.isclose(series["Amount"], PRICE)]
sizes = at_price.groupby("series").size()
in_window = percent(np.average(X["Amount"] // 5 * 5 == window, weights=weight))
of_cuts = percent((five_euros == window).mean())
n_train, n_valid = int(weight[same].sum()), int(weight_valid[later_same].sum())
valid_frauds = int(y_valid[later_same].sum())

# %% [markdown]
# **Many of the splits ask about one price.** Within five euros from {eval}`f"{window:.0f}"` € on lie {eval}`of_cuts` of the splits on `Amount`, and {eval}`in_window` of the training payments. Why there? At exactly {eval}`f"{PRICE:.2f}"` € there are {eval}`len(at_price)` frauds among {eval}`f"{n_train:,}"` training payments. They are no habit of fraudsters, but came in {eval}`len(sizes)` series, the longest of {eval}`int(sizes.max())` payments. Among the validation rows {eval}`valid_frauds` of {eval}`f"{n_valid:,}"` payments of that price are fraud.

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            f"{key[0]:.2f}, {number}": {
                "frauds": len(rows),
                "minutes": round((rows["Time"].iloc[-1] - rows["Time"].iloc[0]) / 60),
                f"of {len(components)} components, in step": steps_in(rows),
            }
            for number, (key, rows) in enumerate(long.items(), start=1)
        }
    ).T.rename_axis("amount (€), series")
)


# %% tags=["remove-cell"]
def stairs(shown):
    """Draw how some columns go from one payment of the series to the next."""
    figure, axes = plt.subplots(figsize=(5.0, 3.6))
    minutes = ((one["Time"] - one["Time"].iloc[0]) / 60).rename("minutes")
    steps = one[shown].set_axis(minutes).melt(ignore_index=False, var_name="column").reset_index()
    by = {"x": "minutes", "y": "value", "hue": "column", "style": "column"}
    looks = {"palette": [*COLOURS.values()][: len(shown)], "markers": [*"oDs^"]}
    sns.lineplot(steps, estimator=None, ax=axes, **by, **looks)
    for column, colour in zip(shown, COLOURS.values(), strict=False):
        axes.axhline(X.loc[y == 0, column].median(), color=colour, lw=0.8, ls=(0, (1, 3)))
    axes.set(title=f"What do {len(one)} frauds of {march[0]:.2f} € have in common?")
    axes.set_xlabel("minutes since the first payment of the series")
    axes.set_ylabel("value (no unit);\ndotted: median of honest payments")
    handles, told = axes.get_legend_handles_labels()
    axes.get_legend().remove()
    figure.legend(handles, told, loc="outside lower center", ncols=len(shown))
    return figure


# %% tags=["remove-cell"]
FOUR = ["V14", "V4", "V17", "V10"]
stairs_alt = (
    f"Four components of {len(one)} frauds of {march[0]:.2f} euros over "
    f"{(one['Time'].iloc[-1] - one['Time'].iloc[0]) / 60:.0f} minutes, step by step: "
    + ", ".join(f"{c} from {one[c].iloc[0]:.1f} to {one[c].iloc[-1]:.1f}" for c in FOUR)
    + "."
)

# %% tags=["remove-input"]
show(stairs(FOUR), alt=stairs_alt)

# %% [markdown]
# The series that stands out most: {eval}`steps_in(one)` of {eval}`len(components)` components go nearly without a step back. Among as many honest payments from the same hour it is {eval}`steps_in(others)`. It looks like *one* stolen card, and like components that hold running totals of the card. We cannot know; nobody outside knows what the components are.
#
# The model looks at the price of a few thieves: that can be read in its trees. That it costs money is not shown. **Few cards make many rows, and a hundred rows of one card are, for such questions, one.**

# %% tags=["remove-cell"]
day = steady["another day"][0]
reached_ap = null.melt(var_name="rows", value_name="average precision")
null_alt = (
    f"Average precision of models trained on {PERMUTATIONS} sets of labels without meaning: "
    + "; ".join(
        f"on {name} rows from {each['min']:.4f} to {each['max']:.4f}"
        for name, each in null_ap.items()
    )
    + "."
)

# %% tags=["remove-input", "in-short"]
figure, axes = plt.subplots(figsize=(3.4, 2.6))
sns.stripplot(reached_ap, x="rows", y="average precision", hue="rows", ax=axes)
axes.set(title="What do labels teach that\nmean nothing?", xlabel="", ylim=(-0.02, 1))
in_short(
    question="How much of what a chart shows was learned by heart?",
    answer=(
        f"Labels without meaning reach an average precision of **{null_ap['train']['mean']:.2f}** on the rows they are learned from. "
        f"{more_words} Two trainings, each on one of the two days, put the columns in orders with a rank correlation of {day.estimate:.2f}."
    ),
    decision="Train once on labels without meaning before you believe a training score. Report the first few columns, and no ranks below them.",
    figure=show(figure, alt=null_alt),
)

# %% tags=["remove-cell"]
chapter = {"chapter": "05c", "data_digest": payments.attrs["sha256"]}
spearman = "Spearman's rank correlation"
for name, (by_rank, _) in steady.items():
    evidence.record(
        f"rank correlation of explanations, {name}",
        by_rank.estimate,
        by_rank,
        n=by_rank.n,
        unit=spearman,
        split="development",
        how="mean |SHAP| of the validation frauds, models trained again",
        because="it is over trainings, not rows: one is left out at a time, with Student's t",
        **chapter,
    )

# %% tags=["remove-cell"]
for name, (by_rank, _) in by_rows.items():
    evidence.record(
        f"rank correlation of explanations, {name}",
        by_rank.estimate,
        by_rank,
        n=by_rank.n,
        unit=spearman,
        split="valid",
        how="means over the validation frauds; one training each",
        may_differ=FEW_EPOCHS,
        **chapter,
    )
evidence.record(
    "average precision on training rows with labels without meaning, least of all",
    null["train"].min(),
    None,
    unit="average precision",
    n=PERMUTATIONS,
    split="train",
    how="labels moved in time",
    **chapter,
)

# %% tags=["remove-cell"]
evidence.conclude("worth more where learned", ", ".join(sorted(more)) or "none", chapter="05c")
evidence.conclude("above all sets of labels without meaning", beaten_words, chapter="05c")

# %% [markdown]
# ## Further reading
#
# - {cite:t}`altmann2010` and {cite:t}`ojala2010`: what labels without meaning can test.
# - {cite:t}`jain2019`: why attention is not an explanation.
#
# [Back to chapter 05](05_explainability)
