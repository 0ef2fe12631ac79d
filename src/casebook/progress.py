"""How far a long step is: a line that is wiped when the step is done, so that no page keeps it."""

import sys
from collections.abc import Callable

from tqdm import tqdm

Tell = Callable[..., None]


def line(what: str) -> Tell:
    """Return a function that shows how much of a step is done, on standard error.

    Parameters
    ----------
    what : str
        The step, in a few words.

    Returns
    -------
    callable
        To be called as ``tell(done, total)`` with what is done so far; the line goes when
        both are equal. Where nobody knows how much there is, ``tell(done)`` counts.

    Examples
    --------
    >>> tell = line("Trials")
    >>> for done in range(1, 4):
    ...     tell(done, 3)
    """
    # Standard error as it is now: a test or a notebook may have put another in its place.
    bar = tqdm(desc=what, leave=False, file=sys.stderr)

    def tell(done: int, total: int | None = None, *_: object) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return tell
