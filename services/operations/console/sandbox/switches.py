"""What can be made to go wrong in the sandbox: in which program, and as what it shows on the board.

A table; `motcua fault` and the page read it, and a test makes each true.  Pure.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.operations.domain.citizen.words import Words

WITHIN_S = 30.0  # it shows on the board, and is seen in the sandbox, so many seconds later


class Switch(NamedTuple):
    """`flag` of `program`; `stage` and `cause`: where it shows; `ends`: how that goes away."""

    program: str
    flag: str
    stage: str
    cause: str
    title: Words
    does: Words
    ends: Words


_ASK = Words(
    "Tắt đi, đợi 15 giây, rồi hỏi lại đối tác từ nhóm này.",
    "Turn it off, wait 15 seconds, then have the partner asked from this group.",
)
SWITCHES: Mapping[str, Switch] = {
    "bank-down": Switch(
        "bank",
        "down",
        "payment",
        "partner_down",
        Words("Ngân hàng ngừng hoạt động", "The banks are down"),
        Words(
            "Mọi ngân hàng từ chối các lệnh gọi; người dân vẫn trả tiền được, nhưng không ai báo.",
            "Every bank refuses our calls; citizens can pay, and nobody tells us.",
        ),
        _ASK,
    ),
    "bank-silent": Switch(
        "bank",
        "silent",
        "payment",
        "partner_silent",
        Words("Ngân hàng im lặng", "The banks are silent"),
        Words(
            "Ngân hàng nhận lệnh gọi mà không trả lời, và không báo khi có tiền.",
            "The banks take our calls and answer none, and do not tell of payments.",
        ),
        _ASK,
    ),
    "duplicates": Switch(
        "town",
        "repeating",
        "intake",
        "repeated",
        Words("Gửi trùng dồn dập", "A storm of duplicates"),
        Words(
            "Cổng gửi mỗi hồ sơ mười mấy lần, như khi không nghe được trả lời.",
            "The portal sends each application a dozen times, as if it heard no answer.",
        ),
        Words(
            "Tắt đi: một phút sau lần gửi cuối, nguyên nhân tự hết.",
            "Turn it off: a minute after the last repetition the cause is gone by itself.",
        ),
    ),
    "gateway-slow": Switch(
        "sms",
        "slow",
        "notify",
        "gateway_silent",
        Words("Nơi gửi tin chậm", "The SMS gateway is slow"),
        Words(
            "Nơi gửi tin nghe mỗi lệnh gọi trễ hơn thời gian chúng ta chờ.",
            "The gateway hears each call later than we wait for an answer.",
        ),
        Words(
            "Tắt đi: hệ thống tự hỏi lại và gửi lại; nguyên nhân hết trong vòng một phút.",
            "Turn it off: we ask and send again by ourselves, and within a minute it is gone.",
        ),
    ),
    "unit-not-accepting": Switch(
        "town",
        "not_accepting",
        "routing",
        "awaiting_acceptance",
        Words("Cơ quan không tiếp nhận", "Units accept nothing"),
        Words(
            "Cán bộ không tiếp nhận hồ sơ nào; phí vẫn được nộp.",
            "Officers accept no application; fees are paid all the same.",
        ),
        Words(
            "Tắt đi: cán bộ tiếp nhận những hồ sơ đang chờ.",
            "Turn it off: the officers accept what waits.",
        ),
    ),
    "bad-events": Switch(
        "town",
        "garbling",
        "intake",
        "poison_event",
        Words("Bản ghi hỏng", "Bad events"),
        Words(
            "Cổng gửi những bản ghi có thời gian viết theo kiểu không đọc được.",
            "The portal sends messages whose time is written as nobody can read it.",
        ),
        Words(
            "Tắt đi, rồi xử lý các bản ghi trong nhóm này: sửa một bản sao, hoặc gác lại.",
            "Turn it off, then settle what is in this group: mend a copy of each, or dismiss it.",
        ),
    ),
}
