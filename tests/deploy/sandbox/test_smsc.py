"""The sandbox message centre: it behaves as it says, its faults repeat, it forgets in time."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import smpp34

from deploy.sandbox.smsc.behaviour import Faults
from deploy.sandbox.smsc.centre import Centre
from deploy.sandbox.smsc.http import create_app
from deploy.sandbox.smsc.link import BINDS, Switchboard
from deploy.sandbox.smsc.texts import Parts

ACCOUNT = ("motcua", "syntheti")
KEY = "synthetic-key"
LIMIT_S = 10.0
RESPONSE = 0x8000_0000


def submitted(n: int = 1, to: str = "84912345678", text: bytes = b"Ho so", **changed: Any):
    tlvs = [smpp34.Tlv(0x0204, n.to_bytes(2)), *changed.pop("tlvs", [])]
    made = smpp34.SubmitSm(
        "M", to, text, registered_delivery=1, tlvs=tlvs, sequence_number=n, **changed
    )
    return smpp34.decode(made.encode())


def head(command: int, sequence: int, body: bytes = b"") -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body


class Client:
    """A socket, and what came over it: (command, status, sequence, body)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def asks(self, octets: bytes) -> tuple[int, int, int, bytes]:
        self.writer.write(octets)
        return await self.hears()

    async def hears(self) -> tuple[int, int, int, bytes]:
        async with asyncio.timeout(LIMIT_S):
            size, *rest = struct.unpack(">IIII", await self._reader.readexactly(16))
            return (*rest, await self._reader.readexactly(size - 16))

    async def is_hung_up(self) -> bool:
        async with asyncio.timeout(LIMIT_S):
            try:
                return await self._reader.read(1) == b""
            except ConnectionError:
                return True

    async def binds(self, command: int = 0x09) -> int:
        body = "\0".join(ACCOUNT).encode() + b"\0\0\x34\0\0\0"
        return (await self.asks(head(command, 1, body)))[1]


@asynccontextmanager
async def called(**faults: Any) -> AsyncIterator[tuple[Centre, Switchboard, Client]]:
    made = Centre(Faults(**({"receipts": False} | faults)))
    switchboard = Switchboard(made, ACCOUNT)
    port = await switchboard.open("127.0.0.1", 0)
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield made, switchboard, client
    finally:
        client.writer.close()
        await switchboard.close()


async def test_a_message_is_taken_only_on_a_bind_that_may_send():
    async with called() as (made, _, client):
        assert (await client.asks(submitted(5).encode()))[:3] == (4 | RESPONSE, 0x04, 5)
        assert await client.binds() == 0
        assert await client.asks(submitted(6).encode()) == (4 | RESPONSE, 0, 6, b"0000000001\0")
        assert made.accepted == 1
    for command, kind in BINDS.items():
        async with called() as (_, _, client):
            assert await client.binds(command) == 0
            status = (await client.asks(submitted().encode()))[1]
            assert status == (0x04 if kind == "receiver" else 0)


async def test_what_it_does_not_know_is_nacked_and_what_is_no_smpp_is_hung_up_on():
    async with called() as (_, _, client):
        await client.binds()
        assert (await client.asks(head(0x21, 9)))[:3] == (RESPONSE, 0x03, 9)
        assert (await client.asks(head(0x04, 10, b"\0")))[:3] == (4 | RESPONSE, 0x02, 10)
        client.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await client.is_hung_up()


async def test_a_message_is_asked_after_by_its_id():
    async with called() as (_, _, client):
        await client.binds()
        await client.asks(submitted().encode())
        assert (await client.asks(head(3, 8, b"0000000001\0\0\0\0")))[3] == b"0000000001\0\0\x02\0"
        assert (await client.asks(head(3, 9, b"7\0\0\0\0")))[1] == 0x67


@pytest.mark.parametrize("fault", ["lost_binds", "lost_before", "lost_after"])
async def test_connections_are_lost_where_it_says(fault):
    async with called(**{fault: 1.0}) as (made, _, client):
        if fault == "lost_binds":
            client.writer.write(head(0x09, 1, "\0".join(ACCOUNT).encode() + b"\0\0\x34\0\0\0"))
        else:
            await client.binds()
            client.writer.write(submitted().encode())
        assert await client.is_hung_up()
        assert made.accepted == (fault == "lost_after")


async def test_a_message_can_be_answered_twice():
    async with called(answered_twice=1.0) as (made, _, client):
        await client.binds()
        assert await client.asks(submitted(6).encode()) == await client.hears()
        assert (made.accepted, made.outbox(counts=False)["befell"]) == (1, {"answered_twice": 1})


