import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gate_helpers import CRITERIA, criteria_file, scores, scores_file
from prerelease import evidence, ledger
from prerelease.__main__ import CRASHED, main
from prerelease.intervals import Interval

BOUND = CRITERIA.format(bound=0.1)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(evidence.VARIABLE, str(tmp_path / "quick"))
    monkeypatch.setenv(ledger.VARIABLE, str(tmp_path / "ledger.jsonl"))
    return tmp_path


def gate(place, *more, bound=0.1, frame=None, text=None):
    files = scores_file(place, frame), criteria_file(place, text, bound=bound)
    return main([*map(str, ("gate", "--scores", files[0], "--criteria", files[1], *more))])


@pytest.mark.parametrize(("bound", "code"), [(0.1, 0), (0.99, 1), (0.6, 3)])
def test_the_exit_code_is_the_verdict(place, capsys, bound, code):
    frame = scores(skill=3.0)
    if code == 3:  # a bound that lies in the interval
        gate(place, "--json", place / "v.json", frame=frame)
        bound = json.loads((place / "v.json").read_text())["findings"][0]["value"]
        capsys.readouterr()
    assert gate(place, bound=bound, frame=frame) == code
    told = capsys.readouterr().out
    assert f"A model of mine: {['pass', 'fail', '', 'insufficient evidence'][code]}" in told


def test_the_verdict_is_written_where_asked(place, capsys):
    assert gate(place, "--json", place / "out" / "v.json", "--html", place / "out" / "v.html") == 0
    assert json.loads((place / "out" / "v.json").read_text())["outcome"] == "pass"
    assert "Ship it" in (place / "out" / "v.html").read_text()
    assert capsys.readouterr().out.count("Written: ") == 2


def test_a_place_that_cannot_be_written_to_is_named(place, capsys):
    assert gate(place, "--json", place) == 2
    assert f"{place} cannot be read or written: " in capsys.readouterr().err


def test_columns_may_be_named_on_the_command_line(place):
    frame = scores().rename(columns={"label": "is_fraud", "score": "p"})
    assert gate(place, "--column", "label=is_fraud", "--column", "score=p", frame=frame) == 0


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
    assert gate(place, **options) == 2
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
    assert gate(place, "--column", pair) == 2
    assert message in capsys.readouterr().err


def record(digest, low=0.65, claim="average_precision of the release"):
    evidence.record(
        claim,
        0.79,
        Interval(0.79, low, 0.87, level=0.95, method="m", n=9),
        unit="average precision",
        n=9,
        data_digest=digest,
        split="test",
        chapter="07",
        how="bootstrap",
    )


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


def untouched(place):
    """Return what is in every file of a folder."""
    return {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}


OVER = {
    "the scores": ("gate", "--html", "scores.csv"),
    "the criteria": ("gate", "--json", "criteria.toml"),
    "the criteria by another way": ("gate", "--json", "sub/../criteria.toml"),
    "a symbolic link to the scores": ("gate", "--html", "soft.csv"),
    "a hard link to the scores": ("gate", "--html", "hard.csv"),
    "another output": ("gate", "--json", "v.x", "--html", "v.x"),
    "another output by another way": ("gate", "--json", "v.x", "--html", "sub/../v.x"),
    "scores by their report": ("report", "-o", "scores.csv"),
    "the reference": ("report", "--reference", "before.csv", "-o", "before.csv"),
    "the evidence": ("card", "--evidence", "quick", "-o", "quick/07.jsonl"),
    "the evidence by the variable": ("card", "-o", "quick/07.jsonl"),
    "the ledger": ("gate", "--data-digest", "0", "--json", "ledger.jsonl"),
    "the ledger, though it is not read": ("gate", "--json", "ledger.jsonl"),
    "another ledger": ("gate", "--ledger", "before.csv", "--html", "before.csv"),
    "the ledger by a report": ("report", "-o", "ledger.jsonl"),
    "the lock": ("card", "--lock", "lock.txt", "-o", "lock.txt"),
}


@pytest.mark.parametrize("case", OVER)
def test_no_output_replaces_an_input_or_another_output(place, monkeypatch, capsys, case):
    command, *words = OVER[case]
    monkeypatch.chdir(place)
    record("ab" * 32)
    scores_file(place)
    criteria_file(place)
    (place / "sub").mkdir()
    for name in ("before.csv", "ledger.jsonl", "lock.txt"):
        (place / name).write_text("", encoding="utf-8")
    (place / "soft.csv").symlink_to("scores.csv")
    (place / "hard.csv").hardlink_to("scores.csv")
    before = untouched(place)
    arguments = [command, *(["scores.csv"] if command == "report" else []), *words]
    if command == "gate" and "--data-digest" not in words:
        arguments += ["--scores", "scores.csv"]
    assert main([*arguments, "--criteria", "criteria.toml"]) == 2
    told = capsys.readouterr()
    assert "would overwrite" in told.err
    assert told.out == ""
    assert untouched(place) == before


