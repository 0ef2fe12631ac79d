"""What a teacher needs to know of a chapter, from one file each: its guide and its questions.

``book/teach/chapters/NN_name.yml`` holds a chapter's objectives, minutes, questions that come up,
misconceptions, what to leave out when late, notes on exercises, its quiz, and the questions to ask
during the talk, each with the heading of the section after which it stands. `timetable` computes
times from those minutes, `papers` makes what is printed.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from tools.site.steps import BuildError

ROOT = Path(__file__).resolve().parents[2]
TEACH = ROOT / "book" / "teach"
PARTS = ("talk", "live", "quiz", "exercise")
inline = MarkdownIt("commonmark", {"html": False}).renderInline


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


def must(condition: object, path: Path, what: str) -> None:
    """Refuse a file that is not as it must be."""
    if not condition:
        msg = f"{path.name}: {what}."
        raise TeachingError(msg)


def _question(raw: dict[str, Any], path: Path) -> Question:
    answers = tuple(Answer(**answer) for answer in raw["answers"])
    must(len(answers) >= 3, path, f"fewer than three answers to {raw['question']!r}")
    right = [answer for answer in answers if answer.right]
    must(len(right) == 1, path, f"{len(right)} right answers to {raw['question']!r}")
    # Whoever writes a quiz favours one place for the right answer, so the question's digest turns
    # the answers.
    turn = hashlib.sha256(raw["question"].encode()).digest()[0] % len(answers)
    return Question(raw["question"], answers[turn:] + answers[:turn], raw.get("after", ""))


def read_guide(path: Path) -> Guide:
    """Read one chapter's file, or say what is wrong with it."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    wanted = set(Guide.__dataclass_fields__) - {"name", "slides"}
    must(set(raw) - {"slides"} == wanted, path, f"must have {sorted(wanted)}, has {sorted(raw)}")
    minutes = raw["minutes"]
    must(tuple(minutes) == PARTS, path, f"minutes must have {PARTS}, have {tuple(minutes)}")
    must(all(value % 5 == 0 for value in minutes.values()), path, "minutes come in fives")
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
    lines.append(f'<p id="{name}"><b>{label}</b> {inline(question.question)}</p>')
    for answer in question.answers:
        kind, word = ("right", "Right.") if answer.right else ("wrong", "No.")
        lines.append(f'<details class="pr-quiz-{kind}"><summary>{inline(answer.text)}</summary>')
        lines.append(f"<p><strong>{word}</strong> {inline(answer.why)}</p></details>")
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
