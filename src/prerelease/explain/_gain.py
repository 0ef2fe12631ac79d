"""Gain importance: what a boosted model says of itself. Kept to show what is wrong with it."""

import pandas as pd
from lightgbm import LGBMClassifier


def gain_importance(model: LGBMClassifier) -> pd.Series:
    """Return how much each column lowered the training loss, summed over its splits.

    Parameters
    ----------
    model : lightgbm.LGBMClassifier
        Fitted.

    Returns
    -------
    Series
        One number a column, in the unit of the loss.

    Notes
    -----
    It is measured on the training rows, by the trees' own choices: a column with many values
    to split at gains by chance, and what was learned by heart counts as much as what is true
    [1]_.

    References
    ----------
    .. [1] Strobl, Boulesteix, Zeileis and Hothorn (2007). Bias in random forest variable
       importance measures. BMC Bioinformatics 8, 25.

    Examples
    --------
    >>> X = pd.DataFrame({"used": [0.0, 1.0] * 50, "unused": 1.0})
    >>> model = LGBMClassifier(n_estimators=1, verbose=-1).fit(X, [0, 1] * 50)
    >>> gain_importance(model)["unused"]
    np.float64(0.0)
    """
    gain = model.booster_.feature_importance("gain")
    return pd.Series(gain, index=list(model.feature_name_), name="gain", dtype=float)
