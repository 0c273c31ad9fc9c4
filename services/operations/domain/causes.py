"""Why an application waits: the causes, whom each waits for, and how long that is as it should be.

`patience_s` is how long; None: until the instant that law, an order or an appointment names, or
until the unit has worked for so many hours, whichever is first.  What is over that is stuck.  Where
no text names a time, it is ours, and said so.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.operations.domain.waits import Who
from shared.topics import SERVICES

Stage = Literal["intake", "routing", "payment", "processing", "result", "notify"]
UnitOf = Literal["receiving", "competent", "returning"]
HELD = "held"
POISON = "poison_event"
CALL = "unplaced_call"
GAP = "sequence_gap"
ANYWHERE = frozenset({HELD, POISON, GAP})  # they wait at whichever service it is
# what is there of these is known from lanes' notices, not from what became of the application
OF_LANES = frozenset({HELD, POISON, CALL})
BREAK = "reconciliation_break"
APART = OF_LANES | {BREAK}  # and of this one from statements
AT_ONCE = 0.0
MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
STATED_S = 3 * DAY_S  # ours: by then a statement has said what a transaction is
SUPPLEMENT_S = 30 * DAY_S  # ours: no text says how long a citizen may take
ACCEPTANCE_HOURS = 4  # ours: half of what the law gives, so that somebody can still be called


class Cause(NamedTuple):
    """`unit`: whose turn it is, of the units of an application; `working_hours`: how long that unit
    may leave it, where the law gives more; `lasts_s`: over when nothing came again for so long;
    `is_brief`: most end within seconds; `stuck_vi`, `stuck_en`: its name when stuck, if another.
    """

    stage: Stage
    who: Who
    patience_s: float | None
    vi: str
    en: str
    unit: UnitOf = "receiving"
    working_hours: int = 0
    lasts_s: float = 0.0
    is_brief: bool = False
    stuck_vi: str = ""
    stuck_en: str = ""


def over_ms(cause: str, now_ms: int) -> int:
    """Return until when what was stuck then is over by now, of a cause that ends by itself."""
    lasts_s = CAUSES[cause].lasts_s
    return now_ms - int(lasts_s * 1_000) if lasts_s else -1


CAUSES: Mapping[str, Cause] = {
    "unanswered": Cause(
        "intake", "us", MINUTE_S, "Chưa được tiếp nhận vào hệ thống", "Submitted, and not taken in"
    ),
    "repeated": Cause(
        "intake",
        "us",
        AT_ONCE,
        "Một hồ sơ được gửi lại liên tục",
        "The same application is sent again and again",
        lasts_s=MINUTE_S,
    ),
    "unrouted": Cause(
        "routing", "us", MINUTE_S, "Chưa xác định cơ quan giải quyết", "Taken in, and not routed"
    ),
    "needs_choice": Cause(
        "routing",
        "officer",
        AT_ONCE,
        "Cần người chọn cơ quan giải quyết",
        "A person has to choose the unit",
    ),
    "interlinked_needs_person": Cause(
        "routing",
        "officer",
        AT_ONCE,
        "Liên thông: cần người xem xét một phần",
        "A part of several needs a person",
    ),
    "awaiting_acceptance": Cause(
        "routing",
        "officer",
        None,
        "Chờ cơ quan tiếp nhận",
        "Waits for the unit to accept it",
        working_hours=ACCEPTANCE_HOURS,
        stuck_vi="Cơ quan chưa tiếp nhận",
        stuck_en="The unit does not accept it",
    ),
    "unassessed": Cause(
        "payment", "us", MINUTE_S, "Chưa tính phí, lệ phí", "Routed, and its fee not assessed"
    ),
    "awaiting_payment": Cause(
        "payment", "citizen", None, "Chờ công dân nộp tiền", "Waits for the citizen to pay"
    ),
    "unpaid": Cause(
        "payment",
        "officer",
        3 * DAY_S,
        "Không nộp phí đúng hạn",
        "Was not paid in time: it is for the unit to refuse it",
    ),
    "partner_asked": Cause(
        "payment",
        "bank",
        2 * MINUTE_S,
        "Chờ đối tác thanh toán trả lời",
        "A question to the partner has no outcome yet",
    ),
    "partner_silent": Cause(
        "payment",
        "bank",
        AT_ONCE,
        "Đối tác thanh toán không trả lời",
        "The partner was asked and did not answer",
    ),
    "partner_down": Cause(
        "payment",
        "bank",
        AT_ONCE,
        "Đối tác thanh toán ngừng hoạt động",
        "The partner is let alone: it failed too often",
    ),
    "wrong_amount": Cause(
        "payment",
        "us",
        AT_ONCE,
        "Số tiền đã nộp không khớp",
        "Another amount came than was asked for",
    ),
    "told_otherwise": Cause(
        "payment",
        "us",
        AT_ONCE,
        "Đối tác báo khác về giao dịch đã ghi nhận",
        "A transaction that counts was told otherwise",
        lasts_s=STATED_S,
    ),
    BREAK: Cause(
        "payment",
        "us",
        None,
        "Lệch đối soát với đối tác",
        "A partner's statement and ours do not match",
    ),
    "refund_under_way": Cause(
        "payment", "bank", DAY_S, "Đang hoàn tiền", "Money is on its way back"
    ),
    "refund_waits": Cause(
        "payment",
        "us",
        DAY_S,
        "Hoàn tiền chờ người xử lý",
        "A refund waits for a person",
    ),
    "refund_failed": Cause(
        "payment", "us", AT_ONCE, "Hoàn tiền không thành công", "A refund failed"
    ),
    "allowance_under_way": Cause(
        "payment", "bank", DAY_S, "Đang chi trả trợ cấp", "An allowance is being paid out"
    ),
    "allowance_waits": Cause(
        "payment",
        "us",
        DAY_S,
        "Chi trả chờ người xử lý",
        "An allowance waits for a person",
    ),
    "allowance_failed": Cause(
        "payment",
        "us",
        AT_ONCE,
        "Chi trả không thành công",
        "An allowance could not be paid out",
    ),
    "in_processing": Cause(
        "processing",
        "officer",
        None,
        "Cơ quan đang giải quyết",
        "The unit works on it, until it is due",
        "competent",
    ),
    "awaiting_supplement": Cause(
        "processing",
        "citizen",
        SUPPLEMENT_S,
        "Chờ công dân bổ sung giấy tờ",
        "Waits for what the citizen is to bring",
        "competent",
    ),
    "awaiting_obligation": Cause(
        "processing",
        "citizen",
        SUPPLEMENT_S,
        "Chờ công dân thực hiện nghĩa vụ tài chính",
        "Waits for the citizen to pay an obligation",
        "competent",
    ),
    "stopped": Cause(
        "processing",
        "officer",
        SUPPLEMENT_S,
        "Tạm dừng xử lý",
        "The unit stopped it",
        "competent",
    ),
    "awaiting_signature": Cause(
        "processing", "officer", None, "Chờ ký số", "Waits for its signature", "competent"
    ),
    "certificate_expired": Cause(
        "processing",
        "officer",
        AT_ONCE,
        "Chứng thư số của người ký đã hết hạn",
        "The signer's certificate has expired",
        "competent",
    ),
    "awaiting_return": Cause(
        "result",
        "officer",
        None,
        "Chờ trả kết quả",
        "The result is to be handed out",
        "returning",
    ),
    "in_post": Cause(
        "result", "officer", None, "Đang chuyển qua bưu chính", "The post carries it", "returning"
    ),
    "post_came_back": Cause(
        "result",
        "officer",
        AT_ONCE,
        "Bưu chính chuyển hoàn kết quả",
        "The post brought the result back",
        "returning",
    ),
    "notice_under_way": Cause(
        "notify",
        "gateway",
        10 * MINUTE_S,
        "Đang gửi thông báo",
        "A notice is being sent",
        is_brief=True,
    ),
    "gateway_silent": Cause(
        "notify", "gateway", AT_ONCE, "Nơi gửi tin không trả lời", "The gateway does not answer"
    ),
    "notice_failing": Cause(
        "notify", "us", AT_ONCE, "Không gửi được thông báo", "The citizen was not reached"
    ),
    HELD: Cause(
        "intake",  # or whichever service holds it
        "us",
        AT_ONCE,
        "Hệ thống không xử lý được, đang giữ lại",
        "A service could not decide a message, and holds it",
    ),
    POISON: Cause(
        "intake",  # or whichever service could not read it
        "us",
        AT_ONCE,
        "Bản ghi không đọc được",
        "A message that nobody can read",
    ),
    GAP: Cause(
        "intake",  # or whichever service's number is missing
        "us",
        MINUTE_S,  # ours: as long as one that is late may take
        "Nhật ký thiếu một sự kiện",
        "An event is missing in the log",
    ),
    CALL: Cause(
        "payment",
        "bank",
        None,  # it calls again, or its statement has it
        "Đối tác gọi đến, không xác định được",
        "A partner's call that could not be placed",
    ),
    "petition_unassigned": Cause(
        "processing", "us", DAY_S, "Phản ánh chưa được phân công", "A petition that nobody has"
    ),
    "petition_open": Cause(
        "processing",
        "officer",
        None,
        "Phản ánh chờ trả lời",
        "A petition waits for its answer",
        "competent",
    ),
}
KINDS = [  # every stage and cause: the index of the board begins with them
    (s, name) for name, c in CAUSES.items() for s in (SERVICES if name in ANYWHERE else (c.stage,))
]
