"""The words of the page itself, beside what it tells of an application."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.status_access import WRONG

LABELS: Mapping[str, Words] = {
    "site": Words("Tra cứu hồ sơ dịch vụ công", "Public services"),
    "skip": Words("Đến nội dung chính", "Skip to the content"),
    "languages": Words("Ngôn ngữ", "Language"),
    "error_title": Words("Lỗi", "Error"),
    "errors": Words("Chưa xem được", "There is a problem"),
    # the form
    "look_up": Words("Tra cứu hồ sơ", "Look up an application"),
    "lead": Words(
        "Nhập cả hai mã. Cổng dịch vụ công hoặc quầy nơi ông/bà nộp hồ sơ cấp hai mã này; giấy "
        "tiếp nhận cũng ghi cả hai.",
        "Enter both codes. The portal or the counter where you applied gives you both, and the "
        "receipt of an accepted dossier has them.",
    ),
    "dossier_code": Words("Mã hồ sơ", "Dossier code"),
    "dossier_hint": Words("Ví dụ: H29.1-20261120-0000001", "For example H29.1-20261120-0000001"),
    "code": Words("Mã tra cứu", "Lookup code"),
    "code_hint": Words(
        "12 chữ và số, ví dụ 7D2K-0MXQ-94ZA. Viết hoa hay thường, có gạch hay không đều được.",
        "12 letters and digits, for example 7D2K-0MXQ-94ZA. Case and dashes do not matter.",
    ),
    "show": Words("Xem tình trạng", "Show how it stands"),
    "by_link": Words(
        "Nếu nơi đó đã cấp liên kết tra cứu, chỉ cần mở liên kết đó.",
        "If they gave you the link, just open it.",
    ),
    "no_script": Words(
        "Trình duyệt này không mở được liên kết tự động: hãy nhập hai mã.",
        "This browser does not open links by itself: enter the two codes.",
    ),
    "dossier_missing": Words("Nhập mã hồ sơ.", "Enter the dossier code."),
    "dossier_form": Words(
        "Mã hồ sơ có dạng như H29.1-20261120-0000001.",
        "A dossier code looks like H29.1-20261120-0000001.",
    ),
    "code_missing": Words("Nhập mã tra cứu.", "Enter the lookup code."),
    "code_form": Words("Mã tra cứu gồm 12 chữ và số.", "A lookup code has 12 letters and digits."),
    "wrong": WRONG,
    "unreachable": Words(
        "Hệ thống đang bận. Hãy thử lại sau ít phút.",
        "We cannot look it up just now. Try again in a few minutes.",
    ),
    # how it stands
    "dossier": Words("Hồ sơ", "Application"),
    "says": Words("Cơ quan viết:", "The office writes:"),
    "progress": Words("Các bước", "Steps"),
    "todo": Words("Ông/bà cần làm gì", "What you have to do"),
    "when": Words("Khi nào xong", "When it is due"),
    "parts": Words("Các phần của hồ sơ", "The parts of your application"),
    "no_code_yet": Words("chưa có mã hồ sơ", "no dossier code yet"),
    "open_part": Words("Xem phần này", "Show this part"),
    "money": Words("Tiền", "Money"),
    "owed": Words("Còn phải nộp", "Still to be paid"),
    "until": Words("Hạn nộp", "To be paid before"),
    "over": Words("đã hết hạn", "is over"),
    "paid": Words("Đã nộp", "Paid"),
    "to_give_back": Words("Đang hoàn lại cho ông/bà", "On its way back to you"),
    "given_back": Words("Đã hoàn lại", "Given back"),
    "paid_out": Words("Đã chi trả cho ông/bà", "Paid to you"),
    "no_fee": Words("Không phải nộp phí.", "There is no fee to pay."),
    "receipts": Words("Biên lai", "Receipts"),
    "receipt": Words("số", "no."),
    "forms": Words("Giấy tờ", "Official forms"),
    "form_pdf": Words("Mở bản PDF (thẻ mới)", "Open as PDF (new tab)"),
    "form_html": Words("Mở dạng trang web (thẻ mới)", "Open as a web page (new tab)"),
    "happened": Words("Đã diễn ra", "What has happened"),
    "in_full_above": Words("Toàn văn ở phần trên.", "It is above in full."),
    "sent": Words("Thông báo đã gửi", "What was sent"),
    "nothing_sent": Words("Chưa gửi thông báo nào.", "Nothing was sent yet."),
    "units": Words("Cơ quan", "Offices"),
    "as_of": Words("Cập nhật đến", "As of"),
    "another": Words("Tra cứu hồ sơ khác", "Look up another application"),
    # how it went
    "rate": Words("Ông/bà được phục vụ thế nào?", "How did we do?"),
    "rate_about": Words("Về việc:", "About:"),
    "score": Words("Mức độ hài lòng", "How satisfied are you?"),
    "score_5": Words("5 – Rất hài lòng", "5 – very satisfied"),
    "score_4": Words("4 – Hài lòng", "4 – satisfied"),
    "score_3": Words("3 – Bình thường", "3 – neither"),
    "score_2": Words("2 – Không hài lòng", "2 – dissatisfied"),
    "score_1": Words("1 – Rất không hài lòng", "1 – very dissatisfied"),
    "comment": Words("Nhận xét (không bắt buộc)", "Comment (optional)"),
    "comment_hint": Words(
        "Không ghi họ tên, số định danh hay số điện thoại.",
        "Leave out names, personal and telephone numbers.",
    ),
    "send": Words("Gửi đánh giá", "Send"),
    "given": Words("Ông/bà đã đánh giá; có thể gửi lại.", "You have answered; you may again."),
    "thanks": Words("Cảm ơn ông/bà đã đánh giá.", "Thank you for telling us."),
    "score_missing": Words("Chọn một mức độ hài lòng.", "Choose how satisfied you are."),
    "comment_long": Words(
        "Nhận xét dài quá 2.000 ký tự: hãy viết ngắn hơn.",
        "The comment has more than 2,000 characters: shorten it.",
    ),
    "not_asked": Words("Đánh giá cho bước này đã kết thúc.", "This can no longer be rated."),
    "not_kept": Words(
        "Nhận xét không lưu được nữa: hãy gửi lại mà không có nhận xét.",
        "A comment can no longer be kept here: send it without one.",
    ),
    "not_sent": Words(
        "Chưa gửi được. Hãy gửi lại sau ít phút.", "It was not sent. Try again in a few minutes."
    ),
    "rated_enough": Words(
        "Đã đánh giá bước này 10 lần: lần cuối được tính.",
        "This was rated ten times: the last one counts.",
    ),
    "rated_often": Words(
        "Đã gửi quá nhiều lần. Hãy đợi 15 phút rồi gửi lại.",
        "That was sent too often. Wait 15 minutes and send it again.",
    ),
}
