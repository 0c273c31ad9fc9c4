"""Which lane an application meets: the same partition number in every topic, for ever."""

import re
from functools import lru_cache
from uuid import UUID

from aiokafka.partitioner import murmur2

from shared.errors import DeadLetter

_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    if _CANONICAL.fullmatch(application):  # as a rule it is, and parsing costs ten times as much
        return application
    try:
        return str(UUID(application))
    except ValueError:
        raise DeadLetter("the application id is not a UUID", "$.subject") from None
