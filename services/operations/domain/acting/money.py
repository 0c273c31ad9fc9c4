"""What is done about money: give back what came and settles nothing."""

from collections.abc import Sequence

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
from shared.events import payment
from shared.events.refunds import RefundAsked, RefundProposed, RefundRejected


def _give_back(
    _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    """Have a payment of another amount given back, all of it: of the transaction of this number."""
    told = [
        e for e in entries if is_one(e, payment.Mismatched) and gist(e.data).transaction == about
    ]
    counting = {
        gist(e.data).partner
        for e in entries
        if is_one(e, payment.Settled, payment.Overpaid) and gist(e.data).transaction == about
    }
    came = [e for e in told if gist(e.data).partner not in counting]
    if not came:
        return "counts" if told else "no_money"
    money = gist(came[-1].data)
    going = {
        g.refund: g.partner
        for e in entries
        if is_one(e, RefundProposed) and (g := gist(e.data)).transaction == about
    }
    turned_down = {gist(e.data).refund for e in entries if is_one(e, RefundRejected)}
    if any(p == money.partner for refund, p in going.items() if refund not in turned_down):
        return "no_money"
    return Command("payment.inbox", came[-1].id, came[-1].traceparent, about)


def _asked(said: Saying) -> RefundAsked:
    return RefundAsked(
        partner=said.partner,
        transaction=said.reference,
        amount_vnd=said.amount_vnd,
        if_mismatched=True,
        **said.of_two,
    )


GIVE_BACK = Action(
    frozenset({"wrong_amount"}),
    Words(
        "Hoàn lại toàn bộ số tiền đã nộp không khớp",
        "What was paid by another amount than asked for is given back, all of it",
    ),
    (
        Words(
            "Đối tác thanh toán được yêu cầu hoàn tiền, một lần; đối tác không hoàn được thì người "
            "phụ trách tự chuyển.",
            "The partner is told to give it back, once; what it cannot do is left to a person.",
        ),
        Words(
            "Ai duyệt lượt này là đồng ý với từng khoản, kể cả trên mức quy định.",
            "Who agrees to the round agrees to each of them, also over the limit.",
        ),
        Words(
            "Khoản phí vẫn phải nộp: công dân nộp lại đúng số tiền khi giao dịch còn hạn.",
            "The fee is still due: the citizen pays the right amount while the order is open.",
        ),
        Words(
            "Nếu khoản tiền đã được hoàn hoặc đã được ghi nhận, không có gì xảy ra; dòng thời gian "
            "của hồ sơ ghi lý do.",
            "If it was given back meanwhile, or counts by now, nothing happens: the timeline says "
            "why.",
        ),
    ),
    _give_back,
    _asked,
    needs_check=True,
)
