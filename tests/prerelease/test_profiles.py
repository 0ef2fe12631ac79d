"""Counting: what a profile holds is what the rows hold, and profiles add up."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from prerelease import profiles
from prerelease.profiles import Contract

pytest.importorskip("ibis", reason="needs the extra scale")

ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 0.1, np.nextafter(0.1, 1), 1e300]


def rows(seed, n=300, odd=True):
    """Draw rows with ties, missing values and values at the ends of what floats can be."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "time": np.sort(rng.integers(0, 90_000, n)),
            "score": rng.choice([0.1, 0.25, rng.random(), 1.0, 0.0], n) * rng.choice([1, 0.5], n),
            "amount": rng.lognormal(3, 1, n).round(2),
            "label": rng.choice([0.0, 1.0, np.nan], n),
            "x": rng.normal(size=n).round(1),
            "y": rng.normal(size=n).astype("float32"),
            "shop": rng.choice(["north", "south", None, "", "far off"], n),
        }
    )
    if odd:
        at = rng.choice(n, len(ODD), replace=False)
        frame.loc[at, "x"] = ODD
        frame.loc[at[:1], "score"] = np.nan
    return frame


def agreed(frame, **options):
    told = {"thresholds": [0.3], "block": 3600, "bins": 5, "segment": "shop"}
    return Contract.of(frame.iloc[:200], **(told | options))


def same(one, other):
    pd.testing.assert_frame_equal(one.counts, other.counts)


@settings(max_examples=4)
@given(st.integers(0, 10**6))
def test_counts_are_those_of_the_rows(seed):
    frame = rows(seed)
    contract = replace(agreed(frame), segments=("north", "south"))
    counted = profiles.profile(frame, contract)
    told = {None: "(missing)", "": "(missing)", "far off": "(other)"}
    segment = frame["shop"].map(lambda name: told.get(name, name))
    for column in contract.columns:
        value = frame[column].to_numpy(float)
        bins = np.searchsorted(contract.bins(column), value, side="right")
        label = frame["label"].fillna(-1) if column == "score" else -1
        by = {"segment": segment, "block": frame["time"] // 3600, "label": label}
        by["bin"] = np.where(np.isnan(value), -1, bins)
        keys = ["segment", "block", "bin", "label"]
        wanted = pd.DataFrame(by).groupby(keys).size().rename("n").reset_index()
        found = counted.counts.query("column == @column")[[*keys, "n"]].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False)
    score, amount = frame["score"].fillna(0), frame["amount"]
    sums = counted.scored[["score", "amount", "product"]].sum() * [1e-9, 1e-4, 1e-6]
    np.testing.assert_allclose(sums, [score.sum(), amount.sum(), (score * amount).sum()], 1e-6)


@settings(max_examples=3)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 300), min_size=1, max_size=3))
def test_profiles_add_up_in_any_order(seed, cuts):
    frame = rows(seed)
    contract = agreed(frame)
    ends = [0, *sorted(cuts), 300]
    parts = [frame.iloc[a:b] for a, b in pairwise(ends) if b > a]
    counted = [profiles.profile(part, contract) for part in parts]
    whole = profiles.profile(frame, contract)
    same(profiles.add(*counted), whole)
    same(profiles.add(*reversed(counted)), whole)
    nested = counted[0]
    for one in counted[1:]:
        nested = profiles.add(one, nested)
    same(nested, whole)


def test_a_column_of_any_kind_of_number_is_counted_alike():
    frame = rows(1, odd=False).assign(x=lambda f: f["x"].round())
    contract = agreed(frame)
    whole = profiles.profile(frame, contract)
    for kind in ("int64", "float32", "Int16"):
        same(profiles.profile(frame.astype({"x": kind}), contract), whole)
    flags = frame.assign(label=frame["label"].astype("boolean"))
    same(profiles.profile(flags, contract), whole)


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_dates_are_counted_by_their_seconds_since_1970(zone):
    frame = rows(2, odd=False).assign(time=lambda f: f["time"] + 0.9 * (f.index % 2))
    dated = pd.to_datetime(frame["time"], unit="s", utc=True).dt.tz_convert(zone)
    contract = agreed(frame, block=60)
    found = profiles.profile(frame.assign(time=dated), contract)
    same(found, profiles.profile(frame, contract))


def test_a_day_without_a_time_begins_at_midnight():
    frame = rows(2, odd=False).assign(time=pd.Timestamp("1970-01-03").date())
    counted = profiles.profile(frame, agreed(rows(2, odd=False)))
    assert counted.blocks.tolist() == [48]


