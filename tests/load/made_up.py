"""Made-up journeys as bytes, many a second: one that is written out, with other names in it."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared.bus import Message, Partition
from shared.events import notify, payment, routing
from shared.placement import home
from shared.trace import trace_id
from tests.services.operations.story import BEGAN, Log, Story

MODEL = 1  # the number of the application that stands for all
HALF = 500_000  # so many dossier codes a day, as they have seven digits
# how far applications have come, of a hundred
CHAPTERS: Mapping[str, int] = {
    "accepted": 90, "charged": 4, "routed": 3, "mispaid": 2, "registered": 1,
}  # fmt: skip


class Made(NamedTuple):
    """One application: its id, its dossier code, and the chapter it has come to."""

    application: str
    code: str
    chapter: str


class Writer:
    """Writes applications, the same ones for the same seed but for their ids."""

    def __init__(self, lanes: int, seed: int = 0) -> None:
        self._lanes, self._chance = lanes, random.Random(seed)
        self._models = {chapter: _model(chapter) for chapter in CHAPTERS}
        self.chapters: Counter[str] = Counter()
        self.records = 0

    def batch(
        self, numbers: range, at_ms: int
    ) -> tuple[list[Made], dict[Partition, list[Message]]]:
        """Return applications of these numbers, and what stands of them on the log."""
        made: list[Made] = []
        batches: dict[Partition, list[Message]] = {}
        chapters = self._chance.choices(list(CHAPTERS), CHAPTERS.values(), k=len(numbers))
        for number, chapter in zip(numbers, chapters, strict=True):
            one = self._one(number, chapter, at_ms)
            made.append(one)
            lane, key = home(one.application, self._lanes), one.application.encode()
            for topic, value in self._records(one, number):
                batches.setdefault((topic, lane), []).append(Message(key, value))
        return made, batches

    def _one(self, number: int, chapter: str, at_ms: int) -> Made:
        self.chapters[chapter] += 1
        random_bits = self._chance.getrandbits(62)
        bits = (at_ms << 80) | (7 << 76) | ((number & 0xFFF) << 64) | (2 << 62) | random_bits
        text = f"{bits:032x}"
        application = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        day = BEGAN + timedelta(days=number // HALF)
        return Made(application, f"G09.20-{day:%Y%m%d}-{number % HALF:07d}", chapter)

    def _records(self, one: Made, number: int) -> Iterator[tuple[str, bytes]]:
        model = self._models[one.chapter]
        names = (one.application.encode(), trace_id(one.application).encode(), one.code.encode(),
                 f"MC{number:010d}".encode(), f'"T{number}"'.encode())  # fmt: skip
        for topic, text in model.records:
            value = text
            for was, now in zip(model.names, names, strict=True):
                value = value.replace(was, now)
            self.records += 1
            yield topic, value


class _Model(NamedTuple):
    names: Sequence[bytes]  # of the application, its trace, dossier, order and transaction
    records: Sequence[tuple[str, bytes]]


def _model(chapter: str) -> _Model:
    log = Log()
    story = Story(log, MODEL)
    _TOLD[chapter](story)
    names = (story.application, trace_id(story.application), story.code, story.reference, '"T1"')
    records = [(r.topic, r.value or b"") for r in log.records]
    return _Model([name.encode() for name in names], records)


def _accepted(story: Story) -> None:
    story.told(story.paid(), "paid")
    due = datetime.now(UTC) + timedelta(days=3)
    done = routing.Accepted(national_code=2, officer="o1", due=due)
    story.acted(routing.OfficerAccepted, done)


def _mispaid(story: Story) -> None:
    requested = story.charged()
    story.decide(
        "payment",
        requested,
        payment.Mismatched(
            partner="sandbox", reference=story.reference, transaction="T1", expected_vnd=50_000,
            amount_vnd=49_000,
        ),
    )  # fmt: skip
    failed = notify.NoticeFailed(milestone="registered", channel="sms", reason="blocked")
    story.decide("notify", requested, failed)


_TOLD = {
    "accepted": _accepted,
    "charged": Story.charged,
    "routed": Story.routed,
    "mispaid": _mispaid,
    "registered": Story.registered,
}
