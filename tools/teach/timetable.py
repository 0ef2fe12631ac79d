"""Timetables: what a plan holds, put one after the other, with a break where people need one.

``book/teach/timetables.yml`` says what each plan holds; how long it takes, the chapters' files
say. The same plan is computed for a room and for a call: there the breaks come sooner, small
groups need time to meet, and a day becomes two mornings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import yaml

from tools.teach import teaching
from tools.teach.teaching import PARTS, TEACH, Guide, must

PLANS = TEACH / "timetables.yml"
LUNCH = 60
NOON, LUNCH_FROM, LUNCH_UNTIL = 12 * 60, 11 * 60 + 30, 12 * 60 + 45
CUT_WITHIN = 25
OF_A_PART = {"minutes", "sections", "only", "late"}


@dataclass(frozen=True)
class Pace:
    """How long people sit, and what they need between."""

    longest: int  # minutes without a break
    pause: int
    groups: int  # minutes to meet in small groups for an exercise, and to come back
    longest_day: int = 24 * 60  # minutes of work; a longer day becomes two mornings


IN_ROOM = Pace(longest=90, pause=15, groups=0)
REMOTE = Pace(longest=50, pause=10, groups=5, longest_day=5 * 60)


@dataclass(frozen=True)
class Slot:
    """A line of a timetable; `chapter` is empty for breaks, welcome and the like."""

    what: str
    kind: str
    minutes: int
    late: str = ""
    chapter: str = ""
    sections: tuple[str, ...] = ()  # of the chapter's page, where the talk shows only these
    only: tuple[str, ...] = ()  # of the chapter's exercises, where not all are held
    start: int = 0

    @property
    def end(self) -> int:
        """The minute of the day at which it ends."""
        return self.start + self.minutes


@dataclass(frozen=True)
class Timetable:
    """A plan of one or more days."""

    title: str
    who: str
    days: tuple[tuple[Slot, ...], ...]
    ends: tuple[int, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All lines of all days that hold a part of a chapter."""
        return tuple(slot for day in self.days for slot in day if slot.chapter)

    def left_out(self, known: dict[str, Guide]) -> dict[str, tuple[str, ...]]:
        """Return the parts of each chapter that the plan has no time for, by chapter."""
        held = {(slot.chapter, slot.kind) for slot in self.slots}
        absent = {name: tuple(part for part in PARTS if (name, part) not in held) for name in known}
        return {name: parts for name, parts in absent.items() if parts}


def minute_of(clock: str) -> int:
    """Return the minute of the day of a time such as 09:30."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock(minute: int) -> str:
    """Return a minute of the day as a time such as 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def total(items: Iterable[Slot]) -> int:
    """Return the minutes of several lines together."""
    return sum(item.minutes for item in items)


def _within(items: Sequence[Slot], place: int) -> bool:
    """Tell whether a cut before the item at a place would part a chapter."""
    return place > 0 and "" != items[place].chapter == items[place - 1].chapter


def _part(guide: Guide, kind: str, asked: dict[str, Any], late: dict[str, str]) -> Slot:
    """Return a part of a chapter, whole or as much of it as a plan asks for."""
    what = f"{kind} in chapter {guide.name[:2]}"
    unknown = sorted(set(asked) - OF_A_PART)
    must(not unknown, PLANS, f"{what} has {unknown}, but may have {sorted(OF_A_PART)}")
    minutes = asked.get("minutes", guide.minutes[kind])
    shorter = minutes < guide.minutes[kind]
    held = asked.get("sections") or asked.get("only")
    must(shorter == bool(held), PLANS, f"{what} must be shorter, and say what of it is held")
    unknown = sorted(set(asked.get("only", ())) - set(guide.notes))
    must(not unknown, PLANS, f"{what} holds {unknown}, but exercises are {sorted(guide.notes)}")
    usual = guide.when_late if kind == "talk" else late[kind]
    return Slot(
        f"{guide.name[:2]} {guide.title}: {kind}{', cut short' * shorter}",
        kind,
        minutes,
        asked.get("late", usual),
        guide.name,
        tuple(asked.get("sections", ())),
        tuple(asked.get("only", ())),
    )


def _items(day: dict[str, Any], known: dict[str, Guide], late: dict[str, str]) -> list[Slot]:
    """Return all that a day holds, in order and without times or breaks."""
    items = [Slot(kind="frame", **item) for item in day["before"]]
    for name, parts in day["chapters"].items():
        asked = parts if isinstance(parts, dict) else dict.fromkeys(parts)
        items += [_part(known[name], kind, more or {}, late) for kind, more in asked.items()]
    return items + [Slot(kind="frame", **item) for item in day["after"]]


