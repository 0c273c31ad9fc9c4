"""The calls payment makes about an allowance: to have it paid out, and to ask what became of it.

Who is paid is opened for the one call that tells the bank, and nowhere else.
"""

from typing import Literal

import httpx
import msgspec

from services.payment.domain.paying_out import MIDDLE
from services.payment.effects import Count, PartnerCall, send
from services.payment.gateways import Unsendable
from services.payment.gateways.disbursing import Disbursed, Disbursement, Disburses, Payee
from services.payment.partners import Registry
from shared.clock import Clock
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events import Data
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementQueryRequested,
    DisbursementRequested,
)
from shared.jwe import NotOpened
from shared.vault import Sealed, Vault

Finding = Literal["done", "failed", "pending", "unknown", "deferred", "by_hand"]
Wanted = DisbursementRequested | DisbursementQueryRequested


class PayOut(PartnerCall[DisbursementRequested]):
    """Tells a partner to pay out, once: what it knows it by is the same every time."""

    contract = DisbursementRequested

    def __init__(
        self,
        registry: Registry,
        client: httpx.AsyncClient,
        clock: Clock,
        limit_s: float,
        vault: Vault,
        refused: Count = lambda *_: None,
    ) -> None:
        super().__init__(registry, client, clock, limit_s, refused=refused)
        self._vault = vault

    async def make(self, wanted: DisbursementRequested) -> DisbursementAnswered:
        """Tell it; what cannot be told was surely not paid.  Raises `NotCalled`."""
        gateway, paid = self._registry[wanted.partner], _paid(wanted)
        if not isinstance(gateway, Disburses):
            return _said(wanted, "by_hand")
        payee = await self._payee(wanted)
        if payee is None:
            return _said(wanted, "failed", code="payee_erased")
        try:
            sending = gateway.disburse(paid, payee, self._clock())
        except Unsendable:
            return _said(wanted, "failed", code="unsendable")
        answer = await send(self._client, sending)
        return _read(wanted, gateway.read_disbursed(answer, paid, self._clock()))

    async def _payee(self, wanted: DisbursementRequested) -> Payee | None:
        """Return whose account it is; None, where that was erased, or never ours to open."""
        application = wanted.disbursement.partition(MIDDLE)[0]
        sealed = Sealed(application, wanted.payee)
        try:
            (text,) = await self._vault.open([sealed], who="payment", purpose="disbursement")
        except Unknown as doubt:
            raise NotCalled("the payee cannot be opened now") from doubt
        except NotOpened:
            return None
        return None if text is None else msgspec.json.decode(text, type=Payee)

    def without_answer(
        self, wanted: DisbursementRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that it may have been made, or that it was not sent."""
        return _said(wanted, finding)


class AskOut(PartnerCall[DisbursementQueryRequested]):
    """Asks a partner what became of it; one that cannot say leaves it to a person."""

    contract = DisbursementQueryRequested

    async def make(self, wanted: DisbursementQueryRequested) -> DisbursementAnswered:
        """Ask; return what the partner said, verified."""
        gateway, paid = self._registry[wanted.partner], _paid(wanted)
        if not isinstance(gateway, Disburses):
            return _said(wanted, "by_hand")
        sending = gateway.query_disbursement(wanted.key, paid, self._clock())
        answer = await send(self._client, sending)
        return _read(wanted, gateway.read_disbursement_answer(answer, paid, self._clock()))

    def without_answer(
        self, wanted: DisbursementQueryRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that it must be asked again."""
        return _said(wanted, finding)


def _paid(wanted: Wanted) -> Disbursement:
    return Disbursement(
        reference=wanted.reference,
        amount_vnd=wanted.amount_vnd,
        purpose=f"Tro cap {wanted.period}",
        asked_at=wanted.asked_at,
    )


def _read(wanted: Wanted, disbursed: Disbursed) -> DisbursementAnswered:
    return _said(wanted, disbursed.finding, disbursed.transaction, disbursed.code)


def _said(
    wanted: Wanted, finding: Finding, transaction: str = "", code: str = ""
) -> DisbursementAnswered:
    return DisbursementAnswered(
        key=wanted.key,
        disbursement=wanted.disbursement,
        finding=finding,
        transaction=transaction,
        code=code,
    )
