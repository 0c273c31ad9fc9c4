"""What tests of refunds do with an office."""

from shared.events.reassessments import ReassessmentAsked
from shared.events.refunds import (
    RefundAnswered,
    RefundAsked,
    RefundChecked,
    RefundProposed,
    RefundQueryRequested,
    RefundRequested,
)
from shared.events.routing import Closed, NotAccepted

NOT_ACCEPTED = NotAccepted(national_code=3, officer="o", reason="r")
WITHDRAWN = Closed(national_code=7, reason="r")


def kinds(events):
    return [type(e) for e in events]


def answer(office, finding, **changes):
    asked = [e for e in office.events if isinstance(e, RefundRequested | RefundQueryRequested)][-1]
    said = {"key": asked.key, "refund": asked.refund, "finding": finding}
    return office.hear(RefundAnswered(**(said | changes)))


def ask(office, amount_vnd=16_000, by="maker", transaction="14700001"):
    wish = RefundAsked(
        partner="vnpay", transaction=transaction, amount_vnd=amount_vnd, by=by, reason="asked for"
    )
    return office.hear(wish)


def check(office, approved=True, by="checker"):
    key = office.of(RefundProposed)[-1].refund
    return office.hear(RefundChecked(refund=key, approved=approved, by=by, reason="looked at"))


def assess_again(office, **facts):
    return office.hear(ReassessmentAsked(by="counter", reason="counted again", **facts))


def statuses(office):
    return [r.status for r in office.state.refunds]


def refund_timers(office):
    return [t.name for t in office.timers if t.name.startswith("refund.")]


def ring_refund(office):
    """Let the timers of orders be: let the one of the refund fire."""
    office.timers = [t for t in office.timers if t.name.startswith("refund.")]
    return office.ring()


def receipts(office):
    return [(r.number, r.amount_vnd, r.status) for r in office.state.receipts]
