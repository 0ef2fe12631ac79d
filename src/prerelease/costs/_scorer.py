"""The cost model as a scikit-learn scorer, with the amounts routed to it as metadata."""

from collections.abc import Callable

from numpy.typing import ArrayLike

from prerelease.costs._model import CostModel
from prerelease.costs._realised import check_block, check_cases, rule_costs


def _score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    amount: ArrayLike,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> float:
    """Return the score of decisions: larger is better, as scikit-learn asks."""
    cases = check_cases(y_true, amount, weight)
    rows = rule_costs(cases, check_block(y_pred, len(cases.positive)), costs)
    return -1000 * float(cases.weight @ rows) / float(cases.weight.sum())


def cost_scorer(costs: CostModel) -> Callable[..., float]:
    """Return a scikit-learn scorer of what a classifier's decisions cost.

    Parameters
    ----------
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    scorer
        Minus the cost of 1,000 cases: scikit-learn takes larger for better. It requests the sample
        metadata ``amount``. To weigh rows too, call
        ``.set_score_request(amount=True, weight=True)`` on it.

    Raises
    ------
    RuntimeError
        By scikit-learn, if metadata routing is off: call
        ``sklearn.set_config(enable_metadata_routing=True)`` first.

    Notes
    -----
    Pass the amounts as ``cross_validate(..., params={"amount": amount})`` and
    ``TunedThresholdClassifierCV(...).fit(X, y, amount=amount)``: each fold receives its own.

    Examples
    --------
    >>> import sklearn
    >>> from sklearn.dummy import DummyClassifier
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     scorer = cost_scorer(CostModel())
    ...     accept_all = DummyClassifier(strategy="constant", constant=0).fit([[0], [0]], [0, 1])
    ...     scorer(accept_all, [[0], [0]], [0, 1], amount=[10, 100])
    -60000.0
    """
    from sklearn.metrics import make_scorer  # noqa: PLC0415 - nothing else here needs it

    return make_scorer(_score, costs=costs).set_score_request(amount=True)
