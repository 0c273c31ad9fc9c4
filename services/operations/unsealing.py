"""Opens what is sealed of one application, for somebody who says why.

It is claimed and said on the log first, then opened, then shown: whoever was shown something stands
in its timeline.  A claim is good once: what was shown is not shown again by the same form.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.domain.actions import Command
from services.operations.domain.entries import Entry
from services.operations.domain.timeline import instant
from services.operations.journeys import Journeys
from services.operations.opened import opened
from services.operations.rounds.commands import command
from shared.access import Caller
from shared.bus import Onlooker
from shared.clock import Clock
from shared.errors import Refused
from shared.events import UNREADABLE, Event, decode
from shared.events.intake import PersonalUnsealed
from shared.events.kernel import RecordAnswered, RecordDead
from shared.jwe import NotOpened
from shared.problems import Refusal
from shared.store import Table
from shared.vault import Sealed, Vault

INBOX = "intake.inbox"
FIELDS_LIMIT = 60
MARK = "v1."  # how a sealed value begins
_CUT = "… "  # how a long one begins that operations has not kept
_NOT_ITS = frozenset({RecordDead.TYPE, RecordAnswered.TYPE})  # sealed for nobody's application
_OF_PORTALS = "portal.submissions"  # encrypted to intake: nothing that anybody here could open
READS_LIMIT = 30  # messages that are read from the log again, of one application

Original = Callable[[Entry], Awaitable[bytes]]  # a message's data as the log has it


class Log(Onlooker, Protocol):
    """`shared.kafka.KafkaOnlooker`."""

    async def close(self) -> None:
        """Let go of it."""


class Publishing(Protocol):
    """`shared.publisher.Publisher`."""

    async def publish(self, topic: str, event: Event) -> None:
        """Append an event at home and wait for the acknowledgement.  Raises `Unknown`."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was sealed: of which message, where in its data, and what it holds."""

    type: str
    at: str
    place: str
    path: str
    value: Any


class Unsealed(msgspec.Struct, frozen=True, kw_only=True):
    """What was sealed of an application, each value once, as it was told last; `is_whole`: no
    more is sealed of it than is shown.
    """

    application: str
    by: str
    at: datetime
    reason: str
    fields: list[Field]
    is_whole: bool


class _Found(NamedTuple):
    entry: Entry
    path: str
    value: str


class Unsealing:
    """Wired with what it opens and says; `claims` has a row for each time that it did."""

    def __init__(
        self,
        journeys: Journeys,
        original: Original,
        vault: Vault,
        claims: Table,
        publisher: Publishing,
        clock: Clock,
    ) -> None:
        self._journeys, self._original, self._vault = journeys, original, vault
        self._claims, self._publisher, self._clock = claims, publisher, clock

    async def unseal(self, name: str, caller: Caller, reason: str, key: str) -> Unsealed:
        """Open it, once for this `key` of this caller.

        Raises `Refusal` 404, 409, 410, `Unknown`.
        """
        one = await opened(self._journeys, name)
        found, is_whole = await self._sealed(one.entries)
        if not found:
            raise Refusal(404, "nothing-sealed", "Nothing of it is sealed: its journey has all.")
        if not await self._vault.keys([one.application], create=False):
            detail = "Its key was destroyed: it is erased, and nobody can open it again."
            raise Refusal(410, "erased", detail)
        some = found[:FIELDS_LIMIT]
        at, claim = self._clock(), _digest(one.application, caller.name, key)
        await self._claim(claim)
        said = PersonalUnsealed(
            operator=caller.name, reason=reason, fields=tuple(sorted({f.path for f in some}))
        )
        last = one.entries[-1]
        told = Command(INBOX, last.id, last.traceparent)
        id_ = f"unsealed/{claim}"
        event = command(id_, caller.source, one.application, at, said, told)
        await self._publisher.publish(INBOX, event)
        return Unsealed(
            application=one.application,
            by=caller.name,
            at=at,
            reason=reason,
            fields=await self._opened(one.application, caller, some),
            is_whole=is_whole and len(found) == len(some),
        )

    async def _claim(self, claim: str) -> None:
        try:
            await self._claims.insert([{"_id": claim}])
        except Refused:
            detail = "This was shown already, once: say again why, with another key."
            raise Refusal(409, "shown-already", detail) from None

    async def _sealed(self, entries: Sequence[Entry]) -> tuple[list[_Found], bool]:
        """Return sealed values, each once, the newest first; whether these are all: of no more
        than can be shown, and of so many messages that were shortened, more is looked for.
        """
        found: dict[str, _Found] = {}
        again: set[int] = set()  # a message that came again says the same
        for entry in reversed(entries):
            if entry.type in _NOT_ITS or entry.topic == _OF_PORTALS:
                continue
            leaves = list(_leaves("$", _read(entry.data)))
            if any(value.startswith(_CUT) for _, value in leaves) and entry.crc not in again:
                if len(again) == READS_LIMIT or len(found) > FIELDS_LIMIT:
                    return list(found.values()), False
                again.add(entry.crc)
                leaves = list(_leaves("$", _read(await self._original(entry))))
            for path, value in leaves:
                if value.startswith(MARK):
                    found.setdefault(value, _Found(entry, path, value))
        return list(found.values()), True

    async def _opened(
        self, application: str, caller: Caller, found: Sequence[_Found]
    ) -> list[Field]:
        fields = []
        for entry, path, value in found:
            sealed = Sealed(application, value)
            try:
                (text,) = await self._vault.open([sealed], who=caller.source, purpose="unsealing")
            except NotOpened:
                continue  # it only looks like one of ours, or is of another application
            if text is not None:
                fields.append(
                    Field(
                        type=entry.type,
                        at=instant(entry.logged_ms),
                        place="/".join(map(str, entry.place)),
                        path=path,
                        value=_read(text),
                    )
                )
        return fields


def from_log(logs: Callable[[str], Log]) -> Original:
    """Return how a message is read from its topic again."""

    async def original(entry: Entry) -> bytes:
        log = logs(entry.topic)
        try:
            starts = {entry.partition: entry.offset}
            ends = {entry.partition: entry.offset + 1}
            async for records in log.read(starts, ends):
                for record in records:
                    return bytes(decode(record.value or b"").data)
        except UNREADABLE:
            pass
        finally:
            await log.close()
        return b"{}"

    return original


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the texts in a value, each with where it stands."""
    match value:
        case str():
            yield path, value
        case dict():
            for name, each in value.items():
                yield from _leaves(f"{path}.{name}", each)
        case list():
            for n, each in enumerate(value):
                yield from _leaves(f"{path}[{n}]", each)


def _read(data: bytes) -> object:
    """Return what is JSON as that, and a text as a text."""
    try:
        found: object = msgspec.json.decode(data)
    except UNREADABLE:
        found = data.decode(errors="replace")
    return found


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
