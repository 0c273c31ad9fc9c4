"""The words of the page of what flows."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

FLOW: Mapping[str, Words] = {
    "flow": Words("Luồng xử lý", "Flow"),
    "flow_live": Words(
        "Số trực tiếp, gần đúng: số mới nhất cách đây {behind}.",
        "Live and approximate: the newest number is {behind} old.",
    ),
    "flow_quiet": Words(
        "Không có gì mới: mọi bản ghi đã được đọc, bản ghi cuối cách đây {behind}.",
        "Nothing new: all that was logged is read, the last of it {behind} ago.",
    ),
    "flow_never": Words(
        "Chưa có bản ghi nào trong hai giờ qua.", "Nothing was logged in the last two hours."
    ),
    "flow_still": Words(
        "Số trực tiếp đang đứng: còn bản ghi chưa được đếm. Xem ai đọc chậm ở dưới.",
        "The live numbers stand still: something is logged and not counted. See below who is "
        "behind.",
    ),
    "flow_unseen": Words(
        "Không biết số trực tiếp có đứng hay không: Kafka không trả lời.",
        "Whether the live numbers stand still is not known: Kafka does not answer.",
    ),
    "flow_now": Words("Bây giờ", "Now"),
    "flow_service": Words("Dịch vụ", "Service"),
    "flow_in": Words("Vào mỗi giây", "In per second"),
    "flow_out": Words("Ra mỗi giây", "Out per second"),
    "flow_hour": Words("Ra trong một giờ", "Out in an hour"),
    "flow_line": Words("Một giờ qua", "The last hour"),
    "flow_window": Words(
        "Mỗi giây: trung bình của {seconds} giây qua. Vào là những gì dịch vụ đọc, ra là những gì "
        "dịch vụ quyết định.",
        "Per second: the mean of the last {seconds} seconds. In is what a service reads, out is "
        "what it decides.",
    ),
    "flow_ages": Words("Tuổi của những gì đang chờ", "How old what waits is"),
    "flow_ages_as_of": Words(
        "Đếm cách đây {ago}, mỗi phút một lần.", "Counted {ago} ago, once a minute."
    ),
    "flow_ages_none": Words("Chưa được đếm.", "Not counted yet."),
    "flow_stage": Words("Khâu", "Stage"),
    "flow_waits": Words("Đang chờ", "Wait"),
    "flow_median": Words("Trung vị", "Median"),
    "flow_p95": Words("5 % lâu hơn", "5 % are older than"),
    "flow_oldest": Words("Lâu nhất", "Oldest"),
    "flow_lags": Words("Ai còn bản ghi chưa đọc", "Who has messages left to read"),
    "flow_lags_as_of": Words("Xem cách đây {ago}.", "Looked {ago} ago."),
    "flow_lags_none": Words("Kafka không trả lời.", "Kafka does not answer."),
    "flow_reader": Words("Ai đọc", "Who reads"),
    "flow_behind": Words("Bản ghi còn lại", "Messages left"),
    "flow_chart": Words("Ra mỗi phút trong một giờ qua", "Out per minute in the last hour"),
    "flow_minute": Words("Phút", "Minute"),
    "flow_numbers": Words("Các số của biểu đồ", "The numbers of the chart"),
    "flow_unreadable": Words(
        "{number} bản đếm không đọc được.", "{number} counts could not be read."
    ),
    "flow_looks": Words(
        "Trang tự xem lại mỗi {seconds} giây khi đang mở trước mắt.",
        "The page looks again every {seconds} seconds while it is in sight.",
    ),
}
