"""`make rehearsal`: each stream with real parts, and what would have been, in one record."""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import numpy as np
import pandas as pd

from casebook import data, progress, split, streams
from casebook.rehearsal import _learn, _plan
from casebook.rehearsal._conductor import ANSWERS, END, GO_LIVE, HOUR, NEW, Conductor
from casebook.rehearsal._live import Live
from casebook.rehearsal._memory import Memory
from casebook.rehearsal._store import Store
from casebook.streams import DAY, Shift, Stream
from casebook.streams._pool import Pool

SEEDS = (0, 1, 2, 3)
RECORD = Path(__file__).with_name("record.json")
POLICIES: dict[str, dict[str, Any]] = {
    "as rehearsed": {},
    "never": {"answers": frozenset()},
    "oracle": {"answers": frozenset(), "spared": frozenset({"wrong", "broken"}), "foreseen": True},
    **{f"without {one}": {"answers": ANSWERS - {one}} for one in sorted(ANSWERS)},
}
"""What was done, and what could have been done, on the same stream."""


@cache
def pool() -> Pool:
    """Return the development payments, to deal streams from."""
    return streams.pool(pd.concat(split.development(data.load())))


def stream_of(seed: int) -> Stream:
    """Return a stream in which frauds of a new kind come in."""
    shift = Shift("concept", day=NEW // DAY)
    return streams.build(pool(), shift=shift, n_days=END, n_history=GO_LIVE, seed=seed)


def killed(seed: int) -> dict[float, str]:
    """Return which part is killed when: each once, in hours drawn by lot."""
    parts = ("service", "client", "watcher")
    hours = np.random.default_rng([seed, 9]).choice(
        np.arange(24 * (GO_LIVE + 1), 24 * (END - 1)), len(parts), replace=False
    )
    return {float(hour * HOUR): part for hour, part in zip(hours, parts, strict=True)}


def told(stream: Stream, decisions: pd.DataFrame) -> dict[str, Any]:
    """Return what the decisions of a run come to, day by day, and their digest."""
    rows = decisions["id"].to_numpy()
    fraud, block = stream.fraud[rows], decisions["block"].to_numpy(dtype=bool)
    frame = pd.DataFrame(
        {
            "euros": _learn.price(fraud, block, stream.amount[rows]) * stream.weight[rows],
            "payments": 1,
            "blocked": block,
            "frauds": fraud,
            "missed": fraud & ~block,
        }
    )
    days = frame.groupby((stream.time[rows] // DAY).astype(int)).sum()
    exact = decisions[["id", "score", "block", "release"]].astype("<f8").to_numpy()
    return {
        "days": {name: [round(float(one), 2) for one in days[name]] for name in days},
        "decisions": hashlib.sha256(np.ascontiguousarray(exact).tobytes()).hexdigest(),
    }


def in_memory(seed: int) -> dict[str, dict[str, Any]]:
    """Return what each policy comes to, without processes."""
    stream, plan, done = stream_of(seed), _plan.read(), {}
    before = _learn.rows_before(stream)
    for name, how in POLICIES.items():
        with TemporaryDirectory() as folder:
            world = Memory(stream, Path(folder), plan.limits, before)
            conductor = Conductor(world, plan, **how)
            conductor.run()
        decided = world.rows(0, END * DAY)
        done[name] = told(stream, decided) | {"events": conductor.events}
        if name == "as rehearsed":
            done[name]["signals"] = conductor.signals
    return done


def with_parts(
    seed: int, folder: Path, store: str = "", tell: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Run one stream with real parts, and return what is in the database afterwards."""
    stream, plan, began = stream_of(seed), _plan.read(), monotonic()
    before = _learn.rows_before(stream)
    more = {"data_digest": data.load().attrs["sha256"], "store": store, "killed": killed(seed)}
    with Live(stream, folder, plan.limits, before, **more) as world:
        conductor = Conductor(world, plan, tell=tell)
        conductor.run()
        again = world.parts["client"].ask(float(END * DAY), "")
        starts = {name: part.starts for name, part in world.parts.items()}
        starts["service"] = world.service.starts
    rows = Store(store or str(folder / "decisions.duckdb")).rows(
        "SELECT id, score, block, release FROM decisions ORDER BY id"
    )
    found = pd.DataFrame(rows, columns=["id", "score", "block", "release"])
    sent = len(stream) - stream.rows_of(0, GO_LIVE).stop
    if (len(found), found["id"].nunique()) != (sent, sent):
        msg = f"{sent} payments were sent, {len(found)} decisions are stored."
        raise RuntimeError(msg)
    drill = [
        {"time": time, "who": "drill", "what": f"kill -9 of the {part}"}
        for time, part in killed(seed).items()
    ]
    return told(stream, found) | {
        "events": sorted([*conductor.events, *drill], key=lambda one: one["time"]),
        "signals": conductor.signals,
        "stored": len(found),
        "measured": {"sent again": again, "starts": starts, "seconds": monotonic() - began},
    }


def run(where: str = "build/rehearsal") -> int:
    """Run all streams, write the record, and say whether it is the one that the book tells of."""
    final, began = Path(where), monotonic()
    part = final.with_name(f"{final.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    bar, total = progress.line("Rehearsal"), len(SEEDS) * 24 * (END - GO_LIVE)
    done = iter(range(1, total + 1))
    record: dict[str, Any] = {"data": data.load().attrs["sha256"]}
    try:
        with get_context("spawn").Pool(2) as others:  # whatever happens, it ends with this block
            would = [others.apply_async(in_memory, (seed,)) for seed in SEEDS]
            real = [
                with_parts(seed, part / f"seed-{seed}", tell=lambda: bar(next(done), total))
                for seed in SEEDS
            ]
            record["runs"] = [
                _checked(seed, one, other.get())
                for seed, one, other in zip(SEEDS, real, would, strict=True)
            ]
    except KeyboardInterrupt:
        print(f"Stopped. Nothing was written to {final}; {part} may go.", file=sys.stderr)
        return 130
    text = json.dumps(record, indent=1, sort_keys=True) + "\n"
    (part / "record.json").write_text(text, encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    part.replace(final)
    print(f"{final}/record.json, in {(monotonic() - began) / 60:.1f} minutes. {_same(record)}")
    return 0


def _checked(seed: int, real: dict[str, Any], would: dict[str, Any]) -> dict[str, Any]:
    """Return a run for the record, if it decided as the same run in memory did."""
    same = would["as rehearsed"]
    real_events = [one for one in real["events"] if one["who"] != "drill"]
    if (real["decisions"], real_events) != (same["decisions"], same["events"]):
        msg = f"Seed {seed} was decided otherwise by the parts than in memory."
        raise RuntimeError(msg)
    others = {name: one["days"]["euros"] for name, one in would.items() if name != "as rehearsed"}
    return {"seed": seed, **real, "would have cost": others}


def _same(record: dict[str, Any]) -> str:
    """Say whether a record is the committed one, but for what hangs on the machine's speed."""
    if not RECORD.exists():
        return "There is no committed record to compare with."
    there = json.loads(RECORD.read_text(encoding="utf-8"))
    if there["data"] != record["data"]:
        return "The data are others than those of the committed record."
    for one, other in zip(record["runs"], there["runs"], strict=True):
        for name in one.keys() - {"measured"}:
            if one[name] != other[name]:
                return f"It is NOT the committed record: {name} of seed {one['seed']} differs."
    return "It is the committed record again: every decision, alarm and verdict."
