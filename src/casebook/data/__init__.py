"""The data door: one way in to the credit-card data, verified, cached, never silent.

`load` returns the full data, or the packaged sample where that was asked for. The command line
``python -m casebook.data`` fetches, verifies, finds and describes the same files.
"""

from ._cache import checksum
from ._contract import check
from ._door import Place, load, verify, where
from ._errors import ContractError, DataError
from ._facts import (
    CITATION,
    COLUMNS,
    FEATURES,
    HOME_PAGE,
    LICENCE,
    N_FRAUDS,
    N_ROWS,
    SHA256,
)
from ._fetch import fetch
from ._files import folder
from ._sample import load_sample, sampling_weights

__all__ = [
    "CITATION",
    "COLUMNS",
    "FEATURES",
    "HOME_PAGE",
    "LICENCE",
    "N_FRAUDS",
    "N_ROWS",
    "SHA256",
    "ContractError",
    "DataError",
    "Place",
    "check",
    "checksum",
    "fetch",
    "folder",
    "load",
    "load_sample",
    "sampling_weights",
    "verify",
    "where",
]
