"""Reading the CSV, exactly."""

from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from ._facts import COLUMNS, column_type


def parse_csv(source: Path | BinaryIO) -> pd.DataFrame:
    """Read a well-formed CSV of the data; every number is the float64 nearest to its text.

    Parameters
    ----------
    source : pathlib.Path or binary stream
        The CSV.

    Returns
    -------
    pandas.DataFrame
        The 31 columns, float64 but for the int64 Class.

    Raises
    ------
    pyarrow.ArrowInvalid
        If the text is not such a table. `casebook.data._diagnose` says what is wrong with it.

    Notes
    -----
    The values are those of ``pandas.read_csv(path, float_precision="round_trip")``, bit for bit.
    The default of ``read_csv`` is another thing: its fast parser drops digits after the 17th,
    leading zeros counted, and so changes 127,152 of the 8.8 million numbers (by up to one part
    in 10¹²; ``-0.00898309914322813`` becomes ``-0.0089830991432281``).
    """
    types = {name: pa.from_numpy_dtype(column_type(name)) for name in COLUMNS}
    options = csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False)
    table = csv.read_csv(source, convert_options=options)
    return table.to_pandas()
