# %% [markdown]
# # Explainability
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** why does the model decide as it does, and what is it cheating on?
#
# **Afterwards you can** tell three questions apart that are all called “feature importance”; name the scale of an explanation and check that it adds up; test a method of explanation with columns whose worth you know; see what a model learned by heart; say how far an explanation would change with another seed or day; and explain one decision to an expert without inventing a story.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, the {term}`block bootstrap`). **Time:** three quarters of an hour to read, a few minutes to run.
# :::

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from tqdm import tqdm

# %%
from prerelease import costs, data, evidence, explain, intervals, mode, models, progress, splits
from prerelease import uncertainty as doubt
from prerelease.plots import explain as figures
from prerelease.plots import show, use_style

use_style()
pd.options.display.max_colwidth = None
_ = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# The head of fraud wants to know what the model looks at before she lets it block customers. A customer who was blocked wants to know why. An auditor wants to know that it is not cheating: that what it rests on today will be there tomorrow. All three are answered with the same coloured chart. But they ask different things:
#
# - What is this **score** made of? ({term}`SHAP values`)
# - What does the model's **worth** rest on, in {term}`average precision` or in euros? ({term}`permutation importance`)
# - What would we lose if we did not have this **column** at all? ({term}`drop-column importance`)
#
# We explain the model that the release goes on with. It learns from the training rows; all choices here are made on the {term}`validation rows`. The {term}`test rows` come in at the end, when nothing is left to choose.

# %%
payments = data.load()
train, valid = splits.development(payments)
names = [*models.INPUTS]
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid, weight_valid = valid[names], valid["Class"], data.sampling_weights(valid)
COSTS = costs.CostModel()
QUICK = mode.is_quick()


def fit(candidate, rows, columns):
    """Train a clone on some rows and columns."""
    return clone(candidate).fit(
        rows[columns], rows["Class"], sample_weight=data.sampling_weights(rows)
    )


model = fit(models.chosen(), train, names)
score = model.predict_proba(X_valid)[:, 1]

# %% [markdown]
# Two measures of worth go through the whole chapter: average precision, and euros, when each payment is blocked where that is cheaper on average (chapter 01). Intervals draw quarters of an hour, with all that happened in them.

# %%
how = {
    "scheme": intervals.Blocks(valid["Time"], seconds=900),
    "n_resamples": 200 if QUICK else 300,
}
precision = explain.InAveragePrecision()
euros = explain.InEuros(valid["Amount"], costs=COSTS)


def compare(worth, first, second, rows=valid, scheme=how["scheme"]):
    """Return how much more the first scores are worth than the second, with interval."""
    both = [worth.column(rows["Class"].to_numpy() == 1, s) for s in (first, second)]
    # Euros are costs: what the first is worth more is what the second costs more.
    return intervals.bootstrap_difference(
        worth.metric, rows["Class"], *both[:: worth.sign], scheme=scheme,
        sample_weight=data.sampling_weights(rows), n_resamples=300 if QUICK else 1000,
        method="percentile",
    )  # fmt: skip


def resolved(interval):
    """Say whether zero is left out."""
    return "beyond chance" if 0 not in interval else "within chance"


# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual three lines
# :class: pr-wrong
# ```python
# model = LGBMClassifier().fit(X_train, y_train)
# lightgbm.plot_importance(model, importance_type="gain")
# shap.summary_plot(shap.TreeExplainer(model).shap_values(X_train))
# ```
# :::
#
# Two charts, read with the eye: what is long is important, and what is important is right. Let us see what they say when we know the answer. We give our model three columns that it should not have: pure **noise**; a **receipt number**, which grows with every payment, as identifiers do; and **`Time`**, the seconds since the first payment, which no later payment shares with an earlier one. These are {term}`planted controls <planted control>`.
#
# Beside gain we look at what shuffling the column costs on later rows, and at the bill of a model with it and without. (Each fit here learns from all frauds and a weighted share of the honest payments, which is quicker; what that costs is measured further down.)

# %%
both_parts = pd.concat([train, valid])
controls = ["noise", "receipt", "Time"]
both_parts["noise"] = explain.noise_columns(len(both_parts), 1, seed=5)["noise_1"].to_numpy()
both_parts["receipt"] = explain.identifier_column(len(both_parts), seed=5)
learn, judge = both_parts.iloc[: len(train)], both_parts.iloc[len(train) :]
N_LEARN = 600 if QUICK else 6000
thin = explain.thin(y, N_LEARN, sample_weight=weight, seed=4)


def fit_thin(columns):
    """Train on all frauds and a weighted share of the honest payments."""
    part = learn.iloc[thin.rows]
    return models.chosen().fit(part[columns], part["Class"], sample_weight=thin.weight)


plain = fit_thin(names)
with_control = {name: fit_thin([*names, name]) for name in controls}

# %%
usual, unmoved = {}, []
plain_score = plain.predict_proba(X_valid)[:, 1]
for name, fitted in with_control.items():
    gain = explain.gain_importance(fitted)
    shuffled = explain.shuffle(
        fitted, judge[[*names, name]], columns=[name], n_repeats=1, sample_weight=weight_valid
    )
    usual[name] = {
        "below": int((gain[names] < gain[name]).sum()),
        "lost": explain.permutation_importance(shuffled, y_valid, precision, **how)[name],
        "saved": compare(euros, shuffled.score, plain_score),
    }
    unmoved += [name] * np.array_equal(shuffled.without[name][0], shuffled.score)

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            name: {
                f"of {len(names)} true columns, gain puts below it": row["below"],
                "average precision lost when shuffled": f"{row['lost']:.3f}",
                "bill saved by having it (€)": f"{row['saved']:,.0f}",
            }
            for name, row in usual.items()
        }
    ).T.rename_axis("planted column")
)

# %% tags=["remove-input"]
highest = max(controls, key=lambda name: usual[name]["below"])
nothing = [name for name in controls if usual[name]["lost"].low <= 0]
Markdown(
    f"**Gain**, which the first chart shows, puts “{highest}” above {usual[highest]['below']} of {len(names)} true columns. It is summed over "
    "the training rows, by the trees that chose those splits: what was learned by heart counts as much as what is true "
    "{cite:p}`strobl2007`. Shuffled on later rows, "
    f"{', '.join(nothing) or 'none'} cannot be told from worthless. "
    + (
        f"(For {' and '.join(unmoved)} it could not be otherwise: later values are larger than anything the model learned from, so "
        "they all fall on the same side of every split, and shuffling them changes no score. That zero holds by construction.) "
        if unmoved
        else ""
    )
)

# %% tags=["remove-input"]
odd_one = max(controls, key=lambda name: usual[name]["saved"].estimate)
Markdown(
    f"And yet the bill is *lower* with “{odd_one}”, {usual[odd_one]['saved']:,.0f} € saved, beyond chance! "
    + (
        "To the model, all later payments look like the last hour that it learned from. "
        if odd_one in unmoved
        else ""
    )
    + "A surprise like that is to be checked on other rows before anybody acts on it, and over several trainings, as we do near the end for `Time`."
    if usual[odd_one]["saved"].low > 0
    else "Nor does any of them lower the bill beyond chance."
)

# %% [markdown]
# And the second chart? Both are drawn from {term}`release candidate` 1, LightGBM with its defaults, whose training runs away (chapter 01). Do they show it?

# %%
FEW = 150 if QUICK else 600
sample = explain.thin(y_valid, FEW, sample_weight=weight_valid, seed=1)
first_candidate = fit(models.release_candidate_1(), train, names)
wild = explain.attribute(first_candidate, X_valid.iloc[sample.rows])
calm = explain.attribute(model, X_valid.iloc[sample.rows])
candidate_dearer = compare(euros, score, first_candidate.predict_proba(X_valid)[:, 1])

# %% tags=["remove-input"]
largest = [float(each.contributions.abs().to_numpy().max()) for each in (wild, calm)]
odd = wild.contributions.abs().max().idxmax()
Markdown(
    f"The model so explained costs {candidate_dearer:,.0f} € more on the validation rows than ours, which is {{term}}`held back` ({resolved(candidate_dearer)}), and a chart of "
    "gains looks the same for both: bars, sorted. SHAP values could have told. "
    f"The largest contribution of a single column is **{largest[0]:,.0f}** (`{odd}`), in {wild.output}. "
    f"In ours it is {largest[1]:.1f}. "
    + (
        "Log-odds of ten already are a promise of all but one in twenty thousand; thousands mean nothing, and they add up correctly all the same. "
        "An explanation of a broken model is a correct explanation of a broken model. **Regularise before you explain.**"
        if largest[0] > 100
        else "In this sample frauds are less rare, and the defaults do not run away; on all payments they do."
    )
)

