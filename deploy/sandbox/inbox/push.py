"""The other side of docs/contracts/push.yaml, and a look at what the devices show.

POST /v1/messages, /v1/queries     signed; at most 500
GET  /                             what citizens see, device by device
GET  /sandbox/outbox?counts=true   how often each reference was taken
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response

from deploy.sandbox.devices import http
from deploy.sandbox.devices.item import Item
from deploy.sandbox.inbox.inbox import Inbox, Tell, receipt
from deploy.sandbox.inbox.signing import is_genuine

BULK_LIMIT = 500
BODY_LIMIT_BYTES = 1 << 20
TICK_S = 0.1

T = TypeVar("T")


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be shown."""

    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    to: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    sender: Annotated[str, msgspec.Meta(max_length=100)]
    title: Annotated[str, msgspec.Meta(max_length=200)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    urgent: bool = False


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many messages."""

    messages: Annotated[list[Message], msgspec.Meta(min_length=1, max_length=BULK_LIMIT)]


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """References asked after."""

    references: Annotated[list[str], msgspec.Meta(min_length=1, max_length=BULK_LIMIT)]


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a message stands."""

    reference: str
    status: str
    message_id: str = ""
    code: str = ""


class Push:
    """What is answered; a reference is taken once, and answered the same again."""

    def __init__(self, inbox: Inbox, key: str) -> None:
        self.inbox, self.key = inbox, key
        self._known: dict[str, Said] = {}

    async def send(self, messages: list[Message]) -> list[Said] | None:
        """Take messages; None: taken, and the answer is lost."""
        out, inbox = [self._take(m) for m in messages], self.inbox
        call = messages[0].reference
        if inbox.hits("app", "slow", call):
            await asyncio.sleep(inbox.faults.slow_s)
        return None if inbox.hits("app", "lost_answers", call) else out

    def ask(self, references: list[str]) -> list[Said]:
        """Say how messages stand."""
        return [self._known.get(r) or Said(r, "not_found") for r in references]

    def _take(self, message: Message) -> Said:
        reference, inbox = message.reference, self.inbox
        if known := self._known.get(reference):
            return known
        if inbox.hits("app", "throttled", reference):
            return Said(reference, "rejected", code="throttled")  # another time it may be taken
        if inbox.hits("app", "rejected", message.to):
            said = Said(reference, "rejected", code="opted_out")
        else:
            said = Said(reference, "accepted", f"push-{len(self._known) + 1}")
            self._deliver(message, said)
        self._known[reference] = said
        return said

    def _deliver(self, message: Message, said: Said) -> None:
        inbox, reference = self.inbox, said.reference
        is_lost = inbox.hits("app", "undelivered", reference)
        if is_lost:
            inbox.lose(reference)
        else:
            inbox.take(_item(message, inbox.clock()))
        if inbox.faults.receipts:
            status, code = ("undelivered", "unreachable") if is_lost else ("delivered", "")
            told = receipt(reference, status, said.message_id, code)
            late_s = inbox.faults.late_s if inbox.hits("app", "late_receipts", reference) else 0.0
            for _ in range(2 if inbox.hits("app", "doubled_receipts", reference) else 1):
                inbox.tell_later("receipt", told, late_s)


def _item(message: Message, at: datetime) -> Item:
    told = message.sender, message.to, message.title, message.text
    return Item(at, "app", message.reference, *told)


def create_app(push: Push, tell: Tell | None = None) -> FastAPI:
    """Return the HTTP side; `tell`: how receipts and reports get to notify."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_keep_telling(push.inbox, tell)) if tell else None
        yield
        if task:
            task.cancel()

    app = FastAPI(title="Sandbox inbox", lifespan=lifespan)
    inbox = push.inbox
    app.include_router(http.router(lambda: inbox.shown))

    @app.post("/v1/messages")
    async def messages(request: Request) -> Response:
        said = await push.send((await _read(request, push.key, Sending)).messages)
        return _json({"error": "internal"}, 500) if said is None else _json({"results": said})

    @app.post("/v1/queries")
    async def queries(request: Request) -> Response:
        asked = (await _read(request, push.key, Asking)).references
        return _json({"results": push.ask(asked)})

    @app.get("/sandbox/outbox")
    async def outbox(counts: bool = False) -> Response:
        return _json(inbox.outbox(counts))

    @app.get("/healthz")
    async def healthz() -> Response:
        return _json({"ok": True})

    return app


async def _keep_telling(inbox: Inbox, tell: Tell) -> None:
    while True:
        told = await inbox.tell(tell)
        await asyncio.sleep(0 if told else TICK_S)


async def _read(request: Request, key: str, type_: type[T]) -> T:
    body = await request.body()
    if len(body) > BODY_LIMIT_BYTES:
        raise HTTPException(413, f"At most {BODY_LIMIT_BYTES} bytes.")
    if not is_genuine(request.headers, body, key, time.time()):
        raise HTTPException(401, "The signature is not ours.")
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.DecodeError as error:
        raise HTTPException(422, str(error)) from None


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
