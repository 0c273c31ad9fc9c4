import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.shape import PROBLEMS_LIMIT, json_value, mend
from services.intake.forms import Form
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested

KINDS = (Form, Submitted, Personal, SupplementSubmitted, WithdrawalRequested)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)


def is_decoded(kind, value) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=kind)
    except msgspec.ValidationError:
        return False
    return True


def told(kind, value) -> list[tuple[str, str]]:
    found = []
    mend(kind, value, "", found)
    return [(p.code, p.field) for p in found]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_there_is_something_to_tell_whenever_a_decoder_refuses_and_only_then(kind, data) -> None:
    names = st.sampled_from(kind.__struct_fields__) | st.text(max_size=5)
    value = data.draw(anything | st.dictionaries(names, anything, max_size=6))
    found = []
    mended = mend(kind, value, "", found)
    assert isinstance(mended, kind)
    assert bool(found) is not is_decoded(kind, value)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KINDS), anything)
def test_what_is_mended_has_the_shape_of_its_kind(kind, value) -> None:
    assert is_decoded(kind, mend(kind, value, "", []))


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        (Form, None, [("invalid-value", "/")]),
        (Form, [], [("invalid-value", "/")]),
        (
            SupplementSubmitted,
            {"documents": [1, {"name": 2}]},
            [
                ("invalid-value", "/documents/0"),
                ("invalid-value", "/documents/1/name"),
                ("missing-field", "/documents/1/sha256"),
            ],
        ),
        (
            Personal,
            {"answers": {"a": 1, "b": "x"}},
            [
                ("missing-field", "/name"),
                ("missing-field", "/personal_number"),
                ("missing-field", "/phone"),
                ("invalid-value", "/answers"),
            ],
        ),
    ],
)
def test_each_place_that_is_wrong_is_told_once(kind, value, found) -> None:
    assert told(kind, value) == found


def test_what_can_be_read_is_kept() -> None:
    mended = mend(Personal, {"name": "x", "phone": 1, "answers": {"a": 1, "b": "y"}}, "", [])
    assert mended == Personal(name="x", personal_number="", phone="", answers={"b": "y"})


def test_there_are_not_more_problems_than_can_be_read() -> None:
    assert len(told(SupplementSubmitted, {"documents": [0] * 5_000})) == PROBLEMS_LIMIT


@given(st.binary(max_size=100))
def test_any_bytes_are_a_value_or_none(text) -> None:
    json_value(text)


def test_a_text_nested_too_deep_is_no_value() -> None:
    assert json_value(b"[" * 100_000 + b"]" * 100_000) is None
