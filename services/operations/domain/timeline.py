"""An application's story, line by line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from services.operations.domain.dead.letters import ANSWERED
from services.operations.domain.entries import Entry, Gist, Member, gist
from services.operations.domain.kept import omitted
from shared.events import (
    CONTRACTS,
    Data,
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

Tell = Callable[[Gist], str]


class Line(msgspec.Struct, frozen=True):
    """One message: when it was logged, what it is, what led to it, in a few words.

    Of one that does not belong where it was sent only that: its type is `other`, its data a length.
    """

    at: str
    service: str
    type: str
    text: str
    id: str
    source: str
    cause: str
    topic: str
    partition: int
    offset: int
    is_decided: bool
    repeats: int
    data: msgspec.Raw


def _vnd(amount: int) -> str:
    return f"{amount:,} VND"


def _money(g: Gist) -> str:
    return f"{_vnd(g.amount_vnd)} by {g.partner}, order {g.reference}"


def _paid_out(g: Gist) -> str:
    return f"{_vnd(g.amount_vnd)} for {g.period}"


def _notice(g: Gist) -> str:
    return " · ".join(part for part in (g.milestone, g.channel, g.reason) if part)


def _scored(g: Gist) -> str:
    return f"{g.milestone} · {g.score} of 5"


def _petition(g: Gist) -> str:
    return " · ".join(part for part in (g.code, g.kind, g.unit and f"unit {g.unit}") if part)


def _answered(g: Gist) -> str:
    return f"{g.officer} · {'on time' if g.on_time else 'late'}"


def _closed(g: Gist) -> str:
    return " · ".join(part for part in (g.because, g.by, g.reason) if part)


def _numbered(g: Gist) -> str:
    return f"{g.series} {g.number}".strip()


def _reason(g: Gist) -> str:
    return g.reason


def _officer(g: Gist) -> str:
    return " · ".join(part for part in (g.officer, g.reason or g.note) if part)


def _child(child: Member) -> str:
    did = (f"{does} after {cause}" for cause, does in child.by_rule.items() if does != "stands")
    person = f"needs a person: {', '.join(child.needs_person)}" if child.needs_person else ""
    return ", ".join(part for part in (f"{child.name} {child.standing}", *did, person) if part)


def _children(g: Gist) -> str:
    told = " · ".join(_child(child) for child in g.children)
    return " · ".join(part for part in (g.dossier_code, g.outcome, told) if part)


def _fields(g: Gist) -> str:
    return ", ".join(g.fields)  # what was corrected, never to what


def _finding(g: Gist) -> str:
    return g.finding


_ALIKE: Mapping[Tell, Sequence[type[Data]]] = {
    _officer: (
        *(routing.Accepted, routing.NotAccepted, routing.Processing, routing.SupplementRequested),
        *(routing.Suspended, routing.Settled, routing.Returned, routing.Apologised),
        *(cancelling.Cancelled, cancelling.OperatorCancelled),
        *(handover.DueRecounted, petitions.PetitionDismissed),
    ),
    _money: (
        *(payment.Requested, payment.Settled, payment.Mismatched, payment.Overpaid),
        *(refunds.RefundWaiting, refunds.RefundRequested, refunds.RefundQueryRequested),
        *(refunds.RefundDone, refunds.RefundFailed, reassessments.FeeOverpaid),
    ),
    _reason: (
        *(routing.ChoiceNeeded, routing.Closed, routing.ActionRejected),
        *(payment.FeeWaived, reassessments.ReassessmentRejected),
    ),
    _notice: (
        *(notify.NoticeRequested, notify.NoticeReceiptMissing, notify.NoticeSent),
        *(notify.NoticeDelivered, notify.NoticeContradicted, notify.NoticeFailed),
        *(notify.NoticeDropped, feedback.FeedbackRejected),
    ),
}
# What a line says beside its type; a type that is not here says nothing more.
TELL: Mapping[str, Tell] = {
    **{type_: _officer for type_ in CONTRACTS if type_.startswith("officer.")},
    **{contract.TYPE: tell for tell, some in _ALIKE.items() for contract in some},
    portal.Submitted.TYPE: lambda g: g.procedure,
    intake.Registered.TYPE: lambda g: f"{g.dossier_code} · procedure {g.procedure}",
    intake.InterlinkedRegistered.TYPE: _children,
    intake.InterlinkedMoved.TYPE: _children,
    intake.InterlinkedEnded.TYPE: _children,
    intake.ChildOpened.TYPE: lambda g: f"{g.name} · procedure {g.procedure}",
    intake.ChildTakenBack.TYPE: lambda g: f"because of {g.because}",
    intake.ChildTold.TYPE: lambda g: f"{g.name} {g.standing}",
    intake.CorrectionAsked.TYPE: _fields,
    intake.Corrected.TYPE: _fields,
    routing.Routed.TYPE: lambda g: f"to unit {g.competent_unit}",
    routing.PaymentDue.TYPE: lambda g: _vnd(g.amount_vnd),
    routing.DueSoon.TYPE: lambda g: f"unit {g.competent_unit}",
    routing.Overdue.TYPE: lambda g: f"unit {g.competent_unit}",
    handover.Transferred.TYPE: lambda g: (
        f"from unit {g.from_unit} to {g.competent_unit} · {_officer(g)}"
    ),
    handover.Readdressed.TYPE: lambda g: f"to unit {g.returning_unit} · {_officer(g)}",
    handover.SignatureAsked.TYPE: lambda g: f"of {g.signer} · {_officer(g)}",
    handover.CertificateExpiring.TYPE: lambda g: f"of {g.signer}, on {g.certificate_expires}",
    handover.CertificateExpired.TYPE: lambda g: f"of {g.signer}, on {g.certificate_expires}",
    handover.StepFinished.TYPE: lambda g: f"{g.step} · {_officer(g)}",
    handover.Posted.TYPE: lambda g: f"parcel {g.tracking} · {_officer(g)}",
    handover.PostCarried.TYPE: lambda g: f"parcel {g.tracking} at {g.place}",
    handover.PostCameBack.TYPE: lambda g: f"parcel {g.tracking} · {_officer(g)}",
    handover.ReturnLate.TYPE: lambda g: f"unit {g.returning_unit}",
    handover.DueMoved.TYPE: lambda g: f"from {g.due_before} to {g.due} · {g.cause}",
    payment.FeeAssessed.TYPE: lambda g: _vnd(g.total_vnd),
    reassessments.FeeReassessed.TYPE: lambda g: f"{_vnd(g.total_vnd)}: {g.reason}",
    payment.ReceiptAdjusted.TYPE: lambda g: f"{_numbered(g)} · {g.kind} {_vnd(g.amount_vnd)}",
    payment.ReceiptReplaced.TYPE: lambda g: f"{_numbered(g)} · {g.kind} {_vnd(g.amount_vnd)}",
    payment.ReceiptInvalidated.TYPE: lambda g: f"{_numbered(g)} · {g.kind}: {g.reason}",
    payment.Notified.TYPE: lambda g: f"{g.finding}: {_money(g)}",
    payment.CreateRequested.TYPE: lambda g: f"order {g.reference} of {g.partner}",
    payment.Created.TYPE: lambda g: f"{g.finding} by {g.partner}",
    payment.Chosen.TYPE: lambda g: f"with {g.partner}",
    payment.Queried.TYPE: lambda g: f"{g.finding} by {g.partner}",
    payment.Unstated.TYPE: lambda g: f"not on the statement: {_money(g)}",
    payment.Failed.TYPE: lambda g: f"order {g.reference} by {g.partner}: {g.reason}",
    payment.Expired.TYPE: lambda g: f"order {g.reference}",
    reconciliation.BreakOpened.TYPE: lambda g: f"{g.kind}: {_money(g)}",
    reconciliation.BreakClosed.TYPE: _closed,
    reconciliation.CloseAsked.TYPE: _closed,
    reconciliation.CloseChecked.TYPE: _closed,
    reconciliation.CloseWaiting.TYPE: lambda g: f"asked by {g.by}, a second person has to agree",
    reconciliation.CloseRefused.TYPE: _closed,
    payment.ReceiptIssued.TYPE: lambda g: f"{_numbered(g)} · {g.kind} {_vnd(g.amount_vnd)}",
    refunds.RefundAsked.TYPE: lambda g: f"{_vnd(g.amount_vnd)} by {g.by}: {g.reason}",
    refunds.RefundChecked.TYPE: lambda g: f"by {g.by}: {g.reason}",
    refunds.RefundRecorded.TYPE: lambda g: f"by {g.by}: {g.reason}",
    refunds.RefundRetried.TYPE: lambda g: f"{g.refund} by {g.by}: {g.reason}",
    refunds.RefundRetryRefused.TYPE: lambda g: f"{g.refund}: {g.because}",
    refunds.RefundAnswered.TYPE: _finding,
    refunds.RefundProposed.TYPE: lambda g: f"{g.reason}: {_money(g)}",
    queries.QueryAsked.TYPE: lambda g: f"by {g.by}: {g.reason}, order {g.reference}",
    queries.QueryRefused.TYPE: lambda g: f"order {g.reference}: {g.because}",
    refunds.RefundRefused.TYPE: lambda g: f"{_vnd(g.amount_vnd)} of {g.transaction}: {g.because}",
    refunds.RefundRejected.TYPE: lambda g: f"by {g.by}: {g.reason}",
    disbursements.DisbursementAsked.TYPE: _paid_out,
    disbursements.DisbursementChecked.TYPE: lambda g: f"by {g.by}: {g.reason}",
    disbursements.DisbursementCorrected.TYPE: lambda g: f"by {g.by}: {g.reason}",
    disbursements.DisbursementRetried.TYPE: lambda g: f"{g.disbursement} by {g.by}: {g.reason}",
    disbursements.DisbursementRetryRefused.TYPE: lambda g: f"{g.disbursement}: {g.because}",
    disbursements.DisbursementRecorded.TYPE: lambda g: f"{g.finding} by {g.by}: {g.reason}",
    disbursements.DisbursementAnswered.TYPE: _finding,
    disbursements.DisbursementProposed.TYPE: _paid_out,
    disbursements.DisbursementWaiting.TYPE: _paid_out,
    disbursements.DisbursementRequested.TYPE: lambda g: f"of {g.partner}: {_paid_out(g)}",
    disbursements.DisbursementQueryRequested.TYPE: lambda g: f"of {g.partner}: {_paid_out(g)}",
    disbursements.DisbursementDone.TYPE: _paid_out,
    disbursements.DisbursementFailed.TYPE: _paid_out,
    disbursements.DisbursementRejected.TYPE: lambda g: f"by {g.by}: {g.reason}",
    notify.AgainAsked.TYPE: lambda g: f"by {g.by}: {g.reason}, {g.milestone}",
    notify.NoticeReopened.TYPE: lambda g: f"{_notice(g)} · by {g.by}",
    notify.AgainRefused.TYPE: lambda g: f"{g.milestone}: {g.because}",
    notify.Answered.TYPE: _finding,
    feedback.FeedbackGiven.TYPE: _scored,
    feedback.FeedbackRecorded.TYPE: _scored,
    petitions.PetitionFiled.TYPE: _petition,
    petitions.PetitionReceived.TYPE: lambda g: f"{_petition(g)} · due {g.due}",
    petitions.PetitionAssigned.TYPE: lambda g: f"unit {g.unit} · due {g.due}",
    petitions.PetitionForwarded.TYPE: lambda g: (
        f"from unit {g.from_unit} to {g.unit} · {_officer(g)}"
    ),
    petitions.PetitionAnswered.TYPE: _answered,
    petitions.PetitionAnsweredAgain.TYPE: _answered,
    petitions.PetitionDisputed.TYPE: lambda g: f"unit {g.unit} · due {g.due}",
    petitions.PetitionAccepted.TYPE: lambda g: f"{g.score} of 5",
    petitions.PetitionDueSoon.TYPE: lambda g: f"unit {g.unit}",
    petitions.PetitionOverdue.TYPE: lambda g: f"unit {g.unit}",
    petitions.PetitionApologised.TYPE: lambda g: f"from {g.due_before} to {g.due}",
    petitions.PetitionRejected.TYPE: lambda g: f"{g.action}: {g.reason}",
    kernel.RecordParked.TYPE: lambda g: f"held by {g.service}: {g.reason}",
    kernel.RecordDead.TYPE: lambda g: f"set aside by {g.service}: {g.reason}{_at(g)}",
    kernel.RecordAnswered.TYPE: lambda g: f"{g.did} by {g.operator}{_checked(g)}: {g.reason}",
    kernel.LaneReleased.TYPE: lambda g: f"by {g.operator}: {g.reason}",
    intake.PersonalUnsealed.TYPE: lambda g: f"by {g.operator}: {g.reason}",
}


def _at(g: Gist) -> str:
    return f" at {g.field}" if g.field else ""


def _checked(g: Gist) -> str:
    return f", accepted by {g.checker}" if g.checker else ""


def timeline(entries: Sequence[Entry]) -> list[Line]:
    """Return the lines of one application, from entries in order.

    The same message from outside again (same source and id) is a repeat of its first line; but one
    that an operator sent again, since nobody could read it, is a line of its own.
    """
    groups: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries:
        by = entry.causationid if entry.causationid.endswith(ANSWERED) else ""
        groups.setdefault((entry.topic, entry.source, entry.id, by), []).append(entry)
    return [_line(group[0], len(group) - 1) for group in groups.values()]


def _line(entry: Entry, repeats: int) -> Line:
    is_told = entry.is_decided or entry.belongs  # else whoever may write there chose its words
    return Line(
        at=instant(entry.logged_ms),
        service=entry.service,
        type=type_told(entry),
        text=_text(entry) if is_told else f"is not what belongs on {entry.topic}",
        id=entry.id,
        source=entry.source,
        cause=entry.causationid,
        topic=entry.topic,
        partition=entry.partition,
        offset=entry.offset,
        is_decided=entry.is_decided,
        repeats=repeats,
        data=msgspec.Raw(entry.data if is_told else omitted(entry.data)),
    )


def type_told(entry: Entry) -> str:
    """Return what a message is told of as; `other`, where its sender may have written anything."""
    return entry.type if entry.is_decided else entry.counted_as


def _text(entry: Entry) -> str:
    """Return what a message says, and who agreed to what was asked for, if somebody did."""
    tell, g = TELL.get(entry.type), gist(entry.data)
    if tell is None:
        return ""
    return f"{tell(g)}, agreed to by {g.checked_by}" if g.checked_by else tell(g)


def instant(milliseconds: int) -> str:
    """Return an instant in ISO 8601, UTC, to the millisecond."""
    moment = datetime.fromtimestamp(milliseconds / 1_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