def _stretches(items: Sequence[Slot], longest: int) -> list[Sequence[Slot]]:
    """Part what a day holds by as few breaks as can be, into stretches that are much alike.

    A cut within a chapter counts as much as a stretch of `CUT_WITHIN` minutes too many.
    """
    best: list[tuple[tuple[int, int], list[Sequence[Slot]]]] = [((0, 0), [])]
    for end in range(1, len(items) + 1):
        ways = []
        for begin in range(end):
            minutes = total(items[begin:end])
            if minutes <= longest or end - begin == 1:
                (count, uneven), parts = best[begin]
                uneven += minutes**2 + _within(items, begin) * CUT_WITHIN**2
                ways.append(((count + 1, uneven), [*parts, items[begin:end]]))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _around_lunch(
    items: Sequence[Slot], day: dict[str, Any], pace: Pace
) -> list[list[Sequence[Slot]]]:
    """Return the stretches before lunch and those after it, or all of them on a short day."""
    whole = _stretches(items, pace.longest)
    if minute_of(day["end"]) <= NOON + LUNCH:
        return [whole]
    ways = []
    for cut in range(1, len(items)):
        morning = _stretches(items[:cut], pace.longest)
        ends = minute_of(day["start"]) + total(items[:cut]) + pace.pause * (len(morning) - 1)
        if LUNCH_FROM <= ends <= LUNCH_UNTIL:
            key = _within(items, cut), abs(ends - NOON)
            ways.append((key, [morning, _stretches(items[cut:], pace.longest)]))
    must(ways, PLANS, f"a day from {day['start']} to {day['end']} has no place for lunch")
    return min(ways, key=lambda way: way[0])[1]


def _day(items: Sequence[Slot], day: dict[str, Any], pace: Pace, late: str) -> tuple[Slot, ...]:
    """Put a day's items one after the other, with a break where people need one."""
    slots: list[Slot] = []
    lunch = Slot("Lunch", "break", LUNCH, late)
    pause = Slot("Break", "break", pace.pause, late)
    for half in _around_lunch(items, day, pace):
        slots += [lunch] if slots else []
        for number, stretch in enumerate(half):
            slots += [*([pause] if number else []), *stretch]
    starts = accumulate((slot.minutes for slot in slots), initial=minute_of(day["start"]))
    return tuple(replace(slot, start=start) for slot, start in zip(slots, starts, strict=False))


def _mornings(
    items: list[Slot], day: dict[str, Any], pace: Pace, late: str
) -> list[tuple[Slot, ...]]:
    """Return what a day becomes: itself, or two mornings where it is too long for a screen."""
    if pace == IN_ROOM:
        return [_day(items, day, pace, late)]
    items = [
        replace(item, minutes=item.minutes + pace.groups) if item.kind == "exercise" else item
        for item in items
    ]
    short = day | {"end": clock(NOON)}  # no lunch within
    if total(items) <= pace.longest_day:
        return [_day(items, short, pace, late)]
    cuts = [number for number in range(1, len(items)) if not _within(items, number)]
    cut = min(cuts, key=lambda at: abs(total(items[:at]) - total(items[at:])))
    return [_day(part, short, pace, late) for part in (items[:cut], items[cut:])]


def timetables(known: dict[str, Guide] | None = None, pace: Pace = IN_ROOM) -> dict[str, Timetable]:
    """Compute every timetable of the plan; refuse one that does not fit into its day."""
    known = teaching.guides() if known is None else known
    raw = yaml.safe_load(PLANS.read_text(encoding="utf-8"))
    late, found = raw["late"], {}
    for name, plan in raw["plans"].items():
        days, ends = [], []
        for number, day in enumerate(plan["days"], start=1):
            items = _items(day, known, late)
            parts = _mornings(items, day, pace, late["break"])
            days += parts
            end = minute_of(day["end"]) if pace == IN_ROOM else None
            ends += [end or slots[-1].end for slots in parts]
            over = days[-1][-1].end - ends[-1]
            must(over <= 0, PLANS, f"day {number} of {name} is {over} minutes too long")
        found[name] = Timetable(plan["title"], plan["who"], tuple(days), tuple(ends))
    return found
