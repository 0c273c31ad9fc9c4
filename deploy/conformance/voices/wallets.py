"""The voices of MoMo, a flat object with its signature, and ZaloPay, a text within an object."""

import json
from datetime import datetime

from deploy.conformance.voices import News, Voice
from services.payment.gateways import Call, Refused, exact_json, hmac_sha256
from services.payment.gateways.momo import signing
from shared.clock import VIETNAM


class MomoVoice(Voice):
    """Tells of payments, and of failures."""

    def text(self, news: News) -> bytes:
        """Return an IPN without its signature."""
        told = {
            "partnerCode": self.row.merchant,
            "orderId": news.reference,
            "requestId": f"R{news.transaction}",
            "amount": news.amount_vnd,
            "orderInfo": "Lệ phí",
            "orderType": "momo_wallet",
            "transId": news.transaction,
            "resultCode": 0 if news.is_paid else 1006,
            "message": "Thành công." if news.is_paid else "Người dùng từ chối.",
            "payType": "qr",
            "responseTime": _ms(news.at),
            "extraData": "",
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return an IPN; what has no text to sign goes out as it is."""
        try:
            told = exact_json.read(text)
            wanted = signing.signed_text(self.row.ids.get("access_key", ""), told, signing.NOTIFIED)
        except Refused:
            return Call(body=text)
        signature = hmac_sha256.sign(self.row.incoming[-1], wanted)
        return Call(
            body=text.rstrip().removesuffix(b"}") + f',"signature":"{signature}"}}'.encode()
        )


class ZalopayVoice(Voice):
    """Tells of payments only."""

    tells_failures = False

    def text(self, news: News) -> bytes:
        """Return the text that is signed."""
        told = {
            "app_id": int(self.row.ids["app_id"]),
            "app_trans_id": f"{news.at.astimezone(VIETNAM):%y%m%d}_{news.reference}",
            "app_time": _ms(news.at),
            "app_user": "dichvucong",
            "amount": news.amount_vnd,
            "embed_data": "{}",
            "item": "[]",
            "zp_trans_id": news.transaction,
            "server_time": _ms(news.at),
            "channel": 38,
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a callback."""
        data = text.decode("utf-8", "replace")
        mac = hmac_sha256.sign(self.row.incoming[-1], data)
        return Call(body=json.dumps({"data": data, "mac": mac, "type": 1}).encode())


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
