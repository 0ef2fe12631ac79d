"""The command line: ``prerelease gate``, ``report``, ``card``, ``profile`` and ``watch``.

What a command needs is imported when it runs: ``--version`` and ``--help`` answer at once.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prerelease import __version__, use_words
from prerelease._output import refuse_overwriting, say, write_whole

if TYPE_CHECKING:
    from prerelease.gate import Columns, Criteria, Scored, Verdict

WRONG_INPUT = 2
CRASHED = 4
_INTERRUPTED = 130
_JUDGED = (
    "Exit codes: 0 pass, 1 fail, 2 the input cannot be judged, 3 insufficient evidence, 4 the "
    "program itself failed and there is no verdict, 130 interrupted."
)
_WATCHED = (
    "Exit codes: 0 quiet, 1 an alarm to answer, 2 the input cannot be used, 3 insufficient "
    "evidence, 4 the program itself failed."
)
_INPUTS = ("criteria", "scores", "champion", "reference", "lock")
_OUTPUTS = ("json", "html", "markdown", "junit", "output")
_WROTE = "Exit codes: 0 written, 2 the input cannot be used, 4 the program itself failed."


def _gate(options: argparse.Namespace, criteria: "Criteria") -> int:
    """Judge scores or the release file, print the verdict and write it where asked."""
    from prerelease import gate

    computed = all(one.metric for one in criteria.criteria)
    if not options.scores and (computed or not options.data_digest):
        msg = "--scores is missing: a file of scores"
        more = (
            "." if computed else "; or, for a release file, --data-digest, the SHA-256 of its data."
        )
        raise ValueError(msg + more)
    if (options.champion or options.key) and not (options.champion and options.scores):
        msg = "--champion goes with --scores, and --key with --champion."
        raise ValueError(msg)
    if options.scores:
        key = (options.key or criteria.columns.key) if options.champion else ""
        criteria = replace(criteria, columns=replace(_columns(options, criteria), key=key))
        scored = _scored(options.scores, criteria, criteria.columns)
        verdict = gate.judge(scored, criteria, champion=options.champion)
    else:
        verdict = _of_evidence(options, criteria)
    written = []
    for name in ("json", "html", "markdown", "junit"):  # first: nobody may read what is printed
        if file := getattr(options, name):
            write_whole(file, getattr(verdict, f"to_{name}")())
            written.append(file)
    _tell(verdict)
    say(*(f"Written: {file}" for file in written), to=sys.stdout)
    return verdict.exit_code


def _tell(verdict: "Verdict") -> None:
    from prerelease.gate._page import facts, segments

    lines = [f"{verdict.name}: {verdict.outcome}"]
    for one in verdict.findings:
        lines += [
            f"  {one.outcome:<21}  {one.criterion.name}",
            f"  {'':<21}  asked {one.criterion.asks}; found {one.found}",
            f"  {'':<21}  {one.because}",
        ]
        for name, outcome, found, rows, because in segments(one):
            told = f"{name}: {outcome}; found {found} in {rows} rows"
            lines.append(f"  {'':<21}  - {told}{because and '; '}{because}")
    lines += [f"  {what}: {told}" for what, told in facts(verdict)]
    say(*lines, to=sys.stdout)


def _report(options: argparse.Namespace, criteria: "Criteria") -> int:
    """Write one page about a file of scores."""
    os.environ.pop("MPLBACKEND", None)  # nothing is drawn on a screen, whatever it names
    from prerelease import report

    needless = {"key": "", "champion": "", "segments": ()}
    columns = replace(_columns(options, criteria), **needless)
    scored = _scored(options.scores, criteria, columns)
    reference = _scored(options.reference, criteria, columns) if options.reference else None
    page = report.build(
        scored,
        reference=reference,
        desk=criteria.desk,
        labels=criteria.labels,
        every=options.every,
    )
    _write(options.output, page)
    return 0


def _card(options: argparse.Namespace, criteria: "Criteria") -> int:
    """Write the model card of the release, with the verdict on it."""
    from prerelease import card, evidence

    verdict = _of_evidence(options, criteria)
    made = card.build(evidence.read(options.evidence), verdict, criteria, lock=options.lock)
    markdown = options.output.suffix.lower() == ".md"
    _write(options.output, made.to_markdown() if markdown else made.to_html())
    return 0


def _profile(options: argparse.Namespace) -> int:
    """Count the rows of tables, in a small file each."""
    from prerelease.profiles import _command

    return _command.count(options)


def _watch(options: argparse.Namespace) -> int:
    """Hold profiles against a reference."""
    from prerelease.profiles import _command

    return _command.look(options)


def _columns(options: argparse.Namespace, criteria: "Criteria") -> "Columns":
    """Return what the columns are called: as the command says, and else as the criteria do."""
    from prerelease._validate import nearest
    from prerelease.gate._columns import ROLES

    named = {}
    for pair in options.column:
        role, sign, name = pair.partition("=")
        if role not in ROLES:
            msg = f"--column {pair}: there is no {role!r}: {nearest(role, ROLES)}"
            raise ValueError(msg)
        if not sign:
            msg = f"--column must look like time=transaction_time, got {pair!r}."
            raise ValueError(msg)
        if named.setdefault(role, name) != name:
            msg = f"--column names two columns for {role}: {named[role]!r} and {name!r}."
            raise ValueError(msg)
    return replace(criteria.columns, **named)


def _scored(path: Path, criteria: "Criteria", columns: "Columns") -> "Scored":
    from prerelease import gate
    from prerelease.gate._columns import OWN

    frame = gate.read_scores(path, columns=columns)
    for note in frame.attrs[OWN]["notes"]:
        say(f"note: {path}: {note}", to=sys.stderr)
    return gate.Scored(frame, criteria.costs, criteria.decision, criteria.block_seconds)


def _of_evidence(options: argparse.Namespace, criteria: "Criteria") -> "Verdict":
    from prerelease import evidence, gate, ledger

    if not options.data_digest:
        msg = "--data-digest is missing: the SHA-256 of the data that the release is about."
        raise ValueError(msg)
    rows = evidence.read(options.evidence)
    if rows.empty:
        say(f"No release file is in {options.evidence or evidence.folder()}.", to=sys.stderr)
    return gate.judge_evidence(
        rows,
        criteria,
        data_digest=options.data_digest,
        data=options.data,
        order=gate.order(
            ledger.read(options.ledger), criteria_digest=criteria.digest, source=options.source
        ),
    )


def _write(file: Path, text: str) -> None:
    write_whole(file, text)
    say(f"Written: {file}", to=sys.stdout)


def _check_places(options: argparse.Namespace) -> None:
    """Refuse outputs that would replace an input or one another, before anything is computed."""
    given = vars(options)
    outputs = {f"--{name}": given[name] for name in _OUTPUTS if given.get(name)}
    from prerelease import evidence, ledger

    inputs = [given[name] for name in _INPUTS if given.get(name)]
    inputs.append(given.get("ledger") or ledger.path())  # read or not, nothing else may be there
    if "evidence" in given and not given.get("scores"):  # else it is not read
        inputs.append(options.evidence or evidence.folder())
    refuse_overwriting(outputs, inputs)


def _crashed(error: Exception, debug: bool) -> int:
    """Say that the program failed, and where to tell; no code of a verdict comes of it."""
    if debug or os.environ.get("PRERELEASE_DEBUG", "").strip():
        say(*traceback.format_exc().splitlines(), to=sys.stderr)
    address = os.environ.get("PRERELEASE_REPOSITORY", "").strip().rstrip("/")
    where = f"at {address}/issues" if address else "to those from whom you have this package"
    told = " ".join(f"{type(error).__name__}: {error}".split())
    say(
        f"error: prerelease {__version__} itself failed, and there is no verdict ({told}). Please "
        f"report it {where}, with what --debug prints.",
        to=sys.stderr,
    )
    return CRASHED


def _path(name: str) -> Path:
    if not name.strip():  # as of a variable that is not set: Path("") is the working folder
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return Path(name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="prerelease", description="What must be right before a model goes to production."
    )
    parser.add_argument("--version", action="version", version=f"prerelease {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    judge = commands.add_parser(
        "gate", help="judge scores, or the release file, by written criteria", epilog=_JUDGED
    )
    tell = commands.add_parser(
        "report", help="write one page about a file of scores", epilog=_WROTE
    )
    describe = commands.add_parser(
        "card", help="write the model card, from the release file", epilog=_WROTE
    )
    count = commands.add_parser(
        "profile", help="count the rows of tables, in a small file each", epilog=_WROTE
    )
    look = commands.add_parser(
        "watch", help="hold profiles of now against those of a reference", epilog=_WATCHED
    )
    runs = {judge: _gate, tell: _report, describe: _card, count: _profile, look: _watch}
    for command, run in runs.items():
        command.set_defaults(run=run)

    def add(name: str, told: str, *to: argparse.ArgumentParser, **options: Any) -> None:
        for command in to:
            command.add_argument(*name.split(), help=told, **({"type": _path} | options))

    file = "CSV or Parquet with time, amount, label, score"
    add("--criteria", "TOML: what is asked, costs, columns", judge, tell, describe, required=True)
    add("--scores", file, judge)
    add("--champion", "scores of the model that is there now, of the same rows", judge)
    named = "column that names each row in both files; default: rows are in the same order"
    add("--key", named, judge, type=str)
    add("scores", file, tell)
    add("--reference", "scores of an earlier period, to see drift", tell)
    periods = {"choices": ("hour", "day", "week"), "default": "", "type": str}
    add("--every", "length of the periods shown; default: by the span", tell, **periods)
    named = "what a column is called in the file, such as label=is_late; may be repeated"
    many = {"action": "append", "default": []}
    add("--column", named, judge, tell, count, **many, metavar="ROLE=NAME", type=str)
    of_release = (judge, describe)
    add("--evidence", "folder of the release files; default: evidence", *of_release)
    add("--ledger", "uses of the test rows; default: ledger.jsonl", *of_release)
    add("--data-digest", "SHA-256 of the data that the release is about", *of_release, type=str)
    add("--data", "what to call the data", *of_release, default="the release file", type=str)
    add("--source", "what the ledger calls them; default: all its lines", *of_release, type=str)
    add("--json", "write the verdict, or the findings, as JSON", judge, look)
    add("--html", "write the verdict, or the findings, as a page", judge, look)
    add("--markdown", "write the verdict as Markdown, for the summary of a job", judge)
    add("--junit", "write the verdict as JUnit XML", judge)
    add("--lock", "file of exact versions, to note its digest", describe)
    add("-o --output", "the page; default: report.html", tell, default=Path("report.html"))
    markdown = "the card, .md for Markdown; default: card.html"
    add("-o --output", markdown, describe, default=Path("card.html"))
    _of_profiles(add, count, look)
    for command in runs:
        command.add_argument(
            "--debug",
            action="store_true",
            help="where the program itself fails, print its trace; so does PRERELEASE_DEBUG=1",
        )
    return parser


def _of_profiles(
    add: Callable[..., None], count: argparse.ArgumentParser, look: argparse.ArgumentParser
) -> None:
    """Add what only the two commands about profiles know."""
    file = "Parquet or CSV, a folder of Parquet, or the URL of a database with ?table=NAME"
    add("tables", file, count, nargs="+", metavar="TABLE", type=str)
    add("--out", "folder of the profiles", count, required=True)
    add("--contract", "the bins that were agreed; default: made of these rows", count)
    many = {"action": "append", "default": []}
    add("--segment", "column of segments to tell apart", count, default="", type=str)
    add("--leave-out", "a column that is no input; may be repeated", count, **many, type=str)
    threshold = "score from which on there is an alert; may be repeated"
    add("--threshold", threshold, count, **many, type=float)
    add("--block", "seconds that are counted as one; default: 600", count, type=float)
    add("--bins", "bins of each column; default: 20", count, type=int)
    add("current", "profiles of now: files or folders", look, nargs="+", metavar="PROFILES")
    add("--reference", "profiles of a time when all was well", look, required=True, **many)
    add("--rules", "TOML: what is asked, and what to do; default: the usual", look)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; by default those of this process.

    Returns
    -------
    int
        0 pass, 1 fail, 2 input that cannot be judged, 3 insufficient evidence, 4 the program
        itself failed, 130 interrupted.

    Examples
    --------
    >>> main(["gate", "--criteria", "none.toml"])
    2
    """
    options = _parser().parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a sign still gets it
        sys.stdout.reconfigure(errors="replace")
    try:
        if options.run in (_profile, _watch):
            return options.run(options)
        _check_places(options)
        from prerelease.gate import read_criteria

        criteria = read_criteria(options.criteria)
        use_words(**asdict(criteria.words))
        return options.run(options, criteria)
    except (ValueError, OSError) as error:  # what was asked for cannot be done
        file = getattr(error, "filename", None)
        told = f"{file} cannot be read or written: {error.strerror}." if file else error
        say(f"error: {told}", to=sys.stderr)
        return WRONG_INPUT
    except Exception as error:  # whatever it is, it is no verdict
        return _crashed(error, options.debug)
    except KeyboardInterrupt:
        say("Interrupted.", to=sys.stderr)
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
