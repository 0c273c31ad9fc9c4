"""Matters: what an application waits for, and how events open and end them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry, Gist

EARLY_LIMIT = 64  # answers before their questions that are remembered
MATTERS_LIMIT = 200  # of one application: whatever is more is not shown
MONEY_LIMIT = 64  # orders, refunds and allowances of one application that are remembered
NO_DUE_MS = 0
ACCEPTANCE = "awaiting_acceptance", ""
UNPAID = frozenset({"awaiting_payment", "unpaid"})
ASKED = "partner_asked"


class Matter(msgspec.Struct, frozen=True, gc=False):
    """Something waited for; `about` tells it from others of the cause, `due_ms` is until when it
    may be (0: what the cause says), `vnd` the money that hangs on it, and `of` what that is of: an
    order, a refund, an allowance or a transaction.
    """

    cause: str
    about: str
    since_ms: int
    due_ms: int = NO_DUE_MS
    vnd: int = 0
    partner: str = ""
    of: str = ""


class Money(NamedTuple):
    """What an event is about, how much money that is, and with whom."""

    of: str = ""
    vnd: int = 0
    partner: str = ""


_NO_MONEY = Money()


class Summary(msgspec.Struct, gc=False):
    """An application as of its last message; `matters` by cause and what they are about."""

    dossier: str = ""
    procedure: str = ""
    receiving: str = ""
    competent: str = ""
    returning: str = ""
    matters: dict[tuple[str, str], Matter] = {}
    early: tuple[tuple[str, str], ...] = ()
    told: frozenset[str] = frozenset()  # notices that reached who they were for
    submissions: int = 0  # how often it was sent
    is_taken_in: bool = False  # or refused: intake has answered
    paid_ms: int = 0  # since when no fee stands in the way any more
    money: dict[str, Money] = {}  # by what it is of
    counted: dict[str, int] = {}  # partner/transaction: what came of it, less what goes back
    gaps: tuple[Matter, ...] = ()  # numbers that are missing before later ones

    def copy(self) -> "Summary":
        """Return one that may be changed; its money is never changed, but put in its place."""
        return msgspec.structs.replace(self, matters=dict(self.matters))

    @property
    def names(self) -> tuple[str, ...]:
        """Return what it is called, what it is about, and whose it is."""
        return self.dossier, self.procedure, self.receiving, self.competent, self.returning

    def waits(self) -> list[Matter]:
        """Return what is waited for.  Nobody can accept before a fee that is due is paid: until
        then a unit is not waited for, and its time begins when it is.
        """
        acceptance = self.matters.get(ACCEPTANCE)
        if acceptance is None:
            return [*self.matters.values(), *self.gaps]
        others = [matter for key, matter in self.matters.items() if key != ACCEPTANCE]
        others += self.gaps
        if any(matter.cause in UNPAID for matter in others):
            return others
        since_ms = max(acceptance.since_ms, self.paid_ms)
        return [*others, msgspec.structs.replace(acceptance, since_ms=since_ms)]

    @property
    def whole_vnd(self) -> int:
        """Return all the money that hangs on it, each once: what came and stays, what is due, and
        what is on its way back or to be paid out.  What is due without an order is the order's.
        """
        found = dict(self.counted)
        for matter in self.matters.values():
            found[matter.of] = max(found.get(matter.of, 0), matter.vnd)
        without = found.pop("", 0)
        return max(sum(found.values()), without)


Act = Callable[[Summary, Gist, Entry], None]
Name = Callable[[Gist], str]
Due = Callable[[Gist], str]
Of = Callable[[Summary, Gist], Money]


def _one(_: Gist) -> str:
    return ""


def _never(_: Gist) -> str:
    return ""


def _due(g: Gist) -> str:
    return g.due


def known(now: Summary, g: Gist) -> Money:
    """Return the money of the order, refund or allowance that an event names: an answer tells
    neither how much it is nor, always, with whom, so what was told of it before is remembered.
    """
    of = g.refund or g.disbursement or g.reference
    if not of:
        return Money("", g.amount_vnd, g.partner)
    before = now.money.get(of, _NO_MONEY)
    money = Money(of, g.amount_vnd or before.vnd, g.partner or before.partner)
    if money != before and (of in now.money or len(now.money) < MONEY_LIMIT):
        now.money = {**now.money, of: money}
    return money


def opens(cause: str, about: Name = _one, due: Due = _never, of: Of = known) -> Act:
    """Open a matter; the same one again begins anew."""

    def act(now: Summary, g: Gist, entry: Entry) -> None:
        key, money = (cause, about(g)), of(now, g)
        if key in now.early:
            now.early = tuple(k for k in now.early if k != key)
        elif key in now.matters or len(now.matters) < MATTERS_LIMIT:
            matter = Matter(*key, entry.logged_ms, _ms(due(g)), money.vnd, money.partner, money.of)
            now.matters[key] = matter

    return act


def ends(*causes: str, about: Name | None = None) -> Act:
    """End what there is of these causes, or only what is about this."""

    def act(now: Summary, g: Gist, _: Entry) -> None:
        if about is not None:
            for cause in causes:
                now.matters.pop((cause, about(g)), None)
        else:
            now.matters = {k: m for k, m in now.matters.items() if k[0] not in causes}

    return act


def turns(causes: Iterable[str], into: str, about: Name) -> Act:
    """Let one that waits for one of these causes wait for another, from now on."""

    def act(now: Summary, g: Gist, entry: Entry) -> None:
        if any((cause, about(g)) in now.matters for cause in causes):
            ends(*causes, about=about)(now, g, entry)
            opens(into, about)(now, g, entry)

    return act


def answers(cause: str, about: Name = _one) -> Act:
    """End a matter whose beginning stands on another topic, and may come later."""

    def act(now: Summary, g: Gist, _: Entry) -> None:
        key = cause, about(g)
        if now.matters.pop(key, None) is None:
            now.early = (*now.early, key)[-EARLY_LIMIT:]

    return act


def asks(about: Name) -> Act:
    """Open a question to a partner; its money no longer hangs on earlier ones about the same."""

    def act(now: Summary, g: Gist, entry: Entry) -> None:
        opens(ASKED, about)(now, g, entry)
        last = now.matters.get((ASKED, about(g)))
        for key, matter in now.matters.items():
            if last and key[0] == ASKED and matter is not last and matter.of == last.of:
                now.matters[key] = msgspec.structs.replace(matter, vnd=0)

    return act


def moves_due(cause: str, clock: str = "", due: Due = _due) -> Act:
    """Give matters of a cause another time, where the event speaks of this clock."""

    def act(now: Summary, g: Gist, _: Entry) -> None:
        if clock and g.clock != clock:
            return
        for key, matter in now.matters.items():
            if key[0] == cause:
                now.matters[key] = msgspec.structs.replace(matter, due_ms=_ms(due(g)))

    return act


def _ms(instant: str) -> int:
    try:
        return int(datetime.fromisoformat(instant).timestamp() * 1_000) if instant else NO_DUE_MS
    except ValueError:
        return NO_DUE_MS
