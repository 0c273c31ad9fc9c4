"""How each of the three tells of money that came: the headers and the body of a call."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, NamedTuple

from deploy.sandbox.posts import Post
from deploy.sandbox.transfers import signing

Form = Literal["payos", "casso", "sepay"]
LOCAL = timezone(timedelta(hours=7))


class Merchant(NamedTuple):
    """Whom it tells: the secret they share, the account that is watched, who calls (PayOS)."""

    name: str
    form: Form
    secret: str
    bank: str
    account: str
    callback_url: str
    client_id: str = ""
    api_key: str = ""
    others: tuple[tuple[str, str], ...] = ()  # more of its accounts: bank, number

    @property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Return all accounts that are watched."""
        return (self.bank, self.account), *self.others


class Movement(NamedTuple):
    """Money that came to a watched account."""

    merchant: str
    number: int
    amount_vnd: int
    text: str
    at: datetime
    order_code: int = 0
    link: str = ""
    account: str = ""

    @property
    def reference(self) -> str:
        """Return the bank's own number."""
        return f"FT{self.number}"

    @property
    def stamp(self) -> str:
        """Return the local time, as all three write it."""
        return self.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def post(merchant: Merchant, moved: Movement, at: datetime) -> Post:
    """Return how a merchant is told, signed now."""
    headers, body = _FORMS[merchant.form](merchant, moved, at.timestamp())
    kind = {"content-type": "application/json"}
    return Post(body, kind | headers, url=merchant.callback_url)


def payos_transfer(merchant: Merchant, moved: Movement) -> dict[str, Any]:
    """Return a transfer as an order of PayOS lists it."""
    return {
        "reference": moved.reference,
        "amount": moved.amount_vnd,
        "accountNumber": moved.account or merchant.account,
        "description": moved.text,
        "transactionDateTime": moved.stamp,
        "virtualAccountName": None,
        "virtualAccountNumber": None,
        "counterAccountBankId": "970436",
        "counterAccountBankName": "Vietcombank",
        "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "0011000000001",
    }


def _payos(merchant: Merchant, moved: Movement, _: float) -> tuple[dict[str, str], bytes]:
    data = payos_transfer(merchant, moved) | {
        "orderCode": moved.order_code,
        "currency": "VND",
        "paymentLinkId": moved.link,
        "code": "00",
        "desc": "Thành công",
    }
    signature = signing.payos_data(merchant.secret, data)
    said = {"code": "00", "desc": "success", "success": True, "data": data, "signature": signature}
    return {}, _json(said)


def _casso(merchant: Merchant, moved: Movement, unix_s: float) -> tuple[dict[str, str], bytes]:
    data = {
        "id": moved.number,
        "reference": moved.reference,
        "description": moved.text,
        "amount": moved.amount_vnd,
        "runningBalance": 0,
        "transactionDateTime": moved.stamp,
        "accountNumber": moved.account or merchant.account,
        "bankName": "Ngân hàng thử nghiệm",
        "virtualAccountNumber": "",
        "counterAccountName": "NGUYEN VAN A",
    }
    said = {"error": 0, "data": data}
    time_ms = int(unix_s * 1000)
    return {"X-Casso-Signature": signing.casso(merchant.secret, time_ms, said)}, _json(said)


def _sepay(merchant: Merchant, moved: Movement, unix_s: float) -> tuple[dict[str, str], bytes]:
    said = {
        "id": moved.number,
        "gateway": "Ngân hàng thử nghiệm",
        "transactionDate": moved.stamp,
        "accountNumber": moved.account or merchant.account,
        "code": None,
        "content": moved.text,
        "transferType": "in",
        "transferAmount": moved.amount_vnd,
        "accumulated": 0,
        "subAccount": None,
        "referenceCode": moved.reference,
        "description": "",
    }
    time_s, body = int(unix_s), _json(said)
    signature = signing.sepay(merchant.secret, time_s, body)
    return {"X-SePay-Timestamp": str(time_s), "X-SePay-Signature": signature}, body


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


_FORMS: Mapping[Form, Callable[[Merchant, Movement, float], tuple[dict[str, str], bytes]]] = {
    "payos": _payos,
    "casso": _casso,
    "sepay": _sepay,
}
