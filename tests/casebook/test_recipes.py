"""Published recipes: what they are given, what they do about rare frauds, where they come from."""

import re
from functools import cache

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from casebook import data, models, race, recipes
from casebook.recipes import RECIPES


@pytest.fixture(scope="module")
def rows():
    sample = data.load_sample()
    kept = (sample["Class"] == 1) | (np.arange(len(sample)) % 6 == 0)
    return sample.loc[kept, [*recipes.COLUMNS]].to_numpy(), sample.loc[kept, "Class"].to_numpy()


@pytest.fixture(scope="module")
def fitted(rows):
    """Ask for the scores of a recipe that was fitted, once for all tests."""
    X, y = rows

    @cache
    def scores(recipe, seed):
        return recipe.build(seed).fit(X, y).predict_proba(X)[:, 1]

    return scores


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_ranks_frauds_first_and_its_fits_agree(recipe, rows, fitted):
    X, y = rows
    first = fitted(recipe, 0)
    again = clone(recipe.build(0)).fit(X, y).predict_proba(X)[:, 1]
    assert is_classifier(recipe.build(0))
    np.testing.assert_array_equal(first, again)
    assert average_precision_score(y[:500], first[:500]) > 0.8 > 3 * y[:500].mean()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_draws_what_it_says(recipe, fitted):
    one, other = (fitted(recipe, seed) for seed in (0, 1))
    assert (one != other).any() == recipe.draws


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_says_where_it_was_read(recipe):
    assert re.fullmatch(r"[\w-]+/[\w-]+", recipe.source)
    assert re.fullmatch(r"[0-9a-f]{8}", recipe.commit)
    assert recipe.split in ("random", "by time")
    assert recipe.published is None or 0.5 < recipe.published < 1


def test_there_are_at_least_five_and_some_are_quick():
    assert len(RECIPES) >= 5
    assert sum(recipe.quick for recipe in RECIPES.values()) >= 4


def test_recipes_see_the_time_and_what_our_candidates_see():
    assert ("Time", *models.INPUTS) == recipes.COLUMNS


def test_frauds_weigh_as_much_as_honest_payments(rows):
    X, y = rows
    model = recipes.ClassRatio(recipes.boosted_trees(n_estimators=3)).fit(X, y)
    assert model.model_.scale_pos_weight == pytest.approx((y == 0).sum() / y.sum())
    weight = np.where(y == 1, 1.0, 20.0)
    model.fit(X, y, sample_weight=weight)
    assert model.model_.scale_pos_weight == pytest.approx(20 * (y == 0).sum() / y.sum())


def test_made_up_frauds_lie_between_neighbours():
    rows = np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 50.0], [101.0, 50.0]])
    made_up = recipes.between(rows, 200, neighbours=1)
    near = made_up[:, 0] < 50
    assert 50 < near.sum() < 150
    assert (made_up[near, 1] == 0).all()
    assert (made_up[~near, 1] == 50).all()
    assert made_up[near, 0].min() >= 0
    assert made_up[near, 0].max() <= 1
    np.testing.assert_array_equal(made_up, recipes.between(rows, 200, neighbours=1))
    assert len(recipes.between(rows, 0)) == 0


def test_smote_makes_both_classes_as_large():
    seen = {}

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            seen["y"], seen["X"] = y, X
            return super().fit(X, y, sample_weight=sample_weight)

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), np.arange(300) % 30 == 0
    recipes.Smote(Spy()).fit(X, y.astype(int))
    assert seen["y"].mean() == 0.5
    np.testing.assert_array_equal(seen["X"][:300], X)


def test_thinning_keeps_every_fraud_and_a_share_of_the_others():
    seen = {}

    class Spy(RandomForestClassifier):
        def fit(self, X, y, sample_weight=None):
            seen["y"] = y
            return super().fit(X, y)

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5000, 2)), np.arange(5000) % 50 == 0
    recipes.Thinned(Spy(n_estimators=2), share=0.2).fit(X, y.astype(int))
    assert seen["y"].sum() == 100
    assert (seen["y"] == 0).sum() == pytest.approx(980, rel=0.1)


def test_views_of_a_payment():
    night = np.array([[25 * 3600.0, *range(28), np.e - 1]])
    plain, proxies, clock = (
        view(night)[0]
        for view in (recipes.components_and_amount, recipes.with_proxies, recipes.with_clock)
    )
    np.testing.assert_array_equal(plain, night[0, 1:])
    np.testing.assert_allclose(proxies[-4:], [1, 1, 1, 0])  # log, hour, night, day
    np.testing.assert_allclose(clock[:4], [25 / 24, np.sin(np.pi / 12), np.cos(np.pi / 12), 1])
    np.testing.assert_array_equal(clock[4:], np.arange(28))


def test_recipes_are_fitted_beside_others_on_their_own_columns():
    sample = data.load_sample()
    found = race.fit_all(
        {"one": RECIPES["XGBoost, 50 trees, frauds × 5"].build(0)},
        sample, sample.head(7), inputs=recipes.COLUMNS, processes=1,
    )  # fmt: skip
    assert found["one"].score.shape == (7,)
