"""Readiness of a service centre, by what the edge answers to browsers and to programs."""

import hashlib
import html
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.operations import readiness_api
from services.operations.console.labels import LABELS
from services.operations.domain.readiness import BY_HAND, POINTS
from shared.access import Access
from shared.catalogue import Catalogue
from shared.edge_app import edge_app
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.memory_counting import readiness_desk
from tests.services.operations.story import Log, Story

WARD = "00004"
NOTE = "Seen on the spot"


async def worked(edge: ConsoleEdge) -> None:
    """Let the ward have settled a dossier, for which was paid, a day ago."""
    story = Story(Log())
    story.returned()
    await edge.read(story)
    edge.now += timedelta(days=1)


async def tick(browser: httpx.AsyncClient, point: str, note: str = NOTE, **more: str) -> Any:
    page = await browser.get(f"/console/readiness/{WARD}")
    token = TOKEN.search(page.text)
    assert token
    fields = {"token": token[1], "met": "yes", "note": note, **more}
    return await send(browser, f"/console/readiness/{WARD}/{point}", **fields)


async def test_what_the_system_tells_is_there_with_its_evidence(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await worked(edge)
    answer = await seated.get(f"/console/readiness/{WARD}", params={"lang": "en"})
    shown = html.unescape(answer.text)
    for point in POINTS.values():
        assert f'<th scope="row">{point.title.en}</th>' in shown
    assert "They begin with H26." in shown
    assert "The last time on 2026-06-09." in shown
    assert "Accounts seen: 1; dossiers looked at: 1." in shown
    assert "Procedures with a payment: 1, of 1 with a fee." in shown
    assert LABELS["readiness_met"].told(met="6", all="14").en in shown


async def test_an_operator_ticks_a_point_and_takes_it_back(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    answer = await tick(seated, "network")
    where = answer.headers["location"]
    assert (answer.status_code, where) == (303, f"/console/readiness/{WARD}#network")
    shown = (await seated.get(where)).text
    assert NOTE in shown
    assert shown.count(LABELS["state_met"].vi + "</span>") == 4
    await tick(seated, "network")  # the same again
    assert len(edge.store.tables["readiness"].rows) == 1
    edge.now += timedelta(minutes=1)
    await tick(seated, "network", "It was cut", met="no")
    assert "It was cut" in (await seated.get(where)).text
    assert len(edge.store.tables["readiness"].rows) == 2  # what was said stays


@pytest.mark.parametrize(
    ("point", "more", "status"),
    [
        ("network", {"note": "x"}, 422),
        ("network", {"note": "x" * 501}, 422),
        ("network", {"token": "another"}, 403),
        ("at_work", {}, 404),
        ("luck", {}, 404),
    ],
)
async def test_what_is_not_to_be_ticked_so_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient, point: str, more: dict[str, str], status: int
) -> None:
    assert (await tick(seated, point, **more)).status_code == status
    assert edge.store.tables["readiness"].rows == {}


async def test_who_is_no_operator_looks_and_cannot_tick(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "viewer")
        shown = (await browser.get(f"/console/readiness/{WARD}")).text
        assert 'name="note"' not in shown
        assert (await tick(browser, "network")).status_code == 403


@pytest.mark.parametrize("unit", ["99999", "nation"])
async def test_a_unit_that_is_none_is_no_page(seated: httpx.AsyncClient, unit: str) -> None:
    assert (await seated.get(f"/console/readiness/{unit}")).status_code == 404


async def test_the_same_over_http(edge: ConsoleEdge, catalogue: Catalogue) -> None:
    await worked(edge)
    digest = hashlib.sha256(b"op-key").hexdigest()
    access = Access({digest: {"name": "o-1", "role": "operator"}})
    desk = readiness_desk(edge.store, catalogue, lambda: edge.now)
    app = edge_app("operations", access, (readiness_api.router(desk),))
    headers = {"authorization": "Bearer op-key"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://operations", headers=headers
    ) as client:
        found = (await client.get(f"/v1/readiness/{WARD}")).json()
        assert (found["name"], found["met"], found["is_ready"]) == ("Phường Ba Đình", 6, False)
        for point in BY_HAND:
            said = {"is_met": True, "note": NOTE}
            answer = await client.post(f"/v1/readiness/{WARD}/{point}", json=said)
            assert answer.status_code == 200
        unmet = [p["point"] for p in answer.json()["points"] if p["state"] != "met"]
        assert unmet == ["certificates"]  # no signature was asked for
        assert answer.json()["points"][-1]["tick"]["by"] == "o-1"
        for point, body in (("at_work", said), ("network", {"is_met": True, "note": ""})):
            refused = await client.post(f"/v1/readiness/{WARD}/{point}", json=body)
            assert refused.status_code in (404, 422)
