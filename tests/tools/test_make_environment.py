"""What is missing on a bare machine is said in one sentence that names the mend."""

import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from tools.environment import bootstrap
from tools.environment import make_environment as environment

ROOT = Path(__file__).resolve().parents[2]
OLD_PYTHONS = [
    *(Path.home() / ".pyenv" / "versions").glob("2.*/bin/python"),
    *(Path.home() / ".pyenv" / "versions").glob("3.[0-9].*/bin/python"),
    *(Path.home() / ".pyenv" / "versions").glob("3.10.*/bin/python"),
]
posix = pytest.mark.skipif(os.name == "nt", reason="the Makefile is for POSIX shells")


def make(*arguments, **environment):
    command = [shutil.which("make"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def only_these(folder, *tools):
    """Return a PATH on which nothing but `tools` is found."""
    for tool in tools:
        (folder / tool).symlink_to(shutil.which(tool))
    return str(folder)


@posix
def test_missing_python_is_one_sentence(tmp_path):
    done = make("data", PATH=only_these(tmp_path, "sh", "echo"))
    assert done.returncode != 0
    assert "Python is missing: install Python 3.11 or newer" in done.stderr


@posix
def test_make_that_is_too_old_is_one_sentence():
    done = make("book", "MAKE_VERSION=3.79")
    assert done.returncode != 0
    assert "needs GNU make 3.81 or newer" in done.stderr


@posix
def test_missing_node_is_one_sentence(tmp_path):
    command = [sys.executable, "tools/environment/bootstrap.py", "--needs", "node"]
    environment = {"PATH": only_these(tmp_path, "sh")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "Node.js and npm are missing: on Debian, apt-get install nodejs npm.\n"


def test_an_environment_of_another_python_is_made_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "venv_python", lambda: Path(sys.executable))
    assert environment.is_usable()
    monkeypatch.setattr(sys, "version", "3.99.0 (another)")
    assert not environment.is_usable()
    monkeypatch.setattr(environment, "venv_python", lambda: tmp_path / "absent")
    assert not environment.is_usable()


@pytest.mark.parametrize("version", [(3, 10), (3, 15), (2, 7)])
def test_unsupported_python_is_one_sentence(version):
    assert f"Python {version[0]}.{version[1]} is not supported" in bootstrap.sentence_for(version)
    assert bootstrap.sentence_for(bootstrap.OLDEST) is None
    assert bootstrap.sentence_for(bootstrap.NEWEST) is None


@pytest.mark.skipif(not OLD_PYTHONS, reason="no old Python is installed here")
@pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda path: path.parents[1].name)
def test_an_old_python_reads_the_door_and_says_one_sentence(python):
    command = [str(python), "-B", "tools/environment/bootstrap.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(
        r"Python \d\.\d+ is not supported: [^\n]*PYTHON=python3.12\.\n", done.stderr
    )


def test_full_disk_is_one_sentence(monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")(10e9, 9e9, 1e9)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "absent")
    assert "The disk has 1.0 GB free" in environment.sentence_for_missing(False)


def test_supported_machine_misses_nothing():
    assert environment.sentence_for_missing(False) is None


def test_environment_is_made_anew_when_a_pin_changes(monkeypatch, tmp_path):
    before = environment.wanted()
    shutil.copytree(environment.REQUIREMENTS, tmp_path / "requirements")
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path / "requirements")
    assert environment.wanted() == before
    with (tmp_path / "requirements" / "lock.txt").open("a") as file:
        file.write("# one more line\n")
    assert environment.wanted() != before


def test_torch_comes_from_a_folder_that_holds_its_wheel(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert environment.torch_source() == ["--torch-backend", "cpu"]
    version = (environment.REQUIREMENTS / "torch.txt").read_text().split("==")[1].strip()
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    (tmp_path / f"torch-{version}+cpu-{tag}-{tag}-linux_x86_64.whl").touch()
    assert environment.torch_source() == ["--find-links", str(tmp_path)]


@posix
def test_help_lists_every_documented_target():
    listed = make("help").stdout
    for target in ("book", "test", "lab", "data", "lint", "clean", "help"):
        assert f"make {target} " in listed
