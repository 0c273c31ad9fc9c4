"""Where officers work: what they are told, the log they follow, the edge they call."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import httpx
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.officers.desk import Officers
from deploy.sandbox.officers.habits import Habits
from shared import events
from shared.errors import Misconfigured
from shared.events import Event

TOPIC = "routing.events"
CALL_LIMIT_S = 10.0


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    kafka_url: str = Field(default="127.0.0.1:19092", validation_alias="KAFKA_URL")
    routing_url: str = "http://127.0.0.1:8102"
    clients: Path = Path(".local/secrets/clients.json")

    def officer_key(self) -> str:
        """Return the officers' API key.  Raises `Misconfigured`."""
        try:
            key: str = msgspec.json.decode(self.clients.read_bytes())["api_keys"]["officer"]
        except (OSError, ValueError, LookupError) as error:
            raise Misconfigured(
                f"{self.clients} is not a clients file ({error!r}): `motcua up` makes one."
            ) from error
        return key


async def work(settings: Settings, habits: Habits, since_ms: int) -> None:
    """Attend to what routing decides from that instant on, until cancelled."""
    bearer = {"authorization": f"Bearer {settings.officer_key()}"}
    async with (
        httpx.AsyncClient(
            base_url=settings.routing_url, headers=bearer, timeout=CALL_LIMIT_S, trust_env=False
        ) as http,
        aclosing(follow(settings.kafka_url, since_ms)) as log,
    ):
        await Officers(http, habits).attend(log)


async def follow(kafka_url: str, since_ms: int) -> AsyncGenerator[Event, None]:
    """Yield what routing decides, from that instant on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_url, enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer.topics()  # asks the broker, or the next line knows nothing
        numbers = consumer.partitions_for_topic(TOPIC)
        if not numbers:
            raise Misconfigured(f"{kafka_url} has no topic {TOPIC}: `motcua up` makes it.")
        partitions = [TopicPartition(TOPIC, n) for n in sorted(numbers)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)  # before the next: what comes is not missed
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
        for partition in partitions:
            place = found[partition]
            consumer.seek(partition, place.offset if place else ends[partition])
        async for record in consumer:
            yield events.decode(record.value)
    finally:
        await consumer.stop()
