"""The words of the stuck board."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

STUCK: Mapping[str, Words] = {
    # the stuck board
    "stuck": Words("Hồ sơ ùn tắc", "Stuck"),
    "stuck_now": Words("Đang ùn tắc", "Stuck now"),
    "stuck_nothing": Words("Không có hồ sơ nào ùn tắc.", "Nothing is stuck."),
    "stuck_waiting": Words("Đang chờ đúng quy định", "Waiting as it should"),
    "stuck_as_of": Words("Đếm lúc {at}.", "Counted at {at}."),
    "stuck_none_waits": Words("Không có hồ sơ nào đang chờ.", "Nothing waits."),
    "group_cause": Words("Nguyên nhân", "Cause"),
    "group_stage": Words("Khâu", "Stage"),
    "group_whom": Words("Chờ ai", "Waits for"),
    "group_count": Words("Số việc", "How many"),
    "group_applications": Words("Hồ sơ", "Applications"),
    "group_oldest": Words("Lâu nhất", "Oldest"),
    "group_p95": Words("5 % lâu hơn", "5 % are older than"),
    "group_trend": Words("Xu hướng", "Trend"),
    "group_uncounted": Words("chưa có số cũ", "no earlier count"),
    "stuck_faults": Words("Sự cố thử đang bật:", "Made to fail just now:"),
    "stuck_faults_turn": Words("Xem các sự cố thử", "See the faults to try"),
    "group_money": Words("Tiền liên quan", "Money at risk"),
    "group_money_is": Words(
        "Tiền liên quan: của lệnh thu, khoản hoàn hoặc khoản trợ cấp đang chờ; với hồ sơ bị giữ "
        "lại hay bản ghi không đọc được: toàn bộ tiền của hồ sơ. Khoản nào chờ vì hai nguyên "
        "nhân thì có ở cả hai dòng, nên không cộng các dòng với nhau.",
        "Money at risk is that of the order, refund or allowance that waits; of what is held or "
        "nobody can read, all that its application has. What waits for two causes stands in both "
        "rows: the rows are not to be added.",
    ),
    "group_stuck": Words("đang ùn tắc, lâu nhất trước", "stuck, the longest first"),
    "group_waiting": Words("đang chờ đúng quy định", "waiting as it should"),
    "group_all": Words("tất cả", "all of it"),
    "group_since": Words("Từ {at}, đã {took}", "Since {at}, for {took}"),
    "group_where": Words("Đến trang xử lý", "Go where it is seen to"),
    "group_more": Words("Trang tiếp theo", "Next page"),
    "group_empty": Words("Không còn hồ sơ nào ở đây.", "Nothing is here any more."),
}
