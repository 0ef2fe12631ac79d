"""Rates, priors and performance: right where their assumption holds, and known where not."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from prerelease import costs, drift
from prerelease.drift import _performance


def burst(n, starts, size, spacing=5):
    labels = np.zeros(n, dtype=int)
    for start in starts:
        labels[start : start + size * spacing : spacing] = 1
    return labels


def change(reference, current, **options):
    return drift.label_rate_change(
        np.arange(float(len(reference))),
        reference,
        np.arange(float(len(current))),
        current,
        **{"n_permutations": 499, **options},
    )


def test_independent_positives_give_the_exact_binomial_test():
    rng = np.random.default_rng(0)
    before, after = rng.random(60_000) < 0.002, rng.random(30_000) < 0.004
    found = change(before, after)
    exact = stats.binomtest(int(after.sum()), int(before.sum() + after.sum()), 1 / 3).pvalue
    assert found.naive_p_value == pytest.approx(exact, rel=1e-9)
    assert found.ratio.estimate == pytest.approx(after.mean() / before.mean())
    assert found.design_effect < 1.6
    assert found.p_value < 0.01


def test_the_interval_of_the_ratio_inverts_the_binomial_one():
    found = change(burst(6000, [0, 3000], 1), burst(3000, [0, 900, 1800], 1))
    share = stats.binomtest(3, 5, 1 / 3).proportion_ci(method="exact")
    for own, end in ((found.naive.low, share.low), (found.naive.high, share.high)):
        assert own == pytest.approx(end / (1 - end) * 2)


def test_a_burst_is_one_piece_of_news():
    before = burst(60_000, [5_000, 35_000], 5)
    after = burst(30_000, [9_000], 20)
    found = change(before, after)
    assert found.naive_p_value < 1e-3
    assert found.p_value > 0.05
    assert found.design_effect > 5
    assert found.ratio.low < found.naive.low < found.naive.high < found.ratio.high


def test_p_values_of_bursts_are_valid_when_nothing_has_changed():
    p, naive = [], []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        world = burst(60_000, rng.choice(59_000, 12, replace=False), 8)
        found = change(world[:40_000], world[40_000:], n_permutations=99)
        p.append(found.p_value)
        naive.append(found.naive_p_value)
    assert np.mean(np.array(p) <= 0.1) < 0.2
    assert np.mean(np.array(naive) <= 0.1) > 0.25


def test_a_window_without_positives_has_a_ratio_of_nought_and_an_end():
    found = change(burst(6000, range(0, 6000, 500), 1), np.zeros(3000))
    assert found.ratio.estimate == found.ratio.low == 0
    assert 0 < found.ratio.high < np.inf
    assert 0 < found.p_value <= 1


def test_a_reference_without_positives_has_no_upper_end():
    found = change(np.zeros(3000), burst(6000, range(0, 6000, 500), 1))
    assert found.ratio.estimate == found.ratio.high == np.inf
    assert np.isfinite(found.ratio.low)


def test_no_positive_on_either_side_is_refused():
    with pytest.raises(ValueError, match="must hold a positive, got none"):
        change(np.zeros(3000), np.zeros(3000))


def test_weights_count_as_cases():
    labels = burst(6000, range(0, 6000, 500), 1)
    plain = change(labels, labels)
    weights = np.where(labels == 1, 1.0, 20.0)
    heavy = change(labels, labels, current_weights=weights)
    assert heavy.rates[1] == pytest.approx(labels.sum() / weights.sum())
    assert heavy.ratio.estimate < plain.ratio.estimate / 15


def world(prior, n=200_000, seed=0):
    """Return labels and calibrated probabilities for the share that a model was made for."""
    rng = np.random.default_rng(seed)
    y = rng.random(n) < prior
    x = rng.normal(size=n) + 3 * y
    # Bayes' rule for two normals three apart and a share of one in a hundred.
    return y.astype(int), expit(3 * x - 4.5 + np.log(0.01 / 0.99))


@pytest.mark.parametrize("true", [0.002, 0.01, 0.05, 0.3])
def test_both_estimates_recover_a_known_share(true):
    y, p = world(0.01, seed=1)
    later, q = world(true, seed=2)
    em = drift.prior_em(q, prior=0.01, n_resamples=200)
    black_box = drift.bbse(y, p, q, threshold=0.2, n_resamples=200)
    for found in (em, black_box):
        # Within two intervals of 95 %: four standard errors.
        assert found.estimate == pytest.approx(later.mean(), abs=2 * found.half_width)
        assert found.half_width < 0.5 * later.mean() + 0.0005


def test_the_maximum_is_where_the_classic_iteration_ends():
    _, q = world(0.05, n=20_000, seed=3)
    share = 0.01
    for _ in range(5000):
        odds = q / (1 - q) * share / (1 - share) * 0.99 / 0.01
        share = np.mean(odds / (1 + odds))
    assert drift.prior_em(q, prior=0.01, n_resamples=1).estimate == pytest.approx(share, rel=2e-3)


def test_probabilities_that_are_not_calibrated_mislead_em_and_not_bbse():
    y, p = world(0.01, seed=1)
    _, q = world(0.01, seed=2)
    worse = [expit(0.5 * np.log(v / (1 - v))) for v in (p, q)]
    em = drift.prior_em(worse[1], prior=0.01, n_resamples=100)
    black_box = drift.bbse(y, *worse, threshold=0.2, n_resamples=100)
    assert not em.low < 0.01 < em.high
    assert black_box.estimate == pytest.approx(0.01, rel=0.15)


def test_blocks_make_the_interval_wider_when_positives_come_together():
    y, p = world(0.01, n=40_000, seed=4)
    order = np.argsort(y, kind="stable")
    times = np.arange(40_000.0)
    rows = drift.bbse(y, p, p[order], threshold=0.2, n_resamples=200)
    together = drift.bbse(
        y, p, p[order], threshold=0.2, n_resamples=200, times=times, current_times=times
    )
    assert together.half_width > 2 * rows.half_width


def test_an_alert_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="must be more frequent among positives"):
        drift.bbse([0, 1], [0.5, 0.5], [0.5], threshold=0.4)


def test_times_must_fit_the_scores():
    with pytest.raises(ValueError, match="same length"):
        drift.prior_em([0.1, 0.2], prior=0.1, current_times=[0.0])


def estimate(p, seed=0, **options):
    amount = np.random.default_rng(9).lognormal(3, 1, len(p))
    block = costs.bayes_block(p, amount, costs=costs.CostModel())
    found = drift.estimate_performance(
        p, block, amount, costs=costs.CostModel(), seed=seed, **options
    )
    return found, block, amount


def test_promises_are_exact_in_expectation_for_calibrated_scores():
    rng = np.random.default_rng(5)
    _, p = world(0.05, n=4000, seed=5)
    found, block, amount = estimate(p)
    real_cost, caught, positives = [], [], []
    for _ in range(2000):
        y = rng.random(len(p)) < p
        positives.append(y.sum())
        caught.append((y & block).sum() / block.sum())
        real_cost.append(1000 * costs.row_costs(y, block, amount, costs=costs.CostModel()).mean())
    for promise, came_true in (
        (found.positives, positives),
        (found.precision, caught),
        (found.cost, real_cost),
    ):
        real = np.array(came_true)
        error = np.std(real) / np.sqrt(len(real))
        assert promise.estimate == pytest.approx(np.mean(real), abs=4 * error)
        assert np.mean((promise.low <= real) & (real <= promise.high)) > 0.92


def test_each_world_is_a_draw_of_independent_cases():
    p = np.random.default_rng(8).beta(0.3, 3, 60)
    for n in (1, 2, 7, 12):
        once = _performance._worlds(p, np.eye(len(p)), n, np.random.default_rng(n))
        assert np.isin(once, [0, 1]).all()  # no case is positive twice in one world
    gain = np.random.default_rng(9).lognormal(0, 1, (1, len(p)))
    drawn = [
        _performance._worlds(p, gain, 400, np.random.default_rng(seed))[0] for seed in range(100)
    ]
    variance = gain[0] ** 2 @ (p * (1 - p))
    assert np.mean(drawn) == pytest.approx(gain[0] @ p, abs=4 * np.sqrt(variance / 40_000))
    assert np.var(drawn) == pytest.approx(variance, rel=0.1)


def test_worlds_drawn_in_parts_are_as_good(monkeypatch):
    p = np.random.default_rng(8).beta(0.3, 3, 500)
    monkeypatch.setattr(_performance, "CHUNK", 1000)
    drawn = _performance._worlds(p, np.ones((1, 500)), 1000, np.random.default_rng(0))[0]
    assert drawn.mean() == pytest.approx(p.sum(), abs=4 * np.sqrt((p * (1 - p)).sum() / 1000))


def test_promises_hold_while_scores_stay_calibrated_and_break_under_concept_shift():
    y, p = world(0.01, n=40_000, seed=6)
    kept = np.random.default_rng(0).choice(len(p), 20_000, p=(p + 0.01) / (p + 0.01).sum())
    found, block, _ = estimate(p[kept])
    precision = y[kept][block].mean()
    assert precision in found.precision
    turned = np.where(np.random.default_rng(1).random(len(kept)) < 0.5, 0, y[kept])
    assert turned[block].mean() < found.precision.low


def test_a_covariate_shift_can_end_calibration_and_with_it_the_promise():
    # Two kinds of cases share one score, .2: the truth is .1 and .3, and on average it is right.
    rng = np.random.default_rng(3)
    kind = rng.random(40_000) < 0.5
    y = rng.random(len(kind)) < np.where(kind, 0.3, 0.1)
    p, amount = np.full(len(kind), 0.2), np.full(len(kind), 10.0)
    for share, kept in ((0.5, np.ones_like(kind)), (1.0, kind)):
        found = drift.estimate_performance(
            p[kept], np.ones(kept.sum()), amount[kept], costs=costs.CostModel()
        )
        assert (y[kept].sum() in found.positives) == (share == 0.5)


def test_for_the_cost_scores_must_be_calibrated_given_the_amount():
    rng = np.random.default_rng(4)
    large = rng.random(40_000) < 0.5
    y = rng.random(len(large)) < np.where(large, 0.05, 0.15)
    amount = np.where(large, 1000.0, 1.0)
    block = np.arange(len(y)) == 0
    given = [np.full(len(y), 0.1), np.where(large, 0.05, 0.15)]
    found = [drift.estimate_performance(p, block, amount, costs=costs.CostModel()) for p in given]
    real = 1000 * costs.row_costs(y, block, amount, costs=costs.CostModel()).mean()
    assert all(y.sum() in each.positives for each in found)
    assert [real in each.cost for each in found] == [False, True]


def test_a_period_without_an_alert_is_refused():
    with pytest.raises(ValueError, match=r"must be an alert.*got 0 alerts"):
        drift.estimate_performance([0.1], [False], [1.0], costs=costs.CostModel())


def test_weights_weigh_the_promise():
    _, p = world(0.05, n=2000, seed=7)
    one, _, _ = estimate(p)
    two, _, _ = estimate(p, weight=np.full(len(p), 3.0))
    assert two.positives.estimate == pytest.approx(3 * one.positives.estimate)
    assert two.cost.estimate == pytest.approx(one.cost.estimate)
