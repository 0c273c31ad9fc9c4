"""In whatever order messages come, and however often: one allowance for a period, sent once."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementDone,
    DisbursementFailed,
    DisbursementProposed,
    DisbursementQueryRequested,
    DisbursementRecorded,
    DisbursementRejected,
    DisbursementRequested,
)
from shared.events.routing import Closed
from tests.services.payment.domain.paid_out import PARTNERS, ask, granted
from tests.shared.callers import human

PERIODS = ("2026-11", "2026-11", "2026-12")
numbers = st.integers(0, 3)
heard = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(PERIODS), st.sampled_from([1, 400_000, 500_000])),
        st.tuples(
            st.just("answer"),
            numbers,
            st.sampled_from(["done", "failed", "pending", "unknown", "deferred", "by_hand"]),
        ),
        st.tuples(st.just("check"), numbers, st.booleans(), st.sampled_from("mc")),
        st.tuples(st.just("correct"), numbers),
        st.tuples(st.just("record"), numbers, st.sampled_from(["paid", "not_paid"])),
        st.tuples(st.just("ring")),
        st.tuples(st.sampled_from(["ring", "closed", "accepted"])),
    ),
    min_size=2,
    max_size=30,
)


def at(items, place):
    return items[place % len(items)] if items else None


def hear(office, a, kind, *rest):
    """Let one message come; one about nothing that is there is left out."""
    if kind == "ask":
        ask(office, period=rest[0], amount_vnd=rest[1], by="m")
    elif kind == "ring":
        if office.timers:
            office.ring()
    elif kind in ("closed", "accepted"):
        office.hear(Closed(national_code=7, reason="r") if kind == "closed" else a.accepted())
    elif data := about(office, kind, *rest):
        office.hear(data)


def about(office, kind, place, *rest):
    proposed = at(office.of(DisbursementProposed), place)
    calls = [
        e
        for e in office.events
        if isinstance(e, DisbursementRequested | DisbursementQueryRequested)
    ]
    if kind == "answer":
        call = at(calls, place)
        whose = {"key": call.key, "disbursement": call.disbursement} if call else {}
        return call and DisbursementAnswered(**whose, finding=rest[0], transaction="FT")
    if proposed is None:
        return None
    named = {"disbursement": proposed.disbursement, "reason": "why"}
    if kind == "check":
        return DisbursementChecked(**named, approved=rest[0], by=rest[1], principal=human(rest[1]))
    if kind == "correct":
        to = {"bank": "970436", "ending": "2", "payee": "v1.o"}
        return DisbursementCorrected(**named, **to, by="m", principal=human("m"))
    slip = {"finding": rest[0], "transaction": "FT"}
    return DisbursementRecorded(**named, **slip, by="p", principal=human("p"))


@settings(max_examples=1_000, deadline=None)
@given(heard)
def test_each_period_is_paid_once_and_no_try_is_sent_twice(an_office, a, story):
    office = granted(an_office(partners=PARTNERS, pace=Pace(check_over_vnd=400_000)), a)
    ask(office, amount_vnd=400_000, by="m")
    deferred: Counter[str] = Counter()
    for what in story:
        sent = {d.call_key: d for d in office.state.disbursements if d.status == "requested"}
        hear(office, a, *what)
        if what[0] == "answer" and what[2] == "deferred":
            deferred.update(
                {e.reference for e in office.of(DisbursementRequested) if e.key in sent}
            )
        holds(office, deferred)


def calls_of_sending(office):
    return [e.reference for e in office.of(DisbursementRequested)]


def holds(office, deferred):
    standing = [d.period for d in office.state.disbursements if d.status != "rejected"]
    assert len(standing) == len(set(standing)), "one of each period"
    for reference, times in Counter(calls_of_sending(office)).items():
        assert times <= 1 + deferred[reference], "sent again only if it was not sent"
    for paid in office.state.disbursements:
        key = f"{office.of(DisbursementProposed)[0].disbursement[:-1]}{paid.number}"
        one_after_the_other([e for e in office.events if getattr(e, "disbursement", "") == key])


def one_after_the_other(events):
    """Nothing is paid twice, nor tried again, unless it was said not to be paid in between."""
    reference, done = "", False
    for e in events:
        if isinstance(e, DisbursementRequested):
            assert not done
            assert reference in ("", e.reference), "another try only after the last one failed"
            reference = e.reference
        elif isinstance(e, DisbursementDone):
            assert not done
            done = True
        elif isinstance(e, DisbursementFailed):
            reference, done = "", False
        elif isinstance(e, DisbursementRejected):
            assert not done
