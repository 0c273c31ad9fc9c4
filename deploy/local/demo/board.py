"""What has become of everything, from the events as they come; what is not over yet, and where.

Pure: it hears events and answers.  An event counts once, however often it comes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from services.notify.domain.slots import Slot, slot_of, ways_for
from shared.events import Event, intake, notify, payment, routing
from shared.events.data import Consent
from shared.kinship import is_child

ENDS = frozenset({3, 7, 10})  # national codes: not accepted, withdrawn, result returned
ASIDE = frozenset({3, 7})  # of these, those that never come to a result
STAGES = {
    intake.InterlinkedRegistered.TYPE: "interlinked",
    intake.Registered.TYPE: "registered",
    routing.Routed.TYPE: "routed",
    routing.Accepted.TYPE: "accepted",
    routing.Settled.TYPE: "settled",
    routing.Returned.TYPE: "returned",
}
_ORDERS = {
    payment.Requested.TYPE: "open",
    payment.Settled.TYPE: "settled",
    payment.Failed.TYPE: "failed",
    payment.Expired.TYPE: "expired",
}
_NOTICES = {
    notify.NoticeRequested.TYPE: "requested",
    notify.NoticeSent.TYPE: "sent",
    notify.NoticeDelivered.TYPE: "delivered",
    notify.NoticeFailed.TYPE: "failed",
    notify.NoticeDropped.TYPE: "dropped",
}
_UNRECEIPTED = "email"  # a mail server tells of what came back, and of nothing else
_PAST = {"open": "paid", "requested": "handed to the gateway", "sent": "receipted"}
_WAITS = {  # national code → where it stands, and who is to act
    1: "submitted, an officer is to accept it",
    2: "accepted, an officer is to start",
    4: "in processing, an officer is to settle it",
    5: "a supplement is awaited from the citizen",
    6: "a payment is awaited from the citizen",
    8: "suspended, an officer is to resume it",
    9: "settled, an officer is to return the result",
}


class Stuck(NamedTuple):
    """What is not over: of which application, in which service, how it stands."""

    application: str
    service: str
    what: str


BY_SMS = Consent()


class _Child(msgspec.Struct, frozen=True):
    application: str


class _Gist(msgspec.Struct, frozen=True):
    national_code: int = 0
    reference: str = ""
    amount_vnd: int = 0
    milestone: str = ""
    channel: str = ""
    occasion: int = 1
    children: tuple[_Child, ...] = ()
    notices: Consent = BY_SMS


@dataclass(slots=True)
class Journey:
    """How far one application has come.  `children`: those of one for several agencies; `ways`: by
    which its people are told.
    """

    is_registered: bool = False
    is_refused: bool = False
    is_ended: bool = False
    code: int = 0
    children: tuple[str, ...] = ()
    orders: dict[str, str] = field(default_factory=dict)  # reference → how it stands
    asked_vnd: dict[str, int] = field(default_factory=dict)  # reference → what is asked for
    notices: dict[str, str] = field(default_factory=dict)  # milestone/channel → how it stands
    ways: Consent = BY_SMS

    def turn(self, reference: str, status: str, amount_vnd: int) -> None:
        """Note how an order stands; of what one of them paid, the others are waited for no more."""
        self.orders[reference] = status
        if status == "open":
            self.asked_vnd[reference] = amount_vnd
        if status == "settled":
            for other, asked_vnd in self.asked_vnd.items():
                if self.orders[other] == "open" and asked_vnd == amount_vnd:
                    self.orders[other] = "left"

    def untold(self) -> Iterator[str]:
        """Yield the ways by which a milestone is still to be told that was told by another: some
        are kept back, to go out with the next.
        """
        ways = self.ways.channels, self.ways.representative
        for milestone in dict.fromkeys(slot_of(text).milestone for text in self.notices):
            slots = (f"{milestone}/{way}" for way in ways_for(milestone, *ways))
            yield from (slot for slot in slots if slot not in self.notices)


_gist = msgspec.json.Decoder(_Gist)


class Board:
    """All applications.  `reached`: how many have come to each stage at least once.

    What was handed in for several agencies is `interlinked`, and its parts are `children`: each of
    these goes its own way, the parent none.
    """

    def __init__(self) -> None:
        self.journeys: dict[str, Journey] = {}
        self.types: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.settled_vnd = 0
        self._seen: set[str] = set()
        self._stages: set[tuple[str, str]] = set()

    def hear(self, event: Event) -> None:
        """Take note of an event of a service."""
        if event.id in self._seen:
            return
        self._seen.add(event.id)
        self.types[event.type] += 1
        self._note_stage(event)
        journey = self.journeys.setdefault(event.subject, Journey())
        gist = _gist.decode(event.data)
        if event.type == intake.Registered.TYPE:
            journey.is_registered, journey.ways = True, gist.notices
        elif event.type == intake.InterlinkedRegistered.TYPE:
            journey.is_registered = True
            journey.children = tuple(child.application for child in gist.children)
        elif event.type == intake.InterlinkedEnded.TYPE:
            journey.is_ended = True
        elif event.type == intake.Refused.TYPE:
            journey.is_refused = True
        elif status := _ORDERS.get(event.type):
            journey.turn(gist.reference, status, gist.amount_vnd)
            self.settled_vnd += gist.amount_vnd if status == "settled" else 0
        elif status := _NOTICES.get(event.type):
            slot = Slot(gist.milestone, "sms", gist.channel, gist.occasion)
            journey.notices[f"{slot}"] = status
        elif gist.national_code:
            journey.code = gist.national_code

    def _note_stage(self, event: Event) -> None:
        stage = STAGES.get(event.type)
        if stage == "registered" and is_child(event.subject):
            stage = "children"
        if stage and (event.subject, stage) not in self._stages:
            self._stages.add((event.subject, stage))
            self.reached[stage] += 1

    def passed(self, stage: str) -> int:
        """Return how many have come to a stage, without those that came to no result."""
        on_it = (a for a, reached in self._stages if reached == stage)
        return sum(self.journeys[a].code not in ASIDE for a in on_it)

    def ended(self) -> Counter[str]:
        """Return how many are over, by how they ended."""
        names = {3: "not accepted", 7: "withdrawn", 10: "returned"}
        ends = (
            "refused" if j.is_refused else names[j.code]
            for j in self.journeys.values()
            if j.is_refused or j.code in ENDS
        )
        return Counter(ends)

    def orders(self) -> Counter[str]:
        """Return how orders stand; one that gave way to a next attempt is `failed`."""
        return Counter(s for j in self.journeys.values() for s in j.orders.values())

    def notices(self) -> Counter[str]:
        """Return how notices stand."""
        return Counter(s for j in self.journeys.values() for s in j.notices.values())

    def stuck(self, applications: Iterable[str]) -> list[Stuck]:
        """Return what is not over of these applications."""
        found: list[Stuck] = []
        for application in applications:
            journey = self.journeys.get(application, Journey())
            found += self._of(application, journey)
            for child in journey.children:
                if child in self.journeys:  # one that is never begun is heard of by its parent
                    found += self._of(child, self.journeys[child])
        return found

    def _of(self, application: str, journey: Journey) -> Iterator[Stuck]:
        if not journey.is_registered and not journey.is_refused:
            yield Stuck(application, "intake", "submitted, neither registered nor refused")
        elif journey.children and not journey.is_ended:
            yield Stuck(application, "intake", "a child of it is not at its end")
        elif not (journey.is_refused or journey.children) and journey.code not in ENDS:
            unrouted = "registered, not routed"
            yield Stuck(application, "routing", _WAITS.get(journey.code, unrouted))
        for reference, status in journey.orders.items():
            if status in _PAST:
                yield Stuck(application, "payment", f"order {reference} is {status}, not paid")
        for slot, status in journey.notices.items():
            is_over = status == "sent" and _channel(slot) == _UNRECEIPTED
            if status in _PAST and not is_over:
                what = f"notice {slot} is {status}, not {_PAST[status]}"
                yield Stuck(application, "notify", what)
        if journey.ways != BY_SMS:
            for slot in journey.untold():
                yield Stuck(application, "notify", f"notice {slot} is kept back")


def _channel(slot: str) -> str:
    return slot.partition("/")[2].partition("@")[0]
