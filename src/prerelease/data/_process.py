"""Running another program with a limit on its time, and with a progress bar for what it writes."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ._errors import TransientError
from ._progress import bar


def run(
    command: Sequence[str],
    scratch: Path,
    *,
    seconds: float,
    n_bytes: int,
    label: str,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command that downloads into a scratch folder; return what it printed.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    scratch : pathlib.Path
        An existing folder, where the command also keeps its temporary files.
    seconds : float
        The longest it may run.
    n_bytes : int
        The size that the folder will have when all is there, for the progress bar.
    label : str
        What the progress bar says.
    environment : mapping, optional
        Further environment variables.

    Raises
    ------
    TransientError
        If it fails or takes too long; says what it last printed.
    """
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    log = scratch / "output.log"
    deadline = time.monotonic() + seconds
    with log.open("wb") as output, bar(n_bytes, label) as progress:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **temporary, **(environment or {})},
        ) as process:
            try:
                while process.poll() is None:
                    if time.monotonic() > deadline:
                        msg = f"no answer within {seconds:.0f} s."
                        raise TransientError(msg)
                    progress.update(max(0, _size(scratch) - progress.n))
                    time.sleep(0.05)
            finally:
                process.kill()  # does nothing if it has ended
    printed = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode != 0:
        raise TransientError(_last_words(printed) or f"exit code {process.returncode}.")
    return printed


def _size(folder: Path) -> int:
    """Return the bytes under a folder, of which files may vanish while they are counted."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def _last_words(printed: str) -> str:
    """Return the lines that tell why a program failed: its errors, else its last line."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal"))]
    return " ".join((errors or lines[-1:])[:2])[:400]
