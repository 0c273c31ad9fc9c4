"""All that a citizen is told of where an application stands, as tables; tests prove them complete.

Who reads them is in a hurry, or reads on a telephone: one thought a sentence, no word of ours.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.operations.domain.citizen.words import Words
from services.operations.domain.status import STATES as CODES

StateName = Literal[
    "submitted",
    "accepted",
    "not_accepted",
    "processing",
    "supplement_requested",
    "resubmitted",  # what was asked for has come, and is looked at
    "payment_due",
    "withdrawn",
    "stopped",
    "settled",
    "in_post",
    "returned",
    "refused",  # at the door: it never was a dossier
    "family",  # several agencies' applications, handed in as one
    "family_partly_done",
]
Stage = Literal["submitted", "accepted", "processing", "settled", "returned"]
Standing = Literal["done", "current", "waiting", "ended", "ahead"]


class State(NamedTuple):
    """A state: its name, what it means, and how far that is; `standing` of the stage it is at."""

    name: Words
    sentence: Words
    stage: Stage
    standing: Standing = "current"


def _code(number: int, vi: str, en: str, stage: Stage, standing: Standing = "current") -> State:
    code = CODES[number]
    return State(Words(code.name_vi, code.name_en.capitalize()), Words(vi, en), stage, standing)


STATES: Mapping[StateName, State] = {
    "submitted": _code(
        1,
        "Cơ quan đã nhận được hồ sơ của ông/bà và đang kiểm tra.",
        "We have your application and are checking that it is complete.",
        "submitted",
    ),
    "accepted": _code(
        2,
        "Hồ sơ đã được tiếp nhận. Thời hạn giải quyết đã bắt đầu tính.",
        "Your application has been accepted. The time we have for it has begun.",
        "accepted",
    ),
    "not_accepted": _code(
        3,
        "Hồ sơ không được tiếp nhận. Lý do ở bên dưới.",
        "Your application was not accepted. The reason is below.",
        "submitted",
        "ended",
    ),
    "processing": _code(
        4,
        "Cơ quan có thẩm quyền đang giải quyết hồ sơ.",
        "The competent authority is working on your application.",
        "processing",
    ),
    "supplement_requested": _code(
        5,
        "Hồ sơ còn thiếu. Cơ quan chờ ông/bà bổ sung.",
        "Something is missing. We are waiting for you to bring it.",
        "processing",
        "waiting",
    ),
    "resubmitted": State(
        Words("Đã bổ sung giấy tờ", "What was missing has come"),
        Words(
            "Cơ quan đã nhận được phần ông/bà bổ sung và đang kiểm tra lại.",
            "We have what you brought and are checking again.",
        ),
        "submitted",
    ),
    "payment_due": _code(
        6,
        "Cơ quan chờ ông/bà nộp tiền rồi mới giải quyết tiếp.",
        "We are waiting for your payment before we can go on.",
        "processing",
        "waiting",
    ),
    "withdrawn": _code(
        7,
        "Hồ sơ đã được rút và kết thúc.",
        "Your application was taken back. It is finished.",
        "submitted",
        "ended",
    ),
    "stopped": _code(
        8,
        "Việc giải quyết hồ sơ đang tạm dừng. Lý do ở bên dưới.",
        "Work on your application has stopped for now. The reason is below.",
        "processing",
        "waiting",
    ),
    "settled": _code(
        9,
        "Kết quả đã có, mời ông/bà đến nhận.",
        "The result is ready for you.",
        "settled",
    ),
    "in_post": State(
        Words("Kết quả đang được gửi qua bưu điện", "The result is in the post"),
        Words(
            "Kết quả đã có và đang được bưu điện chuyển đến ông/bà.",
            "The result is ready and the post is bringing it to you.",
        ),
        "settled",
    ),
    "returned": _code(
        10,
        "Kết quả đã được trả. Hồ sơ đã kết thúc.",
        "You have the result. Your application is finished.",
        "returned",
        "done",
    ),
    "refused": State(
        Words("Không được ghi nhận", "Could not be registered"),
        Words(
            "Hồ sơ chưa được ghi nhận vì còn chỗ phải sửa. "
            "Hãy sửa các chỗ nêu bên dưới rồi nộp lại.",
            "Your application could not be registered. Correct what is named below and send it "
            "again.",
        ),
        "submitted",
        "ended",
    ),
    "family": State(
        Words("Nhiều cơ quan cùng giải quyết", "With several agencies"),
        Words(
            "Hồ sơ gồm nhiều thủ tục. Mỗi cơ quan giải quyết một phần, xem từng phần bên dưới.",
            "Your application has several parts. Each is with an agency of its own: see below.",
        ),
        "processing",
    ),
    "family_partly_done": State(
        Words("Đã xong một phần", "Done in part"),
        Words(
            "Các phần của hồ sơ đều đã kết thúc. Có phần không có kết quả, xem bên dưới.",
            "All parts of your application have ended. Not all had a result: see below.",
        ),
        "returned",
        "ended",
    ),
}

# of a parent whose parts all came to nothing: it counts as not accepted
FAMILY_FAILED = (
    Words("Không có kết quả", "Without a result"),
    Words(
        "Các phần của hồ sơ đều đã kết thúc mà không có kết quả. Xem từng phần bên dưới.",
        "All parts of your application have ended without a result. See each below.",
    ),
)
# of one that was not turned down at once: it counts as not accepted as well
CANCELLED = (
    Words("Đã bị hủy", "Cancelled"),
    Words(
        "Cơ quan đã hủy hồ sơ, phí đã nộp được hoàn. Lý do ở bên dưới.",
        "Your application was cancelled; fees that you paid go back. The reason is below.",
    ),
)
PARTLY = Words("xong một phần", "done in part")  # a stage that not all parts passed
NEW_RESULT = Words(
    "Đã có kết quả mới, thay cho kết quả trước. Mời ông/bà đến nhận.",
    "A new result is ready for you, in place of the one before.",
)

# by the ten national codes; what is finer than these `course` tells apart
BY_CODE: Mapping[int, StateName] = {
    1: "submitted",
    2: "accepted",
    3: "not_accepted",
    4: "processing",
    5: "supplement_requested",
    6: "payment_due",
    7: "withdrawn",
    8: "stopped",
    9: "settled",
    10: "returned",
}
OVER: frozenset[StateName] = frozenset(
    {"not_accepted", "withdrawn", "returned", "refused", "family_partly_done"}
)

STAGES: Mapping[Stage, Words] = {
    "submitted": Words("Nộp hồ sơ", "Submitted"),
    "accepted": Words("Tiếp nhận", "Accepted"),
    "processing": Words("Giải quyết", "In progress"),
    "settled": Words("Có kết quả", "Result ready"),
    "returned": Words("Trả kết quả", "Result handed over"),
}
STANDINGS: Mapping[Standing, Words] = {
    "done": Words("đã xong", "done"),
    "current": Words("đang ở bước này", "we are here"),
    "waiting": Words("đang chờ ở bước này", "waiting here"),
    "ended": Words("kết thúc ở bước này", "ended here"),
    "ahead": Words("chưa tới", "to come"),
}

ROLES: Mapping[str, Words] = {
    "receiving": Words("Tiếp nhận", "Receives it"),
    "competent": Words("Giải quyết", "Decides it"),
    "returning": Words("Trả kết quả", "Hands the result over"),
}
