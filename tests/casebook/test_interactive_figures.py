"""Interactive figures: what a page holds, and that the picture and the chart say the same."""

import json
import re

import altair
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from casebook import interactive, mode
from casebook.interactive import _gate, _play, _prices, _retraining, _search, _significance, _width
from prerelease import stages
from prerelease.costs import CostModel, baselines, row_costs
from prerelease.intervals import Interval
from prerelease.plots import use_style
from prerelease.plots._style import subplots


@pytest.fixture
def html(monkeypatch) -> str:
    """What the site gets of the figure of the landing page."""
    monkeypatch.setenv(mode.FOR_THE_SITE, "1")
    use_style()
    return interactive.interval_width(75, 0.72)._repr_mimebundle_()["text/html"]


def test_a_page_grows_by_less_than_100_kb_and_names_no_other_host(html):
    assert len(html.encode()) < 100_000
    assert "http" not in html


def test_the_page_holds_the_chart_and_the_picture_of_it(html):
    spec = json.loads(re.search(r'<script type="application/json">(.*)</script>', html)[1])
    assert [one["name"] for one in spec["params"]] == ["n", "share", "burst"]
    assert html.count("<img") == 2


def test_a_notebook_gets_the_chart_and_in_words_what_is_seen(monkeypatch):
    monkeypatch.delenv(mode.FOR_THE_SITE, raising=False)
    bundle = interactive.interval_width(75, 0.72)._repr_mimebundle_()
    assert set(bundle) == {_play.IN_NOTEBOOKS, "text/plain"}
    assert bundle["text/plain"].startswith("The 95 % interval")


def test_nothing_in_a_chart_can_end_its_script(monkeypatch):
    monkeypatch.setenv(mode.FOR_THE_SITE, "1")
    data = altair.Data(values=[{"x": "</script><b>"}])
    chart = altair.Chart(data).mark_bar().encode(x="x:N")
    shown = interactive.play(chart, subplots()[0], alt="One bar with a name that is wild.")
    html = shown._repr_mimebundle_()["text/html"]
    assert html.count("</script>") == 1


