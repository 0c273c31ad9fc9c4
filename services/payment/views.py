"""What the edge shows: the payments of an application; with an example."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.payment.domain.moves import receipts
from services.payment.domain.state import Attempt, Obligation, Payment, Status
from shared.edge import APPLICATION


@dataclass(frozen=True)
class LineView:
    """One line of what is to be paid."""

    kind: str
    name_vi: str
    quantity: int
    amount_vnd: int


@dataclass(frozen=True)
class OrderView:
    """An order that can be paid now; `pay_url` is signed for this payer."""

    partner: str
    reference: str
    attempt: int
    amount_vnd: int
    expires_at: datetime
    pay_url: str


@dataclass(frozen=True)
class ReceiptView:
    """A receipt; its number is for good."""

    number: str
    kind: str
    amount_vnd: int


@dataclass(frozen=True)
class ObligationView:
    """What is to be paid, how it stands, and the order that can be paid now, if any."""

    status: Status
    moment: str
    total_vnd: int
    illustrative: bool
    lines: Sequence[LineView]
    order: OrderView | None
    receipts: Sequence[ReceiptView]


@dataclass(frozen=True)
class PaymentView:
    """The payments of an application; `to_refund_vnd` came in and no obligation needed it.

    `children`: of a parent, of which nothing is asked: the applications to ask about instead.
    """

    application: str
    status: Status
    obligations: Sequence[ObligationView]
    to_refund_vnd: int
    children: Sequence[str] = ()


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
            order=OrderView(
                partner="vnpay",
                reference="26112000000123",
                attempt=1,
                amount_vnd=16_000,
                expires_at=datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
                pay_url="https://bank.example/paymentv2/vpcpay.html?vnp_TxnRef=26112000000123",
            ),
            receipts=[],
        )
    ],
    to_refund_vnd=0,
)


def open_attempt(state: Payment, place: int) -> Attempt | None:
    """Return the order of an obligation that can be paid now."""
    return next((a for a in state.attempts if a.obligation == place and a.status == "open"), None)


def payment_view(application: str, state: Payment, orders: dict[int, OrderView]) -> PaymentView:
    """Show a state; `orders` are the open ones, by the place of their obligation."""
    return PaymentView(
        application=application,
        status=state.status,
        obligations=[
            _obligation_view(state, place, obligation, orders.get(place))
            for place, obligation in enumerate(state.obligations)
        ],
        to_refund_vnd=state.to_refund_vnd,
    )


def _obligation_view(
    state: Payment, place: int, obligation: Obligation, order: OrderView | None
) -> ObligationView:
    paid = [a for a in state.attempts if a.obligation == place and a.status == "paid"]
    issued = [r for a in paid for r in receipts(a.reference, obligation.lines)]
    return ObligationView(
        status=obligation.status,
        moment=obligation.moment,
        total_vnd=obligation.total_vnd,
        illustrative=obligation.illustrative,
        lines=[LineView(x.kind, x.name_vi, x.quantity, x.amount_vnd) for x in obligation.lines],
        order=order,
        receipts=[ReceiptView(r.number, r.kind, r.amount_vnd) for r in issued],
    )
