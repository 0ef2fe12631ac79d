"""What ``prerelease profile`` and ``prerelease watch`` are told, and do."""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from prerelease import _validate
from prerelease._output import files_in, refuse_overwriting, say, write_whole

if TYPE_CHECKING:
    from ibis import Table

    from . import Contract
    from ._watch import Watch

ROLES = ("time", "score", "amount", "label")
AGREED = ("column", "segment", "leave_out", "threshold", "block", "bins")


def count(options: argparse.Namespace) -> int:
    """Count the rows of each table, and write a profile of each."""
    from . import Contract, profile  # noqa: PLC0415

    try:
        _validate.extra("ibis", "scale")
    except ImportError as error:
        raise ValueError(str(error)) from error
    names = _outputs(options)
    tables = {given: open_table(given) for given in options.tables}
    agreed = options.out / "contract.json"
    if options.contract:
        told = [f"--{name.replace('_', '-')}" for name in AGREED if getattr(options, name)]
        if told:
            msg = f"{told[0]} goes without --contract, which has agreed on it."
            raise ValueError(msg)
        contract = _about(
            options.contract,
            lambda: Contract.from_json(options.contract.read_text(encoding="utf-8")),
        )
    else:
        contract = _about(options.tables[0], lambda: _contract(options, tables))
    made = {
        given: _about(given, lambda t=table: profile(t, contract))
        for given, table in tables.items()
    }
    if not options.contract:
        write_whole(agreed, contract.to_json())
        say(f"Contract made of these rows: {agreed}", to=sys.stdout)
    for given, one in made.items():
        one.write(names[given])
        told = f"{one.rows:,} rows, {one.known:,} with a known label, {len(one.counts):,} counts"
        say(f"Written: {names[given]} ({told})", to=sys.stdout)
    return 0


def _outputs(options: argparse.Namespace) -> dict[str, Path]:
    """Return where the profile of each table goes, once nothing else is there."""
    names: dict[str, Path] = {}
    for given in options.tables:
        query = parse_qs(urlsplit(given).query)
        stem = query["table"][0] if "table" in query else Path(given).stem
        names[given] = options.out / f"{stem}.parquet"
    if options.out.exists() and not options.out.is_dir():
        msg = f"--out {options.out} must be a folder, and is a file."
        raise ValueError(msg)
    agreed = {} if options.contract else {"the contract of --out": options.out / "contract.json"}
    inputs = [Path(given) for given in options.tables if "://" not in given]
    inputs += filter(None, [options.contract])
    if len(names) < len(options.tables):
        msg = "a table is named twice, and its rows would count twice."
        raise ValueError(msg)
    refuse_overwriting({f"--out, for {key}:": file for key, file in names.items()} | agreed, inputs)
    return names


def _contract(options: argparse.Namespace, tables: dict[str, "Table"]) -> "Contract":
    from . import Contract  # noqa: PLC0415

    if (options.out / "contract.json").exists():
        msg = (
            f"{options.out / 'contract.json'} is there already: go on with it by --contract, or "
            "take another --out."
        )
        raise ValueError(msg)
    roles = {"segment": options.segment} if options.segment else {}
    for pair in options.column:
        role, sign, name = pair.partition("=")
        if role not in ROLES or not sign:
            known = ", ".join(ROLES)
            msg = f"--column must look like time=NAME, with one of {known}; got {pair!r}."
            raise ValueError(msg)
        roles[role] = name
    cut = {name: value for name in ("block", "bins") if (value := getattr(options, name))}
    first = next(iter(tables.values()))
    rest = {"leave_out": options.leave_out, "thresholds": sorted(set(options.threshold))}
    return Contract.of(first, **cut, **rest, **roles)


