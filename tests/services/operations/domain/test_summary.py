"""What an application waits for follows from its messages, whichever service is read first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.entries import Entry, in_order
from services.operations.domain.matters import Summary
from services.operations.domain.status import HOLDING
from services.operations.domain.summary import ACTS, followed
from services.operations.journeys import read
from shared.events import CONTRACTS, payment
from shared.events.data import Strict
from shared.events.kernel import RecordParked

MONEY = {
    "partner": "sen-vang", "reference": "DVC1", "transaction": "T1", "amount_vnd": 50_000,
}  # fmt: skip


def test_from_submission_to_result_somebody_is_always_waited_for(story: Any, log: Any) -> None:
    story.returned()
    entries = log.entries(story.application)
    summary, seen = Summary(), []
    for entry in entries:
        summary = followed(summary, [entry])
        seen.append({cause for cause, _ in summary.matters})

    assert all(seen[:-4]), "but for the last notice, which follows the end"
    assert seen[-1] == set()
    assert seen[0] == {"unanswered"}
    assert {"unrouted", "awaiting_acceptance", "awaiting_payment", "in_processing",
            "awaiting_return", "notice_under_way"} <= set().union(*seen)  # fmt: skip


@given(st.randoms(use_true_random=False))
def test_services_may_be_read_in_any_order(world: Any, rng: Any) -> None:
    log = world.Log()
    story = world.Story(log)
    story.paid()
    entries = log.entries(story.application)

    summary = Summary()
    for entry in _interleaved(entries, rng):
        summary = followed(summary, [entry])

    assert summary.matters == followed(Summary(), in_order(entries)).matters


def _interleaved(entries: list[Entry], rng: Any) -> Iterator[Entry]:
    """Each topic in its order, one of them after the other as chance has it."""
    queues: dict[str, list[Entry]] = {}
    for entry in entries:
        queues.setdefault(entry.topic, []).append(entry)
    while queues:
        topic = rng.choice(sorted(queues))
        yield queues[topic].pop(0)
        if not queues[topic]:
            del queues[topic]


def test_an_event_that_another_sends_under_its_name_changes_nothing(story: Any, log: Any) -> None:
    story.external("payment.inbox", "/partners/x", payment.Settled(**MONEY))

    assert followed(Summary(), log.entries(story.application)).matters == {}


@pytest.mark.parametrize("finding", ["deferred", "not_found"])
def test_what_a_partner_says_counts_only_where_it_is_said(
    story: Any, log: Any, finding: str
) -> None:
    """A portal may write any type to its topic: it makes no partner stand, and ends no silence."""
    asked = story.charged()
    said = {"key": "k", "partner": "sandbox", "reference": story.reference}
    if finding == "not_found":
        story.external("payment.inbox", "/effects", payment.Queried(**said, finding="deferred"))
    before = followed(Summary(), log.entries(story.application)).matters

    word = payment.Queried(**said, finding=finding)
    story.external("portal.submissions", "/portals/x", word, asked.id)

    assert followed(Summary(), log.entries(story.application)).matters == before
    assert (("partner_down", story.reference) in before) == (finding == "not_found")


def test_a_silence_is_as_old_as_the_first_call_that_brought_nothing(story: Any, log: Any) -> None:
    asked = story.charged()
    said = {"key": "k", "partner": "sandbox", "reference": story.reference}
    ages = []
    for finding in ("deferred", "unknown", "deferred", "unknown"):
        log.pass_time(hours=1)
        data = payment.Queried(**said, finding=finding)
        story.external("payment.inbox", "/services/payment/effects", data, asked.id)
        matters = followed(Summary(), log.entries(story.application)).matters
        (silence,) = (m for m in matters.values() if m.cause.startswith("partner_"))
        ages.append((silence.cause, silence.since_ms, silence.vnd))

    first = ages[0][1]
    assert ages == [
        ("partner_down", first, 50_000),
        *[("partner_silent", first, 50_000)] * 3,
    ]


# ---- the tables

# what our services decide, and nobody waits because of it, or no longer than before
QUIET = {
    "application.acceptance_late", "application.certificate_expiring", "application.conflicted",
    "application.corrected", "application.correction_allowed", "application.correction_asked",
    "application.due_soon", "application.follow_up_rejected", "application.in_transit",
    "application.overdue", "application.step_finished", "application.supplemented",
    "application.withdrawn", "fee.overpaid", "fee.reassessment_rejected", "feedback.recorded",
    "feedback.rejected", "notice.again.refused",
    "notice.query.requested", "notice.receipt_missing", "payment.query.refused",
    "petition.due_soon", "petition.overdue", "petition.rejected", "receipt.adjusted",
    "receipt.invalidated", "receipt.issued", "receipt.replaced", "refund.refused",
    "disbursement.retry_refused", "refund.retry_refused",
    "routing.action_rejected",
}  # fmt: skip
NOT_OF_AN_APPLICATION = {
    "flow.counted", "record.answered", "record.dead", "reconciliation.break_closed",
    "reconciliation.break_opened", "reconciliation.close_refused", "reconciliation.close_waiting",
    "statement.reconciled",
}  # fmt: skip


def test_the_table_has_every_event_that_our_services_decide() -> None:
    decided = {t for t, contract in CONTRACTS.items() if not issubclass(contract, Strict)}

    assert decided - ACTS.keys() == QUIET | NOT_OF_AN_APPLICATION | {RecordParked.TYPE}
    assert RecordParked.TYPE in HOLDING


def test_every_event_in_the_table_is_a_contract() -> None:
    assert ACTS.keys() <= CONTRACTS.keys()


def test_a_record_is_read_whatever_it_says(story: Any, log: Any) -> None:
    record = log.append("routing.events", story.application.encode(), b'{"data":{"due":7}}')

    assert followed(Summary(), [read(record)]).matters == {}


def test_time_is_taken_from_the_log(story: Any, log: Any) -> None:
    log.pass_time(hours=1)
    story.submitted()

    (matter,) = followed(Summary(), log.entries(story.application)).matters.values()
    assert matter.since_ms == int(log.now.timestamp() * 1_000)
    assert log.now - datetime(2026, 6, 9, 1, tzinfo=UTC) > timedelta(minutes=59)
