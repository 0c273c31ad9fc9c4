"""Our own protocol's callback in OpenAPI's words."""

import re
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.neutral.functions import FUNCTIONS, HEAD, NAME, Fields
from services.payment.gateways.request_signature import ID, SECONDS, SIGNATURE, TIME

AMOUNT_LIMIT = 9_999_999_999_999  # thirteen digits, as `exact_json.WHOLE`
_HEADERS: Mapping[str, tuple[str, str]] = {
    ID: ("yours, of this call; the same when you call again", NAME.pattern),
    TIME: ("seconds since 1970 when you send; within five minutes of ours", SECONDS.pattern),
    SIGNATURE: ("HMAC-SHA256 in hex over the time, a point and the body", "[0-9a-f]{64}"),
}


def schema(fields: Fields) -> dict[str, Any]:
    """Return the JSON Schema of a body with these fields beside the head."""
    both = {**HEAD, **fields}
    return {
        "type": "object",
        "required": list(both),
        "properties": {name: _form(form) for name, form in both.items()},
    }


def callback(answers: Mapping[Verdict, tuple[int, str, str]]) -> dict[str, Any]:
    """Return the description of a call: headers, body, and the answers to it."""
    notify = FUNCTIONS["notify"]
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
    responses: dict[str, Any] = {}
    for status, code, detail in answers.values():
        if status == 200:
            responses["200"] = {
                "description": "recorded, or final already: stop",
                "content": {"application/json": {"schema": schema(notify.says)}},
            }
        else:
            responses[str(status)] = {
                "description": detail,
                "content": {"application/problem+json": {"schema": _problem(code)}},
            }
    return {
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema(notify.asks)}},
        },
        "responses": responses,
    }


def _form(form: re.Pattern[str] | type[int]) -> dict[str, Any]:
    if isinstance(form, re.Pattern):
        return {"type": "string", "pattern": f"^({form.pattern})$"}
    return {"type": "integer", "minimum": 0, "maximum": AMOUNT_LIMIT}


def _problem(code: str) -> dict[str, Any]:
    fields = {"type": "string"}, {"type": "string"}, {"type": "integer"}, {"const": code}
    names = "type", "title", "status", "code"
    return {
        "type": "object",
        "required": list(names),
        "properties": dict(zip(names, fields, strict=True)) | {"detail": {"type": "string"}},
    }
