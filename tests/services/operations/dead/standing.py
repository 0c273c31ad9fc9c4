"""What stands of what was set aside, over rows in memory; it passes the real one's test."""

from collections.abc import Iterable, Mapping, Sequence

from services.operations.dead.standing import Standing, mark
from services.operations.domain.causes import CALL, HELD, POISON
from services.operations.domain.dead.letters import HOUR_MS, DeadGroup, Open, Place, bare, shape
from services.operations.letters import open_of
from shared.store import Row


class MemoryStanding(Standing):
    """Reads all that there is, each time."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._all = rows

    def every(self) -> list[Open]:
        """All of them, oldest first."""
        found = [row for row in self._all.values() if row["cause"] in (CALL, HELD, POISON)]
        return sorted(map(open_of, found), key=lambda o: (o.since_ms, o.key))

    async def groups(self, now_ms: int) -> tuple[list[DeadGroup], bool]:
        return grouped(self.every(), now_ms), True

    async def group(self, id_: str, now_ms: int) -> DeadGroup | None:
        return next((g for g in grouped(self.every(), now_ms) if g.id == id_), None)

    async def page(self, id_: str, after: str, limit: int) -> list[Open]:
        return [one for one in self.every() if one.group == id_ and mark(one) > after][:limit]

    async def parked(self, place: Place) -> Open | None:
        return next((o for o in self.every() if o.kind == "parked" and o.place == place), None)


def grouped(found: Iterable[Open], now_ms: int) -> list[DeadGroup]:
    """Return groups, what came last first."""
    groups: dict[str, list[Open]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    made = [_group(id_, some, now_ms) for id_, some in groups.items()]
    return sorted(made, key=lambda g: (-g.newest_ms, g.id))


def _group(id_: str, some: Sequence[Open], now_ms: int) -> DeadGroup:
    first, ages = some[0], [now_ms - one.since_ms for one in some]
    known = {one.application for one in some if one.application}
    return DeadGroup(
        id=id_,
        kind=first.kind,
        service=first.service,
        topic=first.place.topic,
        reason=shape(first.reason),
        field=bare(first.field),
        count=len(some),
        oldest_ms=min(one.since_ms for one in some),
        newest_ms=max(one.since_ms for one in some),
        last_hour=sum(age < HOUR_MS for age in ages),
        hour_before=sum(HOUR_MS <= age < 2 * HOUR_MS for age in ages),
        applications=len(known),
        nobodys=sum(not one.application for one in some),
    )
