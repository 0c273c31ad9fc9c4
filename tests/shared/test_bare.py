"""Bare endpoints: the same answer with the framework and without; all else is the framework's."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from shared.bare import Bare, in_front


async def echoed(query: bytes) -> bytes:
    return b'{"query":"' + query + b'"}'


def apps() -> list[ASGIApp]:
    routes, app = APIRouter(), FastAPI()
    routes.add_api_route("/v1/said", Bare(echoed), name="said")

    @routes.get("/v1/other")
    async def other() -> str:
        return "other"

    app.include_router(routes)
    return [app, in_front(app, [routes])]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/said?a=1%2B1&b="),
        ("GET", "/v1/said"),
        ("POST", "/v1/said"),
        ("GET", "/v1/said/"),
        ("GET", "/v1/other"),
        ("GET", "/v1/nothing"),
    ],
)
async def test_the_framework_is_passed_by_and_nobody_sees_a_difference(
    method: str, path: str
) -> None:
    said = []
    for app in apps():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge"
        ) as client:
            answer = await client.request(method, path)
            said.append((answer.status_code, answer.content, answer.headers.get("content-type")))

    assert said[0] == said[1]


async def test_without_bare_endpoints_the_app_itself_is_the_edge() -> None:
    app = FastAPI()
    assert in_front(app, [APIRouter()]) is app
