"""What is owed, and what of it can be paid now, as payment has it: from what payment said.

Payment adds an obligation with each fee that it assesses or waives, so its place in the list is
known; an order names its obligation, and whatever follows names the order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from services.operations.domain.citizen.words import Words
from shared.events import Data, payment, reassessments, routing

ON_DEMAND = "on_demand"  # the moment of what an officer demanded
FIRST = ("at_submission", "at_submission_if_late")  # the moments before acceptance
AT_ONCE = (*FIRST, ON_DEMAND, "reassessed")  # the others are asked for when their moment comes
ENDED = "application_ended"  # why what was not asked for yet never will be

Standing = Literal["payable", "expired", "opening", "later"]  # the most urgent first
URGENT: Sequence[Standing] = get_args(Standing)

FEE = Words("phí, lệ phí", "the fee")
# what is paid, by its moment
PURPOSES: Mapping[str, Words] = {
    "at_submission": Words("phí, lệ phí khi nộp hồ sơ", "the fee for applying"),
    "at_submission_if_late": Words("phí, lệ phí vì nộp quá hạn", "the fee for applying late"),
    "after_acceptance": Words("phí, lệ phí sau khi tiếp nhận", "the fee due on acceptance"),
    "after_tax_notice": Words("theo thông báo thuế", "as the tax notice says"),
    "with_result": Words("phí, lệ phí khi nhận kết quả", "the fee due with the result"),
    ON_DEMAND: Words("theo yêu cầu của cơ quan", "as the office demanded"),
    "reassessed": Words("phần phí phải nộp thêm", "the rest of the fee, which was set again"),
}


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation that is not met, and what for.  `pay_by`: until when it can be paid, null
    where it cannot.

    `later`: its moment is to come; `opening`: how it is paid follows; `expired`: nobody paid it in
    time.
    """

    amount_vnd: int
    purpose: Words
    standing: Standing
    pay_by: datetime | None = None


@dataclass
class _Obligation:
    total_vnd: int
    moment: str
    is_over: bool = False  # met, waived, or another took its place
    is_expired: bool = False
    is_opened: bool = False
    orders: dict[str, payment.Requested] = field(default_factory=dict)

    @property
    def is_demand(self) -> bool:
        return self.moment == ON_DEMAND

    def end(self) -> None:
        self.is_over = True
        self.orders.clear()


class Ledger:
    """The obligations of one application; `made`: the orders that partners said they made."""

    def __init__(self, made: frozenset[str]) -> None:
        self._made = made
        self._obligations: list[_Obligation] = []
        self._of: dict[str, _Obligation] = {}  # by the reference of an order
        self._unmade: set[str] = set()  # their partners make them first
        self._announced_vnd = 0  # demanded, and not assessed yet

    def take(self, data: Data) -> None:
        """Take in what was decided next."""
        if take := _TAKES.get(type(data)):
            take(self, data)

    def owed(self, now: datetime) -> tuple[Owed, ...]:
        """Return what is not met: the most urgent first, else in payment's order."""
        found = [self._owed(each, now) for each in self._obligations if not each.is_over]
        if self._announced_vnd:
            found.append(
                Owed(
                    amount_vnd=self._announced_vnd,
                    purpose=PURPOSES[ON_DEMAND],
                    standing="opening",
                )
            )
        return tuple(sorted(found, key=lambda owed: URGENT.index(owed.standing)))

    @property
    def owes_first(self) -> bool:
        """Whether something has to be paid before the application can be accepted."""
        return any(not each.is_over and each.moment in FIRST for each in self._obligations)

    def _owed(self, obligation: _Obligation, now: datetime) -> Owed:
        orders = [order for order in obligation.orders.values() if order.expires_at > now]
        payable = [o.expires_at for o in orders if o.reference not in self._unmade - self._made]
        standing: Standing = "opening"
        if payable:
            standing = "payable"
        elif obligation.is_expired or (obligation.orders and not orders):
            standing = "expired"
        elif not obligation.is_opened and obligation.moment not in AT_ONCE:
            standing = "later"
        return Owed(
            amount_vnd=obligation.total_vnd,
            purpose=PURPOSES.get(obligation.moment, FEE),
            standing=standing,
            pay_by=max(payable, default=None),
        )

    def _add(self, obligation: _Obligation) -> _Obligation:
        """Add an obligation; it takes the place of what was not paid in time."""
        self._forget_expired(is_demand=obligation.is_demand)
        self._obligations.append(obligation)
        return obligation

    def _forget_expired(self, *, is_demand: bool) -> None:
        for before in self._obligations:
            if before.is_expired and before.is_demand is is_demand:
                before.end()

    def _demanded(self, data: routing.PaymentDue) -> None:
        self._announced_vnd = data.amount_vnd
        self._forget_expired(is_demand=True)

    def _assessed(self, data: payment.FeeAssessed) -> None:
        added = self._add(_Obligation(data.total_vnd, data.moment))
        if added.is_demand:
            self._announced_vnd = 0

    def _waived(self, data: payment.FeeWaived) -> None:
        if data.reason != ENDED:
            self._add(_Obligation(0, "", is_over=True))
            return
        for each in self._obligations:
            if not (each.is_over or each.is_opened):
                each.end()
                return

    def _reassessed(self, _: reassessments.FeeReassessed) -> None:
        for each in self._obligations:
            if not each.is_demand:
                each.end()

    def _requested(self, data: payment.Requested) -> None:
        obligation = self._obligation(data)
        obligation.is_opened, obligation.is_expired = True, False
        obligation.orders[data.reference] = data
        self._of[data.reference] = obligation

    def _obligation(self, order: payment.Requested) -> _Obligation:
        """Return what an order is of; in an event that does not say so, by its amount."""
        place = order.obligation
        if isinstance(place, int) and place < len(self._obligations):
            return self._obligations[place]
        for each in reversed(self._obligations):
            if each.total_vnd == order.amount_vnd and not each.is_over:
                return each
        is_demanded, self._announced_vnd = order.amount_vnd == self._announced_vnd, 0
        return self._add(_Obligation(order.amount_vnd, ON_DEMAND if is_demanded else ""))

    def _asked_for(self, data: payment.CreateRequested) -> None:
        self._unmade.add(data.reference)

    def _settled(self, data: payment.Settled) -> None:
        if obligation := self._of.get(data.reference):
            obligation.end()

    def _failed(self, data: payment.Failed) -> None:
        if obligation := self._of.get(data.reference):
            obligation.orders.pop(data.reference, None)

    def _expired(self, data: payment.Expired) -> None:
        if obligation := self._of.get(data.reference):
            obligation.is_expired = not obligation.is_over
            obligation.orders.clear()


_TAKES: Mapping[type[Data], Callable[[Ledger, Any], None]] = {
    routing.PaymentDue: Ledger._demanded,
    payment.FeeAssessed: Ledger._assessed,
    payment.FeeWaived: Ledger._waived,
    reassessments.FeeReassessed: Ledger._reassessed,
    payment.Requested: Ledger._requested,
    payment.CreateRequested: Ledger._asked_for,
    payment.Settled: Ledger._settled,
    payment.Failed: Ledger._failed,
    payment.Expired: Ledger._expired,
}
