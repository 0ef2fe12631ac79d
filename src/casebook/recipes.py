"""Models that others published for the card data, built again from what they say of them.

Each is a scikit-learn classifier that takes the columns `COLUMNS` and keeps to its recipe: model,
settings, inputs, and what is done about the rarity of frauds. The settings are theirs; the code is
ours. Scaling is left out where trees follow, which it does not change; so is the removal of
double rows, so that all recipes learn from the same ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from casebook.models import INPUTS, fit_weighted
from prerelease import _validate

COLUMNS = ("Time", *INPUTS)
"""What a recipe is given: most use the time of a payment, which our candidates do not."""
DAY = 86_400.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """A published model, and where it was published.

    Parameters
    ----------
    source : str
        The repository on GitHub.
    commit : str
        The state of it that the recipe was read from.
    split : {"random", "by time"}
        How its rows were split.
    published : float or None
        The average precision that is given there, if any.
    build : callable
        Takes a seed and returns the model, not fitted.
    draws : bool
        Whether a fit draws anything: then one seed is not enough.
    assumed : str, optional
        What we had to decide, or did otherwise.
    quick : bool, default True
        Whether a quick run has the time for it.

    Examples
    --------
    >>> RECIPES["XGBoost, defaults, weighed"].split
    'random'
    """

    source: str
    commit: str
    split: str
    published: float | None
    build: Callable[[int], ClassifierMixin] = field(repr=False)
    draws: bool
    assumed: str = ""
    quick: bool = True


class _Around(ClassifierMixin, BaseEstimator):
    """A model around another, which is fitted as ``model_``: its scores are no probabilities."""

    classes_ = np.array([0, 1])

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return scores of both classes."""
        return self.model_.predict_proba(X)


class ClassRatio(_Around):
    """XGBoost whose frauds together weigh as much as all honest payments.

    Parameters
    ----------
    model : xgboost.XGBClassifier
        Left as it is: a clone is fitted, with ``scale_pos_weight`` set to the class ratio.

    Examples
    --------
    >>> ClassRatio(boosted_trees(n_estimators=2)).get_params()["model__n_estimators"]
    2
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on rows with labels 0 and 1; weights say how many payments a row stands for."""
        fraud = _validate.binary(y, "y")
        weight = _validate.weights(sample_weight, "sample_weight", len(fraud))
        ratio = weight[~fraud].sum() / weight[fraud].sum()
        model = clone(self.model).set_params(scale_pos_weight=float(ratio))
        self.model_ = model.fit(X, fraud.astype(int), sample_weight=weight)
        return self


class Smote(_Around):
    """A model that learns from as many frauds as honest payments, most of them from `between`.

    Parameters
    ----------
    model : scikit-learn classifier
        Left as it is: a clone is fitted.
    random_state : int, default 0
        Of what is drawn.

    References
    ----------
    .. [1] Chawla, Bowyer, Hall and Kegelmeyer (2002). SMOTE: synthetic minority over-sampling
       technique. Journal of Artificial Intelligence Research 16, 321-357.

    Examples
    --------
    >>> Smote(LogisticRegression()).random_state
    0
    """

    def __init__(self, model: ClassifierMixin, *, random_state: int = 0) -> None:
        self.model = model
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on rows with labels 0 and 1; a made-up fraud weighs as much as a real one."""
        X, fraud = np.asarray(X, dtype=np.float64), _validate.binary(y, "y")
        weight = _validate.weights(sample_weight, "sample_weight", len(fraud))
        lacking = max(0, int((~fraud).sum() - fraud.sum()))
        made_up = between(X[fraud], lacking, seed=self.random_state)
        rows, labels = np.vstack([X, made_up]), np.append(fraud, np.ones(len(made_up), dtype=bool))
        weight = np.append(weight, np.full(len(made_up), weight[fraud].mean()))
        self.model_ = fit_weighted(clone(self.model), rows, labels.astype(int), weight)
        return self


class Thinned(_Around):
    """A model that learns from all frauds and from a share of the honest payments.

    Parameters
    ----------
    model : scikit-learn classifier
        Left as it is: a clone is fitted. It weighs the classes itself, so nothing makes up for
        the payments that are missing.
    share : float, default 0.1
        Of the honest payments.
    random_state : int, default 0
        Of the draw.

    Examples
    --------
    >>> Thinned(LogisticRegression(class_weight="balanced")).share
    0.1
    """

    def __init__(
        self, model: ClassifierMixin, *, share: float = 0.1, random_state: int = 0
    ) -> None:
        self.model = model
        self.share = share
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on rows with labels 0 and 1; rows that weigh more are kept more often."""
        X, fraud = np.asarray(X, dtype=np.float64), _validate.binary(y, "y")
        weight = _validate.weights(sample_weight, "sample_weight", len(fraud))
        drawn = np.random.default_rng(self.random_state).random(len(fraud))
        kept = fraud | (drawn < self.share * weight)
        self.model_ = clone(self.model).fit(X[kept], fraud[kept].astype(int))
        return self


