"""However partners make orders and citizens choose: one settlement, and nothing is forgotten."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from shared.events.payment import (
    Chosen,
    Created,
    CreateRequested,
    Mismatched,
    Overpaid,
    QueryRequested,
    Requested,
    Settled,
)
from shared.events.queries import QueryAsked
from shared.events.routing import Closed

PACE = Pace(attempt_limit=3, ask_limit=4)
numbers = st.integers(0, 5)
heard = st.lists(
    st.one_of(
        st.tuples(
            st.just("made"),
            numbers,
            st.sampled_from(["created", "declined", "unknown", "deferred"]),
        ),
        st.tuples(st.just("chosen"), st.sampled_from(["again", "once", "signs", "nobody"])),
        st.tuples(st.just("told"), numbers, st.sampled_from(["paid", "failed"]), numbers),
        st.tuples(
            st.just("answer"), numbers, st.sampled_from(["not_found", "unaskable", "unknown"])
        ),
        st.tuples(st.just("wish"), numbers),
        st.tuples(st.just("ring")),
        st.tuples(st.just("closed")),
    ),
    max_size=25,
)


def at(items, place):
    return items[place % len(items)] if items else None


def next_data(office, a, what):
    kind, *rest = what
    if kind == "chosen":
        return Chosen(obligation=0, partner=rest[0])
    if kind == "closed":
        return Closed(national_code=7, reason="r")
    if kind == "wish":
        order = at(office.of(Requested), rest[0])
        return QueryAsked(reference=order.reference, by="o-1", reason="r-1")
    if kind == "told":
        order = at(office.of(Requested), rest[0])
        said = {"partner": order.partner, "reference": order.reference, "finding": rest[1]}
        return a.paid(**said, transaction=f"T{rest[2]}")
    if kind == "made" and (wanted := at(office.of(CreateRequested), rest[0])):
        said = {"key": wanted.key, "partner": wanted.partner, "reference": wanted.reference}
        return Created(**said, finding=rest[1])
    if kind == "answer" and (asked := at(office.of(QueryRequested), rest[0])):
        said = {"key": asked.key, "partner": asked.partner, "reference": asked.reference}
        return a.answer(**said, finding=rest[1])
    return a.accepted()


def terms(a):
    whole = {"lifetime_s": 3_600, "min_vnd": 1, "max_vnd": 10**6, "active_from": a.now}
    return [
        Terms(partner="again", asks_first=True, creates_again=True, **whole),
        Terms(partner="once", asks_first=True, **whole),
        Terms(partner="signs", **whole),
    ]


@settings(max_examples=300, deadline=None)
@given(heard, st.booleans())
def test_one_settlement_and_nothing_is_forgotten(an_office, a, story, some_sign):
    partners = terms(a) if some_sign else terms(a)[:2]
    office = an_office(partners=partners, pace=PACE)
    office.hear(a.routed())
    received = set()
    for what in story:
        if what[0] == "ring":
            if office.timers:
                office.ring()
            continue
        data = next_data(office, a, what)
        if getattr(data, "finding", "") == "paid":
            received.add((data.reference, data.transaction))
        office.hear(data)
        is_watched(office)

    booked = [*office.of(Settled), *office.of(Overpaid)]
    assert {e.unit for e in booked} <= {a.hcmc}, "whose money it is"
    kept = [*booked, *office.of(Mismatched)]
    assert {(e.reference, e.transaction) for e in kept} == received
    assert len(office.of(Settled)) <= 1
    assert len(office.state.attempts) <= PACE.attempt_limit + len(office.of(CreateRequested))


def is_watched(office):
    """An obligation that waits for money has an order that is watched, or will have one."""
    (obligation,) = office.state.obligations
    timers = {t.name for t in office.timers}
    for attempt in office.state.attempts:
        if attempt.status == "closed":
            assert attempt.query_key or attempt.timer in timers
    if obligation.status != "open":
        assert not any(t.status == "open" for t in office.state.attempts)
        return
    open_ones = [t for t in office.state.attempts if t.status == "open"]
    for attempt in open_ones:
        assert attempt.query_key or attempt.timer in timers
    assert open_ones or f"order.again.0.{len(office.state.attempts)}" in timers
