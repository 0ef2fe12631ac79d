import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from gate_helpers import CRITERIA, criteria_file, scores, scores_file
from prerelease import gate
from prerelease.__main__ import main
from prerelease.costs import CostModel
from prerelease.gate._champion import difference
from prerelease.gate._names import COUNTED, METRICS, settled
from prerelease.intervals._binomial import paired_ends

SETTINGS = '\n[decision]\nrule = "threshold"\nthreshold = 0.1\n'
AGAINST = CRITERIA.replace("why =", 'against = "champion"\nwhy =') + SETTINGS
MONEY = AGAINST.replace("average_precision", "saved_per_1000").replace(
    'unit = "average precision"\n', ""
)
RULE = gate.Decision(rule="threshold", threshold=0.1)
DIFFERENCES = [(m, 300 if m.endswith("_at_k") else None) for m in METRICS if m not in COUNTED]


def noisy(frame, sd, seed):
    """Return the frame with scores that tell less."""
    odds = np.log(frame["score"] / (1 - frame["score"]))
    odds += np.random.default_rng(seed).normal(0, sd, len(frame))
    return frame.assign(score=1 / (1 + np.exp(-odds)))


GOOD = scores(4000, frauds=400).assign(id=lambda rows: rows.index[::-1] + 1000)
NEW, OLD = noisy(GOOD, 0.3, 1), noisy(GOOD, 1.5, 2)


def scored(frame, rule=RULE):
    return gate.Scored(frame, CostModel(), rule, 60.0)


def finding(tmp_path, text=None, *, new=NEW, old=OLD, bound=0.01):
    criteria = criteria_file(tmp_path, (AGAINST if text is None else text).format(bound=bound))
    return gate.judge(new, criteria, champion=old)


@pytest.mark.parametrize(("metric", "k"), DIFFERENCES)
def test_a_difference_is_that_of_the_values_and_turns_around_with_the_models(metric, k):
    new, old = scored(NEW), scored(OLD)
    one, other = difference(new, old, metric, k=k), difference(old, new, metric, k=k)
    apart = gate.measure(new, metric, k=k).value - gate.measure(old, metric, k=k).value
    assert one.value == pytest.approx(apart)
    assert (one.value, one.interval.low, one.interval.high) == pytest.approx(
        (-other.value, -other.interval.high, -other.interval.low)
    )
    assert one.interval.low <= one.value <= one.interval.high


@pytest.mark.parametrize(("metric", "k"), DIFFERENCES)
def test_what_two_models_have_in_common_does_not_widen_their_difference(metric, k):
    new, old = scored(noisy(GOOD, 0.2, 1)), scored(noisy(GOOD, 0.2, 2))
    widths = [
        one.interval.high - one.interval.low
        for one in (
            difference(new, old, metric, k=k),
            gate.measure(new, metric, k=k),
            gate.measure(old, metric, k=k),
        )
    ]
    assert widths[0] < 0.75 * np.hypot(*widths[1:])


@pytest.fixture(scope="module")
def as_good():
    """Return 150 pairs of models that are equally good: no model of a pair is the better one."""
    rng = np.random.default_rng(0)
    bases = [scores(1500, frauds=150, seed=i) for i in range(150)]
    return [[scored(noisy(base, 0.5, rng.integers(1 << 30))) for _ in range(2)] for base in bases]


@pytest.mark.parametrize("metric", ["recall", "average_precision", "saved_per_1000", "precision"])
def test_models_that_are_as_good_pass_as_better_about_once_in_forty(as_good, metric):
    passed = 0
    for pair in as_good:
        found = difference(*pair, metric)
        ends = (found.interval.low, found.interval.high)
        passed += not found.doubt and (ends[0] >= 0 or ends[1] <= 0)
    assert passed <= 16  # 7.5 are expected, and more are a chance of one in 300


