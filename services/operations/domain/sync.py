"""What portals sent against what stands with us: counted, and each difference by name.  Pure.

The national portal tells nobody which dossiers it has; what it and others put on the log is what
can be compared: with what intake took or refused, and with what routing has of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.citizen.words import Words
from services.operations.domain.entries import Entry, gist, in_order
from services.operations.domain.proof.tally import Moment
from shared.events.intake import InterlinkedRegistered, Refused, Registered
from shared.events.portal import Submitted
from shared.events.routing import ChoiceNeeded, Routed
from shared.kinship import is_child

Kind = Literal[
    "unanswered",
    "never_sent",
    "taken_and_refused",
    "unrouted",
    "unit_differs",
    "procedure_differs",
    "code_differs",
]
KINDS: Mapping[Kind, Words] = {
    "unanswered": Words(
        "Đã gửi, chưa tiếp nhận cũng chưa từ chối", "Sent, neither taken in nor refused"
    ),
    "never_sent": Words("Đã tiếp nhận, không thấy bản gửi", "Taken in, and nobody sent it"),
    "taken_and_refused": Words("Vừa tiếp nhận vừa từ chối", "Taken in and refused"),
    "unrouted": Words(
        "Đã tiếp nhận, chưa xác định cơ quan", "Taken in, and routing does not have it"
    ),
    "unit_differs": Words("Đơn vị tiếp nhận khác nhau", "Another unit received it than was sent"),
    "procedure_differs": Words("Thủ tục khác nhau", "Another procedure than was sent"),
    "code_differs": Words("Mã hồ sơ khác nhau", "Another dossier code at intake than at routing"),
}


class Ledger(msgspec.Struct, kw_only=True):
    """How many of a unit's applications were `sent`, `taken` in or `refused`, `routed`, and moved
    on from code 1 (`decided`).
    """

    sent: int = 0
    taken: int = 0
    refused: int = 0
    routed: int = 0
    decided: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is not the same on both sides: `theirs` is what was sent, or who is earlier."""

    kind: Kind
    unit: str
    application: str
    theirs: str
    ours: str


class Compared(NamedTuple):
    """An application: the unit that it counts at, as what, and what differs."""

    unit: str
    ledger: Ledger
    differences: list[Difference]


class _Sides(NamedTuple):
    sent: Entry | None
    taken: Entry | None
    refused: Entry | None
    routed: Entry | None
    is_parent: bool
    is_decided: bool


def compared(application: str, entries: Iterable[Entry], moment: Moment) -> Compared | None:
    """Return how an application stands on both sides; nothing of a child, whose parent was sent,
    or of what is no application.
    """
    sides = _sides(in_order(entries))
    if is_child(application) or not (sides.sent or sides.taken or sides.refused):
        return None
    sent, taken = (gist(e.data) if e else gist(b"") for e in (sides.sent, sides.taken))
    routed = gist(sides.routed.data) if sides.routed else gist(b"")
    unit = sent.receiving_unit or taken.receiving_unit
    ledger = Ledger(
        sent=sides.sent is not None,
        taken=sides.taken is not None,
        refused=sides.refused is not None,
        routed=sides.routed is not None,
        decided=sides.is_decided,
    )
    pairs: Sequence[tuple[Kind, str, str]] = (
        ("unit_differs", sent.receiving_unit, taken.receiving_unit),
        ("procedure_differs", sent.procedure, taken.procedure),
        ("code_differs", taken.dossier_code, routed.dossier_code),
    )
    found: list[tuple[Kind, str, str]] = [(kind, "", "") for kind in _missing(sides, moment)]
    found += [(kind, a, b) for kind, a, b in pairs if a and b and a != b]
    return Compared(
        unit,
        ledger,
        [
            Difference(kind=kind, unit=unit, application=application, theirs=theirs, ours=ours)
            for kind, theirs, ours in found
        ],
    )


def add(into: Ledger, ledger: Ledger) -> None:
    """Count one more."""
    for name in Ledger.__struct_fields__:
        setattr(into, name, getattr(into, name) + getattr(ledger, name))


def _missing(sides: _Sides, moment: Moment) -> Iterable[Kind]:
    if sides.taken and sides.refused:
        yield "taken_and_refused"
    if sides.sent and not (sides.taken or sides.refused):
        if not moment.is_young(sides.sent.logged_ms):
            yield "unanswered"
    elif not sides.sent:
        yield "never_sent"
    is_waiting = sides.taken and not (sides.routed or sides.is_parent)
    if sides.taken and is_waiting and not moment.is_young(sides.taken.logged_ms):
        yield "unrouted"


def _sides(entries: Sequence[Entry]) -> _Sides:
    first: dict[str, Entry] = {}
    is_decided = False
    for entry in entries:
        if entry.type == Submitted.TYPE:
            if entry.topic == "portal.submissions":
                first.setdefault(entry.type, entry)
        elif entry.sequence:
            first.setdefault(entry.type, entry)
            is_decided = is_decided or gist(entry.data).national_code > 1
    parent = first.get(InterlinkedRegistered.TYPE)
    return _Sides(
        first.get(Submitted.TYPE),
        first.get(Registered.TYPE) or parent,
        first.get(Refused.TYPE),
        first.get(Routed.TYPE) or first.get(ChoiceNeeded.TYPE),
        parent is not None,
        is_decided,
    )
