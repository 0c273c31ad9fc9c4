"""Whatever partners tell and operators ask for, in any order: the proof has of each transaction
what payment has of it.
"""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.operations.domain.proof.equations import equations
from services.operations.domain.proof.money import money_adds_up
from services.operations.domain.proof.tally import Journey, Moment, Proof
from shared.catalogue import Catalogue, load
from tests.services.operations.domain.both import Both
from tests.services.operations.domain.test_retry_refund import routed, step


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def proven(both: Both) -> Proof:
    found, application = Proof(), both.story.application
    now_ms = int(both.log.now.timestamp() * 1_000)
    journey = Journey(application, both.log.entries(application), [])
    money_adds_up(journey, Moment(now_ms, now_ms + 1), found)
    return found


told = st.tuples(st.just("told"), st.integers(0, 1), st.sampled_from([1_000, -1_000, 2_000, 0]))
asked = st.tuples(st.just("asked"), st.integers(0, 5), st.sampled_from([1_000, 15_000, 17_000]))


@given(st.lists(st.one_of(told, asked, st.tuples(st.just("agreed"))), max_size=12))
@example([("told", 0, 1_000), ("asked", 0, 17_000), ("told", 0, -1_000)])
@settings(max_examples=150, deadline=None)
def test_of_amounts_told_beside_each_other_the_same_one_counts(
    catalogue: Catalogue, some: list[tuple[Any, ...]]
) -> None:
    both = routed(catalogue)
    for what in some:
        step(both, what)
        found = proven(both)

        assert found.excepted == {}
        assert all(equation.holds for equation in equations(found))
        state = both.office.state
        assert state
        came_vnd = sum(money.amount_vnd for money in state.received().values())
        assert found.total_vnd("received") == came_vnd
