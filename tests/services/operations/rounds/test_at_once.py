"""What one process is still sending, no other sends meanwhile."""

import asyncio
from contextlib import suppress

from services.operations.rounds.runner import LEFT_ALONE
from tests.services.operations.rounds.office import ID, Office
from tests.services.operations.rounds.test_runner import ids


async def test_what_a_process_is_at_for_longer_than_a_turn_no_other_sends_meanwhile() -> None:
    office, acknowledged = Office(6), asyncio.Event()
    await office.begin()
    await office.do("start")
    slow, others = office.runner(2), [office.runner(2) for _ in range(2)]

    office.acknowledged = acknowledged  # the broker takes its time
    under_way = asyncio.create_task(office.turn(slow))
    await office.publishing.wait()
    for n in range(8):
        with suppress(TimeoutError):
            await asyncio.wait_for(office.turn(others[n % 2]), 0.2)
    assert ids(office.published) == [f"{ID}-00001", f"{ID}-00002"]

    acknowledged.set()
    await under_way
    await office.run()
    assert ids(office.published) == [f"{ID}-{n:05}" for n in range(1, 7)]


async def test_what_a_process_that_died_had_decided_another_sends_after_a_while() -> None:
    office = Office(2)
    await office.begin()
    await office.do("start")
    office.acknowledged = asyncio.Event()
    dying = asyncio.create_task(office.turn(office.runner()))
    await office.publishing.wait()
    dying.cancel()
    with suppress(asyncio.CancelledError):
        await dying
    office.acknowledged.set()

    await office.turn(office.runner(), LEFT_ALONE.total_seconds())

    assert ids(office.published) == [f"{ID}-00001", f"{ID}-00002"] * 2
