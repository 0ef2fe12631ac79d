"""The cost model as a scikit-learn scorer, with the amounts routed to it as metadata."""

from collections.abc import Callable

from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.costs._bayes import bayes_block
from prerelease.costs._model import CostModel
from prerelease.costs._realised import check_block, check_cases, rule_costs, savings


def _score(  # noqa: PLR0913 (all but the data are keywords)
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    amount: ArrayLike,
    costs: CostModel,
    metric: str,
    rule: str,
    weight: ArrayLike | None = None,
) -> float:
    """Return the score of predictions: larger is better, as scikit-learn asks."""
    block = y_pred if rule == "predict" else bayes_block(y_pred, amount, costs=costs)
    if metric == "savings":
        return savings(y_true, block, amount, costs=costs, weight=weight)
    cases = check_cases(y_true, amount, weight)
    rows = rule_costs(cases, check_block(block, len(cases.positive)), costs)
    return -1000 * float(cases.weight @ rows) / float(cases.weight.sum())


def cost_scorer(
    costs: CostModel, *, metric: str = "cost", rule: str = "predict"
) -> Callable[..., float]:
    """Return a scikit-learn scorer of what decisions cost.

    Parameters
    ----------
    costs : CostModel
        What each outcome costs.
    metric : {"cost", "savings"}
        Minus the cost of 1,000 cases (scikit-learn takes larger for better), or the savings,
        which need a positive worth blocking in every fold.
    rule : {"predict", "bayes"}
        Judge the classifier's own decisions, or those of `bayes_block` on its
        probabilities. ``TunedThresholdClassifierCV`` tunes decisions: give it "predict".

    Returns
    -------
    scorer
        It requests the sample metadata ``amount``. To weigh rows too, call
        ``.set_score_request(amount=True, weight=True)`` on it.

    Raises
    ------
    ValueError
        If `metric` or `rule` is unknown.
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

    _validate.choice(metric, "metric", ("cost", "savings"))
    _validate.choice(rule, "rule", ("predict", "bayes"))
    response = "predict" if rule == "predict" else "predict_proba"
    scorer = make_scorer(_score, response_method=response, costs=costs, metric=metric, rule=rule)
    return scorer.set_score_request(amount=True)
