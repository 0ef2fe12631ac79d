"""MAPIE 1: the one place that knows its interface.

Each function hands MAPIE ready-made probabilities or quantiles, so that it can be
checked against what `prerelease.uncertainty` computes. MAPIE is imported only when a
function here is called, since it is not among the package's own requirements.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

Floats = NDArray[np.float64]
BEST = "fixed_sequence"
FWER_METHODS = (BEST, "bonferroni_holm", "bonferroni")


class _Probability(ClassifierMixin, BaseEstimator):
    """A classifier whose one input already is the probability of class 1."""

    classes_ = np.array([0, 1])

    def fit(self, X: Floats, y: NDArray[np.int64]) -> "_Probability":
        """Learn nothing."""
        del y
        self.n_features_in_ = X.shape[1]
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """Return the input as the probability of class 1."""
        return np.column_stack([1 - X[:, 0], X[:, 0]])

    def predict(self, X: Floats) -> NDArray[np.int64]:
        """Return the more probable class."""
        return (X[:, 0] >= 0.5).astype(int)


class _Column(RegressorMixin, BaseEstimator):
    """A regressor that returns one of its inputs."""

    def __init__(self, number: int = 0) -> None:
        self.number = number

    def fit(self, X: Floats, y: Floats) -> "_Column":
        """Learn nothing."""
        del y
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Floats) -> Floats:
        """Return the column."""
        return X[:, self.number]


def label_sets(
    y: NDArray[np.bool_], probability: Floats, new: Floats, *, alpha: float
) -> NDArray[np.bool_]:
    """Return marginal split conformal sets, score "one minus the probability of the label".

    Parameters
    ----------
    y : ndarray of bool, shape (n,)
        Labels of calibration rows.
    probability : ndarray, shape (n,)
        Their probability of fraud.
    new : ndarray, shape (m,)
        That of new rows.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    ndarray of bool, shape (m, 2)
        Columns: honest, fraud. For a label-conditional limit pass rows of one label and use its
        column: MAPIE 1 has no Mondrian door.

    Examples
    --------
    >>> y, p = np.arange(20) < 4, np.linspace(1, 0, 20)
    >>> label_sets(y, p, np.array([0.1, 0.5]), alpha=0.2).tolist()
    [[True, False], [True, True]]
    """
    from mapie.classification import SplitConformalClassifier  # noqa: PLC0415

    inputs, labels = probability[:, None], y.astype(int)
    model = SplitConformalClassifier(
        _Probability().fit(inputs, labels),
        confidence_level=1 - alpha,
        conformity_score="lac",
        prefit=True,
    )
    with warnings.catch_warnings():
        # It warns of rows of one label only, which is what a limit by label takes.
        warnings.filterwarnings("ignore", message=".*less labels than your training")
        model.conformalize(inputs, labels)
    return np.asarray(model.predict_set(new[:, None])[1])[:, :, 0]


def quantile_intervals(
    y: Floats, quantiles: Floats, new: Floats, *, alpha: float, symmetric: bool
) -> tuple[Floats, Floats]:
    """Return conformalised quantile regression from quantiles that are already predicted.

    Parameters
    ----------
    y : ndarray, shape (n,)
        True values of calibration rows.
    quantiles : ndarray, shape (n, 3)
        Their predicted quantiles: of alpha / 2, of 1 - alpha / 2, and the median.
    new : ndarray, shape (m, 3)
        Those of new rows.
    alpha : float
        Share that may be left out, between 0 and 1.
    symmetric : bool
        Move both ends by the same.

    Returns
    -------
    low, high : ndarray, shape (m,)

    Examples
    --------
    >>> y = np.arange(39.0)
    >>> flat = np.tile([10.0, 28.0, 19.0], (39, 1))
    >>> low, high = quantile_intervals(y, flat, flat[:1], alpha=0.1, symmetric=True)
    >>> low.tolist(), high.tolist()
    ([1.0], [37.0])
    """
    from mapie.regression import ConformalizedQuantileRegressor  # noqa: PLC0415

    columns = [_Column(number).fit(quantiles, y) for number in range(3)]
    model = ConformalizedQuantileRegressor(columns, confidence_level=1 - alpha, prefit=True)
    with _quiet():
        model.conformalize(quantiles, y)
        interval = model.predict_interval(new, symmetric_correction=symmetric)[1]
    return interval[:, 0, 0], interval[:, 1, 0]


def mean_intervals(
    y: Floats, predicted: Floats, new: Floats, *, alpha: float
) -> tuple[Floats, Floats]:
    """Return split conformal intervals around predictions of the mean.

    Parameters
    ----------
    y : ndarray, shape (n,)
        True values of calibration rows.
    predicted : ndarray, shape (n,)
        What was predicted for them.
    new : ndarray, shape (m,)
        What is predicted for new rows.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    low, high : ndarray, shape (m,)

    Examples
    --------
    >>> low, high = mean_intervals(np.arange(9.0), np.zeros(9), np.array([5.0]), alpha=0.2)
    >>> low.tolist(), high.tolist()
    ([-2.0], [12.0])
    """
    from mapie.regression import SplitConformalRegressor  # noqa: PLC0415

    inputs = predicted[:, None]
    model = SplitConformalRegressor(
        _Column().fit(inputs, y), confidence_level=1 - alpha, prefit=True
    ).conformalize(inputs, y)
    interval = model.predict_interval(new[:, None])[1]
    return interval[:, 0, 0], interval[:, 1, 0]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself MAPIE's care about rows seen twice and quantiles that cross."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.disable(before)


@dataclass(frozen=True)
class RecallControl:
    """What MAPIE's controller says of thresholds.

    Parameters
    ----------
    p_values : ndarray, shape (k,)
        Of each threshold.
    valid : ndarray
        Thresholds whose recall it certifies.
    best : float or None
        The one that it would take: None if it certifies none.
    """

    p_values: Floats
    valid: Floats
    best: float | None


def control_recall(  # noqa: PLR0913 - the parts of the procedure
    y: NDArray[np.bool_],
    probability: Floats,
    *,
    recall: float,
    delta: float,
    thresholds: Floats | None = None,
    method: str = BEST,
) -> RecallControl:
    """Return the thresholds whose recall MAPIE's Learn-then-Test certifies.

    Parameters
    ----------
    y : ndarray of bool, shape (n,)
        Labels of calibration rows.
    probability : ndarray, shape (n,)
        Their probability of fraud.
    recall : float
        To be certified.
    delta : float
        Risk that the certificate is wrong.
    thresholds : ndarray, shape (k,), optional
        To be tested, rising; MAPIE's grid from 0 to 0.99 by default, whose second lowest is
        above the scores of many frauds where frauds are rare.
    method : {"fixed_sequence", "bonferroni_holm", "bonferroni"}
        How it corrects for many tests; its own default is ``"bonferroni_holm"``.

    Returns
    -------
    RecallControl

    Examples
    --------
    >>> y, p = np.arange(100) < 57, np.arange(100)[::-1] / 100
    >>> control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y])).best
    0.45
    """
    from mapie.risk_control import BinaryClassificationController  # noqa: PLC0415

    grid = {} if thresholds is None else {"list_predict_params": thresholds}
    model = _Probability()
    controller = BinaryClassificationController(
        model.predict_proba,
        "recall",
        recall,
        confidence_level=1 - delta,
        fwer_method=method,
        **grid,
    )
    with warnings.catch_warnings():
        # Finding nothing is an answer, which the result holds.
        warnings.filterwarnings("ignore", message="No predict parameters were found")
        controller.calibrate(probability[:, None], y.astype(int))
    best = controller.best_predict_param
    return RecallControl(
        p_values=np.asarray(controller.p_values, dtype=np.float64).ravel(),
        valid=np.sort(np.asarray(controller.valid_predict_params, dtype=np.float64).ravel()),
        best=None if best is None else float(best),
    )


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


def venn_abers(fraud: NDArray[np.bool_], probability: Floats) -> Callable[[ArrayLike], Floats]:
    """Learn a Venn-Abers correction of probabilities.

    Parameters
    ----------
    fraud : ndarray of bool, shape (n,)
        Labels; both must be there.
    probability : ndarray, shape (n,)
        Probabilities from 0 to 1.

    Returns
    -------
    callable
        Takes probabilities of other rows and returns corrected ones: the two probabilities of
        each row, merged as MAPIE does.

    Examples
    --------
    >>> correct = venn_abers(np.array([0, 0, 0, 1] * 25) == 1, np.full(100, 0.5))
    >>> bool(0.2 < correct([0.5])[0] < 0.3)
    True
    """
    from mapie.calibration import VennAbersCalibrator  # noqa: PLC0415

    inputs, labels = probability[:, None], fraud.astype(int)
    with _no_numbers():
        model = VennAbersCalibrator(_Probability().fit(inputs, labels), cv="prefit")
        model.fit(inputs, labels)

    def correct(values: ArrayLike) -> Floats:
        column = np.asarray(values, dtype=np.float64)[:, None]
        with _no_numbers():
            return np.asarray(model.predict_proba(column))[:, 1].clip(0, 1)

    return correct


@contextmanager
def _no_numbers() -> Iterator[None]:
    """Keep to itself what MAPIE divides by zero on its way, and looks for among NaN."""
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="All-NaN", category=RuntimeWarning)
        yield
