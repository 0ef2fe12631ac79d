"""Build single pages, apart from the book: `python -m tools.site.page 00_data 00a_bursts`.

In quick mode, unless PRERELEASE_MODE says otherwise. Each page runs in a fresh process and is laid
out as in the book, in a folder of its own, build/pages/NAME, which no other build looks at: so
several people may do this at once. A page whose code is as it was is not run again; `--fresh` runs
it all the same, as is needed when the package has changed. Links to pages that are not built lead
nowhere here.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What Sphinx says of pages that are not built here.
ELSEWHERE = ("cross-reference", "unknown document", "reference target not found", "download file")


def prepare(name: str) -> None:
    """Choose folders of our own for all that a build leaves behind; the rest is imported later."""
    folder = ROOT / "build" / "pages" / name
    os.environ["PRERELEASE_BUILD"] = str(folder)
    os.environ["PRERELEASE_EVIDENCE"] = str(folder / "evidence")
    os.environ["PRERELEASE_LEDGER"] = str(folder / "ledger.jsonl")
    os.environ.setdefault("PRERELEASE_MODE", "quick")


def stage(names: list[str]) -> list[str]:
    """Lay out the pages of some notebooks, and the glossary and bibliography they refer to."""
    from tools.site import assets, stage, steps  # noqa: PLC0415 - after `prepare`

    stage.stage_prose()
    for folder in ("about", "teach"):
        shutil.rmtree(steps.SOURCE / folder, ignore_errors=True)
    for file in ("api.md", "404.md"):
        (steps.SOURCE / file).unlink(missing_ok=True)
    config = stage.settings()
    stage.stage_notebooks(config)
    pages = [page for page, source in stage.notebook_names().items() if source.stem in names]
    for page in stage.notebook_names():
        if page not in pages:
            (steps.SOURCE / f"{page}.ipynb").unlink(missing_ok=True)
    shutil.rmtree(steps.SOURCE / "teach", ignore_errors=True)
    if "index" not in pages:
        steps.write(steps.SOURCE / "index.md", "# Prerelease\n\nOnly some pages are built here.\n")
    stage.stage_settings(config, steps.BUILD / "cache")
    listed = [*(page for page in pages if page != "index"), "glossary", "bibliography"]
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": page} for page in listed]}
    steps.write(steps.SOURCE / "_toc.yml", stage.yaml.safe_dump(toc))
    assets.fetch()
    assets.stage()
    return pages


def execute(pages: list[str]) -> None:
    """Run the pages, beside the evidence that the last build of the book left."""
    from casebook import evidence, mode  # noqa: PLC0415
    from tools.site import execute, steps  # noqa: PLC0415
    from tools.site.pages import chapter_of  # noqa: PLC0415

    place = evidence.folder()
    place.mkdir(parents=True, exist_ok=True)
    own = {chapter_of(page) for page in pages}
    for file in (ROOT / "build" / "evidence" / mode.current()).glob("*.jsonl"):
        if file.stem[:2] not in own:
            shutil.copy2(file, place)
    with steps.step(f"{' and '.join(pages)}, {mode.current()} mode"):
        execute.execute_pages(pages, steps.BUILD / "cache")


def build(names: list[str]) -> None:
    """Build some pages, and say how they keep their limits."""
    from tools.lint import limits  # noqa: PLC0415
    from tools.site import build, finish, lighten, slides, steps  # noqa: PLC0415

    pages = stage_and_execute(names)
    with steps.step("layout"):
        shutil.rmtree(steps.SITE, ignore_errors=True)
        shutil.copytree(build.sphinx("--keep-going"), steps.SITE)
        sheets = finish.finish(steps.SITE, "")
        slides.make(steps.SITE)
        lighten.bundle(steps.SITE, sheets)
    log = (steps.BUILD / "logs" / "jupyter-book.log").read_text(encoding="utf-8")
    warnings = [line for line in log.splitlines() if "WARNING" in line]
    for line in warnings:
        if not any(words in line for words in ELSEWHERE):
            steps.say(steps.COLOUR.sub("", line))
    limits.main([str(steps.SITE)])
    for page in pages:
        steps.say(f"{steps.SITE / page}.html")


def stage_and_execute(names: list[str]) -> list[str]:
    """Lay pages out and run them; return their names in the book."""
    from tools.site import stage as site_stage  # noqa: PLC0415
    from tools.site import steps  # noqa: PLC0415

    stems = [source.stem for source in site_stage.notebook_names().values()]
    if unknown := sorted(set(names) - set(stems)):
        msg = f"There is no notebook {', '.join(unknown)}; there are {', '.join(stems)}."
        raise steps.BuildError(msg)
    pages = stage(names)
    execute(pages)
    return pages


def main() -> int:
    parser = argparse.ArgumentParser(description="Build single pages, apart from the book.")
    parser.add_argument("names", nargs="+", metavar="NAME", help="notebooks, such as 00_data")
    parser.add_argument("--fresh", action="store_true", help="run them again")
    asked = parser.parse_args()
    names = [Path(name).stem for name in asked.names]
    prepare(names[0])
    from tools.site import steps  # noqa: PLC0415

    if asked.fresh:
        shutil.rmtree(steps.BUILD / "cache", ignore_errors=True)
    try:
        build(names)
    except steps.BuildError as error:
        steps.say(f"[book] {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
