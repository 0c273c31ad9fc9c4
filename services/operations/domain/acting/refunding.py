"""What is done about a refund that did not go through: its partner is asked, and told anew."""

from collections.abc import Sequence

from services.operations.domain.acting.leaving import REFUND, standing
from services.operations.domain.acting.shape import Action, Command, Given, Saying, Why, Words
from services.operations.domain.entries import Entry
from shared.events.refunds import RefundRetried


def _retry(
    _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    """Have the refund of this name tried again: one that failed, or that a person is to find out
    about.
    """
    now = standing(REFUND, about, entries)
    if now is None:
        return "no_refund"
    if not (now.has_failed or now.waits_for):
        return "refund_moves"
    if now.waits_for == "check":
        return "waits_for_check"
    if not now.was_told:
        return "never_told"
    return Command("payment.inbox", now.last.id, now.last.traceparent, about)


def _retried(said: Saying) -> RefundRetried:
    return RefundRetried(refund=said.reference, **said.of_two)


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
