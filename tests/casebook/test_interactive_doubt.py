"""The figures on uncertainty: the chart's own formulas, against the library's."""

import numpy as np
import pandas as pd
import pytest

from casebook.interactive import _certificate, _desk
from prerelease import costs as money
from prerelease import uncertainty as doubt

PRICES = money.CostModel()


@pytest.fixture(scope="module")
def payments() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    score = rng.beta(0.3, 3, size=600)
    return pd.DataFrame(
        {
            "Time": np.sort(rng.uniform(0, 6 * 3600, size=600)),
            "Amount": rng.lognormal(4, 1.5, size=600).round(2),
            "Class": (rng.uniform(size=600) < score).astype(int),
            "score": score,
        }
    )


@pytest.mark.parametrize(("fee", "missed"), [(1.0, 0.0), (5.0, 0.1), (20.0, 0.5)])
@pytest.mark.parametrize("k", [0, 1, 3, 20])
def test_the_chart_saves_what_the_library_bills(payments, fee, missed, k):
    incumbent = payments["score"].to_numpy() >= 0.4
    table = _desk.rows_that_matter(payments, incumbent, PRICES, doubt.ReviewDesk())
    found = _desk.saved_by_looks(table, fee, missed, PRICES, doubt.ReviewDesk())[k]
    desk = doubt.ReviewDesk(fee=fee, missed_share=missed)
    p, amount, time = (payments[name] for name in ("score", "Amount", "Time"))
    rule = doubt.three_way(p, amount, costs=PRICES, desk=desk, k=k, time=time)
    bills = [
        doubt.three_way_costs(payments["Class"], one, amount, costs=PRICES, desk=desk).sum()
        for one in (2 * incumbent, rule)
    ]
    assert found == pytest.approx(bills[0] - bills[1], abs=0.1)


def test_the_payments_stand_on_the_page_once(payments):
    shown = _desk.desk_saves(
        payments, payments["score"] > 0.4, costs=PRICES, desk=doubt.ReviewDesk(), looks=2
    )
    assert "values" in shown.spec["data"] or "name" in shown.spec["data"]
    assert not any("data" in layer for layer in shown.spec["layer"])


def test_payments_that_no_desk_looks_at_are_not_sent_to_the_page(payments):
    incumbent = payments["score"].to_numpy() >= 0.4
    table = _desk.rows_that_matter(payments, incumbent, PRICES, doubt.ReviewDesk())
    assert 0 < len(table) < len(payments)


@pytest.mark.parametrize(("n", "delta"), [(22, 0.1), (57, 0.1), (79, 0.05), (200, 0.2)])
def test_so_many_misses_certify_what_the_library_allows(n, delta):
    for recall in (0.8, 0.9, 0.95):
        values = {"n": n, "r": recall}
        for name, formula in _certificate.chances("datum.r").items():
            values[name] = eval(formula.replace("datum.", ""), {"pow": pow}, values)
        within = [m for m in range(_certificate.MOST_MISSED + 1) if values[f"c{m}"] <= delta]
        if n < doubt.positives_needed(recall=recall, delta=delta):
            assert not within
            continue
        allowed = doubt.misses_allowed(n, recall=recall, delta=delta)
        assert len(within) == min(allowed, _certificate.MOST_MISSED) + 1
        certified = _certificate.bound(n, np.arange(allowed + 2), delta)
        assert certified[allowed] >= recall > certified[allowed + 1]


@pytest.mark.parametrize("k", [0, 2, 20])
def test_the_interval_of_the_chart_is_near_that_of_the_bootstrap(payments, k):
    desk, p, amount, time = doubt.ReviewDesk(), *(payments[n] for n in ("score", "Amount", "Time"))
    incumbent = payments["score"].to_numpy() >= 0.4
    rule = doubt.three_way(p, amount, costs=PRICES, desk=desk, k=k, time=time)
    was, now = (
        doubt.three_way_costs(payments["Class"], one, amount, costs=PRICES, desk=desk)
        for one in (2 * incumbent, rule)
    )
    gain = np.bincount((time // 600).astype(int), was - now)
    values = {"saved": gain.sum(), "square": (gain**2).sum(), "cube": (gain**3).sum()}
    tools = {"pow": pow, "sqrt": np.sqrt, "max": max, "min": min}
    for name, formula in _desk.ends(len(gain)).items():
        values[name] = eval(formula.replace("datum.", ""), {**tools, **values})
    rng = np.random.default_rng(1)
    draws = rng.choice(gain, (20_000, len(gain))).sum(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    near = 0.12 * (high - low)
    assert values["low"] == pytest.approx(low, abs=near)
    assert values["high"] == pytest.approx(high, abs=near)
