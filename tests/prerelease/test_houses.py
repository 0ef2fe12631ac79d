"""The library stands alone: it imports no casebook, imports downwards, and knows no card data."""

import re
from pathlib import Path

import pytest

import prerelease
from houses import files, imports, rooms, upwards

HOUSE = Path(prerelease.__file__).parent
FLOORS = [
    "__main__",
    "report card",
    "gate calibration profiles",
    "explain drift uncertainty plots thresholds stages",
    "costs evidence optimism losses",
    "intervals splits serving ledger adapters",
    "_validate _words _html _lock _output",
]
OF_THE_BOOK = re.compile(r"€|\beuros?\b|payment|fraud|\bhonest", re.IGNORECASE)


def test_every_room_has_its_floor():
    assert rooms(HOUSE) == set(" ".join(FLOORS).split())


def test_imports_go_down():
    assert upwards(HOUSE, FLOORS) == []


def test_no_room_imports_the_casebook():
    assert [pair for pair in imports(HOUSE) if pair[1].startswith("casebook")] == []


def lines_but_examples(text):
    """Yield the number and text of each line that stands in no example of a docstring."""
    example = False
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.strip()
        example = said.startswith(">>>") or (example and said not in ("", '"""'))
        if not example:
            yield number, line


@pytest.mark.parametrize(
    "file", [*files(HOUSE), HOUSE / "page.css"], ids=lambda file: str(file.relative_to(HOUSE))
)
def test_words_of_the_book_stand_in_examples_only(file):
    found = [
        f"{number}: {line.strip()}"
        for number, line in lines_but_examples(file.read_text(encoding="utf-8"))
        if OF_THE_BOOK.search(line)
    ]
    assert found == []
