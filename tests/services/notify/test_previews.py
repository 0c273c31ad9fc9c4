"""What a notice will say, and what it will cost, before any is sent."""

import hashlib
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from services.notify.domain.templates import ours
from services.notify.templates_api import PREVIEW, router
from shared import problems
from shared.access import ROLES, Access
from shared.edge import builtins

PATH = "/v1/templates/{}/preview"


@pytest.fixture
def ask():
    app = FastAPI()
    hashes = {hashlib.sha256(r.encode()).hexdigest(): {"name": r, "role": r} for r in ROLES}
    app.state.access = Access(hashes)
    problems.install(app)
    app.include_router(router(ours(), lambda: datetime(2026, 11, 20, tzinfo=UTC), {"sms": 350}))

    async def ask(milestone: str, role: str = "operator", **query: str) -> httpx.Response:
        client = httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(app),
            headers={"authorization": f"Bearer {role}"},
        )
        return await client.get(PATH.format(milestone), params=query)

    return ask


async def test_a_preview_shows_the_words_and_what_they_cost(ask):
    answer = await ask("payment_settled")
    assert (answer.status_code, answer.json()) == (200, builtins(PREVIEW))


async def test_an_email_has_a_subject_and_costs_nothing(ask):
    found = (await ask("accepted", channel="email", language="en")).json()
    assert found["subject"] == "Application G09.20.123-20261120-0092637 was accepted"
    assert (found["template"], found["cost_vnd"]) == ("accepted.email_en", 0)


@pytest.mark.parametrize(
    ("milestone", "query", "status"),
    [
        ("nothing", {}, 404),
        ("accepted", {"channel": "pigeon"}, 422),
        ("accepted", {"language": "fr"}, 422),
        ("accepted", {"on": "soon"}, 422),
    ],
)
async def test_what_there_is_not_is_said_so(ask, milestone, query, status):
    answer = await ask(milestone, **query)
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)


async def test_a_partner_has_no_business_with_it(ask):
    assert (await ask("accepted", role="partner")).status_code == 403
