"""After a restore: what the journals decided, and an older log does not have, is said again.

Events are appended exactly as the journals keep them, in version order, from each application's
first version since an instant on.  What stands on the log already is a duplicate, which nobody
minds; the services must be down, so that nobody publishes a later version in between.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError
from pymongo.errors import PyMongoError

from deploy.local.refusals import why
from shared.bus import Message, Partition
from shared.errors import Misconfigured, Unknown
from shared.events import decode
from shared.kafka import KafkaProducer
from shared.mongo import connect
from shared.placement import home
from shared.store import Row
from shared.topics import TOPICS, groups

ROWS_PER_APPEND = 500
FIELDS = ("application", "at", "traceparent", "emitted", "letters")


async def republish(
    kafka_url: str,
    mongo_url: str,
    database: str,
    lanes: int,
    since: datetime,
    security: Mapping[str, Any],
) -> dict[str, int]:
    """Return how many events of each service were appended.  Raises `Misconfigured`."""
    opened = connect(mongo_url, database)
    producer = KafkaProducer(kafka_url, security=security)
    appended: dict[str, int] = {}
    try:
        await _require_nobody(kafka_url, security)
        for topic in (t.name for t in TOPICS.values() if t.kind == "events"):
            service = topic.removesuffix(".events")
            rows = opened[f"{service}.journal"].find(
                {}, dict.fromkeys(FIELDS, 1), sort=[("_id", 1)]
            )
            appended[service] = 0
            async for some in _batches(_since(rows, since)):
                messages = _messages(some, topic, lanes)
                await producer.append(messages)
                appended[service] += sum(map(len, messages.values()))
    except (PyMongoError, KafkaError, Unknown) as error:
        raise Misconfigured(
            f"Stopped after {appended}: {why(error)}. See that both servers answer, then run it"
            " again."
        ) from error
    finally:
        await producer.stop()
        opened.client.close()
    return appended


async def _since(rows: AsyncIterator[Row], since: datetime) -> AsyncIterator[Row]:
    """From the first version since then on, whatever later ones' clocks said."""
    begun = ""
    async for row in rows:
        if row["at"] >= since:
            begun = row["application"]
        if row["application"] == begun and (row.get("emitted") or row.get("letters")):
            yield row


async def _batches(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == ROWS_PER_APPEND:
            yield batch
            batch = []
    if batch:
        yield batch


def _messages(rows: Sequence[Row], topic: str, lanes: int) -> dict[Partition, list[Message]]:
    found: dict[Partition, list[Message]] = {}
    for row in rows:
        key = row["application"].encode()
        headers = (("traceparent", row["traceparent"].encode()),)
        found.setdefault((topic, home(row["application"], lanes)), []).extend(
            Message(key, event.encode(), headers) for event in row.get("emitted", ())
        )
        for letter in row.get("letters", ()):
            subject = decode(letter.encode()).subject
            place = f"{topic.removesuffix('.events')}.inbox", home(subject, lanes)
            message = Message(subject.encode(), letter.encode(), headers)
            found.setdefault(place, []).append(message)
    return found


async def _require_nobody(kafka_url: str, security: Mapping[str, Any]) -> None:
    """Raise `Misconfigured` while a service is a member of its group.

    Whoever is no member may commit only while there are none; what is committed stands already.
    """
    for group, names in groups().items():
        consumer = AIOKafkaConsumer(
            bootstrap_servers=kafka_url, group_id=group, enable_auto_commit=False, **security
        )
        place = TopicPartition(names[0], 0)
        try:
            await consumer.start()
            consumer.assign([place])
            offset = await consumer.committed(place)
            if offset is not None:
                await consumer.commit({place: offset})
        except CommitFailedError as error:
            raise Misconfigured(
                f"{group} is running: stop all services, wait until their groups are empty, "
                "then run it again."
            ) from error
        finally:
            await consumer.stop()
