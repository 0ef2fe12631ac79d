"""Timetables: computed from the chapters' minutes, with breaks in time, in a room and in a call."""

import itertools
import re
from dataclasses import replace

import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tools.site import timetables as site_timetables
from tools.site.steps import BOOK
from tools.teach import editions, teaching, timetable
from tools.teach.timetable import IN_ROOM, REMOTE, Slot

GUIDES = teaching.guides()
PACES = {"room": IN_ROOM, "call": REMOTE}
TABLES = {where: timetable.timetables(GUIDES, pace) for where, pace in PACES.items()}
EVERYWHERE = {f"chapters/{page.stem}" for page in editions.chapters()}
every_table = pytest.mark.parametrize(
    ("pace", "table"),
    [
        pytest.param(PACES[where], table, id=f"{name}-{where}")
        for where, tables in TABLES.items()
        for name, table in tables.items()
    ],
)
every_day = pytest.mark.parametrize(
    ("pace", "day", "end"),
    [
        pytest.param(PACES[where], day, table.ends[number], id=f"{name}-{number + 1}-{where}")
        for where, tables in TABLES.items()
        for name, table in tables.items()
        for number, day in enumerate(table.days)
    ],
)
every_plan = pytest.mark.parametrize("name", TABLES["room"])


# --- times ---------------------------------------------------------------------------------------


@every_day
def test_times_follow_each_other_and_end_in_time(pace, day, end):
    for before, after in itertools.pairwise(day):
        assert after.start == before.end
    assert day[-1].end <= end
    assert timetable.total(day) == day[-1].end - day[0].start


@every_day
def test_nobody_sits_for_longer_than_the_longest_stretch(pace, day, end):
    stretch = 0
    for slot in day:
        stretch = 0 if slot.kind == "break" else stretch + slot.minutes
        assert stretch <= pace.longest
    assert day[0].kind != "break" != day[-1].kind


@every_day
def test_long_days_have_one_lunch_at_noon_and_a_call_has_none(pace, day, end):
    lunches = [slot for slot in day if slot.what == "Lunch"]
    assert len(lunches) == (pace == IN_ROOM and end > 15 * 60)
    for lunch in lunches:
        assert 11 * 60 + 30 <= lunch.start <= 12 * 60 + 45
        before = [slot for slot in day if slot.kind == "break" and slot.end <= lunch.start]
        assert all(lunch.start - slot.end >= 30 for slot in before), "a break just before lunch"


def test_ninety_minutes_and_three_hours_are_as_long_as_they_are_called():
    for name, minutes in (("ninety-minutes", 90), ("three-hours", 180)):
        (day,) = TABLES["room"][name].days
        assert minutes - 10 <= day[-1].end - day[0].start <= minutes


def test_ninety_minutes_take_nearly_two_hours_in_a_call_as_its_page_says():
    (day,) = TABLES["call"]["ninety-minutes"].days
    assert 105 <= day[-1].end - day[0].start < 120


def test_no_day_of_a_call_is_longer_than_a_long_morning():
    for table in TABLES["call"].values():
        assert all(day[-1].end - day[0].start <= 4.5 * 60 for day in table.days)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_stretches_hold_all_in_order_with_as_few_breaks_as_any_way(minutes):
    items = [Slot(str(place), "frame", each) for place, each in enumerate(minutes)]
    parts = timetable._stretches(items, 50)
    assert [item for part in parts for item in part] == items
    assert all(timetable.total(part) <= 50 for part in parts)
    greedy, now = 1, 0
    for each in minutes:  # filling each stretch is the fewest, by a classic argument
        greedy, now = (greedy + 1, each) if now + each > 50 else (greedy, now + each)
    assert len(parts) == greedy


# --- what is held --------------------------------------------------------------------------------


@every_table
def test_minutes_are_those_of_the_guide_unless_the_plan_says_what_it_cuts(pace, table):
    for slot in table.slots:
        usual = GUIDES[slot.chapter].minutes[slot.kind]
        groups = pace.groups if slot.kind == "exercise" else 0
        if slot.sections or slot.only:
            assert slot.minutes - groups < usual
            assert "cut short" in slot.what
        else:
            assert slot.minutes - groups == usual


@every_plan
def test_a_call_holds_what_the_room_holds(name):
    def parts(table):
        return [(slot.chapter, slot.kind, slot.sections, slot.only) for slot in table.slots]

    assert parts(TABLES["call"][name]) == parts(TABLES["room"][name])


def test_two_days_hold_every_chapter_whole():
    assert {(slot.chapter, slot.kind) for slot in TABLES["room"]["two-days"].slots} == {
        (name, part) for name in GUIDES for part in teaching.PARTS
    }
    assert not any(slot.sections or slot.only for slot in TABLES["room"]["two-days"].slots)


@every_plan
def test_every_part_is_either_held_or_named_as_left_out(name):
    table = TABLES["room"][name]
    held = [(slot.chapter, slot.kind) for slot in table.slots]
    absent = [(name, part) for name, parts in table.left_out(GUIDES).items() for part in parts]
    assert sorted(held + absent) == sorted(
        (name, part) for name in GUIDES for part in teaching.PARTS
    )


@every_plan
def test_every_plan_has_the_release_and_the_longer_ones_put_the_gate_into_the_attendees_hands(name):
    held = {(slot.chapter, slot.kind) for slot in TABLES["room"][name].slots}
    assert ("08_release", "talk") in held
    assert (("08_release", "exercise") in held) == (name != "ninety-minutes")


@every_table
def test_each_line_says_what_to_skip_when_late(pace, table):
    assert [slot.what for day in table.days for slot in day if not slot.late.endswith(".")] == []


