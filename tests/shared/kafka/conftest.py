"""A topic of its own for each test."""

from uuid import uuid4

import pytest

from deploy.local import topics
from tests.shared.kafka.one_topic import LANES


@pytest.fixture
async def topic(kafka_url: str) -> str:
    name = f"kafka-{uuid4().hex}"
    await topics.create(kafka_url, [name], LANES)
    await topics.begin(kafka_url, name, [name], LANES)
    return name
