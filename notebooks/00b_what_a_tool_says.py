# %% [markdown]
# # What a tool says
#
# Deepchecks {cite:p}`chorev2022` is a library of checks for data and models. Its *data-integrity suite* is the kind of thing that a team runs once, sees green, and files. We run it on all rows, through the one adapter that knows its interface, and then hold each of its findings against a measure of our own.

# %% tags=["hide-input"]
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown

from casebook import data, evidence, mode, profile, progress, split
from casebook.adapters import deepchecks
from casebook.page import headed, in_short, percent
from prerelease.plots import COLOURS, show, use_style

use_style()
ABOVE = {"textcoords": "offset points", "ha": "center", "fontsize": "small", "weight": "bold"}
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# The suite looks at the labels of test rows too, so the page signs the {term}`test ledger`. Nothing is chosen by it.

# %%
payments = data.load()
test = split.open_test(
    payments, who="chapter 00b", why="Deepchecks' suite; nothing is chosen.", kind="description"
)
train, valid = split.development(payments)
development = pd.concat([train, valid])

# %%
results = deepchecks.data_integrity(payments, progress=progress.line("Deepchecks"))

# %% tags=["remove-cell"]
n_failed = int((results["status"] == "fail").sum())
n_passed = int((results["status"] == "pass").sum())


def spaced(frame):
    """Write the names of checks as words."""
    words = [re.sub(r"(?<!^)([A-Z])", r" \1", name) for name in frame.index]
    return headed(frame.set_axis(pd.Index(words, name="check")))


# %% [markdown]
# Deepchecks {eval}`deepchecks.VERSION` gives {eval}`n_passed` green ticks and {eval}`n_failed` red crosses. Is the data clean? Each tick says only that some number was on the right side of some threshold.
#
# ## Each finding against a measure of our own
#
# So for each check we measure what it claims to measure, without it. The verdict is computed from its result and ours, so that it cannot contradict the numbers; the cut-offs are ours, and you may argue with them.
#
# - **Blind here:** there is something that a model or its evaluation must allow for, and the tool's number does not show it.
# - **Real:** there is something, and its number shows it, tick or no tick.
# - **Harmless:** there is nothing, and it says so.
# - **The tool's mistake:** there is nothing, and it says that there is, or it miscounts.

# %%
auc = profile.single_feature_auc(development)
judged = profile.judge(results, payments, development, auc=auc)

# %% tags=["remove-cell"]
order = ["the tool's mistake", "blind here", "real", "harmless"]
place = judged["verdict"].map(order.index).sort_values(kind="stable").index
judged_table = spaced(judged.loc[place, ["status", "ours", "verdict"]]).rename(
    columns={"status": "the tool", "ours": "our own measure"}
)
harmless = judged_table["verdict"] == "harmless"
verdicts = judged["verdict"].value_counts().reindex(order, fill_value=0)
mistakes, blind, real, nothing = map(int, verdicts)

# %% tags=["remove-input"]
judged_table[~harmless]

# %% tags=["hide-cell"]
judged_table[harmless]  # the harmless ones

# %% [markdown]
# {eval}`nothing` findings are harmless (folded above), {eval}`real` are real, and {eval}`blind` times the tool is blind here. Its outright mistakes: {eval}`mistakes`. One line is that of one drawing: *Feature Label Correlation* draws its rows at random, and other columns score 0 when it draws again.
# ## Why a tick can be wrong: when frauds are too rare for the score
#
# *Feature Label Correlation* and *Identifier Label Correlation* look for features that know the label suspiciously well. They use the {term}`predictive power score`: how much better than a naive guess a small decision tree does that sees one feature. Two of its defaults do not suit us. It draws a few thousand rows, and so only a handful of frauds. And in its F1 score each class counts by its frequency, so that never saying “fraud” is already nearly perfect.
#
# We run it with several seeds. Beside it we run the setting that mends both: all frauds, as many honest payments, drawn anew each time, and no other drawing.

