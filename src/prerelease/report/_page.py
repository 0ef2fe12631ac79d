"""The page: what it asks of the cases, part by part."""

from collections.abc import Callable
from html import escape

import numpy as np
import pandas as pd

from prerelease import _html, calibration, uncertainty, words
from prerelease.costs import baselines, bayes_block
from prerelease.costs._curve import cheapest, curve_at
from prerelease.gate import Scored, measure, units
from prerelease.gate._columns import OWN
from prerelease.gate._labels import Maturity
from prerelease.gate._measure import Measured
from prerelease.gate._names import UNLABELLED
from prerelease.gate._terms import rule
from prerelease.plots import costs as cost_figures
from prerelease.plots import use_style
from prerelease.report._figures import review_gain, shown
from prerelease.report._labels import expected, measured, which, with_labels
from prerelease.report._moved import moved, unweighted
from prerelease.report._over_time import over_time

POINTS = 2000
"""Points that a curve is drawn with: more cannot be told apart."""
AT_ONCE = 1_000_000
"""Rows that are priced at once, with nine numbers each."""


def build(
    scored: Scored,
    *,
    reference: Scored | None = None,
    desk: uncertainty.ReviewDesk | None = None,
    labels: Maturity | None = None,
    every: str = "",
) -> str:
    """Return the report on scored cases.

    Parameters
    ----------
    scored : Scored
        The cases, the prices and the rule that decides.
    reference : Scored, optional
        An earlier period, to tell whether the world has moved since.
    desk : ReviewDesk, optional
        What a look by a person costs, and how often it errs.
    labels : Maturity, optional
        Up to where labels are complete, as the criteria state it; by default as it is seen.
    every : {"", "hour", "day", "week"}
        Periods that metrics are shown by; by default they fit the span.

    Returns
    -------
    str
        One HTML file: metrics with intervals, on the whole and over time, cost curve, calibration,
        what a review buys, and drift; where labels are missing, which, and what may be expected of
        those rows. A part that these rows cannot show says why.

    Examples
    --------
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> frame = pd.DataFrame({"time": [0.0, 9.0], "amount": 1.0, "label": [0, 1], "score": 0.5})
    >>> page = build(Scored(frame, CostModel(), Decision()))
    >>> "needs 20" in page
    True
    """
    use_style()
    name = scored.frame.attrs[OWN]["name"]
    labels, desk = labels or Maturity(), desk or uncertainty.ReviewDesk()
    known, late = with_labels(scored, labels), scored.frame["label"].isna().any()
    found = {
        metric: measure(scored if metric in UNLABELLED else known, metric)
        for metric in units()
        if not metric.endswith("_at_k")
    }
    timed = "time" in scored.frame
    parts: list[tuple[str, bool, Callable[[], str]]] = [
        ("Which labels are there?", late or bool(labels), lambda: which(scored, known, labels)),
        ("How good is it, give or take?", True, lambda: _metrics(found, scored)),
        ("Is it the same all the time?", timed, lambda: over_time(scored, known, found, every)),
        ("What may be expected without labels?", late, lambda: expected(scored, known, found)),
        ("What does each threshold cost?", True, lambda: _costs(known)),
        ("Do the probabilities mean what they say?", True, lambda: _calibration(known)),
        ("When should it not decide?", True, lambda: _reviews(known, desk)),
        ("Has the world moved?", reference is not None, lambda: moved(reference, scored)),
    ]
    body = [f"<h1>What is this model worth?</h1>\n{_html.paragraph(_summary(scored, name))}"]
    for title, make in [(title, make) for title, asked, make in parts if asked]:
        body.append(f"<h2>{escape(title)}</h2>")
        try:
            body.append(make())
        except ValueError as error:  # these rows cannot show it, and the page says why
            body.append(_html.paragraph(f"These rows cannot show it. {error}"))
    return _html.document(f"Report on {name}", "\n".join(body))


def _summary(scored: Scored, name: str) -> str:
    n, label, said = scored.weight.sum(), scored.frame["label"], words()
    found, missing = scored.weight @ label.fillna(0), int(label.isna().sum())
    share = found / max(scored.weight @ label.notna(), 1e-9)
    over = f" over {scored.span / 3600:,.4g} hours" if "time" in scored.frame else ""
    late = f", {missing:,} without a label yet" if missing else ""
    of = " of those with a label" if missing else ""
    if np.any(scored.weight != 1):
        late += f", by the weights of {len(label):,} rows"
    costs = ", ".join(f"{key} {value:g}" for key, value in vars(scored.costs).items())
    return (
        f"{name}: {n:,.0f} {said.cases}{over}, {found:,.0f} of them {said.positives} "
        f"({share:.3%}{of}){late}. Rule: {rule(scored)}. {said.in_currency('Costs')}: {costs}. "
        f"SHA-256 of the file: {scored.frame.attrs[OWN]['sha256']}."
    )


def _metrics(metrics: dict[str, Measured], scored: Scored) -> str:
    rows = []
    for name, one in metrics.items():
        doubt = f" ({escape(one.doubt)})" if one.doubt else ""
        rows.append([f"<code>{name}</code>", measured(one) + doubt, escape(one.unit)])
    note = (
        "Brackets are 95 % intervals. They allow for cases of the same stretch of "
        f"{scored.block_seconds:g} s, or of a longer one where a metric varies more in those, to "
        "share their fate."
    )
    header = ("Metric", "Value [interval]", "Unit")
    return _html.table(header, rows, caption="Metrics with intervals") + _html.paragraph(note)


