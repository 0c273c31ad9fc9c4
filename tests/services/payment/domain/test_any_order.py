"""In whatever order messages come, money is settled once and never lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.kernel import TimerFired
from shared.events.payment import (
    Expired,
    Mismatched,
    Overpaid,
    QueryRequested,
    ReceiptIssued,
    Requested,
    Settled,
)
from shared.events.queries import QueryAsked
from shared.events.routing import Closed

heard = st.lists(
    st.one_of(
        st.tuples(
            st.just("callback"),
            st.sampled_from(["paid", "paid", "failed", "pending"]),
            st.integers(0, 3),  # of which order so far; one that is not there: an unknown one
            st.integers(1, 4),  # transaction
            st.sampled_from([0, 0, 0, -1]),  # off the amount asked for
        ),
        st.tuples(
            st.just("answer"),
            st.sampled_from(["paid", "failed", "pending", "not_found", "unknown", "deferred"]),
            st.integers(0, 3),
            st.integers(1, 4),
            st.sampled_from([0, 0, 0, -1]),
        ),
        st.tuples(st.just("timer"), st.integers(0, 3)),
        st.tuples(st.just("stale timer"), st.integers(0, 3)),
        st.tuples(st.just("wish"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["routed", "accepted", "payment_due", "closed", "again"])),
    ),
    max_size=25,
)


def next_data(office, a, what, heard_before):
    kind, *rest = what
    if kind == "again":
        return heard_before[-1] if heard_before else a.accepted()
    if kind in ("routed", "accepted", "payment_due"):
        return getattr(a, kind)()
    if kind == "closed":
        return Closed(national_code=7, reason="r")
    if kind in ("timer", "stale timer"):
        at = office.timers[rest[0] % len(office.timers)] if office.timers else None
        if at and kind == "timer":
            office.timers.remove(at)
            office.now = max(office.now, at.due)
        return TimerFired(name=at.name if at else "order.query.1.1", version=1)
    orders = office.of(Requested)
    if kind == "wish":
        reference = orders[rest[0]].reference if rest[0] < len(orders) else "DVC9"
        return QueryAsked(reference=reference, by="o-1", reason="r-1")
    finding, place, transaction, off_vnd = rest
    order = orders[place] if place < len(orders) else None
    amount_vnd = (order.amount_vnd if order else a.amount_vnd) + off_vnd
    said = {
        "reference": order.reference if order else f"DVC{place}",
        "transaction": f"T{transaction}" if finding == "paid" else "0",
        "amount_vnd": amount_vnd,
        "finding": finding,
    }
    if kind == "callback":
        return a.paid(**said)
    queries = office.of(QueryRequested)
    return a.answer(**said, key=queries[-1].key if queries else "a/query/1")


@settings(max_examples=300, deadline=None)
@given(st.booleans(), heard)
def test_in_any_order_money_is_settled_once_and_never_lost(an_office, a, routed_first, story):
    office, before, received = an_office(), [], set()
    for what in ([("routed",)] if routed_first else []) + story:
        data = next_data(office, a, what, before)
        before.append(data)
        if getattr(data, "finding", "") == "paid":
            received.add((data.reference, data.transaction, data.amount_vnd))
        office.hear(data)
    while any(t.name.startswith("money.early") for t in office.timers):
        office.ring()

    settled = office.of(Settled)
    kept = [*settled, *office.of(Overpaid), *office.of(Mismatched)]
    assert {(e.reference, e.transaction, e.amount_vnd) for e in kept} == received
    assert len(kept) == len(received)
    counted = [e.transaction for e in [*settled, *office.of(Overpaid)]]
    assert len(counted) == len(set(counted)), "a transaction moves money once"
    obligations = office.state.obligations if office.state else ()
    assert len(settled) == sum(o.status == "settled" for o in obligations)
    assert sum(r.amount_vnd for r in office.of(ReceiptIssued)) == sum(e.amount_vnd for e in settled)
    attempts = office.state.attempts if office.state else ()
    for place, obligation in enumerate(obligations):
        open_ones = [t for t in attempts if t.obligation == place and t.status == "open"]
        assert len(open_ones) == (obligation.status == "open"), "one order is open, or none"
        for attempt in open_ones:
            live = [t for t in office.timers if t.name == attempt.timer]
            assert attempt.query_key or live, "an open order is watched"
    for attempt in attempts:
        if attempt.status == "closed":
            live = [t for t in office.timers if t.name == attempt.timer]
            assert attempt.query_key or live, "one that may have been paid is watched"
    over = office.of(Expired)
    assert len(over) == sum(o.status == "expired" for o in obligations)
