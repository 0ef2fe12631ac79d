"""The scoring service: decides payments, and answers only what has been committed.

It listens on loopback alone. It owns the database: each decision is a row under the payment's
id, committed before it is answered, and whoever asks again gets that row. What the contract does
not know is refused, with the reason in the log.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import uvicorn
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictInt, create_model

from casebook.rehearsal._store import Store
from casebook.release import INPUTS
from prerelease import serving

LOG = logging.getLogger("rehearsal")
AT_ONCE, WAITING, SECONDS = 256, 5_000, 10.0
"""Payments in one commit, payments that may wait for theirs, and how long."""
Number = Annotated[FiniteFloat, Field(strict=True)]
Id = Annotated[StrictInt, Field(ge=0, lt=2**63)]


class Strict(BaseModel):
    """A message that has what it must have, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Inputs(create_model("Inputs", __base__=Strict, **dict.fromkeys(INPUTS, (Number, ...)))):
    """The columns of the contract."""


class Payment(Strict):
    """A payment to decide: its id, its time and what the model looks at."""

    id: Id
    time: Annotated[Number, Field(ge=0)]
    inputs: Inputs

    def values(self) -> list[float]:
        """Return the inputs in the order of the contract."""
        return [float(getattr(self.inputs, one)) for one in INPUTS]


class Label(Strict):
    """What a payment turned out to be."""

    id: Id
    label: Annotated[StrictInt, Field(ge=0, le=1)]


class Release(Strict):
    """What is to serve: an artefact, the digest that it must have, and a threshold."""

    number: Id
    time: Number
    folder: str
    digest: str
    threshold: Annotated[Number, Field(ge=0)]
    why: str


class Span(Strict):
    """A stretch of time to write out, and where to."""

    since: Number
    until: Number
    file: str


class ConflictError(ValueError):
    """A request that contradicts what is stored."""


class UnavailableError(RuntimeError):
    """The service cannot decide now."""


@dataclass(eq=False)
class Desk:
    """What the service does, one request after the other.

    Parameters
    ----------
    store : Store
        The database, which nobody else writes to.
    slow : float, default 0
        Seconds that each commit takes longer: to rehearse a database that is slow.
    """

    store: Store
    slow: float = 0.0

    def __post_init__(self) -> None:
        last = self.store.rows(
            "SELECT number, time, folder, digest, threshold, why FROM releases "
            "ORDER BY number DESC LIMIT 1"
        )
        self.serving = None
        for row in last:
            self._load(Release(**dict(zip(Release.model_fields, row, strict=True))))

    def _load(self, wanted: Release) -> None:
        served = serving.load(wanted.folder, digest=wanted.digest, features=INPUTS)
        self.serving = (wanted, served)

    def release(self, wanted: Release) -> None:
        """Serve another release, if it is what it says it is; the same again changes nothing."""
        if self.serving and wanted == self.serving[0]:
            return
        before = self.serving
        self._load(wanted)
        row = tuple(wanted.model_dump().values())
        if not self.store.insert("releases", [row]):
            self.serving = before
            msg = f"There is another release {wanted.number} already."
            raise ConflictError(msg)
        LOG.info("serves release %d, %s: %s", wanted.number, wanted.digest[:12], wanted.why)

    def decide(self, payments: list[Payment]) -> list[tuple[float, bool, int] | None]:
        """Return score, decision and release of each payment, when they are committed.

        None for a payment whose id was given to another one before.
        """
        if not self.serving:
            msg = "There is no release to serve."
            raise ConflictError(msg)
        wanted, served = self.serving
        asked = [(one.id, float(one.time), one.values()) for one in payments]
        new = {one[0]: one for one in reversed(asked)}
        values = pd.DataFrame([one[2] for one in new.values()], columns=INPUTS)
        scores = served.score(values).tolist()
        rows = {
            one[0]: (*one, score, score >= wanted.threshold, wanted.number)
            for one, score in zip(new.values(), scores, strict=True)
        }
        time.sleep(self.slow)
        added = self.store.insert("decisions", [*rows.values()])
        for old in rows.keys() - added:
            statement = "SELECT time, inputs, score, block, release FROM decisions WHERE id = ?"
            [(at, inputs, *decision)] = self.store.rows(statement, [old])
            rows[old] = (old, at, list(inputs), *decision)
        return [rows[one[0]][3:] if rows[one[0]][:3] == one else None for one in asked]

    def label(self, labels: list[Label]) -> int:
        """Write labels down, the first for each payment, and return how many are new."""
        rows = [(one.id, one.label) for one in labels]
        parts = [rows[k : k + 1000] for k in range(0, len(rows), 1000)]
        return sum(len(self.store.insert("labels", part)) for part in parts)

    def export(self, span: Span) -> int:
        """Write the payments of a stretch with what is known of them, whole or not at all."""
        columns = ", ".join(f'inputs[{k}] AS "{one}"' for k, one in enumerate(INPUTS, start=1))
        found = self.store.rows(
            f"SELECT id, time, score, block, label, {columns} FROM decisions "
            "LEFT JOIN labels USING (id) WHERE time >= ? AND time < ? ORDER BY id",
            [span.since, span.until],
        )
        names = ["id", "time", "score", "block", "label", *INPUTS]
        file = Path(span.file)
        table = pd.DataFrame(found, columns=names).astype({"label": "float64"})
        table.to_parquet(file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)
        return len(found)

    def asked(self, what: str, since: float, until: float) -> list[Any]:
        """Return ids of accepted payments of a stretch, or the times of blocked ones."""
        name, block = ("time", True) if what == "blocked" else ("id", False)
        return [
            one
            for (one,) in self.store.rows(
                f"SELECT {name} FROM decisions WHERE block = ? AND time >= ? AND time < ? "
                "ORDER BY id",
                [block, since, until],
            )
        ]


