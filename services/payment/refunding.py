"""The calls payment makes about a refund: to have it made, and to ask what became of it."""

from typing import Literal

from services.payment.billing import Told
from services.payment.effects import PartnerCall, send
from services.payment.gateways import Refund, Refunded, Unsendable
from shared.events import Data
from shared.events.refunds import RefundAnswered, RefundQueryRequested, RefundRequested

BY_RULE = "motcua"  # who asked, where no operator did

Finding = Literal["done", "failed", "pending", "unknown", "deferred", "by_hand"]
Wanted = RefundRequested | RefundQueryRequested


class GiveBack(PartnerCall[RefundRequested]):
    """Tells a partner to give money back, once: the refund's key is the same every time."""

    contract = RefundRequested

    async def make(self, wanted: RefundRequested) -> RefundAnswered:
        """Tell it; one that cannot leaves it to a person."""
        gateway = self._registry[wanted.partner]
        told = await self._tell(gateway.partner, wanted.key, wanted.reference)
        refund = _refund(wanted, told)
        try:
            sending = gateway.refund(refund, self._clock())
        except Unsendable:
            return _said(wanted, "by_hand", code="unsendable")
        if sending is None:
            return _said(wanted, "by_hand")
        answer = await send(self._client, sending)
        return _read(wanted, gateway.read_refunded(answer, refund, self._clock()))

    def without_answer(
        self, wanted: RefundRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that it may have been made, or that it was not sent."""
        return _said(wanted, finding)


class AskBack(PartnerCall[RefundQueryRequested]):
    """Asks a partner what became of a refund; one that cannot say leaves it to a person."""

    contract = RefundQueryRequested

    async def make(self, wanted: RefundQueryRequested) -> RefundAnswered:
        """Ask; return what the partner said, verified."""
        gateway = self._registry[wanted.partner]
        told = await self._tell(gateway.partner, wanted.key, wanted.reference)
        refund = _refund(wanted, told)
        sending = gateway.query_refund(wanted.key, refund, self._clock())
        if sending is None:
            return _said(wanted, "by_hand")
        answer = await send(self._client, sending)
        return _read(wanted, gateway.read_refund_answer(answer, refund, self._clock()))

    def without_answer(
        self, wanted: RefundQueryRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that it must be asked again."""
        return _said(wanted, finding)


def _refund(wanted: Wanted, told: Told) -> Refund:
    return Refund(
        key=wanted.name or wanted.refund,
        reference=wanted.reference,
        transaction=wanted.transaction,
        amount_vnd=wanted.amount_vnd,
        paid_vnd=wanted.paid_vnd,
        opened_at=wanted.opened_at,
        reason=wanted.reason,
        by=wanted.by or BY_RULE,
        asked_at=wanted.asked_at,
        number=wanted.told,
        account=told.account,
    )


def _read(wanted: Wanted, refunded: Refunded) -> RefundAnswered:
    return _said(wanted, refunded.finding, transaction=refunded.transaction, code=refunded.code)


def _said(
    wanted: Wanted, finding: Finding, *, transaction: str = "", code: str = ""
) -> RefundAnswered:
    return RefundAnswered(
        key=wanted.key,
        refund=wanted.refund,
        finding=finding,
        transaction=transaction,
        code=code,
    )
