"""The benchmark of wrong passes: its true values are true, and it counts what the gate says."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

import passes
from _worlds import BLOCK, COSTS, METRICS, THRESHOLD, World
from prerelease import gate, intervals
from prerelease.gate import Criteria, Criterion

MANY = 60_000
WORLDS = (
    World(),
    World(prevalence=0.5, ties=True),
    World(skill=5, bursts="5 minutes"),
    World(amounts=0.5, rule="cheapest for each case"),
    World(amounts=1.5, rule="cheapest for each case", ties=True),
)


def of_rows(frame, world):
    """Compute what the world states by integration from many rows, by other formulas."""
    scored = gate.Scored(frame, COSTS, world.decision, BLOCK)
    found = {}
    for metric in METRICS:
        if not metric.endswith("_at_k") and metric not in ("average_precision", "roc_auc"):
            top, bottom = passes._sums(scored, metric)
            found[metric] = top.sum() / bottom.sum()
    first = frame.sort_values("score", ascending=False)["label"][: world.k]
    return found | {
        "average_precision": metrics.average_precision_score(frame["label"], frame["score"]),
        "roc_auc": metrics.roc_auc_score(frame["label"], frame["score"]),
        "precision_at_k": first.mean(),
        "recall_at_k": first.sum() / frame["label"].sum(),
    }


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_true_values_are_those_of_very_many_rows(world):
    many = replace(world, positives=MANY)
    found, true = of_rows(many.draw(np.random.default_rng(3)), many), many.truth()
    assert set(found) == set(true) == set(METRICS)
    for metric, value in found.items():
        assert value == pytest.approx(true[metric], rel=0.03), metric


def test_amounts_have_their_mean_whatever_their_tails():
    for sigma in (0.5, 1.0, 2.0):
        true = World(amounts=sigma).truth()
        assert true["cost_per_1000"] + true["saved_per_1000"] == pytest.approx(100 * 120)


@pytest.mark.parametrize("metric", ["recall", "cost_per_1000"])
def test_a_wrong_pass_is_what_the_gate_passes_at_a_bound_that_is_true(metric):
    world, data_sets = World(60, amounts=1.0), 40
    row = next(one for one in passes.cells(world, data_sets) if one["metric"] == metric)
    passed = {"at_least": 0, "at_most": 0, "passes": 0}
    for number in range(data_sets):
        frame = world.draw(np.random.default_rng([number, world.positives]))
        scored = gate.Scored(frame, COSTS, world.decision, BLOCK)
        sides = {side: (side, row["true"]) for side in ("at_least", "at_most")}
        natural = "at_most" if metric in passes.AT_MOST else "at_least"
        for name, (side, bound) in (sides | {"passes": (natural, row["bound"])}).items():
            asks = Criterion(
                name="it", why="agreed", bound=bound, side=side, metric=metric, unit="any"
            )
            verdict = gate.judge(scored, Criteria(name="A model", criteria=(asks,)))
            passed[name] += verdict.outcome == "pass"
    assert passed == {name: row["gate"][name] for name in passed}


def test_the_bound_further_off_is_where_one_who_knows_passes_so_often():
    rng = np.random.default_rng(0)
    for metric, side in (("recall", 1), ("cost_per_1000", -1)):
        value = rng.gamma(2, size=20_000)
        bound = passes._further(value, 2.0, metric)
        margin = np.quantile(side * (value - 2.0), 1 - passes.ALLOWED)
        share = np.mean(side * (value - bound) >= margin)
        assert share == pytest.approx(passes.IDEAL, abs=0.001)
        assert side * (bound - 2.0) < 0


def test_a_bootstrap_of_blocks_beside_it_is_the_usual_one():
    world = World(200)
    scored = gate.Scored(world.draw(np.random.default_rng(1)), COSTS, world.decision, BLOCK)
    blocks = intervals.Blocks(scored.time, BLOCK)
    for metric, kind in (
        ("recall", intervals.Recall(THRESHOLD)),
        ("average_precision", intervals.AveragePrecision()),
    ):
        low, high = passes._bootstrapped(scored, metric, world.k)
        # The ends of two such bootstraps differ by chance by 0.005 or so (one standard deviation).
        usual = intervals.bootstrap(
            kind, scored.label, scored.score, scheme=blocks, n_resamples=passes.RESAMPLES
        )
        assert low == pytest.approx(usual.low, abs=0.02)
        assert high == pytest.approx(usual.high, abs=0.02)


def test_cells_add_up_to_the_tables():
    rows = passes.cells(World(60), 8) + passes.cells(World(60, "2 hours"), 8)
    for by, table in passes.tables(rows).items():
        some = [row for row in rows if row["metric"] in passes.MONEY or "amounts" not in by]
        assert sum(one["cells"] for one in table) == len(some)
        wrong = sum(row["gate"][side] for row in some for side in ("at_least", "at_most"))
        assert sum(one["wrong"] * one["cells"] * 16 for one in table) == pytest.approx(wrong)
    text = passes.table({"simulations": 8, "machine": "m", "tables": passes.tables(rows)})
    assert "| recall | 2 hours | 1 |" in text
