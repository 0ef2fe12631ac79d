"""A Chromium, where the computer has one: for the PDF of the book and the tests of the site."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.site.steps import BuildError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# As root, as in most containers, Chromium starts only without its sandbox. The site is our own.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]
LONGEST = 600  # seconds


def find() -> str | None:
    """Return the path of a Chromium, that of PRERELEASE_CHROMIUM before all others."""
    named = os.environ.get("PRERELEASE_CHROMIUM")
    found = [shutil.which(name) for name in ([named] if named else NAMES)]
    return next((path for path in found if path), None)


def print_page(page: Path, to: Path) -> None:
    """Print a page of HTML, which has no scripts, as a PDF with an outline of its headings."""
    chromium = find()
    if chromium is None:
        msg = (
            "No Chromium was found, which prints the PDF: install one (on Debian, `apt-get install "
            "chromium`) or name yours in PRERELEASE_CHROMIUM, then run `make pdf` again."
        )
        raise BuildError(msg)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium, "--headless", *ARGUMENTS, f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer"]
        command += ["--generate-pdf-document-outline", f"--print-to-pdf={to}", page.as_uri()]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            msg = f"Chromium had not printed {page} after {LONGEST} seconds: try again alone."
            raise BuildError(msg) from None
    if done.returncode or not to.is_file():
        msg = f"Chromium did not print {page}: {done.stderr.strip()[-400:]}"
        raise BuildError(msg)
