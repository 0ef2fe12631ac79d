"""Lay out the timetables: each line with its slides, its exercises, and what to skip when late.

Which slides a talk has is known only when the decks are made from the finished pages, so
`name_slides` writes their numbers into the page at the end.
"""

import html
from collections.abc import Container, Iterable
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.site.pages import chapter_of
from tools.site.steps import write
from tools.teach import editions, teaching, timetable
from tools.teach.timetable import IN_ROOM, REMOTE, Pace, Slot, Timetable, clock

PAGES = ("teach/timetables.html", "teach/remote.html")
TIMES = "<!-- the times of a call -->"
CANNOT_SAY = (
    "The minutes are a plan. Nobody has held this workshop from it yet: write down how long "
    "things took, and change the file of the chapter."
)
HEADS = ("Time", "What", "What you show", "When you are late")


@cache
def exercises_of(chapter: str) -> list[tuple[str, editions.Exercise]]:
    """Return the exercises of a chapter in the order of reading, each with its page."""
    pages = [one for one in editions.chapters() if chapter_of(one.stem) == chapter]
    return [(one.stem, each) for one in pages for each in editions.read_chapter(one).exercises]


def held(slot: Slot, guide: teaching.Guide) -> list[tuple[str, editions.Exercise]]:
    """Return the exercises that a line holds, each with its page."""
    if slot.kind != "exercise":
        return []
    every = exercises_of(guide.name[:2])
    return [each for each in every if not slot.only or each[1].label in slot.only]


def shows(slot: Slot, guide: teaching.Guide, pages: Container[str]) -> str:
    """Return what a line shows: slides, a notebook, or exercises, as HTML with links."""
    if f"chapters/{slot.chapter}" not in pages:
        return ""
    exercises = held(slot, guide)
    if slot.kind == "live":
        return f'<a href="../downloads/live/{slot.chapter}.ipynb">the notebook to type</a>'
    wanted = slot.sections or [each.title for _, each in exercises if slot.only]
    of = html.escape("|".join(wanted))
    link = f'<a class="pr-slides" href="../slides/{slot.chapter}.html" data-part="{slot.kind}"'
    parts = [f'{link} data-of="{of}">slides</a>']
    parts += [f"“{html.escape(section)}”" for section in slot.sections]
    parts += [
        f'<a href="../chapters/{page}.html#{each.label}">{html.escape(each.name)}</a>'
        for page, each in exercises
    ]
    return "<br>".join(parts)


def table(day: Iterable[Slot], guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the table of a day as HTML."""
    rows = []
    for slot in day:
        shown = shows(slot, guides[slot.chapter], pages) if slot.chapter else ""
        what = html.escape(slot.what)
        what = f"<em>{what}</em>" if slot.kind == "break" else what
        inside = "".join(f"<td>{cell}</td>" for cell in (what, shown, html.escape(slot.late)))
        times = f"{clock(slot.start)}–{clock(slot.end)}<br>{slot.minutes} min"
        rows.append(f'<tr><th scope="row">{times}</th>{inside}</tr>')
    head = "".join(f'<th scope="col">{what}</th>' for what in HEADS)
    opening = ['<table class="pr-times">', f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    return "\n".join([*opening, *rows, "</tbody>", "</table>", ""])


def plan(
    one: Timetable, guides: dict[str, teaching.Guide], pages: Container[str], pace: Pace = IN_ROOM
) -> list[str]:
    """Return the lines of one timetable, and what it leaves out."""
    level, day_is = (2, "Day") if pace == IN_ROOM else (3, "Morning")
    lines = [f"{'#' * level} {one.title}", "", one.who, ""]
    for number, day in enumerate(one.days, start=1):
        if len(one.days) > 1:
            lines += [f"{'#' * (level + 1)} {day_is} {number}", ""]
        lines += [table(day, guides, pages), ""]
    if absent := one.left_out(guides):
        named = [
            f"{name[:2]} {guides[name].title}"
            + ("" if parts == teaching.PARTS else f" ({', '.join(parts)})")
            for name, parts in absent.items()
        ]
        return [*lines, f"**Left out, to read afterwards:** {'; '.join(named)}.", ""]
    return [*lines, "Nothing is left out.", ""]


def check_sections(one: Timetable) -> None:
    """Refuse a talk that shows a section which its chapter's page does not have."""
    for slot in one.slots:
        page = editions.ROOT / "notebooks" / f"{slot.chapter}.py"
        found = {title.replace("*", "") for title in headings(page)}
        for section in slot.sections:
            teaching.must(
                section in found,
                timetable.PLANS,
                f"{slot.what!r} shows {section!r}, but the sections are {sorted(found)}",
            )


def headings(page: Path) -> list[str]:
    """Return the titles of the sections of a chapter's page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# ## ").strip() for line in lines if line.startswith("# ## ")]


def page_of(guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the page of all timetables for a room."""
    lines = [
        "# Timetables",
        "",
        f"Computed from the minutes of the [guide](guide), with a break after at most "
        f"{IN_ROOM.longest} minutes. For a call there are [other times](remote). In a deck, press "
        f"G, type the number of a slide and press Enter to go there. {CANNOT_SAY}",
        "",
    ]
    for one in timetable.timetables(guides).values():
        check_sections(one)
        lines += plan(one, guides, pages)
    return "\n".join(lines)


def remote(text: str, guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the page on teaching in a call, with its times."""
    lines = []
    for one in timetable.timetables(guides, REMOTE).values():
        lines += plan(one, guides, pages, REMOTE)
    return text.replace(TIMES, "\n".join(lines))


# --- once the decks are made ---------------------------------------------------------------------


def numbers(deck: Tag, part: str, wanted: Container[str]) -> list[int]:
    """Return the numbers of the slides of a part, counted from one as the deck shows them.

    Those of a talk are of its wanted sections, after the two that open the deck; those of
    exercises have the wanted titles. Where nothing is wanted, all are.
    """
    found = []
    for number, slide in enumerate(deck.select(".slides > section"), start=1):
        kinds, of = slide.get("class", []), slide.get("data-of", "")
        if "slide-exercise" in kinds:
            eyebrow = slide.select_one(".eyebrow").get_text()
            fits = part == "exercise" and (not wanted or any(one in eyebrow for one in wanted))
        elif "slide-quiz" in kinds and not of:
            fits = part == "quiz"
        else:
            fits = part == "talk" and (not wanted or not of or of in wanted)
        found += [number] if fits else []
    return found


def ranges(found: list[int]) -> str:
    """Return numbers in words, those that follow each other as one range.

    Examples
    --------
    >>> ranges([1, 2, 3, 5])
    '1–3, 5'
    """
    parts: list[list[int]] = []
    for number in found:
        if parts and parts[-1][-1] == number - 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("–".join(map(str, part)) for part in parts)


def name_slides(site: Path) -> None:
    """Write into the timetables of a finished site which slides each line shows."""

    @cache
    def deck_of(path: Path) -> BeautifulSoup:
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    for page in (site / name for name in PAGES):
        if not page.is_file():
            continue
        parsed = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for link in parsed.select("a.pr-slides"):
            deck = deck_of(page.parent / link["href"])
            wanted = [one for one in link["data-of"].split("|") if one]
            if found := numbers(deck, link["data-part"], wanted):
                link.string = f"slide{'s' * (len(found) > 1)} {ranges(found)}"
                link["href"] += f"#/{found[0] - 1}"
            elif (after := link.find_next_sibling()) and after.name == "br":
                after.decompose()
                link.decompose()
            else:
                link.unwrap()
        write(page, str(parsed))