# %% [markdown]
# ## Hygiene: does it add up, and to what?
#
# Four questions come before the first look at any SHAP chart.
#
# **Does it add up?** The base and a row's SHAP values must give its score ({term}`additivity`). `explain.attribute` computes the score by the model itself, not by the explainer, and refuses to return values that miss it. And are they Shapley values at all? For a small model we can go through all sets of columns, as the definition says, and compare.

# %%
six = [*names[:5], "Amount"]
small = fit(models.chosen().set_params(n_estimators=20), train, six)
kept = explain.thin(y, 200, sample_weight=weight, seed=2)
few, others = X[six].iloc[kept.rows[:25]], explain.background(X[six], 40, sample_weight=weight)
quick = explain.attribute(small, few, background=others)
by_definition = explain.exact_shapley(
    lambda rows: small.booster_.predict(rows, raw_score=True), few, others
)
off = np.abs(quick.contributions.to_numpy() - by_definition).max()
small_risk = explain.attribute(small, few, background=others, output="probability")
risk_by_definition = explain.exact_shapley(small.booster_.predict, few, others)
risk_off = np.abs(small_risk.contributions.to_numpy() - risk_by_definition)

# %% [markdown]
# **Compared with what?** A SHAP value shares out the difference from a *base*. Interventional values compare with background rows, which we draw from the training rows, as frequent as in reality; path-dependent ones with the training rows that went each way in the trees. The drawing adds luck, so we draw three backgrounds.

# %%
BACKGROUND = 25 if QUICK else 60
backgrounds = [
    explain.background(X, BACKGROUND, sample_weight=weight, seed=seed) for seed in range(3)
]
few_rows = X_valid.iloc[sample.rows]
against = [explain.attribute(model, few_rows, background=rows) for rows in backgrounds]
redrawn = pd.DataFrame([each.importance(sample.weight) for each in against])
background_luck = explain.agreement(redrawn)
two_kinds = calm.importance(sample.weight).corr(redrawn.iloc[0], method="spearman")

# %% [markdown]
# **On which scale?** Trees add up {term}`log-odds`; people hear probabilities. The same rows, explained on both:

# %%
as_probability = explain.attribute(model, few_rows, background=backgrounds[0], output="probability")
scales = pd.DataFrame(
    {each.output: each.importance(sample.weight) for each in (against[0], as_probability)}
)

# %% tags=["remove-input"]
error = max(each.error for each in (calm, *against, as_probability))
first_of = {name: column.idxmax() for name, column in scales.items()}
moved = (
    scales.rank(ascending=False)["log-odds"] - scales.rank(ascending=False)["probability"]
).abs()
Markdown(
    f"In log-odds the values agree with the definition to {off:.0e}. As probabilities they add up, too, but because "
    f"SHAP stretches the log-odds values of each comparison until they do: single ones miss the definition by up to {risk_off.max():.2g} "
    f"(the largest is {np.abs(risk_by_definition).max():.2g}). In the large model they add up to the scores to {error:.0e} in the worst row. "
    f"Backgrounds of {BACKGROUND} rows order the columns alike: {{term}}`rank correlation` {background_luck:.2f} between draws; "
    f"between the two kinds of SHAP it is {two_kinds:.2f}. The scale matters more: from log-odds to probability "
    f"`{moved.idxmax()}` moves by {moved.max():.0f} places. "
    + (
        f"`{first_of['log-odds']}` is first on both. "
        if len(set(first_of.values())) == 1
        else f"First is `{first_of['log-odds']}` in log-odds and `{first_of['probability']}` as a probability. "
    )
    + "On the log-odds scale a payment at one in a million that becomes one in ten thousand counts as "
    "much as one that goes from a coin's toss to near certainty; as a probability that payment hardly counts. A chart without its scale in the title cannot be read."
)

# %% [markdown]
# **Of which model?** Weights that “balance” the classes change what the score means. We train the same model with weights and explain it.

# %%
ratio = float((weight * (y == 0)).sum() / y.sum())
heavy = fit(models.chosen().set_params(scale_pos_weight=ratio), train, names)
reweighted = explain.attribute(heavy, few_rows)
said = heavy.predict_proba(X_valid)[:, 1]
meant = costs.correct_weighting(said, weight=ratio)

# %% tags=["remove-input"]
promised = {name: float((weight_valid * p).sum()) for name, p in
            {"plain": score, "weighted, as said": said, "weighted, put right": meant}.items()}  # fmt: skip
accused = int(((y_valid == 0) & (said > 0.1)).sum())
alike = calm.importance(sample.weight).corr(reweighted.importance(sample.weight), method="spearman")
scored_alike = compare(precision, said, score)
Markdown(
    f"Its base moves from {calm.base:.1f} to {reweighted.base:.1f} log-odds, and every sum with it. Read as risk, its scores promise {promised['weighted, as said']:,.0f} frauds among the "
    f"validation rows, where there were {y_valid.sum()}; the plain model promises {promised['plain']:.0f}, the weighted one put right "
    f"(chapter 01) {promised['weighted, put right']:.0f}. To {accused:,} honest payments it says more than {0.1:.0%}. The *order* of "
    f"its columns agrees with the plain model's by a rank correlation of {alike:.2f}, and the weights change average precision "
    f"by {scored_alike:+.3f} ({resolved(scored_alike)}). "
    "A waterfall of a reweighted model may not be read out as risk, and it is a waterfall of another model."
)

# %% [markdown]
# ## The same question, three ways
#
# Now the three questions, each with its own method, on the validation rows.
#
# For SHAP we explain all frauds and a sample of honest payments, weighted so that averages are those of all rows (`explain.thin`); a column's *mean |SHAP|* is the mean size of its values, signs left out. To train again without each column we let each fit learn from all training frauds and a weighted share of the honest payments; what that thinning alone does is measured, too. Shuffling and dropping are judged on all validation frauds, the most suspect honest payments and a weighted share of the others.

# %%
ROWS = 800 if QUICK else 4000
explained = explain.thin(y_valid, ROWS, sample_weight=weight_valid, seed=3)
shap = explain.attribute(model, X_valid.iloc[explained.rows])
is_fraud = y_valid.iloc[explained.rows].to_numpy() == 1

judged = explain.thin(
    y_valid, 1000 if QUICK else 15_000, score=score, sample_weight=weight_valid, seed=3
)
some = valid.iloc[judged.rows]
X_judged, y_judged = some[names], some["Class"]
how_judged = {**how, "scheme": intervals.Blocks(some["Time"], seconds=900)}
shuffled = explain.shuffle(
    model, X_judged, n_repeats=1 if QUICK else 3, sample_weight=judged.weight,
    tell=progress.line("shuffle"),
)  # fmt: skip
lost = {
    "precision": explain.permutation_importance(shuffled, y_judged, precision, **how_judged),
    "euros": explain.permutation_importance(
        shuffled, y_judged, explain.InEuros(some["Amount"], costs=COSTS), **how_judged
    ),
}

# %%
X_thin, y_thin = X.iloc[thin.rows], y.iloc[thin.rows]
dropped = explain.drop_columns(
    models.chosen(), X_thin, y_thin, X_judged, fit_weight=thin.weight,
    sample_weight=judged.weight, tell=progress.line("drop a column"),
)  # fmt: skip
lost["dropped"] = explain.permutation_importance(dropped, y_judged, precision, **how_judged)
price_of_thinning = compare(precision, plain_score, score)

# %%
views = pd.DataFrame(
    {
        "gain,\ntrain": explain.gain_importance(model),
        "SHAP,\nall": shap.importance(explained.weight),
        "SHAP,\nfrauds": shap.contributions[is_fraud].abs().mean(),
        "shuffled,\nAP": {name: each.estimate for name, each in lost["precision"].items()},
        "shuffled,\n€": {name: each.estimate for name, each in lost["euros"].items()},
        "dropped,\nAP": {name: each.estimate for name, each in lost["dropped"].items()},
    }
)
ranks = views.rank(ascending=False, method="first").astype(int)
apart = ranks["shuffled,\nAP"] - ranks["SHAP,\nall"]
overrated = apart.sort_values(ascending=False).index[:2].tolist()
underrated = apart.idxmin()
leading = [name for name in ranks.sum(axis=1).nsmallest(3).index if name not in
           {*overrated, underrated}][:2]  # fmt: skip
marked = [*leading, *overrated, underrated]

# %% tags=["remove-input"]
show(
    figures.rank_lines(ranks, marked=marked, title="Do six readings of importance agree?"),
    alt=(
        f"Ranks of {len(ranks)} columns by six readings of importance: "
        + "; ".join(reading.replace("\n", " ") for reading in ranks)
        + ". "
        + " ".join(
            f"{name}: {', '.join(str(rank) for rank in ranks.loc[name])}." for name in marked
        )
    ),
)

