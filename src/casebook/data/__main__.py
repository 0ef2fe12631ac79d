"""The command line of the data door: ``python -m casebook.data``."""

import argparse
import logging
import sys
from collections.abc import Sequence

from casebook import data
from casebook.data import flights
from casebook.data._facts import CITATION, HOME_PAGE

_INTERRUPTED = 130


def fetch() -> None:
    """Have the payments, with a cache, and the flights in the data folder, verified."""
    place = data.where()
    if place.kind == "folder":
        data.fetch()
    df = data.load()
    print(f"Ready: {len(df):,} payments from {place.csv or 'the packaged sample'}.")
    if place.kind != "sample":
        print(f"Ready: the flights of a year from {flights.fetch()}.")


def verify() -> None:
    """Check digests, contract and cache; the exit code is 1 if they are wrong."""
    print(*data.verify(), flights.verify(), sep="\n")


def where() -> None:
    """Say which file load() reads."""
    place = data.where()
    print(f"data folder: {data.folder()}")
    if place.kind == "sample":
        print("load() gives: the packaged sample")
        return
    print(f"load() gives: {place.csv} ({'there' if place.csv.exists() else 'not there'})")
    print(f"cache: {place.cache} ({'there' if place.cache.exists() else 'not there'})")
    file = flights.place()
    print(f"flights: {file} ({'there' if file.exists() else 'not there'})")


def describe() -> None:
    """Describe the data that load() gives, their licence and whom to cite."""
    df = data.load()
    weights = data.sampling_weights(df)
    frauds = df["Class"] == 1
    print(
        f"source: {df.attrs['source']} (SHA-256 {df.attrs['sha256']})",
        f"rows: {len(df):,}, standing for {weights.sum():,.0f}",
        f"columns: Time (seconds), V1 to V{len(data.FEATURES)}, Amount (euros), Class (1: fraud)",
        f"frauds: {frauds.sum():,} ({weights[frauds].sum() / weights.sum():.4%} of all)",
        f"Time: {df['Time'].min():,.0f} to {df['Time'].max():,.0f} s",
        f"Amount: {df['Amount'].min():,.2f} to {df['Amount'].max():,.2f} euros",
        f"home: {HOME_PAGE}",
        f"licence: {data.LICENCE}",
        f"cite: {CITATION}",
        sep="\n",
    )


_COMMANDS = {command.__name__: command for command in (fetch, verify, where, describe)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; by default those of this process.

    Returns
    -------
    int
        Exit code: 0 if it worked, 1 if the data cannot be had or are wrong, 130 if interrupted.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_DATA"] = "sample"
    >>> main(["fetch"])
    Ready: 14,708 payments from the packaged sample.
    0
    >>> del os.environ["PRERELEASE_DATA"]
    """
    parser = argparse.ArgumentParser(
        prog="python -m casebook.data",
        description="Fetch and verify all data, find and describe the credit-card fraud data.",
        epilog="PRERELEASE_DATA=/path/to/creditcard.csv uses a file that you have, "
        "PRERELEASE_DATA=sample the packaged sample; PRERELEASE_DATA_DIR names the data folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        _COMMANDS[options.command]()
    except (data.DataError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: nothing half-made was kept.", file=sys.stderr)
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
