"""What is packed comes out as it went in, whatever a sender wrote."""

from types import SimpleNamespace
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.packing import packed, unpacked
from services.operations.journeys import read

APPLICATION = "0197c3a0-1111-7222-8333-444444444444"
TRACE = f"00-{APPLICATION.replace('-', '')}"

words = st.one_of(
    st.text(max_size=20),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(
                ["", "=", "/", "-", APPLICATION, TRACE, APPLICATION + "/", TRACE + "-"]
            ),
            st.sampled_from(["", "=", "/", "-", "x", APPLICATION]),
        ),
    ),
)


def journey(world: SimpleNamespace) -> tuple[str, list[Any]]:
    log = world.Log()
    story = world.Story(log)
    story.returned()
    return story.application, [read(record) for record in log.records]


def test_a_whole_journey_comes_out_as_it_went_in(world: SimpleNamespace) -> None:
    application, entries = journey(world)
    assert unpacked(application, packed(application, entries)) == entries


@given(id_=words, source=words, traceparent=words, causationid=words, data=st.binary(max_size=9))
def test_whatever_a_sender_wrote_comes_out_as_it_went_in(
    world: SimpleNamespace, data: bytes, id_: str, **changed: str
) -> None:
    first = journey(world)[1][0]
    entry = msgspec.structs.replace(first, application=APPLICATION, id=id_, data=data, **changed)
    assert unpacked(APPLICATION, packed(APPLICATION, [entry])) == [entry]


def test_what_names_no_application_comes_out_as_it_went_in(world: SimpleNamespace) -> None:
    entry = msgspec.structs.replace(journey(world)[1][0], application="", id="/x", causationid="=")
    assert unpacked("", packed("", [entry])) == [entry]


def test_an_application_id_stands_in_no_row(world: SimpleNamespace) -> None:
    application, entries = journey(world)
    bare = [msgspec.structs.replace(e, data=b"{}") for e in entries]
    assert application.encode() not in packed(application, bare)
