"""The data door: one way in to the credit-card data, verified, cached, never silent.

`load` returns the full data, or the packaged sample where that was asked for. The command line
``python -m casebook.data`` fetches, verifies, finds and describes the same files.
"""

from ._contract import check
from ._door import load, verify, where
from ._errors import ContractError, DataError
from ._facts import COLUMNS, FEATURES, LICENCE
from ._fetch import fetch
from ._files import folder
from ._sample import load_sample, sampling_weights

__all__ = [
    "COLUMNS",
    "FEATURES",
    "LICENCE",
    "ContractError",
    "DataError",
    "check",
    "fetch",
    "folder",
    "load",
    "load_sample",
    "sampling_weights",
    "verify",
    "where",
]
