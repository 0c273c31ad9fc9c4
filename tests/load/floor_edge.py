"""The bare journey's edge: a callback is appended to the inbox, and that is all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response

from deploy.local.settings import HOST
from shared.placement import home
from shared.publisher import GATHER_S
from tests.load.floor_events import Appender, Envelope, Writer

PATH = "/v1/callbacks/sen-vang"
TAKEN = b'{"RspCode":"00","Message":"Confirm Success"}'


class Edge:
    """Appends what comes in the same few milliseconds together, as the real one does."""

    def __init__(self, writer: Writer, appender: Appender, lanes: int, port: int) -> None:
        self._writer, self._appender, self._lanes = writer, appender, lanes
        self._waiting: dict[int, list[tuple[bytes, bytes]]] = {}
        self._done: asyncio.Future[None] | None = None
        self._flushing: asyncio.Task[None] | None = None
        app = FastAPI()
        app.add_route(PATH, self._callback, methods=["GET"])
        self._server = _Server(
            uvicorn.Config(
                app, host=HOST, port=port, loop="none", http="httptools", ws="none",
                lifespan="off", access_log=False, log_level="warning",
            )
        )  # fmt: skip

    async def serve(self) -> None:
        """Take callbacks until cancelled."""
        await self._server.serve()

    async def _callback(self, request: Request) -> Response:
        reference = request.query_params["vnp_TxnRef"]
        cause = Envelope(reference, "", "", reference, "", msgspec.Raw(b"{}"))
        event = self._writer.event(cause, "payment.notified", 0, datetime.now(UTC))
        lane = home(reference, self._lanes)
        self._waiting.setdefault(lane, []).append((reference.encode(), event))
        if self._done is None:
            self._done = asyncio.get_running_loop().create_future()
            self._flushing = asyncio.create_task(self._flush(self._done))
        await asyncio.shield(self._done)
        return Response(TAKEN, media_type="application/json")

    async def _flush(self, done: "asyncio.Future[None]") -> None:
        await asyncio.sleep(GATHER_S)
        waiting, self._waiting, self._done = self._waiting, {}, None
        await self._appender.append("payment.inbox", waiting)
        done.set_result(None)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: it ends by being cancelled."""
        yield
