"""What is to be told to whom and when, who is at it, and what came of it: three tables of rows.

*Due*: `<endpoint>/<lane>/<due>/<delivery>/<attempt>`, so that what is due for an endpoint in a
lane is a range; it stands until what follows on the attempt stands.  *Claims*:
`<delivery>/<attempt>`, inserted before the call: whoever is refused does not call.  A delivery is
`<when it was asked for>/<endpoint>/<event>`, so claims are in the order of time, and the old ones
are a range.  *Attempts*: `<endpoint>/<when>/<event>/<attempt>`, what a partner looks at.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from services.payment.replay.outline import Outline
from services.payment.webhooks.endpoints import Endpoint
from services.payment.webhooks.schedule import Finding
from shared.store import Row, Table, prefix

BODY_LIMIT_BYTES = 20_000
ATTEMPTS_KEPT = 200  # of each endpoint
CLAIMS_KEPT = timedelta(days=30)  # far longer than a delivery lasts
ROWS_LIMIT = 1_000  # deleted at once


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event to be told to an endpoint; `attempt` is the number of the next one, from 0."""

    endpoint: str
    event: str
    type: str
    body: str
    lane: int
    asked_at: datetime
    due: datetime
    attempt: int = 0

    @property
    def key(self) -> str:
        """Return what is the same for all its attempts."""
        return f"{_ms(self.asked_at)}/{self.endpoint}/{self.event}"

    @property
    def claim(self) -> str:
        """Return what is claimed before this attempt."""
        return f"{self.key}/{self.attempt:02d}"

    @property
    def id(self) -> str:
        """Return the id of its row."""
        return f"{self.endpoint}/{self.lane:04d}/{_ms(self.due)}/{self.claim}"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one; `status` 0: no answer.  `next_at`: None if there is no other."""

    event: str
    type: str
    number: int
    at: datetime
    finding: Finding
    status: int = 0
    took_ms: int = 0
    problem: str = ""
    next_at: datetime | None = None


class Deliveries:
    """The deliveries of all endpoints."""

    def __init__(self, due: Table, claims: Table, attempts: Table) -> None:
        self._due, self._claims, self._attempts = due, claims, attempts
        self._unpruned: dict[str, int] = {}  # by endpoint: attempts since the last look

    async def plan(self, deliveries: Sequence[Delivery]) -> None:
        """Add what is to be told; again is harmless.  Raises `Unknown`."""
        if deliveries:
            rows = [{"_id": d.id, "delivery": msgspec.json.encode(d).decode()} for d in deliveries]
            await self._due.insert_missing(rows)

    async def due(
        self, endpoint: str, lanes: Iterable[int], now: datetime, limit: int
    ) -> list[Delivery]:
        """Return what is due, the oldest of each lane first.  Raises `Unknown`."""
        bounds = [
            (f"{endpoint}/{lane:04d}/", f"{endpoint}/{lane:04d}/{_ms(now)}~")
            for lane in sorted(lanes)
        ]
        rows = await self._due.ranges(bounds, limit)
        return [msgspec.json.decode(row["delivery"], type=Delivery) for row in rows]

    async def claim(self, delivery: Delivery, at: datetime) -> datetime | None:
        """Claim an attempt; return when somebody, perhaps we ourselves, claimed it before; None:
        it is ours.  Raises `Unknown`.
        """
        if not await self._claims.insert_missing([{"_id": delivery.claim, "at": at}]):
            return None
        rows = await self._claims.get([delivery.claim])
        return rows[0]["at"] if rows else at

    async def outcome(self, delivery: Delivery, claimed: datetime) -> Attempt | None:
        """Return what came of an attempt that was claimed then, if that is known.  Raises
        `Unknown`.
        """
        rows = await self._attempts.get([_attempt_id(delivery, claimed)])
        return msgspec.json.decode(rows[0]["attempt"], type=Attempt) if rows else None

    async def finish(self, delivery: Delivery, attempt: Attempt) -> None:
        """Write down what came of an attempt, plan the next, be done with this.  Raises `Unknown`:
        then this one is found again.
        """
        row: Row = {
            "_id": _attempt_id(delivery, attempt.at),
            "attempt": msgspec.json.encode(attempt).decode(),
        }
        await self._attempts.insert_missing([row])
        if attempt.next_at:
            following = msgspec.structs.replace(
                delivery, due=attempt.next_at, attempt=delivery.attempt + 1
            )
            await self.plan([following])
        await self._due.delete([delivery.id])
        await self._prune(delivery.endpoint)

    async def attempts(self, endpoint: str, limit: int) -> list[Attempt]:
        """Return the last attempts, the newest first.  Raises `Unknown`."""
        rows = await self._attempts.last(prefix(f"{endpoint}/"), limit)
        return [msgspec.json.decode(row["attempt"], type=Attempt) for row in reversed(rows)]

    async def drop(self, endpoint: str, lanes: Iterable[int]) -> bool:
        """Delete some of what is to be told; tell whether that was all of it.  Raises `Unknown`."""
        bounds = [prefix(f"{endpoint}/{lane:04d}/") for lane in sorted(lanes)]
        rows = await self._due.ranges(bounds, ROWS_LIMIT)
        await self._due.delete([row["_id"] for row in rows])
        return len(rows) < ROWS_LIMIT

    async def forget(self, endpoint: Endpoint) -> None:
        """Delete what is left of an endpoint that is removed.  Raises `Unknown`."""
        for table in (self._due, self._attempts):
            while rows := await table.ranges([prefix(f"{endpoint.id}/")], ROWS_LIMIT):
                await table.delete([row["_id"] for row in rows])

    async def forget_claims(self, now: datetime) -> None:
        """Delete some claims of deliveries that are long over.  Raises `Unknown`."""
        rows = await self._claims.ranges([("", _ms(now - CLAIMS_KEPT))], ROWS_LIMIT)
        await self._claims.delete([row["_id"] for row in rows])

    async def _prune(self, endpoint: str) -> None:
        more = self._unpruned.get(endpoint, ATTEMPTS_KEPT) + 1
        if more > ATTEMPTS_KEPT // 2:
            more = 0
            rows = await self._attempts.last(prefix(f"{endpoint}/"), ATTEMPTS_KEPT + ROWS_LIMIT)
            await self._attempts.delete([row["_id"] for row in rows[:-ATTEMPTS_KEPT]])
        self._unpruned[endpoint] = more


def delivery(event: Outline, endpoint: str, lane: int, asked_at: datetime) -> Delivery:
    """Return an event to be told to an endpoint, at once."""
    body = event.body
    assert len(body) <= BODY_LIMIT_BYTES, "the table of what is shown has grown too wide"
    return Delivery(
        endpoint=endpoint,
        event=event.id,
        type=event.type,
        body=body.decode(),
        lane=lane,
        asked_at=asked_at,
        due=asked_at,
    )


def _attempt_id(delivery: Delivery, began: datetime) -> str:
    return f"{delivery.endpoint}/{_ms(began)}/{delivery.event}/{delivery.attempt:02d}"


def _ms(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
