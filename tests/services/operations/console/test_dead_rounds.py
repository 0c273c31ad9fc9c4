"""A group of what was set aside, sent again in a round: from its page to what came of each."""

import re

import httpx

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import CHECKS, RESULTS
from services.operations.domain.actions import ACTIONS, WHY
from services.operations.rounds.runner import CHECK_AFTER, CHECK_LIMIT
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import press, previewed
from tests.services.operations.console.test_dead_pages import (
    accepted,
    at,
    group_of,
    mistaken,
    poisoned,
)
from tests.services.operations.story import application

ROUND = re.compile(r'href="(/console/rounds/new/redrive[^"]+)"')


async def asked(seated: httpx.AsyncClient) -> str:
    """Where the page of the group that is open leads to."""
    found = ROUND.search((await seated.get(await group_of(seated))).text)
    assert found
    return found[1].replace("&amp;", "&")


async def test_a_group_is_sent_again_in_a_round_and_its_page_says_what_came_of_each(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    places = await mistaken(edge, 2)
    where = await previewed(seated, await asked(seated))
    preview = (await seated.get(where)).text
    assert all(words.vi in preview for words in ACTIONS["redrive"].follows)
    assert "2 việc của 2 hồ sơ" in preview
    for n, place in enumerate(places, 1):
        assert f'href="{at(place)}"' in preview
        assert application(n) in preview

    await press(seated, where, "start")
    await edge.turn()
    assert LABELS["round_sent"].told(done="1", all="2").vi in (await seated.get(where)).text
    for seconds in (1, CHECK_AFTER.total_seconds() + 1, 1):
        await edge.turn(seconds)
        await edge.set_aside()
    page = (await seated.get(where)).text
    assert page.count(f">{RESULTS['sent'].vi}</span>") == 2, "nothing came of them yet"
    for seconds in (CHECK_LIMIT.total_seconds(), 1, 1, 1):
        await edge.turn(seconds)

    over = (await seated.get(where)).text
    assert over.count(f">{CHECKS['unknown'].vi}</span>") == 2
    assert LABELS["dead_gone"].vi in (await seated.get("/console/dead/0123456789ab")).text
    assert ROUND.search((await seated.get("/console/dead")).text) is None


async def test_one_that_was_set_aside_anew_came_back(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await mistaken(edge, 1)
    edge.office.unknown.add("officer.accepted")
    where = await previewed(seated, await asked(seated))
    await press(seated, where, "start")
    await edge.turn()
    await edge.set_aside()
    for seconds in (CHECK_AFTER.total_seconds() + 1, 1, 1):
        await edge.turn(seconds)

    over = (await seated.get(where)).text

    assert CHECKS["came_back"].vi in over
    assert LABELS["round_left"].told(count="1").vi in over


async def test_what_has_to_be_mended_first_is_refused_and_another_group_is_not_in_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    bad = await poisoned(edge)
    new = await asked(seated)
    edge.office.unknown.add("officer.accepted")
    other = edge.office.send("routing.inbox", accepted(application(7), 7))
    await edge.set_aside()

    page = (await seated.get(await previewed(seated, new))).text

    assert WHY["still_wrong"].vi in page
    assert LABELS["round_nothing"].vi in page
    assert f'href="{at(bad)}"' in page
    assert at(other) not in page
