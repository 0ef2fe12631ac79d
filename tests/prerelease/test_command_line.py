import json
import os
import subprocess
import sys

import numpy as np
import pytest

from gate_helpers import CRITERIA, criteria_file, record, run_gate, scores, scores_file
from prerelease import evidence, ledger
from prerelease.__main__ import CRASHED, main

BOUND = CRITERIA.format(bound=0.1)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(evidence.VARIABLE, str(tmp_path / "quick"))
    monkeypatch.setenv(ledger.VARIABLE, str(tmp_path / "ledger.jsonl"))
    return tmp_path


@pytest.mark.parametrize(("bound", "code"), [(0.1, 0), (0.99, 1), (0.6, 3)])
def test_the_exit_code_is_the_verdict(place, capsys, bound, code):
    frame = scores(skill=3.0)
    if code == 3:  # a bound that lies in the interval
        run_gate(place, "--json", place / "v.json", frame=frame)
        bound = json.loads((place / "v.json").read_text())["findings"][0]["value"]
        capsys.readouterr()
    assert run_gate(place, bound=bound, frame=frame) == code
    told = capsys.readouterr().out
    assert f"A model of mine: {['pass', 'fail', '', 'insufficient evidence'][code]}" in told


def test_columns_may_be_named_on_the_command_line(place):
    frame = scores().rename(columns={"label": "is_fraud", "score": "p"})
    assert run_gate(place, "--column", "label=is_fraud", "--column", "score=p", frame=frame) == 0