@pytest.mark.parametrize(("share", "n"), [(0.5, 10), (0.72, 75), (0.99, 2000)])
def test_the_interval_of_the_picture_is_scipys(share, n):
    hits = share * n
    found = [float(one[0]) for one in _width._wilson(hits / n, np.array([n]))]
    z = stats.norm.ppf(0.975)
    # Wilson's ends are where the score test just does not reject
    for end in found:
        assert abs(share - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(z, rel=1e-5)


@pytest.mark.parametrize("bound", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("n", [57, 400])
def test_the_chance_of_a_pass_is_near_the_exact_one(n, bound):
    truth = np.linspace(bound + 0.02, 0.98, 9)
    not_passed, failed = _gate.chances(truth, n, bound)
    exact = [stages.power(n, truth=share, bound=bound, above=True) for share in truth]
    # Clopper and Pearson's interval asks for a case or two more than the score interval
    assert np.abs(1 - not_passed - exact).max() < 1.5 / np.sqrt(n)
    assert np.all(failed < 0.025)


def test_savings_between_two_prices_are_those_of_the_bill():
    # a policy that saves 90 a day and retrains every other day, by hand
    prices = (0, 50, 200, 1000)
    rows = [
        (
            1.0,
            price,
            "alarm",
            Interval(90 - price / 2, 80 - price / 2, 100 - price / 2, 0.95, "", 9),
        )
        for price in prices
    ]
    saved = pd.DataFrame(rows, columns=["delay", "retraining_cost", "policy", "saved"])
    parts = _retraining.segments(saved)
    for price, size in ((0, 1), (50, 1), (120, 1), (1000, 1), (1000, 20), (330, 3)):
        found = _retraining.at(parts, price, 1.0, size).loc["alarm"]
        expected = size * 90 - price / 2
        assert found.tolist() == pytest.approx(
            [expected, expected - 10 * size, expected + 10 * size]
        )


@pytest.mark.parametrize("distance", [0.005, 0.05, 0.3])
def test_p_values_of_the_chart_are_kolmogorovs(distance):
    rows = np.logspace(2, 6, 30)
    exact = np.clip(stats.kstwobign.sf(distance * np.sqrt(rows / 2)), 1e-12, 1)
    assert _significance.p_value(rows, distance) == pytest.approx(exact, rel=1e-6, abs=0.04)


@pytest.mark.parametrize(("apart", "n"), [(0.1, 300), (0.3, 75), (0.05, 1500)])
def test_the_lead_that_is_told_apart_is_found_four_times_in_five(apart, n):
    lead = float(_width.leads(apart, n))
    assert lead == pytest.approx(_width.REACH * np.sqrt((apart - lead**2) / n))
    only = np.array([(apart + lead) / 2, (apart - lead) / 2])
    one, other, _ = np.random.default_rng(0).multinomial(n, [*only, 1 - apart], size=20_000).T
    gap = (one - other) / n
    error = np.sqrt(((one + other) / n - gap**2) / n)
    assert np.mean(gap > 1.96 * error) == pytest.approx(0.8, abs=0.04)


def test_leads_are_asked_about_only_where_models_are_compared():
    plain, compared = (
        interactive.interval_width(75, 0.72),
        interactive.interval_width(75, 0.72, 0.1),
    )
    assert "apart" not in json.dumps(plain.spec)
    assert [one["name"] for one in compared.spec["params"]][-1] == "apart"
    assert f"catch {_width.leads(0.1, 75):.2f} more" in compared.picture.alt
    assert "Any lead could be luck" in interactive.interval_width(75, 0.72, 0.05).picture.alt


@pytest.mark.parametrize("prices", [{}, {"review": 12.0}, {"miss_fee": 300.0, "goodwill": 100.0}])
def test_prices_of_the_chart_are_the_librarys(prices):
    rng, costs = np.random.default_rng(0), CostModel(recovery_share=0.1, **prices)
    y, amount = np.arange(500) % 20 == 0, rng.exponential(80, 500).round(2)
    score = np.clip(rng.normal(0.2 + 0.5 * y, 0.2), 0, 1)
    found = _prices.priced(_prices.tallies(y, amount, {"a": score}), costs)
    for at, cost in found.set_index("threshold")["cost"].items():
        assert cost == pytest.approx(row_costs(y, score >= at, amount, costs=costs).sum())
    everything = baselines(y, amount, costs=costs).loc["accept all", "cost"]
    assert found["all"].to_numpy() == pytest.approx(everything)


@pytest.mark.parametrize(("settings", "seeds", "repeats"), [(0.01, 0.02, 1), (0.02, 0.02, 4)])
def test_what_a_search_shows_and_what_is_left_are_those_of_a_simulated_search(
    settings, seeds, repeats
):
    rng = np.random.default_rng(0)
    truth = rng.normal(0, settings, (20_000, 12))
    score = truth + rng.normal(0, seeds / np.sqrt(repeats), truth.shape)
    best = score.argmax(axis=1)[:, None]
    found = [np.take_along_axis(one, best, axis=1).mean() for one in (score, truth)]
    assert _search.gains(12, settings, seeds, repeats) == pytest.approx(found, rel=0.03)


def test_nothing_is_left_where_seeds_are_all_the_spread_and_all_where_there_is_none():
    shown, left = _search.gains([1, 10, 60], 0.0, 0.02)
    assert shown[0] == pytest.approx(0, abs=1e-6)
    assert np.all(left == 0)
    assert shown[1:] == pytest.approx([0.02 * 1.53875, 0.02 * 2.3193], rel=1e-3)
    both = _search.gains([1, 10, 60], 0.02, 0.0)
    assert both[0] == pytest.approx(both[1])
    assert float(_search.gains(5, 0.0, 0.0)[1]) == 0


def test_spreads_are_those_that_the_searches_were_drawn_with():
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 0.02, (400, 8))
    trials = truth + rng.normal(0, 0.01, truth.shape)
    again = truth[:, :1] + rng.normal(0, 0.01, (400, 3))
    again[:, 0] = np.nan
    assert _search.spreads(again, trials) == pytest.approx((0.02, 0.01), rel=0.1)
    assert np.isnan(_search.spreads([[0.7]], [[0.7, 0.8]])).all()


def test_more_trials_overstate_a_search_more_and_more_seeds_less():
    trials = np.arange(1, 61)
    over = [np.subtract(*_search.gains(trials, 0.01, 0.01, repeats)) for repeats in (1, 2, 10)]
    assert np.all(np.diff(over[0]) > 0)
    assert np.all(over[0][1:] > over[1][1:])
    assert np.all(over[1][1:] > over[2][1:])


def test_an_answer_is_worth_what_it_saves_less_its_calls_and_trainings():
    use_style()
    rows = pd.DataFrame(
        {
            "seed": [0, 1, 0, 1],
            "answer": ["stop", "stop", "retrain", "retrain"],
            "euros": [900.0, 500.0, 2000.0, 0.0],
            "calls": [1, 3, 2, 2],
            "trainings": [0, 0, 1, 1],
        }
    )
    shown = interactive.answers_pay(rows)
    assert "kill switch 600 €; retrain 400 €" in shown.picture.alt  # 50 a call, 500 a training
    values = json.dumps(shown.spec)
    assert "datum.euros - call * datum.calls - training * datum.trainings" in values
    assert [one["value"] for one in shown.spec["params"][:2]] == [50, 500]
