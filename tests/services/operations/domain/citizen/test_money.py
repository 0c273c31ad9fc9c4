"""Money as a citizen is told of it: asked for in time, added up, with its receipts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.operations.domain.citizen.money import made
from services.operations.domain.citizen.owed import PURPOSES
from services.operations.domain.citizen.view import CitizenStatus
from shared.events import payment, reassessments, routing
from tests.services.operations import scenes, variants
from tests.services.operations.scenes import act, begun
from tests.services.operations.story import BEGAN

Seen = Callable[..., CitizenStatus]


def kinds(found: CitizenStatus) -> list[str]:
    return [task.kind for task in found.tasks]


def test_a_fee_that_comes_first_is_asked_for_with_its_last_day(seen: Seen) -> None:
    found = seen(begun(scenes.fee_due))
    (task,) = found.tasks
    assert (task.kind, task.amount_vnd) == ("pay", 50_000)
    assert task.by == BEGAN + timedelta(days=1)
    assert "50.000 đồng" in task.sentence.vi
    assert found.due is not None
    assert found.due.of == "acceptance"
    assert any("nộp phí" in words.vi for words in found.due.depends_on)


@pytest.mark.parametrize(("topic", "is_made"), [("payment.inbox", 1), ("portal.submissions", 0)])
def test_an_order_is_made_when_its_partner_says_so_where_partners_do(
    topic: str, is_made: int
) -> None:
    story = begun(scenes.fee_due)
    word = payment.Created(key="k", partner="x", reference="DVC1", finding="created")
    story.external(topic, "/x", word)
    assert len(made(story.log.entries(story.application))) == is_made


def test_a_fee_that_was_not_paid_in_time_says_whom_to_ask(seen: Seen) -> None:
    found = seen(begun(scenes.fee_due), timedelta(days=2))
    assert kinds(found) == ["pay_again"]
    assert found.money.owed_vnd == 50_000


def test_two_amounts_that_are_alike_say_what_each_is_for_in_the_order_of_the_tasks(seen) -> None:
    found = seen(begun(variants.demanded_beside_the_fee))
    purposes = [each.purpose for each in found.money.owed]
    assert purposes == [PURPOSES["after_acceptance"], PURPOSES["on_demand"]]
    for purpose, task in zip(purposes, found.tasks, strict=True):
        assert f"50.000 đồng ({purpose.vi})" in task.sentence.vi
    late = seen(begun(variants.fee_over_beside_a_demand))
    assert [each.standing for each in late.money.owed] == ["payable", "expired"]
    assert kinds(late) == ["pay", "pay_again"]


def test_what_is_owed_and_cannot_be_paid_yet_is_waited_for(seen: Seen) -> None:
    story = begun(scenes.processing)
    act(story, routing.PaymentDue(national_code=6, officer="o1", amount_vnd=9_000))
    assert kinds(seen(story)) == ["await_order"]


def test_money_adds_up_and_receipts_are_named(seen: Seen) -> None:
    money = seen(begun(scenes.accepted)).money
    assert (money.owed_vnd, money.paid_vnd) == (0, 50_000)
    assert [(r.number, r.kind.vi, r.standing) for r in money.receipts] == [
        ("L26 0000012", "Lệ phí", "counts")
    ]
    back = seen(begun(scenes.withdrawn)).money
    assert (back.owed_vnd, back.given_back_vnd, back.to_give_back_vnd) == (0, 50_000, 0)
    assert seen(begun(scenes.paid_out)).money.paid_out_vnd == 2_000_000
    assert seen(begun(scenes.payment_due)).money.owed_vnd == 1_200_000


def test_a_receipt_that_another_takes_the_place_of_no_longer_counts(seen: Seen) -> None:
    story = begun(scenes.accepted)
    names = {"series": "L26", "unit": "26737", "kind": "charge", "lines": (), "reason": "r"}
    again = payment.ReceiptAdjusted(
        **names,
        number="0000013",
        adjusts="0000012",
        adjusts_series="L26",
        before_vnd=50_000,
        amount_vnd=20_000,
    )
    less = reassessments.FeeReassessed(
        by="o1",
        reason="r",
        before=(),
        lines=(),
        before_vnd=50_000,
        total_vnd=20_000,
        further_vnd=0,
        overpaid_vnd=30_000,
        catalogue_version="2026-06",
    )
    story.decide("payment", story.submitted(), less, again)
    money = seen(story).money
    assert [r.standing for r in money.receipts] == ["adjusted", "counts"]
    assert money.owed_vnd == 0


def test_what_is_demanded_again_after_its_time_is_owed_once(seen: Seen) -> None:
    story = begun(scenes.payment_due)
    over = payment.Expired(reference=f"{story.reference}-2", moment="on_demand")
    story.decide("payment", story.submitted(), over)
    assert kinds(seen(story)) == ["pay_again"]
    act(story, routing.PaymentDue(national_code=6, officer="o1", amount_vnd=1_200_000))
    assert seen(story).money.owed_vnd == 1_200_000
    assessed = payment.FeeAssessed(
        lines=(), total_vnd=1_200_000, moment="on_demand", catalogue_version="2026-06"
    )
    order = payment.Requested(
        partner="sandbox",
        reference=f"{story.reference}-3",
        attempt=3,
        amount_vnd=1_200_000,
        expires_at=story.log.now + timedelta(days=10),
        obligation=2,
    )
    story.decide("payment", story.submitted(), assessed, order)
    assert [(o.amount_vnd, o.standing) for o in seen(story).money.owed] == [(1_200_000, "payable")]
    paid = payment.Settled(
        partner="sandbox",
        reference=f"{story.reference}-3",
        transaction="T2",
        amount_vnd=1_200_000,
        moment="on_demand",
    )
    story.decide("payment", story.submitted(), paid)
    money = seen(story).money
    assert (money.owed_vnd, money.paid_vnd) == (0, 1_250_000)
