import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from champion_helpers import AGAINST, GOOD, MONEY, NEW, OLD, finding, noisy, scored
from gate_helpers import scores
from prerelease import gate
from prerelease.gate._champion import difference
from prerelease.gate._names import COUNTED, METRICS, settled
from prerelease.intervals._binomial import paired_ends

DIFFERENCES = [(m, 300 if m.endswith("_at_k") else None) for m in METRICS if m not in COUNTED]


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
