# %% [markdown]
# # The leak museum
#
# Back to [representative metrics](02_representative_metrics). Leaks are told as horror stories. Some are; others, on data like ours, do nothing at all, and a team that fights the wrong one loses a week. So each exhibit is measured: the same rows, once with the leak and once without.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from casebook import conventions, data, evidence, leaks, mode, models, split
from casebook.page import in_short, signed
from prerelease import costs as money
from prerelease import intervals, splits
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## One question, five exhibits
#
# All of it is done on {term}`development rows`: models learn from the training rows and score the validation rows. No test row is needed.

# %%
payments = data.load()
train, valid = split.development(payments)
development = pd.concat([train, valid])
learned_from = np.arange(len(development)) < len(train)
inputs = [*models.INPUTS]
logistic = models.logistic_regression().set_params(logisticregression__tol=1e-8)

# %% tags=["remove-cell"]
EXHIBITS = 6  # differences that this page asks about at once: five exhibits and a warning
SHARE = 0.05 if mode.is_quick() else 1.0  # of the honest payments that slow models learn from
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
boosted, costs = models.boosted(**fewer_trees), money.CostModel()
labels, weights = development["Class"].to_numpy(), data.sampling_weights(development)
sides = np.flatnonzero(learned_from), np.flatnonzero(~learned_from)


def on_valid(frame, candidate, columns, share=1.0):
    """Train on the training rows, score the validation rows."""
    jobs = leaks.thinned_fits(labels, [leaks.Fit(candidate, *sides)], share=share)
    return leaks.scores(frame, jobs, inputs=columns)[0]


def inflation(leaky, clean):
    """Return what a leak adds, on the validation rows."""
    return leaks.difference(valid, leaky, clean, asked=EXHIBITS)


# %% [markdown]
# ### Copies before the split
#
# Frauds are repeated until both classes are of one size, and only then are rows held out. We measure it with the notebook's model of the first page, which did that ({term}`release candidate` 1 is the same model without the copies). Two things happen at once. The model meets copies of what it learned. And frauds are suddenly half of all rows, which lifts average precision all by itself; so the clean model is read twice, at the true share and at one half.

# %%
first_candidate = models.release_candidate_1()
kept, _ = leaks.thinned(labels, np.arange(len(labels)), share=min(1, 4 * SHARE))
copies = leaks.balanced_before_split(development.iloc[kept], first_candidate)
clean_random = leaks.split_at_random(development.iloc[kept], first_candidate)
true_share = np.average(labels, weights=weights)
real = leaks.at_prevalence(clean_random, true_share)
museum = {"copies before the split": leaks.inflation(copies, real, asked=EXHIBITS)}
of_prevalence = leaks.inflation(leaks.at_prevalence(clean_random, 0.5), real)

# %% tags=["remove-cell"]
copied = museum["copies before the split"]
mostly = (
    ": most of it need not even be the copies"
    if 2 * of_prevalence.estimate > copied.estimate
    else ""
)

# %% [markdown]
# Copies inflate by {eval}`f"{copied:+.2f}"`. On rows of which half are frauds, the same clean model scores {eval}`f"{of_prevalence:+.2f}"` against the true share{eval}`mostly`.
#
# ### Scaling, and choosing features, on all rows
#
# With logistic regression, the model for which people scale. The leak: means, deviations or the ten best features come from training *and* validation rows.

# %%
clean = on_valid(development, logistic, inputs)
scaled = development.copy()
scaled[inputs] = StandardScaler().fit_transform(development[inputs])
museum["scaling on all rows"] = inflation(on_valid(scaled, logistic[-1], inputs), clean)

best = {
    name: SelectKBest(f_classif, k=10).fit(part[inputs], part["Class"]).get_feature_names_out()
    for name, part in {"leaky": development, "clean": train}.items()
}
museum["features chosen on all rows"] = inflation(
    *(on_valid(development, logistic, [*names]) for names in best.values())
)

# %% tags=["remove-cell"]
hasty = models.logistic_regression()  # as it comes: its optimiser stops earlier
mirage = inflation(on_valid(scaled, hasty[-1], inputs), on_valid(development, hasty, inputs))
scaling, selection = museum["scaling on all rows"], museum["features chosen on all rows"]
same_ten = "are the same ten" if {*best["leaky"]} == {*best["clean"]} else "are not quite the same"
harmless = (
    "That is no reason to do it, but here it is not what makes a model fail"
    if max(abs(leak.estimate) for leak in (scaling, selection)) < 0.01
    else "Here that is enough to mislead"
)
hasty_change = signed(mirage) + (
    ". That is no leak at all, only where the optimiser stopped"
    if abs(mirage.estimate) > 10 * abs(scaling.estimate)
    else ""
)

