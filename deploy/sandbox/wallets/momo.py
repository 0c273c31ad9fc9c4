"""MoMo's words: what it answers to a merchant, and what it tells one."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from deploy.sandbox.wallets import signing
from deploy.sandbox.wallets.books import Books, Impossible, Merchant, Movement, Order

MIN_VND, MAX_VND = 1_000, 50_000_000
LIFETIME_MIN, LONGEST_MIN = 100, 30 * 24 * 60
REMEMBERED = 50_000  # answers, by requestId
CALLS_LIMIT = 4  # theirs is not published
HEARD = frozenset({"204"})
What = Literal["create", "query", "refund"]
SAYS = {
    0: "Thành công.",
    13: "Xác thực doanh nghiệp thất bại.",
    20: "Yêu cầu sai định dạng.",
    22: "Số tiền giao dịch không hợp lệ.",
    40: "RequestId bị trùng.",
    41: "OrderId bị trùng.",
    42: "OrderId không hợp lệ hoặc không được tìm thấy.",
    1000: "Giao dịch đã được khởi tạo, chờ người dùng xác nhận thanh toán.",
    1005: "Giao dịch đã hết hạn.",
    1006: "Giao dịch bị từ chối bởi người dùng.",
    1081: "Giao dịch hoàn tiền bị từ chối.",
}


class Momo:
    """What MoMo says."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._said: OrderedDict[tuple[str, str], tuple[str, dict[str, Any]]] = OrderedDict()

    def answer(
        self, merchant: Merchant, what: What, asked: Mapping[str, Any], page_url: str
    ) -> dict[str, Any]:
        """Return the answer to a request; the same request is answered the same."""
        wanted = signing.momo(merchant.theirs, merchant.access_key, what, asked)
        try:
            signing.check(wanted, asked.get("signature"))
        except signing.BadSignature:
            return self._plain(asked, 13)
        key = merchant.name, str(asked.get("requestId"))
        signature, said = self._said.get(key, (wanted, {}))
        if signature != wanted:
            return self._plain(asked, 40)
        if said and what != "query":
            return said
        if what == "create":
            said = self._create(merchant, asked, page_url)
        else:
            said = (self._refund if what == "refund" else self._query)(merchant, asked)
        self._said[key] = wanted, said
        if len(self._said) > REMEMBERED:
            self._said.popitem(last=False)
        return said

    def _create(
        self, merchant: Merchant, asked: Mapping[str, Any], page_url: str
    ) -> dict[str, Any]:
        number, amount_vnd = asked.get("orderId"), asked.get("amount")
        urls = [asked.get(name) for name in ("ipnUrl", "redirectUrl", "orderInfo", "extraData")]
        if not isinstance(number, str) or not all(isinstance(url, str) for url in urls):
            return self._plain(asked, 20)
        if type(amount_vnd) is not int or not MIN_VND <= amount_vnd <= MAX_VND:
            return self._plain(asked, 22)
        if self._books.find(merchant, number):
            return self._plain(asked, 41)
        lifetime_min = asked.get("orderExpireTime", LIFETIME_MIN)
        if type(lifetime_min) is not int or not 0 < lifetime_min <= LONGEST_MIN:
            return self._plain(asked, 20)
        order = self._books.enter(
            Order(
                merchant=merchant,
                number=number,
                amount_vnd=amount_vnd,
                expires_at=self._books.now() + timedelta(minutes=lifetime_min),
                callback_url=str(asked["ipnUrl"]),
                return_url=str(asked["redirectUrl"]),
                info=str(asked["orderInfo"]),
                request=str(asked.get("requestId")),
            )
        )
        said = self._plain(asked, 0) | {
            "payUrl": f"{page_url}/pay/{order.token}",
            "deeplink": f"momo://pay?t={order.token}",
            "qrCodeUrl": f"MOMO-SANDBOX:{order.token}",
        }
        signature = signing.momo(merchant.ours, merchant.access_key, "created", said)
        return said | {"signature": signature}

    def _query(self, merchant: Merchant, asked: Mapping[str, Any]) -> dict[str, Any]:
        number = str(asked.get("orderId"))
        if refund := self._books.refund_of(merchant, number):
            found = {"amount": refund.amount_vnd, "transId": int(refund.transaction)}
            return self._plain(asked, 0) | found
        order = self._books.find(merchant, number)
        if order is None:
            return self._plain(asked, 42)
        paid = order.settlement()
        code = {"open": 1005 if self._books.is_over(order) else 1000, "declined": 1006}.get(
            order.status, 0 if paid else 1000
        )
        found = {"amount": order.amount_vnd, "transId": int(paid.transaction) if paid else 0}
        return (
            self._plain(asked, code) | found | {"extraData": "", "payType": "", "refundTrans": []}
        )

    def _refund(self, merchant: Merchant, asked: Mapping[str, Any]) -> dict[str, Any]:
        number, amount_vnd = str(asked.get("orderId")), asked.get("amount")
        transaction = str(asked.get("transId"))
        order = self._books.of_transaction(merchant, transaction)
        if type(amount_vnd) is not int or not MIN_VND <= amount_vnd <= MAX_VND:
            return self._plain(asked, 22)
        if self._books.find(merchant, number) or self._books.refund_of(merchant, number):
            return self._plain(asked, 41)
        if order is None:
            return self._plain(asked, 42)
        try:
            refund = self._books.give_back(order, transaction, number, amount_vnd, 0.0)
        except Impossible:
            return self._plain(asked, 1081)
        return self._plain(asked, 0) | {"transId": int(refund.transaction)}

    def _plain(self, asked: Mapping[str, Any], code: int) -> dict[str, Any]:
        same = {name: asked.get(name, "") for name in ("partnerCode", "orderId", "requestId")}
        amount = {"amount": asked["amount"]} if "amount" in asked else {}
        said = {"responseTime": self._books.ms(), "message": SAYS[code], "resultCode": code}
        return same | amount | said

    def told(self, order: Order, movement: Movement | None) -> dict[str, Any]:
        """Return what is told of a payment or a decline: to the merchant, and by the browser."""
        code = 0 if movement else 1006
        told = {
            "partnerCode": order.merchant.code,
            "orderId": order.number,
            "requestId": order.request,
            "amount": movement.amount_vnd if movement else order.amount_vnd,
            "orderInfo": order.info,
            "orderType": "momo_wallet",
            "transId": int(movement.transaction) if movement else self._books.ms(),
            "resultCode": code,
            "message": SAYS[code],
            "payType": "qr" if movement else "",
            "responseTime": self._books.ms(),
            "extraData": "",
        }
        merchant = order.merchant
        signature = signing.momo(merchant.ours, merchant.access_key, "told", told)
        return told | {"signature": signature}
