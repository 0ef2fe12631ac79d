"""The progress bar: on a terminal, or where the command line asks for one."""

import os
import sys

from tqdm import tqdm

VARIABLE = "PRERELEASE_PROGRESS"  # "1" shows bars everywhere, "0" nowhere


def bar(n_bytes: int, label: str) -> tqdm:
    """Return a progress bar for a download, silent where nobody watches.

    Parameters
    ----------
    n_bytes : int
        The size of what is downloaded.
    label : str
        What the bar says.

    Examples
    --------
    >>> with bar(10, "Downloading") as progress:
    ...     _ = progress.update(10)
    >>> progress.n
    10
    """
    asked = os.environ.get(VARIABLE, "")
    shown = asked == "1" or (asked != "0" and sys.stderr.isatty())
    return tqdm(
        total=n_bytes,
        desc=label,
        unit="B",
        unit_scale=True,
        leave=False,
        disable=not shown,
        file=sys.stderr,
    )
