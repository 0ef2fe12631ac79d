"""Two published examples on this data set, run again within their own protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import sklearn
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from casebook.models import INPUTS
from prerelease.costs import CostModel, bayes_block, bayes_threshold, cost_scorer, row_costs


@dataclass(frozen=True)
class Example:
    """A published example: its rule, its inputs, and the gains in euros that it prints.

    Parameters
    ----------
    name : str
        Whose.
    costs : CostModel
        Its rule.
    inputs : tuple of str
        Columns that its model sees.
    gains : mapping of str to float
        Decision rule (as in `replay`) and the published gain, in euros.
    """

    name: str
    costs: CostModel
    inputs: tuple[str, ...]
    gains: Mapping[str, float] = field(repr=False)


SCIKIT_LEARN = Example(
    name="scikit-learn",
    costs=CostModel(miss_fee=0.0, review=0.0, goodwill=5.0, margin_share=0.02, catch_gain=50.0),
    # OpenML's copy of the data, which the example loads, lacks the time.
    inputs=INPUTS,
    gains={
        "accept all": 221_445.07,
        "block all": -698_490.00,
        "threshold 0.5": 244_919.87,
        "tuned threshold": 249_433.39,
    },
)
"""Gains as printed in the example gallery of scikit-learn 1.7."""

PROBABL = Example(
    name="probabl",
    costs=CostModel(miss_fee=20.0, review=0.0, goodwill=10.0, margin_share=0.02),
    inputs=("Time", *INPUTS),
    gains={
        "accept all": 216_525.07,
        "block all": -1_421_580.00,
        "oracle": 251_031.83,
        "threshold 0.5": 235_128.87,
        "mean of the row thresholds": 236_745.60,
        "tuned threshold": 238_447.87,
        "row thresholds": 238_040.07,
        "recalibrated, row thresholds": 239_291.20,
    },
)
"""Gains as printed in the tutorial's built pages (scikit-learn 1.5)."""

PENALTIES = tuple(np.logspace(-6, 6, 13))
"""Inverse strengths of the penalty that both examples try."""


@dataclass(frozen=True)
class Replay:
    """What an example does when it is run again.

    Parameters
    ----------
    penalty : float
        The logistic regression's ``C`` that its search chose.
    threshold : float
        The tuned threshold.
    blocks : mapping of str to ndarray of bool
        Decision rule, and its decisions about the held-out rows.
    gains : pandas.Series
        Gain of each rule in euros.
    """

    penalty: float
    threshold: float
    blocks: Mapping[str, NDArray[np.bool_]] = field(repr=False)
    gains: pd.Series = field(repr=False)


def replay(
    learn: pd.DataFrame,
    held_out: pd.DataFrame,
    example: Example,
    *,
    penalties: Sequence[float] = PENALTIES,
) -> Replay:
    """Search a penalty, fit, and decide about held-out rows by each of the published rules.

    Parameters
    ----------
    learn, held_out : pandas.DataFrame
        Rows with the inputs, ``Amount`` and ``Class``.
    example : Example
        `SCIKIT_LEARN` or `PROBABL`.
    penalties : sequence of float, optional
        Values of ``C`` among which the best log-loss in cross-validation decides; by default both
        examples' own. A single one is taken as it is.

    Returns
    -------
    Replay
        Of the rules "accept all", "block all", "oracle", "threshold 0.5", "mean of the row
        thresholds" (Bayes thresholds of the rows learned from), "tuned threshold" (by
        scikit-learn's ``TunedThresholdClassifierCV``), "row thresholds" (Bayes threshold of
        each row) and "recalibrated, row thresholds" (isotonic, five folds).

    Examples
    --------
    >>> from casebook import data
    >>> learn, held_out = data.load_sample()[::2], data.load_sample()[1::2]
    >>> again = replay(learn, held_out, SCIKIT_LEARN, penalties=[1.0])
    >>> bool(again.gains["accept all"] < again.gains["tuned threshold"])
    True
    """
    inputs, costs = [*example.inputs], example.costs
    X, y, amount = learn[inputs], learn["Class"], learn["Amount"].to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(C=penalties[0])).fit(X, y)
    if len(penalties) > 1:
        grid = {"logisticregression__C": list(penalties)}
        model = GridSearchCV(model, grid, scoring="neg_log_loss").fit(X, y).best_estimator_
    with sklearn.config_context(enable_metadata_routing=True):
        tuned = TunedThresholdClassifierCV(model, scoring=cost_scorer(costs), thresholds=100)
        tuned.fit(X, y, amount=amount)
    recalibrated = CalibratedClassifierCV(model, method="isotonic", cv=5).fit(X, y)

    fraud, at_stake = held_out["Class"].to_numpy() == 1, held_out["Amount"].to_numpy()
    said = model.predict_proba(held_out[inputs])[:, 1]
    again = recalibrated.predict_proba(held_out[inputs])[:, 1]
    blocks = {
        "accept all": np.zeros(len(fraud), dtype=bool),
        "block all": np.ones(len(fraud), dtype=bool),
        "oracle": fraud,
        "threshold 0.5": said >= 0.5,
        "mean of the row thresholds": said >= bayes_threshold(amount, costs=costs).mean(),
        "tuned threshold": tuned.predict(held_out[inputs]) == 1,
        "row thresholds": bayes_block(said, at_stake, costs=costs),
        "recalibrated, row thresholds": bayes_block(again, at_stake, costs=costs),
    }
    # Money earned: the margin of all honest payments, less what the decisions cost.
    earned = costs.margin_share * at_stake[~fraud].sum()
    paid = {k: row_costs(fraud, b, at_stake, costs=costs).sum() for k, b in blocks.items()}
    gains = earned - pd.Series(paid)
    return Replay(float(model[-1].C), float(tuned.best_threshold_), blocks, gains)
