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
# ::::{grid} 2 2 4 4
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
#
# :::{grid-item}
# ```{button-ref} about/own-model
# :color: primary
# :outline:
# :expand:
# Check your model
# ```
# :::
# ::::

# %% tags=["remove-cell"]
import tomllib

from IPython.display import Markdown
from scipy.stats import binomtest

from casebook import conventions, data, evidence, interactive, leaks, mode, models, release, split
from casebook.page import percent
from prerelease import intervals
from prerelease.costs import CostModel
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
payments = data.load()
notebook = models.release_candidate_1()  # the chapters' first candidate; here its frauds are copied
who = "index: the landing page"

# %% tags=["remove-cell"]
later = leaks.scored_later(
    payments, notebook, who=who, why="What does the notebook's model catch, and save, afterwards?"
)
claimed = leaks.balanced_before_split(payments, notebook)  # of all rows, as its notebook had it
at_random = leaks.split_at_random(payments, notebook)
recall = intervals.Recall(0.5)  # at the threshold of one half, as the notebook has it


def share_caught(scored):
    """Return recall with its interval, in blocks of time."""
    rows = scored.sort_values("Time", kind="stable")
    how = conventions.drawn(rows["Time"])
    return intervals.bootstrap(recall, rows["Class"], rows["score"], **how)


# %% tags=["remove-cell"]
# Of the notebook's claim no bootstrap can say how sure it is, since it caught all: each fraud
# counts once, however often it was copied, and the interval is the exact one.
copies = claimed.loc[claimed["Class"] == 1, "score"].groupby(level=0).min()
claim = intervals.binomial(int((copies >= 0.5).sum()), len(copies))
half_true, real = share_caught(at_random), share_caught(later)
caught = {
    "in its notebook": claim,
    "without the copies": half_true,
    "on later payments": real,
}

# %% tags=["remove-cell"]
stops, frauds = later["score"] >= 0.5, later["Class"] == 1
missed, n_later = int((frauds & ~stops).sum()), int(frauds.sum())
low, high = (round((1 - share) * n_later) for share in (real.high, real.low))
alone = binomtest(n_later - missed, n_later).proportion_ci(method="wilson")  # as the knobs have it

# The candidate at the gate: learned from the training rows, its threshold from the validation rows.
rows, prices = payments.loc[later.index], CostModel()
train, valid = split.development(payments)
candidate = release.fitted(models.chosen(), train)
from_here = conventions.threshold(valid, release.scores_of(candidate, valid), costs=prices)
at_gate = release.scores_of(candidate, rows) >= from_here
needless = [int((block & ~frauds).sum()) for block in (stops, at_gate)]
weight = data.sampling_weights(rows)


# %% tags=["remove-cell"]
def saved(*decisions):
    """Return euros saved per 1,000 payments; of two decisions, the first minus the second."""
    taken = leaks.measures(rows, decisions, decisions, costs=prices, weight=weight)
    metric, euros, kept = taken["saved"]
    how = conventions.drawn(rows["Time"][kept])
    sides = [[column[kept]] for column in euros]
    return leaks.measured(metric, rows["Class"][kept], *sides, sample_weight=weight[kept], **how)


by_notebook, by_candidate, ahead = saved(stops), saved(at_gate), saved(at_gate, stops)
worth = {
    "worth": "So the notebook's model is not worthless there; its claim is.",
    "dear": "So there it costs more than no model.",
    intervals.UNTOLD: "Whether that is more than luck, one evening cannot say.",
}[intervals.verdict(by_notebook, above="worth", below="dear")]
earns = {
    "more": "is more than luck.",
    "less": "is more than luck, and speaks for the notebook's model.",
    intervals.UNTOLD: "could be luck, for its interval holds zero. One evening of euros cannot say which is better.",
}[intervals.verdict(ahead, above="more", below="less")]

