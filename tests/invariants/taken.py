"""Calls that are made until they are taken; the same again counts once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

TRY_AGAIN_S = 0.5
TRIES_LIMIT = 1_200  # ten minutes: longer than a service is away, however busy the machine


class NotTaken(Exception):
    """What is in order was not taken, however often it was tried; the sentence has the answer."""


async def taken(
    call: Callable[[], Awaitable[httpx.Response]], *, is_late: bool = False
) -> Mapping[str, Any]:
    """Call until it is taken; the same again counts once.  Raises `NotTaken`.

    `is_late`: the application may be over already, which is as good.
    """
    said = ""
    for _ in range(TRIES_LIMIT):
        try:
            answer = await call()
        except httpx.TransportError as error:
            said = repr(error)
        else:
            if answer.is_success or (is_late and answer.status_code == httpx.codes.CONFLICT):
                content: Mapping[str, Any] = answer.json()
                return content
            said = f"{answer.request.url.path}: {answer.status_code} {answer.text}"
            if answer.is_client_error and answer.status_code != httpx.codes.NOT_FOUND:
                break
        await asyncio.sleep(TRY_AGAIN_S)
    raise NotTaken(said)
