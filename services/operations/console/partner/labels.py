"""The words of a bank partner's own pages."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.domain.partner_calls import Answer, What

PARTNER: Mapping[str, Words] = {
    "own": Words("Đối soát", "Reconciliation"),
    "own_title": Words("{partner}: tiền giữa hai bên", "{partner}: money between you and us"),
    "own_fares": Words("Kết nối của quý đối tác", "How you fare, as we see it"),
    "own_days": Words("Từng ngày", "Your days"),
    "own_no_days": Words(
        "Chưa đối soát sao kê nào của quý đối tác.", "No statement of yours was reconciled yet."
    ),
    "own_breaks": Words("Khoản chưa khớp", "Breaks"),
    "own_line": Words("dòng {line} của sao kê", "line {line} of your statement"),
    "own_no_line": Words("không dòng nào của sao kê nêu", "no line of your statement names it"),
    "own_theirs": Words(
        "Quý đối tác: {theirs} · Hệ thống: {ours}", "Yours: {theirs} · Ours: {ours}"
    ),
    "own_theirs_alone": Words("Quý đối tác: {theirs}", "Yours: {theirs}"),
    "own_day_no_statement": Words(
        "Chưa đối soát sao kê nào của ngày này.", "No statement of this day was reconciled yet."
    ),
    # calls
    "calls": Words("Cuộc gọi", "Calls"),
    "calls_lead": Words(
        "Đã nhận cuộc gọi về một giao dịch chưa, và đã trả lời gì? Nhập mã lệnh (DVC…) hoặc số "
        "giao dịch của quý đối tác.",
        "Did we get your call about a transaction, and what did we answer? Give our order "
        "reference (DVC…) or your transaction number.",
    ),
    "calls_of": Words("Mã lệnh hoặc số giao dịch", "Reference or transaction"),
    "calls_do": Words("Xem", "Look"),
    "calls_none": Words(
        "Không có gì được ghi về số này. Nếu đã gọi: cuộc gọi có thể đã bị từ chối (xem bên dưới), "
        "hoặc không đến được hệ thống.",
        "Nothing is on the log about this number. If you called: the call may have been refused "
        "(see below), or it never reached us.",
    ),
    "calls_found": Words(
        "Theo thứ tự trong nhật ký. Một cuộc gọi lặp lại được trả lời như vậy và không ghi thêm.",
        "In the order of the log. The same call again is answered alike and not written down anew.",
    ),
    "calls_refused": Words("Cuộc gọi bị từ chối nêu số này", "Refused calls that name it"),
    "calls_answer": Words("Đã trả lời: {answer}", "We answered: {answer}"),
    "calls_finding": Words("kết quả: {finding}", "finding: {finding}"),
    "calls_code": Words("mã {code}", "code {code}"),
    # refused
    "refusals": Words("Bị từ chối", "Refused calls"),
    "refusals_title": Words("Cuộc gọi bị từ chối", "Calls that we could not take"),
    "refusals_lead": Words(
        "Mới nhất trước. Cuộc gọi không đúng chữ ký chỉ được giữ một số mỗi phút.",
        "The newest first. Of calls that are not genuine only some are kept each minute.",
    ),
    "refusals_none": Words("Chưa từ chối cuộc gọi nào.", "No call was refused."),
    "refusals_over": Words("đã xử lý", "dealt with"),
    "refusals_open": Words("chưa xử lý", "not dealt with yet"),
}

WHATS: Mapping[What, Words] = {
    "opened": Words("Mở lệnh", "The order was opened"),
    "called": Words("Quý đối tác gọi", "You called us"),
    "asked": Words("Hệ thống hỏi quý đối tác", "We asked you"),
    "made": Words("Hệ thống đề nghị tạo lệnh", "We asked you to make the order"),
    "settled": Words("Đã ghi nhận khoản nộp", "The payment was settled"),
    "overpaid": Words("Tiền thừa, sẽ hoàn", "Not needed: to be refunded"),
    "mismatched": Words("Khác số tiền, chờ người xem", "Another amount: kept for a person"),
    "failed": Words("Lệnh không thành công", "The order failed"),
    "expired": Words("Lệnh hết hạn", "The order expired"),
    "refund_told": Words("Đề nghị quý đối tác hoàn tiền", "You were told to give it back"),
    "refund_done": Words("Đã hoàn tiền", "It was given back"),
    "refund_failed": Words("Không hoàn được tiền", "It was not given back"),
}
ANSWERS: Mapping[Answer, Words] = {
    "recorded": Words("đã ghi nhận", "recorded"),
    "already_final": Words("lệnh đã kết thúc trước đó", "this order was final already"),
    "taken": Words(
        "đã nhận (ghi nhận, hoặc lệnh đã kết thúc)", "taken: recorded, or final already"
    ),
    "amount_differs": Words("khác số tiền của lệnh", "the amount is not the order's"),
    "unknown_order": Words("không có lệnh này", "no such order"),
}
FIELDS: Mapping[str, Words] = {
    "signature": Words("Chữ ký không đúng", "The signature is not yours"),
    "merchant": Words("Ký cho đơn vị khác", "Signed for another merchant"),
    "currency": Words("Không phải VND", "Not in VND"),
    "window": Words("Quá cũ hoặc lệch giờ", "Too old, or your clock is off"),
    "form": Words("Không đọc được", "Could not be read"),
    "reference": Words("Không có lệnh này", "No such order"),
}
FINDINGS: Mapping[str, Words] = {
    "paid": Words("đã nộp", "paid"),
    "failed": Words("không thành công", "failed"),
    "pending": Words("đang xử lý", "pending"),
    "not_found": Words("không có", "not found"),
    "deferred": Words("tạm ngừng gọi", "not asked: it is let alone"),
    "unknown": Words("không trả lời", "no answer"),
    "unaskable": Words("không hỏi được", "cannot be asked"),
    "created": Words("đã tạo", "made"),
    "declined": Words("từ chối", "declined"),
}
