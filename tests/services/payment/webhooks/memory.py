"""Tables and lanes in memory, endpoints that answer as they are told, and a bench of it all."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from services.payment.webhooks.calling import Answered
from services.payment.webhooks.courier import Courier, Hears, Pace
from services.payment.webhooks.deliveries import Deliveries
from services.payment.webhooks.desk import Desk
from services.payment.webhooks.endpoints import Endpoint, Endpoints, Sealing
from services.payment.webhooks.guard import Denied
from services.payment.webhooks.telling import Telling
from shared.bus import Partition, Record
from shared.errors import Unknown
from shared.store import Row
from tests.services.payment.office import MASTER, NOW
from tests.services.payment.replay.look import LANES
from tests.shared.tables import WRITES, MemoryTable

URL = "https://bank.example.vn/hooks"
AT_ONCE = Pace(window_s=0.0, fetch_wait_s=0.0, commit_every_s=0.0, retry_s=0.0, look_again_s=0.0)


class Table(MemoryTable):
    """`fails` says before each write, and behind each row of it, whether it is in doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Callable[[], bool] = lambda: False

    async def begin(self, call: str) -> None:
        if call in WRITES:
            self.landed()
        await asyncio.sleep(0)

    def landed(self) -> None:
        if self.fails():
            raise Unknown("planted")


class Assignment:
    """Lanes with what stands in them; from `committed` on it is read."""

    def __init__(
        self, log: Sequence[Record], committed: Mapping[Partition, int], turns: int
    ) -> None:
        self.lanes = frozenset(range(LANES))
        self.committed = dict(committed)
        self._log, self._handed = log, False
        self.reached = asyncio.Event()
        self._left = turns

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        self._left -= 1
        if self._left < 0:
            self.reached.set()
            await asyncio.sleep(0)
        if self._handed:
            return []
        self._handed = True
        return [r for r in self._log if r.offset >= self.committed.get((r.topic, r.partition), 0)]

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self.committed |= offsets

    async def idle(self, wait_s: float) -> None:
        await asyncio.sleep(0)


class Line:
    """Stands for the calls: keeps them, and answers as it is told, 204 unless told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, str], bytes]] = []
        self.answers: list[Answered | Exception] = []
        self.always = Answered(204)
        self.silent = False
        self.refuses = ""

    async def look(self, url: str) -> None:
        if self.refuses:
            raise Denied(self.refuses)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        await self.look(url)
        self.calls.append((url, headers, body))
        await asyncio.sleep(0)
        if self.silent:
            await asyncio.Event().wait()
        answer = self.answers.pop(0) if self.answers else self.always
        if isinstance(answer, Exception):
            raise answer
        return answer


class Bench:
    """All parts of the webhooks over tables in memory; processes come and go, rows stay."""

    def __init__(self) -> None:
        self.now = NOW
        self.line = Line()
        self.log: list[Record] = []
        self.committed: dict[Partition, int] = {}
        self.tables = [Table() for _ in range(4)]
        self.endpoints = Endpoints(self.tables[0])
        self.sealing = Sealing(MASTER)
        numbers = count(1)
        self.desk = Desk(
            self.endpoints,
            self.deliveries,
            self.sealing,
            self.line,
            self.clock,
            lambda size: next(numbers).to_bytes(size),
        )

    @property
    def deliveries(self) -> Deliveries:
        return Deliveries(*self.tables[1:])

    @property
    def due(self) -> Sequence[Row]:
        return list(self.tables[1].rows.values())

    def clock(self) -> datetime:
        return self.now

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def endpoint(self, partner: str = "vnpay", types: Sequence[str] = ()) -> Endpoint:
        return (await self.desk.add(partner, URL, types))[0]

    def write(self, *values: bytes, lane: int = 0) -> None:
        for value in values:
            offset = sum(r.partition == lane for r in self.log)
            self.log.append(Record("payment.events", lane, offset, 0, b"", value))

    def courier(self, *beside: Hears) -> Courier:
        telling = Telling(
            self.endpoints, self.deliveries, self.sealing, self.line, self.clock, lambda: 0.0
        )
        return Courier(
            self.endpoints, self.deliveries, telling, self.clock, lambda: 0.0, AT_ONCE, beside
        )

    async def work(self, turns: int = 8, courier: Courier | None = None) -> None:
        """Let a process begin, work for some turns, and end by losing its lanes."""
        assignment = Assignment(self.log, self.committed, turns)
        serving = asyncio.create_task((courier or self.courier()).serve(assignment))
        reached = asyncio.create_task(assignment.reached.wait())
        await asyncio.wait([serving, reached], return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        serving.cancel()
        await asyncio.wait([serving])
        self.committed = assignment.committed
        if not serving.cancelled():
            serving.result()
