"""The record of the rehearsal, as the page reads it."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

FILE, PLAN = (Path(__file__).with_name(name) for name in ("record.json", "plan.toml"))
DAY = 86_400
ANSWERED_BY = {
    "stop": ("kill switch", ""),
    "repair": ("watcher", "inputs"),
    "retrain": ("watcher", "losses"),
}
"""For each answer, who calls for it, and by what."""


def read(file: Path = FILE) -> dict[str, Any]:
    """Return the record: ``runs``, the digest of their ``data``, and its own ``digest``.

    Examples
    --------
    >>> record = read()
    >>> len(record["runs"]), len(record["digest"])
    (4, 64)
    """
    written = file.read_bytes()
    return json.loads(written) | {"digest": hashlib.sha256(written).hexdigest()}


def logbook(run: dict[str, Any]) -> pd.DataFrame:
    """Return what happened in a run, in the order of time: ``day``, ``hour``, ``who``, ``what``.

    Examples
    --------
    >>> [*logbook(read()["runs"][0])][:4]
    ['day', 'hour', 'who', 'what']
    """
    table = pd.DataFrame(run["events"])
    days, seconds = table["time"] // DAY, table["time"] % DAY
    table.insert(0, "day", days.astype(int))
    table.insert(1, "hour", [f"{second // 3600:02.0f}:00" for second in seconds])
    return table[["day", "hour", "who", "what", *table.columns.difference(
        ["day", "hour", "who", "what"]
    )]]  # fmt: skip


def signals(record: dict[str, Any]) -> pd.DataFrame:
    """Return what the watcher found each morning: ``seed``, ``day``, ``name``, ``found``.

    Examples
    --------
    >>> sorted(signals(read())["name"].unique())
    ['inputs', 'losses', 'scores']
    """
    return pd.concat(
        pd.DataFrame(run["signals"]).assign(seed=run["seed"]) for run in record["runs"]
    )


def saved(record: dict[str, Any]) -> pd.DataFrame:
    """Return what each answer saved in each run, and how often somebody was called for it.

    Returns
    -------
    DataFrame
        A row for each ``seed`` and ``answer``, ``"all"`` among them: ``euros`` (what the run costs
        without this answer, less what it costs with all), ``calls`` and ``trainings``.

    Examples
    --------
    >>> sorted(saved(read())["answer"].unique())
    ['all', 'repair', 'retrain', 'stop']
    """
    rows = []
    for run in record["runs"]:
        cost = sum(run["days"]["euros"])
        others = {name: sum(days) - cost for name, days in run["would have cost"].items()}
        trainings = sum(event["who"] == "gate" for event in run["events"])
        for answer, (who, what) in ANSWERED_BY.items():
            calls = sum(
                event["who"] == who and event["what"].startswith(what) for event in run["events"]
            )
            trained = trainings if answer == "retrain" else 0
            rows.append((run["seed"], answer, others[f"without {answer}"], calls, trained))
        called = sum(row[3] for row in rows if row[0] == run["seed"])
        rows.append((run["seed"], "all", others["never"], called, trainings))
    return pd.DataFrame(rows, columns=["seed", "answer", "euros", "calls", "trainings"])


def limits() -> dict[str, float]:
    """Return from which value on each of the watcher's alarms rings.

    Examples
    --------
    >>> sorted(limits())
    ['inputs', 'losses', 'scores']
    """
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))["limits"]
