# %% [markdown]
# # The model card, and how ready is everything around it?
#
# [The release](08_release) is a model and a verdict. Two papers go with it: a card that says what the model is for and what it was shown to do, and a score for everything around the model.

# %% tags=["hide-input"]
import tomllib
from importlib.resources import files

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import Markdown

from casebook import conventions, data, evidence, mode, split
from casebook.page import in_short
from prerelease import card, gate
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
payments = data.load()
rows, criteria = evidence.read(), gate.read_criteria(conventions.CRITERIA)
source, sha256 = payments.attrs["source"], payments.attrs["sha256"]
order = gate.order(split.uses(), criteria_digest=criteria.digest, source=source)
verdict = gate.judge_evidence(rows, criteria, data_digest=sha256, data=source, order=order)

# %% [markdown]
# ## The model card
#
# A {term}`model card <Model card>` {cite:p}`mitchell2019` is generated here from the rows that the gate judged. What no measurement can say, its use and its limits, stands in the criteria file. Nobody can type a number into it.

# %%
made = card.build(rows, verdict, criteria)

# %% tags=["remove-cell"]
LEFT_OUT = ("Verdict", "Other evidence", "Environment")


def in_brief(part):
    """Return a part of the card; of its results, those of this chapter."""
    lines = list(part.lines)
    if part.table is not None:
        own = part.table[part.table["Chapter"] == "08"]
        lines += (own["Claim"] + ": " + own["Value"] + " " + own["Unit"]).tolist()
    return f"**{part.title}**\n\n" + "\n".join(f"- {line}" for line in lines)


# %% tags=["remove-input"]
Markdown(
    "```{dropdown} The model card, in brief\n"
    + "\n\n".join(in_brief(part) for part in made.sections if part.title not in LEFT_OUT)
    + "\n```"
)

# %% [markdown]
# The whole card, with every result, the versions and the digests, is linked from [the page of the evidence](../about/evidence).

# %% [markdown]
# ## How ready is everything around it?
#
# The ML Test Score {cite:p}`breck2017` asks twenty-eight questions about it, seven in each of four sections. There is nothing for what is not done, half a point for what was done by hand, one for what a machine does each time. The final score is that of the *weakest* section. These are our answers about ourselves, as a project that serves nothing yet.

# %% tags=["remove-cell"]
given = files("casebook").joinpath("ml_test_score.toml").read_text(encoding="utf-8")
answers = pd.DataFrame(tomllib.loads(given)["test"])
sections = answers.groupby("section", sort=False)["done"].sum()
final, weakest = sections.min(), sections.idxmin()
MEANING = {  # as its authors have it, from so many points on
    0: "more of a research project than a production system",
    1: "not totally untested, but serious holes are possible",
    2: "a first pass at production has been made, and more investment may be needed",
    3: "reasonably tested, though more of those tests could be automated",
    5: "strong levels of automated testing and monitoring",
}
meaning = [words for least, words in MEANING.items() if final >= least][-1]

# %% tags=["remove-cell"]
figure, axes = plt.subplots(figsize=(3.4, 2.4))
colours = [COLOURS["orange" if name == weakest else "blue"] for name in sections.index]
sns.barplot(x=sections.to_numpy(), y=sections.index, hue=sections.index, palette=colours, ax=axes)
axes.axvline(7, color=INK["light"], lw=1.0, ls="--")
axes.set(title="How ready is what surrounds it?", xlabel="points of 7", ylabel="", xlim=(0, 7.2))
ALT = "Points of seven for each section of the ML Test Score: " + "; ".join(
    f"{name} {points:g}" for name, points in sections.items()
)
picture = show(figure, alt=f"{ALT}.")

# %% [markdown]
# The score is **{eval}`f"{final:g}"`**, for the section *{eval}`weakest`*: {eval}`meaning`. All questions and answers:

# %% tags=["remove-input"]
answers.set_index(["section", "name"]).rename(columns={"done": "points", "how": "why"})

# %% tags=["remove-input", "in-short"]
in_short(
    question="What does the card say, and how ready is everything around the model?",
    answer=(
        f"The card is generated from **{len(rows)} results**, none typed. The ML Test Score is "
        f"**{final:g} of 7**, for the section “{weakest}”: {meaning}."
    ),
    decision="Generate the card from the file that was judged; work next on the weakest section, since it is the score.",
    figure=picture,
)

# %% [markdown]
# [Back to the release](08_release)
