"""The notifications of transfer families in OpenAPI's words, made from an example of each."""

from collections.abc import Mapping
from typing import Any

_TYPES = {bool: "boolean", int: "integer", str: "string"}


def callback(
    headers: Mapping[str, tuple[str, str]],
    example: Mapping[str, Any],
    means: Mapping[str, str],
    answer: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the description of a notification: headers, body, and what is answered to it.

    `means` says what the fields are that are read; all others are signed, and not looked at.
    """
    parameters = [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": said,
            "schema": {"type": "string"},
            "example": value,
        }
        for name, (said, value) in headers.items()
    ]
    body = {"schema": _schema(example, means), "example": example}
    said = {"schema": _schema(answer, {}), "example": answer}
    return {
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"200": {"content": {"application/json": said}}},
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
