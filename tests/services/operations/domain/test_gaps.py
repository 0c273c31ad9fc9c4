"""Which numbers are missing before one that is there, whatever came in whatever order."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.causes import GAP
from services.operations.domain.entries import Entry
from services.operations.domain.gaps import GAPS_LIMIT, gaps
from services.operations.domain.matters import Matter, Summary
from shared.events import numbered_id
from tests.services.operations.story import application

APPLICATION = application(1)


class Kept(NamedTuple):
    """A service's event with its number, its place and its time on the log."""

    service: str
    number: int
    offset: int
    logged_ms: int


def entry(kept: Kept) -> Entry:
    id_ = numbered_id(APPLICATION, kept.service, kept.number)
    return Entry(
        topic=f"{kept.service}.events",
        partition=0,
        offset=kept.offset,
        logged_ms=kept.logged_ms,
        application=APPLICATION,
        type="made.up",
        sequence=kept.number,
        id=id_,
        source=f"/services/{kept.service}",
        traceparent="",
        causationid="",
        crc=0,
        data=b"{}",
    )


def found(*kept: Kept) -> list[tuple[str, int]]:
    return [(gap.about, gap.since_ms) for gap in gaps(map(entry, kept))]


def of_routing(*numbers: int) -> list[Kept]:
    return [Kept("routing", number, n, 100 + n) for n, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([], []),
        ([1, 2, 3], []),
        ([1, 3, 2], []),
        ([2], [("routing/000001", 100)]),
        ([1, 3, 4], [("routing/000002", 101)]),
        ([1, 6], [("routing/000002-000005", 101)]),
        ([1, 6, 3], [("routing/000002", 101), ("routing/000004-000005", 101)]),
        ([1, 1, 2, 2], []),
        ([1, 3, 3], [("routing/000002", 101)]),
    ],
)
def test_what_is_missing_before_something_later_is_named_since_that_was_logged(
    numbers: list[int], missing: list[tuple[str, int]]
) -> None:
    assert found(*of_routing(*numbers)) == missing


def test_each_service_counts_by_itself_and_what_comes_from_outside_not_at_all() -> None:
    other = [Kept("intake", 1, 0, 50), Kept("payment", 2, 0, 60)]
    assert found(*of_routing(1, 3), *other) == [("payment/000001", 60), ("routing/000002", 101)]
    outside = entry(Kept("routing", 0, 7, 200))
    assert gaps([*map(entry, of_routing(1, 2)), outside]) == ()


def test_one_number_after_millions_is_one_gap_and_no_application_has_more_than_can_be_shown() -> (
    None
):
    assert found(*of_routing(999_999_999)) == [("routing/000001-999999998", 100)]
    every_other = of_routing(*range(2, 2_000, 2))
    assert len(found(*every_other)) == GAPS_LIMIT
    assert found(*every_other) == [(f"routing/{n:06d}", 100 + n // 2) for n in range(1, 129, 2)]


def test_what_is_missing_waits_for_us_beside_all_else() -> None:
    gap, acceptance = Matter(GAP, "routing/000002", 7), Matter("awaiting_acceptance", "", 8)
    summary = Summary(matters={("awaiting_acceptance", ""): acceptance}, gaps=(gap,))
    assert summary.waits() == [gap, acceptance]
    unpaid = Matter("unpaid", "", 9)
    summary.matters[("unpaid", "")] = unpaid
    assert summary.waits() == [unpaid, gap]
    assert Summary(gaps=(gap,)).copy().waits() == [gap]


services = st.sampled_from(["intake", "routing", "payment"])
logs = st.lists(
    st.builds(Kept, services, st.integers(1, 12), st.integers(0, 60), st.integers(0, 1_000)),
    max_size=40,
    unique_by=lambda kept: (kept.service, kept.offset),
)


def plainly(kept: Sequence[Kept]) -> dict[tuple[str, int], int]:
    """Each number that is missing, and since when: every number asked for by itself."""
    missing = {}
    for service in {one.service for one in kept}:
        own = sorted((one for one in kept if one.service == service), key=lambda one: one.offset)
        firsts = {one.number: one.logged_ms for one in reversed(own)}
        for number in range(1, max(firsts)):
            if number not in firsts:
                missing[service, number] = min(ms for n, ms in firsts.items() if n > number)
    return missing


@given(logs, st.randoms(use_true_random=False))
def test_of_any_log_it_finds_exactly_what_is_missing_in_any_order(
    kept: list[Kept], chance: Random
) -> None:
    expected = plainly(kept)
    chance.shuffle(kept)
    named = {}
    for about, since_ms in found(*kept):
        service, _, numbers = about.partition("/")
        first, _, last = numbers.partition("-")
        for number in range(int(first), int(last or first) + 1):
            named[service, number] = since_ms
    assert named == expected
