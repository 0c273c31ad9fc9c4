"""In whatever order messages come, what came in is kept, owed, or given back: to the đồng."""

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from services.payment.domain.state import Payment
from shared.events.payment import Mismatched, Overpaid, Requested, Settled
from shared.events.refunds import (
    RefundAnswered,
    RefundAsked,
    RefundChecked,
    RefundDone,
    RefundProposed,
    RefundQueryRequested,
    RefundRecorded,
    RefundRequested,
    RefundRetried,
)
from shared.events.routing import Closed, NotAccepted
from tests.services.payment.domain.going_back import assess_again
from tests.shared.callers import human

numbers = st.integers(0, 3)
heard = st.lists(
    st.one_of(
        st.tuples(st.just("paid"), numbers, st.integers(1, 3), st.sampled_from([0, 0, -1, 5_000])),
        st.tuples(st.just("declined"), numbers),
        st.tuples(
            st.just("answer"),
            numbers,
            st.sampled_from(["done", "failed", "pending", "unknown", "deferred", "by_hand"]),
        ),
        st.tuples(st.just("ask"), st.integers(1, 3), st.sampled_from([1, 6_000, 16_000, 20_000])),
        st.tuples(st.just("check"), numbers, st.booleans(), st.sampled_from("mc")),
        st.tuples(st.just("record"), numbers),
        st.tuples(st.just("retry"), numbers, st.sampled_from("cccm")),
        st.tuples(st.just("reassess"), st.integers(1, 4)),
        st.tuples(st.just("ring")),
        st.tuples(st.sampled_from(["payment_due", "accepted", "closed", "not_accepted"])),
    ),
    max_size=25,
)


def at(items, place):
    return items[place % len(items)] if items else None


def next_data(office, a, what):
    kind, *rest = what
    refunds = office.of(RefundProposed)
    if kind in ("paid", "declined"):
        return of_the_partner(a, at(office.of(Requested), rest[0]), kind, *rest[1:])
    if kind in ("check", "record", "answer", "retry") and refunds:
        return of_a_refund(office, at(refunds, rest[0]).refund, kind, rest)
    if kind == "ask":
        return RefundAsked(
            partner="vnpay",
            transaction=f"T{rest[0]}",
            amount_vnd=rest[1],
            by="m",
            principal=human("m"),
            reason="why",
        )
    of_routing = {
        "payment_due": a.payment_due(),
        "closed": Closed(national_code=7, reason="r"),
        "not_accepted": NotAccepted(national_code=3, officer="o", reason="r"),
    }
    return of_routing.get(kind, a.accepted())


def of_the_partner(a, order, kind, transaction=0, off_vnd=0):
    if kind == "declined":
        return a.declined(reference=order.reference)
    amount_vnd = order.amount_vnd + off_vnd
    return a.paid(reference=order.reference, transaction=f"T{transaction}", amount_vnd=amount_vnd)


def of_a_refund(office, key, kind, rest):
    if kind == "check":
        return RefundChecked(
            refund=key, approved=rest[1], by=rest[2], principal=human(rest[2]), reason="why"
        )
    if kind == "retry":
        return RefundRetried(
            refund=key,
            by="m",
            reason="why",
            principal=human("m"),
            checked_by=rest[1],
            checked_principal=human(rest[1]) if rest[1] else "",
        )
    calls = [e for e in office.events if isinstance(e, RefundRequested | RefundQueryRequested)]
    if kind == "record" or not calls:
        return RefundRecorded(
            refund=key, transaction="FT", by="c", principal=human("c"), reason="why"
        )
    call = at(calls, rest[0])
    return RefundAnswered(key=call.key, refund=call.refund, finding=rest[1], transaction="R")


@settings(max_examples=300, deadline=None)
@given(heard)
def test_received_is_settled_and_to_refund_and_refunded(an_office, a, story):
    office = an_office(pace=Pace(check_over_vnd=10_000))
    office.hear(a.routed())
    asked: dict[str, str] = {}
    for what in story:
        if what[0] == "ring":
            if office.timers:
                office.ring()
        elif what[0] == "reassess":
            assess_again(office, copies=what[1])
        else:
            data = next_data(office, a, what)
            is_known_first(data, office.hear(data), asked)
        holds(office.state)
        receipts_agree(office.state)
    events_agree(office)


def holds(state: Payment) -> None:
    """Check the money equation, transaction by transaction."""
    received, unneeded = state.received(), state.unneeded()
    under_way: Counter[tuple[str, str]] = Counter()
    done: Counter[tuple[str, str]] = Counter()
    for refund in state.refunds:
        if refund.status != "rejected":
            under_way[refund.of] += refund.amount_vnd
        if refund.status == "done":
            done[refund.of] += refund.amount_vnd
    for of, money in received.items():
        assert under_way[of] <= money.amount_vnd, "never more than came"
        assert 0 <= done[of] <= unneeded.get(of, 0) <= money.amount_vnd
    kept_vnd = sum(m.amount_vnd - unneeded.get(of, 0) for of, m in received.items())
    received_vnd = sum(m.amount_vnd for m in received.values())
    assert received_vnd == kept_vnd + state.to_refund_vnd + state.refunded_vnd
    assert state.to_refund_vnd >= 0
    for of, money in received.items():
        if money.kept_as == "overpaid":
            turned_down = sum(
                r.amount_vnd for r in state.refunds if r.of == of and r.status == "rejected"
            )
            assert under_way[of] + turned_down >= money.amount_vnd, "somebody gives it back"


def receipts_agree(state: Payment) -> None:
    """Check that of what a payment is still needed for, the receipts say so, to the đồng."""
    for paid in (attempt for attempt in state.attempts if attempt.status == "paid"):
        gone_vnd = sum(r.amount_vnd for r in state.released if r.attempt == paid.number)
        mine = [r for r in state.receipts if (r.attempt, r.status) == (paid.number, "valid")]
        if gone_vnd < paid.amount_vnd:
            assert sum(r.amount_vnd for r in mine) == paid.amount_vnd - gone_vnd


def is_known_first(data, said, asked) -> None:
    """Check that a partner is told anew only once it answers, asked for that, that it did not."""
    for event in said:
        if isinstance(event, RefundRequested) and event.name and event.key.endswith("/1"):
            assert isinstance(data, RefundAnswered)
            assert (data.finding, data.key) == ("failed", asked[event.refund])
        if isinstance(event, RefundQueryRequested):
            asked[event.refund] = event.key


def events_agree(office) -> None:
    """Check that what was said adds up to what is remembered."""
    back: dict[str, int] = defaultdict(int)
    for done in office.of(RefundDone):
        back[done.transaction] += done.amount_vnd
    assert len({d.refund for d in office.of(RefundDone)}) == len(office.of(RefundDone))
    said: dict[str, int] = {}
    for e in [*office.of(Mismatched), *office.of(Overpaid), *office.of(Settled)]:
        said[e.transaction] = max(said.get(e.transaction, 0), e.amount_vnd)
    assert all(vnd <= said[transaction] for transaction, vnd in back.items())
    settled = [o for o in office.state.obligations if o.status in ("settled", "refunded")]
    assert len(settled) == len(office.of(Settled))
