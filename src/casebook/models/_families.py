"""The families that race: how each is built, its defaults, and what a search may change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from casebook.adapters.tabnet import TabNet
from prerelease import _validate

from ._book import release_candidate_1

SCALES = ("standard", "ranks")
EPOCHS = 10
"""Passes of TabNet over the rows at most: what the chapter's time allows."""


@dataclass(frozen=True)
class Span:
    """From where to where a search may set a number, and what one would set by hand.

    Parameters
    ----------
    low, high : float
        Both are allowed. Where both are whole numbers, so is the setting.
    start : float
        Between them.
    log : bool, default False
        Whether each doubling is searched as much as any other; `low` is then above 0.

    Raises
    ------
    ValueError
        If the span holds nothing, or not its start.

    Examples
    --------
    >>> Span(0.01, 0.1, 0.05, log=True).low
    0.01
    """

    low: float
    high: float
    start: float
    log: bool = False

    def __post_init__(self) -> None:
        """Refuse a span that holds nothing."""
        above = 0.0 if self.log else -np.inf
        _validate.number(self.low, "low", above=above, below=_validate.number(self.high, "high"))
        _validate.number(self.start, "start", above=self.low, below=self.high, closed=True)


@dataclass(frozen=True)
class Family:
    """Models of one kind.

    Parameters
    ----------
    build : callable
        Returns a model, not fitted; its settings are keywords. Without any it is the default.
    space : mapping of str to Span or tuple
        What a search may set: a `Span`, or a tuple of choices, first what one would set by hand.
    trials : int
        Trials of one search: so many as twenty seconds of one core buy. Counted, so that two
        runs give the same numbers, on whatever machine.
    held : mapping of str to object, optional
        Settings that are the same in each trial of a search.
    seeded : str, optional
        The keyword of `build` that seeds a fit; empty where a fit draws nothing.
    sampler : {"TPE", "random"}, default "random"
        How a search proposes settings: by what it has learned, for which it takes more than
        a handful of trials, or at random.

    Examples
    --------
    >>> FAMILIES["LightGBM"].model(num_leaves=7).num_leaves
    7
    """

    build: Callable[..., ClassifierMixin]
    space: Mapping[str, Span | tuple[Any, ...]]
    trials: int
    held: Mapping[str, Any] = field(default_factory=dict)
    seeded: str = ""
    sampler: str = "random"

    @property
    def start(self) -> dict[str, Any]:
        """Return what one would set by hand: the first trial of a search."""
        return {
            name: where.start if isinstance(where, Span) else where[0]
            for name, where in self.space.items()
        }

    def default(self, *, seed: int = 0) -> ClassifierMixin:
        """Return the family's model as the library has it.

        Parameters
        ----------
        seed : int, default 0
            Of what a fit draws.

        Returns
        -------
        scikit-learn classifier
            Not fitted.
        """
        return self.build(**self._seed(seed))

    def model(self, *, seed: int = 0, **settings: Any) -> ClassifierMixin:
        """Return the family's model with settings as a search found them.

        Parameters
        ----------
        seed : int, default 0
            Of what a fit draws.
        **settings
            Out of `space`.

        Returns
        -------
        scikit-learn classifier
            Not fitted.

        Raises
        ------
        ValueError
            If a setting is not one that the search may change.
        """
        unknown = sorted(set(settings) - set(self.space))
        if unknown:
            msg = f"settings must be among {', '.join(self.space)}, got {', '.join(unknown)}."
            raise ValueError(msg)
        return self.build(**{**self.held, **settings, **self._seed(seed)})

    def _seed(self, seed: int) -> dict[str, int]:
        return {self.seeded: seed} if self.seeded else {}


def logistic_regression(
    *, C: float = 1.0, balanced: bool = False, scale: str = "standard"
) -> Pipeline:
    """Return logistic regression on scaled inputs.

    Parameters
    ----------
    C : float, default 1
        Inverse strength of the penalty, scikit-learn's default.
    balanced : bool, default False
        Weigh the frauds so that together they count as much as all honest payments.
    scale : {"standard", "ranks"}
        Each input with mean 0 and standard deviation 1, or bent to a normal distribution by
        its ranks, so that no payment lies far out.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Not fitted.

    Raises
    ------
    ValueError
        If `scale` is unknown.

    Examples
    --------
    >>> logistic_regression(C=0.1)[-1].C
    0.1
    """
    weight = "balanced" if balanced else None
    return make_pipeline(
        _scaler(scale), LogisticRegression(C=C, class_weight=weight, max_iter=1000)
    )


