"""What a citizen pays with: the orders that can be paid now, and the partners to choose from."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import structlog

from services.payment.billing import Accounts
from services.payment.domain.attempts import may_choose, payable_with
from services.payment.domain.state import Attempt, Payment
from services.payment.domain.terms import Terms
from services.payment.gateways import Gateway, Offer, Order, Payer, Unsendable
from services.payment.gateways.asked import Receipts
from services.payment.partners import Registry
from services.payment.views import OrderView, PartnerView, SettlementView

QR_PATH = "/v1/payments/{application}/orders/{reference}/qr.svg"
PARTNER_RECEIPT_PATH = "/v1/payments/{application}/orders/{reference}/receipt"
OUT_VI = "Tạm thời không kết nối được, sẽ tự hoạt động lại: hãy chọn nơi khác hoặc thử lại sau."
OUT_EN = "Cannot be reached just now and comes back by itself: choose another, or try again later."

_log = structlog.get_logger("paying")

Choice = Literal["open", "not_due", "over", "unknown_partner", "not_taken", "too_many", "can_open"]


class Till(NamedTuple):
    """What shows citizens how they may pay; `refuses` tells whose circuit breaker is open, and
    `accounts` whose money it becomes.
    """

    registry: Registry
    refuses: Callable[[str], bool]
    attempt_limit: int
    accounts: Accounts

    def orders(
        self, application: str, state: Payment, place: int, payer: Payer, at: datetime
    ) -> list[OrderView]:
        """Return the orders of an obligation that can be paid now, the latest first."""
        shown = []
        for attempt in reversed(state.attempts_of(place)):
            offer = self.offer(state, attempt, payer, at)
            if offer is not None:
                shown.append(_order(application, attempt, offer))
        return shown

    def settlement(self, application: str, state: Payment, place: int) -> SettlementView | None:
        """Return by which order an obligation was settled, None if it was not."""
        paid = next((a for a in state.attempts_of(place) if a.status == "paid"), None)
        if paid is None:
            return None
        path = PARTNER_RECEIPT_PATH.format(application=application, reference=paid.reference)
        gives = isinstance(self.registry.get(paid.partner), Receipts)
        return SettlementView(
            partner=paid.partner,
            reference=paid.reference,
            transaction=paid.transaction,
            amount_vnd=paid.amount_vnd,
            partner_receipt=path if gives else "",
        )

    def offer(self, state: Payment, attempt: Attempt, payer: Payer, at: datetime) -> Offer | None:
        """Return what an attempt is paid with; None if it cannot be paid, or not now: it is not
        made yet, its partner has left, or no key of ours is valid there.
        """
        if attempt.status != "open" or at >= attempt.expires_at or attempt.is_unmade:
            return None
        if (kept := attempt.offered) is not None:
            return Offer(kept.pay_url, kept.deep_link, kept.qr)
        gateway, opened_at = self.registry.get(attempt.partner), attempt.opened_at
        if gateway is None:
            return None
        account = self.accounts.chosen(attempt.partner, state.basis, opened_at)
        order = Order(attempt.reference, attempt.amount_vnd, opened_at, attempt.expires_at, account)
        try:
            offer = gateway.create(attempt.reference, order, payer, at)
        except Unsendable as error:
            _log.error("an order is not offered", partner=attempt.partner, why=f"{error}")
            return None
        return offer if isinstance(offer, Offer) else None  # one that must be asked first since

    def partners(self, amount_vnd: int, at: datetime) -> list[PartnerView]:
        """Return the partners that take orders now, and which of them can take this one."""
        return [
            _partner(gateway, terms, amount_vnd, refused=self.refuses(terms.partner))
            for gateway, terms in zip(self.registry, self.registry.terms, strict=True)
            if terms.is_active(at)
        ]

    def choice(self, state: Payment, place: int, partner: str, at: datetime) -> Choice:
        """Return what would come of choosing a partner for an obligation."""
        obligation = state.obligations[place]
        mine = state.attempts_of(place)
        terms = next((t for t in self.registry.terms if t.partner == partner), None)
        if terms is None:
            return "unknown_partner"
        if obligation.status != "open":
            return "not_due" if obligation.status == "assessed" else "over"
        if payable_with(mine, partner, at):
            return "open"
        if not terms.takes(obligation.total_vnd, at) or self.refuses(partner):
            return "not_taken"
        return "can_open" if may_choose(mine, self.attempt_limit) else "too_many"


def _order(application: str, attempt: Attempt, offer: Offer) -> OrderView:
    qr_svg = QR_PATH.format(application=application, reference=attempt.reference)
    return OrderView(
        partner=attempt.partner,
        reference=attempt.reference,
        attempt=attempt.number,
        amount_vnd=attempt.amount_vnd,
        expires_at=attempt.expires_at,
        pay_url=offer.pay_url,
        deep_link=offer.deep_link,
        qr=offer.qr,
        qr_svg=qr_svg if offer.qr else "",
    )


def _partner(gateway: Gateway, terms: Terms, amount_vnd: int, *, refused: bool) -> PartnerView:
    partner = gateway.partner
    fits = terms.min_vnd <= amount_vnd <= terms.max_vnd
    reason = ("", "")
    if refused:
        reason = OUT_VI, OUT_EN
    elif not fits:
        reason = _limits(terms)
    return PartnerView(
        name=partner.name,
        title=partner.title,
        kind=partner.kind,
        min_vnd=terms.min_vnd,
        max_vnd=terms.max_vnd,
        available=fits and not refused,
        reason_vi=reason[0],
        reason_en=reason[1],
    )


def _limits(terms: Terms) -> tuple[str, str]:
    low, high = f"{terms.min_vnd:,}", f"{terms.max_vnd:,}"
    return (
        f"Chỉ nhận từ {low.replace(',', '.')} đến {high.replace(',', '.')} đồng một lần.",
        f"Takes from {low} to {high} đồng at a time only.",
    )


def total_open_vnd(state: Payment) -> int:
    """Return what the first obligation is about that waits for its money, 0 if none does."""
    waiting: Sequence[int] = [o.total_vnd for o in state.obligations if o.status == "open"]
    return waiting[0] if waiting else 0