# %% [markdown]
# Scaling on all rows changes {eval}`f"{scaling.estimate:+.5f}"`. A mean over {eval}`f"{len(development):,}"` rows is nearly what it is over {eval}`f"{len(train):,}"`, and the ten best features {eval}`same_ten` either way. {eval}`harmless`. The clean way costs one `Pipeline`.
#
# **A warning about measuring small things.** The optimiser ran to its end here (`tol=1e-8`). With its default tolerance, scaling seems to change {eval}`hasty_change`. An interval covers the luck of the rows, not that of the computation.
#
# ### A feature that holds the label
#
# A popular recipe replaces a category by its fraud rate. Here the category is the exact amount, and the leak is to compute its rate over all rows, the judged ones included. An amount that occurs once then *is* its label.


# %%
def fraud_rates(used):
    """Replace each amount by its fraud rate among some rows, or by that of all of them."""
    known = development[used]
    rate = known.groupby("Amount")["Class"].mean()
    return development["Amount"].map(rate).fillna(known["Class"].mean())


encoded = {
    name: on_valid(
        development.assign(rate=fraud_rates(used)), boosted, [*inputs, "rate"], share=SHARE
    )
    for name, used in {"leaky": learned_from | True, "clean": learned_from}.items()
}
museum["amounts replaced by fraud rates"] = inflation(encoded["leaky"], encoded["clean"])

# %% [markdown]
# This leak inflates by {eval}`f"{museum['amounts replaced by fraud rates']:+.2f}"`. It is found, as the copies are, by asking one question of each row and each column: would it have been there at the moment of decision?
#
# ### A threshold tuned on the rows that judge it
#
# Average precision has no threshold, so this one is priced in savings. The clean threshold comes from the last hours of the training rows, scored by a model of what was before them.

# %% tags=["remove-cell"]
plain = leaks.scores(development, [leaks.Fit(models.chosen(), *sides)])[0]
earlier = split.TRAIN_END - (split.VALID_END - split.TRAIN_END)
before = splits.TemporalSplit(earlier, end=split.TRAIN_END, time="Time").split(development)
past = leaks.score_runs(development, {"past": leaks.fits(models.chosen(), before)})["past"]
known = past.notna()

# %%
thresholds = {
    "leaky": conventions.threshold(valid, plain, costs=costs),
    "clean": conventions.threshold(development[known], past[known], costs=costs),
}
rules = [np.full(len(valid), stop) for stop in (False, True)]
rules += [plain >= at for at in thresholds.values()]
accept, stop, by_leaky, by_clean = (
    money.row_costs(valid["Class"], block, valid["Amount"], costs=costs) for block in rules
)
savings = leaks.Savings(accept, np.minimum(accept, stop))
how = conventions.drawn(valid["Time"], asked=EXHIBITS) | {"sample_weight": weights[~learned_from]}
tuned = intervals.bootstrap_difference(savings, valid["Class"], by_leaky, by_clean, **how)

# %% [markdown]
# The tuned threshold gains {eval}`signed(tuned)` of savings; on the rows that it was tuned on it cannot lose. It is one number, chosen on {eval}`int(valid["Class"].sum())` frauds. It gets worse with every further thing that is chosen on the same rows: [the best of many](02d_best_of_many).
#
# One exhibit cannot be measured: the PCA of `V1` to `V28` was fitted on all rows, as [chapter 00](00a_bursts_and_twins) showed. Nobody outside can undo it.

# %% tags=["remove-cell"]
exhibits = museum | {"threshold tuned on the test\n(in savings)": tuned}
convicted = {
    name: intervals.verdict(gap, asked=EXHIBITS, above="inflates", below="deflates")
    for name, gap in exhibits.items()
}
guilty = [name for name, word in convicted.items() if word == "inflates"]
worst = max(museum, key=lambda name: museum[name].estimate)


def written(gap):
    """Write an inflation, or that it is next to none."""
    tiny = max(abs(gap.low), abs(gap.high)) < 0.001
    return "within ±0.001" if tiny else f"{gap:+.3f}"


