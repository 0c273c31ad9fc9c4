from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kinship import CHILDREN_LIMIT, child_id, is_child, parent_of
from shared.kinship import children as children_of
from shared.placement import canonical
from shared.trace import trace_id

BITS = (1 << 128) - 1
uuid7s = st.integers(0, BITS).map(
    lambda n: str(UUID(int=n & ~(0xF << 76) & ~(3 << 62) | (7 << 76) | (2 << 62)))
)


@given(uuid7s)
def test_children_are_told_apart_and_lead_back_to_their_parent(parent: str) -> None:
    children = [child_id(parent, n) for n in range(CHILDREN_LIMIT)]
    assert children_of(parent) == tuple(children)
    assert not any(children_of(child) for child in children)
    assert len({parent, *children}) == CHILDREN_LIMIT + 1
    for child in children:
        assert canonical(child) == child
        assert is_child(child)
        assert parent_of(child) == parent
        assert trace_id(child) == trace_id(parent)
    assert not is_child(parent)
    assert parent_of(parent) == parent


@given(uuid7s)
def test_a_child_has_no_children(parent: str) -> None:
    with pytest.raises(ValueError, match="only a UUIDv7"):
        child_id(child_id(parent, 0), 0)


@given(st.text(max_size=35) | st.just("portal.submissions"))
def test_what_is_no_id_is_no_child(text: str) -> None:
    assert not is_child(text)
    assert parent_of(text) == text


def test_there_are_no_more_children_than_the_limit() -> None:
    with pytest.raises(IndexError):
        child_id("0198c0de-0000-7000-8000-000000000001", CHILDREN_LIMIT)
