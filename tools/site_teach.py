"""Lay out the teaching pages: guide, timetables and handouts, from the files that hold them."""

import re
from collections.abc import Container

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

import teaching
from site_steps import SOURCE, write

EXERCISES = re.compile(r"^## Exercises$", re.MULTILINE)
CANNOT_SAY = (
    "The minutes are a plan. Nobody has held this workshop from it yet: write down how long "
    "things took, and change the file of the chapter."
)


def add_quiz(notebook: NotebookNode, guide: teaching.Guide | None) -> None:
    """Put a chapter's quiz before its exercises, or at its end where it has none."""
    if guide is None:
        return
    quiz = teaching.quiz_markdown(guide)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and (found := EXERCISES.search(cell.source)):
            before = cell.source[: found.start()].strip()
            cell.source = cell.source[found.start() :]
            above = f"{before}\n\n{quiz}".strip()
            notebook.cells.insert(number, new_markdown_cell(above, id="quiz"))
            return
    notebook.cells.append(new_markdown_cell(quiz, id="quiz"))


def chapter_link(guide: teaching.Guide, pages: Container[str]) -> str:
    """Return a link to a chapter's page, or its name where this build leaves it out."""
    page, text = f"chapters/{guide.name}", f"{guide.name[:2]} {guide.title}"
    return f"[{text}](../{page})" if page in pages else text


def guide_page(guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the instructor's guide, one section a chapter."""
    lines = ["# Instructor's guide", "", CANNOT_SAY, ""]
    for guide in guides.values():
        lines += [f"## {guide.name[:2]} {guide.title}", ""]
        lines += [f"The chapter: {chapter_link(guide, pages)}.", ""]
        if f"chapters/{guide.name}" in pages:
            lines += [f'<p><a href="../slides/{guide.name}.html">Its slides</a></p>', ""]
        lines += [teaching.guide_markdown(guide, level=3), ""]
        lines += ["### Notes on the exercises", ""]
        lines += [f"- **{label.rsplit('-', 1)[1]}:** {note}" for label, note in guide.notes.items()]
        lines.append("")
    return "\n".join(lines)


def timetable_page(tables: dict[str, teaching.Timetable]) -> str:
    """Return the page of all timetables."""
    longest = teaching.LONGEST_STRETCH
    lines = [
        "# Timetables",
        "",
        f"Computed from the minutes of the [guide](guide), with a break after at most {longest} "
        "minutes.",
        CANNOT_SAY,
        "",
    ]
    for table in tables.values():
        lines += [f"## {table.title}", "", table.who, ""]
        for number, day in enumerate(table.days, start=1):
            if len(table.days) > 1:
                lines += [f"### Day {number}", ""]
            lines += ["| from | to | minutes | what |", "|---|---|---:|---|"]
            for slot in day:
                what = f"*{slot.what}*" if slot.kind == "break" else slot.what
                times = f"{teaching.clock(slot.start)} | {teaching.clock(slot.end)}"
                lines.append(f"| {times} | {slot.minutes} | {what} |")
            lines.append("")
    return "\n".join(lines)


def handout_page(guides: dict[str, teaching.Guide]) -> str:
    """Return the page to print and hand out: one sheet a chapter."""
    lines = [
        "# Handouts",
        "",
        "One sheet a chapter, to print and hand out. The answers stand at the foot of each, small.",
        "",
    ]
    for guide in guides.values():
        lines += [f"## {guide.name[:2]} {guide.title}", ""]
        lines += ['<div class="pr-handout">', teaching.handout_html(guide), "</div>", ""]
    return "\n".join(lines)


def stage(pages: Container[str]) -> None:
    """Write the pages that are made from the chapters' files."""
    guides = teaching.guides()
    folder = SOURCE / "teach"
    write(folder / "guide.md", guide_page(guides, pages))
    write(folder / "timetables.md", timetable_page(teaching.timetables(guides)))
    write(folder / "handouts.md", handout_page(guides))
