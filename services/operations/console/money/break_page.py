"""A break as a page, and breaks as lists.  Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.operations.console.facts import Fact, same, vnd
from services.operations.console.labels import LABELS
from services.operations.console.money.labels import (
    BECAUSE,
    CAUSES,
    CURES,
    KINDS,
    MOVEMENTS,
    REFUSED,
    REMEDIES,
)
from services.operations.console.money.page import NOTHING, day_name
from services.operations.console.spoken import moment, stretch
from services.operations.domain.citizen.words import Words
from services.operations.money.views import AskedView, BreakView, OneBreakView, StepView
from shared.access import Caller
from shared.second_person import refusal_of

WHY: Mapping[str, Words] = {**CAUSES, **BECAUSE, **REFUSED}  # of a step


class Line(NamedTuple):
    """A break in a list."""

    id: str
    title: Words
    cause: Words
    amounts: Words
    booked: Words
    name: str  # of what it is about: the order and the transaction
    end: Words | None  # how it was closed


class Step(NamedTuple):
    """What happened to a break."""

    at: Words
    what: Words
    because: Words
    by: str
    reason: str


class Asked(NamedTuple):
    """A wish to close it, for whoever looks; `barred`: why they cannot agree."""

    words: Words
    is_waiting: bool
    barred: Words | None


class OnePage(NamedTuple):
    """A break."""

    id: str
    title: Words
    lead: Words
    partner: str
    day: str
    day_name: Words
    application: str
    is_open: bool
    facts: Sequence[Fact]
    todo: Words
    steps: Sequence[Step]
    asked: Asked | None
    is_sent: bool  # what was sent does not stand among the steps yet


def lines(found: Iterable[BreakView]) -> list[Line]:
    """Return breaks as a list."""
    return [
        Line(
            id=one.id,
            title=KINDS[one.kind],
            cause=CAUSES[one.cause],
            amounts=LABELS["list_amounts"].told(
                theirs=vnd(one.amount_vnd), ours=vnd(one.expected_vnd)
            ),
            booked=_booked(one),
            name=" · ".join(part for part in (one.partner, one.reference, one.transaction) if part),
            end=None if one.is_open else _end(one),
        )
        for one in found
    ]


def one_page(found: OneBreakView, caller: Caller, sent: str) -> OnePage:
    """Return a break's page for whoever looks, and has sent what has this id."""
    one = found.found
    return OnePage(
        id=one.id,
        title=LABELS["break_title" if one.is_open else "break_closed_title"],
        lead=_booked(one) if one.is_open else _end(one),
        partner=one.partner,
        day=f"{one.day}",
        day_name=day_name(one.day),
        application=one.application,
        is_open=one.is_open,
        facts=[*_facts_of_break(one)],
        todo=REMEDIES[one.kind],
        steps=[_step(step) for step in found.steps],
        asked=_asked(found.asked, caller) if found.asked else None,
        is_sent=bool(sent) and all(step.id != sent for step in found.steps),
    )


def _facts_of_break(one: BreakView) -> Iterator[Fact]:
    yield Fact(LABELS["break_kind"], KINDS[one.kind])
    yield Fact(LABELS["break_cause"], CAUSES[one.cause])
    yield Fact(LABELS["break_theirs"], vnd(one.amount_vnd))
    yield Fact(LABELS["break_ours"], vnd(one.expected_vnd))
    yield Fact(LABELS["break_movement"], MOVEMENTS[one.movement])
    if one.reference:
        yield Fact(LABELS["break_order"], same(one.reference))
    if one.transaction:
        yield Fact(LABELS["break_transaction"], same(one.transaction))
    yield Fact(LABELS["break_line"], same(one.line) if one.line else LABELS["break_no_line"])
    yield Fact(LABELS["break_booked"], moment(one.booked_at))
    yield Fact(LABELS["break_cure"], CURES[one.cure])


def _asked(asked: AskedView, caller: Caller) -> Asked:
    words = LABELS["close_by"].told(by=asked.by, at=moment(asked.at), reason=asked.reason)
    why = refusal_of(asked.principal, caller)
    is_own = why is not None and why.code == "same-person"
    barred = LABELS["close_yours" if is_own else f"refused_{why.code}"] if why else None
    return Asked(words, asked.is_waiting, barred)


def _step(step: StepView) -> Step:
    because = step.because
    return Step(
        at=moment(step.at),
        what=LABELS[f"step_{step.what}"],
        because=WHY.get(because, same(because)),
        by=step.by,
        reason=step.reason,
    )


def _booked(one: BreakView) -> Words:
    return LABELS["list_booked"].told(at=moment(one.booked_at), took=stretch(one.age_s * 1_000))


def _end(one: BreakView) -> Words:
    because = WHY.get(one.closed_because, same(one.closed_because))
    at = moment(one.closed_at) if one.closed_at else NOTHING
    who = " · ".join(
        part for part in (one.closed_by, one.closed_checked_by, one.closed_reason) if part
    )
    told = f": {who}" if who else ""
    return Words(f"{at.vi} · {because.vi}{told}", f"{at.en} · {because.en}{told}")