def likely(better, worse, n, gap):
    """Return the likelihood of a paired table, at its best for a difference."""

    def minus(only):
        p = [only + gap, only, 1 - 2 * only - gap]
        counts = better, worse, n - better - worse
        return -sum(c * np.log(max(q, 1e-300)) for c, q in zip(counts, p, strict=True) if c)

    low, high = max(0.0, -gap), (1 - gap) / 2
    best = minimize_scalar(minus, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    return best.x


@given(st.integers(0, 15), st.integers(0, 15), st.integers(31, 200))
@settings(max_examples=40)
def test_the_ends_of_a_paired_difference_are_those_of_a_score_test(better, worse, n):
    low, high = paired_ends(better, worse, n, 0.05)
    assert -1 <= low <= (better - worse) / n <= high <= 1
    for end in (low, high):
        only = likely(better, worse, n, end)
        error = np.sqrt((2 * only + end - end**2) / n)
        assert abs(better - worse - n * end) / n == pytest.approx(norm.ppf(0.975) * error, rel=1e-3)
    assert paired_ends(worse, better, n, 0.05) == pytest.approx((-high, -low))


@given(st.integers(20, 5000), st.floats(0.8, 0.999))
def test_models_that_hit_alike_may_still_differ_a_little(n, level):
    z2 = norm.ppf((1 + level) / 2) ** 2
    end = z2 / (n + z2)  # where both ends have this closed form
    assert paired_ends(0, 0, n, 1 - level) == pytest.approx((-end, end))


def test_one_model_twice_is_not_worse_in_shares_and_unknown_in_the_rest(tmp_path):
    recall = AGAINST.replace("average_precision", "recall").replace(
        'unit = "average precision"', ""
    )
    for text, bound, outcome in (
        (recall, -0.05, "pass"),
        (recall, -0.001, "insufficient evidence"),
        (AGAINST, -0.05, "insufficient evidence"),
        (MONEY, -5, "insufficient evidence"),
    ):
        assert finding(tmp_path, text, old=NEW, bound=bound).outcome == outcome
    told = finding(tmp_path, old=NEW, bound=-0.05).findings[0].because
    assert told == "both models come to the same on every row: how far they differ is not known"


def test_decisions_that_hardly_differ_show_nothing_of_money(tmp_path):
    old = NEW.copy()
    old.loc[np.flatnonzero(old["score"] > 0.5)[:7], "score"] = 0.01
    told = finding(tmp_path, MONEY, old=old, bound=-50).findings[0]
    assert told.outcome == "insufficient evidence"
    assert told.because == "both models decide alike but for 7 cases, and an interval needs 20"


def test_a_margin_is_non_inferiority_and_none_is_superiority(tmp_path):
    same = noisy(GOOD, 0.3, 3)
    worse = finding(tmp_path, old=same, bound=-0.05).findings[0]
    assert worse.criterion.asks == (
        "at least -0.05 average precision, this model minus the champion (non-inferiority: not "
        "worse by more than 0.05)"
    )
    assert worse.outcome == "pass"
    assert worse.because.endswith("which shows non-inferiority: not worse by more than 0.05")
    better = finding(tmp_path, old=same, bound=0.0).findings[0]
    assert better.outcome == "insufficient evidence"
    assert better.criterion.asks.endswith("(superiority: better)")
    assert finding(tmp_path, bound=0.0).outcome == "pass"
    assert finding(tmp_path, new=OLD, old=NEW, bound=-0.01).outcome == "fail"


@pytest.mark.parametrize(
    ("side", "bound", "shows"),
    [
        ("at_most", 5, "non-inferiority: not worse by more than 5"),
        ("at_most", 0, "superiority: better"),
        ("at_most", -5, "superiority: better by at least 5"),
        ("at_least", 2.5, "superiority: better by at least 2.5"),
    ],
)
def test_the_side_of_a_bound_says_which_difference_is_better(side, bound, shows):
    asked = gate.Criterion(
        name="c",
        why="w",
        bound=bound,
        side=side,
        unit="u",
        metric="cost_per_1000",
        against="champion",
    )
    assert asked.shows == shows


@pytest.mark.parametrize(
    ("metric", "side", "bound", "never"),
    [
        ("recall", "at_least", 1, "a difference of recall is from -1 to 1, so it can never pass"),
        ("recall", "at_least", -1, "can never fail"),
        ("recall", "at_most", -1, "can never pass"),
        ("recall", "at_least", -0.05, ""),
        ("false_alarms_per_1000", "at_most", 1000, "from -1000 to 1000, so it can never fail"),
        ("alerts_per_day", "at_most", -7, ""),
        ("savings", "at_least", 3, ""),
        ("saved_per_1000", "at_most", -1e9, ""),
    ],
)
def test_a_bound_on_a_difference_can_be_met_and_missed(metric, side, bound, never):
    told = settled(metric, side, bound, difference=True)
    assert never in told
    assert bool(never) == bool(told)


def ends(verdict):
    found = verdict.findings[0]
    return found.value, found.low, found.high


def test_rows_are_matched_by_key_in_any_order_of_any_type(tmp_path):
    by_order = finding(tmp_path)
    text = AGAINST + '[columns]\nkey = "id"\n'
    mixed = OLD.sample(frac=1, random_state=0)
    more = pd.concat([mixed, mixed[:5].assign(id=range(5))])[["id", "score"]]
    for old, told in (
        (mixed, "matched by 'id' (Not used: 'time', 'amount', 'label'.); rule"),
        (more, "matched by 'id'; 5 more rows of it are left out; rule"),
        (more.assign(id=more["id"].astype(str)), "matched by 'id'; 5 more"),
        (more.assign(id=more["id"].astype(float)), "matched by 'id'; 5 more"),
    ):
        found = finding(tmp_path, text, old=old)
        assert ends(found) == pytest.approx(ends(by_order))
        assert told in found.decided["champion"]
    assert "matched by order (Not used: 'id'.); rule: an alert" in by_order.decided["champion"]


def test_a_champion_may_stand_in_the_same_table(tmp_path):
    table = NEW.assign(now=OLD["score"])
    own = AGAINST + '[columns]\nchampion = "now"\n'
    file = scores_file(tmp_path, table, "s.parquet")
    for new in (table, file):
        verdict = finding(tmp_path, own, new=new, old=None)
        assert ends(verdict) == pytest.approx(ends(finding(tmp_path)))
        assert verdict.decided["champion"].startswith("in the same table, as 'now'; rule")
    with pytest.raises(ValueError, match="the champion's scores are given twice: 'now'"):
        finding(tmp_path, own, new=table)


def test_a_champion_has_a_rule_of_its_own(tmp_path):
    rule = '[champion]\nrule = "threshold"\nthreshold = 0.7\n'
    own = finding(tmp_path, MONEY + rule, bound=-5)
    assert own.decided["champion"].endswith("rule: an alert from a score of 0.7 on")
    other = gate.Decision(rule="threshold", threshold=0.7)
    expected = difference(scored(NEW), scored(OLD, other), "saved_per_1000")
    assert ends(own) == pytest.approx(
        (expected.value, expected.interval.low, expected.interval.high)
    )
    criteria = gate.read_criteria(criteria_file(tmp_path, MONEY.format(bound=-5)))
    assert ends(gate.judge(NEW, criteria, champion=scored(OLD, other))) == pytest.approx(ends(own))
    decided = OLD.assign(block=OLD["score"] >= 0.7)
    found = gate.judge(NEW, criteria, champion=scored(decided))
    assert ends(found) == pytest.approx(ends(own))
    assert found.decided["champion"].endswith("rule: the decisions that came with the rows")


def test_the_type_of_the_champions_scores_decides_how_they_meet_its_threshold(tmp_path):
    new = NEW.assign(score=np.float64(0.7))
    old = OLD.assign(score=np.float32(0.7))  # less than 0.7, as a double
    text = MONEY.replace("threshold = 0.1", "threshold = 0.7")
    alike = finding(tmp_path, text, new=new, old=old, bound=-5).findings[0]
    assert alike.because.startswith("both models come to the same on every row")


def test_two_classifiers_are_compared_on_one_frame(tmp_path):
    frame = GOOD.assign(a=np.log(NEW["score"]), b=np.log(OLD["score"])).drop(columns="score")
    new, old = (LogisticRegression().fit(frame[[one]], frame["label"]) for one in "ab")
    criteria = criteria_file(tmp_path, AGAINST.format(bound=0.0))
    assert gate.judge(frame, criteria, model=new, champion=old).outcome == "pass"
    assert gate.judge(frame, criteria, model=old, champion=new).outcome == "fail"


def test_without_a_champion_there_is_no_evidence_against_it(tmp_path):
    found = finding(tmp_path, old=None)
    assert found.exit_code == 3
    assert "no champion" not in found.decided
    assert found.findings[0].because == (
        "it asks against a champion, and none was given (--champion)"
    )
    idle = finding(tmp_path, CRITERIA, bound=0.1)
    assert idle.decided["champion"].endswith("; no criterion asks against it")


def test_a_difference_may_be_asked_of_each_segment(tmp_path):
    parts = np.where(np.arange(4000) % 2, "a", "b")
    text = AGAINST.replace("against =", 'each = "part"\nagainst =')
    verdict = finding(tmp_path, text, new=NEW.assign(part=parts), bound=-0.05)
    assert verdict.outcome == "pass"
    for one in verdict.findings[0].segments:
        rows = parts == one.name
        expected = difference(
            scored(NEW[rows]), scored(OLD[rows]), "average_precision", level=0.975
        )
        assert one.value == pytest.approx(expected.value)
        assert one.low == pytest.approx(expected.interval.low, rel=0.05)


KEYED = AGAINST + '[columns]\nkey = "id"\n'


@pytest.mark.parametrize(
    ("text", "old", "told"),
    [
        (AGAINST, OLD[:-1], "have 4,000 and 3,999 rows. Rows are matched by order, unless a"),
        (
            AGAINST,
            OLD.assign(amount=OLD["amount"].where(OLD.index != 7, 1e6)),
            r"differ in amount at position 7: .* and 1000000\. Rows are matched by order",
        ),
        (AGAINST, OLD.assign(label=1 - OLD["label"]), "differ in label at position 0: 0 and 1"),
        (AGAINST, OLD.assign(label=np.nan), "differ in label at position 0: 0 and nan"),
        (AGAINST, OLD.assign(time=OLD["time"] + 1), "differ in time at position 0"),
        (
            AGAINST,
            OLD.assign(time=pd.Timestamp("2026-03-01") + pd.to_timedelta(OLD["time"], unit="s")),
            "differ in time: 0 and 2026-03-01",
        ),
        (KEYED, OLD[9:], "9 of 4,000 rows of a data frame are not in a data frame, such as id '4"),
        (KEYED, OLD.assign(id=1), "id must name each row once, got '1' at positions 0 and 1"),
        (KEYED, OLD.assign(id=None), "id must name each row, missing at position 0"),
        (KEYED, OLD.drop(columns="id"), "no column 'id'"),
        (KEYED, OLD.assign(score=np.inf), "score must be finite"),
        (AGAINST, 7, "champion must be a file, a data frame or Scored, got int"),
        (AGAINST, scored(OLD[:-1]), "have 4,000 and 3,999 rows"),
        (KEYED, scored(OLD), r"scores has no key: read it with Columns\(key='id'\)"),
        (
            AGAINST + "[champion]\n",
            scored(OLD),
            r"\[champion\] states .*cheapest.*, and its Scored has",
        ),
        (
            AGAINST,
            gate.Scored(OLD, CostModel(review=9), RULE, 60.0),
            "both models must have the same prices",
        ),
    ],
)
def test_rows_that_are_not_the_same_are_refused(tmp_path, text, old, told):
    with pytest.raises(ValueError, match=told):
        finding(tmp_path, text, old=old)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"against": "champoin"}, "against of 'c' must be one of '', 'champion'"),
        ({"against": "champion", "metric": "positives"}, "positives is the same for both models"),
        ({"each": 5}, "each of 'c' must be text"),
        ({"metric": "", "claim": "x", "each": "part"}, "names a claim: each goes with a metric"),
        ({"metric": "", "claim": "x", "against": "champion"}, "against goes with a metric"),
        ({"against": "champion", "bound": 1}, "“c” asks for .*: a difference of recall is from -1"),
    ],
)
def test_what_is_asked_of_a_difference_or_a_segment_is_checked(change, told):
    asked = {"name": "c", "why": "w", "bound": 0.5, "side": "at_least", "unit": "u"}
    with pytest.raises(ValueError, match=told):
        gate.Criterion(**asked | {"metric": "recall"} | change)