def test_time_before_zero_has_blocks_too():
    frame = rows(3, odd=False).assign(time=lambda f: f["time"] - 45_000)
    counted = profiles.profile(frame, agreed(frame))
    assert counted.blocks[0] == (frame["time"].min() // 3600)
    assert counted.rows == len(frame)


def test_a_profile_is_read_as_it_was_written(tmp_path):
    frame = rows(4)
    counted = profiles.profile(frame, agreed(frame))
    counted.write(tmp_path / "one.parquet")
    found = profiles.read(tmp_path)
    same(found, counted)
    assert found.contract == counted.contract
    assert Contract.from_json(counted.contract.to_json()).digest == counted.contract.digest


def test_a_profile_is_small(tmp_path):
    frame = pd.concat([rows(seed) for seed in range(40)], ignore_index=True)
    counted = profiles.profile(frame, agreed(frame, segment="", leave_out=["shop"]))
    counted.write(tmp_path / "one.parquet")
    more = profiles.profile(pd.concat([frame] * 5), counted.contract)
    assert len(more.counts) == len(counted.counts)  # bins and hours, however many the rows


@pytest.mark.parametrize("keep", [0, 10, 0.5, -1])
def test_half_a_profile_is_refused(tmp_path, keep):
    file = tmp_path / "one.parquet"
    profiles.profile(rows(5), agreed(rows(5))).write(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(ValueError, match=r"one.parquet is no profile, or was not written whole"):
        profiles.read(file)


def test_a_changed_profile_and_another_parquet_are_refused(tmp_path):
    frame = rows(6)
    counted = profiles.profile(frame, agreed(frame))
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    counted.write(one)
    parquet.write_table(parquet.read_table(one)[3:], one)
    with pytest.raises(ValueError, match="changed after it was written: it says 300 rows"):
        profiles.read(one)
    frame.to_parquet(other)
    with pytest.raises(ValueError, match=r"other.parquet is no profile: `prerelease profile`"):
        profiles.read(other)


def test_profiles_of_other_bins_do_not_add_up():
    frame = rows(7)
    one = profiles.profile(frame, agreed(frame))
    other = profiles.profile(frame, agreed(frame, bins=4, block=600))
    with pytest.raises(ValueError, match="which differ in edges, block: count"):
        profiles.add(one, other)
    with pytest.raises(ValueError, match="must be a profile to add"):
        profiles.add()


def test_what_every_value_missing_leaves_is_counted_apart():
    frame = rows(8, odd=False)
    contract = agreed(frame)
    counted = profiles.profile(frame.assign(x=np.nan), contract)
    assert counted.table("x").sum(axis=0)[0] == len(frame)


WRONG = [
    ({"time": np.nan}, "time must be there in each row, and is none in 1 rows"),
    ({"time": np.inf}, "time must be there in each row"),
    ({"label": 2.0}, r"label must be 1, 0 or missing, got .*2.0.* \(1 such rows\)"),
    ({"label": 0.5}, "label must be 1, 0 or missing, got"),
    ({"amount": -3.5}, "amount must be at least 0 and below 1e.12, got -3.5"),
    ({"amount": np.inf}, "amount must be at least 0 and below 1e.12, got inf"),
]


@pytest.mark.parametrize(("changed", "told"), WRONG)
def test_rows_that_cannot_be_counted_are_refused(changed, told):
    frame = rows(9, odd=False).astype({"time": float})
    contract = agreed(frame)
    for name, value in changed.items():
        frame.loc[7, name] = value
    with pytest.raises(ValueError, match=told):
        profiles.profile(frame, contract)


TABLES = [
    (lambda f: f.drop(columns="x"), "no column 'x'"),
    (lambda f: f.rename(columns={"score": "scores"}), "no column 'score': did you mean 'scores'"),
    (lambda f: f.assign(x=f["shop"]), "x must be numbers, got a column of type string"),
    (lambda f: f.assign(time="noon"), "time must be seconds or dates"),
    (lambda f: f.assign(label="yes"), "label must be numbers"),
    (lambda f: f.iloc[:0], "there is no row to count"),
]


@pytest.mark.parametrize(("change", "told"), TABLES)
def test_tables_that_cannot_be_counted_are_refused(change, told):
    frame = rows(10, odd=False)
    with pytest.raises(ValueError, match=told):
        profiles.profile(change(frame), agreed(frame))


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="must be a pandas DataFrame or an Ibis table, got list"):
        profiles.profile([1, 2], agreed(rows(11)))


CONTRACTS = [
    ({"edges": {"x": [1]}}, "edges must have those of 'score'"),
    ({"edges": {"score": [2, 1]}, "amount": ""}, "edges of score must rise, got 2.0, 1.0"),
    ({"edges": {"score": [np.nan]}, "amount": ""}, "edges of score must be finite"),
    ({"edges": {"score": [1], "label": [1]}, "amount": ""}, "must not be those of 'label'"),
    ({"block": 0}, "block must be a finite number above 0, got 0"),
    ({"time": "score"}, "Each column needs a name of its own"),
    ({"time": ""}, "time must be text that is not empty"),
    ({"thresholds": [np.inf]}, "thresholds must be finite"),
]


@pytest.mark.parametrize(("options", "told"), CONTRACTS)
def test_a_contract_that_means_nothing_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        Contract(**({"edges": {"score": [0.5]}, "amount": ""} | options))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"edges": 3}', '{"edges": {}, "more": 1}'])
def test_what_is_no_contract_is_refused(text):
    with pytest.raises(ValueError, match="this is no contract of bins"):
        Contract.from_json(text)


def test_a_constant_tells_on_which_side_it_was_left():
    frame = rows(12, odd=False).assign(x=5.0)
    contract = agreed(frame)
    moved = profiles.profile(frame.assign(x=[4.0, 5.0, 6.0] * 100), contract)
    assert moved.table("x").sum(axis=0).tolist() == [0, 100, 100, 100]


def test_a_large_table_gives_bins_by_some_of_its_rows(monkeypatch):
    monkeypatch.setattr("prerelease.profiles._contract.MOST_ROWS", 1000)
    frame = pd.concat([rows(seed, odd=False) for seed in range(30)], ignore_index=True)
    cut = Contract.of(frame, bins=5).edges["amount"]
    ranks = [(frame["amount"] < edge).mean() for edge in cut]
    np.testing.assert_allclose(ranks, [0.2, 0.4, 0.6, 0.8], atol=0.08)
