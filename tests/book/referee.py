"""Headline numbers of the book, computed again from the CSV without a line of the package.

Only NumPy, pandas, scikit-learn and LightGBM are used here. What the chapters say in words, the
split, the prices, the rule, the settings, is written out once more, so that a mistake would have
to be made twice, in two places and in two ways.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CSV = Path(__file__).resolve().parents[2] / "data" / "creditcard.csv"
INPUTS = [*(f"V{number}" for number in range(1, 29)), "Amount"]
FEE, REVIEW, GOODWILL, MARGIN = 20.0, 5.0, 10.0, 0.02
HALF_DAY_2, LAST_HOURS = 120_396, 145_248
REPEATABLE = {
    "random_state": 0, "deterministic": True, "force_col_wise": True, "n_jobs": 1, "verbose": -1,
}  # fmt: skip
GENTLE = {"n_estimators": 200, "learning_rate": 0.05, "num_leaves": 15, "reg_lambda": 10.0}


@cache
def rows() -> pd.DataFrame:
    """Return all payments, each number the float nearest to its text."""
    return pd.read_csv(CSV, float_precision="round_trip")


@cache
def parts() -> dict[str, pd.DataFrame]:
    """Return the three parts of the split, and the first two together."""
    time = rows()["Time"]
    return {
        "train": rows()[time < HALF_DAY_2],
        "valid": rows()[(time >= HALF_DAY_2) & (time < LAST_HOURS)],
        "test": rows()[time >= LAST_HOURS],
        "development": rows()[time < LAST_HOURS],
    }


# --- models -----------------------------------------------------------------------------------


def released() -> LGBMClassifier:
    """Return the model that ships, not fitted."""
    return LGBMClassifier(**GENTLE, **REPEATABLE)


def candidate_1() -> LGBMClassifier:
    """Return the notebook's model: the library's defaults."""
    return LGBMClassifier(**REPEATABLE)


def logistic(*, C: float = 1.0, balanced: bool = False):
    """Return logistic regression on standardised inputs."""
    weight = "balanced" if balanced else None
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=C, class_weight=weight, max_iter=1000)
    )


MODELS = {
    "released": released,
    "candidate 1": candidate_1,
    "logistic": logistic,
    "balanced": lambda: logistic(balanced=True),
}


@cache
def score(model: str, learn: str, judge: str) -> np.ndarray:
    """Return what a model that learned from one part says of another."""
    return fitted(model, learn).predict_proba(parts()[judge][INPUTS].to_numpy())[:, 1]


@cache
def fitted(model: str, learn: str):
    """Return a model that learned from a part."""
    part = parts()[learn]
    return MODELS[model]().fit(part[INPUTS].to_numpy(), part["Class"].to_numpy())


# --- prices and decisions ---------------------------------------------------------------------


def bills(frame: pd.DataFrame, block: np.ndarray) -> np.ndarray:
    """Return the euros that each decision costs."""
    fraud, amount = frame["Class"].to_numpy() == 1, frame["Amount"].to_numpy()
    accepted = np.where(fraud, FEE + amount, 0.0)
    blocked = np.where(fraud, REVIEW, REVIEW + GOODWILL + MARGIN * amount)
    return np.where(block, blocked, accepted)


def accept_all(frame: pd.DataFrame) -> np.ndarray:
    """Return the euros of each payment if all are accepted."""
    return bills(frame, np.zeros(len(frame), dtype=bool))


def oracle(frame: pd.DataFrame) -> np.ndarray:
    """Return the euros of each payment if the truth were known."""
    return np.minimum(accept_all(frame), bills(frame, np.ones(len(frame), dtype=bool)))


def savings(frame: pd.DataFrame, block: np.ndarray) -> float:
    """Return the share of what the oracle saves."""
    accept = accept_all(frame).sum()
    return float((accept - bills(frame, block).sum()) / (accept - oracle(frame).sum()))


def saved_per_1000(frame: pd.DataFrame, block: np.ndarray) -> float:
    """Return the euros saved against accepting all, per 1,000 payments."""
    return float(1000 * (accept_all(frame) - bills(frame, block)).mean())


def cheapest(frame: pd.DataFrame, scores: np.ndarray) -> float:
    """Return the cheapest threshold, by walking down the sorted scores."""
    gain = bills(frame, np.zeros(len(frame), bool)) - bills(frame, np.ones(len(frame), bool))
    order = np.argsort(-scores, kind="stable")
    ranked, total = scores[order], np.cumsum(gain[order])
    last = np.append(ranked[1:] != ranked[:-1], True)  # where a threshold can lie
    ends = np.flatnonzero(last)
    best = ends[np.argmax(np.round(total[ends], 6))]
    return float(ranked[best])


def cross_fitted(frame: pd.DataFrame, scores: np.ndarray, stretches: int = 4) -> np.ndarray:
    """Decide each stretch of time by the threshold that was cheapest on the others."""
    time = frame["Time"].to_numpy()
    length = (time[-1] - time[0]) / stretches
    number = np.minimum(((time - time[0]) / length).astype(int), stretches - 1)
    block = np.zeros(len(frame), dtype=bool)
    for one in range(stretches):
        here = number == one
        block[here] = scores[here] >= cheapest(frame[~here], scores[~here])
    return block


def release_on_test() -> np.ndarray:
    """Return what the release blocks: learned, limited and judged on three different parts."""
    at = cheapest(parts()["valid"], score("released", "train", "valid"))
    return score("released", "train", "test") >= at


# --- measures ---------------------------------------------------------------------------------


def average_precision(model: str, learn: str, judge: str) -> float:
    """Return average precision."""
    return float(average_precision_score(parts()[judge]["Class"], score(model, learn, judge)))


def bursts(frame: pd.DataFrame, gap: float = 600.0) -> np.ndarray:
    """Return the number of the burst that each fraud belongs to, in order of time."""
    time = frame.loc[frame["Class"] == 1, "Time"].to_numpy()
    return np.cumsum(np.append(0, np.diff(time) > gap))


def burst_recall(frame: pd.DataFrame, block: np.ndarray) -> float:
    """Return the share of bursts of which at least one fraud is blocked."""
    caught = block[frame["Class"].to_numpy() == 1]
    return float(pd.Series(caught).groupby(bursts(frame)).any().mean())


def resampled(frame: pd.DataFrame, statistic, n: int = 300, seconds: float = 600.0) -> np.ndarray:
    """Return a statistic of row positions, on resamples of blocks of time that begin anywhere."""
    rng, time = np.random.default_rng(20), frame["Time"].to_numpy()
    length, blocks = time[-1] - time[0], round((time[-1] - time[0]) / seconds)
    found = []
    for _ in range(n):
        drawn = []
        for begin in time[0] + rng.uniform(0, length, blocks):
            drawn.append(np.arange(*np.searchsorted(time, [begin, begin + seconds])))
            if (over := begin + seconds - time[-1]) > 0:  # the circle closes
                drawn.append(np.arange(np.searchsorted(time, time[0] + over)))
        found.append(statistic(np.concatenate(drawn)))
    return np.array(found)
