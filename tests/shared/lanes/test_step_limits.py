"""What the step turns away or holds because it is too much."""

import msgspec
import pytest

from shared.errors import DeadLetter
from shared.lanes import step as step_module
from shared.lanes import writing as writing_module
from shared.lanes.step import HANDLED_LIMIT, HELD_LIMIT, REASON_LIMIT
from tests.shared.lanes.one_lane import Lane, outside, own, release


def test_an_event_too_large_for_its_topic_is_not_emitted_but_held() -> None:
    [held] = Lane().take(outside("m1", 0, "huge"))
    assert held.held_because.startswith("TooLarge")
    assert held.emitted == ()


def test_beyond_the_limit_of_held_messages_those_from_outside_go_to_the_dead_letters() -> None:
    lane = Lane()
    lane.take(outside("bad", 0, "poison"))
    for n in range(1, HELD_LIMIT):
        lane.take(outside(f"m{n}", n))
    with pytest.raises(DeadLetter):
        lane.take(outside("one too many", HELD_LIMIT))


@pytest.mark.parametrize(
    "source", ["/services/routing/timers", "/services/routing/effects", "/partners/bank"]
)
def test_outcomes_timers_and_callbacks_are_held_beyond_the_limit_for_people(source: str) -> None:
    lane = Lane()
    lane.take(outside("bad", 0, "poison"))
    for n in range(1, HELD_LIMIT + 5):
        lane.take(outside(f"m{n}", n, source=source))
    assert lane.latest is not None
    assert len(lane.latest.held) == HELD_LIMIT + 5


def test_however_much_comes_from_outside_the_row_stays_far_below_what_a_document_takes() -> None:
    lane = Lane()
    lane.take(outside("bad", 0, "poison"))
    big = "x" * 900_000
    turned_away = 0
    for n in range(1, 20):
        try:
            lane.take(outside(f"m{n}", n, big, source="/partners/bank"))
        except DeadLetter:
            turned_away += 1
    assert turned_away > 5
    assert lane.latest is not None
    assert sum(len(h.value or b"") for h in lane.latest.held) < 9 << 20


def test_long_ids_fill_an_application_before_its_row_grows_too_large() -> None:
    lane = Lane()
    lane.take(outside("m0", 0))
    assert lane.latest is not None
    full = tuple("ệ" * 256 + f"{n}" for n in range(500))
    lane.latest = msgspec.structs.replace(lane.latest, handled=full)
    [held] = lane.take(outside("one too many", 1))
    assert held.held_because.startswith("TooLarge")
    [released] = lane.take(release("r", 2))
    assert released.handled == full


def test_a_long_reason_is_cut() -> None:
    lane = Lane()
    [held] = lane.take(own(1, 0)._replace(value=b'{"specversion":"' + b"x" * 9_999))
    assert 0 < len(held.held_because) <= REASON_LIMIT


def test_every_limit_of_the_step_is_a_named_constant() -> None:
    names = {*vars(step_module), *vars(writing_module)}
    limits = {n for n in names if n.endswith("_LIMIT") or "_LIMIT_" in n}
    assert limits == {
        "HANDLED_LIMIT",
        "HANDLED_LIMIT_BYTES",
        "EMITTED_LIMIT_BYTES",
        "HELD_OUTSIDE_LIMIT_BYTES",
        "REASON_LIMIT",
        "EVENT_LIMIT_BYTES",
        "STATE_LIMIT_BYTES",
        "HELD_LIMIT",
        "HELD_LIMIT_BYTES",
    }


def test_an_application_at_its_limit_of_messages_is_released_in_vain_but_without_harm() -> None:
    lane = Lane()
    lane.take(outside("m0", 0))
    assert lane.latest is not None
    full = tuple(f"/portals/p m{n}" for n in range(HANDLED_LIMIT))
    lane.latest = msgspec.structs.replace(lane.latest, handled=full)
    [held] = lane.take(outside("one too many", 1))
    assert held.held_because.startswith("TooLarge")
    [released] = lane.take(release("r", 2))
    assert released.held == held.held
    assert released.handled == full