class Queue:
    """Those who wait before the desk: whatever has come in since the last commit goes together.

    Parameters
    ----------
    desk : Desk
        It does one thing after the other.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._one_by_one = desk, asyncio.Lock()
        self._waiting: asyncio.Queue = asyncio.Queue(WAITING)

    async def do(self, what: Callable[..., Any], *given: Any) -> Any:
        """Let the desk do something; end the service if the database fails."""
        async with self._one_by_one:
            try:
                return await asyncio.to_thread(what, *given)
            except (ValueError, serving.ArtefactError):
                raise
            except Exception as error:
                LOG.error("stops, since the database failed: %s", error)
                asyncio.get_running_loop().call_later(0.2, os._exit, 1)
                raise UnavailableError(str(error)) from error

    async def decide(self, payments: list[Payment]) -> list[tuple[float, bool, int]]:
        """Return the decisions about payments, all of them committed."""
        answer = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((payments, answer))
            found = await asyncio.wait_for(answer, SECONDS)
        except (TimeoutError, asyncio.QueueFull) as error:
            msg = f"not decided within {SECONDS:g} s: send it again"
            raise UnavailableError(msg) from error
        if None in found:
            msg = f"payment {payments[found.index(None)].id} was another one before"
            raise ConflictError(msg)
        return found

    async def commit(self) -> None:
        """Decide what waits, for ever."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and sum(len(asked) for asked, _ in batch) < AT_ONCE:
                batch.append(self._waiting.get_nowait())
            payments = [one for asked, _ in batch for one in asked]
            try:
                found = iter(await self.do(self._desk.decide, payments))
                for asked, answer in batch:
                    decided = [next(found) for _ in asked]
                    if not answer.done():
                        answer.set_result(decided)
            except Exception as error:  # whoever waits must hear of it
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)


def _refused(code: int) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    """Return what answers an error, with its reason in the log."""

    async def say(request: Request, error: Exception) -> JSONResponse:
        why = str(error)
        if isinstance(error, RequestValidationError):
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}"
        LOG.warning("refused %s with %d: %s", request.url.path, code, why)
        return JSONResponse({"refused": why}, status_code=code)

    return say


def app_of(desk: Desk) -> FastAPI:
    """Return the application."""
    queue = Queue(desk)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(queue.commit())
        yield
        task.cancel()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    for error, code in (
        (RequestValidationError, 422),
        (ConflictError, 409),
        (serving.ArtefactError, 409),
        (UnavailableError, 503),
    ):
        app.add_exception_handler(error, _refused(code))

    @app.post("/decisions")
    async def decisions(
        payments: Annotated[list[Payment], Body(min_length=1, max_length=AT_ONCE)],
    ) -> JSONResponse:
        return JSONResponse(await queue.decide(payments))

    @app.post("/labels")
    async def labels(given: list[Label]) -> int:
        return await queue.do(desk.label, given)

    @app.post("/releases")
    async def releases(wanted: Release) -> None:
        await queue.do(desk.release, wanted)

    @app.post("/export")
    async def export(span: Span) -> int:
        return await queue.do(desk.export, span)

    @app.get("/{what}")
    async def asked(what: Literal["accepted", "blocked"], since: float, until: float) -> list:
        return await queue.do(desk.asked, what, since, until)

    return app


def serve(store: str, port: int, log: str, *, slow: float = 0.0) -> None:
    """Serve on a port of loopback until standard input is closed."""
    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(filename=log, level=logging.INFO, format=form)
    try:
        desk = Desk(Store(store), slow)
    except Exception as error:
        LOG.error("does not start: %s", error)
        raise SystemExit(1) from error
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.ERROR)
    config = uvicorn.Config(app_of(desk), "127.0.0.1", port, log_config=None, access_log=False)
    server = uvicorn.Server(config)

    def until_closed() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=until_closed, daemon=True).start()
    server.run()
