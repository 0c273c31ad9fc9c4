"""What was found of some is added to what was found of others, in any split."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.tally import LISTED, Moment, Proof
from tests.services.operations.domain.proof.plant import PLANTED
from tests.services.operations.story import Log, Story


def added(*proofs: Proof) -> Proof:
    out = Proof()
    out.add(*proofs)
    return out


@pytest.fixture(scope="session")
def found() -> list[Proof]:
    """One proof for each fault, of an application each, and as many of whole lives."""
    log = Log()
    stories = [Story(log, n) for n in range(2 * len(PLANTED))]
    for story, happens in zip(stories, [*PLANTED, *[Story.returned] * len(PLANTED)], strict=True):
        happens(story)
    as_of = Moment(int(log.now.timestamp() * 1_000) + 10**9, 1 << 50)
    return [proof_of(s.application, log.entries(s.application), [], as_of) for s in stories]


@given(data=st.data())
def test_in_any_split_and_order_the_same_comes_of_it(
    found: list[Proof], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(found))
    cuts = data.draw(st.lists(st.integers(0, len(found)), max_size=6).map(sorted))
    edges = [0, *cuts, len(found)]

    parts = [added(*shuffled[a:b]) for a, b in pairwise(edges)]

    assert added(*parts) == added(*found)
    assert added(added(*parts[:1]), added(*parts[1:])) == added(*found)


def test_nothing_added_is_nothing() -> None:
    assert added() == Proof() == added(Proof(), Proof())


def many(numbers: range, kind: str = "gap") -> Proof:
    proof = Proof()
    for n in numbers:
        proof.blame(kind, f"{n:06d}", "name", "detail")
        proof.wait(kind, f"{n:06d}", "name", "detail", since_ms=1_000 + n)
    return proof


@given(cut=st.integers(0, 2 * LISTED))
def test_of_each_kind_the_first_are_listed_and_all_are_counted(cut: int) -> None:
    parts = many(range(cut, 2 * LISTED)), many(range(3), "fork"), many(range(cut))

    whole = added(*parts)

    assert whole == added(added(*parts[:2]), parts[2])
    assert whole.excepted == whole.waiting == {"gap": 2 * LISTED, "fork": 3}
    names = [i.application for i in whole.exceptions if i.kind == "gap"]
    assert names == [f"{n:06d}" for n in range(LISTED)]
    assert whole.exceptions == whole.named
    assert whole.oldest_ms == {"gap": 1_000, "fork": 1_000}
    assert len(whole.exceptions) == LISTED + 3
