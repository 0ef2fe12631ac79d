"""One process at a time: a lock of the operating system, which ends with its process."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 60.0
"""Seconds after which waiting for another process is given up."""

if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of a file, which lies beside it and is never stale: a kill lets it go too."""
    beside = file.with_name(f".{file.name}.lock")
    handle, until = os.open(beside, os.O_RDWR | os.O_CREAT, 0o666), time.monotonic() + WAIT
    try:
        while True:
            try:
                _take(handle)
                break
            except (BlockingIOError, PermissionError) as error:
                if time.monotonic() > until:
                    msg = f"{file} is locked by another process, which still runs: {beside}."
                    raise TimeoutError(msg) from error
                time.sleep(0.005)
        yield
    finally:
        os.close(handle)  # which unlocks it
