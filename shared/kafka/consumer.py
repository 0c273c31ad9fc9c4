"""aiokafka's consumer with what it lacks: all that is taken from its inside stands here.

It works by tasks in the background, starts none of them again, and does not tell when one has
ended: the consumer then waits for ever, for records or for its coordinator.  So we look.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.conn import CloseReason
from aiokafka.errors import KafkaError

from shared.errors import Unknown
from shared.failpoints import FETCHING, is_reached

SILENCE_LIMIT_S = 60.0  # several sessions: an outage as short as most are is sat out
STOP_LIMIT_S = 5.0
LOOK_S = 1.0
PASSING = ("heartbeat", "offsets")  # tasks that may end in order: the next assignment starts them

_log = structlog.get_logger("kafka")


class Broken(Exception):
    """This member will not come back to its group: end it, begin another."""


def build(settings: Mapping[str, Any]) -> AIOKafkaConsumer:
    """Return a consumer that counts its polls rightly and survives a connection's reset."""
    consumer = AIOKafkaConsumer(**settings)
    state, client = consumer._subscription, consumer._client
    state.fetch_context = partial(_polling, state)
    client._get_conn = partial(_open_connection, client._get_conn)
    return consumer


@contextmanager
def _polling(state: Any) -> Iterator[None]:
    """Count a poll under way.  aiokafka never takes one back that is cancelled or fails: from then
    on it believes that somebody polls for ever, and the poll limit does not hold.
    """
    state._fetch_count += 1
    try:
        yield
    finally:
        state._fetch_count -= 1
        if state._fetch_count == 0:
            state._last_fetch_ended = time.monotonic()


async def _open_connection(get: Any, node_id: Any, **options: Any) -> Any:
    """Return a connection that can be written to, or None.

    A reset closes the transport a moment before aiokafka notices.  To write then is a plain
    RuntimeError of uvloop, which aiokafka does not expect and which ends whichever task wrote.
    """
    try:
        connection = await get(node_id, **options)
    except RuntimeError:  # reset before the first word
        return None
    if connection and connection._writer and connection._writer.is_closing():
        connection.close(reason=CloseReason.CONNECTION_BROKEN)
        return None
    return connection


def may_stop_fetching(consumer: AIOKafkaConsumer) -> None:
    """Let a test end the task that fetches, as an error that nobody expected would."""
    if is_reached(FETCHING):
        consumer._fetcher._fetch_task.cancel()


def require_coordinator(consumer: AIOKafkaConsumer) -> None:
    """Raise `Unknown` while the broker that knows our group cannot be reached: a poll that brings
    nothing says nothing of that.
    """
    if consumer._coordinator.coordinator_id is None:
        raise Unknown("the log does not answer")


class Watch:
    """Tells whether a consumer can still do its work."""

    def __init__(self, consumer: AIOKafkaConsumer, silence_limit_s: float) -> None:
        self._consumer, self._silence_limit_s = consumer, silence_limit_s
        self._heard_s = time.monotonic()

    def require(self) -> None:
        """Raise `Broken` when a task of it has ended, or for too long nobody knew its group."""
        coordinator = self._consumer._coordinator
        if coordinator is None:
            return  # not started to that point yet
        for name, task in _tasks(self._consumer).items():
            if _is_broken(name, task):
                raise Broken(f"the task of its {name} has ended: {_cause(task)}")
        now = time.monotonic()
        if coordinator.coordinator_id is not None:
            self._heard_s = now
        elif now - self._heard_s > self._silence_limit_s:
            raise Broken(f"no coordinator for {now - self._heard_s:.0f} s")

    async def over(self, task: "asyncio.Task[Any]") -> None:
        """Wait for a task's end, whatever that is.  Raises `Broken`."""
        while not task.done():
            await asyncio.wait([task], timeout=LOOK_S)
            self.require()


def _tasks(consumer: AIOKafkaConsumer) -> dict[str, "asyncio.Task[Any]"]:
    coordinator = consumer._coordinator
    found = {
        "metadata": consumer._client._sync_task,
        "fetching": consumer._fetcher._fetch_task,
        "coordination": coordinator._coordination_task,
        "heartbeat": coordinator._heartbeat_task,
        "offsets": coordinator._commit_refresh_task,
    }
    return {name: task for name, task in found.items() if task}


def _is_broken(name: str, task: "asyncio.Task[Any]") -> bool:
    if not task.done():
        return False
    return name not in PASSING or (not task.cancelled() and task.exception() is not None)


def _cause(task: "asyncio.Task[Any]") -> str:
    return "it was cancelled" if task.cancelled() else repr(task.exception())


async def end(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and end, whatever hangs: a heart that beats on would keep lanes from all."""
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.wait([stopping], timeout=STOP_LIMIT_S)
    tasks = [stopping]
    if consumer._coordinator:
        tasks += [*_tasks(consumer).values(), *consumer._fetcher._pending_tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if stopping.cancelled() or stopping.exception():
        _log.warning("the group may not have been left in order", because=_cause(stopping))
    consumer._client._sync_task = None  # what ended it would be raised here
    with suppress(KafkaError, OSError):
        await consumer._client.close()
