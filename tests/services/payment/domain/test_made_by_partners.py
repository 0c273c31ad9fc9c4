"""Orders that a partner has to make first, and citizens who choose with whom they pay."""

from datetime import timedelta

import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.state import Offered
from services.payment.domain.terms import Terms
from shared.events.kernel import TimerFired
from shared.events.payment import (
    Chosen,
    Created,
    CreateRequested,
    Expired,
    Failed,
    Overpaid,
    Requested,
    Settled,
)
from tests.services.payment.domain.told import types


@pytest.fixture
def terms(a):
    def make(partner, **changes):
        whole = {"lifetime_s": 86_400, "min_vnd": 1, "max_vnd": 10**6, "active_from": a.now}
        return Terms(partner=partner, **(whole | changes))

    return make


@pytest.fixture
def asking(an_office, a, terms):
    """An office whose first two partners have to be asked; `again` may be asked twice."""

    def make(*more, pace=None):
        partners = [
            terms("again", asks_first=True, creates_again=True),
            terms("once", asks_first=True),
            *more,
        ]
        office = an_office(partners=partners, pace=pace)
        office.hear(a.routed())
        return office

    return make


def answered(office, finding, **changes):
    """Answer the last request of a partner to make an order."""
    wanted = office.of(CreateRequested)[-1]
    said = {"key": wanted.key, "partner": wanted.partner, "reference": wanted.reference}
    return office.hear(Created(**(said | {"finding": finding} | changes)))


def now_open(office):
    return [(t.partner, t.number) for t in office.state.attempts if t.status == "open"]


def test_a_partner_that_has_to_be_asked_is_asked_once_when_the_order_opens(asking, a):
    office = asking()

    (wanted,) = office.of(CreateRequested)
    (order,) = office.of(Requested)
    assert (wanted.partner, wanted.reference, wanted.amount_vnd) == (
        "again",
        order.reference,
        16_000,
    )
    assert (wanted.opened_at, wanted.expires_at) == (a.now, order.expires_at)
    assert wanted.key == f"{a.application}/create/1/1"


def test_one_that_signs_its_own_links_is_not_asked(office):
    assert office.of(CreateRequested) == []


def test_what_it_offers_is_kept_and_said_to_nobody(asking):
    office = asking()

    assert answered(office, "created", pay_url="https://b.example/1", qr="0002") == []
    (attempt,) = office.state.attempts
    assert attempt.offered == Offered(pay_url="https://b.example/1", qr="0002")
    assert answered(office, "created", pay_url="https://b.example/2") == []
    assert office.state.attempts[0].offered.pay_url == "https://b.example/1"


@pytest.mark.parametrize("finding", ["declined", "deferred"])
def test_one_that_makes_no_order_is_left_for_another(asking, finding):
    office = asking()

    failed, requested, wanted = answered(office, finding, code="21")

    assert (failed.partner, failed.code, failed.reason) == ("again", "21", "not_created")
    assert requested.partner == wanted.partner == "once"
    assert now_open(office) == [("once", 2)]


def test_where_nobody_knows_the_same_order_is_asked_for_once_more(asking, a):
    office = asking()

    (wanted,) = answered(office, "unknown")

    first = office.of(CreateRequested)[0]
    assert (wanted.reference, wanted.opened_at) == (first.reference, first.opened_at)
    assert wanted.key == f"{a.application}/create/1/2"
    assert types(answered(office, "unknown")) == [Failed, Requested, CreateRequested]


def test_one_that_would_make_two_orders_is_asked_once(asking):
    office = asking()
    answered(office, "declined")

    assert types(answered(office, "unknown"))[0] == Failed


def test_money_for_an_order_that_nobody_knew_was_made_counts(asking, a):
    office = asking()
    reference = office.of(Requested)[0].reference
    answered(office, "declined")
    second = office.of(Requested)[1].reference
    answered(office, "unknown")

    late = office.hear(a.paid(partner="once", reference=second))
    assert Settled in types(late)
    again = office.hear(a.paid(partner="again", reference=reference, transaction="T2"))
    assert types(again) == [Overpaid]


def test_an_offer_that_comes_after_another_answer_is_good_while_the_order_is_open(asking):
    office = asking()
    first = office.of(CreateRequested)[0].key
    answered(office, "unknown")

    answered(office, "created", key=first, pay_url="https://b.example/1")

    assert office.state.attempts[0].offered
    assert answered(office, "unknown") == [], "there is an order, whatever came of asking again"


def test_when_every_partner_failed_some_time_passes_before_the_next_order(asking):
    office = asking()
    answered(office, "declined")
    assert types(answered(office, "declined")) == [Failed]
    assert now_open(office) == []

    began = office.now
    while not now_open(office):
        office.ring()

    assert office.now - began == timedelta(minutes=15)
    assert now_open(office) == [("again", 3)]