def between(rows: Floats, n: int, *, neighbours: int = 5, seed: int = 0) -> Floats:
    """Return made-up rows, each on the line from one row to one of its nearest.

    Parameters
    ----------
    rows : ndarray of shape (m, columns)
        At least two.
    n : int
        Rows to make up.
    neighbours : int, default 5
        How many of the nearest are drawn from, fewer where there are fewer rows.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    ndarray of shape (n, columns)

    Examples
    --------
    >>> between(np.array([[0.0], [1.0]]), 3).round(2).shape
    (3, 1)
    """
    rng = np.random.default_rng(seed)
    nearest = NearestNeighbors(n_neighbors=min(neighbours, len(rows) - 1)).fit(rows).kneighbors(
        return_distance=False
    )  # fmt: skip
    start = rng.integers(len(rows), size=n)
    end = nearest[start, rng.integers(nearest.shape[1], size=n)]
    return rows[start] + rng.random((n, 1)) * (rows[end] - rows[start])


def boosted_trees(**settings: Any) -> Any:
    """Return XGBoost on one thread.

    Parameters
    ----------
    **settings
        Other than the library's own.

    Returns
    -------
    xgboost.XGBClassifier
        Not fitted.

    Examples
    --------
    >>> boosted_trees(max_depth=4).max_depth
    4
    """
    import xgboost  # noqa: PLC0415 - takes half a second, and only the recipes need it

    return xgboost.XGBClassifier(n_jobs=1, **settings)


def components_and_amount(X: ArrayLike) -> Floats:
    """Return the columns without the time."""
    return np.asarray(X, dtype=np.float64)[:, 1:]


def with_proxies(X: ArrayLike) -> Floats:
    """Return components and amount, log of the amount, hour, and whether it is night or day."""
    X = np.asarray(X, dtype=np.float64)
    hour, amount = X[:, 0] // 3600 % 24, X[:, -1]
    night, day = (hour >= 22) | (hour <= 5), (hour >= 9) & (hour <= 17)
    return np.column_stack([X[:, 1:], np.log1p(amount), hour, night, day])


def with_clock(X: ArrayLike) -> Floats:
    """Return days, time of day as a point on a circle, log of the amount, and components."""
    X = np.asarray(X, dtype=np.float64)
    turn = 2 * np.pi * (X[:, 0] % DAY) / DAY
    return np.column_stack(
        [X[:, 0] / DAY, np.sin(turn), np.cos(turn), np.log1p(X[:, -1]), X[:, 1:-1]]
    )


def _on(view: Callable[[ArrayLike], Floats], *steps: Any) -> ClassifierMixin:
    return make_pipeline(FunctionTransformer(view), *steps)