# %% tags=["remove-cell"]
told = evidence.conclusions().set_index("question")["answer"].to_dict()
known = evidence.read().set_index("claim")
verdict = told.get("do we ship?")
ship = {"pass": "yes", "fail": "no", "insufficient evidence": "not yet"}.get(
    verdict, "not asked yet"
)
asked = tomllib.loads(conventions.CRITERIA.read_text(encoding="utf-8"))["criterion"]
of_gate = {one["name"]: told.get(f"the release: {one['name']}") for one in asked}
passed = [name for name, outcome in of_gate.items() if outcome == "pass"]
short = [one for one in asked if of_gate[one["name"]] not in ("pass", None)]


def stands(one):
    """Say of a criterion that does not pass what was found and what was asked for."""
    found = known.loc[one["claim"]]
    bound = "at least" if "at_least" in one else "at most"
    value = f"{found['value']:.2f}"
    if found["low"] == found["low"]:  # what was counted has no interval
        value += f" [{found['low']:.2f}, {found['high']:.2f}]"
    which = "lower" if bound == "at least" else "upper"
    return f"“{one['name']}” stands at {value}, and the {which} end of that interval must be {bound} {one[bound.replace(' ', '_')]:g}"


# %% tags=["remove-cell"]
count = (
    f"{len(passed)} of {len(asked)} criteria pass" if verdict else "the chapters did not run here"
)
lacking = ". ".join(stands(one) for one in short) + "." * bool(verdict and short)
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
# It says that it catches {eval}`percent(claim.estimate)` of all frauds. On the payments that came next it **misses {eval}`missed` of {eval}`n_later`** (95 % interval: {eval}`low` to {eval}`high`).
# :::
#
# :::{grid-item-card} What the gate says
# :class-card: pr-result
# Do we ship the candidate that nine chapters made of it? **{eval}`ship.capitalize()`**: {eval}`count`. {eval}`lacking` [What it would take →](chapters/08_release)
# :::
#
# :::{grid-item-card} What others published
# :class-card: pr-result
# scikit-learn and probabl each show, on these very payments, how to count in euros. We ran both examples again, and **{eval}`again`** that they print come out to the cent. [What they leave out →](chapters/01e_two_published_examples)
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
        "Share of frauds that the notebook's model catches, read three ways: "
        f"{claim.estimate:.2f} in its notebook, {half_true.estimate:.2f} when no fraud is copied before the "
        f"random split, {real.estimate:.2f} on the payments that came after those it learned from."
    ),
)

# %% tags=["remove-cell"]
steps = [(claimed, at_random), (at_random, later)]
by_heart, by_time = (leaks.inflation(*pair, metric=recall, asked=len(steps)) for pair in steps)


def fell(gap):
    """Say by how much recall fell, and whether that could be luck."""
    words = {
        "fell": "more than luck",
        "rose": "so it rose",
        intervals.UNTOLD: "that could be luck, since the interval of the difference holds zero",
    }[intervals.verdict(gap, asked=len(steps), above="fell", below="rose")]
    return f"{gap:.2f}: {words}"


first, second = fell(by_heart), fell(by_time)

# %% [markdown]
# What went wrong is common. The notebook copied its frauds until they were half of all rows, and only then set some rows aside for the test. So it was asked about frauds that it had learned by heart. Without the copies, {term}`recall <Recall>` falls by {eval}`first`. From there to the later payments it falls by {eval}`second`. Those are other payments, too; [chapter 02](chapters/02_representative_metrics) takes the two apart.
#
# **And in euros?** On the later payments the notebook's model saves {eval}`f"{by_notebook:.0f}"` € per 1,000 payments against no model at all. {eval}`worth` The candidate at the gate, which learned from fewer payments, saves {eval}`f"{by_candidate:.0f}"` € on the same ones. The difference, {eval}`f"{ahead:.0f}"` €, {eval}`earns` The candidate blocks {eval}`needless[1]` honest payments, the notebook's model {eval}`needless[0]`.
#
# **Release candidate 1** of the chapters is the same LightGBM without the copies. [Chapter 01](chapters/01_metrics_for_impact) says why even that one was withdrawn.

