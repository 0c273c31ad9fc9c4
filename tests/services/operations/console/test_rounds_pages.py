"""What can be done about many, as pages: asked for, previewed, done, stopped and looked at."""

import re

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import CHECKS, RESULTS, STATUSES
from services.operations.domain.actions import ACTIONS, WHY
from services.operations.domain.causes import CAUSES
from services.operations.rounds.runner import CHECK_AFTER
from shared.events import kernel
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import (
    GROUP,
    NEW,
    PART,
    WHY_ASKED,
    press,
    previewed,
    typed,
)
from tests.services.operations.console.visits import send
from tests.services.operations.scenes import begun
from tests.services.operations.story import Story


async def test_a_group_is_previewed_started_followed_and_said_to_be_released(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    group = (await seated.get(GROUP)).text
    assert 'formaction="/console/rounds/new/release"' in group
    where = await previewed(seated)
    preview = (await seated.get(where)).text
    assert STATUSES["ready"].vi in preview
    assert all(words.vi in preview for words in ACTIONS["release"].follows)
    assert "2 việc của 2 hồ sơ" in preview
    assert all(f'href="/console/journeys/{one.application}"' in preview for one in held)
    assert edge.published == []

    assert (await press(seated, where, "start")).headers["location"] == where
    await edge.turn()
    assert 'hx-trigger="every 2s"' in (running := (await seated.get(where)).text)
    assert LABELS["round_sent"].told(done="1", all="2").vi in running
    for seconds in (1, CHECK_AFTER.total_seconds() + 1, 1, 1):
        await edge.turn(seconds)

    over = (await seated.get(where)).text
    assert "hx-trigger" not in over
    assert LABELS["round_gone"].told(count="2").vi in over
    assert over.count(f">{CHECKS['gone'].vi}</span>") == 2
    assert {event.subject for _, event in edge.published} == {one.application for one in held}
    assert LABELS["group_empty"].vi in (await seated.get(GROUP)).text
    listed = (await seated.get("/console/rounds")).text
    assert f'href="{where}"' in listed
    assert WHY_ASKED in listed


async def test_what_is_still_there_afterwards_is_said_so(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = await edge.read(begun(scenes.fee_due))
    asking = "/console/rounds/new/ask_partner?stage=payment&cause=awaiting_payment"
    where = await previewed(seated, asking)
    assert "50.000 đồng" in (await seated.get(where)).text
    await press(seated, where, "start")
    for seconds in (1, CHECK_AFTER.total_seconds() + 1, 1, 1):
        await edge.turn(seconds)

    over = (await seated.get(where)).text

    assert LABELS["round_left"].told(count="1").vi in over
    assert CHECKS["still_there"].vi in over
    assert f'href="{where}?only=still_there#each"' in over
    left = (await seated.get(f"{where}?only=still_there")).text
    assert LABELS["round_only_those"].told(outcome=CHECKS["still_there"]).vi in left
    assert story.code in left
    assert story.code not in (await seated.get(f"{where}?only=gone")).text


async def test_those_chosen_are_done_alone(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    chosen = f"{NEW}&of=chosen&which=stuck&applications={held[1].application}"
    where = await previewed(seated, chosen)

    page = (await seated.get(where)).text

    assert held[1].application in page
    assert held[0].application not in page


async def test_who_chooses_nobody_is_not_given_everybody(seated: httpx.AsyncClient) -> None:
    answer = await seated.get(f"{NEW}&of=chosen")

    assert answer.status_code == 422
    assert LABELS["refused_none-chosen"].vi in answer.text


async def test_a_form_without_its_key_is_not_taken(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    answer = await send(seated, "/console/rounds", **(await typed(seated) | {"key": ""}))

    assert answer.status_code == 422
    assert LABELS["refused_no-form-key"].vi in answer.text
    assert await edge.rounds.before("") == ([], "")


async def test_a_unit_where_nothing_waits_leaves_nothing_to_start(
    seated: httpx.AsyncClient, held: list[Story]
) -> None:
    fields = await typed(seated) | {"unit": "99999"}
    where = (await send(seated, "/console/rounds", **fields)).headers["location"]

    page = (await seated.get(where)).text

    assert LABELS["round_nothing"].vi in page
    assert f"{where}/start" not in page


async def test_what_is_refused_is_counted_and_says_why(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    released = kernel.LaneReleased(operator="o-2", reason="by hand")
    held[0].external("payment.inbox", "/operators/o-2", released)
    rows = dict(edge.store.tables["situations"].rows)
    await edge.read(held[0])
    edge.store.tables["situations"].rows.update(rows)  # the board has not followed yet

    where = await previewed(seated)

    page = (await seated.get(where)).text

    assert 'href="?only=refused#each"' in page
    assert page.count(WHY["nothing_held"].vi) == 2
    assert RESULTS["refused"].vi in page
    assert "1 việc của 1 hồ sơ" in page
    refused = (await seated.get(f"{where}?only=refused")).text
    assert held[0].code in refused
    assert held[1].code not in refused


@pytest.mark.parametrize("reason", ["", "no", "x" * 501])
async def test_a_reason_is_asked_for_and_what_was_typed_stays(
    seated: httpx.AsyncClient, held: list[Story], reason: str
) -> None:
    fields = await typed(seated) | {"reason": reason, "unit": "00004"}

    answer = await send(seated, "/console/rounds", **fields)

    assert answer.status_code == 422
    assert LABELS["refused_no-reason"].vi in answer.text
    assert 'value="00004"' in answer.text
    assert fields["key"] in answer.text


async def test_the_same_form_twice_is_one_round_and_start_twice_is_one_start(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    fields = await typed(seated)
    places = {
        (await send(seated, "/console/rounds", **fields)).headers["location"] for _ in range(2)
    }
    assert len(places) == 1
    where = places.pop()
    assert await previewed(seated) != where

    for _ in range(2):
        assert (await press(seated, where, "start")).headers["location"] == where
    assert STATUSES["running"].vi in (await seated.get(where)).text


async def test_what_is_not_possible_any_more_is_said_so(
    seated: httpx.AsyncClient, held: list[Story]
) -> None:
    where = await previewed(seated)
    await press(seated, where, "abort")

    answer = await press(seated, where, "start")

    assert answer.headers["location"] == f"{where}?late=true"
    page = (await seated.get(answer.headers["location"])).text
    assert LABELS["round_late"].vi in page
    assert STATUSES["aborted"].vi in page


async def test_a_round_is_paused_resumed_and_aborted(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    where = await previewed(seated)
    await press(seated, where, "start")
    await edge.turn()
    await press(seated, where, "pause")
    await edge.turn()
    assert STATUSES["paused"].vi in (await seated.get(where)).text
    assert len(edge.published) == 1
    await press(seated, where, "resume")
    await press(seated, where, "abort")
    for seconds in (1, CHECK_AFTER.total_seconds() + 1, 1):
        await edge.turn(seconds)

    page = (await seated.get(where)).text

    assert len(edge.published) == 1
    assert STATUSES["aborted"].vi in page
    assert RESULTS["not_sent"].vi in page
    assert CHECKS["gone"].vi in page


async def test_a_part_is_sent_when_something_changed_and_ends_with_the_round(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    where = await previewed(seated)
    await press(seated, where, "start")
    polled = re.search(r'hx-get="([^"]+)"', (await seated.get(where)).text)
    assert polled
    again = polled[1].replace("&amp;", "&")
    assert (await seated.get(again, headers=PART)).status_code == 204

    await edge.turn()
    part = await seated.get(again, headers=PART)

    assert part.status_code == 200
    assert part.text.count('id="live"') == 1
    assert "<html" not in part.text
    assert "hx-swap-oob" not in part.text
    await press(seated, where, "abort")
    assert "hx-swap-oob" in (await seated.get(again, headers=PART)).text


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/console/rounds/20260609-0000000000", 404),
        ("/console/rounds/new/moon?stage=payment&cause=held", 422),
        ("/console/rounds/new/release?stage=payment&cause=moon", 404),
        ("/console/rounds/new/release?stage=moon&cause=held", 404),
        ("/console/rounds/new/release?stage=payment&cause=in_processing", 422),
    ],
)
async def test_what_there_is_not_is_no_page(
    seated: httpx.AsyncClient, where: str, status: int
) -> None:
    assert (await seated.get(where)).status_code == status


async def test_before_the_first_round_the_list_says_how_to_begin(
    seated: httpx.AsyncClient,
) -> None:
    assert LABELS["rounds_none"].vi in (await seated.get("/console/rounds")).text


async def test_a_group_about_which_nothing_can_be_done_offers_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.read(begun(scenes.settled))
    group = (await seated.get("/console/stuck/result/awaiting_return?which=all")).text
    assert CAUSES["awaiting_return"].vi in group
    assert "checkbox" not in group


async def test_what_an_action_takes_is_asked_for_and_what_was_typed_stays(
    edge: ConsoleEdge, seated: httpx.AsyncClient, held: list[Story]
) -> None:
    edge.actions["release"] = ACTIONS["release"]._replace(takes="to_unit")
    form = await typed(seated)
    assert 'id="to_unit"' in (await seated.get(NEW)).text
    for unit, wrong in (("", "wrong_to_unit"), ("99999", "new_no_unit")):
        answer = await send(seated, "/console/rounds", **form, to_unit=unit)
        assert (answer.status_code, LABELS[wrong].vi in answer.text) == (422, True)
        assert f'value="{unit}"' in answer.text
    taken = await send(seated, "/console/rounds", **form, to_unit=" 00004 ")
    assert taken.status_code == 303

    edge.actions["release"] = ACTIONS["release"]._replace(takes="working_days")
    assert 'id="working_days"' in (await seated.get(NEW)).text
    for days, status in (("x", 422), ("", 422), ("5", 303)):
        answer = await send(seated, "/console/rounds", **form, working_days=days)
        assert answer.status_code == status, days
