"""Rooms of the casebook import downwards, as those of the library do."""

from pathlib import Path

import casebook
from houses import rooms, upwards

HOUSE = Path(casebook.__file__).parent
FLOORS = [
    "rehearsal",
    "checks coverage monitoring race search",
    "doubts impact leaks published recipes retraining",
    "laboratory profile release split streams witness",
    "boosting conventions evidence interactive models",
    "adapters conformal data explaining mode page plots progress workers",
]


def test_every_room_has_its_floor():
    assert rooms(HOUSE) == set(" ".join(FLOORS).split())


def test_imports_go_down():
    assert upwards(HOUSE, FLOORS) == []
