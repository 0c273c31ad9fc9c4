"""Which topic carries which event types; it follows from the module that a contract stands in."""

from collections.abc import Iterator, Mapping

from shared.events import CONTRACTS, PRODUCERS
from shared.events.data import Strict
from shared.events.kernel import RecordAnswered, RecordDead, RecordParked
from shared.events.portal import Submitted
from shared.topics import TOPICS, all_names, dead, parked

_PRODUCER = {m.__name__: name for name, modules in PRODUCERS.items() for m in modules}


def producer(type_: str) -> str:
    """Return whose contract a type is: a service, `portal`, `kernel` or `reconciliation`."""
    return _PRODUCER[CONTRACTS[type_].__module__]


def is_decided(type_: str) -> bool:
    """Tell whether a service decided this: a numbered event, not a message from outside."""
    from_outside = producer(type_) in ("portal", "kernel", "operations", "reconciliation")
    return not from_outside and not issubclass(CONTRACTS[type_], Strict)


def topics(type_: str) -> Iterator[str]:
    """Yield the topics that carry a type."""
    sources = [topic.name for topic in TOPICS.values() if topic.is_laned]
    match producer(type_):
        case "portal":
            yield "portal.submissions"
            if type_ != Submitted.TYPE:
                yield "intake.inbox"  # from intake's edge
        case "kernel" if type_ in (RecordDead.TYPE, RecordAnswered.TYPE):
            yield from map(dead, sources)
        case "kernel" if type_ == RecordParked.TYPE:
            yield from map(parked, sources)
        case "kernel":
            yield from (name for name in sources if name.endswith(".inbox"))
        case "operations":
            yield "operations.flow"
        case "reconciliation":
            yield "payment.reconciliation"
        case service:
            yield f"{service}.events" if is_decided(type_) else f"{service}.inbox"


def _carried() -> dict[str, tuple[str, ...]]:
    placed = {type_: set(topics(type_)) for type_ in CONTRACTS}
    return {name: tuple(t for t in sorted(placed) if name in placed[t]) for name in all_names()}


CARRIED: Mapping[str, tuple[str, ...]] = _carried()