def command(tmp_path, *more, new="new.csv"):
    for name, frame in (("new.csv", NEW), ("old.csv", OLD)):
        scores_file(tmp_path, frame, name)
    criteria = criteria_file(tmp_path, AGAINST.format(bound=0.0))
    words = ["gate", "--criteria", criteria, "--scores", tmp_path / new, *more]
    return main([str(one) for one in words])


def test_the_command_compares_two_files(tmp_path, capsys):
    old, page = tmp_path / "old.csv", tmp_path / "v.json"
    assert command(tmp_path, "--champion", old, "--json", page) == 0
    by_order = json.loads(page.read_text(encoding="utf-8"))
    assert command(tmp_path, "--champion", old, "--key", "id", "--json", page) == 0
    by_key = json.loads(page.read_text(encoding="utf-8"))
    assert by_key["findings"] == by_order["findings"]
    assert by_key["findings"][0]["criterion"]["against"] == "champion"
    told = capsys.readouterr().out
    assert "Champion: old.csv, SHA-256" in told
    assert "matched by 'id'" in told
    assert command(tmp_path) == 3
    both = NEW.assign(now=OLD["score"])
    scores_file(tmp_path, both, "both.csv")
    assert command(tmp_path, "--column", "champion=now", new="both.csv") == 0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--key", "id"], "--champion goes with --scores, and --key with --champion"),
        (["--champion", "none.csv"], "none.csv: it cannot be read: No such file"),
        (["--champion", "{old}", "--key", "nobody"], "it has no column 'nobody'"),
        (["--champion", "{old}", "--json", "{old}"], "would"),
    ],
)
def test_a_champion_that_cannot_be_used_is_refused_in_one_line(tmp_path, capsys, more, told):
    more = [one.format(old=tmp_path / "old.csv") for one in more]
    assert command(tmp_path, *more) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


def test_the_same_file_twice_is_said(tmp_path):
    assert "; the same as this model's" in finding(tmp_path, old=NEW).decided["champion"]
    assert "the same as" not in finding(tmp_path).decided["champion"]


def test_it_is_said_which_of_the_two_shows_nothing(tmp_path):
    odds = OLD.assign(score=np.log(OLD["score"]))
    recall = AGAINST.replace("average_precision", "recall").replace(
        'unit = "average precision"', ""
    )
    told = finding(tmp_path, recall, old=odds).findings[0]
    assert told.outcome == "insufficient evidence"
    assert told.because.startswith("the champion: scores run from -")
    assert finding(tmp_path, old=odds).outcome == "pass"  # an order is all that ranking needs
