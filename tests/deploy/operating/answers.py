"""What operations answers by its description: the example of a route, or one made of its schema."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from deploy.contracts.edges import openapi
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proofs.report import report_of

AN_INSTANT = "2026-11-20T01:30:00Z"  # any text that is free: some of it is read as an instant
OVER = "next"  # of a page: none follows


class Told(NamedTuple):
    """A route: method and path, which paths are it, and its good answer."""

    name: str
    fits: Callable[[str], Any]
    answer: Any


def of_schema(schema: Mapping[str, Any]) -> Any:
    """Return something whole that a schema allows: each field, one of each list."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return of_schema(next(s for s in schema["anyOf"] if s.get("type") != "null"))
    match schema.get("type"):
        case "object":
            fields, more = schema.get("properties", {}), schema.get("additionalProperties")
            return (
                {name: of_schema(field) for name, field in fields.items()}
                | ({"made_up": of_schema(more)} if isinstance(more, Mapping) else {})
                | ({OVER: None} if OVER in fields else {})
            )
        case "array":
            return [of_schema(schema.get("items", {}))]
        case "string":
            return AN_INSTANT[:10] if schema.get("format") == "date" else AN_INSTANT
        case kind:
            return {"integer": 7, "number": 0.5, "boolean": True}.get(kind or "", AN_INSTANT)


def _good(told: Mapping[str, Any]) -> Any:
    """Return the example of a good answer, or one that its schema allows."""
    status = next(status for status in told["responses"] if status[0] == "2")
    content = told["responses"][status].get("content", {}).get("application/json", {})
    return content["example"] if "example" in content else of_schema(content.get("schema", {}))


def routes() -> list[Told]:
    """Return all routes of operations, those with the fewest names in them first."""
    found = {
        f"{method.upper()} {path}": told
        for path, methods in openapi("operations")["paths"].items()
        for method, told in methods.items()
    }
    good = {name: _good(told) for name, told in found.items() if " /v1/" in name}
    # what a schema cannot say
    for name in ("GET /v1/proofs/{proof_id}/report", "POST /v1/proofs/verifications"):
        good[name]["report"] = _report()
    good["GET /v1/indicators/index"]["lines"][0]["criterion"] = "in_time"
    return [
        Told(name, re.compile(_pattern(name.partition(" ")[2])).fullmatch, good.get(name, {}))
        for name in sorted(found, key=lambda name: name.count("{"))
    ]


def _report() -> Any:
    at = datetime.fromisoformat(AN_INSTANT)
    return msgspec.to_builtins(report_of(Proof(applications=7), Period(at, at), at, at, "motcua"))


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", path)
