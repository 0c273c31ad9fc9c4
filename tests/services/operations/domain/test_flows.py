"""What flows in and out of a service, from counts by topic and type."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.flows import (
    SETTLES_S,
    STAGES,
    WINDOW_S,
    Halves,
    halved,
    passed,
    rates,
)
from shared.events import CONTRACTS
from shared.topics import TOPICS, reads

_numbers = st.integers(0, 1_000)
_types = st.dictionaries(st.sampled_from(["other", *sorted(CONTRACTS)]), _numbers, max_size=8)


def test_every_service_that_decides_has_a_flow() -> None:
    decide = {t.written_by[0] for t in TOPICS.values() if t.kind == "events"}
    assert set(STAGES) == decide
    assert all(reads(stage) for stage in STAGES)


@given(st.sampled_from(STAGES), _types)
def test_the_halves_are_the_whole(service: str, types: dict[str, int]) -> None:
    assert sum(halved(service, types)) == sum(types.values())


def test_what_a_service_decides_flows_out_of_it_and_into_those_who_read_it() -> None:
    found = passed({"intake": Halves(told=2, gave=5)})
    assert found["intake"] == (2, 5)
    assert {stage: came for stage, (came, _) in found.items() if stage != "intake"} == {
        "routing": 5,
        "payment": 5,
        "notify": 5,
    }


def test_what_portals_hand_in_flows_into_intake_alone() -> None:
    found = passed({"portal": halved("portal", {"application.submitted": 3})})
    assert found == {"intake": (3, 0), "routing": (0, 0), "payment": (0, 0), "notify": (0, 0)}


def test_a_type_that_another_service_decides_is_no_output() -> None:
    assert halved("routing", {"application.registered": 4}) == Halves(told=4, gave=0)
    assert halved("intake", {"application.registered": 4}) == Halves(told=0, gave=4)


def payment(found: list[object]) -> float | None:
    (rate,) = [r for r in found if getattr(r, "stage", "") == "payment"]
    return getattr(rate, "out_per_s", None)


def test_a_rate_is_of_the_last_half_minute_and_falls_when_nothing_comes() -> None:
    seconds = [("payment", second, Halves(0, 2)) for second in range(1_000, 1_060)]
    told = [
        payment([*rates(seconds, now)]) for now in range(1_060, 1_060 + SETTLES_S + WINDOW_S + 1)
    ]
    assert told[:SETTLES_S] == [2.0] * SETTLES_S
    assert all(before >= after for before, after in pairwise(told) if before and after is not None)
    assert told[-1] == 0


@pytest.mark.parametrize("now_s", [0, 10_000])
def test_of_nothing_the_rate_is_nothing(now_s: int) -> None:
    assert {(r.in_per_s, r.out_per_s) for r in rates([], now_s)} == {(0.0, 0.0)}
