"""OpenAPI's words that every family's description of its callback is made of."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.request_signature import SECONDS, SIGNATURE, TIME

TOLD = "What became of it; whether to call again"


def header(name: str, means: str, example: str, pattern: str = "") -> dict[str, Any]:
    """Return a header that every callback has."""
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": means,
        "schema": {"type": "string"} | ({"pattern": f"^{pattern}$"} if pattern else {}),
        "example": example,
    }


def signed_headers() -> list[dict[str, Any]]:
    """Return the headers of `request_signature`."""
    window = "seconds since 1970 when you send; within five minutes of ours"
    proof = "HMAC-SHA256 in hex over the time, a point and the body"
    return [
        header(TIME, window, "1793586845", SECONDS.pattern),
        header(SIGNATURE, proof, "5f" * 32, "[0-9a-f]{64}"),
    ]


def body(
    schema: Mapping[str, Any], example: Any, media_type: str = "application/json", means: str = ""
) -> dict[str, Any]:
    """Return the body of a callback."""
    content = {media_type: {"schema": schema, "example": example}}
    return {"required": True, "content": content} | ({"description": means} if means else {})


def answer(means: str, schema: Mapping[str, Any], **examples: Any) -> dict[str, Any]:
    """Return an answer in JSON, with an example for each verdict."""
    named = {name: {"value": value} for name, value in examples.items()}
    return {
        "description": means,
        "content": {"application/json": {"schema": schema, "examples": named}},
    }


def by_status(statuses: Mapping[Verdict, int]) -> dict[str, str]:
    """Return what each status says: its verdicts."""
    said: dict[str, list[str]] = defaultdict(list)
    for verdict, status in statuses.items():
        said[str(status)].append(verdict.replace("_", " "))
    return {status: ", ".join(verdicts) for status, verdicts in said.items()}
