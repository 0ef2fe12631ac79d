"""The API's first page: it runs, what it names is there, and the library stays small enough."""

import doctest
import re
from pathlib import Path

import prerelease
from tools.site import stage as site_stage

PAGE = Path(__file__).resolve().parents[2] / "book" / "api.md"
LIBRARY = Path(prerelease.__file__).parent
MOST_NAMES = 150
MODULES = {name: file for name, file in site_stage.public_modules() if name != "adapters"}


def public_names():
    """Return all that users may import, with the module: figures too."""
    figures = {f"plots.{file.stem}": file for file in LIBRARY.glob("plots/[a-z]*.py")}
    return {
        f"{module}.{name}"
        for module, file in (MODULES | figures).items()
        for name, _ in site_stage.public_names(file)
    }


def test_examples_of_the_first_page_run_and_say_what_it_says():
    prerelease.use_words()  # the library's own, as where nobody imports the casebook
    done = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert done.attempted > 30
    assert done.failed == 0


def test_first_page_names_some_thirty_public_names():
    named = re.findall(r"<prerelease\.([\w.]+)>`", PAGE.read_text(encoding="utf-8"))
    assert set(named) <= public_names()
    assert 25 <= len(set(named)) <= 40


def test_first_page_leads_to_every_module():
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"<api/(\w+)>`", text)) == set(MODULES)


def test_library_has_few_public_names():
    assert len(public_names()) <= MOST_NAMES, sorted(public_names())
