"""The bulk SMS gateway over HTTP: calls as `over_http` has them, and receipts that it pushes."""

import re
from collections.abc import Sequence
from typing import Annotated

import httpx
import msgspec

from services.notify.channels import Message, code, over_http
from services.notify.channels.over_http import Standing
from services.notify.channels.receipts import Receipt
from shared.errors import DeadLetter
from shared.events import UNREADABLE
from shared.events.data import Problem
from shared.events.notify import Answered, ReceiptArrived
from shared.placement import canonical

RECEIPTS_LIMIT = 1_000

NOT_NOW = frozenset({"throttled"})
_REFERENCE = re.compile(r"([^/]+)/[^/]+/([a-z]+)(?:@[a-z]+)?/[1-9][0-9]{0,3}", re.ASCII)
DELIVERED = {"delivered": True, "undelivered": False}


class Reported(Standing, frozen=True):
    """The same in a receipt: what is longer, or written otherwise, is none."""

    reference: Annotated[str, msgspec.Meta(max_length=200)]
    message_id: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}$")] = ""


class Receipts(msgspec.Struct, frozen=True):
    """What the gateway pushes; each is decoded by itself, so that a wrong one spoils no other."""

    receipts: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=RECEIPTS_LIMIT)]


def connect(
    url: str, key: str, limit_s: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return a client of the gateway."""
    return over_http.client(url, limit_s, {"authorization": f"Bearer {key}"}, transport)


class SmsHttp:
    """The gateway, as notify's effects use it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """See `Channel`."""
        bodies = [{"reference": m.key, "to": m.to, "text": m.text} for m in messages]
        return await self._call("/v1/messages", {"messages": bodies}, [m.key for m in messages])

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """See `Channel`."""
        return await self._call("/v1/queries", {"references": keys}, keys)

    async def aclose(self) -> None:
        """See `Channel`."""
        await self._client.aclose()

    async def _call(self, path: str, body: object, keys: Sequence[str]) -> list[Answered]:
        content = msgspec.json.encode(body)
        return await over_http.call(self._client, path, content, keys, not_now=NOT_NOW)


def read_receipts(bulk: Receipts, channel: str) -> tuple[list[Receipt], list[Problem]]:
    """Return those of messages on this channel of ours, and what is wrong with the others."""
    taken, problems = list[Receipt](), list[Problem]()
    for i, raw in enumerate(bulk.receipts):
        try:
            taken.append(_receipt(msgspec.json.decode(raw, type=Reported), channel))
        except UNREADABLE as error:
            problems.append(_problem(f"/receipts/{i}", "invalid-receipt", str(error)))
        except DeadLetter as because:
            field = f"/receipts/{i}{because.field}"
            problems.append(_problem(field, "unknown-value", because.reason))
    return taken, problems


def _receipt(standing: Standing, channel: str) -> Receipt:
    found = _REFERENCE.fullmatch(standing.reference)
    if found is None or canonical(application := found[1]) != application:
        raise DeadLetter("this is no reference of ours", "/reference")
    if found[2] != channel:
        raise DeadLetter(f"this is no message that went out by {channel}", "/reference")
    if standing.status not in DELIVERED:
        raise DeadLetter(f"one of {', '.join(DELIVERED)} is expected", "/status")
    data = ReceiptArrived(
        key=standing.reference,
        delivered=DELIVERED[standing.status],
        gateway_id=standing.message_id,
        code=code(standing.code),
    )
    return Receipt(application, data)


def _problem(field: str, code: str, reason: str) -> Problem:
    return Problem(
        field=field,
        code=code,
        remedy_vi=f"Sửa giá trị này rồi gửi lại: {reason}",
        remedy_en=f"Correct this value and send it again: {reason}",
    )
