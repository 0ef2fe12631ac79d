"""Is a pass a pass? How often the gate passes a model that is exactly at its bound, or far above.

    python benchmarks/passes.py                      # prints four tables, in about 5 minutes
    python benchmarks/passes.py --json out.json      # also writes the numbers of every cell
    python benchmarks/passes.py --simulations 4000   # shares of wrong passes to half a point
    python benchmarks/passes.py --quick              # a corner of the grid, in about 20 s

Cases are drawn from worlds whose true values are known: scores are normal and better than those
of negatives by `skill`, amounts are log-normal or the card data's own. Everything comes in
bursts, or nothing does: in a burst four fifths of the variance of scores and of amounts are
shared. Each data set is measured by `prerelease.gate.measure`, both sides of its interval are
held against the true value, and a pass there is a wrong one: at most one in 40 is allowed.

What that costs is shown by power, against a bound that lies further off: as far as it takes for
a rule that knows the distribution of the estimate to pass 85 % of the time. Beside it stands the
percentile bootstrap of whole blocks of ten minutes on the same data sets.
"""

import math
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import _timing
from _worlds import BLOCK, BURSTS, CARD, COSTS, DAY, METRICS, MONEY, RANKING, SECONDS, World, card
from prerelease import gate, intervals

AT_MOST = ("cost_per_1000", "false_alarms_per_1000", "alerts_per_day")
ALLOWED, IDEAL, BESIDE, RESAMPLES = 1 / 40, 0.85, 8, 500
"""Wrong passes, the ideal rule's power, and of how many data sets one is bootstrapped too."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Blocks side by side, drawn whole: a scheme for `intervals.bootstrap`."""

    block: np.ndarray
    name = "whole time-block"

    def strata(self, y_true: np.ndarray) -> np.ndarray:
        """Return one stratum for all."""
        return np.zeros(len(y_true), dtype=np.intp)

    def draw(self, kernel, strata, n_resamples: int, rng) -> Iterator[np.ndarray]:
        """Yield the counts of all resamples."""
        blocks, cells = int(self.block.max()) + 1, kernel.n_cells
        held = np.bincount(self.block * cells + kernel.cell, minlength=blocks * cells)
        yield _drawn(blocks, n_resamples) @ held.reshape(blocks, cells).astype(np.float64)


@lru_cache(maxsize=32)
def _drawn(blocks: int, n_resamples: int) -> np.ndarray:
    """Return how often each block is drawn in each resample."""
    chance = np.full(blocks, 1 / blocks)
    return np.random.default_rng(blocks).multinomial(blocks, chance, size=n_resamples) * 1.0


