"""Pages about the release: its evidence, the gate's verdict, and what can be asked of it."""

import json
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

import pandas as pd

from casebook import conventions, data, evidence, mode, split
from prerelease import _html, _words, card, gate
from prerelease import evidence as of_the_library
from prerelease.evidence import COUNTED
from tools.site.pages import chapter_of, is_depth
from tools.site.reports import table
from tools.site.stage import notebook_names, read_notebook, recorders
from tools.site.steps import BOOK, ROOT, SOURCE, BuildError, write

FILES = SOURCE / "static" / "release"
JUDGED = (0, 1, 3)
BOOK_METHOD = "time-block percentile"
MEASURED_ON = {"train": "training", "valid": "validation", "none": "simulated data"}
NAMES = ("Bonferroni", "Fisher", "Garwood", "Student", "Wilson")
SHORT_NAMES = {
    "BCa": ("bca",),
    "Adaptive conformal inference": ("adaptive",),
    "Block bootstrap": ("blocks", "time-block"),
    "Conformal set": ("sets",),
    "Conformalised quantile regression": ("conformalised quantiles",),
    "Kolmogorov–Smirnov": ("ks",),
    "Label-conditional coverage": ("by label",),
    "Population stability index": ("psi",),
    "Savings": ("share of the oracle's",),
    "Twin": ("near-twins",),
}


def run_prerelease(*arguments: str, folder: Path, allowed: tuple[int, ...] = (0,)) -> None:
    """Run the real command line in a folder; a build stops on codes that are not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "prerelease", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in allowed:
        shown = " ".join(["prerelease", *arguments])
        msg = f"`{shown}` ended with {done.returncode}: {done.stderr.strip()[-1000:]}"
        raise BuildError(msg)


def stage() -> str:
    """Write the pages and their files; return the gate's verdict on the evidence."""
    FILES.mkdir(parents=True, exist_ok=True)
    rows, answers = recorded()
    check(rows)
    about = of_the_book()
    outputs = ("--json", "verdict.json", "--html", "verdict.html")
    run_prerelease("gate", *about, *outputs, folder=FILES, allowed=JUDGED)
    lock = str(ROOT / "requirements" / "lock.txt")
    run_prerelease("card", *about, "--lock", lock, "-o", "model-card.html", folder=FILES)
    verdict = json.loads((FILES / "verdict.json").read_text(encoding="utf-8"))
    stage_evidence(verdict, rows, answers)
    stage_gate()
    text = (BOOK / "about" / "checklist.md").read_text(encoding="utf-8")
    write(FILES / "checklist.html", printable(text))
    return verdict["outcome"]


def of_the_book() -> list[str]:
    """Return the options by which the command line judges what the chapters recorded."""
    payments = data.load()
    source = payments.attrs["source"]
    options = {
        "--criteria": conventions.CRITERIA,
        "--evidence": evidence.folder(),
        "--ledger": split.ledger_file(),
        "--data-digest": payments.attrs["sha256"],
        "--data": f"the release file of {mode.current()} mode, {source} data",
        "--source": source,
    }
    return [str(word) for option in options.items() for word in option]


def printable(text: str) -> str:
    """Return the checklist, simple Markdown that it is, as a page that fits on one sheet."""
    parts = []
    for line in filter(None, text.splitlines()):
        if line.startswith("# "):
            parts.append(f"<h1>{line[2:]}</h1>")
        elif line.startswith("**"):
            parts.append(f"<p><strong>{line.strip('*')}</strong></p>")
        elif line.startswith("- [ ] "):
            parts.append(f'<p class="box">☐ {line[6:]}</p>')
        elif not line.startswith("<a "):  # a link to this very page is of no use on paper
            parts.append(f"<p>{line}</p>")
    return _html.document("The checklist", "\n".join(parts))


# --- the evidence -----------------------------------------------------------------------------


def recorded() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the chapters recorded, and what they concluded; edited files stop the build."""
    try:
        return evidence.read(), evidence.conclusions()
    except ValueError as error:
        raise BuildError(str(error)) from error


def check(rows: pd.DataFrame, criteria: gate.Criteria | None = None) -> None:
    """Refuse evidence that does not keep what the book promises of its intervals and its model."""
    criteria = criteria or gate.read_criteria(conventions.CRITERIA)
    problems = [*strange_methods(rows), *other_models(rows, criteria)]
    if problems:
        raise BuildError("\n".join(problems))


def strange_methods(rows: pd.DataFrame) -> list[str]:
    """Say which intervals were drawn otherwise than the book draws them, without a reason."""
    usual = rows["method"].str.startswith(BOOK_METHOD) | (rows["method"] == COUNTED)
    return [
        f"Chapter {row['chapter']}, “{row['claim']}”: its interval is drawn by "
        f"{row['method']!r} and not by {BOOK_METHOD!r}; say why: record(..., because=...)."
        for row in rows[~usual & (rows["because"] == "")].to_dict("records")
    ]


def other_models(rows: pd.DataFrame, criteria: gate.Criteria) -> list[str]:
    """Say which rows that criteria ask about the served model are about another one."""
    model, problems = gate.served_model(rows, criteria), []
    for one in (one for one in criteria.criteria if one.served):
        found = rows[(rows["chapter"] == one.chapter) & (rows["claim"] == one.claim)]
        problems += [
            f"Chapter {one.chapter}, “{one.claim}”: it was measured on the model "
            f"{row['model'] or 'that nobody named'}, and what ships is "
            f"{model or 'one that nobody named'}: record(..., model=serving.fingerprint(...))."
            for row in found.to_dict("records")
            if not row["model"] or row["model"] != model
        ]
    return problems


def glossary_terms() -> list[str]:
    """Return the words that the glossary explains."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^([^\s:`#{].*)\n(?=  +\S)", text, flags=re.MULTILINE)


