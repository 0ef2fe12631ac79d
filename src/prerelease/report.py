"""One page about a reader's own scores: the figures of this book, in a file that needs no other."""

from collections.abc import Callable
from html import escape

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from prerelease import _html, _words, calibration, drift, uncertainty
from prerelease.costs import baselines, bayes_block, best_threshold, cost_curve
from prerelease.gate import METRICS, Scored, measure
from prerelease.plots import costs as cost_figures
from prerelease.plots import report as figures
from prerelease.plots import show, use_style

POINTS = 2000
"""Points that a curve is drawn with: more cannot be told apart."""
SHOWN = tuple(name for name in METRICS if not name.endswith("_at_k"))

__all__ = ["build", "drift_table", "metric_table", "review_curve"]


def build(
    scored: Scored,
    *,
    reference: Scored | None = None,
    desk: uncertainty.ReviewDesk | None = None,
    n_resamples: int = 2000,
) -> str:
    """Return the report on scored payments.

    Parameters
    ----------
    scored : Scored
        The payments, the prices and the rule that decides.
    reference : Scored, optional
        An earlier period, to tell whether the world has moved since.
    desk : ReviewDesk, optional
        What a look by a person costs, and how often it errs.
    n_resamples : int, default 2000
        Resamples of each bootstrap.

    Returns
    -------
    str
        One HTML file: metrics with intervals, cost curve, calibration, what a review buys, and
        drift. A part that these rows cannot show says why.

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
    name = str(scored.frame.attrs.get("name", "scores"))
    parts: list[tuple[str, Callable[[], str]]] = [
        ("How good is it, give or take?", lambda: _metrics(scored, n_resamples)),
        ("What does each threshold cost?", lambda: _costs(scored)),
        ("Do the probabilities mean what they say?", lambda: _calibration(scored)),
        ("When should it not decide?", lambda: _reviews(scored, desk or uncertainty.ReviewDesk())),
    ]
    if reference is not None:
        parts.append(("Has the world moved?", lambda: _drift(reference, scored)))
    body = [f"<h1>What is this model worth?</h1>\n{_html.paragraph(_summary(scored, name))}"]
    for title, make in parts:
        body.append(f"<h2>{escape(title)}</h2>")
        try:
            body.append(make())
        except ValueError as error:  # these rows cannot show it, and the page says why
            body.append(_html.paragraph(f"These rows cannot show it. {error}"))
    return _html.document(f"Report on {name}", "\n".join(body))


def _summary(scored: Scored, name: str) -> str:
    n, frauds = len(scored.frame), int(scored.label.sum())
    costs = ", ".join(f"{key} {value:g}" for key, value in vars(scored.costs).items())
    rule = scored.decision.rule
    rule += "" if scored.decision.threshold is None else f" {scored.decision.threshold:g}"
    return (
        f"{name}: {n:,} payments over {scored.span / 3600:,.4g} hours, {frauds:,} of them fraud "
        f"({frauds / n:.3%}). Rule: {rule}. Costs in euros: {costs}. "
        f"SHA-256 of the file: {scored.frame.attrs.get('sha256', 'unknown')}."
    )


def metric_table(scored: Scored, *, n_resamples: int = 2000) -> pd.DataFrame:
    """Return every metric of scored payments, with its interval.

    Parameters
    ----------
    scored : Scored
        The payments.
    n_resamples : int, default 2000
        Resamples of each bootstrap.

    Returns
    -------
    pandas.DataFrame
        Index ``metric``; columns ``value``, ``low``, ``high``, ``unit`` and ``doubt``, which
        says why there is no value or why its interval may not be relied upon.

    Examples
    --------
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> frame = pd.DataFrame({"time": [0.0, 9.0], "amount": 1.0, "label": [0, 1], "score": 0.5})
    >>> metric_table(Scored(frame, CostModel(), Decision())).loc["payments", "value"].item()
    2.0
    """
    rows = []
    for name in SHOWN:
        found = measure(scored, name, n_resamples=n_resamples)
        low, high = (
            (np.nan, np.nan)
            if found.interval is None
            else (found.interval.low, found.interval.high)
        )
        rows.append((name, found.value, low, high, found.unit, found.doubt))
    columns = ["metric", "value", "low", "high", "unit", "doubt"]
    return pd.DataFrame(rows, columns=columns).set_index("metric")


def _metrics(scored: Scored, n_resamples: int) -> str:
    rows = []
    for name, row in metric_table(scored, n_resamples=n_resamples).iterrows():
        value = row["value"]
        found = "none" if value is None or np.isnan(value) else _words.number(value)
        if np.isfinite(row["low"]):
            found = _words.with_interval(value, row["low"], row["high"])
        doubt = f" ({escape(row['doubt'])})" if row["doubt"] else ""
        rows.append([f"<code>{name}</code>", found + doubt, escape(row["unit"])])
    note = (
        "Brackets are 95 % intervals: percentiles of a bootstrap of whole stretches of "
        f"{scored.block_seconds:g} s; for recall and precision, at least as wide as the exact "
        "binomial ones."
    )
    header = ("Metric", "Value [interval]", "Unit")
    return _html.table(header, rows, caption="Metrics with intervals") + _html.paragraph(note)


def _thin(table: pd.DataFrame) -> pd.DataFrame:
    """Return at most `POINTS` rows: close together where the first ones are."""
    if len(table) <= POINTS:
        return table
    wanted = np.geomspace(1, len(table), POINTS) - 1
    return table.iloc[np.unique(np.r_[0, wanted.astype(int), len(table) - 1])]


def _figure(figure: Figure, alt: str) -> str:
    return show(figure, alt=alt).data


def _costs(scored: Scored) -> str:
    y, score, amount, costs = scored.label, scored.score, scored.amount, scored.costs
    bounds = baselines(y, amount, costs=costs)
    best = best_threshold(y, score, amount, costs=costs)
    drawn = cost_figures.cost_curves(
        {"this model": _thin(cost_curve(y, score, amount, costs=costs))},
        baselines=bounds,
        title="What does each threshold cost?",
        chosen={"this model": best.threshold},
    )
    told = (
        f"On these rows the cheapest single threshold is {best.threshold:.4g}: "
        f"{best.cost_per_1000:,.2f} € per 1,000 payments, against "
        f"{bounds.loc['accept all', 'cost_per_1000']:,.2f} € for accepting all and "
        f"{bounds.loc['oracle', 'cost_per_1000']:,.2f} € for an oracle. It was chosen on the rows "
        "that price it, so it looks better than it is: choose on earlier rows than those that "
        "judge."
    )
    alt = "Cost of each threshold in euros per 1,000 payments, between accept-all and the oracle."
    return _figure(drawn, alt) + _html.paragraph(told)


def _calibration(scored: Scored) -> str:
    table = calibration.reliability_table(scored.label, scored.score)
    drawn = cost_figures.reliability({"this model": table}, title="Are promises kept?")
    parts = calibration.decompose(scored.label, scored.score)
    share = parts.miscalibration / parts.uncertainty
    told = (
        f"Promised {scored.score.sum():,.1f} frauds, found {scored.label.sum():,.0f}. "
        f"Miscalibration is {share:.1%} of the log-loss that the share of frauds alone would give; "
        "some of that is found even where there is none, more with fewer frauds."
    )
    alt = "Share of frauds found against the share promised, by size of promise, with intervals."
    return _figure(drawn, alt) + _html.paragraph(told)


def review_curve(scored: Scored, desk: uncertainty.ReviewDesk) -> pd.DataFrame:
    """Return what decisions cost as more payments are looked at, those worth it most first.

    Parameters
    ----------
    scored : Scored
        The payments; their scores are taken as probabilities.
    desk : ReviewDesk
        Who looks, what it costs and how often they err.

    Returns
    -------
    pandas.DataFrame
        Columns ``reviews_per_1000`` and ``cost_per_1000`` (euros), from no review to as many as
        are expected to pay; at most `POINTS` rows.

    Examples
    --------
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> frame = pd.DataFrame({"time": [0, 9], "amount": 90.0, "label": [0, 1], "score": 0.2})
    >>> curve = review_curve(Scored(frame, CostModel(), Decision()), uncertainty.ReviewDesk())
    >>> curve["reviews_per_1000"].tolist()
    [0.0, 500.0, 1000.0]
    """
    y, score, amount, costs = scored.label, scored.score, scored.amount, scored.costs
    n = len(y)
    alone = 2 * bayes_block(score, amount, costs=costs).astype(np.int8)
    looked = np.ones(n, dtype=np.int8)
    prices = {"costs": costs, "desk": desk}
    expected = [
        uncertainty.expected_three_way_cost(score, some, amount, **prices)
        for some in (alone, looked)
    ]
    gain = expected[0] - expected[1]
    order = np.argsort(-gain, kind="stable")[: int((gain > 0).sum())]
    real = [uncertainty.three_way_costs(y, some, amount, **prices) for some in (alone, looked)]
    change = np.concatenate([[0.0], np.cumsum((real[1] - real[0])[order])])
    return _thin(
        pd.DataFrame(
            {
                "reviews_per_1000": 1000 * np.arange(len(change)) / n,
                "cost_per_1000": 1000 * (real[0].sum() + change) / n,
            }
        )
    )


def _reviews(scored: Scored, desk: uncertainty.ReviewDesk) -> str:
    curve = review_curve(scored, desk)
    drawn = figures.review_gain(curve, title="What does a look by a person buy?")
    first, last = curve.iloc[0], curve.iloc[-1]
    told = (
        "The scores are taken as probabilities, and each payment gets the decision that is the "
        f"cheapest for it. With accept and block alone that costs {first['cost_per_1000']:,.2f} € "
        f"per 1,000 payments; with a look wherever one is expected to pay, "
        f"{last['reviews_per_1000']:,.2f} looks per 1,000, {last['cost_per_1000']:,.2f} €. A look "
        f"costs {desk.fee:g} €, a customer who waits {desk.wait:g} €; a reviewer lets "
        f"{desk.missed_share:.0%} of the frauds go and refuses {desk.refused_share:.0%} of the "
        "honest payments. Those are assumptions: put in your own."
    )
    alt = "Cost in euros per 1,000 payments as more payments are looked at by a person."
    return _figure(drawn, alt) + _html.paragraph(told)


def drift_table(reference: Scored, current: Scored) -> pd.DataFrame:
    """Return whether amounts and scores have moved between two periods.

    Parameters
    ----------
    reference, current : Scored
        The earlier and the later period.

    Returns
    -------
    pandas.DataFrame
        `prerelease.drift.feature_drift`: a distance for each column, its p-value from exchanging
        stretches of time, and whether it is a finding at a false discovery rate of 5 %.

    Examples
    --------
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame({"time": np.arange(4000.0), "amount": rng.exponential(size=4000),
    ...                       "label": 0, "score": rng.random(4000) / 2})
    >>> first, second = (Scored(one, CostModel(), Decision(), 100.0)
    ...                  for one in (frame, frame.assign(score=frame["score"] * 2)))
    >>> drift_table(first, second)["alarm"].tolist()
    [False, True]
    """
    frames = [one.frame[["time", "amount", "score"]] for one in (reference, current)]
    return drift.feature_drift(*frames, block=current.block_seconds)


def _drift(reference: Scored, current: Scored) -> str:
    table = drift_table(reference, current)
    rows = [
        [
            escape(name),
            f"{row['ks']:.3g}",
            f"{row['p_value']:.3g}",
            f"{row['q_value']:.3g}",
            "moved" if row["alarm"] else "no finding",
        ]
        for name, row in table.iterrows()
    ]
    header = ("Column", "Distance (Kolmogorov-Smirnov)", "p", "q", "Finding")
    grid = np.geomspace(1e-5, 1, 200)
    tails = {
        name: 1 - np.searchsorted(np.sort(one.score), grid) / len(one.frame)
        for name, one in (("reference", reference), ("current", current))
    }
    drawn = figures.distributions(
        pd.DataFrame({"score": grid, **tails}), title="Have the scores moved?"
    )
    rates = [one.label.mean() for one in (reference, current)]
    told = (
        f"Share of frauds: {rates[0]:.3%} before, {rates[1]:.3%} now. p-values come from "
        f"exchanging whole stretches of {current.block_seconds:g} s between the periods. A "
        "distance that is found says that something moved, not that it costs anything."
    )
    alt = "Share of payments at or above each score, in the reference and the current period."
    return _html.table(header, rows, caption="Drift") + _figure(drawn, alt) + _html.paragraph(told)
