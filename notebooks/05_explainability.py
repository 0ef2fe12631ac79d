# %% [markdown]
# # Explainability
#
# A quarter of an hour. You need chapters [01](01_metrics_for_impact) and [02](02_representative_metrics): the {term}`cost model` and the {term}`block bootstrap`.

# %% tags=["hide-input"]
from itertools import product
from statistics import NormalDist

import numpy as np
import pandas as pd
from IPython.display import Markdown
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    evidence,
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
from casebook.page import headed, in_short, percent, signed
from casebook.witness import COSTS, gain
from prerelease import costs, explain, intervals, serving
from prerelease.plots import show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait

# %% tags=["remove-input"]
ONE_TRAINING = "A quick run trains once without each column, so its intervals do not know the luck of training."
Markdown(f"{mode.banner()} {ONE_TRAINING}")

# %% [markdown]
# ## The question
#
# The head of fraud wants to know what the model rests on before she lets it block customers. A customer who was blocked wants to know why. An auditor wants to know that it does not cheat. All three are shown the same coloured chart. Yet there are four questions:
#
# - What is this **score** made of? ({term}`SHAP values`)
# - What does the model's **worth** rest on? ({term}`permutation importance`: shuffle a column)
# - What would we lose if we did not have this **column**? ({term}`drop-column importance`: train again without it)
# - **How could this column know**, at the moment of the payment?
#
# The first three can be computed. The last can only be asked, of people.
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
beats = f"{100 * NormalDist().cdf(2):.0f}"  # of a hundred, what lies two standard deviations up
hours = (valid["Time"].max() - valid["Time"].min()) / 3600


def about(number):
    """Return a number of euros with the two digits that matter."""
    return f"{float(f'{number:.2g}'):,.0f}"


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
# What is long is important: so such charts are read. What do they say when we know the answer? We give our model three {term}`planted controls <planted control>`, columns that it should not have.
#
# - **Noise** knows nothing.
# - A **receipt number** grows with every payment. Each later one is larger than any that the model learned from.
# - **`Time`**, the seconds since the first payment, grows as well.

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
                "gain puts it above": f"{row['below']} of {len(names)} true columns",
                f"average precision lost by shuffling it ({SHUFFLES} shuffles)": (
                    "0, by construction"
                    if control in unmoved
                    else f"{fine(row['lost'])}, {planted_words[control]}"
                ),
                f"savings gained by having it ({TRAININGS} trainings)": f"{signed(saved[control], 2)}, {bills[control]}",
            }
            for control, row in usual.items()
        }
    ).T.rename_axis("planted column")
)

# %% tags=["remove-cell"]
harm = (
    "Harm is not shown either: with or without them the model saves the same, as far as these frauds can tell. But what cannot help tomorrow has no business in a model."
    if {bills[control] for control in controls} == {intervals.UNTOLD}
    else "Nor are they harmless: the last column shows a difference in savings that is more than luck."
)

# %% [markdown]
# (*Could be luck*: the 95 % interval of the difference holds zero.)
#
# **Gain says what the training used, not what is worth anything.** It puts the receipt number above {eval}`usual["receipt"]["below"]` of {eval}`len(names)` true columns. Yet on later rows the number can do nothing: all are larger than the last split, so shuffling them changes no score. Gain is summed over the training rows, by the trees that chose those splits, and favours columns with many values to split at {cite:p}`strobl2007`. What was learned by heart counts in full. {eval}`harm`
#
# A SHAP chart is no safer: [that of a broken model adds up, too](05a_does_it_add_up).

# %% [markdown]
# ## One column, three questions
#
# The right way asks each question with its own method, on rows that the model did not learn from. These are all validation frauds, the honest payments with the highest scores, and a weighted share of the rest. There are twenty shuffles, and the intervals know their luck.

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

# %% task="Give what is lost without each column an interval, as `lost`, and a word, as `needed`."
lost = {
    kind: {column: loss.interval(asked=len(names)) for column, loss in losses.items()}
    for kind, losses in found.items()
}
needed = {
    kind: intervals.verdicts(each, above="needed", below="harmful") for kind, each in lost.items()
}


# %% tags=["remove-cell"]
def which(kind, word="needed"):
    """Return the columns that got this verdict, the dearest first."""
    chosen = (column for column, said in needed[kind].items() if said == word)
    return sorted(chosen, key=lambda column: -lost[kind][column].estimate)


