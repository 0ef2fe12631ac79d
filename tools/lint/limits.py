"""Measure the built pages of the chapters against their limits (limits.toml).

    python -m tools.lint.limits [SITE]    # the folder of a built site; by default build/site

A page is measured as a reader sees it: code, and what is folded, are no words.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from joblib import Parallel, delayed

from tools.site.pages import is_depth

LIMITS = Path(__file__).with_name("limits.toml")
FOLDED = "details, .tag_hide-input .cell_input, .tag_hide-cell .cell_input"
INTERVAL = re.compile(r"\[\s*[-+−]?[\d.,]+\s*%?\s*,\s*[-+−]?[\d.,]+[^\[\]]*\]")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*(?![\w])")
YEAR = re.compile(r"(19|20)\d\d")
LONGEST = 30  # words of a sentence
MOST_NUMBERS = 2  # in a sentence
STUB = 'http-equiv="refresh"'
HEADERS = {
    "words": "Words",
    "code": "Lines of code shown",
    "figures": "Figures",
    "interactive": "of these interactive",
    "tables": "Tables",
    "intervals": "Intervals in prose",
    "long": "Sentences over 30 words",
    "crowded": "Sentences with over two numbers",
}


@dataclass(frozen=True)
class Measures:
    """What a page makes its reader go through."""

    words: int
    code: int
    figures: int
    interactive: int
    tables: int
    intervals: int
    long: int
    crowded: int


@dataclass(frozen=True)
class Excess:
    """A limit that a page does not keep, and the reason if somebody gave one."""

    page: str
    measure: str
    value: int
    bound: str
    reason: str = ""

    def __str__(self) -> str:
        """Say which page, which measure, and what is allowed."""
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.page}: {self.measure} {self.value}, {self.bound}{why}"


def measures(page: Tag) -> Measures:
    """Measure a page, which is changed by it."""
    article = page.find("article") or page.find("main")
    figures = len(article.select("figure, .pr-figure"))
    interactive = len(article.select(".pr-play"))
    for part in article.select(FOLDED):
        part.decompose()
    shown = [line for pre in article.select(".cell_input pre") for line in pre.text.split("\n")]
    for part in article.select(".cell_input, .highlight"):
        part.decompose()
    tables = [table.extract() for table in article.select("table")]
    prose = article.get_text(" ")
    sentences = SENTENCE_END.split(prose)
    return Measures(
        words=sum(len(re.findall(r"\w+", text.get_text(" "))) for text in [article, *tables]),
        code=sum(bool(line.strip()) for line in shown),
        figures=figures,
        interactive=interactive,
        tables=len(tables),
        intervals=len(INTERVAL.findall(prose)),
        long=sum(len(sentence.split()) > LONGEST for sentence in sentences),
        crowded=sum(len(numbers(sentence)) > MOST_NUMBERS for sentence in sentences),
    )


def numbers(sentence: str) -> list[str]:
    """Return the numbers in a sentence, without years and what stands in an interval's brackets.

    Examples
    --------
    >>> numbers("In 2013, 3 of 12 cards, that is 25 % [5, 57], were used.")
    ['3', '12', '25']
    """
    found = NUMBER.findall(INTERVAL.sub(" ", sentence))
    return [one.rstrip(".,") for one in found if not YEAR.fullmatch(one.rstrip(".,"))]


def measured(site: Path) -> dict[str, Measures]:
    """Return the measures of every page of a chapter, by its name, in their order."""
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((site / "chapters").glob("[0-9]*.html"))
    }
    pages = {name: text for name, text in texts.items() if STUB not in text[:2000]}
    found = Parallel(n_jobs=2)(delayed(_measures)(text) for text in pages.values())
    return dict(zip(pages, found, strict=True))


def _measures(text: str) -> Measures:
    return measures(BeautifulSoup(text, "html.parser"))


def limits() -> dict:
    """Return the limits of main and depth pages, and the exceptions."""
    return tomllib.loads(LIMITS.read_text(encoding="utf-8"))


def excesses(found: dict[str, Measures], rules: dict | None = None) -> list[Excess]:
    """Return every limit that a page does not keep, with the reason for it where there is one."""
    rules = rules or limits()
    reasons = {
        (one["page"], measure): one["reason"]
        for one in rules.get("exceptions", [])
        for measure in one.get("of", HEADERS)
    }
    over = []
    for page, values in found.items():
        kind = rules["depth" if is_depth(page) else "main"]
        for measure, value in asdict(values).items():
            most, least = (kind.get(end, {}).get(measure) for end in ("most", "least"))
            bound = ""
            if most is not None and value > most:
                bound = f"at most {most:,}"
            elif least is not None and value < least:
                bound = f"at least {least:,}"
            if bound:
                reason = reasons.get((page, measure), "")
                over.append(Excess(page, measure, value, bound, reason))
    return over


def idle_exceptions(over: Iterable[Excess], rules: dict | None = None) -> list[str]:
    """Return the exceptions that no page needs."""
    needed = {(one.page, one.measure) for one in over}
    idle = []
    for one in (rules or limits()).get("exceptions", []):
        asked = [(one["page"], measure) for measure in one.get("of", [])]
        unneeded = [measure for page, measure in asked if (page, measure) not in needed]
        if not asked and one["page"] not in {page for page, _ in needed}:
            unneeded = ["all"]
        idle += [f"{one['page']}: {measure}" for measure in unneeded]
    return idle


def as_html(found: dict[str, Measures], over: list[Excess]) -> str:
    """Return the table of all pages, what is over a limit marked, and the reasons below it."""
    marked = {(one.page, one.measure) for one in over}
    rows = []
    for page, values in found.items():
        cells = "".join(
            f"<td>{value:,}{' *' if (page, measure) in marked else ''}</td>"
            for measure, value in asdict(values).items()
        )
        rows.append(f'<tr><th><a href="../chapters/{page}.html">{page}</a></th>{cells}</tr>')
    heads = "".join(f"<th>{head}</th>" for head in ["Page", *HEADERS.values()])
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    reasons = {f"<li>{one.page}: {one.reason or 'no reason is given'}</li>": 0 for one in over}
    why = f"<p>* is over a limit, because:</p><ul>{''.join(reasons)}</ul>" if reasons else ""
    return table + why


def main(arguments: list[str]) -> int:
    """Print the table and what is over a limit; 1 if anything is so without a reason."""
    found = measured(Path(arguments[0]) if arguments else LIMITS.parents[2] / "build" / "site")
    over = excesses(found)
    print(f"{'page':32}" + "".join(f"{name:>12}" for name in HEADERS))
    for page, values in found.items():
        print(f"{page:32}" + "".join(f"{value:>12,}" for value in asdict(values).values()))
    print("\n".join(map(str, over)) or "Every page keeps its limits.")
    return int(any(not one.reason for one in over))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
