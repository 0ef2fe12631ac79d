"""Make a deck of slides from each finished chapter page: what to show on the slide, prose as notes.

A deck is made from the page and not from the source, so that its numbers, figures and formulas
are those of the page, and the chapter is executed once. A slide has one message, and that is its
title: a sentence of the page. It shows what an audience can read from the last row. What to say,
ask and draw is in the speaker's notes (press S). reveal.js comes from npm, as the fonts do.
"""

import html
import re
import shutil
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.site.assets import MODULES
from tools.site.deck import sections, shown, words
from tools.site.deck.sections import Slide
from tools.site.steps import BOOK, write
from tools.teach import teaching

FOLDER = "slides"
AWAY = re.compile(r"\d\d[a-z]_|about/")
UNSEEN = ".headerlink, .pr-dark, .pr-quiz, .cell_input, details"
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
<noscript><style>
html, body, main, .reveal {{ height: auto; overflow: visible; }}
.reveal .slides {{ position: static; width: auto; height: auto; padding: 24px; }}
.reveal .slides > section {{ display: block !important; position: static; visibility: visible; }}
.reveal .slides > section {{ opacity: 1; height: auto; padding-bottom: 60px; }}
</style></noscript>
</head>
<body>
<main><div class="reveal"><div class="slides">
{slides}
</div></div></main>
<script src="../vendor/reveal/reveal.js"></script>
<script src="../vendor/reveal/notes.js"></script>
<script src="../vendor/reveal/zoom.js"></script>
<script>
Reveal.initialize({{
  width: 1280, height: 720, margin: 0.05, hash: true, slideNumber: "c/t", center: false,
  transition: "none", controlsTutorial: false, scrollActivationWidth: null,
  keyboardCondition: (event) => !event.target.closest?.(".pr-knobs"),  // keys there turn the knob
  plugins: [RevealNotes, RevealZoom],
}});
// Whoever turned a knob with the mouse turns slides with the next key.
addEventListener("pointerup", ({{ target }}) => target.type === "range" && target.blur());
</script>{scripts}
</body>
</html>
"""
MODES = re.compile(r"^(Full|Quick) mode\.$")
# What a deck loads if it holds some.
SCRIPTS = {"pr-play": "../_static/play.js"}


def exercise_slide(box: Tag, note: str) -> Slide:
    """Return the slide of an exercise: its title is the first sentence of the task that fits."""
    name = words.text_of(box.select_one("p"))
    parts = box.select("section > p, section > ul, section > ol")
    quoted, title = 0, ""
    for sentence in [one for part in parts for one in words.split(words.text_of(part))]:
        if not title and not quoted and len(sentence) <= words.LONGEST_TITLE:
            title = sentence if sentence.count("“") == sentence.count("”") else ""
        quoted += sentence.count("“") - sentence.count("”")
    markup = [shown.without_ids(part) for part in parts]
    for number, part in enumerate(parts):
        if title and title in words.text_of(part):
            bare = markup[number].replace(html.escape(title, quote=False), "", 1)
            told = words.text_of(part).replace(title, "", 1).strip()
            markup[number] = bare if bare != markup[number] else shown.paragraphs(told)
            break
    slide = Slide(words.placeless(title) or f"{name}.", kind="exercise")
    slide.eyebrow = f"Your turn: {name}"
    slide.shown = words.placeless("".join(markup))
    slide.say = [note]
    return slide


def exercise_slides(guide: teaching.Guide, page: Tag) -> list[Slide]:
    """Return one slide for each exercise of a chapter's page, with what the guide says of it."""
    boxes = page.select("div.exercise")
    slides = [exercise_slide(box, guide.notes.get(box.get("id", ""), "")) for box in boxes]
    if slides:
        slides[0].say += [f"{guide.minutes['exercise']} minutes for all exercises together."]
    return slides


def quiz_slides(guide: teaching.Guide) -> list[Slide]:
    """Return one slide for each question of the quiz, with the answer in the notes."""
    slides = [
        sections.question_slide(question, f"Quiz, question {number}")
        for number, question in enumerate(guide.quiz, start=1)
    ]
    slides[0].say += [f"{guide.minutes['quiz']} minutes for all questions of this quiz."]
    return slides


