# %% [markdown]
# # Losses and calibration
#
# If misses are expensive, should the model not learn that? And can its probabilities be believed? You need to know what {term}`log-loss` is; a quarter of an hour. [Back to the metrics](01_metrics_for_impact).

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from casebook import conventions, data, evidence, impact, mode, models, split
from casebook.page import headed, in_short
from prerelease import calibration, costs, intervals, losses
from prerelease.plots import COLOURS, INK, show, use_style
from prerelease.plots import costs as cost_figures
from prerelease.plots import metrics as figures

use_style()
limited = threadpool_limits(1)  # where a machine is shared, more threads wait for each other
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %%
payments = data.load()
train, valid = split.development(payments)
X, y = train[[*models.INPUTS]], train["Class"]
X_valid, y_valid, amount = valid[[*models.INPUTS]], valid["Class"], valid["Amount"]
COSTS = costs.CostModel()
desk = impact.Bills(valid, COSTS)

# %% [markdown]
# ## Losses: what a model is trained to get right
#
# The usual tools: weigh the frauds, copy them, drop honest rows, take {term}`focal loss` {cite:p}`lin2017`, or weigh each row by the euros at stake. All change the question that the model answers, so its scores stop being probabilities. For each there is a formula that leads back. Weights and resampling multiply the odds by a known factor {cite:p}`elkan2001,dalpozzolo2015`, and focal loss has an inverse in closed form {cite:p}`charoenphakdee2021`. What comes back we call the *corrected score*.

# %%
balance = (y == 0).sum() / y.sum()  # a fraud weighs as much as so many honest payments
copies = np.r_[np.flatnonzero(y == 0), np.resize(np.flatnonzero(y == 1), (y == 0).sum())]
saved, lost = COSTS.saved_by_blocking(train["Amount"]), COSTS.lost_by_blocking(train["Amount"])
at_stake = np.where(y == 1, saved, lost) / lost[y == 0].mean()
odds_at_stake = COSTS.saved_by_blocking(amount) / COSTS.lost_by_blocking(amount)
lead_back = {
    "weighted": lambda score: losses.correct_weighting(score, weight=balance),
    "copied": lambda score: losses.correct_weighting(score, weight=balance),
    "focal": lambda score: losses.focal_posterior(score, gamma=2.0),
    "euros at stake": lambda score: losses.correct_weighting(score, weight=odds_at_stake),
}

# %% [markdown]
# The model is `boosted` for all, with the same settings. (In quick mode all but the weighted one have half the trees, each a step twice as long.) Which honest rows are dropped is drawn at random. So there are several of each such model, and every number below is their mean.

# %% tags=["remove-cell"]
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
weighted_model = models.boosted(scale_pos_weight=balance)
jobs = [
    (models.boosted(), {}),
    (weighted_model, {}),
    (models.boosted(**fewer_trees), {"rows": copies}),
    (models.focal(2.0, **fewer_trees), {}),
    (models.boosted(**fewer_trees), {"sample_weight": at_stake}),
]
plain, *trained = impact.scores(jobs, train, valid)
raw = {"plain": [plain]} | {name: [s] for name, s in zip(lead_back, trained, strict=True)}
corrected = {"plain": [plain]} | {name: [back(raw[name][0])] for name, back in lead_back.items()}
DRAWS = 8 if mode.is_quick() else 20


def fewer(per_fraud, seed):
    """Keep all frauds, and so many honest payments for each, drawn at random."""
    rng, honest = np.random.default_rng(seed), np.flatnonzero(y == 0)
    stay = rng.choice(honest, size=per_fraud * y.sum(), replace=False)
    return np.sort(np.r_[stay, np.flatnonzero(y == 1)])


# %% tags=["remove-cell"]
for name, per_fraud in {"1 honest a fraud": 1, "10 honest a fraud": 10}.items():
    draws = [fewer(per_fraud, seed) for seed in range(DRAWS)]
    fits = [(models.boosted(**fewer_trees), {"rows": rows}) for rows in draws]
    raw[name] = impact.scores(fits, train, valid)
    weight = balance / per_fraud  # a fraud weighs as much more as honest payments were dropped
    corrected[name] = [losses.correct_weighting(score, weight=weight) for score in raw[name]]

