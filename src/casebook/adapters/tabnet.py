"""pytorch-tabnet 4.1 as a scikit-learn classifier: the one place that knows its interface.

torch and pytorch-tabnet are imported only when a model is fitted, which takes a few seconds.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from prerelease import _validate

from ._contract import ToolError
from ._tabnet_training import deal_in_batches, torch_at_home, watch_last_part

NEEDED = ("torch", "pytorch_tabnet")
Floats = NDArray[np.float64]


def missing() -> str:
    """Return what is missing for TabNet and what to do about it.

    Returns
    -------
    str
        A sentence or two, empty where nothing is missing.

    Examples
    --------
    >>> isinstance(missing(), str)
    True
    """
    for name in NEEDED:
        try:
            import_module(name)
        except ImportError as error:
            return (
                f"TabNet needs the packages torch and pytorch-tabnet, and {name} cannot be "
                f"imported ({error}). `make book` installs both; by hand, see “torch” in the "
                "README."
            )
    return ""


@dataclass(frozen=True)
class Attention:
    """What a fitted TabNet looked at, row by row.

    Parameters
    ----------
    steps : ndarray of shape (steps, n, features)
        The mask of each decision step: shares, which add up to 1 over the features.
    total : ndarray of shape (n, features)
        All steps together, each weighed by what it added to the decision, as shares; zeros
        for a row to which no step added anything.
    """

    steps: Floats
    total: Floats


@dataclass(kw_only=True, eq=False, repr=False)
class TabNet(ClassifierMixin, BaseEstimator):
    r"""Attentive tabular network, trained on weighted log-loss, on the CPU.

    Parameters
    ----------
    width : int, default 8
        Units of a decision step and as many for its attention (``n_d`` and ``n_a``).
    n_steps : int, default 3
        Decision steps, at least 1.
    gamma : float, default 1.3
        1 or more. Near 1, a feature that one step used is barred from the next.
    sparsity : float, default 1e-3
        Weight of the penalty on masks that spread (``lambda_sparse``).
    learning_rate : float, default 0.02
        Of Adam.
    fraud_weight : float, default 1
        How many times a row of the second class counts in the loss. Probabilities are put
        right for it afterwards, so it changes what the training attends to, not their level.
    batch_size : int, default 1024
        Rows of a step of the optimiser.
    virtual_batch_size : int, default 256
        Rows that are normalised together.
    max_epochs : int, default 20
        Passes over the rows at most.
    patience : int, default 5
        Epochs without a better loss on the last part before the training stops.
    last_part : float, default 0.15
        Share of the rows, the last in the order given, that is not learned from but says when
        to stop: give rows in the order of time. 0 trains all epochs on all rows.
    scaler : transformer, optional
        Applied to the inputs; by default ``StandardScaler()``. A clone is fitted on the rows
        that are learned from.
    random_state : int, default 0
        Of the weights and of the order of the rows.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        Labels.
    curve_ : pandas.DataFrame
        Index ``epoch`` from 1; columns ``learned`` and ``last_part``, the weighted log-loss
        on both parts (NaN without a last part).
    best_epoch_ : int
        The epoch whose weights were kept.

    Notes
    -----
    pytorch-tabnet's own ``weights=`` draws rows more often; here the loss is weighted, by
    its ``loss_fn``. That function sees labels and no rows, so ``sample_weight`` may differ
    between the classes only.

    References
    ----------
    .. [1] Arik and Pfister (2021). TabNet: attentive interpretable tabular learning. AAAI,
       6679-6687.

    Examples
    --------
    >>> TabNet(n_steps=2).get_params()["n_steps"]
    2
    """

    width: int = 8
    n_steps: int = 3
    gamma: float = 1.3
    sparsity: float = 1e-3
    learning_rate: float = 0.02
    fraud_weight: float = 1.0
    batch_size: int = 1024
    virtual_batch_size: int = 256
    max_epochs: int = 20
    patience: int = 5
    last_part: float = 0.15
    scaler: TransformerMixin | None = None
    random_state: int = 0

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that there are two classes and that random draws are seeded."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train on rows and their labels.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs, in the order of time.
        y : array-like, shape (n,)
            Two classes; the second in their sorted order is the fraud.
        sample_weight : array-like, shape (n,), optional
            How many real rows each row stands for; the same for all rows of a class.

        Raises
        ------
        ToolError
            If torch or pytorch-tabnet is not installed, or another version of the latter.
        ValueError
            If an option is out of range, there are not two classes, the rows before the last
            part hold only one of them, or weights differ within a class.
        """
        if problem := missing():
            raise ToolError(problem)
        self._check_options()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) != 2:
            msg = (
                "Only binary classification is supported. y must hold two classes, got "
                f"{len(self.classes_)} class{'es' * (len(self.classes_) != 1)}."
            )
            raise ValueError(msg)
        ratio = self.fraud_weight * _ratio_of_weights(sample_weight, labels)
        n_learn = len(X) - int(self.last_part * len(X))
        if len(np.unique(labels[:n_learn])) < 2:
            msg = (
                f"The rows before the last part must hold both classes, but the first {n_learn} "
                f"of {len(X)} rows are all of class {self.classes_[labels[0]]!r}."
            )
            raise ValueError(msg)
        self.scaler_ = clone(self.scaler or StandardScaler()).fit(X[:n_learn])
        scaled = self.scaler_.transform(X).astype(np.float32)
        with torch_at_home():
            self._train(scaled, labels, n_learn, ratio)
        return self

    def _check_options(self) -> None:
        for name in ("width", "n_steps", "max_epochs", "patience"):
            _validate.integer(getattr(self, name), name, low=1)
        for name in ("batch_size", "virtual_batch_size"):
            _validate.integer(getattr(self, name), name, low=2)
        _validate.integer(self.random_state, "random_state", low=0)
        for name in ("learning_rate", "fraud_weight"):
            _validate.number(getattr(self, name), name, above=0)
        _validate.number(self.gamma, "gamma", above=1, closed=True)
        _validate.number(self.sparsity, "sparsity", above=0, closed=True)
        _validate.number(self.last_part, "last_part", above=0, below=0.5, closed=True)

    def _train(
        self, scaled: NDArray[np.float32], labels: NDArray[np.intp], n_learn: int, ratio: float
    ) -> None:
        import torch  # noqa: PLC0415
        from pytorch_tabnet.tab_model import TabNetClassifier  # noqa: PLC0415

        weight = torch.tensor([1.0, ratio])

        def loss(output: Any, target: Any) -> Any:
            return torch.nn.functional.cross_entropy(output, target, weight=weight)

        model = TabNetClassifier(
            n_d=self.width, n_a=self.width, n_steps=self.n_steps, gamma=self.gamma,
            lambda_sparse=self.sparsity, optimizer_params={"lr": self.learning_rate},
            seed=self.random_state, verbose=0, device_name="cpu",
        )  # fmt: skip
        deal_in_batches(model)
        watch = watch_last_part([scaled[n_learn:], labels[n_learn:]], loss, self.patience)
        # A single row in the last batch could not be normalised.
        one_left = n_learn > self.batch_size and n_learn % self.batch_size == 1
        model.fit(
            scaled[:n_learn], labels[:n_learn], loss_fn=loss, callbacks=[watch], drop_last=one_left,
            max_epochs=self.max_epochs, patience=0,
            batch_size=min(self.batch_size, n_learn),
            virtual_batch_size=min(self.virtual_batch_size, self.batch_size, n_learn),
            compute_importance=False,  # over all rows: a seventh of the time, and asked by nobody
        )  # fmt: skip
        self.curve_ = pd.DataFrame(watch.seen, columns=["learned", "last_part"])
        self.curve_.index = pd.RangeIndex(1, len(self.curve_) + 1, name="epoch")
        self.best_epoch_ = watch.best_epoch
        # What only the training needs cannot be pickled, and would double the size.
        spent = ("_callback_container", "_construct_loaders", "_optimizer", "_metrics", "history")
        for name in (*spent, "loss_fn"):
            delattr(model, name)
        self.model_ = model

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.

        Returns
        -------
        ndarray, shape (n, 2)
            Put right for `fraud_weight`; each row adds up to 1.
        """
        scaled = self._scaled(X)
        with torch_at_home():
            said = np.asarray(self.model_.predict_proba(scaled), dtype=np.float64)
        fraud = said[:, 1] / (said[:, 1] + self.fraud_weight * said[:, 0])
        return np.column_stack([1 - fraud, fraud])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class with the larger probability.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.

        Returns
        -------
        ndarray, shape (n,)
            Labels.
        """
        fraud = self.predict_proba(X)[:, 1]
        return self.classes_[(fraud > 0.5).astype(int)]

    def attention(self, X: ArrayLike) -> Attention:
        """Return what the network looks at for each row.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.

        Returns
        -------
        Attention
            Masks of each step and of all together.
        """
        scaled = self._scaled(X)
        with torch_at_home():
            total, steps = self.model_.explain(scaled, normalize=False)
        mass = total.sum(axis=1, keepdims=True)
        shares = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
        masks = np.stack([steps[number] for number in sorted(steps)])
        return Attention(masks.astype(np.float64), shares.astype(np.float64))

    def _scaled(self, X: ArrayLike) -> NDArray[np.float32]:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self.scaler_.transform(X).astype(np.float32)


def _ratio_of_weights(sample_weight: ArrayLike | None, labels: NDArray[np.intp]) -> float:
    """Return how much more a row of the second class weighs than one of the first."""
    weights = _validate.weights(sample_weight, "sample_weight", len(labels))
    each = [np.unique(weights[labels == label]) for label in (0, 1)]
    if max(map(len, each)) > 1:
        msg = (
            "sample_weight must be the same for all rows of a class, since pytorch-tabnet's loss "
            f"sees labels and no rows; got {len(each[0])} and {len(each[1])} different weights."
        )
        raise ValueError(msg)
    return float(each[1][0] / each[0][0])
