"""Build the wheels of the library and of the casebook, without a network."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.site.steps import ROOT, copy_if_there

LIBRARY, CASEBOOK = ".", "src"  # where the pyproject.toml of each lies


def build_wheels(folder: Path, *projects: str) -> None:
    """Build projects with the tools of this environment, and put their wheels into a folder.

    They are built from a copy, because setuptools packs what an earlier build has left behind.
    """
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel"]
    with tempfile.TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy2(ROOT / name, copy)
        without = shutil.ignore_patterns("__pycache__", "*.egg-info")
        source, target = ROOT / "src", Path(copy) / "src"
        shutil.copytree(source, target, ignore=without, copy_function=copy_if_there)
        places = [str(Path(copy) / project) for project in projects]
        subprocess.run([*command, *places, *options, str(folder)], check=True)
