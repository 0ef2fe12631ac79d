"""The verdict as a page: a manager reads its first screen, an auditor follows the rest."""

from html import escape

from prerelease import _html
from prerelease.gate._judge import (
    FAIL,
    INSUFFICIENT,
    OUTCOMES,
    PASS,
    Finding,
    Verdict,
    found_in_words,
)

SAYS = {
    PASS: "Ship it. Every criterion is met, even at the end of its interval that speaks against.",
    FAIL: "Do not ship. At least one criterion is missed by the whole of its interval.",
    INSUFFICIENT: (
        "Do not ship yet. Nothing is shown to be wrong, and not enough is shown to be right."
    ),
}


def page(verdict: Verdict) -> str:
    """Return a verdict as one HTML file that needs no other.

    Parameters
    ----------
    verdict : Verdict
        Of `judge_scores` or `judge_evidence`.

    Returns
    -------
    str
        The verdict and each criterion first; digests, reasons and sources after them.

    Examples
    --------
    >>> from prerelease import evidence, ledger
    >>> from prerelease.gate import judge_evidence, read_criteria
    >>> import pandas as pd
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> verdict = judge_evidence(none, read_criteria(ledger.CRITERIA), data_digest="0" * 64)
    >>> "Do not ship yet" in page(verdict)
    True
    """
    counts = {one: sum(f.outcome == one for f in verdict.findings) for one in SAYS}
    summary = ", ".join(f"{count} {one}" for one, count in counts.items() if count)
    title = f"{verdict.name}: {verdict.outcome}"
    parts = [
        f"<h1>{escape(verdict.name)}: do we ship?</h1>",
        f'<div class="verdict {_kind(verdict.outcome)}"><strong>{escape(verdict.outcome)}'
        f"</strong>{_html.paragraph(SAYS[verdict.outcome])}"
        f"{_html.paragraph(f'Criteria: {summary}.')}</div>",
        _criteria(verdict),
        "<h2>Why these bounds</h2>\n<ul>",
        *(_reason(finding) for finding in verdict.findings),
        "</ul>\n<h2>For the auditor</h2>",
        _sources(verdict),
        _facts(verdict),
    ]
    return _html.document(title, "\n".join(parts))


def decision(verdict: Verdict) -> str:
    """Return what follows from a verdict, said outright.

    Parameters
    ----------
    verdict : Verdict
        Of `judge_scores` or `judge_evidence`.

    Returns
    -------
    str
        Whether to ship, how many criteria pass, and which do not.

    Examples
    --------
    >>> from prerelease import evidence, ledger
    >>> from prerelease.gate import judge_evidence, read_criteria
    >>> import pandas as pd
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> verdict = judge_evidence(none, read_criteria(ledger.CRITERIA), data_digest="0" * 64)
    >>> decision(verdict)[:44]
    'We do not ship yet: 0 of 9 criteria pass. Ev'
    """
    names = {
        outcome: [f"“{f.criterion.name}”" for f in verdict.findings if f.outcome == outcome]
        for outcome in OUTCOMES
    }
    said = {PASS: "We ship", FAIL: "We do not ship", INSUFFICIENT: "We do not ship yet"}
    told = f"{said[verdict.outcome]}: {len(names[PASS])} of {len(verdict.findings)} criteria pass."
    if names[FAIL]:
        told += f" Missed: {'; '.join(names[FAIL])}."
    if names[INSUFFICIENT]:
        told += f" Evidence is missing for {'; '.join(names[INSUFFICIENT])}."
    return told


def _kind(outcome: str) -> str:
    return outcome.split(maxsplit=1)[0]


def _criteria(verdict: Verdict) -> str:
    rows = [
        [
            escape(finding.criterion.name),
            f'<strong class="{_kind(finding.outcome)}">{escape(finding.outcome)}</strong>',
            escape(found_in_words(finding)),
            escape(finding.criterion.asks),
            escape(finding.because),
        ]
        for finding in verdict.findings
    ]
    header = ("Criterion", "Outcome", "Found, with interval", "Asked for", "Because")
    return _html.table(header, rows, caption="Criteria and findings")


def _reason(finding: Finding) -> str:
    criterion = finding.criterion
    return f"<li><strong>{escape(criterion.name)}.</strong> {escape(criterion.why)}</li>"


def _sources(verdict: Verdict) -> str:
    rows = [
        [
            escape(finding.criterion.name),
            escape(finding.source),
            f"{finding.n:,}",
            "–" if finding.level is None else f"{finding.level:.0%}",
        ]
        for finding in verdict.findings
    ]
    header = ("Criterion", "Evidence", "Rows", "Level")
    return _html.table(header, rows, caption="Sources of the evidence")


def _facts(verdict: Verdict) -> str:
    rules = (
        "A criterion passes if the whole interval is on its side of the bound, fails if the "
        "whole interval is on the other, and lacks evidence if the bound lies inside, or if the "
        "evidence is missing, of other data, of another split or unit, or of too few cases. The "
        "release passes only if every criterion does; so its chance of passing wrongly is at "
        "most that of the weakest of them (an intersection-union test, Berger 1982)."
    )
    rows = [
        ["Data", f"{escape(verdict.data)} <br><code>{escape(verdict.data_digest)}</code>"],
        ["Criteria (SHA-256)", f"<code>{escape(verdict.criteria_digest)}</code>"],
        ["Judged", f"{escape(verdict.made)} by prerelease {escape(verdict.version)}"],
    ]
    return _html.paragraph(rules) + _html.table(("What", "Which"), rows, caption="Facts")
