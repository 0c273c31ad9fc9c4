"""What was the end of an application, by the event that ended it: whole sentences.

Whatever ends it has its words; a test proves that.
"""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from shared.events import cancelling, intake, petitions, routing

_NOTHING_MORE = Words(
    "tiếp theo, không ai phải giải quyết gì thêm", "next, nobody has to decide anything more"
)
_ANSWERED = Words(
    "Phản ánh đã được trả lời lúc {at}; tiếp theo, công dân đồng ý hoặc không đồng ý với câu trả "
    "lời, "
    "quá hạn thì phản ánh tự đóng.",
    "The petition was answered at {at}; next, the citizen agrees with the answer or disputes it, "
    "else it closes by itself.",
)


def _over(vi: str, en: str) -> Words:
    return Words(f"{vi} lúc {{at}}; {_NOTHING_MORE.vi}.", f"{en} at {{at}}; {_NOTHING_MORE.en}.")


ENDS: Mapping[str, Words] = {
    intake.Refused.TYPE: Words(
        "Hồ sơ bị từ chối khi nộp lúc {at}, nơi gửi đã được báo lý do; tiếp theo, công dân có thể "
        "sửa "
        "và nộp hồ sơ mới.",
        "It was refused when it was handed in at {at}, and its sender told why; next, the citizen "
        "may mend it and hand in another.",
    ),
    intake.InterlinkedEnded.TYPE: _over(
        "Mọi phần của hồ sơ liên thông đã kết thúc", "All parts of it were over"
    ),
    routing.NotAccepted.TYPE: Words(
        "Cơ quan không tiếp nhận hồ sơ lúc {at}, công dân được báo lý do; tiếp theo, công dân có "
        "thể "
        "nộp hồ sơ mới.",
        "The unit did not accept it at {at}, and the citizen is told why; next, the citizen may "
        "hand "
        "in another.",
    ),
    cancelling.Cancelled.TYPE: _over("Hồ sơ bị hủy", "It was cancelled"),
    routing.Returned.TYPE: _over("Kết quả đã trả cho công dân", "The citizen got the result"),
    routing.Closed.TYPE: _over("Hồ sơ đóng theo yêu cầu rút", "It was closed, as it was withdrawn"),
    petitions.PetitionAnswered.TYPE: _ANSWERED,
    petitions.PetitionAnsweredAgain.TYPE: _ANSWERED,
    petitions.PetitionDismissed.TYPE: _over("Phản ánh bị từ chối", "The petition was dismissed"),
    petitions.PetitionAccepted.TYPE: _over(
        "Công dân đồng ý với câu trả lời", "The citizen agreed with the answer"
    ),
    petitions.PetitionClosed.TYPE: _over("Phản ánh đã đóng", "The petition was closed"),
    petitions.PetitionWithdrawn.TYPE: _over("Phản ánh đã được rút", "The petition was withdrawn"),
}

# of what neither waits for something that has a name nor is over
FAMILY = Words(
    "Hồ sơ liên thông: từng phần đi theo đường riêng; tiếp theo, các hồ sơ con kết thúc thì hồ sơ "
    "này "
    "kết thúc.",
    "It is one for several agencies, and each part goes its own way; next, it ends when all of its "
    "children have.",
)
MOVING = Words(
    "Không có việc nào đang chờ; tiếp theo, hệ thống tự xử lý: quá một phút không có bản ghi mới "
    "thì "
    "xem trang Luồng xử lý.",
    "Nothing of it waits; next, the services go on by themselves: if no message comes within a "
    "minute, look at the page Flow.",
)
UNKNOWN = Words(
    "Chưa có hồ sơ nào được tiếp nhận dưới mã này, chỉ có bản ghi của bên khác; tiếp theo, nơi gửi "
    "phải nộp hồ sơ.",
    "Nothing was taken in under this name, there is only what others said of it; next, its sender "
    "has to hand it in.",
)
