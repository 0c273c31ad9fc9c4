"""Ways to a citizen, one file per kind; each opens with the table of their words and ours."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.events.notify import Answered

_CODE = re.compile(r"[A-Za-z0-9_.-]{0,40}", re.ASCII)
_DIGITS = 6  # more could be a phone number


def code(said: str) -> str:
    """Return why, as a provider says it: its own code, but no sentence and no number, which may say
    to whom, or what.  It goes into events, which name nobody.
    """
    is_one = _CODE.fullmatch(said) and sum(c.isdigit() for c in said) <= _DIGITS
    return said if is_one else "other"


class File(NamedTuple):
    """What goes along with a message."""

    name: str
    media_type: str
    content: bytes


class Message(NamedTuple):
    """One attempt, opened: what a channel carries.  It is never logged; `repr` hides whose it is.

    `key` is our reference; an `urgent` one goes before others; after `until` it is of no use.
    """

    key: str
    to: str
    sender: str
    text: str
    subject: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    urgent: bool = False
    until: datetime | None = None

    def __repr__(self) -> str:
        """Show what may be shown."""
        return f"Message(key={self.key!r})"


class Row(Protocol):
    """What a channel reads of its provider's row."""

    @property
    def name(self) -> str:
        """Return what we call it."""

    @property
    def url(self) -> str:
        """Return where it is; the channel says how that is written."""

    @property
    def sender(self) -> str:
        """Return as whom we send, unless a message says so."""


class Channel(Protocol):
    """A provider, as notify's effects use it."""

    async def send(self, messages: Sequence[Message]) -> Sequence[Answered]:
        """Hand over; one answer for each, in order.

        Raises `NotCalled` only if surely nothing was sent, `Unknown` if nobody knows.
        """

    async def ask(self, keys: Sequence[str]) -> Sequence[Answered]:
        """Ask by our references; a channel that cannot be asked says `unknown`."""

    async def aclose(self) -> None:
        """End what is open."""
