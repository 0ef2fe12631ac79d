"""The slides of a chapter's page: which sections make one, with which title and which notes.

A section makes at most one slide, and each of its boxes one more. It shows the section's figure,
one to play with before others and one that the deck has not shown yet before one that it has; else
its table; else its list. Where the prose has no sentence for a title, what the figure is said to
show is one. A section that has none of these, or no sentence for a title, makes none,
unless the page stresses a sentence of it, or the chapter's file speaks of it.
"""

import html
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup, Tag

from tools.site.deck import shown, words
from tools.teach import teaching

LEFT_OUT = ("The question", "Are you sure?", "Quiz", "Exercises", "Further reading")
# What stays longest when a deck is longer than its talk; the words of a section go first.
KEPT = ("text", "list", "quote", "table", "figure", "tall", "play")
PROMPTS = {
    "pr-wrong": "Who has done it like this?",
    "pr-right": "What does it cost to do it this way?",
    "pr-decide": "What would you sign, and what would have to change your mind?",
    "pr-takeaway": "Which of these was new to you?",
    "play": "Which way will it go? Let the room say so before you turn a knob.",
    "figure": "What do you see? Wait for an answer before you give yours.",
    "tall": "What do you see? Wait for an answer before you give yours.",
    "table": "Which row would you have expected otherwise?",
    "list": "Which of these have you met?",
    "quote": "Who could say less, and who would have said more?",
    "text": "Who would say otherwise?",
}
DRAWN = {
    "pr-wrong": "a ring round the word at which it goes wrong.",
    "pr-decide": "a stroke for each who would sign, and for each who would not.",
    "figure": "the two axes, empty, and where the room expects the points to lie.",
    "tall": "the two axes, empty, and where the room expects the points to lie.",
    "table": "a ring round the number that the title speaks of.",
}


@dataclass
class Slide:
    """One slide: its title, what it shows, and what the speaker says, asks and draws."""

    title: str
    shown: str = ""
    kind: str = "text"
    punch: str = ""
    eyebrow: str = ""
    say: list[str] = field(default_factory=list)
    ask: str = ""
    draw: str = ""
    of: str = ""  # the section of the page that it is made from


@dataclass
class Deck:
    """What the slides of a page know of each other."""

    hints: tuple[dict[str, str], ...] = ()
    questions: tuple[teaching.Question, ...] = ()
    titles: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)

    def hint(self, of: str, what: str) -> str:
        """Return what the chapter's file says of a section or a box, by its heading."""
        return next((one.get(what, "") for one in self.hints if one["of"] == of), "")

    def hints_at(self, of: str) -> bool:
        """Tell whether the chapter's file speaks of a section or a box."""
        return any(one["of"] == of for one in self.hints)

    def add(self, slide: Slide, of: str, prompt: str) -> Slide:
        """Give a slide its notes, and keep its title and its pictures in mind."""
        self.titles.add(slide.title)
        pictures = BeautifulSoup(slide.shown, "html.parser").select("img")
        self.pictures |= {image["alt"] for image in pictures}
        asks = of if of.endswith("?") and slide.kind != "play" else PROMPTS[prompt]
        slide.ask = self.hint(of, "ask") or asks
        slide.draw = self.hint(of, "draw") or knobs(slide) or DRAWN.get(prompt, "")
        return slide


def knobs(slide: Slide) -> str:
    """Return what to turn in a figure to play with."""
    if not (script := BeautifulSoup(slide.shown, "html.parser").select_one(".pr-play script")):
        return ""
    params = json.loads(script.string).get("params", [])
    names = [one["bind"]["name"] for one in params if one.get("bind")]
    return f"with the knobs: first {', then '.join(f'“{name}”' for name in names)}."


def told_in(block: Tag) -> list[Tag]:
    """Return the paragraphs of a block that are prose, written or made by code."""
    if block.name == "p":
        return [block]
    if block.name == "div":
        return block.select(".cell_output p")
    return block.find_all("p", recursive=block.name == "blockquote")


def own_blocks(section: Tag) -> list[Tag]:
    """Return what stands in a section itself: not in its boxes, its heading, or its subsections."""
    blocks = section.find_all(recursive=False)
    return [one for one in blocks if one.name not in {"section", "h1", "h2", "h3", "h4"}]


def visual(blocks: list[Tag], prose: str, deck: Deck) -> tuple[int, tuple[str, str]] | None:
    """Return what a section's slide shows, with the number of the block that has it."""
    found = []
    for number, block in enumerate(blocks):
        if shown.boxes(block):
            continue
        if one := shown.picture(block):
            images = BeautifulSoup(one[1], "html.parser").select("img")
            known = {image["alt"] for image in images} <= deck.pictures
            found.append((int(one[0] != "play"), known, -number, one))  # the last: it is the result
        elif one := shown.table(block, prose):
            found.append((2, False, number, one))
        elif one := shown.quote(block):
            found.append((3, False, -number, one))  # the last: it is for the business
    if not found:
        return None
    *_, number, one = min(found, key=lambda each: each[:3])
    return abs(number), one