# %% [markdown]
# Each is judged in euros at its own threshold, chosen for each stretch of time on the other three.

# %% tags=["remove-cell"]
fitted = {
    name: [desk.of(conventions.decide(valid, s, costs=COSTS)) for s in draws]
    for name, draws in corrected.items()
}
one = conventions.decide(valid, plain, costs=COSTS)
on_same_rows = {
    name: np.mean([costs.best_threshold(y_valid, s, amount, costs=COSTS).cost for s in draws])
    for name, draws in corrected.items()
}
euros = {name: [b.sum() for b in draws] for name, draws in fitted.items()}
optimism = pd.Series({n: np.mean(e) - on_same_rows[n] for n, e in euros.items()})


def mean_of(measure, draws, form):
    """Write the mean of a measure over the draws of a model."""
    return form.format(np.mean([measure(score) for score in draws]))


def log_loss(score):
    """Mean log-loss on the validation rows."""
    return losses.log_losses(y_valid, score).mean()


def spread(draws):
    """Write the range of the draws' bills."""
    return f"{min(draws):,.0f} to {max(draws):,.0f}" if len(draws) > 1 else ""


# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {
                "log-loss of the score": mean_of(log_loss, raw[name], "{:.4f}"),
                "… corrected": mean_of(log_loss, draws, "{:.4f}"),
                "frauds expected": mean_of(np.sum, raw[name], "{:,.0f}"),
                "…, corrected": mean_of(np.sum, draws, "{:,.0f}"),
                "€ at one half": mean_of(lambda s: desk.of(s >= 0.5).sum(), raw[name], "{:,.0f}"),
                "€ at own threshold": f"{np.mean(euros[name]):,.0f}",
                "single draws": spread(euros[name]),
            }
            for name, draws in corrected.items()
        }
    ).T.rename_axis("loss")
)


# %% tags=["remove-cell"]
def blurrier(first, second, asked):
    """Log-loss of the first scores minus that of the second, summed, with interval."""
    rows = [[losses.log_losses(y_valid, s) for s in draws] for draws in (first, second)]
    how = impact.jointly(valid["Time"], asked)
    return intervals.mean_difference(intervals.Total(), y_valid, *rows, **how)


against_plain = {}
six = impact.jointly(valid["Time"], 6)
for name in tqdm([name for name in corrected if name != "plain"], desc="intervals"):
    against_plain[name] = {
        "average precision": intervals.mean_difference(
            intervals.AveragePrecision(), y_valid, corrected[name], [plain], **six
        ),
        "log-loss": blurrier(corrected[name], [plain], 6),
        "euros": intervals.mean_difference(
            intervals.Total(), y_valid, fitted[name], fitted["plain"], **six
        ),
    }

# %% tags=["remove-cell"]
words = {
    measure: intervals.verdicts(
        {name: row[measure] for name, row in against_plain.items()}, above=above, below=below
    )
    for measure, above, below in (
        ("euros", "more expensive", "cheaper"),
        ("average precision", "better", "worse"),
        ("log-loss", "worse", "better"),
    )
}


def names(found, word):
    """Write the names that a word was found for, or that there is none."""
    return ", ".join(f"“{name}”" for name, said in found.items() if said == word) or "none"


# %% tags=["remove-cell"]
better = [name for name, word in words["euros"].items() if word == "cheaper"]


def about(euros):
    """Write euros with the two digits that matter."""
    return f"{float(f'{euros:.2g}') + 0.0:,.0f}"


raw_half = intervals.mean_difference(
    intervals.Total(), y_valid, [desk.of(s >= 0.5) for s in raw["1 honest a fraud"]],
    fitted["plain"], **conventions.drawn(valid["Time"]),
)  # fmt: skip
gaps = {name: row["euros"] for name, row in against_plain.items()}
so = (
    f"{names(words['euros'], 'cheaper')}: shown to be cheaper than plain log-loss"
    if better
    else "No loss is shown to tell a model better what misses cost than plain log-loss does, with a "
    "threshold that was moved"
)