def drawn_museum():
    """Draw by how much each leak inflates."""
    return forest(
        exhibits,
        title="By how much does each leak inflate the score?",
        unit="inflation of average precision (last row: of savings), with joint 95 % intervals",
        warned=guilty,
        reference=0,
        spec=written,
    )


# %% [markdown]
# ## When a small leak bites
#
# Above, features were chosen among few columns, on many rows. Turn that around: few rows, thousands of columns, as with text, genes {cite:p}`ambroise2002` or automatically made features. Below every column is noise, so that an honest average precision is about one half.


# %%
def on_noise(seed, *, leaky, n=200, n_columns=2000, keep=20):
    """Choose the best of many columns of noise, learn from half of the rows, judge on the rest."""
    rng = np.random.default_rng(seed)
    noise, half = rng.normal(size=(n, n_columns)), n // 2
    # Both halves hold both labels, or there would be nothing to learn or to judge.
    y = np.concatenate([rng.permutation(np.arange(half) % 2) for _ in range(2)])
    seen = slice(None) if leaky else slice(half)
    best = np.argsort(f_classif(noise[seen], y[seen])[0])[-keep:]
    model = LogisticRegression().fit(noise[:half, best], y[:half])
    said = model.predict_proba(noise[half:, best])[:, 1]
    return intervals.value(intervals.AveragePrecision(), y[half:], said)


# %% tags=["remove-cell"]
noise = {
    name: [on_noise(seed, leaky=name == "leaky") for seed in range(10)]
    for name in ("leaky", "clean")
}
bites = (
    "The same line of code, harmless there and fatal here."
    if min(noise["leaky"]) > max(noise["clean"])
    else "The two overlap."
)


def spread(name):
    """Say the mean of some draws, and their range in an interval's brackets."""
    return f"{np.mean(noise[name]):.2f} [{min(noise[name]):.2f}, {max(noise[name]):.2f}]"


# %% [markdown]
# Mean, least and most of {eval}`len(noise["leaky"])` draws: chosen on all rows, the noise scores **{eval}`spread("leaky")`**. Chosen on the training rows, it scores {eval}`spread("clean")`. {eval}`bites`

# %% tags=["remove-input", "in-short"]
in_short(
    question="Is every leak fatal?",
    answer=(
        f"**No: {len(guilty)} of {len(exhibits)} inflate the score by more than luck.** The worst here, {worst}, adds "
        f"{museum[worst].estimate:.2f}. Scaling on all rows, the best known, adds {scaling.estimate:.5f}."
    ),
    decision="Ask of each row and each column whether it would have been there at the moment of decision; measure a leak before you fight it.",
    figure=show(
        drawn_museum(),
        alt=(
            "Inflation by each leak: "
            + "; ".join(f"{name} {written(value)}" for name, value in museum.items())
            + f"; a threshold tuned on the rows that judge it, in savings, {written(tuned)}."
        ),
    ),
)

# %% tags=["remove-cell"]
facts = {"chapter": "02a", "data_digest": payments.attrs["sha256"]}
precision, paired = "average precision", "paired bootstrap of 10-minute blocks"
apart = {
    "how": "each side in 10-minute blocks of its own",
    "because": "the two sides are different rows, so they are drawn apart",
}


def note(claim, gap, part, unit=precision, how=paired, **more):
    """Write one number into the release file."""
    written = {"split": part, "unit": unit, "how": how, "n": gap.n, **facts, **more}
    evidence.record(claim, gap.estimate, gap, **written)


# %% tags=["remove-cell"]
for name, leak in museum.items():
    if name == "copies before the split":
        note(f"inflation by {name}", leak, "development", **apart)
    else:
        note(f"inflation by {name}", leak, "valid")
note("inflation by a share of frauds of one half", of_prevalence, "development", **apart)
note(
    "savings gained by a threshold tuned on the judged rows",
    tuned,
    "valid",
    "share of the oracle's",
)
for name, word in convicted.items():
    evidence.conclude(f"{name.splitlines()[0]}: does it inflate?", word, chapter="02a")

# %% [markdown]
# ## Further reading
#
# - {cite:t}`kaufman2012` and {cite:t}`kapoor2023`: what a leak is, and how many findings rested on one.
# - {cite:t}`ambroise2002`: columns chosen on all rows, in studies of genes.
#
# Back to [representative metrics](02_representative_metrics).
