"""The doctor, on laptops that really lack what it looks for."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook import data
from casebook.data._cache import cache_path
from casebook.data._facts import FULL
from tools.environment import doctor

TOOL = Path(doctor.__file__)
ROOT = TOOL.parents[2]
OLD_PYTHONS = sorted((Path.home() / ".pyenv" / "versions").glob("[23].*/bin/python"))
OLD_PYTHONS = [path for path in OLD_PYTHONS if not path.parents[1].name.startswith("3.1")]


@pytest.fixture
def project(tmp_path):
    """A copy of the project's folder with the doctor and the package's sample, and no more."""
    for name in ("tools/environment/doctor.py", "src/casebook/data/sample.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "src/casebook/data/sample.csv.xz", tmp_path / "src/casebook/data")
    return tmp_path


def ask(folder, *options, python=sys.executable, **environment):
    """Run the doctor of a folder; return its exit code and what it said."""
    done = subprocess.run(
        [python, str(folder / "tools" / "environment" / "doctor.py"), *options],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "", "the doctor must never show a traceback"
    return done.returncode, done.stdout


def test_working_environment_is_ready(project):
    code, said = ask(project, PRERELEASE_DATA="sample")  # the Python of the tests has everything
    assert code == 0, said
    assert "loads 14,708 payments" in said
    assert "MEND" not in said


@pytest.mark.full_data
def test_payments_that_are_here_are_loaded_and_counted(project):
    code, said = ask(project, PRERELEASE_DATA="", PRERELEASE_DATA_DIR=str(data.folder()))
    assert code == 0, said
    assert "loads 284,807 payments" in said


@pytest.mark.parametrize("damaged", [False, True], ids=["missing", "damaged"])
def test_payments_that_are_missing_or_damaged_are_found_and_nothing_is_fetched(
    project, tmp_path, damaged
):
    home = tmp_path / "home"
    home.mkdir()
    cache = cache_path(home, FULL)
    if damaged:
        cache.write_bytes(b"ARROW1 and no more")
    code, said = ask(project, PRERELEASE_DATA="", PRERELEASE_DATA_DIR=str(home))
    assert code == 1
    assert "The environment works, but has no payments" in said
    assert "make data" in said
    assert [path.name for path in home.iterdir()] == ([cache.name] if damaged else [])


@pytest.mark.parametrize("version", [(3, 6), (3, 8)])
def test_old_python_can_parse_the_doctor(version):
    ast.parse(TOOL.read_text(encoding="utf-8"), feature_version=version)


@pytest.mark.skipif(not OLD_PYTHONS, reason="no old Python is installed here")
@pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda path: path.parents[1].name)
def test_old_python_is_told_that_it_is_too_old(project, python):
    code, said = ask(project, python=str(python))
    assert code == 1
    assert "cannot run the chapters" in said
    assert "Install a Python from 3.11 to 3.14" in said


@pytest.mark.parametrize(("version", "bits"), [((3, 10), 64), ((3, 15), 64), ((3, 12), 32)])
def test_python_without_locked_packages_is_refused(version, bits):
    assert doctor.check_python(version, bits)[0] == doctor.MEND
    assert doctor.check_python((3, 12), 64)[0] == doctor.FINE


def test_damaged_and_missing_sample_are_found(project):
    sample = project / "src/casebook/data/sample.csv.xz"
    content = bytearray(sample.read_bytes())
    content[1000] ^= 1
    sample.write_bytes(content)
    grade, what, remedy = doctor.check_files(str(project))
    assert grade == doctor.MEND
    assert "sample.csv.xz is damaged" in what
    assert "unpack all of it" in remedy
    sample.unlink()
    assert "sample.csv.xz is missing" in doctor.check_files(str(project))[1]


def test_environment_without_the_packages_is_found_with_what_to_type(project):
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], check=True
    )
    code, said = ask(project)
    assert code == 1
    assert "These packages are missing: deepchecks" in said
    assert "make lab" in said


def test_environment_of_another_kind_of_computer_is_told_and_not_a_traceback(tmp_path):
    python = tmp_path / ".venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.write_text("no program of any system\n")
    grade, what, remedy = doctor.check_environment(str(tmp_path))
    assert grade == doctor.MEND
    assert f"{python} cannot be started" in what
    assert "Remove the folder .venv" in remedy


def test_missing_programs_matter_only_to_who_builds_the_book(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    grade, what, _ = doctor.check_tools(must=False)
    assert grade == doctor.NOTE
    assert what.endswith("missing here: make, git, node, npm.")
    assert doctor.check_tools(must=True)[0] == doctor.MEND


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a POSIX system")
def test_folder_that_cannot_be_written_is_found(tmp_path):
    place = "/proc" if os.geteuid() == 0 and Path("/proc").is_dir() else str(tmp_path)
    tmp_path.chmod(0o500)
    grade, what, remedy = doctor.check_write(place)
    tmp_path.chmod(0o700)
    assert (grade, doctor.check_write(str(tmp_path))[0]) == (doctor.MEND, doctor.FINE)
    assert place in what
    assert "Copy all of the folder" in remedy


def test_full_disk_and_little_memory_are_told_in_numbers(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    grade, what, _ = doctor.check_disk(str(tmp_path), free + 10e9)
    assert grade == doctor.MEND
    assert f"{(free + 10e9) / 1e9:.1f} GB are needed" in what
    assert doctor.check_memory(2**30)[:2] == (
        doctor.MEND,
        "This computer has 1.0 GiB of memory; a chapter may take 2.",
    )
    assert doctor.check_memory(3 * 2**30)[0] == doctor.NOTE
    assert doctor.check_memory(3.8 * 2**30)[0] == doctor.FINE
    assert doctor.check_memory(0)[0] == doctor.NOTE


def test_memory_is_measured():
    assert 2**28 < doctor.memory() < 2**45


def test_bundle_is_checked_file_by_file_but_notebooks_may_change(tmp_path):
    files = {"doctor.py": "print()\n", "attendee/00_data.ipynb": "{}", "site/index.html": "<html>"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    sums = [f"{doctor.sha256(str(tmp_path / name))}  {name}\n" for name in files]
    (tmp_path / doctor.SUMS).write_text("".join(sums), encoding="utf-8")
    (tmp_path / "attendee/00_data.ipynb").write_text("{1}", encoding="utf-8")
    assert doctor.check_files(str(tmp_path))[0] == doctor.FINE
    (tmp_path / "site/index.html").write_text("<htm", encoding="utf-8")
    assert "site/index.html is damaged" in doctor.check_files(str(tmp_path))[1]


def test_installation_is_told_with_a_network_only_where_it_needs_one(tmp_path):
    (tmp_path / doctor.SUMS).touch()
    assert "with a network" in doctor.how_to_install(str(tmp_path))
    (tmp_path / "wheels").mkdir()
    told = doctor.how_to_install(str(tmp_path))
    assert "network" not in told
    assert "install.py" in told
