"""What the services of the model decide: fixed by the record's id and the seed, so it is pure."""

from typing import NamedTuple
from zlib import crc32

from tests.simulation.model.parts import (
    EXTERNAL,
    RELEASE,
    Cause,
    Facts,
    Record,
    Undecidable,
    Version,
)


class Shape(NamedTuple):
    """What a record is to a service."""

    ignored: bool  # a type it never handles
    poisoned: bool  # an exception, until mended
    opens: bool  # a type that, as a rule, is the first of an application
    events: int
    timer: bool
    order: bool  # needs a reference


class Domain:
    """One seed's rules."""

    def __init__(self, seed: int, *, poison: bool, timers: bool, handled_limit: int) -> None:
        self.seed, self.poison, self.timers, self.handled_limit = (
            seed,
            poison,
            timers,
            handled_limit,
        )
        self.mended = not poison
        self.decisions = 0
        self._shapes: dict[tuple[str, str], Shape] = {}

    def shape(self, service: str, id_: str) -> Shape:
        found = self._shapes.get((service, id_))
        if found is None:
            found = self._shapes[service, id_] = self._shape(service, id_)
        return found

    def _shape(self, service: str, id_: str) -> Shape:
        h = crc32(f"{service}{id_}{self.seed}".encode())
        return Shape(
            ignored=service != "S1" and h % 7 == 0 and id_[0] == "S",
            poisoned=self.poison and h % 5 == 1,
            opens=id_.startswith("ext") or (id_[0] == "S" and h % 3 == 0),
            events={"S1": (1, 1, 2, 0), "S2": (1, 1, 0, 2), "S3": (0, 0, 1, 0)}[service][
                (h >> 8) % 4
            ],
            timer=self.timers and service != "S1" and (h >> 12) % 5 == 0 and id_[0] != "t",
            order=service == "S2" and (h >> 16) % 4 != 0,
        )

    def whim(self, id_: str) -> bool:
        return crc32(f"{self.seed}*{id_}".encode()) % 3 == 0

    def is_ignored(self, service: str, record: Record) -> bool:
        return record.source != RELEASE and self.shape(service, record.id).ignored

    def decide(
        self,
        service: str,
        state: Version,
        record: Record,
        cause: Cause,
        facts: Facts,
        held: tuple[Record, ...] | None = None,
    ) -> Version:
        """Return the next version; its content tells this decision from every other."""
        shape = self.shape(service, record.id)
        if shape.poisoned and not self.mended:
            raise Undecidable(record.id)
        uses: list[tuple[str, int]] = []
        dossier, orders, app = state.dossier, state.orders, record.app
        try:
            if service == "S1" and not dossier:
                dossier = facts.numbers[app, record.id]
                uses.append(("number", dossier))
            if shape.order:
                orders += 1
                uses.append(("reference", facts.references[app, orders]))
        except KeyError:
            raise Undecidable(f"no fact for {record.id}") from None
        self.decisions += 1
        seen, handled = self.marked(state, record)
        number = state.number + 1
        content = (self.decisions, *uses)
        return Version(
            app=app,
            number=number,
            cause=cause,
            seen=seen,
            handled=handled,
            applied=(*state.applied, record.id),
            held=state.held if held is None else held,
            seq=state.seq + shape.events,
            dossier=dossier,
            orders=orders,
            emitted=tuple(
                Record(app, service, n, f"{service}/{app}/{n}", content)
                for n in range(state.seq + 1, state.seq + shape.events + 1)
            ),
            timers=(f"t/{service}/{app}/{number}",) if shape.timer else (),
            uses=tuple(uses),
        )

    def marked(self, state: Version, record: Record) -> tuple[dict[str, int], tuple[str, ...]]:
        if record.source in (EXTERNAL, RELEASE):
            handled = (*state.handled, record.id)
            return state.seen, handled[-self.handled_limit :] if self.handled_limit else handled
        return {**state.seen, record.source: record.seq}, state.handled


def unchanged(
    state: Version, app: str, cause: Cause, held: tuple[Record, ...], handled: tuple[str, ...]
) -> Version:
    """Return a version in which only what is held, or was handled, changes."""
    return state._replace(
        app=app,
        number=state.number + 1,
        cause=cause,
        held=held,
        handled=handled,
        emitted=(),
        timers=(),
        uses=(),
    )


def is_known(state: Version, record: Record) -> bool:
    """Tell whether a record was handled before."""
    if record.source in (EXTERNAL, RELEASE):
        return record.id in state.handled
    return record.seq <= state.seen.get(record.source, 0)
