# %% [markdown]
# # Prerelease
#
# ::::{div} pr-promise
# Your fraud model looks superb in its notebook.
#
# What must be right **before it decides about real money?**
# ::::
#
# This book follows one such model from its notebook to a decision to ship it, or not, on 284,807 real card payments. Every result in it is computed by code that you can run, and what a model scores comes with its interval.

# %% tags=["remove-input"]
from IPython.display import Markdown

from prerelease import data, intervals, leaks, mode, models
from prerelease.plots import show, use_style
from prerelease.plots.leaks import readings

use_style()
payments = data.load()
candidate = models.release_candidate_1()
who = "index: the landing page"

# %% tags=["remove-input"]
later = leaks.scored_later(
    payments, candidate, who=who, why="What does release candidate 1 score after its notebook?"
)
claimed = leaks.balanced_before_split(payments, candidate)  # of all rows, as its notebook had it
at_random = leaks.split_at_random(payments, candidate)


# %% tags=["remove-input"]
def share_caught(scored):
    """Recall at the threshold of one half that the notebook uses."""
    frauds = scored[scored["Class"] == 1]
    return intervals.binomial(int((frauds["score"] >= 0.5).sum()), len(frauds))


caught_claimed, caught_later = share_caught(claimed), share_caught(later)
n_later = caught_later.n
missed = round((1 - caught_later.estimate) * n_later)
range_missed = [round((1 - share) * n_later) for share in (caught_later.high, caught_later.low)]

# %% tags=["remove-input"]
Markdown(
    "**The notebook says** that release candidate 1, a {term}`gradient-boosting <Gradient boosting>` model "
    f"as it comes out of the box, trained on copied frauds, catches {caught_claimed.estimate:.1%} of all frauds. **On the payments that "
    f"came next, it misses {missed} of {n_later}** (95 % interval: {range_missed[0]} to "
    f"{range_missed[1]})."
)

# %% tags=["remove-input"]
times = payments.loc[later.index, "Time"]
bursts = intervals.Blocks(times, leaks.BLOCK_SECONDS)
readings_of = {
    "in its notebook": intervals.average_precision(claimed["Class"], claimed["score"]),
    "without the copies": intervals.average_precision(at_random["Class"], at_random["score"]),
    "on later payments": intervals.average_precision(later["Class"], later["score"], scheme=bursts),
}
claim, half_true, real = readings_of.values()

# %% tags=["remove-input"]
figure = readings(
    readings_of,
    title="What is release candidate 1 worth?",
    unit="average precision, with 95 % interval (1 = perfect)",
)
show(
    figure,
    alt=(
        "Average precision of release candidate 1, read three ways: "
        f"{claim:.2f} in its notebook, {half_true:.2f} when no fraud is copied before the "
        f"random split, {real:.2f} on the payments that came after those it learned from."
    ),
)

# %% [markdown]
# {term}`Average precision` is the share of frauds among the payments that the model finds most suspect, averaged over how far down its list you go.
#
# What went wrong is common. The notebook copied its frauds until they were half of all rows, and only then set some rows aside for the test. So it was asked about frauds that it had learned by heart.

# %% tags=["remove-input"]
weights = data.sampling_weights(payments)
prevalence = (payments["Class"] * weights).sum() / weights.sum()
reweighed = leaks.at_prevalence(claimed, prevalence)
claim_at_real_share = intervals.value(
    intervals.AveragePrecision(),
    reweighed["Class"],
    reweighed["score"],
    sample_weight=reweighed["weight"],
)
gap, second_gap = (
    leaks.inflation(before, later, real_times=times) for before in (claimed, at_random)
)

