"""VNPAY's refunds: asked for by `refund`, asked after by querydr.

Their words, ours.  What is not in the tables is unknown or pending, never failed.

    refund vnp_ResponseCode   00 see the status · REFUSALS: failed, nothing was given back ·
                              94 (asked for already) pending · every other: unknown
    querydr vnp_ResponseCode  00 and about a refund of this amount: see the status · else unknown
    vnp_TransactionStatus     00 done · 02 and 09 failed · every other: pending
    vnp_TransactionType       02 all of the payment · 03 part of it · 01 the payment itself
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from services.payment.gateways import Answer, Partner, Refund, Refunded, Refused, Unsendable
from services.payment.gateways.vnpay.signing import (
    ANSWERED,
    REFUND_ANSWERED,
    answered,
    is_about,
    local,
)

RefundFinding = Literal["done", "failed", "pending", "unknown"]

REFUSALS: Mapping[str, RefundFinding] = {
    "02": "failed",  # more than was paid
    "03": "failed",  # bad format
    "08": "unknown",  # busy
    "16": "failed",  # not allowed now
    "91": "failed",  # no such payment
    "93": "failed",  # bad amount
    "94": "pending",  # asked for already
    "95": "failed",  # refused
    "97": "failed",  # bad signature
    "98": "unknown",  # timeout
    "99": "unknown",  # other
}
STATUSES: Mapping[str, RefundFinding] = {
    "00": "done",
    "01": "pending",  # not completed
    "02": "failed",  # error
    "04": "pending",
    "05": "pending",  # being processed
    "06": "pending",  # sent to the payer's bank
    "07": "pending",
    "08": "pending",
    "09": "failed",  # refused
    "10": "pending",
    "11": "pending",
    "20": "pending",
}
ALL, PART = "02", "03"  # vnp_TransactionType
NUMBER = re.compile(r"[0-9]{1,20}")
BY_LIMIT = 64


def asked(partner: Partner, refund: Refund, request_id: str, at: datetime) -> dict[str, str]:
    """Return the values of a refund, not signed yet.  Raises `Unsendable`."""
    if not 0 < refund.amount_vnd <= refund.paid_vnd:
        raise Unsendable("give back more than nothing, and at most what was paid")
    if not NUMBER.fullmatch(refund.transaction) or not refund.transaction.strip("0"):
        raise Unsendable("a refund needs their number of the payment")
    return {
        "vnp_RequestId": request_id,
        "vnp_Version": "2.1.0",
        "vnp_Command": "refund",
        "vnp_TmnCode": partner.merchant,
        "vnp_TransactionType": ALL if refund.amount_vnd == refund.paid_vnd else PART,
        "vnp_TxnRef": refund.reference,
        "vnp_Amount": str(refund.amount_vnd * 100),
        "vnp_TransactionNo": refund.transaction,
        "vnp_TransactionDate": local(refund.opened_at),
        "vnp_CreateBy": plain(refund.by),
        "vnp_CreateDate": local(at),
        "vnp_IpAddr": partner.server_ip,
        "vnp_OrderInfo": f"Hoan tien {refund.reference}",
    }


def read_refunded(partner: Partner, answer: Answer, refund: Refund, at: datetime) -> Refunded:
    """Return what `refund` was answered.  Raises `Refused`."""
    given = answered(answer.body, REFUND_ANSWERED, partner.verifying_keys(at))
    code = given.get("vnp_ResponseCode", "")
    if code != "00":
        return Refunded(REFUSALS.get(code, "unknown"), code=code[:8])
    is_about(given, partner.merchant, refund.reference)
    if not _is_this(given, refund):
        raise Refused("unreadable", "an answer about another refund")
    return _standing(given)


def read_refund_answer(partner: Partner, answer: Answer, refund: Refund, at: datetime) -> Refunded:
    """Return what querydr was answered.  Raises `Refused`."""
    given = answered(answer.body, ANSWERED, partner.verifying_keys(at))
    code = given.get("vnp_ResponseCode", "")
    if code != "00":
        return Refunded("unknown", code=code[:8])
    is_about(given, partner.merchant, refund.reference)
    return _standing(given) if _is_this(given, refund) else Refunded("unknown", code=code)


def plain(name: str) -> str:
    """Return who asked, in letters that all of theirs encode alike."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    ascii_only = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9 .,:_-]", "-", ascii_only)[:BY_LIMIT] or "-"


def _is_this(given: Mapping[str, str], refund: Refund) -> bool:
    """Tell whether an answer is about this refund, as far as it can be told."""
    return (
        given.get("vnp_TransactionType") in (ALL, PART)
        and given.get("vnp_Amount") == str(refund.amount_vnd * 100)
    )  # fmt: skip


def _standing(given: Mapping[str, str]) -> Refunded:
    status, number = given.get("vnp_TransactionStatus", ""), given.get("vnp_TransactionNo", "")
    known = number if NUMBER.fullmatch(number) else ""
    return Refunded(STATUSES.get(status, "pending"), known, f"00/{status}"[:8])
