"""The written pages: words and papers that are listed are used, and pages do not contradict."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ("notebooks/*.py", "book/*.md", "book/about/*.md", "book/teach/*.md", "tools/*.py")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def prose(*patterns: str) -> str:
    """Return all that is written in some files on one line."""
    files = [file for pattern in patterns for file in sorted(ROOT.glob(pattern))]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r"\s*\n[# ]*", " ", text)


def sections() -> list[list[str]]:
    """Return the terms of the glossary, section by section."""
    blocks = re.findall(r"```\{glossary\}\n(.*?)```", read("book/glossary.md"), re.DOTALL)
    return [re.findall(r"^(\S.*)$", block, re.MULTILINE) for block in blocks]


def cited() -> set[str]:
    keys = re.findall(r"\{cite[^}]*\}+`([^`]+)`", prose(*WRITTEN))
    return {key.strip() for group in keys for key in group.split(",")}


def listed() -> list[str]:
    return re.findall(r"^@\w+\{([^,]+),", read("book/references.bib"), re.MULTILINE)


@pytest.mark.parametrize("terms", sections(), ids=lambda terms: terms[0])
def test_terms_stand_in_the_order_of_the_alphabet(terms):
    assert terms == sorted(terms, key=lambda term: term.lower().replace("–", "-"))


def test_no_term_is_explained_twice_or_for_nobody():
    terms = [term.lower() for section in sections() for term in section]
    roles = re.findall(r"\{term\}+`([^`]+)`", prose(*WRITTEN))
    linked = {re.sub(r".*<(.*)>", r"\1", role).lower() for role in roles}
    assert len(terms) == len(set(terms))
    assert set(terms) - linked == set()


def test_each_paper_is_listed_once_and_cited():
    titles = re.findall(r"^\s*title\s*=\s*[{\"](.*)[}\"],?$", read("book/references.bib"), re.M)
    assert len(titles) == len({title.lower() for title in titles}) == len(listed())
    assert set(listed()) - cited() == set()


@pytest.mark.parametrize(
    "time",
    [
        "a quarter of an hour a chapter",
        "three minutes to set up, half an hour for the whole book",
        "ninety minutes to two days",
    ],
)
def test_readme_and_landing_page_give_the_same_times(time):
    assert time in read("README.md").lower()
    assert time in read("notebooks/index.py").lower()
