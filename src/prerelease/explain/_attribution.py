"""SHAP values of a tree model: with the scale in their name, and checked to add up."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.adapters import shap as adapter

from ._score import Floats, probability, table


def tolerance(whole: Floats) -> float:
    """Return by how much parts may miss what they add up to."""
    return 1e-5 * max(1.0, float(np.abs(whole).max()))


@dataclass(frozen=True, eq=False)
class Attribution:
    """SHAP values of some rows.

    Parameters
    ----------
    contributions : DataFrame, shape (n, features)
        What each column adds to the score of each row; its index is that of the rows.
    inputs : DataFrame, shape (n, features)
        The rows.
    base : float
        What a row's values are added to: the mean score of the rows compared with.
    score : ndarray, shape (n,)
        The score that is explained.
    output : str
        What values, base and score are measured in: ``"log-odds"`` or ``"probability"``.
    method : str
        ``"tree-path-dependent"`` or ``"interventional"``.
    """

    contributions: pd.DataFrame = field(repr=False)
    inputs: pd.DataFrame = field(repr=False)
    base: float
    score: Floats = field(repr=False)
    output: str
    method: str

    def __post_init__(self) -> None:
        """Refuse values that do not add up."""
        allowed = tolerance(self.score)
        if self.error > allowed:
            msg = (
                f"SHAP values ({self.method}, {self.output}) must add up to the score within "
                f"{allowed:.1e}, got a row that is missed by {self.error:.1e}: the explainer does "
                "not read this model rightly."
            )
            raise ArithmeticError(msg)

    @property
    def error(self) -> float:
        """Return by how much base and values miss the score in the worst row."""
        return float(
            np.abs(self.base + self.contributions.to_numpy().sum(axis=1) - self.score).max()
        )

    def importance(self, sample_weight: ArrayLike | None = None) -> pd.Series:
        """Return the mean of the values without their signs.

        Parameters
        ----------
        sample_weight : array-like, shape (n,), optional
            How many rows each row stands for, such as `thin` returns.

        Returns
        -------
        Series
            One number a column, in the unit of the values, in the order of the columns.

        Raises
        ------
        ValueError
            If weights do not fit the rows.
        """
        weight = _validate.weights(sample_weight, "sample_weight", len(self.contributions))
        mean = np.average(self.contributions.abs(), axis=0, weights=weight)
        return pd.Series(
            mean, index=self.contributions.columns, name=f"mean |SHAP| ({self.output})"
        )

    def waterfall(self, row: int, *, top: int | None = None) -> pd.DataFrame:
        """Return how one row's score comes about, the largest contribution first.

        Parameters
        ----------
        row : int
            Position of the row, from 0.
        top : int, optional
            Columns told one by one; the rest is one line, ``"all others"``.

        Returns
        -------
        DataFrame
            Index: the column. Columns ``value`` (its input; NaN for all others),
            ``contribution`` and ``reached``: base and contributions so far, the score at last.

        Raises
        ------
        ValueError
            If there is no such row, or `top` is not a number of columns.
        """
        _validate.integer(row, "row", low=0, high=len(self.contributions) - 1)
        part = self.contributions.iloc[row]
        order = part.abs().sort_values(ascending=False, kind="stable").index
        steps = pd.DataFrame({"value": self.inputs.iloc[row][order], "contribution": part[order]})
        if top is not None:
            _validate.integer(top, "top", low=1, high=len(order))
            if top < len(order):
                rest = steps["contribution"].iloc[top:].sum()
                steps = steps.iloc[:top].copy()
                steps.loc["all others"] = (np.nan, rest)
        return steps.assign(reached=self.base + steps["contribution"].cumsum())


def attribute(
    model: Any,
    X: pd.DataFrame,
    *,
    background: pd.DataFrame | None = None,
    output: str = "log-odds",
) -> Attribution:
    r"""Return the SHAP values of a tree model, checked to add up to its score.

    Parameters
    ----------
    model : classifier
        A fitted tree model of two classes.
    X : DataFrame, shape (n, features)
        Rows to be explained.
    background : DataFrame, shape (m, features), optional
        Training rows to compare with, such as `background` draws: then the values are
        interventional. Without them they are tree-path-dependent.
    output : {"log-odds", "probability"}
        The scale of score and values. Probabilities need a background.

    Returns
    -------
    Attribution
        Values, base and score on the same scale, which it names.

    Raises
    ------
    ValueError
        If columns differ or hold what is no finite number, if probabilities are asked for
        without a background, or log-odds of a model that has none, such as a random forest.
    ArithmeticError
        If base and values of a row miss its score, which is computed apart, by the model.
    TypeError
        If SHAP does not know the model, or answers in a shape that it did not use before.

    Notes
    -----
    The value of column `j` is its Shapley value [1]_: its mean effect on the score,

    .. math:: \phi_j = \sum_{S \not\ni j} \frac{|S|!\,(p - |S| - 1)!}{p!}\,
        \bigl(v(S \cup \{j\}) - v(S)\bigr),

    over all sets `S` of known columns. The two methods differ in what the score is when only
    `S` is known. *Interventional*: the mean over the background rows, each with its values of
    `S` replaced by those of the row. *Tree-path-dependent* [2]_: at a split on an unknown column
    both ways are taken, in the proportion of the training rows that went there.

    On the scale of probabilities SHAP adds up, but is not the formula above: it takes the
    log-odds values against each background row and stretches them until they add up to the
    difference in probability.

    References
    ----------
    .. [1] Lundberg and Lee (2017). A unified approach to interpreting model predictions. NeurIPS.
    .. [2] Lundberg et al. (2020). From local explanations to global understanding with
       explainable AI for trees. Nature Machine Intelligence 2, 56-67.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> X = pd.DataFrame({"used": np.repeat([0.0, 1.0], 50), "unused": 1.0})
    >>> model = HistGradientBoostingClassifier(max_iter=1).fit(X, np.repeat([0, 1], 50))
    >>> attribute(model, X).importance().round(2).to_dict()
    {'used': 0.2, 'unused': 0.0}
    """
    rows = table(X)
    _validate.choice(output, "output", tuple(adapter.OUTPUTS))
    if output == "probability" and background is None:
        msg = "output='probability' needs background rows: the trees alone only know log-odds."
        raise ValueError(msg)
    compared = None
    if background is not None:
        compared = table(background, "background")
        if list(compared.columns) != list(rows.columns):
            msg = "background must have the columns of X, in their order."
            raise ValueError(msg)
    values, base = adapter.tree_values(
        model,
        rows.to_numpy(np.float64),
        background=None if compared is None else compared.to_numpy(np.float64),
        output=output,
    )
    return Attribution(
        contributions=pd.DataFrame(values, index=rows.index, columns=rows.columns),
        inputs=rows,
        base=base,
        score=_score(model, rows, output),
        output=output,
        method="tree-path-dependent" if background is None else "interventional",
    )


def _score(model: Any, X: pd.DataFrame, output: str) -> Floats:
    """Return the score by the model itself, not by SHAP."""
    if output == "probability":
        return probability(model, X)
    if hasattr(model, "booster_"):
        # From probabilities near 1 the log-odds cannot be had back: there are no digits left.
        return np.asarray(model.predict(X, raw_score=True), dtype=np.float64)
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(X), dtype=np.float64)
    msg = (
        f"{type(model).__name__} adds up probabilities and knows no log-odds: "
        "ask for output='probability', with a background."
    )
    raise ValueError(msg)
