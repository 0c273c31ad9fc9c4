"""VNPAY's voice: a query."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from deploy.conformance.voices import News, Voice
from services.payment.gateways import Call
from services.payment.gateways.vnpay import signing


class VnpayVoice(Voice):
    """Tells of payments, and of failures."""

    def text(self, news: News) -> bytes:
        """Return the parameters of an IPN."""
        told = {
            "vnp_TmnCode": self.row.merchant,
            "vnp_TxnRef": news.reference,
            "vnp_Amount": news.amount_vnd * 100,
            "vnp_BankCode": "NCB",
            "vnp_PayDate": signing.local(news.at),
            "vnp_OrderInfo": f"Thanh toan {news.reference}",
            "vnp_ResponseCode": "00" if news.is_paid else "24",
            "vnp_TransactionStatus": "00" if news.is_paid else "02",
            "vnp_TransactionNo": news.transaction if news.is_paid else 0,
        }
        return urlencode(told).encode()

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return an IPN: of the parameters, those that VNPAY signs."""
        pairs = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
        told = {n: v for n, v in pairs if n.startswith("vnp_") and n != signing.SIGNATURE}
        query = signing.canonical(told.items())
        signature = signing.sign(self.row.incoming[-1], query)
        return Call(query=f"{query}&{signing.SIGNATURE}={signature}".encode())
