"""What a preview says of trying a refund again is what payment does about it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.actions import ACTIONS, Command
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from shared.catalogue import Catalogue, load
from shared.events import Data
from shared.events.refunds import (
    RefundAnswered,
    RefundChecked,
    RefundProposed,
    RefundQueryRequested,
    RefundRecorded,
    RefundRequested,
    RefundRetryRefused,
)
from shared.events.routing import Closed
from tests.services.operations.domain.both import Both
from tests.services.operations.domain.test_cancelling import next_data
from tests.services.payment.office import LONG_AGO, ROUTED, Office

RETRY = "retry_refund"
ACTION = ACTIONS[RETRY]
FINDINGS = ["done", "failed", "failed", "pending", "unknown", "deferred", "by_hand"]


def routed(catalogue: Catalogue, limit_vnd: int = 20_000) -> Both:
    """A fee is to be paid."""
    partner = Terms(
        partner="signs", lifetime_s=3_600, min_vnd=1, max_vnd=10**9, active_from=LONG_AGO
    )
    both = Both(catalogue, (partner,), Pace(attempt_limit=3, check_over_vnd=limit_vnd))
    both.take(ROUTED)
    return both


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def step(both: Both, what: tuple[Any, ...]) -> None:
    if what[0] == "ring":
        if both.office.timers:
            both.ring()
    elif data := about_a_refund(both.office, what) or next_data(both.office, what):
        both.take(data)


def about_a_refund(office: Office, what: tuple[Any, ...]) -> Data | None:
    kind, *rest = what
    calls = [e for e in office.events if isinstance(e, RefundRequested | RefundQueryRequested)]
    keys = [one.refund for one in office.of(RefundProposed)]
    match kind:
        case "closed":
            return Closed(national_code=7, reason="r")
        case "replied" if calls:
            call = calls[-1 - rest[0] % min(2, len(calls))]
            return RefundAnswered(key=call.key, refund=call.refund, finding=rest[1])
        case "agreed" if keys:
            return RefundChecked(refund=keys[-1], approved=True, by="c", reason="r")
        case "recorded" if keys:
            key = keys[rest[0] % len(keys)]
            return RefundRecorded(refund=key, transaction="FT", by="c", reason="r")
    return None


numbers = st.integers(0, 5)
heard = st.lists(
    st.one_of(
        st.tuples(st.just("told"), numbers, st.sampled_from([0, 0, 1_000])),
        st.tuples(st.just("again"), numbers),
        st.tuples(st.just("replied"), numbers, st.sampled_from(FINDINGS)),
        st.tuples(st.just("asked"), numbers, st.sampled_from([1_000, 16_000])),
        st.tuples(st.just("agreed")),
        st.tuples(st.just("recorded"), numbers),
        st.tuples(st.just("closed")),
        st.tuples(st.just("ring")),
        st.tuples(st.just("retry"), numbers),
    ),
    max_size=20,
)


@given(heard)
@settings(max_examples=300, deadline=None)
def test_what_a_preview_says_is_what_payment_does(
    catalogue: Catalogue, some: list[tuple[Any, ...]]
) -> None:
    both = routed(catalogue)
    for what in some:
        if what[0] != "retry":
            step(both, what)
            continue
        for refund in [one.refund for one in both.office.of(RefundProposed)][:3]:
            plan = both.plan(RETRY, refund)
            (said,) = both.do(RETRY, refund)
            if isinstance(plan, Command):
                assert isinstance(said, RefundQueryRequested)
                assert not ACTION.causes & both.waits_for(refund)
                assert both.plan(RETRY, refund) == "refund_moves"
            else:
                assert isinstance(said, RefundRetryRefused)


def test_one_that_failed_is_off_the_board_while_it_is_asked_after_and_back_if_it_fails(
    catalogue: Catalogue,
) -> None:
    both = routed(catalogue)
    for what in (("told", 0, 0), ("closed",), ("replied", 0, "failed")):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]
    assert "refund_failed" in both.waits_for(refund)

    both.do(RETRY, refund)
    assert "refund_failed" not in both.waits_for(refund)
    assert "refund_under_way" in both.waits_for(refund)

    for finding in ("failed", "failed"):
        step(both, ("replied", 0, finding))
    assert "refund_failed" in both.waits_for(refund)


def test_of_what_there_is_not_nothing_is_tried(catalogue: Catalogue) -> None:
    assert routed(catalogue).plan(RETRY, "a.refund.1") == "no_refund"


def test_it_takes_two(catalogue: Catalogue) -> None:
    both = routed(catalogue)
    for what in (("told", 0, 0), ("closed",), ("replied", 0, "failed")):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]

    (refused,) = both.do(RETRY, refund, "")

    assert ACTION.needs_check
    assert isinstance(refused, RefundRetryRefused)
    assert refused.because == "unchecked"


def test_a_refund_that_two_agree_to_is_sent_once_and_off_the_board(catalogue: Catalogue) -> None:
    both, approve = routed(catalogue, limit_vnd=0), "approve_refund"
    for what in (("told", 0, 0), ("closed",)):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]
    assert both.waits_for(refund) == {"refund_waits"}
    assert both.plan(RETRY, refund) == "waits_for_check"

    assert isinstance(both.plan(approve, refund), Command)
    assert both.do(approve, refund, "o-1") == [], "one human is not two"
    (requested,) = both.do(approve, refund, "o-2")

    assert isinstance(requested, RefundRequested)
    assert "refund_waits" not in both.waits_for(refund)
    assert both.plan(approve, refund) == "no_check"
    assert both.do(approve, refund, "o-2") == [], "once"
    assert ACTIONS[approve].needs_check
