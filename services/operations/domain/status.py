"""How things stand with one application, and with all of them."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from services.operations.domain.entries import Entry, Gist, Member, gist
from services.operations.domain.timeline import instant, type_told
from services.operations.domain.waits import Who, waiting_for
from shared.events import intake, kernel, notify, payment, petitions, reassessments, refunds

Column = Literal["settled", "in_process", "suspended", "not_accepted"]


class State(msgspec.Struct, frozen=True):
    """A national dossier code, its names, and the column of the statistics form it counts in."""

    code: int
    name_vi: str
    name_en: str
    column: Column


STATES: Mapping[int, State] = {
    state.code: state
    for state in (
        State(1, "Mới đăng ký", "submitted", "in_process"),
        State(2, "Được tiếp nhận", "accepted", "in_process"),
        State(3, "Không được tiếp nhận", "not accepted", "not_accepted"),
        State(4, "Đang xử lý", "in processing", "in_process"),
        State(5, "Yêu cầu bổ sung giấy tờ", "supplement requested", "suspended"),
        State(6, "Yêu cầu thực hiện nghĩa vụ tài chính", "financial obligation due", "suspended"),
        State(7, "Công dân yêu cầu rút hồ sơ", "withdrawn", "settled"),
        State(8, "Dừng xử lý", "stopped", "suspended"),
        State(9, "Đã xử lý xong", "settled", "settled"),
        State(10, "Đã trả kết quả", "result returned", "settled"),
    )
}


REGISTERED = frozenset({intake.Registered.TYPE, intake.InterlinkedRegistered.TYPE})
OF_FAMILIES = frozenset(
    {
        intake.InterlinkedRegistered.TYPE,
        intake.InterlinkedMoved.TYPE,
        intake.InterlinkedEnded.TYPE,
    }
)
_PETITION = petitions.PetitionReceived.TYPE
HOLDING = frozenset({kernel.RecordParked.TYPE, kernel.LaneReleased.TYPE})
CODES: Mapping[str, int] = {"done": 10, "partly_done": 10, "failed": 3}  # of a parent at its end
WITHDRAWN = 7


class Money(msgspec.Struct):
    """What is owed and what came, in đồng; `mismatched_vnd` and `overpaid_vnd` await a person."""

    assessed_vnd: int = 0
    settled_vnd: int = 0
    receipts_vnd: int = 0
    mismatched_vnd: int = 0
    overpaid_vnd: int = 0
    settlements: int = 0
    receipts: list[str] = []
    references: list[str] = []
    waived_because: str = ""


class Notice(msgspec.Struct):
    """A notice and how far it came."""

    milestone: str
    channel: str
    state: str
    occasion: int = 1


class Status(msgspec.Struct):
    """Where one application stands; `state` is None before it is registered or if it is refused.
    `petition`: the code, if this is one; it has neither a dossier code nor a state.
    """

    state: State | None
    is_refused: bool
    dossier_code: str
    procedure: str
    receiving_unit: str
    competent_unit: str
    money: Money
    notices: list[Notice]
    held_by: list[str]
    waiting_for: Who | None
    last_type: str
    last_at: str
    children: list[Member] = []
    outcome: str = ""
    parent: str = ""
    petition: str = ""


def status(entries: Sequence[Entry]) -> Status:
    """Return how things stand with one application, from its entries in order."""
    decided = [e for e in entries if e.is_decided]
    routed = [gist(e.data) for e in _numbered(decided, "routing")]
    registered = next((e for e in decided if e.type in REGISTERED), None)
    first = gist(registered.data) if registered else gist(b"{}")
    family = next((gist(e.data) for e in reversed(decided) if e.type in OF_FAMILIES), gist(b"{}"))
    code = routed[-1].national_code if routed else _ended(family)
    last = entries[-1] if entries else None
    return Status(
        state=STATES.get(code or (1 if registered else 0)),
        is_refused=any(e.type == intake.Refused.TYPE for e in decided),
        dossier_code=first.dossier_code,
        procedure=first.procedure,
        receiving_unit=first.receiving_unit,
        competent_unit=next((g.competent_unit for g in reversed(routed) if g.competent_unit), ""),
        money=_money(_numbered(decided, "payment")),
        notices=_notices(_numbered(decided, "notify")),
        held_by=held_by(entries),
        waiting_for=waiting_for(entries),
        last_type=type_told(last) if last else "",
        last_at=instant(last.logged_ms) if last else "",
        children=family.children,
        outcome=family.outcome,
        parent=first.parent,
        petition=next((gist(e.data).code for e in decided if e.type == _PETITION), ""),
    )


def _ended(family: Gist) -> int:
    """Return the national code of a parent at its end, 0 before it."""
    if any("citizen" in child.by_rule for child in family.children) and family.outcome == "failed":
        return WITHDRAWN
    return CODES.get(family.outcome, 0)


def is_of_holding(entry: Entry) -> bool:
    """Tell whether a lane says that it holds something, or is told to let it be decided again."""
    return entry.type in HOLDING and entry.belongs


def held_by(entries: Sequence[Entry]) -> list[str]:
    """Return the services that hold something and were not told to release it since."""
    found: dict[str, bool] = {}
    for entry in filter(is_of_holding, entries):
        if entry.type == kernel.RecordParked.TYPE:
            found[gist(entry.data).service] = True
        else:
            found[entry.service] = False
    return sorted(service for service, is_held in found.items() if is_held)


def totals(received: int, codes: Mapping[int, int]) -> dict[str, int]:
    """Return the columns of the statistics form; received is their sum.

    `codes`: how many applications stand at each national code.  One that is registered but not
    routed yet is in process.
    """
    out: dict[str, int] = {"settled": 0, "in_process": 0, "suspended": 0, "not_accepted": 0}
    for code, state in STATES.items():
        out[state.column] += codes.get(code, 0)
    unrouted = received - sum(out.values())
    out["in_process"] += unrouted
    return {"received": received, **out, "unrouted": unrouted}


def _numbered(decided: Sequence[Entry], service: str) -> list[Entry]:
    return sorted((e for e in decided if e.service == service), key=lambda e: e.sequence)


def _money(events: Sequence[Entry]) -> Money:
    money, beside = Money(), _Beside()
    for event in events:
        g = gist(event.data)
        beside.hear(event.type, g)
        match event.type:
            case payment.FeeAssessed.TYPE:
                money.assessed_vnd = g.total_vnd
            case payment.FeeWaived.TYPE:
                money.waived_because = g.reason
            case payment.Requested.TYPE:
                money.references.append(g.reference)
            case payment.Settled.TYPE:
                money.settlements += 1
                money.settled_vnd += g.amount_vnd
            case payment.ReceiptIssued.TYPE:
                money.receipts.append(f"{g.number}")
                money.receipts_vnd += g.amount_vnd
    money.mismatched_vnd = sum(beside.wrong_vnd.values())
    money.overpaid_vnd = sum(beside.over_vnd.values())
    return money


_Transaction = tuple[str, str]  # the partner, and its number of it


class _Beside:
    """Money that came and settles nothing, by transaction: as what it was told last, until it
    settles after all, or somebody has it given back.
    """

    def __init__(self) -> None:
        self.wrong_vnd: dict[_Transaction, int] = {}
        self.over_vnd: dict[_Transaction, int] = {}
        self._counted = set[_Transaction]()
        self._going: dict[str, int] = {}  # by refund: so much of what was over

    def hear(self, type_: str, g: Gist) -> None:
        """Take in an event of payment's."""
        of = g.partner, g.transaction
        match type_:
            case payment.Mismatched.TYPE if of not in self._counted:
                self.wrong_vnd[of] = g.amount_vnd
            case payment.Settled.TYPE:
                self._counts(of)
            case payment.Overpaid.TYPE | reassessments.FeeOverpaid.TYPE:
                self._counts(of)
                self.over_vnd[of] = self.over_vnd.get(of, 0) + g.amount_vnd
            case refunds.RefundProposed.TYPE:
                self._counts(of)
                self._going[g.refund] = min(self.over_vnd.get(of, 0), g.amount_vnd)
                self.over_vnd[of] = self.over_vnd.get(of, 0) - self._going[g.refund]
            case refunds.RefundRejected.TYPE:
                self.over_vnd[of] = self.over_vnd.get(of, 0) + self._going.pop(g.refund, 0)

    def _counts(self, of: _Transaction) -> None:
        self._counted.add(of)
        self.wrong_vnd.pop(of, None)


_NOTICE_STATES = {
    notify.NoticeRequested.TYPE: "requested",
    notify.NoticeSent.TYPE: "sent",
    notify.NoticeDelivered.TYPE: "delivered",
    notify.NoticeFailed.TYPE: "failed",
    notify.NoticeReopened.TYPE: "requested",
    notify.NoticeDropped.TYPE: "dropped",
}


def _notices(events: Sequence[Entry]) -> list[Notice]:
    found: dict[tuple[str, str, int], Notice] = {}
    for event in events:
        state = _NOTICE_STATES.get(event.type)
        if state:
            g = gist(event.data)
            told = g.milestone, g.channel, g.occasion
            found[told] = Notice(g.milestone, g.channel, state, g.occasion)
    return list(found.values())