def listed(columns):
    """Name some columns, in the order of the table."""
    return ", ".join(sorted(columns, key=names.index)) or "none"


leader = max(names, key=lambda column: lost["precision"][column].estimate)
by_shuffling, by_leaving = lost["precision"][leader], lost["dropped"][leader]
moves = draws.means(shap.contributions[is_fraud].abs(), is_fraud)[0][names.index(leader)]
replaced = needed["dropped"][leader] == intervals.UNTOLD
step_in = (
    "That could be luck: other columns tell nearly the same, and step in."
    if replaced
    else "Other columns step in for a part of it."
)
nothing_missed = (
    f"Of all {len(names)} columns, none is missed by more than luck when a model is trained without it."
    if not which("dropped")
    else f"Of all {len(names)} columns, {len(which('dropped'))} are missed by more than luck when a model is trained without them."
)

# %% [markdown]
# Take {eval}`leader`, which comes first when columns are shuffled.
#
# - **The score.** Over the validation frauds, {eval}`leader` moves it by {eval}`f"{moves:.1f}"` {term}`log-odds` on average, up or down.
# - **The worth.** Shuffle its values, and the served model loses {eval}`f"{by_shuffling:.2f}"` of {term}`average precision`.
# - **The column.** Train without it ({eval}`times`), and {eval}`f"{by_leaving:z.2f}"` is lost. {eval}`step_in`
#
# So “the model rests on {eval}`leader`” is true, and “we would lose all that without {eval}`leader`” is not. {eval}`nothing_missed` (The intervals hold together for all columns.) [Which columns stand in for each other, and how far do the readings agree?](05b_why_readings_disagree)
#
# ### In euros, by the rule that decides
#
# For *may it block customers*, what counts is euros, by the rule that decides. The threshold stays where it is.

# %% tags=["remove-cell"]
of_payment = costs.bayes_threshold(case.rows["Amount"], costs=COSTS)
lost["challenger"] = explain.permutation_importance(
    shuffled, draws, lambda scored: case.euros(scored, of_payment)
)
needed["challenger"] = intervals.verdicts(lost["challenger"], above="needed", below="harmful")
ends = sorted(names, key=lambda column: -lost["euros"][column].estimate)[:4]
ends += [column for column in ("Amount",) if column not in ends]
dearest, other_rule = (lost[kind][ends[0]] for kind in ("euros", "challenger"))
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
    title="What does shuffling a column cost?",
    unit=f"€ in the {hours:.1f} hours of the validation rows ({SHUFFLES} shuffles;\nintervals that hold together with 95 % for all {len(names)} columns)",
    reference=0,
)
figure.axes[0].locator_params(axis="x", nbins=5)
show(figure, alt=euros_alt)

# %% [markdown]
# Shuffle {eval}`ends[0]`, and these hours cost {eval}`about(dearest.estimate)` € more [{eval}`about(dearest.low)`, {eval}`about(dearest.high)`]. With the same scores and a threshold for each payment, the {term}`challenger <Champion and challenger>` of chapter 01, it is {eval}`about(other_rule.estimate)` €. **The importance of a column belongs to a model *and* its rule.**
#
# These columns won a contest, and a winner is partly lucky. So the [test rows](05b_why_readings_disagree) were asked about the first five. In average precision two of them cost more than luck explains. In euros, where a few large frauds decide, none does.

# %% [markdown]
# ## Play with it: why this payment?
#
# Choose a payment: the largest frauds, caught and missed; honest ones that were blocked, or nearly; and some drawn at random. Then cover its largest contributions, one after the other. Is it still blocked? The threshold is {eval}`f"{THRESHOLD:.2f}"`.

# %% tags=["remove-input"]
interactive.why_this_payment(*witness.cases(valid, case), threshold=THRESHOLD)

# %% [markdown]
# What is left is not what a model without these columns would say: that one would have learned to use the others. [How to tell one decision to an expert](05d_one_decision) has a page of its own.

