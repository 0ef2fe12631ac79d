"""Folders and files that vanish while they are looked at: no walk, digest or clearing may raise."""

import ast
import os
import shutil
from pathlib import Path

import pytest

from casebook.data import _process as process
from casebook.data._files import is_published, remove_leftovers, scratch
from churn import churn
from tools.site import execute as site_execute
from tools.site import steps as site_steps

ROOT = Path(__file__).resolve().parents[2]
WALKS = {
    "the size of what is downloaded": process._size,
    "the files of a build": lambda folder: len(site_steps.files_under(folder)),
}
every_walk = pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)


@pytest.fixture
def tree(tmp_path):
    """A folder with a file in it, beside a folder and a file that are to vanish."""
    for name in ("stays", "goes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"12345")
    (tmp_path / "gone").write_bytes(b"123")
    return tmp_path


def before(monkeypatch, name, path, act):
    """Let something happen to the file system, once, just before `os.<name>` looks at a path."""
    real, to_do = getattr(os, name), [act]

    def call(place, *args, **kwargs):
        if str(place) == str(path) and to_do:
            to_do.pop()()
        return real(place, *args, **kwargs)

    monkeypatch.setattr(os, name, call)


@every_walk
def test_folder_removed_between_listing_and_opening_is_passed_over(monkeypatch, tree, walk):
    whole = walk(tree)
    before(monkeypatch, "scandir", tree / "goes", lambda: shutil.rmtree(tree / "goes"))
    assert walk(tree) < whole
    assert not (tree / "goes").exists()
    assert (tree / "stays" / "file").exists()


@every_walk
@pytest.mark.parametrize("becomes", ["nothing", "a folder"])
def test_file_removed_between_listing_and_looking_counts_as_nothing(
    monkeypatch, tree, walk, becomes
):
    whole, gone = walk(tree), tree / "gone"

    def vanish():
        gone.unlink()
        if becomes == "a folder":
            gone.mkdir()

    asks = "lstat" if walk is process._size else "stat"
    before(monkeypatch, asks, gone, vanish)
    found = walk(tree)
    assert not gone.is_file()
    # A folder that took the place of a file has a size of its own, which is only shown.
    assert found < whole or walk is process._size


@every_walk
def test_walks_pass_while_others_make_and_remove_folders(tree, walk):
    whole = walk(tree)
    with churn(tree):
        assert min(walk(tree) for _ in range(300)) >= whole


def test_leftovers_are_removed_while_others_write_into_them(tmp_path):
    leftover = scratch(tmp_path)
    with churn(Path(leftover.name)):
        for _ in range(50):
            remove_leftovers(tmp_path)


def test_digest_passes_over_a_file_that_an_editor_took_away(monkeypatch):
    place = ROOT / "tools" / "teach" / "workshop"
    whole = site_steps.digest([place])
    monkeypatch.setattr(
        site_steps, "files_under", lambda *_: [*sorted(place.iterdir()), place / "gone.swp"]
    )
    assert site_steps.digest([place]) == whole


def test_copy_of_a_folder_passes_over_a_file_that_an_editor_takes_away(monkeypatch, tree, tmp_path):
    swap = tree / "stays" / "page.md.swp"
    swap.touch()
    real = site_steps.copy_if_there

    def copy(source, target):
        swap.unlink(missing_ok=True)  # before the first file is copied
        real(source, target)

    target = tmp_path / "copy"
    shutil.copytree(tree / "stays", target, copy_function=copy)
    assert [path.name for path in target.iterdir()] == ["file"]


def test_file_that_is_gone_is_not_the_published_one(tmp_path):
    assert not is_published(tmp_path / "gone.csv", "0" * 64)
    assert not is_published(tmp_path, "0" * 64)


def test_old_caches_are_forgotten_also_when_another_process_is_at_it(monkeypatch, tmp_path):
    monkeypatch.setattr(site_execute, "CACHES", tmp_path)
    for age in range(7):
        (tmp_path / str(age)).mkdir()
        os.utime(tmp_path / str(age), (age, age))
    first = tmp_path / "6"
    before(monkeypatch, "stat", tmp_path / "3", lambda: shutil.rmtree(tmp_path / "3", True))
    site_execute.forget_old_caches(first)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"6", "5", "4", "2"}
    shutil.rmtree(first)
    site_execute.forget_old_caches(first)


def calls(tree):
    """Yield each call of a method in a program, with the method's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


@pytest.mark.parametrize("folder", ["src", "tools", "benchmarks"])
def test_nothing_trusts_a_folder_to_stay_as_it_was_listed(folder):
    """`Path.rglob` raises if a folder vanishes, and so do these removals if another was first."""
    found = []
    for path in site_steps.files_under(ROOT / folder):
        if path.suffix != ".py":
            continue
        for name, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            given = {keyword.arg for keyword in call.keywords}
            careless = (
                (name == "rglob")
                or (name == "unlink" and "missing_ok" not in given)
                or (name == "rmtree" and "ignore_errors" not in given)
            )
            found += [f"{path.name}:{call.lineno}: {name}"] if careless else []
    assert found == []
