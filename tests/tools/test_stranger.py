"""The library, as its wheel, on the newest of all it needs, where nobody has set anything up."""

import os
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

from test_environment import PROJECT
from tools.environment import stranger
from tools.site.steps import BuildError

pytestmark = pytest.mark.stranger
CRITERIA = """\
[release]
name = "A model"

[[criterion]]
name = "ranks"
metric = "average_precision"
at_least = 0.1
unit = "average precision"
why = "Agreed."
"""
SCORES = """\
import sys
import numpy as np, pandas as pd
rng = np.random.default_rng(0)
label = (np.arange(2000) % 20 == 0).astype(int)
columns = {"time": np.arange(2000) * 60.0, "amount": 10.0, "label": label}
columns["score"] = 1 / (1 + np.exp(3 - 4 * label - rng.normal(size=2000)))
pd.DataFrame(columns).to_csv(sys.argv[1], index=False)
"""
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs")


@pytest.fixture(scope="module")
def python():
    return stranger.environment()


def test_without_a_package_index_one_sentence_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setattr(stranger, "CACHE", tmp_path / "cache")
    with pytest.raises(BuildError, match="the package index must be reached once"):
        stranger.environment(tmp_path / "stranger")


def passed(done):
    """Return how many tests passed, of a run that must have had no failure."""
    assert done.returncode == 0, done.stdout
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def test_the_librarys_tests_pass(python, record_property):
    done = stranger.run(python)
    assert passed(done) > 500, done.stdout
    record_property("stranger", f"tests: {done.stdout.splitlines()[-1]}")


def test_the_librarys_examples_work(python, record_property):
    done = stranger.run(python, *stranger.EXAMPLES)
    assert passed(done) > 50, done.stdout
    record_property("stranger", f"examples: {done.stdout.splitlines()[-1]}")


def test_versions_are_no_older_than_those_of_the_book(python, record_property):
    names = [re.match(r"[\w-]+", line)[0] for line in PROJECT["dependencies"]]
    code = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]))"
    command = [str(python), "-I", "-c", code, *names]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    for name, version in zip(names, found, strict=True):
        assert Version(version) >= Version(metadata.version(name))
    record_property("stranger", ", ".join(map(" ".join, zip(names, found, strict=True))))


def test_it_has_neither_the_extras_nor_the_casebook_nor_what_the_book_needs(python):
    code = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n)])"
    names = (
        "casebook",
        "IPython",
        "filelock",
        "lightgbm",
        "mapie",
        "platformdirs",
        "shap",
        "skops",
    )
    done = subprocess.run(
        [str(python), "-I", "-c", code, *names], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


@pytest.fixture
def place():
    """A folder that every user may write in, as the folders of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def judge(python, folder, *before, **environment):
    """Judge a small file of scores there, and report on it, as a stranger would."""
    (folder / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
    subprocess.run([str(python), "-c", SCORES, str(folder / "scores.csv")], check=True)
    for command in (
        ("gate", "--scores", "scores.csv", "--criteria", "criteria.toml"),
        ("report", "scores.csv", "--criteria", "criteria.toml", "-o", "report.html"),
    ):
        done = subprocess.run(
            [*before, str(python), "-m", "prerelease", *command],
            cwd=folder,
            env=stranger.variables(folder) | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert "</html>" in (folder / "report.html").read_text(encoding="utf-8")


def test_it_works_from_a_folder_with_a_space_and_an_umlaut(python, place):
    """The library itself lies there, and is at work there."""
    folder = place / "mein Büro"
    where = [str(python), "-I", "-c", "import prerelease; print(prerelease.__path__[0])"]
    library = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
    shutil.copytree(library, folder / "prerelease")  # before what is installed, on the path
    judge(python, folder)


def is_for_everybody(python):
    """Tell whether another user than root may run this Python, and setpriv is there."""
    if shutil.which(NOBODY[0]) is None:
        return False
    command = [*NOBODY, str(python), "-I", "-c", "import prerelease"]
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_it_works_with_a_home_that_cannot_be_written(python, place):
    home = place / "home"
    home.mkdir(mode=0o555)
    if not IS_ROOT:
        judge(python, place, HOME=str(home))
    elif is_for_everybody(python):  # root may write anywhere
        judge(python, place, *NOBODY, HOME=str(home))
    else:
        pytest.skip(f"another user than root cannot run {python}")
    assert list(home.iterdir()) == []


@pytest.mark.skipif(not IS_ROOT, reason="only root can be another user")
def test_it_works_for_another_user(python, place):
    if not is_for_everybody(python):
        pytest.skip(f"another user than root cannot run {python}")
    judge(python, place, *NOBODY, HOME="/nonexistent")
