"""An operator has a partner asked at once, and is told when it is not."""

import pytest

from shared.events.payment import QueryRequested, Requested, Settled
from shared.events.queries import QueryAsked, QueryRefused
from tests.services.payment.domain.told import types


def wish(reference: str) -> QueryAsked:
    return QueryAsked(reference=reference, by="o-1", reason="the bank is back")


def refused(reference: str, because: str) -> QueryRefused:
    return QueryRefused(reference=reference, by="o-1", because=because)


def answered(a, asked, **said):
    return a.answer(key=asked.key, reference=asked.reference, **said)


def test_the_partner_is_asked_about_that_order(office, a):
    (asked,) = office.hear(wish(office.reference))

    assert asked == QueryRequested(
        key=f"{a.application}/query/1",
        partner="vnpay",
        reference=office.reference,
        opened_at=a.now,
    )
    paid = answered(a, asked, finding="paid", transaction="T1", amount_vnd=16_000)
    assert Settled in types(office.hear(paid))


@pytest.mark.parametrize("finding", ["pending", "unknown", "deferred", "not_found", "unaskable"])
def test_what_decides_nothing_leaves_the_schedule_as_it_was(office, a, finding):
    timers = list(office.timers)
    (asked,) = office.hear(wish(office.reference))

    assert office.hear(answered(a, asked, finding=finding)) == []
    assert office.timers == timers
    assert types(office.ring()) == [QueryRequested]


def test_one_question_is_under_way_at_a_time(office, a):
    office.hear(wish(office.reference))

    assert office.hear(wish(office.reference)) == [refused(office.reference, "under_way")]


def test_who_asks_again_after_an_answer_is_not_held_to_the_schedule(office, a):
    for _ in range(3):
        (asked,) = office.hear(wish(office.reference))
        assert isinstance(asked, QueryRequested)
        office.hear(answered(a, asked, finding="pending"))


def test_an_order_that_is_over_is_not_asked_about(office, a):
    office.hear(a.paid(reference=office.reference))

    assert office.hear(wish(office.reference)) == [refused(office.reference, "over")]


def test_an_order_that_there_never_was_is_said_to_be_none(office):
    assert office.hear(wish("DVC1")) == [refused("DVC1", "unknown_order")]


def test_a_partner_that_answers_nobody_is_not_asked(office, a):
    asked = office.ring()[0]
    office.hear(answered(a, asked, finding="unaskable"))
    assert office.of(Requested)

    assert office.hear(wish(office.reference)) == [refused(office.reference, "unaskable")]
