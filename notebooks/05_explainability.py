# %% [markdown]
# # Explainability
#
# A quarter of an hour. You need chapters [01](01_metrics_for_impact) and [02](02_representative_metrics): the {term}`cost model` and the {term}`block bootstrap`.

# %% tags=["hide-input"]
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    evidence,
    explaining,
    interactive,
    leaks,
    mode,
    models,
    plots,
    progress,
    race,
    split,
    witness,
)
from casebook.page import headed, in_short, signed
from casebook.witness import COSTS, gain
from prerelease import costs, explain, intervals, serving
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait

# %% tags=["remove-input"]
ONE_TRAINING = "A quick run trains once without each column, so its intervals do not know the luck of training."
HALF = "Importance is read on half as many honest payments, weighed to stand for all; models that are trained many times have half the trees, each a step twice as long."
Markdown(f"{mode.banner()}\n\n**Less in quick mode:** {ONE_TRAINING} {HALF}")

# %% [markdown]
# ## The question
#
# The head of fraud wants to know what the model looks at before she lets it block customers. A customer who was blocked wants to know why. An auditor wants to know that it is not cheating. All three are answered with the same coloured chart, and they ask different things:
#
# - What is this **score** made of? ({term}`SHAP values`)
# - What does the model's **worth** rest on? ({term}`permutation importance`)
# - What would we lose if we did not have this **column** at all? ({term}`drop-column importance`)
#
# We explain the model that the release goes on with, as it is served. Its threshold is the cheapest on the {term}`validation rows`.

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
names = witness.INPUTS
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid, weight_valid = valid[names], valid["Class"], data.sampling_weights(valid)
QUICK = mode.is_quick()
case = witness.served(train, valid)
model, score, THRESHOLD, SHUFFLES = case.model, case.score, case.threshold, 20


def fine(each, digits=3):
    """Format an interval, with one more digit where an end would be rounded to zero."""
    digits += any(0 < abs(end) < 10**-digits / 2 for end in (each.low, each.high))
    return f"{each:z.{digits}f}"


# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual three lines
# :class: pr-wrong
# ```python
# model = LGBMClassifier().fit(X_train, y_train)
# plot_importance(model, importance_type="gain")
# shap.summary_plot(TreeExplainer(model).shap_values(X_train))
# ```
# :::
#
# What is long is important, and what is important is right. What do such charts say when we know the answer? We give our model three {term}`planted controls <planted control>`, columns that it should not have:
#
# - **noise**, which knows nothing;
# - a **receipt number**, which grows with every payment;
# - **`Time`**, the seconds since the first payment.

# %% tags=["remove-cell"]
controls = ["noise", "receipt", "Time"]
learn, judge = witness.planted(train, valid)
TRAININGS = 2 if QUICK else 5
thinned = witness.shares(train, TRAININGS)
variants = {"as it is": names, **{name: [*names, name] for name in controls}}
variants["without Amount"] = names[:-1]


def train_again(columns):
    """Return the models of all trainings, their scores and what they block."""
    many = [witness.fit_thin(learn, columns, kept) for kept in thinned]
    scored = [each.predict_proba(judge[columns])[:, 1] for each in many]
    return many, scored, [conventions.decide(valid, s, costs=COSTS) for s in scored]


# %% tags=["remove-cell"]
trainings = Parallel(n_jobs=2, require="sharedmem")(map(delayed(train_again), variants.values()))
fitted, scores, blocked = (
    dict(zip(variants, each, strict=True)) for each in zip(*trainings, strict=True)
)
plain_score = scores["as it is"][0]
saved = {
    label: race.savings(
        valid, blocked[label], blocked["as it is"], costs=COSTS, asked=len(variants)
    )
    for label in list(variants)[1:]
}
# One more such question, by another rule, is asked further down.
bills = {
    label: intervals.verdict(gap, asked=len(variants), above="cheaper", below="more expensive")
    for label, gap in saved.items()
}

