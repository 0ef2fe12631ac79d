"""Searches: the same after a kill as without one, set aside when stale, refused when broken."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from filelock import FileLock
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from casebook import conventions, data, leaks, models, search, split
from casebook.models import Family, Span
from casebook.search import StudyError, _run, make_task, search_all
from casebook.search._run import advance, study_name
from casebook.search._store import digest, file_of, opened
from casebook.search._summary import Summary, summary
from prerelease import costs as money

NAME = "logistic regression"
STUDY = study_name(NAME, 0)
FAMILY = replace(models.FAMILIES[NAME], space={"C": Span(1e-4, 10.0, 1.0, log=True)}, trials=6)
SETTINGS = ["C", "savings", "complete"]


def small_task(seed=0):
    sample = data.load_sample()
    train, _ = split.development(sample)
    keep = (train["Class"] == 1) | (np.arange(len(train)) % 6 == 0)
    return make_task(train[keep], costs=money.CostModel(), share=0.5, seed=seed)


@pytest.fixture(scope="module")
def task():
    return small_task()


def run(task, place, **options):
    options = {"seconds": 60, **options}
    return advance(NAME, FAMILY, task, place=place, **options)


@pytest.fixture(scope="module")
def whole(task, tmp_path_factory):
    place = tmp_path_factory.mktemp("whole")
    assert run(task, place) == 6
    return place


def test_folds_learn_from_the_past_and_keep_every_fraud(task):
    rows = task.rows.reset_index(drop=True)
    for learn, decide, weight in task.folds:
        assert learn.max() < decide.min()
        frauds = (rows["Class"].iloc[: decide.min()] == 1).sum()
        assert (rows["Class"].iloc[learn] == 1).sum() == frauds
        assert weight.sum() == pytest.approx(decide.min(), rel=0.01)
    assert task.folds[-1][1].max() == len(rows) - 1


def test_a_grade_is_what_the_models_save_on_the_stretches_so_far(task):
    model = models.logistic_regression()
    jobs = [leaks.Fit(model, *fold) for fold in task.folds]
    place = np.concatenate([decide for _, decide, _ in task.folds])
    rows, score = task.rows.iloc[place], np.concatenate(leaks.scores(task.rows, jobs, at_once=1))
    expected = money.savings(
        rows["Class"], conventions.decide(rows, score, costs=task.costs), rows["Amount"],
        costs=task.costs, weight=data.sampling_weights(rows),
    )  # fmt: skip
    *_, saved = task.grade(model)
    assert saved == expected


def test_a_model_that_knows_nothing_saves_nothing(task):
    *_, saved = task.grade(DummyClassifier(strategy="constant", constant=0))
    assert saved == 0


def test_the_first_trial_is_what_one_would_set_by_hand(whole):
    trials = summary(STUDY, whole).trials
    assert trials["C"].iloc[0] == 1.0
    assert trials.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert (trials["seconds"] > 0).all()


def test_trials_are_cut_short_only_after_the_first_three_and_have_fewer_folds(whole):
    trials = summary(STUDY, whole).trials
    assert trials["complete"].iloc[:3].all()
    np.testing.assert_array_equal(trials["complete"], trials["folds"] == 3)


def test_a_finished_study_is_not_searched_again(task, whole):
    before = summary(STUDY, whole).trials
    assert run(task, whole) == 0
    pd.testing.assert_frame_equal(summary(STUDY, whole).trials, before)


def test_two_searches_find_the_same_and_another_seed_does_not(task, whole, tmp_path):
    run(task, tmp_path / "again")
    run(task, tmp_path / "other", seed=1, trials=3)
    expected = summary(STUDY, whole).trials[SETTINGS]
    pd.testing.assert_frame_equal(summary(STUDY, tmp_path / "again").trials[SETTINGS], expected)
    other = summary(study_name(NAME, 1), tmp_path / "other").trials
    assert other["C"].iloc[0] == expected["C"].iloc[0] == 1.0
    assert other["C"].iloc[1] != expected["C"].iloc[1]


KILLED = """
import sys, time
from pathlib import Path
from sklearn.linear_model import LogisticRegression
import test_search as t

count = {"fits": 0}
fit = LogisticRegression.fit

def slow(self, *args, **kwargs):
    count["fits"] += 1
    if count["fits"] == 8:  # in the middle of the third trial
        Path(sys.argv[2]).touch()
        time.sleep(60)
    return fit(self, *args, **kwargs)

LogisticRegression.fit = slow
t.run(t.small_task(), Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_study_killed_in_mid_trial_goes_on_as_if_nothing_had_happened(task, whole, tmp_path):
    place, middle = tmp_path / "study", tmp_path / "middle"
    tests = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(place), str(middle)],
        env={**os.environ, "PYTHONPATH": tests},
    )
    for _ in range(3000):
        if middle.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert len(summary(STUDY, place).trials) == 2
    assert run(task, place) == 4
    again, expected = summary(STUDY, place), summary(STUDY, whole)
    pd.testing.assert_frame_equal(again.trials[SETTINGS], expected.trials[SETTINGS])


