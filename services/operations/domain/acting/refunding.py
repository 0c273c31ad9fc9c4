"""What is done about a refund that did not go through: its partner is asked, and told anew."""

from collections.abc import Sequence

import msgspec

from services.operations.domain.acting.shape import (
    Action,
    Command,
    Given,
    Saying,
    Why,
    Words,
    is_one,
)
from services.operations.domain.entries import Entry, gist
from shared.events.refunds import (
    RefundDone,
    RefundFailed,
    RefundProposed,
    RefundQueryRequested,
    RefundRejected,
    RefundRequested,
    RefundRetried,
    RefundWaiting,
)

_HEARD = (
    *(RefundProposed, RefundRequested, RefundQueryRequested, RefundWaiting),
    *(RefundFailed, RefundDone, RefundRejected),
)


class _Waiting(msgspec.Struct):
    waits_for: str = ""


def _retry(
    _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    """Have the refund of this name tried again: one that failed, or that a person is to find out
    about.
    """
    own = [e for e in entries if is_one(e, *_HEARD) and gist(e.data).refund == about]
    if not own:
        return "no_refund"
    last = max(own, key=lambda e: e.sequence)
    if not is_one(last, RefundFailed, RefundWaiting):
        return "refund_moves"
    if msgspec.json.decode(last.data, type=_Waiting).waits_for == "check":
        return "waits_for_check"
    if not any(is_one(e, RefundRequested) for e in own):
        return "never_told"
    return Command("payment.inbox", last.id, last.traceparent, about)


def _retried(said: Saying) -> RefundRetried:
    return RefundRetried(
        refund=said.reference,
        by=said.by,
        reason=said.reason,
        principal=said.principal,
        checked_by=said.checked_by,
        checked_principal=said.checked_principal,
    )


RETRY_REFUND = Action(
    frozenset({"refund_failed", "refund_waits"}),
    Words(
        "Hỏi đối tác về khoản hoàn tiền, và hoàn lại nếu chắc chắn chưa hoàn",
        "Its partner is asked what became of the refund; what surely failed is sent anew",
    ),
    (
        Words(
            "Nếu đối tác báo đã hoàn, khoản hoàn được ghi nhận là xong; không có gì được gửi lại.",
            "If the partner has done it, it is done, and nothing is sent.",
        ),
        Words(
            "Khoản đã báo không thành công mà đối tác lại báo chưa hoàn thì được gửi lại, một lần, "
            "dưới tên khác.",
            "One that failed, and that the partner says again that it did not do, is sent once "
            "more, by another name.",
        ),
        Words(
            "Khoản chờ người xử lý chỉ được hỏi: nếu chưa hoàn, khoản đó chuyển sang nhóm không "
            "thành công.",
            "One that waits for a person is only asked after: if it was not done, it is among "
            "those that failed.",
        ),
        Words(
            "Ai đã tự chuyển tiền phải ghi lại trước: hệ thống không biết tiền chuyển bên ngoài.",
            "Who has made it by hand records that first: nobody else knows of it.",
        ),
        Words(
            "Nếu đối tác không trả lời được, khoản hoàn lại chờ người xử lý.",
            "If the partner cannot say, it waits for a person again.",
        ),
    ),
    _retry,
    _retried,
    needs_check=True,
)
