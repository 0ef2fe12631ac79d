"""The rehearsal with real parts: each a process, started, watched and started again if it dies."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casebook.rehearsal._client import Line
from casebook.rehearsal._learn import INPUTS, START, Fitted
from casebook.rehearsal._memory import history_of, parts_of
from casebook.streams import DAY, Stream
from prerelease import serving

KILLED = -9
"""The exit code of a process that was ended by `kill -9`."""


class Part:
    """A process of the rehearsal that is started again when it ends.

    Parameters
    ----------
    words : sequence of str
        After ``python -m casebook.rehearsal``.
    log : pathlib.Path
        Where its errors go.

    Notes
    -----
    Its standard input stays open as long as this process lives, and it ends when that closes: so
    none is left behind, however this process ends.
    """

    def __init__(self, words: Sequence[str], log: Path) -> None:
        self._words, self._log, self.starts = [*words], log, 0
        self.start()

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        command = [sys.executable, "-m", "casebook.rehearsal", *self._words]
        with self._log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is for the conductor, who ends the others
            )

    def ask(self, *given: Any) -> Any:
        """Ask for something until it is answered, by a new process where the old one died."""
        while True:
            try:
                self.process.stdin.write(json.dumps(given) + "\n")
                self.process.stdin.flush()
                if answer := self.process.stdout.readline():
                    return json.loads(answer)
            except BrokenPipeError:
                pass
            if code := self.process.wait():
                if code != KILLED:
                    msg = f"{self._words[0]} ended with {code}: see {self._log}."
                    raise RuntimeError(msg)
                self.start()

    def kill(self) -> None:
        """End it as nothing else does: at once, and without a word."""
        self.process.kill()

    def close(self) -> None:
        """Let it end."""
        self.process.stdin.close()
        self.process.wait(30)


class Service(Part):
    """The service, and who starts it again when it ends.

    Parameters
    ----------
    folder : pathlib.Path
        For the log and, if there is no other, the database.
    store : str, optional
        URL or path of the database.
    """

    def __init__(self, folder: Path, store: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._closing = threading.Event()
        words = ["service", store or str(folder / "decisions.duckdb"), str(self.port)]
        super().__init__([*words, str(folder / "service.log")], folder / "service.err")
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self) -> None:
        while not self._closing.is_set():
            if self.process.poll() is not None and not self._closing.is_set():
                time.sleep(0.2)
                self.start()
            time.sleep(0.02)

    def close(self) -> None:
        """Let it end, and do not start it again."""
        self._closing.set()
        super().close()


class Live:
    """A world of processes.

    Parameters
    ----------
    stream : Stream
        The payments.
    folder : pathlib.Path
        For everything that is written: empty.
    limits : dict of str to float
        Of the watcher's rules.
    before : DataFrame
        From `casebook.rehearsal._learn.rows_before`.
    data_digest : str
        SHA-256 of the data.
    store : str, optional
        URL of another database than a DuckDB file in the folder.
    killed : dict of float to str, optional
        Which part is killed at which time of the stream.
    """

    def __init__(  # noqa: PLR0913 - what a world is made of
        self,
        stream: Stream,
        folder: Path,
        limits: dict[str, float],
        before: pd.DataFrame,
        *,
        data_digest: str,
        store: str = "",
        killed: dict[float, str] | None = None,
    ) -> None:
        self.stream, self.before, self._folder = stream, before, folder
        self._digest, self.killed, self._number = data_digest, dict(killed or {}), 0
        folder.mkdir(parents=True, exist_ok=True)
        stream.inputs().assign(time=stream.time).to_parquet(folder / "stream.parquet")
        np.save(folder / "truth.npy", stream.fraud)
        self.service = Service(folder, store)
        port, first = str(self.service.port), stream.rows_of(0, START // DAY).stop
        words = {
            "client": [port, str(folder / "stream.parquet"), str(folder / "journal"), str(first)],
            "labeller": [port, str(folder / "truth.npy")],
            "watcher": [str(folder), json.dumps(limits)],
        }
        self.parts = {
            name: Part([name, *given], folder / f"{name}.err") for name, given in words.items()
        }
        self._line = Line(self.service.port)

    def close(self) -> None:
        """End all parts."""
        for part in (*self.parts.values(), self.service):
            part.close()

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def release(self, fitted: Fitted, threshold: float, now: float, why: str) -> None:
        """Save a model, and have the service load it by its digest."""
        self._number += 1
        folder = self._folder / f"artefact-{self._number}"
        digest = serving.save(
            fitted.model, folder, rows=self.before[INPUTS], data_digest=self._digest
        )
        told = {"number": self._number, "time": float(now), "folder": str(folder)}
        told |= {"digest": digest, "threshold": float(threshold), "why": why}
        self._line.ask("/releases", told)

    def go(self, until: float, broken: str) -> None:
        """Have the client send the payments before a time."""
        self._drill(until, "service", "client")
        self.parts["client"].ask(float(until), broken)

    def _drill(self, until: float, *names: str) -> None:
        """Kill the parts whose time has come: while they are at work, so a moment from now."""
        for moment, name in [*self.killed.items()]:
            if moment < until and name in names:
                del self.killed[moment]
                part = self.service if name == "service" else self.parts[name]
                threading.Timer(0.02, part.kill).start()

    def label(self, since: float, until: float) -> None:
        """Have the labeller label the accepted payments of a stretch."""
        self.parts["labeller"].ask(float(since), float(until))

    def blocked(self, since: float, until: float) -> list[float]:
        """Ask the service which payments of a stretch were blocked."""
        return self._line.ask(f"/blocked?since={float(since)}&until={float(until)}")

    def rows(self, since: float, until: float) -> pd.DataFrame:
        """Have the service write the payments of a stretch, and read them."""
        self._export("known", since, until)
        return pd.read_parquet(self._folder / "known.parquet")

    def _export(self, part: str, since: float, until: float) -> None:
        file = str(self._folder / f"{part}.parquet")
        told = {"since": float(since), "until": float(until), "file": file}
        self._line.ask("/export", told)

    def refer(self, fitted: Fitted) -> None:
        """Let the watcher compare with a model's scores of the history."""
        history_of(self.stream, fitted).to_parquet(self._folder / "history.parquet")
        self.parts["watcher"].ask("refer", fitted.threshold)

    def watch(self, day: int, since: float) -> list[dict[str, Any]]:
        """Write the parts of a morning, and ask the watcher about them."""
        self._drill(day * DAY, "watcher")
        found = []
        for part, span in parts_of(day, since).items():
            self._export(part, *span)
            found += self.parts["watcher"].ask("watch", part)
        return found
