"""What an import has to say of a line besides intake's rules; nothing repeats what was sent."""

from collections.abc import Mapping

from services.intake.domain.remedies import Remedy
from shared.events.data import Problem

REMEDIES: Mapping[str, Remedy] = {
    "not-json": Remedy(
        "Ghi mỗi dòng là một đối tượng JSON trọn vẹn, mã UTF-8.",
        "Make each line one whole JSON object, in UTF-8.",
    ),
    "line-too-long": Remedy(
        "Rút ngắn dòng: tối đa 256 KiB; tệp đính kèm được gửi riêng.",
        "Shorten the line to at most 256 KiB; files are sent apart.",
    ),
    "not-a-submission": Remedy(
        "Chỉ đưa vào các dòng kiểu `application.submitted`.",
        "Leave only lines of the type `application.submitted` in the file.",
    ),
    "another-portal": Remedy(
        "Dòng này ghi tên một cổng khác: đưa vào riêng, dưới tên của cổng đó.",
        "The line names another portal: import it apart, under that one's name.",
    ),
    "not-an-instant": Remedy(
        "Ghi ngày, giờ và múi giờ, như 2026-11-20T08:15:00+07:00.",
        "Write date, time and time zone, as in 2026-11-20T08:15:00+07:00.",
    ),
    "received-long-ago": Remedy(
        "Thời điểm nhận chỉ được tính lùi tối đa 7 ngày: bỏ trường này thì thời hạn tính từ lúc"
        " đưa vào.",
        "The time of receipt counts for at most 7 days back: leave this field out, and the time"
        " limit begins with the import.",
    ),
    "received-in-future": Remedy(
        "Thời điểm nhận ở tương lai: sửa lại theo đồng hồ đúng.",
        "The time of receipt has not come yet: correct it by a clock that is right.",
    ),
    "not-a-code": Remedy(
        "Ghi mã hồ sơ cũ đúng như đã cấp.",
        "Write the old dossier code as it was issued.",
    ),
    "code-repeated": Remedy(
        "Một dòng trước có cùng mã hồ sơ cũ: chỉ giữ một dòng.",
        "An earlier line has the same old dossier code: keep one of them.",
    ),
    "not-carried-over": Remedy(
        "Chỉ hồ sơ chưa được tiếp nhận (trạng thái 1) mới đưa vào được; các hồ sơ khác giải quyết"
        " xong ở hệ thống cũ.",
        "Only a dossier that nobody has accepted yet (state 1) can be taken in; bring the others"
        " to their end in the old system.",
    ),
    "id-repeated": Remedy(
        "Một dòng trước có cùng mã này với nội dung khác: đặt mã mới cho một trong hai.",
        "An earlier line has this id with other content: give one of the two a new id.",
    ),
    "conflict": Remedy(
        "Mã này đã có ở bộ phận tiếp nhận với nội dung khác hoặc từ cổng khác, và giữ nguyên như"
        " đã có; nếu là hồ sơ khác, đặt mã mới.",
        "This id stands at intake with other content, or from another portal, and stays as it"
        " stands; if this is another application, give it a new id.",
    ),
    "no-answer": Remedy(
        "Bộ phận tiếp nhận chưa trả lời: chạy lại lệnh; nếu vẫn vậy, hỏi người vận hành hồ sơ đang"
        " bị giữ ở đâu.",
        "Intake has not answered: run the import again; if it stays so, ask the operators what"
        " holds the application.",
    ),
}


def problem(code: str, field: str) -> Problem:
    """Return a problem of this code with the field at this JSON pointer."""
    remedy = REMEDIES[code]
    return Problem(field=field, code=code, remedy_vi=remedy.vi, remedy_en=remedy.en)
