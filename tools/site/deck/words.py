"""The words of a slide: which sentence of a page can be the title, and which may stand beside it.

A slide is seen without its page. So a sentence that leans on the one before it is no title, and
none is shown that points to another place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import Tag

# Letters.
SHORTEST, LONGEST_TITLE = 20, 118
SHORTEST_PUNCH, LONGEST_PUNCH, LONGEST_TEXT = 24, 230, 420
SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][”\"]))\s+(?=[(“\"A-Z0-9\-−+])")
# What stands at the beginning of a sentence that needs the one before.
LEANS = re.compile(
    r"(?:And|Another|Beside|Both|But|Each of|Here|He|Its?|Last|Neither|No|Nor|Now|Nothing|Of|Or|"
    r"She|So|Such|That|Their|Then|There|These|They|This|Those|Yes|Brackets are)\b|\*"
)
OPENING = re.compile(r"^(?:So|But|And|Yet)(?::|,)? (?!far|few|long|many|much|soon)(?=[\w“])")
LABELS = ("On Monday:", "What is not known.")  # the names of paragraphs
WHOLE = re.compile(r"[“\"(]?[A-Z0-9].*[.!][”\")]?")
# “Above nine in ten” is a bound, “the figure above” a place.
BOUND = r"(?! (?:a|all|an|any|chance|half|it|its|nine|nothing|one|that|the|what|which|zero|\d)\b)"
ELSEWHERE = re.compile(
    rf"\b(?:above|below)\b{BOUND}|\b(?:this|next|own|another|other) page\b|\bnext chapter\b|\bsee "
    r"the\b|\b(?:of|in) this table\b|\ba page of its own\b"
    r"|\b(?:the|these|first|last) (?:\w+ )?(?:figures?|tables?|pages?)\b"
    r"|→|✓|\\\(",
    re.IGNORECASE,
)
PLACED = re.compile(r"\b(figures?|tables?|knobs|lists?) (?:above|below)\b| of the first page\b")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a section, and what tells whether it is the finding."""

    text: str
    stressed: bool = False  # the page sets some of it in bold
    before: str = ""  # the sentence before it in its paragraph
    seen: bool = False  # it comes after what the slide shows
    rest: str = ""  # what follows it in its paragraph
    label: str = ""  # what its paragraph is called

    @property
    def parts(self) -> tuple[str, str]:
        """Return it in two at its colon, if it is too long for a title and its first half is not.

        Examples
        --------
        >>> Sentence("So two remain:").parts
        ('Two remain.', '')
        """
        text, cut = OPENING.subn("", self.text)
        text = capital(text) if cut else text
        head, _, tail = text.partition(": ")
        if tail and len(head) < LONGEST_TITLE < len(text):
            return f"{head}.", capital(tail)
        return text[:-1] + "." if text.endswith(":") else text, ""

    @property
    def title(self) -> str:
        """Return it as a title: without what ties it to the one before, ending in a full stop."""
        return self.parts[0]

    @property
    def after(self) -> str:
        """Return what follows its title in its paragraph."""
        return f"{self.parts[1]} {self.rest}".strip()

    @property
    def fits(self) -> bool:
        """Tell whether it is a whole sentence, fits in a title, and points nowhere else."""
        text = self.title
        whole = WHOLE.fullmatch(text) and text.count("“") == text.count("”")
        fit = SHORTEST <= len(text) <= LONGEST_TITLE
        return bool(whole) and fit and not away(text)

    @property
    def here(self) -> bool:
        """Tell whether it points to no other place."""
        return not away(self.text)

    @property
    def stands_alone(self) -> bool:
        """Tell whether it can be understood without the sentence before it."""
        return not LEANS.match(self.title)


def text_of(tag: Tag) -> str:
    """Return the words of a tag on one line."""
    words = re.sub(r"\s+", " ", tag.get_text(" ")).strip()
    return re.sub(r"(?<=[(“\[]) | (?=[.,:;)”\]])", "", words)


def away(text: str) -> bool:
    """Tell whether a text points to another place."""
    return bool(ELSEWHERE.search(text))


def placeless(text: str) -> str:
    """Return a text without the words that place things on the page.

    Examples
    --------
    >>> placeless("With the knobs above in your hands?")
    'With the knobs in your hands?'
    >>> placeless("Without the copies of the first page; alerts from one half on.")
    'Without the copies; alerts from one half on.'
    """
    return PLACED.sub(lambda found: found[1] or "", text)


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return re.sub(r"\w", lambda letter: letter[0].upper(), text, count=1)


def split(text: str) -> list[str]:
    """Return the sentences of a text.

    Examples
    --------
    >>> split("It is 0.5. B is. 7 are.")
    ['It is 0.5.', 'B is.', '7 are.']
    """
    return [sentence for sentence in SENTENCE_END.split(text) if sentence]


def shown(text: str, longest: int = LONGEST_PUNCH) -> str:
    """Return the first whole sentences of a text that fit, and that point nowhere else."""
    kept: list[str] = []
    for sentence in split(text):
        points = away(sentence) or sentence.endswith(":")
        if points or len(" ".join([*kept, sentence])) > longest:
            break
        kept.append(sentence)
    while kept and kept[-1].endswith("?"):  # its answer is not shown
        kept.pop()
    return " ".join(kept)


def sentences(paragraph: Tag, *, seen: bool = False) -> list[Sentence]:
    """Return the sentences of a paragraph."""
    bold = [text for text in map(text_of, paragraph.find_all("strong")) if " " in text]
    bold = [text for text in bold if not text.endswith(":")]  # that is a label
    text, label = text_of(paragraph), ""
    if name := next((name for name in LABELS if text.startswith(name)), ""):
        text, label = capital(text.removeprefix(name).strip()), name.rstrip(".:")
    parts = split(text)
    return [
        Sentence(
            part,
            stressed=any(text in part for text in bold),
            before=parts[number - 1] if number else "",
            seen=seen,
            rest=" ".join(parts[number + 1 :]),
            label=label,
        )
        for number, part in enumerate(parts)
    ]


def finding(said: Iterable[Sentence], wanted: str, used: set[str]) -> Sentence | None:
    """Return the sentence that is a slide's title.

    Of those that fit and are no title yet: the one that holds the `wanted` words; else, of those
    that stand alone, one that the page stresses, the first after what is shown, the first.
    """
    fit = [one for one in said if one.fits and one.title not in used]
    named = [one for one in fit if wanted and wanted.lower() in one.title.lower()]
    alone = [one for one in fit if one.stands_alone]
    return next(iter(named + sorted(alone, key=lambda one: (not one.stressed, not one.seen))), None)


def leading(found: Sentence, said: list[Sentence], used: set[str]) -> str:
    """Return what stands before a sentence in its paragraph, from where it can stand alone."""
    place = start = said.index(found) if found in said else 0
    while start and said[start].before:
        start -= 1
    while start < place and (said[start].title in used or not said[start].stands_alone):
        start += 1
    return " ".join(one.text for one in said[start:place])


def punchline(title: Sentence, said: list[Sentence]) -> str:
    """Return what stands beside a figure: what follows the title, and what the page stresses."""
    told = shown(title.after) if len(title.after) > SHORTEST_PUNCH else ""
    later = said[said.index(title) + 1 :] if title in said else []
    for one in later:
        if one.stressed and one.text not in told and len(one.text) > SHORTEST_PUNCH:
            lead = "" if one.stands_alone or one.before == title.text else one.before
            return shown(f"{lead} {one.text}".strip()) or told
    return told
