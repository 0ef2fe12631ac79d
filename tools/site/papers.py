"""Lay out what is printed for a workshop as pages of the site."""

from tools.teach import papers, teaching

SHEETS = (
    "One sheet a chapter, to print and hand out before its talk: what it is for, the questions of "
    "the talk and the quiz to tick, and room for notes. The [answers](answers) are on sheets of "
    "their own."
)
ANSWERS = (
    "One sheet a chapter, to hand out afterwards: the questions of the [handouts](handouts), with "
    "what each answer reveals. The right one is ticked."
)
CHEAT = (
    "Two sides of a sheet: for each chapter its question, the rule, the call to copy, and what "
    "never to say."
)


def handouts(guides: dict[str, teaching.Guide], *, answers: bool) -> str:
    """Return the page of all sheets."""
    lines = ["# Handouts with answers" if answers else "# Handouts", ""]
    lines += [ANSWERS if answers else SHEETS, ""]
    for guide in guides.values():
        lines += [f"## {guide.name[:2]} {guide.title}", ""]
        inside = papers.handout_html(guide, answers=answers)
        lines += ['<div class="pr-handout">', inside, "</div>", ""]
    return "\n".join(lines)


def cheat_sheet(guides: dict[str, teaching.Guide]) -> str:
    """Return the page of the cheat sheet."""
    rows, boxes = papers.cheat_sheet(guides)
    inside = "\n".join(map(papers.box_html, boxes))
    told = f'<p class="pr-cheat-rows">{teaching.inline(rows.strip())}</p>'
    return f'# Cheat sheet\n\n{CHEAT}\n\n<div class="pr-cheats">\n{told}\n{inside}\n</div>\n'


def pages(guides: dict[str, teaching.Guide]) -> dict[str, str]:
    """Return every page that is printed, by its name."""
    return {
        "handouts": handouts(guides, answers=False),
        "answers": handouts(guides, answers=True),
        "cheat-sheet": cheat_sheet(guides),
    }
