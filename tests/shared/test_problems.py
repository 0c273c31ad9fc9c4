"""An edge answers its own mistakes too as problem details, and says nothing of them."""

import httpx
from fastapi import FastAPI

from shared import problems


async def test_our_own_mistake_is_answered_without_a_word_of_it() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def broken() -> None:
        raise ZeroDivisionError("001199000001")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        answer = await client.get("/")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:motcua:problem:our-mistake"
    assert "001199000001" not in answer.text