HOSTILE = {
    "missing column": ({"frame": scores().drop(columns="label")}, "no column 'label'"),
    "labels of 2": ({"frame": scores().assign(label=2)}, "must hold only 0"),
    "scores as text": ({"frame": scores().assign(score="high")}, "must be numbers, got 'high'"),
    "unsorted": ({"frame": scores().iloc[::-1]}, "must be sorted in time"),
    "no row": ({"frame": scores().iloc[:0]}, "has its header and no row"),
    "missing score": ({"frame": scores().assign(score=np.nan)}, "score must be"),
    "typo": ({"text": BOUND.replace("average_p", "averag_p")}, "did you mean 'average_precision'"),
    "no TOML": ({"text": "[release"}, "is no TOML"),
    "empty criteria": ({"text": ""}, "has no [[criterion]]"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_judged_is_never_a_pass(place, capsys, case):
    options, message = HOSTILE[case]
    assert run_gate(place, **options) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize(
    ("pair", "message"),
    [("lable=x", "did you mean 'label'"), ("label", "must look like time=transaction_time")],
)
def test_a_column_that_is_named_wrongly_is_refused(place, capsys, pair, message):
    assert run_gate(place, "--column", pair) == 2
    assert message in capsys.readouterr().err


CLAIM = BOUND.replace(
    'metric = "average_precision"', 'chapter = "07"\nclaim = "average_precision of the release"'
)


def judge(place, digest="ab" * 32):
    file = criteria_file(place, CLAIM)
    return main(["gate", "--criteria", str(file), "--data-digest", digest])


@pytest.mark.parametrize(
    ("command", "text", "told"),
    [
        ("card", CLAIM, "--data-digest is missing"),
        ("gate", CLAIM, "--scores is missing: a file of scores; or, for a release file, --data-d"),
        ("gate", BOUND, "--scores is missing: a file of scores.\n"),
    ],
)
def test_what_there_is_to_judge_has_to_be_said(place, capsys, command, text, told):
    assert main([command, "--criteria", str(criteria_file(place, text))]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


def test_without_evidence_the_release_does_not_pass(place, capsys):
    assert judge(place) == 3
    said = capsys.readouterr()
    assert "nor any other" in said.out
    assert said.err == f"No release file is in {place / 'quick'}.\n"


def test_evidence_passes_once_the_criteria_stood_before_the_test_rows_were_used(place, capsys):
    record("ab" * 32)
    assert judge(place) == 3
    assert "holds no evaluation" in capsys.readouterr().out
    entry = {"who": "me", "why": "to judge it", "kind": "evaluation", "data_digest": "0"}
    entry |= {"source": "mine", "n_rows": 9, "n_positive": 3}
    ledger.append(entry, criteria=criteria_file(place, CLAIM))
    assert judge(place) == 0


def test_evidence_of_other_data_does_not_pass(place, capsys):
    record("00" * 32)
    assert judge(place) == 3
    assert "measured on other data" in capsys.readouterr().out


def test_evidence_that_was_edited_by_hand_is_refused(place, capsys):
    record("00" * 32)
    file = place / "quick" / "07.jsonl"
    file.write_text(file.read_text().replace("0.65", "0.85"))
    assert judge(place) == 2
    assert "edited after it was recorded" in capsys.readouterr().err


def test_a_ledger_that_was_edited_is_refused(place, capsys):
    (place / "ledger.jsonl").write_text("{}\n")
    assert judge(place) == 2
    assert "append-only" in capsys.readouterr().err


def test_the_program_runs_in_a_process_of_its_own(place):
    files = str(scores_file(place)), str(criteria_file(place, bound=0.99))
    command = [sys.executable, "-m", "prerelease", "gate", "--scores", files[0]]
    done = subprocess.run(
        [*command, "--criteria", files[1]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "A model of mine: fail" in done.stdout


def test_an_unknown_option_is_no_verdict(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["gate", "--criteria", "x", "--scroes", "y"])
    assert ended.value.code == 2
    assert "--scroes" in capsys.readouterr().err


def test_an_interrupt_is_no_verdict(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("prerelease.gate.read_criteria", interrupt)
    assert main(["gate", "--criteria", "x"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), TypeError("x"), ImportError("x"), MemoryError(), RecursionError("a\nb")],
)
def test_a_crash_is_no_verdict_and_is_one_sentence(monkeypatch, capsys, error):
    def crash(*_):
        raise error

    monkeypatch.setattr("prerelease.gate.read_criteria", crash)
    for command in (["gate"], ["report", "s.csv"], ["card"]):
        assert main([*command, "--criteria", "x"]) == CRASHED
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("error: ")
        assert told.err.count("\n") == 1
        assert f"there is no verdict ({type(error).__name__}" in told.err
        assert "to those from whom you have this package" in told.err


def test_where_to_report_a_crash_is_the_repositorys_setting(monkeypatch, capsys):
    monkeypatch.setattr("prerelease.gate.read_criteria", None)
    monkeypatch.setenv("PRERELEASE_REPOSITORY", "https://github.com/some/body/")
    assert main(["gate", "--criteria", "x"]) == CRASHED
    assert "at https://github.com/some/body/issues" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["option", "variable"])
def test_the_trace_of_a_crash_is_printed_where_it_is_asked_for(monkeypatch, capsys, how):
    monkeypatch.setattr("prerelease.gate.read_criteria", None)
    if how == "variable":
        monkeypatch.setenv("PRERELEASE_DEBUG", "1")
    more = ["--debug"] if how == "option" else []
    assert main(["gate", "--criteria", "x", *more]) == CRASHED
    assert "Traceback" in capsys.readouterr().err


def test_the_exit_codes_are_in_the_help(capsys):
    for command, code in (("gate", "3 insufficient evidence"), ("report", "4 the program itself")):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert code in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("backend", ["module://not_there", "no_such_backend"])
def test_the_report_is_drawn_whatever_backend_is_named(place, backend):
    rows = scores(200, frauds=0)  # two figures in all, so fast
    files = scores_file(place, rows), criteria_file(place)
    command = [sys.executable, "-m", "prerelease", "report", files[0], "--criteria", files[1]]
    env = os.environ | {"MPLBACKEND": backend}
    done = subprocess.run(
        [*map(str, command), "-o", str(place / "r.html")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (place / "r.html").read_text(encoding="utf-8").count("<figure") == 2


def test_a_role_is_given_one_column(place, capsys):
    frame = scores().rename(columns={"score": "p"}).assign(q=0.5)
    assert run_gate(place, "--column", "score=p", "--column", "score=q", frame=frame) == 2
    assert "--column names two columns for score: 'p' and 'q'" in capsys.readouterr().err
    assert run_gate(place, "--column", "score=p", "--column", "score=p", frame=frame) == 0


HEAVY = ("lightgbm", "IPython", "shap", "mapie", "matplotlib.pyplot", "sklearn", "scipy.stats")


@pytest.mark.parametrize(
    ("code", "light"),
    [
        ("sys.argv = ['prerelease', '--version']; prerelease.__main__.main()", ["pandas", "numpy"]),
        ("import prerelease.gate", []),
    ],
)
def test_what_takes_long_is_imported_only_by_what_needs_it(code, light):
    code = (
        f"import sys, prerelease.__main__\ntry:\n    {code}\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {[*HEAVY, *light]!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
