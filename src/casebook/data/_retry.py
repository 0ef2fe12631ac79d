"""Trying again, with growing waits, and not for ever."""

import logging
import time
from collections.abc import Callable

from ._errors import SourceError, TransientError

TRIES = 3
FIRST_WAIT = 1.0  # seconds

logger = logging.getLogger("casebook.data")


def retry(action: Callable[[], None], *, tries: int = TRIES, wait: float = FIRST_WAIT) -> None:
    """Call `action` until it raises no TransientError, at most `tries` times.

    Parameters
    ----------
    action : callable
        What to do. A SourceError that is not transient ends it at once.
    tries : int
        The largest number of calls.
    wait : float
        Seconds before the second call; each further wait is three times as long.

    Raises
    ------
    SourceError
        If the last call failed too.

    Examples
    --------
    >>> answers = iter([TransientError("busy."), None])
    >>> def action():
    ...     answer = next(answers)
    ...     if answer is not None:
    ...         raise answer
    >>> retry(action, wait=0)
    """
    for done in range(1, tries + 1):
        try:
            action()
        except TransientError as error:
            if done == tries:
                msg = f"{error} (tried {tries} times)" if tries > 1 else str(error)
                raise SourceError(msg) from error
            pause = wait * 3 ** (done - 1)
            logger.info("%s Trying again in %.0f s.", error, pause)
            time.sleep(pause)
        else:
            return