def test_the_budget_of_seconds_ends_a_search_and_counts_earlier_runs(task, tmp_path):
    assert run(task, tmp_path, seconds=1e-6) == 1
    assert run(task, tmp_path, seconds=1e-6) == 0
    assert summary(STUDY, tmp_path, limit=6).ended_by == "seconds"


def test_a_study_of_another_task_is_set_aside_and_not_continued(tmp_path, task, whole):
    run(task, tmp_path, trials=2)
    assert run(small_task(seed=1), tmp_path, trials=1) == 1
    assert len(summary(STUDY, tmp_path).trials) == 1
    aside = file_of(STUDY, tmp_path).with_suffix(".stale.db")
    with sqlite3.connect(aside) as base:
        assert base.execute("SELECT count(*) FROM trials").fetchone() == (2,)


def test_a_corrupt_study_is_refused_with_what_to_do(task, tmp_path, whole):
    file = file_of(STUDY, tmp_path)
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(StudyError, match=r"logistic-regression-0.db is corrupt .* Remove"):
        run(task, tmp_path)
    torn = bytearray(file_of(STUDY, whole).read_bytes())
    torn[4096 : 4096 * 8] = b"\xff" * (4096 * 7)
    file.write_bytes(torn)
    with pytest.raises(StudyError, match=r"Remove .* and the search begins anew"):
        run(task, tmp_path)


def test_a_file_of_another_program_is_refused(task, tmp_path):
    with sqlite3.connect(file_of(STUDY, tmp_path)) as base:
        base.execute("CREATE TABLE mine (x)")
    with pytest.raises(StudyError, match="is no file of Optuna's"):
        run(task, tmp_path)


def test_a_study_that_is_open_elsewhere_is_refused(task, tmp_path, monkeypatch):
    monkeypatch.setattr(search._store, "PATIENCE", 0.05)
    file = file_of(STUDY, tmp_path)
    with (
        FileLock(file.with_name(f".{file.name}.lock")),
        pytest.raises(StudyError, match=r"Another process has the study .* open"),
    ):
        run(task, tmp_path)


def test_a_database_that_another_program_locks_is_refused(task, tmp_path, monkeypatch):
    monkeypatch.setattr(search._store, "PATIENCE", 0.2)
    run(task, tmp_path, trials=1)
    base = sqlite3.connect(file_of(STUDY, tmp_path), isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StudyError, match="Another program has locked the study"):
        summary(STUDY, tmp_path)
    base.close()


def test_without_a_study_there_is_no_summary(tmp_path):
    with pytest.raises(StudyError, match="There is no study of TabNet"):
        summary("TabNet", tmp_path)


