"""The log's own villain: what stands there comes again, late, early, in the wrong place or odd."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from deploy.log.reading import decoded, growing
from deploy.sandbox.portal import NAME, Application, uuid7
from shared import events
from shared.bus import Message, Partition
from shared.errors import Unknown
from shared.events import Data, Event
from shared.events.data import Document
from shared.events.handover import OfficerPosted, OfficerTransferred
from shared.events.intake import ChildTold
from shared.events.kernel import LaneReleased
from shared.events.notify import PreferencesChanged
from shared.events.portal import CorrectionSubmitted, SupplementSubmitted, WithdrawalRequested
from shared.events.routing import OfficerSettled
from shared.kafka import KafkaProducer
from shared.placement import home
from tests.invariants.faults import OUTSIDE, TO_MEND, external

COPIED = 0.25  # of all messages; of rare ones all
RARE = frozenset(
    {"supplements", "withdrawals", "releases", "corrections", "letters of parents and children",
     "transfers", "steps", "apologies", "signatures asked", "postal legs", "refunds asked",
     "refunds checked", "refunds recorded", "fees asked anew", "preferences", "cancellations",
     "refunds retried"}
)  # fmt: skip
ELSEWHERE = 0.01  # of all messages, onto another lane; of rare ones more
RARE_ELSEWHERE = 0.2
LATE_S = (0.0, 0.2, 1.0, 4.0)
EARLY = 0.04  # of all applications
EARLY_ID = "early"  # in the ids of messages that come before what they follow on
TICK_S = 0.05
AGAIN_S = 0.5
PIECE_BYTES = 4 << 20  # the largest records come in one piece
NEARLY_BYTES = 1_000_000
TOO_LARGE_BYTES = 1_200_000
NOT_JSON = b'{"specversion": "1.0", "type": "application.submitted", "data": {"procedure":'
NOBODYS_TYPE = "nobody.takes.this"
NOBODYS_JWE = "e30.e30.e30.e30.e30"
# a letter that no child wrote: a portal did
FORGED = ChildTold(name="birth", number=999, standing="returned", national_code=10, dossier_code="")


class Mended(NamedTuple):
    """What is planted with something in it that its contract does not have, and what mends it."""

    type: str
    wrong: Mapping[str, Any]  # what stands in the message instead
    change: Mapping[str, Any]


MENDED: Mapping[str, Mended] = {
    "portal.submissions": Mended(  # wrong data of portals are answered, they are not set aside
        WithdrawalRequested.TYPE, {"time": "at noon"}, {"$.time": "2026-11-20T12:00:00+07:00"}
    ),
    "notify.inbox": Mended(
        PreferencesChanged.TYPE, {"data": {"channels": "none"}}, {"$.data.channels": []}
    ),
}


class Odd(NamedTuple):
    """A record that must not be where it is, under the key of nobody's application."""

    kind: str
    topic: str
    key: str


