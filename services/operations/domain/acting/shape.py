"""What an action is: a row of the table, the command that it makes, and why it makes none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from msgspec import UNSET

from services.operations.domain.breaks import Turn
from services.operations.domain.entries import Entry
from shared.catalogue import Catalogue
from shared.events.data import Data

Why = Literal[
    "nothing_held",
    "no_order",
    "not_failed",
    "told",
    "may_be_there",
    "too_often",
    "not_routed",
    "same_unit",
    "other_province",
    "wrong_level",
    "not_a_candidate",
    "has_result",
    "no_due",
    "dated_enough",
    "calendar_ends",
    "no_money",
    "counts",
    "no_refund",
    "refund_moves",
    "waits_for_check",
    "never_told",
    "no_check",
    "no_allowance",
    "allowance_moves",
    "doubtful",
    "break_over",
    "wish_waits",
    "unreadable",
    "cut_off",
    "a_call",
    "our_own",
    "still_wrong",
    "answered",
]
Takes = Literal["", "to_unit", "working_days"]


class Command(NamedTuple):
    """What is to be appended for one matter; `reference` is what it is about: an order, a notice,
    the unit that it goes to, a new date, a break; `cause` is the id of the message that it answers.

    `moves_seen`: how often the dossier had moved by then; has it since, nothing is done.  `vnd`:
    what it moves, where that is not what hangs on the matter (None).
    """

    topic: str
    cause: str
    traceparent: str
    reference: str = ""
    moves_seen: int | None = None
    vnd: int | None = None


class Words(msgspec.Struct, frozen=True):
    """The same in both languages."""

    vi: str
    en: str


class Saying(NamedTuple):
    """What a command says beside what it has done: of which order, who asked for it and why, and
    who agreed to it, empty where nobody had to; about which cause, and which partner's money.
    `principal`, `checked_principal`: the humans behind both names.
    """

    reference: str
    by: str
    reason: str
    checked_by: str = ""
    cause: str = ""
    moves_seen: int | None = None
    partner: str = ""
    amount_vnd: int = 0
    principal: str = ""
    checked_principal: str = ""

    @property
    def of_two(self) -> dict[str, str]:
        """Return who asked, why, and who agreed, as commands about money have it."""
        return {
            "by": self.by,
            "reason": self.reason,
            "principal": self.principal,
            "checked_by": self.checked_by,
            "checked_principal": self.checked_principal,
        }

    @property
    def of_officer(self) -> dict[str, Any]:
        """Return who asked, why, as of which move, and who agreed, as moves of dossiers have it."""
        return {
            "officer": self.by,
            "note": self.reason,
            "moves_seen": self.moves_seen,
            "checked_by": self.checked_by or UNSET,
        }


class Given(NamedTuple):
    """What an operator gives with an action that takes something, as of when, and the reference
    data that it is held against; of a break what was said of it, of a record why it is `barred`.
    """

    at: datetime
    catalogue: Catalogue
    to_unit: str = ""
    working_days: int = 0
    turns: Sequence[Turn] = ()
    barred: Why | None = None


class Plan(Protocol):
    """How the command for one matter is made."""

    def __call__(
        self, stage: str, about: str, entries: Sequence[Entry], given: Given | None = None, /
    ) -> Command | Why:
        """Return the command, or why there is none."""


Say = Callable[[Saying], Data]


class Action(NamedTuple):
    """What is done about these causes; `follows`: the side effects that may come of it.

    `needs_check`: it corrects money or state, so another than who asks for it has to agree.
    `takes`: what has to be given with it.  `say`: what its command says; None: there is none, it is
    a record that is sent again.
    """

    causes: frozenset[str]
    does: Words
    follows: tuple[Words, ...]
    plan: Plan
    say: Say | None
    needs_check: bool = False
    takes: Takes = ""


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
    "not_routed": Words(
        "Hồ sơ chưa được phân tuyến, hoặc đã kết thúc.", "It is not routed yet, or over."
    ),
    "same_unit": Words("Đơn vị này đang giải quyết hồ sơ.", "This unit decides it already."),
    "other_province": Words(
        "Đơn vị thuộc tỉnh khác: chọn đơn vị trong cùng tỉnh với hồ sơ.",
        "The unit is in another province: name one of the province that the dossier is in.",
    ),
    "wrong_level": Words(
        "Thủ tục này do cấp khác giải quyết: chọn đơn vị đúng cấp.",
        "Units of another level decide this procedure: name one of those.",
    ),
    "not_a_candidate": Words(
        "Hồ sơ này chỉ có thể do một trong các đơn vị khác giải quyết: xem hồ sơ.",
        "It can be one of some other units alone: its journey names them.",
    ),
    "has_result": Words(
        "Đã có kết quả: không hủy được nữa.", "Its result is there: it cannot be cancelled."
    ),
    "no_due": Words("Hồ sơ chưa có ngày hẹn.", "It has no date yet."),
    "dated_enough": Words(
        "Đã hẹn lại đủ số lần được phép: giữ ngày hẹn hiện tại.",
        "It was given a new date as often as may be: the one that stands is kept.",
    ),
    "calendar_ends": Words(
        "Lịch làm việc chưa có năm của ngày hẹn mới: chọn ít ngày hơn, hoặc bổ sung lịch.",
        "The calendar does not have the new date's year: give fewer days, or add its year.",
    ),
    "no_money": Words(
        "Không còn tiền của giao dịch này để hoàn.",
        "Nothing of this transaction is left to be given back.",
    ),
    "counts": Words(
        "Giao dịch này đã được ghi nhận: khoản nộp được tính, hoặc đang được hoàn. Xem hồ sơ; cần "
        "hoàn thì yêu cầu riêng.",
        "This transaction counts by now: it settled what was due, or goes back. Look at the "
        "journey; to give it back all the same, ask for a refund of its own.",
    ),
    "no_refund": Words("Hồ sơ không có khoản hoàn tiền này.", "It has no refund of this name."),
    "refund_moves": Words(
        "Khoản hoàn tiền đang được thực hiện hoặc đã xong.", "The refund is under way, or over."
    ),
    "waits_for_check": Words(
        "Khoản này chờ người thứ hai đồng ý: chưa gửi lần nào.",
        "It waits for a second person to agree, and was not tried yet.",
    ),
    "allowance_moves": Words(
        "Khoản trợ cấp đang được chi hoặc đã chi.", "The allowance is under way, or over."
    ),
    "doubtful": Words(
        "Có thể tiền đã được chi: chỉ người phụ trách xem sao kê rồi ghi lại được.",
        "It may have been paid: a person looks at the bank's statement, and records it.",
    ),
    "break_over": Words("Khoản lệch này đã được đóng.", "It is closed already."),
    "wish_waits": Words(
        "Đã có người đề nghị đóng và chờ người thứ hai: mở khoản lệch để đồng ý hoặc từ chối.",
        "Somebody asked for it already, and a second person has to answer: open the break.",
    ),
    "unreadable": Words(
        "Không phải một bản tin đọc được: hãy sửa bản sao.",
        "It is no message that can be read: mend a copy of it.",
    ),
    "cut_off": Words(
        "Bản ghi quá dài, chỉ giữ được phần đầu: bên gửi phải gửi lại.",
        "It was too long, and only its beginning was kept: its sender has to send it again.",
    ),
    "a_call": Words(
        "Đây là cuộc gọi của đối tác, không phải bản ghi: đối tác gọi lại, hoặc đối soát cho biết.",
        "It is a partner's call, no record: it calls again, or its statement tells.",
    ),
    "our_own": Words(
        "Bản ghi do chính hệ thống viết: sửa dịch vụ đã viết nó.",
        "One of our own services wrote it: mend that service.",
    ),
    "still_wrong": Words(
        "Hợp đồng dữ liệu hiện nay vẫn không nhận: hãy sửa bản sao.",
        "The contract of today still does not take it: mend a copy of it.",
    ),
    "answered": Words("Đã được xử lý.", "Somebody has done something about it already."),
    "no_check": Words(
        "Khoản này không chờ người thứ hai.", "It does not wait for a second person."
    ),
    "no_allowance": Words("Hồ sơ không có khoản trợ cấp này.", "It has no allowance of this name."),
    "never_told": Words(
        "Chưa đối tác nào được yêu cầu: người phụ trách tự chuyển và ghi lại.",
        "No partner was ever told of it: a person makes it, and records that.",
    ),
    "too_often": Words(
        "Đã gửi lại ba lần: hãy liên hệ người nhận bằng cách khác.",
        "It was tried again three times: tell them otherwise.",
    ),
}
