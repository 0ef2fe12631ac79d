"""Who talks to the service: the client that replays payments, and the labeller."""

import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

AT_ONCE, PATIENCE = 64, 120.0
"""Payments in one request, and seconds for which a request is sent again."""


class Line:
    """A connection to the service that is made again when it breaks.

    Parameters
    ----------
    port : int
        Of loopback.
    """

    def __init__(self, port: int) -> None:
        self._port, self._connection, self.again = port, None, 0

    def ask(self, path: str, body: Any = None) -> Any:
        """Send a request until it is answered: at least once, so the service must bear repeats.

        Raises
        ------
        ValueError
            If the service refuses it.
        TimeoutError
            If the service does not answer for `PATIENCE` seconds.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, answer = self._once(path, body)
            except (OSError, http.client.HTTPException):
                self._connection = None
            else:
                if status == 200:
                    return answer
                if status != 503:
                    raise ValueError(answer["refused"])
            self.again += 1
            time.sleep(0.05)
        msg = f"The service on port {self._port} has not answered for {PATIENCE:g} s."
        raise TimeoutError(msg)

    def _once(self, path: str, body: Any) -> tuple[int, Any]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        kind = {"Content-Type": "application/json"}
        text = None if body is None else json.dumps(body, allow_nan=False)
        self._connection.request("GET" if body is None else "POST", path, text, kind)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read() or "null")


class Client:
    """Replays a stream: each payment under its id, until the service has acknowledged it.

    Parameters
    ----------
    port : int
        Of the service.
    stream : str or pathlib.Path
        Parquet: ``time`` and the inputs; the id is the number of the row.
    journal : str or pathlib.Path
        What was acknowledged, a line each: id, score, whether it was blocked, release.
    first : int
        Id of the first payment to send.
    """

    def __init__(self, port: int, stream: str | Path, journal: str | Path, first: int) -> None:
        rows = pd.read_parquet(stream)
        self._time, inputs = rows["time"].to_numpy(), rows.drop(columns="time")
        self._names, self._inputs = [*inputs], inputs.to_numpy()
        self._line, self._journal = Line(port), Path(journal)
        self._next = first
        if self._journal.exists():
            whole = self._journal.read_bytes()
            whole = whole[: whole.rfind(b"\n") + 1]  # a last line may be cut short
            self._journal.write_bytes(whole)
            self._next += whole.count(b"\n")

    def go(self, until: float, broken: str = "") -> int:
        """Send the payments before a time, with one input as 0 if the feed is broken."""
        last = int(np.searchsorted(self._time, until))
        with self._journal.open("a", encoding="utf-8") as journal:
            while self._next < last:
                part = range(self._next, min(self._next + AT_ONCE, last))
                answers = self._line.ask("/decisions", [self._payment(k, broken) for k in part])
                lines = (
                    f"{k} {score!r} {int(block)} {release}\n"
                    for k, (score, block, release) in zip(part, answers, strict=True)
                )
                journal.write("".join(lines))
                journal.flush()
                self._next = part.stop
        return self._line.again

    def _payment(self, k: int, broken: str) -> dict[str, Any]:
        inputs = dict(zip(self._names, self._inputs[k].tolist(), strict=True))
        if broken:
            inputs[broken] = 0.0
        return {"id": k, "time": float(self._time[k]), "inputs": inputs}


class Labeller:
    """Tells the service what accepted payments were; of blocked ones nobody hears.

    Parameters
    ----------
    port : int
        Of the service.
    truth : str or pathlib.Path
        A NumPy file: whether each payment is a fraud.
    """

    def __init__(self, port: int, truth: str | Path) -> None:
        self._line, self._truth = Line(port), np.load(truth)

    def go(self, since: float, until: float) -> int:
        """Label the accepted payments of a stretch, and return how many labels are new."""
        accepted = self._line.ask(f"/accepted?since={since}&until={until}")
        told = [{"id": k, "label": int(self._truth[k])} for k in accepted]
        return self._line.ask("/labels", told)


def obey(does: Callable[..., Any]) -> None:
    """Read a list of arguments a line, do what is asked, and answer with what comes of it."""
    while True:
        try:
            asked = json.loads(input())
        except EOFError:  # whoever started this process has gone
            return
        print(json.dumps(does(*asked)), flush=True)
