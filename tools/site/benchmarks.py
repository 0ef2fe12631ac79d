"""What benchmarks/*.py measured, shown on a page.

`make bench` measures everything, by running this file. A measurement of this copy is shown only if
it was made from this very code; otherwise the page shows what is recorded, and of which code.
"""

import json
import os
import subprocess
import sys

from tools.site.benchmark_words import SECTIONS
from tools.site.steps import (
    BUILD,
    CASEBOOK,
    LIBRARY,
    ROOT,
    SOURCE,
    BuildError,
    digest,
    say,
    step,
    write,
)

RESULTS = BUILD / "benchmarks"
SCRIPTS = ROOT / "benchmarks"
RECORDED = CASEBOOK / "recorded"  # where pages find it too, wherever they run
REQUIREMENTS = ROOT / "requirements"
# What each benchmark measures, and about how many minutes it takes.
MEASURED = {
    "data_load": ([CASEBOOK / "data"], 1),
    "intervals": ([LIBRARY / "intervals"], 5),
    "drift": ([LIBRARY / "drift", REQUIREMENTS / "peers.txt"], 8),
    "passes": ([LIBRARY / "gate", LIBRARY / "costs", SCRIPTS / "_worlds.py"], 5),
    "profiles": ([LIBRARY / "profiles", SCRIPTS / "_spark.py"], 15),
    "scale": ([LIBRARY / name for name in ("gate", "report", "costs", "drift", "intervals")], 5),
    "serving": ([CASEBOOK / "rehearsal" / "_service.py", SCRIPTS / "load.mjs"], 4),
}


def made_from(name: str) -> str:
    """Return a digest of what a benchmark's numbers hang on: code, versions and machine."""
    return digest([REQUIREMENTS / "lock.txt"], code_of(name), f"{sys.version} {os.cpu_count()}")


def code_of(name: str) -> str:
    """Return a digest of the code that a benchmark measures, and of the benchmark's own."""
    shared = [SCRIPTS / file for file in (f"{name}.py", "_timing.py", "_child.py")]
    return digest([*MEASURED[name][0], *shared])


def measured(name: str) -> dict | None:
    """Return what a benchmark measured of this very code, or None."""
    result = RESULTS / f"{name}.json"
    stamp = result.with_suffix(".made-from")
    if not (result.is_file() and stamp.is_file()):
        return None
    if stamp.read_text(encoding="utf-8") != made_from(name):
        return None
    return json.loads(result.read_text(encoding="utf-8"))


def record(name: str) -> None:
    """Keep what was measured here in the project, for copies in which nobody measures."""
    if (found := measured(name)) is None:
        msg = f"There is no measurement of {name} of this code to keep: run it first."
        raise BuildError(msg)
    kept = {key: value for key, value in found.items() if key != "cells"}
    text = json.dumps(kept | {"code": code_of(name)}, indent=1) + "\n"
    write(RECORDED / f"{name}.json", text)


def recorded(name: str) -> tuple[dict, str] | None:
    """Return what is kept of a benchmark, and a sentence that says of which code it was made."""
    if not (file := RECORDED / f"{name}.json").is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    of_now = found["code"] == code_of(name)
    which = (
        "with this very code" if of_now else "before the last change of the code that it measures"
    )
    return found, (
        f"Not measured for this copy of the site, but recorded {which}. `make bench` runs it anew "
        f"(`benchmarks/{name}.py`, about {MEASURED[name][1]} min)."
    )


def shown() -> str:
    """Return what `make bench` left to show, so that the next build knows of it."""
    return json.dumps([measured(name) for name in MEASURED], sort_keys=True)


def measure(name: str) -> None:
    """Run a benchmark; say of which code it was when done."""
    result = RESULTS / f"{name}.json"
    stamp = result.with_suffix(".made-from")
    wanted = made_from(name)
    stamp.unlink(missing_ok=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    with step(f"benchmark {name} (about {MEASURED[name][1]} min)"):
        command = [sys.executable, str(SCRIPTS / f"{name}.py"), "--json", str(result)]
        if code := subprocess.run(command, check=False).returncode:
            msg = f"The benchmark {name} failed with exit code {code}: see the lines above."
            raise BuildError(msg)
    stamp.write_text(wanted, encoding="utf-8")


def stage() -> None:
    """Write the page of benchmarks; what was not measured is named on it."""
    parts = [
        "# Benchmarks",
        "Speed and memory, measured on one machine against the tools that one would use instead. "
        "The ways take turns, each time in a fresh process, and ratios are taken within a "
        "round, so that a slow minute of the machine hits all sides. Memory is the largest peak "
        "of the whole process, imports included.",
    ]
    for name, (title, question, in_words) in SECTIONS.items():
        found = measured(name)
        parts += [f"## {title}", question]
        if found is None and (kept := recorded(name)):
            found, of_which_code = kept
            parts.append(of_which_code)
        parts.append(in_words(found) if found is not None else not_run(name))
    write(SOURCE / "about" / "benchmarks.md", "\n\n".join(parts) + "\n")


def not_run(name: str) -> str:
    """Say that a benchmark was not run, and how to run it."""
    return (
        f"Not measured for this copy of the site. `make bench` runs it (`benchmarks/{name}.py`, "
        f"about {MEASURED[name][1]} min on the full data), and the next `make book` shows it here."
    )


def main() -> int:
    """Run the benchmarks that are named, or all; `record` and names keep what was measured."""
    keep, names = sys.argv[1:2] == ["record"], sys.argv[1:]
    try:
        for name in names[1:] if keep else names or MEASURED:
            record(name) if keep else measure(name)
    except BuildError as error:
        say(f"[bench] {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
