"""What each message is called, for who works with it: one entry for every type in the contracts."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.domain.entries import OTHER

_TYPES = """
application.submitted | Hồ sơ được nộp | Submitted
supplement.submitted | Người dân bổ sung giấy tờ | Supplement handed in
correction.submitted | Người dân sửa thông tin | Correction handed in
withdrawal.requested | Người dân xin rút hồ sơ | Withdrawal asked for
timer.fired | Đến giờ hẹn | A timer rang
lane.released | Vận hành cho xử lý lại | Released by an operator
record.parked | Bản ghi bị giữ lại | A record was held
record.dead | Bản ghi không đọc được | A record that nobody can read
record.answered | Vận hành xử lý bản ghi không đọc được | An operator answered a dead letter
application.registered | Đã ghi nhận hồ sơ | Registered
application.refused | Không ghi nhận hồ sơ | Refused at the door
application.conflicted | Trùng mã, khác nội dung | Same id, other content
application.follow_up_rejected | Yêu cầu tiếp theo bị từ chối | Follow-up rejected
application.supplemented | Đã nhận giấy tờ bổ sung | Supplemented
application.correction_asked | Đề nghị sửa thông tin | Correction asked
application.corrected | Đã sửa thông tin | Corrected
application.withdrawn | Đã rút hồ sơ | Withdrawn
child.opened | Mở hồ sơ con | Child opened
child.taken_back | Rút hồ sơ con | Child taken back
child.told | Hồ sơ con báo kết quả | Child told how it stands
personal.unsealed | Mở trường niêm phong | Sealed fields were opened
interlinked.registered | Đã ghi nhận hồ sơ liên thông | Interlinked registered
interlinked.moved | Hồ sơ liên thông chuyển bước | Interlinked moved
interlinked.ended | Hồ sơ liên thông kết thúc | Interlinked ended
officer.chose_unit | Cán bộ chọn đơn vị | Officer chose a unit
officer.accepted | Cán bộ tiếp nhận | Officer accepted
officer.refused | Cán bộ không tiếp nhận | Officer refused
officer.started | Cán bộ bắt đầu xử lý | Officer started
officer.asked_supplement | Cán bộ yêu cầu bổ sung | Officer asked for a supplement
officer.demanded_payment | Cán bộ yêu cầu nộp tiền | Officer demanded payment
officer.suspended | Cán bộ tạm dừng | Officer suspended
officer.resumed | Cán bộ cho tiếp tục | Officer resumed
officer.settled | Cán bộ xử lý xong | Officer settled
officer.reopened | Cán bộ mở lại | Officer reopened
officer.apologised | Cán bộ xin lỗi, hẹn lại | Officer apologised
officer.returned | Cán bộ trả kết quả | Officer returned the result
application.routed | Đã phân về đơn vị | Routed
routing.choice_needed | Cần người chọn đơn vị | A person has to choose the unit
application.accepted | Đã tiếp nhận | Accepted
application.cancelled | Đã hủy, hoàn tiền | Cancelled, money goes back
application.not_accepted | Không tiếp nhận | Not accepted
application.processing | Đang xử lý | In processing
application.supplement_requested | Yêu cầu bổ sung giấy tờ | Supplement requested
application.correction_allowed | Được sửa thông tin | Correction allowed
application.resubmitted | Đã nộp lại | Resubmitted
application.acceptance_late | Trễ hạn tiếp nhận | Acceptance is late
application.due_soon | Sắp đến hạn | Due soon
application.overdue | Quá hạn | Overdue
application.apologised | Đã xin lỗi, hẹn lại | Apologised, new date
application.payment_due | Yêu cầu nghĩa vụ tài chính | Payment due
application.suspended | Tạm dừng xử lý | Suspended
application.settled | Đã xử lý xong | Settled
application.returned | Đã trả kết quả | Result returned
application.closed | Đã kết thúc vì rút | Closed, withdrawn
routing.action_rejected | Thao tác bị từ chối | Action rejected
officer.transferred | Cán bộ chuyển đơn vị khác | Officer transferred it
officer.readdressed | Cán bộ đổi nơi nhận hoặc trả | Officer readdressed it
officer.asked_signature | Cán bộ trình ký | Officer asked for a signature
officer.did_step | Cán bộ xong một bước | Officer did a step
officer.posted | Cán bộ gửi bưu chính | Officer posted it
officer.told_of_carriage | Cán bộ báo đường đi bưu gửi | Officer told of the carriage
officer.took_back | Cán bộ nhận lại bưu gửi | Officer took it back
operator.cancelled | Vận hành hủy hồ sơ | Operator cancelled it
operator.recounted_due | Vận hành tính lại hạn | Operator recounted the date
application.transferred | Đã chuyển đơn vị khác | Transferred
application.readdressed | Đã đổi nơi nhận hoặc trả | Readdressed
application.signature_asked | Chờ ký | Signature asked
application.certificate_expiring | Chứng thư số sắp hết hạn | Certificate expires soon
application.certificate_expired | Chứng thư số hết hạn | Certificate expired
application.posted | Đã gửi bưu chính | Posted
application.in_transit | Bưu chính đang chuyển | In transit
application.post_came_back | Bưu gửi bị trả lại | Post came back
application.return_late | Trả kết quả chậm | Return is late
application.due_moved | Hạn thay đổi theo lịch | Date moved with the calendar
application.step_finished | Xong một bước | Step finished
payment.notified | Ngân hàng báo tiền | Bank told of money
payment.queried | Ngân hàng trả lời tra soát | Bank answered a query
payment.created | Ngân hàng đã lập lệnh | Bank made the order
payment.chosen | Người dân chọn cách nộp | Citizen chose how to pay
payment.unstated | Không có trong sao kê | Not on the statement
fee.assessed | Đã tính phí, lệ phí | Fee assessed
fee.waived | Được miễn | Fee waived
payment.requested | Yêu cầu thanh toán | Payment requested
payment.create.requested | Gửi lệnh đến ngân hàng | Order sent to the bank
payment.query.requested | Hỏi lại ngân hàng | Bank asked
payment.query.asked | Vận hành yêu cầu hỏi ngân hàng | An operator has the bank asked
payment.query.refused | Không hỏi được ngân hàng | The bank is not asked
payment.settled | Đã thu tiền | Paid
payment.failed | Thanh toán không thành | Payment failed
payment.expired | Lệnh thanh toán hết hạn | Order expired
payment.mismatched | Sai số tiền | Another amount
payment.overpaid | Tiền thừa | Overpaid
receipt.issued | Đã lập biên lai | Receipt issued
receipt.adjusted | Biên lai được điều chỉnh | Receipt adjusted
receipt.replaced | Biên lai được thay thế | Receipt replaced
receipt.invalidated | Biên lai bị hủy | Receipt invalidated
fee.reassessment_asked | Đề nghị tính lại phí | Reassessment asked
fee.reassessed | Đã tính lại phí | Fee reassessed
fee.reassessment_rejected | Không tính lại phí | Reassessment rejected
fee.overpaid | Phí nộp thừa | Fee overpaid
refund.asked | Đề nghị hoàn tiền | Refund asked
refund.checked | Người thứ hai xét hoàn tiền | Refund checked
refund.recorded | Ghi nhận hoàn tiền bằng tay | Refund recorded by hand
payment.refunded | Ngân hàng trả lời hoàn tiền | Bank answered a refund
refund.retried | Vận hành yêu cầu thử hoàn lại | Refund to be tried again
refund.retry_refused | Không thử hoàn lại được | Refund not tried again
refund.proposed | Đề xuất hoàn tiền | Refund proposed
refund.waiting | Hoàn tiền chờ người xét | Refund waits for a person
refund.requested | Gửi lệnh hoàn tiền | Refund sent to the bank
refund.query.requested | Hỏi lại lệnh hoàn tiền | Bank asked about a refund
refund.done | Đã hoàn tiền | Refunded
refund.failed | Hoàn tiền không thành | Refund failed
refund.refused | Không thể hoàn tiền như yêu cầu | A refund cannot be made as asked
refund.rejected | Không hoàn tiền | Refund rejected
disbursement.asked | Đề nghị chi trả | Payout asked
disbursement.checked | Người thứ hai xét chi trả | Payout checked
disbursement.corrected | Sửa thông tin chi trả | Payout corrected
disbursement.retried | Vận hành yêu cầu thử chi lại | Payout to be tried again
disbursement.retry_refused | Không thử chi lại được | Payout not tried again
disbursement.recorded | Ghi nhận chi trả bằng tay | Payout recorded by hand
payment.disbursed | Ngân hàng trả lời chi trả | Bank answered a payout
disbursement.proposed | Đề xuất chi trả | Payout proposed
disbursement.waiting | Chi trả chờ người xét | Payout waits for a person
disbursement.requested | Gửi lệnh chi trả | Payout sent to the bank
disbursement.query.requested | Hỏi lại lệnh chi trả | Bank asked about a payout
disbursement.done | Đã chi trả | Paid out
disbursement.failed | Chi trả không thành | Payout failed
disbursement.rejected | Không chi trả | Payout rejected
reconciliation.break_opened | Mở chênh lệch đối soát | Break opened
reconciliation.break_closed | Đóng chênh lệch đối soát | Break closed
reconciliation.close_asked | Đề nghị đóng chênh lệch | Break to be closed
reconciliation.close_checked | Người thứ hai xét chênh lệch | Second person on a break
reconciliation.close_waiting | Đóng chênh lệch chờ người thứ hai | Closing waits for a second person
reconciliation.close_refused | Không đóng chênh lệch | Break not closed
statement.reconciled | Đã đối soát sao kê | Statement reconciled
notice.answered | Nơi gửi tin trả lời | Gateway answered
notice.receipt_arrived | Có báo nhận tin | Receipt of a notice
notice.preferences_changed | Đổi cách nhận tin | Preferences changed
broadcast.told | Thông báo chung | Told by a broadcast
notice.again.asked | Vận hành yêu cầu gửi lại tin | An operator has a notice sent again
notice.reopened | Gửi lại tin đã không gửi được | A failed notice is tried again
notice.again.refused | Không gửi lại tin | A notice is not sent again
notice.requested | Yêu cầu gửi tin | Notice requested
notice.query.requested | Hỏi lại nơi gửi tin | Gateway asked
notice.sent | Đã gửi tin | Notice sent
notice.receipt_missing | Thiếu báo nhận tin | Receipt is missing
notice.delivered | Tin đã đến | Notice delivered
notice.contradicted | Nơi gửi tin nói khác đi | Gateway contradicts a delivery
notice.failed | Không gửi được tin | Notice failed
notice.dropped | Bỏ không gửi tin | Notice dropped
feedback.given | Người dân đánh giá | Citizen rated it
feedback.recorded | Đã ghi đánh giá | Rating recorded
feedback.rejected | Không nhận đánh giá | Rating rejected
petition.filed | Phản ánh được gửi | Petition filed
petition.withdrawal_asked | Xin rút phản ánh | Petition's withdrawal asked
petition.acceptance_told | Người dân đồng ý trả lời | Citizen accepts the answer
petition.dispute_told | Người dân không đồng ý trả lời | Citizen disputes the answer
officer.assigned_petition | Vận hành giao phản ánh | Operator assigned the petition
officer.forwarded_petition | Cán bộ chuyển phản ánh | Officer forwarded the petition
officer.answered_petition | Cán bộ trả lời phản ánh | Officer answered the petition
officer.dismissed_petition | Cán bộ không thụ lý phản ánh | Officer dismissed the petition
petition.received | Đã nhận phản ánh | Petition received
petition.assigned | Đã giao phản ánh | Petition assigned
petition.forwarded | Đã chuyển phản ánh | Petition forwarded
petition.answered | Đã trả lời phản ánh | Petition answered
petition.answered_again | Đã trả lời lại phản ánh | Petition answered again
petition.dismissed | Không thụ lý phản ánh | Petition dismissed
petition.disputed | Trả lời không được đồng ý | Answer disputed
petition.accepted | Trả lời được đồng ý | Answer accepted
petition.closed | Đã đóng phản ánh | Petition closed
petition.withdrawn | Đã rút phản ánh | Petition withdrawn
petition.due_soon | Phản ánh sắp đến hạn | Petition due soon
petition.overdue | Phản ánh quá hạn | Petition overdue
petition.apologised | Đã xin lỗi, hẹn lại trả lời | Petition's answer put off
petition.rejected | Yêu cầu về phản ánh bị từ chối | Petition's action rejected
flow.counted | Số đếm của luồng | Flow counted
"""


def _read(text: str) -> Mapping[str, Words]:
    rows = ([part.strip() for part in line.split("|")] for line in text.strip().splitlines())
    return {type_: Words(vi, en) for type_, vi, en in rows}


TYPES: Mapping[str, Words] = _read(_TYPES)


STRANGE = Words("Bản ghi không thuộc về nơi này", "Something that does not belong here")


def called(type_: str) -> Words:
    """Return what a message is called; one of a newer release goes by its type."""
    return STRANGE if type_ == OTHER else TYPES.get(type_, Words(type_, type_))
