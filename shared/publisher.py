"""How an edge appends to the log: what comes in the same few milliseconds goes in one request."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from shared import events
from shared.bus import Message, Partition, Producer
from shared.clock import Clock
from shared.errors import Unknown
from shared.events import Event
from shared.placement import home
from shared.trace import is_sampled, span_id, traceparent

WAITING_LIMIT = 10_000  # messages; beyond it the caller is told to come again
GATHER_S = 0.004

Appended = Callable[[str, Event, str, datetime], None]  # topic, event as sent, parent, began


class Publisher:
    """Appends events of edges.  The edge's own span becomes the event's `traceparent`."""

    def __init__(
        self,
        producer: Producer,
        *,
        lane_count: int,
        sample_ratio: float,
        clock: Clock,
        appended: Appended,
    ) -> None:
        self._producer, self._lane_count = producer, lane_count
        self._sample_ratio, self._clock, self._appended = sample_ratio, clock, appended
        self._waiting: dict[Partition, list[Message]] = {}
        self._count = 0
        self._done: asyncio.Future[None] | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def publish(self, topic: str, event: Event) -> None:
        """Append an event to the home partition of its subject and wait for the acknowledgement.

        `event.traceparent` names the parent of the edge's span, empty for none.  Raises `Unknown`.
        """
        began = self._clock()
        span = span_id(event.subject, "edge", event.source, event.id)
        sampled = is_sampled(event.subject, self._sample_ratio)
        own = traceparent(event.subject, span, sampled)
        sent = msgspec.structs.replace(event, traceparent=own)
        place = topic, home(event.subject, self._lane_count)
        headers = (("traceparent", own.encode()),)
        await self.append(place, Message(event.subject.encode(), events.encode(sent), headers))
        self._appended(topic, sent, event.traceparent, began)

    async def append(self, place: Partition, message: Message) -> None:
        """Append a message as it is, together with what else is waiting.  Raises `Unknown`."""
        if self._count >= WAITING_LIMIT:
            raise Unknown("too much is waiting to be appended")
        self._waiting.setdefault(place, []).append(message)
        self._count += 1
        if self._done is None:
            self._done = asyncio.get_running_loop().create_future()
        done = self._done
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await asyncio.shield(done)

    async def _flush(self) -> None:
        while self._count:
            await asyncio.sleep(GATHER_S)
            batches, self._waiting, self._count = self._waiting, {}, 0
            done, self._done = self._done, None
            assert done is not None
            try:
                await self._producer.append(batches)
            except Exception as error:  # whatever it is, whoever waits must hear of it
                done.set_exception(error)
                done.exception()  # taken note of: nobody may have stayed
            else:
                done.set_result(None)
