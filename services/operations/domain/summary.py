"""What an application waits for, as far as the log tells: matters that are opened and ended.

A table says what each event opens and ends.  Events of one service come in order; those of two may
come in any, and so may a question and its answer, which stand on different topics: an answer that
comes first is remembered.
"""

from collections.abc import Iterable, Mapping

import msgspec

from services.operations.domain.entries import Entry, Gist, gist
from services.operations.domain.matters import (
    ASKED,
    Act,
    Name,
    Summary,
    answers,
    asks,
    ends,
    moves_due,
    opens,
    turns,
)
from services.operations.domain.senders import gateway_answered, sent, taken_in
from services.operations.domain.transactions import counts, goes_back, stays, told_wrong
from shared.events import (
    cancelling,
    disbursements,
    handover,
    intake,
    notify,
    payment,
    petitions,
    portal,
    reassessments,
    refunds,
    routing,
)

_PARTNER = _SILENT, _DOWN = "partner_silent", "partner_down"


def followed(summary: Summary, entries: Iterable[Entry]) -> Summary:
    """Return the summary after these messages, in the order of the log."""
    now = summary.copy()
    for entry in entries:
        acts = ACTS.get(entry.type)
        if acts is None or not entry.belongs:
            continue
        g = gist(entry.data)
        for act in acts:
            act(now, g, entry)
    return now


def _names(now: Summary, g: Gist, _: Entry) -> None:
    now.dossier = g.dossier_code or g.code or now.dossier
    now.procedure = g.procedure or now.procedure
    now.receiving = g.receiving_unit or now.receiving
    now.competent = g.competent_unit or g.unit or now.competent
    now.returning = g.returning_unit or now.returning


def _heard_of(about: Name, *waiting: str) -> Act:
    """Take in what a call to a partner came to: silence and refusal stay until it answers, as long
    as one of these causes waits for it.  What was asked in vain is silence, also while the partner
    is let alone, and as old as the first call that brought nothing.
    """

    def act(now: Summary, g: Gist, entry: Entry) -> None:
        answers(ASKED, _key)(now, g, entry)
        found = {"unknown": _SILENT, "deferred": _DOWN}.get(g.finding)
        silent, down = ((cause, about(g)) for cause in _PARTNER)
        if found is None:
            now.matters.pop(silent, None)
            now.matters.pop(down, None)
        elif found == _SILENT and down in now.matters:
            now.matters[silent] = msgspec.structs.replace(now.matters.pop(down), cause=_SILENT)
        elif silent in now.matters or down in now.matters:
            return
        elif any((w, about(g)) in now.matters for w in waiting):
            opens(found, about)(now, g, entry)

    return act


def _paid(now: Summary, _: Gist, entry: Entry) -> None:
    now.paid_ms = max(now.paid_ms, entry.logged_ms)


def _children(now: Summary, g: Gist, entry: Entry) -> None:
    if any(child.needs_person for child in g.children):
        opens("interlinked_needs_person")(now, g, entry)
    else:
        now.matters.pop(("interlinked_needs_person", ""), None)


def _told(now: Summary, g: Gist, _: Entry) -> None:
    now.told = now.told | {_slot(g)}
    now.matters.pop(("notice_under_way", _slot(g)), None)
    now.matters.pop(("gateway_silent", _slot(g)), None)
    now.matters.pop(("notice_failing", _milestone(g)), None)


def _not_told(now: Summary, g: Gist, entry: Entry) -> None:
    now.matters.pop(("notice_under_way", _slot(g)), None)
    now.matters.pop(("gateway_silent", _slot(g)), None)
    if not any(slot.startswith(f"{_milestone(g)}/") for slot in now.told):
        opens("notice_failing", _milestone)(now, g, entry)


def _taken_back(now: Summary, g: Gist, entry: Entry) -> None:
    now.told = now.told - {_slot(g)}
    _not_told(now, g, entry)


def _key(g: Gist) -> str:
    return g.key


def _reference(g: Gist) -> str:
    return g.reference


def _refund(g: Gist) -> str:
    return g.refund


def _allowance(g: Gist) -> str:
    return g.disbursement


def _slot(g: Gist) -> str:
    return f"{_milestone(g)}/{g.channel}"


def _milestone(g: Gist) -> str:
    return f"{g.milestone}~{g.occasion}"


def _due(g: Gist) -> str:
    return g.due


def _return_due(g: Gist) -> str:
    return g.return_due


def _acceptance_due(g: Gist) -> str:
    return g.acceptance_due


