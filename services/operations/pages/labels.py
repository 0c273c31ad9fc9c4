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
        "Nhập hai mã ghi trên giấy tiếp nhận hoặc trong thông báo đã gửi cho ông/bà.",
        "Enter the two codes on your receipt, or in what we sent you.",
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
        "Nếu có liên kết trong tin nhắn hoặc trên giấy tiếp nhận, chỉ cần mở liên kết đó.",
        "If you have the link from a message or your receipt, just open it.",
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
    "paid": Words("Đã nộp", "Paid"),
    "to_give_back": Words("Đang hoàn lại cho ông/bà", "On its way back to you"),
    "given_back": Words("Đã hoàn lại", "Given back"),
    "paid_out": Words("Đã chi trả cho ông/bà", "Paid to you"),
    "no_fee": Words("Không phải nộp phí.", "There is no fee to pay."),
    "receipts": Words("Biên lai", "Receipts"),
    "receipt": Words("số", "no."),
    "happened": Words("Đã diễn ra", "What has happened"),
    "sent": Words("Thông báo đã gửi", "What was sent"),
    "nothing_sent": Words("Chưa gửi thông báo nào.", "Nothing was sent yet."),
    "units": Words("Cơ quan", "Offices"),
    "as_of": Words("Cập nhật đến", "As of"),
    "another": Words("Tra cứu hồ sơ khác", "Look up another application"),
}
