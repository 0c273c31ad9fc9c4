"""A bank partner's pages.  Pure: worked out from what the API has."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from services.operations.console.facts import same, vnd
from services.operations.console.labels import LABELS
from services.operations.console.money.labels import BECAUSE, CAUSES, KINDS, MOVEMENTS
from services.operations.console.money.page import Page, overview
from services.operations.console.partner.labels import ANSWERS, FIELDS, FINDINGS, WHATS
from services.operations.console.spoken import moment, stretch
from services.operations.domain.citizen.words import Words
from services.operations.domain.partner_calls import Line
from services.operations.money.health import PartnersView
from services.operations.money.partner_views import OwnBreakView, OwnView, RefusedView
from services.operations.money.views import DayView, MoneyView


class Break(NamedTuple):
    """A break in a list: what it is, why, and where to look for it."""

    title: Words
    name: str
    cause: Words
    amounts: Words
    where: Words
    booked: Words
    end: Words | None


class Said(NamedTuple):
    """A line of what was said of an order."""

    at: Words
    what: Words
    name: str
    told: Sequence[Words]


class Refusal(NamedTuple):
    """A call that could not be taken."""

    at: Words
    title: Words
    reason: str
    standing: Words


def own_page(own: OwnView) -> Page:
    """Return its first page: as operators see all partners, of it alone."""
    days = [DayView(partner=own.partner, **msgspec.structs.asdict(day)) for day in own.days]
    money = MoneyView(
        as_of_ms=own.as_of_ms,
        breaks=own.breaks,
        vnd=own.vnd,
        is_whole=own.is_whole,
        kinds=own.kinds,
        days=days,
    )
    fares = PartnersView(
        as_of_ms=own.as_of_ms,
        newest_second=own.newest_second,
        behind_s=own.behind_s,
        orders_as_of_ms=own.orders_as_of_ms,
        partners=[own.fares],
    )
    return overview(money, fares)


def breaks_shown(found: Iterable[OwnBreakView]) -> list[Break]:
    """Return breaks as a list."""
    return [_break(one) for one in found]


def lines_shown(found: Iterable[Line]) -> list[Said]:
    """Return what was said of an order."""
    return [
        Said(
            at=moment(line.at),
            what=WHATS[line.what],
            name=" · ".join(part for part in (line.reference, line.transaction) if part),
            told=[*_told(line)],
        )
        for line in found
    ]


def refusals_shown(found: Iterable[RefusedView]) -> list[Refusal]:
    """Return calls that were refused."""
    return [
        Refusal(
            at=moment(one.at),
            title=FIELDS.get(one.field, same(one.field)),
            reason=one.reason,
            standing=LABELS["refusals_over" if one.is_over else "refusals_open"],
        )
        for one in found
    ]


# ---- their parts


def _break(one: OwnBreakView) -> Break:
    theirs = vnd(one.amount_vnd)
    amounts = LABELS["own_theirs_alone"].told(theirs=theirs)
    if one.expected_vnd is not None:
        amounts = LABELS["own_theirs"].told(theirs=theirs, ours=vnd(one.expected_vnd))
    line = LABELS["own_line"].told(line=same(one.line)) if one.line else LABELS["own_no_line"]
    movement = MOVEMENTS[one.movement]
    return Break(
        title=KINDS[one.kind],
        name=" · ".join(part for part in (one.reference, one.transaction) if part),
        cause=CAUSES[one.cause],
        amounts=amounts,
        where=Words(f"{movement.vi} · {line.vi}", f"{movement.en} · {line.en}"),
        booked=LABELS["list_booked"].told(
            at=moment(one.booked_at), took=stretch(one.age_s * 1_000)
        ),
        end=None if one.closed_at is None else _end(one),
    )


def _end(one: OwnBreakView) -> Words:
    because = BECAUSE.get(one.closed_because, same(one.closed_because))
    at = moment(one.closed_at) if one.closed_at else same("")
    return Words(f"{at.vi} · {because.vi}", f"{at.en} · {because.en}")


def _told(line: Line) -> Iterator[Words]:
    if line.amount_vnd:
        yield vnd(line.amount_vnd)
    if line.finding:
        finding = FINDINGS.get(line.finding, same(line.finding))
        yield LABELS["calls_finding"].told(finding=finding)
    if line.code:
        yield LABELS["calls_code"].told(code=line.code)
    if line.answer:
        yield LABELS["calls_answer"].told(answer=ANSWERS[line.answer])
