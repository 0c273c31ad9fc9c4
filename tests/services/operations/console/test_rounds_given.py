"""What is given with an action that takes something: another unit, some working days."""

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.rounds import WORKING_DAYS_LIMIT
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import typed
from tests.services.operations.console.visits import send
from tests.services.operations.scenes import begun

ELSEWHERE = "/console/rounds/new/reassign_unit?stage=routing&cause=awaiting_acceptance"
ENDED = "/console/rounds/new/cancel?stage=processing&cause=in_processing"
LATER = "/console/rounds/new/extend_deadline?stage=processing&cause=in_processing"


@pytest.mark.parametrize(("code", "wrong"), [("", "wrong_to_unit"), ("99999", "new_no_unit")])
async def test_a_unit_that_nobody_knows_is_asked_for_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient, code: str, wrong: str
) -> None:
    await edge.read(begun(scenes.submitted))
    fields = await typed(seated, ELSEWHERE)

    answer = await send(seated, "/console/rounds", **fields | {"to_unit": code})

    assert answer.status_code == 422
    assert LABELS[wrong].vi in answer.text
    assert fields["reason"] in answer.text


async def test_the_unit_that_is_to_decide_stands_in_the_preview_of_what_another_agrees_to(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.read(begun(scenes.submitted))
    fields = await typed(seated, ELSEWHERE)
    made = await send(seated, "/console/rounds", **fields | {"to_unit": "00008"})

    page = (await seated.get(made.headers["location"])).text

    assert page.count("(00008)") == 2  # of the round, and of the one application
    assert LABELS["do_ask"].vi in page


@pytest.mark.parametrize("days", ["", "0", "many", "-3", "1.5", f"{WORKING_DAYS_LIMIT + 1}", "٣"])
async def test_days_that_are_no_number_or_too_many_are_asked_for_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient, days: str
) -> None:
    await edge.read(begun(scenes.processing))
    fields = await typed(seated, LATER)

    answer = await send(seated, "/console/rounds", **fields | {"working_days": days})

    assert answer.status_code == 422
    assert LABELS["wrong_working_days"].told(limit=f"{WORKING_DAYS_LIMIT}").vi in answer.text


async def test_the_new_date_stands_in_the_preview(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.read(begun(scenes.processing))
    fields = await typed(seated, LATER)
    made = await send(seated, "/console/rounds", **fields | {"working_days": "3"})

    page = (await seated.get(f"{made.headers['location']}?lang=en")).text

    assert LABELS["new_working_days"].en in page
    assert "2026-06-18" in page  # from the 15th, which is later than today


@pytest.mark.parametrize(
    ("since", "until", "wrong"),
    [
        ("yesterday", "", "wrong_time"),
        ("", "2026-06-09", "wrong_time"),
        ("2026-06-09T08:00", "2026-06-09T08:00", "wrong_until"),
    ],
)
async def test_a_time_that_is_none_or_ends_before_it_begins_is_asked_for_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient, since: str, until: str, wrong: str
) -> None:
    await edge.read(begun(scenes.processing))
    fields = await typed(seated, ENDED)

    answer = await send(seated, "/console/rounds", **fields | {"since": since, "until": until})

    assert answer.status_code == 422
    assert LABELS[wrong].vi in answer.text
    assert f'value="{since}"' in answer.text


# the unit works on it since 14:12 in Viet Nam
@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-06-09T14:00", "", 1),
        ("2026-06-09T14:30", "", 0),
        ("", "2026-06-09T14:30", 1),
        ("", "2026-06-09T14:00", 0),
        ("2026-06-09T14:00", "2026-06-09T14:30", 1),
    ],
)
async def test_a_round_is_of_what_began_to_wait_then(
    edge: ConsoleEdge, seated: httpx.AsyncClient, since: str, until: str, count: int
) -> None:
    await edge.read(begun(scenes.processing))
    fields = await typed(seated, ENDED)

    made = await send(seated, "/console/rounds", **fields | {"since": since, "until": until})

    page = (await seated.get(f"{made.headers['location']}?lang=en")).text
    assert page.count(">G09.20-20260609-0000001<") == count
    for at, label in ((since, "new_since"), (until, "new_until")):
        assert (LABELS[label].en in page) == bool(at)
