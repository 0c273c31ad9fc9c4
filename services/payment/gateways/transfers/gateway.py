"""What the families have in common that tell us of bank transfers.

The citizen scans a VietQR code, or types what stands in it; the money comes to an account of ours,
and somebody who watches that account tells us.  Only the text of the transfer says for which order.
Nobody can be asked after an order, and money is given back by a person.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.payment.gateways import (
    Call,
    Offer,
    Order,
    Partner,
    Payer,
    Refused,
    Reply,
    Unsendable,
    Verdict,
)
from services.payment.gateways.exact_json import Number, Value
from services.payment.gateways.not_done import (
    AnswersNoQuery,
    GivesNothingBack,
    SendsNoOrder,
    SignsNoReturn,
)
from services.payment.gateways.transfers import vietqr
from services.payment.gateways.transfers.banks import AS_OF, BANKS

# money that came is on our books, whatever it was for: nobody needs to tell of it again
STATUSES: Mapping[Verdict, int] = {
    "recorded": 200,
    "unknown_order": 200,
    "amount_differs": 200,
    "already_final": 200,
    "not_genuine": 401,
    "unreadable": 400,
    "call_again": 503,
}
BODY_LIMIT_BYTES = 16_384
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
EXACT_LIMIT = 2**53 - 1  # beyond it JavaScript signs another number than it was given
AMOUNT_LIMIT_VND = 10**13 - 1  # thirteen digits, as in a VietQR code


class TransferGateway(SignsNoReturn, GivesNothingBack):
    """A partner that tells us of transfers."""

    method: Literal["GET", "POST"] = "POST"
    body_limit_bytes = BODY_LIMIT_BYTES
    accepted: Mapping[str, Any] = {"success": True}
    refused: Mapping[str, Any] = {"success": False}

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self.accounts = accounts(partner)
        self._replies = replies(self.accepted, self.refused)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to a notification."""
        return self._replies[verdict]

    def check_account(self, *numbers: str) -> None:
        """Raise `Refused` if none of these accounts is one of ours."""
        if self.accounts.isdisjoint(numbers):
            raise Refused("not_genuine", "money on an account that is not ours", "merchant")


class ShownCode(SendsNoOrder, AnswersNoQuery, TransferGateway):
    """A partner that tells of transfers which a code of ours asked for."""

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Offer:
        """Return a VietQR code.  Raises `Unsendable`."""
        account = order.account or self.partner.account
        if account is None or account.number not in self.accounts:
            raise Unsendable(f"{self.partner.name} watches no such account: nobody would tell us")
        if account.bank not in BANKS:
            raise Unsendable(f"no bank had the number {account.bank} in {AS_OF}: add it")
        wanted = vietqr.Transfer(account.bank, account.number, order.amount_vnd, order.reference)
        try:
            return Offer(qr=vietqr.payload(wanted))
        except vietqr.NotVietQr as error:
            raise Unsendable(str(error)) from error


def accounts(partner: Partner) -> frozenset[str]:
    """Return the accounts of ours that a partner watches."""
    return partner.account_numbers


def replies(accepted: Mapping[str, Any], refused: Mapping[str, Any]) -> Mapping[Verdict, Reply]:
    """Return the answer for each verdict."""
    return {
        verdict: Reply(status, msgspec.json.encode(accepted if status == 200 else refused))
        for verdict, status in STATUSES.items()
    }


# ---- reading what is verified


def whole(fields: Mapping[str, Value], name: str) -> int:
    """Return a whole number, written as one.  Raises `Refused`."""
    value = fields.get(name)
    if not isinstance(value, Number) or not WHOLE.fullmatch(value):
        raise Refused("unreadable", f"{name} is no whole number")
    if abs(int(value)) > EXACT_LIMIT:
        raise Refused("unreadable", f"{name} is more than all languages hold exactly")
    return int(value)


def money(fields: Mapping[str, Value], name: str) -> int:
    """Return an amount, below 0 for money that left.  Raises `Refused`."""
    amount_vnd = whole(fields, name)
    if abs(amount_vnd) > AMOUNT_LIMIT_VND:
        raise Refused("unreadable", f"{name} is more than any transfer has")
    return amount_vnd


def text(fields: Mapping[str, Value], name: str) -> str:
    """Return a text, empty if it is missing or null.  Raises `Refused`."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, Number):
        raise Refused("unreadable", f"{name} is no text")
    return value
