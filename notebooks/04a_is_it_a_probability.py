# %% [markdown]
# # The score, and the desk's prices
#
# [Chapter 04](04_uncertainty) lets a person look where a look is worth its price. That takes a score that is a probability, and prices that are right. You need {term}`calibration` and the {term}`cost model` of chapter 01.

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown
from sklearn.base import clone

from casebook import conventions, data, doubts, evidence, mode, models, plots, profile, split
from casebook.page import in_short, percent
from prerelease import calibration, costs, intervals, losses
from prerelease import uncertainty as doubt
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
learn, night = doubts.stretches(train)
features = [*models.INPUTS]
model = clone(models.chosen()).fit(learn[features], learn["Class"])
later = pd.concat([night, valid])
scores = pd.Series(model.predict_proba(later[features])[:, 1], later.index)
p_night, p_valid = scores.loc[night.index].to_numpy(), scores.loc[valid.index].to_numpy()
y_night, y_valid = night["Class"].to_numpy(), valid["Class"].to_numpy()
COSTS, DESK = costs.CostModel(), doubt.ReviewDesk()

# %% [markdown]
# ## Which rows
#
# The {term}`development rows` are cut into three stretches of time. The model's settings are a rule of thumb, written down in chapter 01, which no search has tuned. That this model goes on, and not another, was decided on the validation rows in chapters 01 and 03. That may flatter it a little there. On the test rows it cannot, except through people who had seen them: [who had? →](08a_what_a_pass_is_worth)

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "from hour": f"{rows['Time'].iloc[0] / 3600:.1f}",
            "to hour": f"{rows['Time'].iloc[-1] / 3600:.1f}",
            "payments": f"{len(rows):,}",
            "frauds": int(rows["Class"].sum()),
            "sum of the scores": f"{score.sum():.1f}" if score is not None else "–",
        }
        for name, rows, score in (
            ("day 1: learn", learn, None),
            ("night: calibrate", night, p_night),
            ("validation: judge", valid, p_valid),
        )
    }
).T

# %% [markdown]
# Intervals are those of the {term}`block bootstrap` of chapter 02, since frauds come in bursts. What is asked about at once holds together with 95 %. That is nine or five savings here, where chapter 04 asks about four, so the same saving has a longer interval here. Exact binomial intervals stand where resamples hardly differ: for shares with fewer than five rows on one side, and for single hours. They take rows as independent, so they are too short where a burst shares one fate.

# %% [markdown]
# ## Is the score a probability?
#
# Of the payments with a score of 2 %, 2 % must be frauds. Scores can be corrected on rows that the model did not learn from. We use the night, and judge by the {term}`log-loss` on the validation rows. Four corrections of chapter 01 are tried: sigmoid and temperature, which have two numbers and one to learn; isotonic regression and {term}`Venn–Abers`, which may take any rising shape.
#
# **The rule, before the result:** scores stay as they are unless a correction has a lower log-loss, with an interval that holds for all four together.

# %%
corrected = {"as it is": p_valid}
for method in calibration.METHODS:
    corrected[method] = calibration.fit(y_night, p_night, method=method)(p_valid)
loss_of = {name: losses.log_losses(y_valid, score) for name, score in corrected.items()}

# %% tags=["remove-cell"]
worse_by = {
    name: doubts.total(
        loss_of[name] - loss_of["as it is"], valid["Time"], asked=len(calibration.METHODS)
    )
    for name in calibration.METHODS
}
verdict_of = intervals.verdicts(worse_by, above="higher", below="lower")

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "sum of the scores": f"{score.sum():.1f}",
            "log-loss (sum)": f"{loss_of[name].sum():.1f}",
            "… above “as it is”": f"{worse_by[name]:+.1f}" if name in worse_by else "–",
            "against “as it is”": verdict_of.get(name, "–"),
        }
        for name, score in corrected.items()
    }
).T.rename_axis("correction")

