# %% [markdown]
# # How the search is set up
#
# What may a search set, does a killed one find the same, and who wrote the rule of choice when? The searches themselves run on [the page of the race](03_candidates).

# %% tags=["hide-input"]
import tempfile
from pathlib import Path

import pandas as pd
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

from casebook import data, mode, models, search, split
from casebook.page import headed, in_short
from prerelease import costs

pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## What may be searched
#
# Each family's settings, from where to where, are written down in `models.FAMILIES` before anything is searched. The first trial is what one would set by hand.

# %% tags=["remove-input"]
spaces = pd.DataFrame(
    [
        {
            "family": name,
            "setting": setting,
            "searched": " or ".join(span)
            if isinstance(span, tuple)
            else f"{span.low:g} to {span.high:g}{', logarithmic' if span.log else ''}",
            "first trial": family.start[setting],
        }
        for name, family in models.FAMILIES.items()
        for setting, span in family.space.items()
    ]
)
spaces.set_index(["family", "setting"])

# %% [markdown]
# ## How many trials
#
# As many as twenty seconds of one core bought here, counted as trials, so that two runs find the same. For a slow family those are a handful. That teaches a sampler nothing, so we draw at random and say so. Where there are more, Optuna's TPE {cite:p}`bergstra2011` proposes.

# %% tags=["remove-input"]
budgets = pd.DataFrame(
    {
        name: {
            "trials of a search": f"{family.trials}",
            "proposed": "by TPE, after four blind" if family.sampler == "TPE" else "at random",
        }
        for name, family in models.FAMILIES.items()
    }
).T
headed(budgets.rename_axis("each search of"))

# %% [markdown]
# A search has luck twice: in what it draws, and in the seed that its models are trained with. So each family is searched three times, with three seeds, and the winners are trained again with the seeds of the others. {term}`Pruning` holds a trial, after each stretch of time, against the median of those before it; the first three are never cut.
#
# Two budgets hide in one: in the same seconds a cheap family tries many settings, an expensive one a few. So families are compared at this price, not at their best.
#
# ## Does a killed search find the same?
#
# A {term}`study` lives in an SQLite file. Its sampler is seeded by the number of finished trials, and not once for all. So whoever goes on draws what would have been drawn anyway. And a study remembers what it was made from: with other data, other code or another library version it is set aside and not continued.
#
# We try it on the small sample of payments that comes with the book. One search ends early and goes on later, another never stops.

# %% tags=["remove-cell"]
STOPPED, ALL, NAME = 2, 4, "logistic regression"
train, _ = split.development(data.load_sample())
task = search.make_task(train, costs=costs.CostModel(), share=0.5)
family = {NAME: models.FAMILIES[NAME]}
how = {"seconds": 600, "processes": 1, "seeds": [0]}
stopped, never = (Path(tempfile.mkdtemp()) for _ in range(2))

# %%
search.search_all(family, task, place=stopped, trials={NAME: STOPPED}, **how)
resumed = search.search_all(family, task, place=stopped, trials={NAME: ALL}, **how)[NAME][0]
whole = search.search_all(family, task, place=never, trials={NAME: ALL}, **how)[NAME][0]

# %% tags=["remove-input"]
both = whole.trials[["C", "scale", "savings"]].assign(resumed=resumed.trials["savings"])
both = both.rename(columns={"savings": "savings, never stopped", "resumed": "savings, resumed"})
headed(both.rename_axis("trial").round(4))

# %% tags=["remove-cell"]
alike = whole.trials.drop(columns="seconds").equals(resumed.trials.drop(columns="seconds"))
n_alike = int((whole.trials["savings"] == resumed.trials["savings"]).sum())
found_alike = "the same, to the last bit" if alike else "not the same"

# %% [markdown]
# Settings and savings of the two are {eval}`found_alike`. A real kill, in the middle of a trial, loses that trial and nothing else: a test of the project kills a search and looks.
#
# ## The story of the rule
#
# The rule of choice was *not* written before anybody had seen a result.
#
# 1. First stood another: chapter 02 said that of models whose difference could be luck the simpler one ships (commit `affa536`).
# 2. The hundredth came with the first version of chapter 03 (`1db42a0`). The older sentence was replaced after the race had run (`24ca90b`).
# 3. The rule of *decision* was once a threshold for each payment. When it was made one for the whole book, the race was run again. That was written down and committed before its result was seen (`1a65781`), with the rule of choice as it stood.
# 4. The rerun also changed the budget of the searches, their seeds and how each family's winner is picked (`1a65781`, `f68a707`), again before the validation rows were scored. Before it, a searched LightGBM won.
#
# What each of the two rules chooses now stands beside [the result](03_candidates).

# %% tags=["remove-input", "in-short"]
in_short(
    question="Does a search that is stopped and goes on find what it would have found anyway?",
    answer=f"**{'Yes' if alike else 'No'}:** {n_alike} of {ALL} trials save the same in the end.",
    decision="Keep each study in a file, seed its sampler by the number of finished trials, and count trials instead of seconds.",
)

# %% [markdown]
# Back to [the race](03_candidates).
