"""Records sent again by rounds: whether one can be, and what came of it, as rounds ask."""

from collections.abc import Collection

from services.operations.dead.desk import Desk, Held
from services.operations.domain.dead.letters import Place
from services.operations.rounds.ground import Record


class Redriving:
    """What rounds ask of the desk.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self, places: Collection[str]) -> dict[str, Record]:
        """Return how these stand, by place as a word; of what nobody kept that it is answered."""
        found = await self._desk.of([place_of(one) for one in places])
        return {one: await self._look(found.get(one)) for one in places}

    async def _look(self, held: Held | None) -> Record:
        if held is None:
            return Record(barred="answered")
        outcome = await self._desk.outcome(held)
        if outcome is None or outcome.became == "not_yet":
            return Record(barred=held.why)
        return Record(held.why, outcome.sent_ms, outcome.back_ms)

    async def again(self, place: str, by: str, reason: str) -> None:
        """Send one again as it was, unless somebody did something about it."""
        await self._desk.again(place_of(place), by, reason)


def place_of(word: str) -> Place:
    """Return the place that this word names."""
    topic, partition, offset = word.rsplit("/", 2)
    return Place(topic, int(partition), int(offset))
