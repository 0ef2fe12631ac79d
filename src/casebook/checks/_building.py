"""Chapters 00 to 03: from the data to a candidate."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from casebook.data import sampling_weights
from casebook.split import TRAIN_END
from prerelease.losses import focal_posterior

from ._feedback import by_name, check, close, need, numbers, ranked_as_by_a_model, same, scores

_LEAST_FRAUDS = 5
_GAMMAS = (1, 5)
_WAIT = 6 * 3600.0


@check
def risky_amounts(chosen: Any, rates: Any, *, train: pd.DataFrame, valid: pd.DataFrame) -> str:
    """Look at the answer to exercise 0.2.

    Parameters
    ----------
    chosen : array-like of shape (3,)
        The amounts (€) that look most risky on the training rows.
    rates : dict or pandas.Series
        The fraud rate of each of them on the validation rows; NaN where nobody paid it.
    train, valid : pandas.DataFrame
        The development rows, from `casebook.split.development`.

    Examples
    --------
    >>> print(risky_amounts([1.0, 2.0], {}, train=None, valid=None))
    Not yet. `chosen` has 2 numbers, and 3 are asked for.
    """
    amounts = numbers(chosen, "chosen", length=3)
    learned = _rates(train)
    need(
        set(amounts) <= set(learned.index),
        "`chosen` holds an amount that nobody paid in training. It should hold amounts in "
        "euros, as they stand in the column.",
    )
    frauds = learned.loc[amounts, "frauds"].min()
    need(
        frauds >= _LEAST_FRAUDS,
        f"An amount in `chosen` has {frauds:.0f} training frauds: the exercise asks for at "
        "least five, because a rate of so few says nothing.",
    )
    enough = learned[learned["frauds"] >= _LEAST_FRAUDS]
    need(
        set(amounts) == set(enough.nlargest(3, "rate").index),
        "These are not the three highest fraud rates of the training rows among the amounts "
        "with at least five frauds. A rate is frauds by payments, not a number of frauds.",
    )
    later = by_name(rates, "rates", amounts)
    found, by_row = (
        table["rate"].reindex(amounts).fillna(0)
        for table in (_rates(valid), _rates(valid, np.ones(len(valid))))
    )
    same(
        np.nan_to_num(numbers([later[amount] for amount in amounts], "rates", gaps=True)),
        found,
        {
            "`rates` hold percent: a rate is a share, frauds by payments.": found * 100,
            "`rates` count frauds: a rate is frauds by payments.": (
                _rates(valid)["frauds"].reindex(amounts).fillna(0)
            ),
            "`rates` are those of the training rows, by which the amounts were chosen. Ask the "
            "validation rows.": learned.loc[amounts, "rate"],
            "`rates` count the rows of the sample, where frauds are too frequent: weigh them with "
            "`data.sampling_weights`.": by_row,
        },
        "`rates` differ from frauds by payments of the validation rows that have these amounts.",
        rtol=0.01,  # payments of the sample are weighed, and their number may be rounded
    )
    return "Chosen on one set of rows, measured on another. Now: would you ship it?"


def _rates(rows: pd.DataFrame, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Return the number of frauds and the fraud rate of each amount."""
    weight = sampling_weights(rows) if weights is None else weights
    frame = pd.DataFrame({"weight": weight, "fraud": weight * rows["Class"].to_numpy()})
    sums = frame.groupby(rows["Amount"].to_numpy()).sum()
    frauds = rows.groupby("Amount")["Class"].sum()
    return pd.DataFrame({"frauds": frauds, "rate": sums["fraud"] / sums["weight"]})


@check
def focal_corrections(
    focal_scores: Any, focal_corrected: Any, *, y: ArrayLike, plain: ArrayLike
) -> str:
    """Look at the answer to exercise 1.3.

    Parameters
    ----------
    focal_scores : dict of float to array-like of shape (n,)
        By γ: the scores, for the validation rows, of the model that was trained with this γ.
    focal_corrected : dict of float to array-like of shape (n,)
        By γ: the same, corrected.
    y : array-like of shape (n,)
        The labels of the validation rows.
    plain : array-like of shape (n,)
        Scores for them of the chapter's model, which was trained on the training rows.

    Examples
    --------
    >>> print(focal_corrections({1.0: [0.2]}, {}, y=[0], plain=[0.2]))
    Not yet. `focal_scores` should be a dict with one entry for each of: 1, 5. Missing: 5.
    """
    found = by_name(focal_scores, "focal_scores", _GAMMAS)
    undone = by_name(focal_corrected, "focal_corrected", _GAMMAS)
    read = {}
    for gamma in _GAMMAS:
        name, other = f"focal_scores[{gamma}]", f"focal_corrected[{gamma}]"
        score = read[gamma] = scores(found[gamma], name, length=len(y))
        back = scores(undone[gamma], other, length=len(y))
        exchanged = close(score, focal_posterior(back, gamma=gamma))
        need(not exchanged, f"`{name}` and `{other}` have changed places.")
        same(
            back,
            focal_posterior(score, gamma=gamma),
            {f"`{other}` is the score of the model, not yet corrected.": score},
            f"`{other}` is not `{name}` corrected with the γ that the model was trained with. Did "
            "each model keep its own γ?",
        )
        need(not close(score, plain), f"`{name}` is the chapter's model, which has no γ.")
        ranked_as_by_a_model(score, name, y, plain)
    alike = "Both entries of `focal_scores` are the same: γ did not reach the training."
    need(not close(read[1], read[5]), alike)
    nearer = np.abs(read[5] - 0.5).mean() < np.abs(read[1] - 0.5).mean()
    need(nearer, "The larger γ, the nearer scores are to one half: did the two change places?")
    return "Each model corrected by its own γ. Now compare their log-losses, before and after."


