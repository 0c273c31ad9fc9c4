"""What a partner sent and nobody can place, kept sealed for an operator, with the reason.

Genuine calls are all kept.  Anybody can send what is not genuine, so of these a bounded number is
kept in a minute; how many were not is told with the next one.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from services.payment.gateways import Call, Refused
from shared import events
from shared.bus import Message
from shared.events import Event
from shared.events.kernel import RecordDead
from shared.publisher import Publisher
from shared.topics import dead

INBOX = "payment.inbox"
NO_OFFSET = -1  # it never stood in the inbox
FORGED_LIMIT = 30  # kept in a minute, of each partner
KEPT_LIMIT_BYTES = 16 << 10

Seal = Callable[[bytes], str]


class SetAside:
    """What one partner sent in vain."""

    def __init__(self, partner: str, publisher: Publisher, seal: Seal) -> None:
        self._source = f"/partners/{partner}"
        self._publisher, self._seal = publisher, seal
        self._minute: datetime | None = None
        self._forged, self._passed_over = 0, 0

    async def refused(self, refused: Refused, call: Call, at: datetime) -> None:
        """Keep a call that was refused; forged ones up to a limit.  Raises `Unknown`."""
        if refused.verdict != "not_genuine":
            await self.keep(refused.reason, refused.why, call, at)
        elif self._is_allowed(at):
            more = f" (and {self._passed_over} more before it)" if self._passed_over else ""
            self._passed_over = 0
            await self.keep(f"{refused.reason}{more}", refused.why, call, at)
        else:
            self._passed_over += 1

    async def keep(self, reason: str, why: str, call: Call, at: datetime) -> None:
        """Keep a call.  Raises `Unknown`."""
        sent = call.body or call.query
        data = RecordDead(
            service="payment",
            topic=INBOX,
            partition=0,
            offset=NO_OFFSET,
            reason=reason,
            field=why,
            sealed=self._seal(sent[:KEPT_LIMIT_BYTES]),
            size=len(sent),
            truncated=len(sent) > KEPT_LIMIT_BYTES,
        )
        event = Event(
            id=f"{self._source}/{hashlib.sha256(sent).hexdigest()[:32]}",
            source="/services/payment",
            type=data.TYPE,
            subject="",
            time=at,
            data=msgspec.Raw(events.encode(data)),
        )
        await self._publisher.append((dead(INBOX), 0), Message(None, events.encode(event)))

    def _is_allowed(self, at: datetime) -> bool:
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._forged = minute, 0
        self._forged += 1
        return self._forged <= FORGED_LIMIT