# %% tags=["remove-input"]
cannot_say = "with so few frauds, the data cannot say whether that is more than chance."
can_say = "that is more than chance."
Markdown(
    "::::{div} pr-aside\n"
    f"Its test also held {1 / prevalence / 2:,.0f} times too large a share of frauds, but that is not "
    f"the point: weighed back to the real share, it would still claim {claim_at_real_share:.2f}. "
    f"The fall from the claim to the later payments is {gap:.2f} of average precision. The fall from a random split "
    f"without copies to the later payments is {second_gap:.2f}: "
    f"{can_say if second_gap.low > 0 else cannot_say} The later payments differ in more than "
    "their date; chapter 02 takes that apart. Brackets are 95 % intervals; those of the later "
    "payments allow for frauds that come in bursts.\n::::"
)

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The road to release
#
# Each chapter finds what is wrong with the model, prices it, mends it, and adds its evidence to one file. The last chapter judges that file, and may say no.
#
# ::::{grid} 1 1 2 2
# :gutter: 3
#
# :::{grid-item-card} [00]{.pr-number} The data
# :class-card: pr-chapter
# :link: chapters/00_data
# :link-type: doc
# What do we have, can we trust it, and what can it never tell us?
# :::
#
# :::{grid-item-card} [01]{.pr-number} Loss functions and metrics for impact
# :class-card: pr-chapter
# :link: chapters/01_metrics_for_impact
# :link-type: doc
# What does the business want, as a number in euros?
# :::
#
# :::{grid-item-card} [02]{.pr-number} Representative metrics
# :class-card: pr-chapter
# :link: chapters/02_representative_metrics
# :link-type: doc
# What will the model really score, give or take?
# :::
#
# :::{grid-item-card} [03]{.pr-number} Candidates: Optuna and TabNet
# :class-card: pr-chapter
# :link: chapters/03_candidates
# :link-type: doc
# Which model, found how, on what budget?
# :::
#
# :::{grid-item-card} [04]{.pr-number} Model uncertainty
# :class-card: pr-chapter
# :link: chapters/04_uncertainty
# :link-type: doc
# When should the model not decide?
# :::
#
# :::{grid-item-card} [05]{.pr-number} Explainability
# :class-card: pr-chapter
# :link: chapters/05_explainability
# :link-type: doc
# Why does it decide so, and what is it cheating on?
# :::
#
# :::{grid-item-card} [06]{.pr-number} Data and label drift
# :class-card: pr-chapter
# :link: chapters/06_drift
# :link-type: doc
# How will we know that the world moved, and what then?
# :::
#
# :::{grid-item-card} [07]{.pr-number} The release
# :class-card: pr-chapter
# :link: chapters/07_release
# :link-type: doc
# Do we ship? On what evidence? What next?
# :::
# ::::

# %% [markdown]
# ## Three ways to use it
#
# ::::{grid} 1 1 3 3
# :gutter: 3
#
# :::{grid-item-card} Read
# :class-card: pr-way
# Stay here. Each page opens with its objectives and its reading time, and shows its code where the code is the point. **Half an hour to an hour a chapter.**
# :::
#
# :::{grid-item-card} Run
# :class-card: pr-way
# Two commands and no account anywhere: `make book` builds all you see from the raw data, `make lab` opens the chapters in Jupyter. **Three minutes to set up, twenty for the whole book.** See [how to use this book](about/how-to-use).
# :::
#
# :::{grid-item-card} Teach
# :class-card: pr-way
# In quick mode every chapter runs in about a minute, on all the payments and without a network. [All you need to teach it](teach/index): a guide, timetables, slides, quizzes, self-checks. **Half a day to two days.**
# :::
# ::::
#
# ## What you can hold us to
#
# - **Real data.** All the payments of a public data set, checked to the last byte. [About the data](about/data).
# - **No number typed.** Each sentence with a result in it was printed by code. What a model scores has its interval.
# - **The {term}`test rows` choose no model, no threshold and no setting.** They are opened by one function that writes down who, when and why. This page is in that list, as a demonstration.
# - **It runs.** [How long each page took](about/run-times), and [how fast the data loads](about/benchmarks), were measured when this site was built.
