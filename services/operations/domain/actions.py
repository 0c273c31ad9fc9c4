"""What operators can do about a cause: the command that is appended, and what may follow from it.

A table; whatever is not in it cannot be done to many at once.  A command is made of one matter and
of the messages of its application, or it is refused, with a reason that `WHY` words.
"""

from collections.abc import Mapping, Sequence

from services.operations.domain.acting import (
    agreeing,
    allowances,
    cancelling,
    dossiers,
    money,
    notices,
    reconciling,
    redriving,
    refunding,
)
from services.operations.domain.acting.shape import (
    WHY,
    Action,
    Command,
    Given,
    Saying,
    Why,
    Words,
    is_one,
)
from services.operations.domain.causes import HELD
from services.operations.domain.entries import Entry, gist
from services.operations.domain.status import held_by
from shared.events import payment
from shared.events.kernel import LaneReleased, RecordParked
from shared.events.queries import QueryAsked

__all__ = [
    "ACTIONS",
    "WHY",
    "Action",
    "Command",
    "Given",
    "Saying",
    "Why",
    "Words",
    "last_held",
    "release_of",
]


def last_held(service: str, entries: Sequence[Entry]) -> Entry | None:
    """Return the last notice of what a service holds, whether or not it was released since."""
    parked = [e for e in entries if e.type == RecordParked.TYPE and e.belongs]
    own = [e for e in parked if gist(e.data).service == service]
    return own[-1] if own else None


def release_of(service: str, held: Entry) -> Command:
    """Return the command that has a service decide again what it holds."""
    return Command(f"{service}.inbox", held.id, held.traceparent)


def _release(
    stage: str, _: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    held = last_held(stage, entries)
    if held is None or stage not in held_by(entries):
        return "nothing_held"
    return release_of(stage, held)


def _released(said: Saying) -> LaneReleased:
    return LaneReleased(operator=said.by, reason=said.reason, checked_by=said.checked_by)


def _ask(_: str, about: str, entries: Sequence[Entry], __: Given | None = None, /) -> Command | Why:
    """Have payment ask: about the order of this reference, or of the call with this key."""
    orders = {gist(e.data).reference: e for e in entries if is_one(e, payment.Requested)}
    calls = [e for e in entries if is_one(e, payment.QueryRequested, payment.CreateRequested)]
    keys = {gist(e.data).key: gist(e.data).reference for e in calls}
    order = orders.get(keys.get(about, about))
    if order is None:
        return "no_order"
    reference = gist(order.data).reference
    return Command("payment.inbox", order.id, order.traceparent, reference)


def _asked(said: Saying) -> QueryAsked:
    return QueryAsked(
        reference=said.reference, by=said.by, reason=said.reason, checked_by=said.checked_by
    )


ACTIONS: Mapping[str, Action] = {
    "release": Action(
        frozenset({HELD}),
        Words(
            "Cho dịch vụ xử lý lại hồ sơ đang bị giữ",
            "The service decides again what it holds, in order",
        ),
        (
            Words(
                "Mọi việc hồ sơ còn chờ sẽ diễn ra: tính phí, gọi đối tác, gửi thông báo.",
                "All that the application still waits for may happen: fees, calls to partners, "
                "notices to the citizen.",
            ),
            Words(
                "Nếu nguyên nhân vẫn còn, hồ sơ lại bị giữ.",
                "If the cause is still there, it is held again.",
            ),
        ),
        _release,
        _released,
    ),
    "ask_partner": Action(
        frozenset({"partner_silent", "partner_down", "partner_asked", "awaiting_payment"}),
        Words(
            "Hỏi ngay đối tác thanh toán về giao dịch",
            "The partner is asked about the order at once, beside the schedule",
        ),
        (
            Words(
                "Nếu đối tác báo đã nhận tiền, khoản phí được ghi nhận, biên lai được lập và công "
                "dân được thông báo.",
                "If the partner has the money, the fee is settled, its receipt issued, and the "
                "citizen told.",
            ),
            Words(
                "Nếu đối tác báo giao dịch không thành, lần thanh toán kết thúc và có thể mở lần "
                "khác.",
                "If the partner says that it failed, the attempt ends, and another may be opened.",
            ),
            Words(
                "Nếu đang hỏi đối tác, hoặc giao dịch đã kết thúc, không có gì xảy ra; dòng thời "
                "gian của hồ sơ ghi lý do.",
                "If it is being asked, or the order is over, nothing happens: the timeline says "
                "why.",
            ),
        ),
        _ask,
        _asked,
    ),
    "send_again": notices.SEND_AGAIN,
    "give_back": money.GIVE_BACK,
    "retry_refund": refunding.RETRY_REFUND,
    "approve_refund": agreeing.APPROVE_REFUND,
    "approve_allowance": agreeing.APPROVE_ALLOWANCE,
    "retry_allowance": allowances.RETRY_ALLOWANCE,
    "reassign_unit": dossiers.REASSIGN_UNIT,
    "extend_deadline": dossiers.EXTEND_DEADLINE,
    "cancel": cancelling.CANCEL,
    "mark_reconciled": reconciling.MARK_RECONCILED,
    "redrive": redriving.REDRIVE,
}


def possible(cause: str, actions: Mapping[str, Action] = ACTIONS) -> list[str]:
    """Return the actions that there are for a cause, in the order of the table."""
    return [name for name, action in actions.items() if cause in action.causes]
