"""Rows, models and planted columns of the pages about explanations."""

import numpy as np
import pandas as pd
import pytest

from casebook import conventions, data, split, witness
from prerelease import costs


@pytest.fixture(scope="module")
def parts():
    return split.development(data.load())


@pytest.fixture(scope="module")
def case(parts):
    return witness.served(*parts)


def test_a_receipt_number_grows_with_every_row_and_noise_does_not(parts):
    learn, judge = witness.planted(*parts)
    both = pd.concat([learn, judge])
    assert both["receipt"].is_monotonic_increasing
    assert both["receipt"].is_unique
    assert abs(np.corrcoef(both["noise"], both["Time"])[0, 1]) < 0.05
    assert [len(learn), len(judge)] == [len(one) for one in parts]


def test_rows_that_judge_hold_all_frauds_and_stand_for_all_rows(parts, case):
    valid = parts[1]
    weight = data.sampling_weights(valid)
    assert case.rows["Class"].sum() == valid["Class"].sum()
    assert case.kept.weight.sum() == pytest.approx(weight.sum())


def test_euros_are_those_of_the_served_threshold(parts, case):
    valid = parts[1]
    score = case.model.predict_proba(case.inputs)[:, 1]
    threshold = conventions.threshold(valid, case.score, costs=witness.COSTS)
    block = score >= threshold
    bill = costs.row_costs(case.rows["Class"], block, case.rows["Amount"], costs=witness.COSTS)
    assert case.euros(score).tolist() == pytest.approx(bill.tolist())
    assert case.euros(score, threshold=2.0).sum() >= case.euros(score, threshold=threshold).sum()


def test_payments_to_be_explained_are_of_their_kind(parts, case):
    valid = parts[1]
    explained, kinds, amount = witness.cases(valid, case, each=4)
    blocked = pd.Series(case.score >= case.threshold, valid.index)
    for kind, rows in kinds.items():
        assert set(valid.loc[rows, "Class"]) == {int(kind.startswith("Fraud"))}
        if "," in kind and "random" not in kind:
            assert set(blocked[rows]) == {
                kind.endswith((" caught", " blocked")) and "nearly" not in kind
            }
        assert set(rows) <= set(explained.contributions.index)
    assert all(1 <= len(rows) <= 4 for rows in kinds.values())
    assert amount.equals(valid["Amount"])
    caught = amount[kinds["Fraud, caught"]]
    assert caught.is_monotonic_decreasing


def test_shares_hold_all_frauds_and_differ(parts):
    train = parts[0]
    one, other = witness.shares(train, 2, n=500)
    for each in (one, other):
        assert train["Class"].iloc[each.rows].sum() == train["Class"].sum()
    assert set(one.rows) != set(other.rows)
