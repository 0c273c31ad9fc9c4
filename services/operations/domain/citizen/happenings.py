"""What happened, for people: which of our events are told, in which sentence.

Everything that a service decides is here or among what is left `UNTOLD`; a test proves it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from string import Formatter

import msgspec
from msgspec import UNSET

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.reasons import is_by_a_rule, is_kept, said, why
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Fact, Quote, Words
from shared.events import (
    Data,
    cancelling,
    disbursements,
    feedback,
    handover,
    intake,
    notify,
    payment,
    queries,
    reassessments,
    refunds,
    routing,
)
from shared.working_time import local_day

LIMIT = 60  # lines; what is older is left out

TOLD: Mapping[type[Data], Words] = {
    intake.Registered: Words("Hồ sơ đã được nộp.", "The application came in."),
    intake.InterlinkedRegistered: Words(
        "Hồ sơ gồm nhiều thủ tục đã được nộp.", "An application of several parts came in."
    ),
    intake.InterlinkedEnded: Words(
        "Các phần của hồ sơ đều đã kết thúc.", "All parts of the application have ended."
    ),
    intake.Refused: Words("Hồ sơ không được ghi nhận.", "The application was not registered."),
    intake.Supplemented: Words("Ông/bà đã bổ sung giấy tờ.", "You brought what was missing."),
    intake.Corrected: Words(
        "Thông tin đã được sửa theo yêu cầu của ông/bà.", "Your correction was made."
    ),
    intake.Withdrawn: Words("Ông/bà đã xin rút hồ sơ.", "You asked to take it back."),
    # of a withdrawal alone: what else is turned away, the portal answers
    intake.FollowUpRejected: Words("Hồ sơ không được rút.", "It was not taken back."),
    routing.Routed: Words(
        "Hồ sơ được chuyển đến {competent_unit}.", "It was passed on to {competent_unit}."
    ),
    routing.Accepted: Words(
        "Hồ sơ được tiếp nhận, hẹn trả kết quả ngày {due}.",
        "It was accepted; the result is due on {due}.",
    ),
    routing.NotAccepted: Words("Hồ sơ không được tiếp nhận.", "It was not accepted."),
    cancelling.Cancelled: Words(
        "Hồ sơ đã bị hủy, phí đã nộp được hoàn.", "It was cancelled; fees that were paid go back."
    ),
    routing.Processing: Words(
        "Cơ quan giải quyết hồ sơ, hẹn trả kết quả ngày {due}.",
        "Work on it went on; the result is due on {due}.",
    ),
    routing.SupplementRequested: Words(
        "Cơ quan yêu cầu bổ sung giấy tờ.", "You were asked to bring something."
    ),
    routing.Resubmitted: Words(
        "Giấy tờ bổ sung đã đến nơi và được kiểm tra lại.", "What you brought is being checked."
    ),
    routing.AcceptanceLate: Words("Quá hạn trả lời tiếp nhận.", "The answer was late."),
    routing.Overdue: Words("Quá ngày hẹn trả kết quả.", "The due date passed without a result."),
    routing.Apologised: Words(
        "Cơ quan xin lỗi vì chậm, hẹn lại từ ngày {due_before} sang ngày {due}.",
        "You were sent an apology: the date moved from {due_before} to {due}.",
    ),
    routing.PaymentDue: Words("Cơ quan yêu cầu nộp {amount_vnd}.", "{amount_vnd} was asked for."),
    routing.Suspended: Words("Việc giải quyết tạm dừng.", "Work on it stopped for now."),
    routing.Settled: Words("Kết quả đã có.", "The result was ready."),
    routing.Returned: Words("Kết quả đã được trả.", "The result was handed over."),
    routing.Closed: Words("Hồ sơ đã được rút.", "It was taken back."),
    handover.Transferred: Words(
        "Hồ sơ được chuyển cho {competent_unit} giải quyết.", "It moved to {competent_unit}."
    ),
    handover.Readdressed: Words(
        "Nơi trả kết quả đổi thành {returning_unit}.",
        "The result will be handed over by {returning_unit}.",
    ),
    handover.SignatureAsked: Words("Kết quả đang chờ ký.", "The result waits for its signature."),
    handover.Posted: Words(
        "Kết quả được gửi qua bưu điện, số bưu gửi {tracking}.",
        "The result was posted, parcel {tracking}.",
    ),
    handover.PostCarried: Words("Bưu gửi đã đến {place}.", "The parcel reached {place}."),
    handover.PostCameBack: Words(
        "Bưu điện không phát được và trả lại kết quả.", "The post brought the result back."
    ),
    handover.DueMoved: Words(
        "Ngày hẹn dời từ {due_before} sang {due} do lịch làm việc thay đổi.",
        "The date moved from {due_before} to {due}: the working calendar changed.",
    ),
    payment.FeeWaived: Words("Hồ sơ không phải nộp phí.", "There was no fee to pay."),
    payment.Requested: Words(
        "Đề nghị nộp {amount_vnd} trước {expires_at}.",
        "You were asked to pay {amount_vnd} before {expires_at}.",
    ),
    payment.Settled: Words("Đã nhận {amount_vnd}.", "{amount_vnd} was received."),
    payment.Expired: Words(
        "Thời hạn nộp tiền đã hết.", "The time to pay was over without a payment."
    ),
    reassessments.FeeReassessed: Words(
        "Phí được tính lại: {total_vnd}.", "The fee was set again: {total_vnd}."
    ),
    refunds.RefundDone: Words("Đã hoàn lại {amount_vnd}.", "{amount_vnd} was given back."),
    disbursements.DisbursementDone: Words(
        "Đã chi trả {amount_vnd}.", "{amount_vnd} was paid to you."
    ),
    feedback.FeedbackRecorded: Words("Ông/bà đã gửi đánh giá.", "You told us how we did."),
}

# whose next one takes its place, and by what the two are of the same; money never does
REPLACES: Mapping[type[Data], str] = {
    routing.Processing: "TYPE",
    handover.Readdressed: "TYPE",
    handover.SignatureAsked: "TYPE",
    handover.PostCarried: "tracking",
    payment.Requested: "obligation",
    feedback.FeedbackRecorded: "milestone",
}

TAKEN_BACK = Words("Phần này được yêu cầu rút.", "This part was to be taken back.")
KEPT = Words(
    "Đã nhận giấy tờ bổ sung. Cơ quan sẽ xem khi giải quyết tiếp.",
    "What you brought has come. It is looked at when work goes on.",
)
BY_POST = Words("Bưu điện đã phát kết quả.", "The post delivered the result.")
NEW_RESULT = Words(
    "Đã có kết quả mới, thay cho kết quả trước.", "A new result took the place of the one before."
)

# what is decided besides: another line says it, it is the offices' own, or between us and others
UNTOLD: frozenset[type[Data]] = frozenset(
    {
        *(intake.Conflicted, intake.CorrectionAsked),
        intake.InterlinkedMoved,  # the parts say it
        *(routing.ChoiceNeeded, routing.CorrectionAllowed, routing.ActionRejected, routing.DueSoon),
        *(handover.CertificateExpiring, handover.CertificateExpired, handover.StepFinished),
        handover.ReturnLate,
        *(payment.FeeAssessed, payment.CreateRequested, payment.QueryRequested, payment.Failed),
        *(queries.QueryRefused, refunds.RefundRefused, refunds.RefundRetryRefused),
        *(payment.Mismatched, payment.Overpaid),  # a refund follows
        *(payment.ReceiptIssued, payment.ReceiptAdjusted, payment.ReceiptReplaced),  # in `money`
        payment.ReceiptInvalidated,
        *(reassessments.ReassessmentRejected, reassessments.FeeOverpaid),
        *(refunds.RefundProposed, refunds.RefundWaiting, refunds.RefundRequested),
        *(refunds.RefundQueryRequested, refunds.RefundFailed, refunds.RefundRejected),
        *(disbursements.DisbursementProposed, disbursements.DisbursementWaiting),
        *(disbursements.DisbursementRequested, disbursements.DisbursementQueryRequested),
        disbursements.DisbursementRetryRefused,
        *(disbursements.DisbursementFailed, disbursements.DisbursementRejected),
        *(notify.NoticeRequested, notify.NoticeQueryRequested, notify.NoticeSent),  # in `notices`
        *(notify.NoticeReceiptMissing, notify.NoticeDelivered, notify.NoticeFailed),
        *(notify.NoticeReopened, notify.AgainRefused),
        *(notify.NoticeDropped, notify.NoticeContradicted),
        feedback.FeedbackRejected,
    }
)


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, when, and what an officer wrote about it, or why a rule did so."""

    at: datetime
    sentence: Words
    said: Quote | None
    why: Words | None = None


