"""A world in which nothing changes: real blocks of time, dealt at random into three parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import ArrayLike, NDArray

from casebook import conventions, mode, models
from casebook.laboratory._domain import domain_classifier
from casebook.laboratory._inject import Shift, remembered
from casebook.laboratory._power import draw_blocks
from prerelease import calibration, intervals
from prerelease.costs import CostModel, row_costs
from prerelease.intervals import Interval

COLUMNS = ["Time", *models.INPUTS, "Class"]
Floats = NDArray[np.float64]
SHIFTS: dict[str, Shift | None] = {
    "nothing": None,
    **{f"covariate {size}": Shift("covariate", size) for size in (0.2, 1.0)},
    **{f"prior × {size:g}": Shift("prior", size) for size in (2.0, 5.0)},
    **{f"concept {size:.0%}": Shift("concept", size) for size in (0.25, 1.0)},
    **{f"bug V14 sign {size:.0%}": Shift("bug: sign", size, column="V14") for size in (0.01, 0.1)},
    **{f"bug cents {size:.0%}": Shift("bug: cents", size) for size in (0.01, 0.1)},
}
"""What is injected, of known kind and size."""
EFFORT = {"full": {"rows": 20_000, "folds": 5}, "quick": {"rows": 4_000, "folds": 3}}
"""Of a domain classifier, by mode."""


@dataclass(frozen=True)
class World:
    """One half of the blocks to learn from, one quarter to calibrate on, and one for today.

    Parameters
    ----------
    reference, quiet, now : pandas.DataFrame
        The parts; ``now`` is what shifts are injected into.
    model : classifier
        Trained on the reference.
    raw : callable
        From rows to the model's scores. A row is asked about once.
    correct : callable
        From scores to probabilities, calibrated on the quiet part.
    threshold : float
        The cheapest on the quiet part.
    """

    reference: pd.DataFrame
    quiet: pd.DataFrame
    now: pd.DataFrame
    model: Any
    raw: Callable[[pd.DataFrame], Floats]
    correct: Callable[[Floats], Floats]
    threshold: float

    def decided(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows with raw and corrected scores, and whether they are blocked."""
        score = self.raw(rows)
        return rows.assign(raw=score, score=self.correct(score), blocked=score >= self.threshold)


def world(development: pd.DataFrame) -> World:
    """Deal the development rows into a world.

    Dealt at random, its parts differ by chance alone, hours and days included.
    """
    rows = development[COLUMNS].assign(paid=development["Amount"])
    inputs = [*models.INPUTS]
    n_blocks = int((rows["Time"] // conventions.BLOCK_SECONDS).nunique())
    reference = draw_blocks(rows, n_blocks // 2, seed=1)
    rest = rows.drop(reference.index)
    quiet = draw_blocks(rest, n_blocks // 4, seed=2)
    model = models.chosen().fit(reference[inputs], reference["Class"])
    raw = remembered(lambda asked: model.predict_proba(asked)[:, 1], rest[inputs])
    score = raw(quiet)
    correct = calibration.fit(quiet["Class"], score, method="sigmoid")
    cut = conventions.threshold(quiet, score, costs=CostModel())
    return World(reference, quiet, rest.drop(quiet.index), model, raw, correct, cut)


def bill(rows: pd.DataFrame) -> pd.Series:
    """Return what the decision about each payment costs, € per 1,000 payments of all."""
    paid = rows.get("paid", rows["Amount"])
    costs = row_costs(rows["Class"], rows["blocked"], paid, costs=CostModel())
    return costs * 1000 / len(rows)


def total(rows: pd.DataFrame, euros: ArrayLike, *, asked: int = 1) -> Interval:
    """Return a sum of euros with its interval: stretches of ten minutes are drawn again."""
    seconds = conventions.BLOCK_SECONDS
    of_block = np.unique(rows["Time"] // seconds, return_inverse=True)[1]
    # Rows that were dealt have gaps between their blocks: here one block follows the other.
    clock = of_block * seconds + rows["Time"] % seconds
    kept = (euros != 0) | np.isin(np.arange(len(rows)), (0, len(rows) - 1))
    how = conventions.drawn(clock[kept], asked=asked)
    return intervals.bootstrap(intervals.Total(), rows["Class"][kept], euros[kept], **how)


def told_apart(
    old: pd.DataFrame, new: pd.DataFrame, features: Sequence[str] = models.INPUTS, **effort: int
) -> Interval:
    """Return how well small trees tell new rows from old ones, as ROC AUC on held-out blocks."""
    teller = LGBMClassifier(
        n_estimators=60,
        num_leaves=15,
        class_weight="balanced",
        random_state=0,
        deterministic=True,
        force_col_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    effort = effort or EFFORT[mode.current()]
    return domain_classifier(old, new, features=[*features], model=teller, **effort)