# %% tags=["remove-cell"]
mended = [name for name, word in verdict_of.items() if word == "lower"]
chosen_score = min(mended, key=lambda name: worse_by[name].estimate) if mended else "as it is"
kept_as = "as they are" if not mended else f"after {chosen_score}"
so_scores = (
    "No correction that was learned at night is shown to help by day."
    if not mended
    else "In what follows we work with the scores as they are all the same."
)

# %% [markdown]
# There were {eval}`int(y_valid.sum())` frauds, to compare with the sums. The rule keeps the scores **{eval}`kept_as`**. {eval}`so_scores`
#
# That has a useful side. Scores that were not fitted to the night may be *judged* on the night, too. So euros are counted on both stretches: {eval}`int(later["Class"].sum())` frauds in place of {eval}`int(y_valid.sum())`.

# %% [markdown]
# ## What if the desk's prices are wrong?
#
# A desk has four constants, all of them assumptions.

# %% tags=["remove-input"]
pd.DataFrame(
    [
        ("fee", f"{DESK.fee:g} €", "a look at a payment, right or wrong: as a review in chapter 01"),
        ("wait", f"{DESK.wait:g} €", "an honest customer who waited and was let go"),
        ("missed_share", percent(DESK.missed_share), "of the frauds that a person looks at are let go"),
        ("refused_share", percent(DESK.refused_share), "of the honest payments looked at are refused"),
    ],
    columns=["constant", "value", "what it pays for"],
).set_index("constant")  # fmt: skip

# %% [markdown]
# The ones to argue about are the last two. So three fees meet three rates of error: nine comparisons with the incumbent on the same payments, with intervals that hold for all nine together.

# %% tags=["remove-cell"]
fraud, amount, time = (later[name].to_numpy() for name in ("Class", "Amount", "Time"))
p = scores.to_numpy()
incumbent = 2 * conventions.decide(later, p, costs=COSTS)


def bill(decision, desk=DESK):
    """Euros that each decision about the later rows costs."""
    return doubt.three_way_costs(fraud, decision, amount, costs=COSTS, desk=desk)


# %%
desks = {
    (fee, missed): doubt.ReviewDesk(fee=fee, missed_share=missed)
    for fee in (2.0, 5.0, 10.0)
    for missed in (0.0, 0.1, 0.3)
}
decided = {key: doubt.three_way(p, amount, costs=COSTS, desk=desk) for key, desk in desks.items()}

# %% tags=["remove-cell"]
worth = {
    key: doubts.total(
        bill(incumbent) - bill(decided[key], desk),
        time,
        asked=len(desks),
        n_resamples=2000,  # in quick mode, too: one of these intervals ends close to zero
    )
    for key, desk in desks.items()
}

# %% tags=["remove-cell"]
cell_says = intervals.verdicts(worth, above="cheaper", below="more expensive")
listed = {
    word: [
        f"{fee:g} € at {percent(missed)} missed"
        for (fee, missed), w in cell_says.items()
        if w == word
    ]
    for word in ("cheaper", "more expensive")
}
so_desks = (
    f"Three ways save by more than luck at {len(listed['cheaper'])} of the {len(desks)} desks ({', '.join(listed['cheaper'])})."
    if listed["cheaper"]
    else "At none of these desks do three ways save by more than luck."
) + (
    f" They cost more, by more than luck, at {len(listed['more expensive'])} ({', '.join(listed['more expensive'])})."
    if listed["more expensive"]
    else " Everywhere else the difference could be luck: its interval holds zero."
)

# %% tags=["remove-cell"]
expected, counted = (
    (
        doubt.three_way_costs(truth, incumbent, amount, costs=COSTS, desk=DESK)
        - doubt.three_way_costs(
            truth, decided[DESK.fee, DESK.missed_share], amount, costs=COSTS, desk=DESK
        )
    ).sum()
    for truth in (p, fraud)
)
by_desk = {
    f"{percent(missed)} of frauds let go": {
        f"a look costs {fee:g} €": worth[fee, missed] for fee in (2.0, 5.0, 10.0)
    }
    for missed in (0.0, 0.1, 0.3)
}