# %% tags=["remove-cell"]
usual, unmoved = {}, []
for control in controls:
    with_it = fitted[control][0]
    gains = gain(with_it)
    moved = explain.shuffle(
        with_it,
        judge.iloc[case.kept.rows][[*names, control]],
        columns=[control],
        n_repeats=SHUFFLES,
        sample_weight=case.kept.weight,
    )
    without = explain.permutation_importance(moved, case.draws, asked=len(controls))[control]
    usual[control] = {"below": int((gains[names] < gains[control]).sum()), "lost": without}
    unmoved += [control] * np.array_equal(moved.without[control][0], moved.score)
planted_words = {
    control: intervals.verdict(each["lost"], asked=len(controls), above="needed", below="harmful")
    for control, each in usual.items()
}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            control: {
                f"of {len(names)} true columns, gain puts below it": row["below"],
                f"average precision lost ({SHUFFLES} shuffles)": f"{fine(row['lost'])}, {planted_words[control]}",
                f"savings gained by having it ({TRAININGS} trainings)": f"{signed(saved[control])}, {bills[control]}",
            }
            for control, row in usual.items()
        }
    ).T.rename_axis("planted column")
)

# %% tags=["remove-cell"]
highest = max(controls, key=lambda control: usual[control]["below"])
told_apart = [
    control
    for control in controls
    if {planted_words[control], bills[control]} != {intervals.UNTOLD}
]
so_controls = (
    f"{' and '.join(told_apart)} shows a difference"
    if told_apart
    else "none of the three is told apart from nothing"
)
by_construction = (
    f"For {' and '.join(unmoved)} a loss of zero holds by construction: later values are larger than any the model learned from, so shuffling them changes no score."
    if unmoved
    else ""
)

# %% [markdown]
# **Gain** puts “{eval}`highest`” above {eval}`usual[highest]["below"]` of {eval}`len(names)` true columns. It is summed over the training rows, by the trees that chose those splits, and favours columns with many values to split at {cite:p}`strobl2007`. On *later* rows, and by the bill with and without it, {eval}`so_controls`. That is no proof of harmlessness: that noise knows nothing we know because we made it. {eval}`by_construction`
#
# The SHAP chart is no safer: [that of a broken model adds up, too](05a_does_it_add_up).

# %% [markdown]
# ## The same question, three ways
#
# The right way asks each question with its own method, on rows that the model did not learn from. These are all validation frauds, the most suspect honest payments, and a weighted share of the rest. Shuffling is repeated, since the luck of one shuffle is as large as that of the rows. Euros are counted by the threshold that is served, which stays where it is.

# %% tags=["remove-cell"]
inputs, stands_for, draws, euros = case.inputs, case.kept.weight, case.draws, case.euros
is_fraud = draws.positive

# %%
shap = explain.attribute(model, inputs)  # refuses values that do not add up
shuffled = explain.shuffle(
    model,
    inputs,
    n_repeats=SHUFFLES,
    sample_weight=stands_for,
    tell=progress.line("shuffle"),
)
found = {
    "precision": explain.losses(shuffled, draws),
    "euros": explain.losses(shuffled, draws, euros),  # what decisions by these scores cost
}

# %% tags=["hide-input"]
DROPS = 1 if QUICK else 4
parts = witness.shares(train, DROPS, n=3000 if QUICK else 6000, seed=30)
dropped = [
    explain.drop_columns(
        models.chosen(**witness.fewer_trees()),
        X.iloc[part.rows],
        y.iloc[part.rows],
        inputs,
        fit_weight=part.weight,
        tell=progress.line("drop"),
    )
    for part in parts
]
found["dropped"] = explain.losses(dropped, draws)
times = f"{DROPS} training{'s' if DROPS > 1 else ''}"

# %%
lost = {
    kind: {column: loss.interval(asked=len(names)) for column, loss in losses.items()}
    for kind, losses in found.items()
}
needed = {
    kind: intervals.verdicts(each, above="needed", below="harmful") for kind, each in lost.items()
}

