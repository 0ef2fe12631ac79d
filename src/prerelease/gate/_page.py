"""The verdict as a page, as Markdown and as JUnit XML: a manager reads what comes first."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from prerelease import _html
from prerelease._output import plain
from prerelease.gate._names import FAIL, INSUFFICIENT, PASS

if TYPE_CHECKING:
    from prerelease.gate._verdict import Finding, Verdict

CRITERIA = ("Criterion", "Outcome", "Found, with interval", "Asked for", "Because")
SOURCES = ("Criterion", "Evidence", "Rows", "Level")
SEGMENTS = ("Segment", "Outcome", "Found, with interval", "Rows", "Because")
SAYS = {
    PASS: "Ship it. Every criterion is met, even at the end of its interval that speaks against.",
    FAIL: "Do not ship. At least one criterion is missed by the whole of its interval.",
    INSUFFICIENT: (
        "Do not ship yet. Nothing is shown to be wrong, and not enough is shown to be right."
    ),
}
RULES = (
    "A criterion passes if the whole interval is on its side of the bound, fails if the whole "
    "interval is on the other, and lacks evidence if the bound lies inside, or if the evidence is "
    "missing, of other data, of another split or unit, or of too few cases. The release passes "
    "only if every criterion does; so its chance of passing wrongly is at most that of the "
    "weakest of them (an intersection-union test, Berger 1982)."
)


def page(verdict: "Verdict") -> str:
    """Return a verdict as one HTML file: the criteria first; digests and sources after them."""
    counts = {one: sum(f.outcome == one for f in verdict.findings) for one in SAYS}
    summary = ", ".join(f"{count} {one}" for one, count in counts.items() if count)
    parts = [
        f"<h1>{escape(verdict.name)}: do we ship?</h1>",
        f'<div class="verdict {_kind(verdict.outcome)}"><strong>{escape(verdict.outcome)}'
        f"</strong>{_html.paragraph(SAYS[verdict.outcome])}"
        f"{_html.paragraph(f'Criteria: {summary}.')}</div>",
        _table(CRITERIA, verdict.table().reset_index().to_numpy(), "Criteria and findings"),
        *(_segments(one) for one in verdict.findings if one.segments),
        "<h2>Why these bounds</h2>\n<ul>",
        *(
            f"<li><strong>{escape(one.criterion.name)}.</strong> {escape(one.criterion.why)}</li>"
            for one in verdict.findings
        ),
        "</ul>\n<h2>For the auditor</h2>",
        _table(SOURCES, _sources(verdict), "Sources of the evidence"),
        _html.paragraph(RULES),
        _table(("What", "Which"), facts(verdict), "Facts"),
    ]
    return _html.document(f"{verdict.name}: {verdict.outcome}", "\n".join(parts))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    return _html.table(header, (map(_cell, row) for row in rows), caption=caption)


def _cell(text: str) -> str:
    """Return text as a cell: an outcome is marked, and a digest may break anywhere."""
    told = re.sub("[0-9a-f]{64}", r"<code>\g<0></code>", escape(text))
    return f'<strong class="{_kind(text)}">{told}</strong>' if text in SAYS else told


def _kind(outcome: str) -> str:
    return outcome.split(maxsplit=1)[0]


def segments(finding: "Finding") -> list[list[str]]:
    """Return a row for each segment: those that do not pass first, and why."""
    ordered = sorted(finding.segments, key=lambda one: one.outcome == PASS)
    return [
        [one.name, one.outcome, one.found, f"{one.n:,}", one.because * (one.outcome != PASS)]
        for one in ordered
    ]


def _segments(finding: "Finding") -> str:
    title = f"{finding.criterion.name}: each {finding.criterion.each}"
    return f"<h3>{escape(title)}</h3>\n{_table(SEGMENTS, segments(finding), title)}"


def _sources(verdict: "Verdict") -> list[list[str]]:
    """Return where the evidence of each criterion, and of each of its segments, is from."""
    rows = []
    for finding in verdict.findings:
        name = finding.criterion.name
        parts = [(f"{name}: {part.name}", part) for part in finding.segments]
        for called, one in [(name, finding), *parts]:
            level = f"{100 * one.level:.10g}%" if one.level else "–"
            rows.append([called, one.source, f"{one.n:,}", level])
    return rows


def facts(verdict: "Verdict") -> list[tuple[str, str]]:
    """Return what decided beside the criteria, and what the verdict is about."""
    decided = [(what[:1].upper() + what[1:], told) for what, told in verdict.decided.items()]
    return [
        *decided,
        ("Data", f"{verdict.data}, SHA-256 {verdict.data_digest or 'unknown'}"),
        ("Criteria", f"SHA-256 {verdict.criteria_digest or 'unknown, since they were no file'}"),
        ("Judged", f"{verdict.made} by prerelease {verdict.version}"),
    ]


def markdown(verdict: "Verdict") -> str:
    """Return a verdict as Markdown: the outcome, the criteria, and the facts folded."""
    findings = verdict.table().reset_index()
    parts = [
        f"## {_marked(verdict.name)}: {verdict.outcome}",
        _marked(verdict.decision),
        markdown_table([name.capitalize() for name in findings], findings.to_numpy()),
        *(part for one in verdict.findings if one.segments for part in _parts(one)),
        "<details><summary>What decided</summary>",
        markdown_table(("What", "Which"), facts(verdict)),
        "</details>",
    ]
    return "\n\n".join(parts) + "\n"


def _parts(finding: "Finding") -> tuple[str, str]:
    title = f"{_marked(finding.criterion.name)}: each {_marked(finding.criterion.each)}"
    return f"**{title}**", markdown_table(SEGMENTS, segments(finding))


def _marked(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_|#~$]|\](?=\())", r"\\\1", escape(plain(text), quote=False))


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown, its cells shown as they are."""
    cells = ([_marked(str(cell)) for cell in row] for row in rows)
    lines = [header, ["---"] * len(header), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def junit(verdict: "Verdict") -> str:
    """Return a verdict as JUnit XML: a test for each criterion, failed if it does not pass."""
    failed = sum(one.outcome != PASS for one in verdict.findings)
    counts = {"tests": f"{len(verdict.findings)}", "failures": f"{failed}", "errors": "0"}
    root = ElementTree.Element("testsuites", name="prerelease gate", time="0", **counts)
    about = {"name": verdict.name, "timestamp": verdict.made[:19], "time": "0", "skipped": "0"}
    suite = ElementTree.SubElement(root, "testsuite", about | counts)
    properties = ElementTree.SubElement(suite, "properties")
    for what, told in facts(verdict):
        ElementTree.SubElement(properties, "property", name=what, value=told)
    for one in verdict.findings:
        asked = one.criterion
        about = {"name": plain(asked.name), "classname": verdict.name, "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", about)
        if one.outcome != PASS:
            about = {"type": one.outcome, "message": plain(f"{one.outcome}: {one.because}")}
            failure = ElementTree.SubElement(case, "failure", about)
            failure.text = plain(f"asked {asked.asks}; found {one.found}. {asked.why}")
        if one.segments:
            lines = [plain("; ".join(row)) for row in segments(one)]
            ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True).decode() + "\n"
