import asyncio

import pytest

from shared.gather import Gather


class Rows:
    def __init__(self):
        self.asked, self.fault, self.began = [], None, asyncio.Event()

    async def fetch(self, keys):
        self.asked.append(sorted(keys))
        self.began.set()
        await asyncio.sleep(0)
        if self.fault:
            raise self.fault
        return {key: key * 10 for key in keys if key > 0}


async def test_what_comes_together_is_asked_together():
    rows = Rows()
    gather = Gather(rows.fetch, 0.0)

    assert await asyncio.gather(*(gather.get(k) for k in (1, 2, 2, -1))) == [10, 20, 20, None]
    assert await gather.get(1) == 10
    assert rows.asked == [[-1, 1, 2], [1]]


async def test_those_that_come_during_a_query_do_not_wait_for_it():
    rows = Rows()
    gather = Gather(rows.fetch, 0.0)
    first = asyncio.create_task(gather.get(1))
    await rows.began.wait()

    assert await gather.get(2) == 20
    assert await first == 10


async def test_whoever_waits_gets_the_error_and_the_next_is_asked_anew():
    rows = Rows()
    gather = Gather(rows.fetch, 0.0)
    rows.fault = RuntimeError("no answer")

    answers = await asyncio.gather(gather.get(1), gather.get(2), return_exceptions=True)

    assert [str(a) for a in answers] == ["no answer"] * 2
    rows.fault = None
    assert await gather.get(1) == 10


async def test_one_that_gives_up_does_not_disturb_the_others():
    gather = Gather(Rows().fetch, 0.01)
    impatient, patient = (asyncio.create_task(gather.get(1)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await patient == 10
    with pytest.raises(asyncio.CancelledError):
        await impatient