def terms_in(text: str, terms: list[str]) -> list[str]:
    """Return those of some terms that a text uses, by their own or by a shorter name."""
    text, found = text.replace("–", "-").lower(), set()
    names = {name: term for term in terms for name in (term, *SHORT_NAMES.get(term, ()))}
    for name in sorted(names, key=len, reverse=True):  # what is found is not found in it again
        pattern = rf"(?<!\w){re.escape(name.replace('–', '-').lower())}(?!\w)"
        text, times = re.subn(pattern, " | ", text)
        found |= {names[name]} if times else set()
    return [term for term in terms if term in found]


def stage_evidence(verdict: dict, rows: pd.DataFrame, answers: pd.DataFrame) -> None:
    """Write the page with every row of the release file."""
    parts = [
        "# The evidence\n",
        f"What the chapters concluded when this site was built in **{mode.current()} mode**: "
        f"{len(rows)} results. Each leads to the cell of code that wrote it; nobody typed one. "
        "Brackets are {term}`intervals <Confidence interval>` of 95 %, unless the line says what "
        "else they hold, drawn from whole blocks of ten minutes (percentiles of resamples), "
        "unless the line says how else and why; a number without brackets was counted or "
        "computed. All are rounded to the digits that count. “Measured on” says how many rows "
        "(or hours, trainings, streams), and of which: training, "
        "{term}`validation <Validation rows>`, {term}`development <Development rows>` (both of "
        "these), {term}`test <Test rows>`, all, or simulated ones. ◆ was measured on the very "
        "model that the gate judges.\n",
        f"On these the gate says: **{verdict['outcome']}**. The whole verdict is {_links()}\n",
    ]
    pages = notebook_names()
    main = {chapter_of(page): page for page in pages if not is_depth(page)}
    written = {
        of_the_library.cell_name(cell.source): page
        for page, source in pages.items()
        for cell in recorders(read_notebook(source).cells)
    }
    terms = glossary_terms()
    served = gate.served_model(rows, gate.read_criteria(conventions.CRITERIA))
    for chapter, found in rows.groupby("chapter"):
        parts.append(f"## Chapter {chapter}\n\n{{doc}}`/{main[chapter]}`\n")
        words = " ".join(found[["claim", "unit", "how"]].to_numpy().ravel())
        if named := [f"{{term}}`{term}`" for term in terms_in(words, terms)]:
            parts.append(f"Explained in the glossary: {', '.join(named)}.\n")
        places = found["cell"].map(written).fillna(main[chapter])
        parts.append(evidence_table(found.assign(page=places), served))
        parts.append(in_words(answers[answers["chapter"] == chapter]))
    if rows.empty:
        parts.append("No chapter has recorded anything.\n")
    write(SOURCE / "about" / "evidence.md", "\n".join(parts))


def in_words(answers: pd.DataFrame) -> str:
    """Return what a chapter concluded in words, folded."""
    if answers.empty:
        return ""
    lines = "\n".join(
        f"- {row['question']}: **{row['answer']}**"
        + (f" (In quick mode it may differ: {row['may_differ']})" if row["may_differ"] else "")
        for row in answers.to_dict("records")
    )
    return f":::{{dropdown}} What it concludes, in words\n{lines}\n:::\n"


def _links() -> str:
    names = {"verdict.html": "a page", "verdict.json": "JSON", "model-card.html": "the model card"}
    links = [f'<a href="../_static/release/{file}">{name}</a>' for file, name in names.items()]
    return f"{links[0]} or {links[1]}; {links[2]} is made from the same rows."


def evidence_table(rows: pd.DataFrame, served: str) -> str:
    """Return the rows of one chapter as a table, each linked to the cell that wrote it."""
    lines = [
        [
            f'<a href="../{row["page"]}.html#cell-{row["cell"]}">{escape(row["claim"])}</a>'
            + (" ◆" if served and row["model"] == served else ""),
            f"{card.in_words(row)} {row['unit']}",
            f"{row['n']:,}, {MEASURED_ON.get(row['split'], row['split'])}",
            how_told(row),
        ]
        for row in rows.to_dict("records")
    ]
    header = ["Claim", "Found [interval]", "Measured on", "How"]
    return table(header, [[cell.replace("|", "\\|") for cell in line] for line in lines])


def how_told(row: dict) -> str:
    """Return how a number was found; by which method and why, where it is not the book's."""
    method = row["method"]
    parts = [row["how"]]
    if method not in (BOOK_METHOD, COUNTED) and method not in row["how"]:
        parts.append(method)
    return "; ".join(parts) + (f" (because {clause(row['because'])})" if row["because"] else "")


def clause(reason: str) -> str:
    """Return a reason as it reads after "because": in lower case, unless it begins with a name."""
    first = re.split(r"[\s,:;'’]", reason, maxsplit=1)[0]
    plain = first.istitle() and first not in NAMES
    return reason[:1].lower() + reason[1:] if plain else reason


# --- the gate in detail -------------------------------------------------------------------------


def stage_gate() -> None:
    """Write into the page about the gate what can be asked of it."""
    file = SOURCE / "about" / "gate.md"
    units = gate.units(_words.Words())
    asked = table(["metric", "unit"], [[f"`{metric}`", unit] for metric, unit in units.items()])
    write(file, file.read_text(encoding="utf-8").replace("<<metrics>>", asked))