# %% [markdown]
# ## Testing the methods: a leak of growing strength
#
# Does explanation find leaks? We plant one: a column of random numbers that lie higher for frauds. The strength is by how many standard deviations. At two, a typical fraud's number beats those of {eval}`beats` in a hundred honest payments. It is there in held-out rows too, as real leaks are, until production.
#
# Beside it stand nine columns of pure noise (four where models are trained again without each). A method *finds* the leak if it ranks it above all of them, the yardstick of Boruta {cite:p}`kursa2010`. With no leak, luck does that once in ten times (once in five).

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
            # Its place among the true columns, where the method has ranked these, too.
            true = [worth[name] for name in names if name in worth]
            place = 1 + sum(other > worth["leak"] for other in true) if true else np.nan
            row = {"strength": strength, "method": method, "found": above, "place": place}
            table.append(row | {"luck": 1 / (n_noise + 1)} | gained)
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
shares = shares.reset_index()
by_seed = trials[trials["method"] == "gain"].pivot_table(
    index="strength", columns="seed", values="average_precision"
)
gained_by = by_seed.sub(by_seed.loc[0.0], axis="columns").melt(ignore_index=False)["value"]
lift = conventions.mean_intervals(
    gained_by, gained_by.index, level=intervals.joint_level(len(STRENGTHS) - 1)
).rename(columns={"mean": "estimate"})
strongest = shares[shares["strength"] == max(STRENGTHS)].set_index("method")
blind = everything[everything["strength"] == 0]
always = strongest.index[strongest["sum"] == strongest["size"]]

# %% tags=["remove-cell"]
asked_how = {"gain": "gain", "SHAP": "SHAP", "shuffled": "shuffling", "dropped": "leaving out"}
by_strength = {
    f"{strength:g}" if strength else "0 (no leak)": {
        f"found by {asked_how[row.method]}": f"{row.hits} of {row.many} [{row.share.low:.2f}, {row.share.high:.2f}]"
        for row in part.rename(columns={"sum": "hits", "size": "many"}).itertuples()
    }
    | {
        "average precision that it adds": "{:+.2f} [{:+.2f}, {:+.2f}]".format(
            *lift.loc[strength, ["estimate", "low", "high"]]
        )
        if strength
        else "0"
    }
    for strength, part in shares.groupby("strength")
}

# %% tags=["remove-input"]
order = [f"found by {name}" for name in asked_how.values()] + ["average precision that it adds"]
headed(pd.DataFrame(by_strength).T[order].fillna("not asked").rename_axis("strength"))

# %% tags=["remove-cell"]
places = everything[everything["strength"] == max(STRENGTHS)].groupby("method")["place"].median()
promise = percent(intervals.binomial(3, 3).low)
all_alike, so_gain = (
    (
        "No method misses the strongest leak, and none is shown to be better.",
        "So gain is not blind to what gives the label away. It is bad at telling that from what was learned by heart.",
    )
    if len(always) == len(strongest)
    else (
        "Not every method finds the strongest leak each time.",
        "But the intervals are wide: where they overlap, none is shown to be better.",
    )
)

# %% [markdown]
# **{eval}`all_alike`** {eval}`so_gain` Mind how few plantings there are: three that succeed all three times promise no more than {eval}`promise`. The first row shows what luck does.
#
# But *found* means above columns that we knew to be noise. Among true names the leak looks like a good column: by mean |SHAP|, at full strength, it is number {eval}`f"{places['SHAP']:.0f}"` of {eval}`len(names) + 1` in the median planting. **Later rows unmask what was learned by heart. A leak that is in these rows, too, no chart unmasks.**

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
without_words = bills["without Amount"]
amount_stays = without_words != "cheaper"

# %% tags=["remove-cell"]
# A column that shuffling improves is one that the model leans on and that is worth less than nothing.
useless, useless_there = which("euros", "harmful"), which("challenger", "harmful")
dead_weight = (
    f"By the served threshold we find none among {len(names)} columns."
    if not useless
    else f"By the served threshold it is {listed(useless)}."
)
surprise = lost["challenger"]["Amount"]
amount_told = (
    f"With a threshold for each payment, shuffling Amount saves {about(-surprise.estimate)} € [{about(-surprise.high)}, {about(-surprise.low)}]."
    if "Amount" in useless_there
    else f"With a threshold for each payment, shuffling Amount costs {about(surprise.estimate)} €."
)
so_amount = (
    "By either rule they save neither more nor less, as far as these frauds can tell"
    if {without_words, challenger_words} == {intervals.UNTOLD}
    else f"With one threshold, as served, against a model with it: {without_words}"
)
so_amount += ", so Amount stays." if amount_stays else ", so Amount would have to go."
in_question = which("precision")

