"""Who was waited for, and who is: every message from outside ends somebody's wait."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from shared.events import (
    cancelling,
    disbursements,
    feedback,
    handover,
    intake,
    kernel,
    notify,
    payment,
    petitions,
    portal,
    queries,
    reassessments,
    reconciliation,
    refunds,
    routing,
)

Who = Literal["citizen", "bank", "officer", "gateway", "us"]


class Rule(NamedTuple):
    """`who` ends a wait by this message; it began with the latest of `since`.

    Nobody: the message comes of its sender's own accord.  No `since`: the wait began with the
    latest event that is not about a notice.
    """

    who: Who | None
    since: tuple[str, ...] = ()


_OFFICER = Rule("officer")
_PETITION_WAITS = (
    petitions.PetitionReceived.TYPE,
    petitions.PetitionAssigned.TYPE,
    petitions.PetitionForwarded.TYPE,
    petitions.PetitionDisputed.TYPE,
)
_PETITION_ANSWERED = (petitions.PetitionAnswered.TYPE, petitions.PetitionAnsweredAgain.TYPE)

RULES: Mapping[str, Rule] = {
    portal.Submitted.TYPE: Rule(None),
    portal.WithdrawalRequested.TYPE: Rule(None),
    portal.CorrectionSubmitted.TYPE: Rule(None),
    portal.SupplementSubmitted.TYPE: Rule("citizen", (routing.SupplementRequested.TYPE,)),
    payment.Notified.TYPE: Rule("citizen", (payment.Requested.TYPE,)),
    payment.Created.TYPE: Rule("bank", (payment.CreateRequested.TYPE,)),
    payment.Chosen.TYPE: Rule("citizen", (payment.Requested.TYPE,)),
    refunds.RefundAsked.TYPE: Rule(None),
    refunds.RefundChecked.TYPE: Rule("us", (refunds.RefundWaiting.TYPE,)),
    refunds.RefundRecorded.TYPE: Rule(
        "us", (refunds.RefundWaiting.TYPE, refunds.RefundFailed.TYPE)
    ),
    refunds.RefundRetried.TYPE: Rule("us", (refunds.RefundWaiting.TYPE, refunds.RefundFailed.TYPE)),
    refunds.RefundAnswered.TYPE: Rule(
        "bank", (refunds.RefundRequested.TYPE, refunds.RefundQueryRequested.TYPE)
    ),
    disbursements.DisbursementAsked.TYPE: Rule(None),
    disbursements.DisbursementChecked.TYPE: Rule("us", (disbursements.DisbursementWaiting.TYPE,)),
    disbursements.DisbursementCorrected.TYPE: Rule("us", (disbursements.DisbursementFailed.TYPE,)),
    disbursements.DisbursementRetried.TYPE: Rule(
        "us",
        (disbursements.DisbursementWaiting.TYPE, disbursements.DisbursementFailed.TYPE),
    ),
    disbursements.DisbursementRecorded.TYPE: Rule("us", (disbursements.DisbursementWaiting.TYPE,)),
    disbursements.DisbursementAnswered.TYPE: Rule(
        "bank",
        (
            disbursements.DisbursementRequested.TYPE,
            disbursements.DisbursementQueryRequested.TYPE,
        ),
    ),
    payment.Queried.TYPE: Rule("bank", (payment.QueryRequested.TYPE,)),
    payment.Unstated.TYPE: Rule(None),
    queries.QueryAsked.TYPE: Rule(None),
    reconciliation.CloseAsked.TYPE: Rule("us", (reconciliation.BreakOpened.TYPE,)),
    reconciliation.CloseChecked.TYPE: Rule("us", (reconciliation.CloseWaiting.TYPE,)),
    reassessments.ReassessmentAsked.TYPE: Rule(None),
    notify.Answered.TYPE: Rule(
        "gateway", (notify.NoticeRequested.TYPE, notify.NoticeQueryRequested.TYPE)
    ),
    notify.PreferencesChanged.TYPE: Rule(None),
    notify.BroadcastTold.TYPE: Rule(None),
    notify.AgainAsked.TYPE: Rule(None),
    feedback.FeedbackGiven.TYPE: Rule(None),
    petitions.PetitionFiled.TYPE: Rule(None),
    petitions.PetitionWithdrawalAsked.TYPE: Rule(None),
    petitions.PetitionAcceptanceTold.TYPE: Rule("citizen", _PETITION_ANSWERED),
    petitions.PetitionDisputeTold.TYPE: Rule("citizen", _PETITION_ANSWERED),
    petitions.PetitionAssignedByOperator.TYPE: Rule("us", (petitions.PetitionReceived.TYPE,)),
    petitions.PetitionForwardedByOfficer.TYPE: Rule("officer", _PETITION_WAITS),
    petitions.PetitionAnsweredByOfficer.TYPE: Rule("officer", _PETITION_WAITS),
    petitions.PetitionDismissedByOfficer.TYPE: Rule("officer", _PETITION_WAITS),
    notify.ReceiptArrived.TYPE: Rule("gateway", (notify.NoticeSent.TYPE,)),
    routing.UnitChosen.TYPE: _OFFICER,
    routing.OfficerAccepted.TYPE: _OFFICER,
    routing.OfficerRefused.TYPE: _OFFICER,
    routing.OfficerStarted.TYPE: _OFFICER,
    routing.OfficerAskedSupplement.TYPE: _OFFICER,
    routing.OfficerDemandedPayment.TYPE: _OFFICER,
    routing.OfficerSuspended.TYPE: _OFFICER,
    routing.OfficerResumed.TYPE: _OFFICER,
    routing.OfficerSettled.TYPE: _OFFICER,
    routing.OfficerReopened.TYPE: _OFFICER,
    routing.OfficerApologised.TYPE: _OFFICER,
    routing.OfficerReturned.TYPE: _OFFICER,
    handover.OfficerTransferred.TYPE: _OFFICER,
    handover.OfficerReaddressed.TYPE: _OFFICER,
    handover.OfficerAskedSignature.TYPE: _OFFICER,
    handover.OfficerDidStep.TYPE: _OFFICER,
    handover.OfficerPosted.TYPE: _OFFICER,
    handover.OfficerToldOfCarriage.TYPE: _OFFICER,
    handover.OfficerTookBack.TYPE: _OFFICER,
    handover.DueRecounted.TYPE: Rule(None),
    cancelling.OperatorCancelled.TYPE: Rule(None),
    kernel.TimerFired.TYPE: Rule(None),
    intake.ChildOpened.TYPE: Rule(None),
    intake.ChildTakenBack.TYPE: Rule(None),
    intake.ChildTold.TYPE: Rule(None),
    intake.PersonalUnsealed.TYPE: Rule(None),
    kernel.LaneReleased.TYPE: Rule("us", (kernel.RecordParked.TYPE,)),
}

# Who is waited for after an event; what is not here leaves it as it was.
NEXT: Mapping[str, Who | None] = {
    portal.Submitted.TYPE: "us",
    intake.Registered.TYPE: "us",
    intake.Refused.TYPE: None,
    intake.InterlinkedRegistered.TYPE: "officer",  # of its children, which tell whom each waits for
    intake.InterlinkedMoved.TYPE: "officer",
    intake.InterlinkedEnded.TYPE: None,
    routing.Routed.TYPE: "officer",
    routing.ChoiceNeeded.TYPE: "officer",
    payment.Requested.TYPE: "citizen",
    payment.Settled.TYPE: "officer",
    payment.Expired.TYPE: "officer",
    payment.QueryRequested.TYPE: "bank",
    routing.Accepted.TYPE: "officer",
    routing.NotAccepted.TYPE: None,
    cancelling.Cancelled.TYPE: None,
    routing.Processing.TYPE: "officer",
    routing.SupplementRequested.TYPE: "citizen",
    routing.PaymentDue.TYPE: "citizen",
    routing.Suspended.TYPE: "officer",
    routing.Settled.TYPE: "officer",
    routing.Returned.TYPE: None,
    routing.Closed.TYPE: None,
    intake.Supplemented.TYPE: "officer",
    intake.Withdrawn.TYPE: "us",
    petitions.PetitionReceived.TYPE: "us",
    petitions.PetitionAssigned.TYPE: "officer",
    petitions.PetitionForwarded.TYPE: "officer",
    petitions.PetitionAnswered.TYPE: "citizen",
    petitions.PetitionAnsweredAgain.TYPE: "citizen",
    petitions.PetitionDisputed.TYPE: "officer",
    petitions.PetitionDismissed.TYPE: None,
    petitions.PetitionAccepted.TYPE: None,
    petitions.PetitionClosed.TYPE: None,
    petitions.PetitionWithdrawn.TYPE: None,
    kernel.RecordParked.TYPE: "us",
}


class Wait(msgspec.Struct, frozen=True):
    """A stretch of time in which somebody else was to act; `ended_by` is the id of what came."""

    who: Who
    start_ms: int
    end_ms: int
    since: str
    ended_by: str
    label: str


def waits(entries: Sequence[Entry]) -> list[Wait]:
    """Return the waits of one application, from entries in order; each beginning counts once."""
    found: list[Wait] = []
    by_id = {e.id: e for e in reversed(entries)}
    answered: set[tuple[str, str]] = set()
    for n, entry in enumerate(entries):
        rule = RULES.get(entry.type)
        if rule is None or rule.who is None or not entry.belongs:
            continue
        since = by_id.get(entry.causationid) or _latest(entries[:n], rule)
        if since is None or (rule.who, since.id) in answered:
            continue
        answered.add((rule.who, since.id))
        begin, end = since.logged_ms, max(since.logged_ms, entry.logged_ms)
        found.append(Wait(rule.who, begin, end, since.id, entry.id, entry.type))
    return found


def waiting_for(entries: Sequence[Entry]) -> Who | None:
    """Return who is to act now, from entries in order; None: nobody any more, or not yet known."""
    who: Who | None = None
    for entry in entries:
        who = NEXT.get(entry.type, who) if entry.belongs else who
    return who


def _latest(earlier: Sequence[Entry], rule: Rule) -> Entry | None:
    for entry in reversed(earlier):
        if entry.type in rule.since:
            return entry
        if not rule.since and entry.is_decided and entry.service != "notify":
            return entry
    return None
