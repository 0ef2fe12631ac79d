"""Stamps: notes that a user's file was confirmed, so that its digest is not computed each time.

A stamp never decides which values are loaded, since those come from the cache, which has its own
checksum. It only spares a warm load the 0.1 s (0.4 s without SHA instructions) of hashing the CSV.
It holds the file's size, times and number; the time of the last change of a file's inode cannot
be set back by a program that restores the time of its content.
"""

import json
import time
from pathlib import Path

from ._facts import Expected
from ._files import replacing

STAMP_FILE = "confirmed.json"
SETTLED = 2.0  # seconds: a younger file may change again within one tick of the file system's clock


def is_stamped(csv: Path, home: Path, expected: Expected) -> bool:
    """Tell whether `csv` is as it was when it was last confirmed."""
    try:
        return json.loads((home / STAMP_FILE).read_text(encoding="utf-8")) == _mark(csv, expected)
    except (OSError, ValueError):
        return False


def stamp(csv: Path, home: Path, expected: Expected) -> None:
    """Note that `csv` was confirmed, unless it was changed just now or nothing can be written."""
    try:
        state = csv.stat()
        if time.time() - max(state.st_mtime, state.st_ctime) < SETTLED:
            return
        home.mkdir(parents=True, exist_ok=True)
        with replacing(home / STAMP_FILE) as part:
            part.write_text(json.dumps(_mark(csv, expected)), encoding="utf-8")
    except OSError:
        return  # a read-only folder, or a file that is gone: it is simply confirmed next time


def _mark(csv: Path, expected: Expected) -> dict:
    """Return what identifies the state of a file."""
    state = csv.stat()
    return {
        "path": str(csv.resolve()),
        "sha256": expected.sha256,
        "state": [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino],
    }
