"""Has the world moved since the reference? What needs no label."""

from html import escape

import numpy as np
import pandas as pd

from prerelease import _html, drift, words
from prerelease.gate import Scored
from prerelease.gate._scores import OWN
from prerelease.report._figures import distributions, shown


def _drift_table(reference: Scored, current: Scored) -> pd.DataFrame:
    """Return whether amounts and scores have moved between two periods."""
    frames = (
        pd.DataFrame({name: getattr(one, name) for name in ("time", "amount", "score")})
        for one in (reference, current)
    )
    return drift.feature_drift(*frames, block=current.block_seconds)


def _about_reference(reference: Scored, current: Scored) -> str:
    """Say what about the two periods makes a comparison mean less, or return nothing."""
    one, other = reference.frame, current.frame
    if one["score"].equals(other["score"]) and one["amount"].equals(other["amount"]):
        return "The reference holds the very rows of the scores: nothing can have moved. "
    if not ("time" in one and "time" in other):
        return ""
    told, dated = "", [bool(frame.attrs[OWN]["start"]) for frame in (one, other)]
    if dated[0] == dated[1] and _when(reference, -1) > _when(current, 0):
        told = "The reference is no earlier period: it ends after the scores begin. "
    spans = reference.span / 3600, current.span / 3600
    if max(spans) > 1.1 * min(spans):
        told += (
            f"The periods are {spans[0]:,.3g} and {spans[1]:,.3g} hours long: what follows the "
            "hour or the day of the week may look as if it had moved. "
        )
    return told


def _when(scored: Scored, row: int) -> float:
    """Return the seconds of a row, since 1970 where it is dated."""
    start = scored.frame.attrs[OWN]["start"]
    return scored.time[row] + (pd.to_datetime(start, utc=True).timestamp() if start else 0.0)


def moved(reference: Scored, current: Scored) -> str:
    """Return the part of the page on drift."""
    rows = [
        [
            escape(name),
            *(f"{row[column]:.3g}" for column in ("ks", "p_value", "q_value")),
            "moved" if row["alarm"] else "no finding",
        ]
        for name, row in _drift_table(reference, current).iterrows()
    ]
    header = ("Column", "Distance (Kolmogorov-Smirnov)", "p", "q", "Finding")
    grid = np.geomspace(1e-5, 1, 200)
    tails = {
        name: 1 - np.searchsorted(np.sort(one.score), grid) / len(one.frame)
        for name, one in (("reference", reference), ("current", current))
    }
    table = pd.DataFrame({"score": grid, **tails})
    drawn = distributions(table)
    said = words()
    before, now = (
        one.weight @ one.frame["label"] / one.weight.sum() for one in (reference, current)
    )
    shares = f"{before:.3%} before, {now:.3%} now".replace("nan%", "unknown")
    told = (
        f"{_about_reference(reference, current)}Share of {said.positives}: {shares}. p-values come "
        f"from exchanging whole stretches of {current.block_seconds:g} s between the periods. A "
        "distance that is found says that something moved, not that it costs anything."
        f"{unweighted('the distances', reference, current)}"
    )
    alt = f"Share of {said.cases} at or above each score, in the reference and the current period."
    return _html.table(header, rows, caption="Drift") + shown(drawn, told, alt=alt)


def unweighted(what: str, *some: Scored) -> str:
    """Say that weights play no part, where there are any."""
    if all(np.all(one.weight == 1) for one in some):
        return ""
    return f" The figure and {what} count each row once, whatever its weight."
