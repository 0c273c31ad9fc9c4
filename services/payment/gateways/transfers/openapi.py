"""The notifications of transfer families in OpenAPI's words, made from an example of each."""

from collections.abc import Mapping
from typing import Any

from services.payment.gateways.described import answer, body, by_status, header
from services.payment.gateways.transfers.gateway import STATUSES

_TYPES = {bool: "boolean", int: "integer", str: "string"}


def callback(
    headers: Mapping[str, tuple[str, str]],
    example: Mapping[str, Any],
    means: Mapping[str, str],
    accepted: Mapping[str, Any],
    refused: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the description of a notification: headers, body, and what is answered to it.

    `means` says what the fields are that are read; all others are signed, and not looked at.
    """
    responses = {}
    for status, verdicts in by_status(STATUSES).items():
        said = accepted if status == "200" else refused
        responses[status] = answer(verdicts, _schema(said, {}), always=said)
    return {
        "parameters": [header(name, said, value) for name, (said, value) in headers.items()],
        "requestBody": body(_schema(example, means), example),
        "responses": responses,
    }


def _schema(example: Mapping[str, Any], means: Mapping[str, str]) -> dict[str, Any]:
    properties = {name: _property(name, value, means) for name, value in example.items()}
    required = [name for name in example if name in means or not means]
    return {"type": "object", "properties": properties, "required": required}


def _property(name: str, value: Any, means: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return _schema(value, means)
    schema = {"type": _TYPES[type(value)]}
    return schema | ({"description": means[name]} if name in means else {})