def tabnet(*, scale: str = "standard", seed: int = 0, **changes: Any) -> TabNet:
    """Return TabNet as pytorch-tabnet has it, but for at most `EPOCHS` epochs.

    Parameters
    ----------
    scale : {"standard", "ranks"}
        As in `logistic_regression`.
    seed : int, default 0
        Of the weights and of the order of the rows.
    **changes
        Settings of `casebook.adapters.tabnet.TabNet` that are to be others.

    Returns
    -------
    casebook.adapters.tabnet.TabNet
        Not fitted.

    Raises
    ------
    ValueError
        If `scale` is unknown.

    Examples
    --------
    >>> tabnet(n_steps=2).n_steps
    2
    """
    settings = {"max_epochs": EPOCHS, "patience": 4, **changes}
    return TabNet(scaler=_scaler(scale), random_state=seed, **settings)


def fit_weighted(
    model: ClassifierMixin, X: ArrayLike, y: ArrayLike, weight: ArrayLike
) -> ClassifierMixin:
    """Fit a model on rows that stand for more or fewer than one payment each.

    Parameters
    ----------
    model : scikit-learn classifier
        Fitted in place; of a pipeline the last step takes the weights.
    X : array-like of shape (n, features)
        Inputs.
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    weight : array-like of shape (n,)
        Not passed on where all are 1, so that models without weights can be fitted, too.

    Returns
    -------
    scikit-learn classifier
        The model.

    Examples
    --------
    >>> model = logistic_regression()
    >>> fit_weighted(model, [[0.0], [1.0]], [0, 1], [1.0, 2.0]).classes_.tolist()
    [0, 1]
    """
    if np.all(np.asarray(weight) == 1):
        return model.fit(X, y)
    step = f"{model.steps[-1][0]}__" if isinstance(model, Pipeline) else ""
    return model.fit(X, y, **{f"{step}sample_weight": weight})


def _lightgbm(**settings: Any) -> ClassifierMixin:
    return release_candidate_1().set_params(**settings)


def _scaler(scale: str) -> StandardScaler | QuantileTransformer:
    if _validate.choice(scale, "scale", SCALES) == "standard":
        return StandardScaler()
    return QuantileTransformer(output_distribution="normal", random_state=0)


FAMILIES: Mapping[str, Family] = {
    "logistic regression": Family(
        logistic_regression,
        {"C": Span(1e-4, 10.0, 1.0, log=True), "scale": SCALES},
        trials=40,
        sampler="TPE",
    ),
    "LightGBM": Family(
        _lightgbm,
        {
            "n_estimators": Span(200, 600, 300),
            "learning_rate": Span(0.015, 0.05, 0.03, log=True),
            "num_leaves": Span(6, 24, 15, log=True),
            "min_child_samples": Span(5, 50, 20, log=True),
            "reg_lambda": Span(1.0, 30.0, 10.0, log=True),
            "colsample_bytree": Span(0.3, 0.8, 0.5),
            "subsample": Span(0.5, 0.9, 0.8),
        },
        trials=10,
        held={"subsample_freq": 1},
        seeded="random_state",
        sampler="TPE",
    ),
    "HistGradientBoosting": Family(
        HistGradientBoostingClassifier,
        {
            "max_iter": Span(200, 600, 300),
            "learning_rate": Span(0.015, 0.05, 0.03, log=True),
            "max_leaf_nodes": Span(6, 24, 15, log=True),
            "min_samples_leaf": Span(5, 50, 20, log=True),
            "l2_regularization": Span(1.0, 30.0, 10.0, log=True),
            "max_features": Span(0.3, 0.8, 0.5),
        },
        trials=6,
        held={"early_stopping": False},
        seeded="random_state",
    ),
    "TabNet": Family(
        tabnet,
        {
            "width": Span(4, 16, 8, log=True),
            "n_steps": Span(1, 3, 3),
            "gamma": Span(1.0, 2.0, 1.3),
            "sparsity": Span(1e-5, 1e-2, 1e-3, log=True),
            "learning_rate": Span(0.005, 0.05, 0.02, log=True),
            "fraud_weight": Span(1.0, 10.0, 1.0, log=True),
            "scale": SCALES,
        },
        trials=3,
        held={"batch_size": 512, "virtual_batch_size": 256},
        seeded="seed",
    ),
}
"""Every family of the race, simplest first."""
