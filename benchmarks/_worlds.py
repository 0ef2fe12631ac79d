"""Worlds of scored cases whose true values are known: what `passes.py` draws its data from."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import special, stats

from prerelease import gate, intervals
from prerelease.costs import CostModel

SECONDS, DAY, BLOCK = 10 * 86_400.0, 86_400.0, 600.0
ALIKE = 0.8
BURSTS = {"none": (1, 0.0), "5 minutes": (4, 300.0), "2 hours": (8, 7200.0)}
"""Length of a burst: how many cases it holds on average, and within how many seconds."""
CARD = "card data"
MEAN_AMOUNT, STEP, THRESHOLD = 100.0, 0.5, 0.3
COSTS = CostModel()
MONEY = ("savings", "saved_per_1000", "cost_per_1000")
RANKING = {
    "average_precision": lambda k: intervals.AveragePrecision(),
    "roc_auc": lambda k: intervals.RocAuc(),
    "precision_at_k": intervals.PrecisionAtK,
    "recall_at_k": intervals.RecallAtK,
}
METRICS = (
    *("recall", "precision", "false_alarms_per_1000", "alerts_per_day", "found_per_promised"),
    *(*RANKING, *MONEY),
)


@dataclass(frozen=True)
class World:
    """Where cases come from: `amounts` is the sigma of a log-normal distribution, or CARD."""

    positives: int = 200
    bursts: str = "none"
    amounts: float | str = 1.0
    prevalence: float = 0.1
    skill: float = 2.5
    ties: bool = False
    rule: str = "threshold"

    @property
    def metrics(self) -> tuple[str, ...]:
        """What depends on these settings: amounts and the rule of prices touch money alone."""
        usual = self.amounts == World.amounts and self.rule == World.rule
        return METRICS if usual else MONEY

    @property
    def k(self) -> int:
        """How many alerts are looked at, for the metrics at k."""
        return max(10, self.positives // 2)

    @property
    def decision(self) -> gate.Decision:
        """How scores become decisions."""
        if self.rule == "threshold":
            return gate.Decision(rule=self.rule, threshold=THRESHOLD)
        return gate.Decision()

    def score(self, latent: np.ndarray) -> np.ndarray:
        """Return the probability that a latent score means, calibrated where there are no ties."""
        odds = special.logit(self.prevalence)
        return special.expit(self.skill * latent - self.skill**2 / 2 + odds)

    def draw(self, rng: np.random.Generator) -> pd.DataFrame:
        """Return one data set: a Poisson number of bursts, anywhere in the ten days."""
        size, seconds = BURSTS[self.bursts]
        kinds = []
        for label, share in ((0, (1 - self.prevalence) / self.prevalence), (1, 1.0)):
            bursts = rng.poisson(self.positives * share / size)
            of = np.repeat(np.arange(bursts), 1 + rng.poisson(size - 1, bursts))
            normal = [_alike(rng, of, bursts) for _ in range(2)]
            start = rng.uniform(0, SECONDS, bursts)[of]
            kinds.append(
                {
                    "time": (start + rng.uniform(0, seconds, len(of))) % SECONDS,
                    "amount": _amounts(self.amounts, label)(normal[0]),
                    "label": np.full(len(of), label),
                    "score": normal[1] + self.skill * label,
                }
            )
        columns = {name: np.concatenate([one[name] for one in kinds]) for name in kinds[0]}
        frame = pd.DataFrame(columns)
        latent = np.round(frame["score"] / STEP) * STEP if self.ties else frame["score"]
        return frame.assign(score=self.score(latent)).sort_values("time", ignore_index=True)

    def truth(self) -> dict[str, float]:
        """Return the true value of each metric, by integration over scores and over amounts."""
        share, rows = self.prevalence, self.positives / self.prevalence
        cut = np.arange(12 + self.skill, -9, -STEP if self.ties else -2e-4) - STEP / 2
        caught, false = stats.norm.sf(cut - self.skill), stats.norm.sf(cut)
        alerts = share * caught + (1 - share) * false
        score = self.score(cut[1:] + (STEP / 2 if self.ties else 1e-4))
        found = share * np.interp(self.k / rows, alerts, caught)
        true = {
            "average_precision": np.diff(caught) @ (share * caught[1:] / alerts[1:]),
            "roc_auc": np.trapezoid(caught, false),
            "precision_at_k": found * rows / self.k,
            "recall_at_k": found / share,
            "found_per_promised": share / (np.diff(alerts) @ score),
        }
        (caught, lost), (false, spent) = self._decided(1), self._decided(0)
        alerts = share * caught + (1 - share) * false
        accept = share * (COSTS.miss_fee + _mean(self.amounts, 1))
        cost = share * (lost + COSTS.review * caught) + (1 - share) * spent
        return true | {
            "recall": caught,
            "precision": share * caught / alerts,
            "false_alarms_per_1000": 1000 * (1 - share) * false,
            "alerts_per_day": rows * alerts * DAY / SECONDS,
            "savings": (accept - cost) / (accept - share * COSTS.review),
            "saved_per_1000": 1000 * (accept - cost),
            "cost_per_1000": 1000 * cost,
        }

    def _decided(self, label: int) -> tuple[float, float]:
        """Return the share of a class that is blocked, and what its wrong decisions cost a case."""
        amount, chance = _cells(self.amounts, label)
        probability = np.full(len(amount), THRESHOLD)
        if self.rule != "threshold":
            lost = COSTS.lost_by_blocking(amount)
            probability = lost / (lost + COSTS.saved_by_blocking(amount))
        odds = special.logit(probability) - special.logit(self.prevalence)
        cut = (odds + self.skill**2 / 2) / self.skill
        cut = np.ceil(cut / STEP) * STEP - STEP / 2 if self.ties else cut
        blocked = stats.norm.sf(cut - self.skill * label)
        wrong = (1 - blocked) * (COSTS.miss_fee + amount)
        if not label:
            wrong = blocked * COSTS.block_cost(np.zeros(len(amount), dtype=bool), amount)
        return chance @ blocked, chance @ wrong


def _alike(rng: np.random.Generator, of: np.ndarray, bursts: int) -> np.ndarray:
    """Return standard normal numbers that share most of their variance within a burst."""
    if len(of) == bursts:
        return rng.normal(size=bursts)
    shared, own = rng.normal(size=bursts)[of], rng.normal(size=len(of))
    return math.sqrt(ALIKE) * shared + math.sqrt(1 - ALIKE) * own


@cache
def card() -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted amounts of negatives and positives that were not set aside for tests."""
    from casebook import data, split  # noqa: PLC0415 - worlds without them need no data

    rows = pd.concat(split.development(data.load()))
    return tuple(np.sort(rows.loc[rows["Class"] == label, "Amount"]) for label in (0, 1))


def _amounts(kind: float | str, label: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return what turns standard normal numbers into amounts."""
    if kind == CARD:
        there = card()[label]
        return lambda normal: there[(stats.norm.cdf(normal) * len(there)).astype(int)]
    return lambda normal: MEAN_AMOUNT * np.exp(kind * normal - kind**2 / 2)


def _cells(kind: float | str, label: int) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts and how likely each is."""
    if kind == CARD:
        there = card()[label]
        return there, np.full(len(there), 1 / len(there))
    normal = np.linspace(-10, 10, 8001)
    chance = stats.norm.pdf(normal)
    return _amounts(kind, label)(normal), chance / chance.sum()


def _mean(kind: float | str, label: int) -> float:
    amount, chance = _cells(kind, label)
    return float(amount @ chance)
