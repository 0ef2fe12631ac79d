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

import site_stage
from test_environment import PROJECT, locked

ROOT = Path(__file__).resolve().parents[1]
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
        for line in declared[extra]:
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
    code = "from prerelease import mode; print(mode.current())"
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

    python = TransformerManager().transform_cell(code)
    monkeypatch.delenv("PRERELEASE_MODE", raising=False)
    exec(python, {"get_ipython": Shell})
    assert ran == []
    assert "PRERELEASE_MODE" not in os.environ
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    exec(python, {"get_ipython": Shell})
    assert os.environ["PRERELEASE_MODE"] == "quick"
    ((magic, line),) = ran
    assert magic == "pip"
    assert '"prerelease[chapters] @ git+https://github.com/OWNER/NAME@main"' in line
