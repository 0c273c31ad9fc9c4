"""What must hold of any services when nothing is left to do, read from log and journals alone."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from deploy.simulation.world import Violation, World
from shared import events
from shared.bus import Record
from shared.changes import unfold
from shared.events.kernel import RecordDead, TimerFired
from shared.lanes.reading import Reader
from shared.lanes.table import LaneTable
from shared.placement import home
from shared.store import Row
from shared.topics import dead, reads


class Input(NamedTuple):
    """A message that a service has to decide: the service that numbered it, or none, and its id."""

    origin: str
    name: str  # "source id" of a message from outside, the number of one of our own
    event_id: str
    topic: str
    type: str


Inputs = dict[str, dict[Input, None]]  # of every application, in order of first occurrence


def check_all(world: World, tables: Iterable[LaneTable[Any, Any]]) -> dict[str, Inputs]:
    """Check every service; return what each had to decide.  Raises `Violation`."""
    found: dict[str, Inputs] = {}
    for table in tables:
        journal = journals(world, table.service)
        inputs = found[table.service] = expected(world, table)
        for application in journal.keys() | inputs.keys():
            versions = journal.get(application, [])
            who = f"{table.service} {application[-4:]}"
            check_versions(who, versions)
            check_decided(who, versions, inputs.get(application, {}))
            check_log(world, table.service, who, application, versions)
            check_timers(who, application, versions, inputs.get(application, {}))
    return found


def journals(world: World, service: str) -> dict[str, list[Row]]:
    """Return the versions of every application, lowest first, each with its whole state; what was
    archived is taken from `<service>.archive`.
    """
    rows: dict[str, Row] = {}
    for name in (f"{service}.journal", f"{service}.archive"):
        collection = world.database.collections.get(name)
        rows |= {row["_id"]: row for row in (collection.all() if collection else ())}
    found: dict[str, list[Row]] = {}
    for _, row in sorted(rows.items()):
        found.setdefault(row["application"], []).append(row)
    return {application: list(unfold(each)) for application, each in found.items()}


def expected(world: World, table: LaneTable[Any, Any]) -> Inputs:
    """Return what each application of a service has to decide.

    Raises `Violation` for a message that nobody can read and that is not among the dead letters.
    """
    reader = Reader(table, world.lane_count)
    found: Inputs = {}
    for topic in reads(table.service):
        for lane in range(world.lane_count):
            for record in world.log.records[topic, lane]:
                readings = reader.read([record])
                if readings.dead:
                    check_dead(world, record)
                for reading in readings.mine:
                    if reading.arrival is None:
                        raise Violation(f"unreadable: {record}")
                    event = reading.arrival.event
                    name = event.sequence if reading.origin else f"{event.source} {event.id}"
                    key = Input(reading.origin, name, event.id, topic, event.type)
                    found.setdefault(reading.application, {})[key] = None
    return found


def check_dead(world: World, record: Record) -> None:
    """What nobody can read is among the dead letters."""
    for letter in world.log.records[dead(record.topic), record.partition]:
        data = msgspec.json.decode(events.decode(letter.value or b"").data, type=RecordDead)
        if data.offset == record.offset:
            return
    raise Violation(f"no dead letter for {record.topic}/{record.partition}@{record.offset}")


def check_versions(who: str, versions: list[Row]) -> None:
    """Versions are contiguous, and each continues the one before."""
    if [v["version"] for v in versions] != list(range(1, len(versions) + 1)):
        raise Violation(f"{who}: hole in versions {[v['version'] for v in versions]}")
    sequence, handled, seen = 0, list[str](), dict[str, int]()
    for version in versions:
        where = f"{who}: version {version['version']}"
        emitted = [events.decode(e.encode()) for e in version.get("emitted", ())]
        numbers = [int(e.sequence) for e in emitted]
        if numbers != list(range(sequence + 1, sequence + len(emitted) + 1)):
            raise Violation(f"{where} emits {numbers} after {sequence}")
        sequence += len(emitted)
        if version["sequence"] != sequence:
            raise Violation(f"{where} counts {version['sequence']} events of {sequence}")
        now = list(version.get("handled", ()))
        if now[: len(handled)] != handled or len(now) > len(handled) + 1:
            raise Violation(f"{where} does not continue: handled {handled} -> {now}")
        if any(version["seen"].get(s, 0) < n for s, n in seen.items()):
            raise Violation(f"{where} does not continue: seen {seen} -> {version['seen']}")
        handled, seen = now, version["seen"]


def check_decided(who: str, versions: list[Row], inputs: dict[Input, None]) -> None:
    """Every input was decided, exactly once; nothing is held."""
    last = versions[-1] if versions else {"seen": {}}
    if last.get("held"):
        raise Violation(f"{who}: still held: {last.get('held_because')}")
    handled = list(last.get("handled", ()))
    if len(set(handled)) != len(handled):
        raise Violation(f"{who}: handled twice: {handled}")
    outside = {i.name for i in inputs if not i.origin}
    if set(handled) != outside:
        raise Violation(f"{who}: lost {outside - set(handled)}, extra {set(handled) - outside}")
    for origin in {i.origin for i in inputs if i.origin}:
        highest = max(int(i.name) for i in inputs if i.origin == origin)
        if last["seen"].get(origin, 0) != highest:
            raise Violation(f"{who}: lost events of {origin}: {last['seen']} of {highest}")


def check_log(world: World, service: str, who: str, application: str, versions: list[Row]) -> None:
    """First occurrences are contiguous and in order, and are what the journal says."""
    journalled = [e.encode() for v in versions for e in v.get("emitted", ())]
    lane, last = home(application, world.lane_count), 0
    for number in range(world.lane_count):
        for record in world.log.records[f"{service}.events", number]:
            if record.key != application.encode():
                continue
            event = events.decode(record.value or b"")
            sequence = int(event.sequence)
            if number != lane:
                raise Violation(f"{who}: on the wrong partition: {event.id}")
            if sequence > len(journalled) or record.value != journalled[sequence - 1]:
                raise Violation(f"{who}: published what is not journalled: {event.id}")
            if sequence > last + 1:
                raise Violation(f"{who}: {event.id} published before {last + 1}")
            last = max(last, sequence)
    if last != len(journalled):
        raise Violation(f"{who}: unpublished: {last} of {len(journalled)}")
    for letter in (e.encode() for v in versions for e in v.get("letters", ())):
        to = home(events.decode(letter).subject, world.lane_count)
        if letter not in (r.value for r in world.log.records[f"{service}.inbox", to]):
            raise Violation(f"{who}: a letter is journalled and not on the log")


def check_timers(
    who: str, application: str, versions: list[Row], inputs: dict[Input, None]
) -> None:
    """Every timer fired."""
    want = {
        f"{application}/{t['name']}/{v['version']:06d}"
        for v in versions
        for t in v.get("timers", ())
    }
    fired = {i.event_id for i in inputs if i.type == TimerFired.TYPE}
    if want != fired:
        raise Violation(f"{who}: timers set {want - fired}, fired {fired - want}")
