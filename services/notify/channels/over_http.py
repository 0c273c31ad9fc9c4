"""Calls to carriers over HTTP: many messages in one, and what is said of each; their words, ours.

    accepted, delivered, undelivered    handed: it has the message, whatever the device does
    rejected                            rejected, for the reason in `code`; if it is one of the
                                        carrier's `not_now`: absent, try again
    not_found                           absent
    a status of REFUSED, no connection  not called: nothing of the call was taken
    another status, silence, word       unknown: ask by reference

`reference` is the key of the attempt.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import httpx
import msgspec

from services.notify.channels import code
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events import UNREADABLE
from shared.events.notify import Answered

Finding = Literal["handed", "rejected", "absent", "unknown"]
FINDINGS: Mapping[str, Finding] = {
    "accepted": "handed",
    "delivered": "handed",
    "undelivered": "handed",
    "rejected": "rejected",
    "not_found": "absent",
}
# Who answers so took nothing.  408, 409, 425 and 499 come from who may have it, or stands between.
REFUSED = frozenset({400, 401, 403, 404, 413, 415, 422, 429})
NOWHERE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Standing(msgspec.Struct, frozen=True):
    """How a message stands with a carrier: in answers, and in receipts."""

    reference: str
    status: str
    message_id: str = ""
    code: str = ""


class _Results(msgspec.Struct, frozen=True):
    results: list[Standing]


def client(
    url: str, limit_s: float, headers: Mapping[str, str], transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """Return a client of a carrier; an idle connection is dropped before the other side does it."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"content-type": "application/json", **headers},
        timeout=limit_s,
        limits=httpx.Limits(keepalive_expiry=2.0),
        transport=transport,
    )


async def call(
    client: httpx.AsyncClient,
    path: str,
    content: bytes,
    keys: Sequence[str],
    *,
    not_now: Collection[str],
    headers: Mapping[str, str] | None = None,
) -> list[Answered]:
    """Return what is said of each of these attempts, in order.  Raises `NotCalled`, `Unknown`."""
    try:
        answer = await client.post(path, content=content, headers=headers)
    except NOWHERE as error:
        raise NotCalled(f"no connection: {type(error).__name__}") from error
    except httpx.HTTPError as error:
        raise Unknown(f"no answer: {type(error).__name__}") from error
    if answer.status_code in REFUSED:
        raise NotCalled(f"the call was refused with {answer.status_code}")
    if answer.status_code != 200:
        raise Unknown(f"the call was answered {answer.status_code}")
    try:
        results = msgspec.json.decode(answer.content, type=_Results).results
    except UNREADABLE:  # it shows what it could not read
        raise Unknown("the answer cannot be read") from None
    said = {standing.reference: _answered(standing, not_now) for standing in results}
    return [said.get(key) or Answered(key=key, finding="unknown") for key in keys]


def _answered(standing: Standing, not_now: Collection[str]) -> Answered:
    finding = FINDINGS.get(standing.status, "unknown")
    if finding == "rejected" and standing.code in not_now:
        finding = "absent"
    return Answered(
        key=standing.reference,
        finding=finding,
        gateway_id=standing.message_id,
        reason=code(standing.code),
    )
