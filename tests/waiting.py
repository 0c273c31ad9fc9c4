"""Waiting for what has to come true: looked at again and again, for so long and no longer."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

LIMIT_S = 60.0
LOOK_S = 0.05


class Late(Exception):
    """Something that had to happen did not happen in time; the sentence says what."""


async def until(
    what: Callable[[], Any], limit_s: float = LIMIT_S, wanted: str = "what was waited for"
) -> Any:
    """Wait until a question, asynchronous or not, has a true answer; return it.

    Time is the event loop's own, which may be simulated.  Raises `Late`.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while True:
        answer = what()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if loop.time() > end:
            raise _late(wanted, limit_s)
        await asyncio.sleep(LOOK_S)


def until_blocking(
    what: Callable[[], Any], limit_s: float = LIMIT_S, wanted: str = "what was waited for"
) -> Any:
    """Do the same where no event loop runs."""
    end = time.monotonic() + limit_s
    while not (answer := what()):
        if time.monotonic() > end:
            raise _late(wanted, limit_s)
        time.sleep(LOOK_S)
    return answer


def _late(wanted: str, limit_s: float) -> Late:
    return Late(f"{wanted} did not come in {limit_s:.0f} s")
