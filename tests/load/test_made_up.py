"""Made-up applications: what they come to, where they are, and that they are the same again."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.operations.domain.naming import names_of
from services.operations.domain.patience import Patience
from services.operations.domain.situations import all_rows_of
from services.operations.journeys import read
from shared.bus import Record
from shared.catalogue import load
from shared.placement import home
from shared.settings import Settings
from shared.trace import trace_id
from shared.working_time import local_day
from tests.load.endings import ENDINGS
from tests.load.made_up import CITIES, Made, Writer
from tests.services.operations.story import BEGAN

LANES = 4
COUNT = 4_000
NOW = BEGAN + timedelta(days=200)
NOW_MS = int(NOW.timestamp() * 1_000)
SOON_MS = NOW_MS + 120_000
CATALOGUE = load(Settings().catalogue)
CALENDAR = CATALOGUE.working_calendar(local_day(NOW))


@pytest.fixture(scope="module")
def world() -> tuple[list[Made], dict[str, list[Any]], Writer]:
    """Applications, what is kept of each, and who wrote them."""
    writer = Writer(LANES, CATALOGUE, NOW)
    made, batches = writer.batch(range(COUNT), NOW_MS)
    kept: dict[str, list[Any]] = {one.application: [] for one in made}
    for (topic, lane), messages in batches.items():
        for offset, message in enumerate(messages):
            assert home(message.key.decode(), LANES) == lane
            record = Record(topic, lane, offset, NOW_MS, message.key, message.value)
            kept[message.key.decode()].append(read(record))
    return made, kept, writer


def test_the_shares_are_of_a_thousand_and_a_tenth_is_stuck(world: Any) -> None:
    made, _, writer = world
    assert sum(ending.share for ending in ENDINGS.values()) == 1_000
    assert sum(ending.share for ending in ENDINGS.values() if ending.stuck) == 100
    for name, ending in ENDINGS.items():
        assert writer.endings[name] == pytest.approx(ending.share * COUNT / 1_000, rel=0.5)
    assert 11.5 < writer.records / len(made) < 12.5


def test_each_is_stuck_by_then_for_what_its_ending_says(world: Any) -> None:
    made, kept, _ = world
    patience = Patience(lambda _: CALENDAR)
    for one in made:
        rows = all_rows_of(one.application, kept[one.application], patience).values()
        stuck = sorted(row["cause"] for row in rows if row["stuck_ms"] <= SOON_MS)
        assert tuple(stuck) == ENDINGS[one.ending].stuck, one
    assert len({cause for ending in ENDINGS.values() for cause in ending.stuck}) == 11


def test_all_of_one_is_told_under_its_own_names(world: Any) -> None:
    made, kept, _ = world
    for one in made:
        names = {row["_id"] for entry in kept[one.application] for row in names_of(entry)}
        for entry in kept[one.application]:
            assert entry.application == one.application
            assert entry.belongs
            assert trace_id(one.application) in entry.traceparent
            assert b'"sandbox","reference' not in entry.data
            assert b'"00004"' not in entry.data or "00004" in (one.receiving, one.competent)
        assert (one.code in names) == (one.ending != "unanswered")
        if ENDINGS[one.ending].is_paid:
            assert one.order in names
            assert f"{one.transaction}/{one.partner}/{one.application}" in names


def test_they_are_in_all_provinces_and_more_in_large_cities(world: Any) -> None:
    made, _, _ = world
    units = {unit.code: unit for unit in CATALOGUE.units_in_force(local_day(NOW))}
    provinces = Counter(units[one.receiving].province for one in made)
    assert provinces.keys() == {unit.province for unit in units.values()}
    for city, share in CITIES.items():
        assert provinces[city] == pytest.approx(share * COUNT / 100, rel=0.3)
    largest = Counter(one.receiving for one in made).most_common(1)[0]
    assert largest[1] > 5 * COUNT / len(units)
    elsewhere = [one for one in made if one.competent != one.receiving]
    assert len(elsewhere) == pytest.approx(0.2 * COUNT, rel=0.15)
    assert all(units[o.competent].province == units[o.receiving].province for o in elsewhere)


@pytest.mark.parametrize("name", ["application", "code", "order", "transaction"])
def test_no_two_are_named_alike(world: Any, name: str) -> None:
    made, _, _ = world
    assert len({getattr(one, name) for one in made}) == COUNT


def test_the_same_seed_writes_the_same(world: Any) -> None:
    made, _, _ = world
    again = Writer(LANES, CATALOGUE, NOW).batch(range(COUNT), NOW_MS)
    other = Writer(LANES, CATALOGUE, NOW, seed=1).batch(range(COUNT), NOW_MS)
    assert again[0] == made
    assert again == Writer(LANES, CATALOGUE, NOW).batch(range(COUNT), NOW_MS)
    assert other != again
