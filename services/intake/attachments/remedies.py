"""Every problem that a file can have: a stable code, and the remedy in two languages."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.events.data import Problem


class Remedy(NamedTuple):
    """What to do about it."""

    vi: str
    en: str


FILE_REMEDIES: Mapping[str, Remedy] = {
    "file-not-there": Remedy(
        "Tải tệp này lên trước (POST /v1/uploads), chờ kiểm tra xong rồi gửi lại hồ sơ.",
        "Upload this file first (POST /v1/uploads), wait until it is checked, then send again.",
    ),
    "file-too-large": Remedy(
        "Giảm dung lượng tệp: nén, quét ở độ phân giải thấp hơn hoặc tách tệp.",
        "Make the file smaller: compress it, scan it at a lower resolution, or split it.",
    ),
    "files-too-large": Remedy(
        "Giảm tổng dung lượng các tệp đính kèm theo giới hạn của thủ tục.",
        "Make all files together smaller: the procedure limits their sum.",
    ),
    "too-many-files": Remedy(
        "Đính kèm ít tệp hơn theo giới hạn của thủ tục; gộp các tệp nếu cần.",
        "Attach fewer files: the procedure limits their number; join files if need be.",
    ),
    "file-type-not-permitted": Remedy(
        "Gửi tệp ở định dạng mà thủ tục chấp nhận (PDF, PNG, JPEG, DOCX, XML nếu không nêu khác).",
        "Send a type of file that the procedure takes (PDF, PNG, JPEG, DOCX, XML as a rule).",
    ),
    "file-type-differs": Remedy(
        "Khai đúng kiểu tệp: nội dung không phải kiểu đã khai.",
        "State the type that the file is of: its content is of another.",
    ),
    "file-hash-differs": Remedy(
        "Tính lại SHA-256 của tệp và tải lên lại: nội dung nhận được khác với giá trị đã khai.",
        "Compute the file's SHA-256 again and upload it anew: what arrived has another.",
    ),
    "file-infected": Remedy(
        "Tệp chứa mã độc và không được lưu: làm sạch máy, tạo lại tệp rồi tải lên lại.",
        "The file holds malware and was not kept: clean your computer, make the file anew.",
    ),
    "too-many-uploads": Remedy(
        "Hoàn tất hoặc huỷ các tệp đang tải dở rồi tải tệp này lên.",
        "Finish uploads that are on their way, or end them, then begin this one.",
    ),
    "too-many-parts": Remedy(
        "Bắt đầu tải lên lại và gửi các phần lớn hơn.",
        "Begin a new upload and send larger pieces.",
    ),
    "invalid-header": Remedy(
        "Sửa tiêu đề này theo tus 1.0.",
        "Correct this header: tus 1.0 says its form.",
    ),
}


def fault(code: str, field: str) -> Problem:
    """Return a problem of this code with the field at this JSON pointer."""
    remedy = FILE_REMEDIES[code]
    return Problem(field=field, code=code, remedy_vi=remedy.vi, remedy_en=remedy.en)
