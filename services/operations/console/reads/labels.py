"""The words of the page of who was shown what."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

READS: Mapping[str, Words] = {
    "reads": Words("Ai đã xem", "Who saw what"),
    "reads_lead": Words(
        "Mỗi lần một hồ sơ, kiến nghị hoặc mã hồ sơ hiện ra ở đây hay qua API đều được ghi lại và "
        "giữ hai năm; mở trang này, và kết thúc phiên đăng nhập của ai đó, cũng vậy.",
        "Whenever an application, a petition or a dossier code is shown, here or over the API, it "
        "is written down and kept for two years; so is opening this page, and ending somebody's "
        "sessions.",
    ),
    "reads_name": Words("Hồ sơ nào (mã bất kỳ)", "Which application (any code of it)"),
    "reads_by": Words("Ai xem (tài khoản)", "Who (an account)"),
    "reads_from": Words("Từ ngày", "From day"),
    "reads_to": Words("Đến hết ngày", "To the end of day"),
    "reads_show": Words("Lọc", "Show"),
    "reads_every": Words("Bỏ lọc", "Show all of it"),
    "reads_found": Words("Các lần xem, mới nhất trước", "What was shown, the newest first"),
    "reads_who": Words("Ai", "Who"),
    "reads_role": Words("Vai trò", "Role"),
    "reads_at": Words("Lúc", "At"),
    "reads_address": Words("Địa chỉ mạng", "Network"),
    "reads_count": Words("Số hồ sơ", "Named"),
    "reads_asked": Words("Đã hỏi", "What was asked"),
    "reads_why": Words("Lý do: {reason}", "Why: {reason}"),
    "reads_nobody": Words("không đăng nhập", "nobody signed in"),
    "reads_none": Words("Không có lần xem nào.", "Nobody was shown anything."),
    "refused_one-of-two": Words(
        "Hãy lọc theo hồ sơ hoặc theo người xem, không cả hai.",
        "Ask for an application, or for a person: not both.",
    ),
}
