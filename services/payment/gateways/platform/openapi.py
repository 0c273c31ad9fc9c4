"""The Payment Platform's confirmation and KeyPay's callback in OpenAPI's words."""

from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import TOLD, answer, body

_WHOLE = {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]}
_CONFIRMATION: Mapping[str, tuple[str, str | int]] = {
    "MaLoi": ("00 paid, 01 failed; we ask about every other", "00"),
    "MaDoiTac": ("our code", "MOTCUA01"),
    "MaThamChieu": ("our reference of the order", "DVC041212345678908"),
    "SoTien": ("đồng, a number or text; never a decimal", 150_000),
    "MaTienTe": ("VND", "VND"),
    "MaGiaoDich": ("your number of the transaction", "G22.99.3-261102000017"),
    "MaNganHang": ("the payer's bank", "VCB"),
    "ThoiGianGD": ("yyyyMMddHHmmss, UTC+7, of 24 hours", "20261102213015"),
    "ThongTinGiaoDich": ("free text, without | and control characters", "Thanh toan ho so"),
    "MaXacThuc": ("SHA-256 in hex over the values above and the secret, joined by |", "…"),
}
_KEYPAY: Mapping[str, tuple[str, str | int]] = {
    "addition_fee": ("signed", "0"),
    "client_id": ("our code; signed", "41"),
    "command": ("PAY; signed", "PAY"),
    "trans_amount": ("đồng, a number or text; signed", "150000"),
    "transaction_id": ("our reference of the order; signed", "DVC041212345678908"),
    "version": ("3.0; signed", "3.0"),
    "status": ("not signed: whatever it says, we ask for the detail", 0),
    "check_sum": ("HMAC-SHA256 in hex with key 2 over the signed values, joined by |", "…"),
}


def callback(confirm: str, answers: Mapping[Verdict, tuple[str, str]]) -> dict[str, Any]:
    """Return the description of a confirmation, and of the answers to it."""
    fields = {"LoaiBanTin": (confirm, confirm), **_CONFIRMATION}
    return _described(fields, "SoTien", "MaLoi", "MoTaLoi", answers)


def keypay_callback(answers: Mapping[Verdict, tuple[int, str]]) -> dict[str, Any]:
    """Return the description of a callback of KeyPay, and of the answers to it."""
    return _described(_KEYPAY, "trans_amount", "return_code", "return_msg", answers)


def _described(
    fields: Mapping[str, tuple[str, str | int]],
    amount: str,
    code_name: str,
    message_name: str,
    answers: Mapping[Verdict, tuple[Any, str]],
) -> dict[str, Any]:
    asked = {
        "type": "object",
        "required": sorted(fields),
        "properties": {
            name: {"description": means} | (_WHOLE if name == amount else _type(example))
            for name, (means, example) in fields.items()
        },
    }
    said = {
        "type": "object",
        "required": [code_name, message_name],
        "properties": {
            code_name: {"enum": sorted({code for code, _ in answers.values()})},
            message_name: {"type": "string"},
        },
    }
    examples = {
        verdict: {code_name: code, message_name: message}
        for verdict, (code, message) in answers.items()
    }
    return {
        "requestBody": body(asked, {name: example for name, (_, example) in fields.items()}),
        "responses": {"200": answer(TOLD, said, **examples)},
    }


def _type(example: str | int) -> dict[str, Any]:
    return {"type": "string" if isinstance(example, str) else ["string", "integer"]}