# %% tags=["hide-input"]
both_checks = ["FeatureLabelCorrelation", "IdentifierLabelCorrelation"]
fraud_rows = development[development["Class"] == 1]
honest_rows = development[development["Class"] == 0]
seeds = range(2 if mode.is_quick() else 5)


def balanced(seed):
    """All frauds, and as many honest payments."""
    drawn = honest_rows.sample(len(fraud_rows), random_state=seed)
    return pd.concat([fraud_rows, drawn]).sort_index()


def scores(rows, seed, **settings):
    found = deepchecks.data_integrity(
        rows, only=both_checks, random_state=seed, **settings
    ).set_index("check")
    told = pd.concat([pd.Series(value) for value in found["value"]])
    return told.drop("index"), found["status"] == "pass"


# %%
default = [scores(development, seed) for seed in seeds]
no_draw = {"sample": None}
mended = [scores(balanced(k), k, ppscore_params=no_draw) for k in seeds]
by_seed = pd.concat([score for score, _ in default], axis=1)
by_draw = pd.concat([score for score, _ in mended], axis=1)

# %% tags=["remove-cell"]
of_features, of_draws = by_seed.drop("Time"), by_draw.drop("Time")
spread = of_features.max(axis=1) - of_features.min(axis=1)
fickle, best = spread.idxmax(), auc["auc"].idxmax()
highest = of_draws.mean(axis=1).idxmax()
odd = (auc["auc"].rank() - of_draws.mean(axis=1).rank()).abs().idxmax()


# %% tags=["remove-cell"]
def scores_against_auc():
    """Draw the tool's score of each feature against how well the feature ranks frauds."""
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    x = auc["auc"].to_numpy()
    for table, colour, mark, label in (
        (of_features, "orange", "_", "the tool's defaults: lowest to highest over seeds"),
        (of_draws, "blue", "o", "as many frauds as honest: mean, lowest, highest"),
    ):
        of, ink = table.loc[auc.index], COLOURS[colour]
        low, mean, high = of.min(axis=1), of.mean(axis=1), of.max(axis=1)
        axes.vlines(x, low, high, color=ink, lw=2.5, alpha=0.7, label=label)
        axes.plot(x, low if mark == "_" else mean, mark, color=ink, ms=5)
    for name in dict.fromkeys(["V4", fickle, odd]):
        top = auc.loc[name, "auc"], of_draws.loc[name].max()
        axes.annotate(name, top, (0, -22 if name == "V4" else 7), **ABOVE)
    axes.set(title="Does the tool's score see what each feature knows?", xlim=(0.49, 1.0))
    axes.set(xlabel="ROC AUC of the feature alone (0.5: no order)", ylim=(-0.03, 1.0))
    axes.set_ylabel("predictive power score")
    axes.legend(loc="upper left")
    return figure


# %% tags=["remove-input"]
show(
    scores_against_auc(),
    alt=(
        "Predictive power score of each feature against its ROC AUC, with the range over seeds. With "
        f"the defaults that of {fickle} goes from {by_seed.loc[fickle].min():.2f} to "
        f"{by_seed.loc[fickle].max():.2f}. On as many frauds as honest payments it rises with the "
        f"AUC, up to {by_draw.loc[highest].min():.2f} to {by_draw.loc[highest].max():.2f} for "
        f"{highest}; {odd} is farthest from that order."
    ),
)

# %% tags=["remove-cell"]
drawn = deepchecks.PPS_ROWS * development["Class"].mean()
zeros = (of_features == 0).all(axis=1)
unseen = auc.loc[zeros.index[zeros], "auc"]
v4_scores = by_seed.loc["V4"]

# %% tags=["remove-cell"]
green, time_green = (all(passed[name] for _, passed in mended) for name in both_checks)
always_zero, best_auc = int(zeros.sum()), auc.loc[best, "auc"]
ticks = (
    f"The tick of the features stays green: the limit of the suite is above the "
    f"{by_draw.loc[highest].max():.2f} of {highest}"
    if green
    else "The tick of the features turns red"
)
ticks += ", that of the time stays green." if time_green else ", that of the time turns red."