def _random_split_1(seed: int) -> ClassifierMixin:
    return ClassRatio(
        boosted_trees(
            n_estimators=400, learning_rate=0.05, max_depth=5, subsample=0.8,
            colsample_bytree=0.8, random_state=seed,
        )
    )  # fmt: skip


def _random_split_2(seed: int) -> ClassifierMixin:
    model = boosted_trees(
        n_estimators=500, learning_rate=0.2, max_depth=7, colsample_bytree=0.1,
        min_child_weight=5, reg_alpha=0.1, subsample=0.55, random_state=seed,
    )  # fmt: skip
    return _on(components_and_amount, model)


def _smote(seed: int) -> ClassifierMixin:
    model = boosted_trees(n_estimators=100, learning_rate=0.1, max_depth=6)
    # The distances between frauds depend on the scale of the amount.
    return _on(components_and_amount, StandardScaler(), Smote(model, random_state=seed))


def _by_time_1(seed: int) -> ClassifierMixin:
    model = boosted_trees(
        n_estimators=600, max_depth=4, learning_rate=0.05, subsample=0.9, colsample_bytree=0.9,
        random_state=seed,
    )  # fmt: skip
    return _on(with_proxies, ClassRatio(model))


def _by_time_2(_: int) -> ClassifierMixin:
    model = LogisticRegression(max_iter=2000, class_weight="balanced")
    return _on(with_proxies, StandardScaler(), model)


def _by_time_3(seed: int) -> ClassifierMixin:
    model = RandomForestClassifier(300, class_weight="balanced", random_state=seed, n_jobs=1)
    return _on(with_proxies, Thinned(model, random_state=seed))


def _by_time_4(seed: int) -> ClassifierMixin:
    model = boosted_trees(
        n_estimators=50, learning_rate=0.3, max_depth=6, scale_pos_weight=5, random_state=seed
    )
    return _on(with_clock, model)


_THISEN = ("Thisen-Ekanayake/fraud-detection-ml-benchmark", "204ba1a2")
_MANH = ("manhnguyen48/fraud_creditcard", "3b0708f7")
_NABEEL = ("nabeelsyedwork-tech/credit-card-fraud-detection-xgboost", "3bdeb876")
_RAHIL = ("Rahilshah01/credit-card-fraud-detection", "a57ab8e7")
_TAREK = ("tarekmasryo/creditcard-fraud-detection", "7e38d29b")
_MTT = ("mttrnchtt/fraud_detection_model", "9324f227")
_LESS = "learned from the first 64 % there"

RECIPES: Mapping[str, Recipe] = {
    "XGBoost, 400 trees, weighed": Recipe(
        *_THISEN, "random", None, _random_split_1, draws=True, quick=False
    ),
    "XGBoost, 500 trees": Recipe(
        *_MANH, "random", 0.884, _random_split_2, draws=True, quick=False,
        assumed="stopped early on its test rows there",
    ),
    "XGBoost, defaults, weighed": Recipe(
        *_NABEEL, "random", None, lambda _: ClassRatio(boosted_trees()), draws=False
    ),
    "SMOTE and XGBoost": Recipe(
        *_RAHIL, "random", 0.845, _smote, draws=True,
        assumed="amounts scaled on the rows learned from",
    ),
    "XGBoost, 600 trees, weighed": Recipe(
        *_TAREK, "by time", 0.796, _by_time_1, draws=True, assumed=_LESS, quick=False
    ),
    "logistic regression, balanced": Recipe(
        *_TAREK, "by time", 0.741, _by_time_2, draws=False, assumed=_LESS
    ),
    "random forest, balanced": Recipe(
        *_TAREK, "by time", 0.805, _by_time_3, draws=True, quick=False,
        assumed=f"{_LESS}; a tenth of the honest rows here",
    ),
    "XGBoost, 50 trees, frauds × 5": Recipe(
        *_MTT, "by time", 0.766, _by_time_4, draws=False, assumed="tested on the last 15 % there"
    ),
}  # fmt: skip
"""Recipes that could be had in full, by what they are."""
