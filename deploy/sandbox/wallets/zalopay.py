"""ZaloPay's words: what it answers to a merchant, and what it tells one."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, Literal

import httpx
import msgspec

from deploy.sandbox.wallets import signing
from deploy.sandbox.wallets.books import Books, Impossible, Merchant, Movement, Order

LOCAL = timezone(timedelta(hours=7))
CALLS_LIMIT = 4  # the first, and up to three more
HEARD = frozenset({"1", "2", "-1"})  # 0 is to be called again
FRESH_MS = 15 * 60 * 1_000
SHORTEST_S, DEFAULT_S, LONGEST_S = 300, 900, 2_592_000
MADE, FAILED, PROCESSING = 1, 2, 3
REFUND = re.compile(r"[0-9]{6}_[0-9]+_[0-9A-Za-z]{1,32}")
What = Literal["create", "query", "refund", "query_refund"]


class Answer(msgspec.Struct):
    """What is read of a merchant's answer."""

    return_code: int


class Zalopay:
    """What ZaloPay says; a refund is there after a while."""

    def __init__(self, books: Books, refund_after_s: float) -> None:
        self._books, self._refund_after_s = books, refund_after_s

    def answer(
        self, merchant: Merchant, what: What, asked: Mapping[str, Any], page_url: str
    ) -> dict[str, Any]:
        """Return the answer to a request."""
        fee = "_with_fee" if what == "refund" and "refund_fee_amount" in asked else ""
        wanted = signing.zalopay(merchant.theirs, f"{what}{fee}", asked)
        try:
            signing.check(wanted, asked.get("mac"))
        except signing.BadSignature:
            return _said(FAILED, -402)
        if what == "create":
            return self._create(merchant, asked, page_url)
        answers = {
            "query": self._query,
            "refund": self._refund,
            "query_refund": self._query_refund,
        }
        return answers[what](merchant, asked)

    def _create(
        self, merchant: Merchant, asked: Mapping[str, Any], page_url: str
    ) -> dict[str, Any]:
        number, amount_vnd = str(asked.get("app_trans_id")), _whole(asked, "amount", 0)
        lifetime_s = _whole(asked, "expire_duration_seconds", DEFAULT_S)
        today = self._books.now().astimezone(LOCAL).strftime("%y%m%d")
        age_ms = self._books.ms() - _whole(asked, "app_time", 0)
        if (
            not number.startswith(f"{today}_")
            or len(number) > 40
            or amount_vnd <= 0
            or not SHORTEST_S <= lifetime_s <= LONGEST_S
            or abs(age_ms) > FRESH_MS
        ):
            return _said(FAILED, -401)
        if self._books.find(merchant, number):
            return _said(FAILED, -68)
        order = self._books.enter(
            Order(
                merchant=merchant,
                number=number,
                amount_vnd=amount_vnd,
                expires_at=self._books.now() + timedelta(seconds=lifetime_s),
                callback_url=str(asked.get("callback_url", "")),
                return_url=_redirect(asked),
                info=str(asked.get("description", "")),
            )
        )
        return _said(MADE, 1) | {
            "order_url": f"{page_url}/pay/{order.token}",
            "zp_trans_token": order.token,
            "order_token": order.token,
            "qr_code": f"ZALOPAY-SANDBOX:{order.token}",
        }

    def _query(self, merchant: Merchant, asked: Mapping[str, Any]) -> dict[str, Any]:
        order = self._books.find(merchant, str(asked.get("app_trans_id")))
        if order is None:
            return _said(FAILED, -101)
        paid = order.settlement()
        found = {
            "is_processing": False,
            "amount": order.amount_vnd,
            "discount_amount": 0,
            "zp_trans_id": int(paid.transaction) if paid else 0,
            "server_time": self._books.ms(),
        }
        if paid:
            return _said(MADE, 1) | found
        if order.status == "declined" or (order.status == "open" and self._books.is_over(order)):
            return _said(FAILED, -217) | found
        return _said(PROCESSING, -49) | found | {"is_processing": True}

    def _refund(self, merchant: Merchant, asked: Mapping[str, Any]) -> dict[str, Any]:
        number, amount_vnd = str(asked.get("m_refund_id")), _whole(asked, "amount", 0)
        transaction = str(asked.get("zp_trans_id"))
        order = self._books.of_transaction(merchant, transaction)
        if not REFUND.fullmatch(number):
            return _said(FAILED, -401)
        if self._books.refund_of(merchant, number):
            return _said(FAILED, -68)
        if order is None:
            return _said(FAILED, -101)
        try:
            refund = self._books.give_back(
                order, transaction, number, amount_vnd, self._refund_after_s
            )
        except Impossible:
            return _said(FAILED, -13)
        return _said(PROCESSING, 3) | {"refund_id": int(refund.transaction)}

    def _query_refund(self, merchant: Merchant, asked: Mapping[str, Any]) -> dict[str, Any]:
        refund = self._books.refund_of(merchant, str(asked.get("m_refund_id")))
        if refund is None:
            return _said(FAILED, -101)
        is_done = self._books.is_done(refund)
        return _said(MADE, 1) if is_done else _said(PROCESSING, 3)

    def told(self, order: Order, movement: Movement) -> dict[str, Any]:
        """Return what is told to the merchant of a payment."""
        data = signing.compact(
            {
                "app_id": int(order.merchant.code),
                "app_trans_id": order.number,
                "app_time": self._books.ms(),
                "app_user": "sandbox",
                "amount": movement.amount_vnd,
                "embed_data": "{}",
                "item": "[]",
                "zp_trans_id": int(movement.transaction),
                "server_time": self._books.ms(),
                "channel": 38,
                "merchant_user_id": "sandbox",
                "user_fee_amount": 0,
                "discount_amount": 0,
            }
        )
        return {"data": data, "mac": signing.mac(order.merchant.ours, data), "type": 1}

    def back(self, order: Order, movement: Movement | None) -> dict[str, Any]:
        """Return what the browser brings back."""
        fields = {
            "appid": order.merchant.code,
            "apptransid": order.number,
            "pmcid": 38,
            "bankcode": "",
            "amount": order.amount_vnd,
            "discountamount": 0,
            "status": 1 if movement else -49,
        }
        return fields | {"checksum": signing.zalopay(order.merchant.ours, "back", fields)}


def word(response: httpx.Response) -> str:
    """Return what a merchant said to a callback.  Raises `msgspec.DecodeError`."""
    if response.status_code != httpx.codes.OK:
        return str(response.status_code)
    return str(msgspec.json.decode(response.content, type=Answer).return_code)


def _said(code: int, sub: int) -> dict[str, Any]:
    return {
        "return_code": code,
        "return_message": {MADE: "Giao dịch thành công", PROCESSING: "Đang xử lý"}.get(
            code, "Giao dịch thất bại"
        ),
        "sub_return_code": sub,
        "sub_return_message": "",
    }


def _whole(asked: Mapping[str, Any], name: str, default: int) -> int:
    value = asked.get(name, default)
    return value if type(value) is int else -1


def _redirect(asked: Mapping[str, Any]) -> str:
    try:
        return str(json.loads(asked.get("embed_data", "{}")).get("redirecturl", ""))
    except (ValueError, TypeError, AttributeError):
        return ""
