"""Of a mended copy its second person sees codes, days and numbers, and of names only the form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.dead.seen import CODED, written
from shared.contracts import CARRIED, event_schema
from shared.topics import TOPICS

TOPIC, TYPE = "portal.submissions", "application.submitted"
NAME = "Nguyễn Thử Nghiệm"
PEOPLE = st.lists(
    st.sampled_from(["Nguyễn", "Thử", "Nghiệm", "Nguyen", "Thu", "Nghiem", "bà", "ông"]),
    min_size=2,
    max_size=5,
).map(" ".join)


def seen(path: str, value: Any, type_: str = TYPE) -> str:
    return written(TOPIC, type_, path, value)


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("$.data.procedure", "2.000635", "2.000635"),
        ("$.data.receiving_unit", "26737", "26737"),
        ("$.data.copies", 2, "2"),
        ("$.time", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("$.type", "application.submitted", "application.submitted"),
        ("$.data.documents[0].name", NAME, "“Aaaaaa Aaa Aaaaaa”"),
        ("$.data.personal", {"name": NAME}, "{1}"),
        ("$.data.procedure", NAME, "“Aaaaaa Aaa Aaaaaa”"),
        ("$.data.procedure", "001099000001", "•••"),
        ("$.id", NAME, "“Aaaaaa Aaa Aaaaaa”"),
        ("$.source", f"/portals/{NAME}", "“/aaaaaaa/Aaaaaa Aaa Aaaaaa”"),
        ("$.nowhere", "0912000001", "“9999999999”"),
        ("$.data.residence_unit_on", "2026-11-23", "2026-11-23"),
        ("$.data.residence_unit_on", NAME, "“Aaaaaa Aaa Aaaaaa”"),
    ],
)
def test_a_code_is_shown_and_a_text_is_not(path: str, value: Any, shown: str) -> None:
    assert seen(path, value) == shown


def test_of_a_type_that_nobody_knows_no_text_is_shown() -> None:
    assert seen("$.data.reason", NAME, "no.such") == "“Aaaaaa Aaa Aaaaaa”"


PLACES = sorted(
    {
        (topic, type_, f"$.data.{name}")
        for topic, told in TOPICS.items()
        if told.kind == "external"
        for type_ in CARRIED[topic]
        for name in event_schema(type_)["properties"]["data"].get("properties", {})
    }
)


@given(place=st.sampled_from(PLACES), name=PEOPLE)
def test_no_field_of_any_message_shows_a_name(place: tuple[str, str, str], name: str) -> None:
    assert name not in written(*place, name)


def test_fields_for_codes_are_fields_of_messages() -> None:
    there = str([event_schema(type_) for _, type_, _ in PLACES])
    assert [name for name in CODED if f"'{name}'" not in there] == []
