"""The journal: every decision of a service, append-only; at once state, outbox, inbox and audit
trail.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from shared import events
from shared.bus import Record
from shared.lanes.table import LaneTable, Timer
from shared.store import Row, Table, prefix

S = TypeVar("S")


class Cause(NamedTuple):
    """The record that led to a decision."""

    topic: str
    partition: int
    offset: int
    id: str
    traceparent: str = ""


class Decision(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """One version of one application in one service.

    `seen`: the last sequence handled from each service; `handled`: external messages handled, as
    "source id"; `sequence`: how many events the service has emitted for the application;
    `emitted`: exactly what was, or will be, published, as JSON; `held`: records waiting for an
    operator, with `held_because` where this version added one.
    """

    application: str
    version: int
    at: datetime
    cause: Cause
    state: S | None
    state_json: bytes
    traceparent: str
    seen: Mapping[str, int] = {}
    handled: tuple[str, ...] = ()
    sequence: int = 0
    emitted: tuple[bytes, ...] = ()
    timers: tuple[Timer, ...] = ()
    held: tuple[Record, ...] = ()
    held_because: str = ""

    @property
    def last_event(self) -> str:
        """The id of the last event of this version, empty if it emitted none.

        A message from outside that follows names it as `causationid`.
        """
        return events.decode(self.emitted[-1]).id if self.emitted else ""


_encoder = msgspec.json.Encoder()


def _cause(row: Row) -> Cause:
    place = row["topic"], int(row["partition"]), int(row["offset"])
    return Cause(*place, row["id"], row["traceparent"])


def _record(fields: list[Any]) -> Record:
    topic, partition, offset, timestamp_ms, key, value, headers = fields
    pairs = tuple((name, content) for name, content in headers)
    # BSON's own integer type is no number to the JSON encoder
    return Record(topic, int(partition), int(offset), int(timestamp_ms), key, value, pairs)


class Journal(Generic[S]):
    """A service's journal on a table; `_id` is `<application>/<version, six digits>`."""

    def __init__(self, table: Table, lane_table: LaneTable[S, Any]) -> None:
        self._table = table
        self._lane_table = lane_table
        self._state = msgspec.json.Decoder(lane_table.state)

    async def append(self, decisions: Sequence[Decision[S]]) -> None:
        """Insert in order.  Raises `Refused` (somebody else decided first) or `Unknown`."""
        if decisions:
            await self._table.insert([self.row(d) for d in decisions])

    async def versions(self, applications: Iterable[str]) -> dict[str, list[Row]]:
        """Return all rows of these applications, lowest version first; none for an unknown one."""
        found: dict[str, list[Row]] = {a: [] for a in applications}
        if found:
            for row in await self._table.ranges([prefix(f"{a}/") for a in found]):
                found[row["_id"][:-7]].append(row)
        return found

    async def latest(self, application: str) -> Decision[S] | None:
        """Return how things stand with an application."""
        row = await self._table.last(prefix(f"{application}/"))
        return self.read(row) if row else None

    def row(self, decision: Decision[S]) -> Row:
        """Return the document of a decision; empty lists are left out."""
        row: Row = {
            "_id": f"{decision.application}/{decision.version:06d}",
            "schema": self._lane_table.schema,
            "application": decision.application,
            "version": decision.version,
            "at": decision.at,
            "cause": decision.cause._asdict(),
            "seen": decision.seen,
            "sequence": decision.sequence,
            "state": decision.state_json.decode(),
            "traceparent": decision.traceparent,
        }
        if decision.handled:
            row["handled"] = decision.handled
        if decision.emitted:
            row["emitted"] = [e.decode() for e in decision.emitted]
        if decision.timers:
            row["timers"] = [t._asdict() for t in decision.timers]
        if decision.held:
            row["held"] = [list(r) for r in decision.held]
        if decision.held_because:
            row["held_because"] = decision.held_because
        return row

    def read(self, row: Row) -> Decision[S]:
        """Return the decision in a document; a state of an older schema is upcast."""
        state = self._read_state(row["schema"], row["state"])
        return Decision(
            application=row["application"],
            version=row["version"],
            at=row["at"],
            cause=_cause(row["cause"]),
            state=state,
            state_json=_encoder.encode(state),
            traceparent=row["traceparent"],
            seen=row["seen"],
            handled=tuple(row.get("handled", ())),
            sequence=row["sequence"],
            emitted=tuple(e.encode() for e in row.get("emitted", ())),
            timers=tuple(Timer(**t) for t in row.get("timers", ())),
            held=tuple(_record(fields) for fields in row.get("held", ())),
            held_because=row.get("held_because", ""),
        )

    def _read_state(self, schema: int, text: str) -> S | None:
        if text == "null":
            return None
        if schema == self._lane_table.schema:
            return self._state.decode(text)
        state = msgspec.json.decode(text)
        for older in range(schema, self._lane_table.schema):
            state = self._lane_table.upcasts[older](state)
        return msgspec.convert(state, self._lane_table.state)
