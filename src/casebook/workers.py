"""Worker processes, without a word about workers that joblib replaces."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from joblib import Parallel
from joblib.externals.loky import get_reusable_executor

from prerelease import _validate


def results(
    calls: Iterable[Any], *, processes: int, tell: Callable[[int], None] | None = None
) -> Iterator[Any]:
    """Yield what delayed calls return, in their order, so many processes at a time."""
    _validate.integer(processes, "processes", low=1)
    workers = Parallel(n_jobs=processes, return_as="generator")
    with warnings.catch_warnings(), workers:
        # A worker that has grown is replaced by a fresh one; no job is lost by it.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        for number, result in enumerate(workers(calls), start=1):
            if tell:
                tell(number)
            yield result


def dismiss() -> None:
    """End the workers, which joblib keeps for the next pool, and give their memory back."""
    get_reusable_executor().shutdown(wait=True)
