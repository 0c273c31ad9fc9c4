"""What comes from outside: messages appended to the log, some twice, some late, some astray."""

from collections.abc import Callable
from random import Random

import msgspec

from deploy.simulation.world import World
from shared import events
from shared.bus import Message, Record
from shared.events import Data, Event
from shared.placement import home

DELAY_LIMIT_S = 6.0
TWICE, ASTRAY = 0.2, 0.2  # how often


class Outside:
    """Appends after a while, to the home lane as a rule."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng

    def say(self, topic: str, application: str, data: Data, *, source: str, id_: str) -> None:
        """Append an event after a while, perhaps twice."""
        event = Event(
            id=id_,
            source=source,
            type=data.TYPE,
            subject=application,
            time=self.world.clock(),
            data=msgspec.Raw(events.encode(data)),
        )
        self.send(topic, application, events.encode(event))

    def send(self, topic: str, application: str, value: bytes, *, strays: bool = False) -> None:
        """Append bytes after a while, perhaps twice, perhaps to another lane."""
        rng, world = self.rng, self.world
        message = Message(application.encode(), value)
        for _ in range(2 if rng.random() < TWICE else 1):
            lane = home(application, world.lane_count)
            if strays and rng.random() < ASTRAY:
                lane = rng.randrange(world.lane_count)
            world.after(rng.random() * DELAY_LIMIT_S, self._append(topic, lane, message))

    def _append(self, topic: str, lane: int, message: Message) -> Callable[[], None]:
        return lambda: self.world.write({(topic, lane): [message]})

    def listen(self, topic: str, hear: Callable[[Event], None]) -> None:
        """Hear every event of a topic once, however often the log has it."""
        heard: set[str] = set()

        def take(record: Record) -> None:
            event = events.decode(record.value or b"")
            if event.id not in heard:
                heard.add(event.id)
                hear(event)

        self.world.log.listen(topic, take)
