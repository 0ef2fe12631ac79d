"""A run with real parts decides as the same run in memory, whatever is killed in between."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from casebook import data, split, streams
from casebook.rehearsal import _conductor, _learn, _plan, _run
from casebook.rehearsal._conductor import Conductor
from casebook.rehearsal._memory import Memory
from casebook.rehearsal._store import Store
from casebook.streams import DAY

pytest.importorskip("fastapi")
pytest.importorskip("ibis")
if sys.platform == "win32":
    pytest.skip("signals of POSIX", allow_module_level=True)
LIMITS = {"inputs": 0.2, "scores": 0.2, "losses": 50.0}


def test_three_days_with_parts_and_kills_are_decided_as_in_memory(tmp_path, monkeypatch):
    from casebook.rehearsal._live import Live  # noqa: PLC0415 - needs the server

    monkeypatch.setattr(_conductor, "END", 10)
    pool = streams.pool(pd.concat(split.development(data.load_sample())))
    stream = streams.build(pool, n_days=24, n_history=7, seed=1)
    before, plan = _learn.rows_before(stream), _plan.Plan(LIMITS, _plan.read().switches)
    memory = Memory(stream, tmp_path / "memory", LIMITS, before)
    there = Conductor(memory, plan)
    there.run()
    killed = {8.25 * DAY: "service", 8.5 * DAY: "client", 8.75 * DAY: "watcher"}
    given = (stream, tmp_path / "live", LIMITS, before)
    with Live(*given, data_digest="0" * 64, killed=killed) as live:
        here = Conductor(live, plan)
        here.run()
        assert not live.killed
        starts = {name: part.starts for name, part in live.parts.items()}
    assert live.service.starts == 2
    assert starts["client"] == 2
    assert here.events == there.events
    assert here.signals == there.signals
    rows = Store(str(tmp_path / "live" / "decisions.duckdb")).rows(
        "SELECT id, score, block, release FROM decisions ORDER BY id"
    )
    expected = memory.rows(0, 10 * DAY)[["id", "score", "block", "release"]]
    assert rows == [tuple(row) for row in expected.itertuples(index=False)]


def test_the_committed_record_is_small_and_holds_what_the_page_tells():
    text = _run.RECORD.read_text(encoding="utf-8")
    record = json.loads(text)
    assert len(text) < 200_000
    assert [run["seed"] for run in record["runs"]] == [*_run.SEEDS]
    for run in record["runs"]:
        assert run["stored"] == sum(run["days"]["payments"])
        assert set(run["would have cost"]) == set(_run.POLICIES) - {"as rehearsed"}
        killed = [event["what"].split()[-1] for event in run["events"] if event["who"] == "drill"]
        assert sorted(killed) == ["client", "service", "watcher"]


def test_a_record_is_the_same_unless_a_decision_or_an_alarm_differs(monkeypatch, tmp_path):
    record = {"data": "x", "runs": [{"seed": 0, "decisions": "a", "measured": {"seconds": 1}}]}
    monkeypatch.setattr(_run, "RECORD", tmp_path / "record.json")
    assert "no committed record" in _run._same(record)
    _run.RECORD.write_text(json.dumps(record))
    slower = {"data": "x", "runs": [record["runs"][0] | {"measured": {"seconds": 9}}]}
    assert "again" in _run._same(slower)
    other = {"data": "x", "runs": [record["runs"][0] | {"decisions": "b"}]}
    assert "NOT the committed record: decisions of seed 0" in _run._same(other)
    assert "data are others" in _run._same(record | {"data": "y"})


def test_an_oracle_has_what_the_others_lack_and_never_has_nothing():
    assert _run.POLICIES["never"]["answers"] == frozenset()
    assert _run.POLICIES["oracle"]["foreseen"]
    for answer in _conductor.ANSWERS:
        left = _run.POLICIES[f"without {answer}"]["answers"]
        assert left == _conductor.ANSWERS - {answer}


def test_ctrl_c_leaves_no_record_and_no_process(tmp_path):
    final = tmp_path / "rehearsal"
    command = [sys.executable, "-m", "casebook.rehearsal", "run", str(final)]
    # As a terminal does it: a group of its own, and the signal for all of the group.
    process = subprocess.Popen(
        command,
        env={**os.environ, "PRERELEASE_DATA": "sample"},
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    started = tmp_path / "rehearsal.part" / "seed-0" / "decisions.duckdb"
    until = time.monotonic() + 90
    while not started.exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Nothing was written to" in said
    assert not final.exists()
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in left.stdout
