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

from casebook import conventions, data, interactive, leaks, mode, models, profile
from prerelease import intervals
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
payments = data.load()
candidate = models.release_candidate_1()
who = "index: the landing page"

# %% tags=["remove-input"]
later = leaks.scored_later(
    payments, candidate, who=who, why="What does release candidate 1 catch after its notebook?"
)
claimed = leaks.balanced_before_split(payments, candidate)  # of all rows, as its notebook had it
at_random = leaks.split_at_random(payments, candidate)
recall = intervals.Recall(0.5)  # at the threshold of one half, as the notebook has it


# %% tags=["remove-input"]
def share_caught(scored):
    """Return recall with its interval, in blocks of time."""
    rows = scored.sort_values("Time", kind="stable")
    how = conventions.drawn(rows["Time"])
    return intervals.bootstrap(recall, rows["Class"], rows["score"], **how)


ways = {
    "in its notebook": claimed,
    "without the copies": at_random,
    "on later payments": later,
}
caught = {name: share_caught(scored) for name, scored in ways.items()}
claim, half_true, real = caught.values()
stops, frauds = later["score"] >= 0.5, later["Class"] == 1
missed, n_later = int((frauds & ~stops).sum()), int(frauds.sum())
range_missed = [round((1 - share) * n_later) for share in (real.high, real.low)]
touched, n_bursts = profile.burst_recall(later["Time"], later["Class"], stops)
passed = n_bursts - touched
nothing_of = (
    f"in {'one' if passed == 1 else passed} of them it caught nothing"
    if passed
    else "in each of them it caught some"
)

# %% tags=["remove-input"]
Markdown(
    "**The notebook says** that release candidate 1, a {term}`gradient-boosting <Gradient boosting>` model "
    f"as it comes out of the box, trained on copied frauds, catches {claim.estimate:.1%} of all frauds. **On the payments that "
    f"came next, it misses {missed} of {n_later}** (95 % interval: {range_missed[0]} to {range_missed[1]}). "
    f"Those frauds came in {n_bursts} bursts; {nothing_of}."
)

# %% tags=["remove-input"]
figure = forest(
    caught,
    title="What does release candidate 1 catch?",
    unit="recall: share of frauds caught, with 95 % interval",
    warned=[next(iter(caught))],
    spec=".2f",
)
show(
    figure,
    alt=(
        "Share of frauds that release candidate 1 catches, read three ways: "
        f"{claim.estimate:.2f} in its notebook, {half_true.estimate:.2f} when no fraud is copied before the "
        f"random split, {real.estimate:.2f} on the payments that came after those it learned from."
    ),
)

# %% [markdown]
# What went wrong is common. The notebook copied its frauds until they were half of all rows, and only then set some rows aside for the test. So it was asked about frauds that it had learned by heart.

# %% tags=["remove-input"]
steps = [(claimed, at_random), (at_random, later), (claimed, later)]
by_heart, by_time, fall = (
    leaks.inflation(*pair, metric=recall, asked=len(steps)) for pair in steps
)
words = [
    intervals.verdict(
        gap, asked=len(steps), above="that is more than luck", below="it rises, for certain"
    )
    for gap in (by_heart, by_time, fall)
]
cannot_say = "with so few frauds, the data cannot say whether that is more than luck"
first, second, third = (cannot_say if word == intervals.UNTOLD else word for word in words)
Markdown(
    "::::{div} pr-aside\n"
    f"Without the copies, in training and in the test, {{term}}`recall <Recall>` falls by {by_heart:.2f}: {first}. From there "
    f"to the later payments it falls by {by_time:.2f}: {second}. All in all it falls by {fall:.2f}: {third}. "
    "The later payments differ in more than their date; chapter 02 takes that apart. "
    "Brackets are intervals that are meant to hold together with 95 %, and allow for frauds coming in bursts.\n::::"
)

# %% [markdown]
# ## Try it with your own numbers
#
# How many frauds are there in the rows that judge your model? So much do they tell.

# %% tags=["remove-input"]
interactive.interval_width(n_later, real.estimate)

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
# How will we know that the world moved?
# :::
#
# :::{grid-item-card} [07]{.pr-number} Retraining
# :class-card: pr-chapter
# :link: chapters/07_retraining
# :link-type: doc
# When is a new model worth its price?
# :::
#
# :::{grid-item-card} [08]{.pr-number} The release
# :class-card: pr-chapter
# :link: chapters/08_release
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
