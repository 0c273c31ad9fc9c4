"""When an application is due, and what that depends on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from services.operations.domain.citizen.course import Course
from services.operations.domain.citizen.words import Words
from shared.working_time import local_day

DUE: Mapping[str, Words] = {
    "acceptance": Words(
        "Cơ quan trả lời hồ sơ có được tiếp nhận hay không, chậm nhất {due}.",
        "We say whether your application is accepted by {due} at the latest.",
    ),
    "result": Words("Hẹn trả kết quả ngày {due}.", "The result is due on {due}."),
    "result_paused": Words(
        "Đã hẹn trả kết quả ngày {due}, nhưng thời gian đang tạm dừng tính.",
        "The result was due on {due}, but the clock is standing still.",
    ),
    "paused": Words(
        "Thời gian đang tạm dừng tính; ngày hẹn sẽ được báo khi tiếp tục.",
        "The clock is standing still; you will be told the date when it goes on.",
    ),
}
# what a date depends on: one of these for each reason
DEPENDS: Mapping[str, Words] = {
    "supplement_requested": Words(
        "Thời gian dừng tính cho đến khi ông/bà bổ sung giấy tờ. "
        "Ngày hẹn lùi lại bằng thời gian đã chờ.",
        "The clock stands still until you bring what is missing. The date moves back by as long.",
    ),
    "payment_due": Words(
        "Thời gian dừng tính cho đến khi ông/bà nộp tiền. Ngày hẹn lùi lại bằng thời gian đã chờ.",
        "The clock stands still until you have paid. The date moves back by as long.",
    ),
    "stopped": Words(
        "Thời gian dừng tính trong lúc tạm dừng giải quyết. "
        "Ngày hẹn lùi lại bằng thời gian đã dừng.",
        "The clock stands still while work has stopped. The date moves back by as long.",
    ),
    "fee_first": Words(
        "Hồ sơ chỉ được tiếp nhận sau khi ông/bà nộp phí.",
        "It can only be accepted once you have paid the fee.",
    ),
    "apologised": Words(
        "Cơ quan xin lỗi vì chậm trễ. Ngày hẹn trước đó là {before}.",
        "We apologise for the delay. The date we gave before was {before}.",
    ),
    "moved": Words(
        "Lịch làm việc thay đổi. Ngày hẹn trước đó là {before}.",
        "The working calendar has changed. The date we gave before was {before}.",
    ),
    "late": Words(
        "Đã quá ngày hẹn. Cơ quan phải xin lỗi ông/bà bằng văn bản và hẹn ngày mới.",
        "This date has passed. You are owed a written apology and a new date.",
    ),
    "late_acceptance": Words(
        "Đã quá hạn trả lời. Ông/bà có thể hỏi nơi tiếp nhận ghi bên dưới.",
        "This date has passed. You may ask the unit that received it, named below.",
    ),
    "working_days": Words(
        "Chỉ tính ngày làm việc. Thời gian chờ ông/bà bổ sung giấy tờ hoặc nộp tiền không tính.",
        "Only working days count. Time in which we wait for you does not.",
    ),
}

PAUSED = ("supplement_requested", "payment_due", "stopped")
ACCEPTING = ("submitted", "resubmitted")
DECIDING = ("accepted", "processing")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A date, what it is of, and what it depends on; `at` is null where nobody can say it now."""

    of: Literal["acceptance", "result"]
    at: datetime | None
    is_paused: bool
    is_late: bool
    sentence: Words
    depends_on: tuple[Words, ...]


def due(course: Course, owes_first: bool, now: datetime) -> Due | None:
    """Return what is due next; None: nothing any more.  `owes_first`: a fee is to be paid first."""
    if course.state in PAUSED:
        return _paused(course)
    if course.state in ACCEPTING and course.acceptance_due:
        is_late = now > course.acceptance_due
        why = [DEPENDS["late_acceptance"]] if is_late else []
        if owes_first:
            why.append(DEPENDS["fee_first"])
        return Due(
            of="acceptance",
            at=course.acceptance_due,
            is_paused=False,
            is_late=is_late,
            sentence=DUE["acceptance"].told(due=course.acceptance_due),
            depends_on=tuple(why),
        )
    if course.state in DECIDING and course.due:
        is_late = now > course.due
        why = [DEPENDS["late"]] if is_late else [*_moved(course), DEPENDS["working_days"]]
        return Due(
            of="result",
            at=course.due,
            is_paused=False,
            is_late=is_late,
            sentence=DUE["result"].told(due=local_day(course.due)),
            depends_on=tuple(why),
        )
    return None


def _paused(course: Course) -> Due:
    sentence = DUE["paused"]
    if course.due:
        sentence = DUE["result_paused"].told(due=local_day(course.due))
    return Due(
        of="result" if course.is_accepted else "acceptance",
        at=None,
        is_paused=True,
        is_late=False,
        sentence=sentence,
        depends_on=(DEPENDS[course.state], *_moved(course)),
    )


def _moved(course: Course) -> Iterator[Words]:
    if course.due_before:
        yield DEPENDS[course.why_moved].told(before=local_day(course.due_before))
