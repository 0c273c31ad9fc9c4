"""Which lane an application meets: the same partition number in every topic, for ever."""

from functools import lru_cache
from uuid import UUID

from aiokafka.partitioner import murmur2

from shared.errors import DeadLetter


@lru_cache(maxsize=65_536)
def home(application: str, lane_count: int) -> int:
    """Return the lane of an application: murmur2 of its id in UTF-8, as the Java client has it."""
    return int((murmur2(application.encode()) & 0x7FFFFFFF) % lane_count)


def is_canonical(key: bytes) -> bool:
    """Tell whether a record's key is an application id as we write it."""
    try:
        return canonical(text := key.decode()) == text
    except (DeadLetter, UnicodeDecodeError):
        return False


def canonical(application: str) -> str:
    """Return the lower-case, hyphenated form of an application id.  Raises `DeadLetter`."""
    try:
        return str(UUID(application))
    except ValueError:
        raise DeadLetter("the application id is not a UUID", "$.subject") from None
