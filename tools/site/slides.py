"""Make a deck of slides from each finished chapter page: what to show on the slide, prose as notes.

A deck is made from the page and not from the source, so that its numbers, figures and formulas
are those of the page, and the chapter is executed once. It shows what an audience can read from
the last row: figures, short tables, the boxes, and else the first sentences of a section. All
prose goes into the speaker's notes (press S). reveal.js comes from npm, as the fonts do.
"""

import html
import re
import shutil
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.site import inline
from tools.site.assets import MODULES
from tools.site.steps import BOOK, write
from tools.teach import teaching

FOLDER = "slides"
BOXES = ("pr-wrong", "pr-right", "pr-decide", "pr-takeaway", "pr-overview")
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS, MOST_ITEMS = 8, 6, 420, 6
LONGEST_FINDING, LONGEST_OPENING = 220, 420
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[“\"A-Z0-9])")
TALL = 0.8  # a figure higher than this share of its width stands beside its finding
LEFT_OUT = ("Exercises", "Quiz", "Further reading")
ELSEWHERE = '<p class="elsewhere">The table is on the chapter\'s page.</p>'
# What a speaker does with a box that the page says nothing more about.
PROMPTS = {
    "pr-wrong": "Read it aloud. Who has done it like this?",
    "pr-right": "Ask what it costs to do it this way.",
    "pr-decide": "Ask what they would sign, and why.",
    "pr-takeaway": "Let each name the one that was new.",
}
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} (slides) — Prerelease</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/fonts.css">
<link rel="stylesheet" href="../vendor/reveal/reveal.css">
<link rel="stylesheet" href="../_static/slides.css">
</head>
<body>
<main><div class="reveal"><div class="slides">
{slides}
</div></div></main>
<script src="../vendor/reveal/reveal.js"></script>
<script src="../vendor/reveal/notes.js"></script>
<script src="../vendor/reveal/zoom.js"></script>{mathjax}
<script>
Reveal.initialize({{
  width: 1280, height: 720, margin: 0.05, hash: true, slideNumber: "c/t", center: false,
  transition: "none", controlsTutorial: false, scrollActivationWidth: null,
  plugins: [RevealNotes, RevealZoom],
}});
</script>
</body>
</html>
"""
MODES = re.compile(r"^(Full|Quick) mode\.$")
MATHJAX = '\n<script src="../vendor/mathjax/tex-svg.js"></script>'


@dataclass
class Slide:
    """One slide: its heading, what it shows, and what the speaker says."""

    heading: str
    shown: str = ""
    kind: str = "text"
    finding: str = ""
    eyebrow: str = ""
    notes: list[str] = field(default_factory=list)


def text_of(tag: Tag) -> str:
    """Return the words of a tag on one line, without links to headings and bracketed sources."""
    clean = copy(tag)
    for mark in clean.select(".headerlink"):
        mark.decompose()
    for source in clean.select(".bibtex-citation"):
        if source.get_text().startswith("["):
            source.decompose()
    words = re.sub(r"\s+", " ", clean.get_text(" ")).strip()
    return re.sub(r" ([.,:;)])", r"\1", words)


def first_sentences(text: str, longest: int = LONGEST_FINDING) -> str:
    """Return as many whole sentences of a text as fit into a number of letters, or nothing."""
    shown = ""
    for sentence in SENTENCE_END.split(text):
        if len(shown) + len(sentence) + 1 > longest:
            break
        shown = f"{shown} {sentence}".strip()
    return shown


def visual(block: Tag) -> tuple[str, str] | None:
    """Return the kind and the HTML of what a block shows, if an audience could read it."""
    if block.select_one(".pr-figure img.pr-light"):
        pictures = block.select(".pr-figure img.pr-light")
        images = [
            f'<img src="{image["src"]}" alt="{html.escape(image["alt"])}">' for image in pictures
        ]
        tall = float(pictures[0]["height"]) > TALL * float(pictures[0]["width"])
        return "tall" if tall and len(pictures) == 1 else "figure", "".join(images)
    for box in [block, *block.select(".cell_output .admonition")]:  # written, or made by code
        if name := next((name for name in BOXES if name in box.get("class", [])), None):
            return "box", f'<div class="{name}">{inner_html(box)}</div>'
    table = block.select_one("table")
    if table and not block.select_one("details table"):
        rows = table.select("tr")
        widest = max(len(row.find_all(["td", "th"])) for row in rows)
        letters = len(table.get_text(" ", strip=True))
        if len(rows) <= MOST_ROWS + 1 and widest <= MOST_COLUMNS and letters <= MOST_LETTERS:
            return "table", str(table)
    return None


def list_of_openings(block: Tag) -> str:
    """Return a list as a slide can show it: the first sentence of each item."""
    items = [SENTENCE_END.split(text_of(item))[0] for item in block.find_all("li", recursive=False)]
    inside = "".join(f"<li>{html.escape(item)}</li>" for item in items[:MOST_ITEMS])
    return f"<{block.name}>{inside}</{block.name}>"


def inner_html(block: Tag) -> str:
    """Return the HTML inside a block, without identifiers: they stand on the page already."""
    clean = copy(block)
    for tag in clean.find_all(True):
        for attribute in ("id", "tabindex"):
            del tag[attribute]
    for button in clean.select("button, .headerlink"):
        button.decompose()
    return clean.decode_contents()


def prose(block: Tag) -> str:
    """Return what a speaker would say of a block: its prose, and no code."""
    if block.name in {"p", "ul", "ol"}:
        return text_of(block)
    paragraphs = block.select(".cell_output > p, .cell_output .output p, .cell_output > ul")
    return " ".join(text_of(paragraph) for paragraph in paragraphs)


def section_slides(section: Tag, above: str = "") -> list[Slide]:
    """Return the slides of a section and of those in it."""
    heading = text_of(section.find(["h2", "h3", "h4"]))
    if heading in LEFT_OUT:
        return []
    slides, before, found_by_code, listed = [], [], "", ""
    joint = " " if above.endswith("?") else ": "
    title = f"{above}{joint}{heading}" if above and len(above + heading) < 50 else heading
    inner = []
    for block in section.find_all(recursive=False):
        if block.name == "section":
            inner += section_slides(block, heading)
        elif block.name in {"h2", "h3", "h4"}:
            continue
        elif found := visual(block):
            slides.append(Slide(title, found[1], found[0], notes=before))
            before = []
        elif said := prose(block):
            if block.name in {"ul", "ol"} and len(before) == 1 and not slides:
                listed = list_of_openings(block)
            (slides[-1].notes if slides else before).append(said)
            # What code says of the figure above, or alone.
            if "cell" in block.get("class", []) or block.select_one(f".{inline.MARK}"):
                found_by_code = found_by_code or first_sentences(said)
                if slides:
                    slides[-1].finding = slides[-1].finding or first_sentences(said)
    if before:
        opening = first_sentences(before[0], LONGEST_OPENING)
        shown = f"<p>{html.escape(opening)}</p>"
        if opening == before[0]:
            shown += listed
        if section.find("table") and section.find("table").find_parent("section") is section:
            shown += ELSEWHERE
        slides.append(Slide(title, shown, notes=before))
        slides[-1].finding = "" if opening.startswith(found_by_code) else found_by_code
    return slides + inner


def exercise_slides(guide: teaching.Guide, page: BeautifulSoup) -> list[Slide]:
    """Return one slide for each exercise of a chapter's page, with what the guide says of it."""
    slides = []
    for box in page.select("div.exercise"):
        title = re.sub(r"^Exercise \d+ \((.*)\)$", r"\1", text_of(box.select_one("p")))
        body = "".join(str(part) for part in box.select("section > p, section > ul, section > ol"))
        note = guide.notes.get(box.get("id", ""), "")
        slides.append(Slide(f"Your turn: {title}", body, "exercise", notes=[note]))
    if slides:
        slides[0].notes += [f"{guide.minutes['exercise']} minutes for all exercises together."]
    return slides


