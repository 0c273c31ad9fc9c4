"""The voices of the Payment Platform and KeyPay: some values joined by `|` are signed."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from deploy.conformance.voices import News, Voice
from services.payment.gateways import Call
from services.payment.gateways.platform import gateway as platform
from services.payment.gateways.platform import keypay, piped
from services.payment.gateways.platform.wire import stamp


class PlatformVoice(Voice):
    """Tells of payments, and of failures."""

    def text(self, news: News) -> bytes:
        """Return a confirmation without its checksum."""
        told = {
            "LoaiBanTin": self.row.ids.get("confirm", "CONFIRM"),
            "MaLoi": "00" if news.is_paid else "01",
            "MaDoiTac": self.row.merchant,
            "MaThamChieu": news.reference,
            "SoTien": news.amount_vnd,
            "MaTienTe": "VND",
            "MaGiaoDich": f"G22.99.3-{news.transaction}" if news.is_paid else "",
            "MaNganHang": "VCB",
            "ThoiGianGD": stamp(news.at),
            "ThongTinGiaoDich": "THANH TOAN",
        }
        return _json(told)

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a confirmation."""
        key = self.row.incoming[-1]
        return _with_checksum(
            text, platform.CONFIRMED, platform.CHECKSUM, lambda t: piped.checksum(key, t)
        )


class KeypayVoice(Voice):
    """Tells that something became of a payment; its status is signed by nobody."""

    def text(self, news: News) -> bytes:
        """Return a callback without its checksum."""
        told = {
            "addition_fee": "0",
            "client_id": self.row.merchant,
            "command": keypay.PAY,
            "trans_amount": str(news.amount_vnd),
            "transaction_id": news.reference,
            "version": keypay.VERSION,
            "status": 0 if news.is_paid else 1,
            "transaction_code": f"KP{news.transaction}",
        }
        return _json(told)

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a callback."""
        key = self.row.incoming[-1]
        return _with_checksum(text, keypay.CREATED, keypay.CHECKSUM, lambda t: piped.keyed(key, t))


def _with_checksum(
    text: bytes, names: Sequence[str], name: str, made: Callable[[str], str]
) -> Call:
    """Return an object with a checksum over some of its values; one that has none as it is."""
    try:
        told = json.loads(text)
        told[name] = made(piped.piped(told, names))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Call(body=text)
    return Call(body=_json(told))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