@pytest.mark.parametrize("name", GUIDES)
def test_sections_that_a_guide_skips_or_keeps_are_on_the_page(name):
    source = (editions.ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
    titles = {title.replace("*", "") for title in re.findall(r"^# #{2,3} (.+)$", source, re.M)}
    named = set(re.findall("“(.+?)”", GUIDES[name].when_late))
    assert named
    assert named <= titles


# --- faults --------------------------------------------------------------------------------------


def changed(monkeypatch, tmp_path, change):
    """Let the plans be those of a file of ours, with one change."""
    raw = yaml.safe_load(timetable.PLANS.read_text(encoding="utf-8"))
    change(raw["plans"]["ninety-minutes"]["days"][0]["chapters"])
    path = tmp_path / "timetables.yml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    monkeypatch.setattr(timetable, "PLANS", path)


def test_day_that_does_not_fit_is_refused():
    slow = {
        name: replace(guide, minutes=dict.fromkeys(teaching.PARTS, 60))
        for name, guide in GUIDES.items()
    }
    with pytest.raises(teaching.TeachingError, match=r"day 1 of three-hours is \d+ minutes too"):
        timetable.timetables(slow)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"minutes": 10}, "must be shorter, and say what of it is held"),
        ({"minutes": 60, "sections": ["What to decide"]}, "must be shorter"),
        ({"minutes": 10, "slides": [1]}, "has ['slides'], but may have"),
        ({"minutes": 10, "only": ["no-such"]}, "holds ['no-such'], but exercises are"),
    ],
)
def test_part_that_says_too_little_or_too_much_is_refused(monkeypatch, tmp_path, part, message):
    changed(monkeypatch, tmp_path, lambda held: held["08_release"].update(talk=part))
    with pytest.raises(teaching.TeachingError, match=re.escape(message)):
        timetable.timetables(GUIDES)


def test_talk_of_a_section_that_the_page_has_not_is_refused(monkeypatch, tmp_path):
    part = {"minutes": 10, "sections": ["No such section"]}
    changed(monkeypatch, tmp_path, lambda held: held["08_release"].update(talk=part))
    with pytest.raises(teaching.TeachingError, match="shows 'No such section', but the sections"):
        site_timetables.page_of(GUIDES, EVERYWHERE)


# --- the page ------------------------------------------------------------------------------------


def test_page_has_each_plan_and_tells_what_it_leaves_out():
    ninety, three, one, two = site_timetables.page_of(GUIDES, EVERYWHERE).split("\n## ")[1:]
    assert ninety.startswith("Ninety minutes\n")
    assert "; 03 Candidates; " in three
    assert "; 03 Candidates; 04 Model uncertainty (live, quiz, exercise);" in one
    assert "Nothing is left out." in two


def test_page_on_calls_has_one_place_for_its_times():
    text = (BOOK / "teach" / "remote.md").read_text(encoding="utf-8")
    assert text.count(site_timetables.TIMES) == 1
    assert f"at most {REMOTE.longest} minutes" in text
    page = site_timetables.remote(text, GUIDES, EVERYWHERE)
    assert page.count("<table") == sum(len(table.days) for table in TABLES["call"].values())
    assert "#### Morning 4\n" in page


def test_lines_link_their_slides_notebook_and_exercises_of_pages_that_this_build_has():
    day = TABLES["room"]["two-days"].days[0]
    table = site_timetables.table(day, GUIDES, EVERYWHERE)
    rows = BeautifulSoup(table, "html.parser").select("tbody tr")
    for slot, row in zip(day, rows, strict=True):
        links = [link["href"] for link in row.select("a")]
        if not slot.chapter:
            assert links == []
        elif slot.kind == "live":
            assert links == [f"../downloads/live/{slot.chapter}.ipynb"]
        else:
            assert links[0] == f"../slides/{slot.chapter}.html"
            assert bool(links[1:]) == (slot.kind == "exercise")
    assert "<a" not in site_timetables.table(day, GUIDES, set())


DECK = """<div class="slides"><section class="slide-title"></section>
<section class="slide-tall"></section>
<section class="slide-figure" data-of="First"></section>
<section class="slide-quiz" data-of="First"></section>
<section class="slide-text" data-of="Second"></section>
<section class="slide-quiz"></section><section class="slide-quiz"></section>
<section class="slide-exercise"><p class="eyebrow">Your turn: Read it off</p></section>
<section class="slide-exercise"><p class="eyebrow">Your turn: Code it</p></section></div>"""


@pytest.mark.parametrize(
    ("part", "wanted", "words"),
    [
        ("talk", "", "slides 1–5"),
        ("talk", "First", "slides 1–4"),
        ("talk", "Second", "slides 1–2, 5"),
        ("quiz", "", "slides 6–7"),
        ("exercise", "", "slides 8–9"),
        ("exercise", "Code it", "slide 9"),
    ],
)
def test_slides_of_a_line_are_counted_in_the_finished_deck(tmp_path, part, wanted, words):
    for folder in ("teach", "slides"):
        (tmp_path / folder).mkdir()
    (tmp_path / "slides" / "x.html").write_text(DECK, encoding="utf-8")
    page = tmp_path / site_timetables.PAGES[0]
    page.write_text(
        f'<a class="pr-slides" href="../slides/x.html" data-part="{part}" data-of="{wanted}">s</a>',
        encoding="utf-8",
    )
    site_timetables.name_slides(tmp_path)
    link = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").a
    assert link.text == words
    first = int(re.search(r"\d+", words)[0])
    assert link["href"] == f"../slides/x.html#/{first - 1}"
