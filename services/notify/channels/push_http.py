"""Apps and message services over our own contract (docs/contracts/push.yaml): their words, ours.

    accepted, delivered, undelivered    handed: it has the message, whatever the device does
    rejected                            rejected, for the reason in `code`
    rejected, throttled or busy         absent: try again
    not_found                           absent
    status 4xx, no connection           not called: nothing of the call was taken
    status 5xx, silence, another word   unknown: ask by reference

Each call is signed (Standard Webhooks), with each key of the provider's, so that keys can change.
`reference` is the key of the attempt: the other side takes a reference once.  Receipts are pushed
to our edge.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol
from uuid import uuid4

import httpx
import msgspec

from services.notify.channels import Message, code
from services.notify.channels.receipts import Receipts
from shared import signing
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown
from shared.events import UNREADABLE
from shared.events.notify import Answered

BULK_LIMIT = 500
KEYS_LIMIT = 2
LIMIT_S = 10.0

Finding = Literal["handed", "rejected", "absent", "unknown"]
FINDINGS: Mapping[str, Finding] = {
    "accepted": "handed",
    "delivered": "handed",
    "undelivered": "handed",
    "rejected": "rejected",
    "not_found": "absent",
}
# why a message is rejected; another code is passed on as it is
CODES: Mapping[str, Finding] = {
    "no_such_user": "rejected",
    "opted_out": "rejected",
    "not_allowed": "rejected",
    "too_long": "rejected",
    "throttled": "absent",
    "busy": "absent",
}


class Row(Protocol):
    """What of a provider's row is read."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def url(self) -> str:
        """Return where it is, without `/v1`."""

    @property
    def sender(self) -> str:
        """Return as whom we send."""


class Said(msgspec.Struct, frozen=True):
    """How a message stands with the other side."""

    reference: str
    status: str
    message_id: str = ""
    code: str = ""


class _Results(msgspec.Struct, frozen=True):
    results: list[Said]


class PushHttp:
    """A provider that speaks the contract, as notify's effects use it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        keys: Sequence[bytes],
        sender: str = "",
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._keys, self._sender, self._now_s = client, keys, sender, now_s

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """Hand over in one call.  Raises `NotCalled`, `Unknown`."""
        told = [_told(m, m.sender or self._sender) for m in messages]
        keys = "\n".join(m.key for m in messages)
        id_ = hashlib.sha256(keys.encode()).hexdigest()[:32]  # each goes out once
        said = await self._post("/v1/messages", {"messages": told}, id_)
        return [said.get(m.key, _unknown(m.key)) for m in messages]

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """Ask what came of attempts.  Raises `NotCalled`, `Unknown`."""
        # the same is asked again: who takes a call once must take it
        said = await self._post("/v1/queries", {"references": keys}, uuid4().hex)
        return [said.get(key, _unknown(key)) for key in keys]

    async def aclose(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()

    async def _post(self, path: str, body: object, id_: str) -> dict[str, Answered]:
        content = msgspec.json.encode(body)
        headers = signing.headers(id_, int(self._now_s()), content, self._keys)
        try:
            answer = await self._client.post(path, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotCalled(f"no connection: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise Unknown(f"no answer: {type(error).__name__}") from error
        if 400 <= answer.status_code < 500:
            raise NotCalled(f"the call was refused with {answer.status_code}")
        if answer.status_code != 200:
            raise Unknown(f"the call was answered {answer.status_code}")
        try:
            results = msgspec.json.decode(answer.content, type=_Results).results
        except UNREADABLE as error:
            raise Unknown("the answer is none of the contract") from error
        return {said.reference: _answered(said) for said in results}


def _told(message: Message, sender: str) -> dict[str, Any]:
    told = {
        "reference": message.key,
        "to": message.to,
        "sender": sender,
        "title": message.subject,
        "text": message.text,
    }
    return told | ({"urgent": True} if message.urgent else {})


def _answered(said: Said) -> Answered:
    finding = FINDINGS.get(said.status, "unknown")
    if finding == "rejected":
        finding = CODES.get(said.code, "rejected")
    return Answered(
        key=said.reference, finding=finding, gateway_id=said.message_id, reason=code(said.code)
    )


def _unknown(key: str) -> Answered:
    return Answered(key=key, finding="unknown")


def connect(
    row: Row,
    secret: Mapping[str, Any],
    _receipts: Receipts,  # they are pushed to the edge
    *,
    limit_s: float = LIMIT_S,
    transport: httpx.AsyncBaseTransport | None = None,
) -> PushHttp:
    """Return the channel of a row.  `secret`: `keys`, one or, while they change, two `whsec_…`.

    Raises `Misconfigured`.
    """
    try:
        keys = [signing.secret(text) for text in secret["keys"]]
    except (KeyError, ValueError) as error:
        raise Misconfigured(f"the provider {row.name}: its keys are not readable") from error
    if not 1 <= len(keys) <= KEYS_LIMIT:
        raise Misconfigured(f"the provider {row.name}: give it 1 to {KEYS_LIMIT} keys")
    client = httpx.AsyncClient(
        base_url=row.url,
        headers={"content-type": "application/json", "user-agent": "motcua-notify"},
        timeout=limit_s,
        limits=httpx.Limits(keepalive_expiry=2.0),  # before the other side ends it
        transport=transport,
    )
    return PushHttp(client, keys, row.sender)
