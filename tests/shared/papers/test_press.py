"""What is drawn is bounded in number and in time, and keeps nobody waiting."""

import asyncio
from threading import Event

import pytest

from shared.papers.press import AT_ONCE, WAITING_LIMIT, Busy, Press


@pytest.fixture
def gate():
    gate = Event()
    yield gate
    gate.set()


async def test_more_than_can_wait_are_told_to_come_again(gate):
    press = Press()

    def wait() -> bytes:
        gate.wait(10)
        return b"drawn"

    asked = [asyncio.create_task(press.draw(wait)) for _ in range(WAITING_LIMIT)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await press.draw(wait)
    gate.set()

    assert await asyncio.gather(*asked) == [b"drawn"] * WAITING_LIMIT
    assert await press.draw(wait) == b"drawn"


async def test_what_takes_too_long_is_given_up_but_keeps_its_place(gate):
    press, begun = Press(limit_s=0.05), []

    def wait() -> bytes:
        begun.append(1)
        gate.wait(10)
        return b"late"

    for _ in range(AT_ONCE + 1):
        with pytest.raises(Busy):
            await press.draw(wait)
    assert len(begun) == AT_ONCE  # the next one never began


async def test_a_mistake_comes_to_who_asked():
    def mistake() -> bytes:
        raise ValueError("no such field")

    with pytest.raises(ValueError, match="no such field"):
        await Press().draw(mistake)