# %% [markdown]
# *Frauds expected* is the sum of the scores; there are {eval}`int(y_valid.sum())`. Thresholds that were chosen and priced on the same rows would make the bills {eval}`about(optimism.min())` to {eval}`about(optimism.max())` € too low: the {term}`optimism` of a choice.

# %% tags=["remove-input"]
show(
    figures.forest(
        gaps,
        title="Does another loss save euros?",
        unit="euros more than plain log-loss (below 0: saved)",
        reference=0,
        spec=",.0f",
    ),
    alt=(
        "Difference in cost from plain log-loss on the validation rows, each at its own threshold, "
        "with intervals that are meant to hold together with 95 %: "
        + "; ".join(f"{name} {interval:,.0f} €" for name, interval in gaps.items())
        + "."
    ),
)

# %% tags=["remove-input"]
told = {
    "cheaper than plain log-loss": names(words["euros"], "cheaper"),
    "more expensive": names(words["euros"], "more expensive"),
    "a worse ranking": names(words["average precision"], "worse"),
    "worse probabilities, even after the correction": names(words["log-loss"], "worse"),
}
headed(pd.DataFrame({"which losses": told}).rename_axis("more than luck, against plain log-loss"))

# %% tags=["hide-cell"]
pd.DataFrame(
    {
        name: {
            "average precision": impact.signed(row["average precision"], 2),
            "log-loss (sum)": impact.signed(row["log-loss"]),
        }
        for name, row in against_plain.items()
    }
).T.rename_axis("minus plain")

# %% [markdown]
# **{eval}`so`.** Used as they come, at one half, the scores of “1 honest a fraud” cost {eval}`about(raw_half.estimate)` € more than plain log-loss with its threshold. Weights have their place where a model cannot fit everything; rarity alone is no reason for them.
#
# ### The rule for each payment needs corrected scores
#
# Blocking each payment by its own threshold takes the score for a probability. What if it is none?

# %% tags=["remove-cell"]
weighted, undone = raw["weighted"][0], corrected["weighted"][0]
by_row = {
    "one threshold for plain": one,
    "each payment its own, weighted scores": costs.bayes_block(weighted, amount, costs=COSTS),
    "… corrected": costs.bayes_block(undone, amount, costs=COSTS),
}
extra = {n: desk.excess(by_row[n], one, asked=2) for n in by_row if n != "one threshold for plain"}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {
                "alerts": f"{int(block.sum()):,}",
                "frauds caught (bursts)": desk.caught(block),
                "cost (€)": f"{desk.of(block).sum():,.0f}",
                "€ more than one threshold": f"{extra[name]:,.0f}" if name in extra else "",
            }
            for name, block in by_row.items()
        }
    ).T.rename_axis("decision")
)

# %% [markdown]
# ## Calibration: can the probabilities be believed?
#
# A threshold in euros needs probabilities that mean what they say. A {term}`reliability diagram` shows it. Both axes are logarithmic, or all payments would sit in one corner. Its intervals are exact binomial ones, since in most bins there are too few frauds for a bootstrap.

# %%
coarse = {"bins_per_decade": 1, "lowest": 1e-4}
promises = {
    "plain": calibration.reliability_table(y_valid, plain, **coarse),
    "weighted": calibration.reliability_table(y_valid, weighted, **coarse),
    "weighted, corrected": calibration.reliability_table(y_valid, undone, **coarse),
}

# %% tags=["remove-input"]
top = {name: table.iloc[-1] for name, table in promises.items()}
kept = int(promises["plain"].eval("found_low <= promised <= found_high").sum())
show(
    cost_figures.reliability(promises, title="Are as many frauds as the scores say?"),
    alt=(
        "Share of frauds found against the probability predicted, on logarithmic axes with exact "
        f"intervals. Of the plain model's {len(promises['plain'])} intervals, {kept} hold what was "
        f"predicted; in its top bin it predicts {top['plain']['promised']:.0%} and {top['plain']['found']:.0%} "
        f"are found. The weighted model, uncorrected, predicts {top['weighted']['promised']:.0%} "
        f"there and {top['weighted']['found']:.0%} are found."
    ),
)

