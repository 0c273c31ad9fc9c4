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
    "wrong-level": Remedy(
        "Nộp tại đơn vị thuộc cấp tiếp nhận thủ tục này; biểu mẫu đã công bố ghi các cấp.",
        "Hand it in at a unit of a level that receives this procedure: the published form says so.",
    ),
    "channel-not-offered": Remedy(
        "Chọn cách nộp mà thủ tục cho phép; biểu mẫu đã công bố ghi các cách.",
        "Choose a channel that the procedure offers: the published form names them.",
    ),
    "unknown-unit": Remedy(
        "Chọn mã đơn vị hành chính đang có hiệu lực.",
        "Choose the code of an administrative unit in force.",
    ),
    "unit-not-in-force": Remedy(
        "Vào ngày này không có đơn vị nào mang mã đã ghi: sửa mã, hoặc ghi ngày mà mã đó có hiệu "
        "lực.",
        "No unit had the code on this day: correct the code, or give a day on which it was in "
        "force.",
    ),
    "day-without-unit": Remedy(
        "Ghi mã đơn vị mà ngày này áp dụng cho, hoặc bỏ ngày này.",
        "Give the code of the unit that this day is for, or leave the day out.",
    ),
    "missing-documents": Remedy(
        "Đính kèm giấy tờ mà thủ tục yêu cầu, ghi đúng tên.",
        "Attach the document that the procedure requires, under its name.",
    ),
    "too-many-documents": Remedy(
        "Gửi tối đa 50 giấy tờ; gộp các tệp nếu cần.",
        "Send at most 50 documents; join files if need be.",
    ),
    "invalid-document-hash": Remedy(
        "Gửi SHA-256 của tệp: 64 chữ số thập lục phân viết thường.",
        "Send the SHA-256 of the file: 64 hexadecimal digits, lower case.",
    ),
    "conflicting-origin": Remedy(
        "Chỉ khai một nguồn: số hóa từ bản giấy, hoặc dùng lại (kèm nguồn); số chứng thực chỉ khai "
        "cho bản sao chứng thực điện tử.",
        "State one origin: digitised from paper, or reused, which has a source; the number of a "
        "certificate goes with an e-certified copy only.",
    ),
    "missing-source": Remedy(
        "Ghi nguồn của giấy tờ dùng lại: mã hồ sơ đã có kết quả đó, hoặc mã cơ quan giữ dữ liệu.",
        "Say where it is reused from: the code of the dossier whose result it is, or of the "
        "organisation that has the data.",
    ),
    "invalid-source": Remedy(
        "Ghi nguồn là mã hồ sơ (như H26.1-20261120-0000001) hoặc mã định danh cơ quan "
        "(như G09.20).",
        "Write the source as a dossier code (as H26.1-20261120-0000001) or an organisation's code "
        "(as G09.20).",
    ),
    "missing-certificate": Remedy(
        "Ghi số chứng thực của bản sao chứng thực điện tử.",
        "Give the number under which the electronic copy was certified.",
    ),
    "invalid-copies": Remedy(
        "Số bản phải từ 1 đến 100.",
        "The number of copies is from 1 to 100.",
    ),
    "unknown-fee-case": Remedy(
        "Ghi một trường hợp thu phí mà thủ tục có, hoặc bỏ trống nếu là trường hợp thông thường.",
        "Name a case that the procedure's fee has, or none for the usual one.",
    ),
    "invalid-pages": Remedy(
        "Số trang của một bản phải từ 0 (chưa đếm) đến 2.000.",
        "The pages of one copy are from 0 (not counted yet) to 2,000.",
    ),
    "unknown-exemption": Remedy(
        "Ghi một diện được miễn, giảm có trong danh mục, hoặc bỏ trống.",
        "Name a category of the catalogue's exemptions, or none.",
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
        "Hồ sơ đã kết thúc (bị từ chối, không được tiếp nhận, đã rút hoặc đã trả kết quả); "
        "nộp hồ sơ mới nếu cần.",
        "The application is at its end (refused, not accepted, withdrawn, or its result returned): "
        "submit a new one if need be.",
    ),
    "withdrawal-pending": Remedy(
        "Yêu cầu rút hồ sơ đang được xử lý; chờ trả lời rồi thử lại.",
        "It was asked to take the application back: wait for the answer, then try again.",
    ),
    "too-late-to-withdraw": Remedy(
        "Không rút được hồ sơ ở bước này; liên hệ bộ phận tiếp nhận theo số trên giấy tiếp nhận.",
        "It can no longer be taken back at this stage: ask the receiving unit, by the receipt.",
    ),
    "withdraw-later": Remedy(
        "Hồ sơ đang dừng xử lý nên chưa rút được; gửi lại yêu cầu khi hồ sơ được xử lý tiếp, hoặc "
        "liên hệ bộ phận tiếp nhận theo số trên giấy tiếp nhận.",
        "It is stopped, and not taken back as long as it is: ask again when it goes on, or ask the "
        "receiving unit, by the receipt.",
    ),
    "has-children": Remedy(
        "Hồ sơ liên thông: gửi cho hồ sơ thành phần liên quan, khi hồ sơ đó đã được đăng ký (mã có "
        "trong `children`).",
        "Send it for the child that it is about, once that is registered: the parent's `children` "
        "name them.",
    ),
    "likely-duplicate": Remedy(
        "Đã có hồ sơ đang xử lý cùng người, thủ tục và nội dung; theo dõi hồ sơ đó, "
        "hoặc rút hồ sơ đó rồi nộp lại.",
        "An open application has the same person, procedure and object: follow that one, "
        "or take it back and submit again.",
    ),
    "key-reused": Remedy(
        "Khoá này đã dùng cho nội dung khác; nội dung trước giữ nguyên. Dùng khoá mới.",
        "This key stands with other content, which stays: use a new key.",
    ),
    "too-many-supplements": Remedy(
        "Đã bổ sung tối đa 100 lần; liên hệ bộ phận tiếp nhận.",
        "It was supplemented 100 times, the most there can be: ask the receiving unit.",
    ),
    "supplement-not-taken": Remedy(
        "Giấy tờ bổ sung chưa được nhận: hồ sơ chưa yêu cầu bổ sung, đã nhận đủ hoặc đang dừng xử "
        "lý; gửi lại khi có yêu cầu bổ sung.",
        "It was not taken: nothing is asked for now, or the application is stopped. Send it again "
        "when a supplement is asked for.",
    ),
    "not-correctable": Remedy(
        "Không sửa được mục này: rút hồ sơ rồi nộp lại hồ sơ mới.",
        "This is never corrected: withdraw the application and submit anew.",
    ),
    "nothing-to-correct": Remedy(
        "Ghi ít nhất một mục cần sửa: điện thoại, thư điện tử, địa chỉ hoặc các câu trả lời.",
        "Give at least one thing to correct: phone, e-mail, address or the answers.",
    ),
    "correction-pending": Remedy(
        "Đang xử lý một yêu cầu sửa trước đó; chờ trả lời rồi gửi lại.",
        "An earlier correction has not been answered yet: wait for that, then send this again.",
    ),
    "too-late-to-correct": Remedy(
        "Hồ sơ đã được tiếp nhận, không sửa được nữa; liên hệ bộ phận tiếp nhận theo số trên "
        "giấy tiếp nhận.",
        "A unit has accepted it, and nothing is corrected any more: ask that unit, by the receipt.",
    ),
    "too-many-corrections": Remedy(
        "Đã sửa tối đa 20 lần; liên hệ bộ phận tiếp nhận.",
        "It was corrected 20 times, the most there can be: ask the receiving unit.",
    ),
    "missing-name": Remedy(
        "Ghi họ và tên người nộp.",
        "Give the applicant's name.",
    ),
    "unprintable-name": Remedy(
        "Bỏ các ký tự điều khiển hoặc ký tự ẩn trong họ và tên.",
        "Leave out control characters and invisible ones from the name.",
    ),
    "unprintable-text": Remedy(
        "Bỏ các ký tự điều khiển, ký tự ẩn và ký tự đổi chiều chữ.",
        "Leave out control characters, invisible ones and such as turn the direction of writing.",
    ),
    "personal-in-text": Remedy(
        "Bỏ số định danh cá nhân và số điện thoại: nội dung này không được mã hóa.",
        "Leave out personal numbers and telephone numbers: this text is not encrypted.",
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
    "missing-answer": Remedy(
        "Trả lời mục này của biểu mẫu.",
        "Answer this question of the form.",
    ),
    "unknown-answer": Remedy(
        "Bỏ câu trả lời cho mục không có trong biểu mẫu của thủ tục.",
        "Leave out answers to what the procedure's form does not ask.",
    ),
    "answer-not-listed": Remedy(
        "Chọn một trong các giá trị ghi trong biểu mẫu của thủ tục.",
        "Choose one of the values that the procedure's form lists.",
    ),
    "invalid-answer": Remedy(
        "Ghi câu trả lời theo dạng quy định trong biểu mẫu của thủ tục.",
        "Write the answer in the form that the procedure's form prescribes.",
    ),
    "invalid-date": Remedy(
        "Ghi ngày có thật theo dạng năm-tháng-ngày.",
        "Give a day that exists, as year-month-day.",
    ),
    "date-in-future": Remedy(
        "Ghi ngày không muộn hơn ngày nộp hồ sơ.",
        "Give a day that is not after the day of submission.",
    ),
}
WARNINGS: Mapping[str, Remedy] = {
    "unusual-personal-number": Remedy(
        "Kiểm tra lại số định danh: sáu chữ số đầu không khớp với nơi sinh, giới tính hoặc năm sinh"
        " đã biết. Hồ sơ vẫn được nhận.",
        "Check the personal number: its first six digits do not fit a known place of birth, sex or"
        " year of birth. The application is taken all the same.",
    ),
}


def problem(code: str, field: str, about: Remedy | None = None) -> Problem:
    """Return a problem of this code with the field at this JSON pointer.

    `about` says in our own words what it concerns.
    """
    return _said(REMEDIES[code], code, field, about)


def warning(code: str, field: str) -> Problem:
    """Return a warning: something to look at, and no reason to refuse."""
    return _said(WARNINGS[code], code, field, None)


def _said(remedy: Remedy, code: str, field: str, about: Remedy | None) -> Problem:
    if about:
        remedy = Remedy(f"{about.vi}: {remedy.vi}", f"{about.en}: {remedy.en}")
    return Problem(field=field, code=code, remedy_vi=remedy.vi, remedy_en=remedy.en)


def malformed(reason: str, path: str) -> Problem:
    """Return the problem that a decoder states as a reason and a JSON path (`$.copies`)."""
    code = "invalid-value"
    if "unknown field" in reason:
        code = "unknown-field"
    elif "missing required field" in reason:
        code = "missing-field"
    pointer = path.removeprefix("$").replace("[", "/").replace("]", "").replace(".", "/")
    return problem(code, pointer or "/")
