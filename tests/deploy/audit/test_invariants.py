"""The audit finds a sound system sound, and every planted fault wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy.audit.evidence import JOURNALED, Evidence, Payment
from deploy.audit.invariants import INVARIANTS, audit
from shared import topics
from tests.deploy.audit.planted import (
    FAULTS,
    again,
    booked,
    counting,
    dead_letter,
    remembering,
    said,
    told_by_bank,
    unplaced,
    with_message,
    with_record,
)
from tests.deploy.audit.planted_disbursements import FAULTS as DISBURSEMENT_FAULTS
from tests.deploy.audit.planted_disbursements import SOUND
from tests.deploy.audit.planted_notices import FAULTS as NOTICE_FAULTS
from tests.deploy.audit.planted_notices import SOUND as SOUND_NOTICES
from tests.deploy.audit.planted_refunds import (
    BACK,
    given_back,
    given_back_before_another_amount_was_told,
)
from tests.deploy.audit.planted_refunds import FAULTS as REFUND_FAULTS
from tests.deploy.audit.sound import (
    APPLICATION,
    sound,
)


def test_a_sound_system_is_found_sound_and_everything_was_counted() -> None:
    findings = audit(sound())
    assert [f.wrong for f in findings] == [()] * len(INVARIANTS)
    assert all(f.holds for f in findings)


ALL_FAULTS = [
    *FAULTS,
    *((2, plant) for plant in (*REFUND_FAULTS, *DISBURSEMENT_FAULTS)),
    *((3, plant) for plant in NOTICE_FAULTS),
]


@pytest.mark.parametrize(("number", "plant"), ALL_FAULTS)
def test_a_planted_fault_is_found_by_its_invariant(
    number: int, plant: Callable[[Evidence], Evidence]
) -> None:
    finding = audit(plant(sound()))[number - 1]
    assert finding.wrong
    assert not finding.holds


def test_every_invariant_has_a_fault_planted_against_it() -> None:
    assert {number for number, _ in ALL_FAULTS} == set(range(1, len(INVARIANTS) + 1))


def test_an_invariant_that_looked_at_nothing_does_not_hold() -> None:
    nothing = Evidence(
        log={name: [] for name in topics.all_names()},
        journals={service: [] for service in JOURNALED},
    )
    assert not any(f.holds for f in audit(nothing))


def test_operations_that_counts_the_same_is_no_fault() -> None:
    assert all(f.holds for f in audit(counting(sound())))


def test_money_for_no_order_is_kept_aside_and_not_lost() -> None:
    evidence = replace(sound(), paid=(*sound().paid, Payment("R9", "T9", 5)))
    assert not audit(evidence)[1].holds
    assert audit(with_message(evidence, "payment.inbox.dead", unplaced("R9")))[1].holds


def test_another_amount_of_a_transaction_that_counts_stands_beside_it_for_a_person() -> None:
    told = with_message(sound(), "payment.inbox", told_by_bank(amount_vnd=1))
    assert any("1 đồng for R1 (T1)" in wrong for wrong in audit(told)[1].wrong)
    kept = booked(told, "payment.mismatched", transaction="T1", amount_vnd=1)
    assert not audit(replace(kept, paid=sound().paid))[1].wrong


@pytest.mark.parametrize("changes", [{}, {"finding": "failed"}, {"reference": "R9"}])
def test_a_callback_that_is_booked_or_brings_nothing_is_no_fault(changes: dict[str, str]) -> None:
    told = with_message(sound(), "payment.inbox", told_by_bank(**changes))
    assert not audit(told)[1].wrong


def test_money_that_came_too_early_for_any_order_is_overpaid_and_not_lost() -> None:
    assert not audit(booked(sound(), "payment.overpaid", reference="R9"))[1].wrong


@pytest.mark.parametrize(
    "plant",
    [
        given_back,
        given_back_before_another_amount_was_told,
        lambda e: given_back(e, amount_vnd=6_000),
        lambda e: said(booked(e, "payment.overpaid"), "refund.proposed", BACK),
        lambda e: said(
            said(
                said(booked(e, "payment.overpaid"), "refund.proposed", BACK),
                "refund.rejected",
                BACK,
            ),
            "refund.proposed",
            BACK | {"refund": "A.refund.2"},
        ),
        lambda e: remembering(e, released={"attempt": 1, "amount_vnd": 4_000}),
        lambda e: replace(given_back(e), given_back=None),
        lambda e: replace(given_back(e), given_back=[Payment("R1", "", 10_000)]),
        lambda e: replace(
            said(booked(e, "payment.overpaid"), "refund.proposed", BACK),
            given_back=[Payment("R1", "T2", 10_000)],
        ),
    ],
)
def test_what_came_in_is_needed_owed_or_given_back(
    plant: Callable[[Evidence], Evidence],
) -> None:
    assert not audit(plant(sound()))[1].wrong


@pytest.mark.parametrize("plant", SOUND)
def test_an_allowance_that_is_paid_on_its_way_or_by_hand_is_no_fault(
    plant: Callable[[Evidence], Evidence],
) -> None:
    assert not audit(plant(sound()))[1].wrong


@pytest.mark.parametrize("plant", SOUND_NOTICES)
def test_a_notice_that_is_awaited_held_or_over_is_not_lost(
    plant: Callable[[Evidence], Evidence],
) -> None:
    assert not audit(plant(sound()))[2].wrong


def test_what_was_joined_was_handed_over_with_its_lead_and_not_once_more() -> None:
    lead = f"{APPLICATION}/accepted/sms/1"
    also = [{"milestone": "transferred", "template": "x", "params": {}}]
    evidence = again(sound(), "notify", "notice.requested", key=lead, joined=also)
    evidence = again(evidence, "notify", "notice.delivered")
    assert audit(evidence)[2].wrong  # what was joined has no end
    evidence = again(evidence, "notify", "notice.sent", milestone="transferred")
    assert not audit(evidence)[2].wrong
    twice = evidence.handed | {f"{APPLICATION}/transferred/sms/1": 1}
    assert audit(replace(evidence, handed=twice))[2].wrong


def test_what_was_put_there_for_nobody_to_take_may_be_buried() -> None:
    letter = dead_letter("portal.submissions", 1)
    evidence = with_message(
        with_record(sound(), key=b"odd", value=b"{"), "portal.submissions.dead", letter
    )
    assert "intake buried what stands at portal.submissions[1]@1: odd" in audit(evidence)[3].wrong
    assert all(f.holds for f in audit(replace(evidence, unreadable={b"odd"})))


def test_a_duplicate_of_an_event_is_no_fault() -> None:
    evidence = sound()
    topic = "payment.events"
    first = evidence.log[topic][0]
    late = replace(first, record=first.record._replace(offset=99))
    doubled = replace(evidence, log={**evidence.log, topic: [*evidence.log[topic], late]})
    assert all(f.holds for f in audit(doubled))


def archived(evidence: Evidence) -> Evidence:
    """Return evidence in which one row stands for all that routing had decided."""
    _, second = evidence.journals["routing"]
    last = {**second, "version": 3, "_id": f"{APPLICATION}/000003", "sequence": 2}
    del last["emitted"]
    return replace(
        evidence, journals={**evidence.journals, "routing": [{**last, "archived": ["r1"]}]}
    )


def test_what_is_archived_is_no_fault_and_what_came_after_it_is_looked_at() -> None:
    assert [f.wrong for f in audit(archived(sound()))] == [()] * len(INVARIANTS)
    late = again(archived(sound()), "routing", "application.accepted")
    found = {f.number: f.wrong for f in audit(late)}
    assert any("1 events on the log, 0 in the journal" in wrong for wrong in found[4])
