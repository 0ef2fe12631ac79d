# %% [markdown]
# # Prerelease
#
# ::::{div} pr-promise
# Your fraud model looks superb in its notebook.
#
# What must be right **before it decides about real money?**
# ::::
#
# This book follows one such model from its notebook to a decision to ship it, or not, on 284,807 real card payments. Every result in it is computed by code that you can run, and has its interval.

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
claimed = leaks.balanced_before_split(payments, candidate)
at_random = leaks.split_at_random(payments, candidate)
later = leaks.scored_later(
    payments, candidate, who=who, why="What does release candidate 1 score after its notebook?"
)


# %% tags=["remove-input"]
def share_caught(scored):
    """Recall at the threshold of one half that the notebook uses."""
    frauds = scored[scored["Class"] == 1]
    return intervals.binomial(int((frauds["score"] >= 0.5).sum()), len(frauds))


claim, half_true, real = (
    intervals.average_precision(scored["Class"], scored["score"])
    for scored in (claimed, at_random, later)
)
caught_claimed, caught_later = share_caught(claimed), share_caught(later)
n_later = caught_later.n
missed = round((1 - caught_later.estimate) * n_later)

# %% tags=["remove-input"]
Markdown(
    f"**The notebook says** that release candidate 1 catches "
    f"{caught_claimed.estimate:.1%} of all frauds. "
    f"**On the payments that came next, it misses {missed} of {n_later}.**"
)

# %% tags=["remove-input"]
figure = readings(
    {
        "in its notebook": claim,
        "without the copies": half_true,
        "on later payments": real,
    },
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

# %% tags=["remove-input"]
gap, second_gap = leaks.inflation(claimed, later), leaks.inflation(at_random, later)
cannot_say = "With so few frauds, the data cannot say whether that second gap is more than chance."
can_say = "With these payments, that second gap is more than chance."
Markdown(
    f"The claim is too high by {gap:.2f}. Without the copies it is too high by {second_gap:.2f}, "
    f"for a random split still lets the model learn from the future. "
    f"{can_say if second_gap.low > 0 else cannot_say} "
    f"All brackets are 95 % intervals."
)

# %% [markdown]
# What went wrong is common. The notebook copied its frauds until they were half of all rows, and only then set some rows aside for the test: so it was asked about frauds that it had learned by heart. {term}`Average precision` is the share of frauds among the payments that the model finds most suspect, averaged over how far down its list you go.

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
# :class-card: pr-chapter pr-soon
# What does the business want, as a number in euros?
# :::
#
# :::{grid-item-card} [02]{.pr-number} Representative metrics
# :class-card: pr-chapter pr-soon
# What will the model really score, give or take?
# :::
#
# :::{grid-item-card} [03]{.pr-number} Candidates: Optuna and TabNet
# :class-card: pr-chapter pr-soon
# Which model, found how, on what budget?
# :::
#
# :::{grid-item-card} [04]{.pr-number} Model uncertainty
# :class-card: pr-chapter pr-soon
# When should the model not decide?
# :::
#
# :::{grid-item-card} [05]{.pr-number} Explainability
# :class-card: pr-chapter pr-soon
# Why does it decide so, and what is it cheating on?
# :::
#
# :::{grid-item-card} [06]{.pr-number} Data and label drift
# :class-card: pr-chapter pr-soon
# How will we know that the world moved, and what then?
# :::
#
# :::{grid-item-card} [07]{.pr-number} The release
# :class-card: pr-chapter pr-soon
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
# Stay here. Each page opens with its objectives and its reading time, and shows its code where the code is the point. **Half an hour a chapter.**
# :::
#
# :::{grid-item-card} Run
# :class-card: pr-way
# Two commands and no account anywhere: `make book` builds all you see from the raw data, `make lab` opens the chapters in Jupyter. **Ten minutes to set up.** See [how to use this book](about/how-to-use).
# :::
#
# :::{grid-item-card} Teach
# :class-card: pr-way
# Every chapter runs in under a minute from a packaged sample of real payments, without a network. Slides and exercises for a room are in preparation. **Half a day to two days.**
# :::
# ::::
#
# ## What you can hold us to
#
# - **Real data.** All the payments of a public data set, checked by digest. [About the data](about/data).
# - **No number typed.** Each sentence with a result in it was printed by code. Each estimate has its interval.
# - **The test rows choose nothing.** They are opened by one function that writes down who, when and why. This page is in that list, as a demonstration.
# - **It runs.** [How long each page took](about/run-times), and [how fast the data loads](about/benchmarks), were measured when this site was built.
