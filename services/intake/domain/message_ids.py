"""The ids that the edge gives supplements and corrections: sent again, each has the same one.

The lane drops what has an id that it knows.  So the id counts what was rejected: what is sent again
after a rejection is another message, and is decided again.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_MADE = re.compile(
    r"(.+/(?:supplement|correction)/(?:([A-Za-z0-9.-]{1,64})/|[0-9]+-))[0-9]+-([0-9a-f]{16})"
)


class Made(NamedTuple):
    """An id taken apart.  `stem`: what stays when it is sent again; `key`: the caller's, if any."""

    stem: str
    key: str
    content_hash: str


def id_of(address: str, key: str, turn: int, rejections: int, content_hash: str) -> str:
    """Return the id of what came to this address under a key, else in this turn of its kind."""
    return f"{address}/{f'{key}/' if key else f'{turn}-'}{rejections + 1}-{content_hash}"


def taken_apart(message_id: str) -> Made | None:
    """Return what an id is made of, None if the edge did not make it."""
    match = _MADE.fullmatch(message_id)
    return Made(match[1], match[2] or "", match[3]) if match else None


def under(said: Iterable[tuple[str, str]], message_id: str) -> set[str]:
    """Return the content of the messages that this one, or another under its key, was before."""
    if (made := taken_apart(message_id)) is None:
        return set()
    bare = made.stem.removesuffix("/")  # as corrections that came under a key were called once
    return {
        content_hash
        for id_, content_hash in said
        if id_ == bare or ((other := taken_apart(id_)) and other.stem == made.stem)
    }


def is_reused(said: Iterable[tuple[str, str]], message_id: str, content_hash: str) -> bool:
    """Whether the key in this id stands with other content among what was said."""
    made = taken_apart(message_id)
    stood = under(said, message_id) if made and made.key else set()
    return bool(stood) and content_hash not in stood


def first_under(handled: Iterable[str], source: str, message_id: str) -> str:
    """Return the hash of the first content decided under the key in this id, empty if none was.

    `handled`: the messages of the application, as the journal keeps them.
    """
    made = taken_apart(message_id)
    if made is None or not made.key:
        return ""
    for each in handled:
        if each.startswith(f"{source} {made.stem}"):
            found = taken_apart(each.removeprefix(f"{source} "))
            return found.content_hash if found else ""
    return ""