# %% tags=["remove-cell"]
gained = gain(model)[names].to_numpy()
read = {
    "gain,\ntrain": (gained, gained[None]),
    "SHAP,\nall": draws.means(shap.contributions.abs()),
    "SHAP,\nfrauds": draws.means(shap.contributions[is_fraud].abs(), is_fraud),
}
for label, kind in {
    "shuffled,\nAP": "precision",
    "shuffled,\n€": "euros",
    "dropped,\nAP": "dropped",
}.items():
    each = found[kind].values()
    read[label] = (
        np.array([loss.estimate for loss in each]),
        np.stack([loss.resampled for loss in each], axis=1),
    )

# %% tags=["remove-cell"]
agree = pd.DataFrame(
    {
        other: {one: explaining.row_agreement(read[one], read[other], draws) for one in read}
        for other in read
    }
)
below = agree.iloc[1:, :-1]
correlation = below.map(lambda each: each.estimate)
written = below.map(
    lambda each: f"{each:.2f}".replace(" [", "\n").replace(", ", " to ").rstrip("]")
)
written = written.map(lambda word: word.replace("-", "−"))
agree_alt = (
    "Rank correlation of six readings of importance, with 95 % intervals: "
    + "; ".join(
        f"{one} and {other}, {agree.loc[one, other]:.2f}".replace("\n", " ")
        for number, one in enumerate(agree)
        for other in list(agree)[:number]
    )
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.4, 4.6))
upper = np.triu(np.ones(correlation.shape, dtype=bool), 1)
shades = sns.light_palette(COLOURS["blue"], as_cmap=True)
sns.heatmap(
    correlation,
    annot=written,
    annot_kws={"size": 8},
    fmt="",
    mask=upper,
    cmap=shades,
    vmin=0,
    vmax=1,
    cbar=False,
    ax=axes,
)
axes.set_title("Do six readings of importance agree?")
axes.tick_params(length=0, rotation=0)
axes.grid(visible=False)
show(figure, alt=agree_alt)

# %% tags=["remove-cell"]
views = pd.DataFrame({label: mean for label, (mean, _) in read.items()}, index=names)
first = {label.replace("\n", " "): column.idxmax() for label, column in views.items()}
winners = sorted(set(first.values()), key=names.index)
lowest, highest_pair = min(correlation.min()), max(correlation.where(~upper).max())


def which(kind, word="needed"):
    """Name the columns that got this verdict."""
    return ", ".join(column for column, said in needed[kind].items() if said == word) or "none"


by_kind = {kind: which(kind) for kind in lost}

# %% [markdown]
# Each cell is a {term}`rank correlation` over all columns (AP: {term}`average precision`). Pairs go from {eval}`f"{lowest:.2f}"` to {eval}`f"{highest_pair:.2f}"`, and first is {eval}`" or ".join(winners)`, depending on the reading. Nobody has made a mistake: these are answers to different questions. [Why they part](05b_why_readings_disagree) can be measured.
#
# So take the reading that fits the decision. For *may it block customers*, that is the euros by the rule that decides.

# %% tags=["remove-cell"]
of_payment = costs.bayes_threshold(case.rows["Amount"], costs=COSTS)
lost["challenger"] = explain.permutation_importance(
    shuffled, draws, lambda scored: case.euros(scored, of_payment)
)
needed["challenger"] = intervals.verdicts(lost["challenger"], above="needed", below="harmful")
by_kind["challenger"], harmful = which("challenger"), which("challenger", "harmful")
ends = sorted(names, key=lambda column: -lost["euros"][column].estimate)[:6]
ends += [column for column in ("Amount",) if column not in ends]
together = f"intervals that\nhold together with 95 % for all {len(names)} columns"
euros_alt = (
    "Euros lost when a column is shuffled, with the threshold that is served and with one for each payment: "
    + "; ".join(
        f"{column} {lost['euros'][column]:z,.0f} and {lost['challenger'][column]:z,.0f}"
        for column in ends
    )
    + "."
)

# %% tags=["remove-input"]
figure = plots.beside(
    {
        "one threshold, served": {column: lost["euros"][column] for column in ends},
        "one for each payment": {column: lost["challenger"][column] for column in ends},
    },
    title="What is lost without a column, in euros?",
    unit=f"€ on the validation rows, {SHUFFLES} shuffles; {together}",
    reference=0,
)
figure.axes[0].locator_params(axis="x", nbins=5)
show(figure, alt=euros_alt)

