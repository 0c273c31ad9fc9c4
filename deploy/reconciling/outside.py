"""Kafka and MongoDB, as reconciling needs them: under payment's own account and names."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local import mongo
from deploy.local.refusals import why
from deploy.local.settings import HOST, Settings
from services.payment import lane
from services.payment.breaks import messages
from services.payment.domain.draft import Pace
from services.payment.domain.state import Payment
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared.catalogue import load
from shared.clock import system_clock
from shared.errors import Misconfigured, Unknown
from shared.events import Event
from shared.journal import Journal
from shared.kafka import KafkaProducer, security
from shared.mongo import MongoTable, connect
from shared.publisher import WAITING_LIMIT, Publisher
from shared.settings import Settings as Shared

EVENTS, INBOX = "payment.events", "payment.inbox"
MARGIN = timedelta(hours=12)  # of the log, on both sides of a day
PARTITION_BYTES, FETCH_BYTES = 8 << 20, 64 << 20
WAIT_MS = 1_000


class Outside(NamedTuple):
    """What a command speaks to.  `table`: of payment's own; `kafka`: where, and as whom."""

    database: Any
    producer: KafkaProducer
    publisher: Publisher
    lanes: int
    kafka_url: str
    security: Mapping[str, Any]

    def table(self, name: str) -> MongoTable:
        """Return a collection of payment's."""
        return MongoTable(self.database[f"payment.{name}"])

    def journal(self) -> Journal[Payment]:
        """Return payment's journal."""
        references = References(self.table("references"))
        numbers = ReceiptNumbers(self.table("receipts"), system_clock)
        table = lane.table(load(Shared().catalogue), references, (), Pace(), numbers)
        return Journal(self.table("journal"), table)

    async def tell(self, found: Sequence[Event]) -> None:
        """See `ports.Outbox`."""
        for at in range(0, len(found), WAITING_LIMIT // 2):
            some = found[at : at + WAITING_LIMIT // 2]
            await asyncio.gather(*(self.publisher.publish(INBOX, event) for event in some))

    async def publish(self, found: Sequence[Event]) -> None:
        """See `ports.Outbox`."""
        if found:
            await self.producer.append(messages(found, self.lanes))

    async def between(self, since: datetime, until: datetime) -> AsyncGenerator[list[bytes], None]:
        """Yield what payment published in these hours, in the order of each lane, as bytes."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.kafka_url,
            group_id=None,  # an onlooker
            enable_auto_commit=False,
            max_partition_fetch_bytes=PARTITION_BYTES,
            fetch_max_bytes=FETCH_BYTES,
            **self.security,
        )
        await consumer.start()
        try:
            places = [TopicPartition(EVENTS, lane) for lane in range(self.lanes)]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found = await consumer.offsets_for_times(dict.fromkeys(places, _ms(since)))
            begins = {place: at.offset for place, at in found.items() if at}
            for place, offset in begins.items():
                consumer.seek(place, offset)
            left, last_ms = {p for p, begin in begins.items() if begin < ends[p]}, _ms(until)
            while left:
                got = await consumer.getmany(*left, timeout_ms=WAIT_MS)
                for place, several in got.items():
                    yield [m.value for m in several if m.timestamp < last_ms]
                    if several and several[-1].timestamp >= last_ms:
                        left.discard(place)
                left = {p for p in left if await consumer.position(p) < ends[p]}
        finally:
            await consumer.stop()


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """Open what is told by the environment.  Raises `Misconfigured`."""
    local, told, known = Settings(), Shared(), security.told()
    kafka_url = local.kafka_url or f"{HOST}:{local.kafka_port}"
    database = connect(local.mongo_url or mongo.url(local.mongo_port), told.database)
    producer = KafkaProducer(kafka_url, security=known)
    try:
        names = await database.list_collection_names()
        if "payment.journal" not in names:
            raise Misconfigured(
                f"No journal of payment's stands in the database {told.database!r}: name the right"
                " one in MOTCUA_DATABASE, or the right server in MONGO_URL."
            )
        await producer.start()
        publisher = Publisher(
            producer,
            lane_count=told.lanes,
            sample_ratio=told.sample_ratio,
            clock=system_clock,
            appended=lambda *_: None,
        )
        yield Outside(database, producer, publisher, told.lanes, kafka_url, known)
    finally:
        await producer.stop()
        database.client.close()


@contextmanager
def mendable() -> Iterator[None]:
    """Tell what a server does to a run as what an operator can mend."""
    try:
        yield
    except (PyMongoError, KafkaError, Unknown) as error:
        raise Misconfigured(
            f"A server failed ({why(error)}): see that Kafka and MongoDB run, and KAFKA_URL and"
            " MONGO_URL name them, then run this again; it goes on where it was."
        ) from error


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
