"""Conformal sets: their law is exact, and MAPIE's are the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from prerelease.uncertainty import (
    conformal_limit,
    coverage_law,
    describe_sets,
    fit_sets,
)
from prerelease.uncertainty._conformal import rank_of_limit, rows_needed

ALPHAS = st.floats(0.02, 0.6)


def rows(seed, n=400, n_fraud=60):
    rng = np.random.default_rng(seed)
    y = np.arange(n) < n_fraud
    p = np.where(y, rng.beta(2, 1.5, n), rng.beta(0.5, 6, n))
    return y, p


@given(st.integers(1, 2000), ALPHAS)
def test_the_rank_is_the_smallest_that_keeps_the_promise(n, alpha):
    if n < rows_needed(alpha):
        with pytest.raises(ValueError, match=f"takes at least {rows_needed(alpha)} calibration"):
            rank_of_limit(n, alpha=alpha)
        return
    rank = rank_of_limit(n, alpha=alpha)
    assert 1 <= rank <= n
    assert rank / (n + 1) >= 1 - alpha - 1e-6
    assert (rank - 1) / (n + 1) < 1 - alpha + 1e-6


@pytest.mark.parametrize(
    ("n", "alpha", "rank"), [(9, 0.1, 9), (19, 0.05, 19), (99, 0.01, 99), (9, 0.7, 3)]
)
def test_ranks_do_not_slip_by_rounding(n, alpha, rank):
    assert rank_of_limit(n, alpha=alpha) == rank
    assert rows_needed(alpha) <= n


@pytest.mark.parametrize(("n", "alpha"), [(57, 0.1), (30, 0.25), (19, 0.05)])
def test_realised_coverage_follows_the_beta_law(n, alpha):
    # Uniform scores: the coverage of a limit is the limit.
    draws = np.random.default_rng(0).uniform(size=(4000, n))
    rank = rank_of_limit(n, alpha=alpha)
    coverage = np.partition(draws, rank - 1, axis=1)[:, rank - 1]
    law = coverage_law(n, alpha=alpha)
    assert law.mean() >= 1 - alpha
    assert stats.kstest(coverage, law.cdf).pvalue > 0.001


def test_counted_coverage_follows_the_beta_binomial_law():
    rng = np.random.default_rng(1)
    n, new, alpha = 57, 75, 0.1
    limits = [conformal_limit(rng.uniform(size=n), alpha=alpha) for _ in range(3000)]
    counts = np.array([(rng.uniform(size=new) <= limit).sum() for limit in limits])
    law = coverage_law(n, alpha=alpha, n_new=new)
    assert counts.mean() == pytest.approx(law.mean(), abs=0.5)
    for count in (60, 66, 70, 73):
        assert np.mean(counts <= count) == pytest.approx(law.cdf(count), abs=0.04)


def test_sets_by_label_cover_each_label_and_marginal_sets_need_not():
    covered = {"by label": [], "marginal": []}
    for seed in range(300):
        y, p = rows(seed, n=900, n_fraud=40)
        tune = np.arange(900) % 2 == 0
        for kind, found in covered.items():
            sets = fit_sets(y[tune], p[tune], alpha=0.2, kind=kind).holds(p[~tune])
            held = np.where(y[~tune], sets[:, 1], sets[:, 0])
            found.append((held[y[~tune]].mean(), held[~y[~tune]].mean(), held.mean()))
    by_label, marginal = (np.mean(covered[kind], axis=0) for kind in ("by label", "marginal"))
    assert (by_label[:2] > 0.79).all()
    assert marginal[2] == pytest.approx(0.8, abs=0.01)
    assert marginal[0] < 0.7


@given(st.integers(0, 1000))
def test_smaller_alpha_gives_larger_sets(seed):
    y, p = rows(seed, n=200)
    wide, narrow = (fit_sets(y, p, alpha=a).holds(p) for a in (0.05, 0.3))
    assert (wide >= narrow).all()


def test_the_sets_of_labels_and_of_their_description_agree():
    y, p = rows(5)
    sets = fit_sets(y, p, alpha=0.1).holds(p)
    table = describe_sets(sets, y)
    assert table.loc["positive", "coverage"] == sets[y, 1].mean()
    assert table.loc["all", "covered"] == table.loc[["negative", "positive"], "covered"].sum()
    assert table[["none", "negative", "positive", "both"]].sum(axis=1).to_numpy() == pytest.approx(
        1
    )
    with pytest.raises(ValueError, match=r"sets must have shape \(400, 2\)"):
        describe_sets(sets[:, 0], y)


@pytest.mark.parametrize(("n_fraud", "got"), [(0, 0), (5, 5)])
def test_too_few_frauds_are_told_with_the_number_needed(n_fraud, got):
    y = np.arange(100) < n_fraud
    told = f"A coverage of 0.9 takes at least 9 calibration rows with label 1, got {got}"
    with pytest.raises(ValueError, match=told):
        fit_sets(y, np.linspace(0, 1, 100), alpha=0.1)


def test_too_few_honest_payments_are_told_too():
    with pytest.raises(ValueError, match="takes at least 9 calibration rows with label 0, got 3"):
        fit_sets(np.arange(100) >= 3, np.linspace(0, 1, 100), alpha=0.1)


@pytest.mark.parametrize("alpha", [0, 1, -1, 1.5, np.nan])
def test_alpha_outside_zero_and_one_is_refused(alpha):
    told = "alpha must be a finite number above 0 and below 1"
    for call in (
        lambda: fit_sets([0, 1] * 20, np.linspace(0, 1, 40), alpha=alpha),
        lambda: conformal_limit([1.0, 2.0], alpha=alpha),
        lambda: coverage_law(57, alpha=alpha),
    ):
        with pytest.raises(ValueError, match=told):
            call()


def test_constant_probabilities_are_refused():
    with pytest.raises(ValueError, match=r"probability is 0.2 for all 40 rows"):
        fit_sets([0, 1] * 20, [0.2] * 40, alpha=0.1)


def test_a_table_of_probabilities_and_an_unknown_kind_are_refused():
    sets = fit_sets([0, 1] * 20, np.linspace(0, 1, 40), alpha=0.1)
    with pytest.raises(ValueError, match=r"probability must have one dimension, got shape \(1, 2"):
        sets.holds([[0.5, 0.5]])
    with pytest.raises(ValueError, match="kind must be one of"):
        fit_sets([0, 1] * 20, np.linspace(0, 1, 40), alpha=0.1, kind="mondrian")
