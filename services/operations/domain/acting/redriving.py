"""What is done about records that nobody could read: they are sent again as they were."""

from collections.abc import Sequence

from services.operations.domain.acting.shape import Action, Command, Given, Why, Words
from services.operations.domain.causes import POISON
from services.operations.domain.entries import Entry


def _redrive(
    _: str, about: str, __: Sequence[Entry], given: Given | None = None, /
) -> Command | Why:
    """Have the record of this place sent again: what goes out is the record itself."""
    barred = given.barred if given else "answered"
    return barred or Command(about.rsplit("/", 2)[0], "", "", about)


REDRIVE = Action(
    frozenset({POISON}),
    Words(
        "Gửi lại các bản ghi không đọc được, như cũ",
        "Messages that nobody could read are sent again, as they were",
    ),
    (
        Words(
            "Dịch vụ đọc lại bản ghi như khi bên gửi gửi đến: mọi việc bản ghi yêu cầu sẽ diễn ra.",
            "The service reads each as when its sender sent it, and all that it asks for happens.",
        ),
        Words(
            "Gửi nhiều lần cũng chỉ tính một lần, kể cả khi bên gửi đã gửi lại.",
            "However often it is sent, it counts once, also where its sender has sent it again.",
        ),
        Words(
            "Nếu nguyên nhân vẫn còn, bản ghi lại bị để riêng, thành một bản ghi khác.",
            "If the cause is still there, it is set aside again, as another one.",
        ),
    ),
    _redrive,
    None,
)
