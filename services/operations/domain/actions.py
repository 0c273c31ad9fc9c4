"""What operators can do about a cause: the command that is appended, and what may follow from it.

A table; whatever is not in it cannot be done to many at once.  A command is made of one matter and
of the messages of its application, or it is refused, with a reason that the table below words.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.causes import HELD
from services.operations.domain.entries import Entry, gist
from services.operations.domain.status import held_by
from shared.events import payment
from shared.events.data import Data
from shared.events.kernel import LaneReleased, RecordParked
from shared.events.queries import QueryAsked

Why = Literal["nothing_held", "no_order"]


class Command(NamedTuple):
    """What is to be appended for one matter; `reference` is the order's that it is about, empty
    where it is about none; `cause` is the id of the message that it answers.
    """

    topic: str
    cause: str
    traceparent: str
    reference: str = ""


class Words(msgspec.Struct, frozen=True):
    """The same in both languages."""

    vi: str
    en: str


class Saying(NamedTuple):
    """What a command says beside what it has done: of which order, who asked for it and why, and
    who agreed to it, empty where nobody had to.
    """

    reference: str
    by: str
    reason: str
    checked_by: str = ""


Plan = Callable[[str, str, Sequence[Entry]], Command | Why]  # stage, what it is about, messages
Say = Callable[[Saying], Data]


class Action(NamedTuple):
    """What is done about these causes; `follows`: the side effects that may come of it.

    `needs_check`: it corrects money or state, so another than who asks for it has to agree.
    """

    causes: frozenset[str]
    does: Words
    follows: tuple[Words, ...]
    plan: Plan
    say: Say
    needs_check: bool = False


def last_held(service: str, entries: Sequence[Entry]) -> Entry | None:
    """Return the last notice of what a service holds, whether or not it was released since."""
    parked = [e for e in entries if e.type == RecordParked.TYPE]
    own = [e for e in parked if gist(e.data).service == service]
    return own[-1] if own else None


def release_of(service: str, held: Entry) -> Command:
    """Return the command that has a service decide again what it holds."""
    return Command(f"{service}.inbox", held.id, held.traceparent)


def _release(stage: str, _: str, entries: Sequence[Entry]) -> Command | Why:
    held = last_held(stage, entries)
    if held is None or stage not in held_by(entries):
        return "nothing_held"
    return release_of(stage, held)


def _released(said: Saying) -> LaneReleased:
    return LaneReleased(operator=said.by, reason=said.reason)


def _ask(_: str, about: str, entries: Sequence[Entry]) -> Command | Why:
    """Have payment ask: about the order of this reference, or of the call with this key."""
    orders = {gist(e.data).reference: e for e in entries if _is(e, payment.Requested)}
    calls = [e for e in entries if _is(e, payment.QueryRequested, payment.CreateRequested)]
    keys = {gist(e.data).key: gist(e.data).reference for e in calls}
    order = orders.get(keys.get(about, about))
    if order is None:
        return "no_order"
    reference = gist(order.data).reference
    return Command("payment.inbox", order.id, order.traceparent, reference)


def _is(entry: Entry, *contracts: type[Data]) -> bool:
    return entry.is_decided and any(entry.type == contract.TYPE for contract in contracts)


def _asked(said: Saying) -> QueryAsked:
    return QueryAsked(reference=said.reference, by=said.by, reason=said.reason)


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
}
WHY: Mapping[Why, Words] = {
    "nothing_held": Words(
        "Dịch vụ không còn giữ hồ sơ này.", "The service holds nothing of it any more."
    ),
    "no_order": Words(
        "Không phải giao dịch thanh toán: đối tác không được hỏi theo cách này.",
        "It is about no order (a refund, an allowance): its partner is not asked this way.",
    ),
}
