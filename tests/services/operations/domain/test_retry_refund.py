"""What a preview says of trying a refund again is what payment does about it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.actions import ACTIONS, Command, Saying
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
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
from tests.services.operations.domain.test_cancelling import next_data
from tests.services.operations.story import Log, Story
from tests.services.payment.office import LONG_AGO, NOW, ROUTED, Office, Rows
from tests.shared.callers import human

ACTION = ACTIONS["retry_refund"]
FINDINGS = ["done", "failed", "failed", "pending", "unknown", "deferred", "by_hand"]


class Both:
    """Payment's lane, and the log that operations reads of it."""

    def __init__(self, catalogue: Catalogue, limit_vnd: int = 20_000) -> None:
        rows = Rows()
        partner = Terms(
            partner="signs", lifetime_s=3_600, min_vnd=1, max_vnd=10**9, active_from=LONG_AGO
        )
        pace = Pace(attempt_limit=3, check_over_vnd=limit_vnd)
        numbers = ReceiptNumbers(rows, lambda: NOW)
        self.office = Office(table(catalogue, References(rows), (partner,), pace, numbers))
        self.log = Log()
        self.story = Story(self.log)
        self.take(ROUTED)

    def take(self, data: Data) -> list[Data]:
        came = self.story.external("payment.inbox", "/test", data)
        said = self.office.hear(data)
        self.story.decide("payment", came, *said)
        return said

    def ring(self) -> None:
        before = len(self.office.events)
        self.office.ring()
        self.story.decide("payment", self.story.submitted(), *self.office.events[before:])

    def plan(self, refund: str) -> Any:
        return ACTION.plan("payment", refund, self.log.entries(self.story.application))

    def retry(self, refund: str, second: str = "o-2") -> list[Data]:
        people = {"principal": human("o-1"), "checked_principal": human(second) if second else ""}
        return self.take(ACTION.say(Saying(refund, "o-1", "why", second, **people)))

    def waits_for(self, refund: str) -> set[str]:
        matters = followed(Summary(), self.log.entries(self.story.application)).matters
        return {matter.cause for matter in matters.values() if matter.about == refund}


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
    both = Both(catalogue)
    for what in some:
        if what[0] != "retry":
            step(both, what)
            continue
        for refund in [one.refund for one in both.office.of(RefundProposed)][:3]:
            plan = both.plan(refund)
            (said,) = both.retry(refund)
            if isinstance(plan, Command):
                assert isinstance(said, RefundQueryRequested)
                assert not ACTION.causes & both.waits_for(refund)
                assert both.plan(refund) == "refund_moves"
            else:
                assert isinstance(said, RefundRetryRefused)


def test_one_that_failed_is_off_the_board_while_it_is_asked_after_and_back_if_it_fails(
    catalogue: Catalogue,
) -> None:
    both = Both(catalogue)
    for what in (("told", 0, 0), ("closed",), ("replied", 0, "failed")):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]
    assert "refund_failed" in both.waits_for(refund)

    both.retry(refund)
    assert "refund_failed" not in both.waits_for(refund)
    assert "refund_under_way" in both.waits_for(refund)

    for finding in ("failed", "failed"):
        step(both, ("replied", 0, finding))
    assert "refund_failed" in both.waits_for(refund)


def test_of_what_there_is_not_nothing_is_tried(catalogue: Catalogue) -> None:
    assert Both(catalogue).plan("a.refund.1") == "no_refund"


def test_it_takes_two(catalogue: Catalogue) -> None:
    both = Both(catalogue)
    for what in (("told", 0, 0), ("closed",), ("replied", 0, "failed")):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]

    (refused,) = both.retry(refund, "")

    assert ACTION.needs_check
    assert isinstance(refused, RefundRetryRefused)
    assert refused.because == "unchecked"


def test_a_refund_that_two_agree_to_is_sent_once_and_off_the_board(catalogue: Catalogue) -> None:
    both, action = Both(catalogue, limit_vnd=0), ACTIONS["approve_refund"]
    for what in (("told", 0, 0), ("closed",)):
        step(both, what)
    (refund,) = [one.refund for one in both.office.of(RefundProposed)]
    assert both.waits_for(refund) == {"refund_waits"}
    assert both.plan(refund) == "waits_for_check"

    def plan() -> Any:
        return action.plan("payment", refund, both.log.entries(both.story.application))

    def agree(second: str) -> list[Data]:
        people = {"principal": human("o-1"), "checked_principal": human(second)}
        return both.take(action.say(Saying(refund, "o-1", "why", second, **people)))

    assert isinstance(plan(), Command)
    assert agree("o-1") == [], "one human is not two"
    (requested,) = agree("o-2")

    assert isinstance(requested, RefundRequested)
    assert "refund_waits" not in both.waits_for(refund)
    assert plan() == "no_check"
    assert agree("o-2") == [], "once"
    assert action.needs_check