# %% [markdown]
# In average precision the model needs {eval}`by_kind["precision"]`; of columns that a model was trained again without, these are missed: {eval}`by_kind["dropped"]`.
#
# By the served threshold the model needs {eval}`by_kind["euros"]`. With a threshold for each payment, the {term}`challenger <Champion and challenger>` of chapter 01, the same scores need {eval}`by_kind["challenger"]`: the order of columns belongs to a model *and* its rule. These columns won a contest, and a winner is partly lucky. [Do other rows confirm them?](05b_why_readings_disagree)

# %% [markdown]
# ## Testing the methods: a leak of growing strength
#
# An auditor hopes that explanation finds leaks. Does it? We plant one and turn it up: noise that lies higher for frauds, by so many standard deviations. It is there in held-out rows too, as real leaks are, until production. Beside it we plant nine columns of pure noise. A method *finds* the leak if it ranks it above all nine, the yardstick of Boruta {cite:p}`kursa2010`. With no leak, that happens once in ten times by chance.

# %% tags=["remove-cell"]
N_SEEDS = 3 if QUICK else 10
STRENGTHS = [0, 2] if QUICK else [0, 0.5, 1, 2]
small_train = explain.thin(y, 4000, sample_weight=weight, seed=7)
small_valid = explain.thin(y_valid, 1000, score=score, sample_weight=weight_valid, seed=7)
X_few, y_few = X.iloc[small_train.rows], y.iloc[small_train.rows].to_numpy()
X_later, y_later = X_valid.iloc[small_valid.rows], y_valid.iloc[small_valid.rows].to_numpy()


# %% tags=["hide-input"]
def plant(strength, seed, n_noise):
    """Return both sides with a leak of some strength and noise beside it, all named."""
    known = np.concatenate([y_few, y_later])
    leak = np.random.default_rng(seed).normal(size=len(known)) + strength * known
    noise = np.random.default_rng(1000 + seed).normal(size=(len(known), n_noise))
    extra = pd.DataFrame(noise, columns=[f"noise_{n}" for n in range(1, n_noise + 1)])
    extra.insert(0, "leak", leak)
    sides = zip((X_few, X_later), (extra[: len(y_few)], extra[len(y_few) :]), strict=True)
    return [pd.concat([X, more.set_axis(X.index)], axis=1) for X, more in sides]


# %% tags=["remove-cell"]
def precise(scored):
    """Return the average precision on the later rows."""
    return intervals.value(
        intervals.AveragePrecision(), y_later, scored, sample_weight=small_valid.weight
    )


def missed(moved):
    """Return the average precision lost without each of some columns."""
    whole = precise(moved.score)
    return {column: whole - precise(scored[0]) for column, scored in moved.without.items()}


def shap_of(fit, later, **_):
    """Return mean |SHAP| over all later frauds and every tenth other row."""
    kept = (y_later == 1) | (np.arange(len(y_later)) % 10 == 0)
    return explain.attribute(fit, later[kept]).importance(small_valid.weight[kept])


# %% tags=["remove-cell"]
def shuffled_of(fit, later, planted, seed, **_):
    """Shuffle what was planted, once."""
    weight = small_valid.weight
    return missed(
        explain.shuffle(fit, later, columns=planted, n_repeats=1, sample_weight=weight, seed=seed)
    )


def dropped_of(fit, few, later, planted, **_):
    """Train again without each column that was planted."""
    weight = small_train.weight
    return missed(explain.drop_columns(fit, few, y_few, later, columns=planted, fit_weight=weight))


