"""Whatever a file and our books hold, its lines are told apart the same way, and none is lost."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.lines import Line
from services.payment.domain.matching import (
    Held,
    Known,
    Matched,
    Matching,
)
from services.payment.domain.ordered import Ordered
from tests.services.payment.domain.test_matching import DAY, NOON, match


def lines() -> st.SearchStrategy[list[Line]]:
    some = st.builds(
        Line,
        reference=st.sampled_from(["", "DVC1", "DVC2", "DVC9"]),
        transaction=st.sampled_from([f"T{n}" for n in range(6)]),
        amount_vnd=st.integers(1, 3),
        booked_at=st.just(NOON),
        kind=st.sampled_from(["paid", "refunded"]),
        number=st.just(0),
    )
    unique = st.lists(some, max_size=12, unique_by=lambda line: line.key)
    return unique.flatmap(
        lambda found: (
            st.lists(st.sampled_from(found), max_size=6).map(lambda more: found + more)
            if found
            else st.just(found)
        )
    )


def books() -> st.SearchStrategy[Known]:
    held = st.builds(
        Held,
        application=st.just("app"),
        reference=st.sampled_from(["DVC1", "DVC2"]),
        transaction=st.sampled_from([f"T{n}" for n in range(6)]),
        amount_vnd=st.integers(1, 3),
        kept_as=st.sampled_from(["early", "settled", "overpaid", "mismatched"]),
        due_vnd=st.integers(1, 3),
        at=st.just(NOON),
    )
    ordered = st.dictionaries(
        st.sampled_from(["DVC1", "DVC2"]),
        st.builds(
            Ordered,
            application=st.just("app"),
            partner=st.sampled_from(["a-bank", "b-bank"]),
            amount_vnd=st.integers(1, 3),
            waits=st.booleans(),
        ),
    )

    def by_key(found: list[Held]) -> dict[str, list[Held]]:
        return {key: [h for h in found if h.key == key] for key in {h.key for h in found}}

    return st.builds(Known, st.lists(held, max_size=6).map(by_key), ordered)


def total(found: Matched) -> int:
    return found.amount_vnd + sum(b.amount_vnd for b in found.breaks)


@given(lines(), books(), st.randoms(use_true_random=False))
def test_any_order_of_the_lines_comes_to_the_same(found, known, chance: Random) -> None:
    shuffled = chance.sample(found, len(found))
    first, second = match(known, *found), match(known, *shuffled)
    assert first[:2] == second[:2]
    assert set(first.breaks) == set(second.breaks)
    assert len({b.id for b in first.breaks}) == len(first.breaks)


@given(lines(), books())
def test_every_dong_of_the_file_is_matched_or_in_a_break(found, known) -> None:
    assert total(match(known, *found)) == sum(line.amount_vnd for line in found)


@given(lines(), books())
def test_every_line_beyond_the_first_of_its_kind_is_a_duplicate(found, known) -> None:
    repeats = sum(times - 1 for times in Counter(line.key for line in found).values())
    causes = Counter(b.cause for b in match(known, *found).breaks)
    assert causes["repeated"] == repeats


@given(lines(), books(), st.integers(0, 20))
def test_a_file_in_two_parts_comes_to_the_same_as_in_one(found, known, cut: int) -> None:
    matching = Matching("a-bank", DAY)
    parts = [matching.take(found[:cut], known), matching.take(found[cut:], known)]
    whole = match(known, *found)
    assert sum(p.lines for p in parts) == whole.lines
    assert [b for p in parts for b in p.breaks] == list(whole.breaks)
