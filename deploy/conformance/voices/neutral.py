"""The voice of our own protocol: the bytes are signed, with a time."""

import json
from datetime import datetime

from deploy.conformance.voices import News, Voice
from services.payment.gateways import Call
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, sign


class NeutralVoice(Voice):
    """Tells of payments, and of failures; news of one transaction is one request."""

    def text(self, news: News) -> bytes:
        """Return the body of `notify`."""
        told = {
            "function": "notify",
            "request_id": f"b-{news.transaction}-{int(news.is_paid)}",
            "merchant": self.row.merchant,
            "reference": news.reference,
            "amount_vnd": news.amount_vnd,
            "currency": "VND",
            "transaction": f"FT{news.transaction}" if news.is_paid else "",
            "status": "paid" if news.is_paid else "failed",
            "at": int(news.at.timestamp()),
        }
        return json.dumps(told).encode()

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a call; its id is that of the body, if it has one."""
        at_s = str(int(at.timestamp()))
        told = {
            ID: _request_id(text),
            TIME: at_s,
            SIGNATURE: sign(self.row.incoming[-1], at_s, text),
        }
        return Call(headers=tuple((n.encode(), v.encode()) for n, v in told.items()), body=text)


def _request_id(text: bytes) -> str:
    try:
        found = json.loads(text)["request_id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return "b-1"
    return found if isinstance(found, str) and found.isascii() and found.isprintable() else "b-1"
