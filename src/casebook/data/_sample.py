"""The packaged sample: all the frauds, and every k-th honest payment, in the original words."""

import hashlib
import io
import json
import logging
import lzma
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from ._errors import DataError
from ._facts import FULL
from ._parse import parse_csv

SAMPLE_FILE = "sample.csv.xz"
RECORD_FILE = "sample.json"

logger = logging.getLogger("casebook.data")


@cache
def sample_record() -> dict:
    """Return what `tools/data/make_sample.py` wrote down when it made the sample."""
    return json.loads(files(__package__).joinpath(RECORD_FILE).read_text(encoding="utf-8"))


def sample_text() -> bytes:
    """Return the CSV text of the sample: the header and lines of the published file, verbatim."""
    text = lzma.decompress(files(__package__).joinpath(SAMPLE_FILE).read_bytes())
    if hashlib.sha256(text).hexdigest() != sample_record()["csv_sha256"]:
        msg = f"The packaged {SAMPLE_FILE} is damaged: install the package again."
        raise DataError(msg)
    return text


def load_sample() -> pd.DataFrame:
    """Load the packaged sample of real payments.

    Returns
    -------
    pandas.DataFrame of shape (14708, 31)
        All 492 frauds and every 20th honest payment, in order of time, with the columns of
        `load`. ``attrs["source"]`` is ``"sample"``.

    Notes
    -----
    Frauds are 20 times as frequent as in the full data: weigh the rows with
    `sampling_weights` before you read a rate, a cost or a precision from it.

    Examples
    --------
    >>> from casebook import data
    >>> df = data.load_sample()
    >>> df.shape, int(df["Class"].sum()), df.attrs["source"]
    ((14708, 31), 492, 'sample')
    """
    df = parse_csv(io.BytesIO(sample_text()))
    df.attrs.update(source="sample", sha256=sample_record()["csv_sha256"])
    return df


def sampling_weights(df: pd.DataFrame) -> np.ndarray:
    """Return how many real payments each row of a frame stands for.

    Parameters
    ----------
    df : pandas.DataFrame of shape (n, m)
        A frame from `load` or `load_sample`, or rows chosen from it; needs the column Class and
        ``attrs["source"]``.

    Returns
    -------
    ndarray of shape (n,)
        Ones on the full data. On the sample, 1 for a fraud, since all are there, and the same
        weight for each honest payment, so that the weights of the whole sample add up to 284,807.

    Raises
    ------
    ValueError
        If the frame does not say where it comes from.

    Notes
    -----
    These are inverse inclusion probabilities (Horvitz–Thompson weights): with N₀ honest
    payments of which n₀ are in the sample, each stands for N₀ / n₀.

    References
    ----------
    D. G. Horvitz and D. J. Thompson. A Generalization of Sampling Without Replacement from a
    Finite Universe. Journal of the American Statistical Association 47, 1952.

    Examples
    --------
    >>> from casebook import data
    >>> df = data.load_sample()
    >>> weights = data.sampling_weights(df)
    >>> round(weights.sum()), weights.min()
    (284807, np.float64(1.0))
    """
    source = df.attrs.get("source")
    if source == "full":
        return np.ones(len(df))
    if source == "sample":
        record = sample_record()
        honest = (FULL.n_rows - record["n_frauds"]) / (record["n_rows"] - record["n_frauds"])
        return np.where(df["Class"].to_numpy() == 1, 1.0, honest)
    msg = f"df.attrs['source'] must be 'full' or 'sample', got {source!r}."
    raise ValueError(msg)
