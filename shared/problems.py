"""Errors at the edges: problem details (RFC 9457), with a sentence to act on and the fields."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from shared.errors import Unknown
from shared.events.data import Problem

RETRY_AFTER_S = 5


class Refusal(Exception):
    """The caller's fault: `code` is stable, `detail` says what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        problems: tuple[Problem, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.problems = status, code, detail, problems
        self.headers = headers


def answer(
    status: int,
    code: str,
    detail: str,
    problems: tuple[Problem, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return problem details as a response."""
    body: dict[str, Any] = {
        "type": f"urn:motcua:problem:{code}",
        "title": code.replace("-", " "),
        "status": status,
        "detail": detail,
    }
    if problems:
        body["problems"] = problems
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


def install(app: FastAPI) -> None:
    """Let an app answer all its errors this way."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(Unknown, _unknown)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(Exception, _mistake)


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else error.headers
    return answer(error.status, error.code, error.detail, error.problems, headers)


def unknown() -> Response:
    """Return what is answered where nobody can say what came of it."""
    detail = "We cannot say whether this was taken in: send the same again, it will count once."
    return answer(503, "outcome-unknown", detail, headers={"Retry-After": str(RETRY_AFTER_S)})


async def _unknown(_: Request, _error: Exception) -> Response:
    return unknown()


async def _mistake(_: Request, _error: Exception) -> Response:
    """Say nothing of the error itself: it goes to the log, it is raised again after this."""
    detail = "Our mistake; nothing was taken in for sure: send the same again, it will count once."
    return answer(500, "our-mistake", detail)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    headers = dict(error.headers) if error.headers else None
    return answer(error.status_code, code, str(error.detail), headers=headers)


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = tuple(map(parameter_problem, error.errors()))
    return answer(422, "invalid-request", "Correct the fields named in `problems`.", problems)


def parameter_problem(found: Mapping[str, Any]) -> Problem:
    """Return what the framework finds wrong with a parameter, in our codes and both languages."""
    code, vi, en = _FOUND.get(found["type"], _OTHERWISE)
    told = {name: str(value) for name, value in found.get("ctx", {}).items()}
    told_vi = {name: value.replace(" or ", " hoặc ") for name, value in told.items()}
    return Problem(
        field="/" + "/".join(str(part) for part in found["loc"]),
        code=code,
        remedy_vi=vi.format_map(told_vi),
        remedy_en=en.format_map(told),
    )


_Found = tuple[str, str, str]  # our code, Vietnamese, English
_OTHERWISE: _Found = (
    "invalid-value",
    "Giá trị không hợp lệ: sửa theo mô tả đã công bố tại /openapi.json.",
    "Correct this value: /openapi.json says what it may be.",
)
_DATE: _Found = (
    "invalid-date",
    "Cần một ngày có thật, dạng năm-tháng-ngày (2026-11-30).",
    "Give a day that exists, as year-month-day (2026-11-30).",
)
_INSTANT: _Found = (
    "invalid-value",
    "Cần một thời điểm có múi giờ (2026-11-30T08:00:00+07:00).",
    "Give an instant with its offset (2026-11-30T08:00:00+07:00).",
)
_WHOLE: _Found = ("invalid-value", "Cần một số nguyên.", "Give a whole number.")
_NUMBER: _Found = ("invalid-value", "Cần một số.", "Give a number.")
_FLAG: _Found = ("invalid-value", "Cần true hoặc false.", "Give true or false.")
_TEXT: _Found = ("invalid-value", "Cần một chuỗi ký tự.", "Give a text.")
_ID: _Found = ("invalid-value", "Cần một UUID.", "Give a UUID.")
_CHOICE: _Found = ("invalid-value", "Cần {expected}.", "Give {expected}.")

# pydantic's type of error: what is said of it; the words in braces are those of its context
_FOUND: Mapping[str, _Found] = {
    "missing": (
        "missing-field",
        "Bổ sung giá trị bắt buộc này.",
        "Add this value: it is required.",
    ),
    "extra_forbidden": (
        "unknown-field",
        "Bỏ giá trị này: ở đây không dùng.",
        "Leave out this value: it is not used here.",
    ),
    **dict.fromkeys(
        (
            "date_type",
            "date_parsing",
            "date_from_datetime_parsing",
            "date_from_datetime_inexact",
        ),
        _DATE,
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"),
        _INSTANT,
    ),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _FLAG),
    **dict.fromkeys(("string_type", "string_unicode"), _TEXT),
    **dict.fromkeys(("uuid_type", "uuid_parsing", "uuid_version"), _ID),
    **dict.fromkeys(("literal_error", "enum"), _CHOICE),
    "greater_than_equal": ("out-of-range", "Cần giá trị từ {ge} trở lên.", "Give {ge} or more."),
    "greater_than": ("out-of-range", "Cần giá trị lớn hơn {gt}.", "Give more than {gt}."),
    "less_than_equal": ("out-of-range", "Cần giá trị không quá {le}.", "Give at most {le}."),
    "less_than": ("out-of-range", "Cần giá trị nhỏ hơn {lt}.", "Give less than {lt}."),
    "string_too_short": (
        "too-short",
        "Cần ít nhất {min_length} ký tự.",
        "Give at least {min_length} characters.",
    ),
    "string_too_long": (
        "too-long",
        "Không được quá {max_length} ký tự.",
        "Give at most {max_length} characters.",
    ),
    "string_pattern_mismatch": (
        "invalid-value",
        "Cần đúng dạng {pattern}.",
        "Give it in the form {pattern}.",
    ),
    "json_invalid": ("not-json", "Nội dung không phải là JSON.", "Send JSON: this is none."),
}
PARAMETER_CODES = frozenset(code for code, _, _ in (*_FOUND.values(), _OTHERWISE))
