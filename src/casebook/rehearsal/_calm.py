"""How the plan's thresholds are found: on streams in which nothing changes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from joblib import delayed

from casebook import monitoring, progress, streams
from casebook.rehearsal import _learn, _plan
from casebook.rehearsal._conductor import END, GO_LIVE, HOUR, Conductor
from casebook.rehearsal._memory import Memory
from casebook.streams import DAY
from casebook.streams._pool import Pool
from casebook.workers import results

FIRST_SEED, HOW_MANY, FALSE_ALARMS = 1000, 8, 0.5
"""Calm streams, and the false alarms a month that each signal may have on them."""
UNHEARD = dict.fromkeys(("inputs", "scores", "losses"), 0.0)


def signals(pool: Pool, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return what the watcher finds each morning of a calm stream, and its hours with an alert."""
    stream = streams.build(pool, n_days=END, n_history=GO_LIVE, seed=seed)
    nobody = {"answers": frozenset({"none"}), "spared": frozenset({"wrong", "broken"})}
    plan = _plan.Plan(UNHEARD, _plan.KillSwitches((0.1,) * 24))
    with TemporaryDirectory() as folder:
        world = Memory(stream, Path(folder), UNHEARD, _learn.rows_before(stream))
        conductor = Conductor(world, plan, **nobody)
        conductor.run()
    found = pd.DataFrame(conductor.signals).rename(columns={"name": "signal", "found": "value"})
    blocked = np.array(world.blocked(0, END * DAY))
    hours = np.bincount((blocked // HOUR).astype(int), minlength=24 * END)[24 * GO_LIVE :] > 0
    return found.assign(stream=seed, shift="none"), hours.reshape(-1, 24)


def settle(pool: Pool, file: Path = _plan.FILE) -> None:
    """Find the thresholds, and write the plan."""
    seeds = range(FIRST_SEED, FIRST_SEED + HOW_MANY)
    calls = (delayed(signals)(pool, seed) for seed in seeds)
    done = [*results(calls, processes=2, tell=progress.line("Calm streams"))]
    chosen = monitoring.threshold(pd.concat([one for one, _ in done]), false_alarms=FALSE_ALARMS)
    by_stream = np.array([hours.mean() for _, hours in done])
    by_hour = np.mean([hours.mean(axis=0) for _, hours in done], axis=0)
    ends = by_stream.min() / by_stream.mean(), by_stream.max() / by_stream.mean()
    lines = [
        "# Written by `python -m casebook.rehearsal calm`, and by no hand: from which value on an",
        f"# alarm rings, so that each has {FALSE_ALARMS} false alarms a month at most, found on",
        f"# {HOW_MANY} streams in which nothing changes (seeds {seeds[0]} to {seeds[-1]}).",
        "",
        "[limits]",
        *(f"{name} = {value:.6g}" for name, value in chosen.items()),
        "",
        "# The share of hours with an alert, by hour of the day; the streams with the fewest and",
        "# with the most of them have so many times as many.",
        "[alerts]",
        f"by_hour = {[round(float(share), 4) for share in by_hour]}",
        f"fewest = {ends[0]:.4g}",
        f"most = {ends[1]:.4g}",
        "",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
