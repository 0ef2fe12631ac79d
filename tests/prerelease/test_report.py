import re

import numpy as np
import pandas as pd
import pytest

from gate_helpers import criteria_file, scores, scores_file
from prerelease import _words, drift, gate, report
from prerelease.__main__ import main
from prerelease.costs import CostModel, bayes_block, row_costs
from prerelease.gate._labels import Maturity
from prerelease.plots._style import Shown
from prerelease.report import _figures, _labels, _moved, _over_time, _page
from prerelease.uncertainty import ReviewDesk, three_way, three_way_costs


def scored(frame=None):
    frame = scores() if frame is None else frame
    return gate.Scored(frame, CostModel(), gate.Decision(), 60.0)


@pytest.fixture(scope="module")
def page():
    reference = scored(scores(seed=1))
    return report.build(scored(), reference=reference)


def test_the_page_has_every_part(page):
    titles = re.findall("<h2>(.*?)</h2>", page)
    assert len(titles) == 6
    assert "cannot show it" not in page
    assert page.count("<figure") == 5


def test_the_page_needs_nothing_from_elsewhere(page):
    assert "http" not in page
    assert "<script" not in page
    assert set(re.findall(r'src="(.{5})', page)) == {"data:"}


def test_every_picture_says_what_is_seen(page):
    texts = re.findall(r'alt="(.*?)"', page)
    assert len(texts) == 10  # each once for light and once for dark
    assert all(len(text.split()) > 5 for text in texts)


def test_the_metrics_are_those_of_the_gate(page):
    found = gate.measure(scored(), "savings").interval
    told = _words.with_interval(found.estimate, found.low, found.high)
    assert f"<code>savings</code></td><td>{told}</td>" in page


def test_the_review_curve_runs_from_no_review_to_the_cheapest_of_three():
    some, desk, costs = scored(), ReviewDesk(), CostModel()
    curve = _page._review_curve(some, desk)
    block = bayes_block(some.score, some.amount, costs=costs)
    alone = row_costs(some.label, block, some.amount, costs=costs).mean()
    three = three_way(some.score, some.amount, costs=costs, desk=desk)
    all_looks = three_way_costs(some.label, three, some.amount, costs=costs, desk=desk).mean()
    assert curve["cost_per_1000"].iloc[0] == pytest.approx(1000 * alone)
    assert curve["cost_per_1000"].iloc[-1] == pytest.approx(1000 * all_looks)
    assert curve["reviews_per_1000"].iloc[-1] == pytest.approx(1000 * (three == 1).mean())


def test_a_long_curve_is_thinned_but_keeps_its_ends():
    few = _page._few(50_000)
    assert len(few) <= _page.POINTS
    assert (few[0], few[-1]) == (0, 49_999)


def drift_of(reference, current):
    found = _moved.matched(reference, current)
    return drift.feature_drift(*found.frames, n_permutations=199, **found.options)["alarm"]


def test_drift_is_found_where_scores_moved_and_not_where_they_did_not():
    assert not drift_of(scored(scores(seed=1)), scored()).any()
    frame = scores()
    moved = drift_of(scored(), scored(frame.assign(score=np.sqrt(frame["score"]))))
    assert moved.to_dict() == {"amount": False, "score": True}


def test_what_rows_cannot_show_is_said_and_names_are_shown_and_not_run():
    frame = scores().assign(label=0)
    frame.attrs["name"] = "<script>alert(1)</script>.csv"
    page = report.build(scored(frame))
    assert page.count("These rows cannot show it.") == 2
    assert "0 of 4000 rows are positives" in page
    assert "<script" not in page


def test_the_command_writes_the_page(tmp_path, capsys):
    now, earlier = scores(200, frauds=0), scores(200, frauds=0, seed=1)  # few figures, so fast
    file, before = scores_file(tmp_path, now), scores_file(tmp_path, earlier, "before.csv")
    output = tmp_path / "out" / "report.html"
    arguments = ["report", file, "--reference", before, "-o", output]
    arguments += ["--criteria", criteria_file(tmp_path), "--every", "day"]
    assert main(list(map(str, arguments))) == 0
    page = output.read_text(encoding="utf-8")
    assert "Has the world moved?" in page
    assert "Each metric of each day, in numbers" in page
    assert capsys.readouterr().out == f"Written: {output}\n"


