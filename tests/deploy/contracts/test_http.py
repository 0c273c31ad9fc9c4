"""What breaks the callers of an edge."""

from copy import deepcopy
from typing import Any

import pytest

from deploy.contracts.http import compare_http

TEXT = {"type": "string"}
WHOLE: dict[str, Any] = {
    "paths": {
        "/v1/things": {
            "post": {
                "parameters": [
                    {"in": "header", "name": "Idempotency-Key", "required": True, "schema": TEXT},
                    {"in": "query", "name": "language", "required": False, "schema": TEXT},
                ],
                "security": [{"portal": []}, {"operator": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/In"}}
                    },
                },
                "responses": {
                    "202": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}
                        }
                    },
                    "409": {},
                },
            },
            "get": {"responses": {"200": {}}, "deprecated": True},
        }
    },
    "components": {
        "schemas": {
            "In": {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]},
            "Out": {"type": "object", "properties": {"id": TEXT}, "required": ["id"]},
        }
    },
}
POST = WHOLE["paths"]["/v1/things"]["post"]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with another value at this path, or without it."""
    whole = deepcopy(WHOLE)
    inner: Any = whole
    *parts, last = path.replace("POST", "paths|/v1/things|post").split("|")
    for part in parts:
        inner = inner[int(part) if isinstance(inner, list) else part]
    if value is None:
        del inner[int(last) if isinstance(inner, list) else last]
    elif isinstance(inner, list):
        inner.insert(int(last), value)
    else:
        inner[last] = value
    return whole


SCHEMAS = "components|schemas"
OTHER = {"in": "query", "name": "day", "schema": TEXT}


@pytest.mark.parametrize(
    ("rule", "is_breaking", "path", "value"),
    [
        ("operation-removed", True, "POST", None),
        ("operation-added", False, "paths|/v2/things", {"post": POST}),
        ("deprecated-operation-removed", False, "paths|/v1/things|get", None),
        ("parameter-removed", True, "POST|parameters|1", None),
        ("parameter-added", False, "POST|parameters|0", OTHER),
        ("required-parameter-added", True, "POST|parameters|0", {**OTHER, "required": True}),
        ("became-required", True, "POST|parameters|1|required", True),
        ("became-optional", False, "POST|parameters|0|required", False),
        ("limit-tightened", True, "POST|parameters|1|schema", {**TEXT, "maxLength": 2}),
        ("role-removed", True, "POST|security", [{"portal": []}]),
        ("key-required", True, "paths|/v1/things|get|security", [{"portal": []}]),
        ("media-type-removed", True, "POST|requestBody|content|application/json", None),
        ("body-required", True, "paths|/v1/things|get|requestBody", {"required": True}),
        ("answer-removed", True, "POST|responses|202", None),
        ("answer-added", False, "POST|responses|413", {}),
        # what is written to us
        ("became-required", True, f"{SCHEMAS}|In|required", ["a", "b"]),
        ("became-optional", False, f"{SCHEMAS}|In|required", []),
        ("field-removed", True, f"{SCHEMAS}|In|properties|b", None),
        ("field-added", False, f"{SCHEMAS}|In|properties|c", TEXT),
        ("type-changed", True, f"{SCHEMAS}|In|properties|a", {"type": "integer"}),
        # what is read from us
        ("field-removed", True, f"{SCHEMAS}|Out|properties|id", None),
        ("field-added", False, f"{SCHEMAS}|Out|properties|code", TEXT),
        ("became-optional", True, f"{SCHEMAS}|Out|required", []),
        ("type-widened", True, f"{SCHEMAS}|Out|properties|id", {"type": ["string", "null"]}),
    ],
)
def test_a_change_of_an_edge_is_told(rule: str, is_breaking: bool, path: str, value: Any) -> None:
    told = compare_http(WHOLE, changed(path, value))
    assert rule in [change.rule for change in told]
    assert any(change.breaks for change in told) is is_breaking


def test_a_refusal_that_is_gone_breaks_nobody() -> None:
    assert compare_http(WHOLE, changed("POST|responses|409", None)) == []


def test_a_change_names_the_operation_and_the_place() -> None:
    [change] = compare_http(WHOLE, changed(f"{SCHEMAS}|Out|required", []))
    assert change.where == "POST /v1/things 202.id"


def test_the_same_document_has_no_changes() -> None:
    assert compare_http(WHOLE, deepcopy(WHOLE)) == []
