# %% [markdown]
# # The best of many
#
# Back to [representative metrics](02_representative_metrics). A team tries many settings and keeps the winner. On the {term}`validation rows` that chose it, the winner looks better than it is: it was good *and lucky*, and we picked it for both. That surplus is called {term}`optimism` {cite:p}`cawley2010`. How large is it? And which of two models is better, then?

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

from casebook import conventions, data, evidence, leaks, mode, models, progress, split
from casebook.page import headed, in_short, signed
from prerelease import intervals, optimism, splits
from prerelease.plots import INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
FEWER = "fewer trials are searched, so another one wins"
Markdown(f"{mode.banner()}\n\n**Less in quick mode:** {FEWER}.")

# %%
payments = data.load()
train, valid = split.development(payments)
later = split.open_test(
    payments,
    who="chapter 02d",
    why="What does the best of K trials score after validation chose it?",
    kind="demonstration",
)

# %% tags=["remove-cell"]
rows = pd.concat([train, valid, later])
everywhere, n_train, n_dev = np.arange(len(rows)), len(train), len(train) + len(valid)
labels, weights = rows["Class"].to_numpy(), data.sampling_weights(rows)
SHARE = 0.05 if mode.is_quick() else 1.0
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
model = models.boosted(**fewer_trees)

# %% [markdown]
# ## When all are equal
#
# First a world in which we know: models of exactly the same quality. Their scores of each fraud are alike, but not the same (`alike` is their correlation). Whatever the winner has above the others is luck.

