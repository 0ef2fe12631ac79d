"""How fast bootstrap intervals of average precision are, and how often they cover the truth.

    python benchmarks/intervals.py                     # prints three tables, in about 5 minutes
    python benchmarks/intervals.py --json out.json     # also writes the raw numbers
    python benchmarks/intervals.py --simulations 2000  # coverage to about one point

Speed: 1,000 resamples of as many rows and frauds as the test rows have (56,962 and 75), by this
package and by a loop over scikit-learn's function, which is what most people write. Scores are
drawn and not a model's: the test rows stay closed. Each way runs in a fresh process, and they
take turns. Memory is the peak of the whole process; the import alone is listed beside it.

Coverage: data sets are drawn from distributions whose true average precision is an integral,
and an interval of each is checked against it. In "bursts" frauds come five at a time with
scores alike; there only time blocks know that 75 frauds are not 75 independent ones.

Real bursts: the same question of evenings that are made of the bursts of the development rows,
scored by the book's model when it had learned from earlier rows only, for the four numbers that
the book quotes. The book's way to draw an interval was chosen by this table; chapter 02 shows a
smaller one. `--evenings 2000` gives coverage to about one point.
"""

import statistics
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from tqdm import tqdm

import _timing
from casebook import conventions, coverage, data, leaks, models, split
from prerelease import costs, intervals, splits

N_ROWS, N_POSITIVE, SECONDS, BURST = 56_962, 75, 27_544.0, 5
SETUP = f"""
import numpy as np
from sklearn.metrics import average_precision_score
from prerelease import intervals
rng, ap = np.random.default_rng(0), intervals.AveragePrecision()
y = np.zeros({N_ROWS}, dtype=bool)
y[rng.choice({N_ROWS}, {N_POSITIVE}, replace=False)] = True
score = np.round(rng.normal(size={N_ROWS}) + y * np.where(rng.random({N_ROWS}) < 0.85, 5, 0.5), 4)
honest, frauds = np.flatnonzero(~y), np.flatnonzero(y)
def loop():
    for _ in range(1000):
        drawn = np.concatenate([rng.choice(rows, len(rows)) for rows in (honest, frauds)])
        average_precision_score(y[drawn], score[drawn])
"""
NOTHING, BASE = "imports only", "loop over scikit-learn"
CALLS = {
    NOTHING: "pass",
    BASE: "loop()",
    "average_precision": "intervals.bootstrap(ap, y, score, n_resamples=1000)",
    "average_precision_difference": (
        "intervals.bootstrap_difference(ap, y, score, score + rng.normal(size=len(y)) / 4,"
        " n_resamples=1000)"
    ),
    "average_precision, 10-minute blocks": (
        "intervals.bootstrap(ap, y, score, n_resamples=1000,"
        f" scheme=intervals.Blocks(np.linspace(0, {SECONDS}, len(y)), 600))"
    ),
}


