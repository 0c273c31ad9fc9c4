"""Our own protocol's callback in OpenAPI's words."""

import re
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import answer, body, header, signed_headers
from services.payment.gateways.neutral.functions import AMOUNT_LIMIT, FUNCTIONS, HEAD, NAME, Fields
from services.payment.gateways.request_signature import ID

_ID = "yours, of this call; the same when you call again"
_EXAMPLE = {
    "function": "notify",
    "request_id": "FT-1-1",
    "merchant": "DVCQG001",
    "reference": "DVC261102000000016",
    "amount_vnd": 16_000,
    "currency": "VND",
    "transaction": "FT26306000001",
    "status": "paid",
    "at": 1793586845,
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
    responses: dict[str, Any] = {}
    for status, code, detail in answers.values():
        if status == 200:
            said = {"function": "notify", "request_id": "FT-1-1", "merchant": "DVCQG001"}
            outcomes = {c: {**said, "outcome": c} for s, c, _ in answers.values() if s == 200}
            means = "recorded, or final already: stop"
            responses["200"] = answer(means, schema(notify.says), **outcomes)
        else:
            content = {"application/problem+json": {"schema": _problem(code)}}
            responses[str(status)] = {"description": detail, "content": content}
    return {
        "parameters": [header(ID, _ID, "FT-1-1", NAME.pattern), *signed_headers()],
        "requestBody": body(schema(notify.asks), _EXAMPLE),
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
