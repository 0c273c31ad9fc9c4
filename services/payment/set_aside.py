"""What a partner sent and nobody can place, kept sealed for an operator, with the reason.

Genuine calls are all kept, and whole: the gateway's own limit bounds them.  Of a long one that says
several things nobody can place, one letter has it whole; the others have its beginning, and an id
that begins as that one's does.  Anybody can send what is not genuine, so of these a bounded number
is kept in a minute, each cut; how many were not is told with the next one.
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
CUT_BYTES = 16 << 10  # of what is not genuine, or kept whole beside

Seal = Callable[[bytes], str]


class SetAside:
    """What one partner sent in vain."""

    def __init__(self, partner: str, publisher: Publisher, seal: Seal) -> None:
        self._source = f"/partners/{partner}"
        self._publisher, self._seal = publisher, seal
        self._minute: datetime | None = None
        self._forged, self._passed_over = 0, 0
        self._whole = ""  # what was kept whole a moment ago

    async def refused(self, refused: Refused, call: Call, at: datetime) -> None:
        """Keep a call that was refused; forged ones up to a limit.  Raises `Unknown`."""
        if refused.verdict != "not_genuine":
            await self.keep(refused.reason, refused.why, call, at)
        elif self._is_allowed(at):
            more = f" (and {self._passed_over} more before it)" if self._passed_over else ""
            self._passed_over = 0
            sent = call.body or call.query
            await self._keep(
                f"{refused.reason}{more}", refused.why, sent, CUT_BYTES, _name(sent), at
            )
        else:
            self._passed_over += 1

    async def keep(self, reason: str, why: str, call: Call, at: datetime, place: str = "") -> None:
        """Keep a genuine call; `place`: what of it, where it says several things.

        Raises `Unknown`.
        """
        sent = call.body or call.query
        name = _name(sent)
        limit = CUT_BYTES if name == self._whole else len(sent)
        self._whole = name
        try:
            own = f"{name}/{_name(place.encode())[:16]}" if place else name
            await self._keep(reason, why, sent, limit, own, at)
        except BaseException:
            self._whole = ""
            raise

    async def _keep(
        self, reason: str, why: str, sent: bytes, limit_bytes: int, name: str, at: datetime
    ) -> None:
        data = RecordDead(
            service="payment",
            topic=INBOX,
            partition=0,
            offset=NO_OFFSET,
            reason=reason,
            field=why,
            sealed=self._seal(sent[:limit_bytes]),
            size=len(sent),
            truncated=len(sent) > limit_bytes,
        )
        event = Event(
            id=f"{self._source}/{name}",
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


def _name(sent: bytes) -> str:
    return hashlib.sha256(sent).hexdigest()[:32]
