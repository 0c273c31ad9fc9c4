"""The words of find, and of a journey, beside what is told of applications."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

READING: Mapping[str, Words] = {
    # find
    "find": Words("Tìm hồ sơ", "Find"),
    "find_lead": Words(
        "Nhập một mã vào ô tìm kiếm, hoặc đơn vị, đối tác, thời gian. Viết hoa hay thường, có gạch,"
        " có dấu hay khoảng trắng đều được.",
        "Type one of these into the search box. Case, dashes, marks and blanks do not matter.",
    ),
    "find_key": Words(
        "Phím / đưa con trỏ vào ô tìm kiếm ở mọi trang.",
        "The key / leads to the search box from every page.",
    ),
    "kind_dossier_code": Words("Mã hồ sơ", "Dossier code"),
    "kind_application": Words("Mã định danh", "Application id"),
    "kind_order": Words("Mã lệnh thanh toán", "Order number"),
    "kind_transaction": Words("Mã giao dịch ngân hàng", "Bank's transaction"),
    "kind_petition_code": Words("Mã phản ánh", "Petition"),
    "kind_unit": Words("Đơn vị", "Unit"),
    "kind_partner": Words("Đối tác", "Partner"),
    "kind_days": Words("Thời gian", "Days"),
    "kind_subject": Words("Người", "Person"),
    "example_unit": Words(
        "đơn vị 26734, hoặc tên: phường Ba Đình; đơn vị 79: mọi đơn vị của tỉnh",
        "unit 26734, or its name: phường Ba Đình; unit 79: all of a province",
    ),
    "example_partner": Words("sen-vang", "sen-vang"),
    "example_days": Words(
        "20/11/2026, 11/2026 hoặc hôm qua; ghép được: sen-vang 20/11/2026",
        "2026-11-20, 2026-11 or yesterday; together: sen-vang 2026-11-20",
    ),
    "example_subject": Words(
        "số định danh cá nhân, sau đó là lý do", "a personal number; then why is asked"
    ),
    "example_dossier_code": Words("H29.1-20261120-0000001", "H29.1-20261120-0000001"),
    "example_application": Words(
        "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b", "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b"
    ),
    "example_order": Words("DVC020512345678903", "DVC020512345678903"),
    "example_transaction": Words(
        "FT26325001 hoặc sen-vang/FT26325001", "FT26325001 or sen-vang/FT26325001"
    ),
    "example_petition_code": Words("PA-20261120-3RE8JK2K962", "PA-20261120-3RE8JK2K962"),
    "found_several": Words("Tìm thấy {count} hồ sơ.", "{count} applications were found."),
    "found_sought": Words("Mới nhất trước", "The newest first"),
    "found_more": Words("Trang tiếp theo", "Next page"),
    "found_none_here": Words(
        "Trang này không có hồ sơ nào; xem trang tiếp theo.",
        "There is none on this page; look at the next.",
    ),
    "found_cut": Words(
        "Còn nhiều hơn: hãy thêm tên đối tác, như sen-vang/FT26.",
        "There are more: put the partner's name before it, as sen-vang/FT26.",
    ),
    "found_none": Words("Không tìm thấy hồ sơ nào", "Nothing was found"),
    "understood_as": Words("Đã hiểu là:", "It was taken for:"),
    "understood_nothing": Words(
        "Không nhận ra đây là loại mã nào.", "It is none of the codes that are known here."
    ),
    "could_try": Words("Có thể thử:", "What could be tried:"),
    "try_1": Words(
        "kiểm tra từng chữ số; mã hồ sơ kết thúc bằng ngày và bảy chữ số",
        "check digit by digit; a dossier code ends with a day and seven digits",
    ),
    "try_2": Words(
        "đợi vài giây nếu hồ sơ vừa nộp hoặc tiền vừa đến",
        "wait some seconds if it was submitted, or paid, just now",
    ),
    "try_3": Words(
        "dùng mã lệnh DVC… ghi trên nội dung chuyển khoản",
        "use the order number DVC… that stands in the text of the transfer",
    ),
    "try_4": Words(
        "dùng mã giao dịch của ngân hàng: chỉ tiền đã ghi vào hồ sơ mới tìm được",
        "use the bank's transaction: only money that was booked to an application is found",
    ),
    # a journey: its head
    "since_last": Words("{took} từ bản ghi cuối", "{took} since the last message"),
    "now_held": Words("Đang bị giữ lại, cần người vận hành", "Held: an operator has to release it"),
    "also": Words("Ngoài ra ({count})", "Beside that ({count})"),
    "is_stuck": Words("ùn tắc", "stuck"),
    "now_nobody": Words("Không chờ ai", "Nobody is waited for"),
    "held_by": Words("Bị giữ lại ở:", "Held by:"),
    "refused": Words("Không được ghi nhận", "refused"),
    "not_registered": Words("Chưa được ghi nhận", "not registered yet"),
    "application": Words("Mã định danh", "Application id"),
    "parent": Words("Thuộc hồ sơ", "Child of"),
    "received": Words("Tiếp nhận", "Received by"),
    "decides": Words("Giải quyết", "Decided by"),
    "hands_over": Words("Trả kết quả", "Handed over by"),
    "last": Words("Bản ghi cuối", "Last message"),
    # what must not be
    "sent_to": Words("Được gửi vào", "Sent to"),
    "is_whole": Words(
        "Chuỗi sự kiện đầy đủ, đúng thứ tự, cùng một vết.",
        "The log is whole, in order and one trace.",
    ),
    "findings": Words("Có chỗ không đúng", "Something is wrong in the log"),
    "finding_gap": Words("Thiếu sự kiện", "Gap"),
    "finding_misorder": Words("Sai thứ tự", "Out of order"),
    "finding_fork": Words("Trùng mã, khác nội dung", "Fork"),
    "finding_orphan": Words("Không rõ nguyên nhân", "Unknown cause"),
    "finding_trace": Words("Khác vết", "Another trace"),
    # clocks
    "clocks": Words("Ba đồng hồ", "Three clocks"),
    "no_clock": Words("Chưa có đồng hồ nào chạy.", "No clock has begun."),
    "clock_acceptance": Words("Tiếp nhận", "To acceptance"),
    "clock_result": Words("Giải quyết theo quy định", "Statutory time"),
    "clock_return": Words("Trả kết quả", "To the citizen's hands"),
    "clock_running": Words("đang chạy", "running"),
    "clock_paused": Words("tạm dừng", "paused"),
    "clock_ended": Words("đã xong", "ended"),
    "late": Words("trễ hạn", "late"),
    "began": Words("Bắt đầu", "Began"),
    "due": Words("Hạn", "Due"),
    "due_before": Words("Hạn trước", "Due before"),
    "ended": Words("Kết thúc", "Ended"),
    "signer": Words("Chờ người ký", "Waits for the signer"),
    "left": Words("Còn", "Left"),
    "over": Words("Quá", "Over by"),
    # money
    "money": Words("Tiền", "Money"),
    "no_money": Words("Không có khoản tiền nào.", "There is no money in it."),
    "money_assessed": Words("Phải nộp", "Assessed"),
    "money_settled": Words("Đã thu", "Settled"),
    "money_receipts": Words("Đã lập biên lai", "Receipted"),
    "money_mismatched": Words("Sai số tiền, chờ người xét", "Another amount, for a person"),
    "money_overpaid": Words("Thừa, chờ hoàn", "Over, to be given back"),
    "numbers_references": Words("Mã lệnh", "Orders"),
    "numbers_receipts": Words("Biên lai", "Receipts"),
    "waived": Words("Được miễn vì", "Waived because of"),
    # notices, routing, children
    "notices": Words("Tin đã gửi", "Notices"),
    "no_notices": Words("Chưa gửi tin nào.", "None was asked for."),
    "notice_requested": Words("đang gửi", "on its way"),
    "notice_sent": Words("đã gửi", "sent"),
    "notice_delivered": Words("đã đến", "delivered"),
    "notice_failed": Words("không gửi được", "failed"),
    "notice_dropped": Words("không cần gửi", "dropped"),
    "routing": Words("Vì sao ở đơn vị này", "Why it is with this unit"),
    "no_routing": Words("Chưa phân về đơn vị nào.", "No unit was chosen yet."),
    "rule": Words("Quy tắc", "Rule"),
    "candidates": Words("Chọn trong số", "To be chosen among"),
    "because": Words("Lý do", "Because"),
    "edition": Words("Bản danh mục", "Catalogue"),
    "went_by": Words("Căn cứ:", "It went by:"),
    "children": Words("Hồ sơ con", "Children"),
    # the waterfall
    "waterfall": Words("Thời gian đi đâu", "Where the time went"),
    "waterfall_lead": Words(
        "Từ bản ghi đầu tiên: {whole}. Thanh dưới đây tô theo ai đang giữ việc.",
        "From the first message: {whole}. The bar is coloured by who had it.",
    ),
    "legend_lead": Words(
        "Các khoảng có thể chồng lên nhau. Vạch mảnh là chờ, vạch dày là làm.",
        "Stretches may overlap. A thin line is a wait, a thick one is work.",
    ),
    "steps": Words("Từng bước ({count})", "Step by step ({count})"),
    "after": Words("bắt đầu sau", "begins after"),
    "fall_cut": Words(
        "Còn nữa: GET /v1/journeys/{name}/waterfall có tất cả.",
        "There is more: GET /v1/journeys/{name}/waterfall has all of it.",
    ),
    # the timeline
    "timeline": Words("Diễn biến", "Timeline"),
    "truncated": Words(
        "Hồ sơ này có nhiều bản ghi hơn mức đọc được.", "It has more messages than are read."
    ),
    "show_all": Words("Hiện thêm {count} bản ghi trước đó", "Show {count} earlier messages"),
    "times": Words("{count} lần", "{count} times"),
    "by": Words("bởi", "by"),
    "cause": Words("do số", "led to by"),
    "raw": Words("Nguyên văn", "As it is"),
    "open_raw": Words("Mở bản ghi", "Open the message"),
    "as_kept": Words(
        "Như được lưu: trường niêm phong vẫn niêm phong, chuỗi dài được rút gọn.",
        "As it is kept: sealed fields stay sealed, long strings are shortened.",
    ),
    # what is sealed
    "unseal": Words("Mở trường niêm phong", "Open what is sealed"),
    "unseal_lead": Words(
        "Dữ liệu cá nhân được hiện một lần. Ai mở, khi nào và vì sao được ghi vào diễn biến của hồ "
        "sơ và sổ theo dõi việc xem.",
        "Personal data are shown once. Who opened them, when and why stands in the timeline, and "
        "in the record of who was shown what.",
    ),
    "unseal_why": Words("Lý do", "Why"),
    "unseal_do": Words("Mở và hiện một lần", "Open, and show once"),
    "unsealed": Words("Dữ liệu đã niêm phong", "What was sealed"),
    "unsealed_once": Words(
        "{by} mở, lý do: {reason}. Trang này chỉ hiện một lần.",
        "Opened by {by}: {reason}. This page is shown once.",
    ),
    "unsealed_none": Words("Không mở được trường nào.", "None of it could be opened."),
    "unsealed_more": Words(
        "Còn trường niêm phong khác của các bản ghi cũ hơn.",
        "Older messages have more sealed fields.",
    ),
    "back_to_journey": Words("Về hồ sơ", "Back to the journey"),
}
