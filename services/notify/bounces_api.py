"""Where reports on mails come in: as JSON of a provider, or a mail as a mail server pipes it.

What is read to its end is answered 202, also if it says nothing to us: sent again it would say no
more.  After 503 it is to be sent again, and counts once.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request

from services.notify.channels.mail.dsn import Bounces, Told, Why, read_json, read_mail
from services.notify.channels.mail.turns import Beginning
from services.notify.channels.receipts import Bounced, Reporters, arrived, reporter
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.publisher import Publisher

BODY_LIMIT_BYTES = 1 << 20
COUNTS_FOR = timedelta(days=7)  # mail servers try for five days at most, as a rule
NEVER = Beginning(datetime.min.replace(tzinfo=UTC), "")
MAIL = "message/rfc822"
EXAMPLE: dict[str, Any] = {
    "bounces": [
        {
            "id": f"<{edge.APPLICATION}/registered/email/1.abcdefghijklmnop@dvc.example>",
            "recipient": "nguoi.dan@mail.example",
            "action": "failed",
            "status": "5.1.1",
            "diagnostic": "smtp; 550 5.1.1 No such user",
        }
    ]
}
REPORT = (
    "From: mailer-daemon@mail.example\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n"
    f"Original-Envelope-Id: {edge.APPLICATION}/registered/email/1.abcdefghijklmnop\r\n\r\n"
    "Final-Recipient: rfc822; nguoi.dan@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "\r\n--b--\r\n"
)

Begun = Callable[[Sequence[str]], Awaitable[Mapping[str, Beginning]]]  # how mails were

_log = structlog.get_logger("bounces")


@dataclass(frozen=True)
class Taken:
    """How many reports were taken, and why others were set aside, by JSON pointer."""

    taken: int
    set_aside: dict[str, str]


def router(
    publisher: Publisher,
    clock: Clock,
    providers: Reporters,
    ids_key: bytes,
    begun: Begun,
    bounced: Bounced,
) -> APIRouter:
    """Return the routes of reports on mails that these providers carried."""
    routes = APIRouter(tags=["notify"])
    one_at_a_time = asyncio.Semaphore(1)

    @routes.post(
        "/v1/bounces/{provider}",
        status_code=202,
        summary="What became of mails",
        openapi_extra=_described(),
        responses=edge.shown(202, Taken(1, {}), 400, 403, 404, 413, 415, 422),
    )
    async def bounces(
        provider: str, request: Request, caller: Annotated[Caller, Depends(require("partner"))]
    ) -> Taken:
        reporter(providers, provider, caller)
        now = clock()
        found = await _read(request, ids_key, now, one_at_a_time)
        found = await _counting(found, begun, provider, now)
        told = {pointer: each for pointer, each in found.items() if isinstance(each, Told)}
        set_aside = {pointer: str(each) for pointer, each in found.items() if pointer not in told}
        await asyncio.gather(
            *(
                publisher.publish("notify.inbox", arrived(t.receipt, provider, now))
                for t in told.values()
            )
        )
        if addresses := [t.bounced for t in told.values() if t.bounced]:
            await bounced(addresses)
            of = [(address.key, address.reason) for address in addresses]
            _log.info("left alone", provider=provider, notices=of)
        if set_aside:
            _log.info("set aside", provider=provider, why=dict(Counter(set_aside.values())))
        return Taken(len(told), set_aside)

    return routes


async def _counting(
    found: Mapping[str, Told | Why], begun: Begun, provider: str, now: datetime
) -> dict[str, Told | Why]:
    """Return the same, but nothing any more of mails that are old, or another's.  Raises
    `Unknown`.
    """
    keys = [each.receipt.data.key for each in found.values() if isinstance(each, Told)]
    beginnings = await begun(keys) if keys else {}

    def judged(each: Told | Why) -> Told | Why:
        if not isinstance(each, Told):
            return each
        at, carrier = beginnings.get(each.receipt.data.key, NEVER)
        if now - at > COUNTS_FOR:
            return "too_late"
        return each if carrier in ("", provider) else "not_yours"

    return {pointer: judged(each) for pointer, each in found.items()}


async def _read(
    request: Request, ids_key: bytes, now: datetime, one_at_a_time: asyncio.Semaphore
) -> dict[str, Told | Why]:
    """Return what each report says, by JSON pointer; a mail is one."""
    if edge.media_type(request) == MAIL:
        raw = await edge.body(request, BODY_LIMIT_BYTES)
        async with one_at_a_time:  # and beside the loop, which has lanes to run
            return {"/": await asyncio.to_thread(read_mail, raw, ids_key, now)}
    bulk = await edge.read(request, Bounces, BODY_LIMIT_BYTES)
    return {f"/bounces/{i}": read_json(b, ids_key, now) for i, b in enumerate(bulk.bounces)}


def _described() -> dict[str, Any]:
    told = edge.described(Bounces, EXAMPLE)
    text = {"type": "string", "description": "a mail as it came, a delivery report (RFC 3464)"}
    told["requestBody"]["content"][MAIL] = {"schema": text, "example": REPORT}
    return told
