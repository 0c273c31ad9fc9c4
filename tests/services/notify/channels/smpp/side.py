"""A channel bound to a message centre, and rows in memory: no more than a loopback socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from deploy.sandbox.smsc.behaviour import Faults
from deploy.sandbox.smsc.centre import Centre
from deploy.sandbox.smsc.link import Switchboard
from services.notify.channels import Message
from services.notify.channels.receipts import Receipt
from services.notify.channels.sms_smpp import SmsSmpp, connect
from shared.errors import Unknown
from shared.events.notify import ReceiptArrived
from tests.shared.tables import MemoryTable

SECRET = {"system_id": "motcua", "password": "syntheti"}
APPLICATION = "0198c0de-0000-7000-8000-00000000000{n}"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MARKS = b"synthetic marks"
LIMIT_S, POLL_S = 10.0, 0.01


class Row(NamedTuple):
    name: str = "smsc"
    url: str = "smpp://127.0.0.1:2775"
    sender: str = "MOTCUA"


class Rows(MemoryTable):
    """A table that counts inserts; `is_down`: nobody answers."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.writes = 0

    async def begin(self, call: str) -> None:
        if self.is_down:
            raise Unknown("planted")
        self.writes += call == "insert_missing"


class Kept:
    """Where receipts go; `is_down`: they are not kept."""

    def __init__(self) -> None:
        self.receipts: list[ReceiptArrived] = []
        self.is_down = False

    async def __call__(self, receipts: Sequence[Receipt]) -> None:
        if self.is_down:
            raise Unknown("planted")
        assert all(r.data.key.startswith(f"{r.application}/") for r in receipts)
        self.receipts += [r.data for r in receipts]


def message(n: int = 1, text: str = "Ho so da duoc tiep nhan.", **changed: Any) -> Message:
    key = f"{APPLICATION.format(n=n % 10)}/accepted/sms/{n}"
    return Message(key, changed.pop("to", "0912345678"), "", text)._replace(**changed)


class World(NamedTuple):
    centre: Centre
    switchboard: Switchboard
    channel: SmsSmpp
    rows: Rows
    kept: Kept

    async def bound(self) -> None:
        await until(self.channel.is_bound)

    def is_quit(self) -> bool:
        """Whether the centre owes no receipt, and each that it sent was answered."""
        waiting = any(link._waiting for link in self.switchboard.links)
        return not waiting and not self.centre.outbox(counts=False)["receipts_owed"]


@asynccontextmanager
async def channel(
    port: int, rows: Rows, kept: Kept, query: str = "", limit_s: float = 10.0, **row: Any
) -> AsyncIterator[SmsSmpp]:
    """A channel that keeps itself bound to this port."""
    told = Row(url=f"smpp://127.0.0.1:{port}?rate_per_s=5000&{query.removeprefix('?')}", **row)
    made = connect(
        told, SECRET, kept, table=rows, clock=lambda: NOW, marks_key=MARKS, limit_s=limit_s
    )
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        await made.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def centre(**faults: Any) -> AsyncIterator[tuple[Centre, Switchboard, int]]:
    """A message centre on a port of its own."""
    made = Centre(Faults(**({"receipt_delay_s": 0.0, "receipt_again_s": 0.1} | faults)))
    switchboard = Switchboard(made, (SECRET["system_id"], SECRET["password"]))
    port = await switchboard.open("127.0.0.1", 0)
    try:
        yield made, switchboard, port
    finally:
        await switchboard.close()


@asynccontextmanager
async def world(query: str = "", limit_s: float = 10.0, **faults: Any) -> AsyncIterator[World]:
    """A channel bound to a message centre."""
    rows, kept = Rows(), Kept()
    async with (
        centre(**faults) as (made, switchboard, port),
        channel(port, rows, kept, query, limit_s) as own,
    ):
        await until(own.is_bound)
        yield World(made, switchboard, own, rows, kept)


async def until(true: Callable[[], Any]) -> None:
    """Wait until something is so; it must come to be so in good time."""
    for _ in range(int(LIMIT_S / POLL_S)):
        if true():
            return
        await asyncio.sleep(POLL_S)
    raise TimeoutError