# %% tags=["remove-cell"]
three = impact.jointly(valid["Time"], 3)
surplus = {
    name: intervals.mean_difference(intervals.Total(), y_valid, [score], [y_valid], **three)
    for name, score in {"plain": plain, "weighted": weighted, "corrected": undone}.items()
}
too_many = intervals.verdicts(surplus, above="too many", below="too few")

# %% tags=["remove-input"]
in_words = {
    "too many": "more than luck would make",
    "too few": "fewer than luck would make",
    intervals.UNTOLD: "which could be luck (the 95 % interval holds zero)",
}
Markdown(
    f"Plain log-loss expects {surplus['plain']:+.0f} frauds against those found, {in_words[too_many['plain']]}. "
    f"Weighted expects {surplus['weighted']:+.0f}, {in_words[too_many['weighted']]}. With its weights undone it is "
    f"{surplus['corrected']:+.0f}, {in_words[too_many['corrected']]}. The formula is exact only for a model "
    "that follows the data freely; the penalty is one possible reason, which we did not test."
)

# %% [markdown]
# ### Why not the ECE?
#
# The number that is usually reported is the expected calibration error (ECE) {cite:p}`naeini2015`: the mean distance between predicted and found share, over ten bins.

# %% tags=["remove-cell"]
(by_default,) = impact.scores([(models.release_candidate_1(), {})], train, valid)
ece_of = {"0 for all": np.zeros(len(valid)), "plain": plain, "weighted": weighted,
          "weighted, corrected": undone, "defaults": by_default}  # fmt: skip
ece = {n: calibration.expected_calibration_error(y_valid, s) for n, s in ece_of.items()}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {
                "ECE": f"{ece[name]:.4f}",
                "frauds expected": f"{score.sum():,.0f}",
                "log-loss": f"{log_loss(score):.4f}",
            }
            for name, score in ece_of.items()
        }
    ).T.rename_axis("score")
)

# %% [markdown]
# A score of 0 for everything never catches a fraud, and its ECE is {eval}`f"{ece['0 for all']:.4f}"`: the share of frauds. The weighted model expects {eval}`f"{weighted.sum() / y_valid.sum():.1f}"` times the frauds that there are, at an ECE of {eval}`f"{ece['weighted']:.4f}"`. **Where frauds are rare, a small ECE is no praise.** Report expected against found, and a proper score.
#
# {term}`Log-loss` and {term}`Brier score` are {term}`proper <Proper score>`: a model does best by saying what it believes {cite:p}`brier1950,gneiting2007`. Both split into what is wrong with the probabilities (*miscalibration*), how well they separate (*discrimination*), and how hard the task is (*uncertainty*) {cite:p}`dimitriadis2021`:
#
# $$\text{score} = \text{miscalibration} - \text{discrimination} + \text{uncertainty}$$

# %% tags=["hide-cell"]
parts = {
    (score_name, name): calibration.decompose(y_valid, score, score=score_name)
    for score_name in ("log-loss", "Brier")
    for name, score in ece_of.items()
}
in_thousandths = pd.DataFrame({key: vars(part) for key, part in parts.items()}).T * 1000
in_thousandths.round(2).rename_axis(["thousandths of", "model"])

# %% [markdown]
# Undoing the weights changes the miscalibration of the weighted model and leaves its discrimination exactly as it was. The formula keeps the order of the scores, and no correction that does mends a ranking. (The parts are fitted to these very rows; the table has no intervals and decides nothing.)
#
# ### Learning the correction
#
# Where no formula leads back, a correction can be learned. It takes rows that the model did not learn from, and that are *older* than those it will be used on. So: train on the first part of the training rows, learn the correction on the rest, judge on the validation rows.
#
# There are four ways to learn it, from stiff to free. *Temperature* multiplies the {term}`log-odds` by a number {cite:p}`guo2017`. *Sigmoid* also adds one. *Isotonic regression* fits any staircase that rises {cite:p}`niculescu2005`. *Venn–Abers* {cite:p}`vovk2015` fits two for each payment, one as if it were fraud and one as if it were honest, and returns a value between them.

