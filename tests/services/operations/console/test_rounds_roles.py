"""Who may do what about many, at the console: viewers look, operators act, another agrees."""

import re

import httpx

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import STATUSES
from services.operations.domain.actions import ACTIONS
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import GROUP, NEW, press, previewed, typed
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.story import Story


async def test_a_viewer_sees_and_does_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    where = await previewed(seated)
    async with edge.browser() as viewer:
        await sign_in(viewer, "viewer")
        page, group = await viewer.get(where), await viewer.get(GROUP)
        assert (page.status_code, f"{where}/" in page.text) == (200, False)
        assert LABELS["do_seen"].vi in group.text
        assert "checkbox" not in group.text
        assert (await viewer.get(NEW)).status_code == 403
        assert (await press(viewer, where, "start")).status_code == 403


async def test_who_is_of_one_unit_sees_no_rounds(edge: ConsoleEdge) -> None:
    async with edge.browser() as officer:
        await sign_in(officer, "officer")
        assert (await officer.get("/console/rounds")).status_code == 403


async def test_nothing_is_done_without_the_token_of_the_session(
    seated: httpx.AsyncClient, held: list[Story]
) -> None:
    fields = await typed(seated)
    where = await previewed(seated)

    for path in ("/console/rounds", f"{where}/start"):
        answer = await send(seated, path, **fields | {"token": "another"})
        assert answer.status_code == 403
    assert STATUSES["ready"].vi in (await seated.get(where)).text


async def test_what_needs_a_check_waits_for_another_who_says_why(
    edge: ConsoleEdge, seated: httpx.AsyncClient, checker: httpx.AsyncClient, held: list[Story]
) -> None:
    edge.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    assert LABELS["new_needs_check"].vi in (await seated.get(NEW)).text
    where = await previewed(seated)
    assert LABELS["do_ask"].vi in (await seated.get(where)).text
    for _ in range(2):
        assert (await press(seated, where, "start")).headers["location"] == where
    own = (await seated.get(where)).text
    assert LABELS["round_yours"].vi in own
    assert f"{where}/approve" not in own
    assert (await press(seated, where, "approve", "mine")).status_code == 409

    assert (await press(checker, where, "approve")).status_code == 422
    assert f"{where}/abort" not in (await checker.get(where)).text
    await press(checker, where, "approve", "looked at both")

    assert STATUSES["running"].vi in (page := (await seated.get(where)).text)
    assert "looked at both" in page


async def test_what_another_turned_down_is_over(
    edge: ConsoleEdge, seated: httpx.AsyncClient, checker: httpx.AsyncClient, held: list[Story]
) -> None:
    edge.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    where = await previewed(seated)
    await press(seated, where, "start")
    await press(checker, where, "reject", "not these")
    await edge.turn()

    page = (await seated.get(where)).text

    assert STATUSES["rejected"].vi in page
    assert "not these" in page
    assert edge.published == []


async def test_a_journey_leads_to_what_can_be_done_about_it_alone(
    seated: httpx.AsyncClient, held: list[Story]
) -> None:
    journey = (await seated.get(f"/console/journeys/{held[0].application}")).text
    offered = re.findall(r'href="(/console/rounds/new/[^"]+)"', journey)
    assert len(offered) == 2  # it is held, and waits for its citizen to pay

    release = next(where for where in offered if "/release?" in where).replace("&amp;", "&")
    page = (await seated.get(await previewed(seated, release))).text

    assert "1 việc của 1 hồ sơ" in page
    assert held[0].application in page


async def test_a_journey_of_somebody_elses_unit_offers_an_officer_nothing(
    edge: ConsoleEdge, held: list[Story]
) -> None:
    async with edge.browser() as viewer:
        await sign_in(viewer, "viewer")
        journey = (await viewer.get(f"/console/journeys/{held[0].application}")).text
        assert LABELS["do_seen"].vi in journey
        assert "/console/rounds/new/" not in journey
