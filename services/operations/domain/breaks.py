"""What of partners' days does not match, as the log tells of it.  Pure.

A break is opened and closed by turns, in events whose ids end in numbers; the highest says how it
stands, so the order in which they are read does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeGuard, get_args

import msgspec

from services.operations.domain.causes import AT_ONCE, BREAK, DAY_S
from services.operations.domain.matters import Matter
from shared.events.reconciliation import (
    BreakClosed,
    BreakKind,
    BreakOpened,
    CloseAsked,
    CloseChecked,
    CloseRefused,
    CloseWaiting,
    Cure,
    RefusedBecause,
)

# a run on the next day sees what a cure did, partners are written to after three days, and what a
# person is to decide waits for nobody else
PATIENCE_S: Mapping[Cure, float] = {
    "settle": DAY_S,
    "refund": DAY_S,
    "ask": 3 * DAY_S,
    "person": AT_ONCE,
}
ENDS: frozenset[RefusedBecause] = frozenset({"unknown_break", "over", "rejected"})  # of a wish
AGES_S: Mapping[str, float] = {  # younger than this
    "day": DAY_S,
    "three_days": 3 * DAY_S,
    "week": 7 * DAY_S,
    "older": float("inf"),
}


class Opening(NamedTuple):
    """It was opened: by the event of this id, at this time."""

    id: str
    at: datetime
    word: BreakOpened


class Closing(NamedTuple):
    """It was closed."""

    id: str
    at: datetime
    word: BreakClosed


class Said(NamedTuple):
    """Something was said about closing it."""

    id: str
    at: datetime
    word: CloseAsked | CloseChecked | CloseWaiting | CloseRefused


Turn = Opening | Closing | Said


class Asked(NamedTuple):
    """An operator wants it closed; `is_waiting`: for a second person, else for payment;
    `principal`: the human.
    """

    id: str
    at: datetime
    by: str
    reason: str
    is_waiting: bool
    principal: str = ""


class Standing(NamedTuple):
    """How a break stands; without `closing` it is open."""

    opening: Opening
    closing: Closing | None

    @property
    def id(self) -> str:
        """Return the break's id."""
        return self.opening.word.break_id


class Open(msgspec.Struct, frozen=True, gc=False):
    """An open break, as far as sums need it; `id` is that of the event that opened it."""

    id: str
    partner: str
    day: str
    kind: BreakKind
    vnd: int
    booked_ms: int

    @property
    def break_id(self) -> str:
        """Return the break's id."""
        return self.id.rpartition(".")[0]


class OfKind(msgspec.Struct, frozen=True, kw_only=True):
    """The open breaks of a kind; `ages`: how many are younger than a day, than three, than a week,
    and older.
    """

    kind: BreakKind
    breaks: int
    vnd: int
    oldest_ms: int
    oldest_s: int
    ages: dict[str, int]


class OfDay(msgspec.Struct, kw_only=True):
    """The open breaks of a partner's day, by kind."""

    breaks: int = 0
    vnd: int = 0
    kinds: dict[str, int] = {}


def standing(turns: Iterable[Turn]) -> Standing | None:
    """Return how a break stands; None before it was opened."""
    opening: Opening | None = None
    closing: Closing | None = None
    for turn in sorted((t for t in turns if not isinstance(t, Said)), key=_number):
        if isinstance(turn, Opening):
            opening, closing = turn, None
        else:
            closing = turn
    return Standing(opening, closing) if opening else None


def break_of(key: str) -> str:
    """Return the break that a row of `situations` with this key is about; empty: none."""
    _, _, cause, about = key.split("/", 3)
    return about.rpartition(".")[0] if cause == BREAK else ""


def asked(turns: Sequence[Turn], now: Standing) -> Asked | None:
    """Return the last wish to close an open break that had no end yet, from what was said in the
    order of the log; one that waits for a second person goes before others.
    """
    if now.closing:
        return None
    since = next(n for n, turn in enumerate(turns) if turn.id == now.opening.id)
    said = [turn for turn in turns[since:] if isinstance(turn, Said)]
    over = {each.word.asked for each in said if _is_end(each.word)}
    waits = {each.word.asked for each in said if isinstance(each.word, CloseWaiting)}
    found = [
        Asked(
            *(each.id, each.at, each.word.by, each.word.reason, each.id in waits),
            principal=each.word.principal,
        )
        for each in said
        if isinstance(each.word, CloseAsked) and each.id not in over
    ]
    last = [ask for ask in found if ask.is_waiting] or found
    return last[-1] if last else None


def _is_end(word: object) -> TypeGuard[CloseRefused]:
    return isinstance(word, CloseRefused) and word.because in ENDS


def matter(opening: Opening) -> Matter:
    """Return what waits for it: since the partner booked it, and for how long it may."""
    word = opening.word
    due_ms = _ms(opening.at) + int(PATIENCE_S[word.cure] * 1_000)
    booked_ms = _ms(word.booked_at)
    of = word.reference or opening.id
    return Matter(BREAK, opening.id, booked_ms, due_ms, word.amount_vnd, word.partner, of)


def open_of(opening: Opening) -> Open:
    """Return what sums need of it."""
    word = opening.word
    booked_ms = _ms(word.booked_at)
    return Open(opening.id, word.partner, f"{word.day}", word.kind, word.amount_vnd, booked_ms)


def by_kind(found: Iterable[Open], now_ms: int) -> list[OfKind]:
    """Return the kinds that are open, the oldest first."""
    pieces: dict[BreakKind, list[Open]] = {}
    for one in found:
        pieces.setdefault(one.kind, []).append(one)
    kinds = [_of_kind(kind, pieces[kind], now_ms) for kind in get_args(BreakKind) if kind in pieces]
    return sorted(kinds, key=lambda kind: kind.oldest_ms)


def by_day(found: Iterable[Open]) -> dict[tuple[str, str], OfDay]:
    """Return what is open of each partner and day."""
    out: dict[tuple[str, str], OfDay] = {}
    for one in found:
        day = out.setdefault((one.partner, one.day), OfDay(kinds={}))
        day.breaks += 1
        day.vnd += one.vnd
        day.kinds[one.kind] = day.kinds.get(one.kind, 0) + 1
    return out


def _of_kind(kind: BreakKind, found: list[Open], now_ms: int) -> OfKind:
    ages = dict.fromkeys(AGES_S, 0)
    for one in found:
        age_s = (now_ms - one.booked_ms) / 1_000
        ages[next(name for name, limit_s in AGES_S.items() if age_s < limit_s)] += 1
    oldest_ms = min(one.booked_ms for one in found)
    return OfKind(
        kind=kind,
        breaks=len(found),
        vnd=sum(one.vnd for one in found),
        oldest_ms=oldest_ms,
        oldest_s=max(0, now_ms - oldest_ms) // 1_000,
        ages=ages,
    )


def _number(turn: Opening | Closing) -> int:
    return int(turn.id.rpartition(".")[2])


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
