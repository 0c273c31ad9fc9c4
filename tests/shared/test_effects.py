"""Effects in a process: what cannot be read is skipped, and its health tells progress."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from shared import events
from shared.bus import Message, Partition, Record
from shared.effects import Effects, PutOff, Request
from shared.errors import Unknown
from shared.events import Data, Event
from shared.events.portal import WithdrawalRequested
from shared.lanes.health import STUCK_AFTER_S
from shared.partners import Limits, Partners
from shared.store import Bounds, Row

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, tzinfo=UTC)


class Call:
    """Ends when it is allowed to."""

    request_type = WithdrawalRequested.TYPE
    batch_limit = 10
    limit_s = 1_000.0

    def __init__(self) -> None:
        self.begun, self.allowed = asyncio.Event(), asyncio.Event()
        self.put_off = False

    def partner(self, request: Request) -> str:
        return "bank"

    def key(self, request: Request) -> str:
        return request.event.id

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        if self.put_off:
            raise PutOff([r.data for r in requests])
        self.begun.set()
        await self.allowed.wait()
        return [r.data for r in requests]

    def unknown(self, request: Request) -> Data:
        return request.data

    def deferred(self, request: Request) -> Data:
        return request.data


class Claims:
    """A table that accepts every claim, and fails while told to."""

    def __init__(self) -> None:
        self.down = False
        self.took: Callable[[], None] = lambda: None

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        if self.down:
            raise Unknown("no primary")
        self.took()
        return set()

    async def insert(self, rows: Sequence[Row]) -> None: ...

    async def get(self, ids: Sequence[str]) -> list[Row]:
        return []

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        return []

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return []

    async def delete(self, ids: Sequence[str]) -> None: ...


class Log:
    """An assignment that brings records once, and a producer that keeps what is appended."""

    def __init__(self, *values: bytes) -> None:
        self.lanes, self.committed = frozenset({0}), dict[Partition, int]()
        self._records = [
            Record("notify.events", 0, n, 0, APPLICATION.encode(), value)
            for n, value in enumerate(values)
        ]
        self.appended = asyncio.Event()

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        records, self._records = self._records, []
        return records

    async def idle(self, wait_s: float) -> None:
        await asyncio.sleep(0)

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self.committed = {**self.committed, **offsets}

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        self.appended.set()

    async def turned(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)


class Scene:
    """One process with one kind of call."""

    def __init__(self, *values: bytes, begin_limit_s: float = float("inf")) -> None:
        self.now_s, self.call, self.claims, self.log = 0.0, Call(), Claims(), Log(*values)
        self.limits = Limits(retry_s=0.0, commit_every_s=0.0, begin_limit_s=begin_limit_s)
        self.partners = Partners(self.limits, lambda: self.now_s)
        self.effects = Effects(
            "notify",
            [self.call],
            claims=self.claims,
            producer=self.log,
            clock=lambda: AT,
            monotonic=lambda: self.now_s,
            lane_count=1,
            sample_ratio=0.0,
            called=lambda *_: None,
            limits=self.limits,
            partners=self.partners,
        )

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds

    async def __aenter__(self) -> "Scene":
        self._task = asyncio.create_task(self.effects.serve(self.log))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def request(data: bytes = b'{"reason":"moved"}') -> bytes:
    event = Event(
        id="m1",
        source="/services/notify",
        type=WithdrawalRequested.TYPE,
        subject=APPLICATION,
        time=AT,
        data=msgspec.Raw(data),
    )
    return events.encode(event)


async def test_records_of_ours_that_cannot_be_read_are_skipped_and_the_rest_is_called() -> None:
    async with Scene(b"{broken", request(b'{"reason":7}'), request()) as scene:
        scene.call.allowed.set()
        await scene.log.appended.wait()
        await scene.log.turned()
        assert scene.log.committed == {("notify.events", 0): 3}


async def test_calls_that_never_come_back_are_found_stuck() -> None:
    async with Scene(request()) as scene:
        await scene.call.begun.wait()
        await scene.log.turned()
        scene.now_s = STUCK_AFTER_S + 1
        await scene.log.turned()
        assert scene.effects.health.is_stuck()


async def test_an_outage_is_told_until_something_goes_through() -> None:
    async with Scene(request()) as scene:
        scene.claims.down = True
        await scene.log.turned()
        await scene.log.turned()
        assert scene.effects.health.because == "no primary"
        scene.claims.down = False
        scene.call.allowed.set()
        await scene.log.appended.wait()
        await scene.log.turned()
        assert scene.effects.health.doing == "idle"


async def test_whoever_shows_partners_sees_an_open_circuit_and_lets_no_call_through() -> None:
    now_s, limits = [0.0], Limits(failures=2, open_s=15.0)
    partners = Partners(limits, lambda: now_s[0])
    assert not partners.refuses("bank"), "it was never called"

    for _ in range(limits.failures):
        assert not partners.refuses("bank")
        partners["bank"].failed(now_s[0])
    assert partners.refuses("bank")
    assert not partners.refuses("another")

    now_s[0] = 15.0
    assert not partners.refuses("bank"), "it comes back by itself"
    assert not partners["bank"].is_open(now_s[0], limits), "and the one call is still to be made"


async def test_who_puts_off_a_call_says_nothing_of_the_partner() -> None:
    scene = Scene(request())
    scene.call.put_off = True
    scene.partners["bank"].failed(0.0)
    async with scene:
        await scene.log.appended.wait()
        assert not scene.call.begun.is_set()
        assert scene.partners["bank"].failures == 1


async def test_who_claimed_too_late_does_not_call_any_more() -> None:
    scene = Scene(request(), begin_limit_s=10.0)
    scene.claims.took = lambda: scene.pass_by(11.0)
    async with scene:
        await scene.log.appended.wait()
        assert not scene.call.begun.is_set()


async def test_a_process_shows_the_partners_that_it_calls() -> None:
    scene = Scene(request())
    async with scene:
        await scene.call.begun.wait()
        for _ in range(scene.limits.failures):
            scene.partners["bank"].failed(scene.now_s)
    assert scene.partners.refuses("bank")
    assert scene.partners["bank"].waiting == 0
