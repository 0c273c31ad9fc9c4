"""A group of dead letters sent again in a round: previewed, throttled, stopped, looked at."""

import random
from contextlib import suppress
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.dead.redriving import Redriving
from services.operations.domain.causes import POISON
from services.operations.domain.rounds import Choice, Doing, Round
from services.operations.money.saying import Saying
from services.operations.rounds.desk import Desk
from services.operations.rounds.ground import Ground
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import CHECK_AFTER, CHECK_LIMIT, Runner
from services.operations.rounds.views import ItemView, seen
from services.operations.turns import SomeFailed
from shared import events
from shared.catalogue import load
from shared.errors import Unknown
from shared.events import Event, numbered_id
from tests.services.operations.dead.office import SERVICES, Office, accepted
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.money.partners import ledger, nowhere
from tests.services.operations.story import LANES, application
from tests.shared.callers import caller

CATALOGUE = load()
ID = "20260609-3f9ac1d2e4"
ALL = Choice(
    stage="routing", cause=POISON, action="redrive", reason="the release was mended", which="all"
)


class Release:
    """An office with rounds, two records in a second, and services that decide what they take."""

    def __init__(self) -> None:
        self.office = office = Office()
        office.unknown.add("officer.accepted")
        self.rows = Rounds(Tables(*(MemoryTable(Trouble()) for _ in Tables._fields)))
        saying = Saying(nowhere, LANES, self.now)
        ground = Ground(
            *(office.store.journeys, ledger(office.store), office, saying),
            Redriving(office.desk),
        )
        names = map("{}".format, count()).__next__
        self.desk = Desk(self.rows, office.board, ground, self.now, names, CATALOGUE)
        situations = office.store.tables["situations"]
        self.runner = Runner(self.rows, situations, ground, self.now, 2)
        self.is_decided = True
        self._decided: dict[tuple[str, str], int] = {}

    def now(self) -> Any:
        return self.office.log.now

    async def mended(self, *messages: dict[str, Any]) -> None:
        """These are set aside by a mistaken release; the next one takes them."""
        for message in messages:
            self.office.send("routing.inbox", message)
        await self.office.turn()
        self.office.unknown.clear()

    async def preview(self, **changed: Any) -> Round:
        choice = msgspec.structs.replace(ALL, **changed)
        return await self.desk.preview([ID], choice, caller("o-1"), self.now())

    async def do(self, what: Doing) -> None:
        found = await self.rows.get(ID)
        assert found
        assert await self.desk.do(found, what, caller("o-1"), "")

    async def turn(self, seconds: float = 1) -> None:
        """A second, in which lanes and readers do what they do."""
        self.office.log.pass_time(seconds=seconds)
        await self.runner.turn()
        await self.services()

    async def services(self) -> None:
        self.office.lane()
        for record in [r for r in self.office.log.records if r.topic in SERVICES]:
            event = events.decode(record.value or b"")
            key = (event.source, event.id)
            if self.is_decided and key in self.office.taken and key not in self._decided:
                self._decided[key] = len(self._decided)
                self._decide(SERVICES[record.topic], event, record.partition)
        await self.office.read()

    def _decide(self, service: str, event: Event, lane: int) -> None:
        decided = Event(
            id=numbered_id(event.subject, service, 1),
            source=f"/services/{service}",
            type="application.accepted",
            subject=event.subject,
            time=self.now(),
            data=msgspec.Raw(b"{}"),
            sequence="000001",
            causationid=event.id,
        )
        key, value = event.subject.encode(), events.encode(decided)
        self.office.log.append(f"{service}.events", key, value, lane)

    async def looked_at(self) -> None:
        for seconds in (1, 1, CHECK_AFTER.total_seconds() + 1, 1, 1, 1):
            await self.turn(seconds)

    async def items(self) -> list[ItemView]:
        found = await self.rows.get(ID)
        assert found
        items = await self.rows.items(found, 1, 100)
        sent, checked = [await self.rows.steps(ID, kind, 1, 101) for kind in ("sent", "checked")]
        return seen(found, enumerate(items, 1), sent, checked)

    async def results(self) -> list[tuple[str, str | None]]:
        return [(item.result, item.check) for item in await self.items()]


@pytest.fixture
def release() -> Release:
    return Release()


def officers(*numbers: int) -> list[dict[str, Any]]:
    return [accepted(application(n), n) for n in numbers]