def _few(n: int) -> np.ndarray:
    """Return at most `POINTS` of `n` rows: close together where the first ones are."""
    if n <= POINTS:
        return np.arange(n)
    return np.unique(np.r_[0, (np.geomspace(1, n, POINTS) - 1).astype(int), n - 1])


def _costs(scored: Scored) -> str:
    y, score, amount = scored.label, scored.score, scored.amount
    priced = {"costs": scored.costs, "weight": scored.weight}
    bounds = baselines(y, amount, **priced)
    curve = curve_at(
        lambda cost: np.append(_few(len(cost)), cheapest(cost)), y, score, amount, **priced
    )
    best = curve.iloc[-1]
    drawn = cost_figures.cost_curves(
        {"this model": curve.iloc[:-1]},
        baselines=bounds,
        title="What does each threshold cost?",
        chosen={"this model": best.threshold},
    )
    told = (
        f"On these rows the cheapest single threshold is {best.threshold:.4g}: "
        f"{best.cost_per_1000:,.2f} {words().per_1000}, against "
        f"{bounds.loc['accept all', 'cost_per_1000']:,.2f} for accepting all and "
        f"{bounds.loc['oracle', 'cost_per_1000']:,.2f} for an oracle. It was chosen on the rows "
        "that price it, so it looks better than it is: choose on earlier rows than those that "
        "judge."
    )
    alt = f"Cost of each threshold ({words().per_1000}), between accept-all and the oracle."
    return shown(drawn, told, alt=alt)


def _calibration(scored: Scored) -> str:
    said = words()
    table = calibration.reliability_table(scored.label, scored.score)
    drawn = cost_figures.reliability({"this model": table}, title="Are promises kept?")
    parts = calibration.decompose(scored.label, scored.score)
    told = (
        f"Promised {scored.weight @ scored.score:,.1f} {said.positives}, found "
        f"{scored.weight @ scored.label:,.0f}. "
        f"Miscalibration is {parts.miscalibration / parts.uncertainty:.1%} of the log-loss that "
        f"the share of {said.positives} alone would give; some of that is found even where there "
        f"is none, more with fewer {said.positives}.{unweighted('miscalibration', scored)}"
    )
    alt = f"Share of {said.positives} found against the share promised, with intervals."
    return shown(drawn, told, alt=alt)


def _review_curve(scored: Scored, desk: uncertainty.ReviewDesk) -> pd.DataFrame:
    """Return what decisions cost as more cases are looked at, those worth it most first.

    From no review to as many as are expected to pay, by scores that are taken as probabilities.
    """
    score, amount, weight = scored.score, scored.amount, scored.weight
    alone = 2 * bayes_block(score, amount, costs=scored.costs).astype(np.int8)
    looked = np.ones_like(alone)

    def saved_by_looking(chance: np.ndarray) -> tuple[np.ndarray, float]:
        saved, cost = [], 0.0
        for rows in (slice(n, n + AT_ONCE) for n in range(0, len(chance), AT_ONCE)):
            prices = {"costs": scored.costs, "desk": desk}
            without, with_looks = (
                uncertainty.three_way_costs(chance[rows], some[rows], amount[rows], **prices)
                for some in (alone, looked)
            )
            saved.append(without - with_looks)
            cost += weight[rows] @ without
        return np.concatenate(saved), cost

    gain, _ = saved_by_looking(score)
    order = np.argsort(-gain, kind="stable")[: int((gain > 0).sum())]
    real, without = saved_by_looking(scored.label)
    cost = without - np.append(0.0, np.cumsum((weight * real)[order]))
    looks = np.append(0.0, np.cumsum(weight[order]))
    some, each = _few(len(looks)), 1000 / weight.sum()
    return pd.DataFrame(
        {"reviews_per_1000": each * looks[some], "cost_per_1000": each * cost[some]}
    )


def _reviews(scored: Scored, desk: uncertainty.ReviewDesk) -> str:
    said = words()
    curve = _review_curve(scored, desk)
    drawn = review_gain(curve)
    first, last = curve.iloc[0], curve.iloc[-1]
    fee, wait = (f"{price:g} {said.currency}".rstrip() for price in (desk.fee, desk.wait))
    told = (
        f"The scores are taken as probabilities, and each {said.case} gets the decision that is "
        f"the cheapest for it. With accept and block alone that costs {first['cost_per_1000']:,.2f}"
        f" {said.per_1000}; with a look wherever one is expected to pay, "
        f"{last['reviews_per_1000']:,.2f} looks per 1,000, {last['cost_per_1000']:,.2f}. "
        f"A look costs {fee}, the wait of each {said.negative} that is held {wait}; a reviewer "
        f"lets {desk.missed_share:.0%} of the {said.positives} go and refuses "
        f"{desk.refused_share:.0%} of the {said.negatives}. Those are assumptions: put in your own."
    )
    alt = f"Cost ({said.per_1000}) as more {said.cases} are looked at by a person."
    return shown(drawn, told, alt=alt)