# %% tags=["remove-cell"]
def doses(methods, strengths, n_seeds, n_noise, tell):
    """Plant leaks, and say which method finds them above all noise, and what they add."""
    table = []
    for seed, strength in product(range(n_seeds), strengths):
        few, later = plant(strength, seed, n_noise)
        fit = models.chosen(**witness.fewer_trees())
        fit.fit(few, y_few, sample_weight=small_train.weight)
        gained = {"seed": seed, "average_precision": precise(fit.predict_proba(later)[:, 1])}
        planted = list(few.columns[-n_noise - 1 :])
        for method, ask in methods.items():
            worth = ask(fit=fit, few=few, later=later, planted=planted, seed=seed)
            above = worth["leak"] > max(worth[other] for other in planted[1:])
            table.append({"strength": strength, "method": method, "found": above} | gained)
        tell(len(table) // len(methods), n_seeds * len(strengths))
    return pd.DataFrame(table)


# %% tags=["remove-cell"]
methods = {"gain": lambda fit, **_: gain(fit), "SHAP": shap_of, "shuffled": shuffled_of}
trials = doses(methods, STRENGTHS, N_SEEDS, 9, progress.line("leaks"))
DROPPED_SEEDS = 1 if QUICK else 3
dropping = doses(
    {"dropped": dropped_of},
    [2] if QUICK else [0, 1, 2],
    DROPPED_SEEDS,
    4,
    progress.line("leaks, dropped"),
)

# %% tags=["remove-cell"]
everything = pd.concat([trials, dropping], ignore_index=True)
shares = everything.groupby(["method", "strength"], sort=False)["found"].agg(["sum", "size"])
shares["share"] = [intervals.binomial(int(k), int(n)) for k, n in shares.to_numpy()]
for end in ("estimate", "low", "high"):
    shares[end] = [getattr(each, end) for each in shares["share"]]
shares = shares.reset_index()
by_seed = trials[trials["method"] == "gain"].pivot_table(
    index="strength", columns="seed", values="average_precision"
)
gained_by = by_seed.sub(by_seed.loc[0.0], axis="columns").melt(ignore_index=False)["value"]
lift = conventions.mean_intervals(
    gained_by, gained_by.index, level=intervals.joint_level(len(STRENGTHS) - 1)
).rename(columns={"mean": "estimate"})
strongest = shares[shares["strength"] == max(STRENGTHS)].set_index("method")
blind = shares[shares["strength"] == 0].set_index("method")
always = strongest.index[strongest["sum"] == strongest["size"]]


# %% tags=["remove-cell"]
def draw_found(axes):
    """Draw how often each method finds the leak."""
    looks = zip(COLOURS.values(), "oDs^", ("-", "-.", "--", ":"), strict=False)
    for number, (method, part) in enumerate(shares.groupby("method", sort=False)):
        colour, marker, line = next(looks)
        x = part["strength"].map(lift.index.get_loc) + 0.09 * (number - 1.5)
        axes.vlines(x, part["low"], part["high"], color=colour, lw=2, alpha=0.4)
        axes.plot(x, part["estimate"], color=colour, marker=marker, ls=line, ms=5, label=method)
    axes.axhline(0.1, color=INK["light"], lw=1, ls=(0, (2, 3)))
    axes.set(title="At what strength is a planted leak found?", ylabel="share of plantings found")
    axes.set_xticks(range(len(lift)), [f"{strength:g}" for strength in lift.index])


def draw_gain(axes):
    """Draw what the leak does to the score."""
    x = range(len(lift))
    axes.vlines(x, lift["low"], lift["high"], color=COLOURS["grey"], lw=3, alpha=0.6)
    axes.plot(x, lift["estimate"], "o-", color=COLOURS["grey"])
    axes.axhline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    axes.set_ylabel("average precision\ngained by the leak")


# %% tags=["remove-cell"]
leak_alt = (
    "Share of plantings found by strength of the leak. "
    + " ".join(
        f"{method}: "
        + ", ".join(f"{row.strength:g}: {row.estimate:.0%}" for row in part.itertuples())
        + "."
        for method, part in shares.groupby("method", sort=False)
    )
    + " Average precision gained by the leak: "
    + ", ".join(f"{strength:g}: {row.estimate:+.3f}" for strength, row in lift.iterrows())
    + "."
)

# %% tags=["remove-input"]
figure, (upside, downside) = plt.subplots(
    2, 1, sharex=True, figsize=(5.0, 5.2), height_ratios=(3, 2)
)
draw_found(upside)
draw_gain(downside)
downside.set_xlabel("strength of the leak (standard deviations); dotted: by chance")
figure.legend(loc="outside lower center", ncols=4)
show(figure, alt=leak_alt)

# %% tags=["remove-cell"]
by_luck = f"{blind['sum'].sum()} times in {blind['size'].sum()}"

# %% [markdown]
# The strongest leak adds {eval}`f"{lift['estimate'].iloc[-1]:.2f}"` average precision, and is found in every repetition by {eval}`", ".join(always) or "no method"`. Without any leak, one was “found” {eval}`by_luck`: repetitions are few, above all those of dropping, which has only four columns of noise.
#
# What the figure cannot show: *found* means above columns that we knew to be noise. In a list of real names the leak would be one of many, and nobody would take it for one. That a column *must not know* the label is knowledge about the business. **So plant noise beside your columns, and ask of everything above it how it could know.**

# %% [markdown]
# ## Play with it: why this payment?
#
# Choose a payment: the largest frauds, caught and missed; honest ones that were blocked, or nearly; and some drawn at random. Then cover its largest contributions, one after the other. Is it still blocked? The threshold is {eval}`f"{THRESHOLD:.2f}"`.

# %% tags=["remove-input"]
interactive.why_this_payment(*witness.cases(valid, case), threshold=THRESHOLD)

# %% [markdown]
# The sum without some terms is the score of *no* payment: the other contributions were shared out with these present. [How to tell one decision to an expert](05d_one_decision) has a page of its own.

# %% [markdown]
# ## What is this model cheating on?

# %% tags=["remove-cell"]
by_rule = {
    label: [costs.bayes_block(s, valid["Amount"], costs=COSTS) for s in scores[label]]
    for label in ("as it is", "without Amount")
}
saved_challenger = race.savings(
    valid, by_rule["without Amount"], by_rule["as it is"], costs=COSTS, asked=len(variants)
)
challenger_words = intervals.verdict(
    saved_challenger, asked=len(variants), above="cheaper", below="more expensive"
)
amount_stays = bills["without Amount"] != "cheaper"
without_words = bills["without Amount"]
so_amount = "stays an input" if amount_stays else "would have to go"
against = "from" if without_words == intervals.UNTOLD else "than"
# A column that shuffling improves is one that the model leans on and that is worth less than nothing.
suspect = which("euros", "harmful")
nothing_found = (
    "Nothing that we could show." if suspect == "none" and amount_stays else "Something, it seems."
)

# %% [markdown]
# **{eval}`nothing_found`** We look for a column that the model leans on and that is worth nothing, or less. Columns whose shuffling *saves* euros, by the served threshold: {eval}`suspect`; with a threshold for each payment: {eval}`harmful`. Surprises are checked twice, so we ask what a model saves that never had `Amount`.

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            rule: {
                f"bill added by shuffling it (€, {SHUFFLES} shuffles)": f"{lost[kind]['Amount']:z,.0f}, {needed[kind]['Amount']}",
                f"savings gained without it ({TRAININGS} trainings)": f"{signed(gap)}, {words}",
            }
            for rule, kind, gap, words in (
                ("one threshold, served", "euros", saved["without Amount"], without_words),
                ("one for each payment", "challenger", saved_challenger, challenger_words),
            )
        }
    ).T.rename_axis("Amount, validation rows")
)

