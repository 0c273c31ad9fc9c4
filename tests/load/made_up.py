"""Made-up journeys as bytes, many a second: one of each ending is written out, then told again
with other names in it.

They come to communes of all provinces, more to large cities, and in each more to some units than to
others; most are of few procedures, and paid by few partners.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Generic, NamedTuple, TypeVar

import msgspec

from shared.bus import Message, Partition
from shared.catalogue import Catalogue, Unit
from shared.placement import home
from shared.trace import trace_id
from shared.working_time import local_day
from tests.load.endings import ENDINGS, Ending
from tests.services.operations.story import BEGAN, Log, Story

T = TypeVar("T")

MODEL = 1  # the number of the application that stands for all
OF_ONE = 4  # applications of a person, one after the other
PARTNERS = ("sen-vang", "tre-xanh", "hoa-dao", "hoa-mai", "bau-troi", "may-trang")
PROCEDURES = 40
# of a hundred applications, of the large cities: the first as published, the others made up; the
# other provinces have the same each
CITIES: Mapping[str, float] = {"79": 14.7, "01": 9, "31": 4, "48": 4, "92": 4, "46": 3}
A_DAY = timedelta(days=1)
ELSEWHERE = 0.2  # are decided by another unit of the province


class Made(NamedTuple):
    """An application, and by what it is found; `person` is a hash."""

    application: str
    ending: str
    code: str
    order: str
    transaction: str
    receiving: str
    competent: str
    partner: str
    procedure: str
    person: str


class Skewed(Generic[T]):
    """Things of which one comes oftener than the next; `weights`: how often, else by rank."""

    def __init__(
        self, things: Iterable[T], weights: Iterable[float] = (), falls: float = 1
    ) -> None:
        self._things = list(things)
        told = list(weights) or [rank**-falls for rank in range(1, len(self._things) + 1)]
        self._sums = list(accumulate(told))

    def some(self, chance: random.Random, count: int) -> list[T]:
        """Draw."""
        return chance.choices(self._things, cum_weights=self._sums, k=count)


class Places:
    """The communes as of a day, each province's in an order of its own."""

    def __init__(self, catalogue: Catalogue, now: datetime, chance: random.Random) -> None:
        today = local_day(now)
        of: dict[str, list[Unit]] = {}
        for unit in catalogue.units_in_force(today):
            if not unit.is_province:
                of.setdefault(unit.province, []).append(unit)
        other = (100 - sum(CITIES.values())) / (len(of) - len(CITIES))
        for units in of.values():
            chance.shuffle(units)
        self.provinces = Skewed(of, (CITIES.get(province, other) for province in of))
        self.communes = {p: Skewed([u.code for u in units], falls=0.5) for p, units in of.items()}
        self.prefixes = {
            unit.code: catalogue.dossier_prefix(unit, today)
            for units in of.values()
            for unit in units
        }


class Writer:
    """Writes applications: the same ones for the same seed, but for ids and what is due by then."""

    def __init__(self, lanes: int, catalogue: Catalogue, now: datetime, seed: int = 0) -> None:
        self._lanes, self._chance = lanes, random.Random(seed)
        self._places = Places(catalogue, now, self._chance)
        codes = [procedure.code for procedure in catalogue.procedures_in_force(local_day(now))]
        self._procedures, self._partners = Skewed(codes[:PROCEDURES]), Skewed(PARTNERS)
        self._endings = Skewed(ENDINGS, (ending.share for ending in ENDINGS.values()))
        self._models = {name: _model(ending, now) for name, ending in ENDINGS.items()}
        self._dossiers: Counter[str] = Counter()  # by unit
        self.endings: Counter[str] = Counter()
        self.records = 0

    def batch(
        self, numbers: range, at_ms: int
    ) -> tuple[list[Made], dict[Partition, list[Message]]]:
        """Return applications of these numbers, and what stands of them on the log."""
        made = list(self._some(numbers, at_ms))
        batches: dict[Partition, list[Message]] = {}
        for one in made:
            lane, key = home(one.application, self._lanes), one.application.encode()
            names = _names(one)
            for topic, model in self._models[one.ending]:
                batches.setdefault((topic, lane), []).append(Message(key, model % names))
                self.records += 1
        self.endings.update(one.ending for one in made)
        return made, batches

    def _some(self, numbers: range, at_ms: int) -> Iterator[Made]:
        chance, count = self._chance, len(numbers)
        for number, province, ending, procedure, partner in zip(
            numbers,
            self._places.provinces.some(chance, count),
            self._endings.some(chance, count),
            self._procedures.some(chance, count),
            self._partners.some(chance, count),
            strict=True,
        ):
            receiving, other = self._places.communes[province].some(chance, 2)
            self._dossiers[receiving] += 1
            yield Made(
                application=_id(number, at_ms, chance.getrandbits(62)),
                ending=ending,
                code=f"{self._places.prefixes[receiving]}-{BEGAN:%Y%m%d}-"
                f"{self._dossiers[receiving]:07d}",
                order=f"DVC{number:015d}",
                transaction=f"T{number}",
                receiving=receiving,
                competent=other if chance.random() < ELSEWHERE else receiving,
                partner=partner,
                procedure=procedure,
                person=sha256(f"made up {number // OF_ONE}".encode()).hexdigest(),
            )


def _id(number: int, at_ms: int, random_bits: int) -> str:
    bits = (at_ms << 80) | (7 << 76) | ((number & 0xFFF) << 64) | (2 << 62) | random_bits
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _names(one: Made) -> dict[bytes, bytes]:
    told = {**one._asdict(), "trace": trace_id(one.application)}
    return {name.encode(): value.encode() for name, value in told.items()}


def _model(ending: Ending, now: datetime) -> Sequence[tuple[str, bytes]]:
    """Return the messages of one, with places for the names of another."""
    log = Log()
    story = Story(log, MODEL)
    ending.tell(story, now)
    places = {
        story.application: "%(application)s",
        trace_id(story.application): "%(trace)s",
        story.code: "%(code)s",
        story.reference: "%(order)s",
        '"T1"': '"%(transaction)s"',
        '"competent_unit":"00004"': '"competent_unit":"%(competent)s"',
        '"00004"': '"%(receiving)s"',
        '"1.001193"': '"%(procedure)s"',
        '"partner":"sandbox"': '"partner":"%(partner)s"',
        "/partners/sandbox": "/partners/%(partner)s",
        '"subject_hash":"hash"': '"subject_hash":"%(person)s"',
        _told(BEGAN + A_DAY): _told(now + A_DAY),  # until when a unit may take it up
    }
    return [(r.topic, _with_places((r.value or b"").decode(), places)) for r in log.records]


def _told(at: datetime) -> str:
    return f'"acceptance_due":{msgspec.json.encode(at).decode()}'


def _with_places(text: str, places: Mapping[str, str]) -> bytes:
    text = text.replace("%", "%%")
    for was, place in places.items():
        text = text.replace(was, place)
    return text.encode()
