"""The editions of operations' tables, seen from outside: emptied, begun, watched, exchanged."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local import mongo
from deploy.local.refusals import why
from deploy.local.settings import HOST, Settings
from deploy.log.lag import Lags, Sample
from services.operations.edition import REBUILT, SERVING, Edition, begin, serving, switch
from shared.clock import system_clock
from shared.errors import Misconfigured, Unknown
from shared.kafka import security
from shared.mongo import MongoTable, connect
from shared.settings import Settings as Shared

MEMBERS = 5  # where they stand in what Kafka tells of a group
NEAR_S = 5.0  # of what is appended: a reader at work is behind by what it has not committed yet
NEAR_RECORDS = 100


class Editions(NamedTuple):
    """Where they are."""

    database: Any
    kafka_url: str
    lanes: int
    security: Mapping[str, Any]

    async def serving(self) -> tuple[Edition, int]:
        """Return which one serves, and how often that changed."""
        return await serving(self._rows)

    async def have_serve(self, edition: Edition, turn: int) -> bool:
        """Have another one serve; False: somebody else did so meanwhile."""
        return await switch(self._rows, edition, turn)

    async def begins(self, turn: int) -> bool:
        """Note that a rebuild begins; False: somebody else has just begun one."""
        return await begin(self._rows, turn, system_clock())

    async def drop(self, edition: Edition) -> None:
        """Drop the tables of an edition that nobody reads into."""
        for name in sorted(REBUILT):
            await self.database.drop_collection(f"operations.{edition.tables(str)(name)}")

    async def members(self, edition: Edition) -> int:
        """Return how many processes read into an edition."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka_url, **self.security)
        await admin.start()
        try:
            members = 0
            for group in edition.groups:  # of several at once the broker tells nothing
                [answer] = await admin.describe_consumer_groups([group])
                members += len(answer.groups[0][MEMBERS])
            return members
        finally:
            await admin.close()

    async def rewind(self, edition: Edition) -> None:
        """Have the groups of an edition, which has no members, begin with the first records."""
        for group, topics in edition.groups.items():
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self.kafka_url,
                group_id=group,
                enable_auto_commit=False,
                **self.security,
            )
            try:
                await consumer.start()
                places = [TopicPartition(t, lane) for t in topics for lane in range(self.lanes)]
                consumer.assign(places)
                await consumer.commit(dict.fromkeys(places, 0))
            finally:
                await consumer.stop()

    def lags(self, edition: Edition) -> Lags:
        """Return how far the groups of an edition are, to be looked at."""
        return Lags(self.kafka_url, edition.groups, self.lanes, self.security)

    @property
    def _rows(self) -> MongoTable:
        return MongoTable(self.database[f"operations.{SERVING}"])


def is_near(before: Sample, now: Sample) -> bool:
    """Tell whether a reader is as near the log's end as one can be that reads all the time."""
    took_s = max(now.at_s - before.at_s, 0.001)
    grew = sum(now.end.values()) - sum(before.end.values())
    return now.total <= NEAR_RECORDS + NEAR_S * grew / took_s


@asynccontextmanager
async def editions() -> AsyncIterator[Editions]:
    """Open what is told by the environment.  Raises `Misconfigured`."""
    local, told = Settings(), Shared()
    kafka_url = local.kafka_url or f"{HOST}:{local.kafka_port}"
    database = connect(local.mongo_url or mongo.url(local.mongo_port), told.database)
    try:
        yield Editions(database, kafka_url, told.lanes, security.told())
    except (PyMongoError, KafkaError, Unknown) as error:
        raise Misconfigured(
            f"A server failed ({why(error)}): see that Kafka and MongoDB run, and KAFKA_URL and"
            " MONGO_URL name them, then run this again; what serves is as it was."
        ) from error
    finally:
        database.client.close()
