"""Errors at the edges: problem details (RFC 9457), with a sentence to act on and the fields."""

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


async def _unknown(_: Request, error: Exception) -> Response:  # noqa: ARG001
    detail = "We cannot say whether this was taken in: send the same again, it will count once."
    return answer(503, "outcome-unknown", detail, headers={"Retry-After": str(RETRY_AFTER_S)})


async def _mistake(_: Request, error: Exception) -> Response:  # noqa: ARG001
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
    problems = tuple(
        Problem(
            field="/" + "/".join(str(part) for part in item["loc"]),
            code=item["type"],
            remedy_vi=f"Sửa giá trị này: {item['msg']}",
            remedy_en=f"Correct this value: {item['msg']}",
        )
        for item in error.errors()
    )
    return answer(422, "invalid-request", "Correct the fields named in `problems`.", problems)
