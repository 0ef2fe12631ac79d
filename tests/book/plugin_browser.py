"""A pytest plugin: Chromium for the tests of the site, or the reason why they did not run."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.site import chromium

HOW = (
    "no Chromium was found: install one (on Debian, `apt-get install chromium`) or name yours in "
    "PRERELEASE_CHROMIUM, then run `make test` again"
)


def in_ci() -> bool:
    """Tell whether a missing browser or site is a failure rather than a reason to skip."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def missing(reason: str) -> None:
    """Skip the test that asked for something that is not there; fail it in CI."""
    if in_ci():
        pytest.fail(reason)
    # A reader's laptop need not have a browser; the last lines of the run say what was left out.
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One headless Chromium for all tests of a process."""
    executable = chromium.find()
    if executable is None:
        missing(HOW)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def built_site() -> Path:
    """The folder of a whole built site."""
    build = Path(__file__).resolve().parents[2] / "build"
    if not (build / "site-made-from").is_file():
        missing("the site is not built: run `make book` first")
    return build / "site"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines that the browser tests did not run, and how to run them."""
    skipped = terminalreporter.stats.get("skipped", [])
    unrun = [report for report in skipped if "browser" in report.keywords]
    if unrun:
        reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in unrun}
        terminalreporter.write_sep("-", "browser tests did not run", yellow=True)
        for reason in sorted(reasons):
            terminalreporter.write_line(f"{len(unrun)} browser tests did not run: {reason}.")