# %% [markdown]
# ## Try it with your own numbers
#
# How many frauds are there in the rows that judge your model? The fewer they are, the less its score can tell.

# %% tags=["remove-input"]
interactive.interval_width(n_later, real.estimate)

# %% [markdown]
# With {eval}`n_later` frauds that come one by one, it goes from {eval}`f"{alone.low:.2f}"` to {eval}`f"{alone.high:.2f}"`. The figure above allows for bursts, in which frauds share their fate; the third knob does so here.

# %% tags=["remove-input"]
Markdown(mode.banner())


# %% tags=["remove-cell"]
def of(claim, spec=".2f"):
    """Write a number of the evidence, with its interval; a chapter that did not run gives none."""
    value, low, high = known.reindex([claim])[["value", "low", "high"]].iloc[0]
    return f"{value:{spec}} [{low:{spec}}, {high:{spec}}]"


def alone_of(claim):
    """Return a number of the evidence without its interval."""
    return known.reindex([claim])["value"].iloc[0]


choice = told.get("which candidate goes on?")
pairs = [
    alone_of(f"pairs {name} within a minute, all frauds")
    for name in ("of frauds", "that chance makes")
]

# %% tags=["remove-cell"]
answers = {
    "00": "Sign for it, with conditions: it holds two days, and "
    f"pairs of frauds within a minute are {pairs[0] / pairs[1]:.1f} times as many as chance makes.",
    "01": "Euros: "
    + of("savings against accept-all, boosted, one chosen threshold", ",.0f")
    + " € saved in seven hours. The usual balanced model, at one half, loses "
    + of("cost of balanced logistic regression at one half above accept-all", ",.0f")
    + " €.",
    "02": f"Average precision {of('average precision after the validation period')}, on one evening.",
    "03": f"{choice}, by a rule, and not because it is shown to be the best. It saves "
    + of(f"savings of {choice}")
    + " of what a perfect model would on the rows that chose it, "
    + of(f"savings after the development period, chosen: {choice}")
    + " later.",
}

# %% tags=["remove-cell"]
lucky = told.get("V14 on the test rows, €") == intervals.UNTOLD
so_later = " (on later rows that could be luck)" if lucky else ""
answers |= {
    "04": "Where a look is worth its price, not where it is unsure: of the frauds that it missed, it was sure that "
    + percent(alone_of("share of missed frauds that are confident"))
    + " were honest.",
    "05": "It leans on V14: shuffle it, and the bill of seven hours rises by "
    + of("bill added when V14 is shuffled", ",.0f")
    + f" €{so_later}. Whether a column cheats, only who made it can say.",
    "06": "By labelling some payments at random. Frauds that look honest move no input, and the model saves "
    + of("saved less where all frauds of the validation rows look honest", ".0f")
    + " € less per 1,000 payments of the hours before the evening.",
    "07": "When reported frauds rise, and it costs less than "
    + of("break-even price of retraining on reported frauds, labels after a day", ",.0f")
    + " € to train again.",
    "08": f"{ship.capitalize()}: {count}.",
}

