"""The one split of the book, and the only door to its test rows."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd

from casebook.conventions import CRITERIA
from prerelease import _validate, ledger

TRAIN_END = 120_396.0
"""Seconds since the first payment at which training rows end and validation rows begin."""
VALID_END = 145_248.0
"""Seconds since the first payment at which validation rows end and test rows begin."""
TEST_SECONDS = 27_544.0
"""How long the test rows' evening is: 172,792 seconds, the last of the file, less `VALID_END`."""
KINDS = ("evaluation", "demonstration", "description")


def development(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that a model may be built with: for training and for validation.

    Parameters
    ----------
    df : pandas.DataFrame
        What ``casebook.data.load()`` returns, sorted by ``Time`` (seconds).

    Returns
    -------
    train, valid : pandas.DataFrame
        Rows with ``Time`` below `TRAIN_END`, and from there to below `VALID_END`: 170,882
        and 56,963 rows of the full data. Both keep their index and their ``attrs``.

    Raises
    ------
    ValueError
        If a column is missing, the rows are not sorted in time, or a part is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"Time": [0.0, 120_396.0, 150_000.0], "Class": [0, 1, 0]})
    >>> train, valid = development(df)
    >>> len(train), len(valid)
    (1, 1)
    """
    train, valid, _ = _cut(df)
    return train, valid


def open_test(df: pd.DataFrame, *, who: str, why: str, kind: str) -> pd.DataFrame:
    """Return the test rows, after a line in the ledger says who took them and why.

    Parameters
    ----------
    df : pandas.DataFrame
        What ``casebook.data.load()`` returns, sorted by ``Time`` (seconds).
    who : str
        The chapter, the script or the person.
    why : str
        The question that the test rows are to answer, in a sentence.
    kind : {"evaluation", "demonstration", "description"}
        ``"evaluation"`` judges a model that was chosen before; ``"demonstration"`` shows a
        mistake and what it costs; ``"description"`` looks at rows and judges no model.

    Returns
    -------
    pandas.DataFrame
        Rows with ``Time`` of at least `VALID_END`: 56,962 rows, 75 of them fraud, of the
        full data.

    Raises
    ------
    ValueError
        If a word is missing, `kind` is unknown, or the rows are not as `development` wants.
    ValueError
        If the ledger was edited or its last line is torn: no row is handed out then.

    Notes
    -----
    Every call is recorded, a repeated one too: a test set that is looked at often enough is
    a validation set [1]_.

    References
    ----------
    .. [1] Dwork et al. (2015). The reusable holdout: preserving validity in adaptive data
       analysis. Science 349, 636-638.

    Examples
    --------
    >>> import os, tempfile
    >>> import pandas as pd
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/ledger.jsonl"
    >>> df = pd.DataFrame({"Time": [0.0, 120_396.0, 150_000.0], "Class": [0, 0, 1]})
    >>> len(open_test(df, who="docs", why="to show the door", kind="demonstration"))
    1
    """
    entry = {
        "who": _validate.text(who, "who"),
        "why": _validate.text(why, "why"),
        "kind": _validate.choice(kind, "kind", KINDS),
    }
    test = _cut(df)[2]
    ledger.append(
        {
            **entry,
            "data_digest": digest(test),
            "source": str(df.attrs.get("source", "other")),
            "n_rows": len(test),
            "n_positive": int(test["Class"].sum()),
        },
        criteria=CRITERIA,
        file=ledger_file(),
    )
    return test


def ledger_file() -> Path:
    """Return where the book's ledger is kept.

    Returns
    -------
    pathlib.Path
        ``build/ledger.jsonl`` in a checkout, unless another was chosen; else
        `prerelease.ledger.path`.

    Examples
    --------
    >>> ledger_file().suffix
    '.jsonl'
    """
    project = Path(__file__).parents[2]
    chosen = os.environ.get(ledger.VARIABLE, "").strip()
    if chosen or not (project / "pyproject.toml").is_file():
        return ledger.path()
    return project / "build" / "ledger.jsonl"


def uses() -> pd.DataFrame:
    """Return the book's ledger: every use of the test rows, as `prerelease.ledger.read`."""
    return ledger.read(ledger_file())


def digest(df: pd.DataFrame) -> str:
    """Return a SHA-256 of the names and the values of a data frame's numeric columns.

    Parameters
    ----------
    df : pandas.DataFrame
        Numeric columns only; the index has no part in the digest.

    Returns
    -------
    str
        64 hexadecimal digits, the same on every machine for the same values in the same order.

    Examples
    --------
    >>> import pandas as pd
    >>> digest(pd.DataFrame({"Time": [0.0]})) == digest(pd.DataFrame({"Time": [0]}))
    True
    """
    result = hashlib.sha256("\n".join(map(str, df.columns)).encode())
    for column in df.columns:
        result.update(np.ascontiguousarray(df[column], dtype="<f8").tobytes())
    return result.hexdigest()


def _cut(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    missing = [name for name in ("Time", "Class") if name not in df.columns]
    if missing:
        msg = f"df must have the columns 'Time' and 'Class', {missing} missing."
        raise ValueError(msg)
    times = _validate.sorted_times(df["Time"], "Time")
    _validate.binary(df["Class"], "Class", both=False)
    first, second = np.searchsorted(times, [TRAIN_END, VALID_END], side="left")
    parts = df.iloc[:first], df.iloc[first:second], df.iloc[second:]
    for name, part in zip(("training", "validation", "test"), parts, strict=True):
        if part.empty:
            msg = (
                f"The book's split leaves no {name} rows: Time goes from {times[0]:g} s to "
                f"{times[-1]:g} s, and the split is at {TRAIN_END:g} s and {VALID_END:g} s."
            )
            raise ValueError(msg)
    return parts[0].copy(), parts[1].copy(), parts[2].copy()