@dataclass(frozen=True)
class World:
    """Honest scores are standard normal; frauds a mixture of found and hidden ones."""

    name: str
    shift: float
    hidden: float
    bursts: bool = False

    def truth(self) -> float:
        """Return average precision at the share of frauds there is, by integration."""
        cut = np.linspace(-8, 16, 200_001)
        missed = self.hidden * stats.norm.sf(cut - 0.5)
        recall = missed + (1 - self.hidden) * stats.norm.sf(cut - self.shift)
        found, false = N_POSITIVE * recall, (N_ROWS - N_POSITIVE) * stats.norm.sf(cut)
        precision = np.divide(found, found + false, out=np.ones_like(found), where=found > 0)
        return float(-np.trapezoid(precision, recall))

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return labels, scores and times of one data set."""
        times = np.sort(rng.uniform(0, SECONDS, size=N_ROWS))
        y, score = np.zeros(N_ROWS, dtype=bool), rng.normal(size=N_ROWS)
        size = BURST if self.bursts else 1
        starts = rng.choice(N_ROWS // size, N_POSITIVE // size, replace=False) * size
        hidden = rng.random(len(starts)) < self.hidden
        shared = np.where(hidden, 0.5, self.shift) + rng.normal(size=len(starts))
        for step in range(size):
            y[starts + step], score[starts + step] = True, shared
        return y, score, times


WORLDS = (
    World("good", 5.0, 0.17),
    World("middling", 4.0, 0.3),
    World("excellent", 5.5, 0.02),
    World("good, in bursts", 5.0, 0.17, bursts=True),
)


def speed(rounds: int) -> list[dict]:
    """Let all ways take turns; return one row each, ratios to the loop within each round."""
    runs = _timing.take_turns(
        CALLS,
        rounds,
        lambda way: _timing.measure(CALLS[way], setup=SETUP, environment=_timing.ONE_THREAD),
    )
    return [
        {
            "way": way,
            **_timing.taken(results),
            **_timing.ratio("times_faster", runs[BASE], results),
        }
        for way, results in runs.items()
    ]


def of_drawn_scores(simulations: int) -> list[dict]:
    """Return, by world and way, how often the interval holds the truth and how wide it is."""
    rows = []
    for world in WORLDS:
        truth, found = world.truth(), {}
        for number in tqdm(range(simulations), desc=f"coverage, {world.name}"):
            y, score, times = world.draw(np.random.default_rng(number))
            schemes = [intervals.Stratified(), intervals.Independent()]
            schemes += [intervals.Blocks(times, 600)] if world.bursts else []
            for scheme in schemes:
                for method in ("bca", "percentile"):
                    interval = intervals.bootstrap(
                        intervals.AveragePrecision(),
                        y,
                        score,
                        scheme=scheme,
                        method=method,
                        n_resamples=1000,
                        seed=number,
                    )
                    found.setdefault((scheme.name, method), []).append(interval)
        rows += [summarise(world, truth, *way, results) for way, results in found.items()]
    return rows


def of_real_bursts(evenings: int) -> list[dict]:
    """Return how often intervals hold the truth in evenings made of real bursts."""
    development = pd.concat(split.development(data.load()))
    length = split.VALID_END - split.TRAIN_END
    folds = splits.PrequentialSplit(4, length, end=split.VALID_END, time="Time")
    runs = {"score": leaks.fits(models.chosen(), folds.split(development))}
    score = leaks.score_runs(development, runs)["score"]
    rows = development.assign(score=score)[score.notna()]
    model, later = costs.CostModel(), rows["Time"] >= split.TRAIN_END
    threshold = conventions.threshold(rows[later], rows["score"][later], costs=model)
    world = coverage.World(rows, threshold=threshold, costs=model, seconds=SECONDS)
    table = coverage.coverage(world, n_worlds=evenings, n_resamples=1000).reset_index()
    truth = table["measure"].map(world.truth())
    shares = table[["below", "above"]] / evenings
    return table.assign(truth=truth, **shares).to_dict("records")


def summarise(world: World, truth: float, scheme: str, method: str, found: list) -> dict:
    """Return one row of the table of coverage."""
    covered = intervals.binomial(sum(truth in interval for interval in found), len(found))
    return {
        "world": world.name,
        "truth": truth,
        "scheme": scheme,
        "method": method,
        "nominal": found[0].level,
        "coverage": covered.estimate,
        "coverage_low": covered.low,
        "coverage_high": covered.high,
        "below": statistics.mean(interval.high < truth for interval in found),
        "above": statistics.mean(interval.low > truth for interval in found),
        "half_width": statistics.mean(interval.half_width for interval in found),
        "bias": statistics.mean(interval.estimate for interval in found) - truth,
    }


def table(report: dict) -> str:
    """Return the report as two Markdown tables."""
    told = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    lines = [
        f"1,000 resamples of {N_ROWS:,} rows with {N_POSITIVE} frauds, {report['rounds']} rounds, "
        f"{report['machine']}, {told}",
        "",
        f"| way | median s [min, max] | times faster than the {BASE} [min, max] | peak MiB |",
        "|---|--:|--:|--:|",
    ]
    for row in report["speed"]:
        faster = "" if row["way"] == NOTHING else _timing.shown(row, "times_faster", 0)
        lines.append(
            f"| {row['way']} | {_timing.shown(row, 'seconds', 3)} | {faster} "
            f"| {row['peak_mib']:.0f} |"
        )
    lines += [
        "",
        f"Coverage of 95 % intervals in {report['simulations']} simulations each",
        "",
        "| world | true value | scheme | method | coverage [95 % interval] "
        "| all below | all above | half width | bias |",
        "|---|--:|---|---|--:|--:|--:|--:|--:|",
    ]
    for row in report["coverage"]:
        lines.append(
            f"| {row['world']} | {row['truth']:.3f} | {row['scheme']} | {row['method']} "
            f"| {row['coverage']:.3f} [{row['coverage_low']:.3f}, {row['coverage_high']:.3f}] "
            f"| {row['below']:.3f} | {row['above']:.3f} | {row['half_width']:.3f} "
            f"| {row['bias']:+.4f} |"
        )
    lines += [
        "",
        f"Coverage of 95 % intervals in {report['evenings']} evenings made of real bursts",
        "",
        "| measure | true value | way | coverage [95 % interval] | all below | all above "
        "| half width |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    for row in report["real_bursts"]:
        lines.append(
            f"| {row['measure']} | {row['truth']:.3f} | {row['way']} | {row['coverage']:.3f} "
            f"[{row['low']:.3f}, {row['high']:.3f}] | {row['below']:.3f} | {row['above']:.3f} "
            f"| {row['half_width']:.3f} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = _timing.parser("Measure the intervals: speed and coverage.", 3)
    parser.add_argument("--simulations", type=int, default=100, help="data sets (default 100)")
    parser.add_argument("--evenings", type=int, default=400, help="of real bursts (default 400)")
    options = parser.parse_args()
    report = {
        "rounds": options.rounds,
        "simulations": options.simulations,
        **_timing.surroundings("numpy", "scikit-learn", "scipy"),
        "speed": speed(options.rounds),
        "coverage": of_drawn_scores(options.simulations),
        "evenings": options.evenings,
        "real_bursts": of_real_bursts(options.evenings),
    }
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
