"""Applications that live at random, their messages and what they mean."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from services.operations.domain.facts import VIEWS, View
from services.operations.domain.statistics import Period
from services.operations.journeys import read
from shared import events
from shared.bus import Record
from shared.clock import VIETNAM
from shared.events import Event, handover, intake, numbered_id, routing
from tests.services.operations.story import application

UNITS = ("00004", "00008", "26737", "79")
FIRST = date(2026, 8, 25)
DAYS = 70
NEVER = date.max


@dataclass
class State:
    """What an application is from a day on, in one view."""

    day: date
    unit: str
    column: str
    due: date = NEVER
    is_late: bool = False  # of what is suspended
    timing: str = ""


@dataclass
class Life:
    """One application: its messages, and what they mean."""

    rng: random.Random
    n: int
    messages: list[tuple[datetime, str, Any]] = field(default_factory=list)
    states: dict[View, list[State]] = field(
        default_factory=lambda: {"receiving": [], "competent": []}
    )
    channel: str = ""

    def __post_init__(self) -> None:
        rng = self.rng
        self.channel = rng.choice(("online", "direct", "post"))
        self.units = dict.fromkeys(VIEWS, "")
        self.due, self.promised = NEVER, NEVER
        self.now = datetime.combine(
            FIRST + timedelta(days=rng.randrange(DAYS)), time(rng.randrange(24)), VIETNAM
        )
        self.live()

    @property
    def application(self) -> str:
        return application(self.n)

    @property
    def today(self) -> date:
        return self.now.astimezone(VIETNAM).date()

    def live(self) -> None:
        rng = self.rng
        self.units["receiving"] = rng.choice(UNITS)
        self.say("intake", registered(self.units["receiving"], self.channel))
        self.be("in_process")
        if rng.random() < 0.05:
            return
        self.wait()
        if rng.random() < 0.05:
            self.end(routing.Closed(national_code=7, reason="withdrawn"), "withdrawn")
            return
        self.units["competent"] = rng.choice(UNITS)
        if rng.random() < 0.1:
            self.units["receiving"] = rng.choice(UNITS)
        self.say("routing", routed(self.units, self.channel))
        self.be("in_process")
        self.wait()
        if rng.random() < 0.1:
            no = routing.NotAccepted(national_code=3, officer="o", reason="no")
            self.end(no, "not_accepted")
            return
        self.dated(routing.Accepted, 2)
        for _ in range(rng.randrange(9)):
            self.wait()
            rng.choice((self.work, self.pause, self.apologise, self.move, self.settle))()

    def wait(self) -> None:
        self.now += timedelta(hours=self.rng.choice((0, 1, 20, 24, 75, 200)))

    def say(self, service: str, data: Any) -> None:
        self.messages.append((self.now, service, data))
        self.now += timedelta(seconds=1)

    def be(self, column: str, timing: str = "") -> None:
        for view, states in self.states.items():
            last = states[-1] if states else None
            if not self.units[view] or (timing and last and last.timing):
                continue
            if last and last.column == column == "suspended":
                is_late = last.is_late
            else:
                is_late = self.today > self.promised
            states.append(
                State(self.today, self.units[view], column, self.promised, is_late, timing)
            )

    @property
    def last(self) -> State:
        return self.states["receiving"][-1]

    def dated(self, kind: Any, code: int) -> None:
        new = self.today + timedelta(days=self.rng.randrange(12))
        grace = self.due - self.promised
        self.due, self.promised = new, new - grace
        self.say("routing", kind(national_code=code, officer="o", due=closing(new)))
        self.be("in_process")

    def work(self) -> None:
        self.dated(routing.Processing, 4)

    def pause(self) -> None:
        if self.last.timing:
            return
        asked = routing.SupplementRequested(national_code=5, officer="o", content="x")
        stopped = routing.Suspended(national_code=8, officer="o", reason="x")
        due = routing.PaymentDue(national_code=6, officer="o", amount_vnd=1)
        self.say("routing", self.rng.choice((asked, stopped, due)))
        self.be("suspended")

    def apologise(self) -> None:
        if self.last.column != "in_process":
            return
        new = self.due + timedelta(days=self.rng.randrange(1, 9))
        before, self.due = closing(self.due), new
        sorry = {"officer": "o", "reason": "x", "due_before": before, "due": closing(new)}
        self.say("routing", routing.Apologised(national_code=4, **sorry))

    def move(self) -> None:
        for view in VIEWS:
            if self.rng.random() < 0.5:
                self.units[view] = self.rng.choice(UNITS)
        code = {"in_process": 4, "suspended": 5}.get(self.last.column, 9)
        kind = handover.Transferred if code == 4 else handover.Readdressed
        told = {"officer": "o", "reason": "x", "rule": "", "catalogue_version": "1"}
        if code == 4:
            told["from_unit"] = ""
        where = {f"{view}_unit": unit for view, unit in self.units.items()}
        self.say("routing", kind(national_code=code, returning_unit="79", **where, **told))
        if not self.last.timing:
            self.be(self.last.column)

    def settle(self) -> None:
        is_paused_in_time = self.last.column == "suspended" and not self.last.is_late
        if self.rng.random() < 0.2:
            self.end(routing.Closed(national_code=7, reason="withdrawn"), self.timing())
        elif self.last.timing:
            self.end(routing.Returned(national_code=10, officer="o"), self.last.timing)
        else:
            timing = self.timing()
            on_time = timing != "late" or is_paused_in_time
            self.end(
                routing.Settled(national_code=9, officer="o", on_time=on_time, returning_unit=""),
                timing,
            )

    def timing(self) -> str:
        if self.last.column == "suspended":
            return "late" if self.last.is_late else "early"
        if self.today > self.promised:
            return "late"
        return "early" if self.today < self.promised else "on_time"

    def end(self, data: Any, timing: str) -> None:
        self.say("routing", data)
        column = "not_accepted" if timing == "not_accepted" else "settled"
        self.be(column, "on_time" if timing == "withdrawn" else timing)

    def records(self, log: dict[str, int]) -> list[tuple[datetime, Record]]:
        found, sequences = [], Counter[str]()
        for at, service, data in self.messages:
            sequences[service] += 1
            event = Event(
                id=numbered_id(self.application, service, sequences[service]),
                source=f"/services/{service}",
                type=data.TYPE,
                subject=self.application,
                time=at.astimezone(UTC),
                data=msgspec.Raw(events.encode(data)),
                sequence=f"{sequences[service]:06d}",
            )
            topic = f"{service}.events"
            value, log[topic] = events.encode(event), log.get(topic, 0) + 1
            ms = int(at.timestamp() * 1_000)
            place = topic, 0, log[topic]
            found.append((at, Record(*place, ms, self.application.encode(), value)))
        return found


def closing(day: date) -> datetime:
    return datetime.combine(day, time(17), VIETNAM).astimezone(UTC)


def registered(unit: str, channel: str) -> intake.Registered:
    return intake.Registered(
        dossier_code="G09.20-20260609-0000001",
        portal="sandbox",
        procedure="1.001193",
        receiving_unit=unit,
        residence_unit=unit,
        channel=channel,
        applicant_kind="citizen",
        language="vi",
        copies=1,
        documents=(),
        sealed="sealed",
        contact="sealed",
        subject_hash="",
        submitted_at=datetime(2026, 6, 9, tzinfo=UTC),
        catalogue_version="2026-06",
    )


def routed(units: dict[View, str], channel: str) -> routing.Routed:
    return routing.Routed(
        national_code=1,
        dossier_code="G09.20-20260609-0000001",
        procedure="1.001193",
        channel=channel,
        copies=1,
        receiving_unit=units["receiving"],
        competent_unit=units["competent"],
        returning_unit="79",
        rule="r",
        rule_version="1",
        catalogue_version="2026-06",
        facts={},
        acceptance_due=datetime(2026, 6, 9, tzinfo=UTC),
    )


def lives(seed: int, number: int) -> tuple[list[Life], list[Record]]:
    """So many applications and their log, in the order in which it all happened."""
    rng, log = random.Random(seed), dict[str, int]()
    found = [Life(rng, n + 1) for n in range(number)]
    records = sorted((r for life in found for r in life.records(log)), key=lambda r: r[0])
    return found, [record for _, record in records]


def entries_of(records: Iterable[Record]) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for entry in map(read, records):
        found[entry.application].append(entry)
    return found


def any_period(rng: random.Random) -> Period:
    first = FIRST + timedelta(days=rng.randrange(-5, DAYS + 20))
    return Period(first, first + timedelta(days=rng.choice((0, 1, 6, 30, 61))))
