"""The values from OpenML, written as the published CSV; run as a program of its own.

``python -m casebook.data._openml creditcard.csv`` is how `casebook.data._sources` calls it,
because scikit-learn's downloads have no time limit, and a process can be killed. OpenML holds
values, not our file; the text made from them is accepted by digest like any other file.
"""

import socket
import sys
import urllib.error
from pathlib import Path

import pandas as pd

from ._errors import SourceError
from ._facts import COLUMNS
from ._text import write_csv

# Data set 1597 is the best known; versions of it lack Time. 42175 is a later upload.
DATA_IDS = (1597, 42175)
TIMEOUT = 10.0  # seconds, for each answer


def as_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame from OpenML with our columns and types.

    Parameters
    ----------
    frame : pandas.DataFrame
        All columns as OpenML has them; Class may be text, quoted or not.

    Raises
    ------
    SourceError
        If a column is missing.

    Examples
    --------
    >>> from casebook import data
    >>> df = data.load_sample().astype({"Class": str})
    >>> as_table(df)["Class"].dtype
    dtype('int64')
    >>> as_table(df.drop(columns="Time"))
    Traceback (most recent call last):
    casebook.data._errors.SourceError: it has no column Time, which a split by time needs.
    """
    for name in COLUMNS:
        if name not in frame:
            use = ", which a split by time needs" if name == "Time" else ""
            msg = f"it has no column {name}{use}."
            raise SourceError(msg)
    label = frame["Class"].astype(str).str.strip("'\"").astype("int64")
    table = frame[list(COLUMNS[:-1])].astype("float64").assign(Class=label)
    return table.sort_values("Time", kind="stable") if table["Time"].diff().min() < 0 else table


def main(target: str) -> int:
    """Fetch the first data set that has all columns, and write it to `target`.

    Returns
    -------
    int
        Exit code; 1 if there is none, with the reasons on standard error.
    """
    from sklearn.datasets import fetch_openml  # noqa: PLC0415

    socket.setdefaulttimeout(TIMEOUT)
    for data_id in DATA_IDS:
        try:
            bunch = fetch_openml(
                data_id=data_id,
                as_frame=True,
                parser="pandas",
                read_csv_kwargs={"float_precision": "round_trip"},
                data_home=str(Path(target).parent),
                n_retries=1,
                delay=0.5,
            )
            write_csv(as_table(bunch.frame), Path(target))
        except (OSError, ValueError, SourceError) as error:
            print(f"Error: data set {data_id}: {error}", file=sys.stderr)
            if type(error) is urllib.error.URLError:  # no answer: no other data set has one
                break
        else:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