# %% tags=["remove-input"]
agree = views.corr(method="spearman")["shuffled,\nAP"]
first = [column.idxmax() for _, column in views.items()]
lead = (
    f"All six put `{first[0]}` first"
    if len(set(first)) == 1
    else f"They do not agree even on the first place ({', '.join(dict.fromkeys(first))})"
)
Markdown(
    f"{lead}, and below that they part. Over all {len(ranks)} columns, the ranks by what shuffling costs in average precision go with "
    + ", ".join(
        f"“{n}” by {agree[n]:.2f}".replace("\n", " ") for n in views if n != "shuffled,\nAP"
    )
    + f". `{overrated[0]}` is number {ranks.loc[overrated[0]].iloc[1]} by mean |SHAP| of all payments and number "
    f"{ranks.loc[overrated[0]].iloc[3]} by the average precision that shuffling costs; `{underrated}` is number {ranks.loc[underrated].iloc[1]} and "
    f"number {ranks.loc[underrated].iloc[3]}. Nobody has made a mistake: these are answers to different questions. "
    f"(AP: average precision. The thinned training rows by themselves change it by {price_of_thinning:+.3f}, {resolved(price_of_thinning)}.)"
)

# %% [markdown]
# **Why SHAP over all payments misleads here.** Nearly all payments are honest, and their scores lie far below any threshold. A column that moves them from one in ten thousand to one in a hundred thousand and back is busy all day and decides nothing. How much of a column's mean |SHAP| comes from payments that the model gives less than one in a hundred, and what is its rank among the others?


# %%
def counted(found):
    """Say how many of the columns these are, and which."""
    among = f" ({', '.join(found)})" if found else ""
    return f"{len(found) or 'none'} of {len(names)} columns{among}"


asleep = model.predict_proba(X_valid.iloc[explained.rows])[:, 1] < 0.01
total = shap.contributions.abs().mul(explained.weight, axis=0)
idle = total[asleep].sum() / total.sum()
used = total[~asleep].sum().rank(ascending=False)


def places(name):
    """Tell a column's rank by mean |SHAP| of all payments, of the others, and if shuffled."""
    of_all, if_shuffled = ranks.loc[name].iloc[[1, 3]]
    return f"`{name}` goes from place {of_all} to {used[name]:.0f} (shuffled: {if_shuffled})"


# %% tags=["remove-input"]
clear = {
    kind: [name for name, each in lost[kind].items() if 0 not in each and each.estimate > 0]
    for kind in lost
}
harmful = [name for name, each in lost["euros"].items() if each.high < 0]
Markdown(
    f"From {idle.min():.0%} (`{idle.idxmin()}`) to {idle.max():.0%} (`{idle.idxmax()}`): the mean over all payments describes payments "
    f"that nobody decides about. Among the others {places(overrated[0])}, and {places(underrated)}. "
    "So read mean |SHAP| over the payments that a decision is about: the frauds, or those near the threshold. That need not close the gap, since SHAP "
    "tells what moves the score and never asks whether the model is right.\n\n"
    f"**What is resolved.** Shuffling costs average precision beyond chance for {counted(clear['precision'])}, and euros for "
    f"{counted(clear['euros'])}. Dropping costs average precision for {counted(clear['dropped'])}. With {len(names)} intervals of 95 %, "
    "one or two of them may well leave zero out by chance, so the last ones in such a list prove nothing. "
    + (
        f"And shuffling {', '.join(harmful)} *saves* euros beyond chance. Whether such a finding holds is a question for other rows; below we follow one suspicion to its end."
        if harmful
        else ""
    )
)

# %% tags=["remove-input"]
top = sorted(names, key=lambda name: -lost["precision"][name].estimate)[:8]
shown = [*top, *(name for name in ("Amount",) if name not in top)]
show(
    figures.importance(
        {"shuffled": lost["precision"], "dropped and trained again": lost["dropped"]},
        title="What is lost without a column, in average precision?",
        unit="loss of average precision on validation rows, with 95 % interval",
        columns=shown,
    ),
    alt="Loss of average precision when a column is shuffled, and when it is dropped: "
    + "; ".join(
        f"{name} {lost['precision'][name]:.3f} and {lost['dropped'][name]:.3f}" for name in shown
    )
    + ".",
)

# %% tags=["remove-input"]
costly = sorted(names, key=lambda name: -lost["euros"][name].estimate)
ends = [*costly[:5], *costly[-4:]]
show(
    figures.importance(
        {"shuffled": lost["euros"]},
        title="What is lost without a column, in euros?",
        unit="€ on the validation rows, with 95 % interval",
        columns=ends,
    ),
    alt="Euros lost when a column is shuffled, for the five dearest and the four cheapest: "
    + "; ".join(f"{name} {lost['euros'][name]:,.0f}" for name in ends)
    + ".",
)

# %% [markdown]
# ### Columns that stand in for each other
#
# The second reason to disagree: shuffling asks for a column *beside all others*, dropping lets the others take over. “V1 to V28 are principal components, so they are uncorrelated”, one reads. Over all rows they are. Among the frauds?

# %%
between = {
    name: X[names[:-1]][y == label].corr().where(~np.eye(len(names) - 1, dtype=bool)).abs()
    for name, label in {"honest": 0, "frauds": 1}.items()
}
groups = explain.correlated_groups(X[y == 1], at_least=0.8)
together = explain.shuffle(
    model, X_judged, columns=groups, n_repeats=1 if QUICK else 3, sample_weight=judged.weight
)
joint = explain.permutation_importance(together, y_judged, precision, **how_judged)
without = explain.drop_columns(
    models.chosen(), X_thin, y_thin, X_judged, columns=groups, fit_weight=thin.weight,
    sample_weight=judged.weight,
)  # fmt: skip
joint_drop = explain.permutation_importance(without, y_judged, precision, **how_judged)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "shuffled one by one, added up": f"{sum(lost['precision'][m].estimate for m in members):.3f}",
            "shuffled together": f"{joint[name]:.3f}",
            "dropped together": f"{joint_drop[name]:.3f}",
        }
        for name, members in groups.items()
    }
).T.rename_axis("group (loss of average precision)")

# %% tags=["remove-input"]
twins = between["frauds"].max().nlargest(2)
pair = twins.index
sums = {
    name: sum(lost["precision"][m].estimate for m in members) for name, members in groups.items()
}
hidden = [name for name in groups if joint[name].low > sums[name]]
largest_group = max(groups, key=lambda name: joint[name].estimate)
Markdown(
    f"Among honest payments no two components correlate by more than {between['honest'].max().max():.2f}. Among the frauds `{pair[0]}` and "
    f"`{pair[1]}` do by {between['frauds'].max().max():.2f}. Where it matters, the components are near copies of each other. "
    + (
        f"Shuffled together, {' and '.join(f'({name})' for name in hidden)} cost more, beyond chance, than their members one by one: "
        "each hides behind the others. "
        if hidden
        else "Here the groups cost about what their members do one by one; the intervals do not tell them apart. "
    )
    + f"But shuffling tells what this trained model rests on, and not what the data would lose: `{largest_group}` costs {joint[largest_group]:.2f} "
    f"shuffled, and {joint_drop[largest_group]:.2f} if a model is trained without it."
)

# %% [markdown]
# ### Pairs
#
# Trees can use a column differently depending on another. SHAP interaction values split each contribution into what a column does alone and what it does with each other one; they are slow, so here for the frauds alone.

# %%
frauds = X_valid[y_valid == 1]
pairs = explain.interactions(model, frauds)
alone = pairs["first"] == pairs["second"]

# %% tags=["remove-input"]
best = pairs[~alone].head(3)
Markdown(
    f"For the frauds, {pairs.loc[alone, 'share'].sum():.0%} of all effects are those of columns alone. The strongest pairs are "
    + ", ".join(
        f"`{row.first}` with `{row.second}` ({row.share:.1%})"
        for row in best.itertuples(index=False)
    )
    + f", out of {int((~alone).sum())} pairs. A long list of weak pairs is not a list of findings: nobody has tested them."
)

# %% [markdown]
# ## Testing the methods: a leak of growing strength
#
# An auditor hopes that explanation finds leaks. Does it? We plant one and turn it up. The column is noise that lies a little higher for frauds: by no standard deviation at all, by half a one, by one … It is there in held-out rows too, as real leaks are, until production. Beside it we plant nine columns of pure noise. A method *finds* the leak if it ranks it above all nine; with no leak at all, that happens once in ten times by chance. Everything is repeated with other noise.

# %%
N_SEEDS = 2 if QUICK else 5
STRENGTHS = [0, 1, 2] if QUICK else [0, 0.5, 1, 2]
small_train = explain.thin(y, 400 if QUICK else 4000, sample_weight=weight, seed=7)
small_valid = explain.thin(
    y_valid, 300 if QUICK else 1000, score=score, sample_weight=weight_valid, seed=7
)


def gain_of(trial):
    """Return what the model says of itself."""
    return explain.gain_importance(trial.model)


