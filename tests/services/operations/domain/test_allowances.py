"""What a preview says of an allowance, or of money that waits for a second person, is what payment
does about it.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.actions import ACTIONS, Command
from services.payment.domain.draft import Pace
from shared.catalogue import Catalogue, load
from shared.events import Data
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementProposed,
    DisbursementQueryRequested,
    DisbursementRecorded,
    DisbursementRequested,
    DisbursementRetryRefused,
    DisbursementWaiting,
)
from shared.events.routing import Accepted, Closed
from tests.services.operations.domain.both import Both
from tests.services.payment.domain.paid_out import ASKED, PARTNERS, PENSION
from tests.services.payment.office import NOW, ROUTED
from tests.shared.callers import human

FINDINGS = ["done", "failed", "failed", "failed", "pending", "unknown", "deferred", "by_hand"]


def granted(catalogue: Catalogue) -> Both:
    """A pension was granted."""
    both = Both(catalogue, PARTNERS, Pace(check_over_vnd=400_000, ask_limit=3))
    both.take(msgspec.structs.replace(ROUTED, procedure=PENSION))
    both.take(Accepted(national_code=2, officer="o", due=NOW))
    return both


def names_in(both: Both) -> list[str]:
    return [one.disbursement for one in both.office.of(DisbursementProposed)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def said_of(both: Both, what: tuple[Any, ...]) -> Data | None:
    kind, *rest = what
    calls = [
        e
        for e in both.office.events
        if isinstance(e, DisbursementRequested | DisbursementQueryRequested)
    ]
    told = {"by": "c", "principal": human("c"), "reason": "r"}
    match kind:
        case "asked":
            return ASKED
        case "closed":
            return Closed(national_code=7, reason="r")
        case "replied" if calls:
            call = calls[-1 - rest[0] % min(3, len(calls))]
            key = {"key": call.key, "disbursement": call.disbursement}
            return DisbursementAnswered(**key, finding=rest[1])
        case "checked" if names_in(both):
            agrees = {"disbursement": names_in(both)[-1], "approved": rest[0]}
            return DisbursementChecked(**agrees, **told)
        case "corrected" if names_in(both):
            to = {"bank": rest[0], "ending": "0202", "payee": "v1.other"}
            return DisbursementCorrected(disbursement=names_in(both)[-1], **to, **told)
        case "recorded" if names_in(both):
            slip = {"disbursement": names_in(both)[-1], "transaction": "FT"}
            return DisbursementRecorded(**slip, finding=rest[0], **told)
    return None


def step(both: Both, what: tuple[Any, ...]) -> None:
    if what[0] == "ring":
        if both.office.timers:
            both.ring()
    elif data := said_of(both, what):
        both.take(data)


heard = st.lists(
    st.one_of(
        st.just(("asked",)),
        st.tuples(st.just("checked"), st.sampled_from([True, True, False])),
        st.tuples(st.just("replied"), st.integers(0, 2), st.sampled_from(FINDINGS)),
        st.tuples(st.just("corrected"), st.sampled_from(["970436", "970405"])),
        st.tuples(st.just("recorded"), st.sampled_from(["paid", "not_paid", "not_paid"])),
        st.just(("closed",)),
        st.just(("ring",)),
        st.just(("retry_allowance",)),
        st.just(("approve_allowance",)),
    ),
    max_size=25,
)


@given(heard)
@settings(max_examples=400, deadline=None)
def test_what_a_preview_says_is_what_payment_does(
    catalogue: Catalogue, some: list[tuple[Any, ...]]
) -> None:
    both = granted(catalogue)
    step(both, ("asked",))
    for what in some:
        if what[0] not in ACTIONS:
            step(both, what)
            continue
        (name,) = names_in(both)[-1:]
        plan = both.plan(what[0], name)
        said = both.do(what[0], name)
        if what[0] == "approve_allowance":
            is_kept = both.office.state.has_ended or not isinstance(plan, Command)
            assert (said == []) == is_kept
        elif isinstance(plan, Command):
            assert isinstance(said[0], DisbursementQueryRequested)
            assert not ACTIONS[what[0]].causes & both.waits_for(name)
            assert both.plan(what[0], name) == "allowance_moves"
        else:
            assert isinstance(said[0], DisbursementRetryRefused)
    for name in names_in(both):
        paid = [e for e in both.office.of(DisbursementRequested) if e.disbursement == name]
        assert len({e.reference for e in paid}) == len({e.key.rpartition("/")[0] for e in paid})


def test_one_that_failed_is_off_the_board_while_it_is_asked_after_and_back_if_it_fails(
    catalogue: Catalogue,
) -> None:
    both = granted(catalogue)
    for what in (("asked",), ("checked", True), ("replied", 0, "failed")):
        step(both, what)
    (name,) = names_in(both)
    assert "allowance_failed" in both.waits_for(name)

    both.do("retry_allowance", name)
    assert "allowance_under_way" in both.waits_for(name)
    assert "allowance_failed" not in both.waits_for(name)

    for finding in ("failed", "failed"):
        step(both, ("replied", 0, finding))
    assert "allowance_failed" in both.waits_for(name)


def test_an_allowance_that_two_agree_to_is_off_the_board(catalogue: Catalogue) -> None:
    both = granted(catalogue)
    step(both, ("asked",))
    (name,) = names_in(both)
    assert both.waits_for(name) == {"allowance_waits"}
    assert both.plan("retry_allowance", name) == "waits_for_check"

    (requested,) = both.do("approve_allowance", name)

    assert isinstance(requested, DisbursementRequested)
    assert both.plan("approve_allowance", name) == "no_check"
    assert both.do("approve_allowance", name) == [], "once"


def test_what_may_have_been_paid_is_for_a_person_alone(catalogue: Catalogue) -> None:
    both = granted(catalogue)
    for what in (("asked",), ("checked", True), ("replied", 0, "failed")):
        step(both, what)
    (name,) = names_in(both)
    both.do("retry_allowance", name)
    step(both, ("replied", 0, "done"))

    assert isinstance(both.office.events[-1], DisbursementWaiting)
    assert both.plan("retry_allowance", name) == "doubtful"


@pytest.mark.parametrize("action", ["retry_allowance", "approve_allowance"])
def test_it_takes_two_and_one_that_there_is(catalogue: Catalogue, action: str) -> None:
    both = granted(catalogue)
    step(both, ("asked",))

    assert ACTIONS[action].needs_check
    assert both.plan(action, "a.disbursement.7") == "no_allowance"
    assert DisbursementRequested not in map(type, both.do(action, names_in(both)[0], "o-1"))
