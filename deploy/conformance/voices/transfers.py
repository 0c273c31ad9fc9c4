"""The voices of those who watch an account: PayOS signs `data`, Casso and SePay in a header."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from deploy.conformance.voices import DAY, News, Voice
from services.payment.gateways import Call, Partner, Refused, exact_json
from services.payment.gateways.transfers import casso, payos_signing, sepay
from shared.clock import VIETNAM


class PayosVoice(Voice):
    """Tells of the money of an order; another code than 00 is no money yet."""

    def text(self, news: News) -> bytes:
        """Return the `data` of a webhook."""
        told = {
            "orderCode": int(news.reference.removeprefix("DVC")),
            "amount": news.amount_vnd,
            "description": news.reference,
            "currency": "VND",
            "accountNumber": _account(self.row),
            "reference": f"FT{news.transaction}",
            "code": "00" if news.is_paid else "01",
            "desc": "",
            "transactionDateTime": _day(news.at),
            "paymentLinkId": "8f3c0b0de1f24f0e",
            "counterAccountName": None,
        }
        return _json(told)

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a webhook; what cannot be signed has a signature of nothing."""
        signature = "0"
        with suppress(ValueError, Refused):
            data = exact_json.read(text)
            if isinstance(data, Mapping):
                wanted = next(payos_signing.texts(data))
                signature = payos_signing.sign(self.row.incoming[-1], wanted)
        ends = f',"signature":"{signature}"}}'.encode()
        return Call(body=b'{"code":"00","desc":"","success":true,"data":' + text + ends)


class CassoVoice(Voice):
    """Tells of money on an account."""

    tells_failures = False

    def text(self, news: News) -> bytes:
        """Return the body of a webhook."""
        data = {
            "id": news.transaction,
            "reference": f"FT{news.transaction}",
            "description": f"NAP {news.reference} le phi",
            "amount": news.amount_vnd,
            "runningBalance": 25_150_000,
            "accountNumber": _account(self.row),
            "transactionDateTime": _day(news.at),
            "bankName": "VPBank",
        }
        return _json({"error": 0, "data": data})

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a webhook, with the time in its header."""
        ms, signature = str(int(at.timestamp() * 1_000)), "0"
        with suppress(ValueError, Refused):
            wanted = next(iter(casso.texts(ms, exact_json.read(text))))
            signature = casso.sign(self.row.incoming[-1], wanted)
        return Call(headers=((b"x-casso-signature", f"t={ms},v1={signature}".encode()),), body=text)


class SepayVoice(Voice):
    """Tells of money on an account."""

    tells_failures = False

    def text(self, news: News) -> bytes:
        """Return the body of a webhook."""
        told = {
            "id": news.transaction,
            "gateway": "Vietcombank",
            "transactionDate": _day(news.at),
            "accountNumber": _account(self.row),
            "code": news.reference,
            "content": f"{news.reference} nop le phi",
            "transferType": "in",
            "transferAmount": news.amount_vnd,
            "accumulated": 19_077_000,
            "subAccount": None,
            "referenceCode": f"MBVCB.{news.transaction}",
            "description": "",
        }
        return _json(told)

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a webhook, with the time in a header."""
        at_s = str(int(at.timestamp()))
        signature = f"sha256={sepay.sign(self.row.incoming[-1], at_s, text)}".encode()
        stamped = (sepay.TIMESTAMP.encode(), at_s.encode())
        return Call(headers=(stamped, (sepay.SIGNATURE.encode(), signature)), body=text)


def _account(row: Partner) -> str:
    return row.account.number if row.account else ""


def _day(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime(DAY)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
