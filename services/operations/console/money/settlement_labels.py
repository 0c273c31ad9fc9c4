"""The words of the page of a settlement."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.domain.settlement import Equation, Outcome

SETTLEMENT: Mapping[str, Words] = {
    "settlement": Words("Quyết toán", "Settlement"),
    "settlement_as_of": Words(
        "Theo nhật ký, ngày Việt Nam. Khoản chưa khớp và sao kê sửa tính đến {at}.",
        "From the log, by days of Viet Nam. Breaks and corrections are as of {at}.",
    ),
    "settlement_period": Words(
        "Tháng (2026-11) hoặc ngày (2026-11-20)", "A month (2026-11) or a day (2026-11-20)"
    ),
    "settlement_csv": Words("Tải CSV", "As CSV"),
    "settlement_json": Words("Tải JSON", "As JSON"),
    "settlement_equal": Words("Phải bằng nhau", "What has to be equal"),
    "settlement_what": Words("Đẳng thức", "Equation"),
    "settlement_one": Words("Một bên", "One side"),
    "settlement_other": Words("Bên kia", "The other"),
    "settlement_is": Words("Kết quả", "Is it"),
    "settlement_yes": Words("bằng nhau", "equal"),
    "settlement_no": Words("khác nhau", "not equal"),
    "settlement_books": Words("Theo sổ của hệ thống", "By our books"),
    "settlement_opening": Words("Đầu kỳ (từ 1/1)", "Opening, since 1 January"),
    "settlement_settled": Words("Đã thu theo nghĩa vụ", "Settled what was due"),
    "settlement_overpaid": Words(
        "Thu thừa hoặc sai số tiền, phải hoàn", "Not needed or another amount, to be refunded"
    ),
    "settlement_collected": Words("Đã thu", "Collected"),
    "settlement_refunded": Words("Đã hoàn", "Refunded"),
    "settlement_disbursed": Words("Đã chi trợ cấp", "Paid out"),
    "settlement_returned": Words("Trợ cấp bị trả lại", "Paid out, and came back"),
    "settlement_closing": Words("Cuối kỳ", "Closing"),
    "settlement_stated": Words("Theo sao kê của đối tác", "By the partner's statements"),
    "settlement_stated_days": Words("Số ngày có sao kê", "Days with a statement"),
    "settlement_stated_opening": Words("Số dư đầu", "First opening balance"),
    "settlement_stated_closing": Words("Số dư cuối", "Last closing balance"),
    "settlement_stated_in": Words("Sao kê: tiền vào", "Stated in"),
    "settlement_withheld": Words("Phí đã trừ vào tiền", "Fee kept of the money"),
    "settlement_to_pay": Words("Đối tác phải nộp", "To be paid to us"),
    "settlement_differs": Words("Sổ trừ sao kê (tiền vào)", "Our books less the statements, in"),
    "settlement_breaks": Words("Khoản chưa khớp", "Breaks"),
    "settlement_breaks_of": Words(
        "{found} đã tìm thấy, {closed} đã đóng, {open} còn mở ({amount})",
        "{found} found, {closed} closed, {open} open ({amount})",
    ),
    "settlement_days": Words("Theo ngày", "By day"),
    "settlement_agencies": Words("Theo cơ quan thu", "By agency"),
    "settlement_agency": Words("Cơ quan", "Agency"),
    "settlement_no_unit": Words("không nêu", "not told"),
    "settlement_nothing": Words("Không có gì trong kỳ này.", "Nothing moved in this period."),
    "refused_no-such-period": Words(
        "Ghi một tháng (2026-11) hoặc một ngày (2026-11-20) đã đến.",
        "Name a month (2026-11) or a day (2026-11-20) that has begun.",
    ),
}

OUTCOMES: Mapping[Outcome, Words] = {
    "equal": Words("Mọi cặp số đều bằng nhau.", "All of it is equal."),
    "differs": Words("Có cặp số không bằng nhau.", "Something is not equal."),
    "partly": Words(
        "Những gì so sánh được đều bằng nhau; {days} ngày có tiền nhưng chưa có sao kê.",
        "What could be compared is equal; days with money and no statement yet: {days}.",
    ),
    "nothing": Words(
        "Chưa có gì để so sánh: kỳ này chưa có sao kê nào.",
        "Nothing to compare yet: no day of it has a statement.",
    ),
}

EQUATIONS: Mapping[Equation, Words] = {
    "balance": Words(
        "Sao kê: đầu ngày + vào − ra = cuối ngày",
        "Statements: opening + in − out = closing",
    ),
    "carried": Words(
        "Cuối ngày trước = đầu ngày sau", "The closing of a day = the opening of the next"
    ),
    "lines": Words(
        "Dòng khớp + dòng chưa khớp = vào + ra + phí đã trừ",
        "Lines matched + lines that break = in + out + fee kept",
    ),
    "books": Words(
        "Ngày có sao kê: sổ − sao kê (tiền vào) = khoản chưa khớp + tiền của ngày khác",
        "Days with a statement: our books − statements, in = breaks + money of other days",
    ),
}
