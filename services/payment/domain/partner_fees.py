"""What a partner keeps of a payment, as agreed: whole đồng, and what is left of it.

A fee never falls where the payment grows, and it takes less than the whole of what is added.  So of
each net amount there is a payment that leaves just that: the net says what was paid.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from services.payment.domain.lines import Line

Vnd = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
_HUNDREDTHS = 10_000  # of a per cent, in a whole


class PartnerFee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept per payment from a moment on: a flat sum and hundredths of a per cent, no less
    than `min_vnd` and no more than `max_vnd`, and the tax on that.

    `settled`: whether statements say what was paid (`gross`, the fee is billed apart), or what is
    left of it (`net`).
    """

    valid_from: Annotated[datetime, msgspec.Meta(tz=True)]
    flat_vnd: Vnd = 0
    basis_points: Annotated[int, msgspec.Meta(ge=0, le=2_000)] = 0
    min_vnd: Vnd = 0
    max_vnd: Vnd | None = None
    vat_percent: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    settled: Literal["gross", "net"] = "gross"

    def __post_init__(self) -> None:
        """Raise `ValueError` where it cannot be meant."""
        if self.max_vnd is not None and self.max_vnd < self.min_vnd:
            raise ValueError("max_vnd is less than min_vnd")

    def of(self, paid_vnd: int) -> int:
        """Return what is kept of a payment, with tax; halves of a đồng are rounded up."""
        fee_vnd = self.flat_vnd + _rounded(paid_vnd * self.basis_points, _HUNDREDTHS)
        fee_vnd = max(fee_vnd, self.min_vnd)
        if self.max_vnd is not None:
            fee_vnd = min(fee_vnd, self.max_vnd)
        return fee_vnd + _rounded(fee_vnd * self.vat_percent, 100)

    def paid_for(self, net_vnd: int) -> int:
        """Return the least payment of which this much is left.

        A step up is what is missing still, and leaves at most as much more: none is too far.
        """
        paid_vnd = net_vnd
        while missing_vnd := net_vnd - (paid_vnd - self.of(paid_vnd)):
            paid_vnd += missing_vnd
        return paid_vnd


def fee_at(fees: Iterable[PartnerFee], at: datetime) -> PartnerFee | None:
    """Return the fee of a payment at this time, None if nothing was agreed yet."""
    begun = [fee for fee in fees if fee.valid_from <= at]
    return max(begun, key=lambda fee: fee.valid_from, default=None)


def as_paid(fees: Sequence[PartnerFee], line: Line, known_vnd: Iterable[int]) -> Line:
    """Return a line of a statement with what was paid, where it says what is left of that.

    Of several payments that leave the same, one that is known is meant.
    """
    fee = fee_at(fees, line.booked_at) if line.kind == "paid" else None
    if fee is None or fee.settled == "gross":
        return line
    net_vnd = line.amount_vnd
    known = (paid_vnd for paid_vnd in known_vnd if paid_vnd - fee.of(paid_vnd) == net_vnd)
    paid_vnd = next(known, None)
    return line._replace(amount_vnd=fee.paid_for(net_vnd) if paid_vnd is None else paid_vnd)


def fee_of(fees: Sequence[PartnerFee], line: Line) -> int:
    """Return what is kept of a line, which says what was paid."""
    fee = fee_at(fees, line.booked_at) if line.kind == "paid" else None
    return fee.of(line.amount_vnd) if fee else 0


def _rounded(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)
