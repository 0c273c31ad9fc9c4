"""What rounds stand on: what the log has about a matter, and how a command gets there.

A matter is of an application, and its journey tells of it.  A break is of a partner, and maybe of
no application: what was said of it tells, and it is spoken of in its partner's lane.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.operations.domain.breaks import Turn, break_of
from services.operations.domain.entries import Entry
from services.operations.domain.rounds import Item
from services.operations.journeys import Journeys
from services.operations.money.rows import TOPIC, Ledger
from services.operations.money.saying import Saying
from shared.events import Event


class Publishing(Protocol):
    """`shared.publisher.Publisher`."""

    async def publish(self, topic: str, event: Event) -> None:
        """Append an event and wait for the acknowledgement.  Raises `Unknown`."""


class About(NamedTuple):
    """The messages of the application that a matter is of; of a break what was said of it."""

    entries: Sequence[Entry] = ()
    turns: Sequence[Turn] = ()

    def logged_ms(self, id_: str) -> int | None:
        """Return when the log had this message first; None: it is not kept yet."""
        logged = [entry.logged_ms for entry in self.entries if entry.id == id_]
        said = [_ms(turn.at) for turn in self.turns if turn.id == id_]
        return min((*logged, *said), default=None)


class Ground:
    """All of it.  Whatever is asked of it raises `Unknown`."""

    def __init__(
        self, journeys: Journeys, ledger: Ledger, publisher: Publishing, saying: Saying
    ) -> None:
        self._journeys, self._ledger = journeys, ledger
        self._publisher, self._saying = publisher, saying

    async def about(self, keys: Collection[str]) -> dict[str, About]:
        """Return what there is about matters, by the keys of their rows."""
        breaks = {key: id_ for key in keys if (id_ := break_of(key))}
        others = {key: key.partition("/")[0] for key in keys if key not in breaks}
        turns = await self._ledger.said_of(set(breaks.values()))
        standing = await self._journeys.standing(set(others.values()))
        return {
            key: About(entries=standing[application]) for key, application in others.items()
        } | {key: About(turns=turns[id_]) for key, id_ in breaks.items()}

    async def publish(self, topic: str, event: Event) -> None:
        """Append a command and wait for the acknowledgement."""
        if topic == TOPIC:
            await self._saying.put(event)
        else:
            await self._publisher.publish(topic, event)


def subject_of(item: Item) -> str:
    """Return whom a command is about: an application, or the partner whose break it is."""
    return item.partner if break_of(item.key) else item.application


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
