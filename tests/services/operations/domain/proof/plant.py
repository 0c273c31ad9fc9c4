"""What must not be, planted into the log of one application; and what of it is to be found."""

from collections.abc import Callable
from typing import Any

from services.operations.domain.entries import Entry
from shared.events import intake, notify, payment, portal, refunds, routing
from shared.events.data import Problem
from tests.services.operations.story import BEGAN

MONEY = {"partner": "sandbox", "transaction": "T1", "amount_vnd": 50_000}
REFUND = {**MONEY, "refund": "r/1"}
PROBLEM = Problem(field="/copies", code="invalid-copies", remedy_vi="Sửa.", remedy_en="Mend it.")


def told(story: Any, **changed: Any) -> Any:
    said = {**MONEY, "reference": story.reference, "finding": "paid", "code": "00", **changed}
    return story.external("payment.inbox", "/partners/sandbox", payment.Notified(**said))


def of_order(story: Any, **changed: Any) -> dict[str, Any]:
    return {**MONEY, "reference": story.reference, **changed}


# ---- each begins with a whole life, and adds what cannot be


def settled_again(story: Any) -> None:
    paid = story.returned()
    story.decide("payment", paid, payment.Settled(**of_order(story)))


def another_order_settled_as_well(story: Any) -> None:
    """Twice the fee of one assessment, by two orders."""
    paid = story.returned()
    more = {"transaction": "T2", "reference": f"{story.reference}-2"}
    told(story, **more)
    receipt = payment.ReceiptIssued(number="R-2", kind="fee", amount_vnd=50_000, lines=())
    story.decide("payment", paid, payment.Settled(**of_order(story, **more)), receipt)


def a_receipt_too_many(story: Any) -> None:
    end = story.returned()
    receipt = payment.ReceiptIssued(number="R-2", kind="fee", amount_vnd=9_000, lines=())
    story.decide("payment", end, receipt)


def money_that_nobody_has(story: Any) -> None:
    story.returned()
    told(story, transaction="T2")


def money_that_nobody_told_of(story: Any) -> None:
    end = story.returned()
    story.decide("payment", end, payment.Overpaid(**of_order(story, transaction="T2")))


def another_amount_than_told(story: Any) -> None:
    end = story.returned()
    told(story, transaction="T2", amount_vnd=7_000)
    overpaid = payment.Overpaid(**of_order(story, transaction="T2", amount_vnd=70_000))
    story.decide("payment", end, overpaid)


def settled_by_what_was_never_due(story: Any) -> None:
    story.charged()
    callback = told(story, amount_vnd=4_000)
    settled = payment.Settled(**of_order(story, amount_vnd=4_000, moment="before"))
    receipt = payment.ReceiptIssued(number="R-1", kind="fee", amount_vnd=4_000, lines=())
    story.decide("payment", callback, settled, receipt)


def refunded_again(story: Any) -> None:
    end = story.returned()
    back = {**REFUND, "reference": story.reference}
    done = refunds.RefundDone(**back, told="B1")
    story.decide("payment", end, refunds.RefundProposed(**back, reason="asked", by="o"), done, done)


def refunded_without_being_let_go(story: Any) -> None:
    end = story.returned()
    back = {**REFUND, "reference": story.reference}
    story.decide("payment", end, refunds.RefundDone(**back, told="B1"))


def refunded_though_turned_down(story: Any) -> None:
    end = story.returned()
    back = {**REFUND, "reference": story.reference}
    story.decide(
        "payment",
        end,
        refunds.RefundProposed(**back, reason="asked", by="o"),
        refunds.RefundRejected(**back, reason="no", by="p"),
        refunds.RefundDone(**back, told="B1"),
    )


def more_let_go_than_came(story: Any) -> None:
    end = story.returned()
    back = {**REFUND, "reference": story.reference, "amount_vnd": 60_000}
    story.decide("payment", end, refunds.RefundProposed(**back, reason="asked", by="o"))


def a_notice_twice(story: Any) -> None:
    end = story.returned()
    again = notify.NoticeSent(milestone="returned", channel="sms", gateway_id="g", sent_at=BEGAN)
    story.decide("notify", end, again)


