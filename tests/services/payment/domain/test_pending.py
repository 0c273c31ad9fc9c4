"""A callback that says neither paid nor failed has its partner asked at once, and seldom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.payment import Expired, Failed, QueryRequested, Requested, Settled
from tests.services.payment.domain.told import types


@pytest.fixture(scope="module")
def pending(a):
    def make(office):
        return a.paid(reference=office.of(Requested)[-1].reference, finding="pending", code="")

    return make


def answered(a, asked, **said):
    return a.answer(key=asked.key, reference=asked.reference, **said)


def test_the_partner_is_asked_at_once(office, a, pending):
    (asked,) = office.hear(pending(office))

    assert asked == QueryRequested(
        key=f"{a.application}/query/1",
        partner="vnpay",
        reference=office.reference,
        opened_at=a.now,
    )
    paid = answered(a, asked, finding="paid", transaction="T1", amount_vnd=16_000)
    assert Settled in types(office.hear(paid))


def test_an_answer_that_it_failed_counts(office, a, pending):
    (asked,) = office.hear(pending(office))

    assert types(office.hear(answered(a, asked, finding="failed"))) == [Failed, Requested]


@pytest.mark.parametrize("finding", ["pending", "unknown", "deferred", "not_found", "unaskable"])
def test_what_decides_nothing_leaves_the_schedule_as_it_was(office, a, pending, finding):
    timers = list(office.timers)
    (asked,) = office.hear(pending(office))

    assert office.hear(answered(a, asked, finding=finding)) == []
    assert office.timers == timers
    assert types(office.ring()) == [QueryRequested]


def test_it_is_asked_once_in_each_step_of_the_schedule(office, a, pending):
    for _ in range(3):
        (asked,) = office.hear(pending(office))
        assert office.hear(pending(office)) == []
        office.hear(answered(a, asked, finding="pending"))
        assert office.hear(pending(office)) == []
        (asked,) = office.ring()
        assert office.hear(pending(office)) == [], "it is being asked as it is"
        office.hear(answered(a, asked, finding="pending"))


def test_an_answer_after_the_next_question_is_stale_unless_it_brings_money(office, a, pending):
    (asked,) = office.hear(pending(office))
    office.ring()

    assert office.hear(answered(a, asked, finding="failed")) == []
    paid = answered(a, asked, finding="paid", transaction="T1", amount_vnd=16_000)
    assert Settled in types(office.hear(paid))


def test_nobody_is_asked_of_what_is_over_unknown_or_anothers(office, a, pending):
    said = pending(office)
    assert office.hear(a.paid(reference="DVC0", finding="pending")) == []
    assert office.hear(a.paid(reference=said.reference, partner="x", finding="pending")) == []
    office.hear(a.paid(reference=said.reference))
    assert office.hear(said) == []


def test_a_partner_that_cannot_be_asked_is_not(office, a, pending):
    (asked,) = office.ring()
    office.hear(answered(a, asked, finding="unaskable"))

    assert office.hear(pending(office)) == []


@given(
    st.lists(
        st.sampled_from(["pending"] * 4 + ["ring", "say pending", "say unknown", "say not_found"]),
        max_size=60,
    )
)
def test_however_many_come_they_cause_one_question_in_each_step_and_move_nothing(
    an_office, a, pending, news
):
    office, quiet = an_office(), an_office()
    for one in (office, quiet):
        one.hear(a.routed())
    asked, beside, step = None, 0, []
    for what in news:
        if office.of(Expired):
            break
        if what == "pending":
            told = office.hear(pending(office))
            beside += len(told)
            asked = told[0] if told else asked
            assert beside <= 1
        elif what == "ring" and office.timers:
            beside = 0
            [asked] = office.ring()
            step.append(office.now)
        elif asked and what != "ring":
            office.hear(answered(a, asked, finding=what.removeprefix("say ")))

    for at in step:  # the same instants, had nobody called
        [question] = quiet.ring()
        quiet.hear(answered(a, question, finding="pending"))
        assert quiet.now == at
