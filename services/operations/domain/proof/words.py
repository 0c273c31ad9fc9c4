"""What equations, exceptions and what is waited for are called; Vietnamese first."""

from collections.abc import Mapping
from datetime import UTC, datetime

from services.operations.domain.citizen.words import Words
from services.operations.domain.proof.tally import Proof
from shared.clock import VIETNAM

# by the name of an equation: what is on its left
SECTIONS: Mapping[str, Words] = {
    "submissions": Words("Hồ sơ đã gửi", "submissions"),
    "children": Words("Hồ sơ thành phần liên thông", "children"),
    "petitions": Words("Phản ánh, kiến nghị", "petitions"),
    "letters": Words(
        "Thông điệp không đọc được, không rõ hồ sơ", "unreadable messages of no application"
    ),
    "sequences": Words("Sự kiện có số thứ tự", "numbered events"),
    "money": Words("Tiền đã nhận (đồng)", "đồng received"),
    "receipts": Words("Tiền đã ghi nhận thanh toán (đồng)", "đồng settled"),
    "refunds": Words("Tiền đã hoàn (đồng)", "đồng given back"),
    "notices": Words("Thông báo", "notices"),
    "at_the_end": Words("Đã tiếp nhận, tại cuối kỳ", "received, at the end"),
    "now": Words("Đã tiếp nhận, đến nay", "received, now"),
}
# what stands on its right
PARTS: Mapping[str, Words] = {
    "registered": Words("đã đăng ký", "registered"),
    "refused": Words("bị từ chối", "refused"),
    "dismissed": Words("được cho qua", "dismissed by an operator"),
    "sent_again": Words("được gửi lại", "sent again"),
    # reports from before what waits was one number
    "held": Words("đang bị giữ", "held"),
    "set_aside": Words("không đọc được", "set aside"),
    "being_read": Words("đang chờ trả lời", "being read"),
    "first_occurrences": Words("có đủ trong nhật ký", "first occurrences"),
    "settled": Words("đã ghi nhận", "settled"),
    "overpaid": Words("nộp thừa", "overpaid"),
    "mismatched": Words("sai số tiền", "mismatched"),
    "waiting": Words("đang chờ", "waiting"),
    "receipts": Words("biên lai", "receipts"),
    "receipts_awaited": Words("biên lai sắp phát hành", "receipts awaited"),
    "released": Words("được phép hoàn", "released"),
    "sent": Words("đã gửi", "sent"),
    "delivered": Words("đã đến nơi", "delivered"),
    "failed": Words("không gửi được", "failed"),
    "dropped": Words("không cần gửi nữa", "dropped"),
    "under_way": Words("đang gửi", "under way"),
    "in_process": Words("đang giải quyết", "in process"),
    "suspended": Words("tạm dừng", "suspended"),
    "not_accepted": Words("không tiếp nhận", "not accepted"),
}
# in columns of the statistics form the same word means another thing
COLUMNS: Mapping[str, Words] = {**PARTS, "settled": Words("đã giải quyết", "settled")}
KINDS: Mapping[str, Words] = {
    "unread": Words(
        "chưa đọc hết nhật ký",
        "operations has not read the log to its end",
    ),
    "unanswered": Words(
        "đã gửi, không được đăng ký cũng không bị từ chối",
        "submitted, and neither registered nor refused",
    ),
    "left_unreadable": Words(
        "thông điệp không đọc được, không ai xử lý",
        "messages that nobody can read, and nobody did anything about",
    ),
    "answered_twice": Words("được trả lời nhiều lần", "answered more than once"),
    "never_submitted": Words("có trả lời, không có hồ sơ gửi", "answered, and never submitted"),
    "refused_without_reason": Words(
        "bị từ chối, không nêu lý do", "refused, and no problem is named"
    ),
    "gap": Words("thiếu một số thứ tự", "a number is missing"),
    "misorder": Words("sai thứ tự", "a later number stands earlier"),
    "fork": Words("lặp lại với nội dung khác", "came again with other content"),
    "orphan": Words("nguyên nhân không có trong nhật ký", "what led to it is not in the log"),
    "truncated": Words("quá nhiều sự kiện để kiểm tra", "has more messages than are looked at"),
    "unbooked": Words(
        "đối tác báo có tiền, không nơi nào ghi nhận",
        "a partner told of money, and nobody has it",
    ),
    "untold": Words("đã ghi nhận, không đối tác nào báo", "booked, and no partner told of it"),
    "counted_twice": Words(
        "một giao dịch được tính nhiều lần", "a transaction counts more than once"
    ),
    "settled_twice": Words("ghi nhận thanh toán nhiều lần", "settled more than once"),
    "never_due": Words(
        "thanh toán số tiền chưa từng phải nộp", "settled by an amount that was never due"
    ),
    "receipts_differ": Words(
        "biên lai khác số tiền đã ghi nhận", "its receipts are not of what settled"
    ),
    "refunded_twice": Words("hoàn tiền nhiều lần", "given back more than once"),
    "refunded_unreleased": Words("hoàn tiền khi chưa được phép", "given back, and not let go"),
    "released_above": Words("cho phép hoàn nhiều hơn đã nhận", "more was let go than came"),
    "notice_without_end": Words(
        "yêu cầu gửi, không rõ kết quả", "asked for, and nobody says what became of it"
    ),
    "notice_twice": Words("gửi nhiều lần", "told more than once"),
    "never_routed": Words(
        "đã tiếp nhận, chưa từng được phân luồng", "received, and routing never took it"
    ),
    "never_received": Words(
        "có trạng thái, chưa từng được tiếp nhận", "has a state, and was never received"
    ),
    "nowhere": Words("mã trạng thái không tồn tại", "stands at a code that is none"),
    "name_taken": Words("mã đã thuộc hồ sơ khác", "a name that stands for another application"),
}
WAITS: Mapping[str, Words] = {
    "being_read": Words("hồ sơ đang chờ trả lời", "submissions that wait for their answer"),
    "held": Words(
        "hồ sơ đang bị giữ, chờ giải phóng", "submissions that a service holds, to be released"
    ),
    "set_aside": Words("hồ sơ không đọc được", "submissions that nobody can read"),
    "unreadable": Words(
        "thông điệp không đọc được, không rõ của hồ sơ nào",
        "messages that nobody can read, of no known application",
    ),
    "unrouted": Words("đã tiếp nhận, chưa phân luồng", "received, and not routed yet"),
    "unrouted_held": Words(
        "đã tiếp nhận, phân luồng đang giữ, chờ giải phóng",
        "received, and held by routing, to be released",
    ),
    "money": Words("tiền đang chờ khoản phải nộp", "money that waits for its order"),
    "money_held": Words(
        "tiền đang bị giữ, chờ giải phóng", "money that payment holds, to be released"
    ),
    "receipt": Words("biên lai sắp phát hành", "settled, its receipts are on their way"),
    "notice": Words("thông báo đang gửi", "notices that are under way"),
    "notice_held": Words(
        "thông báo đang bị giữ, chờ giải phóng", "notices that notify holds, to be released"
    ),
}


def part(equation: str, name: str) -> Words:
    """Return what a number on the right of an equation is called."""
    return (COLUMNS if equation in ("at_the_end", "now") else PARTS)[name]


def waited(proof: Proof) -> Words | None:
    """Return how many wait, and since when the oldest does; None: nothing waits.

    Reports from before that was looked at do not say since when.
    """
    number = sum(proof.waiting.values())
    if not number:
        return None
    vi, en = f"{number:,} mục đang chờ".replace(",", "."), f"{number:,} wait"
    if not proof.oldest_ms:
        return Words(vi, en)
    since = datetime.fromtimestamp(min(proof.oldest_ms.values()) / 1_000, UTC).astimezone(VIETNAM)
    return Words(
        f"{vi}, lâu nhất từ {since:%H:%M %d/%m/%Y}",
        f"{en}, the oldest since {since:%Y-%m-%d %H:%M}",
    )
