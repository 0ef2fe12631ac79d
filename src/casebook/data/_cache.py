"""The cache: the verified values as one Arrow file, believed only if its checksum is right.

What was measured on the full data (2 cores, file in the page cache; `benchmarks/data_load.py`
measures it again):

- Checksums of the 70.6 MB of values: CRC-32 17 ms, SHA-256 40 ms (with the processor's SHA
  instructions; about 180 ms without), BLAKE2b 84 ms. A stamp (size and time of the file) costs
  nothing but believes an altered file. CRC-32 of the values it is, compared with a constant of
  this package: no word that stands in the file itself is taken on trust.
- Mapping the file into memory: 0.03 s in all. Reading it: 0.05 s, with the same peak memory
  (173 MiB), since the checksum touches every page anyway. It is read, because a frame on a mapped
  file dies with a bus error, or changes under its owner, when somebody rewrites the file
  in place; and because Windows refuses to replace a file that is mapped.

The frame owns its memory and can be written to, as any other.
"""

import logging
import os
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import ipc

from ._errors import DataError
from ._facts import COLUMNS, FILE_NAME, Expected, column_type
from ._files import put_in_place, scratch

VERSION = 1  # raise it when the layout changes: files of another version have another name

logger = logging.getLogger("casebook.data")


def cache_path(folder: Path, expected: Expected) -> Path:
    """Return the path of the cache of one CSV, named after its digest and this layout."""
    stem = FILE_NAME.removesuffix(".csv")
    return folder / f"{stem}-{expected.sha256[:12]}.v{VERSION}.arrow"


def checksum(df: pd.DataFrame) -> int:
    """Return the fingerprint of the values of a frame.

    Parameters
    ----------
    df : pandas.DataFrame of shape (n, 31)
        With the columns of `load`; their order in the frame does not matter.

    Returns
    -------
    int
        CRC-32 of the bytes of the values: column after column in the published order, 8 bytes a
        value, little-endian. It tells any two tables apart that differ in up to 32 bits in a
        row, and all but one in four billion of the others.

    Examples
    --------
    >>> from casebook import data
    >>> df = data.load_sample()
    >>> checksum(df) == checksum(df.copy())
    True
    >>> checksum(df) == checksum(df[::-1])
    False
    """
    crc = 0
    for name in COLUMNS:
        crc = zlib.crc32(np.ascontiguousarray(df[name].to_numpy(), dtype=column_type(name)), crc)
    return crc


def write_cache(df: pd.DataFrame, path: Path) -> None:
    """Write the values of a frame as one uncompressed Arrow file, all or nothing."""
    table = pa.table({name: pa.array(df[name].to_numpy()) for name in COLUMNS})
    with scratch(path.parent) as folder:
        part = Path(folder, path.name)
        with part.open("wb") as stream, ipc.new_file(stream, table.schema) as writer:
            writer.write_table(table)
        put_in_place(part, path)


def read_cache(path: Path, expected: Expected) -> pd.DataFrame | None:
    """Return the frame in a cache file, or None if there is none that can be believed.

    Parameters
    ----------
    path : pathlib.Path
        The cache file.
    expected : Expected
        What the values must be.

    Returns
    -------
    pandas.DataFrame or None
        None, with a logged notice, for a file that is truncated, altered, stale or of another
        schema; None, in silence, if there is no file.
    """
    try:
        df = _frame(_read(path))
        if len(df) != expected.n_rows or checksum(df) != expected.checksum:
            msg = "its values are not those of the CSV"
            raise DataError(msg)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, pa.ArrowException, DataError) as error:
        logger.warning("The cache %s cannot be used (%s): making it anew.", path, error)
        return None
    return df


def _read(path: Path) -> np.ndarray:
    """Read a whole file into memory of our own."""
    with path.open("rb", buffering=0) as stream:
        memory = np.empty(os.fstat(stream.fileno()).st_size, dtype=np.uint8)
        if stream.readinto(memory) != memory.size:
            msg = "it changed while it was read"
            raise DataError(msg)
    return memory


def _frame(memory: np.ndarray) -> pd.DataFrame:
    """View the columns of an Arrow file in memory as a frame, without copying them."""
    whole = pa.py_buffer(memory)
    table = ipc.open_file(pa.BufferReader(whole)).read_all()
    if tuple(table.column_names) != COLUMNS:
        msg = "it has other columns"
        raise DataError(msg)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        dtype = column_type(name)
        if column.num_chunks != 1 or column.null_count or column.type != pa.from_numpy_dtype(dtype):
            msg = f"its column {name} has another layout"
            raise DataError(msg)
        # Arrow's own view is read-only; the same bytes of our memory are not.
        start = column.chunk(0).buffers()[1].address - whole.address
        columns[name] = np.frombuffer(memory, dtype=dtype, count=len(column), offset=start)
    return pd.DataFrame(columns, copy=False)