@pytest.mark.filterwarnings("ignore:n_quantiles")  # a task with fewer rows than quantiles
def test_all_families_are_searched_on_one_budget(task, tmp_path):
    told = []
    choices = Family(
        models.logistic_regression, {"scale": models.FAMILIES[NAME].space["scale"]}, trials=2
    )
    whole_numbers = Family(
        HistGradientBoostingClassifier,
        {"max_iter": Span(2, 4, 2), "learning_rate": Span(0.1, 0.2, 0.1)},
        trials=2,
    )
    found = search_all(
        {NAME: FAMILY, "scales": choices, "trees": whole_numbers},
        task, place=tmp_path, seconds=60, trials={NAME: 4}, processes=1, seeds=[0, 5],
        tell=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert {name: [len(one.trials) for one in each] for name, each in found.items()} == {
        NAME: [4, 4], "scales": [2, 2], "trees": [2, 2],
    }  # fmt: skip
    assert {one.ended_by for each in found.values() for one in each} == {"trials"}
    assert told[-1] == (16, 16)
    assert set(found["scales"][0].trials["scale"]) <= {"standard", "ranks"}
    assert found["trees"][0].trials["max_iter"].dtype == np.int64
    first, other = (one.trials["C"] for one in found[NAME])
    assert first.iloc[0] == other.iloc[0]
    assert (first.iloc[1:] != other.iloc[1:]).all()


@pytest.mark.parametrize(
    ("families", "trials", "named"),
    [({}, None, "no family"), ({NAME: FAMILY}, {"logistic": 2}, r"\['logistic'\]")],
)
def test_only_families_that_race_have_limits(task, tmp_path, families, trials, named):
    with pytest.raises(ValueError, match=f"trials must be of families that race.* got {named}"):
        search_all(families, task, place=tmp_path, seconds=60, trials=trials)


def test_a_study_without_a_finished_trial_has_no_best(task, tmp_path):
    with opened(STUDY, digest(STUDY, FAMILY, task, 0), tmp_path):
        pass
    with pytest.raises(StudyError, match="No trial of 0 was carried through"):
        summary(STUDY, tmp_path).best  # noqa: B018 - reading it is the test


def test_the_best_is_the_complete_trial_with_the_highest_savings(whole):
    each = summary(STUDY, whole)
    complete = each.trials[each.trials["complete"].astype(bool)]
    assert each.best == {"C": complete.loc[complete["savings"].idxmax(), "C"]}
    *_, saved = small_task().grade(FAMILY.model(**each.best))
    assert saved == pytest.approx(complete["savings"].max())


def test_settings_have_three_digits(whole):
    found = summary(STUDY, whole).trials["C"]
    assert found.tolist() == [float(f"{value:.3g}") for value in found]


def test_no_complete_trial_is_no_result(whole):
    trials = summary(STUDY, whole).trials.assign(complete=False)
    with pytest.raises(StudyError, match="No trial of 6 was carried through"):
        Summary(trials, "trials").best  # noqa: B018 - reading it is the test


class Lucky(DummyClassifier):
    """A model whose quality is its seed's: it scores frauds higher with some seeds."""

    def __init__(self, skill=1.0, random_state=0):
        super().__init__()
        self.skill = skill
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        luck = np.random.default_rng(self.random_state).uniform(0.2, 1)
        score = 1 / (1 + np.exp(self.skill * luck * np.asarray(X)[:, 13]))  # V14: frauds lie low
        noise = np.random.default_rng(self.random_state + 10).random(len(X))
        fraud = 0.5 * score + 0.1 * noise
        return np.column_stack([1 - fraud, fraud])


LUCKY = Family(Lucky, {"skill": Span(0.1, 2.0, 1.0)}, trials=3, seeded="random_state")


@pytest.fixture(scope="module")
def confirmed(task, tmp_path_factory):
    families = {"lucky": LUCKY, NAME: FAMILY}
    place = tmp_path_factory.mktemp("confirmed")
    options = {"seeds": [0, 1, 2], "processes": 1}
    found = search_all(families, task, place=place, seconds=60, trials={NAME: 3}, **options)
    told = []
    tables = search.confirm(
        families, task, found, tell=lambda *done: told.append(done), **options
    )  # fmt: skip
    return found, tables, told


def test_winners_are_trained_again_with_the_seeds_that_did_not_choose_them(task, confirmed):
    found, tables, told = confirmed
    assert told[-1] == (6, 6)  # three winners, two other seeds; logistic regression draws nothing
    for own, each in enumerate(found["lucky"]):
        assert tables["lucky"].loc[own, own] == each.trials["savings"].max()
        for seed in range(3):
            *_, saved = task.grade(LUCKY.model(seed=seed, **each.best))
            assert tables["lucky"].loc[own, seed] == pytest.approx(saved)


def test_a_family_that_draws_nothing_saves_the_same_with_every_seed(confirmed):
    _, tables, _ = confirmed
    assert (tables[NAME].max(axis=1) == tables[NAME].min(axis=1)).all()
    pd.testing.assert_frame_equal(search.fresh_savings(tables[NAME]), tables[NAME])


def test_what_a_search_itself_saw_is_not_fresh(confirmed):
    _, tables, _ = confirmed
    fresh = search.fresh_savings(tables["lucky"])
    assert np.isnan(np.diag(fresh)).all()
    assert fresh.notna().to_numpy().sum() == 6
    alone = search.fresh_savings(pd.DataFrame([[0.5]]))
    assert alone.isna().to_numpy().all()


def test_settled_are_the_settings_with_the_highest_fresh_savings():
    searches = [
        Summary(
            pd.DataFrame(
                {"savings": [value], "folds": 3, "complete": True, "seconds": 1.0, "C": [value]}
            ),
            "trials",
        )
        for value in (0.9, 0.5, 0.6)
    ]
    lucky = pd.DataFrame([[0.9, 0.1, 0.1], [0.4, 0.5, 0.4], [0.3, 0.4, 0.6]])
    assert search.settled(lucky, searches) == {"C": 0.5}


@pytest.mark.parametrize("name", models.FAMILIES)
def test_a_sampler_is_called_tpe_only_where_it_learns(name):
    family = models.FAMILIES[name]
    sampler = _run._sampler(name, family, 0, 3)
    assert (
        type(sampler).__name__ == {"TPE": "TPESampler", "random": "RandomSampler"}[family.sampler]
    )
    assert (family.trials > 2 * _run.BLIND) == (family.sampler == "TPE")


def test_no_two_searches_or_trials_draw_alike():
    family = models.FAMILIES["HistGradientBoosting"]
    drawn = set()
    for name, seed, finished in [("a", 0, 1), ("a", 1, 0), ("a", 0, 2), ("b", 0, 1)]:
        study = optuna.create_study(sampler=_run._sampler(name, family, seed, finished))
        drawn.add(study.ask().suggest_float("x", 0, 1))
    assert len(drawn) == 4


def test_studies_lie_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PRERELEASE_STUDIES", str(tmp_path))
    monkeypatch.setenv("PRERELEASE_MODE", "quick")
    assert search.folder() == tmp_path / "quick"
    monkeypatch.delenv("PRERELEASE_STUDIES")
    assert search.folder().parts[-3:] == ("build", "studies", "quick")
