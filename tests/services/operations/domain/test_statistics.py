"""The statistics form: it reconciles, and is what plain counting says, for any unit and period."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.facts import UNKNOWN, VIEWS, document, followed
from services.operations.domain.statistics import Period, added, months, reconciles
from services.operations.facts import rows_of
from shared.events import routing


def rows(lived: Any, records: Any) -> list[dict[str, Any]]:
    found = lived.entries_of(records)
    return [row for a, entries in found.items() for row in rows_of(a, entries).values()]


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32))
def test_the_form_of_any_unit_and_period_is_what_plain_counting_says(lived: Any, seed: int) -> None:
    lives, records = lived.lives(seed, 12)
    rng, kept = random.Random(seed), rows(lived, records)
    for view in VIEWS:
        period = lived.any_period(rng)
        for unit in lived.UNITS:
            found = lived.from_rows(kept, unit, period, view)
            assert lived.told(found) == lived.plainly(lives, unit, period, view)
            assert reconciles(found)


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_what_is_carried_over_was_open_at_the_end_of_the_period_before(
    lived: Any, seed: int
) -> None:
    _, records = lived.lives(seed, 12)
    kept, now = rows(lived, records), lived.any_period(random.Random(seed))
    before = Period(now.first - timedelta(days=9), now.first - timedelta(days=1))
    for view in VIEWS:
        for unit in lived.UNITS:
            one = lived.from_rows(kept, unit, before, view)
            two = lived.from_rows(kept, unit, now, view)
            assert two.carried_over == one.in_process + one.suspended


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_units_add_up_and_nationally_each_application_counts_once(lived: Any, seed: int) -> None:
    lives, records = lived.lives(seed, 12)
    kept = rows(lived, records)
    period = Period(lived.FIRST, lived.FIRST + timedelta(days=300))
    nation = added(lived.from_rows(kept, unit, period, "receiving") for unit in lived.UNITS)

    assert nation.received == len(lives)
    assert (nation.moved, nation.reopened) == (0, 0)
    assert reconciles(nation)


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_in_whatever_pieces_and_order_of_topics_the_log_is_read_the_rows_are_the_same(
    lived: Any, seed: int
) -> None:
    rng = random.Random(seed)
    (life,), records = lived.lives(seed, 1)
    (entries,) = lived.entries_of(records).values()
    queues = [[e for e in entries if e.topic == t] for t in ("intake.events", "routing.events")]
    standing, found = UNKNOWN, {}
    while any(queues):
        queue = rng.choice([q for q in queues if q])
        piece, queue[:] = queue[: (cut := rng.randrange(1, 5))], queue[cut:]
        standing, changed = followed(standing, piece + piece[: rng.randrange(2)])
        found |= {r["_id"]: r for r in (document(life.application, row) for row in changed)}

    assert found == rows_of(life.application, entries)


def test_a_plain_journey_is_four_rows_where_who_receives_it_decides(lived: Any, story: Any) -> None:
    story.returned()
    kept = rows(lived, story.log.records)

    assert [(r["views"], r.get("was", ""), r["now"]) for r in kept] == [
        ("r", "", "p"),
        ("c", "", "p"),
        ("b", "p", "p"),
        ("b", "p", "e"),
    ]


@pytest.mark.parametrize(("hour", "day"), [(16, "2026-06-09"), (17, "2026-06-10")])
def test_a_day_begins_at_midnight_in_viet_nam(
    lived: Any, story: Any, log: Any, hour: int, day: str
) -> None:
    log.now = log.now.replace(hour=hour)
    story.registered()

    assert [row["day"] for row in rows(lived, log.records)] == [day]


def test_parents_of_interlinked_applications_count_nowhere(lived: Any, world: Any) -> None:
    assert rows(lived, lived.family().log.records) == []


def test_months_follow_each_other_over_the_end_of_a_year() -> None:
    assert months("2026-11", "2027-02") == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert months("2027-02", "2027-01") == []


def test_a_clock_that_goes_back_moves_nothing_before_what_led_to_it(
    lived: Any, story: Any, log: Any
) -> None:
    routed = story.routed()
    log.pass_time(days=-3)
    story.paid(story.charged(routed))
    due = log.now + timedelta(days=3)
    story.acted(routing.OfficerAccepted, routing.Accepted(national_code=2, officer="o1", due=due))

    assert {row["day"] for row in rows(lived, log.records)} == {"2026-06-09"}
