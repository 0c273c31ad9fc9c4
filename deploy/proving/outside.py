"""MongoDB, where the read side is kept, and Kafka, to know how far it has read."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local import mongo
from deploy.local.read_side import ReadSide, read_side
from deploy.local.refusals import why
from deploy.local.settings import HOST, Settings
from deploy.log.lag import Lags
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proving import DEAD, Proving
from shared.errors import Misconfigured, Unknown
from shared.kafka import security
from shared.mongo import connect
from shared.settings import Settings as Shared

JOURNEYS = "journeys"
AT_ONCE = 500  # applications
WAIT_S = 30.0  # for operations to read what is on the log

Moved = Callable[[int], None]  # told how much of the period is done, in percent


class Outside(NamedTuple):
    """What a period is proven from."""

    name: str  # of the system: of its database
    side: ReadSide
    kafka_url: str
    lanes: int

    async def unread(self) -> int:
        """Wait for operations to read what is on the log now; return what it does not."""
        async with Lags(
            self.kafka_url, self.side.edition.groups, self.lanes, security.told()
        ) as lags:
            return await lags.until_read(WAIT_S)

    async def prove(self, period: Period, as_of: datetime, moved: Moved) -> Proof:
        """Return what is found of a whole period; memory does not grow with it."""
        table = self.side.table
        own = table(JOURNEYS), table("names"), table("aside")
        proving = Proving(*own, table("letter_answers"))
        whole, after = Proof(), ""
        while True:
            part, after = await proving.some(period, as_of, after, AT_ONCE)
            whole.add(part)
            if not after:
                return whole
            if not after.startswith(DEAD):
                moved(int(100 * period.share(after)))


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """Open what is told by the environment.  Raises `Misconfigured`."""
    local, told = Settings(), Shared()
    kafka_url = local.kafka_url or f"{HOST}:{local.kafka_port}"
    database = connect(local.mongo_url or mongo.url(local.mongo_port), told.database)
    try:
        yield Outside(told.database, await read_side(database, JOURNEYS), kafka_url, told.lanes)
    except (PyMongoError, KafkaError, Unknown) as error:
        raise Misconfigured(
            f"A server failed ({why(error)}): see that Kafka and MongoDB run, and KAFKA_URL and"
            " MONGO_URL name them, then run this again."
        ) from error
    finally:
        database.client.close()
