import re

import numpy as np
import pandas as pd
import pytest

from gate_helpers import criteria_file, scores, scores_file
from prerelease import _words, gate, report
from prerelease.__main__ import main
from prerelease.costs import CostModel, bayes_block, row_costs
from prerelease.report import _figures, _moved, _page
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
    assert len(titles) == 5
    assert "cannot show it" not in page
    assert page.count("<figure") == 4


def test_the_page_needs_nothing_from_elsewhere(page):
    assert "http" not in page
    assert "<script" not in page
    assert set(re.findall(r'src="(.{5})', page)) == {"data:"}


def test_every_picture_says_what_is_seen(page):
    texts = re.findall(r'alt="(.*?)"', page)
    assert len(texts) == 8  # each once for light and once for dark
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
    thin = _page._thin(scores(50_000, frauds=100))
    assert len(thin) <= _page.POINTS
    assert (thin.index[0], thin.index[-1]) == (0, 49_999)


def test_drift_is_found_where_scores_moved_and_not_where_they_did_not():
    same = _moved._drift_table(scored(scores(seed=1)), scored())
    assert not same["alarm"].any()
    frame = scores()
    moved = _moved._drift_table(scored(), scored(frame.assign(score=np.sqrt(frame["score"]))))
    assert moved["alarm"].to_dict() == {"amount": False, "score": True}


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
    arguments += ["--criteria", criteria_file(tmp_path)]
    assert main(list(map(str, arguments))) == 0
    assert "Has the world moved?" in output.read_text(encoding="utf-8")
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


def test_periods_of_different_length_are_said():
    long = scores(seed=1)
    long["time"] = 1.5 * long["time"] - 40_000
    assert "The periods are 6 and 4 hours long" in told_of(long, scores())


def test_what_is_said_of_the_reference_stands_on_the_page():
    page = report.build(scored(), reference=scored())
    assert "The reference holds the very rows of the scores: nothing can have moved." in page


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
