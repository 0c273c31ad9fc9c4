"""A JSON Schema (2020-12) for each event type: the envelope and its data, usable by itself.

Types, required fields and limits come from the structs in `shared.events`; what the envelope is for
this type (its source, subject, id) is said here.  A schema is what a sender has to keep to; a
reader takes a little more, so that older messages stay readable.
"""

from inspect import cleandoc
from typing import Any

import msgspec

from shared.contracts.carried import is_decided, producer
from shared.events import CONTRACTS, Event
from shared.events.kernel import RecordAnswered, RecordDead
from shared.events.operations import FlowCounted
from shared.events.portal import Submitted

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID_LIMIT = 256
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TRACEPARENT = "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
ALWAYS = ("id", "source", "specversion", "type", "subject", "time", "data")
NUMBERED = ("sequence", "datacontenttype", "traceparent", "causationid")


def event_schema(type_: str) -> Schema:
    """Return the schema of a type's messages; it refers to nothing outside itself."""
    data, parts = data_schema(type_, "#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": f"urn:motcua:event:{type_}",
        **envelope_schema(type_, data),
        **({"$defs": parts} if parts else {}),
    }


def data_schema(type_: str, ref_template: str) -> tuple[Schema, dict[str, Schema]]:
    """Return the schema of a type's data, and those of the structs it is made of, by name."""
    contract = CONTRACTS[type_]
    _, components = msgspec.json.schema_components([contract], ref_template=ref_template)
    tidy = {name: _tidy(part) for name, part in components.items()}
    return tidy.pop(contract.__name__), tidy


def envelope_schema(type_: str, data: Schema) -> Schema:
    """Return the schema of the CloudEvents envelope around this data."""
    _, components = msgspec.json.schema_components([Event])
    properties = components["Event"]["properties"]
    for name, narrowed in _narrowed(type_).items():
        properties[name] = {**properties[name], **narrowed}
    return {
        "title": type_,
        "description": data["description"],
        "type": "object",
        "properties": {**properties, "data": {k: v for k, v in data.items() if k != "description"}},
        "required": [*ALWAYS, *(NUMBERED if is_decided(type_) else ())],
    }


def _narrowed(type_: str) -> dict[str, Schema]:
    """Return what the envelope's attributes are for this type."""
    service = producer(type_)
    found: dict[str, Schema] = {
        "specversion": {"const": "1.0"},
        "type": {"const": type_},
        "datacontenttype": {"const": "application/json"},
        "id": {"minLength": 1, "maxLength": ID_LIMIT},
        "source": {"pattern": "^/[a-z]+/[^/].*$", "maxLength": ID_LIMIT},
        "subject": {"pattern": f"^{UUID}$", "description": "the application id"},
        "sequence": {"const": "", "description": "numbers are for what services decide"},
        "traceparent": {"pattern": f"^({TRACEPARENT})?$"},
    }
    if is_decided(type_):
        found["id"] = {"pattern": f"^{UUID}/{service}/[0-9]{{6,18}}$"}
        found["source"] = {"const": f"/services/{service}"}
        found["sequence"] = {
            "pattern": "^[0-9]{6,18}$",
            "description": "1, 2, 3 … for each application, with leading zeros",
        }
    if service == "portal":
        found["source"] = {"pattern": "^/portals/[a-z0-9][a-z0-9-]{0,62}$"}
    if type_ == Submitted.TYPE:
        found["subject"] = {"pattern": f"^{UUID7}$", "description": "your UUIDv7"}
    if type_ in (RecordDead.TYPE, RecordAnswered.TYPE):
        found["subject"] = {"description": "empty, or the application id"}
    if service == "reconciliation":
        found["subject"] = {"description": "the partner"}
    if type_ == FlowCounted.TYPE:
        found["subject"] = {"description": "the stage"}
    return found


def _tidy(node: Any) -> Any:
    """Return a schema with its descriptions as they read, not as they stand in the source."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: cleandoc(value) if name == "description" and isinstance(value, str) else _tidy(value)
        for name, value in node.items()
    }
