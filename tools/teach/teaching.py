"""What a teacher needs, from one file a chapter: quiz, guide, handout and timetables.

``book/teach/chapters/NN_name.yml`` holds a chapter's objectives, minutes, questions that come up,
misconceptions, what to leave out when late, notes on exercises, its quiz, and the questions to ask
during the talk, each with the heading of the section after which it stands. Timetables are
computed from those minutes by the plan in ``book/teach/timetables.yml``.
"""

import hashlib
import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from tools.site.steps import BuildError

ROOT = Path(__file__).resolve().parents[2]
TEACH = ROOT / "book" / "teach"
PARTS = ("talk", "live", "quiz", "exercise")
LONGEST_STRETCH = 90  # minutes without a break
BREAK, LUNCH = 15, 60
NOON, LUNCH_FROM = 12 * 60, 11 * 60 + 30
_inline = MarkdownIt("commonmark", {"html": False}).renderInline


class TeachingError(BuildError):
    """A file of the guide is not as it must be, as one sentence tells."""


@dataclass(frozen=True)
class Answer:
    """An answer that a quiz offers."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question, its answers, and the section after which it is asked; a quiz asks at the end."""

    question: str
    answers: tuple[Answer, ...]
    after: str = ""


@dataclass(frozen=True)
class Guide:
    """What a teacher should know about a chapter."""

    name: str
    title: str
    objectives: tuple[str, ...]
    minutes: dict[str, int]
    questions: tuple[dict[str, str], ...]
    misconceptions: tuple[dict[str, str], ...]
    when_late: str
    notes: dict[str, str]
    quiz: tuple[Question, ...]
    during: tuple[Question, ...]
    slides: tuple[dict[str, str], ...] = ()


def _must(condition: object, path: Path, what: str) -> None:
    if not condition:
        msg = f"{path.name}: {what}."
        raise TeachingError(msg)


def _question(raw: dict[str, Any], path: Path) -> Question:
    answers = tuple(Answer(**answer) for answer in raw["answers"])
    _must(len(answers) >= 3, path, f"fewer than three answers to {raw['question']!r}")
    right = [answer for answer in answers if answer.right]
    _must(len(right) == 1, path, f"{len(right)} right answers to {raw['question']!r}")
    # Whoever writes a quiz favours one place for the right answer, so the question's digest turns
    # the answers.
    turn = hashlib.sha256(raw["question"].encode()).digest()[0] % len(answers)
    return Question(raw["question"], answers[turn:] + answers[:turn], raw.get("after", ""))


def read_guide(path: Path) -> Guide:
    """Read one chapter's file, or say what is wrong with it."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    wanted = set(Guide.__dataclass_fields__) - {"name", "slides"}
    _must(set(raw) - {"slides"} == wanted, path, f"must have {sorted(wanted)}, has {sorted(raw)}")
    minutes = raw["minutes"]
    _must(tuple(minutes) == PARTS, path, f"minutes must have {PARTS}, have {tuple(minutes)}")
    _must(all(value % 5 == 0 for value in minutes.values()), path, "minutes come in fives")
    return Guide(
        name=path.stem,
        title=raw["title"],
        objectives=tuple(raw["objectives"]),
        minutes=minutes,
        questions=tuple(raw["questions"]),
        misconceptions=tuple(raw["misconceptions"]),
        when_late=raw["when_late"],
        notes=raw["notes"] or {},
        quiz=tuple(_question(question, path) for question in raw["quiz"]),
        during=tuple(_question(question, path) for question in raw["during"]),
        slides=tuple(raw.get("slides", ())),
    )


def guides() -> dict[str, Guide]:
    """Return the guide of every chapter, in order."""
    return {path.stem: read_guide(path) for path in sorted((TEACH / "chapters").glob("*.yml"))}


# --- the quiz ----------------------------------------------------------------------------------


def _question_html(question: Question, name: str, label: str) -> list[str]:
    """Return the lines of a question: each answer opens to say whether it is right, and why.

    Plain HTML that browsers can operate by keyboard and without scripts. No line of it is blank,
    so that Markdown leaves it as it is.
    """
    lines = [f'<div class="pr-quiz-question" role="group" aria-labelledby="{name}">']
    lines.append(f'<p id="{name}"><b>{label}</b> {_inline(question.question)}</p>')
    for answer in question.answers:
        kind, word = ("right", "Right.") if answer.right else ("wrong", "No.")
        lines.append(f'<details class="pr-quiz-{kind}"><summary>{_inline(answer.text)}</summary>')
        lines.append(f"<p><strong>{word}</strong> {_inline(answer.why)}</p></details>")
    return [*lines, "</div>"]


def quiz_html(guide: Guide) -> str:
    """Return a chapter's quiz."""
    lines = ['<div class="pr-quiz">']
    for number, question in enumerate(guide.quiz, start=1):
        lines += _question_html(question, f"quiz-{guide.name[:2]}-{number}", f"{number}.")
    return "\n".join([*lines, "</div>"])


def during_html(guide: Guide, number: int) -> str:
    """Return a question that is asked during the talk, by its place in the chapter's file."""
    name = f"ask-{guide.name[:2]}-{number + 1}"
    lines = _question_html(guide.during[number], name, "What would you do?")
    return "\n".join(['<div class="pr-quiz pr-during">', *lines, "</div>"])


