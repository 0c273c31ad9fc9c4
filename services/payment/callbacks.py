"""A partner's callback: verified over its raw bytes, appended, answered in the partner's words.

It decides nothing: the lane does.  The answer is read from our own books, in the order that all
protocols have: genuine, known, the right amount, not yet final.  What is news is appended before
the answer, whatever that is: a partner that hears "call again" may never do so.  "Recorded" is said
of nothing but what stands on the log as it was said: another amount is other news.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

import msgspec
import structlog

from services.payment.domain.state import Attempt, Payment
from services.payment.gateways import Gateway, Notice, Refused, Verdict
from shared import events
from shared.bus import Message
from shared.clock import Clock
from shared.errors import Unknown
from shared.events import Event
from shared.events.kernel import RecordDead
from shared.events.payment import Notified
from shared.journal import Decision
from shared.publisher import Publisher
from shared.topics import dead

INBOX = "payment.inbox"
NO_OFFSET = -1  # it never stood in the inbox
LIMIT_S = 5.0  # partners wait longer, but not for ever

Seal = Callable[[bytes], str]

_log = structlog.get_logger("callbacks")


class Near(NamedTuple):
    """What this process knows of itself, without asking: as a rule the order was opened here."""

    application: Callable[[str], str | None]
    decision: Callable[[str], Decision[Payment] | None]


class Callbacks:
    """The callbacks of one partner; `find` gives a reference's application, `latest` its state."""

    def __init__(
        self,
        gateway: Gateway,
        find: Callable[[str], Awaitable[str | None]],
        latest: Callable[[str], Awaitable[Decision[Payment] | None]],
        near: Near,
        publisher: Publisher,
        seal: Seal,
        clock: Clock,
    ) -> None:
        self._gateway, self._find, self._latest, self._near = gateway, find, latest, near
        self._publisher, self._seal, self._clock = publisher, seal, clock
        self._source = f"/partners/{gateway.partner.name}"

    async def take(self, query: bytes) -> bytes:
        """Return the answer to a callback; whatever goes wrong, the partner is to call again."""
        try:
            async with asyncio.timeout(LIMIT_S):
                verdict = await self._verdict(query, self._clock())
        except (Unknown, TimeoutError):
            verdict = "call_again"
        except Exception:  # a mistake of ours must not reach the partner as success, or as a 500
            _log.exception("a callback could not be taken", partner=self._gateway.partner.name)
            verdict = "call_again"
        return self._gateway.answer(verdict)

    async def _verdict(self, query: bytes, at: datetime) -> Verdict:
        try:
            notice = self._gateway.read_callback(query, at)
        except Refused as refused:
            if refused.verdict == "unreadable":
                await self._set_aside(refused.reason, query, at)
            return refused.verdict
        application = self._near.application(notice.reference) or await self._find(notice.reference)
        if application is None:
            await self._set_aside(f"no order has the reference {notice.reference}", query, at)
            return "unknown_order"
        decision = self._near.decision(application)
        if decision is None or not _attempt(decision, notice.reference):
            decision = await self._latest(application)
        state = (decision.state if decision else None) or Payment()
        attempt = state.attempt(notice.reference)
        if _is_news(state, attempt, notice, self._gateway.partner.name):
            await self._publish(notice, application, decision, at)
        return _answer(attempt, notice, self._gateway.partner.name)

    async def _publish(
        self, notice: Notice, application: str, decision: Decision[Payment] | None, at: datetime
    ) -> None:
        data = Notified(partner=self._gateway.partner.name, **notice._asdict())
        await self._publisher.publish(
            INBOX,
            Event(
                id=f"{notice.reference}/{notice.transaction}/{notice.code}/{notice.amount_vnd}",
                source=self._source,
                type=data.TYPE,
                subject=application,
                time=at,
                data=msgspec.Raw(events.encode(data)),
                traceparent=decision.traceparent if decision else "",
                causationid=decision.last_event if decision else "",
            ),
        )

    async def _set_aside(self, reason: str, query: bytes, at: datetime) -> None:
        """Keep what is genuine and nobody can place, sealed, for an operator."""
        data = RecordDead(
            service="payment",
            topic=INBOX,
            partition=0,
            offset=NO_OFFSET,
            reason=reason,
            field="",
            sealed=self._seal(query),
        )
        event = Event(
            id=f"{self._source}/{hashlib.sha256(query).hexdigest()[:32]}",
            source="/services/payment",
            type=data.TYPE,
            subject="",
            time=at,
            data=msgspec.Raw(events.encode(data)),
        )
        await self._publisher.append((dead(INBOX), 0), Message(None, events.encode(event)))


def _attempt(decision: Decision[Payment], reference: str) -> Attempt | None:
    return decision.state.attempt(reference) if decision.state else None


def _is_news(state: Payment, attempt: Attempt | None, notice: Notice, partner: str) -> bool:
    if notice.finding == "paid":
        said = notice.reference, notice.transaction, notice.amount_vnd
        return not state.has_money(partner, *said)
    return attempt is None or attempt.status == "open"


def _answer(attempt: Attempt | None, notice: Notice, partner: str) -> Verdict:
    if attempt is None or attempt.partner != partner:
        return "unknown_order"
    if attempt.amount_vnd != notice.amount_vnd:
        return "amount_differs"
    return "recorded" if attempt.status == "open" else "already_final"