# %% tags=["remove-cell"]
by_luck = told.get("in the rehearsal, all three: against not answering") == intervals.UNTOLD
rehearsed = ", which so few runs cannot tell from luck" if by_luck else ""
answers |= {
    "09": "A wrong threshold, a broken feed, new frauds: to answer the alarms saved "
    + of("watched and answered against never, in a rehearsal", ",.0f")
    + f" € a run{rehearsed}.",
}
missing = "Its answer was not computed here."
answers = {
    key: missing if "nan" in text or "None" in text else text for key, text in answers.items()
}

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
#
# *{eval}`answers["00"]`*
# :::
#
# :::{grid-item-card} [01]{.pr-number} Loss functions and metrics for impact
# :class-card: pr-chapter
# :link: chapters/01_metrics_for_impact
# :link-type: doc
# What does the business want, as a number in euros?
#
# *{eval}`answers["01"]`*
# :::
#
# :::{grid-item-card} [02]{.pr-number} Representative metrics
# :class-card: pr-chapter
# :link: chapters/02_representative_metrics
# :link-type: doc
# What will the model really score, give or take?
#
# *{eval}`answers["02"]`*
# :::
#
# :::{grid-item-card} [03]{.pr-number} Candidates: Optuna and TabNet
# :class-card: pr-chapter
# :link: chapters/03_candidates
# :link-type: doc
# Which model, found how, on what budget?
#
# *{eval}`answers["03"]`*
# :::
#
# :::{grid-item-card} [04]{.pr-number} Model uncertainty
# :class-card: pr-chapter
# :link: chapters/04_uncertainty
# :link-type: doc
# When should the model not decide?
#
# *{eval}`answers["04"]`*
# :::
#
# :::{grid-item-card} [05]{.pr-number} Explainability
# :class-card: pr-chapter
# :link: chapters/05_explainability
# :link-type: doc
# Why does it decide so, and what is it cheating on?
#
# *{eval}`answers["05"]`*
# :::
#
# :::{grid-item-card} [06]{.pr-number} Data and label drift
# :class-card: pr-chapter
# :link: chapters/06_drift
# :link-type: doc
# How will we know that the world moved?
#
# *{eval}`answers["06"]`*
# :::
#
# :::{grid-item-card} [07]{.pr-number} Retraining
# :class-card: pr-chapter
# :link: chapters/07_retraining
# :link-type: doc
# When is a new model worth its price?
#
# *{eval}`answers["07"]`*
# :::
#
# :::{grid-item-card} [08]{.pr-number} The release
# :class-card: pr-chapter
# :link: chapters/08_release
# :link-type: doc
# Do we ship? On what evidence? What next?
#
# *{eval}`answers["08"]`*
# :::
#
# :::{grid-item-card} [09]{.pr-number} The rehearsal
# :class-card: pr-chapter
# :link: chapters/09_rehearsal
# :link-type: doc
# What breaks in the first weeks, and who notices?
#
# *{eval}`answers["09"]`*
# :::
# ::::

# %% [markdown]
# ## Who it is for, and what you can do afterwards
#
# You have trained a classifier, you know pandas and scikit-learn, and you have met a {term}`confidence interval`. Afterwards you can
#
# - put a price on the four outcomes, and let it choose model and threshold;
# - say what a model will really score, give or take, and what may not be quoted;
# - say when a person should look, and promise only what your frauds can certify;
# - find what a model leans on, and tell an alarm that is worth answering from one that is not;
# - write down what a release must show, and let a gate say yes, no, or not enough evidence: [for your own model, in one command](about/own-model).
#
# | | how | time |
# | --- | --- | --- |
# | **Read** | Each page opens in short: question, answer, decision. The proof is one level down. | a quarter of an hour a chapter, as long again for its proof |
# | **Run** | `make book` builds all you see from the raw data; `make lab` opens the pages in Jupyter. [How →](about/how-to-use) | three minutes to set up, half an hour for the whole book |
# | **Teach** | Slides, guide, timetables, quizzes, self-checks, and a bundle without a network. [All you need →](teach/index) | ninety minutes to two days |
#
# ## What you can hold us to
#
# - **Real data.** All the payments of a public data set, checked to the last byte. [About the data](about/data).
# - **No number typed.** Each result in a sentence was put there by code. What a model scores has its interval, and where the interval of a difference holds zero, we say that it {term}`could be luck`.
# - **The {term}`test rows` choose no model, no threshold and no setting.** They are opened by one function that writes down who, when and why. This page is in that list, as a demonstration.
# - **No network, no account.** This site loads nothing from elsewhere, and opens from a folder on your disk as well.
# - **It runs.** [How long each page took](about/run-times) was measured when this site was built. {term}`Full mode` is the book; {term}`quick mode` makes less effort, and must conclude the same.
#
# You may translate, change and share the text and the figures, with the names of their authors and under the same terms ([licences](about/licences)). To cite the book: *The Prerelease authors (2026): Prerelease. Bridging the gap between a model in a notebook and a model in production.*
