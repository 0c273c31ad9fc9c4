"""ZaloPay v2: an order is sent and answered with a page and a QR; a callback says "paid" only.

Their words, ours.  A failure is never told, so that open orders are asked after.  What is not in
the tables is pending or unknown: ask, never charge again on a guess.

    callback                paid, that is all it says; of an agreement (type 2): nothing of an order
    query return_code       1 paid · 2 failed, unless SUBS says otherwise · 3 pending · else unknown
    refund return_code      1 done · 2 failed, unless SUBS says otherwise · 3 pending · else unknown
    create return_code      1 made · 2 with DECLINED: none, as of a refund · else nobody knows
    our verdict             RETURN_CODES: 1 and 2 stop them, 0 has them call again, up to three
                            times, -1 is a refusal
    redirect status         1 paid · else pending; for show only

What we send is signed with HMAC-SHA256 and key1, values joined with `|`; a callback with key2, over
its `data` as it came.  Their answers are not signed.  Amounts are đồng.  Our reference is behind
the day of the order, in UTC+7: `yymmdd_reference`; a refund's number stands behind its own day.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.payment.gateways import (
    Answer,
    Call,
    Declined,
    Notice,
    Offer,
    Order,
    Partner,
    Payer,
    Refund,
    Refunded,
    Refused,
    Reply,
    Said,
    Sending,
    Unsendable,
    Verdict,
    wallets,
)
from services.payment.gateways.exact_json import field, raw, read
from services.payment.gateways.hmac_sha256 import matches, sign
from services.payment.gateways.zalopay import openapi, signing
from services.payment.gateways.zalopay.signing import MAC, joined
from shared.clock import VIETNAM
from shared.errors import Misconfigured
from shared.events.payment import Finding

PAID, FAILED, PROCESSING = "1", "2", "3"  # return_code
QUERIED: Mapping[str, Finding] = {PAID: "paid", FAILED: "failed", PROCESSING: "pending"}
REFUNDED: Mapping[str, Literal["done", "failed", "pending", "unknown"]] = {
    PAID: "done",
    FAILED: "failed",
    PROCESSING: "pending",
}
# a sub_return_code that says why the question was not answered, not what became of the money
SUBS: Mapping[str, Finding] = {
    "-68": "unknown",  # an app_trans_id twice
    "-101": "not_found",
    "-401": "unknown",  # bad input
    "-402": "unknown",  # bad mac
    "-500": "unknown",  # their system
}
DECLINED = frozenset({"-401", "-402"})  # of what was sent: turned away before it was anything
STATUSES: Mapping[str, Finding] = {"1": "paid"}
RETURN_CODES: Mapping[Verdict, tuple[int, str]] = {
    "recorded": (1, "success"),
    "already_final": (2, "already processed"),
    "unknown_order": (0, "no such order yet, call again"),
    "call_again": (0, "call again"),
    "unreadable": (0, "unreadable"),
    "amount_differs": (-1, "amount differs"),
    "not_genuine": (-1, "mac not equal"),
}

APP_USER = "dichvucong"
SHORTEST_S, LONGEST_S = 300, 2_592_000  # of expire_duration_seconds
CODE = re.compile(r"-?[0-9]{1,8}")
ORDER_ID = re.compile(r"[0-9]{6}_([A-Za-z0-9._-]{1,33})")
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,33}")
AGREEMENT = "2"  # type of a callback


class Zalopay:
    """A partner that speaks ZaloPay; its `ids` have our `app_id`."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 16 << 10
    creates_again = False  # an app_trans_id twice is turned away

    def __init__(self, partner: Partner) -> None:
        app_id = partner.ids.get("app_id", "")
        if not (app_id.isascii() and app_id.isdecimal()):
            raise Misconfigured(f"partner {partner.name}: ids.app_id is missing or no number")
        self.partner, self._app_id = partner, int(app_id)
        self._answers = {
            verdict: Reply(
                200, msgspec.json.encode({"return_code": code, "return_message": message})
            )
            for verdict, (code, message) in RETURN_CODES.items()
        }

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return what makes an order there.  Raises `Unsendable`."""
        left_s = int((order.expires_at - at).total_seconds())
        values = {
            "app_trans_id": _order_id(order),
            "app_user": APP_USER,
            "app_time": _ms(at),
            "amount": order.amount_vnd,
            "item": "[]",
            "embed_data": _json({"redirecturl": self.partner.return_url}),
            "description": f"Thanh toán hồ sơ {order.reference}",
            "callback_url": self.partner.callback_url,
            # what is paid in the minutes that this may add is late money, and kept as such
            "expire_duration_seconds": min(max(left_s, SHORTEST_S), LONGEST_S),
        }
        return self._sending("create", signing.CREATE, values, at)

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return the page, which opens the app on a phone, and the QR.

        Raises `Refused`, `Declined`.
        """
        given = read(answer.body, proved=True)
        code, sub = field(given, "return_code", CODE), raw(given, "sub_return_code")
        if code == FAILED and sub in DECLINED:
            raise Declined(sub)
        if code != PAID:
            raise Refused("unreadable", f"nobody knows whether there is an order: {code}/{sub}")
        return Offer(wallets.page(given, "order_url"), "", wallets.shown(given, "qr_code"))

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a callback says; nothing of an agreement.  Raises `Refused`."""
        given = read(call.body)
        try:
            data, mac, kind = (raw(given, name) for name in ("data", MAC, "type"))
        except Refused as error:
            raise Refused("not_genuine", error.reason, "form") from error
        if not matches(mac, [data], self.partner.verifying_keys(at)):
            raise Refused("not_genuine", "the mac does not verify")
        told = read(data, proved=True)
        if raw(told, "app_id") != str(self._app_id):
            raise Refused("not_genuine", "signed for another app", "merchant")
        if kind == AGREEMENT and "zp_trans_id" not in told:  # the type is not under the mac
            return ()
        order_id = ORDER_ID.fullmatch(raw(told, "app_trans_id"))
        if not order_id:
            raise Refused("unreadable", "app_trans_id has another form than documented")
        amount_vnd = int(field(told, "amount", wallets.AMOUNT))
        number = wallets.transaction(told, "zp_trans_id")
        return (Notice(order_id[1], number, amount_vnd, "paid", PAID),)

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return what a browser says that comes back.  Raises `Refused`."""
        given = wallets.browser(query)
        if "checksum" not in given:
            return "unknown"
        text = joined(given, signing.REDIRECT)
        if not matches(given["checksum"], [text], self.partner.verifying_keys(at)):
            raise Refused("not_genuine", "the checksum does not verify")
        if given.get("appid") != str(self._app_id):
            raise Refused("not_genuine", "signed for another app", "merchant")
        return STATUSES.get(given.get("status", ""), "pending")

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a callback."""
        return openapi.callback(RETURN_CODES)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to a callback."""
        return self._answers[verdict]

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a question after an order.  Raises `Unsendable`."""
        return self._sending("query", signing.QUERY, {"app_trans_id": _order_id(order)}, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what was answered about this order.  Raises `Refused`."""
        given = read(answer.body, proved=True)
        code, word = _code(given)
        finding = QUERIED.get(code, "unknown")
        if finding == "failed":
            finding = SUBS.get(raw(given, "sub_return_code"), finding)
        if finding == "paid" and raw(given, "is_processing") == "true":
            finding = "pending"
        if finding != "paid":
            return Said(finding, code=word)
        amount_vnd = int(field(given, "amount", wallets.AMOUNT))
        return Said(finding, wallets.transaction(given, "zp_trans_id"), amount_vnd, word)

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return what gives money back.  Raises `Unsendable`."""
        wallets.check_refund(refund)
        values = {
            "m_refund_id": self._refund_id(refund),
            "zp_trans_id": refund.transaction,
            "amount": refund.amount_vnd,
            "timestamp": _ms(at),
            "description": f"Hoàn tiền hồ sơ {refund.reference}",
        }
        return self._sending("refund", signing.REFUND, values, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund, as a rule that it is being made.  Raises `Refused`."""
        return _refunded(read(answer.body, proved=True), SUBS.keys() - DECLINED)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending:
        """Return a question after a refund."""
        values = {"m_refund_id": self._refund_id(refund), "timestamp": _ms(at)}
        return self._sending("query_refund", signing.QUERY_REFUND, values, at)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what was answered about a refund.  Raises `Refused`."""
        return _refunded(read(answer.body, proved=True), SUBS.keys())

    def _sending(
        self, what: str, names: Sequence[str], values: Mapping[str, object], at: datetime
    ) -> Sending:
        key1 = self.partner.signing_key(at)
        body = {"app_id": self._app_id, **values}
        body[MAC] = sign(key1, joined({**body, "key1": key1.secret}, names))
        return Sending(f"{self.partner.base_url}/v2/{what}", msgspec.json.encode(body))

    def _refund_id(self, refund: Refund) -> str:
        number = int(wallets.request_id(refund.key), 16) % 10**18
        return f"{_day(refund.asked_at)}_{self._app_id}_{number:018d}"


def _order_id(order: Order) -> str:
    if not REFERENCE.fullmatch(order.reference):
        raise Unsendable("the reference has another form than their app_trans_id")
    return f"{_day(order.opened_at)}_{order.reference}"


def _refunded(given: Mapping[str, Any], unsure: AbstractSet[str]) -> Refunded:
    code, word = _code(given)
    finding = REFUNDED.get(code, "unknown")
    if finding == "failed" and raw(given, "sub_return_code") in unsure:
        finding = "unknown"
    number = raw(given, "refund_id")
    return Refunded(finding, number if wallets.TRANSACTION.fullmatch(number) else "", word)


def _code(given: Mapping[str, Any]) -> tuple[str, str]:
    """Return the return_code, and it with its sub code as an operator sees them."""
    code, sub = field(given, "return_code", CODE), raw(given, "sub_return_code")
    return code, f"{code}/{sub}"[:20] if CODE.fullmatch(sub) else code


def _day(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime("%y%m%d")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
