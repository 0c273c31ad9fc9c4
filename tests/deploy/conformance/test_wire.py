"""What goes over a real connection on this machine: in pieces, and cut off."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.conformance.wire import Wire
from services.payment.gateways import Sending
from tests.deploy.conformance.served import served

LONG_S = 30.0


class Server:
    """Notes in which pieces a body comes; answers, or waits until nobody is there any more."""

    def __init__(self) -> None:
        self.pieces, self.waits, self.left = [], False, asyncio.Event()

    async def __call__(self, scope, receive, send):
        more = True
        while more:
            message = await receive()
            self.pieces.append(message["body"])
            more = message["more_body"]
        if self.waits:
            assert (await receive())["type"] == "http.disconnect"
            self.left.set()
            return
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    made = Server()
    async with served(made) as url:
        yield made, url


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Wire(client, LONG_S, 0.01, LONG_S)


@pytest.mark.parametrize("sending", [Sending("", b"abcd"), Sending("", b"", "GET", ())], ids=str)
async def test_a_connection_is_cut_off_when_all_is_sent_and_before_an_answer(server, wire, sending):
    heard, url = server
    heard.waits = True

    async with asyncio.timeout(LONG_S / 2):  # well before it would be cut off in any case
        await wire.cut(sending._replace(url=url))
        await heard.left.wait()
    assert b"".join(heard.pieces) == sending.body


async def test_a_body_comes_in_two_pieces_and_is_answered(server, wire):
    heard, url = server

    found = await wire.slowly(Sending(url, b"abcd"))

    assert found.answer is not None
    assert found.answer.status == 204
    assert [piece for piece in heard.pieces if piece] == [b"ab", b"cd"]


async def test_no_answer_in_time_is_none(server):
    heard, url = server
    heard.waits = True
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await Wire(client, 0.05, 0.0, 0.0).whole(Sending(url, b""))

    assert (found.answer, found.why) == (None, "no answer within 0.05 s")
