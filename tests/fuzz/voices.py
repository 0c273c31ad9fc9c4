"""How each family's partner calls back: some genuine calls, and any text under its signature."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from services.payment.domain.terms import Terms
from services.payment.gateways import (
    Account,
    Call,
    Key,
    Partner,
    Refused,
    exact_json,
    hmac_sha256,
    request_signature,
)
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.momo import signing as momo_signing
from services.payment.gateways.platform import gateway as platform
from services.payment.gateways.platform import keypay, piped
from services.payment.gateways.transfers import casso, payos_signing, sepay
from services.payment.gateways.vnpay import signing as vnpay_signing
from tests.fuzz.oracle import Voice
from tests.services.payment.iso20022.iso_vectors import body

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
BEGUN = datetime(2025, 7, 1, tzinfo=UTC)
SECRET, THEIRS = "fuzzed-outgoing-key-0001", "fuzzed-incoming-key-0001"
KEY, THEIR_KEY = (Key(secret=secret, valid_from=BEGUN) for secret in (SECRET, THEIRS))
REFERENCE, ORDER_CODE = "DVC261102000000016", 261102000000016
MS = "1793586845123"
ACCOUNT = Account(bank="970436", number="1234567890", name="KHO BAC THU NGHIEM")
Signing = Callable[[bytes], Call]


def partner(family: str, **changes: Any) -> Partner:
    """Return a whole valid partner of a family."""
    row: dict[str, Any] = {
        "name": family,
        "title": "Đối tác thử nghiệm",
        "kind": "intermediary",
        "family": family,
        "merchant": "MC0001",
        "outgoing": (KEY,),
        "incoming": (KEY,),
        "terms": Terms(
            partner=family, lifetime_s=900, min_vnd=1, max_vnd=10**10, active_from=BEGUN
        ),
        "base_url": "http://127.0.0.1:9",
        "page_url": "http://127.0.0.1:9",
        "callback_url": f"http://127.0.0.1:9/v1/callbacks/{family}",
        "return_url": f"http://127.0.0.1:9/v1/return/{family}",
        "account": ACCOUNT,
    }
    return Partner(**row | changes)


def voice(row: Partner, signed: Signing, *said: bytes) -> Voice:
    """Return the voice of a partner that says so, signed."""
    return Voice(FAMILIES[row.family](row), AT, [signed(text) for text in said], signed)


def vnpay_voice() -> Voice:
    """VNPAY: a query; paid, and declined."""

    def signed(text: bytes) -> Call:
        pairs = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
        told = {n: v for n, v in pairs if n.startswith("vnp_") and n != vnpay_signing.SIGNATURE}
        query = vnpay_signing.canonical(told.items())
        signature = vnpay_signing.sign(KEY, query)
        return Call(query=f"{query}&{vnpay_signing.SIGNATURE}={signature}".encode())

    paid = (
        f"vnp_TmnCode=MC0001&vnp_TxnRef={REFERENCE}&vnp_Amount=1600000&vnp_OrderInfo=Thanh+toan"
        "&vnp_ResponseCode=00&vnp_TransactionStatus=00&vnp_TransactionNo=14700001"
    )
    declined = paid.replace("=00", "=24", 1).replace("=00", "=02").replace("14700001", "0")
    return voice(partner("vnpay"), signed, paid.encode(), declined.encode())


def momo_voice() -> Voice:
    """MoMo: a flat object with its signature."""

    def signed(text: bytes) -> Call:
        try:
            told = exact_json.read(text)
            texts = momo_signing.signed_text("access-1", told, momo_signing.NOTIFIED)
        except Refused:
            return Call(body=text)
        signature = hmac_sha256.sign(KEY, texts)
        body = text.rstrip().removesuffix(b"}") + f',"signature":"{signature}"}}'.encode()
        return Call(body=body)

    paid = {
        "partnerCode": "MC0001", "orderId": REFERENCE, "requestId": "R1", "amount": 16_000,
        "orderInfo": "Lệ phí", "orderType": "momo_wallet", "transId": 4100000001, "resultCode": 0,
        "message": "Thành công.", "payType": "qr", "responseTime": 1793586845123, "extraData": "",
    }  # fmt: skip
    row = partner("momo", ids={"access_key": "access-1"})
    return voice(row, signed, _json(paid), _json(paid | {"resultCode": 1006}))


def zalopay_voice() -> Voice:
    """ZaloPay: a text within an object, signed as it is."""

    def signed(text: bytes) -> Call:
        data = text.decode("utf-8", "replace")
        mac = hmac_sha256.sign(THEIR_KEY, data)
        return Call(body=_json({"data": data, "mac": mac, "type": 1}))

    paid = {
        "app_id": 2600, "app_trans_id": f"261102_{REFERENCE}", "app_time": 1793586615000,
        "app_user": "dvc", "amount": 16_000, "embed_data": "{}", "item": "[]",
        "zp_trans_id": 261102000000389, "server_time": 1793586845123, "channel": 38,
    }  # fmt: skip
    row = partner("zalopay", ids={"app_id": "2600"}, incoming=(THEIR_KEY,))
    return voice(row, signed, _json(paid))


def payos_voice() -> Voice:
    """PayOS: what is within `data` is signed, its names sorted."""

    def signed(text: bytes) -> Call:
        signature = "0"
        with suppress(ValueError, Refused, AttributeError, TypeError):
            signature = payos_signing.sign(KEY, next(payos_signing.texts(exact_json.read(text))))
        ends = f',"signature":"{signature}"}}'.encode()
        return Call(body=b'{"code":"00","desc":"","success":true,"data":' + text + ends)

    paid = {
        "orderCode": ORDER_CODE, "amount": 16_000, "description": REFERENCE, "currency": "VND",
        "accountNumber": "1234567890", "reference": "FT26306000001", "code": "00", "desc": "",
        "transactionDateTime": "2026-11-02 09:34:05", "paymentLinkId": "8f3c0b0de1f24f0e",
        "counterAccountName": None,
    }  # fmt: skip
    row = partner("payos", ids={"api_key": "api-key-1"})
    return voice(row, signed, _json(paid))


def casso_voice() -> Voice:
    """Casso: the object is signed with its names sorted; the signature is a header."""

    def signed(text: bytes) -> Call:
        signature = "0"
        with suppress(ValueError, Refused):
            signature = casso.sign(KEY, next(iter(casso.texts(MS, exact_json.read(text)))))
        return Call(headers=((b"x-casso-signature", f"t={MS},v1={signature}".encode()),), body=text)

    data = {
        "id": 90001, "reference": "FT26306000001", "description": f"NAP {REFERENCE} le phi",
        "amount": 16_000, "runningBalance": 25150000, "accountNumber": "1234567890",
        "transactionDateTime": "2026-11-02 09:34:05", "bankName": "VPBank",
    }  # fmt: skip
    return voice(partner("casso"), signed, _json({"error": 0, "data": data}))


def sepay_voice() -> Voice:
    """SePay: the bytes are signed, with a time."""

    def signed(text: bytes) -> Call:
        at_s = str(int(AT.timestamp()))
        signature = f"sha256={sepay.sign(KEY, at_s, text)}".encode()
        stamped = (b"x-sepay-timestamp", at_s.encode())
        return Call(headers=(stamped, (b"x-sepay-signature", signature)), body=text)

    paid = {
        "id": 92704, "gateway": "Vietcombank", "transactionDate": "2026-11-02 09:34:05",
        "accountNumber": "1234567890", "code": REFERENCE, "content": f"{REFERENCE} nop le phi",
        "transferType": "in", "transferAmount": 16_000, "accumulated": 19077000,
        "subAccount": None, "referenceCode": "MBVCB.3278907687", "description": "",
    }  # fmt: skip
    out = paid | {"id": 92705, "transferType": "out"}
    return voice(partner("sepay"), signed, _json(paid), _json(out))


def platform_voice() -> Voice:
    """The Payment Platform: some values joined by `|`, the secret last."""

    def signed(text: bytes) -> Call:
        return _with_checksum(
            text, platform.CONFIRMED, platform.CHECKSUM, lambda t: piped.checksum(KEY, t)
        )

    paid = {
        "LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "MC0001", "MaThamChieu": REFERENCE,
        "SoTien": 16_000, "MaTienTe": "VND", "MaGiaoDich": "G22.99.3-261102000017",
        "MaNganHang": "VCB", "ThoiGianGD": "20261102093015", "ThongTinGiaoDich": "THANH TOAN",
    }  # fmt: skip
    return voice(partner("platform"), signed, _json(paid), _json(paid | {"MaLoi": "01"}))


def keypay_voice() -> Voice:
    """KeyPay: some values joined by `|`; the status is signed by nobody, so it never says paid."""

    def signed(text: bytes) -> Call:
        return _with_checksum(
            text, keypay.CREATED, keypay.CHECKSUM, lambda t: piped.keyed(THEIR_KEY, t)
        )

    told = {
        "addition_fee": "0", "client_id": "MC0001", "command": "PAY", "trans_amount": "16000",
        "transaction_id": REFERENCE, "version": "3.0", "status": 0,
    }  # fmt: skip
    return voice(partner("keypay", incoming=(THEIR_KEY,)), signed, _json(told))


def neutral_voice() -> Voice:
    """Our own protocol: the bytes are signed, with a time."""

    def signed(text: bytes) -> Call:
        at_s = str(int(AT.timestamp()))
        told = {
            request_signature.ID: "bank-1",
            request_signature.TIME: at_s,
            request_signature.SIGNATURE: request_signature.sign(THEIR_KEY, at_s, text),
        }
        return Call(headers=tuple((n.encode(), v.encode()) for n, v in told.items()), body=text)

    paid = {
        "function": "notify", "request_id": "bank-1", "merchant": "MC0001",
        "reference": REFERENCE, "amount_vnd": 16_000, "currency": "VND", "transaction": "FT1",
        "status": "paid", "at": int(AT.timestamp()),
    }  # fmt: skip
    row = partner("neutral", incoming=(THEIR_KEY,))
    return voice(row, signed, _json(paid), _json(paid | {"status": "failed", "transaction": ""}))


def iso20022_voice() -> Voice:
    """A bank that speaks ISO 20022: a booked credit."""

    def signed(text: bytes) -> Call:
        at_s = str(int(AT.timestamp()))
        signature = request_signature.sign(THEIR_KEY, at_s, text)
        told = {request_signature.TIME: at_s, request_signature.SIGNATURE: signature}
        return Call(headers=tuple((n.encode(), v.encode()) for n, v in told.items()), body=text)

    account = Account(bank="970415", number="1234567890123", name="KHO BAC THU NGHIEM")
    row = partner("iso20022", incoming=(THEIR_KEY,), account=account)
    credit = body("iso20022-vn-camt054-credit").replace(b"DVC2611020000017", REFERENCE.encode())
    return voice(row, signed, credit)


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


VOICES: Mapping[str, Callable[[], Voice]] = {
    "vnpay": vnpay_voice,
    "momo": momo_voice,
    "zalopay": zalopay_voice,
    "payos": payos_voice,
    "casso": casso_voice,
    "sepay": sepay_voice,
    "platform": platform_voice,
    "keypay": keypay_voice,
    "neutral": neutral_voice,
    "iso20022": iso20022_voice,
}