class Echo:
    """Follows what comes from outside and appends it again, as it is."""

    def __init__(
        self, kafka_url: str, producer: KafkaProducer, lanes: int, chance: random.Random
    ) -> None:
        self._url, self._producer, self._lanes, self._chance = kafka_url, producer, lanes, chance
        self._due: list[tuple[float, Partition, Message]] = []
        self._known: set[tuple[str, str, str]] = set()

    async def follow(self) -> None:
        """Copy messages until cancelled."""
        log = growing(self._url, OUTSIDE, TICK_S, max_partition_fetch_bytes=PIECE_BYTES)
        async with aclosing(log) as batches:
            async for messages in batches:
                for message in messages:
                    self._hear(message)
                await self._append_due()

    def _hear(self, record: Any) -> None:
        event = decoded(record.value)
        if event is None:
            return
        name = (record.topic, event.source, f"{event.subject}/{event.id}")
        kind = external(event.type)
        if name in self._known or not kind:
            return
        self._known.add(name)
        message = Message(record.key, record.value, tuple(record.headers))
        at_home = home(event.subject, self._lanes)
        lane = copied_to(kind, record.partition, at_home, self._lanes, self._chance)
        if lane is not None:
            self._plan((record.topic, lane), message)

    def _plan(self, place: Partition, message: Message) -> None:
        after_s = self._chance.choice(LATE_S)
        self._due.append((asyncio.get_running_loop().time() + after_s, place, message))

    async def _append_due(self) -> None:
        now = asyncio.get_running_loop().time()
        due = [each for each in self._due if each[0] <= now]
        if due:
            self._due = [each for each in self._due if each[0] > now]
            await self.append((place, message) for _, place, message in due)

    async def append(self, messages: Iterable[tuple[Partition, Message]]) -> None:
        """Append until the log has it, some of it perhaps twice."""
        batches: dict[Partition, list[Message]] = {}
        for place, message in messages:
            batches.setdefault(place, []).append(message)
        while True:
            try:
                return await self._producer.append(batches)
            except Unknown:
                await asyncio.sleep(AGAIN_S)

    async def before(self, applications: Sequence[Application]) -> None:
        """Say about some applications what can only be said later."""
        early = [a for a in applications if self._chance.random() < EARLY]
        await self.append(each for a in early for each in self._too_early(a.id))

    def _too_early(self, application: str) -> Iterable[tuple[Partition, Message]]:
        document = Document(name="Giấy tờ bổ sung", sha256="0" * 64)
        said: tuple[tuple[str, str, Data], ...] = (
            ("portal.submissions", f"/portals/{NAME}", SupplementSubmitted(documents=(document,))),
            ("portal.submissions", f"/portals/{NAME}", WithdrawalRequested(reason="too early")),
            ("portal.submissions", f"/portals/{NAME}", CorrectionSubmitted(personal=NOBODYS_JWE)),
            ("intake.inbox", f"/portals/{NAME}", FORGED),
            ("routing.inbox", "/officers/early", OfficerSettled(officer="early")),
            ("routing.inbox", "/officers/early",
             OfficerTransferred(officer="early", competent_unit="00008", note="too early")),
            ("routing.inbox", "/officers/early",
             OfficerPosted(officer="early", tracking="EX000000000VN")),
            ("notify.inbox", f"/portals/{NAME}", PreferencesChanged(channels=())),
            *((f"{s}.inbox", "/operators/early", LaneReleased(operator="early", reason="nothing"))
              for s in ("intake", "routing", "payment", "notify")),
        )  # fmt: skip
        for topic, source, data in said:
            yield (
                (topic, home(application, self._lanes)),
                Message(application.encode(), _event(application, source, data.TYPE, data)),
            )

    async def odd(self) -> list[Odd]:
        """Append what nobody can read or take; return where."""
        done: list[Odd] = []
        kinds = ("poison", "nearly too large", "unknown type")
        messages = [self._odd(kind, topic, done) for topic in OUTSIDE for kind in kinds]
        messages.append(self._odd("poison", "intake.events", done))
        messages += [self._odd(TO_MEND, topic, done) for topic in MENDED]
        for place, message in messages:  # one by one: each is nearly as large as a request
            await self.append([(place, message)])
        return done

    def _odd(self, kind: str, topic: str, done: list[Odd]) -> tuple[Partition, Message]:
        key = uuid7(int(datetime.now(UTC).timestamp() * 1000), self._chance)
        done.append(Odd(kind, topic, key))
        value = _ODD[kind](key, topic)
        return (topic, home(key, self._lanes)), Message(key.encode(), value)

    async def too_large(self) -> bool:
        """Tell whether the broker refuses a record that is too large."""
        message = Message(None, b"x" * TOO_LARGE_BYTES)
        try:
            await self._producer.append({("portal.submissions", 0): [message]})
        except Unknown as refused:
            return "MessageSizeTooLarge" in str(refused)
        return False


_ODD: Mapping[str, Callable[[str, str], bytes]] = {
    "poison": lambda _, __: NOT_JSON,
    "nearly too large": lambda _, __: b"x" * NEARLY_BYTES,
    "unknown type": lambda key, _: _event(key, "/portals/odd", NOBODYS_TYPE, WithdrawalRequested()),
    TO_MEND: lambda key, topic: _to_mend(key, topic),
}


def copied_to(kind: str, lane: int, at_home: int, lanes: int, chance: random.Random) -> int | None:
    """Return the lane for a copy of a message, None if it is not copied.

    One that strays is not copied at home as well: what comes there after it was sent there.
    """
    if chance.random() < (RARE_ELSEWHERE if kind in RARE else ELSEWHERE):
        return elsewhere(at_home, lanes, chance)
    return lane if kind in RARE or chance.random() < COPIED else None


def elsewhere(lane: int, lanes: int, chance: random.Random) -> int:
    """Return another lane."""
    return (lane + chance.randrange(1, lanes)) % lanes


def _event(application: str, source: str, type_: str, data: Data) -> bytes:
    return _whole(application, source, (f"{EARLY_ID}/{type_}", type_), events.encode(data))


def _to_mend(application: str, topic: str) -> bytes:
    planted = MENDED[topic]
    right = _whole(application, "/portals/odd", ("planted", planted.type), b"{}")
    return msgspec.json.encode(msgspec.json.decode(right) | planted.wrong)


def _whole(application: str, source: str, named: tuple[str, str], data: bytes) -> bytes:
    id_, type_ = named
    at = datetime.now(UTC)
    return events.encode(
        Event(
            id=id_, source=source, type=type_, subject=application, time=at, data=msgspec.Raw(data)
        )
    )
