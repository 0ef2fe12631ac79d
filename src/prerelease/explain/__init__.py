"""Why a model decides as it does, and what it is cheating on.

Three questions that are easily taken for one: what the *score* is made of (`attribute`), what
the model's *worth* rests on (`shuffle`, `permutation_importance`), and what the *data* would
lose without a column (`drop_columns`). The rest is there to catch these methods when they are
wrong: planted controls, labels without meaning, other seeds and days, and the definition.
"""

from prerelease.explain._attribution import AdditivityError, Attribution, attribute
from prerelease.explain._controls import (
    Trial,
    dose_response,
    identifier_column,
    leak_column,
    noise_columns,
    planted_drop,
    planted_permutation,
)
from prerelease.explain._drop import drop_columns
from prerelease.explain._gain import gain_importance
from prerelease.explain._groups import correlated_groups
from prerelease.explain._interactions import interactions
from prerelease.explain._overfit import NullLabels, label_permutation, train_against_held_out
from prerelease.explain._permutation import (
    Loss,
    Shuffled,
    beyond_members,
    losses,
    permutation_importance,
    shuffle,
)
from prerelease.explain._resamples import Resamples, rank_agreement, rank_correlation, resample
from prerelease.explain._rows import Thinned, background, thin
from prerelease.explain._shapley import exact_shapley
from prerelease.explain._stability import agreement, block_counts, row_agreement
from prerelease.explain._worth import InAveragePrecision, InEuros

__all__ = [
    "AdditivityError",
    "Attribution",
    "InAveragePrecision",
    "InEuros",
    "Loss",
    "NullLabels",
    "Resamples",
    "Shuffled",
    "Thinned",
    "Trial",
    "agreement",
    "attribute",
    "background",
    "beyond_members",
    "block_counts",
    "correlated_groups",
    "dose_response",
    "drop_columns",
    "exact_shapley",
    "gain_importance",
    "identifier_column",
    "interactions",
    "label_permutation",
    "leak_column",
    "losses",
    "noise_columns",
    "permutation_importance",
    "planted_drop",
    "planted_permutation",
    "rank_agreement",
    "rank_correlation",
    "resample",
    "row_agreement",
    "shuffle",
    "thin",
    "train_against_held_out",
]
