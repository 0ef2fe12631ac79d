# %% [markdown]
# # F-beta, and the price inside it
#
# “Misses are worse, so take F2.” An {term}`F-beta score` does hold a price, but not the one its name suggests. You need precision and recall; five minutes. [Back to the metrics](01_metrics_for_impact).

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown

from casebook import data, impact, mode, models, split
from casebook.page import in_short
from prerelease import costs
from prerelease.plots import COLOURS, INK, show, use_style

use_style()

# %% tags=["remove-input"]
Markdown(mode.banner())

# %%
payments = data.load()
train, valid = split.development(payments)
y_valid, amount, COSTS = valid["Class"], valid["Amount"], costs.CostModel()
plain, logistic = impact.scores(
    [(models.boosted(), {}), (models.logistic_regression(), {})], train, valid
)

# %% [markdown]
# ## Which price does it hold?
#
# At the best threshold of a calibrated model, F-beta blocks down to a probability of $t^* = F^*/(1+\beta^2)$. {cite:t}`lipton2014` show it for F1, and {cite:t}`koyejo2014` that each metric of this kind asks for a threshold which depends on its best value. A cost model with constant prices blocks down to $1/(1+\text{price})$ {cite:p}`elkan2001`. Set the two equal:
#
# $$\text{price of a missed fraud} = \frac{1+\beta^2}{F^*_\beta} - 1 \;\ge\; \beta^2$$
#
# The price depends on $F^*$: on how good the model is. No business price does that.

# %%
betas = [0.5, 1, 2, 3, 5]
best = {
    name: {beta: costs.best_fbeta(y_valid, score, beta=beta) for beta in betas}
    for name, score in {"boosted": plain, "logistic": logistic}.items()
}

# %% [markdown]
# And what does our {term}`cost model` ask for? The mean euros that blocking a fraud saves, over the mean euros that blocking an honest payment loses.

# %%
asked = (
    COSTS.saved_by_blocking(amount[y_valid == 1]).mean()
    / COSTS.lost_by_blocking(amount[y_valid == 0]).mean()
)

# %% tags=["remove-cell"]
prices = pd.DataFrame(
    {name: {beta: found.price for beta, found in row.items()} for name, row in best.items()}
)
prices["β² (a perfect model)"] = np.square(betas)
two, f2 = prices.loc[2], best["boosted"][2]
described = (
    "Price of a missed fraud, in false alarms, against beta, on logarithmic axes. F2 puts "
    f"{two['boosted']:.1f} on it with the boosted model and {two['logistic']:.1f} with logistic "
    f"regression, where a perfect model has 4. The cost model asks for {asked:.0f}."
)


def implied_beta(score):
    """Solve for β what holds at the best F-beta: price = (1 + β²) / F - 1, with F as expected."""
    at = 1 / (1 + asked)
    return np.sqrt((score[score >= at] / at - 1).sum() / score.sum())


implied = {"boosted": implied_beta(plain), "logistic": implied_beta(logistic)}

# %% tags=["hide-input"]
figure, axes = plt.subplots()
sns.lineplot(prices, markers=True, ax=axes)
axes.axhline(asked, color=INK["light"], lw=1.2, ls="--")
axes.text(betas[0], 1.05 * asked, f"the cost model asks for {asked:.0f}", fontsize="small")
axes.set(title="What price does each F-beta put on a miss?", xscale="log", yscale="log")
axes.set(xlabel="β", ylabel="price of a missed fraud\n(in false alarms)")
axes.set_xticks(betas, [f"{beta:g}" for beta in betas])
axes.minorticks_off()
axes.yaxis.set_major_formatter("{x:g}")
show(figure, alt=described)

# %% [markdown]
# **The lower a model's F2, the higher the price of a miss.** F2 takes one to be worth {eval}`f"{two['boosted']:.1f}"` false alarms with one model, and {eval}`f"{two['logistic']:.1f}"` with the other. Our prices say {eval}`f"{asked:.0f}"`.
#
# The other way round: to hold that price, β must be {eval}`f"{implied['boosted']:.1f}"` for the boosted model and {eval}`f"{implied['logistic']:.1f}"` for logistic regression.
#
# One caution. The boosted model's best F2 is {eval}`f"{f2.value:.2f}"`, for which theory puts the threshold at {eval}`f"{1 / (1 + f2.price):.2f}"`. On these rows it is {eval}`f"{f2.threshold:.2f}"`: with so few frauds a best threshold is known only roughly.
#
# ## What to decide
#
# Whoever reports F-beta should say which price it holds. Whoever has a price does not need F-beta.


# %% tags=["remove-cell"]
def beta_of_each():
    """Draw the β that each model would need."""
    figure, axes = plt.subplots(figsize=(3.3, 2.2))
    sns.barplot(
        x=[*implied.values()], y=[*implied], hue=[*implied],
        palette=[COLOURS["blue"], COLOURS["orange"]], ax=axes,
    )  # fmt: skip
    axes.set(title="Which β holds our price?", xlabel="β", xlim=(0, None))
    return figure


# %% tags=["remove-input", "in-short"]
in_short(
    question="Misses are worse, so why not take F2?",
    answer=(
        f"**Because nobody chose its price.** F2 prices a miss at {two['boosted']:.1f} false alarms for one model and "
        f"{two['logistic']:.1f} for a weaker one. Our prices ask for {asked:.0f}."
    ),
    decision="Write the price down and count euros. If you must report F-beta, say which price it holds.",
    figure=show(
        beta_of_each(),
        alt=(
            f"The β that holds the price of the cost model: {implied['boosted']:.1f} for the boosted model, "
            f"{implied['logistic']:.1f} for logistic regression."
        ),
    ),
)