# %% [markdown]
# By the rule that is served, a model without `Amount` is {eval}`without_words` {eval}`against` one with it: it {eval}`so_amount`. [What it learned about amounts](05c_by_heart_and_tomorrow) can be read in its trees.

# %% [markdown]
# ## What to decide
#
# :::{admonition} What do we show, and what do we change?
# :class: pr-decide
# - The release shows permutation importance on held-out rows, in average precision and in euros by the served threshold. Its intervals hold for all columns together.
# - It shows SHAP of the frauds in log-odds, named so. Gain stays out of it.
# - It names no order of columns in euros that other rows did not confirm.
# - Neither `Time` nor any number that grows with the rows becomes an input. A column goes only if a model without it is cheaper by the served rule, over several trainings, on rows that may choose.
# - Every training run carries a column of noise, and stops for a human if a true column falls below it that stood above it before.
# :::
#
# **What is not known.** What the columns *are*: they are anonymous. Whether a leak that no planted noise stands beside would be seen. And whether any of these columns works in another week.

# %% tags=["remove-cell"]
small, axes = plt.subplots(figsize=(3.6, 2.9))
draw_found(axes)
axes.set(title="Is a planted leak found?", xlabel="strength of the leak (SD)")
small.legend(loc="outside lower center", ncols=2)
small_picture = show(small, alt=leak_alt)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Why does the model decide as it does, and what is it cheating on?",
    answer=(
        f"Six readings of importance agree by **{lowest:.2f} to {highest_pair:.2f}**: they answer different questions. "
        f"A planted leak of {max(STRENGTHS)} standard deviations is found each time by {', '.join(always) or 'no method'}. "
        f"Columns shown to be worth less than nothing: {suspect}."
    ),
    decision="Say which question is asked, read it on later rows in euros with an interval, and plant noise beside your columns.",
    figure=small_picture,
)

