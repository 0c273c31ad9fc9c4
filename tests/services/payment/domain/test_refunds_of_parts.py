"""Equal parts of one payment, each given back once: partners may not tell them apart."""

import pytest

from services.payment.domain.draft import Pace
from shared.events.payment import Requested
from shared.events.refunds import RefundDone, RefundQueryRequested, RefundWaiting
from tests.services.payment.domain.going_back import answer, ask, kinds, ring_refund, statuses


@pytest.fixture
def second_unknown(paid):
    """Of two equal parts the first went back as R1; of the second nobody knows."""
    ask(paid, 5_000)
    answer(paid, "done", transaction="R1")
    ask(paid, 5_000)
    answer(paid, "unknown")
    return paid


def test_a_part_is_not_done_by_the_number_of_another_part(second_unknown):
    ring_refund(second_unknown)

    assert answer(second_unknown, "done", transaction="R1") == []
    assert statuses(second_unknown) == ["done", "unknown"]
    assert second_unknown.state.to_refund_vnd == 5_000
    (asked,) = ring_refund(second_unknown)
    assert (type(asked), asked.told) == (RefundQueryRequested, "")
    assert kinds(answer(second_unknown, "done", transaction="R2")) == [RefundDone]


@pytest.mark.parametrize("finding", ["pending", "failed"])
def test_what_is_said_of_another_part_is_no_news_of_this_one(second_unknown, finding):
    ring_refund(second_unknown)

    assert answer(second_unknown, finding, transaction="R1") == []
    assert statuses(second_unknown) == ["done", "unknown"]
    assert second_unknown.state.refunds[1].told == ""


def test_a_part_of_which_a_partner_tells_no_more_is_left_to_a_person_at_once(paid):
    ask(paid, 5_000)
    answer(paid, "unknown")
    ask(paid, 5_000)
    answer(paid, "done", transaction="R2")
    assert statuses(paid) == ["unknown", "done"]

    ring_refund(paid)
    assert kinds(answer(paid, "done", transaction="R2")) == [RefundWaiting]
    assert statuses(paid) == ["by_hand", "done"]


def test_a_part_that_is_never_told_apart_is_left_to_a_person(an_office, a):
    office = an_office(pace=Pace(ask_limit=2))
    office.hear(a.routed())
    office.hear(a.paid(reference=office.of(Requested)[0].reference))
    for _ in range(2):
        ask(office, 5_000)
        answer(office, "done", transaction="R1")
    ring_refund(office)
    answer(office, "done", transaction="R1")

    assert statuses(office) == ["done", "by_hand"]
