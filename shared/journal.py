"""The journal: every decision of a service, append-only; at once state, outbox, inbox and audit
trail.

A version holds all of the state, or what changed against the version before it.  It holds all when
the changes since the last full one add up to as much: so what is written grows with what changed,
and what is read is at most twice a full one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from shared import events
from shared.archived import is_bare, living
from shared.bus import Record
from shared.changes import ROW, Change, fold, is_exact, list_change, state_change, unfold
from shared.errors import Misconfigured
from shared.lanes.table import LaneTable, Timer
from shared.store import Bounds, Row, Table, prefix

S = TypeVar("S")

MESSAGE = 100  # bytes that the name of a message handled is counted with
LAST_ROWS = 8  # read at once for one application: as a rule a full one is among them
SHORT = 32  # versions; a history with fewer is read whole


class Cause(NamedTuple):
    """The record that led to a decision."""

    topic: str
    partition: int
    offset: int
    id: str
    traceparent: str = ""


class Decision(msgspec.Struct, Generic[S], frozen=True, kw_only=True, gc=False):
    """One version of one application in one service.

    `seen`: the last sequence handled from each service; `handled`: external messages handled, as
    "source id"; `sequence`: how many events the service has emitted for the application;
    `emitted`: exactly what was, or will be, published, as JSON; `letters`: the same, to others;
    `held`: records waiting for an operator, with `held_because` where this version added one.
    `change`: how it is written, None: in full; `is_base`: whether a change may be put on top of
    what is written; `is_archived`: whether it stands for all before it.
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
    letters: tuple[bytes, ...] = ()
    timers: tuple[Timer, ...] = ()
    held: tuple[Record, ...] = ()
    held_because: str = ""
    change: Change | None = None
    is_base: bool = True
    is_archived: bool = False

    @property
    def last_event(self) -> str:
        """The id of the last event of this version, empty if it emitted none.

        A message from outside that follows names it as `causationid`.
        """
        return events.decode(self.emitted[-1]).id if self.emitted else ""


_encoder = msgspec.json.Encoder()


def change(
    latest: Decision[S] | None,
    state: S | None,
    state_json: bytes,
    handled: tuple[str, ...],
    held: tuple[Record, ...],
) -> Change | None:
    """Return how the version after `latest` is written: as a change, or (None) in full."""
    full_size = len(state_json) + len(handled) * MESSAGE + (_size(held) if held else 0)
    size = ROW + (latest.change.size if latest and latest.change else 0)
    if latest is None or size > full_size or not latest.is_base:
        return None
    if type(state) is not type(latest.state):
        return None
    fields: dict[str, Any] = {}
    if isinstance(state, msgspec.Struct) and isinstance(latest.state, msgspec.Struct):
        fields, put = state_change(latest.state, state)
        size += put
    new_handled = new_held = None
    if handled is not latest.handled:
        new_handled = list_change(latest.handled, handled)
        size += MESSAGE
    if held is not latest.held:
        new_held = list_change(latest.held, held)
        size += _size(new_held[2])
    if size > full_size:
        return None
    full_at = latest.change.full_at if latest.change else latest.version
    return Change(full_at, size, fields, new_handled, new_held)


def _size(held: Iterable[Record]) -> int:
    return sum(len(record.value or b"") + ROW for record in held)


def _cause(row: Row) -> Cause:
    place = row["topic"], int(row["partition"]), int(row["offset"])
    return Cause(*place, row["id"], row["traceparent"])


def _record(fields: list[Any]) -> Record:
    topic, partition, offset, timestamp_ms, key, value, headers = fields
    pairs = tuple((name, content) for name, content in headers)
    # BSON's own integer type is no number to the JSON encoder
    return Record(topic, int(partition), int(offset), int(timestamp_ms), key, value, pairs)


def _written(change: Change) -> Row:
    written: Row = {"full_at": change.full_at, "size": change.size}
    if change.state:
        written["state"] = change.state
    if change.handled is not None:
        written["handled"] = change.handled
    if change.held is not None:
        at, cut, put = change.held
        written["held"] = [at, cut, [list(r) for r in put]]
    return written


def _bounds(application: str, low: int, high: int) -> Bounds:
    """Return the bounds of the versions from `low` on, up to but without `high`."""
    return f"{application}/{low:06d}", f"{application}/{high:06d}"


