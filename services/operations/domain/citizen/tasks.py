"""What a citizen is to do now; mostly nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from services.operations.domain.citizen.course import Course
from services.operations.domain.citizen.due import ACCEPTING, PAUSED
from services.operations.domain.citizen.money import Money
from services.operations.domain.citizen.owed import Owed, Standing
from services.operations.domain.citizen.sentences import OVER, StateName
from services.operations.domain.citizen.words import Fact, Quote, Words

TASKS: Mapping[str, Words] = {
    "correct": Words("Sửa những chỗ sau rồi nộp lại hồ sơ.", "Correct this and send it again."),
    "bring": Words(
        "Bổ sung giấy tờ được yêu cầu, tại cổng hoặc nơi đã nộp hồ sơ.",
        "Bring what is asked for, on the portal or at the counter where you applied.",
    ),
    "pay": Words(
        "Nộp {amount_vnd} ({purpose}) trước {by}, trên cổng nơi đã nộp hồ sơ.",
        "Pay {amount_vnd} ({purpose}) before {by}, on the portal where you applied.",
    ),
    "pay_again": Words(
        "Còn phải nộp {amount_vnd} ({purpose}), nhưng thời hạn nộp đã hết. "
        "Hãy hỏi nơi tiếp nhận cách nộp tiếp.",
        "{amount_vnd} ({purpose}) is still to be paid, but the time for it is over. "
        "Ask the receiving unit how to go on.",
    ),
    "await_order": Words(
        "Phải nộp {amount_vnd} ({purpose}). Cách nộp sẽ được báo cho ông/bà ngay khi có.",
        "{amount_vnd} ({purpose}) is to be paid. You will be told how as soon as that can be done.",
    ),
    "fetch": Words(
        "Đến nhận kết quả tại {unit}, trừ khi đã chọn nhận qua mạng hoặc bưu điện. "
        "Mang theo giấy tờ tùy thân và mã hồ sơ.",
        "Fetch the result at {unit}, unless you chose to have it online or by post. "
        "Bring proof of identity and the dossier code.",
    ),
    "fetch_back": Words(
        "Bưu điện không phát được kết quả. Đến nhận tại {unit}, "
        "mang theo giấy tờ tùy thân và mã hồ sơ.",
        "The post could not deliver the result. Fetch it at {unit}; bring proof of identity and "
        "the dossier code.",
    ),
    "await_post": Words(
        "Chờ bưu điện phát kết quả. Số bưu gửi: {tracking}.",
        "Wait for the post to bring the result. Parcel number: {tracking}.",
    ),
    "see_parts": Words(
        "Xem từng phần bên dưới: phần nào cần ông/bà làm gì thì ghi ở phần đó.",
        "See each part below: it says there if something is for you to do.",
    ),
    "file_again": Words(
        "Nếu vẫn cần phần không có kết quả: xem lý do ở phần đó rồi nộp riêng thủ tục đó.",
        "If you still want what came to nothing: see why in that part, then apply for it alone.",
    ),
    "await_withdrawal": Words(
        "Ông/bà đã xin rút hồ sơ. Chờ cơ quan trả lời, chưa cần làm gì thêm.",
        "You asked to take the application back. Wait for the answer, there is nothing else to do.",
    ),
    "await_taking_back": Words(
        "Phần này được yêu cầu rút vì một phần khác không có kết quả. Chờ cơ quan trả lời.",
        "This part is to be taken back, as another part came to nothing. Wait for the answer.",
    ),
    "await_correction": Words(
        "Ông/bà đã xin sửa thông tin. Chờ trả lời, chưa cần làm gì thêm.",
        "You asked for a correction. Wait for the answer, there is nothing else to do.",
    ),
    "nothing": Words(
        "Ông/bà không phải làm gì. Cơ quan đang giải quyết và sẽ báo khi có thay đổi.",
        "There is nothing for you to do. We are working on it and will tell you when something "
        "changes.",
    ),
    "nothing_checked": Words(
        "Ông/bà không phải làm gì. Cơ quan đang kiểm tra hồ sơ và sẽ báo kết quả kiểm tra.",
        "There is nothing for you to do. We are checking it and will tell you what comes of that.",
    ),
    "nothing_paused": Words(
        "Ông/bà chưa phải làm gì. Cơ quan sẽ báo khi giải quyết tiếp.",
        "There is nothing for you to do yet. We will tell you when work goes on.",
    ),
    "over": Words(
        "Ông/bà không phải làm gì thêm cho hồ sơ này.",
        "Nothing more is to be done about this application.",
    ),
}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, or that there is nothing; `kind` names the sentence.

    `by`, `amount_vnd`: of a payment.  `said`: what an officer wrote about it.  `details`: what is
    to be corrected, one by one.
    """

    kind: str
    sentence: Words
    by: datetime | None = None
    amount_vnd: int = 0
    said: Quote | None = None
    details: tuple[Words, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether something is to be done at all."""
        return self.kind in ASKED


# what is to be done about what is owed, by how it stands
PAYING: Mapping[Standing, str] = {
    "payable": "pay",
    "expired": "pay_again",
    "opening": "await_order",
}
PAID = ("payable", "expired")  # the more urgent first
FAMILIES = ("family", "family_partly_done")
LOST = ("family_partly_done", "not_accepted")
ASKED = frozenset({"correct", "bring", "pay", "pay_again", "fetch", "fetch_back"})


def tasks(course: Course, money: Money, returning: Words) -> tuple[Task, ...]:
    """Return what is to be done, the most urgent first; never nothing at all."""
    found = (*_asked(course, money, returning), *_awaited(course, money))
    if found:
        return found
    kind = _nothing(course.state)
    return (Task(kind=kind, sentence=TASKS[kind]),)


def _nothing(state: StateName) -> str:
    if state in OVER:
        return "over"
    if state in PAUSED:
        return "nothing_paused"
    return "nothing_checked" if state in ACCEPTING else "nothing"


def _asked(course: Course, money: Money, returning: Words) -> Iterator[Task]:
    if course.state == "refused":
        yield Task(kind="correct", sentence=TASKS["correct"], details=course.problems)
    if course.state == "supplement_requested":
        yield Task(kind="bring", sentence=TASKS["bring"], said=course.said)
    for standing in PAID:
        yield from map(_paid, (each for each in money.owed if each.standing == standing))
    if course.state == "settled":
        kind = "fetch_back" if course.came_back else "fetch"
        yield Task(kind=kind, sentence=TASKS[kind].told(unit=returning))


def _paid(owed: Owed) -> Task:
    kind = PAYING[owed.standing]
    facts: dict[str, Fact] = {"amount_vnd": owed.amount_vnd, "purpose": owed.purpose}
    if owed.pay_by:
        facts["by"] = owed.pay_by
    sentence = TASKS[kind].told(**facts)
    return Task(kind=kind, sentence=sentence, by=owed.pay_by, amount_vnd=owed.amount_vnd)


def _awaited(course: Course, money: Money) -> Iterator[Task]:
    yield from map(_paid, (each for each in money.owed if each.standing == "opening"))
    if course.state == "in_post":
        sentence = TASKS["await_post"].told(tracking=course.tracking)
        yield Task(kind="await_post", sentence=sentence)
    if course.state in FAMILIES:
        yield Task(kind="see_parts", sentence=TASKS["see_parts"])
    if course.is_family and course.state in LOST:
        yield Task(kind="file_again", sentence=TASKS["file_again"])
    if course.state not in OVER:
        for kind in dict.fromkeys(f"await_{asked}" for asked in course.asked.values()):
            yield Task(kind=kind, sentence=TASKS[kind])