def open_table(given: str) -> "Table":
    """Return a file, a folder of Parquet or a table of a database as an Ibis table."""
    ibis = _validate.extra("ibis", "scale")
    if "://" in given:
        parts = urlsplit(given)
        query = parse_qs(parts.query)
        if "table" not in query:
            msg = f"{given} must name a table: add ?table=NAME."
            raise ValueError(msg)
        url = urlunsplit(parts._replace(query=""))
        how = {"read_only": True} if parts.scheme == "duckdb" else {}  # others have their rights
        return _about(given, lambda: ibis.connect(url, **how).table(query["table"][0]))
    path = Path(given)
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory", given)
    files = [str(file) for file in files_in(path) if file == path or file.suffix == ".parquet"]
    if not files or not (path.is_dir() or path.suffix.lower() in (".parquet", ".csv")):
        msg = f"{given} must be a .parquet or .csv file, or a folder with Parquet in it."
        raise ValueError(msg)
    engine = ibis.duckdb.connect()
    if path.suffix.lower() == ".csv":
        return _about(given, lambda: engine.read_csv(files))
    return _about(given, lambda: engine.read_parquet(files, union_by_name=True))


def _about(given: str, do: Any) -> Any:
    """Do something with a table; where its engine cannot, or a value is wrong, name the table."""
    try:
        return do()
    except ValueError as error:
        msg = f"{given}: {error}"
        raise ValueError(msg) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("_duckdb", "duckdb", "ibis", "sqlalchemy"):
            raise
        reason = " ".join(str(error).split("\n", maxsplit=1)[0].split())
        msg = f"{given} cannot be read: {reason}"
        raise ValueError(msg) from error


def look(options: argparse.Namespace) -> int:
    """Hold profiles against a reference, print what was found and write it where asked."""
    from . import read, watch  # noqa: PLC0415

    outputs = {f"--{name}": file for name in ("json", "html") if (file := getattr(options, name))}
    inputs = [*options.current, *options.reference, *filter(None, [options.rules])]
    refuse_overwriting(outputs, inputs)
    rules = options.rules and _about(
        options.rules, lambda: tomllib.loads(options.rules.read_text(encoding="utf-8"))
    )
    found = watch(read(*options.reference), read(*options.current), rules)
    if options.json:
        write_whole(options.json, json.dumps(found.to_dict(), indent=1, allow_nan=False) + "\n")
    if options.html:
        write_whole(options.html, page(found))
    lines = [f"watch: {found.outcome}"]
    for one in found.findings:
        lines += [
            f"  {one.outcome:<21}  {one.name}{f' ({one.of})' if one.of else ''}",
            f"  {'':<21}  {one.measure}: asked {one.asked}; found {one.value}; {one.because}",
        ]
        if one.do and one.outcome != "quiet":
            lines.append(f"  {'':<21}  do: {one.do}")
    say(*lines, *(f"  {told}" for told in _facts(found)), to=sys.stdout)
    say(*(f"Written: {file}" for file in outputs.values()), to=sys.stdout)
    return found.exit_code


def _facts(found: "Watch") -> Iterable[str]:
    for name in ("reference", "current"):
        side = found.about[name]
        yield (
            f"{name}: {side['rows']:,} rows, {side['known']:,} with a known label, from "
            f"{side['from']:,.10g} to {side['to']:,.10g} s"
        )
    yield f"contract: {found.about['contract']}"


def page(found: "Watch") -> str:
    """Return the findings as a page, alarms first."""
    from prerelease import _html  # noqa: PLC0415

    header = ["", "What", "Measure", "Asked", "Found", "Why", "What to do"]
    order = ("alarm", "insufficient evidence", "quiet")
    rows = [
        [
            escape(cell)
            for cell in (
                one.outcome,
                f"{one.name} ({one.of})" if one.of else one.name,
                *(one.measure, one.asked, one.value, one.because),
                one.do if one.outcome != "quiet" else "",
            )
        ]
        for one in sorted(found.findings, key=lambda one: order.index(one.outcome))
    ]
    body = [
        f"<h1>Watch: {escape(found.outcome)}</h1>",
        _html.table(header, rows, caption="Findings"),
    ]
    body += [_html.paragraph(told) for told in _facts(found)]
    return _html.document(f"Watch: {found.outcome}", "\n".join(body))
