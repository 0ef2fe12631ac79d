# %% [markdown]
# # Why the defaults of boosting collapse
#
# LightGBM is a good method, and with its defaults it ranks badly here. Something must be wrong with it. (The first page has other numbers for it: there it learned from rows in which frauds were copied until they were half of all.) You need to know how trees are boosted; ten minutes. [Back to the metrics](01_metrics_for_impact).

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from casebook import boosting, data, evidence, impact, mode, models, race, split
from casebook.page import headed, in_short, percent
from prerelease import intervals, losses
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
limited = threadpool_limits(1)  # where a machine is shared, more threads wait for each other
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# We look inside, and only at training rows. Models learn from the earlier part and are judged on the later part. So the validation rows have no say in the settings.

# %%
payments = data.load()
train, valid = split.development(payments)
X, y = train[[*models.INPUTS]], train["Class"]
early = (train["Time"] < 90_000).to_numpy()
X_early, y_early, X_late, y_late = X[early], y[early], X[~early], y[~early]

# %% [markdown]
# ## What does each further tree do?
#
# Trees are added one by one. What happens to the scores of later payments?

# %%
points = [1, 2, 5, 10, 20, 50, 100, 150, 200]
default = models.release_candidate_1().fit(X_early, y_early)
calm_model = models.boosted().fit(X_early, y_early)
traces = {
    "defaults": boosting.trace(default, X_late, y_late, trees=points[:7]),
    "regularised": boosting.trace(calm_model, X_late, y_late, trees=points),
}

# %% tags=["remove-cell"]
wild, calm = traces["defaults"], traces["regularised"]
described = (
    "Two panels over the number of trees, for the defaults and for a regularised model. "
    "Average precision on later payments: the defaults begin at "
    f"{wild['average_precision'].iloc[0]:.2f} and end at {wild['average_precision'].iloc[-1]:.2f}, "
    f"the regularised model goes from {calm['average_precision'].iloc[0]:.2f} to "
    f"{calm['average_precision'].iloc[-1]:.2f}. Largest log-odds: the defaults reach "
    f"{wild['largest'].max():,.0f}, the regularised model {calm['largest'].max():.0f}."
)
sane, sane_odds = percent(0.999, 1), f"{np.log(0.999 / 0.001):.1f}"
furthest = f"{float(format(wild['largest'].max(), '.2g')):,.0f}"  # two digits matter

# %% tags=["hide-input"]
grown = pd.concat(traces, names=["", "at"]).reset_index()
figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.0, 4.6))
look = {"data": grown, "x": "trees", "hue": "", "style": "", "markers": True}
sns.lineplot(**look, y="average_precision", ax=above)
sns.lineplot(**look, y="largest", legend=False, ax=below)
above.set(title="What does each further tree do?", ylim=(0, 1))
above.set_ylabel("average precision\non later payments")
below.set(xscale="log", yscale="log", ylabel="largest log-odds\n(without sign)")
for axis in (below.xaxis, below.yaxis):
    axis.set_major_formatter("{x:,.10g}")
sns.move_legend(above, "center left", bbox_to_anchor=(0, 0.3), title=None)
show(figure, alt=described)

# %% [markdown]
# Log-odds of {eval}`sane_odds` already mean a probability of {eval}`sane`. The defaults get to about **{eval}`furthest`**. Something runs away.
#
# ## The first tree shows what
#
# Look at one leaf. Boosting fits each tree by Newton's method: a leaf moves the log-odds of its rows by the slope of the loss divided by its curvature. If the model gives the same small $p$ to all rows, a leaf of $k$ frauds and $m$ honest payments moves by
#
# $$\text{step} = \eta\,\frac{k\,(1-p) - m\,p}{(k+m)\,p\,(1-p) + \lambda}$$
#
# with the learning rate $\eta$ and the penalty $\lambda$. A leaf of nothing but frauds moves by $\eta / p$ if nothing holds it back. The rarer the frauds, the wilder the first step.

# %%
on_own_rows = boosting.trace(default, X_early, y_early, trees=[5, 10, 20, 50, 100])
leaves = {
    "defaults": boosting.first_leaves(default, X_early, y_early),
    "regularised": boosting.first_leaves(calm_model, X_early, y_early),
}

