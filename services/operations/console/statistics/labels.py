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
    # forms that are sent
    "subscriptions": Words("Gửi định kỳ", "Sent regularly"),
    "subscriptions_lead": Words(
        "Biểu của một đơn vị được gửi sáu giờ sáng hôm sau mỗi kỳ, tới nơi nhận có trong tệp bí mật"
        " của hệ thống. Nơi nhận có thể nhận một biểu hai lần, dưới cùng một mã.",
        "A unit's form is sent at six in the morning after each period, to whom the secrets file"
        " names. They may get a form twice, under the same id.",
    ),
    "subscriptions_no_target": Words(
        "Chưa có nơi nhận nào: thêm vào mục reports của tệp bí mật, rồi khởi động lại.",
        "There are no targets yet: add some to reports in the secrets file, and start it again.",
    ),
    "subscriptions_none": Words("Chưa có biểu nào được gửi.", "Nothing is sent yet."),
    "subscription_unit": Words("Mã đơn vị, tỉnh, hoặc nation", "Code of a unit, or nation"),
    "subscription_every": Words("Mỗi", "Every"),
    "subscription_kind": Words("Định dạng", "Format"),
    "subscription_target": Words("Gửi tới", "To"),
    "subscription_do": Words("Đăng ký", "Subscribe"),
    "subscription_by": Words("Người đăng ký", "Subscribed by"),
    "subscription_period": Words("Kỳ đến {day}", "Up to {day}"),
    "subscription_nothing": Words("Chưa có kỳ nào kết thúc.", "No period is over yet."),
    "subscription_ended": Words("Đã dừng bởi {by}, {at}", "Ended by {by}, {at}"),
    "subscription_end": Words("Dừng gửi", "Send no more"),
    "every_daily": Words("Ngày", "Day"),
    "every_weekly": Words("Tuần", "Week"),
    "every_monthly": Words("Tháng", "Month"),
    "sending_begun": Words("đang gửi", "under way"),
    "sending_sent": Words("đã gửi", "sent"),
    "sending_given_up": Words("không gửi được", "given up"),
    "sending_failed": Words("chưa gửi được, sẽ thử lại", "not sent, tried again"),
    "refused_no-subscription": Words(
        "Chưa đăng ký được: kiểm tra mã đơn vị và nơi nhận.",
        "That cannot be subscribed: look at the unit's code and the target.",
    ),
    "refused_unknown-subscription": Words("Không có đăng ký này.", "There is no such one."),
    "refused_too-many-subscriptions": Words(
        "Đã có quá nhiều đăng ký: hãy dừng bớt.", "As many are open as may be: end some."
    ),
    "refused_not-your-unit": Words(
        "Tài khoản này chỉ xem được thống kê của đơn vị mình.",
        "This account sees the statistics of its own units alone.",
    ),
    "refused_busy": Words(
        "Đang lập nhiều biểu cùng lúc. Hãy thử lại sau giây lát.",
        "Many forms are drawn just now. Try again in a moment.",
    ),
}
