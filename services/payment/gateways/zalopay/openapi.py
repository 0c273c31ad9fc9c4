"""ZaloPay's callback in OpenAPI's words, for who integrates or checks one."""

from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import TOLD, answer, body

_DATA = (
    '{"app_id":2600,"app_trans_id":"261102_DVC261102000000014","app_time":1793586615000,'
    '"app_user":"dichvucong","amount":16000,"embed_data":"{}","item":"[]",'
    '"zp_trans_id":261102000000389,"server_time":1793586845123,"channel":38,'
    '"merchant_user_id":"abcDEF123","user_fee_amount":0,"discount_amount":0}'
)


def callback(answers: Mapping[Verdict, tuple[int, str]]) -> dict[str, Any]:
    """Return the description of a callback: its body, and the answers to it."""
    schema = {
        "type": "object",
        "properties": {
            "data": {
                "type": "string",
                "description": "a JSON text; `mac` is over these bytes as they are",
            },
            "mac": {"type": "string", "description": "HMAC-SHA256 in hex over data, with key2"},
            "type": {"enum": [1, 2], "description": "1: an order, 2: an agreement"},
        },
        "required": ["data", "mac"],
    }
    answered = {
        "type": "object",
        "properties": {
            "return_code": {"enum": sorted({code for code, _ in answers.values()})},
            "return_message": {"type": "string"},
        },
        "required": ["return_code", "return_message"],
    }
    examples = {
        verdict: {"return_code": code, "return_message": message}
        for verdict, (code, message) in answers.items()
    }
    return {
        "requestBody": body(schema, {"data": _DATA, "mac": "…", "type": 1}),
        "responses": {"200": answer(TOLD, answered, **examples)},
    }
