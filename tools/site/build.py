"""Build the book: execute its chapters, and write the site to build/site.

Every step keeps its result and is skipped while nothing that it depends on has changed, and
the stamp that says "the site is whole" is written last: it can be interrupted at any moment
and run again. PRERELEASE_MODE=quick builds from the same rows with less effort.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import filelock

from casebook import evidence, mode
from tools.site import assets as site_assets
from tools.site import benchmarks as site_benchmarks
from tools.site import execute as site_execute
from tools.site import finish as site_finish
from tools.site import lighten as site_lighten
from tools.site import modes as site_modes
from tools.site import redirects as site_redirects
from tools.site import release as site_release
from tools.site import reports as site_reports
from tools.site import slides as site_slides
from tools.site import stage as site_stage
from tools.site import timetables as site_timetables
from tools.site.steps import (
    BOOK,
    BUILD,
    CASEBOOK,
    LIBRARY,
    NOTEBOOKS,
    ROOT,
    SITE,
    SOURCE,
    BuildError,
    digest,
    run,
    say,
    step,
)

STAMP = BUILD / "site-made-from"
FREE_BYTES_NEEDED = 1e9


def fingerprint() -> str:
    """Return a digest of everything that decides how the site looks."""
    inputs = [BOOK, NOTEBOOKS, LIBRARY, CASEBOOK, ROOT / "requirements", site_benchmarks.SCRIPTS]
    inputs += sorted((ROOT / "tools").glob("*/*.py"))
    shown = site_benchmarks.shown()
    settings = json.dumps(site_stage.settings(), sort_keys=True, default=str)
    data = os.environ.get("PRERELEASE_DATA", "")
    return digest(inputs, mode.current(), settings, data, shown, sys.version)


def both_modes() -> list[site_modes.Compared]:
    """Compare the modes, where both have run on these sources; refuse what no page announces."""
    if not site_modes.same_sources():
        return []
    full, quick = (evidence.folder().with_name(name) for name in ("full", "quick"))
    compared = site_modes.compare(full, quick) + site_modes.compare_gate(full, quick)
    if found := site_modes.faults(compared):
        msg = "The two modes disagree, and no page says so:\n" + "\n".join(found)
        raise BuildError(msg)
    return compared


def sphinx(*how: str) -> Path:
    """Build the staged sources from scratch with Jupyter Book, by default every warning an error.

    From scratch, because a page that Sphinx does not read again cannot warn again; and in a
    folder of this process, because one that was killed may have left a Sphinx that still writes.
    """
    for leftover in BUILD.glob("sphinx-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    output = BUILD / f"sphinx-{os.getpid()}"
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", str(SOURCE), "--path-output", str(output)]
    command += [*(how or ("-W", "-n", "--keep-going")), "--all"]
    run("Jupyter Book", command, log=BUILD / "logs" / "jupyter-book.log")
    return output / "_build" / "html"


def publish(pages: Path) -> None:
    """Put a finished copy of the pages where the site is, in one rename."""
    new, old = BUILD / "site-new", BUILD / "site-old"
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(
        pages, new, ignore=shutil.ignore_patterns(".buildinfo*", "reports", "objects.inv")
    )
    sheets = site_finish.finish(new, site_stage.site_address(site_stage.settings()))
    site_slides.make(new)
    site_timetables.name_slides(new)
    site_reports.show_limits(new)
    for lost in site_redirects.lead_on(new):
        say(f"  the old address {lost} leads nowhere: say where it leads in {site_redirects.TABLE}")
    site_lighten.bundle(new, sheets)
    if SITE.exists():
        SITE.rename(old)
    new.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)


def build() -> None:
    """Run all steps, or none if the site is up to date."""
    try:
        mode.current()
    except ValueError as error:
        raise BuildError(str(error)) from None
    wanted = fingerprint()
    if SITE.is_dir() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        say(f"[book] up to date: {SITE / 'index.html'}")
        return
    if (free := shutil.disk_usage(BUILD).free) < FREE_BYTES_NEEDED:
        msg = f"The disk has {free / 1e9:.1f} GB free, and the build needs 1 GB: free some space."
        raise BuildError(msg)
    STAMP.unlink(missing_ok=True)
    began = time.perf_counter()
    config = site_stage.settings()
    site_stage.stage_prose()
    site_stage.stage_notebooks(config)
    site_assets.fetch()
    cache = site_execute.cache_folder()
    with step(f"chapters, {mode.current()} mode (those that changed)"):
        records = site_execute.execute_all(cache)
    compared = both_modes()
    with step("pages (about 30 s)"):
        site_stage.stage_api()
        site_stage.stage_settings(config, cache)
        site_reports.stage_run_times(records, compared)
        site_benchmarks.stage()
        site_assets.stage()
        verdict = site_release.stage()
        publish(sphinx())
    STAMP.write_text(wanted, encoding="utf-8")
    minutes = (time.perf_counter() - began) / 60
    say(f"[book] the gate says: {verdict}")
    say(f"[book] done in {minutes:.1f} min: open {SITE / 'index.html'}")


def main() -> int:
    BUILD.mkdir(exist_ok=True)
    try:
        with filelock.FileLock(BUILD / "book.lock", timeout=0):
            build()
    except filelock.Timeout:
        say("[book] another build is running in this folder: wait for it, or stop it.")
        return 1
    except BuildError as error:
        say(f"[book] {error}")
        return 1
    except OSError as error:
        say(f"[book] {error.strerror or error}: {error.filename or BUILD}.")
        return 1
    except KeyboardInterrupt:
        say("\n[book] interrupted: run it again, chapters that finished are kept.")
        os._exit(130)  # threads that wait for a kernel would hold the exit up
    return 0


if __name__ == "__main__":
    sys.exit(main())
