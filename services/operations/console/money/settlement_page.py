"""A settlement report as a page.  Pure: worked out from what the API has."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.operations.console.facts import Fact, same, vnd
from services.operations.console.labels import LABELS
from services.operations.console.money.page import NOTHING, day_name
from services.operations.console.money.settlement_labels import EQUATIONS, OUTCOMES
from services.operations.console.spoken import grouped, instant, moment
from services.operations.domain.citizen.words import Words
from services.operations.domain.settlement import Outcome, Sums
from services.operations.money.settling import Equal, OfAgency, OfDay, SettlementView


class Equation(NamedTuple):
    """Two numbers that have to be equal."""

    name: Words
    one: Words
    other: Words
    holds: bool


class Row(NamedTuple):
    """A day or an agency: what it is, and its numbers in the order of the table's columns."""

    name: Words
    link: str
    numbers: Sequence[tuple[str, Words]]  # with the label of each


class Page(NamedTuple):
    """A report.  `period` is as a form asks for it."""

    partner: str
    period: str
    title: Words
    lead: Words
    outcome: Outcome
    result: Words
    books: Sequence[Fact]
    stated: Sequence[Fact]
    equations: Sequence[Equation]
    days: Sequence[Row]
    agencies: Sequence[Row]
    is_whole: bool


def settlement_page(report: SettlementView) -> Page:
    """Return the page of a report."""
    first, last = day_name(report.first), day_name(report.last)
    is_day = report.first == report.last
    return Page(
        partner=report.partner,
        period=f"{report.first}" if is_day else f"{report.first:%Y-%m}",
        title=first if is_day else Words(f"{first.vi} – {last.vi}", f"{first.en} – {last.en}"),
        lead=LABELS["settlement_as_of"].told(at=moment(instant(report.as_of_ms))),
        outcome=report.outcome,
        result=OUTCOMES[report.outcome].told(days=grouped(report.untold_days)),
        books=[*_books(report)],
        stated=[*_stated(report)],
        equations=[_equation(each) for each in report.checks],
        days=[_day(day) for day in report.days],
        agencies=[_agency(one) for one in report.agencies],
        is_whole=report.breaks.is_whole,
    )


def _books(report: SettlementView) -> Iterator[Fact]:
    of = report.moved
    yield Fact(LABELS["settlement_opening"], vnd(report.opening_vnd))
    yield Fact(LABELS["settlement_settled"], vnd(of.settled_vnd))
    yield Fact(LABELS["settlement_overpaid"], vnd(of.overpaid_vnd))
    yield Fact(LABELS["settlement_refunded"], vnd(of.refunded_vnd))
    yield Fact(LABELS["settlement_disbursed"], vnd(of.disbursed_vnd))
    if of.returned_vnd:
        yield Fact(LABELS["settlement_returned"], vnd(of.returned_vnd))
    yield Fact(LABELS["settlement_closing"], vnd(report.closing_vnd))


def _stated(report: SettlementView) -> Iterator[Fact]:
    of, breaks = report.stated, report.breaks
    yield Fact(LABELS["settlement_stated_days"], grouped(of.days))
    yield Fact(LABELS["settlement_stated_opening"], vnd(of.opening_vnd))
    yield Fact(LABELS["days_in"], vnd(of.paid_vnd))
    yield Fact(LABELS["days_out"], vnd(of.left_vnd))
    yield Fact(LABELS["days_fee"], vnd(of.fee_vnd))
    if of.withheld_vnd:
        yield Fact(LABELS["settlement_withheld"], vnd(of.withheld_vnd))
    yield Fact(LABELS["settlement_stated_closing"], vnd(of.closing_vnd))
    yield Fact(LABELS["settlement_to_pay"], vnd(of.to_pay_vnd))
    yield Fact(LABELS["settlement_differs"], vnd(report.differs_vnd))
    found = LABELS["settlement_breaks_of"].told(
        found=grouped(breaks.found),
        closed=grouped(breaks.closed),
        open=grouped(breaks.open),
        amount=vnd(breaks.open_vnd),
    )
    yield Fact(LABELS["settlement_breaks"], found)


def _equation(each: Equal) -> Equation:
    return Equation(EQUATIONS[each.name], vnd(each.one_vnd), vnd(each.other_vnd), each.holds)


def _day(day: OfDay) -> Row:
    told = day.stated
    stated = [
        ("settlement_stated_in", vnd(told.paid_vnd) if told else NOTHING),
        ("days_fee", vnd(told.fee_vnd) if told and told.fee_vnd else NOTHING),
        ("settlement_to_pay", vnd(told.to_pay_vnd) if told else NOTHING),
    ]
    return Row(day_name(day.day), f"{day.day}", [*_moved(day.moved), *stated])


def _agency(one: OfAgency) -> Row:
    name = same(one.unit) if one.unit else LABELS["settlement_no_unit"]
    numbers = [
        ("settlement_opening", vnd(one.opening_vnd)),
        *_moved(one.moved),
        ("settlement_closing", vnd(one.closing_vnd)),
    ]
    return Row(name, "", numbers)


def _moved(of: Sums) -> Sequence[tuple[str, Words]]:
    out_vnd = of.disbursed_vnd - of.returned_vnd
    return (
        ("settlement_collected", vnd(of.collected_vnd)),
        ("settlement_refunded", vnd(of.refunded_vnd) if of.refunded_vnd else NOTHING),
        ("settlement_disbursed", vnd(out_vnd) if out_vnd else NOTHING),
    )