def title_slide(name: str, page: Tag) -> Slide:
    """Return the first slide: the chapter's number, title and question."""
    box = page.select_one(".pr-overview")
    asked = page.select_one(".pr-in-short .pr-asked") or (box and box.select("p")[1])
    question = words.text_of(asked).removeprefix("The question:").strip() if asked else ""
    question = question[:1].upper() + question[1:]
    slide = Slide(words.text_of(page.select_one("article h1")), kind="title")
    slide.eyebrow, slide.shown = f"Chapter {name[:2]}", shown.paragraphs(question)
    slide.say = [words.text_of(part) for part in page.select("#the-question > p")]
    slide.ask = "What would you answer today?"
    if made := page.find("strong", string=MODES):
        told = words.text_of(made.parent).replace("This page was computed", "Computed")
        told = " ".join(words.split(told)[:2])
        slide.shown += f'<p class="made">{html.escape(told)}</p>'
    return slide


def short_slide(page: Tag, deck: sections.Deck) -> list[Slide]:
    """Return the slide that tells the whole chapter, where its page opens in short."""
    if not (box := page.select_one(".pr-in-short")):
        return []
    answer, decision = (words.sentences(part) for part in box.select("dd"))
    title = words.finding([*answer, *decision], deck.hint("In short", "title"), deck.titles)
    title = title or answer[0]
    told, decided = (
        " ".join(one.text for one in part if one is not title and not words.away(one.text))
        for part in (answer, decision)
    )
    kind, markup = shown.picture(box) or ("text", "")
    slide = Slide(title.title, markup, "tall" if markup else "text", eyebrow="In short")
    slide.punch = shown.paragraphs(
        words.shown(f"{title.parts[1]} {told}".strip()), words.shown(f"The decision: {decided}")
    )
    slide.say = [words.text_of(part) for part in box.select("dd")]
    return [deck.add(slide, "In short", kind)]


def notes(slide: Slide) -> str:
    """Return what the speaker says, asks and draws."""
    say = slide.say
    if slide.kind not in {"quiz", "exercise"}:  # of the page's prose, what speaks of this room
        say = [" ".join(one for one in words.split(part) if not words.away(one)) for part in say]
    say = [part for part in say if part] or [slide.title]
    lines = [f"Say: {say[0]}", *say[1:]]
    lines += [
        f"{what}: {told}" for what, told in (("Ask", slide.ask), ("Draw", slide.draw)) if told
    ]
    return shown.paragraphs(*lines)


def markup(slide: Slide) -> str:
    """Return the HTML of a slide."""
    level = "h1" if slide.kind == "title" else "h2"
    kind = "slide-figure slide-tall" if slide.kind == "tall" else f"slide-{slide.kind}"
    eyebrow = f'<p class="eyebrow">{html.escape(slide.eyebrow)}</p>' if slide.eyebrow else ""
    punch = f'<div class="punch">{slide.punch}</div>' if slide.punch else ""
    of = f' data-of="{html.escape(slide.of)}"' if slide.of else ""
    return (
        f'<section class="{kind}"{of}>{eyebrow}<{level}>{html.escape(slide.title)}</{level}>'
        f'{slide.shown}{punch}<aside class="notes">{notes(slide)}</aside></section>'
    )


def deck_of(name: str, page: BeautifulSoup, guide: teaching.Guide | None) -> list[Slide]:
    """Return the slides of a chapter; its page is changed by it."""
    for unseen in page.select(UNSEEN):
        unseen.decompose()
    for source in page.select(".bibtex-citation"):
        if source.get_text().startswith("["):
            source.decompose()
    for link in page.select("article a[href]"):
        if AWAY.search(link["href"]):
            link.append(" →")  # its sentence points away: see words.ELSEWHERE
    deck = sections.Deck(guide.slides, guide.during) if guide else sections.Deck()
    first = [title_slide(name, page), *short_slide(page, deck)]
    parts = page.select("article > section > section")
    slides = []
    for part in parts:
        made = sections.section_slides(part, deck)
        for slide in made:
            slide.of = words.text_of(part.find("h2"))
        slides += made
    if not guide:
        return first + slides
    talk = first + sections.short_enough(slides, guide.minutes["talk"] - len(first))
    return talk + quiz_slides(guide) + exercise_slides(guide, page)


def deck(name: str, page: BeautifulSoup, guide: teaching.Guide | None) -> str:
    """Return the deck of a chapter as a page of HTML."""
    slides = deck_of(name, page, guide)
    body = "\n".join(map(markup, slides))
    needed = [address for held, address in SCRIPTS.items() if held in body]
    scripts = "".join(f'\n<script src="{address}"></script>' for address in needed)
    return PAGE.format(title=html.escape(slides[0].title), slides=body, scripts=scripts)


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
