"""The ids that the edge gives supplements and corrections."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.message_ids import (
    Made,
    first_under,
    id_of,
    is_reused,
    taken_apart,
    under,
)

KEYS = st.from_regex(r"[A-Za-z0-9.-]{1,64}", fullmatch=True)
HASHES = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
COUNTS = st.integers(0, 10**6)
ADDRESS = "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b/supplement"
A, B = "a" * 16, "b" * 16


@given(KEYS | st.just(""), COUNTS, COUNTS, HASHES)
def test_an_id_can_be_taken_apart_again(key, turn, rejections, content_hash) -> None:
    made = taken_apart(id_of(ADDRESS, key, turn, rejections, content_hash))
    assert made == Made(f"{ADDRESS}/{f'{key}/' if key else f'{turn}-'}", key, content_hash)


@given(KEYS | st.just(""), COUNTS, COUNTS, HASHES)
def test_only_a_rejection_makes_another_message_of_the_same(key, turn, rejections, hashed) -> None:
    before = id_of(ADDRESS, key, turn, rejections, hashed)
    after = id_of(ADDRESS, key, turn, rejections + 1, hashed)
    assert before != after
    assert under([(before, hashed)], after) == {hashed}


@given(KEYS, COUNTS, COUNTS)
def test_no_key_looks_like_none(key, turn, rejections) -> None:
    named, unnamed = id_of(ADDRESS, key, 0, 0, A), id_of(ADDRESS, "", turn, rejections, A)
    assert under([(named, A)], unnamed) == under([(unnamed, A)], named) == set()


def test_an_id_that_the_edge_did_not_make_stands_for_itself() -> None:
    for written in ("message 1", f"{ADDRESS}/1", f"{ADDRESS}/k1/1-short", ""):
        assert taken_apart(written) is None
        assert under([(written, A)], written) == set()
        assert first_under([f"/portals/p {written}"], "/portals/p", written) == ""


def test_a_key_stands_with_what_was_decided_first_under_it_by_the_same_portal() -> None:
    first, second = id_of(ADDRESS, "k", 0, 0, A), id_of(ADDRESS, "k", 0, 1, B)
    handled = ["/portals/p message 1", f"/portals/other {second}", f"/portals/p {first}"]
    assert first_under([*handled, f"/portals/p {second}"], "/portals/p", second) == A
    assert first_under(handled, "/portals/p", id_of(ADDRESS, "", 0, 0, A)) == ""
    assert is_reused([(first, A)], second, B)
    assert not is_reused([(first, A)], second, A)
    assert not is_reused([(id_of(ADDRESS, "", 0, 0, A), A)], id_of(ADDRESS, "", 0, 0, B), B)
