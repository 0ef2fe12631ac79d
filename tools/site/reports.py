"""The page of run times, and what pages that are made from measurements share."""

import platform
from pathlib import Path

import psutil
from bs4 import BeautifulSoup

from casebook import mode
from tools.lint import limits as lint_limits
from tools.site import finish as site_finish
from tools.site import modes as site_modes
from tools.site.steps import SOURCE, write

LENGTHS = """
## Lengths

What a reader goes through on each page, counted when the site was built: code, and what is folded,
are no words. Pages keep to limits, or a reason is given.

<div class="pr-limits"></div>
"""


def machine() -> str:
    """Describe the machine in one sentence."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} on {platform.machine()}, {psutil.cpu_count()} processors, "
        f"{memory:.0f} GiB of memory, Python {platform.python_version()}"
    )


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def modes_in_words(compared: list[site_modes.Compared]) -> str:
    """Return the section that tells where the two modes agree, or nothing if one has not run."""
    if not compared:
        return ""
    rows = [
        [chapter, *map(str, (line["rows"], line["agree"], line["announced"]))]
        for chapter, line in site_modes.summary(compared).iterrows()
    ]
    header = ["Chapter", "Compared", "The same in both modes", "Not, and the page says why"]
    return (
        "\n## Both modes\n\nQuick mode computes from the same rows with less effort. Compared are "
        "the side of zero of each recorded interval, the words of each conclusion, and what the "
        f"release criteria come to.\n\n{table(header, rows)}"
    )


def stage_run_times(records: dict[str, dict], compared: list[site_modes.Compared]) -> None:
    """Write the page of what each chapter costs to run."""
    rows = [
        [
            f"{{doc}}`/{page}`",
            f"{record['execution_seconds']:.1f}",
            f"{record['peak_bytes'] / 2**20:,.0f}",
            record["when"].replace("T", " "),
        ]
        for page, record in records.items()
    ]
    header = ["Page", "Wall time (s)", "Peak memory (MiB)", "Executed (UTC)"]
    write(
        SOURCE / "about" / "run-times.md",
        "# Run times and memory\n\n"
        f"What each page took when this site was built in **{mode.current()} mode**. "
        "The build measures it, nobody types it.\n\n"
        f"{table(header, rows)}\n"
        "Each page runs in a process of its own, two at a time. Wall time includes the start of "
        "that process. Memory is what the process and its children hold together, sampled "
        f"ten times a second.\n\nMeasured on: {machine()}.\n{modes_in_words(compared)}\n{LENGTHS}",
    )


def show_limits(site: Path) -> None:
    """Write how long the pages of a finished site are into its page of run times."""
    path = site / "about" / "run-times.html"
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    found = lint_limits.measured(site)
    table = lint_limits.as_html(found, lint_limits.excesses(found))
    made = BeautifulSoup(f"<article>{table}</article>", "html.parser")
    site_finish.scroll_tables(made)
    made.select_one(".pr-scroll")["aria-label"] = "Lengths of the pages"
    article = made.article
    page.select_one(".pr-limits").replace_with(article)
    article.unwrap()
    write(path, str(page))
