"""Reading a request's body: one pass decodes and validates, and names the field that is wrong."""

from typing import Any, TypeVar

import msgspec
from fastapi import Request

from shared.events.data import Problem
from shared.problems import Refusal

T = TypeVar("T")

BODY_LIMIT_BYTES = 256 << 10


async def read(request: Request, kind: type[T], limit_bytes: int = BODY_LIMIT_BYTES) -> T:
    """Return the JSON body as `kind`.  Raises `Refusal` 400, 413, 415, 422."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(415, "not-json", "Send a JSON body with `Content-Type: application/json`.")
    return decode(await _body(request, limit_bytes), kind)


def decode(body: bytes, kind: type[T]) -> T:
    """Return a JSON text as `kind`.  Raises `Refusal` 400, 422."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(
            422, "invalid-body", "Correct the field named in `problems`.", (_problem(error),)
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, "not-json", f"The body is not JSON: {error}.") from error


def described(kind: type[Any]) -> dict[str, Any]:
    """Return OpenAPI's description of a JSON body of this kind, for `openapi_extra`."""
    schema = msgspec.json.schema(kind, ref_template="#/components/schemas/{name}")
    (_, components) = msgspec.json.schema_components([kind])
    inline = components.get(kind.__name__, schema)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inline}}}}


async def _body(request: Request, limit_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise Refusal(413, "too-large", f"Send at most {limit_bytes} bytes.")
    return bytes(body)


def _problem(error: msgspec.ValidationError) -> Problem:
    reason, _, path = str(error).partition(" - at `$")
    pointer = path.strip("`").replace("[", "/").replace("]", "").replace(".", "/")
    return Problem(
        field=pointer or "/",
        code="invalid",
        remedy_vi=f"Sửa giá trị ở trường này: {reason}",
        remedy_en=f"Correct the value of this field: {reason}",
    )
