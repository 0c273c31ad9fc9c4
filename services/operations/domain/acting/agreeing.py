"""What is done about money that waits for a second person: two agree that it leaves."""

from collections.abc import Sequence

from services.operations.domain.acting.leaving import ALLOWANCE, REFUND, Kind, standing
from services.operations.domain.acting.shape import (
    Action,
    Command,
    Given,
    Plan,
    Saying,
    Why,
    Words,
)
from services.operations.domain.entries import Entry
from shared.events.disbursements import DisbursementChecked
from shared.events.refunds import RefundChecked

_UNKNOWN = Words(
    "Khoản không rõ ai đã đề nghị thì không duyệt được: từ chối rồi đề nghị lại.",
    "Of which nobody knows who asked for it, nothing happens: it is turned down, and asked for "
    "anew.",
)
_TWO = Words(
    "Ai lập và ai duyệt lượt này cùng đồng ý với từng khoản: một trong hai người không được là "
    "người đã đề nghị khoản đó.",
    "Who asks for the round and who agrees to it agree to each: one of the two is not who asked "
    "for the money.",
)


def _agreeing(kind: Kind, none: Why) -> Plan:
    def plan(
        _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
    ) -> Command | Why:
        now = standing(kind, about, entries)
        if now is None:
            return none
        if now.waits_for != "check":
            return "no_check"
        return Command("payment.inbox", now.last.id, now.last.traceparent, about)

    return plan


def _refund(said: Saying) -> RefundChecked:
    return RefundChecked(refund=said.reference, approved=True, **said.of_two)


def _allowance(said: Saying) -> DisbursementChecked:
    return DisbursementChecked(disbursement=said.reference, approved=True, **said.of_two)


APPROVE_REFUND = Action(
    frozenset({"refund_waits"}),
    Words(
        "Đồng ý hoàn khoản tiền đang chờ người thứ hai",
        "What waits for a second person is given back",
    ),
    (
        Words(
            "Đối tác thanh toán được yêu cầu hoàn tiền, một lần; đối tác không hoàn được thì người "
            "phụ trách tự chuyển.",
            "The partner is told to give it back, once; what it cannot do is left to a person.",
        ),
        _TWO,
        _UNKNOWN,
    ),
    _agreeing(REFUND, "no_refund"),
    _refund,
    needs_check=True,
)
APPROVE_ALLOWANCE = Action(
    frozenset({"allowance_waits"}),
    Words(
        "Đồng ý chi khoản trợ cấp đang chờ người thứ hai",
        "The allowance that waits for a second person is paid out",
    ),
    (
        Words(
            "Ngân hàng được yêu cầu chi, một lần, vào tài khoản mà cơ quan đã gửi; không ngân hàng "
            "nào chi được thì người phụ trách tự chuyển.",
            "A bank is told to pay it, once, to the account that the office sent; without a bank "
            "that can it is left to a person.",
        ),
        Words(
            "Hồ sơ đã kết thúc thì không chi nữa.",
            "Of an application that has ended nothing is paid.",
        ),
        _TWO,
        _UNKNOWN,
    ),
    _agreeing(ALLOWANCE, "no_allowance"),
    _allowance,
    needs_check=True,
)
