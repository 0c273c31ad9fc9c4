"""The words of the pages of money."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.domain.partner_flow import Standing
from shared.events.reconciliation import BreakKind, Cure

MONEY: Mapping[str, Words] = {
    "breaks_title": Words("Tiền giữa đối tác và hệ thống", "Money between partners and us"),
    "breaks_lead": Words(
        "Chưa khớp: {count} khoản, {amount}. Tính đến {at}.",
        "Open: {count} breaks, {amount}. As of {at}.",
    ),
    "breaks_all_match": Words("Mọi sao kê đều khớp.", "No break is open."),
    "breaks_more": Words(
        "Còn nhiều khoản hơn số được tính ở đây.", "More is open than was counted here."
    ),
    "breaks_kinds": Words("Chưa khớp theo loại", "What does not match"),
    "breaks_kind": Words("Loại", "Kind"),
    "breaks_count": Words("Số khoản", "Open"),
    "breaks_oldest": Words("Lâu nhất", "Oldest"),
    "breaks_vnd": Words("Số tiền", "Amount"),
    "age_day": Words("Dưới 1 ngày", "Under a day"),
    "age_three_days": Words("1 đến 3 ngày", "1 to 3 days"),
    "age_week": Words("3 đến 7 ngày", "3 to 7 days"),
    "age_older": Words("Trên 7 ngày", "Over a week"),
    # how partners fare
    "fares": Words("Đối tác hoạt động thế nào", "How partners fare"),
    "fares_partner": Words("Đối tác", "Partner"),
    "fares_standing": Words("Tình trạng", "Standing"),
    "fares_sign": Words("Lần cuối có tin", "Last word"),
    "fares_open": Words("Lệnh đang chờ", "Open orders"),
    "fares_silent": Words("Hỏi không đáp", "Silent"),
    "fares_hour": Words("1 giờ qua", "Last hour"),
    "fares_day": Words("24 giờ qua", "Last day"),
    "fares_of": Words("{paid} trên {opened} lệnh đã nộp", "{paid} of {opened} paid"),
    "fares_success": Words("thành công {share}", "{share} success"),
    "fares_times": Words(
        "nộp sau {median}, 95 % trong {p95}", "paid after {median}, 95 % within {p95}"
    ),
    "fares_live": Words(
        "Số liệu 1 giờ và 24 giờ là gần đúng, đếm đến {at}; lệnh đang chờ đếm lúc {counted}.",
        "Hour and day are approximate, counted up to {at}; orders were counted at {counted}.",
    ),
    "fares_not_live": Words(
        "Bảng trực tiếp chưa đếm được gì; lệnh đang chờ đếm lúc {counted}.",
        "The live table has counted nothing yet; orders were counted at {counted}.",
    ),
    "fares_none": Words("Chưa có tin của đối tác nào.", "Nothing was heard of any partner yet."),
    # their days
    "days": Words("Từng ngày của đối tác", "Partners' days"),
    "days_day": Words("Ngày", "Day"),
    "days_lines": Words("Dòng khớp", "Lines matched"),
    "days_in": Words("Tiền vào", "In"),
    "days_out": Words("Tiền ra", "Out"),
    "days_fee": Words("Phí đối tác", "Fee"),
    "days_unstated": Words("chưa có sao kê", "no statement"),
    "days_none": Words("Chưa đối soát sao kê nào.", "No statement was reconciled yet."),
    "day_statement": Words("Sao kê", "Statement"),
    "day_correction": Words("Sao kê sửa lần {number}", "Correction {number}"),
    "day_no_statement": Words(
        "Chưa đối soát sao kê nào của ngày này: `motcua reconcile` làm việc đó.",
        "No statement of this day was reconciled yet: `motcua reconcile` does it.",
    ),
    "day_balance": Words("Đầu ngày + vào − ra = cuối ngày", "Opening + in − out = closing"),
    "day_matched": Words("Khớp", "Matched"),
    "day_matched_of": Words("{matched} trên {lines} dòng", "{matched} of {lines} lines"),
    "day_at": Words("Đối soát lúc", "Reconciled at"),
    "day_found": Words("Khi đối soát", "Found then"),
    "day_open": Words("Còn chưa khớp", "Open"),
    "day_closed": Words("Đã đóng", "Closed"),
    "day_nothing_open": Words("Không còn khoản nào chưa khớp.", "No break is open."),
    # breaks
    "list_open": Words("chưa khớp", "open"),
    "list_closed": Words("đã đóng", "closed"),
    "list_other_open": Words("Xem khoản chưa khớp", "Show what is open"),
    "list_other_closed": Words("Xem khoản đã đóng", "Show what was closed"),
    "list_empty": Words("Không có khoản nào.", "There is none."),
    "list_amounts": Words(
        "Đối tác: {theirs} · Hệ thống: {ours}", "Theirs: {theirs} · Ours: {ours}"
    ),
    "list_booked": Words("Ghi sổ {at}, đã {took}", "Booked {at}, {took} ago"),
    "break_title": Words("Một khoản chưa khớp", "A break"),
    "break_closed_title": Words("Một khoản đã đóng", "A break that was closed"),
    "break_kind": Words("Loại", "Kind"),
    "break_cause": Words("Vì", "Because"),
    "break_cure": Words("Cách xử lý", "What is done"),
    "break_movement": Words("Dòng tiền", "Movement"),
    "break_theirs": Words("Đối tác ghi", "The partner has"),
    "break_ours": Words("Hệ thống ghi", "We have"),
    "break_line": Words("Dòng trong sao kê", "Line of the statement"),
    "break_no_line": Words("không dòng nào nêu", "no line names it"),
    "break_booked": Words("Ghi sổ lúc", "Booked at"),
    "break_application": Words("Hồ sơ", "Application"),
    "break_order": Words("Mã lệnh", "Order"),
    "break_transaction": Words("Mã giao dịch", "Transaction"),
    "break_history": Words("Đã xảy ra", "What happened"),
    "break_do": Words("Cần làm gì", "What to do"),
    "step_opened": Words("Mở", "Opened"),
    "step_asked": Words("Đề nghị đóng", "Asked to be closed"),
    "step_waiting": Words("Cần người thứ hai đồng ý", "A second person has to agree"),
    "step_approved": Words("Người thứ hai đồng ý", "A second person agreed"),
    "step_rejected": Words("Người thứ hai không đồng ý", "A second person did not agree"),
    "step_refused": Words("Không đóng", "Not closed"),
    "step_closed": Words("Đóng", "Closed"),
    # what is done about one
    "close": Words("Đóng khoản này", "Close it"),
    "close_lead": Words(
        "Khi đã làm rõ ngoài hệ thống. Số tiền lớn cần người thứ hai đồng ý; lần đối soát sau "
        "không mở lại.",
        "When it was settled outside. A large amount needs a second person; no later statement "
        "opens it again.",
    ),
    "close_reason": Words("Đã tìm thấy gì, đã làm gì", "What was found, and what was done"),
    "close_do": Words("Đóng", "Close"),
    "close_wanted": Words("Chờ người thứ hai", "Waits for a second person"),
    "close_by": Words("{by} đề nghị đóng lúc {at}: “{reason}”", "{by} at {at}: “{reason}”"),
    "close_yours": Words(
        "Bạn đã đề nghị; một người khác phải đồng ý.",
        "You asked for it yourself: another has to agree.",
    ),
    "close_why": Words("Lý do", "Reason"),
    "close_approve": Words("Đồng ý đóng", "Agree"),
    "close_reject": Words("Không đồng ý", "Do not agree"),
    "close_under_way": Words(
        "Đã gửi, đang chờ hệ thống thanh toán xử lý.", "It was sent, and payment acts upon it."
    ),
    "close_sent": Words(
        "Đã gửi. Kết quả hiện ở đây sau vài giây:",
        "It was sent. What came of it stands here in some seconds:",
    ),
    "close_again": Words("tải lại trang", "load the page again"),
    "refused_invalid-reason": Words(
        "Ghi lý do, từ 3 đến 500 ký tự, trên một dòng.",
        "Write the reason, in 3 to 500 letters, on one line.",
    ),
    "refused_break-over": Words("Khoản này đã đóng.", "It is closed already."),
    "refused_nothing-waits": Words(
        "Không có gì chờ người thứ hai nữa.", "Nothing waits for a second person any more."
    ),
    "refused_unknown-break": Words(
        "Không có khoản nào mang mã này.", "No break has this id: the pages of money have all."
    ),
}

KINDS: Mapping[BreakKind, Words] = {
    "missing_here": Words("Đối tác có, hệ thống chưa có", "The partner has it, we have not"),
    "missing_there": Words("Hệ thống có, sao kê không nêu", "We have it, no line names it"),
    "amount": Words("Lệch số tiền", "Another amount"),
    "duplicate": Words("Trùng giao dịch", "Named twice"),
    "late": Words("Tiền đến sau khi lệnh kết thúc", "Came after the order was over"),
    "unknown": Words("Không thuộc lệnh nào", "Of no order of ours"),
}
CAUSES: Mapping[str, Words] = {
    "order_waits": Words(
        "Lệnh còn chờ, hệ thống chưa nhận tiền", "The order is open, and we have not the money"
    ),
    "order_over": Words("Lệnh đã kết thúc khi tiền đến", "The order was over when the money came"),
    "order_amount": Words("Khác số tiền của lệnh", "Another amount than the order's"),
    "held_amount": Words(
        "Khác số tiền hệ thống giữ của giao dịch này",
        "Another amount than we hold of that transaction",
    ),
    "asked_amount": Words(
        "Hệ thống giữ, nhưng hồ sơ phải nộp số khác",
        "We hold it, and the application was asked for another amount",
    ),
    "held_elsewhere": Words(
        "Giao dịch này đang thuộc lệnh khác", "The transaction stands with another order"
    ),
    "repeated": Words("Dòng này đã có trong sao kê", "The same line stands there before"),
    "other_partner": Words("Lệnh của đối tác khác", "The order is another partner's"),
    "foreign": Words("Không nêu lệnh nào của hệ thống", "It names no order of ours"),
    "not_sent": Words("Tiền ra mà hệ thống không gửi", "Money left that we sent nobody"),
    "unstated": Words("Không dòng nào của sao kê nêu", "No line of the statement names it"),
}
CURES: Mapping[Cure, Words] = {
    "settle": Words(
        "Đã báo cho hồ sơ: khoản nộp được ghi nhận", "The application was told: it settles"
    ),
    "refund": Words(
        "Đã báo cho hồ sơ: tiền sẽ được hoàn", "The application was told: it is to be refunded"
    ),
    "ask": Words("Đã hỏi đối tác", "The partner was asked"),
    "person": Words("Người vận hành quyết định", "A person decides"),
}
REMEDIES: Mapping[BreakKind, Words] = {
    "missing_here": Words(
        "Nếu đã báo cho hồ sơ, lần đối soát sau sẽ đóng khoản này. Tiền ra mà hệ thống không gửi: "
        "hỏi đối tác đã chi cho ai.",
        "Where the application was told, the next run closes it. Of money that left and we did not "
        "send: ask the partner for whom it was.",
    ),
    "missing_there": Words(
        "Sao kê của ngày khác nêu thì khoản này đóng. Quá ba ngày: gửi đối tác mã giao dịch.",
        "It closes when another day's statement names it. After three days write to the partner "
        "with the transaction.",
    ),
    "amount": Words(
        "Xác minh số đúng: thừa thì hoàn, thiếu thì thu thêm hoặc hoàn.",
        "Find out which is right: over is refunded, under is asked for again or refunded.",
    ),
    "duplicate": Words(
        "Hỏi đối tác tiền có chuyển hai lần không; nếu có, yêu cầu trả lại.",
        "Ask the partner whether money moved twice; if it did, have it sent back.",
    ),
    "late": Words(
        "Tiền được giữ lại để hoàn; lần đối soát sau sẽ đóng khoản này.",
        "The money is kept to be refunded; the next run closes it.",
    ),
    "unknown": Words(
        "Tìm người nộp trong danh sách của đối tác; không tìm được thì yêu cầu trả lại.",
        "Look for the payer in the partner's list; have it sent back if nobody is found.",
    ),
}
BECAUSE: Mapping[str, Words] = {
    "corrected": Words("sao kê sửa ghi khác", "a corrected statement has it otherwise"),
    "cured": Words("đã xử lý xong", "its cure worked"),
    "stated": Words("sao kê ngày khác nêu", "another day's statement names it"),
    "person": Words("người vận hành", "a person says so"),
}
REFUSED: Mapping[str, Words] = {
    "unknown_break": Words("không có khoản này", "there is no such break"),
    "over": Words("đã đóng rồi", "it was closed already"),
    "not_waiting": Words("không còn gì chờ người thứ hai", "nothing waited for a second person"),
    "same_person": Words("người đề nghị không thể tự đồng ý", "who asked may not agree"),
    "rejected": Words("người thứ hai không đồng ý", "a second person did not agree"),
}
MOVEMENTS: Mapping[str, Words] = {
    "paid": Words("tiền nộp", "paid in"),
    "refunded": Words("tiền hoàn", "refunded"),
    "disbursed": Words("trợ cấp", "an allowance"),
}
STANDINGS: Mapping[Standing, Words] = {
    "answers": Words("có trả lời", "answers"),
    "silent": Words("không trả lời", "silent"),
    "let_alone": Words("tạm ngừng gọi", "let alone"),
    "not_known": Words("chưa gọi", "not asked yet"),
}
TONES: Mapping[Standing, str] = {
    "answers": "running",
    "silent": "paused",
    "let_alone": "failed",
    "not_known": "",
}
