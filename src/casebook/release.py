"""The release candidates: how they are trained, scored and handed to the gate."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from casebook import data, models
from prerelease import gate
from prerelease.costs import CostModel
from prerelease.intervals import Interval

INPUTS = list(models.INPUTS)
STEPS = {
    "RC1": "LightGBM as it comes, alerts from a score of one half on",
    "RC2": "smaller steps, smaller trees, a penalty on large steps (chapters 01 and 02)",
    "RC3": "one threshold, chosen in euros (chapter 01)",
}
"""What each candidate changed."""
KEPT = models.CHOSEN == models.HELD_BACK
"""Whether chapter 03 raced others and kept the model that was there."""


def fitted(model: Any, rows: pd.DataFrame) -> Any:
    """Fit on an array: the served model gets its columns from a contract, not from pandas."""
    return model.fit(rows[INPUTS].to_numpy(), rows["Class"])


def fitted_all(jobs: Iterable[tuple[Any, pd.DataFrame]]) -> list[Any]:
    """Fit models, each on its rows, two at a time: threads suffice, and nothing is copied."""
    return Parallel(n_jobs=2, prefer="threads")(delayed(fitted)(*job) for job in jobs)


def scores_of(model: Any, rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of fraud of each payment."""
    return model.predict_proba(rows[INPUTS].to_numpy())[:, 1]


def candidates(train: pd.DataFrame) -> dict[str, Any]:
    """Return the model of each candidate, trained; of those that are alike, one."""
    unlike = [models.release_candidate_1(), models.boosted(), *([] if KEPT else [models.chosen()])]
    trained = fitted_all((model, train) for model in unlike)
    return {"RC1": trained[0], "RC2": trained[1], "RC3": trained[-1]}


def scored_unseen(rows: pd.DataFrame, parts: int = 4) -> NDArray[np.float64]:
    """Return scores for rows that their model has not seen: each part of the time by the others."""
    seconds, scores = rows["Time"].to_numpy(), np.empty(len(rows))
    part = np.minimum(parts * (seconds - seconds[0]) // np.ptp(seconds), parts - 1)
    learned = fitted_all((models.chosen(), rows[part != one]) for one in range(parts))
    for one, model in enumerate(learned):
        scores[part == one] = scores_of(model, rows[part == one])
    return scores


BECAUSE = "the gate's own: with so few bursts, resamples of blocks let too many models pass"
"""Why what the release is judged by has no interval of the block bootstrap."""


def decided(rows: pd.DataFrame, score: ArrayLike, block: ArrayLike) -> gate.Scored:
    """Return payments with their scores and decisions, as the gate takes them."""
    columns = {"time": "Time", "amount": "Amount", "label": "Class"}
    frame = pd.DataFrame({role: rows[name].to_numpy() for role, name in columns.items()})
    frame = frame.assign(score=score, block=np.asarray(block), weight=data.sampling_weights(rows))
    return gate.Scored(frame, CostModel(), gate.Decision())


def caught(rows: pd.DataFrame, score: ArrayLike, found: ArrayLike) -> Interval:
    """Return the share of frauds that are found, with the interval that the gate gives it."""
    fraud = rows["Class"].to_numpy() == 1
    measured = gate.measure(decided(rows, score, found), "recall").interval
    return replace(measured, n=int(fraud.sum()), n_positive=int(np.asarray(found)[fraud].sum()))
