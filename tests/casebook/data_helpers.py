"""A small stand-in for the published file: the packaged sample, with its own digest."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from casebook.data._cache import cache_path
from casebook.data._door import Place
from casebook.data._facts import FILE_NAME, Expected
from casebook.data._sample import sample_record, sample_text

_RECORD = sample_record()
EXPECTED = Expected(
    sha256=_RECORD["csv_sha256"],
    n_bytes=_RECORD["csv_bytes"],
    n_rows=_RECORD["n_rows"],
    n_frauds=_RECORD["n_frauds"],
    checksum=_RECORD["checksum"],
)
TEXT = sample_text()


def place_in(folder: Path, *, csv: bytes | None = TEXT) -> Place:
    """Return a data folder, with a CSV in it unless that is None."""
    path = folder / FILE_NAME
    if csv is not None:
        path.write_bytes(csv)
    return Place("folder", path, cache_path(folder, EXPECTED))


def start_python(code: str, *arguments: object) -> subprocess.Popen:
    """Start a fresh Python that can import these helpers."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass
class Answer:
    """What a server says to one request."""

    status: int = 200
    body: bytes = TEXT
    promised: int | None = None  # Content-Length, if it is not that of the body
    hang: bool = False
    kind: str = "application/octet-stream"


@dataclass
class Server:
    """A real HTTP server on this machine; the last answer is given again and again."""

    answers: list[Answer]
    url: str = ""
    requests: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(handler.path)
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        promised = len(answer.body) if answer.promised is None else answer.promised
        handler.send_header("Content-Length", str(promised))
        handler.end_headers()
        handler.wfile.write(answer.body)
        if answer.hang:
            handler.wfile.flush()
            self.released.wait(60)


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    """Serve answers, one a request, on 127.0.0.1."""
    server = Server(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.answer(self)

        def log_message(self, *arguments):
            """Say nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_port}/{FILE_NAME}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def sha256(content: bytes) -> str:
    """Return the digest of some bytes."""
    return hashlib.sha256(content).hexdigest()
