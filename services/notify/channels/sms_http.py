"""The bulk SMS gateway over HTTP: its words, and ours.

    accepted, delivered, undelivered    handed: it has the message, whatever the device does
    rejected                            rejected; with the code `throttled`: absent, try again
    not_found                           absent
    status 4xx, no connection           not called: nothing of the call was taken
    status 5xx, silence, another word   unknown: ask by reference

`reference` is the key of the attempt.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

import httpx
import msgspec

from services.notify.channels import Message, code
from services.notify.channels.receipts import Receipt
from shared.effects import NotCalled
from shared.errors import DeadLetter, Unknown
from shared.events import UNREADABLE
from shared.events.data import Problem
from shared.events.notify import Answered, ReceiptArrived
from shared.placement import canonical

RECEIPTS_LIMIT = 1_000

Finding = Literal["handed", "rejected", "absent", "unknown"]
FINDINGS: dict[str, Finding] = {
    "accepted": "handed",
    "delivered": "handed",
    "undelivered": "handed",
    "rejected": "rejected",
    "not_found": "absent",
}
NOT_NOW = frozenset({"throttled"})
_REFERENCE = re.compile(r"([^/]+)/[^/]+/([a-z]+)(?:@[a-z]+)?/[1-9][0-9]{0,3}", re.ASCII)
DELIVERED = {"delivered": True, "undelivered": False}


class Standing(msgspec.Struct, frozen=True):
    """How a message stands with the gateway: in answers, and in receipts."""

    reference: str
    status: str
    message_id: str = ""
    code: str = ""


class Reported(Standing, frozen=True):
    """The same in a receipt: what is longer, or written otherwise, is none."""

    reference: Annotated[str, msgspec.Meta(max_length=200)]
    message_id: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}$")] = ""


class _Results(msgspec.Struct, frozen=True):
    results: list[Standing]


class Receipts(msgspec.Struct, frozen=True):
    """What the gateway pushes; each is decoded by itself, so that a wrong one spoils no other."""

    receipts: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=RECEIPTS_LIMIT)]


def connect(
    url: str, key: str, limit_s: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return a client of the gateway; an idle connection is dropped before the gateway does it."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"authorization": f"Bearer {key}", "content-type": "application/json"},
        timeout=limit_s,
        limits=httpx.Limits(keepalive_expiry=2.0),
        transport=transport,
    )


class SmsHttp:
    """The gateway, as notify's effects use it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """See `Channel`."""
        bodies = [{"reference": m.key, "to": m.to, "text": m.text} for m in messages]
        said = await self._post("/v1/messages", {"messages": bodies})
        return [said.get(m.key, Answered(key=m.key, finding="unknown")) for m in messages]

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """See `Channel`."""
        said = await self._post("/v1/queries", {"references": keys})
        return [said.get(key, Answered(key=key, finding="unknown")) for key in keys]

    async def aclose(self) -> None:
        """See `Channel`."""
        await self._client.aclose()

    async def _post(self, path: str, body: object) -> dict[str, Answered]:
        try:
            answer = await self._client.post(path, content=msgspec.json.encode(body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotCalled(f"no connection to the SMS gateway: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise Unknown(f"no answer of the SMS gateway: {type(error).__name__}") from error
        if 400 <= answer.status_code < 500:
            raise NotCalled(f"the SMS gateway refused the call with {answer.status_code}")
        if answer.status_code != 200:
            raise Unknown(f"the SMS gateway answered {answer.status_code}")
        try:
            results = msgspec.json.decode(answer.content, type=_Results).results
        except UNREADABLE:  # it shows what it could not read
            raise Unknown("the SMS gateway's answer cannot be read") from None
        return {standing.reference: _answered(standing) for standing in results}


def _answered(standing: Standing) -> Answered:
    finding = FINDINGS.get(standing.status, "unknown")
    if finding == "rejected" and standing.code in NOT_NOW:
        finding = "absent"
    return Answered(
        key=standing.reference,
        finding=finding,
        gateway_id=standing.message_id,
        reason=code(standing.code),
    )


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
