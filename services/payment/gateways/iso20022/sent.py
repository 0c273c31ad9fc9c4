"""What we send to a bank that speaks ISO 20022: to three addresses, each body signed.

    POST {base_url}/v1/requests     pain.013, answered by pain.014
    POST {base_url}/v1/transfers    pain.001, answered by pain.002: 202, or 422 if it is refused
    POST {base_url}/v1/reports      {"account", "reference", "from"}, answered by camt.052: what was
                                    booked with this reference; or, of a transfer, by a pain.002

A file is named after what it is for, so that the same one sent again is seen as the same.
"""

import hashlib
import re
from datetime import datetime

import msgspec

from services.payment.gateways import Account, Order, Partner, Refund, Sending, Unsendable
from services.payment.gateways.disbursing import Disbursement, Payee
from services.payment.gateways.request_signature import ID, signed
from services.payment.iso20022 import requests, transfers, written
from services.payment.iso20022.requests import Request
from services.payment.iso20022.transfers import Transfer
from services.payment.iso20022.words import Malformed
from services.payment.iso20022.written import ID_LIMIT, Party

XML, JSON = "application/xml; charset=utf-8", "application/json"
BY_TRANSACTION = "TXREF"  # the account from which this transaction of the bank's came
PAYER = "Nguoi nop ho so"
OUT = "D"
_OUT = re.compile(rf"{OUT}[0-9A-F]{{{ID_LIMIT - len(OUT)}}}")
_PLAIN = re.compile(rf"[A-Za-z0-9.-]{{1,{ID_LIMIT}}}")


def identity(prefix: str, key: str) -> str:
    """Return what a file or a transfer is called: our key, or what is made of a longer one."""
    if _PLAIN.fullmatch(key):
        return key
    return prefix + hashlib.sha256(key.encode()).hexdigest()[: ID_LIMIT - len(prefix)].upper()


def request(partner: Partner, key: str, order: Order, at: datetime) -> Sending:
    """Return a request to pay an order.  Raises `Unsendable`."""
    to = _party(order.account or partner.account)
    payer = Party(PAYER, "", partner.ids.get("bank", to.bank))
    asked = Request(order.reference, order.amount_vnd, payer, to, "le phi", order.expires_at)
    try:
        body = requests.build(identity("P", key), to.name, asked, at)
    except Malformed as error:
        raise Unsendable(str(error)) from error
    return _sending(partner, "requests", identity("P", key), body, XML, at)


def transfer(partner: Partner, refund: Refund, at: datetime) -> Sending:
    """Return a transfer back to where money came from.  Raises `Unsendable`."""
    payer, key = _party(refund.account or partner.account), identity("R", refund.key)
    to = Party(PAYER, refund.transaction, "", BY_TRANSACTION)
    back = Transfer(key, refund.amount_vnd, to, f"hoan {refund.reference}")
    try:
        body = transfers.build(key, payer.name, payer, [back], refund.asked_at)
    except Malformed as error:
        raise Unsendable(str(error)) from error
    return _sending(partner, "transfers", key, body, XML, at)


def disbursement(
    partner: Partner, disbursement: Disbursement, payee: Payee, at: datetime
) -> Sending:
    """Return a transfer to the account of a payee.  Raises `Unsendable`."""
    payer, key = _party(partner.account), out(disbursement)
    to = Party(payee.name, payee.number, payee.bank)
    paid = Transfer(key, disbursement.amount_vnd, to, disbursement.purpose)
    try:
        body = transfers.build(key, payer.name, payer, [paid], disbursement.asked_at)
    except Malformed as error:
        raise Unsendable(f"{error.code} at {error.path}") from None  # the words may be the payee's
    return _sending(partner, "transfers", key, body, XML, at)


def out(disbursement: Disbursement) -> str:
    """Return what the bank knows a disbursement by."""
    return identity(OUT, disbursement.reference)


def is_out(reference: str) -> bool:
    """Tell whether a transfer of ours with this reference is a disbursement."""
    return _OUT.fullmatch(reference) is not None


def question(
    partner: Partner, key: str, reference: str, since: datetime, at: datetime, account: str = ""
) -> Sending:
    """Return a question after what was booked with a reference since a day.

    The account is that of the row, unless another is told.
    """
    account = account or (partner.account.number if partner.account else "")
    asked = {"account": account, "reference": reference, "from": written.day(since)}
    return _sending(partner, "reports", identity("Q", key), msgspec.json.encode(asked), JSON, at)


def _sending(
    partner: Partner, what: str, request_id: str, body: bytes, media_type: str, at: datetime
) -> Sending:
    proof = ((ID, request_id), *signed(partner.signing_key(at), body, at))
    headers = (("content-type", media_type), *proof)
    return Sending(f"{partner.base_url}/v1/{what}", body, headers=headers)


def _party(account: Account | None) -> Party:
    if account is None:
        raise Unsendable("no account of ours is known at this bank: add it to the row")
    return Party(account.name, account.number, account.bank)
