"""VNPAY's callback in OpenAPI's words, for who integrates or checks one."""

import re
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import TOLD, answer
from services.payment.gateways.vnpay.signing import SIGNATURE

# what is read of an IPN; all else in it is signed as well, and not looked at
_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "vnp_TmnCode": ("our merchant code", "DVCQG001"),
    "vnp_TxnRef": ("our reference of the order", "26112000000123"),
    "vnp_Amount": ("đồng times 100", "1600000"),
    "vnp_ResponseCode": ("paid only if both codes are 00", "00"),
    "vnp_TransactionStatus": ("paid only if both codes are 00", "00"),
    "vnp_TransactionNo": ("your number of the transaction; 0: no money moved", "14422574"),
    SIGNATURE: ("HMAC-SHA512 in hex over all other parameters, sorted, form-encoded", "…"),
}


def callback(
    patterns: Mapping[str, re.Pattern[str]], answers: Mapping[Verdict, tuple[str, str]]
) -> dict[str, Any]:
    """Return the description of an IPN: its parameters, and the answers to it."""
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": True,
            "description": means,
            "schema": {"type": "string"} | _form(patterns.get(name)),
            "example": example,
        }
        for name, (means, example) in _EXAMPLES.items()
    ]
    codes = sorted({code for code, _ in answers.values()})
    schema = {
        "type": "object",
        "properties": {"RspCode": {"enum": codes}, "Message": {"type": "string"}},
        "required": ["RspCode", "Message"],
    }
    examples = {
        verdict: {"RspCode": code, "Message": message}
        for verdict, (code, message) in answers.items()
    }
    return {"parameters": parameters, "responses": {"200": answer(TOLD, schema, **examples)}}


def _form(pattern: re.Pattern[str] | None) -> dict[str, str]:
    return {"pattern": f"^{pattern.pattern}$"} if pattern else {}
