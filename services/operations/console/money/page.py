"""Money as pages: all of it, and a partner's day.  Pure: worked out from what the API has."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from services.operations.console.facts import Fact, same, vnd
from services.operations.console.labels import LABELS
from services.operations.console.money.labels import (
    KINDS,
    STANDINGS,
    TONES,
)
from services.operations.console.spoken import instant, moment, stretch
from services.operations.domain.breaks import AGES_S, OfKind
from services.operations.domain.citizen.words import Words
from services.operations.domain.partner_flow import Window
from services.operations.money.health import PartnersView, PartnerView
from services.operations.money.views import (
    DayView,
    MoneyView,
    StatementView,
)

NOTHING = same("–")
MINUTE_S = 60


class Kind(NamedTuple):
    """A kind of break: how many, since when, how many of each age, and how much."""

    kind: str
    name: Words
    breaks: Words
    oldest: Words
    ages: Sequence[tuple[str, Words]]  # with the label of each
    money: Words


class Fare(NamedTuple):
    """A partner: how it stands, and what the last hour and day brought."""

    partner: str
    standing: Words
    tone: str
    sign: Words
    open: Words
    silent: Words
    hour: Sequence[Words]
    day: Sequence[Words]


class Day(NamedTuple):
    """A partner's day in the list; `lines` and what follows are dashes where none was stated."""

    partner: str
    day: str
    name: Words
    breaks: Words
    money: Words
    lines: Words
    came: Words
    left: Words
    fee: Words


class Page(NamedTuple):
    """All of it."""

    breaks: int
    lead: Words
    is_whole: bool
    kinds: Sequence[Kind]
    fares: Sequence[Fare]
    fresh: Words
    days: Sequence[Day]


class Stated(NamedTuple):
    """A statement of a day."""

    title: Words
    facts: Sequence[Fact]


def overview(found: MoneyView, fares: PartnersView) -> Page:
    """Return the first page."""
    at = moment(instant(found.as_of_ms))
    return Page(
        breaks=found.breaks,
        lead=LABELS["breaks_lead"].told(count=_number(found.breaks), amount=vnd(found.vnd), at=at),
        is_whole=found.is_whole,
        kinds=[_kind(kind) for kind in found.kinds],
        fares=[_fare(each) for each in fares.partners],
        fresh=_fresh(fares),
        days=[_day(day) for day in found.days],
    )


def kind_of(break_id: str) -> Words:
    """Return what kind of break this is, by its id; one that there is not is called as it is."""
    kind = break_id.split(".")[2]
    return next((words for name, words in KINDS.items() if name == kind), same(kind))


def day_name(day: date) -> Words:
    """Return a day as it is written."""
    return Words(f"{day:%d/%m/%Y}", f"{day}")


def stated(found: Iterable[StatementView]) -> list[Stated]:
    """Return the statements of a day, the one that counts first."""
    return [Stated(_title(one), [*_facts_of_statement(one)]) for one in reversed([*found])]


# ---- its parts


def _kind(kind: OfKind) -> Kind:
    return Kind(
        kind=kind.kind,
        name=KINDS[kind.kind],
        breaks=_number(kind.breaks),
        oldest=stretch(kind.oldest_s * 1_000),
        ages=[(f"age_{age}", _some(kind.ages.get(age, 0))) for age in AGES_S],
        money=vnd(kind.vnd),
    )


def _fare(each: PartnerView) -> Fare:
    orders = each.orders
    return Fare(
        partner=each.partner,
        standing=STANDINGS[each.standing],
        tone=TONES[each.standing],
        sign=moment(each.sign_at) if each.sign_at else NOTHING,
        open=_some(orders.open),
        silent=_some(orders.silent + orders.let_alone),
        hour=[*_window(each.hour)],
        day=[*_window(each.day)],
    )


def _window(of: Window) -> Iterator[Words]:
    if of.opened or of.paid:
        yield LABELS["fares_of"].told(paid=_number(of.paid), opened=_number(of.opened))
    if of.success is not None:
        yield LABELS["fares_success"].told(share=f"{of.success:.0%}")
    if of.median_s is not None and of.p95_s is not None:
        yield LABELS["fares_times"].told(median=_about(of.median_s), p95=_about(of.p95_s))


def _about(seconds: int) -> Words:
    """Return a time that is right within a tenth: beyond a minute its seconds say nothing."""
    step = MINUTE_S if seconds >= MINUTE_S else 1
    return stretch(round(seconds / step) * step * 1_000)


def _fresh(fares: PartnersView) -> Words:
    counted = moment(instant(fares.orders_as_of_ms))
    if fares.newest_second is None:
        return LABELS["fares_not_live"].told(counted=counted)
    return LABELS["fares_live"].told(at=moment(fares.newest_second), counted=counted)


def _day(day: DayView) -> Day:
    of = day.statement
    return Day(
        partner=day.partner,
        day=f"{day.day}",
        name=day_name(day.day),
        breaks=_some(day.breaks),
        money=vnd(day.vnd) if day.vnd else NOTHING,
        lines=_matched(of) if of else LABELS["days_unstated"],
        came=vnd(of.paid_vnd) if of else NOTHING,
        left=vnd(of.left_vnd) if of and of.left_vnd else NOTHING,
        fee=vnd(of.fee_vnd) if of and of.fee_vnd else NOTHING,
    )


def _title(one: StatementView) -> Words:
    if not one.correction:
        return LABELS["day_statement"]
    return LABELS["day_correction"].told(number=same(one.correction))


def _facts_of_statement(one: StatementView) -> Iterator[Fact]:
    sums = [vnd(n) for n in (one.opening_vnd, one.paid_vnd, one.left_vnd, one.closing_vnd)]
    vi, en = ([of.vi for of in sums], [of.en for of in sums])
    balance = Words(*("{} + {} − {} = {}".format(*parts) for parts in (vi, en)))
    matched, amount = _matched(one), vnd(one.matched_vnd)
    yield Fact(LABELS["day_balance"], balance)
    yield Fact(
        LABELS["day_matched"],
        Words(f"{matched.vi}, {amount.vi}", f"{matched.en}, {amount.en}"),
    )
    for found in one.breaks:
        name, count, money = KINDS[found.kind], _number(found.count), vnd(found.amount_vnd)
        yield Fact(
            LABELS["day_found"],
            Words(f"{name.vi}: {count.vi}, {money.vi}", f"{name.en}: {count.en}, {money.en}"),
        )
    if one.fee_vnd:
        yield Fact(LABELS["days_fee"], vnd(one.fee_vnd))
    yield Fact(LABELS["day_at"], moment(one.at))


def _matched(one: StatementView) -> Words:
    return LABELS["day_matched_of"].told(matched=_number(one.matched), lines=_number(one.lines))


def _number(count: int) -> Words:
    return Words(f"{count:,}".replace(",", "."), f"{count:,}")


def _some(count: int) -> Words:
    return _number(count) if count else NOTHING
