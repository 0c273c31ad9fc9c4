"""ISO 20022's words, ours.

    TxSts of a transfer     ACSC ACCC done · RJCT CANC failed · every other pending, known or not
    its reason              DUPL AM05: not failed but unknown, an earlier one of its id stands
    TxSts of a request      RJCT CANC failed · every other pending: a booked credit is a payment
    Sts of an entry         BOOK counts · PDNG INFO FUTR do not
    CdtDbtInd               CRDT in · DBIT out; RvslInd true: the undoing of an earlier one

REASONS says what a reason means to us: what has to change before anything is sent again.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

Outcome = Literal["done", "failed", "pending", "unknown"]
Cause = Literal["account", "funds", "file", "repeated", "date", "refused"]

TRANSFERS: Mapping[str, Outcome] = {
    "RCVD": "pending",  # received
    "PDNG": "pending",  # being looked at
    "PATC": "pending",  # some of the needed signatures are there
    "ACTC": "pending",  # form and authority are right
    "ACCP": "pending",  # the customer's profile is right
    "ACFC": "pending",  # the money is there
    "ACWC": "pending",  # accepted, with a change
    "ACSP": "pending",  # being settled
    "ACWP": "pending",  # settled, not yet credited
    "PART": "pending",  # of a group: see each transfer
    "ACSC": "done",  # settled
    "ACCC": "done",  # credited
    "RJCT": "failed",
    "CANC": "failed",
}
REASONS: Mapping[str, Cause] = {
    "AC01": "account",  # wrong account
    "AC02": "account",  # wrong account of the debtor
    "AC03": "account",  # wrong account of the creditor
    "AC04": "account",  # closed
    "AC06": "account",  # blocked
    "AC13": "account",  # of a kind that cannot be paid this way
    "AG01": "refused",  # not allowed on this account
    "AG02": "file",  # an operation code that is not known
    "AM01": "file",  # an amount of zero
    "AM02": "refused",  # more than is allowed
    "AM03": "file",  # currency
    "AM04": "funds",  # not enough money
    "AM05": "repeated",
    "AM09": "file",  # wrong amount
    "AM10": "file",  # control sum
    "AM18": "file",  # number of transactions
    "BE01": "account",  # the name is not the account's
    "CUST": "refused",  # the customer asked for it
    "DT01": "date",
    "DUPL": "repeated",
    "FF01": "file",  # form
    "MS02": "refused",  # reason not given by the customer
    "MS03": "refused",  # reason not given by the bank
    "NARR": "refused",  # reason in words only
    "RC01": "account",  # bank code
    "TM01": "date",  # after the cut-off
}
BOOKED = "BOOK"
NO_REFERENCE = "NOTPROVIDED"
CURRENCY = "VND"


class Malformed(Exception):
    """A message that cannot be taken: the reason ISO 20022 has for it, where, and why in words."""

    def __init__(self, code: str, path: str, why: str) -> None:
        super().__init__(f"{code} {path} {why}")
        self.code, self.path, self.why = code, path, why


def transfer_outcome(status: str, reasons: tuple[str, ...] = ()) -> Outcome:
    """Return what became of a transfer: only settled is done, only refused for good is failed."""
    outcome = TRANSFERS.get(status, "pending")
    if outcome == "failed" and any(REASONS.get(r) == "repeated" for r in reasons):
        return "unknown"
    return outcome


def request_outcome(status: str, reasons: tuple[str, ...] = ()) -> Outcome:
    """Return what became of a request to pay: that it was accepted is no payment."""
    outcome = transfer_outcome(status, reasons)
    return "pending" if outcome == "done" else outcome


def dong(text: str, currency: str, path: str) -> int:
    """Return an amount in đồng.  Raises `Malformed`: AM03 another currency, FF01 decimals."""
    if currency != CURRENCY:
        raise Malformed("AM03", path, f"is in {currency}, not in {CURRENCY}")
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise Malformed("FF01", path, "is no number") from error
    if amount != amount.to_integral_value() or amount < 0:
        raise Malformed("FF01", path, f"is no whole number of đồng: {text[:24]}")
    return int(amount)
