"""What tests of refunds do with an office."""

from shared.events.reassessments import ReassessmentAsked
from shared.events.refunds import (
    RefundAnswered,
    RefundAsked,
    RefundChecked,
    RefundProposed,
    RefundQueryRequested,
    RefundRecorded,
    RefundRequested,
)
from shared.events.routing import Closed, NotAccepted
from tests.shared.callers import human

NOT_ACCEPTED = NotAccepted(national_code=3, officer="o", reason="r")
WITHDRAWN = Closed(national_code=7, reason="r")


def kinds(events):
    return [type(e) for e in events]


def answer(office, finding, **changes):
    asked = [e for e in office.events if isinstance(e, RefundRequested | RefundQueryRequested)][-1]
    said = {"key": asked.key, "refund": asked.refund, "finding": finding}
    return office.hear(RefundAnswered(**(said | changes)))


def ask(office, amount_vnd=16_000, by="maker", transaction="14700001", **agreed):
    """Asked for by somebody; `agreed`: who agreed to it before it came."""
    wish = RefundAsked(
        partner="vnpay",
        transaction=transaction,
        amount_vnd=amount_vnd,
        by=by,
        reason="asked for",
        **({"principal": human(by)} | agreed),
    )
    return office.hear(wish)


def check(office, approved=True, by="checker", **changed):
    key = office.of(RefundProposed)[-1].refund
    who = {"by": by, "principal": human(by)} | changed
    return office.hear(RefundChecked(refund=key, approved=approved, **who, reason="looked at"))


def record(office, key, by="cashier"):
    slip = {"transaction": "FT1", "reason": "by slip"}
    return office.hear(RefundRecorded(refund=key, by=by, principal=human(by), **slip))


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