def quiz_slides(guide: teaching.Guide) -> list[Slide]:
    """Return one slide for each question of the quiz, with the answer in the notes."""
    slides = []
    for question in guide.quiz:
        answers = "".join(f"<li>{html.escape(answer.text)}</li>" for answer in question.answers)
        right = next(answer for answer in question.answers if answer.right)
        notes = [f"Right: {right.text} {right.why}"]
        if not slides:
            notes.append(f"{guide.minutes['quiz']} minutes for all questions of this quiz.")
        shown = f'<p>{html.escape(question.question)}</p><ol type="a">{answers}</ol>'
        slides.append(Slide("Quiz", shown, "quiz", notes=notes))
    return slides


def title_slide(name: str, page: BeautifulSoup) -> Slide:
    """Return the first slide: the chapter's number, title and question."""
    box = page.select_one(".pr-overview")
    asked = page.select_one(".pr-in-short .pr-asked") or (box and box.select("p")[1])
    question = text_of(asked).removeprefix("The question:").strip() if asked else ""
    slide = Slide(text_of(page.select_one("article h1")), kind="title")
    question = question[:1].upper() + question[1:]
    slide.eyebrow, slide.shown = f"Chapter {name[:2]}", f"<p>{html.escape(question)}</p>"
    slide.notes = [text_of(part) for part in (box.select("p")[2:] if box else [])]
    if made := page.find("strong", string=MODES):
        slide.shown += f'<p class="made">{html.escape(first_sentences(text_of(made.parent)))}</p>'
    return slide


