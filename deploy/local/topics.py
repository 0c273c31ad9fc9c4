"""Topics and first offsets: made by a command, checked at every start.

The number of lanes is for ever: another number would send an application to another lane.  Offsets
begin at 0 by an explicit commit while the group is empty, so that a consumer never has to guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CommitFailedError,
    KafkaError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
)

from deploy.local.refusals import why
from shared import topics
from shared.errors import Misconfigured

CONFIG = {
    # the broker unpacks what portals compress, and checks its size: readers need no codecs
    "compression.type": "uncompressed",
    "max.message.bytes": str(1 << 20),
    "message.timestamp.type": "LogAppendTime",  # a writer's own clock decides nothing
    "retention.ms": "-1",  # the log is the record: journeys are rebuilt from it
    "unclean.leader.election.enable": "false",  # rather wait than lose what was acknowledged
}
CREATE_LIMIT_MS = 30_000
OPEN: Mapping[str, Any] = MappingProxyType({})


def config(replicas: int) -> dict[str, str]:
    """Return a topic's settings: with three replicas one may be away, and nothing stops."""
    return CONFIG | {"min.insync.replicas": str(max(1, replicas - 1))}


async def bootstrap(
    kafka_url: str, lanes: int, replicas: int = 1, security: Mapping[str, Any] = OPEN
) -> int:
    """Create missing topics and first offsets; return how many topics are new.

    Running it again changes nothing.  Raises `Misconfigured` when a topic has another
    number of partitions.
    """
    try:
        created = await create(kafka_url, topics.all_names(), lanes, replicas, security)
        for group, names in topics.groups().items():
            await begin(kafka_url, group, names, lanes, security)
    except KafkaError as error:
        raise Misconfigured(
            f"Kafka at {kafka_url} refused ({why(error)}): see that it runs, and its log, then try"
            " again."
        ) from error
    return created


async def create(
    kafka_url: str,
    names: Sequence[str],
    lanes: int,
    replicas: int = 1,
    security: Mapping[str, Any] = OPEN,
) -> int:
    """Create the topics that are missing, check the others; return how many are new."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url, **security)
    try:
        await admin.start()
        found = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
        for name in names:
            if found.get(name, lanes) != lanes:
                raise Misconfigured(
                    f"Topic {name} has {found[name]} partitions but MOTCUA_LANES is {lanes}: "
                    f"set MOTCUA_LANES={found[name]}, the number is fixed once topics exist."
                )
        wanted = config(replicas)
        missing = [
            NewTopic(n, lanes, replicas, topic_configs=wanted) for n in names if n not in found
        ]
        if missing:
            answer = await admin.create_topics(missing, timeout_ms=CREATE_LIMIT_MS)
            _raise_first(answer.topic_errors)
    finally:
        await admin.close()
    return len(missing)


def _raise_first(errors: Iterable[tuple[str, int, str | None]]) -> None:
    """Raise the first refusal; that somebody else was faster is none."""
    for name, code, message in errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise Misconfigured(f"Kafka refused topic {name} (code {code}): {message}.")


async def begin(
    kafka_url: str,
    group: str,
    names: Sequence[str],
    lanes: int,
    security: Mapping[str, Any] = OPEN,
) -> None:
    """Commit offset 0 where the group has none.

    Raises `Misconfigured` where one is missing while the group has members: who is no member may
    not commit then.
    """
    partitions = [TopicPartition(name, lane) for name in names for lane in range(lanes)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka_url, group_id=group, enable_auto_commit=False, **security
    )
    try:
        await consumer.start()
        consumer.assign(partitions)
        missing = [p for p in partitions if await consumer.committed(p) is None]
        if missing:
            await consumer.commit(dict.fromkeys(missing, 0))
    except (CommitFailedError, UnknownMemberIdError) as error:
        topics_missing = ", ".join(sorted({p.topic for p in missing}))
        raise Misconfigured(
            f"group {group} is at work and has no offset for {topics_missing} yet: "
            "stop its service, run this again, then start it"
        ) from error
    finally:
        await consumer.stop()
