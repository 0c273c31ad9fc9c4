"""Pages of a partner's events, and one by its id."""

import asyncio

import pytest

from services.payment.replay.log import Replay
from services.payment.replay.places import after
from shared.errors import Unknown
from shared.events.payment import FeeWaived
from tests.services.payment.replay.look import LANES, MemoryLook, event, minute, settled


@pytest.fixture
def look() -> MemoryLook:
    return MemoryLook()


@pytest.fixture
def replay(look, counter) -> Replay:
    return Replay(look, counter.journal, LANES)


def ids(page) -> list[int]:
    return [int(one.event.id[-6:]) for one in page.items]


async def test_a_partner_finds_its_own_events_of_all_lanes_and_nobody_else_s(look, replay) -> None:
    look.write(0, settled(1))
    look.write(0, event(FeeWaived(reason="x", catalogue_version="1"), 2))
    look.write(1, settled(3, partner="other"))
    look.write(2, settled(4))
    page = await replay.page("vnpay")
    assert (ids(page), page.more) == ([1, 4], False)
    assert ids(await replay.page("other")) == [3]
    assert ids(await replay.page("nobody")) == []
    assert look.open == 0


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(look, replay) -> None:
    for number in range(30):
        look.write(number % LANES, settled(number), minute(number))
        look.write(0, settled(900 + number, partner="other"), minute(number))
    found, place, more = [], None, True
    while more:
        page = await replay.page("vnpay", after=place, limit=7)
        place, more = after(page.next, LANES), page.more
        found += ids(page)
        assert len(page.items) <= 7
    assert sorted(found) == list(range(30))
    assert ids(await replay.page("vnpay", after=place)) == []
    look.write(1, settled(77))
    assert ids(await replay.page("vnpay", after=place)) == [77]


async def test_a_range_of_time_begins_with_its_first_and_ends_before_its_last(look, replay) -> None:
    for number in range(9):
        look.write(number % LANES, settled(number), minute(number))
    page = await replay.page("vnpay", since=minute(2), to=minute(6))
    assert ids(page) == [2, 3, 4, 5]
    assert ids(await replay.page("vnpay", since=minute(100))) == []


async def test_a_range_of_places_is_of_one_lane_and_has_its_last(look, replay) -> None:
    for number in range(9):
        look.write(number % LANES, settled(number))
    page = await replay.page("vnpay", after=after("1-0", LANES), until=after("1-2", LANES))
    assert (ids(page), page.more, page.next) == ([4, 7], False, "1-2")
    assert ids(await replay.page("vnpay", after=after("2-99", LANES))) == []


async def test_while_a_page_is_read_others_have_their_turn(look, replay) -> None:
    for lane in range(LANES):
        look.write(lane, settled(lane))
    turns = []

    async def other() -> None:
        while True:
            turns.append(look.open)
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await replay.page("vnpay")
    task.cancel()
    assert turns.count(1) >= LANES


async def test_an_event_that_stands_twice_is_listed_once(look, replay) -> None:
    look.write(0, settled(1))
    look.write(0, settled(1))
    assert ids(await replay.page("vnpay")) == [1]


async def test_a_log_that_cannot_be_read_is_said_so(look, replay) -> None:
    look.fault = Unknown("planted")
    with pytest.raises(Unknown):
        await replay.page("vnpay")


async def test_an_event_is_found_by_its_id_by_its_partner_alone(replay, ordered, a) -> None:
    decisions = await ordered.journal.history(a.application)
    number = decisions[-1].sequence
    id_ = f"{a.application}/payment/{number:06d}"
    found = await replay.find("vnpay", id_)
    assert found
    assert (found.type, found.data["amount_vnd"]) == ("payment.requested", a.amount_vnd)
    assert await replay.find("other", id_) is None
    assert await replay.find("vnpay", f"{a.application}/payment/000099") is None


@pytest.mark.parametrize("id_", ["", "x", "x/payment/000001", "../payment/000001", "/payment/1"])
async def test_what_is_no_id_of_an_event_is_not_looked_for(replay, id_) -> None:
    assert await replay.find("vnpay", id_) is None