def shap_of(trial):
    """Return mean |SHAP| over all held-out frauds and every tenth other row."""
    rows = trial.y_held_out | (np.arange(len(trial.y_held_out)) % 10 == 0)
    found = explain.attribute(trial.model, trial.X_held_out[rows])
    return found.importance(trial.sample_weight[rows])


methods = {"gain": gain_of, "SHAP": shap_of, "shuffled": explain.planted_permutation}
rows_for_leaks = {
    "X": X.iloc[small_train.rows], "y": y.iloc[small_train.rows],
    "X_held_out": X_valid.iloc[small_valid.rows], "y_held_out": y_valid.iloc[small_valid.rows],
    "fit_weight": small_train.weight, "sample_weight": small_valid.weight,
}  # fmt: skip

# %%
doses = explain.dose_response(
    models.chosen(), **rows_for_leaks, methods=methods, strengths=STRENGTHS, n_seeds=N_SEEDS,
    tell=progress.line("leaks"),
)  # fmt: skip
DROPPED_SEEDS = 1 if QUICK else 2
dropping = explain.dose_response(
    models.chosen(), **rows_for_leaks, methods={"dropped": explain.planted_drop},
    strengths=[0, 2] if QUICK else [0, 1, 2], n_seeds=DROPPED_SEEDS, n_noise=4, tell=progress.line("leaks, dropped"),
)  # fmt: skip

# %%
everything = pd.concat([doses, dropping], ignore_index=True)
found = [
    {
        "strength": strength,
        "method": method,
        "share": intervals.binomial(int(hits.sum()), len(hits)),
    }
    for (method, strength), hits in everything.groupby(["method", "strength"], sort=False)["found"]
]
shares = pd.DataFrame(
    [{**row, "estimate": row["share"].estimate, "low": row["share"].low, "high": row["share"].high}
     for row in found]
)  # fmt: skip
by_seed = doses[doses["method"] == "gain"].pivot_table(
    index="strength", columns="seed", values="average_precision"
)
gained = by_seed.sub(by_seed.loc[0.0], axis="columns").melt(ignore_index=False)["value"]
lift = doubt.mean_intervals(gained, gained.index).rename(columns={"mean": "estimate"})

# %% tags=["remove-input"]
show(
    figures.dose_response(
        shares, lift, chance=0.1, title="At what strength is a planted leak found?"
    ),
    alt=(
        "Share of plantings found by strength of the leak. "
        + " ".join(
            f"{method}: "
            + ", ".join(f"{row.strength:g}: {row.estimate:.0%}" for row in part.itertuples())
            + "."
            for method, part in shares.groupby("method", sort=False)
        )
        + " Average precision gained by the leak: "
        + ", ".join(f"{strength:g}: {row.estimate:+.3f}" for strength, row in lift.iterrows())
        + "."
    ),
)


# %% tags=["remove-input"]
def from_on(strengths, holds):
    """Return the strength from which on something holds, or None."""
    fails = [strength for strength, good in zip(strengths, holds, strict=True) if not good]
    after = [strength for strength in strengths if not fails or strength > max(fails)]
    return min(after, default=None)


sure = {
    method: from_on(part["strength"], part["estimate"] == 1)
    for method, part in shares.groupby("method", sort=False)
}
blind = doses[doses["strength"] == 0].groupby("method", sort=False)["found"].sum()
hurts = from_on(lift.index, lift["low"] > 0)

# %% tags=["remove-input"]
Markdown(
    "Found in every repetition from a strength of "
    + ", ".join(
        f"{at:g} on ({method})" if at is not None else f"more than we planted ({method})"
        for method, at in sure.items()
    )
    + (
        f". The leak adds average precision beyond the luck of the planting from {hurts:g} on"
        if hurts is not None
        else ". None of these leaks adds average precision beyond the luck of the planting"
    )
    + f" (strongest: {lift['estimate'].iloc[-1]:+.3f}). Without any leak, one was “found” in "
    + ", ".join(f"{count} ({method})" for method, count in blind.items())
    + f" of {N_SEEDS} repetitions, where chance would make it {N_SEEDS / 10:.1f}. With so few repetitions the intervals of the shares are wide, "
    f"and those of dropping, which trains again for each column ({DROPPED_SEEDS} repetition{'s' if DROPPED_SEEDS > 1 else ''}, four columns of "
    "noise, so one in five by chance), say little. What the figure cannot show: *found* here means above "
    "columns that we knew to be noise. In a list of real names the same column would be one of many, and "
    "nobody would take it for a leak. Explanation ranks columns; that a column *must not know* the label is knowledge about "
    "the business. So plant noise beside your columns, and ask of everything above it how it could know."
)

# %% [markdown]
# ## Overfitting made visible
#
# “It uses many columns, so it overfits” is not an argument. What is: a column that is worth much on the rows the model learned from and nothing on others. We take the model with the receipt number and the noise, and shuffle each column on both sides. Average precision depends on the share of frauds, so the training rows are weighted to the share of the validation rows.

# %%
extra = ["noise", "receipt"]
columns = [*names, *extra]
both = fit(models.chosen(), learn, columns)
side = {
    "train": (learn, explain.thin(y, 600 if QUICK else 6000, sample_weight=weight,
                                  score=both.predict_proba(learn[columns])[:, 1], seed=8)),
    "held out": (judge, explain.thin(y_valid, 600 if QUICK else 6000, sample_weight=weight_valid,
                                     score=both.predict_proba(judge[columns])[:, 1], seed=8)),
}  # fmt: skip
honest_share = {
    name: kept.weight[rows["Class"].iloc[kept.rows] == 0].sum() / rows["Class"].sum()
    for name, (rows, kept) in side.items()
}
same_share = honest_share["held out"] / honest_share["train"]

# %%
on, labels = {}, {}
for name, (rows, kept) in side.items():
    part = rows.iloc[kept.rows]
    labels[name] = part["Class"].to_numpy()
    scaled = np.where((name == "train") & (labels[name] == 0), same_share, 1.0)
    on[name] = explain.shuffle(
        both, part[columns], n_repeats=1 if QUICK else 2, sample_weight=kept.weight * scaled, seed=9
    )
heart = explain.train_against_held_out(
    on["train"], labels["train"], on["held out"], labels["held out"], (precision, precision),
    schemes=tuple(intervals.Blocks(rows["Time"].iloc[kept.rows], 900) for rows, kept in side.values()),
    n_resamples=how["n_resamples"],
)  # fmt: skip

# %% tags=["remove-input"]
wide = sorted(columns, key=lambda name: -heart[name]["difference"].estimate)
drawn = [*[name for name in wide if name not in extra][:8], *extra]
show(
    figures.importance(
        {kind: {name: heart[name][kind] for name in columns} for kind in ("train", "held out")},
        title="What is worth more where it was learned?",
        unit="loss of average precision when shuffled, with 95 % interval",
        columns=drawn,
    ),
    alt="Loss of average precision when a column is shuffled, on training rows and on held-out rows: "
    + "; ".join(f"{n} {heart[n]['train']:.3f} and {heart[n]['held out']:.3f}" for n in drawn)
    + ".",
)

# %% tags=["remove-input"]
by_heart = [name for name in wide if heart[name]["difference"].low > 0]
base_ap = {
    name: intervals.value(precision.metric, labels[name], each.score, sample_weight=each.weight)
    for name, each in on.items()
}
planted_says = "; ".join(
    f"`{name}` {heart[name]['train']:.3f} where it was learned, {heart[name]['held out']:.3f} elsewhere"
    for name in extra
)
Markdown(
    f"The model has an average precision of {base_ap['train']:.2f} on the rows it learned from and {base_ap['held out']:.2f} on the others. "
    f"The difference per column leaves out zero for {len(by_heart)} of {len(columns)}: {', '.join(by_heart) or 'none'}. "
    f"The planted ones: {planted_says}"
    + (" (by construction, as above, for the receipt number). " if "receipt" in unmoved else ". ")
    + (
        f"So the model did learn {' and '.join(name for name in extra if name in by_heart)} by heart. "
        if set(extra) & set(by_heart)
        else "So this model did not lean on them beyond chance. "
    )
    + "A difference need not be overfitting: it may also be drift between the rows (chapter 06), and a strong column "
    "has more to lose where the model is better. It is a list of where to look."
)

# %% [markdown]
# **Labels without meaning.** How much would this method find, and claim, if there were nothing to find? We move the labels round in time, so that they keep their number and their bursts and fit their rows no more, train, and read the same importance. By this null, too, columns get p-values: how often does the *largest* gain of a set without meaning reach a column's true gain? Taking the largest allows for asking about all columns at once.