def _bootstrapped(scored: gate.Scored, metric: str, k: int) -> tuple[float, float]:
    """Return the ends of the percentile bootstrap of whole blocks."""
    stretch = np.unique(scored.time // BLOCK, return_inverse=True)[1]
    if metric in RANKING:
        scheme = Stretches(stretch)
        found = intervals.bootstrap(
            RANKING[metric](k), scored.label, scored.score, scheme=scheme, n_resamples=RESAMPLES
        )
        return found.low, found.high
    n = stretch.max() + 1
    top, bottom = (np.bincount(stretch, one, n) for one in _sums(scored, metric))
    draws = _drawn(n, RESAMPLES)
    return tuple(np.quantile(draws @ top / np.maximum(draws @ bottom, 1e-9), (0.025, 0.975)))


def _sums(scored: gate.Scored, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the two columns whose sums a metric is the ratio of."""
    label, block, each = scored.label, scored.block, np.ones(len(scored.label))
    cost, accept = scored.cost(block), scored.cost(np.zeros_like(block))
    oracle = np.minimum(accept, scored.cost(np.ones_like(block)))
    return {
        "recall": (block * label, label),
        "precision": (block * label, block),
        "false_alarms_per_1000": (1000 * block * (1 - label), each),
        "alerts_per_day": (block * len(label) * DAY / SECONDS, each),
        "found_per_promised": (label, scored.score),
        "savings": (accept - cost, accept - oracle),
        "saved_per_1000": (1000 * (accept - cost), each),
        "cost_per_1000": (1000 * cost, each),
    }[metric]


def trial(world: World, number: int) -> list[tuple[float, ...]]:
    """Return of each metric the estimate, the gate's ends, whether in doubt, the other's ends."""
    frame = world.draw(np.random.default_rng([number, world.positives]))
    nothing, found = (math.nan,) * 2, []
    scored = gate.Scored(frame, COSTS, world.decision, BLOCK)
    for metric in world.metrics:
        k = world.k if metric.endswith("_at_k") else None
        one = gate.measure(scored, metric, k=k)
        ends = (one.interval.low, one.interval.high) if one.interval else nothing
        value = math.nan if one.value is None else one.value
        try:
            other = nothing if number % BESIDE else _bootstrapped(scored, metric, world.k)
        except ValueError:  # too few cases for any
            other = nothing
        found.append((value, *ends, bool(one.doubt) or one.interval is None, *other))
    return found


def cells(world: World, simulations: int) -> list[dict]:
    """Return one row for each metric: how often it passes where it must not, and where it may."""
    found = np.array([trial(world, number) for number in range(simulations)])
    true, rows = world.truth(), []
    for metric, table in zip(world.metrics, found.transpose(1, 2, 0), strict=True):
        value, low, high, doubt, *beside = table
        judged = {"gate": (low, high, doubt == 0)}
        there = np.isfinite(beside[0])
        judged["bootstrap"] = (*(end[there] for end in beside), True)
        row = {**asdict(world), "metric": metric, "true": true[metric]}
        row |= {"doubtful": int(np.sum(doubt == 1)), "bound": _further(value, true[metric], metric)}
        for name, ends in judged.items():
            row[name] = {
                "n": len(ends[0]),
                "at_least": int(np.sum((ends[0] >= true[metric]) & ends[2])),
                "at_most": int(np.sum((ends[1] <= true[metric]) & ends[2])),
                "passes": int(np.sum(_right(*ends[:2], row["bound"], metric) & ends[2])),
            }
        rows.append(row)
    return rows


def _further(value: np.ndarray, true: float, metric: str) -> float:
    """Return the bound against which a rule that knows the estimate's errors passes 85 %.

    That rule passes where the estimate is beyond the bound by the error that one in 40 exceeds.
    """
    side = -1 if metric in AT_MOST else 1
    error = side * (value[np.isfinite(value)] - true)
    if not len(error):
        return math.nan
    return true + side * float(np.quantile(error, 1 - IDEAL) - np.quantile(error, 1 - ALLOWED))


def _right(low: np.ndarray, high: np.ndarray, bound: float, metric: str) -> np.ndarray:
    return high <= bound if metric in AT_MOST else low >= bound


def grid(*, quick: bool) -> list[World]:
    """Return the worlds: each factor against bursts and numbers, the others as usual."""
    if quick:
        return [World(60, bursts) for bursts in BURSTS] + [World(60, amounts=2.0)]
    some = (60, 200)
    worlds = [World(*one) for one in product((20, 30, *some, 600, 2000), BURSTS)]
    worlds += [
        World(positives, bursts, amounts, rule=rule)
        for amounts in (0.5, 1.0, 1.5, 2.0, CARD)
        for positives, bursts, rule in (
            *((m, bursts, "threshold") for m in (30, *some, 600, 2000) for bursts in BURSTS),
            *((m, "none", "cheapest for each case") for m in some),
        )
        if amounts != World.amounts or rule != "threshold"
    ]
    worlds += [
        World(positives, bursts, **{name: value})
        for name, value in (("prevalence", 0.01), ("prevalence", 0.5), ("skill", 5), ("ties", True))
        for positives, bursts in product(some, BURSTS)
    ]
    return worlds


def run(worlds: list[World], simulations: int) -> list[dict]:
    """Return the rows of all worlds, the largest first, in two processes."""
    order = sorted(worlds, key=lambda one: -one.positives / one.prevalence)
    if any(one.amounts == CARD for one in worlds):
        card()  # before the processes part
    with ProcessPoolExecutor(2, initializer=partial(threadpool_limits, 1)) as pool:
        found = pool.map(partial(cells, simulations=simulations), order)
        rows = [row for some in tqdm(found, total=len(order), desc="worlds") for row in some]
    there = {name: n for n, name in enumerate((*METRICS, *BURSTS))}
    return sorted(
        rows, key=lambda row: (there[row["metric"]], row["positives"], there[row["bursts"]])
    )


def pooled(rows: list[dict], *by: str) -> list[dict]:
    """Return wrong passes and power by some settings, and the worst cell of each."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    return [dict(zip(by, key, strict=True)) | _together(some) for key, some in groups.items()]


def _together(rows: list[dict]) -> dict:
    """Return the sums of some cells as shares of their data sets; a cell has two sides."""
    ours, theirs = ([row[one] for row in rows] for one in ("gate", "bootstrap"))
    sides = [(one[side], one["n"]) for one in ours for side in ("at_least", "at_most") if one["n"]]
    share = intervals.binomial(*(sum(one) for one in zip(*sides, strict=True)))
    n, n_beside = (max(sum(one["n"] for one in some), 1) for some in (ours, theirs))
    return {
        "cells": len(rows),
        "wrong": share.estimate,
        "wrong_low": share.low,
        "wrong_high": share.high,
        "worst": max(wrong / of for wrong, of in sides),
        "above": sum(intervals.binomial(*one).low > ALLOWED for one in sides),
        "doubtful": sum(row["doubtful"] for row in rows) / n,
        "power": sum(one["passes"] for one in ours) / n,
        "bootstrap_wrong": sum(one["at_least"] + one["at_most"] for one in theirs) / (2 * n_beside),
        "bootstrap_power": sum(one["passes"] for one in theirs) / n_beside,
    }


def tables(rows: list[dict]) -> dict[str, list[dict]]:
    """Return the tables that are shown, by what is in their first columns."""
    money = [row for row in rows if row["metric"] in MONEY]
    return {
        "metric": pooled(rows, "metric"),
        "positives, bursts": pooled(rows, "positives", "bursts"),
        "amounts, bursts": pooled(money, "amounts", "bursts"),
        "metric, bursts": pooled(rows, "metric", "bursts"),
    }


def table(report: dict) -> str:
    """Return the report as Markdown tables."""
    lines = [f"{report['simulations']:,} data sets in each world, {report['machine']}", ""]
    for by, rows in report["tables"].items():
        names = by.split(", ")
        lines += [
            f"| {' | '.join(names)} | cells | passes wrongly [95 % interval] | worst side "
            "| sides above 1 in 40 | insufficient | power | bootstrap: wrongly | power |",
            "|" + "---|" * len(names) + "--:|" * 8,
        ]
        for row in rows:
            lines.append(
                f"| {' | '.join(str(row[name]) for name in names)} | {row['cells']} "
                f"| {row['wrong']:.3f} [{row['wrong_low']:.3f}, {row['wrong_high']:.3f}] "
                f"| {row['worst']:.3f} | {row['above']} | {row['doubtful']:.2f} "
                f"| {row['power']:.2f} | {row['bootstrap_wrong']:.3f} "
                f"| {row['bootstrap_power']:.2f} |"
            )
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    parser = _timing.parser("Measure how often the gate passes wrongly.", 1)
    parser.add_argument("--simulations", type=int, help="data sets in each world (default 200)")
    parser.add_argument("--quick", action="store_true", help="a corner of the grid, 40 data sets")
    options = parser.parse_args()
    simulations = options.simulations or (40 if options.quick else 200)
    rows = run(grid(quick=options.quick), simulations)
    report = {
        "simulations": simulations,
        **_timing.surroundings("numpy", "scipy"),
        "cells": rows,
        "tables": tables(rows),
    }
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