# %% tags=["remove-cell"]
chapter = {"chapter": "05", "data_digest": payments.attrs["sha256"]}
who = {"model": serving.fingerprint(score)}
by_shuffle = f"mean of {SHUFFLES} shuffles, drawn anew in each resample"
on_valid = {"n": len(valid), "split": "valid"}
for kind, column, unit in (
    ("precision", "V14", "average precision"),
    ("euros", "V14", "€ on the validation rows"),
    ("euros", "V12", "€ on the validation rows"),
    ("euros", "Amount", "€ on the validation rows"),
):
    evidence.record(
        f"{'bill added' if kind == 'euros' else 'average precision lost'} when {column} is shuffled",
        lost[kind][column].estimate,
        lost[kind][column],
        unit=unit,
        how=f"{by_shuffle}; one of {len(names)} columns asked about at once",
        **on_valid,
        **who,
        **chapter,
    )

# %% tags=["remove-cell"]
paired = f"paired, over {TRAININGS} trainings with and {TRAININGS} without it"
share_saved, ap = "share of the oracle's", "average precision"
drop_14, receipt = lost["dropped"]["V14"], usual["receipt"]["lost"]
over = f"{times} on thinned rows, drawn anew in each resample"
by_payment = "savings gained without Amount, a threshold for each payment"
again = "average precision lost when V14 is dropped and the model trained again"
for claim, gap, unit, how in (
    ("savings gained without Amount", saved["without Amount"], share_saved, paired),
    (by_payment, saved_challenger, share_saved, paired),
    ("savings gained by having Time as a column", saved["Time"], share_saved, paired),
    (again, drop_14, ap, over),
    ("average precision lost when a receipt number is shuffled", receipt, ap, by_shuffle),
):
    evidence.record(claim, gap.estimate, gap, unit=unit, how=how, **on_valid, **chapter)

# %% tags=["remove-cell"]
for method, row in strongest.iterrows():
    evidence.record(
        f"leaks of two standard deviations found by {method}",
        row["share"].estimate,
        row["share"],
        n=row["share"].n,
        unit="share of plantings",
        split="development",
        how="counted over plantings",
        because="plantings with other noise do not depend on each other",
        **chapter,
    )

# %% tags=["remove-cell"]
answers = {
    **{f"needed by the model ({kind})": which(kind) for kind in lost},
    **{
        f"shuffling saves euros ({kind})": which(kind, "harmful")
        for kind in ("euros", "challenger")
    },
    **{f"a model with {control} against one without": bills[control] for control in controls},
    "a model without Amount against one with it": without_words,
    "the same, a threshold for each payment": challenger_words,
    "does Amount stay an input?": "yes" if amount_stays else "no",
    "the strongest leak is always found by": ", ".join(always) or "no method",
}
for question, answer in answers.items():
    reason = ONE_TRAINING if question.endswith("(dropped)") else ""
    evidence.conclude(question, answer, chapter="05", may_differ=reason)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Ask which of three questions is meant: what the score is made of, what the worth rests on, what the data would lose.