def process(place, *words, **options):
    """Run the program on its own, as a shell does."""
    command = [sys.executable, "-m", "prerelease", "gate", *map(str, words)]
    if "--criteria" not in words:
        command += ["--criteria", str(criteria_file(place))]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def test_a_redirected_input_is_not_overwritten(place):
    file = scores_file(place)
    before = file.read_bytes()
    with file.open("rb") as stdin:
        done = process(place, "--scores", "-", "--json", file, stdin=stdin)
    told = done.communicate()[1]
    assert done.returncode == 2
    assert "would overwrite the standard input" in told
    assert file.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_where_nobody_reads_on_the_verdict_is_written_and_stays_what_it_is(place):
    reads, writes = os.pipe()
    os.close(reads)
    file = scores_file(place)
    done = process(place, "--scores", file, "--json", place / "v.json", stdout=writes)
    os.close(writes)
    assert done.communicate()[1] == ""
    assert done.returncode == 0
    assert json.loads((place / "v.json").read_text(encoding="utf-8"))["outcome"] == "pass"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize(("bound", "code"), [(0.1, 0), (0.99, 1)])
def test_a_verdict_that_cannot_be_printed_stays_what_it_is(place, bound, code):
    file, words = scores_file(place), ["--criteria", criteria_file(place, bound=bound)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = process(place, "--scores", file, "--json", place / "v.json", *words, stdout=full)
    assert done.communicate()[1] == "note: not all could be printed: No space left on device.\n"
    assert done.returncode == code
    assert (place / "v.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("way", ["2>/dev/full", "2>&-", "2>&1 | true"])
def test_an_error_that_cannot_be_told_is_no_verdict(place, way):
    words = [sys.executable, "-m", "prerelease", "gate", "--scores", place / "no.csv"]
    command = shlex.join([*map(str, words), "--criteria", str(criteria_file(place))])
    command = f"set -o pipefail; {command} {way}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_an_output_that_cannot_be_written_is_named(place, capsys):
    for name, why in (("/dev/full", "No space left on device"), ("s.csv/v.json", "File exists")):
        scores_file(place, name="s.csv")
        assert gate(place, "--json", place / name) == 2
        assert f"{name} cannot be read or written: {why}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--champion", "-"), "cannot both be the standard input"),
        (("--json", "-"), "--json - would be a file called -"),
    ],
)
def test_a_dash_is_one_input_and_no_output(place, monkeypatch, capsys, words, told):
    monkeypatch.chdir(place)
    criteria = str(criteria_file(place))
    assert main(["gate", "--scores", "-", "--criteria", criteria, *words]) == 2
    assert told in capsys.readouterr().err
    assert not (place / "-").exists()


def test_a_role_is_given_one_column(place, capsys):
    frame = scores().rename(columns={"score": "p"}).assign(q=0.5)
    assert gate(place, "--column", "score=p", "--column", "score=q", frame=frame) == 2
    assert "--column names two columns for score: 'p' and 'q'" in capsys.readouterr().err
    assert gate(place, "--column", "score=p", "--column", "score=p", frame=frame) == 0


def test_an_output_is_written_whole_or_not_at_all(place, monkeypatch, capsys):
    (place / "v.json").write_text("the last verdict", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device", "v.json")

    monkeypatch.setattr(Path, "replace", full)
    assert gate(place, "--json", place / "v.json") == 2
    assert "No space left" in capsys.readouterr().err
    assert (place / "v.json").read_text(encoding="utf-8") == "the last verdict"
    assert not list(place.glob(".*.part"))


@pytest.mark.skipif(os.name == "nt", reason="devices and links of POSIX")
def test_a_device_stays_one_and_a_link_leads_where_it_led(place, capsys):
    assert gate(place, "--json", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()
    (place / "link.json").symlink_to("real.json")
    assert gate(place, "--json", place / "link.json") == 0
    assert (place / "link.json").is_symlink()
    assert json.loads((place / "real.json").read_text(encoding="utf-8"))["outcome"] == "pass"
    (place / "round.json").symlink_to("round.json")
    assert gate(place, "--json", place / "round.json") == 0  # a link to itself led nowhere


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
