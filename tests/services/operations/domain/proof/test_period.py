"""A period is named by days of Viet Nam or by instants, and has the ids that were made in it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.operations.domain.proof.period import Period, Unfit, read_period
from shared.kinship import child_id


def made(at_ms: int, tail: int = 0) -> str:
    return str(UUID(int=at_ms << 80 | 7 << 76 | 2 << 62 | tail))


def test_days_are_viet_nam_s_and_the_last_one_is_whole() -> None:
    period = read_period("2026-11-20", "2026-11-21")

    assert period.since == datetime(2026, 11, 19, 17, tzinfo=UTC)
    assert period.until == datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_an_instant_has_an_offset_or_is_viet_nam_s() -> None:
    said = read_period("2026-11-20T08:00:00", "2026-11-20T02:00:00Z")

    assert said == read_period("2026-11-20T01:00:00+00:00", "2026-11-20T09:00:00+07:00")
    assert said.until - said.since == timedelta(hours=1)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-11-20", "2026-11-19"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("yesterday", "2026-11-20"),
        ("2026-11-20", ""),
        ("2026-02-30", "2026-03-01"),
        ("1969-01-01", "1969-01-02"),
        ("2026-11-20", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
    ],
)
def test_what_is_no_period_is_refused_with_what_to_say(since: str, until: str) -> None:
    with pytest.raises(Unfit, match=r"name the earlier|neither a day|begin in 1970"):
        read_period(since, until)


@given(text=st.text(max_size=40))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    with suppress(Unfit):
        read_period(text, "2026-11-20")


MS = st.integers(0, (1 << 43) - 1)


@example(since=8_744_606_297_047, length=1, at=8_744_606_297_047, tail=0)  # as a float another
@given(since=MS, length=st.integers(1, 10**9), at=MS, tail=st.integers(0, (1 << 62) - 1))
def test_an_id_is_in_the_period_in_which_it_was_made(
    since: int, length: int, at: int, tail: int
) -> None:
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [begun + timedelta(milliseconds=ms) for ms in (since, since + length)]
    low, high = Period(*moments).ids

    for id_ in (made(at, tail), child_id(made(at, tail), 0), child_id(made(at, tail), 7)):
        assert (low <= id_ < high) == (since <= at < since + length)
        assert (low <= f"{id_}/" < high) == (since <= at < since + length)


def test_how_much_of_it_lies_before_an_id_is_told() -> None:
    period = read_period("2026-11-20", "2026-11-20")
    noon_ms = int(datetime(2026, 11, 20, 5, tzinfo=UTC).timestamp() * 1_000)

    assert [period.share(made(noon_ms + hours * 3_600_000)) for hours in (-99, 0, 99)] == [
        0,
        0.5,
        1,
    ]