def box_slide(box: Tag, said: Iterable[words.Sentence], deck: Deck) -> Slide | None:
    """Return the slide of a box: its title is what it decides, or what is said of its code."""
    kind = shown.box_name(box)
    heading = box.select_one(".admonition-title")
    of = words.text_of(heading) if heading else ""
    parts = box.select("li") or box.select("p:not(.admonition-title)")
    own = [sentence for part in parts for sentence in words.sentences(part)]
    code = box.select_one("pre")
    found = words.finding([*said] if code else own, deck.hint(of, "title"), deck.titles)
    if found is None:
        return None
    slide = Slide(found.title, kind="box", eyebrow=of, say=[words.text_of(box)])
    if code:
        slide.shown = f'<div class="{kind}"><pre>{html.escape(code.get_text().strip())}</pre></div>'
        slide.say = [f"{found.text} {found.rest}"]
    else:
        # Of a list, each item's first sentence; of paragraphs, all.
        rest = [one.text for one in own if not (one.before and box.select("li"))]
        fit = [one for one in rest if one != found.text and not words.away(one)]
        listed = shown.list_of(fit[: shown.MOST_ITEMS])
        slide.shown = f'<div class="{kind}">{listed}</div>'
    return deck.add(slide, of, kind)


def section_slide(blocks: list[Tag], heading: str, deck: Deck) -> tuple[int, Slide] | None:
    """Return the slide of what stands in a section itself, and the block that it shows."""
    free = [(number, block) for number, block in enumerate(blocks) if not shown.boxes(block)]
    prose = " ".join(words.text_of(part) for _, block in free for part in told_in(block))
    place, (kind, markup) = visual(blocks, prose, deck) or (len(blocks), ("text", ""))
    wanted = deck.hint(heading, "title")
    said, say, wanted_items = [], [], []
    for number, block in free:
        listed = shown.items(block) if block.name in {"ul", "ol"} else []
        if listed and kind in {"text", "list"}:  # the last list: it holds what was found
            kind, markup, place = "list", shown.list_of(listed, block.name), number
            said.reverse()  # the sentence before a list announces it
        for part in told_in(block):
            found = words.sentences(part, seen=number > place and kind != "list")
            said += found
        say += [words.text_of(part) for part in [*told_in(block), *([block] if listed else [])]]
        if wanted and block.name in {"ul", "ol"} and kind != "list":
            items = [one for item in block.find_all("li") for one in words.sentences(item)]
            wanted_items += [one for one in items if wanted.lower() in one.title.lower()]
    if kind == "text" and not deck.hints_at(heading):
        weighty = [one for one in said if one.stressed or one.label]
        weighty.sort(
            key=lambda one: not one.label.startswith("On")
        )  # what to do on Monday, if it is told
        said = [one for one in weighty if words.shown(one.after) and not one.text.endswith(":")]
    images = BeautifulSoup(markup, "html.parser").select("img")
    drawn = [words.Sentence(one) for image in images for one in words.split(image["alt"])]
    found = words.finding([*said, *wanted_items], wanted, deck.titles)
    found = found or words.finding(drawn, "", deck.titles)
    if found is None:
        return None
    slide = Slide(found.title, markup, kind, eyebrow=found.label or heading, say=say)
    before = words.leading(found, said, deck.titles)
    if kind == "text":
        later = said[said.index(found) + 1 :] if found in said else []
        near = (found.after, before, " ".join(one.text for one in later if one.here))
        told = (words.shown(text, words.LONGEST_TEXT) for text in near)
        slide.shown = shown.paragraphs(next(filter(None, told), ""))
    elif kind not in {"list", "quote", "play"}:
        told = words.punchline(found, said) or words.shown(before)
        slide.punch = shown.paragraphs(told)
    return place, deck.add(slide, heading, kind)


def question_slide(question: teaching.Question, eyebrow: str) -> Slide:
    """Return the slide of a question; its answer is in the notes."""
    right = next(answer for answer in question.answers if answer.right)
    wrong = [answer for answer in question.answers if not answer.right]
    slide = Slide(question.question.replace("`", ""), kind="quiz", eyebrow=eyebrow)
    answers = "".join(f"<li>{html.escape(answer.text)}</li>" for answer in question.answers)
    slide.shown = f'<ol type="a">{answers}</ol>'
    slide.say = [f"Right: {right.text} {right.why}"]
    slide.say += [f"Who says “{answer.text}”: {answer.why}" for answer in wrong]
    slide.ask = "Let everybody choose before anybody speaks."
    return slide


def section_slides(section: Tag, deck: Deck) -> list[Slide]:
    """Return the slides of a section, of the questions asked after it, and of its subsections."""
    heading = words.text_of(section.find(["h2", "h3", "h4"]))
    blocks = own_blocks(section)
    placed: list[tuple[int, Slide]] = []
    for number, block in enumerate(blocks):
        told = [part for each in blocks[number + 1 :][:2] for part in told_in(each)]
        said = [replace(one, stressed=False) for part in told for one in words.sentences(part)]
        found = [box_slide(box, said, deck) for box in shown.boxes(block)]
        placed += [(number, slide) for slide in found if slide]
    listed = any(block.name in {"ul", "ol"} for block in blocks)
    if heading not in LEFT_OUT or (heading == LEFT_OUT[0] and listed):
        own = section_slide(blocks, heading, deck)
        placed += [own] if own else []
    slides = [slide for _, slide in sorted(placed, key=lambda each: each[0])]
    slides += [
        question_slide(question, "What would you do?")
        for question in deck.questions
        if question.after == heading
    ]
    for inner in section.find_all("section", recursive=False):
        slides += section_slides(inner, deck)
    return slides


def short_enough(slides: list[Slide], most: int) -> list[Slide]:
    """Return at most so many slides.

    Those of sections fall out, in the order of `KEPT` and the last first; boxes and questions stay.
    """
    kept = list(slides)
    fall = [slide for kind in KEPT for slide in slides[::-1] if slide.kind == kind]
    for slide in fall[: max(0, len(slides) - most)]:
        kept.remove(slide)
    return kept
