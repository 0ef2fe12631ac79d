"""The progress bar: on a terminal, or where it is asked for."""

import os
import sys

from tqdm import tqdm

VARIABLE = "PRERELEASE_PROGRESS"  # "1" shows the bar everywhere, "0" nowhere


def bar(n_bytes: int) -> tqdm:
    """Return a progress bar for a download, silent where nobody watches.

    Parameters
    ----------
    n_bytes : int
        The size of what is downloaded.

    Examples
    --------
    >>> with bar(10) as progress:
    ...     progress.total
    10
    """
    asked = os.environ.get(VARIABLE, "")
    shown = asked == "1" or (asked != "0" and sys.stderr.isatty())
    return tqdm(
        total=n_bytes,
        desc="Downloading the data",
        unit="B",
        unit_scale=True,
        leave=False,
        disable=not shown,
        file=sys.stderr,
    )
