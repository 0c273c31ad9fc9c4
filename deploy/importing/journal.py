"""What a run that goes on must know of the first: written once, before anything is sent.

How far the import is stands nowhere: it is read from intake's answers since `start`.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from shared.errors import Misconfigured
from shared.events import UNREADABLE

SALT_BYTES = 16


class Journal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`salt` makes message ids; `start` is where `intake.events` ended when the import began."""

    sha256: str
    portal: str
    salt: str
    begun: datetime
    start: dict[int, int]


def begin(sha256: str, portal: str, begun: datetime, start: Mapping[int, int]) -> Journal:
    """Return the journal of an import that begins."""
    salt = os.urandom(SALT_BYTES).hex()
    return Journal(sha256=sha256, portal=portal, salt=salt, begun=begun, start=dict(start))


def find(path: Path, sha256: str, portal: str) -> Journal | None:
    """Return the journal of an import that began earlier.  Raises `Misconfigured`."""
    try:
        journal = msgspec.json.decode(path.read_bytes(), type=Journal)
    except FileNotFoundError:
        return None
    except UNREADABLE:
        raise Misconfigured(
            f"{path} is not an import's journal: use --anew to begin without it."
        ) from None
    if journal.sha256 != sha256:
        raise Misconfigured(
            "The file has changed since its import began: bring it back as it was, or use --anew"
            " to begin again with the new content; what is registered stays registered, once."
        )
    if journal.portal != portal:
        raise Misconfigured(
            f"The import of this file began as portal {journal.portal}: go on under that name."
        )
    return journal


def require_same_log(journal: Journal, ends: Mapping[int, int]) -> None:
    """Raise `Misconfigured` where a log is not the one that the import began on."""
    if journal.start.keys() != ends.keys() or any(
        ends[lane] < offset for lane, offset in journal.start.items()
    ):
        raise Misconfigured(
            "The import of this file began on another log: name that one in KAFKA_URL, or use"
            " --anew to begin again here."
        )


def write(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all.  Raises `Misconfigured`."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be written ({error.strerror}): make room, or name another folder with"
            " --to, and run this again; what is registered stays registered, once."
        ) from error