# %%
PERMUTATIONS = 3 if QUICK else 19
few_honest = 800 if QUICK else 5000
null = explain.label_permutation(
    models.chosen(), X, y, rows_for_leaks["X_held_out"], rows_for_leaks["y_held_out"],
    importance=lambda fitted, rows: explain.gain_importance(fitted),
    n_permutations=PERMUTATIONS, n_honest=few_honest,
    fit_weight=weight, sample_weight=small_valid.weight, tell=progress.line("labels moved"),
)  # fmt: skip
kept = explain.thin(y, few_honest, sample_weight=weight, seed=10)
true_labels = clone(models.chosen()).fit(
    X.iloc[kept.rows], y.iloc[kept.rows], sample_weight=kept.weight
)
p_values = null.p_values(explain.gain_importance(true_labels), family=True)

# %% tags=["remove-input"]
share = float((weight_valid * y_valid).sum() / weight_valid.sum())
beaten = p_values[p_values <= 1 / (1 + PERMUTATIONS)].index.tolist()
rest = [name for name in names if name not in beaten]
no_less = null.importance.mean().sum() / explain.gain_importance(true_labels).sum()
Markdown(
    f"On {PERMUTATIONS} sets of labels without meaning, the same settings reach an average precision of **{null.train.mean():.2f}** "
    f"(from {null.train.min():.2f} to {null.train.max():.2f}) on the rows they learn from, and {null.held_out.mean():.4f} on the validation "
    f"rows, where guessing has {share:.4f}. So a high score on training rows is no evidence of anything. Their gain adds up to "
    f"{no_less:.0%} of that with the true labels, spread over all columns: a chart of it looks no less serious. "
    f"More gain than any column in any of these sets: {counted(beaten)}. (With {PERMUTATIONS} sets no p-value is below "
    f"{1 / (1 + PERMUTATIONS):.2f}: that is the risk of a single false name in such a list.) "
    + (
        "Of the others, labels without meaning can make as much for one column or another; that does not show them to be worthless."
        if rest
        else ""
    )
)

# %% [markdown]
# ## Would it be the same tomorrow?
#
# An explanation that changes with the seed explains the seed. We train again, on a thinned part of the rows, with other seeds (each tree draws rows and columns at random), on other block bootstraps of the training rows, without exact duplicates, and on other days; and we compare mean |SHAP| over the validation frauds, in ranks and in the top five.

# %%
RUNS = 3 if QUICK else 6
rows = train.iloc[thin.rows]
days = pd.concat([train, valid])
days = {"day 1": days[days["Time"] < 86_400], "day 2": days[days["Time"] >= 86_400]}


def explained_by(part, part_weight, seed):
    """Train on some rows and return mean |SHAP| over the validation frauds."""
    fitted = models.chosen(seed=seed).fit(part[names], part["Class"], sample_weight=part_weight)
    return explain.attribute(fitted, frauds).importance()


runs = {"another seed": [explained_by(rows, thin.weight, seed) for seed in range(RUNS)]}

# %%
counts = explain.block_counts(rows["Time"], 900, RUNS, seed=11)
runs["another bootstrap of the rows"] = [
    explained_by(rows[count > 0], (count * thin.weight)[count > 0], 0)
    for count in tqdm(counts, desc="bootstraps")
]
for name, part in {"no duplicates": train.drop_duplicates(), **days}.items():
    kept = explain.thin(
        part["Class"], N_LEARN // 2, sample_weight=data.sampling_weights(part), seed=12
    )
    runs[name] = [
        explained_by(part.iloc[kept.rows], kept.weight, seed) for seed in range(max(2, RUNS // 2))
    ]
runs = {name: pd.DataFrame(many) for name, many in runs.items()}

# %%
pairs_of = {name: (runs[name],) for name in list(runs)[:2]}
pairs_of["exact duplicates removed"] = (runs["another seed"], runs["no duplicates"])
pairs_of["another day"] = (runs["day 1"], runs["day 2"])
steady = {
    name: (explain.agreement(*both), explain.agreement(*both, top=5))
    for name, both in pairs_of.items()
}

# %% [markdown]
# And another kind of model. {term}`TabNet` says itself what it looks at: its attention masks are shares that add up to 1 in each row. We train it briefly on all frauds and a share of the honest payments, twice, and ask how its attention to the frauds agrees with SHAP of our model, and with itself. Each training is told apart, with an interval from drawing frauds by quarters of an hour; two trainings are too few for an interval over trainings. (It can be left out: without torch this part says so.)

# %%
from prerelease.adapters import tabnet

tabnet_missing = tabnet.missing()
masks, tabnet_scores = [], []
for_network = explain.thin(y, 500 if QUICK else 20_000, sample_weight=weight, seed=14)
rows = train.iloc[for_network.rows]
EPOCHS = 1 if QUICK else 12
for seed in tqdm([] if tabnet_missing else range(2), desc="TabNet"):
    network = tabnet.TabNet(
        fraud_weight=5, batch_size=512, max_epochs=EPOCHS, random_state=seed
    ).fit(rows[names], rows["Class"], sample_weight=for_network.weight)
    masks.append(pd.DataFrame(network.attention(frauds).total, columns=names))
    tabnet_scores.append(network.predict_proba(X_valid)[:, 1])

# %%
of_frauds = shap.contributions[is_fraud]
drawn = explain.block_counts(
    valid["Time"][y_valid == 1], 900, how["n_resamples"], seed=16
)  # quarters of an hour
couples = {f"TabNet's attention, training {n}": (of_frauds, m) for n, m in enumerate(masks, 1)}
couples |= {"TabNet's attention, one training with the other": masks} if masks else {}
by_rows = {
    name: tuple(explain.row_agreement(*both, drawn, top=top) for top in (None, 5))
    for name, both in couples.items()
}

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            name: {"rank correlation": f"{by_rank:.2f}", "share of the top five": f"{top:.2f}"}
            for name, (by_rank, top) in {**steady, **by_rows}.items()
        }
    ).T.rename_axis("explained again with")
)

# %% tags=["remove-input"]
side_by_side = pd.DataFrame(
    {"SHAP of our model": of_frauds.abs().mean()}
    | {f"TabNet's attention, training {n}": mask.mean() for n, mask in enumerate(masks, 1)}
)
display(
    (side_by_side / side_by_side.sum())
    .nlargest(6, "SHAP of our model")
    .map("{:.0%}".format)
    .rename_axis("share of the total, frauds")
)

# %% tags=["remove-input"]
apart = [compare(precision, each, score) for each in tabnet_scores]
least = min(steady, key=lambda name: steady[name][0].estimate)
highest_of_least = steady[least][0].high
near = [n for n, (by_rank, _) in steady.items() if n != least and by_rank.low <= highest_of_least]
same_five = [name for name, (_, top) in steady.items() if top.estimate == 1]

# %% tags=["remove-input"]
Markdown(
    f"Of our own model's explanations “{least}” has the lowest rank correlation"
    + (
        f"; the intervals of {' and '.join(f'“{name}”' for name in near)} overlap its own"
        if near
        else ""
    )
    + ". A seed costs nothing to change, a day is what production brings. "
    + f"In {len(same_five)} of {len(steady)} comparisons the first five columns stay the same five. So a report names the first few, and no ranks below them. (Intervals over trainings "
    "use Student's t, and with so few are wide; that there were only two days, they do not know. One without width says that no run differed.) "
    + (
        tabnet_missing
        if tabnet_missing
        else "TabNet's lines have intervals over the frauds, each training by itself: how far a third training would differ, two cannot say. They were short "
        f"trainings on a part of the rows: against our model, average precision changes by {' and '.join(f'{each:+.2f}' for each in apart)}. Attention says what a network "
        "*looked at*, in the scale it was given, and not what moved the score or which way. Do not put it beside SHAP as a second opinion "
        "on the same question."
    )
)

# %% [markdown]
# ## What is this model cheating on?
#
# We look for a column that the model leans on and that is worth nothing, or less. One candidate is the one column that everybody understands.

# %% tags=["remove-input"]
by_shap = int(ranks.loc["Amount"].iloc[1])
Markdown(
    f"`Amount` is number {by_shap} by mean |SHAP| of all payments and number {ranks.loc['Amount'].iloc[3]} by what its shuffling costs in average "
    f"precision, {lost['precision']['Amount']:.3f}. Its shuffling changes the bill by {lost['euros']['Amount']:,.0f} € ({resolved(lost['euros']['Amount'])}; "
    "negative: the bill falls)."
)

# %% [markdown]
# Surprises are checked twice here. First: is it so if the column is left out from the beginning, on all training rows? Which decisions change?

# %%
no_amount = [name for name in names if name != "Amount"]
leaner = fit(models.chosen(), train, no_amount)
lean_score = leaner.predict_proba(X_valid[no_amount])[:, 1]
saved = compare(euros, lean_score, score)
lean_gap = compare(precision, lean_score, score)
decided = {
    name: costs.bayes_block(s, valid["Amount"], costs=COSTS)
    for name, s in {"with": score, "without": lean_score}.items()
}
changed = valid[decided["with"] != decided["without"]]

