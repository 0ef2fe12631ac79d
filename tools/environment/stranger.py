"""The library as a stranger meets it: its wheel, no extras, on the newest of all that it needs.

    python -m tools.environment.stranger     # run the library's tests and examples there

The environment lies in build/stranger. It is made once for a Python and for what pyproject.toml
asks for, from the newest versions that there are on that day; a changed library is put into it as
a new wheel. What runs there sees copies of the library's tests, and nothing else of the project.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import filelock

from tools.environment.wheels import LIBRARY, build_wheels
from tools.site.steps import BUILD, ROOT, BuildError, digest

PLACE, CACHE = BUILD / "stranger", BUILD / "stranger-cache"
TESTS = ROOT / "tests" / "prerelease"
PYTEST = (
    "-q",
    "--noconftest",
    "-p",
    "no:cacheprovider",
    "-p",
    "plugin_library",
    "-rsfE",
    "--tb=short",
)
EXAMPLES = ("--doctest-modules", "--pyargs", "prerelease")
WARNINGS = "filterwarnings=error::DeprecationWarning:prerelease"


def _uv(*arguments: str) -> None:
    settings = {"UV_COMPILE_BYTECODE": "1", "UV_CACHE_DIR": str(CACHE)}
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    done = subprocess.run(command, env=os.environ | settings, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        msg = (
            "The library's own environment could not be made, for which the package index must be "
            f"reached once:\n{done.stderr.decode(errors='replace')}"
        )
        raise BuildError(msg)


def environment(place: Path = PLACE, needs: Sequence[str] = ("pytest", "hypothesis")) -> Path:
    """Return the Python of an environment, which is made or brought up to date where needed.

    It has the library from its wheel, and the newest of what else it `needs`.
    """
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    project = ROOT / "pyproject.toml"
    made = {
        place / "made-from": digest([project, Path(__file__)], sys.version, str(place), *needs),
        place / "library": digest([project, ROOT / "src" / "prerelease"]),
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{place}.lock"):
        stale = [file for file, now in made.items() if not file.exists() or file.read_text() != now]
        if not stale:
            return python
        with tempfile.TemporaryDirectory() as folder:
            build_wheels(Path(folder), LIBRARY)
            wheel = str(next(Path(folder).glob("*.whl")))
            install = ("pip", "install", "--python", str(python))
            if place / "made-from" in stale:
                shutil.rmtree(place, ignore_errors=True)
                _uv("venv", "--python", sys.executable, str(place))
                _uv(*install, wheel, *needs)
            else:
                _uv(*install, "--no-deps", "--reinstall", wheel)
            shutil.rmtree(CACHE, ignore_errors=True)
        for file, now in made.items():
            file.write_text(now)
    return python


def variables(folder: Path) -> dict[str, str]:
    """Return what a command there finds in its environment: nothing that names this project."""
    mine = ("PYTHON", "PRERELEASE", "VIRTUAL_ENV", "COV_", "COVERAGE", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return kept | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run(python: Path, *what: str) -> subprocess.CompletedProcess[str]:
    """Run pytest there, on what it is told, such as `EXAMPLES`, or on the tests."""
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder) / "tests"
        shutil.copytree(TESTS, tests, ignore=shutil.ignore_patterns("__pycache__"))
        command = [str(python), "-m", "pytest", *PYTEST, "-o", WARNINGS, "--rootdir", folder]
        return subprocess.run(
            [*command, *(what or ("tests",))],
            cwd=folder,
            env=variables(tests),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )


def main() -> int:
    try:
        python = environment()
    except BuildError as error:
        sys.exit(str(error))
    done = [run(python), run(python, *EXAMPLES)]
    for part in done:
        print(part.stdout)
    return max(part.returncode for part in done)


if __name__ == "__main__":
    sys.exit(main())
