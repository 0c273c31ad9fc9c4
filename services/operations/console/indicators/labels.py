"""The words of the pages of indicators."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

INDICATOR_WORDS: Mapping[str, Words] = {
    "indicators": Words("Chỉ số", "Indicators"),
    "indicators_of": Words("Chỉ số: {unit}", "Indicators: {unit}"),
    "indicators_map": Words("34 tỉnh, thành phố", "The 34 provinces"),
    "indicators_map_is": Words(
        "Mỗi ô là một tỉnh, ở gần đúng vị trí của nó; bấm vào để xem các xã, phường.",
        "Each tile is a province, about where it lies; follow one to its communes.",
    ),
    "indicators_provinces": Words("Các tỉnh, kém nhất trước", "Provinces, the worst first"),
    "indicators_communes": Words(
        "Các đơn vị trực thuộc, kém nhất trước", "Its units, the worst first"
    ),
    "indicators_numbers": Words("Các số liệu", "Its numbers"),
    "indicators_rules": Words("Đánh giá theo ngưỡng nào", "By which thresholds"),
    "indicators_rule": Words(
        "Có hiệu lực từ {since}: đếm {days} ngày. Đơn vị nhận dưới {least} hồ sơ thì chưa đánh giá."
        " Một tỉnh không bao giờ tốt hơn nhóm {part} % số xã kém nhất của nó.",
        "In force from {since}: {days} days are counted. A unit that received fewer than {least} is"
        " not judged. A province is never better than the worst {part} % of its communes.",
    ),
    "indicators_days": Words(
        "Hồ sơ của những ngày {since} đến {day}, đếm lúc {at}.",
        "Applications of {since} to {day}, counted at {at}.",
    ),
    "indicators_board_at": Words("Việc đang chờ: vào lúc {at}.", "What waits: as of {at}."),
    "indicators_board_not": Words(
        "Việc đang chờ của ngày đó không được lưu: các ô ấy để trống.",
        "What waited on that day was not kept: those cells are empty.",
    ),
    "indicators_day": Words("Xem ngày", "As of the day"),
    "indicators_show": Words("Xem", "Show"),
    "indicators_unit": Words("Đơn vị", "Unit"),
    "indicators_colour": Words("Đánh giá", "Judged"),
    "indicators_indicator": Words("Chỉ số", "Indicator"),
    "indicators_share": Words("Tỷ lệ", "Share"),
    "indicators_counted": Words("Tử số / mẫu số", "Numerator / denominator"),
    "indicators_green": Words("Xanh", "Green"),
    "indicators_red": Words("Đỏ", "Red"),
    "indicators_source": Words("Nguồn của ngưỡng", "Where the threshold is from"),
    "indicators_in_communes": Words("Số đơn vị theo màu", "Units by colour"),
    "indicators_nowhere": Words("Chưa thuộc đơn vị nào", "With no unit yet"),
    "evidence_numerator": Words("Tử số", "Numerator"),
    "evidence_denominator": Words("Mẫu số", "Denominator"),
    "evidence_is": Words("Những hồ sơ được đếm, theo đơn vị.", "What is counted, by unit."),
    "evidence_now": Words(
        "Việc đang chờ: danh sách là của lúc này.", "What waits: the list is as of now."
    ),
    "evidence_empty": Words("Không có hồ sơ nào.", "There is none."),
    "evidence_stuck": Words("đang ùn tắc", "stuck"),
    "evidence_waits": Words("chờ đúng quy định", "as it should"),
    "column_online": Words("nộp trực tuyến", "filed online"),
    "column_direct": Words("nộp trực tiếp", "filed at the counter"),
    "column_post": Words("nộp qua bưu chính", "filed by post"),
    "column_settled_early": Words("giải quyết trước hạn", "settled early"),
    "column_settled_on_time": Words("giải quyết đúng hạn", "settled on time"),
    "column_settled_late": Words("giải quyết quá hạn", "settled late"),
    "column_in_process_within": Words("đang giải quyết, trong hạn", "in process, not due yet"),
    "column_in_process_overdue": Words("đang giải quyết, quá hạn", "in process, overdue"),
    "column_suspended_within": Words("tạm dừng, trong hạn", "suspended, not due yet"),
    "column_suspended_overdue": Words("tạm dừng, quá hạn", "suspended, overdue"),
    "evidence_as": Words("Được đếm là", "Counted as"),
    "evidence_application": Words("Hồ sơ", "Application"),
    "index": Words("Chỉ số phục vụ", "Service index"),
    "index_of": Words("Chỉ số phục vụ: {unit}", "Service index: {unit}"),
    "index_is": Words(
        "{dossiers} hồ sơ đã giải quyết từ {since} đến {until}, theo sáu nhóm của Quyết định 766.",
        "{dossiers} dossiers settled from {since} to {until}, by the six groups of Decision 766.",
    ),
    "index_many": Words(
        "Quá nhiều hồ sơ để mở ở đây: `motcua index` đếm tất cả. Tiến độ lấy từ biểu thống kê.",
        "Too many dossiers to open here: `motcua index` counts them all. Progress is of the form.",
    ),
    "index_sum": Words(
        "{points} trên {most} điểm của những tiêu chí tính được; tất cả có 100 điểm.",
        "{points} of the {most} points of the criteria that can be told; all have 100.",
    ),
    "index_criterion": Words("Tiêu chí", "Criterion"),
    "index_points": Words("Điểm", "Points"),
    "index_note": Words("Ghi chú", "Note"),
    "index_nothing": Words("Không có gì để đếm trong kỳ.", "Nothing to count in the period."),
    "index_not_opened": Words("Chưa mở hồ sơ.", "Dossiers were not opened."),
    "index_since": Words("Từ ngày", "From"),
    "index_until": Words("Đến ngày", "To"),
    "colour_red": Words("đỏ", "red"),
    "colour_yellow": Words("vàng", "yellow"),
    "colour_grey": Words("xám", "grey"),
    "colour_green": Words("xanh", "green"),
    "why_nothing_to_judge": Words("không có gì để đánh giá", "nothing to judge"),
    "why_too_few": Words("quá ít để đánh giá", "too few to judge"),
    "why_not_kept": Words("ngày đó không được lưu", "not kept for that day"),
    "threshold_more": Words("từ {limit}", "from {limit}"),
    "threshold_less": Words("dưới {limit}", "below {limit}"),
    "threshold_most": Words("đến {limit}", "up to {limit}"),
    "threshold_over": Words("trên {limit}", "over {limit}"),
}
