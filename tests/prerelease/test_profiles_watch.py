"""The watch: an alarm takes an effect and evidence, and says what to do; and both commands."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from prerelease import profiles
from prerelease.__main__ import main
from prerelease.profiles import Contract, _command

pytest.importorskip("ibis", reason="needs the extra scale")
duckdb = pytest.importorskip("duckdb")

T = 0.3


def draw(seed, n=6000, days=2, moved=0.0, start=0.0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"time": start + np.sort(rng.uniform(0, days * 86_400, n))})
    hour = frame["time"] % 86_400 / 3600
    frame["score"] = rng.beta(0.5, 6, n)
    frame["amount"] = rng.lognormal(3, 1, n).round(2)
    frame["clock"] = rng.normal(size=n) + 3 * (hour < 6)
    frame["x"] = rng.normal(size=n) + moved
    frame["label"] = (rng.random(n) < frame["score"]).astype(float)
    frame["shop"] = rng.choice(["north", "south"], n)
    return frame


REFERENCE = draw(0)
AGREED = Contract.of(REFERENCE, thresholds=[T], segment="shop")
BEFORE = profiles.profile(REFERENCE, AGREED)


def watch(frame, *rules, **how):
    return profiles.watch(BEFORE, profiles.profile(frame, AGREED), {"rule": [*rules], "watch": how})


def rule(measure, **more):
    return {"name": f"about {measure}", "measure": measure, "do": "Look."} | more


INPUT = rule("ks", of="x", at_most=0.1)


def test_nothing_new_is_quiet():
    found = profiles.watch(BEFORE, profiles.profile(draw(1, start=2 * 86_400), AGREED))
    assert (found.outcome, found.exit_code) == ("quiet", 0)
    assert len(found.findings) == 1 + 2 + 2 + 1  # score, inputs, missing inputs, alerts


def test_a_large_effect_with_evidence_is_an_alarm():
    found = watch(draw(2, moved=0.5), INPUT)
    assert (found.outcome, found.exit_code) == ("alarm", 1)
    assert found.findings[0].q_value <= 0.05
    assert found.findings[0].do == "Look."


def test_a_large_effect_without_evidence_is_insufficient():
    found = watch(draw(3, n=30, days=0.01), INPUT)
    assert found.findings[0].found > 0.1
    assert (found.outcome, found.exit_code) == ("insufficient evidence", 3)
    assert "could be luck" in found.findings[0].because


def test_a_small_effect_with_evidence_is_quiet():
    found = watch(draw(4, moved=0.15), INPUT | {"at_most": 0.2})
    assert found.findings[0].q_value <= 0.05
    assert found.outcome == "quiet"


def test_the_hour_is_no_drift_where_hours_are_matched():
    night = draw(5)
    night = night[night["time"] % 86_400 < 6 * 3600]
    about = rule("ks", of="clock", at_most=0.2)
    assert watch(night, about).outcome == "alarm"
    assert watch(night, about, match_hours=True).outcome == "quiet"


def test_no_label_known_is_insufficient_evidence_and_no_crash():
    levels = [rule(name, threshold=T, at_least=0.1) for name in ("recall", "precision")]
    levels += [rule("cost", threshold=T, at_most=1), rule("positives", at_most=2)]
    found = watch(draw(6).assign(label=np.nan), *levels)
    assert {one.outcome for one in found.findings} == {"insufficient evidence"}
    assert all("label" in one.because for one in found.findings)


@pytest.mark.parametrize(
    ("about", "outcome"),
    [
        (rule("recall", threshold=T, at_least=0.01), "quiet"),
        (rule("recall", threshold=T, at_least=0.999), "alarm"),
        (rule("precision", threshold=T, at_least=0.999), "alarm"),
        (rule("average_precision", at_least=0.01), "quiet"),
        (rule("average_precision", at_most=0.01), "alarm"),
        (rule("cost", threshold=T, at_most=1.0), "alarm"),
        (rule("expected_cost", threshold=T, at_most=1e9), "quiet"),
        (rule("alerts", threshold=T, at_most=1.5), "quiet"),
        (rule("positives", at_most=1.0, segment="south"), "insufficient evidence"),
    ],
)
def test_levels_and_rates_are_asked_of_what_is_known(about, outcome):
    assert watch(draw(7), about).findings[0].outcome == outcome


def test_more_alerts_are_an_alarm_either_way():
    more = draw(8).assign(score=lambda f: f["score"] ** 0.5)
    about = rule("alerts", threshold=T, at_most=1.5)
    assert watch(more, about).findings[0].found > 1.5
    fewer = profiles.watch(
        profiles.profile(more, AGREED), profiles.profile(draw(8), AGREED), {"rule": [about]}
    )
    assert (fewer.outcome, fewer.findings[0].found < 1 / 1.5) == ("alarm", True)


def test_a_shop_is_watched_by_itself():
    frame = draw(9)
    frame.loc[frame["shop"] == "north", "x"] += 1
    found = watch(frame, *(INPUT | {"segment": shop, "name": shop} for shop in ("south", "north")))
    assert [one.outcome for one in found.findings] == ["quiet", "alarm"]


def test_missing_values_are_an_alarm():
    frame = draw(10)
    frame.loc[frame.index % 20 == 0, "x"] = np.nan
    found = watch(frame, rule("missing", of="inputs", at_most=0.01))
    assert [(one.of, one.outcome) for one in found.findings] == [
        ("clock", "quiet"),
        ("x", "alarm"),
    ]


def test_few_false_alarms_where_nothing_has_changed():
    """Rules with a limit at which chance alone is often beyond: evidence keeps them silent."""
    tight = [rule("ks", of="inputs", at_most=0.0), rule("alerts", threshold=T, at_most=1.0)]
    outcomes = [watch(draw(seed), *tight).outcome for seed in range(20, 28)]
    assert outcomes.count("alarm") <= 2


RULES = [
    ({"measure": "kss"}, "measure of rule 'about ks' must be one of 'ks'"),
    ({"at_most": None}, "must have at_most, got none"),
    ({"at_least": 0.1}, "must have at_most, got at_most and at_least"),
    ({"at_most": -1}, "at_most of rule 'about ks' must be a finite number from 0 up, got -1"),
    ({"at_most": "much"}, "must be a finite number from 0 up, got 'much'"),
    ({"of": ""}, "ks needs `of`"),
    ({"of": "xx"}, "is of 'xx', which was not counted: did you mean 'x'"),
    ({"threshold": T}, "ks has no use for `threshold`"),
    ({"segment": "west"}, "segment 'west', not counted"),
    ({"name": ""}, "name of a rule must be text"),
    ({"colour": 1}, "rule 1 does not know 'colour'"),
    ({"measure": "alerts", "of": "", "threshold": 0.31, "at_most": 2}, "must be an edge"),
    ({"measure": "alerts", "of": "", "threshold": T, "at_most": 0.5}, "from 1 up, got 0.5"),
]


@pytest.mark.parametrize(("changed", "told"), RULES)
def test_a_rule_that_means_nothing_is_refused(changed, told):
    with pytest.raises(ValueError, match=re.escape(told).replace(r"\ ", " ")):
        watch(draw(11), {**INPUT, **changed})


SECTIONS = [
    ({"rules": []}, "A file of rules does not know 'rules': did you mean 'rule'"),
    ({"rule": []}, "must hold a [[rule]]"),
    ({"rule": {}}, "must hold a [[rule]]"),
    ({"rule": [3]}, "rule 1 must be a table, got 3"),
    ({"rule": [INPUT, INPUT]}, "each rule needs a name of its own, got about ks, about ks"),
    ({"rule": [{"name": "a"}]}, "rule 1 must have `measure`"),
    ({"watch": {"level": 2}}, "level must be a finite number above 0.5 and below 1, got 2"),
    ({"watch": {"match_hours": "yes"}}, "match_hours must be true or false, got 'yes'"),
    ({"watch": {"n_permutations": 3}}, "n_permutations must be an integer of at least 100, got 3"),
    ({"costs": {"review": -1}}, "review must be a finite number from 0 up, got -1"),
]


@pytest.mark.parametrize(("content", "told"), SECTIONS)
def test_a_file_of_rules_that_means_nothing_is_refused(content, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        profiles.watch(BEFORE, BEFORE, content)


# The commands.


def run(*words):
    return main([*map(str, words)])


@pytest.fixture
def place(tmp_path):
    for day in (0, 1):
        draw(day, moved=0.5 * day).drop(columns="shop").to_parquet(tmp_path / f"d{day}.parquet")
    return tmp_path


def counted(place):
    assert run("profile", place / "d0.parquet", "--out", place / "old", "--threshold", T) == 0
    more = ("--out", place / "new", "--contract", place / "old" / "contract.json")
    assert run("profile", place / "d1.parquet", *more) == 0
    return "watch", place / "new", "--reference", place / "old"


def test_from_rows_to_an_alarm(place, capsys):
    words = counted(place)
    assert "Contract made of these rows" in capsys.readouterr().out
    assert run(*words, "--json", place / "f.json", "--html", place / "f.html") == 1
    told = capsys.readouterr().out
    assert "alarm                  an input has moved (x)" in told
    assert "do: See which rows have moved" in told
    found = json.loads((place / "f.json").read_text())
    assert (found["outcome"], found["exit_code"]) == ("alarm", 1)
    assert found["reference"]["rows"] == 6000
    page = (place / "f.html").read_text()
    assert page.index("alarm</td>") < page.index("quiet</td>")


def test_the_same_table_again_replaces_its_profile(place):
    counted(place)
    again = ("--out", place / "new", "--contract", place / "old" / "contract.json")
    assert run("profile", place / "d1.parquet", *again) == 0
    assert profiles.read(place / "new").rows == 6000


def test_a_folder_a_csv_and_a_database_give_what_a_file_gives(place):
    frame = draw(0).drop(columns="shop")
    frame.to_csv(place / "d.csv", index=False, float_format="%.17g")
    folder = place / "parts"
    folder.mkdir()
    for part in (0, 1):
        frame.iloc[part::2].to_parquet(folder / f"{part}.parquet")
    with duckdb.connect(place / "base.duckdb") as base:
        base.execute("create table scores as from frame")
    told = ("--out", place / "out", "--contract", place / "old" / "contract.json")
    counted(place)
    url = f"duckdb://{place / 'base.duckdb'}?table=scores"
    assert run("profile", place / "d.csv", folder, url, *told) == 0
    wanted = profiles.read(place / "old" / "d0.parquet").counts
    for name in ("d", "parts", "scores"):
        found = profiles.read(place / "out" / f"{name}.parquet").counts
        pd.testing.assert_frame_equal(found, wanted)


HOSTILE = {
    "no file": ("none.parquet", "--out o", "none.parquet cannot be read or written: No such"),
    "no table named": ("duckdb://d.duckdb", "--out o", "must name a table: add ?table=NAME"),
    "no database": ("duckdb:///n/o/d.duckdb?table=a", "--out o", "cannot be read: "),
    "no engine": ("nosuch://a/b?table=a", "--out o", "nosuch://a/b?table=a: "),
    "text": ("notes.txt", "--out o", "must be a .parquet or .csv file, or a folder"),
    "empty folder": ("hollow", "--out o", "must be a .parquet or .csv file, or a folder"),
    "no parquet": ("broken.parquet", "--out o", "broken.parquet cannot be read: "),
    "out is a file": ("d0.parquet", "--out d1.parquet", "must be a folder, and is a file"),
    "over an input": ("d0.parquet", "--out .", "would overwrite the input"),
    "twice": ("d0.parquet d0.parquet", "--out o", "a table is named twice"),
    "a role": ("d0.parquet", "--out o --column tim=t", "must look like time=NAME"),
    "no time": ("d0.parquet", "--out o --column time=when", "no column 'when'"),
    "no input": ("d0.parquet", "--out o --leave-out z", "no column 'z'"),
    "block": ("d0.parquet", "--out o --block -5", "block must be a finite number above 0, got -5"),
    "bins": ("d0.parquet", "--out o --bins 1", "bins must be an integer of at least 2, got 1"),
    "no contract": ("d0.parquet", "--out o --contract notes.txt", "this is no contract of bins"),
    "agreed": (
        "d1.parquet",
        "--out o --contract old/contract.json --bins 9",
        "--bins goes without",
    ),
    "there already": ("d1.parquet", "--out old", "contract.json is there already"),
    "empty": ("empty.parquet", "--out o", "empty.parquet: there is no row to cut bins from"),
    "empty now": ("empty.parquet", "--out o --contract old/contract.json", "no row to count"),
    "column gone": ("gone.parquet", "--out o --contract old/contract.json", "no column 'x'"),
}


@pytest.fixture
def hostile(place, monkeypatch):
    counted(place)
    monkeypatch.chdir(place)
    (place / "notes.txt").write_text("notes")
    (place / "broken.parquet").write_bytes(b"PAR1 and no more")
    (place / "hollow").mkdir()
    draw(0).iloc[:0].to_parquet("empty.parquet")
    draw(0).drop(columns="x").to_parquet("gone.parquet")
    (place / "other").mkdir()
    other = Contract.of(draw(0), bins=4)
    profiles.profile(draw(0), other).write(place / "other" / "a.parquet")
    (place / "half.parquet").write_bytes((place / "old" / "d0.parquet").read_bytes()[:-9])
    (place / "no.toml").write_text("[[rule")
    (place / "latin.toml").write_bytes(b"# \xe4")
    return place


def refused(words, told, capsys):
    capsys.readouterr()
    assert run(*words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_hostile_profiles_get_one_sentence(hostile, capsys):
    before = sorted(hostile.rglob("*"))
    for tables, more, told in HOSTILE.values():
        refused(("profile", *tables.split(), *more.split()), told, capsys)
    assert sorted(hostile.rglob("*")) == before  # nothing was written, not even half


WATCHED = {
    "none": ("nowhere", "--reference old", "nowhere cannot be read or written: No such file"),
    "nothing": ("hollow", "--reference old", "hollow holds no profile"),
    "rows": ("d1.parquet", "--reference old", "d1.parquet is no profile"),
    "half": ("half.parquet", "--reference old", "half.parquet is no profile, or was not written"),
    "other bins": ("other", "--reference old", "Profiles must be of the same contract, got "),
    "mixed": ("new other", "--reference old", "other/a.parquet: Profiles must be of the same"),
    "over": ("new", "--reference old --json new/d1.parquet", "would overwrite the input"),
    "rules": ("new", "--reference old --rules none.toml", "none.toml cannot be read or written"),
    "toml": ("new", "--reference old --rules no.toml", "no.toml: "),
    "latin": ("new", "--reference old --rules latin.toml", "latin.toml: "),
}


def test_hostile_watches_get_one_sentence(hostile, capsys):
    for current, more, told in WATCHED.values():
        refused(("watch", *current.split(), *more.split()), told, capsys)


def test_one_sentence_says_which_extra_is_missing(place, capsys, monkeypatch):
    def absent(*_):
        raise ImportError('ibis is not installed: pip install "prerelease[scale]".')

    monkeypatch.setattr(_command._validate, "extra", absent)
    refused(("profile", place / "d0.parquet", "--out", place / "o"), "prerelease[scale]", capsys)
