"""What an action is: a row of the table, the command that it makes, and why it makes none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from shared.events.data import Data

Why = Literal["nothing_held", "no_order", "not_failed", "told", "may_be_there", "too_often"]


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


def is_one(entry: Entry, *contracts: type[Data]) -> bool:
    """Tell whether a service decided one of these."""
    return entry.is_decided and any(entry.type == contract.TYPE for contract in contracts)


WHY: Mapping[Why, Words] = {
    "nothing_held": Words(
        "Dịch vụ không còn giữ hồ sơ này.", "The service holds nothing of it any more."
    ),
    "no_order": Words(
        "Không phải giao dịch thanh toán: đối tác không được hỏi theo cách này.",
        "It is about no order (a refund, an allowance): its partner is not asked this way.",
    ),
    "not_failed": Words(
        "Thông báo này không ở trạng thái gửi không thành công.", "No notice of it failed."
    ),
    "told": Words(
        "Người nhận đã được thông báo bằng cách khác, hoặc đang được gửi.",
        "Who it is for was told by another way, or is being told.",
    ),
    "may_be_there": Words(
        "Đơn vị gửi tin đã nhận tin, hoặc không ai biết tin đã đến chưa: không gửi lại để khỏi gửi "
        "hai lần.",
        "Its provider had it, or nobody knows: it is not sent again, as it might come twice.",
    ),
    "too_often": Words(
        "Đã gửi lại ba lần: hãy liên hệ người nhận bằng cách khác.",
        "It was tried again three times: tell them otherwise.",
    ),
}
