"""Appending: one idempotent producer per process."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from aiokafka import (
    AIOKafkaProducer,
)
from aiokafka.errors import KafkaError

from shared.bus import Message, Partition
from shared.errors import Unknown

BATCH_LIMIT_BYTES = 900_000  # a topic takes 1 MiB, headers of the request included
APPEND_LIMIT_S = 10.0
STOP_LIMIT_S = 2.0
OPEN: Mapping[str, Any] = MappingProxyType({})


class KafkaProducer:
    """One idempotent producer per process, dropped and rebuilt on any error.

    A failure that is not retriable leaves a hole in an idempotent producer's sequence: it wedges.
    Retriable ones are retried without end: the time limit is ours.
    """

    def __init__(
        self, url: str, limit_s: float = APPEND_LIMIT_S, security: Mapping[str, Any] = OPEN
    ) -> None:
        self._url, self._limit_s, self._security = url, limit_s, security
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._dropping: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect.  Raises `Unknown` when no broker answers in time."""
        await self._connected()

    async def stop(self) -> None:
        """Disconnect; what is not acknowledged by now is unknown."""
        producer, self._producer = self._producer, None
        if producer:
            await _stop(producer)
        await asyncio.gather(*self._dropping)

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        """See `shared.bus.Producer`."""
        producer = await self._connected()
        try:
            async with asyncio.timeout(self._limit_s):
                await asyncio.gather(
                    *(_send(producer, p, messages) for p, messages in batches.items() if messages)
                )
        except (KafkaError, TimeoutError, OSError) as error:
            self._drop(producer)
            raise Unknown(f"the log did not acknowledge: {error!r}") from error
        except asyncio.CancelledError:
            # what was under way may still land after what a successor appends
            self._drop(producer)
            raise

    async def _connected(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._url,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=0,  # batches are ours
                    max_batch_size=BATCH_LIMIT_BYTES,
                    max_request_size=BATCH_LIMIT_BYTES * 2,
                    request_timeout_ms=int(self._limit_s * 1000),
                    **self._security,
                )
                try:
                    async with asyncio.timeout(self._limit_s):
                        await producer.start()
                except (KafkaError, TimeoutError, OSError) as error:
                    await _stop(producer)
                    raise Unknown(f"no broker at {self._url}: {error!r}") from error
                except BaseException:  # cancelled while starting: leave no client behind
                    self._drop(producer)
                    raise
                self._producer = producer
            return self._producer

    def _drop(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        task = asyncio.create_task(_stop(producer))
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)


async def _send(
    producer: AIOKafkaProducer, partition: Partition, messages: Sequence[Message]
) -> None:
    """Send in order: a batch of a partition is awaited before the next."""
    topic, number = partition
    at = 0
    while at < len(messages):
        batch = producer.create_batch()
        while at < len(messages):
            message = messages[at]
            full = (
                batch.append(
                    key=message.key,
                    value=message.value,
                    timestamp=None,
                    headers=list(message.headers),
                )
                is None
            )
            if full:
                break
            at += 1
        batch.close()
        await (await producer.send_batch(batch, topic, partition=number))


async def _stop(producer: AIOKafkaProducer) -> None:
    """End a producer without waiting for what it still has: its batches are failed first."""
    accumulator = producer._message_accumulator
    accumulator.fail_all(KafkaError("dropped"))
    with suppress(Exception):
        async with asyncio.timeout(STOP_LIMIT_S):
            await producer.stop()
    with suppress(Exception):  # whatever became of that, its sockets and tasks go
        await producer.client.close()
