"""What is written: files, never over what was read, and whole or not at all; lines, if they can."""

import errno
import os
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What moves the cursor, breaks a line, turns the direction of writing, or cannot be written."""


def plain(text: str) -> str:
    """Return text in one line, with every control character spelled out."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def say(*lines: str, to: TextIO | None) -> None:
    """Print lines, without control characters; where they cannot be, nothing else changes.

    Whoever reads may have gone, as after ``| head``; a disk may be full; a stream may be closed.
    """
    if to is None or not lines:
        return
    try:
        print(*map(plain, lines), sep="\n", file=to, flush=True)
    except OSError as error:
        with suppress(OSError):  # what is left to be written goes nowhere, instead of failing later
            os.dup2(os.open(os.devnull, os.O_WRONLY), to.fileno())
        if to is sys.stdout and not isinstance(error, BrokenPipeError):
            say(f"note: not all could be printed: {error.strerror}.", to=sys.stderr)


def refuse_overwriting(outputs: Mapping[str, Path], inputs: Iterable[Path]) -> None:
    """Say which output would replace an input or another output; nothing is touched."""
    inputs = list(inputs)
    if inputs.count(Path("-")) > 1:
        msg = "Two files cannot both be the standard input: give one of them a name."
        raise ValueError(msg)
    held = [(f"the input {file}", file) for given in inputs for file in files_in(given)]
    for option, output in outputs.items():
        if output.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(output))
        if str(output) == "-":
            msg = f"{option} - would be a file called -: give it a name."
            raise ValueError(msg)
        if Path("-") in inputs and _is_standard_input(output):
            msg = f"{option} {output} would overwrite the standard input: give it another name."
            raise ValueError(msg)
        for what, other in held:
            if _same(output, other):
                msg = f"{option} {output} would overwrite {what}: give it a name of its own."
                raise ValueError(msg)
        held.append((f"what {option} writes", output))


def files_in(given: Path) -> list[Path]:
    """Return a path that is no folder, or every file below one, sorted.

    `os.walk` passes over a folder that vanishes meanwhile, where `Path.rglob` raises.
    """
    found = (Path(folder, name) for folder, _, names in os.walk(given) for name in names)
    return sorted(found) if given.is_dir() else [given]


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, by links of either kind or by their names."""
    if one.exists() and other.exists():
        return (one.is_file() or other.is_file()) and one.samefile(other)
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _is_standard_input(file: Path) -> bool:
    try:
        return file.is_file() and os.path.samestat(file.stat(), os.fstat(0))
    except OSError:  # it is closed
        return False


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there, so that no half of it is ever seen."""
    try:
        _write_whole(file, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        error.filename = str(file)  # not that of a part of it, nor none
        raise


def _write_whole(file: Path, content: bytes) -> None:
    if file.exists() and (not file.is_file() or file.parts[:2] == ("/", "dev")):
        file.write_bytes(content)  # a pipe or device stays one
        return
    file = Path(os.path.realpath(file))  # and so does a link
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
