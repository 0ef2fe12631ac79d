"""What Binder and Colab are told: as much of it as can be tried without them."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from data_helpers import TEXT
from test_environment import PROJECT, locked
from tools.site import stage as site_stage

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / ".binder"


def test_binder_takes_the_locked_versions_of_a_workshop():
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (included,) = [line.removeprefix("-r ") for line in lines if not line.startswith("#")]
    assert (BINDER / included).resolve() == ROOT / "requirements" / "workshop.txt"


def test_workshop_is_a_part_of_the_lock_without_torch_and_the_builder_of_the_book():
    part, whole = (
        {f"{pin.name}{pin.specifier}" for pin in locked(name)}
        for name in ("workshop.txt", "lock.txt")
    )
    assert part < whole
    names = {pin.name for pin in locked("workshop.txt")}
    assert not names & {"torch", "pytorch-tabnet", "jupyter-book", "sphinx", "playwright"}
    declared = PROJECT["optional-dependencies"]
    for extra in ("chapters", "lab"):
        for line in (line for line in declared[extra] if not line.startswith("prerelease[")):
            assert re.match(r"[\w-]+", line)[0] in names


def test_binder_has_a_python_that_is_supported():
    version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    assert f"Programming Language :: Python :: {version.removeprefix('python-')}" in listed


@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_of_binder_can_run(name):
    assert os.access(BINDER / name, os.X_OK)
    subprocess.run(["bash", "-n", str(BINDER / name)], check=True)


@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
def test_binder_starts_in_quick_mode():
    code = "from casebook import mode; print(mode.current())"
    command = [str(BINDER / "start"), sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "quick\n"


def test_colab_cell_installs_there_and_does_nothing_elsewhere(monkeypatch):
    code = site_stage.COLAB_CELL.format(repository="https://github.com/OWNER/NAME", branch="main")
    nbformat.v4.new_code_cell(code)
    ran = []

    class Shell:
        def run_line_magic(self, name, line):
            ran.append((name, line))

        def system(self, line):
            ran.append(("!", line))

    python = TransformerManager().transform_cell(code)
    monkeypatch.delenv("PRERELEASE_MODE", raising=False)
    exec(python, {"get_ipython": Shell})
    assert ran == []
    assert "PRERELEASE_MODE" not in os.environ
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    exec(python, {"get_ipython": Shell})
    assert os.environ["PRERELEASE_MODE"] == "quick"
    (magic, library), (again, casebook), (shell, fetch) = ran
    assert (magic, again, shell) == ("pip", "pip", "!")
    source = "git+https://github.com/OWNER/NAME@main"
    assert library.endswith(f'"prerelease[chapters] @ {source}"')
    assert casebook.endswith(f'"prerelease-casebook @ {source}#subdirectory=src"')
    assert fetch.endswith("python -m casebook.data fetch")


@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
def test_image_of_binder_has_the_payments_and_not_the_file_they_came_from(tmp_path):
    """Its script, with a package that is installed already and a fetch that has nothing to do."""
    home = tmp_path / "data"
    home.mkdir()
    (home / "creditcard.csv").write_bytes(TEXT)
    calls = tmp_path / "calls"
    stand_in = tmp_path / "python"
    stand_in.write_text(
        f'#!/bin/sh\necho "$*" >> "{calls}"\n'
        f'[ "$1" = -m ] && exit 0\nexec "{sys.executable}" "$@"\n'
    )
    stand_in.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PRERELEASE_DATA_DIR": str(home),
        "PRERELEASE_DATA": "",
    }
    subprocess.run([str(BINDER / "postBuild")], env=environment, check=True, capture_output=True)
    said = calls.read_text().splitlines()
    assert said.index("-m casebook.data fetch") < said.index("-m casebook.data verify")
    assert list(home.iterdir()) == []
