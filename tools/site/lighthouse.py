"""What a phone makes of the built pages, by Lighthouse: needs a built site, node and a Chromium.

    python -m tools.site.lighthouse          # landing page and every main page, 5 minutes
    python -m tools.site.lighthouse index chapters/02d_best_of_many
    python -m tools.site.lighthouse --json out.json

Lighthouse comes from npm into build/lighthouse. It opens each page through a local server that
compresses, as hosts do, and computes what a slow phone on a slow network would have seen. Its
score of performance varies by some points from run to run, and falls on a busy machine: of three
runs the middle one is shown. At least 90 is asked for, and 100 for accessibility.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from tools.site import chromium
from tools.site.steps import BUILD, SITE

HOME = BUILD / "lighthouse"
VERSION, RUNS = "12.8.2", 3
ASKED = {"performance": 90, "accessibility": 100, "best-practices": 90}
NUMBERS = {"total-byte-weight": "bytes", "largest-contentful-paint": "largest paint (ms)"}
NUMBERS |= {"total-blocking-time": "blocked (ms)", "cumulative-layout-shift": "layout shift"}


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves files as a host does that compresses text and lets browsers keep it."""

    def do_GET(self) -> None:
        """Send a file, compressed where that pays."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body, kind = path.read_bytes(), self.guess_type(str(path))
        self.send_response(200)
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml")):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=31536000")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site on a free port of this machine, and give its address."""
    handler = functools.partial(Compressing, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def installed() -> Path:
    """Return Lighthouse's command, fetched from npm where it is not there yet."""
    command = HOME / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not command.is_file():
        HOME.mkdir(parents=True, exist_ok=True)
        options = ("--no-audit", "--no-fund", "--silent", "--prefix", str(HOME))
        subprocess.run(["npm", "install", *options, f"lighthouse@{VERSION}"], check=True)
    return command


def run(address: str) -> dict[str, float]:
    """Return Lighthouse's scores of a page, from 0 to 100, and what they rest on."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.json"
        flags = " ".join(["--headless=new", *chromium.ARGUMENTS, f"--user-data-dir={folder}/p"])
        command = ["node", str(installed()), address, "--quiet", "--output=json"]
        command += [f"--output-path={report}", f"--chrome-flags={flags}"]
        command += [f"--only-categories={','.join(ASKED)}"]
        environment = {**os.environ, "CHROME_PATH": chromium.find() or ""}
        subprocess.run(command, check=True, env=environment, capture_output=True)
        found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * found["categories"][name]["score"]) for name in ASKED}
    failed = [name for name, one in found["audits"].items() if one.get("score") == 0]
    numbers = {text: found["audits"][name]["numericValue"] for name, text in NUMBERS.items()}
    return {**scores, **numbers, "failed": failed}


def main() -> int:
    """Measure the pages that are asked for, print a table, and fail where one is too low."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="such as chapters/00_data; all main pages if none")
    parser.add_argument("--json", type=Path, help="write the numbers here, too")
    parser.add_argument("--site", type=Path, default=SITE)
    asked = parser.parse_args()
    main_pages = sorted((asked.site / "chapters").glob("[0-9][0-9]_*.html"))
    pages = asked.pages or ["index", *(f"chapters/{page.stem}" for page in main_pages)]
    rows = {}
    with served(asked.site) as address:
        for page in tqdm(pages, desc="pages"):
            runs = [run(f"{address}/{page}.html") for _ in range(RUNS)]
            middle = statistics.median_low(one["performance"] for one in runs)
            rows[page] = next(one for one in runs if one["performance"] == middle)
    heads = [*ASKED, *NUMBERS.values()]
    print(f"\n| page | {' | '.join(heads)} | failed |\n|---|{'--:|' * len(heads)}---|")
    for page, row in rows.items():
        cells = " | ".join(f"{row[name]:,.4g}" for name in heads)
        print(f"| {page} | {cells} | {', '.join(row['failed'])} |")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    low = [page for page, row in rows.items() if any(row[name] < ASKED[name] for name in ASKED)]
    print(f"\nBelow what is asked for: {', '.join(low) or 'none'}.")
    return int(bool(low))


if __name__ == "__main__":
    sys.exit(main())
