"""The verdict as a page: a manager reads its first screen, an auditor follows the rest."""

from html import escape
from typing import TYPE_CHECKING

from prerelease import _html
from prerelease.gate._names import FAIL, INSUFFICIENT, PASS

if TYPE_CHECKING:
    from prerelease.gate._judge import Verdict

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
        _criteria(verdict),
        "<h2>Why these bounds</h2>\n<ul>",
        *(
            f"<li><strong>{escape(one.criterion.name)}.</strong> {escape(one.criterion.why)}</li>"
            for one in verdict.findings
        ),
        "</ul>\n<h2>For the auditor</h2>",
        _sources(verdict),
        _html.paragraph(RULES),
        _facts(verdict),
    ]
    return _html.document(f"{verdict.name}: {verdict.outcome}", "\n".join(parts))


def _kind(outcome: str) -> str:
    return outcome.split(maxsplit=1)[0]


def _criteria(verdict: "Verdict") -> str:
    rows = [
        [
            escape(one.criterion.name),
            f'<strong class="{_kind(one.outcome)}">{escape(one.outcome)}</strong>',
            *map(escape, (one.found, one.criterion.asks, one.because)),
        ]
        for one in verdict.findings
    ]
    header = ("Criterion", "Outcome", "Found, with interval", "Asked for", "Because")
    return _html.table(header, rows, caption="Criteria and findings")


def _sources(verdict: "Verdict") -> str:
    levels = ["–" if one.level is None else f"{one.level:.0%}" for one in verdict.findings]
    rows = [
        [*map(escape, (one.criterion.name, one.source)), f"{one.n:,}", level]
        for one, level in zip(verdict.findings, levels, strict=True)
    ]
    header = ("Criterion", "Evidence", "Rows", "Level")
    return _html.table(header, rows, caption="Sources of the evidence")


def _facts(verdict: "Verdict") -> str:
    rows = [
        ["Data", f"{escape(verdict.data)} <br><code>{escape(verdict.data_digest)}</code>"],
        ["Criteria (SHA-256)", f"<code>{escape(verdict.criteria_digest)}</code>"],
        ["Judged", f"{escape(verdict.made)} by prerelease {escape(verdict.version)}"],
    ]
    return _html.table(("What", "Which"), rows, caption="Facts")
