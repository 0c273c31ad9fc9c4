"""The words of finding by person."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

PERSONS: Mapping[str, Words] = {
    "person": Words("Tìm hồ sơ của một người", "Find a person's applications"),
    "person_lead": Words(
        "Tìm theo số định danh cá nhân chỉ khi có lý do. Tên tài khoản, lý do và thời điểm được ghi"
        " lại; số không được ghi ở đâu cả.",
        "Only with a reason is anybody found by a personal number. Account, reason and time are"
        " written down; the number is nowhere.",
    ),
    "person_number": Words("Số định danh cá nhân (12 chữ số)", "Personal number (12 digits)"),
    "person_taken": Words(
        "Đã nhận số vừa nhập; số không hiện lại ở đây.",
        "The number that was typed is taken over, and is not shown again.",
    ),
    "person_reason": Words("Lý do", "Reason"),
    "person_reason_hint": Words(
        "Ví dụ: công dân gọi hỏi hồ sơ của mình. Đừng viết số định danh vào đây.",
        "For example: the citizen calls about an application. Do not write the number here.",
    ),
    "person_do": Words("Tìm", "Find"),
    "person_transaction": Words(
        "Nếu đó là mã giao dịch của ngân hàng, hãy thêm tên đối tác vào trước: sen-vang/0010…",
        "If it is a bank's transaction, put the partner's name before it: sen-vang/0010…",
    ),
    "person_cut": Words("Chỉ hiện các hồ sơ mới nhất.", "Only the newest are shown."),
    "person_no_number": Words(
        "Đây không phải số định danh cá nhân: hãy nhập đủ 12 chữ số.",
        "This is no personal number: type its 12 digits.",
    ),
    "person_no_reason": Words(
        "Hãy ghi lý do, từ 3 đến 500 ký tự.", "Say why, in 3 to 500 characters."
    ),
    "refused_intake-silent": Words(
        "Dịch vụ tiếp nhận chưa trả lời. Hãy thử lại, hoặc tìm theo mã.",
        "Intake does not answer. Try again, or find by a code.",
    ),
    "refused_intake-refuses": Words(
        "Dịch vụ tiếp nhận không nhận khóa của hệ thống vận hành: hãy báo người quản trị, và tìm"
        " theo mã.",
        "Intake does not take the key of operations: tell an administrator, and find by a code.",
    ),
}
