"""The log as an import needs it, and Kafka as that."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    IllegalStateError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from deploy.local.refusals import why
from shared.bus import Message, Record
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaProducer
from shared.kafka.records import record

RECORDS_PER_FETCH = 5_000
FORBIDDEN = (TopicAuthorizationFailedError, GroupAuthorizationFailedError)

Offsets = Mapping[int, int]  # by lane


class Names(NamedTuple):
    """Two topics, and the group whose commits say what was decided."""

    submissions: str = "portal.submissions"
    answers: str = "intake.events"
    reader: str = "intake"


NAMES = Names()


class Log(Protocol):
    """Appends to `portal.submissions`, reads `intake.events`, and is told how far intake is.

    All but `position` raise `Unknown`: then ask again.
    """

    lanes: int

    async def append(self, batches: Mapping[int, Sequence[Message]]) -> None:
        """Append to these lanes and return when all is acknowledged; perhaps twice."""

    async def submitted(self) -> Offsets:
        """Return where the next submissions will stand."""

    async def answered(self) -> Offsets:
        """Return where the next answers will stand."""

    async def committed(self) -> Offsets:
        """Return up to where intake has decided, and published what it decided."""

    def seek(self, offsets: Offsets) -> None:
        """Go on reading answers from here."""

    def position(self) -> Offsets:
        """Return the next offsets to be read."""

    async def fetch(self, wait_s: float) -> Sequence[Record]:
        """Return answers that have come, in order within a lane, after at most `wait_s`."""


class KafkaLog:
    """See `Log`."""

    def __init__(
        self,
        url: str,
        security: Mapping[str, Any],
        names: Names = NAMES,
    ) -> None:
        self._url, self._names = url, names
        self._admin = AIOKafkaAdminClient(bootstrap_servers=url, **security)
        self._producer = KafkaProducer(url, security=security)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=url,
            group_id=None,  # an onlooker
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=4 << 20,
            **security,
        )
        self._next: dict[int, int] = {}
        self.lanes = 0

    async def __aenter__(self) -> Self:
        try:
            await self._admin.start()
            await self._producer.start()
            await self._consumer.start()
            found = await self._admin.describe_topics(self._names[:2])
            lanes = {len(topic["partitions"]) for topic in found}
            with suppress(GroupCoordinatorNotAvailableError):  # nobody has read yet: later, then
                await self._admin.list_consumer_group_offsets(self._names.reader)
        except (KafkaError, Unknown, OSError) as error:
            await self._close()
            _require_allowed(error)
            raise Misconfigured(
                f"Kafka at {self._url} does not answer ({why(error)}): see that it runs and"
                " KAFKA_URL names it, then run this again."
            ) from error
        submissions, answers, _ = self._names
        if len(lanes) != 1 or lanes == {0}:
            await self._close()
            raise Misconfigured(
                f"Kafka at {self._url} shows no {submissions} and {answers} with as many"
                " partitions: `motcua bootstrap` makes them, `motcua acls --importer` opens them."
            )
        [self.lanes] = lanes
        self._consumer.assign(self._places(self._names.answers))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def _close(self) -> None:
        for close in (self._consumer.stop, self._producer.stop, self._admin.close):
            with suppress(Exception):
                await close()

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, lane) for lane in range(self.lanes)]

    async def append(self, batches: Mapping[int, Sequence[Message]]) -> None:
        """See `Log`."""
        try:
            await self._producer.append(
                {(self._names.submissions, lane): m for lane, m in batches.items()}
            )
        except Unknown as error:
            _require_allowed(error.__cause__)
            raise

    async def submitted(self) -> Offsets:
        """See `Log`."""
        return await self._ends(self._names.submissions)

    async def answered(self) -> Offsets:
        """See `Log`."""
        return await self._ends(self._names.answers)

    async def _ends(self, topic: str) -> Offsets:
        try:
            found = await self._consumer.end_offsets(self._places(topic))
        except (KafkaError, OSError) as error:
            raise _doubt(error) from error
        return {place.partition: offset for place, offset in found.items()}

    async def committed(self) -> Offsets:
        """See `Log`."""
        try:
            told = await self._admin.list_consumer_group_offsets(self._names.reader)
        except (KafkaError, OSError) as error:
            raise _doubt(error) from error
        places = self._places(self._names.submissions)
        return {p.partition: max(0, told[p].offset) if p in told else 0 for p in places}

    def seek(self, offsets: Offsets) -> None:
        """See `Log`."""
        self._next = dict(offsets)
        for lane, offset in offsets.items():
            self._consumer.seek(TopicPartition(self._names.answers, lane), offset)

    def position(self) -> Offsets:
        """See `Log`."""
        return self._next

    async def fetch(self, wait_s: float) -> Sequence[Record]:
        """See `Log`."""
        try:
            found = await self._consumer.getmany(
                timeout_ms=int(wait_s * 1000), max_records=RECORDS_PER_FETCH
            )
        except (KafkaError, OSError, IllegalStateError) as error:
            self.seek(self._next)  # a failed poll has passed over what it had drained
            raise _doubt(error) from error
        for place, messages in found.items():
            if messages:
                self._next[place.partition] = messages[-1].offset + 1
        return [record(message) for messages in found.values() for message in messages]


def _doubt(error: Exception) -> Unknown:
    """Return what to raise where asking again may help.  Raises `Misconfigured`."""
    _require_allowed(error)
    return Unknown(f"the log does not answer: {why(error)}")


def _require_allowed(error: BaseException | None) -> None:
    if isinstance(error, FORBIDDEN):
        raise Misconfigured(
            "This account may not import: grant it what `motcua acls --importer <account>` prints."
        ) from error