# %% tags=["remove-input"]
pd.concat({name: table.head(2) for name, table in leaves.items()}, names=["model", ""]).droplevel(
    1
).round(2).set_axis(["frauds in leaf", "honest", "step (log-odds)", "by the formula"], axis=1).pipe(
    headed
)

# %% tags=["remove-cell"]
worst, tamed = leaves["defaults"].iloc[0], leaves["regularised"].iloc[0]
mixed = leaves["defaults"].query("honest > 0").iloc[0]
own = on_own_rows.set_index("trees")["log_loss"]
off = (leaves["defaults"]["step"] - leaves["defaults"]["newton"]).abs().max()

# %% [markdown]
# The leaf with most frauds moves by {eval}`f"{worst['step']:.1f}"` in one tree, and the regularised model's by {eval}`f"{tamed['step']:.2f}"`. All leaves meet the formula (the largest difference is {eval}`f"{off:.7f}"`).
#
# Another leaf of the defaults holds {eval}`int(mixed["honest"])` honest payments beside its {eval}`int(mixed["frauds"])` frauds. From then on those honest payments are fraud with certainty to the model. There the curvature $p(1-p)$ is nearly 0: the next tree divides by that, and jumps back further than it came. Each tree repairs the last one's damage by doing more.
#
# The tell-tale is a loss that *rises* on the very rows that the model learns from: {eval}`f"{own[5]:.4f}"` after 5 trees, {eval}`f"{own[100]:.4f}"` at the end. Nobody looks at it.
#
# ## Which setting is to blame?
#
# We change one at a time, and leave all others at their defaults. (A quick run looks at them after half as many trees.)

# %%
one_at_a_time = {
    "defaults": {},
    "fewer leaves (15)": {"num_leaves": 15},
    "200 rows a leaf": {"min_child_samples": 200},
    "rate 0.02": {"learning_rate": 0.02},
    "penalty 10": {"reg_lambda": 10},
    "least curvature 10": {"min_sum_hessian_in_leaf": 10},
    "steps of 1 at most": {"max_delta_step": 1},
    "begin at one half": {"boost_from_average": False},
}

# %% tags=["remove-cell"]
GROWN = 50 if mode.is_quick() else 100  # trees
looked_inside, later_scores = {}, {}


def without(change):
    """Fit the defaults with one setting changed, on the earlier rows."""
    return clone(default).set_params(n_estimators=GROWN, **change).fit(X_early, y_early)


names_alone = [name for name, change in one_at_a_time.items() if change]
fitted_alone = Parallel(n_jobs=2, prefer="threads")(
    delayed(without)(one_at_a_time[name]) for name in names_alone
)
for name, model in zip(["defaults", *names_alone], [default, *fitted_alone], strict=True):
    looked_inside[name] = boosting.trace(model, X_late, y_late, trees=[GROWN]).iloc[0]
    later_scores[name] = model.predict_proba(X_late, num_iteration=GROWN)[:, 1]
looked_inside["regularised: all of it"] = traces["regularised"].iloc[-1]
later_scores["regularised: all of it"] = calm_model.predict_proba(X_late)[:, 1]

# %% tags=["remove-cell"]
changes = pd.DataFrame(looked_inside).T[["average_precision", "log_loss", "largest"]]
together = later_scores["regularised: all of it"]
ranks = intervals.AveragePrecision()
late = impact.jointly(train.loc[~early, "Time"], len(one_at_a_time))
tamed_by_all = {
    name: intervals.bootstrap_difference(ranks, y_late, score, together, **late)
    for name, score in later_scores.items()
    if name in one_at_a_time
}
bounded = changes.drop(["defaults", "regularised: all of it"])
helps = bounded.index[bounded["largest"] < 100]
idle = bounded.index.difference(helps, sort=False)
against_all = intervals.verdicts(tamed_by_all, above="better", below="worse")
untold = [name for name in helps if against_all[name] == intervals.UNTOLD]

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            "average precision": changes["average_precision"].map("{:.2f}".format),
            "… minus all of it": {n: impact.signed(gap, 2) for n, gap in tamed_by_all.items()},
            "log-loss": changes["log_loss"].map("{:.4f}".format),
            "largest log-odds": changes["largest"].map("{:,.0f}".format),
        }
    )
    .reindex(changes.index)
    .fillna("")
    .rename_axis("what is changed")
)