# %% tags=["remove-cell"]
first = (train["Time"] < 60_000).to_numpy()
both = {"plain": models.boosted(), "weighted": clone(weighted_model).set_params(**fewer_trees)}
fitted_before = Parallel(n_jobs=2, prefer="threads")(
    delayed(clone(model).fit)(X[first], y[first]) for model in both.values()
)

# %%
learned = {}
for name, older in zip(both, fitted_before, strict=True):
    on_rest = older.predict_proba(X[~first])[:, 1]
    learned[name, "as it is"] = older.predict_proba(X_valid)[:, 1]
    for method in tqdm(calibration.METHODS, desc=f"correcting {name}"):
        correct = calibration.fit(y[~first], on_rest, method=method)
        learned[name, method] = correct(learned[name, "as it is"])

# %% tags=["remove-cell"]
by_method = {
    (name, method): blurrier([learned[name, method]], [learned[name, "as it is"]], asked=8)
    for name in ("plain", "weighted")
    for method in calibration.METHODS
}
corrections = intervals.verdicts(by_method, above="worse", below="better")
share_before, share_now = y[~first].mean(), y_valid.mean()
of_model = {
    name: {method: corrections[name, method] for method in calibration.METHODS}
    for name in ("plain", "weighted")
}
zeros = int((learned["plain", "isotonic"] == 0).sum())
of_plain = (
    f"The plain one is made better by {names(of_model['plain'], 'better')}"
    if "better" in of_model["plain"].values()
    else "No method is shown to make the plain one better"
)
if "worse" in of_model["plain"].values():
    of_plain += f", and it is made worse by {names(of_model['plain'], 'worse')}"


# %% tags=["remove-input"]
pd.DataFrame(
    {
        key: {
            "log-loss": f"{log_loss(score):.5f}",
            "sum, minus as it is": impact.signed(by_method[key]) if key in by_method else "",
            "which is": corrections.get(key, ""),
            "frauds expected": f"{score.sum():,.0f}",
            "scores of exactly 0": f"{(score == 0).sum():,}",
        }
        for key, score in learned.items()
    }
).T

# %% [markdown]
# Learned from {eval}`int(y[~first].sum())` frauds. The weighted model is mended by {eval}`names(of_model["weighted"], "better")`. {eval}`of_plain`.
#
# Frauds were {eval}`f"{share_before / share_now:.1f}"` times as frequent on the rows that taught the correction, which hold a night, and a correction may carry that over. Isotonic regression gives exactly 0 to {eval}`f"{zeros:,}"` payments; one fraud among them would make the log-loss infinite. Venn–Abers guards against that.
#
# ## What to decide
#
# Train on plain log-loss, unless the table above names a cheaper loss. Whatever changes the training rows changes the meaning of the scores: undo it before you act on them. Correct only what is wrong, and check the correction on later rows.


# %% tags=["remove-cell"]
def frauds_expected():
    """Draw how many frauds the scores of each model expect."""
    figure, axes = plt.subplots(figsize=(3.3, 3.0))
    sns.stripplot(x=[*expects.values()], y=[*expects], color=COLOURS["blue"], size=9, ax=axes)
    axes.axvline(y_valid.sum(), color=INK["light"], lw=1.2, ls="--")
    axes.set(title="How many frauds\ndo scores expect?", xscale="log", ylabel="")
    axes.set_xlabel("sum of the scores (dashed: found)")
    axes.xaxis.set_major_formatter("{x:,.10g}")
    return figure


expects = {name: np.mean([score.sum() for score in draws]) for name, draws in raw.items()}
answer = (
    f"**Yes: {names(words['euros'], 'cheaper')} is shown to be cheaper.**"
    if better
    else f"**No: none of {len(gaps)} other losses is shown to be cheaper than plain log-loss**, each at its own threshold."
)
believed = {
    intervals.UNTOLD: "which could be luck, since the interval holds zero",
    "too many": "more than luck would make",
    "too few": "fewer than luck would make",
}[too_many["plain"]]

