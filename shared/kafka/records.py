"""A record as the kernel knows it, from aiokafka's."""

from typing import Any

from shared.bus import Record


def record(message: Any) -> Record:
    """Return what aiokafka's consumer handed out as a record of ours."""
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.timestamp,
        message.key,
        message.value,
        tuple(message.headers),
    )
