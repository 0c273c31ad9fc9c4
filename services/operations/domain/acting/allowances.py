"""What is done about an allowance that was not paid: its bank is asked, and told anew."""

from collections.abc import Sequence

from services.operations.domain.acting.leaving import ALLOWANCE, standing
from services.operations.domain.acting.shape import Action, Command, Given, Saying, Why, Words
from services.operations.domain.entries import Entry
from shared.events.disbursements import DisbursementRetried


def _retry(
    _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    """Have the allowance of this name tried again to the same account: one that failed, or that a
    person is to find out about.
    """
    now = standing(ALLOWANCE, about, entries)
    if now is None:
        return "no_allowance"
    if not (now.has_failed or now.waits_for):
        return "allowance_moves"
    if now.waits_for == "check":
        return "waits_for_check"
    if now.is_doubtful:
        return "doubtful"
    return _told(about, now.last) if now.was_told else "never_told"


def _told(about: str, last: Entry) -> Command:
    return Command("payment.inbox", last.id, last.traceparent, about)


def _retried(said: Saying) -> DisbursementRetried:
    return DisbursementRetried(disbursement=said.reference, **said.of_two)


RETRY_ALLOWANCE = Action(
    frozenset({"allowance_failed", "allowance_waits"}),
    Words(
        "Hỏi ngân hàng về khoản trợ cấp, và chi lại vào cùng tài khoản nếu chắc chắn chưa chi",
        "Its bank is asked what became of the allowance; what surely was not paid is paid anew, to "
        "the same account",
    ),
    (
        Words(
            "Khoản đã báo không thành công mà ngân hàng lại báo chưa chi thì được chi lại, một "
            "lần, dưới tên khác; không ngân hàng nào chi được thì người phụ trách tự chuyển.",
            "One that failed, and that the bank says again that it did not pay, is paid once more, "
            "by another name; without a bank that can it is left to a person.",
        ),
        Words(
            "Nếu ngân hàng báo đã chi khoản từng không thành công, khoản đó chờ người xử lý: tiền "
            "có thể đã bị trả về.",
            "Should the bank say of one that failed that it was paid, it waits for a person: the "
            "money may have come back.",
        ),
        Words(
            "Khoản chờ người xử lý chỉ được hỏi: nếu chưa chi, khoản đó chuyển sang nhóm không "
            "thành công.",
            "One that waits for a person is only asked after: if it was not paid, it is among "
            "those that failed.",
        ),
        Words(
            "Ai đã tự chuyển tiền phải ghi lại trước: hệ thống không biết tiền chuyển bên ngoài.",
            "Who has paid it by hand records that first: nobody else knows of it.",
        ),
        Words(
            "Tài khoản sai thì cơ quan đã đề nghị sửa qua API của dịch vụ thanh toán "
            "(/v1/payments/…/disbursements): chỉ cơ quan biết tài khoản của công dân.",
            "A wrong account is for the office that asked to correct, at payment's API "
            "(/v1/payments/…/disbursements): whose account it is only the office knows.",
        ),
    ),
    _retry,
    _retried,
    needs_check=True,
)
