"""A long answer is written down and leaves part by part: no more of it is held than a part."""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from services.operations.guard import PART_LIMIT, Guard
from services.operations.limits import Limits
from services.operations.reads.rows import Read, Reads
from shared.errors import Unknown
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.story import BEGAN, application

SCOPE = {"type": "http", "method": "GET", "path": "/v1/long", "query_string": b"", "headers": []}
FILLED = b"." * (PART_LIMIT // 2)


class Answer:
    """An answer in pieces, and what has left of it."""

    def __init__(self, edge: ConsoleEdge, pieces: list[bytes], reads: Reads | None = None) -> None:
        self.edge, self.left, self.starts, self.most_held = edge, b"", list[int](), 0
        self._app, self._pieces = FastAPI(), pieces
        self._guard = Guard(edge.door, reads or edge.reads, Limits(edge.ticks), lambda: BEGAN)
        self._app.add_api_route("/v1/long", self._answer)

    async def _answer(self) -> StreamingResponse:
        return StreamingResponse(self._told())

    async def _told(self) -> AsyncIterator[bytes]:
        said = 0
        for piece in self._pieces:
            yield piece
            said += len(piece)
            self.most_held = max(self.most_held, said - len(self.left))

    async def asked(self) -> None:
        async def receive() -> Any:
            await asyncio.Event().wait()  # the caller stays

        async def send(message: Any) -> None:
            self.left += message.get("body", b"")
            if message["type"] == "http.response.start":
                self.starts.append(message["status"])

        scope = SCOPE | {"client": ("203.0.113.8", 1), "app": self._app}
        await self._guard.around(self._app)(scope, receive, send)

    async def read(self, name: str) -> list[Read]:
        return (await self.edge.reads.of([name], "", 9)).items


async def test_of_a_long_answer_no_more_than_a_part_is_held(edge: ConsoleEdge) -> None:
    pieces = [FILLED + application(n).encode() + b" " for n in range(1, 10)]
    answer = Answer(edge, pieces)
    await answer.asked()
    assert answer.left == b"".join(pieces)
    assert answer.most_held <= 2 * PART_LIMIT
    for n in range(1, 10):
        assert await answer.read(application(n))
    assert {read.asked for n in (1, 9) for read in await answer.read(application(n))} == {
        "/v1/long",
        "/v1/long (5)",
    }


async def test_the_end_of_an_answer_names_nobody_again(edge: ConsoleEdge) -> None:
    answer = Answer(edge, [FILLED, FILLED, b" " + application(1).encode() + b" "])
    await answer.asked()
    assert len(await answer.read(application(1))) == 1


@pytest.mark.parametrize("cut", [1, 18, 35])
async def test_a_name_that_a_part_ends_in_is_written_down(edge: ConsoleEdge, cut: int) -> None:
    name = application(1)
    first, rest = name[:cut].encode(), name[cut:].encode()
    answer = Answer(edge, [FILLED, FILLED + b" " + first, rest + b" "])
    await answer.asked()
    assert len(await answer.read(name)) == 1


class NotOf(Reads):
    """Reads that cannot be written down where they name this one."""

    name = application(2)

    async def note(self, read: Read, names: Collection[str]) -> None:
        if self.name in names:
            raise Unknown("planted")
        await super().note(read, names)


async def test_what_cannot_be_written_down_any_more_breaks_off(edge: ConsoleEdge) -> None:
    name = NotOf.name
    pieces = [FILLED, FILLED, b" one ", FILLED, FILLED, name.encode(), b" end"]
    answer = Answer(edge, pieces, NotOf(edge.reads_table, lambda: BEGAN))
    with pytest.raises(Unknown):
        await answer.asked()
    assert answer.starts == [200]
    assert name.encode() not in answer.left


async def test_what_cannot_be_written_down_at_all_is_refused_however_long(
    edge: ConsoleEdge,
) -> None:
    answer = Answer(edge, [application(1).encode(), *[FILLED] * 9])
    edge.reads_table.trouble.fails = lambda: True
    await answer.asked()
    assert answer.starts == [503]
    assert application(1).encode() not in answer.left
