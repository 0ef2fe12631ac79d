"""Why a model decides as it does, and what it is cheating on.

Three questions that are easily taken for one: what the *score* is made of (`attribute`), what
the model's *worth* rests on (`shuffle`, `permutation_importance`), and what the *data* would
lose without a column (`drop_columns`).
"""

from prerelease.explain._attribution import attribute
from prerelease.explain._permutation import drop_columns, losses, permutation_importance, shuffle
from prerelease.explain._resamples import resample
from prerelease.explain._rows import background, thin

__all__ = [
    "attribute",
    "background",
    "drop_columns",
    "losses",
    "permutation_importance",
    "resample",
    "shuffle",
    "thin",
]
