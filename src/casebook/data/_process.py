"""Running another program with a limit on its time, and with a progress bar for what it writes."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from ._errors import TransientError
from ._files import NO_SPACE

PROGRESS = "PRERELEASE_PROGRESS"  # "1" shows the bar everywhere, "0" nowhere
_FOLDER_VARIABLES = ("TMPDIR", "TEMP", "TMP", "KAGGLEHUB_CACHE")


def run(
    command: Sequence[str],
    scratch: Path,
    *,
    n_bytes: int,
    seconds: float = 900.0,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command that downloads into a scratch folder.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    scratch : pathlib.Path
        An existing folder, where the command also keeps its temporary files.
    n_bytes : int
        The size that the folder will have when all is there, for the progress bar.
    seconds : float
        The longest it may run; then it is killed.
    environment : mapping, optional
        Variables to set for it.

    Raises
    ------
    TransientError
        If it fails or takes too long; says what it last printed.
    OSError
        If it fails because the disk is full.
    """
    log = scratch / "output.log"
    folders = dict.fromkeys(_FOLDER_VARIABLES, str(scratch))
    environment = {**os.environ, **folders, **(environment or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        with process:
            try:
                _watch(process, scratch, seconds, n_bytes)
            finally:
                process.kill()  # does nothing if it has ended
    if process.returncode != 0:
        printed = log.read_text(encoding="utf-8", errors="replace")
        for number in NO_SPACE:
            if os.strerror(number) in printed:
                raise OSError(number, os.strerror(number))
        raise TransientError(_last_words(printed) or f"exit code {process.returncode}.")


def _watch(process: subprocess.Popen, scratch: Path, seconds: float, n_bytes: int) -> None:
    """Wait for a process to end, and show how much it has written."""
    deadline = time.monotonic() + seconds
    asked = os.environ.get(PROGRESS, "")
    with tqdm(
        total=n_bytes,
        desc="Downloading the data",
        unit="B",
        unit_scale=True,
        leave=False,
        disable=not (asked == "1" or (asked != "0" and sys.stderr.isatty())),
        file=sys.stderr,
    ) as progress:
        while process.poll() is None:
            if time.monotonic() > deadline:
                msg = f"no answer within {seconds:.0f} s."
                raise TransientError(msg)
            progress.update(max(0, _size(scratch) - progress.n))
            time.sleep(0.05)


def _size(folder: Path) -> int:
    """Return the bytes under a folder, of which files and folders may vanish meanwhile.

    The program that is watched makes and removes its own folders; `os.walk` passes over one
    that is gone before it can be opened, where `Path.rglob` raises. A file that is gone, or was
    a folder a moment ago, counts as nothing: the size is only shown.
    """
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_size  # noqa: PTH118 - as walk says
    return total


def _last_words(printed: str) -> str:
    """Return the lines that tell why a program failed: its errors, else its last line."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    errors = [line[6:].strip() for line in lines if line.lower().startswith("error:")]
    return " ".join((errors or lines[-1:])[:2])[:400]