def _expiry(g: Gist) -> str:
    return g.expires_at


_WORK = ("in_processing", "awaiting_signature", "certificate_expired")
_PAUSES = ("awaiting_supplement", "awaiting_obligation", "stopped")
_HANDING = ("awaiting_return", "in_post", "post_came_back")
_ALL_OF_ROUTING = ("needs_choice", "awaiting_acceptance", *_WORK, *_PAUSES, *_HANDING)
_REFUND = ("refund_under_way", "refund_waits", "refund_failed")
_ALLOWANCE = ("allowance_under_way", "allowance_waits", "allowance_failed")
_PETITION = ("petition_unassigned", "petition_open")
_ASKED_ABOUT = turns(_REFUND[1:], _REFUND[0], _refund)
_ASKED_AFTER = turns(_ALLOWANCE[1:], _ALLOWANCE[0], _allowance)
_QUESTION = asks(_key)
_ROUTED = answers("unrouted")
_ASSESSED = answers("unassessed")

ACTS: Mapping[str, tuple[Act, ...]] = {
    portal.Submitted.TYPE: (sent,),
    intake.Registered.TYPE: (_names, taken_in, opens("unrouted")),
    intake.InterlinkedRegistered.TYPE: (_names, taken_in, _children),
    intake.InterlinkedMoved.TYPE: (_children,),
    intake.InterlinkedEnded.TYPE: (ends("interlinked_needs_person"),),
    intake.Refused.TYPE: (taken_in,),
    routing.Routed.TYPE: (
        _names,
        _ROUTED,
        ends("needs_choice"),
        opens("awaiting_acceptance", due=_acceptance_due),
        opens("unassessed"),
    ),
    routing.ChoiceNeeded.TYPE: (_ROUTED, opens("needs_choice")),
    routing.Resubmitted.TYPE: (
        ends(*_PAUSES),
        opens("awaiting_acceptance", due=_acceptance_due),
    ),
    routing.Accepted.TYPE: (
        _names,
        ends("awaiting_acceptance"),
        opens("in_processing", due=_due),
    ),
    routing.Processing.TYPE: (
        ends("awaiting_acceptance", *_WORK, *_PAUSES, *_HANDING),
        opens("in_processing", due=_due),
    ),
    routing.SupplementRequested.TYPE: (
        ends("awaiting_acceptance", *_WORK),
        opens("awaiting_supplement"),
    ),
    routing.PaymentDue.TYPE: (ends(*_WORK), opens("awaiting_obligation")),
    routing.Suspended.TYPE: (ends(*_WORK), opens("stopped")),
    routing.Apologised.TYPE: (moves_due("in_processing"), moves_due("awaiting_signature")),
    handover.DueMoved.TYPE: (
        moves_due("in_processing", "statutory"),
        moves_due("awaiting_signature", "statutory"),
        moves_due("awaiting_acceptance", "intake"),
    ),
    handover.SignatureAsked.TYPE: (
        ends("in_processing", "certificate_expired"),
        opens("awaiting_signature", due=_due),
    ),
    handover.CertificateExpired.TYPE: (opens("certificate_expired"),),
    handover.Transferred.TYPE: (_names,),
    handover.Readdressed.TYPE: (_names,),
    routing.Settled.TYPE: (_names, ends(*_WORK, *_PAUSES), opens("awaiting_return")),
    handover.Posted.TYPE: (ends(*_HANDING), opens("in_post")),
    handover.PostCameBack.TYPE: (ends(*_HANDING), opens("post_came_back")),
    handover.ReturnLate.TYPE: (
        moves_due("awaiting_return", due=_return_due),
        moves_due("in_post", due=_return_due),
    ),
    routing.Returned.TYPE: (ends(*_ALL_OF_ROUTING, "repeated"),),
    routing.NotAccepted.TYPE: (ends(*_ALL_OF_ROUTING, "unpaid", "repeated"),),
    cancelling.Cancelled.TYPE: (ends(*_ALL_OF_ROUTING, "unpaid", "repeated"),),
    routing.Closed.TYPE: (ends(*_ALL_OF_ROUTING, "unpaid", "repeated"),),
    payment.FeeAssessed.TYPE: (_ASSESSED, ends("unpaid")),
    payment.FeeWaived.TYPE: (_ASSESSED, _paid, ends("awaiting_payment", "unpaid", *_PARTNER)),
    reassessments.FeeReassessed.TYPE: (ends("awaiting_payment", "unpaid", *_PARTNER),),
    payment.Requested.TYPE: (opens("awaiting_payment", _reference, _expiry),),
    payment.Settled.TYPE: (_paid, counts, ends("awaiting_payment", "unpaid", *_PARTNER)),
    payment.Overpaid.TYPE: (counts,),
    payment.Failed.TYPE: (ends("awaiting_payment", *_PARTNER, about=_reference),),
    payment.Expired.TYPE: (ends("awaiting_payment", *_PARTNER), opens("unpaid")),
    payment.CreateRequested.TYPE: (_QUESTION,),
    payment.QueryRequested.TYPE: (_QUESTION,),
    payment.Created.TYPE: (_heard_of(_reference, "awaiting_payment"),),
    payment.Queried.TYPE: (_heard_of(_reference, "awaiting_payment"),),
    payment.Mismatched.TYPE: (told_wrong,),
    refunds.RefundProposed.TYPE: (goes_back, opens("refund_under_way", _refund)),
    refunds.RefundWaiting.TYPE: (ends(*_REFUND, about=_refund), opens("refund_waits", _refund)),
    refunds.RefundRequested.TYPE: (
        ends(*_REFUND, about=_refund),
        opens("refund_under_way", _refund),
        _QUESTION,
    ),
    refunds.RefundQueryRequested.TYPE: (_ASKED_ABOUT, _QUESTION),
    refunds.RefundAnswered.TYPE: (_heard_of(_refund, *_REFUND),),
    refunds.RefundDone.TYPE: (ends(*_REFUND, *_PARTNER, about=_refund),),
    refunds.RefundRejected.TYPE: (stays, ends(*_REFUND, *_PARTNER, about=_refund)),
    refunds.RefundFailed.TYPE: (ends(*_REFUND, about=_refund), opens("refund_failed", _refund)),
    disbursements.DisbursementProposed.TYPE: (opens("allowance_under_way", _allowance),),
    disbursements.DisbursementWaiting.TYPE: (
        ends(*_ALLOWANCE, about=_allowance),
        opens("allowance_waits", _allowance),
    ),
    disbursements.DisbursementRequested.TYPE: (
        ends(*_ALLOWANCE, about=_allowance),
        opens("allowance_under_way", _allowance),
        _QUESTION,
    ),
    disbursements.DisbursementQueryRequested.TYPE: (_ASKED_AFTER, _QUESTION),
    disbursements.DisbursementAnswered.TYPE: (_heard_of(_allowance, *_ALLOWANCE),),
    disbursements.DisbursementDone.TYPE: (ends(*_ALLOWANCE, *_PARTNER, about=_allowance),),
    disbursements.DisbursementRejected.TYPE: (ends(*_ALLOWANCE, *_PARTNER, about=_allowance),),
    disbursements.DisbursementFailed.TYPE: (
        ends(*_ALLOWANCE, about=_allowance),
        opens("allowance_failed", _allowance),
    ),
    notify.NoticeRequested.TYPE: (opens("notice_under_way", _slot),),
    notify.Answered.TYPE: (gateway_answered,),
    notify.NoticeSent.TYPE: (_told,),
    notify.NoticeDelivered.TYPE: (_told,),
    notify.NoticeDropped.TYPE: (ends("notice_under_way", "gateway_silent", about=_slot),),
    notify.NoticeFailed.TYPE: (_not_told,),
    notify.NoticeReopened.TYPE: (ends("notice_failing", about=_milestone),),
    notify.NoticeContradicted.TYPE: (_taken_back,),
    petitions.PetitionReceived.TYPE: (_names, opens("petition_unassigned", due=_due)),
    petitions.PetitionAssigned.TYPE: (_names, ends(*_PETITION), opens("petition_open", due=_due)),
    petitions.PetitionForwarded.TYPE: (
        _names,
        ends(*_PETITION),
        opens("petition_open", due=_due),
    ),
    petitions.PetitionDisputed.TYPE: (ends(*_PETITION), opens("petition_open", due=_due)),
    petitions.PetitionAnswered.TYPE: (ends(*_PETITION),),
    petitions.PetitionAnsweredAgain.TYPE: (ends(*_PETITION),),
    petitions.PetitionDismissed.TYPE: (ends(*_PETITION),),
    petitions.PetitionAccepted.TYPE: (ends(*_PETITION),),
    petitions.PetitionClosed.TYPE: (ends(*_PETITION),),
    petitions.PetitionWithdrawn.TYPE: (ends(*_PETITION),),
    petitions.PetitionApologised.TYPE: (moves_due("petition_open"),),
}
