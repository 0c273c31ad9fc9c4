"""What becomes of a cause that no round is about: who ends it, and where.

With the table of actions it is every cause there is; a test proves that.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.operations.domain.acting.shape import Words
from services.operations.domain.causes import CALL, GAP


class Remedy(NamedTuple):
    """Who ends it and how; `page`: where in the console, empty where nobody here can."""

    words: Words
    page: str = ""


_TAKEN_IN = Words(
    "Tự xử lý khi dịch vụ chạy. Hồ sơ mà dịch vụ giữ lại hoặc không đọc được nằm ở nhóm riêng, có "
    "thao tác riêng.",
    "It goes on by itself once the service runs. What the service holds, or cannot read, stands in "
    "a group of its own, with what can be done about it.",
)
_BANK = Words(
    "Chỉ đối tác mới kết thúc được: hệ thống hỏi lại theo lịch; quá số lần thì giao cho người phụ "
    "trách.",
    "Only the partner ends it: it is asked by the schedule, and after the last question a person "
    "has to see to it.",
)
_GATEWAY = Words(
    "Chỉ nơi gửi tin mới kết thúc được: hệ thống hỏi lại hoặc đổi nơi gửi; tin không đi được thì "
    "sang nhóm gửi lại.",
    "Only the gateway ends it: it is asked again, or another takes its place; a notice that fails "
    "comes to the group of those that can be sent again.",
)
_UNIT = Words(
    "Chỉ đơn vị trả kết quả, bưu chính và công dân mới kết thúc được: kết quả đã có, không còn gì "
    "để đổi.",
    "Only the unit that hands it out, the post and the citizen end it: there is a result, and "
    "nothing to be changed.",
)
REMEDIES: Mapping[str, Remedy] = {
    "unanswered": Remedy(_TAKEN_IN),
    "unrouted": Remedy(_TAKEN_IN),
    "unassessed": Remedy(_TAKEN_IN),
    "repeated": Remedy(
        Words(
            "Chỉ cổng đang gửi mới dừng được; hồ sơ chỉ được tính một lần.",
            "Only the portal that sends it can stop; it counts once however often it comes.",
        )
    ),
    "interlinked_needs_person": Remedy(
        Words(
            "Mở hồ sơ: từng phần có việc riêng cần làm; cơ quan của phần đó quyết định.",
            "Open it: each part has what can be done about it, and is for its own unit to decide.",
        )
    ),
    "told_otherwise": Remedy(
        Words(
            "Hỏi đối tác nội dung nào đúng; khoản đã ghi nhận và biên lai giữ nguyên. Sao kê nói "
            "khác thì thành khoản lệch đối soát; sau ba ngày thì thôi hiện ở đây.",
            "Ask the partner which is right: what was booked and its receipt stand. If its "
            "statement has it otherwise, that is a break; after three days it is no longer here.",
        ),
        "money/breaks",
    ),
    "refund_under_way": Remedy(_BANK),
    "allowance_under_way": Remedy(_BANK),
    CALL: Remedy(
        Words(
            "Đối tác gọi lại, hoặc sao kê có khoản này; nội dung nằm ở trang bản ghi không đọc "
            "được.",
            "The partner calls again, or its statement has it; what it said stands with the "
            "messages that were set aside.",
        ),
        "dead",
    ),
    GAP: Remedy(
        Words(
            "Chỉ người phụ trách nhật ký mới kết thúc được: sự kiện còn trong nhật ký thì đọc lại "
            "toàn bộ (motcua rebuild); mất rồi thì phát lại từ sổ của dịch vụ (motcua republish), "
            "như hướng dẫn của cảnh báo cùng tên.",
            "Only who runs the log ends it: what the log still has is read anew (motcua rebuild), "
            "what it lost is said again from the service's journal (motcua republish), as the "
            "runbook of the alarm of this name tells.",
        ),
        "alarms/runbooks/sequence_gap",
    ),
    "awaiting_return": Remedy(_UNIT),
    "in_post": Remedy(_UNIT),
    "post_came_back": Remedy(_UNIT),
    "notice_under_way": Remedy(_GATEWAY),
    "gateway_silent": Remedy(_GATEWAY),
    "petition_unassigned": Remedy(
        Words(
            "Người vận hành phân công qua API của dịch vụ thông báo (phản ánh, kiến nghị).",
            "An operator assigns it, at notify's API of petitions.",
        )
    ),
    "petition_open": Remedy(
        Words("Chỉ đơn vị được giao mới trả lời được.", "Only the unit that has it can answer it.")
    ),
}
