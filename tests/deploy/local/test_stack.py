"""The real parts, started for real."""

import secrets
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient, WriteConcern

from deploy.local.stack import Stack


async def test_kafka_takes_a_record_from_an_idempotent_producer(kafka_url: str) -> None:
    topic = f"stack.{secrets.token_hex(4)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=4, replication_factor=1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_url, enable_idempotence=True) as producer:
        written = await producer.send_and_wait(topic, b"value", partition=3)
    assert (written.partition, written.offset) == (3, 0)


async def test_mongo_acknowledges_by_majority(mongo_url: str) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongo_url)
    async with client:
        rows = client["stack"].get_collection("rows", write_concern=WriteConcern("majority"))
        await rows.insert_one({"_id": "a"})
        assert await rows.find_one({"_id": "a"}) == {"_id": "a"}


def test_both_listen_on_this_machine_only(stack: Stack) -> None:
    assert stack.kafka_url.startswith("127.0.0.1:")
    assert stack.mongo_url.startswith("mongodb://127.0.0.1:")
