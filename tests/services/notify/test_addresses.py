"""Addresses to which nothing may be sent now; the same on MongoDB and on its fake."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.addresses import SUPPRESSED_FOR
from services.notify.channels.receipts import AddressBounced
from services.notify.contacts import REASONS
from shared.mongo import MongoTable, connect
from tests.services.notify.addressed import OTHER, PHONE, Desk, message

_names = (f"addresses{n}" for n in count())


Check = Callable[[Desk], Awaitable[None]]


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.stack)])
def run(request: pytest.FixtureRequest):
    """Runs a check on an empty table of its own."""

    if request.param == "memory":
        rows = request.getfixturevalue("rows")
        return lambda check, cap=0: asyncio.run(check(Desk(rows, cap)))
    url = request.getfixturevalue("mongo_url")

    def on_mongo(check: Check, cap: int = 0) -> None:
        async def main() -> None:
            database = connect(url, "notify_addresses")
            await check(Desk(MongoTable(database[next(_names)]), cap))
            database.client.close()

        asyncio.run(main())

    return on_mongo


def test_an_address_that_bounced_is_left_alone_until_the_time_is_over(run):
    async def check(desk: Desk) -> None:
        await desk.addresses.suppress("a@Example.invalid", "bounced")
        assert await desk.send("k1", to="A@example.invalid") == {"k1": "bounced"}
        assert await desk.send("k2", to="b@example.invalid") == {}
        desk.at += SUPPRESSED_FOR["bounced"]
        assert await desk.send("k3", to="a@example.invalid") == {}
        await desk.addresses.suppress("a@example.invalid", "mailbox_unknown")
        assert await desk.send("k4", to="a@example.invalid") == {"k4": "mailbox_unknown"}

    run(check)


def test_what_a_report_says_of_an_address_counts_and_never_for_less_than_before(run):
    async def check(desk: Desk) -> None:
        for hardness, days in (("hard", 180), ("soft", 3)):
            until = desk.at + timedelta(days=days)
            one = AddressBounced("a@example.invalid", "k", hardness, "synthetic", until)
            await desk.addresses.bounced([one])
        desk.at += timedelta(days=179)
        assert await desk.send("k1", to="a@example.invalid") == {"k1": "bounced"}
        desk.at += timedelta(days=1)
        assert await desk.send("k2", to="a@example.invalid") == {}

    run(check)


def test_a_number_is_the_same_however_it_is_written(run):
    async def check(desk: Desk) -> None:
        await desk.addresses.suppress("+84912345678", "invalid_number")
        assert await desk.send("k") == {"k": "invalid_number"}

    run(check)


def test_a_day_has_so_many_messages_and_the_next_as_many_again(run):
    async def check(desk: Desk) -> None:
        assert await desk.send("k1", "k2", "k3") == {"k3": "capped"}
        assert await desk.send("k4") == {"k4": "capped"}
        assert await desk.send("k5", to=OTHER) == {}
        desk.at = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)  # not yet midnight in Viet Nam
        assert await desk.send("k6") == {"k6": "capped"}
        desk.at += timedelta(minutes=1)
        assert await desk.send("k7") == {}

    run(check, cap=2)


def test_an_attempt_is_counted_once_however_often_it_comes(run):
    async def check(desk: Desk) -> None:
        for keys in (("k1",), ("k1",), ("k0", "k1"), ("k1", "k0")):
            assert await desk.send(*keys) == {}
        assert await desk.send("k2") == {"k2": "capped"}

    run(check, cap=2)


def test_a_notice_is_counted_once_however_often_it_is_tried(run):
    async def check(desk: Desk) -> None:
        for attempt in (1, 2, 3):
            assert await desk.send("k1", attempt=attempt) == {}
        assert await desk.send("k2") == {}
        assert await desk.send("k3") == {"k3": "capped"}

    run(check, cap=2)


def test_what_was_not_handed_over_is_not_counted(run):
    async def check(desk: Desk) -> None:
        assert await desk.send("k1", "k2") == {}
        await desk.addresses.give_back([message("k1"), message("k9")])
        assert await desk.send("k3") == {}
        assert await desk.send("k1") == {"k1": "capped"}

    run(check, cap=2)


def test_what_an_app_says_of_a_phone_is_nothing_to_text_messages(run):
    async def check(desk: Desk) -> None:
        await desk.addresses.suppress(PHONE, "unknown_subscriber", channel="app")
        assert await desk.send("k1") == {}
        one = message("k2", way="app@representative")
        assert await desk.addresses.refused([one]) == {one.key: "unknown_subscriber"}

    run(check)


def test_each_way_has_a_day_of_its_own(run):
    async def check(desk: Desk) -> None:
        ways = [message("k1", way=way) for way in ("sms", "app", "zalo")]
        assert await desk.addresses.refused(ways) == {}
        again = message("k2", way="app")
        assert await desk.addresses.refused([again]) == {again.key: "capped"}

    run(check, cap=1)


def test_batches_at_the_same_time_do_not_go_over_the_cap(run):
    async def check(desk: Desk) -> None:
        found = await asyncio.gather(*(desk.send(f"a{n}", f"b{n}") for n in range(6)))
        assert sum(map(len, found)) == 12 - 5

    run(check, cap=5)


def test_what_is_old_is_forgotten(run):
    async def check(desk: Desk) -> None:
        await desk.send("k1")
        await desk.addresses.suppress(PHONE, "bounced")
        desk.at += timedelta(days=1)
        await desk.addresses.sweep()
        assert len(await desk.table.ranges([("", "~")])) == 2
        desk.at += timedelta(days=30)
        await desk.addresses.sweep()
        assert await desk.table.ranges([("", "~")]) == []

    run(check, cap=2)


@given(
    batches=st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4), max_size=12),
    cap=st.integers(1, 4),
)
@settings(max_examples=150, deadline=None)
def test_in_any_order_with_any_repetition_each_is_counted_once(batches, cap, new_rows):
    async def check() -> None:
        desk, admitted, seen = Desk(new_rows(), cap), set(), set()
        for batch in batches:
            refused = await desk.send(*dict.fromkeys(batch))
            assert not refused.keys() & admitted
            admitted |= set(batch) - refused.keys()
            seen |= set(batch)
        assert len(admitted) == min(cap, len(seen))
        assert len(await desk.table.ranges([("d/", "d0")])) == len(admitted)

    asyncio.run(check())


async def test_as_a_rule_it_is_one_round_trip(rows):
    desk = Desk(rows, cap=3)
    messages = [message(f"k{n}", f"09123456{n:02}") for n in range(50)]
    assert await desk.addresses.refused(messages) == {}
    assert rows.trips == 1


async def test_nothing_of_an_address_is_kept_in_the_clear(rows):
    desk = Desk(rows, cap=3)
    await desk.send("k")
    await desk.addresses.suppress("a@example.invalid", "bounced")
    assert PHONE[1:] not in f"{rows.rows}"
    assert "example" not in f"{rows.rows}"


def test_every_reason_has_words_for_operators():
    assert {*SUPPRESSED_FOR, "capped"} <= REASONS.keys()
