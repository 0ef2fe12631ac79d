"""Worker processes, without a word about workers that joblib replaces."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from joblib import Parallel
from joblib.externals.loky import get_reusable_executor

from prerelease import _validate


@contextmanager
def pool(processes: int, **options: Any) -> Iterator[Parallel]:
    """Open a pool of so many processes for the length of a with statement."""
    _validate.integer(processes, "processes", low=1)
    with warnings.catch_warnings(), Parallel(n_jobs=processes, **options) as workers:
        # A worker that has grown is replaced by a fresh one; no job is lost by it.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        yield workers


def dismiss() -> None:
    """End the workers, which joblib keeps for the next pool, and give their memory back."""
    get_reusable_executor().shutdown(wait=True)
