"""The words of the statistics page; the form's own are in `form_files`."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

STATISTICS: Mapping[str, Words] = {
    "statistics": Words("Thống kê", "Statistics"),
    "statistics_lead": Words(
        "Biểu tình hình, kết quả giải quyết thủ tục hành chính, của mọi đơn vị, kỳ bất kỳ đã qua.",
        "The national form: how procedures were settled, of any unit, in any period that is over.",
    ),
    "statistics_province": Words("Tỉnh, thành phố", "Province"),
    "statistics_unit": Words("Đơn vị", "Unit"),
    "statistics_whole": Words("Cả tỉnh, theo từng đơn vị", "All of it, unit by unit"),
    "statistics_from": Words("Từ ngày", "From"),
    "statistics_to": Words("Đến ngày", "To"),
    "statistics_view": Words("Cách tính", "Counted"),
    "statistics_do": Words("Lập biểu", "Show the form"),
    "statistics_periods": Words("Kỳ thường dùng", "Common periods"),
    "statistics_so_far": Words("{month}, đến hôm qua", "{month}, up to yesterday"),
    "statistics_year": Words("Năm {year}, đến hôm qua", "{year}, up to yesterday"),
    "statistics_of": Words("Từ {first} đến {last}", "From {first} to {last}"),
    "statistics_table": Words("Biểu thống kê, cuộn ngang được", "The form: it scrolls sideways"),
    "statistics_total": Words("Tổng số", "Total"),
    "statistics_adds_up": Words(
        "Đã đối chiếu, {lines} dòng đều khớp: tiếp nhận {received} = đã giải quyết {settled}"
        " + đang giải quyết {in_process} + tạm dừng {suspended} + không tiếp nhận {not_accepted}.",
        "It adds up, in all {lines} lines: received {received} = settled {settled}"
        " + in process {in_process} + suspended {suspended} + not accepted {not_accepted}.",
    ),
    "statistics_differs": Words("Không khớp ở: {names}.", "It does not add up at: {names}."),
    "statistics_nothing": Words(
        "Không có hồ sơ nào trong kỳ này.", "Nothing is to be told of this period."
    ),
    "statistics_left_out": Words(
        "{count} dòng chỉ có số 0 không hiện ở đây; tệp tải về có đủ.",
        "{count} lines have nothing but zeros and are not shown; the files have all.",
    ),
    "statistics_show_all": Words("Hiện tất cả các dòng", "Show all lines"),
    "statistics_files": Words("Tải về", "Download"),
    "refused_not-your-unit": Words(
        "Tài khoản này chỉ xem được thống kê của đơn vị mình.",
        "This account sees the statistics of its own units alone.",
    ),
    "refused_unknown-unit": Words(
        "Không có đơn vị nào mang mã này trong danh mục.",
        "No unit of the catalogue has this code.",
    ),
    "refused_busy": Words(
        "Đang lập nhiều biểu cùng lúc. Hãy thử lại sau giây lát.",
        "Many forms are drawn just now. Try again in a moment.",
    ),
}