def happened(decided: Sequence[Decided], units: Units) -> tuple[Happening, ...]:
    """Return what happened, the latest first; of what replaces its like in a row the last."""
    found: list[Happening] = []
    before, has_result = None, False
    for one in decided:
        data = one.data
        if type(data) not in TOLD or (isinstance(data, intake.FollowUpRejected) and not why(data)):
            continue
        of = _of(data)
        if of and of == before:
            found.pop()
        before = of
        sentence = _sentence(data, units, is_again=has_result)
        has_result = has_result or isinstance(data, routing.Settled)
        found.append(Happening(at=one.at, sentence=sentence, said=said(data), why=why(data)))
    return tuple(found[::-1][:LIMIT])


def _of(data: Data) -> tuple[type[Data], object] | None:
    """Return what its like takes the place of; None: it stands beside whatever follows."""
    if is_kept(data):
        return type(data), "kept"
    of = getattr(data, REPLACES.get(type(data), ""), UNSET)
    return None if of is UNSET else (type(data), of)


def _sentence(data: Data, units: Units, *, is_again: bool) -> Words:
    sentence = TOLD[type(data)]
    match data:
        case intake.Withdrawn() if is_by_a_rule(data):
            sentence = TAKEN_BACK
        case routing.Suspended() if is_kept(data):
            sentence = KEPT
        case routing.Settled() if is_again:
            sentence = NEW_RESULT
        case routing.Returned(form="post"):
            sentence = BY_POST
    return sentence.told(**{name: _fact(data, name, units) for name in shown(sentence)})


def _fact(data: Data, name: str, units: Units) -> Fact:
    value: Fact = getattr(data, name)
    if name.endswith("_unit"):
        return units.name(str(value))
    return local_day(value) if isinstance(value, datetime) and "due" in name else value


@cache
def shown(sentence: Words) -> frozenset[str]:
    """Return the facts that a sentence names."""
    return frozenset(_names(sentence.vi)) | frozenset(_names(sentence.en))


def _names(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(text) if name)
