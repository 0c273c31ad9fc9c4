"""Reading a request's body: one pass decodes and validates, and names the field that is wrong."""

import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from shared.events.data import Problem
from shared.problems import Refusal

T = TypeVar("T")

BODY_LIMIT_BYTES = 256 << 10
NULL = "<null>"  # FastAPI drops every null of a description, also of examples
APPLICATION = "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b"  # in examples


Explain = Callable[[bytes], Sequence[Problem]]


async def read(
    request: Request,
    kind: type[T],
    limit_bytes: int = BODY_LIMIT_BYTES,
    explained: Explain | None = None,
) -> T:
    """Return the JSON body as `kind`.  Raises `Refusal` 400, 413, 415, 422.

    `explained` says all that is wrong with a body that is none; decoding stops at the first.
    """
    if media_type(request) != "application/json":
        raise Refusal(415, "not-json", "Send a JSON body with `Content-Type: application/json`.")
    return decode(await body(request, limit_bytes), kind, explained)


def decode(body: bytes, kind: type[T], explained: Explain | None = None) -> T:
    """Return a JSON text as `kind`.  Raises `Refusal` 400, 422."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        problems = tuple(explained(body)) if explained else ()
        detail = "Correct the fields named in `problems`."
        raise Refusal(422, "invalid-body", detail, problems or (_problem(error),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "not-json", f"The body is not JSON: {error}.") from error


def described(kind: type[Any], example: Any, *parameters: dict[str, Any]) -> dict[str, Any]:
    """Return OpenAPI's description of a JSON body of this kind, for `openapi_extra`."""
    content = {"application/json": {"schema": schema(kind), "example": _kept(example)}}
    told: dict[str, Any] = {"requestBody": {"required": True, "content": content}}
    return told | ({"parameters": list(parameters)} if parameters else {})


def header(name: str, means: str, example: str, *, required: bool) -> dict[str, Any]:
    """Return OpenAPI's description of a header that a route reads by itself."""
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": means,
        "schema": {"type": "string"},
        "example": example,
    }


def answers(
    status: int, kind: type[Any], *refusals: int, example: Any = None
) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of an answer and of refusals, for `responses`.

    What refusals are and mean, and those that every route has, `shared.openapi` adds.
    """
    good: dict[str, Any] = {"schema": schema(kind)}
    if example is not None:
        good["example"] = _kept(example)
    content = {"description": HTTPStatus(status).phrase, "content": {"application/json": good}}
    return {status: content, **refused(*refusals)}


def shown(status: int, example: Any, *refusals: int) -> dict[int | str, dict[str, Any]]:
    """Return the same for a route whose return type already describes the answer."""
    good = {"content": {"application/json": {"example": _kept(example)}}}
    return {status: good, **refused(*refusals)}


def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of refusals."""
    bad = {"application/problem+json": {"schema": {"type": "object"}}}
    return {s: {"description": HTTPStatus(s).phrase, "content": bad} for s in statuses}


def builtins(value: Any) -> Any:
    """Return a value as it stands in JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _kept(value: Any) -> Any:
    """Return an example whose nulls stay until `shared.openapi` restores them."""
    if isinstance(value := builtins(value), dict):
        return {name: _kept(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return NULL if value is None else value


def schema(kind: Any) -> dict[str, Any]:
    """Return the JSON schema of a kind, with nothing referred to."""
    (root,), components = msgspec.json.schema_components([kind], ref_template="{name}")

    def inlined(node: Any) -> Any:
        if isinstance(node, list):
            return [inlined(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return inlined(components[node["$ref"]])
        return {name: inlined(each) for name, each in node.items()}

    inline: dict[str, Any] = inlined(root)
    return inline


def media_type(request: Request) -> str:
    """Return what a body says it is, in lower case, without parameters."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


async def body(request: Request, limit_bytes: int) -> bytes:
    """Return the body as it is.  Raises `Refusal` 413."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > limit_bytes:
            raise Refusal(413, "too-large", f"Send at most {limit_bytes} bytes.")
    return bytes(read)


def _problem(error: msgspec.ValidationError) -> Problem:
    reason, _, path = str(error).partition(" - at `$")
    pointer = path.strip("`").replace("[", "/").replace("]", "").replace(".", "/")
    if named := _FIELD_NAMED.search(reason):
        pointer += f"/{named[1]}"
    return Problem(
        field=pointer or "/",
        code="invalid",
        remedy_vi=f"Sửa giá trị ở trường này: {_in_vietnamese(reason)}",
        remedy_en=f"Correct the value of this field: {reason}",
    )


def _in_vietnamese(reason: str) -> str:
    """Return what the decoder says; or, where it says something else, only that it is wrong."""
    for pattern, words in _DECODER_SAYS:
        if found := pattern.fullmatch(reason):
            return words.format(*(_KINDS_VI.get(word, word) for word in found.groups()))
    return "giá trị không hợp lệ"


_FIELD_NAMED = re.compile(r"^Object (?:missing required|contains unknown) field `([^`]+)`")
_KINDS_VI = {
    "str": "một chuỗi",
    "int": "một số nguyên",
    "float": "một số",
    "bool": "true hoặc false",
    "array": "một danh sách",
    "object": "một đối tượng",
    "date": "một ngày (2026-11-30)",
    "datetime": "một thời điểm có múi giờ (2026-11-30T08:00:00+07:00)",
    "null": "null",
}
_DECODER_SAYS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Object missing required field `([^`]+)`", "thiếu trường bắt buộc {0}"),
        (r"Object contains unknown field `([^`]+)`", "trường {0} không được dùng ở đây"),
        (r"Expected `(\w+)`, got `(\w+)`", "cần {0}, nhận được {1}"),
        (r"Expected `(\w+) \| null`, got `(\w+)`", "cần {0} hoặc null, nhận được {1}"),
        (r"Expected `\w+` of length >= (\d+)", "cần độ dài ít nhất {0}"),
        (r"Expected `\w+` of length <= (\d+)", "độ dài không được quá {0}"),
        (r"Expected `\w+` matching regex (.+)", "cần đúng dạng {0}"),
        (r"Expected `\w+` >= (-?[\d.]+)", "cần giá trị từ {0} trở lên"),
        (r"Expected `\w+` <= (-?[\d.]+)", "cần giá trị không quá {0}"),
        (r"Invalid (?:enum )?value (.+)", "không có lựa chọn {0}"),
        (r"Invalid RFC3339 encoded datetime", "cần thời điểm dạng 2026-11-30T08:00:00+07:00"),
        (r"Invalid RFC3339 encoded date", "cần ngày dạng 2026-11-30"),
        (r"Invalid UUID", "cần một UUID"),
    )
)
