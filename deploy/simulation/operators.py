"""Operators: what they have services do about applications, mostly when it is not possible."""

from random import Random

import msgspec

from deploy.simulation.outside import Outside
from deploy.simulation.world import World
from shared.events import Data, Event
from shared.events.notify import AgainAsked, NoticeFailed, NoticeRequested, NoticeSent

OPERATOR = "operator.simulated"
AGAIN, TWICE = 0.5, 0.3  # how often


class _Told(msgspec.Struct):
    milestone: str
    occasion: int = 1


class Operators:
    """Act on what they see, now and then twice; drawn beside, so that all else stays as a seed has
    it.  `said` is what they asked for, by id, with whose it is.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._rng = Random(f"operators {seed}")
        self._outside = Outside(world, self._rng)
        self.said: dict[str, str] = {}
        self._outside.listen("notify.events", self._hear)

    def _hear(self, event: Event) -> None:
        if event.type not in (NoticeFailed.TYPE, NoticeRequested.TYPE, NoticeSent.TYPE):
            return
        told = msgspec.json.decode(event.data, type=_Told)
        if self._rng.random() < (AGAIN if event.type == NoticeFailed.TYPE else AGAIN / 5):
            wish = AgainAsked(
                milestone=told.milestone, occasion=told.occasion, by=OPERATOR, reason="r"
            )
            self._say("notify.inbox", event.subject, wish)

    def _say(self, topic: str, application: str, data: Data) -> None:
        for _ in range(2 if self._rng.random() < TWICE else 1):
            id_ = f"round-{len(self.said) + 1:05}"
            self.said[id_] = application
            self._outside.say(topic, application, data, source=f"/operators/{OPERATOR}", id_=id_)