def test_a_report_on_nothing_is_refused(tmp_path, capsys):
    options = ["--criteria", str(criteria_file(tmp_path)), "-o", str(tmp_path / "r.html")]
    assert main(["report", str(tmp_path / "none.csv"), *options]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


def test_the_cheapest_point_of_the_review_curve_is_marked():
    curve = pd.DataFrame({"reviews_per_1000": [0, 1, 2], "cost_per_1000": [9.0, 5.0, 7.0]})
    axes = _figures.review_gain(curve).axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[1, 5]]


def test_scores_that_no_case_reaches_are_not_drawn():
    curve = pd.DataFrame({"score": [0.1, 0.5], "reference": [1, 0], "current": [1, 0.3]})
    axes = _figures.distributions(curve).axes[0]
    assert [len(line.get_xdata()) for line in axes.lines] == [1, 2]


def told_of(reference, current):
    return _moved._about_reference(scored(reference), scored(current))


def test_a_reference_that_is_not_before_the_scores_is_said():
    now, early = scores(), scores(seed=1)
    assert "holds the very rows" in told_of(now, now.assign(time=now["time"] + 9))
    later = early.assign(time=early["time"] + 20_000)
    assert "is no earlier period: it ends after the scores begin" in told_of(later, now)
    assert "is no earlier period" in told_of(early, now)
    assert told_of(early.assign(time=early["time"] - 20_000), now) == ""


def test_dates_are_compared_as_dates_though_each_file_counts_from_its_first():
    def dated(frame, day):
        return frame.assign(time=pd.Timestamp(day) + pd.to_timedelta(frame["time"], unit="s"))

    now, early = scores(), scores(seed=1)
    assert told_of(dated(early, "2026-03-01"), dated(now, "2026-03-02")) == ""
    assert "is no earlier period" in told_of(dated(early, "2026-03-03"), dated(now, "2026-03-02"))
    assert "is no earlier period" in told_of(
        dated(early, "2026-03-03T00:00Z"), dated(now, "2026-03-02")
    )
    assert told_of(dated(early, "2026-03-03"), now) == ""  # nothing to compare by


DAY = 86_400.0
METRICS = [name for name in gate.units() if not name.endswith("_at_k")]


