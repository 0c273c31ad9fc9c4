"""The pages of what is set aside, by what the edge answers."""

import re

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.dead.letters import Place
from shared.events.kernel import RecordParked
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.dead.office import accepted
from tests.services.operations.story import Story, application

TOKEN = re.compile(r'name="token" value="([^"]+)"')
WHY = "the release was mended"


def at(place: Place) -> str:
    return f"/console/dead/{place.key}"


async def poisoned(edge: ConsoleEdge) -> Place:
    place = edge.office.send("routing.inbox", accepted(application(1), note=7))
    await edge.set_aside()
    return place


async def mistaken(edge: ConsoleEdge, count: int) -> list[Place]:
    """What a mistaken release set aside, and its next one takes."""
    edge.office.unknown.add("officer.accepted")
    found = [
        edge.office.send("routing.inbox", accepted(application(n), n)) for n in range(1, count + 1)
    ]
    await edge.set_aside()
    edge.office.unknown.clear()
    return found


async def submit(browser: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    """Send a form as the page has it."""
    found = TOKEN.search((await browser.get(page)).text)
    assert found
    return await send(browser, path, **{"token": found[1], "reason": WHY, **fields})


async def group_of(browser: httpx.AsyncClient) -> str:
    page = (await browser.get("/console/dead")).text
    found = re.search(r'href="(/console/dead/[0-9a-f]{12})"', page)
    assert found
    return found[1]


async def test_groups_lead_to_records_and_they_to_what_is_wrong(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = await poisoned(edge)
    group = await group_of(seated)
    assert f'href="{at(place)}"' in (await seated.get(group)).text

    page = (await seated.get(at(place))).text
    wrong = page.split('is-wrong"', 1)[1].split("</li>", 1)[0]
    assert "$.data.note" in wrong
    assert "urn:motcua:event:officer.accepted" in page
    assert 'value="$.data.note"' in page


async def test_what_a_sender_says_in_a_lanes_stead_breaks_no_page(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = Story(edge.office.log)
    parked = RecordParked(
        service="routing", topic="portal.submissions", partition=0, offset=0, reason="x"
    )
    story.submitted()
    story.external("portal.submissions", "/portals/sandbox", parked)
    await edge.read(story)
    journey = await seated.get(f"/console/journeys/{story.application}")

    assert LABELS["dead_nothing"].vi in (await seated.get("/console/dead")).text
    assert (journey.status_code, LABELS["now_held"].vi in journey.text) == (200, False)


async def test_a_row_of_a_stage_that_there_is_not_breaks_no_page(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await poisoned(edge)
    (row,) = edge.office.rows()
    row["stage"] = ""
    group = await group_of(seated)

    assert (await seated.get(group)).status_code == 200


async def test_an_empty_board_says_so(seated: httpx.AsyncClient) -> None:
    assert LABELS["dead_nothing"].vi in (await seated.get("/console/dead")).text


async def test_the_stuck_board_leads_to_the_record_itself(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = edge.office.send("routing.inbox", b"no JSON")
    await edge.set_aside()
    page = (await seated.get("/console/stuck/routing/poison_event")).text

    assert f'href="{at(place)}">{place.key}' in page


async def test_a_group_is_sent_again_and_what_came_of_it_is_said(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await mistaken(edge, 3)
    group = await group_of(seated)

    answer = await submit(seated, group, f"{group}/redrive?after=")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{group}?done=sent.3")
    await edge.set_aside()
    page = (await seated.get(answer.headers["location"])).text

    assert f"<strong>3</strong> {LABELS['dead_result_sent'].vi}" in page
    assert LABELS["dead_gone"].vi in page
    assert len(edge.office.taken) == 3


async def test_one_is_sent_again_and_names_who_did_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(edge, 1)
    await submit(seated, at(place), f"{at(place)}/redrive")
    await edge.set_aside()
    page = (await seated.get(at(place))).text

    assert LABELS["dead_did_redriven"].vi in page
    assert "operator, lúc" in page
    assert LABELS["dead_mend"].vi not in page


async def test_what_is_wrong_with_a_copy_is_said_by_the_field(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = await poisoned(edge)
    fields = {"path1": "$.data.note", "value1": "fine", "path2": "$.data.moves_seen",
              "value2": "many", "path3": "$.data.officer", "remove3": "yes"}  # fmt: skip
    answer = await submit(seated, at(place), f"{at(place)}/edits", **fields)

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="many"' in answer.text
    assert answer.text.count(" checked") == 1
    assert "waits" not in answer.text


async def test_a_record_that_is_shown_beside_what_is_wrong_is_written_down(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = await poisoned(edge)
    fields = {"path1": "$.data.moves_seen", "value1": "many", "reason": WHY}
    answer = await submit(seated, "/console/find", f"{at(place)}/edits", **fields)

    assert answer.status_code == 422
    assert application(1) in answer.text
    (read,) = (await edge.reads.of([application(1)], "", 9)).items
    assert (read.by, read.what.partition(" ")[0]) == ("operator", "POST")


async def test_a_copy_is_mended_by_one_and_accepted_by_a_checker(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = await poisoned(edge)
    fields = {"path1": "$.data.note", "value1": "7"}  # the contract has a text there
    answer = await submit(seated, at(place), f"{at(place)}/edits", **fields)
    assert answer.status_code == 303
    page = (await seated.get(at(place))).text
    assert LABELS["dead_own"].vi in page
    alone = await submit(seated, at(place), f"{at(place)}/edits/1/accept")
    assert (alone.status_code, LABELS["refused_same-person"].vi in alone.text) == (409, True)

    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        page = (await browser.get(at(place))).text
        assert LABELS["dead_accept"].vi in page
        assert LABELS["dead_mend"].vi not in page
        accept = await submit(browser, at(place), f"{at(place)}/edits/1/accept")
        assert accept.status_code == 303
        await edge.set_aside()
        page = (await browser.get(at(place))).text
        assert LABELS["dead_checked"].told(by="checker").vi in page
    assert edge.office.taken == [("/officers/o-7", "act-1")]


async def test_a_group_is_dismissed_when_another_agrees_who_sees_how_many_and_why(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await mistaken(edge, 3)
    group = await group_of(seated)
    assert LABELS["dead_dismiss_all"].told(count="3").vi in (await seated.get(group)).text
    asked = await submit(seated, group, f"{group}/dismiss?after=")
    assert asked.headers["location"] == f"{group}?done=asked.3"
    page = (await seated.get(asked.headers["location"])).text
    assert LABELS["dead_result_asked"].vi in page
    assert LABELS["dead_result_soon"].vi not in page
    assert LABELS["dead_own"].vi in page
    assert f'action="{group}/accept' not in page
    await edge.set_aside()
    assert len(edge.office.rows()) == 3

    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        page = (await browser.get(group)).text
        assert LABELS["dead_asked_by"].told(by="operator", count="3", reason=WHY).vi in page
        agreed = await submit(browser, group, f"{group}/accept?after=")
        assert agreed.headers["location"] == f"{group}?done=dismissed.3"
    await edge.set_aside()
    assert (edge.office.rows(), edge.office.taken) == ([], [])


async def test_one_is_dismissed_when_another_agrees(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    place = await poisoned(edge)
    await submit(seated, at(place), f"{at(place)}/dismiss")
    page = (await seated.get(at(place))).text
    assert LABELS["dead_asked_one"].told(by="operator").vi in page
    assert f'action="{at(place)}/dismiss' not in page

    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        assert LABELS["dead_agree"].vi in (await browser.get(at(place))).text
        await submit(browser, at(place), f"{at(place)}/edits/1/accept")
        await edge.set_aside()
        page = (await browser.get(at(place))).text
    assert LABELS["dead_did_dismissed"].vi in page
    assert LABELS["dead_checked"].told(by="checker").vi in page


@pytest.mark.parametrize("name", ["viewer", "admin", "checker"])
async def test_who_only_looks_has_no_form_and_can_send_none(edge: ConsoleEdge, name: str) -> None:
    place = await poisoned(edge)
    async with edge.browser() as browser:
        await sign_in(browser, name)
        page = (await browser.get(at(place))).text
        assert LABELS["dead_mend"].vi not in page
        answer = await submit(browser, at(place), f"{at(place)}/redrive")
        assert answer.status_code == 403


@pytest.mark.parametrize("name", ["officer", "sen-vang"])
async def test_who_is_of_one_unit_or_a_bank_does_not_see_it(edge: ConsoleEdge, name: str) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, name)
        assert (await browser.get("/console/dead")).status_code == 403


async def test_a_form_without_a_reason_or_of_another_session_does_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(edge, 1)
    short = await submit(seated, at(place), f"{at(place)}/redrive", reason="x")
    foreign = await submit(seated, at(place), f"{at(place)}/redrive", token="another")

    assert (short.status_code, foreign.status_code) == (422, 403)
    assert LABELS["refused_reason-needed"].vi in short.text
    await edge.set_aside()
    assert edge.office.taken == []


async def test_what_is_not_there_is_a_page_that_says_so(seated: httpx.AsyncClient) -> None:
    answer = await seated.get("/console/dead/routing.inbox/0/99")

    assert answer.status_code == 404
    assert LABELS["refused_unknown-record"].vi in answer.text
