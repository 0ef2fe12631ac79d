"""What is printed for a workshop: a sheet a chapter, with answers or without, and the cheat sheet.

The sheets are made from the chapters' files, the cheat sheet from ``book/teach/cheat-sheet.yml``
and from the question that each chapter's page opens with.
"""

import ast
import html
from dataclasses import dataclass
from pathlib import Path

import jupytext
import yaml

from tools.teach.teaching import ROOT, TEACH, Guide, Question, inline, must

SHEET = TEACH / "cheat-sheet.yml"
LETTERS = "abcdefgh"


def asked(question: Question, label: str, *, answers: bool) -> list[str]:
    """Return a question with boxes to tick, or with each answer judged and explained."""
    lines = [f'<div class="pr-asked-on-paper"><p><b>{label}</b> {inline(question.question)}</p>']
    lines.append('<ol class="pr-tick" type="a">')
    for answer in question.answers:
        told, kind = inline(answer.text), ""
        if answers:
            right = "<strong>Right.</strong> " if answer.right else ""
            kind = ' class="pr-ticked"' if answer.right else ""
            told = f'{told} <span class="pr-why">{right}{inline(answer.why)}</span>'
        lines.append(f"<li{kind}>{told}</li>")
    return [*lines, "</ol></div>"]


def handout_html(guide: Guide, *, answers: bool = False) -> str:
    """Return a chapter's sheet: objectives, the questions of talk and quiz, room for notes.

    With `answers`, each answer is judged and explained, and no room is left.
    """
    lines = ["<p>Afterwards you can:</p>", '<ul class="pr-objectives">']
    lines += [f"<li>{inline(objective)}</li>" for objective in guide.objectives]
    lines.append("</ul>")
    for number, question in enumerate(guide.during):
        lines += asked(question, f"In the talk, {LETTERS[number].upper()}.", answers=answers)
    for number, question in enumerate(guide.quiz, start=1):
        lines += asked(question, f"Quiz, {number}.", answers=answers)
    if not answers:
        lines.append('<p class="pr-notes">Notes</p>')
    return "\n".join(lines)


def question_of(page: Path) -> str:
    """Return the question that a chapter's page opens with."""
    for cell in jupytext.read(page).cells:
        if cell.cell_type != "code" or "in_short(" not in cell.source:
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.keyword) and node.arg == "question":
                return str(ast.literal_eval(node.value))
    must(condition=False, path=page, what="opens with no question: in_short(question=…) is missing")
    return ""


@dataclass(frozen=True)
class Box:
    """What the cheat sheet says of a chapter."""

    chapter: str
    title: str
    question: str
    rule: str
    call: str
    never: str


def cheat_sheet(known: dict[str, Guide]) -> tuple[str, list[Box]]:
    """Return what the rows are called, and a box for each chapter."""
    raw = yaml.safe_load(SHEET.read_text(encoding="utf-8"))
    chapters = {name[:2]: guide for name, guide in known.items()}
    must(list(raw["boxes"]) == list(chapters), SHEET, f"must have a box for each of {[*chapters]}")
    boxes = [
        Box(
            number,
            guide.title,
            question_of(ROOT / "notebooks" / f"{guide.name}.py"),
            **raw["boxes"][number],
        )
        for number, guide in chapters.items()
    ]
    return raw["rows"], boxes


def box_html(box: Box) -> str:
    """Return a box of the cheat sheet; no line of its HTML is blank, as Markdown wants it."""
    code = html.escape(box.call.strip()).replace("\n\n", "\n&#8203;\n")
    return "\n".join(
        [
            f'<section class="pr-cheat" aria-labelledby="cheat-{box.chapter}">',
            f'<h2 id="cheat-{box.chapter}"><b>{box.chapter}</b> {html.escape(box.title)}</h2>',
            f'<p class="pr-cheat-asks">{inline(box.question)}</p>',
            f"<p>{inline(box.rule)}</p>",
            f'<p class="pr-never"><b>Never say:</b> {inline(box.never)}</p>',
            f'<pre tabindex="0" aria-label="Code of chapter {box.chapter}">{code}</pre>',
            "</section>",
        ]
    )
