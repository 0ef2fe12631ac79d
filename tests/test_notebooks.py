"""Each chapter runs alone: in a fresh process, from the sample, with the network off."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

import editions

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = Path(__file__).parent / "offline"
CHAPTERS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.fixture
def quick_and_offline(tmp_path):
    """Return the environment of a laptop in a workshop: quick mode, no network, nothing stored."""
    return os.environ | {
        "PRERELEASE_MODE": "quick",
        "PRERELEASE_DATA_DIR": str(tmp_path / "data"),
        "PRERELEASE_LEDGER": str(tmp_path / "ledger.jsonl"),
        "PRERELEASE_EVIDENCE": str(tmp_path / "evidence"),
        "PYTHONPATH": str(OFFLINE),
        # For children that are not Python: a proxy where nobody listens.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


def test_network_is_really_off(quick_and_offline):
    code = "import urllib.request; urllib.request.urlopen('http://example.com', timeout=5)"
    for proxies in ({}, {"http_proxy": "", "https_proxy": ""}):
        environment = quick_and_offline | proxies
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "The network is off in this test" in done.stderr or "refused" in done.stderr


@pytest.mark.notebook
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_alone_in_quick_mode_without_a_network(path, quick_and_offline, tmp_path):
    quick_and_offline.pop("PRERELEASE_DATA", None)
    notebook = jupytext.read(path)
    notebook.cells += stubs_and_checks(path)
    kernel = notebook.metadata.setdefault("kernelspec", {"name": "python3"})["name"]
    client = NotebookClient(
        notebook, timeout=300, kernel_name=kernel, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=quick_and_offline)
    shown = "".join(
        output.get("data", {}).get("text/markdown", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    assert "Quick mode" in shown, "the page does not say which mode made its outputs"
    verdicts = list(said_by_checks(notebook))
    solved, unsolved = verdicts[: len(verdicts) // 2], verdicts[len(verdicts) // 2 :]
    assert all("**Right.**" in text for text in solved), solved
    assert all("in place of each `...`" in text for text in unsolved), unsolved
    assert signed_by(path) == {line["who"].split(":")[0] for line in ledger_lines(tmp_path)}


def stubs_and_checks(path):
    """Return what an attendee who has written nothing yet would run after the chapter."""
    exercises = [exercise for exercise in editions.read_chapter(path).exercises if exercise.check]
    return [cell for exercise in exercises for cell in (editions.stub(exercise), exercise.check)]


def said_by_checks(notebook):
    """Yield what each check has shown."""
    for cell in notebook.cells:
        if "check" in cell.metadata.get("tags", []):
            assert cell.outputs, cell.source
            yield cell.outputs[-1]["data"]["text/markdown"]


def signed_by(path):
    """Return who must have signed the ledger of test rows once a chapter has run."""
    opens = re.search(
        r"^[^#\n]*\b(open_test|scored_later)\(", path.read_text("utf-8"), re.MULTILINE
    )
    return {path.stem if path.stem == "index" else f"chapter {path.stem[:2]}"} if opens else set()


def ledger_lines(folder):
    ledger = folder / "ledger.jsonl"
    return map(json.loads, ledger.read_text().splitlines()) if ledger.exists() else []
