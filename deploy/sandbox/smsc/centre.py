"""Messages, handsets and receipts, in memory, bounded."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

import smpp34

from deploy.sandbox.smsc.behaviour import Fate, Faults
from deploy.sandbox.smsc.texts import Parts

REMEMBERED_LIMIT = 200_000  # messages; the oldest are forgotten, and counted
TEXTS_LIMIT = 50  # for each handset
DOUBLED_LIMIT = 100
TRIES_LIMIT = 20  # for each receipt

OK, INVALID_NUMBER, QUEUE_FULL, SYSTEM_ERROR, THROTTLED = 0x00, 0x0B, 0x14, 0x08, 0x58
QUERY_FAILED = 0x67
ENROUTE, DELIVERED, UNDELIVERABLE = 1, 2, 5
_REFERENCE, _RECEIPTED, _STATE = 0x0204, 0x001E, 0x0427
_WORDS = {DELIVERED: "DELIVRD", UNDELIVERABLE: "UNDELIV"}


Message = tuple[str, bytes, str]  # to which number, with which reference, what


@dataclass(slots=True)
class Taken:
    """A message that was taken."""

    id: str
    source: str
    to: str
    at: datetime
    reference: bytes
    wants_receipt: bool
    state: int = ENROUTE


class Due(NamedTuple):
    """A receipt to be delivered."""

    due_s: float
    id: str
    tries: int = 0


class Centre:
    """The message centre."""

    def __init__(
        self,
        faults: Faults,
        monotonic: Callable[[], float] = time.monotonic,
        remembered_limit: int = REMEMBERED_LIMIT,
    ) -> None:
        self.fate, self.faults = Fate(faults), faults
        self._monotonic, self._limit = monotonic, remembered_limit
        self._taken: dict[str, Taken] = {}
        self._due: list[Due] = []  # a heap
        self._handsets: dict[str, deque[str]] = {}
        self._got: dict[Message, int] = {}  # by number, reference and text
        self._lost: dict[Message, int] = {}  # the same, of what it never got
        self._doubled: deque[str] = deque(maxlen=DOUBLED_LIMIT)
        self._parts = Parts()
        self._this_second: deque[float] = deque()
        self.accepted = self.forgotten = self.binds = self.given_up = 0

    def refusal(self, submitted: smpp34.SubmitSm) -> int:
        """Return why a message is not taken now; 0: it is."""
        number, fate = submitted.destination_addr, self.fate
        if not number.isdecimal() or fate.is_blocked(number):
            return INVALID_NUMBER
        if self._is_too_fast() or fate.strikes("throttled", number):
            return THROTTLED
        return QUEUE_FULL if fate.strikes("full", number) else OK

    def take(self, submitted: smpp34.SubmitSm) -> Taken:
        """Take a message: its handset has it, and a receipt will be due."""
        self.accepted += 1
        optional = {tlv.tag: tlv.value for tlv in submitted.tlvs}
        taken = Taken(
            id=f"{self.accepted:010d}",
            source=submitted.source_addr,
            to=submitted.destination_addr,
            at=datetime.now(UTC),
            reference=optional.get(_REFERENCE, b""),
            wants_receipt=bool(submitted.registered_delivery & 0x03),
        )
        self._taken[taken.id] = taken
        if len(self._taken) > self._limit:
            del self._taken[next(iter(self._taken))]
            self.forgotten += 1
        text = self._parts.whole(submitted, optional)
        if self.fate.strikes("undelivered", taken.to):
            taken.state = UNDELIVERABLE
            _note(self._lost, (taken.to, taken.reference, text or ""), self._limit)
        else:
            taken.state = DELIVERED
            self._hand(taken, text)
        return taken

    def owe_receipt(self, taken: Taken) -> None:
        """Let a receipt come later, if one is wanted."""
        faults = self.faults
        if taken.wants_receipt and faults.receipts and not self._strikes("lost_receipts", taken):
            late_s = faults.late_s if self._strikes("late_receipts", taken) else 0.0
            due = Due(self._monotonic() + faults.receipt_delay_s + late_s, taken.id)
            heappush(self._due, due)
            if self._strikes("doubled_receipts", taken):
                heappush(self._due, due)

    def due(self, limit: int) -> list[tuple[Due, Taken]]:
        """Return the receipts that are due, each once; whoever could not deliver one says so."""
        now_s, found = self._monotonic(), list[tuple[Due, Taken]]()
        while self._due and self._due[0].due_s <= now_s and len(found) < limit:
            due = heappop(self._due)
            if due.id in self._taken:
                found.append((due, self._taken[due.id]))
        return found

    def again(self, due: Due) -> None:
        """Let a receipt that was not taken come again, some times."""
        if due.tries >= TRIES_LIMIT:
            self.given_up += 1
        else:
            later_s = self._monotonic() + self.faults.receipt_again_s
            heappush(self._due, Due(later_s, due.id, due.tries + 1))

    def receipt(self, taken: Taken, sequence: int) -> bytes:
        """Return a receipt as a deliver_sm."""
        form, tlvs, text = self.faults.receipt_form, [], b""
        if self._strikes("malformed_receipts", taken):
            form, text = "text", b"id: stat:GONE"
        elif form in ("text", "both"):
            at = f"{taken.at:%y%m%d%H%M}"
            text = (
                f"id:{taken.id} sub:001 dlvrd:{int(taken.state == DELIVERED):03d} submit date:{at} "
                f"done date:{at} stat:{_WORDS[taken.state]} err:000 text:"
            ).encode()
        if form in ("optional", "both"):
            tlvs += [
                smpp34.Tlv(_RECEIPTED, taken.id.encode() + b"\0"),
                smpp34.Tlv(_STATE, bytes((taken.state,))),
            ]
        if self.faults.echoes_reference and taken.reference:
            tlvs.append(smpp34.Tlv(_REFERENCE, taken.reference))
        return smpp34.DeliverSm(
            taken.to, taken.source, text, esm_class=0x04, tlvs=tlvs, sequence_number=sequence
        ).encode()

    def state(self, id_: str) -> int:
        """Return how a message stands; 0: nobody knows it."""
        taken = self._taken.get(id_)
        return taken.state if taken else 0

    def outbox(self, counts: bool) -> dict[str, Any]:
        """Return what was sent: totals, what a handset got more than once, the latest texts, what
        went wrong.

        With `counts` how often each text was taken, by the reference that came with it, and how
        often one was that its handset never got.
        """
        out: dict[str, Any] = {
            "binds": self.binds,
            "accepted": self.accepted,
            "forgotten": self.forgotten,
            "receipts_owed": len(self._due),
            "receipts_given_up": self.given_up,
            "doubled": list(self._doubled),
            "handsets": {hidden(number): list(got) for number, got in self._handsets.items()},
            "befell": dict(self.fate.befell),
        }
        if counts:
            lost, got = _by_reference(self._lost), _by_reference(self._got)
            out |= {"counts": dict(got + lost), "lost": dict(lost)}
        return out

    def _hand(self, taken: Taken, text: str | None) -> None:
        if text is None:
            return  # the handset waits for the other parts
        book = self._handsets.setdefault(taken.to, deque(maxlen=TEXTS_LIMIT))
        book.append(text)
        if _note(self._got, (taken.to, taken.reference, text), self._limit) > 1:
            self._doubled.append(f"{hidden(taken.to)}: {text}")
        if len(self._handsets) > self._limit:
            del self._handsets[next(iter(self._handsets))]

    def _strikes(self, fault: str, taken: Taken) -> bool:
        return self.fate.strikes(fault, taken.to)

    def _is_too_fast(self) -> bool:
        limit = self.faults.rate_limit_per_s
        if not limit:
            return False
        now_s, recent = self._monotonic(), self._this_second
        while recent and recent[0] <= now_s - 1.0:
            recent.popleft()
        if len(recent) >= limit:
            return True
        recent.append(now_s)
        return False


def _note(known: dict[Message, int], what: Message, limit: int) -> int:
    """Count a message; return how often it came."""
    known[what] = known.get(what, 0) + 1
    if len(known) > limit:
        del known[next(iter(known))]
    return known[what]


def _by_reference(known: Mapping[Message, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, reference, text), times in known.items():
        found[f"{reference.hex()}/{text}"] += times
    return found


def hidden(number: str) -> str:
    """Return a number that can be shown."""
    return f"{number[:-7]}***{number[-3:]}"
