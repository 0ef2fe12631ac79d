"""MAPIE's own conformal methods, beside what `prerelease.uncertainty` computes.

Each function hands MAPIE ready-made probabilities or quantiles, so that both see the same.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from prerelease.adapters.mapie import Given, Probability, contract

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


class _Column(RegressorMixin, Given):
    """A regressor that returns one of its inputs."""

    def __init__(self, number: int = 0) -> None:
        self.number = number

    def predict(self, X: Floats) -> Floats:
        """Return the column."""
        return X[:, self.number]


@contract()
def label_sets(y: Labels, probability: Floats, new: Floats, *, alpha: float) -> Labels:
    """Return marginal split conformal sets, score "one minus the probability of the label".

    Parameters
    ----------
    y : ndarray of bool, shape (n,)
        Labels of calibration rows.
    probability : ndarray, shape (n,)
        Their probability of a positive.
    new : ndarray, shape (m,)
        That of new rows.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    ndarray of bool, shape (m, 2)
        Columns: negative, positive. For a label-conditional limit pass rows of one label and
        use its column: MAPIE 1 has no Mondrian door.

    Examples
    --------
    >>> y, p = np.arange(20) < 4, np.linspace(1, 0, 20)
    >>> label_sets(y, p, np.array([0.1, 0.5]), alpha=0.2).tolist()
    [[True, False], [True, True]]
    """
    from mapie.classification import SplitConformalClassifier  # noqa: PLC0415

    inputs, labels = probability[:, None], y.astype(int)
    how = {"confidence_level": 1 - alpha, "conformity_score": "lac", "prefit": True}
    model = SplitConformalClassifier(Probability().fit(inputs, labels), **how)
    sets = model.conformalize(inputs, labels).predict_set(new[:, None])[1]
    return np.asarray(sets)[:, :, 0]


@contract()
def number_intervals(
    y: Floats, predicted: Floats, new: Floats, *, alpha: float, symmetric: bool = True
) -> tuple[Floats, Floats]:
    """Return split conformal intervals around a mean or quantiles that are already predicted.

    Parameters
    ----------
    y : ndarray, shape (n,)
        True values of calibration rows.
    predicted : ndarray, shape (n, 1) or (n, 3)
        What was predicted for them: the mean alone; or, for conformalised quantile regression,
        the quantiles of alpha / 2 and of 1 - alpha / 2, and the median.
    new : ndarray, shape (m, 1) or (m, 3)
        What is predicted for new rows.
    alpha : float
        Share that may be left out, between 0 and 1.
    symmetric : bool, default True
        Move both quantiles by the same.

    Returns
    -------
    low, high : ndarray, shape (m,)

    Examples
    --------
    >>> low, high = number_intervals(np.arange(9.0), np.zeros((9, 1)), np.array([[5.0]]), alpha=0.2)
    >>> low.tolist(), high.tolist()
    ([-2.0], [12.0])
    >>> flat = np.tile([10.0, 28.0, 19.0], (39, 1))
    >>> low, high = number_intervals(np.arange(39.0), flat, flat[:1], alpha=0.1)
    >>> low.tolist(), high.tolist()
    ([1.0], [37.0])
    """
    from mapie import regression  # noqa: PLC0415

    columns = [_Column(number).fit(predicted, y) for number in range(predicted.shape[1])]
    how = {"confidence_level": 1 - alpha, "prefit": True}
    if len(columns) == 1:
        model = regression.SplitConformalRegressor(*columns, **how).conformalize(predicted, y)
        interval = model.predict_interval(new)[1]
    else:
        model = regression.ConformalizedQuantileRegressor(columns, **how).conformalize(predicted, y)
        interval = model.predict_interval(new, symmetric_correction=symmetric)[1]
    return interval[:, 0, 0], interval[:, 1, 0]


@contract()
def control_recall(  # noqa: PLR0913 - the parts of the procedure
    y: Labels,
    probability: Floats,
    *,
    thresholds: Floats | None = None,
    recall: float,
    delta: float,
    method: str = "fixed_sequence",
) -> tuple[float | None, Floats]:
    """Return the threshold that MAPIE's Learn-then-Test would take, and its p-values.

    Parameters
    ----------
    y : ndarray of bool, shape (n,)
        Labels of calibration rows.
    probability : ndarray, shape (n,)
        Their probability of a positive.
    thresholds : ndarray, shape (k,), optional
        To be tested, rising; MAPIE's grid from 0 to 0.99 by default, whose second lowest is
        above the scores of many positives where these are rare.
    recall : float
        To be certified.
    delta : float
        Risk that the certificate is wrong.
    method : {"fixed_sequence", "bonferroni_holm", "bonferroni"}
        How it corrects for many tests; its own default is ``"bonferroni_holm"``.

    Returns
    -------
    best : float or None
        None if it certifies no threshold.
    p_values : ndarray, shape (k,)
        Of each threshold.

    Examples
    --------
    >>> y, p = np.arange(100) < 57, np.arange(100)[::-1] / 100
    >>> control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y]))[0]
    0.45
    """
    from mapie.risk_control import BinaryClassificationController  # noqa: PLC0415

    how = {"confidence_level": 1 - delta, "fwer_method": method}
    if thresholds is not None:
        how["list_predict_params"] = thresholds
    predict = Probability().predict_proba
    controller = BinaryClassificationController(predict, "recall", recall, **how)
    controller.calibrate(probability[:, None], y.astype(int))
    best = controller.best_predict_param
    p_values = np.asarray(controller.p_values, dtype=np.float64).ravel()
    return None if best is None else float(best), p_values


@contract()
def jumper_wealth(p_values: Floats, *, jump: float = 0.01) -> Floats:
    """Return the wealth of MAPIE's simple jumper martingale after each p-value.

    Parameters
    ----------
    p_values : ndarray, shape (n,)
        From 0 to 1.
    jump : float, default 0.01
        Share of the wealth dealt out anew before each bet.

    Returns
    -------
    ndarray, shape (n,)
        Not its logarithm: it overflows where evidence is overwhelming.

    Examples
    --------
    >>> jumper_wealth(np.array([0.5, 0.0])).round(6).tolist()
    [1.0, 1.0]
    """
    from mapie.exchangeability_testing import OnlineMartingaleTest  # noqa: PLC0415

    test = OnlineMartingaleTest(test_method="jumper_martingale", jump_size=jump, warn=False)
    return np.array([test.update_simple_jumper_martingale(float(p)) for p in p_values])