def cases(first, days, *, seed=0, n=6000, moved=0.0, start="2026-01-05", kept=lambda t: t >= 0):
    """Return cases whose scores follow the hour and the weekend, from so many days after start."""
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(first, first + days, n)) * DAY
    time = time[kept(time)]
    odds = rng.normal(-3, 1, len(time)) + 2 * (time % DAY < DAY / 2) + 2 * (time // DAY % 7 > 4)
    odds = odds + moved * (time >= 0)
    frame = pd.DataFrame({"time": time, "score": 1 / (1 + np.exp(-odds))})
    if start:
        frame["time"] = pd.Timestamp(start) + pd.to_timedelta(time.round(), unit="s")
    frame["label"] = (rng.random(len(time)) < frame["score"]).astype(float)
    return scored(frame.assign(amount=rng.lognormal(3, 1, len(time))))


def unmatched(reference, current):
    frames = (pd.DataFrame({"time": one.time, "score": one.score}) for one in (reference, current))
    return drift.feature_drift(*frames, block=60.0, n_permutations=199)["alarm"].all()


@pytest.mark.parametrize("start", ["2026-01-05", ""])
def test_a_day_and_a_half_against_a_day_has_not_moved_since_hours_are_matched(start):
    reference, current = cases(0, 1.5, seed=1, start=start), cases(2, 1, start=start)
    assert unmatched(reference, current)
    assert not drift_of(reference, current).any()
    assert drift_of(reference, cases(2, 1, moved=0.5, start=start))["score"]
    assert "within the same hour of the day" in _moved.matched(reference, current).told


def test_weeks_with_other_shares_of_weekends_have_not_moved_since_days_are_matched():
    reference, current = cases(0, 23.5, seed=1), cases(32, 17)  # which has three weekends
    assert unmatched(reference, current)
    assert not drift_of(reference, current).any()
    assert drift_of(reference, cases(32, 17, moved=1.0))["score"]
    told = _moved.matched(reference, current).told
    assert "each with one of the same day of the week" in told
    assert "2.0% of the reference and 0.0% of the scores have no counterpart" in told


def test_the_figure_shows_the_reference_as_if_it_had_the_hours_of_the_scores():
    reference, current = cases(0, 1.5, seed=1, n=60_000), cases(2, 1, n=40_000)
    tails = _moved._tails(_moved.matched(reference, current), np.array([0.05, 0.2, 0.5]))
    assert tails["reference"].to_numpy() == pytest.approx(tails["current"].to_numpy(), rel=0.05)
    plain = np.mean(reference.score >= 0.2) / np.mean(current.score >= 0.2)
    assert plain > 1.1


def test_what_cannot_be_matched_is_said():
    undated = cases(2, 1, start="")
    assert "only one of the two periods has dates" in _moved.matched(cases(0, 1), undated).told
    morning = cases(0, 1, kept=lambda time: time % DAY < DAY / 2)
    evening = cases(2, 1, kept=lambda time: time % DAY > DAY / 2)
    found = _moved.matched(morning, evening)
    assert "too few hours of the day in common. What follows the hour" in found.told
    assert len(found.frames[0]) == len(morning.frame)
    part = _moved.matched(cases(0, 1), cases(2, 1, kept=lambda time: time % DAY < 0.6 * DAY))
    assert re.search("; 3[78]..% of the reference and 0.0% of the scores have no", part.told)


def late(days=10, every=1.0):
    some = cases(0, 60, n=20_000)
    missing = some.time > some.time[-1] - days * DAY
    missing &= np.random.default_rng(0).random(len(missing)) < every
    frame = some.frame.assign(label=some.frame["label"].mask(missing))
    return gate.Scored(frame, CostModel(), gate.Decision(), 60.0)


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the pictures out of the page, which take most of the time."""
    monkeypatch.setattr(_figures, "show", lambda figure, alt: Shown("", alt))


@pytest.mark.usefixtures("undrawn")
def test_what_needs_labels_is_shown_of_rows_before_they_are_late():
    some = late(every=0.9)
    known = _labels.with_labels(some, Maturity())
    assert len(known.frame) == pytest.approx(20_000 * 5 / 6, rel=0.01)
    assert not known.frame["label"].isna().any()
    told = _labels.which(some, known, Maturity())
    assert "Labels are complete until 2026-02-24" in told
    assert re.search("3[0-9]{2} later rows have a label already and are left out", told)
    stated = Maturity(delay_days=30)
    old = _labels.with_labels(some, stated)
    assert len(old.frame) == pytest.approx(10_000, rel=0.02)
    assert "as [labels] of the criteria says" in _labels.which(some, old, stated)
    page = report.build(some, every="week")
    found = gate.measure(known, "recall").interval
    told = _words.with_interval(found.estimate, found.low, found.high)
    assert f"<code>recall</code></td><td>{told}</td>" in page
    assert "<code>cases</code></td><td>20,000</td>" in page


def found_in(known):
    return {name: gate.measure(known, name) for name in METRICS}


def test_rows_without_labels_get_an_estimate_with_its_conditions():
    some = late()
    known = _labels.with_labels(some, Maturity())
    told = _labels.expected(some, known, found_in(known))
    rest = some.frame["label"].isna().to_numpy()
    promised = some.score[rest].sum()
    assert re.search(rf"<td>positives</td><td>{promised:,.0f} \[", told)
    assert f"<td>{known.label.sum():,.0f}</td>" in told
    for condition in ("calibrated", "for large amounts", "bursts", "still means what it meant"):
        assert condition in told
    none = cases(0, 60).frame.assign(label=np.nan)
    some = gate.Scored(none, CostModel(), gate.Decision())
    told = _labels.expected(some, some, found_in(some))
    assert "without a label" in told
    assert told.count("<td>none</td>") == 8  # nothing to check it by


def test_each_period_stands_on_the_page_with_its_interval_or_the_reason_why_it_has_none():
    some = late()
    known = _labels.with_labels(some, Maturity())
    tables = _over_time.tables_of(some, known, METRICS, "week")
    recall, alerts = tables["recall"], tables["alerts_per_1000"]
    assert recall.index.equals(alerts.index)
    assert (recall["why"] == "no label yet").tolist() == [False] * 8 + [True]
    assert alerts["low"].notna().all()
    assert alerts["rows"].sum() == 20_000
    assert recall["rows"].sum() == len(known.frame)
    shown = _over_time._numbers(tables, "week")
    assert all(f"<td>{start:%Y-%m-%d}</td>" in shown for start in recall.index)
    assert _over_time._cell(recall.iloc[1]) in shown
    assert "recall, precision" in shown
    assert ": no label yet." in shown


def test_chance_alone_leaves_few_intervals_beside_the_value_of_all_rows():
    some = cases(0, 60, n=40_000)
    tables = _over_time.tables_of(some, some, METRICS, "week")
    whole = {name: gate.measure(some, name).value for name in ("roc_auc", "found_per_promised")}
    told = _over_time._told(tables, whole, "week")
    n, beside = map(int, re.search(r"Of (\d+) intervals (\d+) leave", told).groups())
    assert n > 10
    assert beside <= 4


def test_a_figure_of_time_has_a_bar_for_each_interval_and_marks_where_labels_are_missing():
    index = pd.Index(pd.date_range("2026-01-05", periods=3, freq="7D"), name="start")
    ends = {"low": [0.4, np.nan, np.nan], "high": [0.6, np.nan, np.nan]}
    why = ["", "7 of 90 rows are positives", "no label yet"]
    table = pd.DataFrame({"value": [0.5, 0.3, np.nan], **ends, "why": why}, index=index)
    figure = _figures.over_time_panels(
        {"recall": table, "precision": table},
        {"recall": 0.45, "precision": np.nan},
        length=7 * DAY,
        title="Is it the same every week?",
    )
    first, second = figure.axes
    sure, open_ones = first.lines[:2]
    assert (len(sure.get_xdata()), open_ones.get_ydata().tolist()[0]) == (1, 0.3)
    assert open_ones.get_markerfacecolor() == "none"
    assert first.collections[0].get_segments()[0][:, 1].tolist() == [0.4, 0.6]
    assert [text.get_text() for text in first.texts] == ["no label yet"]
    assert first.lines[2].get_ydata() == [0.45, 0.45]  # the value of all rows
    assert np.isnan(second.lines[2].get_ydata()).all()
    assert first.get_title("left") == "recall (share of positives)"


@pytest.mark.usefixtures("undrawn")
def test_a_page_without_labels_shows_what_needs_none():
    frame = scores(600, frauds=30).assign(label=np.nan)
    page = report.build(scored(frame), every="hour")
    assert "None of the 600 rows has a label yet." in page
    assert "What may be expected without labels?" in page
    assert page.count("These rows cannot show it.") == 3  # costs, calibration, reviews
    assert "by the gate&#x27;s own method" in page


@pytest.mark.usefixtures("undrawn")
def test_what_is_said_of_the_reference_stands_on_the_page():
    page = _moved.moved(scored(), scored())
    assert "The reference holds the very rows of the scores: nothing can have moved." in page


@pytest.mark.usefixtures("undrawn")
def test_weights_count_in_every_sum_of_the_page():
    frame = scores(1500, frauds=100)
    weight = np.where(frame["label"] == 1, 1, 3)
    copies = frame.loc[frame.index.repeat(weight)].reset_index(drop=True)
    one, other = scored(frame.assign(weight=weight)), scored(copies)
    told = _page._summary(one, "a").replace(", by the weights of 1,500 rows", "")
    assert told.split("SHA")[0].split(" over ")[0] == "a: 4,300 cases"
    assert "100 of them positives (2.326%)" in told
    for make in (_page._costs, _page._calibration):
        figures = r"cheapest single .*? oracle\.|Promised .*? found \d+\."
        assert re.findall(figures, make(one)) == re.findall(figures, make(other)) != []
    ends = [_page._review_curve(some, ReviewDesk()).iloc[[0, -1]] for some in (one, other)]
    assert ends[0].to_numpy() == pytest.approx(ends[1].to_numpy())
    assert "count each row once, whatever its weight" in _page._calibration(one)
    assert "count each row once" not in _page._calibration(other)