# - Measure importance on *later* rows, in the unit of the decision and by its rule, over many shuffles, with an interval.
# - Plant noise, an identifier and a leak before you believe a ranking.
# - Nothing that shuffles, drops or adds up knows what a column means. Say what was measured, and ask the people who have the fields.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Code it
# :label: explain-code
#
# Is the hour of the day worth something? Add it as a column, train again, and judge it in all three ways. What does its shuffling cost, what does it add to average precision and to the bill, and where does it stand among mean |SHAP| of the frauds? Think first what it can do on these rows, and what on a whole week.
#
# Call the new column on the validation rows `hour`, and what the new model says of them `hour_score`.
# ```

# %% tags=["hide-cell"]
learn_hour, judge_hour = (part.assign(hour=part["Time"] // 3600 % 24) for part in (learn, judge))
with_hour = [*names, "hour"]
clocked = witness.fit_thin(learn_hour, with_hour, thinned[0])
hour, hour_score = judge_hour["hour"], clocked.predict_proba(judge_hour[with_hour])[:, 1]
hour_shuffled = explain.shuffle(
    clocked,
    judge_hour.iloc[case.kept.rows][with_hour],
    columns=["hour"],
    sample_weight=case.kept.weight,
)

# %% tags=["hide-cell"]
decided = [[conventions.decide(valid, s, costs=COSTS)] for s in (hour_score, plain_score)]
of_hour = {
    "average precision lost when it is shuffled": explain.permutation_importance(
        hour_shuffled, case.draws, asked=3
    )["hour"],
    "average precision gained": leaks.difference(valid, hour_score, plain_score, asked=3),
    "savings gained": race.savings(valid, *decided, costs=COSTS, asked=3),
}
place = explain.attribute(clocked, judge_hour.loc[y_valid == 1, with_hour]).importance()
rank = int(place.rank(ascending=False)["hour"])

# %% tags=["hide-cell"]
hour_words = intervals.verdicts(of_hour, above="above zero", below="below zero")
Markdown(
    "; ".join(f"{what}: {fine(gap)}, {hour_words[what]}" for what, gap in of_hour.items())
    + f". Among mean |SHAP| of the frauds it is number {rank} of {len(place)}. One training each: how far others differ we have not asked. "
    "The validation rows are some hours of one day: there the hour can hardly tell one "
    "payment from another, and what it learned about the nights of two days is not tested at all."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.hour_of_day(hour, hour_score, valid=valid, score=plain_score)

# %% [markdown]
# ```{exercise} Argue it
# :label: explain-argue
#
# A regulator asks for “the reasons” of each blocked payment, in words. A vendor offers software that turns SHAP values into sentences: “blocked because V14 was unusual”. What do you answer to both?
# ```
#
# ```{solution} explain-argue
# :class: dropdown
#
# To the regulator: we can state, for each payment, which inputs moved the score, by how much, and compared with which payments. These add up to the score, and we keep them with the decision. We cannot give causes, and for anonymous inputs we cannot give meanings; the bank that has the fields can, and must check them. We also show what the model was *not* given. To the vendor: a sentence with “because” claims more than the numbers hold. “Unusual” is a claim about other payments that can be checked, “because” is one that cannot. We would rather send the customer the name and the number of a person who can look.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [Are you sure that it adds up, and to what? →](05a_does_it_add_up)
# - [Why do the readings disagree, and which columns hold on other rows? →](05b_why_readings_disagree)
# - [What was learned by heart, and would it be the same tomorrow? →](05c_by_heart_and_tomorrow)
# - [What may be said about one decision, and about V14? →](05d_one_decision)
#
# ## Further reading
#
# - {cite:t}`lundberg2017` and {cite:t}`lundberg2020`: SHAP values, and the two ways for trees.
# - {cite:t}`kumar2020`: what Shapley values are not, when they are read as importance.
# - {cite:t}`breiman2001` and {cite:t}`fisher2019`: permutation importance, then and now.
# - {cite:t}`strobl2007`: why importance on training rows favours columns with many values.
# - {cite:t}`kursa2010`: columns without meaning as a yardstick.
