"""What must hold when nothing is left to do."""

from typing import TYPE_CHECKING

from tests.simulation.model.parts import EXTERNAL, SOURCES, Record, Version, Violation

if TYPE_CHECKING:
    from tests.simulation.model.world import World


def check(world: "World") -> None:
    """Check a world at rest.  Raises `Violation`."""
    for service in world.services:
        for app in world.apps:
            versions = check_versions(world, service, app)
            check_decided(world, service, app, versions)
            check_log(world, service, app, versions)
        check_facts(world, service)


def check_versions(world: "World", service: str, app: str) -> list[Version]:
    """Versions are contiguous, each continues the one before, and so do their events."""
    journal = world.journals[service][app]
    if sorted(journal) != list(range(1, len(journal) + 1)):
        raise Violation(f"{service} {app}: hole in versions {sorted(journal)}")
    versions = [journal[n] for n in sorted(journal)]
    applied: tuple[str, ...] = ()
    seq = 0
    for version in versions:
        if version.applied[: len(applied)] != applied or len(version.applied) > len(applied) + 1:
            raise Violation(f"{service} {app}: version {version.number} does not continue")
        applied = version.applied
        for event in version.emitted:
            seq += 1
            if event.seq != seq:
                raise Violation(f"{service} {app}: numbered {event.seq} after {seq - 1}")
    return versions


def check_decided(world: "World", service: str, app: str, versions: list[Version]) -> None:
    """Every input is decided exactly once, those of one service in its order; nothing is held."""
    applied = versions[-1].applied if versions else ()
    want = {t for v in versions for t in v.timers}
    for topic in SOURCES[service]:
        if topic.endswith(".ev"):
            theirs = world.journals[topic[:2]][app].values()
            want.update(e.id for v in theirs for e in v.emitted)
        else:
            for lane in range(world.lanes):
                records = world.topics[topic, lane]
                want.update(r.id for r in records if r.app == app and r.source == EXTERNAL)
    want = {i for i in want if not world.domain.shape(service, i).ignored}
    if world.options.skip_by_state:
        want = {i for i in want if i in applied or not world.domain.whim(i)}
    if len(set(applied)) != len(applied):
        raise Violation(f"{service} {app}: decided twice: {applied}")
    if set(applied) != want:
        lost, extra = sorted(want - set(applied)), sorted(set(applied) - want)
        held = [h.id for h in versions[-1].held] if versions else []
        if held:
            raise Violation(f"{service} {app}: still held: {held}")
        raise Violation(f"{service} {app}: lost {lost} extra {extra}")
    check_order(world, service, app, applied)


def check_order(world: "World", service: str, app: str, applied: tuple[str, ...]) -> None:
    """What one topic brings is decided in the order of its first occurrences."""
    place = {id_: n for n, id_ in enumerate(applied)}
    for topic in SOURCES[service]:
        log = world.topics[topic, world.home(app)]
        first = dict.fromkeys(r.id for r in log if r.app == app and r.id in place)
        order = [place[id_] for id_ in first]
        if order != sorted(order):
            raise Violation(f"{service} {app}: out of order: {list(first)}")


def check_log(world: "World", service: str, app: str, versions: list[Version]) -> None:
    """First occurrences are contiguous and in order, and are the journalled events."""
    journalled = {e.seq: e for v in versions for e in v.emitted}
    found: dict[int, Record] = {}
    last = 0
    for lane in range(world.lanes):
        for event in world.topics[f"{service}.ev", lane]:
            if event.app != app:
                continue
            if lane != world.home(app) and world.options.foreign != "lane":
                raise Violation(f"{service} {app}: on the wrong partition: {event.id}")
            if found.setdefault(event.seq, event) != event:
                raise Violation(f"{service} {app}: two contents for {event.id}")
            if event.seq > last + 1 and world.options.foreign != "lane":
                raise Violation(f"{service} {app}: {event.id} published before {last + 1}")
            last = max(last, event.seq)
    if len(found) != len(journalled):
        raise Violation(f"{service} {app}: unpublished: {len(found)} of {len(journalled)}")
    if found != journalled:
        raise Violation(f"{service} {app}: published what is not journalled")


def check_facts(world: "World", service: str) -> None:
    """Numbers and references are unique, and their rows point at the application that uses them."""
    store = world.stores[service]
    users: dict[tuple[str, int], tuple[str, int]] = {}
    for app in world.apps:
        journal = world.journals[service][app]
        if len({v.dossier for v in journal.values() if v.dossier}) > 1:
            raise Violation(f"{service} {app}: two numbers")
        for version in journal.values():
            for kind, value in version.uses:
                user = app, version.orders if kind == "reference" else 0
                if users.setdefault((kind, value), user) != user:
                    raise Violation(f"{service} {app}: {kind} {value} used twice")
                if kind == "reference" and store.get((kind, value)) != user:
                    raise Violation(f"{service} {app}: {kind} {value} points elsewhere")
                if kind == "number" and store.get((kind, app)) != value:
                    raise Violation(f"{service} {app}: {kind} {value} is not the claimed one")
