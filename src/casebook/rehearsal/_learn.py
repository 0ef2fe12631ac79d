"""What is trained in the rehearsal: the release's twin at first, and challengers later."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook import models, release
from casebook.streams import DAY, Stream
from prerelease import gate
from prerelease.costs import CostModel, best_threshold, row_costs
from prerelease.thresholds import cross_fitted

CRITERIA = Path(__file__).with_name("criteria.toml")
COSTS, FOLDS = CostModel(), 4
INPUTS, START = release.INPUTS, 7 * DAY
ACCEPT = 2.0
"""A threshold above every score: every payment is accepted, as before there was a model."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model with its threshold.

    Parameters
    ----------
    model : classifier
        Fitted.
    threshold : float
        It blocks scores from here on.
    reference : ndarray
        Scores of the days before go-live, by models that have not learned them: what the watcher
        compares with.
    """

    model: Any
    threshold: float
    reference: NDArray[np.float64]


def rows_before(stream: Stream) -> pd.DataFrame:
    """Return what the release learned from: development payments that the stream does not replay.

    The later pattern of fraud is left out: it did not exist yet.
    """
    pool = stream.pool
    left = ~pool.quiet
    left[stream.row] = False
    return pd.DataFrame(pool.inputs[left], columns=INPUTS).assign(Class=pool.fraud[left])


def released(stream: Stream, before: pd.DataFrame) -> Fitted:
    """Return the release's twin: the same recipe, on rows that the stream does not replay.

    Its threshold is the cheapest on the history, which it has not learned, as the release's is the
    cheapest on the validation rows.
    """
    model = _fitted(before)
    history = stream.rows_of(0, stream.n_history)
    score = release.scores_of(model, stream.inputs().iloc[history])
    found = best_threshold(stream.fraud[history], score, stream.amount[history], costs=COSTS)
    return Fitted(model, found.threshold, score)


def challenger(
    before: pd.DataFrame, rows: pd.DataFrame, threshold: float, *, since: float
) -> tuple[Fitted, gate.Verdict]:
    """Train on what is known by now, and have the gate compare the result with what serves.

    Parameters
    ----------
    before : DataFrame
        From `rows_before`.
    rows : DataFrame
        Payments of the stream so far, sorted: ``time``, `INPUTS`, ``weight``, ``score`` by what
        serves, and ``label``, NaN where it is not known.
    threshold : float
        From which score on blocks what serves.
    since : float
        Seconds at which that began to serve: the gate judges by what came later.

    Returns
    -------
    Fitted, Verdict
        The challenger and what the gate says.

    Notes
    -----
    Each row is scored by a model that has not learned its day, and decided by a threshold that
    was chosen without its stretch of time. A payment that the champion blocks never shows what it
    was. To judge the *difference*, it is taken for a fraud: where both block, that changes
    nothing, and where the challenger lets it pass, it speaks against the challenger.
    """
    known = rows[rows["label"].notna()]
    learned = known[INPUTS].assign(Class=known["label"] == 1)
    fold = (known["time"] // DAY % FOLDS).to_numpy()
    score = np.empty(len(rows))
    of_row = (rows["time"] // DAY % FOLDS).to_numpy()
    for out in range(FOLDS):
        judge = _fitted(pd.concat([before, learned[fold != out]]))
        score[of_row == out] = release.scores_of(judge, rows[of_row == out])
    block = (rows["score"] >= threshold).to_numpy()
    judged = rows.assign(score=score, champion=block)
    judged["Class"] = np.where(rows["label"].isna() & block, 1.0, rows["label"])
    judged = judged[judged["Class"].notna()].rename(columns={"time": "Time"})
    told = (judged["Class"], judged["score"], judged["Amount"])
    decided = cross_fitted(*told, judged["Time"], costs=COSTS).block
    later = (judged["Time"] >= since).to_numpy()
    both = [_scored(judged[later], one[later]) for one in (decided, judged["champion"].to_numpy())]
    verdict = gate.judge(both[0], CRITERIA, champion=both[1])
    model = _fitted(pd.concat([before, learned]))
    chosen = best_threshold(*told, costs=COSTS).threshold
    return Fitted(model, chosen, score[(rows["time"] < START).to_numpy()]), verdict


def foreseen(before: pd.DataFrame, rows: pd.DataFrame, stream: Stream, day: int) -> Fitted:
    """Train on the true labels of all rows so far, with the cheapest threshold of the days to come.

    No bank can do that: it is what the others are compared with.
    """
    learned = rows[INPUTS].assign(Class=rows["label"] == 1)
    model = _fitted(pd.concat([before, learned]))
    ahead = stream.rows_of(day, stream.n_days)
    if not stream.fraud[ahead].any():
        return Fitted(model, ACCEPT, np.empty(0))
    score = release.scores_of(model, stream.inputs().iloc[ahead])
    found = best_threshold(stream.fraud[ahead], score, stream.amount[ahead], costs=COSTS)
    return Fitted(model, found.threshold, np.empty(0))


def price(
    fraud: NDArray[np.bool_], block: NDArray[np.bool_], amount: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each decision costs in euros."""
    return row_costs(fraud, block, amount, costs=COSTS)


_KNOWN: dict[str, Any] = {}


def _fitted(rows: pd.DataFrame) -> Any:
    """Train the release's recipe; the same rows again are not trained on twice."""
    key = hashlib.sha256(rows[[*INPUTS, "Class"]].to_numpy(dtype="<f8").tobytes()).hexdigest()
    if key not in _KNOWN:
        _KNOWN[key] = release.fitted(models.chosen(), rows)
    return _KNOWN[key]


def _scored(rows: pd.DataFrame, block: NDArray[np.bool_]) -> gate.Scored:
    """Return payments with what was decided, as the gate takes them."""
    columns = {"time": "Time", "amount": "Amount", "label": "Class", "score": "score"}
    frame = pd.DataFrame({role: rows[name].to_numpy() for role, name in columns.items()})
    frame = frame.assign(block=block, weight=rows["weight"].to_numpy())
    return gate.Scored(frame, COSTS, gate.Decision(), block_seconds=600)
