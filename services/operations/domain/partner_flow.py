"""What of orders and calls is counted for each partner, live and approximate.  Pure.

How long an order took until it was paid is kept as a histogram: a quarter of an octave wide, so a
number read off it is right within a tenth.
"""

from collections.abc import Iterable, Mapping
from math import floor, log2
from typing import Any, Literal, NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from shared.events import payment

Count = Literal["opened", "paid", "failed", "expired", "answered", "unanswered", "let_alone"]
Standing = Literal["answers", "silent", "let_alone", "not_known"]

SLOT_S = 300
SLOTS = 289  # of a partner: a day, and what of a slot is not over
HOUR_S, DAY_S = 3_600, 86_400
WIDTHS = 4  # of an octave
WIDTH_LIMIT = 20 * WIDTHS  # twelve days
DECIDED: Mapping[str, Count] = {  # by payment, of an order
    payment.Requested.TYPE: "opened",
    payment.Settled.TYPE: "paid",
    payment.Failed.TYPE: "failed",
    payment.Expired.TYPE: "expired",
}
HEARD = frozenset({payment.Notified.TYPE, payment.Created.TYPE, payment.Queried.TYPE})
FOLLOWED = frozenset({*DECIDED, *HEARD})
# of what came of a call; every other finding, and every callback, is a word of the partner's
WITHOUT_ANSWER: Mapping[str, Count] = {"unknown": "unanswered", "deferred": "let_alone"}
NO_CALL = "unaskable"  # it is no call at all


class Of(msgspec.Struct, frozen=True):
    """Which order of which partner a message is about, and what it found."""

    partner: str = ""
    reference: str = ""
    finding: str = ""


_of = msgspec.json.Decoder(Of)


class Noted(NamedTuple):
    """What one message counts as."""

    partner: str
    reference: str
    what: Count


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner did in a stretch of time; `success` is the share of orders that ended by being
    paid, null where none ended; times are from an order to its payment, null where none is known.
    """

    opened: int
    paid: int
    failed: int
    expired: int
    answered: int
    unanswered: int
    let_alone: int
    success: float | None
    median_s: int | None
    p95_s: int | None


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """A partner as the live table has it.  `standing`: by the last call; `let_alone`: it failed so
    often that it is not called for a while.  `sign_s`: the second of its last word, 0 for none;
    `newest_s`: of the last message of any kind.
    """

    partner: str
    standing: Standing
    sign_s: int
    newest_s: int
    hour: Window
    day: Window


def noted(entry: Entry) -> Noted | None:
    """Return what a message counts as; None for nothing."""
    if entry.type not in FOLLOWED or not entry.belongs:
        return None
    try:
        of = _of.decode(entry.data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not of.partner or of.finding == NO_CALL:
        return None
    what = DECIDED.get(entry.type) or WITHOUT_ANSWER.get(of.finding, "answered")
    return Noted(of.partner, of.reference, what)


def width_of(took_ms: int) -> int:
    """Return the part of the histogram that a time belongs to."""
    return min(WIDTH_LIMIT, max(0, floor(WIDTHS * log2(max(1_000, took_ms) / 1_000))))


def share_of(widths: Mapping[int, int], share: float) -> int | None:
    """Return the seconds that this share of all times is not above, about."""
    rank, seen = share * sum(widths.values()), 0
    for width in sorted(widths):
        seen += widths[width]
        if seen >= rank:
            return round(2 ** ((width + 0.5) / WIDTHS))
    return None


Slot = dict[str, Any]


def slot_key(partner: str, second: int) -> str:
    """Return under which key the live table has a partner's five minutes."""
    return f"partner/{partner}/{second // SLOT_S % SLOTS}"


def added(
    slot: Slot | None, partner: str, second: int, counts: Mapping[str, int], took: Mapping[str, int]
) -> Slot | None:
    """Return a slot with a second more; None for what is older than it.  A slot is taken over by
    the one a ring later.
    """
    number = second // SLOT_S
    if slot and slot["slot"] > number:
        return None
    if not slot or slot["slot"] < number:
        slot = {"partner": partner, "slot": number, "counts": {}, "took": {}, "last": {}}
    last = {name: max(second, slot["last"].get(name, 0)) for name in counts}
    return {
        **slot,
        "counts": _plus(slot["counts"], counts),
        "took": _plus(slot["took"], took),
        "last": {**slot["last"], **last},
    }


def live(slots: Iterable[Slot], now_s: int) -> list[Live]:
    """Return the partners, by name."""
    by_partner: dict[str, list[Slot]] = {}
    for slot in slots:
        by_partner.setdefault(slot["partner"], []).append(slot)
    return [_live(partner, found, now_s) for partner, found in sorted(by_partner.items())]


def _live(partner: str, slots: list[Slot], now_s: int) -> Live:
    last: dict[str, int] = {}
    for slot in slots:
        for name, second in slot["last"].items():
            last[name] = max(second, last.get(name, 0))
    return Live(
        partner=partner,
        standing=_standing(last),
        sign_s=last.get("answered", 0),
        newest_s=max(last.values(), default=0),
        hour=window(slots, now_s - HOUR_S),
        day=window(slots, now_s - DAY_S),
    )


def _standing(last: Mapping[str, int]) -> Standing:
    answered, silent = last.get("answered", 0), last.get("unanswered", 0)
    let_alone = last.get("let_alone", 0)
    if let_alone > answered:
        return "let_alone"
    if silent > answered:
        return "silent"
    return "answers" if answered else "not_known"


def window(slots: Iterable[Slot], since_s: int) -> Window:
    """Return what slots hold that end after a second."""
    counts: dict[str, int] = {}
    took: dict[int, int] = {}
    for slot in slots:
        if (slot["slot"] + 1) * SLOT_S > since_s:
            counts = _plus(counts, slot["counts"])
            for width, number in slot["took"].items():
                took[int(width)] = took.get(int(width), 0) + number
    ended = sum(counts.get(name, 0) for name in ("paid", "failed", "expired"))
    return Window(
        **{name: counts.get(name, 0) for name in COUNTS},
        success=round(counts.get("paid", 0) / ended, 4) if ended else None,
        median_s=share_of(took, 0.5),
        p95_s=share_of(took, 0.95),
    )


COUNTS: tuple[Count, ...] = (*DECIDED.values(), "answered", *WITHOUT_ANSWER.values())


def _plus(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    out = dict(before)
    for name, number in more.items():
        out[name] = out.get(name, 0) + number
    return out