def test_orders_that_nobody_makes_are_not_tried_for_ever(asking):
    office = asking(pace=Pace(ask_limit=6))
    while not office.of(Expired):
        if now_open(office):
            answered(office, "declined")
        else:
            office.ring()

    assert len(office.of(Failed)) == 6
    assert office.state.status == "expired"


def test_orders_that_were_not_made_do_not_use_up_the_declines(asking, a, terms):
    office = asking(terms("signs"), pace=Pace(attempt_limit=2))
    answered(office, "declined")
    answered(office, "declined")

    third = office.of(Requested)[-1]
    assert third.partner == "signs"
    declined = a.declined(partner="signs", reference=third.reference)
    assert types(office.hear(declined))[:2] == [Failed, Requested]


def test_a_partner_that_failed_is_taken_again_only_if_no_other_is_left(an_office, a, terms):
    office = an_office(partners=[terms("first"), terms("second")])
    office.hear(a.routed())
    for _ in range(3):
        last = office.of(Requested)[-1]
        office.hear(a.declined(partner=last.partner, reference=last.reference))

    assert [r.partner for r in office.of(Requested)] == ["first", "second", "first", "first"]


# ---- the citizen chooses


@pytest.fixture
def choosing(an_office, a, terms):
    """An order with `first` is open, `second` would take one as well."""
    office = an_office(partners=[terms("first"), terms("second"), terms("small", max_vnd=1_000)])
    office.hear(a.routed())
    return office


def test_a_citizen_chooses_and_the_first_order_stays_payable(choosing, a):
    (requested,) = choosing.hear(Chosen(obligation=0, partner="second"))

    assert (requested.partner, requested.attempt) == ("second", 2)
    assert now_open(choosing) == [("first", 1), ("second", 2)]
    first = choosing.of(Requested)[0]
    paid = choosing.hear(a.paid(partner="first", reference=first.reference))
    assert Settled in types(paid)
    late = a.paid(partner="second", reference=requested.reference, transaction="T2")
    assert Overpaid in types(choosing.hear(late))
    assert len(choosing.of(Settled)) == 1


@pytest.mark.parametrize(
    ("obligation", "partner"),
    [(0, "first"), (0, "small"), (0, "nobody"), (1, "second"), (-1, "second")],
)
def test_a_choice_that_changes_nothing_opens_nothing(choosing, obligation, partner):
    assert choosing.hear(Chosen(obligation=obligation, partner=partner)) == []


def test_the_same_choice_again_gives_the_same_order(choosing):
    choosing.hear(Chosen(obligation=0, partner="second"))

    assert choosing.hear(Chosen(obligation=0, partner="second")) == []


def test_choices_come_to_an_end(an_office, a, terms):
    office = an_office(partners=[terms(f"p{n}") for n in range(9)])
    office.hear(a.routed())
    for n in range(1, 9):
        office.hear(Chosen(obligation=0, partner=f"p{n}"))

    assert len(now_open(office)) == Pace().attempt_limit


def test_choices_of_a_partner_that_makes_no_order_come_to_an_end_as_well(an_office, a, terms):
    office = an_office(partners=[terms("first"), terms("once", asks_first=True)])
    office.hear(a.routed())
    for _ in range(50):
        if office.hear(Chosen(obligation=0, partner="once")):
            answered(office, "declined")

    assert len(office.state.attempts) == 20
    assert now_open(office) == [("first", 1)], "and one can still be paid"


def test_what_is_over_is_chosen_no_more(choosing, a):
    first = choosing.of(Requested)[0]
    choosing.hear(a.paid(partner="first", reference=first.reference))

    assert choosing.hear(Chosen(obligation=0, partner="second")) == []


def test_an_order_that_fails_opens_no_other_while_the_citizen_has_one(choosing, a):
    choosing.hear(Chosen(obligation=0, partner="second"))
    first = choosing.of(Requested)[0]

    assert types(choosing.hear(a.declined(partner="first", reference=first.reference))) == [Failed]
    assert now_open(choosing) == [("second", 2)]


def test_an_order_whose_time_is_over_ends_alone_while_another_may_be_paid(an_office, a, terms):
    office = an_office(partners=[terms("short", lifetime_s=60), terms("long")])
    office.hear(a.routed())
    office.hear(Chosen(obligation=0, partner="long"))
    short = office.of(Requested)[0]
    (asked,) = office.ring()
    assert asked.reference == short.reference

    not_found = a.answer(
        key=asked.key, partner="short", reference=short.reference, finding="not_found"
    )
    (failed,) = office.hear(not_found)

    assert (failed.reference, failed.reason) == (short.reference, "expired")
    assert office.state.status == "open"


def test_a_timer_of_a_pause_that_is_over_opens_nothing(choosing):
    assert choosing.hear(TimerFired(name="order.again.0.1", version=1)) == []
    assert now_open(choosing) == [("first", 1)]
