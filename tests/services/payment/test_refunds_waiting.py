"""The table of when a wait is over agrees with the moves of the domain."""

from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from services.payment.refunds_waiting import OVER_IN, STATUSES
from shared.events.refunds import RefundAnswered, RefundAsked, RefundChecked, RefundRecorded
from tests.services.payment.office import APPLICATION
from tests.shared.callers import human

REFUND = f"{APPLICATION}.refund.1"

acts = st.one_of(
    st.tuples(st.just("checked"), st.booleans()),
    st.tuples(
        st.just("answered"),
        st.sampled_from(["done", "failed", "pending", "unknown", "deferred", "by_hand"]),
    ),
    st.tuples(st.just("recorded"), st.none()),
    st.tuples(st.just("silent"), st.none()),
)


@given(st.lists(acts, max_size=12), st.sampled_from([0, 10**9]))
def test_a_refund_never_comes_back_to_what_is_over(an_office, a, done, check_over_vnd):
    office = an_office(pace=Pace(check_over_vnd=check_over_vnd, ask_limit=2))
    office.hear(a.routed())
    office.hear(a.paid(reference=office.state.attempts[0].reference, transaction="T1"))
    asked = RefundAsked(
        partner="vnpay",
        transaction="T1",
        amount_vnd=a.amount_vnd,
        by="maker",
        principal=human("maker"),
        reason="x",
    )
    office.hear(asked)
    seen = [office.state.refunds[0].status]
    for act, how in done:
        now = office.state.refunds[0]
        if act == "checked":
            who = {"by": "checker", "principal": human("checker")}
            office.hear(RefundChecked(refund=REFUND, approved=how, **who, reason="x"))
        elif act == "answered":
            said = {"refund": REFUND, "finding": how, "transaction": "", "code": ""}
            office.hear(RefundAnswered(key=now.call_key or "-", **said))
        elif act == "recorded":
            office.hear(
                RefundRecorded(
                    refund=REFUND, transaction="F1", by="x", principal=human("x"), reason="x"
                )
            )
        elif office.timers:
            office.ring()
        if office.state.refunds[0].status != seen[-1]:
            seen.append(office.state.refunds[0].status)

    for waits in STATUSES:
        assert seen.count(waits) <= 1
        after = [place for place, status in enumerate(seen) if status in OVER_IN[waits]]
        assert all(status != waits for status in seen[min(after, default=0) :] if after)