# %% [markdown]
# **From these rows nobody outside can tell.** A leak that is in the rows makes a column worth much, as our planted one did. So worth is no alibi: what is worth most must answer first. Two things can be read.
#
# **Dead weight**, columns whose shuffling *saves* euros. {eval}`dead_weight` {eval}`amount_told` A surprise is checked twice, so we trained {eval}`TRAININGS` models without it. {eval}`so_amount` [What it learned about amounts](05c_by_heart_and_tomorrow) can be read in its trees.
#
# **Who must answer.** {eval}`len(in_question)` of the {eval}`len(names)` columns cost more average precision than luck explains: {eval}`", ".join(in_question)`. Each is asked: what do you hold, and was that known when the payment was made? Three answers stop a release.
#
# - “The clerk fills it in after the complaint.”
# - “It counts up.”
# - “It is a total, or a scaling, over later rows as well.”
#
# `V1` to `V28` were indeed made from all payments of the file at once ([chapter 00](00a_bursts_and_twins)). In one [series of frauds](05c_by_heart_and_tomorrow) most of them go up or down in step, like running totals of one card. The bank that made them can look. We cannot.

# %% [markdown]
# ## What to decide
#
# :::{admonition} What do we show, and what do we change?
# :class: pr-decide
# - The release shows permutation importance on later rows, in average precision and in euros by the served threshold. Its intervals hold for all columns together.
# - It shows SHAP of the frauds in log-odds, named so. Gain stays out: it mixes what was learned by heart with what holds.
# - It names no order of columns in euros that other rows did not confirm.
# - Every column that stands above all nine of planted noise has a person beside it who signs when its value is known.
# - Neither `Time` nor any number that grows with the rows becomes an input. A column goes only if a model without it is cheaper by the served rule, over several trainings.
# - Every training run carries these nine. If a true column falls among them that stood above them before, the run stops for a human. (Its false alarms we have not counted.)
# :::
#
# **What is not known.** What the columns hold, and since when. What shuffling hides where columns stand in for each other. And whether any of this is the same in another week.
#
# **On Monday:** add nine columns of random numbers to your training rows and train as always. Shuffle every column on *later* rows (`prerelease.explain.shuffle`, or `permutation_importance` of scikit-learn). Write down what stands above all nine, as a useless column does once in ten times. Ask the owner of each: when is this value known?

# %% tags=["remove-cell"]
first = sorted(names, key=lambda column: -lost["precision"][column].estimate)[:5]
two_ways = {
    "shuffled": {column: lost["precision"][column] for column in first},
    "left out, trained again": {column: lost["dropped"][column] for column in first},
}
two_alt = (
    "Average precision lost when a column is shuffled, and when a model is trained without it: "
    + "; ".join(
        f"{column} {fine(lost['precision'][column])} and {fine(lost['dropped'][column])}"
        for column in first
    )
    + "."
)
without_it = "which could be luck" if replaced else "which is more than luck"

# %% tags=["remove-input", "in-short"]
figure = plots.beside(
    two_ways, title="What is lost when a\ncolumn is …", unit="average precision lost", reference=0
)
figure.set_size_inches(3.4, 3.2)
in_short(
    question="What does the model rest on, and is it cheating?",
    answer=(
        f"Shuffle the values of {ends[0]}, and {hours:.1f} hours of the validation rows cost **{about(dearest.estimate)} € more** [{about(dearest.low)}, {about(dearest.high)}]. On later rows its price in euros could be luck. "
        f"Average precision falls by {lost['precision'][ends[0]].estimate:.2f}. Train without {ends[0]}, and it falls by {lost['dropped'][ends[0]]:z.2f}, {without_it}. Both are true: they answer two questions. "
        "Whether the model cheats, no chart of these rows can tell: a leak that we planted looked like a good column."
    ),
    decision="Ask each question by its own method, on later rows, beside nine columns of noise. Ask the owner of each column that stands above all nine: how could it know at that moment?",
    figure=show(figure, alt=two_alt),
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
    **{f"needed by the model ({kind})": listed(which(kind)) for kind in lost},
    **{
        f"shuffling saves euros ({kind})": listed(which(kind, "harmful"))
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
# - Ask which question is meant: what the score is made of, what the worth rests on, what we would lose.
# - Measure on *later* rows, in the unit of the decision and by its rule, over many shuffles, with an interval.
# - Plant noise, and a number that counts up, before you believe a ranking.
# - Later rows unmask what was learned by heart. A leak that is in them, too, looks like a good column: ask the people who have the fields.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 5.1 Code it
# :label: explain-code
# :nonumber:
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
# ```{exercise} 5.2 Argue it
# :label: explain-argue
# :nonumber:
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