def short_slide(page: BeautifulSoup) -> list[Slide]:
    """Return the slide that tells the whole chapter, where its page opens in short."""
    if not (box := page.select_one(".pr-in-short")):
        return []
    answer, decision = map(text_of, box.select("dd"))
    if found := visual(box):
        return [Slide("In short", found[1], "tall", finding=answer, notes=[decision])]
    told = f"<p>{html.escape(answer)}</p><p>{html.escape(decision)}</p>"
    return [Slide("In short", told, notes=["Ask who would decide otherwise."])]


def add_notes(slide: Slide) -> None:
    """Give a slide that would have none the notes that its picture or its box suggests."""
    if slide.notes:
        return
    shown = BeautifulSoup(slide.shown, "html.parser")
    prompts = [PROMPTS[name] for name in PROMPTS if shown.select_one(f".{name}")]
    slide.notes = prompts + [image["alt"] for image in shown.select("img")]
    slide.notes = slide.notes or [f"Read the {slide.kind} with the room, row by row."]


def markup(slide: Slide) -> str:
    """Return the HTML of a slide."""
    level = "h1" if slide.kind == "title" else "h2"
    kind = "slide-figure slide-tall" if slide.kind == "tall" else f"slide-{slide.kind}"
    finding = ""
    if slide.finding and slide.kind in {"figure", "tall", "table", "text"}:
        finding = f'<p class="finding">{html.escape(slide.finding)}</p>'
    eyebrow = f'<p class="eyebrow">{slide.eyebrow}</p>' if slide.eyebrow else ""
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in slide.notes)
    heading = f"<{level}>{html.escape(slide.heading)}</{level}>"
    return (
        f'<section class="{kind}">{eyebrow}{heading}'
        f'{slide.shown}{finding}<aside class="notes">{notes}</aside></section>'
    )


def deck(name: str, page: BeautifulSoup, guide: teaching.Guide | None) -> str:
    """Return the deck of a chapter as a page of HTML."""
    slides = [title_slide(name, page), *short_slide(page)]
    for section in page.select("article > section > section"):
        slides += section_slides(section)
    if guide:
        slides += quiz_slides(guide) + exercise_slides(guide, page)
    for slide in slides:
        add_notes(slide)
    body = "\n".join(markup(slide) for slide in slides)
    mathjax = MATHJAX if 'class="math' in body else ""
    return PAGE.format(title=html.escape(slides[0].heading), slides=body, mathjax=mathjax)


def make(site: Path) -> list[str]:
    """Write the decks of all chapters of a finished site; return their names."""
    guides = teaching.guides()
    vendor = site / "vendor" / "reveal"
    vendor.mkdir(parents=True, exist_ok=True)
    reveal = MODULES / "reveal.js"
    for file in (
        "dist/reveal.js",
        "dist/reveal.css",
        "plugin/notes/notes.js",
        "plugin/zoom/zoom.js",
        "LICENSE",
    ):
        shutil.copy2(reveal / file, vendor)
    shutil.copy2(BOOK / "_static" / "slides.css", site / "_static")
    written = []
    for path in sorted((site / "chapters").glob("[0-9][0-9]_*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        write(site / FOLDER / path.name, deck(path.stem, page, guides.get(path.stem)))
        written.append(path.stem)
    return written
