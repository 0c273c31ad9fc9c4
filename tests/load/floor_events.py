"""The bare journey's events: an envelope as ours, data that say nothing, of the real size."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer

BATCH_LIMIT_BYTES = 900_000
AMOUNT_VND = 150_000


class Envelope(msgspec.Struct, frozen=True):
    """An event as read."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    data: msgspec.Raw
    sequence: str = "0"
    traceparent: str = ""

    @staticmethod
    def read(value: bytes) -> "Envelope":
        """Return the event in these bytes."""
        return _decoder.decode(value)


_decoder = msgspec.json.Decoder(Envelope)


class _Data(msgspec.Struct, frozen=True):
    reference: str
    amount_vnd: int
    padding: str


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: _Data
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    sequence: str
    traceparent: str
    causationid: str


class Writer:
    """Writes one service's events; `sizes`: bytes of an event of each type."""

    def __init__(self, service: str, sizes: Mapping[str, int]) -> None:
        self._service, self._source, self._sizes = service, f"/services/{service}", sizes
        self._padding: dict[str, str] = {}

    def event(self, cause: Envelope, type_: str, sequence: int, at: datetime) -> bytes:
        """Return the bytes of an event that follows from another."""
        if type_ not in self._padding:
            bare = len(self._write(cause, type_, sequence, at, ""))
            self._padding[type_] = "x" * max(0, self._sizes[type_] - bare)
        return self._write(cause, type_, sequence, at, self._padding[type_])

    def _write(
        self, cause: Envelope, type_: str, sequence: int, at: datetime, padding: str
    ) -> bytes:
        return msgspec.json.encode(
            _Written(
                id=f"{cause.subject}/{self._service}/{sequence:06d}",
                source=self._source,
                type=type_,
                subject=cause.subject,
                time=at,
                data=_Data(cause.subject, AMOUNT_VND, padding),
                sequence=f"{sequence:06d}",
                traceparent=cause.traceparent,
                causationid=cause.id,
            )
        )


class Appender:
    """An idempotent producer, a batch per partition."""

    def __init__(self, kafka_url: str, prefix: str) -> None:
        self._prefix = prefix
        self._producer = AIOKafkaProducer(
            bootstrap_servers=kafka_url,
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_LIMIT_BYTES,
        )

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def append(
        self, topic: str, records: Mapping[int, Sequence[tuple[bytes, bytes]]]
    ) -> None:
        """Append by partition, and return when all are acknowledged."""
        sent = []
        for partition, pairs in records.items():
            batch = self._producer.create_batch()
            for key, value in pairs:
                if batch.append(key=key, value=value, timestamp=None) is None:
                    sent.append(await self._send(batch, topic, partition))
                    batch = self._producer.create_batch()
                    batch.append(key=key, value=value, timestamp=None)
            sent.append(await self._send(batch, topic, partition))
        await asyncio.gather(*sent)

    async def _send(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[object]":
        batch.close()
        future: asyncio.Future[object] = await self._producer.send_batch(
            batch, self._prefix + topic, partition=partition
        )
        return future