# %% tags=["remove-input"]
desk_alt = (
    "Euros saved by three ways against one threshold, with intervals that hold together, by what a look costs and how many frauds people let go: "
    + "; ".join(
        f"{fee:g} euros, {percent(missed)}: {one:,.0f}" for (fee, missed), one in worth.items()
    )
    + "."
)
desk_figure = plots.beside(
    by_desk,
    title="At which desks do three ways save?",
    unit="euros saved against one threshold",
    reference=0,
)
show(desk_figure, alt=desk_alt)

# %% [markdown]
# {eval}`so_desks` The rates of error are the numbers that nobody in the room knows. Measure them, by sending known frauds to the desk, before arguing about the model.
#
# By its own probabilities three ways can never cost more, since a person is only asked where that is cheaper on average. On these payments the model expected {eval}`f"{expected:,.0f}"` € less than the incumbent, and {eval}`f"{counted:,.0f}"` € less was counted.

# %% [markdown]
# ## So many hands
#
# With at most $k$ looks an hour, the best are those that save most, one by one. The saving of a look does not depend on the others. With no look at all, what is left are two ways by amount.

# %%
LOOKS = (0, 1, 2, 5, 10)
in_hand = {k: doubt.three_way(p, amount, costs=COSTS, desk=DESK, k=k, time=time) for k in LOOKS}

# %% tags=["remove-cell"]
hands = {
    k: doubts.total(bill(incumbent) - bill(decision), time, asked=len(LOOKS))
    for k, decision in in_hand.items()
}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        k: {
            "looks": int((in_hand[k] == 1).sum()),
            "… of them at frauds": int((fraud[in_hand[k] == 1]).sum()),
            "bursts with a fraud stopped or looked at": "{} of {}".format(
                *profile.burst_recall(time, fraud, in_hand[k] > 0)
            ),
            "€ saved": f"{saving:,.0f}",
            "against the incumbent": doubts.cheaper(saving, len(LOOKS)),
        }
        for k, saving in hands.items()
    }
).T.rename_axis("looks an hour, at most")

# %% [markdown]
# The best of an hour are known at its end only, so a desk that must choose at once does a little worse.

# %% tags=["remove-cell"]
concluded = {
    "which correction of the scores is kept?": chosen_score,
    **{f"log-loss of {name}, against the scores as they are": w for name, w in verdict_of.items()},
    **{f"desks with which three ways are {w}": "; ".join(c) or "none" for w, c in listed.items()},
    **{f"at most {k} looks an hour": doubts.cheaper(s, len(LOOKS)) for k, s in hands.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="04a")

# %% tags=["remove-cell"]
small = forest(
    worse_by,
    title="Does a correction help?",
    reference=0,
    spec="+.1f",
    unit="log-loss above that of the score as it is",
)
small.set_size_inches(3.4, 2.9)
small_alt = (
    "Log-loss of each correction above that of the score as it is, with intervals: "
    + "; ".join(f"{name} {one:+.1f}" for name, one in worse_by.items())
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Is the score a probability, and what if the desk's prices are wrong?",
    answer=(
        f"**The scores stay {kept_as}: {so_scores[0].lower()}{so_scores[1:]}** With prices from 2 € to 10 € a look and up to 30 % of frauds let go, "
        f"three ways save by more than luck at {len(listed['cheaper'])} of {len(desks)} desks."
    ),
    decision="Measure how often people err, with known frauds, before hiring.",
    figure=show(small, alt=f"{small_alt}."),
)

# %% [markdown]
# Back to [when it should not decide](04_uncertainty). On: [what may be guaranteed about frauds, and until when? →](04b_sets)
