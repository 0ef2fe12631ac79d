"""Lay out the teaching pages, from the files that hold them."""

import re
from collections.abc import Container
from pathlib import Path

import nbformat
from docutils.nodes import make_id
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tools.site import papers, timetables
from tools.site.pages import chapter_of
from tools.site.steps import BOOK, SOURCE, write
from tools.teach import editions, teaching

HEADING = re.compile(r"^#{2,4} +(?P<title>.+?) *$", re.MULTILINE)
EXERCISES = re.compile(r"^## Exercises$", re.MULTILINE)
OFFERED = ("attendee", "live")  # on the site; the instructor's come with `make workshop`
MATERIAL = "<!-- the material of each chapter -->"


def end_of_section(notebook: NotebookNode, title: str) -> tuple[int, int] | None:
    """Return the cell, and the place in it, where the next heading follows that with a title."""
    inside = False
    for number, cell in enumerate(notebook.cells):
        for found in HEADING.finditer(cell.source if cell.cell_type == "markdown" else ""):
            if inside:
                return number, found.start()
            inside = found["title"] == title
    return (len(notebook.cells), 0) if inside else None


def ask_during(notebook: NotebookNode, guide: teaching.Guide) -> None:
    """Put each question of the talk at the end of its section."""
    for number, question in enumerate(guide.during):
        if (place := end_of_section(notebook, question.after)) is None:
            msg = (
                f"{guide.name}.yml asks {question.question!r} after {question.after!r}, "
                "which is no heading of the chapter's page."
            )
            raise teaching.TeachingError(msg)
        cell, start = place
        name = f"ask-{number + 1}"
        parts = [new_markdown_cell(teaching.during_html(guide, number), id=name)]
        if start:
            whole = notebook.cells[cell]
            parts.append(new_markdown_cell(whole.source[start:], id=f"after-{name}"))
            whole.source = whole.source[:start].rstrip()
            cell += 1
        notebook.cells[cell:cell] = parts


def add_questions(notebook: NotebookNode, guide: teaching.Guide | None) -> None:
    """Put what a chapter asks into its notebook; its quiz before the exercises, or at the end."""
    if guide is None:
        return
    ask_during(notebook, guide)
    quiz = teaching.quiz_markdown(guide)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and (found := EXERCISES.search(cell.source)):
            before = cell.source[: found.start()].strip()
            cell.source = cell.source[found.start() :]
            above = f"{before}\n\n{quiz}".strip()
            notebook.cells.insert(number, new_markdown_cell(above, id="quiz"))
            return
    notebook.cells.append(new_markdown_cell(quiz, id="quiz"))


def write_editions(folders: dict[str, Path]) -> None:
    """Write the notebooks of every chapter, each edition into the folder named for it."""
    guides = teaching.guides()
    notes = {guide.name[:2]: guide.notes for guide in guides.values()}
    for source in editions.chapters():
        chapter, guide = editions.read_chapter(source), guides.get(source.stem)
        for edition, folder in folders.items():
            notebook = editions.edition_of(
                chapter,
                edition,
                guide=teaching.guide_markdown(guide) if guide else "",
                notes=notes.get(chapter_of(source.stem)),
            )
            add_questions(notebook, guide)
            write(folder / f"{chapter.name}.ipynb", nbformat.writes(notebook) + "\n")


def chapter_link(guide: teaching.Guide, pages: Container[str]) -> str:
    """Return a link to a chapter's page, or its name where this build leaves it out."""
    page, text = f"chapters/{guide.name}", f"{guide.name[:2]} {guide.title}"
    return f"[{text}](../{page})" if page in pages else text


def exercise_notes(guide: teaching.Guide) -> list[str]:
    """Return the notes on a chapter's exercises, each named as the page names it."""
    exercises = [exercise for _, exercise in timetables.exercises_of(guide.name[:2])]
    return [f"- **{exercise.name}.** {guide.notes[exercise.label]}" for exercise in exercises]


def guide_page(guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the instructor's guide, one section a chapter."""
    lines = ["# Instructor's guide", "", timetables.CANNOT_SAY, ""]
    for guide in guides.values():
        lines += [f"## {guide.name[:2]} {guide.title}", ""]
        lines += [f"The chapter: {chapter_link(guide, pages)}.", ""]
        if f"chapters/{guide.name}" in pages:
            lines += [f'<p><a href="../slides/{guide.name}.html">Its slides</a></p>', ""]
        lines += [teaching.guide_markdown(guide, level=3), ""]
        if sheet := exercise_notes(guide):
            lines += ["### Notes on the exercises", "", *sheet, ""]
    return "\n".join(lines)


def material_table(guides: dict[str, teaching.Guide], pages: Container[str]) -> str:
    """Return the table of what there is for each chapter, as HTML: Sphinx makes none of it."""
    rows = []
    for guide in guides.values():
        name = guide.name
        if f"chapters/{name}" not in pages:
            continue
        title = f"{name[:2]} {guide.title}"
        section = make_id(title)  # what Sphinx makes of the same heading
        links = [
            ("page", f"../chapters/{name}.html"),
            ("slides", f"../slides/{name}.html"),
            *((edition, f"../downloads/{edition}/{name}.ipynb") for edition in OFFERED),
            ("guide", f"guide.html#{section}"),
            ("handout", f"handouts.html#{section}"),
        ]
        cells = "".join(
            f'<td><a href="{place}" aria-label="{title}: {what}">{what}</a></td>'
            for what, place in links
        )
        rows.append(
            f'<tr><th scope="row">{title}</th>{cells}<td>{sum(guide.minutes.values())}</td></tr>'
        )
    heads = ("Chapter", "Page", "Slides", "Attendee", "Live", "Guide", "Handout", "Minutes")
    head = "".join(f'<th scope="col">{what}</th>' for what in heads)
    table = ['<table class="table">', f"<thead><tr>{head}</tr></thead>", "<tbody>", *rows]
    return "\n".join([*table, "</tbody>", "</table>"])


def stage(pages: Container[str]) -> None:
    """Write the pages that are made from the chapters' files."""
    guides = teaching.guides()
    folder = SOURCE / "teach"
    index = (BOOK / "teach" / "index.md").read_text(encoding="utf-8")
    write(folder / "index.md", index.replace(MATERIAL, material_table(guides, pages)))
    write(folder / "guide.md", guide_page(guides, pages))
    write(folder / "timetables.md", timetables.page_of(guides, pages))
    remote = (BOOK / "teach" / "remote.md").read_text(encoding="utf-8")
    write(folder / "remote.md", timetables.remote(remote, guides, pages))
    for name, text in papers.pages(guides).items():
        write(folder / f"{name}.md", text)
    downloads = SOURCE / "extra" / "downloads"
    write_editions({edition: downloads / edition for edition in OFFERED})