def a_notice_asked_for_when_it_was_over(story: Any) -> None:
    end = story.returned()
    story.decide("notify", end, requested(story, "returned"))


def a_notice_tried_again_that_was_sent(story: Any) -> None:
    end = story.returned()
    again = notify.NoticeReopened(milestone="returned", channel="sms", by="o-1")
    story.decide("notify", end, again)


def a_notice_without_an_end(story: Any) -> None:
    end = story.returned()
    story.decide("notify", end, requested(story, "accepted"))


def one_told_in_a_message_that_has_no_end(story: Any) -> None:
    """The message was sent, and of what it tells as well nobody ever said so."""
    end = story.returned()
    joined = (notify.Joined(milestone="accepted", template="accepted", params={}),)
    sent = notify.NoticeSent(milestone="resumed", channel="sms", gateway_id="g", sent_at=BEGAN)
    story.decide("notify", end, requested(story, "resumed", joined=joined), sent)


def requested(story: Any, milestone: str, **more: Any) -> notify.NoticeRequested:
    return notify.NoticeRequested(
        key=f"{story.application}/{milestone}/sms/9",
        milestone=milestone,
        channel="sms",
        template=milestone,
        language="vi",
        contact="sealed",
        params={},
        **more,
    )


def refused_as_well(story: Any) -> None:
    registered = story.registered()
    story.routed(registered)
    story.decide("intake", registered, intake.Refused(portal="sandbox", problems=(PROBLEM,)))


def registered_twice(story: Any) -> None:
    story.routed(story.registered())
    story.registered()


def refused_without_a_reason(story: Any) -> None:
    story.decide("intake", story.submitted(), intake.Refused(portal="sandbox", problems=()))


def never_answered(story: Any) -> None:
    story.submitted()


def never_routed(story: Any) -> None:
    story.registered()


def nowhere(story: Any) -> None:
    routed = story.routed()
    story.decide("routing", routed, routing.Processing(national_code=77, officer="o", due=BEGAN))


def routed_and_never_received(story: Any) -> None:
    story.routed(story.submitted())


PLANTED: dict[Callable[[Any], None], set[str]] = {
    settled_again: {"settled_twice", "counted_twice", "receipts_differ"},
    another_order_settled_as_well: {"settled_twice"},
    a_receipt_too_many: {"receipts_differ"},
    money_that_nobody_has: {"unbooked"},
    money_that_nobody_told_of: {"untold"},
    another_amount_than_told: {"unbooked", "untold"},
    settled_by_what_was_never_due: {"never_due"},
    refunded_again: {"refunded_twice", "refunded_unreleased"},
    refunded_without_being_let_go: {"refunded_unreleased"},
    refunded_though_turned_down: {"refunded_unreleased"},
    more_let_go_than_came: {"released_above"},
    a_notice_twice: {"notice_twice"},
    a_notice_asked_for_when_it_was_over: {"notice_twice", "notice_without_end"},
    a_notice_tried_again_that_was_sent: {"notice_twice", "notice_without_end"},
    a_notice_without_an_end: {"notice_without_end"},
    one_told_in_a_message_that_has_no_end: {"notice_without_end"},
    refused_as_well: {"answered_twice"},
    registered_twice: {"answered_twice"},
    refused_without_a_reason: {"refused_without_reason"},
    never_answered: {"unanswered"},
    never_routed: {"never_routed"},
    nowhere: {"nowhere"},
    routed_and_never_received: {"unanswered", "never_received"},
}

# ---- or takes something away that was there


def lost(type_: str) -> Callable[[list[Entry]], list[Entry]]:
    return lambda entries: [e for e in entries if e.type != type_]


LOST: dict[str, set[str]] = {
    portal.Submitted.TYPE: {"never_submitted", "orphan"},
    routing.Processing.TYPE: {"gap"},
    payment.Settled.TYPE: {"gap", "receipts_differ", "unbooked", "orphan"},
    payment.ReceiptIssued.TYPE: {"receipts_differ"},  # the last one: its journal tells, and this
    payment.Notified.TYPE: {"untold", "orphan"},
    routing.OfficerStarted.TYPE: {"orphan"},
}
