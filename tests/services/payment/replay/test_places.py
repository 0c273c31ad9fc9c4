"""Places on the log, written and read back."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.payment.replay.places import NoPlace, after, cursor

OFFSETS = some.lists(some.integers(0, 2**60), min_size=1, max_size=64)


@given(OFFSETS)
def test_a_cursor_is_read_back_as_it_was_written(offsets: list[int]) -> None:
    lanes: Mapping[int, int] = dict(enumerate(offsets))
    assert after(cursor(lanes), len(lanes)) == lanes


@given(some.integers(0, 11), some.integers(0, 10**15))
def test_after_an_event_is_the_place_behind_it_in_its_lane_alone(lane: int, offset: int) -> None:
    assert after(f"{lane}-{offset}", 12) == {lane: offset + 1}


@given(some.text() | some.binary().map(lambda b: b.decode("latin-1")))
def test_any_other_text_is_no_place(text: str) -> None:
    try:
        found = after(text, 12)
    except NoPlace:
        return
    assert set(found) <= set(range(12))
    assert min(found.values()) >= 0


@pytest.mark.parametrize(
    "text", ["12-5", "3-", "-1", "3--1", "٣-1", "WzEsMl0", "Wy0xLDIsM10", "e30", "bnVsbA", "AAAAA"]
)
def test_a_place_of_another_log_is_refused(text: str) -> None:
    with pytest.raises(NoPlace):
        after(text, 3)
