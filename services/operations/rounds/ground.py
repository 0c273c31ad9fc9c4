"""What rounds stand on: what the log has about a matter, and how a command gets there.

A matter is of an application, and its journey tells of it.  A break is of a partner, and maybe of
no application: what was said of it tells, and it is spoken of in its partner's lane.  A record that
a lane set aside is looked at, and sent again itself.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.operations.domain.acting.shape import Why
from services.operations.domain.breaks import Turn, break_of
from services.operations.domain.causes import POISON
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


class Record(NamedTuple):
    """How a record stands that a lane set aside: why it cannot be sent again (None: it can); when
    it was sent again, if something came of it; and when it was set aside or held anew, if it was.
    """

    barred: Why | None = None
    sent_ms: int | None = None
    back_ms: int | None = None


class Redriving(Protocol):
    """`dead.redriving.Redriving`."""

    async def look(self, places: Collection[str]) -> dict[str, Record]:
        """Return how records stand, by their places.  Raises `Unknown`."""

    async def again(self, place: str, by: str, reason: str) -> None:
        """Send one again as it was; again is harmless.  Raises `Unknown`."""


class About(NamedTuple):
    """The messages of the application that a matter is of; of a break what was said of it; of a
    record how it stands.
    """

    entries: Sequence[Entry] = ()
    turns: Sequence[Turn] = ()
    record: Record | None = None

    @property
    def back_ms(self) -> int | None:
        """Return since when a record that was sent again is set aside or held anew."""
        return self.record.back_ms if self.record else None

    def logged_ms(self, id_: str) -> int | None:
        """Return when the log had this message first, or the record; None: it is not kept yet."""
        if self.record:
            return self.record.sent_ms
        logged = [entry.logged_ms for entry in self.entries if entry.id == id_]
        said = [_ms(turn.at) for turn in self.turns if turn.id == id_]
        return min((*logged, *said), default=None)


class Ground:
    """All of it.  Whatever is asked of it raises `Unknown`."""

    def __init__(
        self,
        journeys: Journeys,
        ledger: Ledger,
        publisher: Publishing,
        saying: Saying,
        redriving: Redriving,
    ) -> None:
        self._journeys, self._ledger, self._redriving = journeys, ledger, redriving
        self._publisher, self._saying = publisher, saying

    async def about(self, keys: Collection[str]) -> dict[str, About]:
        """Return what there is about matters, by the keys of their rows."""
        breaks = {key: id_ for key in keys if (id_ := break_of(key))}
        records = {key: place for key in keys if (place := record_of(key))}
        others = {k: k.partition("/")[0] for k in keys if k not in breaks and k not in records}
        turns = await self._ledger.said_of(set(breaks.values()))
        looked = await self._redriving.look(set(records.values())) if records else {}
        standing = await self._journeys.standing(set(others.values()))
        return {
            **{key: About(entries=standing[application]) for key, application in others.items()},
            **{key: About(turns=turns[id_]) for key, id_ in breaks.items()},
            **{key: About(record=looked[place]) for key, place in records.items()},
        }

    async def again(self, place: str, by: str, reason: str) -> None:
        """Send a record again as it was, and say who did."""
        await self._redriving.again(place, by, reason)

    async def publish(self, topic: str, event: Event) -> None:
        """Append a command and wait for the acknowledgement."""
        if topic == TOPIC:
            await self._saying.put(event)
        else:
            await self._publisher.publish(topic, event)


def subject_of(item: Item) -> str:
    """Return whom a command is about: an application, or the partner whose break it is."""
    return item.partner if break_of(item.key) else item.application


def record_of(key: str) -> str:
    """Return the place of the record that a row with this key is about; empty: it is about none."""
    _, _, cause, about = key.split("/", 3)
    return about if cause == POISON else ""


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