@check
def waiting_rows(known_then: Any, *, rows: pd.DataFrame) -> str:
    """Look at the answer to exercise 2.1.

    Parameters
    ----------
    known_then : dict of str to array-like of int
        Positions in `rows` of what each of ``"neither"``, ``"gap"`` and ``"delay"`` trains on.
    rows : pandas.DataFrame
        The payments in order of time, with their column ``Time`` in seconds.

    Examples
    --------
    >>> print(waiting_rows([1, 2, 3], rows=None))
    Not yet. `known_then` should be a dict with one entry for each of: neither, gap, delay.
    """
    found = by_name(known_then, "known_then", ("neither", "gap", "delay"))
    times = rows["Time"].to_numpy()
    count = {}
    for name, positions in found.items():
        given = numbers(positions, f"known_then[{name!r}]")
        count[name] = len(given)
        need(count[name], f"`known_then[{name!r}]` is empty.")
        place = np.unique(given.astype(int))
        there = 0 <= place.min() <= place.max() < len(rows) and np.array_equal(
            place, np.unique(given)
        )
        need(there, f"`known_then[{name!r}]` should hold positions in `rows`, from 0.")
        need(len(place) == len(given), f"`known_then[{name!r}]` holds a position twice.")
        past = np.searchsorted(times, times[place].max(), side="right")
        gaps = f"`known_then[{name!r}]` leaves out rows of the past that it may learn from."
        need(count[name] == past, gaps)
    whole, after_seconds, after_hours = np.searchsorted(
        times, [TRAIN_END, TRAIN_END - _WAIT / 3600, TRAIN_END - _WAIT]
    )
    need(
        count["neither"] <= whole,
        "`neither` learns from rows that it is judged by: the validation rows start at "
        "`split.TRAIN_END`.",
    )
    nothing = "`neither` should wait for nothing: its gap and its delay are 0."
    need(count["neither"] == whole, nothing)
    for name in ("gap", "delay"):
        need(
            count[name] < after_seconds,
            f"`{name}` learns up to the last seconds, as `neither` does. Did its six hours reach "
            "the splitter, which counts in seconds?",
        )
        both = f"`{name}` waits longer than six hours. Are a gap and a delay at work at once?"
        need(count[name] >= after_hours, both)
        need(count[name] == after_hours, f"`{name}` waits, but not six hours.")
    return "Look at the three numbers of rows: what do they say about the scores to come?"


@check
def averaged_log_odds(average: Any, *, scores: pd.DataFrame) -> str:
    """Look at the answer to exercise 3.2.

    Parameters
    ----------
    average : array-like of shape (n,)
        Probabilities: the average of the searched candidates, taken in log-odds.
    scores : pandas.DataFrame
        One column a candidate; the names of the searched ones end in ``"searched"``.

    Examples
    --------
    >>> scores = pd.DataFrame({"a, searched": [0.5, 0.9], "b, searched": [0.5, 0.5]})
    >>> print(averaged_log_odds([0.5, 0.7], scores=scores))
    Not yet. `average` is the mean of the probabilities. Turn them into log-odds first.
    """
    searched = [name for name in scores if name.endswith("searched")]
    clipped = scores.clip(1e-9, 1 - 1e-9)
    odds = np.log(clipped / (1 - clipped))
    expected = odds[searched].mean(axis=1)
    of_scores, of_all = scores[searched].mean(axis=1), _back(odds.mean(axis=1))
    wrong = {
        "`average` is still in log-odds: turn it back into probabilities.": expected,
        "`average` is the mean of the probabilities. Turn them into log-odds first.": of_scores,
        "`average` takes in every candidate: only those that were searched are asked for.": of_all,
    }
    wrong |= {f"`average` is what {name} says alone.": scores[name] for name in scores}
    wrong["`average` is the probability of an honest payment: fraud is asked for."] = 1 - _back(
        expected
    )
    wrong["`average` holds percent: probabilities lie between 0 and 1."] = 100 * _back(expected)
    same(
        numbers(average, "average", length=len(scores)),
        _back(expected),
        wrong,
        "`average` differs from the mean of the searched candidates' log-odds, turned back.",
    )
    return "Compare it with the leader by the interval of the difference."


def _back(log_odds: pd.Series) -> pd.Series:
    return 1 / (1 + np.exp(-log_odds))