def quiz_markdown(guide: Guide) -> str:
    """Return the section of a chapter's page that holds its quiz."""
    return (
        "## Quiz\n\nOpen the answer that you believe: it says whether it is right, and why.\n\n"
        + quiz_html(guide)
    )


# --- the guide ---------------------------------------------------------------------------------


def guide_markdown(guide: Guide, *, level: int = 2) -> str:
    """Return a chapter's guide, its headings starting at `level`."""
    head = "#" * level
    times = ", ".join(f"{part} {guide.minutes[part]} min" for part in PARTS)
    lines = [f"**{sum(guide.minutes.values())} minutes in all:** {times}.", ""]
    lines += [f"{head} Afterwards they can", ""]
    lines += [f"- {objective}" for objective in guide.objectives]
    lines += ["", f"{head} Questions that come up", ""]
    for item in guide.questions:
        lines += [f"**{item['ask']}** {item['answer']}", ""]
    lines += [f"{head} What they may believe", ""]
    for item in guide.misconceptions:
        lines += [f"- *{item['belief']}* {item['instead']}"]
    lines += ["", f"{head} When you are late", "", guide.when_late]
    return "\n".join(lines)


def handout_html(guide: Guide) -> str:
    """Return a chapter's part of the printed handout: objectives, quiz to tick, room for notes."""
    lines = ["<p>Afterwards you can:</p>", '<ul class="pr-objectives">']
    lines += [f"<li>{_inline(objective)}</li>" for objective in guide.objectives]
    lines.append("</ul>")
    for number, question in enumerate(guide.quiz, start=1):
        lines.append(f"<p><b>{number}.</b> {_inline(question.question)}</p>")
        lines.append('<ol class="pr-tick" type="a">')
        lines += [f"<li>{_inline(answer.text)}</li>" for answer in question.answers]
        lines.append("</ol>")
    right = [
        f"{number}{'abcdefgh'[[answer.right for answer in question.answers].index(True)]}"
        for number, question in enumerate(guide.quiz, start=1)
    ]
    lines.append(f'<p class="pr-key">Answers: {html.escape(", ".join(right))}</p>')
    return "\n".join(lines)


# --- the timetables ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """A line of a timetable; `chapter` is empty for breaks, welcome and the like."""

    start: int
    minutes: int
    what: str
    kind: str
    chapter: str = ""

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

    def left_out(self, known: dict[str, Guide]) -> dict[str, tuple[str, ...]]:
        """Return the parts of each chapter that the plan has no time for, by chapter."""
        held = {(slot.chapter, slot.kind) for day in self.days for slot in day}
        absent = {name: tuple(part for part in PARTS if (name, part) not in held) for name in known}
        return {name: parts for name, parts in absent.items() if parts}


def minute_of(clock: str) -> int:
    """Return the minute of the day of a time such as 09:30."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock(minute: int) -> str:
    """Return a minute of the day as a time such as 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _items(day: dict[str, Any], known: dict[str, Guide]) -> list[Slot]:
    """Return all that a day holds, in order and without times or breaks."""
    items = [Slot(0, item["minutes"], item["what"], "frame") for item in day["before"]]
    for name, parts in day["chapters"].items():
        for part in parts:
            title = f"{name[:2]} {known[name].title}: {part}"
            items.append(Slot(0, known[name].minutes[part], title, part, name))
    return items + [Slot(0, item["minutes"], item["what"], "frame") for item in day["after"]]


def _day(day: dict[str, Any], known: dict[str, Guide]) -> tuple[Slot, ...]:
    """Put a day's items one after the other, with a break where people need one."""
    now = stretch_began = minute_of(day["start"])
    lunch_due = minute_of(day["end"]) > NOON + LUNCH
    slots: list[Slot] = []
    for item in _items(day, known):
        tired = now + item.minutes - stretch_began > LONGEST_STRETCH
        if lunch_due and (now >= NOON or (tired and now >= LUNCH_FROM)):
            slots.append(Slot(now, LUNCH, "Lunch", "break"))
            lunch_due = False
        elif tired:
            slots.append(Slot(now, BREAK, "Break", "break"))
        if slots and slots[-1].kind == "break":
            now = stretch_began = slots[-1].end
        slots.append(Slot(now, item.minutes, item.what, item.kind, item.chapter))
        now += item.minutes
    return tuple(slots)


def timetables(known: dict[str, Guide] | None = None) -> dict[str, Timetable]:
    """Compute every timetable of the plan; refuse one that does not fit into its day."""
    path = TEACH / "timetables.yml"
    known = guides() if known is None else known
    found = {}
    for name, plan in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        days = tuple(_day(day, known) for day in plan["days"])
        ends = tuple(minute_of(day["end"]) for day in plan["days"])
        for number, (slots, end) in enumerate(zip(days, ends, strict=True), start=1):
            over = slots[-1].end - end
            _must(over <= 0, path, f"day {number} of {name} is {over} minutes too long")
        found[name] = Timetable(plan["title"], plan["who"], days, ends)
    return found
