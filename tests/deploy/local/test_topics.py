"""Topics and first offsets, on a real broker of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local import topics
from deploy.local.stack import running
from shared.errors import Misconfigured
from shared.topics import SERVICES, aside, reads
from shared.topics import all_names as every_topic

LANES = 3
pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of this module alone: the names are the real ones."""
    with running(tmp_path_factory.mktemp("topics")) as stack:
        yield stack.kafka_url


@pytest.fixture
async def bootstrapped(broker: str) -> str:
    await topics.bootstrap(broker, LANES)
    return broker


async def committed(kafka_url: str, group: str) -> dict[TopicPartition, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url)
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {partition: kept.offset for partition, kept in found.items()}


async def test_every_topic_stands_with_one_partition_per_lane(bootstrapped: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrapped)
    await admin.start()
    try:
        found = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
        resource = ConfigResource(ConfigResourceType.TOPIC, "payment.events")
        (answer,) = await admin.describe_configs([resource])
    finally:
        await admin.close()
    assert {name: found.get(name) for name in every_topic()} == dict.fromkeys(every_topic(), LANES)
    config = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert (config["max.message.bytes"], config["retention.ms"]) == ("1048576", "-1")


@pytest.mark.parametrize(
    ("group", "names"),
    [
        *((service, reads(service)) for service in SERVICES),
        ("payment-effects", ("payment.events",)),
        ("notify-effects", ("notify.events",)),
        ("operations-aside", aside()),
        ("operations-money", ("payment.reconciliation",)),
        ("payment-breaks", ("payment.reconciliation",)),
    ],
)
async def test_every_group_begins_at_the_beginning(
    bootstrapped: str, group: str, names: tuple[str, ...]
) -> None:
    expected = {TopicPartition(name, lane): 0 for name in names for lane in range(LANES)}
    assert await committed(bootstrapped, group) == expected


async def test_running_it_again_creates_nothing_and_moves_no_offset(bootstrapped: str) -> None:
    moved = TopicPartition("intake.events", 1)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrapped, group_id="routing")
    await consumer.start()
    try:
        consumer.assign([moved])
        await consumer.commit({moved: 41})
        assert await topics.bootstrap(bootstrapped, LANES) == 0
        assert (await committed(bootstrapped, "routing"))[moved] == 41
    finally:
        await consumer.commit({moved: 0})
        await consumer.stop()


async def test_a_topic_that_is_new_to_a_service_at_work_is_told_with_what_to_do(
    bootstrapped: str,
) -> None:
    group = "a-service-at-work"
    await topics.create(bootstrapped, ["old-to-it", "new-to-it"], LANES)
    member = AIOKafkaConsumer("old-to-it", bootstrap_servers=bootstrapped, group_id=group)
    await member.start()
    try:
        with pytest.raises(Misconfigured, match="no offset for new-to-it yet: stop its service"):
            await topics.begin(bootstrapped, group, ["new-to-it"], LANES)
    finally:
        await member.stop()


async def test_another_number_of_lanes_is_refused_with_the_number_to_set(bootstrapped: str) -> None:
    with pytest.raises(
        Misconfigured, match="has 3 partitions but MOTCUA_LANES is 4: set MOTCUA_LANES=3"
    ):
        await topics.bootstrap(bootstrapped, 4)


async def test_a_broker_that_does_not_answer_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"Kafka at 127\.0\.0\.1:1 refused"):
        await topics.bootstrap("127.0.0.1:1", LANES)