# %% [markdown]
# With its defaults the score rests on about {eval}`f"{drawn:.0f}"` frauds, and it depends on which they are: {eval}`fickle` scores {eval}`f"{by_seed.loc[fickle].min():.2f}"` with one seed and {eval}`f"{by_seed.loc[fickle].max():.2f}"` with another. {eval}`always_zero` of {eval}`len(zeros)` features score 0 with every seed. The ROC AUC, which does not care how rare frauds are, is up to {eval}`f"{unseen.max():.2f}"` ({eval}`unseen.idxmax()`) among those: that is where the tool is blind.
#
# On the balanced rows, the score of `Time` goes from {eval}`f"{by_seed.loc['Time'].mean():.2f}"` to {eval}`f"{by_draw.loc['Time'].mean():.2f}"` (means over draws). These are the quiet hours, which the defaults do not show. {eval}`ticks` The setting mends the number, not the verdict.
# ## What would it have caught?
#
# A tick is worth as much as the faults that it would have caught. So we put some faults into good rows, on purpose, and ask the suite and the book's contract about each. The rows are all training frauds and a share of the other training rows. Only the contract's rules for rows are asked, since its fingerprint and counts are for the whole file. The faults are examples, and no score: we chose them.

# %% tags=["hide-input"]
honest_train = train[train["Class"] == 0]
every_kth = honest_train.iloc[:: len(honest_train) // 1600]
excerpt = pd.concat([train[train["Class"] == 1], every_kth]).sort_index()
judging = results["status"] != "no condition"
can_fail = results.loc[judging, "check"].tolist()
# Columns that some fault touches: fewer columns, less time.
touched = ["Time", "V1", "V14", "V27", "V28", "Amount", "Class"]


def suite_says(frame):
    found = deepchecks.data_integrity(frame[touched], only=can_fail)
    return found.loc[found["status"] != "pass", "check"].tolist()


def contract_says(frame):
    try:
        data.check(frame)
    except data.ContractError as error:
        return error.problems[:1]
    return []


# %% tags=["hide-input"]
rng, n = np.random.default_rng(0), len(excerpt)
hit = np.isin(np.arange(n), rng.choice(n, size=round(0.01 * n), replace=False))
again = excerpt.iloc[rng.choice(n, size=round(0.03 * n), replace=False)]
exchanged = excerpt["Time"].to_numpy().copy()
exchanged[[0, -1]] = exchanged[[-1, 0]]
negative = excerpt["Amount"].mask(hit, -1 - excerpt["Amount"])


def joined(more):
    """Add rows, each after the one that it repeats."""
    return pd.concat([excerpt, more]).sort_values("Time", kind="stable", ignore_index=True)


# %% tags=["hide-input"]
planted = {
    "nothing": excerpt,
    "1 % of V14 is missing": excerpt.assign(V14=excerpt["V14"].mask(hit)),
    "V14 is the same number everywhere": excerpt.assign(V14=excerpt["V14"].iloc[0]),
    "V28 is a copy of V27": excerpt.assign(V28=excerpt["V27"]),
    "V28 is a copy of V27 with the sign turned": excerpt.assign(V28=-excerpt["V27"]),
    "1 % of the amounts are negative": excerpt.assign(Amount=negative),
    "two rows changed places in time": excerpt.assign(Time=exchanged),
    "3 % of the rows were sent twice": joined(again),
    "3 % were sent twice, then labelled otherwise": joined(again.assign(Class=1 - again["Class"])),
    "V1 gives the label away": excerpt.assign(V1=excerpt["V1"].abs() + 1000.0 * excerpt["Class"]),
    "all amounts are in cents": excerpt.assign(Amount=excerpt["Amount"] * 100),
}

# %%
tell, noticed = progress.line("Faults"), {}
for fault, frame in planted.items():
    noticed[fault] = {"suite": suite_says(frame), "contract": contract_says(frame)}
    tell(len(noticed), len(planted))
untouched = noticed.pop("nothing")

# %% tags=["hide-input"]
new = pd.DataFrame(
    {
        who: {
            fault: [words for words in said[who] if words not in before]
            for fault, said in noticed.items()
        }
        for who, before in untouched.items()
    }
)
told = new.map(lambda words: "; ".join(words) or "–")
told.rename_axis("what was done to the rows").pipe(headed).rename(
    columns={"suite": "the suite says", "contract": "the contract says"}
)

# %% tags=["remove-cell"]
# What the next paragraph says of this table is held against it before it is shown.
faults = new.map(bool)
missing = faults.loc["1 % of V14 is missing"]
twice = faults.loc["3 % of the rows were sent twice"]
turned = faults.loc["V28 is a copy of V27 with the sign turned"]
swapped = faults.loc["two rows changed places in time"]
assert not any(fault["suite"] for fault in (missing, twice, turned, swapped))
assert not any(fault["contract"] for fault in (twice, turned))
assert not faults.loc["all amounts are in cents"].any()
n_faults, by_suite, by_contract = len(faults), *(int(faults[who].sum()) for who in faults)
by_nobody = int((~faults.any(axis=1)).sum())
already = ", ".join(untouched["suite"] + untouched["contract"])
before = (
    f"On the untouched rows there is a complaint already, of {already}, which is left out of the table."
    if already
    else "On the untouched rows neither complains."
)

# %% [markdown]
# {eval}`before` Of {eval}`n_faults` faults the suite noticed {eval}`by_suite`, the contract {eval}`by_contract`, and {eval}`by_nobody` went past both.
#
# - **The suite** asks nothing about missing values, tolerates that one row in twenty is a copy, and does not look at the order of the rows. It compares correlations with their sign, so that a feature that is another one upside down goes through.
# - **The contract** knows nothing of repeats and copies.
# - **Neither** can see a change of unit, since each row still looks like a payment. That takes a comparison with earlier data: [chapter 06](06_drift).
#
# ## The settings that mend it
# Beside the defaults, for a reader who runs the suite at work:

# %%
without_time = deepchecks.data_integrity(
    payments, only=["DataDuplicates"], ignore_columns=["Time"]
)["value"][0]
with_time = results.set_index("check")["value"]["DataDuplicates"]

# %% tags=["hide-input"]
few = f"{deepchecks.PPS_ROWS:,} rows drawn"
no_drawing = 'balanced rows, ppscore_params={"sample": None}'
v4, time = (
    [f"{name} scores {table.loc[name].mean():.2f}" for table in (by_seed, by_draw)]
    for name in ("V4", "Time")
)
repeated = [f"{percent(p, 2)} repeated" for p in (with_time, without_time)]
columns = ["check", "default", "result", "mended", "result then"]
pd.DataFrame(
    [
        ("Data Duplicates", "all columns", repeated[0],
         'ignore_columns=["Time"]', repeated[1]),
        ("Feature Label Correlation", few, v4[0], no_drawing, v4[1]),
        ("Identifier Label Correlation", few, time[0],
         no_drawing, time[1]),
    ],
    columns=columns,
).set_index("check").pipe(headed)  # fmt: skip

# %% tags=["remove-input", "in-short"]
in_short(
    question="A data-quality tool shows green. Is the data clean?",
    answer=(
        f"**No tick says so.** {n_passed} of its checks are green. {blind} of its findings are blind to something that "
        f"a model must allow for. Of {n_faults} faults that we planted, it noticed {by_suite}."
    ),
    decision="Plant a fault before you believe a tick, and keep a contract of your own beside the tool.",
)

# %% tags=["remove-cell"]
of_all = {
    "data_digest": payments.attrs["sha256"],
    "chapter": "00b",
    "split": "all",
    "n": len(payments),
}
for verdict, count in verdicts.items():
    evidence.record(f"findings of Deepchecks' integrity suite: {verdict}", int(count), None,
                    unit="checks", how="held against measures of our own", **of_all)  # fmt: skip
answers = {
    "do the tool's balanced scores turn a tick red?": (
        f"features {'no' if green else 'yes'}, time {'no' if time_green else 'yes'}"
    ),
}
answers |= {f"{check}: what is the finding?": row["verdict"] for check, row in judged.iterrows()}
for question, answer in answers.items():
    evidence.conclude(question, answer, chapter="00b")
