"""A bank's message of ISO 20022 in OpenAPI's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.request_signature import SECONDS, SIGNATURE, TIME

_HEADERS: Mapping[str, tuple[str, str]] = {
    TIME: ("seconds since 1970 when you send; within five minutes of ours", SECONDS.pattern),
    SIGNATURE: ("HMAC-SHA256 in hex over the time, a point and the body", "[0-9a-f]{64}"),
}


def callback(
    messages: Sequence[str], answers: Mapping[Verdict, tuple[int, str, str]]
) -> dict[str, Any]:
    """Return the description of a message to us, and of the answers to it."""
    parameters = [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": means,
            "schema": {"type": "string", "pattern": f"^{pattern}$"},
        }
        for name, (means, pattern) in _HEADERS.items()
    ]
    responses = {
        str(status): {
            "description": " ".join(d for s, _, d in answers.values() if s == status),
            "content": {"application/json": {"schema": _schema(status, answers)}},
        }
        for status, _, _ in answers.values()
    }
    described = f"One document: {', '.join(messages)}; its namespace says which."
    return {
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "description": described,
            "content": {"application/xml": {"schema": {"type": "string"}}},
        },
        "responses": responses,
    }


def _schema(status: int, answers: Mapping[Verdict, tuple[int, str, str]]) -> dict[str, Any]:
    codes = sorted({code for s, code, _ in answers.values() if s == status})
    return {
        "type": "object",
        "required": ["code", "detail"],
        "properties": {"code": {"enum": codes}, "detail": {"type": "string"}},
    }
