"""The live table: how much flows per stage and minute, and what partners do, kept by Faust from
`operations.flow`.

Faust stays where an approximation is enough (why: `docs/adr`).  What this one table costs, measured
with faust-streaming 0.15.3 on aiokafka 0.14 and one core: 0.5 % of the core when idle, about 0.2 ms
for a message, changelog included; hence one message for a stage and second, not for an event.  It
also has a topic of its own, `operations-tables-flow-changelog`, compacted, with as many partitions
as every other (Faust makes it when it is missing, and will not start with another number), a second
consumer and producer, and a thread for the consumer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

import faust
import msgspec
from faust.auth import Credentials

from services.operations.domain.flows import Halves, Rate, halved, passed, rates
from services.operations.domain.partner_flow import Live, added, live, slot_key
from services.operations.flow import TOPIC
from shared import events
from shared.clock import Clock
from shared.events.operations import FlowCounted
from shared.lanes.health import Health

APP_ID = "operations-tables"
TABLE = "flow"
MINUTES = 120  # kept for each stage: the table has bounded keys, a ring of minutes
UNREADABLE = "unreadable"  # a key of the table beside those of stages and minutes
WATCH_S = 0.25
STOP_LIMIT_S = 10.0

Slot = dict[str, Any]
Table = MutableMapping[str, Slot]


class Crashed(Exception):
    """The Faust app has ended; the process ends with it and is started again by whoever watches."""


class Minute(msgspec.Struct, frozen=True):
    """What one stage gave in one minute, by event type."""

    stage: str
    minute: datetime
    total: int
    types: dict[str, int]


class Passed(msgspec.Struct, frozen=True):
    """What flowed into and out of a service in a minute."""

    stage: str
    minute: datetime
    came: int
    gave: int


class Flowing(msgspec.Struct, frozen=True, kw_only=True):
    """The table.  `newest_second`: the last second counted; `behind_s`: how long ago that was;
    `rates` are of the last half minute, `passed` what flowed in and out of each service by minute.
    """

    minutes: list[Minute]
    newest_second: datetime | None
    behind_s: float | None
    unreadable: int
    rates: list[Rate]
    passed: list[Passed]


def count(table: Table, value: bytes) -> None:
    """Add one message to the table.  The slot of a minute is taken over by one `MINUTES` later."""
    try:
        counted = msgspec.json.decode(events.decode(value).data, type=FlowCounted)
    except msgspec.DecodeError:
        slot = table.get(UNREADABLE) or {"total": 0}
        table[UNREADABLE] = {"total": slot["total"] + 1}
        return
    second = int(counted.second.timestamp())
    count_partners(table, second, counted)
    minute = second // 60
    key = f"{counted.stage}/{minute % MINUTES}"
    slot = table.get(key) or {}
    if slot.get("minute", -1) > minute:
        return  # older than what is kept
    is_same = slot.get("minute") == minute
    types: dict[str, int] = dict(slot["types"]) if is_same else {}
    for type_, number in counted.types.items():
        types[type_] = types.get(type_, 0) + number
    seconds: dict[str, list[int]] = dict(slot.get("seconds", {})) if is_same else {}
    told, gave = seconds.get(f"{second % 60}", (0, 0))
    more = halved(counted.stage, counted.types)
    seconds[f"{second % 60}"] = [told + more.told, gave + more.gave]
    newest = max(second, slot.get("newest", 0))
    own = {"stage": counted.stage, "minute": minute, "newest": newest}
    table[key] = own | {"types": types, "seconds": seconds}


def count_partners(table: Table, second: int, counted: FlowCounted) -> None:
    """Add what a second brought of each partner; each has a ring of slots."""
    for partner, of in counted.partners.items():
        key = slot_key(partner, second)
        if slot := added(table.get(key), partner, second, of.counts, of.took):
            table[key] = slot


def flowing(table: Mapping[str, Slot], now: datetime) -> Flowing:
    """Return what the table holds of the last `MINUTES`, oldest first."""
    slots = [slot for slot in table.values() if "stage" in slot]
    oldest = int(now.timestamp()) // 60 - MINUTES
    newest = max((slot["newest"] for slot in slots), default=0)
    minutes = [
        Minute(
            slot["stage"],
            datetime.fromtimestamp(slot["minute"] * 60, UTC),
            sum(slot["types"].values()),
            slot["types"],
        )
        for slot in sorted(slots, key=lambda s: (s["minute"], s["stage"]))
        if slot["minute"] > oldest
    ]
    return Flowing(
        minutes=minutes,
        newest_second=datetime.fromtimestamp(newest, UTC) if newest else None,
        behind_s=max(0.0, now.timestamp() - newest) if newest else None,
        unreadable=table.get(UNREADABLE, {"total": 0})["total"],
        rates=rates(
            _seconds(s for s in slots if s["minute"] >= newest // 60 - 1), int(now.timestamp())
        ),
        passed=[
            Passed(stage, minute, *numbers)
            for minute, own in groupby(minutes, key=lambda one: one.minute)
            for stage, numbers in passed({m.stage: halved(m.stage, m.types) for m in own}).items()
        ],
    )


def _seconds(slots: Iterable[Slot]) -> Iterator[tuple[str, int, Halves]]:
    """Yield what was counted of each service in each second of the minutes that are kept."""
    for slot in slots:
        for second, numbers in slot.get("seconds", {}).items():
            yield slot["stage"], slot["minute"] * 60 + int(second), Halves(*numbers)


def partners(table: Mapping[str, Slot], now: datetime) -> list[Live]:
    """Return what the table holds of partners."""
    return live([s for s in table.values() if "partner" in s], int(now.timestamp()))


class _App(faust.App):
    """A Faust app without a folder: the store is in memory, its changelog is the copy."""

    def _create_directories(self) -> None:
        """Make none."""


class LiveTables:
    """The Faust app, hosted: `run` ends only by being cancelled or by an error."""

    def __init__(
        self,
        kafka_url: str,
        *,
        lanes: int,
        clock: Clock,
        monotonic: Callable[[], float],
        replicas: int = 1,
        session_s: float = 10.0,
        security: Mapping[str, Any] = MappingProxyType({}),
        app_id: str = APP_ID,
        topic: str = TOPIC,
        count: Callable[[Table, bytes], None] = count,
    ) -> None:
        self.health = Health(monotonic)
        self._clock, self._count = clock, count
        self._lanes = lanes
        self._because: Exception | None = None
        self._app = _App(
            app_id,
            broker=f"kafka://{kafka_url}",
            store="memory://",
            topic_partitions=lanes,
            topic_replication_factor=replicas,
            topic_disable_leader=True,
            # Faust would wait a minute for a process that was killed before it starts another
            broker_session_timeout=session_s,
            broker_heartbeat_interval=session_s / 4,
            broker_credentials=_credentials(security),
            consumer_auto_offset_reset="earliest",
            web_enabled=False,
            autodiscover=False,
        )
        self._table = self._app.Table(TABLE, partitions=lanes)
        source = self._app.topic(
            topic, key_serializer="raw", value_serializer="raw", value_type=bytes
        )
        self._app.agent(source, name="count")(self._agent)

    def flowing(self) -> Flowing:
        """Return what the table holds now."""
        return flowing(dict(self._table.items()), self._clock())

    def is_ready(self) -> bool:
        """Tell whether it holds all that was counted: not while it is filled again."""
        return self.health.is_ready()

    def partners(self) -> list[Live]:
        """Return what the table holds of partners now."""
        return partners(dict(self._table.items()), self._clock())

    async def run(self) -> None:
        """Run until cancelled.  Raises `Crashed` with whatever ended the app as its cause."""
        _quieten()
        starting = asyncio.create_task(self._app.start())
        try:
            await self._watch(starting)
        finally:
            self.health.unassigned()
            await self._stop(starting)

    async def _watch(self, starting: asyncio.Task[None]) -> None:
        """Wait for an end.  Faust tells of a crash by a flag, not to whoever started it."""
        while True:
            await asyncio.sleep(WATCH_S)
            if starting.done() and not self.health.lanes:
                self._raise(starting.exception())
                self.health.assigned(frozenset(range(self._lanes)))
            self._raise(self._because)
            if self._app.should_stop:
                self._raise(self._app.crash_reason or RuntimeError("it stopped of its own"))

    def _raise(self, because: BaseException | None) -> None:
        if because:
            raise Crashed(f"the live tables have ended: {because!r}") from because

    async def _agent(self, stream: Any) -> None:
        """Count what comes.

        An agent that fails is by default started anew behind its last message: what it could not
        count is lost without a word.  Here it ends the app.
        """
        values: AsyncIterator[bytes] = aiter(stream)
        try:
            async for value in values:
                self._count(self._table, value)
        except Exception as error:
            self._because = error
            await asyncio.Event().wait()  # until the app is stopped

    async def _stop(self, starting: asyncio.Task[None]) -> None:
        """Stop, within a limit: an app that has crashed does not always come to an end."""
        starting.cancel()
        # a failed app has messages that nobody will ever acknowledge
        self._app.conf.stream_wait_empty = self._because is None and not self._app.crashed
        stopping = asyncio.create_task(self._app.stop())
        await asyncio.wait([stopping, starting], timeout=STOP_LIMIT_S)
        stopping.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await stopping


def _credentials(security: Mapping[str, Any]) -> Credentials | None:
    """Return in Faust's words what `shared.kafka.security` says in aiokafka's."""
    trusted = security.get("ssl_context")
    if user := security.get("sasl_plain_username"):
        return faust.SASLCredentials(
            username=user,
            password=security["sasl_plain_password"],
            mechanism=security["sasl_mechanism"],
            ssl_context=trusted,
        )
    return faust.SSLCredentials(trusted) if trusted else None


def _quieten() -> None:
    """Faust and mode tell of every step; what matters reaches us as `Crashed`."""
    for name in ("faust", "mode"):
        logging.getLogger(name).setLevel(logging.ERROR)
