"""The published facts about the file: what `load()` accepts, and whom to thank for it."""

from dataclasses import dataclass

import numpy as np

FILE_NAME = "creditcard.csv"
FEATURES = tuple(f"V{i}" for i in range(1, 29))
COLUMNS = ("Time", *FEATURES, "Amount", "Class")

HOME_PAGE = "https://www.kaggle.com/datasets/mlg-ulb/creditcardfraud"
LICENCE = (
    "Open Database License 1.0 (the database), Database Contents License 1.0 (its contents): "
    "share it with attribution, and share databases derived from it alike."
)
CITATION = (
    "Andrea Dal Pozzolo, Olivier Caelen, Reid A. Johnson and Gianluca Bontempi. "
    "Calibrating Probability with Undersampling for Unbalanced Classification. "
    "IEEE Symposium on Computational Intelligence and Data Mining (CIDM), 2015."
)


@dataclass(frozen=True)
class Expected:
    """What a file and the table in it must be to be believed.

    Parameters
    ----------
    sha256 : str
        Digest of the CSV file, in hexadecimal.
    n_bytes : int
        Size of the CSV file.
    n_rows, n_frauds : int
        Rows of the table, and how many of them have Class 1.
    checksum : int
        CRC-32 of the values, column after column (see `casebook.data._cache`).
    """

    sha256: str
    n_bytes: int
    n_rows: int
    n_frauds: int
    checksum: int


FULL = Expected(
    sha256="76274b691b16a6c49d3f159c883398e03ccd6d1ee12d9d8ee38f4b4b98551a89",
    n_bytes=150_828_752,
    n_rows=284_807,
    n_frauds=492,
    checksum=0x2453A751,
)


def column_type(name: str) -> np.dtype:
    """Return the little-endian type of a column: int64 for Class, float64 for the others."""
    return np.dtype("<i8") if name == "Class" else np.dtype("<f8")