def _last_published(rows: Sequence[Row], is_published: Callable[[Cause], bool]) -> int | None:
    """Return the place of the last row whose cause is, None if there is none."""
    for place, row in reversed(list(enumerate(rows))):
        if "archived" in row or is_published(_cause(row["cause"])):
            return place
    return None


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

    async def latest(self, application: str) -> Decision[S] | None:
        """Return how things stand with an application.  Raises `Unknown`."""
        rows = await self._table.last(prefix(f"{application}/"), LAST_ROWS)
        if not rows:
            return None
        return self.read(fold(await self._from_full(application, rows, len(rows) - 1)))

    async def latest_of(self, applications: Iterable[str]) -> dict[str, Decision[S]]:
        """Return how things stand with those of these applications that are known.

        Raises `Unknown`.
        """
        recent = await self.recent(applications, lambda _: True)
        return {application: versions[-1] for application, versions in recent.items()}

    async def recent(
        self, applications: Iterable[str], is_published: Callable[[Cause], bool]
    ) -> dict[str, list[Decision[S]]]:
        """Return the last version of each that `is_published`, and all after it; of each that has
        none all versions, and nothing of an unknown one.  Raises `Unknown`.
        """
        found: dict[str, list[Row]] = {a: [] for a in applications}
        if not found:
            return {}
        for row in await self._table.ranges([_bounds(a, 1, SHORT) for a in found]):
            found[row["_id"][:-7]].append(row)
        return {
            application: await self._since_published(application, rows, is_published)
            for application, rows in found.items()
            if rows
        }

    async def history(self, application: str) -> list[Decision[S]]:
        """Return all versions that are not archived, lowest first.  Raises `Unknown`."""
        rows = await self._table.ranges([prefix(f"{application}/")])
        return [self.read(row) for row in unfold(living(rows))]

    async def _since_published(
        self, application: str, rows: list[Row], is_published: Callable[[Cause], bool]
    ) -> list[Decision[S]]:
        """Take the first rows of a history, and read on from its end if these are not all."""
        if rows[-1]["version"] == SHORT - 1 or is_bare(rows[0]):  # bare: there may be gaps
            rows = await self._table.last(prefix(f"{application}/"), SHORT)
        while True:
            first = _last_published(rows, is_published)
            if first is not None or rows[0]["version"] == 1:
                break
            rows = await self._table.last(prefix(f"{application}/"), 2 * len(rows))
        first = first or 0
        version = rows[first]["version"]
        whole = unfold(await self._from_full(application, rows, first))
        return [self.read(row) for row in whole if row["version"] >= version]

    async def _from_full(self, application: str, rows: list[Row], first: int) -> list[Row]:
        """Return the rows from the full one on that `rows[first]` changes."""
        full_at = rows[first]["version"]
        if "change" in rows[first]:
            full_at = rows[first]["change"]["full_at"]
        if rows[0]["version"] > full_at:
            missing = _bounds(application, full_at, rows[0]["version"])
            rows = [*await self._table.ranges([missing]), *rows]
        return [row for row in rows if row["version"] >= full_at]

    def row(self, decision: Decision[S]) -> Row:
        """Return the document of a decision; what is empty is left out."""
        row: Row = {
            "_id": f"{decision.application}/{decision.version:06d}",
            "schema": self._lane_table.schema,
            "application": decision.application,
            "version": decision.version,
            "at": decision.at,
            "cause": decision.cause._asdict(),
            "seen": decision.seen,
            "sequence": decision.sequence,
            "traceparent": decision.traceparent,
        }
        if decision.change:
            row["change"] = _written(decision.change)
        else:
            row["state"] = decision.state_json.decode()
            if decision.handled:
                row["handled"] = decision.handled
            if decision.held:
                row["held"] = [list(r) for r in decision.held]
        if decision.emitted:
            row["emitted"] = [e.decode() for e in decision.emitted]
        if decision.letters:
            row["letters"] = [e.decode() for e in decision.letters]
        if decision.timers:
            row["timers"] = [t._asdict() for t in decision.timers]
        if decision.held_because:
            row["held_because"] = decision.held_because
        return row

    def read(self, row: Row) -> Decision[S]:
        """Return the decision in a full document; a state of an older schema is upcast."""
        state = self._read_state(row["schema"], row["state"])
        is_current, change = row["schema"] == self._lane_table.schema, row.get("change")
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
            letters=tuple(e.encode() for e in row.get("letters", ())),
            timers=tuple(Timer(**t) for t in row.get("timers", ())),
            held=tuple(_record(fields) for fields in row.get("held", ())),
            held_because=row.get("held_because", ""),
            change=Change(int(change["full_at"]), int(change["size"]), {}) if change else None,
            is_base=is_current and is_exact(state, row["state"]),
            is_archived="archived" in row,
        )

    def _read_state(self, schema: int, text: str) -> S | None:
        if text == "null":
            return None
        if schema == self._lane_table.schema:
            return self._state.decode(text)
        if schema > self._lane_table.schema:  # read as it is, what is new in it would be dropped
            raise Misconfigured(
                f"the journal has a state of schema {schema}, and this version knows "
                f"{self._lane_table.schema}: run the version that wrote it, or a later one"
            )
        state = msgspec.json.decode(text)
        for older in range(schema, self._lane_table.schema):
            state = self._lane_table.upcasts[older](state)
        return msgspec.convert(state, self._lane_table.state)