# %% tags=["remove-input", "in-short"]
in_short(
    question="Should the model learn what misses cost, and can its probabilities be believed?",
    answer=(
        f"{answer} Nor are their scores probabilities: “weighted” expects {expects['weighted']:,.0f} frauds where {y_valid.sum()} are. "
        f"Plain log-loss expects {surplus['plain']:+.0f} against those found, {believed}."
    ),
    decision="Train on plain log-loss and move the threshold. Undo whatever changed the training rows before you act on a score.",
    figure=show(
        frauds_expected(),
        alt=(
            f"Frauds that the scores expect, where {y_valid.sum()} are found: "
            + ", ".join(f"{name} {value:,.0f}" for name, value in expects.items())
            + "."
        ),
    ),
)

# %% tags=["remove-cell"]
units = {
    "average precision": "average precision",
    "log-loss": "summed log-loss",
    "euros": "€ on the validation rows",
}
measured = {
    f"{measure} of the loss “{name}” minus plain": (row[measure], unit)
    for name, row in against_plain.items()
    for measure, unit in units.items()
}
for (name, method), change in by_method.items():
    claim = f"log-loss of {name}, corrected by {method}, minus as it is"
    measured[claim] = change, "summed log-loss"
for claim, (interval, unit) in measured.items():
    evidence.record(
        claim, interval.estimate, interval, unit=unit, split="valid", how="blocks of ten minutes",
        n=len(valid), chapter="01c", data_digest=payments.attrs["sha256"],
    )  # fmt: skip

# %% tags=["remove-cell"]
concluded = {
    "no other loss is shown to be cheaper than plain log-loss?": "no" if better else "yes",
    **{f"{measure} of the loss “{n}”": w for measure, of in words.items() for n, w in of.items()},
    **{f"{n}, corrected by {method}": w for (n, method), w in corrections.items()},
    **{f"frauds expected, {name}": word for name, word in too_many.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="01c")

# %% [markdown]
# ## Exercises
#
# ```{exercise} 1.3 Code it
# :label: metrics-code
# :nonumber:
#
# Focal loss was run with γ = 2. Train it with γ = 1 and γ = 5 as well, undo each with `losses.focal_posterior`, and compare the log-loss of the scores and of the corrected scores with plain. What does γ do to the scores?
#
# Call the scores `focal_scores` and the corrected ones `focal_corrected`, each a dict by γ.
# ```

# %% tags=["hide-cell"]
focal_models = [(models.focal(gamma, **fewer_trees), {}) for gamma in (1.0, 5.0)]
focal_scores = dict(zip([1.0, 5.0], impact.scores(focal_models, train, valid), strict=True))
focal_corrected = {
    gamma: losses.focal_posterior(score, gamma=gamma) for gamma, score in focal_scores.items()
}

# %% tags=["hide-cell"]
pd.DataFrame(
    {
        f"γ = {gamma:g}": {
            "frauds expected": round(score.sum()),
            "…, corrected": round(focal_corrected[gamma].sum()),
            "log-loss": round(log_loss(score), 4),
            "log-loss, corrected": round(log_loss(focal_corrected[gamma]), 4),
        }
        for gamma, score in focal_scores.items()
    }
).T

# %% tags=["hide-cell"]
Markdown(
    "The larger γ, the less a row counts that is nearly right, so the scores of honest payments stop "
    "shrinking early: all scores move towards one half. The inverse takes that back. What it cannot give "
    "back is the information that the training ignored."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.focal_corrections(focal_scores, focal_corrected, y=y_valid, plain=plain)

# %% [markdown]
# ## Further reading
#
# - {cite:t}`dalpozzolo2015`: by the makers of this data, on what undersampling does to probabilities.
# - {cite:t}`dimitriadis2021`: reliability diagrams and decompositions without bins.
