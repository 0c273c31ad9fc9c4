"""What a preview says of a cancelling is what routing and payment do about it, once."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.acting.cancelling import back_vnd
from services.operations.domain.actions import ACTIONS, Command
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared.catalogue import Catalogue, load
from shared.events import Data, cancelling, payment, reassessments, refunds, routing
from tests.services.operations.domain.test_dossiers import ACTS, Dossiers, was_done
from tests.services.payment.office import LONG_AGO, NOW, ROUTED, Office, Rows
from tests.shared.callers import human

CANCELLED = cancelling.Cancelled(
    national_code=3,
    officer="o-1",
    reason="why",
    checked_by="o-2",
    principal=human("o-1"),
    checked_principal=human("o-2"),
)
CODE = {"": 0, "settled": 9}

# ---- routing


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
@settings(max_examples=200, deadline=None)
def test_what_a_preview_says_is_what_routing_does_once(some: list[str]) -> None:
    dossiers = Dossiers()
    for step in some:
        dossiers.take(ACTS[step])
        plan = dossiers.plan("cancel")
        if isinstance(plan, str):
            assert not was_done(dossiers.do("cancel", "stopped", Command("", "", "")))
    plan = dossiers.plan("cancel")
    if not isinstance(plan, Command):
        assert plan == "has_result"
        return
    (cancelled,) = dossiers.do("cancel", "in_processing", plan)
    assert isinstance(cancelled, cancelling.Cancelled)
    assert (cancelled.national_code, cancelled.officer, cancelled.checked_by) == (3, "o-1", "o-2")
    assert cancelled.reason == "why"
    assert (cancelled.principal, cancelled.checked_principal) == ("local#o-1", "local#o-2")
    assert dossiers.waits_for() & ACTIONS["cancel"].causes == set()
    assert dossiers.plan("cancel") == "not_routed"
    assert not was_done(dossiers.do("cancel", "in_processing", plan))


def test_what_goes_back_of_it_two_have_agreed_to() -> None:
    dossiers = Dossiers()
    plan = dossiers.plan("cancel")._replace(vnd=50_000)

    (cancelled,) = dossiers.do("cancel", "awaiting_acceptance", plan)

    assert (cancelled.agreed_vnd, cancelled.checked_by) == (50_000, "o-2")


def test_what_moved_since_is_left_as_it_is() -> None:
    dossiers = Dossiers()
    plan = dossiers.plan("cancel")
    dossiers.take(ACTS["accept"])

    (rejected,) = dossiers.do("cancel", "awaiting_acceptance", plan)

    assert "moved since" in rejected.reason


def test_it_takes_two(story: Any, log: Any) -> None:
    assert ACTIONS["cancel"].needs_check
    assert ACTIONS["cancel"].plan("routing", "", log.entries(story.application)) == "not_routed"


# ---- payment

numbers = st.integers(0, 5)
heard = st.lists(
    st.one_of(
        st.tuples(st.just("demanded"), st.sampled_from([16_000, 9_000])),
        st.tuples(st.just("told"), numbers, st.sampled_from([0, 0, 0, -1_000, 1_000])),
        st.tuples(st.just("again"), numbers),
        st.tuples(st.just("reassessed"), st.integers(1, 3)),
        st.tuples(st.just("spared")),
        st.tuples(st.just("asked"), numbers, st.sampled_from([1_000, 16_000])),
        st.tuples(st.just("checked"), numbers, st.booleans()),
        st.tuples(st.just("answered"), numbers, st.sampled_from(["done", "failed", "by_hand"])),
        st.tuples(st.just("ring")),
    ),
    max_size=20,
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def opened(catalogue: Catalogue) -> Any:
    def make(limit_vnd: int = 20_000) -> Office:
        rows = Rows()
        numbers = ReceiptNumbers(rows, lambda: NOW)
        pace = Pace(attempt_limit=3, check_over_vnd=limit_vnd)
        partner = Terms(
            partner="signs", lifetime_s=3_600, min_vnd=1, max_vnd=10**9, active_from=LONG_AGO
        )
        return Office(table(catalogue, References(rows), (partner,), pace, numbers))

    return make


def at(items: list[Any], place: int) -> Any:
    return items[place % len(items)] if items else None


def next_data(office: Office, what: tuple[Any, ...]) -> Data | None:
    kind, *rest = what
    match kind:
        case "demanded":
            return routing.PaymentDue(national_code=6, officer="o", amount_vnd=rest[0])
        case "reassessed":
            return reassessments.ReassessmentAsked(by="o", reason="r", copies=rest[0])
        case "spared":
            return reassessments.ReassessmentAsked(by="o", reason="r", exemption="poor_household")
        case "told" | "again" if order := at(office.of(payment.Requested), rest[0]):
            another = rest[1] if kind == "told" else 0
            return payment.Notified(
                partner=order.partner,
                reference=order.reference,
                finding="paid",
                transaction=f"T{order.reference}{kind if kind == 'again' else ''}",
                amount_vnd=order.amount_vnd + another,
                code="00",
            )
        case "asked" if came := at(
            [*office.of(payment.Settled), *office.of(payment.Mismatched)], rest[0]
        ):
            return refunds.RefundAsked(
                partner=came.partner,
                transaction=came.transaction,
                amount_vnd=rest[1],
                by="o-1",
                reason="r",
            )
        case "checked" if one := at(office.of(refunds.RefundWaiting), rest[0]):
            return refunds.RefundChecked(refund=one.refund, approved=rest[1], by="o-2", reason="r")
        case "answered" if one := at(office.of(refunds.RefundRequested), rest[0]):
            return refunds.RefundAnswered(key=one.key, refund=one.refund, finding=rest[1])
    return None


def proposed_vnd(said: list[Data]) -> int:
    return sum(one.amount_vnd for one in said if isinstance(one, refunds.RefundProposed))


@given(heard)
@settings(max_examples=400, deadline=None)
def test_what_a_preview_says_goes_back_is_what_payment_proposes_once(
    opened: Any, some: list[tuple[Any, ...]]
) -> None:
    office = opened()
    office.hear(ROUTED)
    for what in some:
        if what[0] == "ring":
            if office.timers:
                office.ring()
        elif data := next_data(office, what):
            office.hear(data)
    foretold = back_vnd(office.events)

    said = office.hear(msgspec.structs.replace(CANCELLED, agreed_vnd=foretold))

    assert proposed_vnd(said) == foretold
    assert all(one.checked_by == "o-2" for one in said if isinstance(one, refunds.RefundProposed))
    assert back_vnd(office.events) == 0
    assert proposed_vnd(office.hear(CANCELLED)) == 0


def test_a_fee_goes_back_and_a_demand_does_not(opened: Any) -> None:
    office = opened()
    office.hear(ROUTED)
    for what in (("demanded", 9_000), ("told", 0, 0), ("told", 1, 0)):
        office.hear(next_data(office, what))
    assert len(office.of(payment.Settled)) == 2

    assert back_vnd(office.events) == 16_000


def test_what_comes_afterwards_goes_back_by_rule(opened: Any) -> None:
    office = opened()
    office.hear(ROUTED)
    office.hear(CANCELLED)
    late = next_data(office, ("told", 0, 0))
    office.now += timedelta(minutes=1)

    assert proposed_vnd(office.hear(late)) == 16_000