# %% [markdown]
# Whatever bounds the step stops or tames the run, each alone. What does not bound it ({eval}`", ".join(idle)`) does not stop it, though it makes the model smaller. So the collapse is no overfitting in the usual sense: **it is a solver that diverges**.
#
# Of those {eval}`len(helps)` settings, {eval}`len(untold)` rank about as well as all of it together: the difference could be luck, since its 95 % interval holds zero. So we take a cautious bit of each (`models.boosted`): small steps, small trees, a penalty. They were set by rule of thumb; [chapter 03](03_candidates) searches.
#
# ## Is it LightGBM's fault?
#
# scikit-learn's histogram boosting works alike. Now on the validation rows, which had no part in this:

# %%
trees = 100 if mode.is_quick() else 200
gentle = {
    "max_iter": trees,
    "learning_rate": 10 / trees,
    "max_leaf_nodes": 15,
    "l2_regularization": 10,
}

# %% tags=["remove-cell"]
seeds = range(1 if mode.is_quick() else 5)  # it stops early on rows that it draws
jobs = [(models.release_candidate_1(), {}), (models.boosted(), {})]
jobs += [(HistGradientBoostingClassifier(random_state=seed), {}) for seed in seeds]
some = seeds[: -(-len(seeds) // 3)]
jobs += [(HistGradientBoostingClassifier(random_state=seed, **gentle), {}) for seed in some]
by_default, plain, *histogram = impact.scores(jobs, train, valid)
boosters = {
    "LightGBM, defaults": [by_default],
    "LightGBM, regularised": [plain],
    "histogram, defaults": histogram[: len(seeds)],
    "histogram, regularised": histogram[len(seeds) :],
}
of_auc, y_valid = intervals.RocAuc(), valid["Class"]
by_histogram = {
    kind: race.precision(valid, boosters[f"histogram, {kind}"]).estimate
    for kind in ("defaults", "regularised")
}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            name: {
                "ROC AUC": f"{np.mean([intervals.value(of_auc, y_valid, s) for s in draws]):.2f}",
                "average precision": f"{race.precision(valid, draws):.2f}",
                "log-loss": f"{np.mean([losses.log_losses(y_valid, s) for s in draws]):.4f}",
            }
            for name, draws in boosters.items()
        }
    ).T.rename_axis("on the validation rows")
)

# %% [markdown]
# It is not: scikit-learn's defaults reach an average precision of {eval}`f"{by_histogram['defaults']:.2f}"`, and {eval}`f"{by_histogram['regularised']:.2f}"` once they are {term}`held back`. (Histogram boosting draws rows to stop early on. So its lines are means over seeds, which the intervals allow for.)
#
# ## What to decide
#
# Look at the largest log-odds, and at the loss on the training rows, before you tune anything. Where events are rare, bound the steps: the learning rate, the penalty, the rows of a leaf.


# %% tags=["remove-cell"]
def by_setting():
    """Draw how far the log-odds run with one setting changed."""
    figure, axes = plt.subplots(figsize=(3.3, 3.0))
    far = changes["largest"]
    colours = [COLOURS["blue" if value < 100 else "orange"] for value in far]
    sns.stripplot(x=far, y=far.index, hue=far.index, palette=colours, size=9, ax=axes)
    axes.axvline(100, color=INK["light"], lw=1, ls="--")
    axes.set(title="What stops the run?", xscale="log", ylabel="")
    axes.set_xlabel("largest log-odds")
    axes.xaxis.set_major_formatter("{x:,.10g}")
    return figure


# %% tags=["remove-input", "in-short"]
in_short(
    question="Why does LightGBM with its defaults fail on rare events?",
    answer=(
        f"**Its solver diverges.** The first tree's largest step is {worst['step']:.0f} in log-odds, and later trees "
        f"run on to about {furthest}. Each of {len(helps)} settings that bound the step stops it, alone."
    ),
    decision="Before you tune anything, look at the largest log-odds and at the loss on the training rows; then bound the steps.",
    figure=show(
        by_setting(),
        alt=(
            "Largest log-odds with the defaults, with one setting changed at a time, and with the regularised "
            f"model: {changes.loc['defaults', 'largest']:,.0f} with the defaults, below a hundred with "
            f"{', '.join(helps)}, above with {', '.join(idle)}."
        ),
    ),
)

# %% tags=["remove-cell"]
for name, word in against_all.items():
    evidence.conclude(f"{name} alone against all of it", word, chapter="01a")
