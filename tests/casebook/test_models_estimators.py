"""The families keep scikit-learn's contract; each exception is named.

HistGradientBoosting is scikit-learn's own class and tested there, TabNet has its checks in
`test_adapter_tabnet.py`.
"""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from casebook import models

OF_PIPELINES = "a pipeline fits the steps that it is given, not copies of them"
FAILS = {
    "logistic regression": {
        "check_estimators_overwrite_params": OF_PIPELINES,
        "check_dont_overwrite_parameters": OF_PIPELINES,
    },
    "LightGBM": {
        "check_no_attributes_set_in_init": "LightGBM keeps settings of its C++ side as attributes"
    },
}
FEW_TREES = {"logistic regression": {}, "LightGBM": {"n_estimators": 20}}
CHECKS = [
    pytest.param(*getattr(case, "values", case), marks=getattr(case, "marks", ()))
    for family, expected in FAILS.items()
    for case in estimator_checks_generator(
        models.FAMILIES[family].default().set_params(**FEW_TREES[family]),
        expected_failed_checks=expected,
        mark="xfail",
    )
]


# LightGBM says so of sparse input, which one of the checks gives it.
@pytest.mark.filterwarnings("ignore:Converting data to scipy sparse matrix")
@pytest.mark.parametrize(
    ("estimator", "check"),
    CHECKS,
    ids=[f"{type(one.values[0]).__name__}-{one.values[1].func.__name__}" for one in CHECKS],
)
def test_scikit_learn_takes_it_for_a_classifier(estimator, check):
    check(estimator)