# %%
TRIALS, WORLDS = 100, 15_000 if mode.is_quick() else 60_000
chosen_on = (20, int(valid["Class"].sum()), 200, 1000)  # so many frauds choose
null = {
    f"{n:,} frauds": optimism.null_optimism(
        TRIALS, n, alike=0.5, n_rounds=max(100, min(2000, WORLDS // n))
    )
    for n in chosen_on
}


# %% tags=["remove-cell"]
def best_of_k(curves, title, size=(5.0, 3.8)):
    """Draw how far the best of K trials is flattered, against K."""
    table = pd.concat(curves, names=["", "trials"]).reset_index()
    figure, axes = plt.subplots(figsize=size)
    sns.lineplot(table, x="trials", y="optimism", hue="", style="", ax=axes)
    axes.axhline(0, color=INK["light"], lw=0.8)
    axes.set(title=title, xscale="log", ylabel="optimism (average precision)")
    axes.set_xlabel("trials among which the best is chosen")
    axes.set_ylim(top=1.35 * table["optimism"].max())  # room for the names
    most = table["trials"].max()
    axes.set_xticks([k for k in (1, 2, 5, 10, 20, 50, 100) if k <= most])
    axes.minorticks_off()
    axes.xaxis.set_major_formatter("{x:g}")
    sns.move_legend(axes, "upper left", title=None)
    return figure


# %% tags=["remove-input"]
show(
    best_of_k(null, "How much better does the best of K equal models look?"),
    alt=(
        "Optimism against the number of trials, for models that are all equal. At "
        f"{TRIALS} trials it is "
        + ", ".join(f"{t['optimism'].iloc[-1]:.3f} with {name}" for name, t in null.items())
        + "."
    ),
)

# %% tags=["remove-cell"]
own = f"{chosen_on[1]:,} frauds"
ten, hundred = (null[own].loc[k] for k in (10, TRIALS))
in_worlds = f"[{hundred['low']:+.3f}, {hundred['high']:+.3f}]"

# %% [markdown]
# With as many frauds as our validation rows have, the best of ten looks {eval}`f"{ten['optimism']:.3f}"` better than it is. The best of {eval}`TRIALS` looks {eval}`f"{hundred['optimism']:.3f}"` better. Those are means. For the best of {eval}`TRIALS`, 95 % of the worlds lie in {eval}`in_worlds`. Optimism grows slowly with trials, and shrinks with the number of frauds. The more alike the models, the smaller it is: they share their luck.
#
# ## On our payments
#
# Now for real: a random search around our model. Each trial learns from the training rows (honest payments thinned and weighed for it). The validation rows choose; what the winner does later, we read from the test rows, as a demonstration that the {term}`ledger <test ledger>` records. No trial goes into any later chapter.

# %%
search = models.perturbed(model, 8 if mode.is_quick() else 30)
few, stands_for = leaks.thinned(labels, everywhere[:n_train], share=0.1)
trials = leaks.scores(
    rows,
    [leaks.Fit(trial, few, everywhere[n_train:], stands_for) for trial in search],
    tell=progress.line("The search"),
)
after = pd.concat([valid, later])
chooses = np.arange(len(after)) < len(valid)


# %% tags=["remove-cell"]
def precision_of(score, part):
    """Return average precision on a part of the rows."""
    y, weight = after["Class"][part], weights[n_train:][part]
    return intervals.value(intervals.AveragePrecision(), y, score[part], sample_weight=weight)


def draws_of(part):
    """Return average precision of all trials on resamples of a part of the rows."""
    how = conventions.drawn(after["Time"][part])
    how = {"scheme": how["scheme"], "n_resamples": how["n_resamples"]}
    y, scores = after["Class"][part], [score[part] for score in trials]
    weight, precision = weights[n_train:][part], intervals.AveragePrecision()
    return intervals.replicates(precision, y, scores, sample_weight=weight, **how)


on_valid_rows = np.array([precision_of(score, chooses) for score in trials])
on_later_rows = np.array([precision_of(score, ~chooses) for score in trials])

# %% [markdown]
# Validation rows and test rows are different evenings, so part of any gap is the evening. Two things take it out. Optimism is counted *beyond* the gap that a single trial has. And, beside it, we choose on a random part of validation and test rows taken together, and judge on the rest, many times.

# %%
selected = optimism.best_of(on_valid_rows, on_later_rows)
winner = optimism.of_winner(
    on_valid_rows,
    on_later_rows,
    chosen_draws=draws_of(chooses),
    judged_draws=draws_of(~chooses),
    n=len(after),
    n_positive=int(after["Class"].sum()),
)
ROUNDS = 20 if mode.is_quick() else 100
mixed = {
    n: optimism.optimism_in_parts(after["Class"], trials, n_positive=n, n_rounds=ROUNDS)
    for n in chosen_on[:2]
}

# %% tags=["remove-cell"]
real_curves = {f"random part, {n} frauds choose": table for n, table in mixed.items()} | {
    f"validation chooses ({chosen_on[1]}), test judges": selected,
    f"equal models, {chosen_on[1]} frauds": null[own].head(len(trials)),
}
last, part = selected.iloc[-1], mixed[chosen_on[1]].iloc[-1]
one_trial = selected["real"].iloc[0] - selected["claimed"].iloc[0]
in_rounds = f"[{part['low']:+.3f}, {part['high']:+.3f}]"
spread = float(np.ptp(on_valid_rows))
agree = pd.Series(on_valid_rows).corr(pd.Series(on_later_rows), method="spearman")
shows = intervals.verdict(winner) != intervals.UNTOLD
in_parts = not part["low"] <= 0 <= part["high"]
measures = (
    "The two measures agree on whether there is more than luck"
    if shows == in_parts
    else "The two measures do not agree: the first is more than luck, and the second is lost in the spread of the parts"
    if shows
    else "The two measures do not agree: the first could be luck, and all parts show some"
)

# %% tags=["remove-input"]
show(
    best_of_k(real_curves, "And how much is it in a real search?"),
    alt=(
        "Optimism against the number of trials, in a real random search. At the last it is "
        + ", ".join(
            f"{table['optimism'].iloc[-1]:+.3f} ({name})" for name, table in real_curves.items()
        )
        + "."
    ),
)

# %% [markdown]
# Of {eval}`len(trials)` trials the winner has {eval}`f"{last['claimed']:.3f}"` on validation. On the later rows it has {eval}`f"{last['real']:.3f}"`. From one to the other a single trial changes by {eval}`f"{one_trial:+.3f}"` on average: that is the other evening, and no choice. The winner's score falls by {eval}`f"{winner:.3f}"` more than that, its optimism.
#
# On random parts with as many frauds optimism is {eval}`f"{part['optimism']:+.3f}"` on average, and {eval}`in_rounds` in 95 % of the parts, which share their frauds. {eval}`measures`. The trials spread over {eval}`f"{spread:.3f}"` on validation, and their order there and later agrees with a rank correlation of {eval}`f"{agree:.2f}"`.
#
# “Validation and test agree, so we did not overfit” is therefore no argument: optimism of this size hides in the luck of the rows. What helps is to count trials, to choose on more frauds, and to open the test once.
#
# ## Which of two models is better?
#
# Two intervals that overlap prove nothing, in either direction. What counts is the interval of the *difference*, both models on the same resampled blocks. We compare on three stretches of {term}`development rows`, where each model decided only about payments later than it had learned.
#
# How small a difference would be found at all? *Found* means that its interval leaves out zero. How often that happens, if the difference is true, is the {term}`power`. We ask for four times in five.

# %% tags=["remove-cell"]
development = rows.iloc[:n_dev]
length = split.VALID_END - split.TRAIN_END
walk = splits.PrequentialSplit(3, length, end=split.VALID_END)
folds = list(walk.split(development, groups=development["Time"]))
rivals = {
    "boosting": model,
    "logistic regression": models.logistic_regression().set_params(logisticregression__tol=1e-8),
    "release candidate 1": models.release_candidate_1(),
}
jobs = {name: leaks.fits(rival, folds) for name, rival in rivals.items()}
if mode.is_quick():
    jobs = {name: leaks.thinned_fits(labels, fits, share=0.2) for name, fits in jobs.items()}
walked = leaks.score_runs(development, jobs, tell=progress.line("Three stretches"))
ours = walked.pop("boosting")
knows = ours.notna().to_numpy()

# %%
gaps = {
    name: leaks.difference(development, ours, walked[name], asked=len(walked.columns))
    for name in walked
}
contest, weight = development[knows], weights[:n_dev][knows]
how = {key: conventions.drawn(contest["Time"])[key] for key in ("scheme", "n_resamples")}
precision = intervals.AveragePrecision()
detectable = {
    name: intervals.smallest_detectable_difference(
        precision, contest["Class"], ours[knows], rival[knows], sample_weight=weight, **how
    )
    for name, rival in walked.items()
}

# %% [markdown]
# And two models that are much more alike: two trials of the search above, on the validation rows. Of all pairs we take the one whose validation scores lie closest to one point apart, a lead of the kind that a search announces. It was picked for its lead, so we ask only how many frauds would show such a lead, and not whether this one is true.

# %% tags=["remove-cell"]
LEAD, SIBLING = 0.01, "a sibling of one search"
leads = intervals.verdicts(gaps)
word = leads["logistic regression"]
against = (
    "Boosting's lead over logistic regression could be luck: its 95 % interval holds zero"
    if word == intervals.UNTOLD
    else f"Boosting scores {word} than logistic regression, by more than luck: the 95 % interval leaves out zero"
)
lead = on_valid_rows[:, None] - on_valid_rows[None]
one, other = np.unravel_index(np.argmin(np.abs(lead - LEAD)), lead.shape)
how = {key: conventions.drawn(valid["Time"])[key] for key in ("scheme", "n_resamples")}
detectable[SIBLING] = intervals.smallest_detectable_difference(
    precision,
    valid["Class"],
    trials[one][chooses],
    trials[other][chooses],
    sample_weight=weights[n_train:n_dev],
    **how,
)

# %% tags=["remove-cell"]
per_day = labels.sum() / 2
sizes = {name: gap.estimate for name, gap in gaps.items()} | {SIBLING: lead[one, other]}
needed = {
    name: detectable[name].positives_needed(max(abs(size), 1e-4)) for name, size in sizes.items()
}


def about(frauds):
    """Write a number of frauds with the two digits that matter."""
    return f"{float(f'{frauds:.2g}'):,.0f}"


# %% tags=["remove-input"]
shown_leads = {name: signed(gap) for name, gap in gaps.items()}
shown_leads[SIBLING] = f"{lead[one, other]:+.3f} (picked)"
enough = {name: needed[name] <= each.n_positive for name, each in detectable.items()}
pd.DataFrame(
    {
        name: {
            "frauds judged": each.n_positive,
            "lead (average precision)": shown_leads[name],
            "smallest that would be found": f"{each.difference:.3f}",
            "frauds needed, if the lead is true": (
                "fewer than judged" if enough[name] else about(needed[name])
            ),
            "… days of such traffic": "–" if enough[name] else f"{needed[name] / per_day:,.1f}",
        }
        for name, each in detectable.items()
    }
).T.rename_axis("boosting against").pipe(headed)

# %% tags=["remove-cell"]
reach = 1.96 + 0.84  # standard errors: the interval leaves out zero in four cases of five
on = {
    "validation rows": int(valid["Class"].sum()),
    "test rows": int(later["Class"].sum()),
    "all two days": int(labels.sum()),
}
chosen, judged, every = on.values()  # the first two are too close for a label each
near = f"{chosen} validation rows,\n{judged} test rows"
# A standard error falls with the root of the number of frauds.
seen = np.geomspace(25, 25_000, 60)
found_from = pd.DataFrame(
    {n: reach * d.standard_error * np.sqrt(d.n_positive / seen) for n, d in detectable.items()},
    index=seen,
)
at_test = {
    name: reach * each.standard_error * (each.n_positive / on["test rows"]) ** 0.5
    for name, each in detectable.items()
}


# %% tags=["remove-cell"]
def frauds_needed():
    """Draw the smallest difference that is found against the number of frauds."""
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    sns.lineplot(found_from, ax=axes)
    for line, each in zip(axes.lines, detectable.values(), strict=False):
        axes.plot(each.n_positive, reach * each.standard_error, "o", color=line.get_color(), ms=7)
    axes.set(
        title="How many frauds tell two models apart?",
        xlabel="frauds among the rows (days of such traffic)",
    )
    axes.set(xscale="log", yscale="log", ylabel="smallest difference found (average precision)")
    axes.set_ylim(1e-3, 1)
    ticks = axes.secondary_xaxis("top")
    ticks.set_xticks([(chosen * judged) ** 0.5, every], [near, f"{every} in\nboth days"])
    ticks.minorticks_off()
    for n in on.values():
        axes.axvline(n, color=INK["light"], lw=0.9, ls=":")
    many = [100, 1_000, 10_000]
    axes.set_xticks(many, [f"{n:,}\n({n / per_day:.2g} days)" for n in many])
    axes.yaxis.set_major_formatter("{x:,.10g}")
    axes.legend(loc="upper right")
    return figure


# %% [markdown]
# {eval}`against`. Siblings of one search are another matter. If a lead of {eval}`f"{lead[one, other]:.3f}"` is true at all, it takes about {eval}`about(needed[SIBLING])` frauds to be likely to see it. The more alike two models, the finer the scale. What decides is the standard error of the difference, and not the number of frauds alone.
#
# Hence the rule for [chapter 03](03_candidates): a lead whose interval holds zero could be luck, and what ships then is to be written down before the race.
#
# ## Seed noise is not sampling noise
#
# A third kind of chance comes from the training itself. We let the model draw rows and columns at random, and change nothing but the seed.

# %%
stirred = {"subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8}
alike = [models.boosted(seed=seed, **stirred, **fewer_trees) for seed in range(5)]

# %% tags=["remove-cell"]
jobs = [leaks.Fit(each, everywhere[:n_train], everywhere[n_train:n_dev]) for each in alike]
jobs = leaks.thinned_fits(labels, jobs, share=SHARE)
seeds = leaks.scores(rows, jobs, tell=progress.line("Seeds"))
how = {"sample_weight": weights[n_train:n_dev]}
by_seed = [intervals.value(precision, valid["Class"], score, **how) for score in seeds]
how |= conventions.drawn(valid["Time"])
of_rows = intervals.bootstrap(precision, valid["Class"], seeds[0], **how)
sampling_error, seed_noise = of_rows.half_width / 1.96, float(np.std(by_seed, ddof=1))
hidden = "the larger" if seed_noise < sampling_error else "another"

# %% [markdown]
# The seeds score with a standard deviation of {eval}`f"{seed_noise:.3f}"`; the rows add a standard error of {eval}`f"{sampling_error:.3f}"`. To report the best of several seeds is to sell noise. To report their standard deviation as *the* uncertainty is to hide {eval}`hidden` part. Where a model draws at random, its lead needs both: an interval over rows *and* seeds, as chapter 03 draws it.
#
# ## The ledger
#
# Here is what the book has taken from the test rows so far.

# %% tags=["remove-cell"]
book = split.uses()
uses = book[book["source"] == payments.attrs["source"]].groupby(["who", "kind", "why"], sort=False)
taken_out = pd.DataFrame({"times": uses.size(), "frauds seen": uses["n_positive"].max()})

# %% tags=["remove-input"]
headed(taken_out.reset_index().set_index("who"))

# %% [markdown]
# A page that is built again writes its lines again: nothing is rubbed out. Demonstrations choose nothing, but they are looked at by the people who choose next. From here on nobody in this book can say that the test rows are unseen, and [the release](08_release) will have to live with that, and say it.

# %% tags=["remove-input", "in-short"]
in_short(
    question="The winner of a search had a better score. Was it good, or lucky?",
    answer=(
        f"**Both.** With as few frauds as ours, the best of {TRIALS} equal models looks {hundred['optimism']:.3f} better than it is. "
        f"Two settings of one search that are {lead[one, other]:.2f} apart take about {about(needed[SIBLING])} frauds before that is likely to show."
    ),
    decision="Count the trials, compare by the interval of the difference, and write down before the race what ships if every lead could be luck.",
    figure=show(
        frauds_needed(),
        alt=(
            "Smallest difference in average precision that is found with a power of 80 %, against the "
            "number of frauds. With the test rows' frauds it is "
            + ", ".join(f"{value:.3f} against {name}" for name, value in at_test.items())
            + "."
        ),
    ),
)

# %% tags=["remove-cell"]
facts = {"chapter": "02d", "data_digest": payments.attrs["sha256"], "unit": "average precision"}
paired = "paired bootstrap of 10-minute blocks"
evidence.record(
    "optimism of the winner of a search, validation chooses",
    winner.estimate,
    winner,
    split="all",
    n=winner.n,
    how="each side in 10-minute blocks of its own, the winner fixed",
    because="the two sides are different rows, so they are drawn apart",
    may_differ=FEWER,
    **facts,
)
for k in (10, TRIALS):
    ends = null[own].loc[k, ["optimism", "low", "high"]]
    worlds = intervals.Interval(*ends, level=0.95, method="worlds", n=TRIALS)
    told = {"how": "simulated; the interval holds 95 % of the worlds", "n": TRIALS}
    told["because"] = "it is where simulated worlds lie, and no interval of an estimate"
    claim = f"optimism of the best of {k} equal models, {chosen_on[1]} frauds choose"
    evidence.record(claim, worlds.estimate, worlds, split="none", **told, **facts)

# %% tags=["remove-cell"]
for name, gap in gaps.items():
    told = {"split": "development", "n": gap.n, "how": paired, **facts}
    evidence.record(f"lead over {name}", gap.estimate, gap, **told)
    evidence.conclude(f"boosting against {name}", leads[name], chapter="02d")
for name, each in detectable.items():
    on_rows = "valid" if name == SIBLING else "development"
    told = {"how": "power 80 %, from the paired bootstrap", "n": int(knows.sum()), **facts}
    claim = f"smallest difference from {name} that would be found"
    evidence.record(claim, each.difference, None, split=on_rows, **told)
larger = "rows" if seed_noise < sampling_error else "seeds"
evidence.conclude("seeds or rows: which is the larger noise?", larger, chapter="02d")

# %% [markdown]
# ## Exercises
#
# ```{exercise} 2.3 Read it off
# :label: true-read
# :nonumber:
#
# A colleague claims that with twice as many seeds and ten-fold cross-validation on the two days, a true lead of 0.01 over logistic regression could be found. From the figure of frauds needed: how many frauds would it take, how many days of such traffic, and what do more seeds and folds change about that?
# ```

# %% tags=["hide-cell"]
frauds_for = detectable["logistic regression"].positives_needed(0.01)
Markdown(
    f"About {about(frauds_for)} frauds, {frauds_for / per_day:,.0f} days of such traffic, where the two days hold {labels.sum():.0f}. "
    "More seeds make the noise of training smaller, more folds the noise of the split; neither adds a fraud. The standard "
    "error of the difference hardly moves."
)

# %% [markdown]
# ## Further reading
#
# - {cite:t}`cawley2010`: the optimism of choosing models by the rows that judge them.
#
# Back to [representative metrics](02_representative_metrics).