# %% [markdown]
# Second: what did it learn about amounts? The trees can be read. We take the five euros within which they split `Amount` most often, and the commonest price of the training frauds there. Then we look for series: frauds of one price with no pause of more than half an hour.

# %%
trees = model.booster_.trees_to_dataframe()
cuts = trees.loc[trees["split_feature"] == "Amount", "threshold"].astype(float)
five = cuts // 5 * 5
window = five.mode()[0]
then = train[train["Class"] == 1]
PRICE = then.loc[then["Amount"] // 5 * 5 == window, "Amount"].mode()[0]
same, later_same = (np.isclose(part["Amount"], PRICE) for part in (train, valid))

pause = then.groupby("Amount")["Time"].diff() > 1800
series = then.assign(series=pause.groupby(then["Amount"]).cumsum())
components = names[:-1]


def steps_in(part):
    """Count the components that go up or down, nearly without a step back."""
    order = pd.Series(np.arange(len(part)), index=part.index)
    return int((part[components].corrwith(order, method="spearman").abs() >= 0.95).sum())


# %%
many = {key: part for key, part in series.groupby(["Amount", "series"]) if len(part) >= 10}
told = pd.DataFrame(
    {
        key: {
            "amount (€)": f"{key[0]:.2f}",
            "frauds": len(part),
            "minutes": round((part["Time"].iloc[-1] - part["Time"].iloc[0]) / 60),
            f"of {len(components)} components, in step": steps_in(part),
        }
        for key, part in many.items()
    }
).T

# %% tags=["remove-input"]
march = max(many, key=lambda key: steps_in(many[key]))
one = many[march]
between_them = train[train["Time"].between(one["Time"].iloc[0], one["Time"].iloc[-1])]
others = between_them[(between_them["Class"] == 0)].iloc[:: max(1, len(between_them) // len(one))]
display(told.set_index("amount (€)"))
show(
    figures.stairs(
        (one["Time"] - one["Time"].iloc[0]) / 60,
        one[["V14", "V4", "V17", "V10"]],
        title=f"What do {len(one)} frauds of {march[0]:.2f} € have in common?",
        others=X[y == 0].median()[["V14", "V4", "V17", "V10"]],
    ),
    alt=(
        f"Four components of {len(one)} frauds of {march[0]:.2f} euros over "
        f"{(one['Time'].iloc[-1] - one['Time'].iloc[0]) / 60:.0f} minutes, step by step: "
        + ", ".join(
            f"{c} from {one[c].iloc[0]:.1f} to {one[c].iloc[-1]:.1f}"
            for c in ("V14", "V4", "V17", "V10")
        )
        + "."
    ),
)

# %% tags=["remove-input"]
at_price = series[np.isclose(series["Amount"], PRICE)]
sizes = at_price.groupby("series").size()
rate = at_price["Class"].sum() / weight[same].sum()
there = np.average(X["Amount"] // 5 * 5 == window, weights=weight)
Markdown(
    f"{(five == window).mean():.0%} of the {len(cuts)} splits on `Amount` lie between {window:.0f} and {window + 5:.0f} €, where {there:.0%} of the training payments are. Why there? Of "
    f"{int(weight[same].sum()):,} training payments of exactly {PRICE:.2f} € {len(at_price)} are frauds, {rate:.1%}; and those are no habit "
    f"of fraudsters, but came in {len(sizes)} series, the longest of {sizes.max()} payments.\n\n"
    f"The figure shows the series that stands out most: {len(one)} payments of {march[0]:.2f} € within the hour, whose components march in step, "
    f"{steps_in(one)} of {len(components)} nearly without a step back. (As many honest payments from the same hour: {steps_in(others)}.) Payments of different people "
    "do not do that. It looks like *one* stolen card, and like components that hold running totals of the card: each further "
    "payment moves them on. We cannot know; nobody outside knows what the components are."
)

# %% tags=["remove-input"]
Markdown(
    f"So the model leans on the price of a few thieves. Among the validation rows, {int(y_valid[later_same].sum())} of "
    f"{int(weight_valid[later_same].sum())} payments of {PRICE:.2f} € are fraud. Trained again without `Amount`, average precision changes by "
    f"{lean_gap:+.3f} ({resolved(lean_gap)}), and **{saved:,.0f} €** of the bill are saved ({resolved(saved)}; negative is dearer). The number of "
    f"decisions that differ is {len(changed)}, of them {int(changed['Class'].sum())} about frauds. (The rule still knows the amount: it is part of the threshold of each payment.)"
)

# %% [markdown]
# Is it those series, or amounts in general? We take the frauds of that one price out of the training rows and shuffle `Amount` again. And whoever looks through all columns for one that does harm will find one: the winner of a search is partly lucky (chapter 02). Only other rows can judge, so this is what we need the test rows for. They choose nothing here.

# %%
unspoiled = fit(models.chosen(), train[~(same & (y == 1))], names)
shuffled_again = explain.shuffle(
    unspoiled, X_valid, columns=["Amount"], n_repeats=3, sample_weight=weight_valid
)
still = explain.permutation_importance(shuffled_again, y_valid, euros, **how)["Amount"]
test = splits.open_test(
    payments,
    who="chapter 05",
    why="Do the importances, and the harm of Amount, hold on rows that suggested neither?",
    kind="demonstration",
)
X_test, y_test, weight_test = test[names], test["Class"], data.sampling_weights(test)
on_test = {"scheme": intervals.Blocks(test["Time"], seconds=900), "n_resamples": how["n_resamples"]}
test_euros = explain.InEuros(test["Amount"], costs=COSTS)
test_score = model.predict_proba(X_test)[:, 1]

# %%
lean_test = leaner.predict_proba(X_test[no_amount])[:, 1]
saved_again = compare(test_euros, lean_test, test_score, test, on_test["scheme"])
gap_again = compare(precision, lean_test, test_score, test, on_test["scheme"])
blocked = [costs.bayes_block(s, test["Amount"], costs=COSTS) for s in (test_score, lean_test)]
changed_again = test[np.not_equal(*blocked)]

# %% [markdown]
# The bootstrap held both models fixed. But training is a lottery, too (chapter 02): other honest payments in the sample, other trees, other decisions. So we train again a few times, on other shares of the honest payments, without `Amount` and with `Time`, and look at what each pair of models saves. (The bill needs all frauds and the most suspect honest payments; the others, weighted, have next to no part in it.)

# %%
RETRAINED = 2 if QUICK else 5
NEAR = 600 if QUICK else 6000
variants = {"as it is": names, "without Amount": no_amount, "with Time": [*names, "Time"]}
judges = {
    where: (part, explain.thin(part["Class"], NEAR, score=scored, seed=15,
                               sample_weight=data.sampling_weights(part)))
    for where, part, scored in (("validation", valid, score), ("test", test, test_score))
}  # fmt: skip

# %%
bills = []
for seed in tqdm(range(RETRAINED), desc="trained again"):
    kept = explain.thin(y, N_LEARN, sample_weight=weight, seed=20 + seed)
    part = train.iloc[kept.rows]
    for label, columns in variants.items():
        fitted = models.chosen().fit(part[columns], part["Class"], sample_weight=kept.weight)
        for where, (rest, near) in judges.items():
            few = rest.iloc[near.rows]
            probability = fitted.predict_proba(few[columns])[:, 1]
            block = costs.bayes_block(probability, few["Amount"], costs=COSTS)
            paid = costs.row_costs(few["Class"], block, few["Amount"], costs=COSTS)
            bills.append((seed, where, label, float(near.weight @ paid)))
bills = pd.DataFrame(bills, columns=["seed", "rows", "model", "bill"])
bills = bills.pivot_table(index=["model", "rows"], columns="seed", values="bill")
retrained = pd.concat({v: bills.loc["as it is"] - bills.loc[v] for v in list(variants)[1:]})

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            "validation rows": {
                "bill saved (€)": f"{saved:,.0f}",
                "average precision gained": f"{lean_gap:.3f}",
                "decisions that change": len(changed),
                "of them about frauds": int(changed["Class"].sum()),
            },
            "test rows": {
                "bill saved (€)": f"{saved_again:,.0f}",
                "average precision gained": f"{gap_again:.3f}",
                "decisions that change": len(changed_again),
                "of them about frauds": int(changed_again["Class"].sum()),
            },
        }
    ).rename_axis("without Amount")
)


# %% tags=["remove-input"]
def verdict(first, second):
    """Say whether a second look bears out the first."""
    if first.low <= 0 <= first.high:
        return "So there was nothing to bear out."
    same_side = (first.low > 0 and second.low > 0) or (first.high < 0 and second.high < 0)
    return "**It is borne out.**" if same_side else "**It is not borne out.**"


Markdown(
    f"Without the frauds of {PRICE:.2f} € in training, shuffling `Amount` changes the bill by {still:,.0f} € ({resolved(still)}; negative saves). "
    f"What leaving it out saves on the validation rows is {resolved(saved)}, on the test rows {resolved(saved_again)}. {verdict(saved, saved_again)} "
    f"Few decisions differ, {len(changed)} on the validation rows. A bootstrap can draw those again and again, "
    "in each order; it cannot draw the decisions that other rows would have brought. So of the suspicion two halves remain: *that* the model looks at the price of a few "
    "series can be read in its trees; that this costs money is not shown. Few cards make many rows, and a hundred rows of one card are, for such "
    "questions, one."
)

# %% tags=["remove-input"]
display(
    retrained.agg(["min", "median", "max"], axis=1)
    .map("{:,.0f}".format)
    .rename_axis(["bill saved (€)", "rows"])
)
wins = (retrained > 0).sum(axis=1)
Markdown(
    f"How many of {RETRAINED} trainings on thinned rows save money? "
    + "; ".join(
        f"{name}, {wins[name, 'validation']} on the validation rows and {wins[name, 'test']} on the test rows"
        for name in list(variants)[1:]
    )
    + ". The interval above says whether *two models* differ on such rows. Whether the *column* does harm or good is a question about "
    f"trainings, which no resample of rows answers; and {RETRAINED} of them on the same rows are few."
)

# %% [markdown]
# ### All test rows, explained
#
# SHAP for every test row, and what shuffling costs on all frauds and a weighted part of the others, half of it the most suspect. Nothing is left to choose, so nothing can be chosen by it.

# %%
all_shap = explain.attribute(model, X_test)

# %%
part = explain.thin(
    y_test, 1000 if QUICK else 15_000, score=test_score, sample_weight=weight_test, seed=16
)
test_shuffled = explain.shuffle(
    model, X_test.iloc[part.rows], n_repeats=1, sample_weight=part.weight,
    tell=progress.line("shuffle, test rows"),
)  # fmt: skip
y_part, amount_part = y_test.iloc[part.rows], test["Amount"].iloc[part.rows]
on_part = {**on_test, "scheme": intervals.Blocks(test["Time"].iloc[part.rows], seconds=900)}
test_lost = {
    kind: explain.permutation_importance(test_shuffled, y_part, worth, **on_part)
    for kind, worth in
    {"precision": precision, "euros": explain.InEuros(amount_part, costs=COSTS)}.items()
}  # fmt: skip

# %%
held = pd.DataFrame(
    {
        "SHAP": [shap.importance(explained.weight), all_shap.importance(weight_test)],
        **{
            kind: [pd.Series({n: each.estimate for n, each in table[kind].items()})
                   for table in (lost, test_lost)]
            for kind in ("precision", "euros")
        },
    }
)  # fmt: skip
between_rows = held.apply(lambda pair: pair.iloc[0].corr(pair.iloc[1], method="spearman"))

# %% tags=["hide-input"]
clear_test = [n for n, each in test_lost["precision"].items() if each.low > 0]
top_on_test = sorted(names, key=lambda name: -test_lost["precision"][name].estimate)[:6]
pd.DataFrame(
    {
        name: {
            f"{unit}, {where}": f"{table[kind][name]:{form}}"
            for kind, unit, form in (("precision", "AP", ".3f"), ("euros", "€", ",.0f"))
            for where, table in (("validation", lost), ("test", test_lost))
        }
        for name in top_on_test
    }
).T.rename_axis("lost when shuffled")

# %% tags=["remove-input"]
drawn_rows = explain.thin(y_test, 700 if QUICK else 1500, score=test_score, seed=13).rows
listed = list(dict.fromkeys([*top_on_test, "Amount", overrated[0]]))
show(
    figures.beeswarm(
        all_shap.contributions.iloc[drawn_rows],
        X_test.iloc[drawn_rows],
        columns=listed,
        title="Which way do the columns push?",
        unit="contribution to the score (log-odds); test rows: frauds, most suspect, some others",
    ),
    alt=(
        "Contributions of columns to the scores of test rows, coloured by the column's value. "
        + " ".join(
            f"{name}: from {all_shap.contributions[name].min():.1f} to {all_shap.contributions[name].max():.1f} log-odds, "
            f"rank correlation with its value {all_shap.contributions[name].corr(X_test[name], method='spearman'):.2f}."
            for name in listed
        )
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"{len(all_shap.contributions):,} rows add up to their scores within {all_shap.error:.0e}. The order of the columns on the test rows goes with that on the "
    f"validation rows by {between_rows['SHAP']:.2f} for mean |SHAP|, {between_rows['precision']:.2f} for average precision lost and "
    f"{between_rows['euros']:.2f} for euros. SHAP looks steadier, because it does not ask whether the model is *right*: it describes the "
    "same model on similar rows. Beyond chance, shuffling costs average precision on the test rows for "
    f"{', '.join(clear_test) or 'no column'}."
)

# %% [markdown]
# ## One decision, told well
#
# The validation fraud with the largest amount that was caught, and the largest that was missed: picked by their amount, not by how well their story reads.

# %%
table = valid.assign(score=score, block=decided["with"])[y_valid == 1].sort_values("Amount")
picked = {
    "caught": table[table["block"]].index[-1], "missed": table[~table["block"]].index[-1]
}  # fmt: skip
cases = explain.attribute(model, X_valid.loc[list(picked.values())])
as_risk = explain.attribute(
    model, X_valid.loc[list(picked.values())], background=backgrounds[0], output="probability"
)
steps = {name: cases.waterfall(number, top=8) for number, name in enumerate(picked)}

# %% tags=["remove-input"]
display(
    *(
        show(
            figures.waterfall(
                steps[name],
                base=cases.base,
                title=f"Why was this fraud of {valid.loc[index, 'Amount']:,.2f} € {name}?",
                unit="score (log-odds of fraud)",
            ),
            alt=(
                f"From the base of {cases.base:.2f} log-odds to the score of "
                f"{steps[name]['reached'].iloc[-1]:.2f}: "
                + ", ".join(f"{c} {s:+.2f}" for c, s in steps[name]["contribution"].items())
                + "."
            ),
        )
        for name, index in picked.items()
    )
)

# %% tags=["remove-input"]
first_step = steps["caught"].iloc[0]
lead_column = steps["caught"].index[0]
tails = {"as low": X[lead_column] <= first_step["value"]}
tails["as high"] = X[lead_column] >= first_step["value"]
rare = min((np.average(tail, weights=weight), words) for words, tail in tails.items())
risk = as_risk.waterfall(0, top=1)
text = {
    name: f"{cases.base:.4f} {'+' if s['contribution'].sum() >= 0 else '−'} {abs(s['contribution'].sum()):.4f} = {cases.score[number]:.4f}"
    for number, (name, s) in enumerate(steps.items())
}
bar = costs.bayes_threshold(valid.loc[list(picked.values()), "Amount"], costs=COSTS)
Markdown(
    f"The sums are exact: caught {text['caught']}, missed {text['missed']} log-odds; as probabilities {score[valid.index.get_loc(picked['caught'])]:.4f} and "
    f"{score[valid.index.get_loc(picked['missed'])]:.4f}, where blocking pays from {bar[0]:.4f} and {bar[1]:.4f} on. "
    f"In the first, `{lead_column}` alone multiplies the odds of fraud by {np.exp(first_step['contribution']):,.0f}; {rare[0]:.2%} of "
    f"the training payments have a value {rare[1]}. As a probability, and compared with {BACKGROUND} training rows, it adds "
    f"{risk['contribution'].iloc[0]:.2f} to a base of {as_risk.base:.4f}.\n\n"
    "The missed one is not a riddle that a better chart would solve: in these columns it looks like an honest payment. No column speaks up for fraud "
    f"by more than {max(0.0, steps['missed']['contribution'].drop('all others').max()):.2f}. An explanation cannot hold what the model does not know."
)

# %% [markdown]
# ### What may be said to an expert about V14?
#
# `V1` to `V28` are {term}`principal components <principal component>` of fields that were never published. A fraud expert will ask what V14 *is*, and it is tempting to answer. What the numbers bear:

# %% tags=["remove-input"]
v14 = X["V14"]
honest_low = np.quantile(v14[y == 0], 0.001)
low_share = intervals.bootstrap(
    intervals.Recall(-honest_low), y, -v14, sample_weight=weight,
    scheme=intervals.Blocks(train["Time"], seconds=900), n_resamples=how["n_resamples"],
)  # fmt: skip
pd.DataFrame(
    [
        (f"Of the training frauds, {low_share:.0%} have a V14 below that of all but one in a thousand honest payments.",
         "“Fraudsters have a low V14 because …”: nobody outside knows what it is."),
        (f"Shuffling V14 costs {lost['precision']['V14']:.2f} average precision on these rows ({resolved(lost['precision']['V14'])}), and {lost['euros']['V14']:,.0f} € ({resolved(lost['euros']['V14'])}).",
         "“V14 causes fraud”, or “without V14 we would lose that”: dropped and trained again, "
         f"it is {lost['dropped']['V14']:.2f}."),
        ("In this payment V14 added so much to the score, compared with these training rows.",
         "“Had V14 been normal, we would have let it through”: payments in which V14 alone "
         "changes may not exist."),
        ("In one series it moves on with each further payment of one price.",
         "“V14 counts the payments of a card”: a guess, to be asked of those who have the fields."),
    ],
    columns=["may be said", "may not be said"],
).set_index("may be said")  # fmt: skip

# %% [markdown]
# The last line is the useful one. The bank that made these components can look the guess up in a minute. Explanations of anonymous columns are worth what they make people check.

# %% [markdown]
# ## What to decide

# %% tags=["remove-input"]
Markdown(
    "*This decision was taken on all payments"
    + (", not on this sample.*" if mode.is_quick() else ".*")
)

# %% [markdown]
# :::{admonition} What do we show, and what do we change?
# :class: pr-decide
# The release file gets permutation importance on held-out rows in euros, with intervals, and SHAP of the frauds in log-odds, named so. Gain stays out of it. Neither `Time` nor any number that grows with the rows becomes an input. A suspicion against a column, such as that against `Amount`, removes it only if it holds on rows that did not suggest it. Every training run from now on carries a column of noise, and the run stops for a human if a true column falls below it that stood above it before. An expert gets the sentences of the left column above, and the question in the last line.
# :::

# %% tags=["remove-cell"]
chapter = {"chapter": "05", "data_digest": payments.attrs["sha256"]}
drawn_by = "paired bootstrap of quarters of an hour"
for claim, interval, unit, split, n in (
    ("average precision lost when V14 is shuffled", lost["precision"]["V14"], "average precision", "valid", len(valid)),
    ("bill added when V14 is shuffled", lost["euros"]["V14"], "€ on the validation rows", "valid", len(valid)),
    ("average precision lost when V14 is dropped and the model trained again", lost["dropped"]["V14"], "average precision", "valid", len(valid)),
    ("bill saved without Amount", saved, "€ on the validation rows", "valid", len(valid)),
    ("bill saved without Amount, rows that did not suggest it", saved_again, "€ on the test rows", "test", len(test)),
    ("bill saved by having Time as a column", usual["Time"]["saved"], "€ on the validation rows", "valid", len(valid)),
    ("bill of release candidate 1 above that of the chosen model", candidate_dearer, "€ on the validation rows", "valid", len(valid)),
    ("average precision lost when a receipt number is shuffled", usual["receipt"]["lost"], "average precision", "valid", len(valid)),
):  # fmt: skip
    evidence.record(
        claim, interval.estimate, interval, unit=unit, n=n, split=split, how=drawn_by, **chapter
    )

# %% tags=["remove-cell"]
for name, (by_rank, _) in steady.items():
    evidence.record(
        f"rank correlation of explanations, {name}", by_rank.estimate, by_rank, n=by_rank.n,
        unit="Spearman's rank correlation", split="development",
        how="mean |SHAP| of the validation frauds, models trained again; jackknife over runs, Student's t",
        **chapter,
    )  # fmt: skip

# %% tags=["remove-cell"]
for name, (by_rank, _) in by_rows.items():
    evidence.record(
        f"rank correlation of explanations, {name}", by_rank.estimate, by_rank, n=by_rank.n,
        unit="Spearman's rank correlation", split="development",
        how="means over the validation frauds, drawn by quarters of an hour; one training each",
        **chapter,
    )  # fmt: skip
at_one = shares[(shares["strength"] == 1)].set_index("method")["share"]
for method, found_at_one in at_one.items():
    evidence.record(
        f"leaks of one standard deviation found by {method}", found_at_one.estimate, found_at_one,
        n=found_at_one.n, unit="share of plantings", split="development", how="exact binomial",
        **chapter,
    )  # fmt: skip
evidence.record(
    "largest miss of additivity, all test rows", all_shap.error, None, unit="log-odds",
    n=len(test), split="test", how="base and SHAP values against the model's own score", **chapter,
)  # fmt: skip
evidence.record(
    "average precision on training rows with labels without meaning, least of all", null.train.min(),
    None, unit="average precision", n=PERMUTATIONS, split="train", how="labels moved in time", **chapter,
)  # fmt: skip

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Ask which of three questions is meant: what the score is made of, what the worth rests on, what the data would lose.
# - Measure importance on *later* rows than the model learned from, in the unit of the decision, with an interval. Shuffle together what belongs together.
# - A SHAP chart needs its scale, its background and its rows in the caption. Adding up is necessary; it does not make an explanation of a broken model useful.
# - Plant noise, an identifier and a leak before you believe a ranking. Train once on labels without meaning before you believe a training score.
# - Few cards make many rows: a column may be important because one thief liked one price.
# - Nothing that shuffles, drops or adds up knows what a column means. Say what was measured, and ask the people who have the fields.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: explain-read
#
# In the waterfall of the fraud that was caught, cover the two largest contributions with your hand. Would the payment still have been blocked by its own threshold? Then compute it, and say why the answer is *not* “what would have happened without those two columns”.
# ```

# %% tags=["hide-cell"]
whole = cases.waterfall(0)
left = cases.score[0] - whole["contribution"].iloc[:2].sum()
chance = 1 / (1 + np.exp(-left))
Markdown(
    f"Without `{whole.index[0]}` and `{whole.index[1]}` the sum is {left:.2f} log-odds, a probability of {chance:.4f}; the threshold of this "
    f"payment is {bar[0]:.4f}: {'still blocked' if chance >= bar[0] else 'let through'}. But the sum without two terms is the score of no payment. "
    "The other contributions were shared out with these two present, and a model without them would have learned to use the others."
)

# %% [markdown]
# ```{exercise} Code it
# :label: explain-code
#
# Is the hour of the day worth something? Add it as a column, train again, and judge it in all three ways: by what its shuffling costs, by what it adds to average precision and to the bill, and by its place among mean |SHAP| of the frauds. Think first what it can do on these rows, and what on a whole week.
#
# Call the new column on the validation rows `hour`, and what the new model says of them `hour_score`.
# ```

# %% tags=["hide-cell"]
learn, judge = (part.assign(hour=part["Time"] // 3600 % 24) for part in (learn, judge))
with_hour = [*names, "hour"]
clocked = fit_thin(with_hour)
hour_shuffled = explain.shuffle(
    clocked, judge[with_hour], columns=["hour"], n_repeats=1, sample_weight=weight_valid
)
hour, hour_score = judge["hour"], hour_shuffled.score
hour_lost = explain.permutation_importance(hour_shuffled, y_valid, precision, **how)["hour"]
place = explain.attribute(clocked, judge.loc[y_valid == 1, with_hour]).importance()
hour_worth = compare(precision, hour_shuffled.score, plain_score)
hour_saved = compare(euros, hour_shuffled.score, plain_score)
Markdown(
    f"Shuffled, it costs {hour_lost:.3f} average precision ({resolved(hour_lost)}); trained with it, average precision changes by {hour_worth:+.3f} "
    f"({resolved(hour_worth)}), and the model saves {hour_saved:,.0f} € ({resolved(hour_saved)}); among mean |SHAP| of the frauds it is number "
    f"{int(place.rank(ascending=False)['hour'])} of {len(place)}. The validation rows are some hours of one day: there it can hardly tell one "
    "payment from another, and what it learned about the nights of two days is not tested at all."
)

# %% tags=["remove-cell", "check"]
from prerelease import checks

checks.hour_of_day(hour, hour_score, valid=valid, score=plain_score)

# %% [markdown]
# ```{exercise} Argue it
# :label: explain-argue
#
# A regulator asks for “the reasons” of each blocked payment, in words. A vendor offers software that turns SHAP values into sentences: “blocked because V14 was unusual”. What do you answer to both?
# ```
#
# ```{solution} explain-argue
# :class: dropdown
#
# To the regulator: we can state, for each payment, which inputs moved the score, by how much, compared with which payments, and that these add up to the score; we keep it with the decision. We cannot give causes, and for anonymous inputs we cannot give meanings; the bank that has the fields can, and must check them. We also show what the model was *not* given. To the vendor: a sentence with “because” claims more than the numbers hold. “Unusual” is a claim about other payments that can be checked, “because” is one that cannot. We would rather send the customer the name and the number of a person who can look.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`lundberg2017` and {cite:t}`lundberg2020`: SHAP values, and the two ways for trees.
# - {cite:t}`kumar2020`: what Shapley values are not, when they are read as importance.
# - {cite:t}`breiman2001` and {cite:t}`fisher2019`: permutation importance, then and now.
# - {cite:t}`strobl2007`: why importance on training rows favours columns with many values.
# - {cite:t}`ojala2010`: what labels without meaning can test.
# - {cite:t}`jain2019`: why attention is not an explanation.
