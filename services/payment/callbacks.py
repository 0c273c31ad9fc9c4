"""A partner's callback: verified over its raw bytes, appended, answered in the partner's words.

It decides nothing: the lane does.  The answer is read from our own books, in the order that all
protocols have: genuine, known, the right amount, not yet final.  What is news is appended before
the answer, whatever that is: a partner that hears "call again" may never do so.  "Recorded" is said
of nothing but what stands on the log as it was said: another amount is other news.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import structlog

from services.payment.domain.state import Attempt, Payment
from services.payment.gateways import Call, Gateway, Notice, Refused, Reply, Verdict
from services.payment.gateways.transfers.text import references
from services.payment.set_aside import INBOX, SetAside
from shared import events
from shared.clock import Clock
from shared.errors import Unknown
from shared.events import Event
from shared.events.payment import Notified
from shared.journal import Decision
from shared.publisher import Publisher

LIMIT_S = 5.0  # partners wait longer, but not for ever
HEARD_LIMIT = 10_000  # of a partner: what was appended a moment ago, and may not be decided yet
# of the verdicts on several notices in one call, which one answers: first, those to call again for
GRAVEST: Sequence[Verdict] = (
    "call_again",
    "unknown_order",
    "amount_differs",
    "already_final",
    "recorded",
)

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
        aside: SetAside,
        clock: Clock,
    ) -> None:
        self._gateway, self._find, self._latest, self._near = gateway, find, latest, near
        self._publisher, self._aside, self._clock = publisher, aside, clock
        self._source = f"/partners/{gateway.partner.name}"
        self._heard: OrderedDict[str, None] = OrderedDict()

    async def take(self, call: Call) -> Reply:
        """Return the answer to a callback; whatever goes wrong, the partner is to call again."""
        at = self._clock()
        try:
            async with asyncio.timeout(LIMIT_S):
                verdict = await self._verdict(call, at)
        except (Unknown, TimeoutError):
            verdict = "call_again"
        except Exception:  # a mistake of ours must not reach the partner as success, or as a 500
            _log.exception("a callback could not be taken", partner=self._gateway.partner.name)
            verdict = "call_again"
        return self._gateway.answer(verdict, call, at)

    async def _verdict(self, call: Call, at: datetime) -> Verdict:
        try:
            notices = self._gateway.read_callback(call, at)
        except Refused as refused:
            await self._aside.refused(refused, call, at)
            return refused.verdict
        # side by side: what hundreds of them look up is looked up at once, and in time
        taken = (self._taken(notice, call, at) for notice in dict.fromkeys(notices))
        verdicts = await asyncio.gather(*taken)
        return min(verdicts, key=GRAVEST.index, default="recorded")

    async def _taken(self, notice: Notice, call: Call, at: datetime) -> Verdict:
        application = await self._application(notice.reference)
        if application is None:
            reason = f"no order has the reference {_shown(notice.reference)}"
            await self._aside.keep(reason, "reference", call, at, place=f"{notice}")
            return "unknown_order"
        decision = self._near.decision(application)
        if decision is None or not _attempt(decision, notice.reference):
            decision = await self._latest(application)
        state = (decision.state if decision else None) or Payment()
        attempt = state.attempt(notice.reference)
        answer = _answer(attempt, notice, self._gateway.partner.name)
        if not _is_news(state, attempt, notice, self._gateway.partner.name):
            return answer
        id_ = f"{notice.reference}/{notice.transaction}/{notice.code}/{notice.amount_vnd}"
        if id_ in self._heard:
            is_final = notice.finding in ("paid", "failed")
            return "already_final" if is_final and answer == "recorded" else answer
        await self._publish(id_, notice, application, decision, at)
        self._remember(id_)
        return answer

    def _remember(self, id_: str) -> None:
        """Know what stands on the log already, before the lane has read it."""
        self._heard[id_] = None
        while len(self._heard) > HEARD_LIMIT:
            self._heard.popitem(last=False)

    async def _application(self, reference: str) -> str | None:
        if not reference:
            return None
        return self._near.application(reference) or await self._find(reference)

    async def _publish(
        self,
        id_: str,
        notice: Notice,
        application: str,
        decision: Decision[Payment] | None,
        at: datetime,
    ) -> None:
        data = Notified(partner=self._gateway.partner.name, **notice._asdict())
        await self._publisher.publish(
            INBOX,
            Event(
                id=id_,
                source=self._source,
                type=data.TYPE,
                subject=application,
                time=at,
                data=msgspec.Raw(events.encode(data)),
                traceparent=decision.traceparent if decision else "",
                causationid=decision.last_event if decision else "",
            ),
        )


def _shown(reference: str) -> str:
    """Return a reference if it is of our form: anything else may be what a payer wrote."""
    if references(reference) == {reference}:
        return reference
    return "(none of ours)" if reference else "(none told)"


def _attempt(decision: Decision[Payment], reference: str) -> Attempt | None:
    return decision.state.attempt(reference) if decision.state else None


def _is_news(state: Payment, attempt: Attempt | None, notice: Notice, partner: str) -> bool:
    if notice.finding == "paid":
        said = notice.reference, notice.transaction, notice.amount_vnd
        return not state.has_money(partner, *said)
    return attempt is None or attempt.is_watched


def _answer(attempt: Attempt | None, notice: Notice, partner: str) -> Verdict:
    if attempt is None or attempt.partner != partner:
        return "unknown_order"
    if attempt.amount_vnd != notice.amount_vnd:
        return "amount_differs"
    return "recorded" if attempt.status == "open" else "already_final"
