"""Apps and message services over our own contract (docs/contracts/push.yaml): calls as
`over_http` has them.

Each call is signed (Standard Webhooks), with each key of the provider's, so that keys can change.
`reference` is the key of the attempt: the other side takes a reference once.  Receipts are pushed
to our edge.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from services.notify.channels import Message, Row, over_http
from services.notify.channels.over_http import Finding
from services.notify.channels.receipts import Receipts
from shared import signing
from shared.errors import Misconfigured
from shared.events.notify import Answered

BULK_LIMIT = 500
KEYS_LIMIT = 2
LIMIT_S = 10.0

# why a message is rejected; another code is passed on as it is
CODES: Mapping[str, Finding] = {
    "no_such_user": "rejected",
    "opted_out": "rejected",
    "not_allowed": "rejected",
    "too_long": "rejected",
    "throttled": "absent",
    "busy": "absent",
}
NOT_NOW = frozenset(name for name, finding in CODES.items() if finding == "absent")


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
        return await self._call("/v1/messages", {"messages": told}, id_, [m.key for m in messages])

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """Ask what came of attempts.  Raises `NotCalled`, `Unknown`."""
        # the same is asked again: who takes a call once must take it
        return await self._call("/v1/queries", {"references": keys}, uuid4().hex, keys)

    async def aclose(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()

    async def _call(self, path: str, body: object, id_: str, keys: Sequence[str]) -> list[Answered]:
        content = msgspec.json.encode(body)
        headers = signing.headers(id_, int(self._now_s()), content, self._keys)
        return await over_http.call(
            self._client, path, content, keys, not_now=NOT_NOW, headers=headers
        )


def _told(message: Message, sender: str) -> dict[str, Any]:
    told = {
        "reference": message.key,
        "to": message.to,
        "sender": sender,
        "title": message.subject,
        "text": message.text,
    }
    return told | ({"urgent": True} if message.urgent else {})


def connect(
    row: Row,
    secret: Mapping[str, Any],
    _receipts: Receipts,  # they are pushed to the edge
    *,
    limit_s: float = LIMIT_S,
    transport: httpx.AsyncBaseTransport | None = None,
) -> PushHttp:
    """Return the channel of a row; its `url` is without `/v1`.  Raises `Misconfigured`.

    `secret`: `keys`, one or, while they change, two `whsec_…`.
    """
    try:
        keys = [signing.secret(text) for text in secret["keys"]]
    except (KeyError, ValueError) as error:
        raise Misconfigured(f"the provider {row.name}: its keys are not readable") from error
    if not 1 <= len(keys) <= KEYS_LIMIT:
        raise Misconfigured(f"the provider {row.name}: give it 1 to {KEYS_LIMIT} keys")
    headers = {"user-agent": "motcua-notify"}
    client = over_http.client(row.url, limit_s, headers, transport)
    return PushHttp(client, keys, row.sender)
