"""Bare endpoints: the same answer with the framework and without; all else is the framework's."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from shared.access import Access
from shared.bare import Answered, Bare, Headers, in_front, near_in_front

LIMIT_BYTES = 8


async def echoed(query: bytes, headers: Headers, body: bytes) -> Answered:
    if not query and not body:
        return 204, b"", "", ()
    told = sorted(value for name, value in headers if name == b"x-told")
    said, besides = b"|".join([query, body, *told]), [(b"x-said", body or b"nothing")]
    return 202 if body else 200, said, "application/octet-stream", besides


def apps() -> list[ASGIApp]:
    routes, app = APIRouter(), FastAPI()
    routes.add_api_route("/v1/said", Bare(echoed), name="said")
    routes.add_api_route("/v1/told", Bare(echoed, "POST", LIMIT_BYTES), methods=["POST"])

    @routes.get("/v1/other")
    async def other() -> str:
        return "other"

    app.include_router(routes)
    return [app, in_front(app, [routes])]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/said?a=1%2B1&b=", b""),
        ("GET", "/v1/said", b""),
        ("POST", "/v1/said", b""),
        ("GET", "/v1/said/", b""),
        ("GET", "/v1/other", b""),
        ("GET", "/v1/nothing", b""),
        ("POST", "/v1/told?a=1", b"12345678"),
        ("POST", "/v1/told", b"123456789"),
        ("POST", "/v1/told", b""),
        ("GET", "/v1/told", b""),
    ],
)
async def test_the_framework_is_passed_by_and_nobody_sees_a_difference(
    method: str, path: str, body: bytes
) -> None:
    said = []
    for app in apps():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge"
        ) as client:
            answer = await client.request(method, path, content=body, headers={"X-Told": "t"})
            said.append((answer.status_code, answer.content, dict(answer.headers)))

    assert said[0] == said[1]


async def test_an_answer_has_the_headers_that_it_was_given() -> None:
    for app in apps():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge"
        ) as client:
            answer = await client.post("/v1/told", content=b"signed")
            assert answer.headers["x-said"] == "signed"


async def test_without_bare_endpoints_the_app_itself_is_the_edge() -> None:
    app = FastAPI()
    assert in_front(app, [APIRouter()]) is app
    assert near_in_front(app, Access({}), {}) is app
