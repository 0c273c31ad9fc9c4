"""What the edge shows: the payments of an application; with an example."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from services.payment.allowances import DisbursementView, disbursement_view
from services.payment.domain.giving_back import MIDDLE
from services.payment.domain.receipts import Receipt
from services.payment.domain.state import Leaving, Obligation, Payment, Refund, Status
from services.payment.paper.codes import ReceiptCodes
from shared.edge import APPLICATION
from shared.events.data import Exemption

Shown = Literal["none", "assessed", "open", "settled", "expired", "waived"]
# readers know these words, and a further one would break them: what goes back is told beside it
SHOWN: Mapping[Status, Shown] = {
    "none": "none",
    "assessed": "assessed",
    "open": "open",
    "settled": "settled",
    "expired": "expired",
    "waived": "waived",
    "refunded": "settled",
}


@dataclass(frozen=True)
class LineView:
    """One line of what is to be paid; `exempted_vnd` is off already."""

    kind: str
    name_vi: str
    quantity: int
    amount_vnd: int
    exempted_vnd: int = 0


@dataclass(frozen=True)
class ExemptionView:
    """What was taken off, and by which text: for a category of person, or for a channel."""

    rule: str
    category: str
    name_vi: str
    source: str
    off_vnd: int


@dataclass(frozen=True)
class OrderView:
    """An order that can be paid now; `pay_url` is signed for this payer.

    `qr` is the text of a QR code, `qr_svg` where its picture is; what a partner has none of is
    empty.
    """

    partner: str
    reference: str
    attempt: int
    amount_vnd: int
    expires_at: datetime
    pay_url: str
    deep_link: str = ""
    qr: str = ""
    qr_svg: str = ""


@dataclass(frozen=True)
class SettlementView:
    """By which order an obligation was settled; `transaction` is the partner's number of it.

    `partner_receipt` is where the partner is asked for a receipt of its own, if it gives one.
    """

    partner: str
    reference: str
    transaction: str
    amount_vnd: int
    partner_receipt: str = ""


@dataclass(frozen=True)
class PartnerView:
    """Who may be paid with; one that is not available says why, and comes back by itself."""

    name: str
    title: str
    kind: Literal["bank", "intermediary"]
    min_vnd: int
    max_vnd: int
    available: bool
    reason_vi: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class ReceiptView:
    """A receipt, its number within its `series` and `unit`; `by` is the number of the one that
    counts instead of it, if it is `adjusted` or `replaced`.  By `code` it is printed and checked.
    """

    number: str
    kind: str
    amount_vnd: int
    series: str = ""
    unit: str = ""
    status: str = "valid"
    by: str = ""
    code: str = ""


@dataclass(frozen=True)
class ObligationView:
    """What is to be paid, how it stands, and the orders that can be paid now: `order` is the latest
    of them.  `refunded`: all that settled it was given back, and its receipts count no longer.

    `illustrative`: a province sets the amount, and this one only stands in for it; `source` is the
    resolution that does, where it is known.  `is_superseded`: it was assessed again since, and
    another one counts.
    """

    status: Shown
    moment: str
    total_vnd: int
    illustrative: bool
    lines: Sequence[LineView]
    order: OrderView | None
    receipts: Sequence[ReceiptView]
    orders: Sequence[OrderView] = ()
    refunded: bool = False
    source: str = ""
    exemption: ExemptionView | None = None
    is_superseded: bool = False
    settled_by: SettlementView | None = None


@dataclass(frozen=True)
class RefundView:
    """Money that goes back; `by` is the operator who asked, empty: a rule, and `told` the partner's
    number of it, once it has one.
    """

    key: str
    status: Leaving
    amount_vnd: int
    partner: str
    reference: str
    transaction: str
    reason: str
    by: str
    told: str


@dataclass(frozen=True)
class PaymentView:
    """The payments of an application; `to_refund_vnd` came in, no obligation needs it, and it was
    not given back yet: `refunds` are on their way, or done.

    `partners`: while an order is open, with whom the first obligation that waits may be paid.
    `disbursements`: allowances that are paid out.
    `children`: of a parent, of which nothing is asked: the applications to ask about instead.
    """

    application: str
    status: Shown
    obligations: Sequence[ObligationView]
    to_refund_vnd: int
    children: Sequence[str] = ()
    partners: Sequence[PartnerView] = ()
    refunds: Sequence[RefundView] = ()
    disbursements: Sequence[DisbursementView] = ()


_ORDER = OrderView(
    partner="vnpay",
    reference="26112000000123",
    attempt=1,
    amount_vnd=16_000,
    expires_at=datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
    pay_url="https://bank.example/paymentv2/vpcpay.html?vnp_TxnRef=26112000000123",
)

NOBODY_PAID: Mapping[int, SettlementView] = {}

PAYMENT = PaymentView(
    application=APPLICATION,
    status="open",
    obligations=[
        ObligationView(
            status="open",
            moment="at_submission",
            total_vnd=16_000,
            illustrative=False,
            lines=[LineView("charge", "Lệ phí cấp bản sao trích lục hộ tịch", 2, 16_000)],
            order=_ORDER,
            receipts=[],
            orders=[_ORDER],
        )
    ],
    to_refund_vnd=0,
    partners=[
        PartnerView("vnpay", "Cổng thanh toán", "intermediary", 1_000, 9_999_999_999, True),
    ],
)


def payment_view(
    application: str,
    state: Payment,
    orders: Mapping[int, Sequence[OrderView]],
    codes: ReceiptCodes,
    partners: Sequence[PartnerView] = (),
    settled: Mapping[int, SettlementView] = NOBODY_PAID,
) -> PaymentView:
    """Show a state; `orders` are those that can be paid, by the place of their obligation, and
    `settled` by which it was.
    """
    return PaymentView(
        application=application,
        status=SHOWN[state.status],
        obligations=[
            _obligation_view(
                state,
                place,
                obligation,
                orders.get(place, ()),
                settled.get(place),
                lambda receipt: codes.code(application, receipt),
            )
            for place, obligation in enumerate(state.obligations)
        ],
        to_refund_vnd=state.to_refund_vnd,
        partners=partners,
        refunds=[_refund_view(application, refund) for refund in state.refunds],
        disbursements=[disbursement_view(paid) for paid in state.disbursements],
    )


def _refund_view(application: str, refund: Refund) -> RefundView:
    return RefundView(
        key=f"{application}{MIDDLE}{refund.number}",
        status=refund.status,
        amount_vnd=refund.amount_vnd,
        partner=refund.partner,
        reference=refund.reference,
        transaction=refund.transaction,
        reason=refund.reason,
        by=refund.by,
        told=refund.told,
    )


def _obligation_view(
    state: Payment,
    place: int,
    obligation: Obligation,
    orders: Sequence[OrderView],
    settled: SettlementView | None,
    code: Callable[[Receipt], str],
) -> ObligationView:
    paid = {a.number for a in state.attempts if a.obligation == place and a.status == "paid"}
    issued = [r for r in state.receipts if r.attempt in paid]
    return ObligationView(
        status=SHOWN[obligation.status],
        moment=obligation.moment,
        total_vnd=obligation.total_vnd,
        illustrative=obligation.illustrative,
        lines=[
            LineView(x.kind, x.name_vi, x.quantity, x.amount_vnd, x.exempted_vnd)
            for x in obligation.lines
        ],
        order=orders[0] if orders else None,
        receipts=[
            ReceiptView(r.number, r.kind, r.amount_vnd, r.series, r.unit, r.status, r.by, code(r))
            for r in issued
        ],
        orders=orders,
        refunded=obligation.status == "refunded",
        source=obligation.source,
        exemption=_exemption_view(obligation.exemption),
        is_superseded=obligation.is_superseded,
        settled_by=settled,
    )


def _exemption_view(given: Exemption | None) -> ExemptionView | None:
    if given is None:
        return None
    return ExemptionView(given.rule, given.category, given.name_vi, given.source, given.off_vnd)
