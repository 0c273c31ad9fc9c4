"""Every problem an application can have: a stable code, and the remedy in two languages.

Remedies never repeat what was sent: it may be personal.
"""

from collections.abc import Mapping
from typing import NamedTuple

from shared.events.data import Problem


class Remedy(NamedTuple):
    """What to do about it."""

    vi: str
    en: str


REMEDIES: Mapping[str, Remedy] = {
    "invalid-value": Remedy(
        "Sửa giá trị của trường này cho đúng kiểu và định dạng đã công bố.",
        "Give this field a value of the published type and form.",
    ),
    "unknown-field": Remedy(
        "Bỏ trường không có trong biểu mẫu đã công bố.",
        "Leave out the field that the published form does not have.",
    ),
    "missing-field": Remedy(
        "Bổ sung trường bắt buộc còn thiếu.",
        "Add the required field that is missing.",
    ),
    "not-uuidv7": Remedy(
        "Tạo mã hồ sơ mới là UUID phiên bản 7 và gửi lại.",
        "Make a new application id, a UUID of version 7, and submit again.",
    ),
    "not-a-portal": Remedy(
        "Đặt nguồn thông điệp là `/portals/<tên cổng>`.",
        "Set the message's source to `/portals/<name of the portal>`.",
    ),
    "unknown-procedure": Remedy(
        "Chọn mã thủ tục có trong danh mục đã công bố.",
        "Choose the code of a procedure in the published catalogue.",
    ),
    "procedure-not-in-force": Remedy(
        "Thủ tục không có hiệu lực vào ngày nộp; chọn thủ tục thay thế.",
        "The procedure was not in force on the day of submission; choose the one that replaces it.",
    ),
    "unknown-unit": Remedy(
        "Chọn mã đơn vị hành chính đang có hiệu lực.",
        "Choose the code of an administrative unit in force.",
    ),
    "missing-documents": Remedy(
        "Đính kèm ít nhất một giấy tờ mà thủ tục yêu cầu.",
        "Attach at least one of the documents that the procedure requires.",
    ),
    "too-many-documents": Remedy(
        "Gửi tối đa 50 giấy tờ; gộp các tệp nếu cần.",
        "Send at most 50 documents; join files if need be.",
    ),
    "invalid-document-hash": Remedy(
        "Gửi SHA-256 của tệp: 64 chữ số thập lục phân viết thường.",
        "Send the SHA-256 of the file: 64 hexadecimal digits, lower case.",
    ),
    "invalid-copies": Remedy(
        "Số bản phải từ 1 đến 100.",
        "The number of copies is from 1 to 100.",
    ),
    "too-long": Remedy(
        "Rút ngắn giá trị của trường này.",
        "Shorten the value of this field.",
    ),
    "personal-not-opened": Remedy(
        "Mã hoá lại bằng khoá công khai hiện hành của bộ phận tiếp nhận (JWE ECDH-ES, A256GCM).",
        "Encrypt again to intake's public key (JWE, ECDH-ES, A256GCM).",
    ),
    "unknown-application": Remedy(
        "Không có hồ sơ nào của cổng này mang mã đó; kiểm tra mã, hoặc thử lại sau giây lát.",
        "No application of yours has this id: check it, or try again in a moment.",
    ),
    "application-closed": Remedy(
        "Hồ sơ đã bị từ chối hoặc đã rút; nộp hồ sơ mới nếu cần.",
        "The application was refused or withdrawn: submit a new one if need be.",
    ),
    "too-many-supplements": Remedy(
        "Đã bổ sung tối đa 100 lần; liên hệ bộ phận tiếp nhận.",
        "It was supplemented 100 times, the most there can be: ask the receiving unit.",
    ),
    "missing-name": Remedy(
        "Ghi họ và tên người nộp.",
        "Give the applicant's name.",
    ),
    "invalid-personal-number": Remedy(
        "Ghi số định danh cá nhân gồm đúng 12 chữ số.",
        "Give the personal identification number: exactly 12 digits.",
    ),
    "invalid-phone": Remedy(
        "Ghi số di động Việt Nam: 0 hoặc +84, rồi 9 chữ số bắt đầu bằng 3, 5, 7, 8 hoặc 9.",
        "Give a Vietnamese mobile number: 0 or +84, then 9 digits that begin with 3, 5, 7, 8 or 9.",
    ),
    "invalid-email": Remedy(
        "Sửa địa chỉ thư điện tử hoặc để trống.",
        "Correct the e-mail address or leave it out.",
    ),
}


def problem(code: str, field: str) -> Problem:
    """Return a problem of this code with the field at this JSON pointer."""
    remedy = REMEDIES[code]
    return Problem(field=field, code=code, remedy_vi=remedy.vi, remedy_en=remedy.en)


def malformed(reason: str, path: str, within: str = "") -> Problem:
    """Return the problem that a decoder states as a reason and a JSON path (`$.copies`)."""
    code = "invalid-value"
    if "unknown field" in reason:
        code = "unknown-field"
    elif "missing required field" in reason:
        code = "missing-field"
    pointer = path.removeprefix("$").replace("[", "/").replace("]", "").replace(".", "/")
    return problem(code, within + pointer or "/")
