# %% [markdown]
# # Prerelease
#
# ::::{div} pr-promise
# Your fraud model looks superb in its notebook.
#
# What must be right **before it decides about real money?**
# ::::
#
# For data scientists about to ship, for engineers who must trust them, and for teachers. The book follows one model from its notebook to a decision to ship it, or not, on 284,807 real card payments.
#
# ::::{grid} 1 3 3 3
# :gutter: 2
# :class-container: pr-uses
#
# :::{grid-item}
# ```{button-ref} chapters/00_data
# :color: primary
# :expand:
# Read it
# ```
# :::
#
# :::{grid-item}
# ```{button-ref} about/how-to-use
# :color: primary
# :outline:
# :expand:
# Run it
# ```
# :::
#
# :::{grid-item}
# ```{button-ref} teach/index
# :color: primary
# :outline:
# :expand:
# Teach it
# ```
# :::
# ::::

# %% tags=["remove-cell"]
import numpy as np
from IPython.display import Markdown

from casebook import conventions, data, evidence, interactive, leaks, mode, models
from prerelease import intervals
from prerelease.costs import CostModel, row_costs
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
payments = data.load()
candidate = models.release_candidate_1()
who = "index: the landing page"

# %% tags=["remove-cell"]
later = leaks.scored_later(
    payments, candidate, who=who, why="What does release candidate 1 catch after its notebook?"
)
claimed = leaks.balanced_before_split(payments, candidate)  # of all rows, as its notebook had it
at_random = leaks.split_at_random(payments, candidate)
recall = intervals.Recall(0.5)  # at the threshold of one half, as the notebook has it


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

# %% tags=["remove-cell"]
stops, frauds = later["score"] >= 0.5, later["Class"] == 1
missed, n_later = int((frauds & ~stops).sum()), int(frauds.sum())
low, high = (round((1 - share) * n_later) for share in (real.high, real.low))
a_day = 86_400 / (later["Time"].iloc[-1] - later["Time"].iloc[0])
nobody, prices = np.zeros(len(later), dtype=bool), CostModel()
amount = payments.loc[later.index, "Amount"]
paid, without = (
    row_costs(later["Class"], block, amount, costs=prices) for block in (stops, nobody)
)
gain = (without - paid) * a_day * data.sampling_weights(payments.loc[later.index])
per_day = intervals.bootstrap(
    intervals.Total(), later["Class"], gain, **conventions.drawn(later["Time"])
)
saves = {
    "saves": "saves",
    "costs": "costs more than no model:",
    intervals.UNTOLD: "is not told apart from no model:",
}[intervals.verdict(per_day, above="saves", below="costs")]

# %% tags=["remove-cell"]
told = evidence.conclusions().set_index("question")["answer"].to_dict()
known = evidence.read().set_index("claim")
verdict = told.get("do we ship?")
ship = {"pass": "yes", "fail": "no", "insufficient evidence": "not yet"}.get(
    verdict, "not asked yet"
)
of_gate = [one for question, one in told.items() if question.startswith("the release: ")]
passed = sum(one == "pass" for one in of_gate)
passed = f"{passed} of {len(of_gate)} criteria pass" if of_gate else "the chapters did not run here"
FIGURES = "published figures reproduced to the cent"
again = (
    f"{known.loc[FIGURES, 'value']:.0f} {known.loc[FIGURES, 'unit']}"
    if FIGURES in known.index
    else "not run here"
)

# %% [markdown]
# ::::{grid} 1 1 3 3
# :gutter: 3
#
# :::{grid-item-card} The notebook's model
# :class-card: pr-result
# It says that it catches {eval}`f"{claim.estimate:.1%}"` of all frauds. On the payments that came next it **misses {eval}`missed` of {eval}`n_later`** (95 % interval: {eval}`low` to {eval}`high`), and {eval}`saves` **{eval}`f"{abs(per_day.estimate):,.0f}"` € a day**.
# :::
#
# :::{grid-item-card} What the gate says
# :class-card: pr-result
# Do we ship the last candidate? **{eval}`ship.capitalize()`**: {eval}`passed`. [What it would take →](chapters/08_release)
# :::
#
# :::{grid-item-card} What others published
# :class-card: pr-result
# Two examples were run again, and **{eval}`again`** come out to the cent. [What they leave out →](chapters/01_metrics_for_impact)
# :::
# ::::

# %% tags=["remove-input"]
show(
    forest(
        caught,
        title="What does the notebook's model catch?",
        unit="recall: share of frauds caught, with 95 % interval",
        warned=[next(iter(caught))],
        spec=".2f",
    ),
    alt=(
        "Share of frauds that release candidate 1 catches, read three ways: "
        f"{claim.estimate:.2f} in its notebook, {half_true.estimate:.2f} when no fraud is copied before the "
        f"random split, {real.estimate:.2f} on the payments that came after those it learned from."
    ),
)

# %% tags=["remove-cell"]
steps = [(claimed, at_random), (at_random, later), (claimed, later)]
by_heart, by_time, fall = (
    leaks.inflation(*pair, metric=recall, asked=len(steps)) for pair in steps
)
first, second, third = (
    intervals.verdict(gap, asked=len(steps), above="more than luck", below="a rise")
    for gap in (by_heart, by_time, fall)
)

# %% [markdown]
# What went wrong is common. The notebook copied its frauds until they were half of all rows, and only then set some rows aside for the test. So it was asked about frauds that it had learned by heart. Without the copies, {term}`recall <Recall>` falls by {eval}`f"{by_heart.estimate:.2f}"` ({eval}`first`); from there to the later payments by {eval}`f"{by_time.estimate:.2f}"` ({eval}`second`).

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
# ## Who it is for, and what you can do afterwards
#
# You have trained a classifier and know pandas and scikit-learn; nothing else is asked. Afterwards you can
#
# - put a price on the four outcomes, and let it choose model and threshold;
# - say what a model will really score, give or take, and what may not be quoted;
# - say when a person should look, and promise only what your frauds can certify;
# - find what a model cheats on, and tell an alarm that is worth answering from one that is not;
# - write down what a release must show, and let [a gate](about/own-model) say yes, no, or not enough evidence: for **your own model**, in one command.
#
# | | how | time |
# | --- | --- | --- |
# | **Read** | Each page opens in short: question, answer, decision. The proof is one level down. | a quarter of an hour a chapter |
# | **Run** | `make book` builds all you see from the raw data; `make lab` opens the pages in Jupyter. [How →](about/how-to-use) | three minutes to set up, half an hour for the whole book |
# | **Teach** | Slides, guide, timetables, quizzes, self-checks, and a bundle without a network. [All you need →](teach/index) | half a day to two days |
#
# ## What you can hold us to
#
# - **Real data.** All the payments of a public data set, checked to the last byte. [About the data](about/data).
# - **No number typed.** Each result in a sentence was put there by code. What a model scores has its interval.
# - **The {term}`test rows` choose no model, no threshold and no setting.** They are opened by one function that writes down who, when and why. This page is in that list, as a demonstration.
# - **No network, no account.** This site loads nothing from elsewhere, and opens from a folder on your disk as well.
# - **It runs.** [How long each page took](about/run-times) was measured when this site was built.
#
# You may translate, change and share the text and the figures, with the names of their authors and under the same terms ([licences](about/licences)). To cite the book: *The Prerelease authors (2026): Prerelease. Bridging the gap between a model in a notebook and a model in production.*