async def test_all_that_was_set_aside_is_sent_two_in_a_second_and_taken(release: Release) -> None:
    await release.mended(*officers(1, 2, 3))
    round_ = await release.preview()
    assert (round_.found.items, round_.found.applications) == (3, 3)
    assert release.office.taken == []

    await release.do("start")
    await release.turn()
    assert len(release.office.taken) == 2
    await release.looked_at()

    assert await release.results() == [("sent", "gone")] * 3
    assert release.office.rows() == []
    done = await release.rows.get(ID)
    assert done
    assert done.status == "done"
    for item in await release.items():
        assert item.id == f"{item.reference}/answered"
        entries, _ = await release.office.store.journeys.of(item.application)
        (answer,) = [e for e in entries if e.id == item.id]
        assert b"the release was mended" in answer.data
        assert answer.source == "/operators/o-1"


async def test_what_is_stopped_is_not_sent(release: Release) -> None:
    await release.mended(*officers(1, 2, 3, 4))
    await release.preview()
    await release.do("start")
    await release.turn()
    await release.do("abort")
    await release.looked_at()

    assert await release.results() == [("sent", "gone")] * 2 + [("not_sent", None)] * 2
    assert len(release.office.open()) == 2


async def test_what_is_set_aside_again_came_back(release: Release) -> None:
    await release.mended(*officers(1, 2))
    release.office.unknown.add("officer.accepted")  # it was not mended after all
    await release.preview()
    await release.do("start")
    await release.looked_at()

    items = await release.items()
    assert [(item.result, item.check) for item in items] == [("sent", "came_back")] * 2
    for item in items:
        assert item.there_since_ms
        assert item.there_since_ms > item.since_ms
    assert len(release.office.open()) == 2


async def test_of_what_nothing_came_it_is_not_said_that_it_is_well(release: Release) -> None:
    await release.mended(*officers(1))
    release.is_decided = False
    await release.preview()
    await release.do("start")
    await release.looked_at()
    assert await release.results() == [("sent", None)]

    await release.turn(CHECK_LIMIT.total_seconds())

    assert await release.results() == [("sent", "unknown")]


async def test_what_cannot_be_sent_as_it_was_is_refused_and_what_was_answered_is_gone(
    release: Release,
) -> None:
    bad = accepted(application(3), 3, note=7)
    await release.mended(*officers(1, 2), bad)
    round_ = await release.preview()
    assert (round_.found.items, dict(round_.found.why)) == (2, {"still_wrong": 1})
    refused = (await release.items())[-1]
    assert refused.reference.startswith("routing.inbox/")
    assert refused.why_en

    first = (await release.items())[0]
    (mine,) = [one for one in release.office.open() if one.place.key == first.reference]
    await release.office.desk.redrive([mine], "o-2", "by hand")
    await release.services()
    await release.do("start")
    await release.looked_at()

    assert await release.results() == [("gone_before", None), ("sent", "gone"), ("refused", None)]
    assert len(release.office.taken) == 2


async def test_one_group_of_several_or_those_chosen_are_sent_alone(release: Release) -> None:
    await release.mended(*officers(1, 3), accepted(application(2), 2, note=7))
    groups = {one.application: one.group for one in release.office.open()}
    assert len(set(groups.values())) == 2

    found = await release.preview(group=groups[application(1)])

    assert (found.found.items, found.found.refused) == (2, 0)
    chosen = msgspec.structs.replace(ALL, applications=(application(3),))
    one = await release.desk.preview(["20260609-0000000001"], chosen, caller("o-1"), release.now())
    assert one.found.items == 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
async def test_whatever_dies_on_the_way_each_is_taken_once(seed: int) -> None:
    rng, release = random.Random(seed), Release()
    await release.mended(*officers(1, 2, 3))
    await release.preview()
    await release.do("start")
    release.office.trouble.fails = lambda: rng.random() < 0.2
    for _ in range(12):
        with suppress(Unknown, SomeFailed):
            await release.turn(11)
    release.office.trouble.fails = lambda: False
    for _ in range(4):
        await release.turn(11)
    await release.looked_at()

    assert sorted(release.office.taken) == [("/officers/o-7", f"act-{n}") for n in (1, 2, 3)]
    assert await release.results() == [("sent", "gone")] * 3
