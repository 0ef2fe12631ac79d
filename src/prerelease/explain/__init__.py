"""Why a model decides as it does, and what it is cheating on.

Three questions that are easily taken for one: what the *score* is made of (`attribute`), what
the model's *worth* rests on (`shuffle`, `permutation_importance`), and what the *data* would
lose without a column (`drop_columns`). The rest is there to catch these methods when they are
wrong: labels without meaning, other seeds and days, and the definition.
"""

from prerelease.explain._attribution import attribute
from prerelease.explain._groups import correlated_groups
from prerelease.explain._interactions import interactions
from prerelease.explain._meaningless import label_permutation
from prerelease.explain._permutation import drop_columns, losses, permutation_importance, shuffle
from prerelease.explain._resamples import resample, row_agreement
from prerelease.explain._rows import background, thin
from prerelease.explain._shapley import exact_shapley
from prerelease.explain._stability import agreement

__all__ = [
    "agreement",
    "attribute",
    "background",
    "correlated_groups",
    "drop_columns",
    "exact_shapley",
    "interactions",
    "label_permutation",
    "losses",
    "permutation_importance",
    "resample",
    "row_agreement",
    "shuffle",
    "thin",
]