def test_a_receipt_can_come_late_and_holds_no_other_up():
    now_s = [0.0]
    made = Centre(Faults(late_receipts=0.5, late_s=9.0), lambda: now_s[0])
    for n in range(20):
        made.owe_receipt(made.take(submitted(n, to=f"849123456{n:02}")))
    now_s[0] = 1.0
    soon = len(made.due(100))
    now_s[0] = 10.0
    assert 0 < soon < 20
    assert len(made.due(100)) == 20 - soon == made.fate.befell["late_receipts"]


def test_what_never_reached_its_handset_was_taken_and_is_told_apart():
    made = Centre(Faults(undelivered=0.5))
    for n in range(20):
        made.take(submitted(n, to=f"849123456{n:02}"))
    out = made.outbox(counts=True)
    assert 0 < len(out["lost"]) == out["befell"]["undelivered"] < len(out["counts"]) == 20


async def test_a_receipt_comes_again_until_it_is_answered_for():
    async with called(receipts=True, receipt_delay_s=0, receipt_again_s=0) as (made, _, client):
        await client.binds()
        await client.asks(submitted(258).encode())
        for status in (0x64, 0x00):
            command, _, sequence, body = await client.hears()
            assert command == 0x05
            read = smpp34.decode(head(command, sequence, body))
            assert read.short_message.startswith(b"id:0000000001 sub:001 dlvrd:001 submit date:")
            assert {t.tag: t.value for t in read.tlvs} == {
                0x001E: b"0000000001\0",
                0x0427: b"\x02",
                0x0204: b"\x01\x02",
            }
            answer = struct.pack(">IIII", 17, 5 | RESPONSE, status, sequence) + b"\0"
            client.writer.write(answer)
        await client.asks(head(0x15, 99))
        assert made.outbox(counts=False)["receipts_owed"] == 0


def test_a_receipt_that_nobody_takes_is_given_up():
    made = Centre(Faults(receipt_delay_s=0, receipt_again_s=0))
    made.owe_receipt(made.take(submitted()))
    for _ in range(100):
        for due, _ in made.due(10):
            made.again(due)
    assert (made.given_up, made.due(10)) == (1, [])


def test_faults_repeat_with_their_seed_and_are_drawn_anew_each_time():
    def drawn(seed: int) -> list[int]:
        made = Centre(Faults(throttled=0.5, seed=seed))
        return [made.refusal(submitted()) for _ in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert set(drawn(1)) == {0, 0x58}


def test_beyond_its_rate_it_throttles():
    now_s = [100.0]
    made = Centre(Faults(rate_limit_per_s=3), lambda: now_s[0])
    assert [made.refusal(submitted()) for _ in range(5)] == [0, 0, 0, 0x58, 0x58]
    now_s[0] += 1.0
    assert made.refusal(submitted()) == 0


def test_what_a_handset_gets_twice_is_seen_and_no_number_is_shown():
    made = Centre(Faults())
    for n in (1, 2, 1):
        made.take(submitted(n))
    out = made.outbox(counts=True)
    assert out["doubled"] == ["8491***678: Ho so"]
    assert sorted(out["counts"].values()) == [1, 2]
    assert "84912345678" not in str(out)


def test_it_forgets_in_time():
    made = Centre(Faults(), remembered_limit=3)
    for n in range(1, 8):
        made.take(submitted(n, to=f"8491234567{n}"))
    out = made.outbox(counts=True)
    assert (out["accepted"], out["forgotten"], len(out["handsets"]), len(out["counts"])) == (
        *(7, 4),
        *(3, 3),
    )


def test_parts_are_put_together_in_whatever_order_they_come():
    parts, found = Parts(), []
    for n in (2, 3, 1):
        one = submitted(text=b"\x05\0\x03\x07\x03" + bytes((n,)) + b"abc"[n - 1 : n], esm_class=64)
        found.append(parts.whole(one, {}))
    assert found == [None, None, "abc"]


async def test_the_page_shows_the_handsets_and_pulls_the_plug():
    async with called() as (made, switchboard, client):
        app = create_app(made, switchboard, KEY)
        await client.binds()
        await client.asks(submitted().encode())
        async with httpx.AsyncClient(
            base_url="http://smsc.test", transport=httpx.ASGITransport(app)
        ) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/sandbox/outbox")).status_code == 401
            http.headers["authorization"] = f"Bearer {KEY}"
            out = (await http.get("/sandbox/outbox", params={"counts": True})).json()
            assert out["handsets"] == {"8491***678": ["Ho so"]}
            assert (await http.post("/sandbox/unbind")).json() == {"asked": 1}
            assert (await client.hears())[0] == 0x06
            assert (await http.post("/sandbox/drop")).json() == {"dropped": 1}
            assert await client.is_hung_up()
