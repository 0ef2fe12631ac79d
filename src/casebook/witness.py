"""What the pages about explanations ask: the served model, rows to judge by, planted columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import NDArray

from casebook import conventions, data, mode, models
from prerelease import costs, explain
from prerelease.explain._attribution import Attribution
from prerelease.explain._resamples import Resamples
from prerelease.explain._rows import Thinned

__all__ = [
    "COSTS",
    "INPUTS",
    "Served",
    "cases",
    "drawn",
    "fewer_trees",
    "fit_thin",
    "gain",
    "planted",
    "served",
    "shares",
]

Floats = NDArray[np.float64]
COSTS = costs.CostModel()
INPUTS = [*models.INPUTS]


@dataclass(frozen=True, eq=False)
class Served:
    """The model that the release goes on with, and the validation rows its worth is read on.

    Parameters
    ----------
    model : LGBMClassifier
        Trained on all training rows.
    score : ndarray
        Its scores of all validation rows.
    threshold : float
        The one that is served: the cheapest on the validation rows.
    kept : Thinned
        The validation rows that judge: all frauds, the most suspect others, a share of the rest.
    rows : DataFrame
        These rows.
    draws : Resamples
        How they are drawn.
    """

    model: LGBMClassifier = field(repr=False)
    score: Floats = field(repr=False)
    threshold: float
    kept: Thinned = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    draws: Resamples = field(repr=False)

    @property
    def inputs(self) -> pd.DataFrame:
        """Return what the model sees of the rows."""
        return self.rows[INPUTS]

    def euros(self, score: Floats, threshold: Any = None) -> Floats:
        """Return what decisions by these scores cost, row by row; the threshold stays in place."""
        block = score >= (self.threshold if threshold is None else threshold)
        return costs.row_costs(self.rows["Class"], block, self.rows["Amount"], costs=COSTS)


def served(train: pd.DataFrame, valid: pd.DataFrame) -> Served:
    """Return the model as it is served, and how its worth is read; fewer rows in quick mode."""
    model = models.chosen().fit(
        train[INPUTS], train["Class"], sample_weight=data.sampling_weights(train)
    )
    score = model.predict_proba(valid[INPUTS])[:, 1]
    kept = explain.thin(
        valid["Class"],
        2000 if mode.is_quick() else 4000,
        score=score,
        sample_weight=data.sampling_weights(valid),
        seed=3,
    )
    rows = valid.iloc[kept.rows]
    threshold = conventions.threshold(valid, score, costs=COSTS)
    return Served(model, score, threshold, kept, rows, drawn(rows, kept.weight))


def cases(
    valid: pd.DataFrame, one: Served, *, each: int = 8
) -> tuple[Attribution, dict[str, list[Any]], pd.Series]:
    """Return some dozens of payments of five kinds, picked by amount or score, and explained.

    Parameters
    ----------
    valid : DataFrame
        The validation rows.
    one : Served
        The model that decides.
    each : int, default 8
        Payments of each kind; fewer where a kind has fewer. Kinds without any are left out.

    Returns
    -------
    tuple
        For `casebook.interactive.why_this_payment`.
    """
    told = valid.assign(score=one.score, block=one.score >= one.threshold)
    fraud = told["Class"] == 1
    honest = told[~fraud].sort_values("score", ascending=False, kind="stable")
    largest = told[fraud].sort_values("Amount", ascending=False, kind="stable")
    by_kind = {
        "Fraud, caught": largest[largest["block"]],
        "Fraud, missed": largest[~largest["block"]],
        "Honest, blocked": honest[honest["block"]],
        "Honest, nearly blocked": honest[~honest["block"]],
        "Honest, drawn at random": honest.sample(min(each, len(honest)), random_state=0),
    }
    kinds = {kind: [*rows.index[:each]] for kind, rows in by_kind.items() if len(rows)}
    some = list(dict.fromkeys(index for indices in kinds.values() for index in indices))
    return explain.attribute(one.model, valid.loc[some, INPUTS]), kinds, valid["Amount"]


def drawn(rows: pd.DataFrame, weight: Floats, *, seed: int = 0) -> Resamples:
    """Return how rows are drawn. Of many intervals each reaches far, so a quick run draws as many.

    Parameters
    ----------
    rows : DataFrame
        With ``Class`` and ``Time``.
    weight : ndarray
        How many payments each row stands for.
    seed : int, default 0
        Of the draws.
    """
    how = conventions.drawn(rows["Time"]) | {"n_resamples": conventions.RESAMPLES["full"]}
    return explain.resample(rows["Class"], sample_weight=weight, seed=seed, **how)


def fewer_trees() -> dict[str, Any]:
    """Return what models that are trained many times change in quick mode: half the trees."""
    return {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}


def planted(train: pd.DataFrame, valid: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both parts with columns that no model should have: noise, and a receipt number."""
    both = pd.concat([train, valid])
    both["noise"] = np.random.default_rng(5).normal(size=len(both))
    gaps = np.random.default_rng(5).integers(1, 21, size=len(both))
    both["receipt"] = np.cumsum(gaps).astype(float)
    return both.iloc[: len(train)], both.iloc[len(train) :]


def shares(train: pd.DataFrame, many: int, *, n: int = 6000, seed: int = 4) -> list[Thinned]:
    """Return all frauds and a weighted share of the others, as often as models are trained."""
    weight = data.sampling_weights(train)
    return [
        explain.thin(train["Class"], n, sample_weight=weight, seed=seed + number)
        for number in range(many)
    ]


def fit_thin(
    train: pd.DataFrame, columns: Sequence[str], kept: Thinned, **settings: Any
) -> LGBMClassifier:
    """Train the chosen model on some rows, weighted to stand for all."""
    part = train.iloc[kept.rows]
    candidate = models.chosen(**fewer_trees() | settings)
    return candidate.fit(part[[*columns]], part["Class"], sample_weight=kept.weight)


def gain(model: LGBMClassifier) -> pd.Series:
    """Return by how much each column lowered the training loss, summed over its splits."""
    found = model.booster_.feature_importance("gain")
    return pd.Series(found, index=model.feature_name_)
