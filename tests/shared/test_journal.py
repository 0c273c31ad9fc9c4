"""What a decision looks like in the journal, and what an older one is read as."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import Record
from shared.errors import Misconfigured
from shared.journal import Cause, Decision, Journal, change
from shared.lanes.table import LaneTable, Timer, no_facts
from tests.shared.tables import MemoryTable

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC)


class Dossier(msgspec.Struct, frozen=True):
    """The shape of today: schema 3."""

    unit: str
    copies: int = 1
    paid_vnd: int = 0


def split_name(state: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 had `commune` where 2 has `unit`."""
    return {**state, "unit": state.pop("commune")}


def count_in_dong(state: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 counted thousands of đồng."""
    return {**state, "paid_vnd": state.pop("paid_thousands", 0) * 1_000}


TABLE: LaneTable[Dossier, None] = LaneTable(
    "routing", Dossier, {}, no_facts, schema=3, upcasts={1: split_name, 2: count_in_dong}
)


def decision(**changes: Any) -> Decision[Dossier]:
    state = changes.get("state", Dossier("00004"))
    sound: dict[str, Any] = {
        "application": APPLICATION,
        "version": 1,
        "at": AT,
        "cause": Cause("intake.events", 1, 42, "m1", "00-x"),
        "state": state,
        "state_json": msgspec.json.encode(state),
        "traceparent": "00-y",
    }
    return Decision(**sound | changes)


def journal() -> Journal[Dossier]:
    rows = MemoryTable()
    return Journal(rows, TABLE)


HELD = Record("routing.inbox", 1, 7, 99, b"key", b"\x00 value", (("traceparent", b"00-z"),))


async def test_a_decision_is_read_as_it_was_written() -> None:
    written = decision(
        seen={"intake": 4},
        handled=("/portals/p m1",),
        sequence=2,
        emitted=('{"a":"ồ"}'.encode(), b"{}"),
        timers=(Timer("later", AT),),
        held=(HELD, HELD._replace(key=None, value=None, headers=())),
        held_because="ValueError: no",
    )
    book = journal()
    await book.append([written])
    read = await book.latest(APPLICATION)
    assert read is not None
    assert msgspec.structs.replace(read, at=AT, timers=written.timers) == written
    assert [t.name for t in read.timers] == ["later"]


async def test_an_application_that_is_not_known_yet_has_no_state_but_versions() -> None:
    book = journal()
    await book.append([decision(state=None, state_json=b"null")])
    read = await book.latest(APPLICATION)
    assert read is not None
    assert read.state is None


async def test_the_latest_is_the_highest_version_and_of_this_application_only() -> None:
    book = journal()
    other = APPLICATION[:-1] + "2"
    await book.append([decision(version=v) for v in range(1, 13)])
    await book.append([decision(application=other)])
    latest = await book.latest(APPLICATION)
    assert latest is not None
    assert latest.version == 12
    assert [d.version for d in await book.history(APPLICATION)] == list(range(1, 13))
    found = await book.latest_of([APPLICATION, "nobody"])
    assert {a: d.version for a, d in found.items()} == {APPLICATION: 12}


def test_states_of_older_schemas_are_upcast_step_by_step_when_read() -> None:
    book = journal()
    row = book.row(decision())
    oldest = row | {"schema": 1, "state": '{"commune":"00004","paid_thousands":8}'}
    older = row | {"schema": 2, "state": '{"unit":"00008","copies":2,"paid_thousands":5}'}
    assert book.read(oldest).state == Dossier("00004", 1, 8_000)
    assert book.read(older).state == Dossier("00008", 2, 5_000)
    assert book.read(row).state == Dossier("00004")


def test_a_state_of_a_later_schema_is_not_read_as_if_it_were_ours() -> None:
    book = journal()
    later = book.row(decision()) | {"schema": 4, "state": '{"unit":"00004","copies":1,"new":1}'}
    with pytest.raises(Misconfigured, match="schema 4, and this version knows 3: run the version"):
        book.read(later)


def test_a_schema_has_an_upcast_for_every_one_before_it() -> None:
    """For every service: what was journalled under any schema stays readable."""
    for table in every_table():
        assert set(table.upcasts) == set(range(1, table.schema))


def every_table() -> list[LaneTable[Any, Any]]:
    from services.notify.domain import Policy
    from services.notify.lane import table as notify
    from services.routing.domain.rules import load_rules
    from services.routing.lane import table as routing
    from shared.catalogue import load

    return [TABLE, notify(Policy()), routing(load(), load_rules())]


@given(st.lists(st.integers(1, 999_999), min_size=2, max_size=30, unique=True))
def test_ids_sort_as_versions_do(versions: list[int]) -> None:
    book = journal()
    ids = [book.row(decision(version=v))["_id"] for v in sorted(versions)]
    assert ids == sorted(ids)


def test_nothing_is_put_on_top_of_an_older_schema_or_of_what_another_build_wrote() -> None:
    book = journal()
    row = book.row(decision())
    oldest = row | {"schema": 1, "state": '{"commune":"00004","paid_thousands":8}'}
    spaced = row | {"state": '{"unit": "00004", "gone": 1}'}
    for other in (oldest, spaced):
        read = book.read(other)
        assert not read.is_base
        big = Dossier("0" * 600)
        assert change(read, big, msgspec.json.encode(big), (), ()) is None
