"""The command line: ``prerelease gate``, ``prerelease report`` and ``prerelease card``."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from casebook import data
from prerelease import __version__, card, evidence, gate, ledger, report
from prerelease.gate import Columns, Criteria, Scored, Verdict

WRONG_INPUT = 2
_INTERRUPTED = 130
_CODES = "Exit codes: 0 pass, 1 fail, 2 the input cannot be judged, 3 insufficient evidence."


class InputError(Exception):
    """What was asked for cannot be done, as one sentence tells."""


_WRONG = (
    InputError,
    data.DataError,
    evidence.EvidenceError,
    ledger.LedgerError,
    ValueError,
    OSError,
)


def _gate(options: argparse.Namespace) -> int:
    """Judge scores or the release file, print the verdict and write it where asked."""
    criteria = gate.read_criteria(options.criteria)
    verdict = _of_scores(options, criteria) if options.scores else _of_evidence(criteria)
    print(f"{verdict.name}: {verdict.outcome}")
    for finding in verdict.findings:
        print(f"  {finding.outcome:<21}  {finding.criterion.name}")
        print(f"  {'':<21}  asked {finding.criterion.asks}; found {gate.found_in_words(finding)}")
        print(f"  {'':<21}  {finding.because}")
    for file, text in ((options.json, verdict.to_json()), (options.html, gate.page(verdict))):
        if file:
            _write(file, text)
    return verdict.exit_code


def _report(options: argparse.Namespace) -> int:
    """Write one page about a file of scores."""
    criteria = gate.read_criteria(options.criteria)
    scored = _scored(options.scores, options, criteria)
    reference = _scored(options.reference, options, criteria) if options.reference else None
    _write(options.output, report.build(scored, reference=reference, desk=criteria.desk))
    return 0


def _card(options: argparse.Namespace) -> int:
    """Write the model card of the release, with the verdict on it."""
    criteria = gate.read_criteria(options.criteria)
    made = card.build(evidence.read(), _of_evidence(criteria), criteria, lock=options.lock)
    markdown = options.output.suffix.lower() == ".md"
    _write(options.output, made.to_markdown() if markdown else made.to_html())
    return 0


def _scored(path: Path, options: argparse.Namespace, criteria: Criteria) -> Scored:
    frame = gate.read_scores(path, columns=_columns(options.column, criteria.columns))
    return Scored(frame, criteria.costs, criteria.decision, criteria.block_seconds)


def _of_scores(options: argparse.Namespace, criteria: Criteria) -> Verdict:
    return gate.judge_scores(_scored(options.scores, options, criteria), criteria)


def _of_evidence(criteria: Criteria) -> Verdict:
    payments = data.load()
    source = payments.attrs["source"]
    order = gate.order(ledger.read(), criteria_digest=criteria.digest, source=source)
    return gate.judge_evidence(
        evidence.read(),
        criteria,
        data_digest=payments.attrs["sha256"],
        data=f"the release file of {evidence.folder().name} mode, {source} data",
        order=order,
    )


def _columns(pairs: list[str], columns: Columns) -> Columns:
    for pair in pairs:
        role, _, name = pair.partition("=")
        known = columns.__dataclass_fields__
        if role not in known:
            msg = f"--column {pair}: there is no {role!r}: {gate.nearest(role, known)}"
            raise InputError(msg)
        if not name:
            msg = f"--column must look like time=transaction_time, got {pair!r}."
            raise InputError(msg)
        columns = replace(columns, **{role: name})
    return columns


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror or error}."
        raise InputError(msg) from error
    print(f"Written: {file}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="prerelease", description="What must be right before a model goes to production."
    )
    parser.add_argument("--version", action="version", version=f"prerelease {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    judge = commands.add_parser(
        "gate", help="judge scores, or the release file, by written criteria", epilog=_CODES
    )
    judge.add_argument(
        "--criteria", type=Path, default=ledger.CRITERIA, help="TOML; by default the book's"
    )
    judge.add_argument("--scores", type=Path, help="CSV or Parquet with time, amount, label, score")
    _add_columns(judge)
    judge.add_argument("--json", type=Path, help="write the verdict as JSON")
    judge.add_argument("--html", type=Path, help="write the verdict as a page")
    judge.set_defaults(run=_gate)
    tell = commands.add_parser("report", help="write one page about a file of scores")
    tell.add_argument("scores", type=Path, help="CSV or Parquet with time, amount, label, score")
    tell.add_argument("--reference", type=Path, help="scores of an earlier period, to see drift")
    tell.add_argument(
        "--criteria",
        type=Path,
        default=ledger.CRITERIA,
        help="TOML with your costs, decision and columns; by default the book's",
    )
    _add_columns(tell)
    tell.add_argument("-o", "--output", type=Path, default=Path("report.html"), help="the page")
    tell.set_defaults(run=_report)
    describe = commands.add_parser("card", help="write the model card, from the release file")
    describe.add_argument("--criteria", type=Path, default=ledger.CRITERIA, help="TOML")
    describe.add_argument("--lock", type=Path, help="file of exact versions, to note its digest")
    describe.add_argument(
        "-o", "--output", type=Path, default=Path("card.html"), help=".html, or .md for Markdown"
    )
    describe.set_defaults(run=_card)
    return parser


def _add_columns(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=NAME",
        help="what a column is called in the file, such as label=is_fraud; may be repeated",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; by default those of this process.

    Returns
    -------
    int
        0 pass, 1 fail, 2 input that cannot be judged, 3 insufficient evidence, 130 interrupted.

    Examples
    --------
    >>> main(["gate", "--criteria", "none.toml"])
    2
    """
    options = _parser().parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):  # a console that has no € still gets its verdict
        sys.stdout.reconfigure(errors="replace")
    try:
        return options.run(options)
    except _WRONG as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
