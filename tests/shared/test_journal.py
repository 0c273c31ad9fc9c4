"""What a decision looks like in the journal, and what an older one is read as."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from bson import BSON
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import Record
from shared.errors import Misconfigured
from shared.journal import LAST_ROWS, SHORT, Cause, Decision, Journal, change
from shared.lanes.table import LaneTable, Timer, no_facts
from shared.store import Bounds, Row

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


class Rows:
    """A table that goes through BSON, as the real one does."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []

    async def insert(self, rows: Sequence[Row]) -> None:
        self.rows += [BSON.encode(row) for row in rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        found = [BSON(r).decode() for r in self.rows]
        return [r for r in found if any(low <= r["_id"] < high for low, high in bounds)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return sorted(await self.ranges([bounds]), key=lambda row: str(row["_id"]))[-limit:]


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
    return Journal(Rows(), TABLE)  # type: ignore[arg-type]


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


# ---- whole versions and changes


class Filed(msgspec.Struct, frozen=True):
    """A state that grows."""

    notes: tuple[str, ...]
    unit: str = "00004"


LONG = "x" * 300


class Counted(Rows):
    """A table that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        self.asked.append("ranges")
        return await super().ranges(bounds, limit)

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        found = sorted(await super().ranges([bounds]), key=lambda row: str(row["_id"]))
        self.asked.append("last")
        return found[-limit:]


def filed(versions: int, notes: int = 12) -> list[Decision[Filed]]:
    """A life in which each version adds a note; it begins with some."""
    out: list[Decision[Filed]] = []
    for n in range(1, versions + 1):
        state = Filed(tuple(f"{LONG}{k}" for k in range(notes)) + tuple("n" * n))
        text = msgspec.json.encode(state)
        latest = out[-1] if out else None
        out.append(
            Decision(
                application=APPLICATION,
                version=n,
                at=AT,
                cause=Cause("routing.inbox", 1, n, f"m{n}"),
                state=state,
                state_json=text,
                traceparent="",
                change=change(latest, state, text, (), ()),
            )
        )
    return out


def book_of(decisions: Sequence[Decision[Filed]]) -> tuple[Journal[Filed], Counted]:
    table: LaneTable[Filed, None] = LaneTable("routing", Filed, {}, no_facts)
    rows = Counted()
    book: Journal[Filed] = Journal(rows, table)  # type: ignore[arg-type]
    rows.rows = [BSON.encode(book.row(d)) for d in decisions]
    return book, rows


async def test_the_latest_is_read_with_one_question_while_a_whole_one_is_near() -> None:
    book, rows = book_of(filed(6))
    latest = await book.latest(APPLICATION)
    assert latest is not None
    assert latest.state == filed(6)[-1].state
    assert rows.asked == ["last"]


async def test_a_whole_version_further_back_takes_a_second_question() -> None:
    decisions = filed(14)
    assert decisions[-1].change is not None
    assert decisions[-1].change.full_at < 14 - LAST_ROWS
    book, rows = book_of(decisions)
    latest = await book.latest(APPLICATION)
    assert latest is not None
    assert latest.state == decisions[-1].state
    assert rows.asked == ["last", "ranges"]


@pytest.mark.parametrize("versions", [1, 2, 14, SHORT - 2, SHORT - 1, SHORT, SHORT + 1, 90])
@pytest.mark.parametrize("published", [0, 1, 5, 29, 60, 89, 90])
async def test_what_may_be_unpublished_is_read_with_the_last_that_is_not(
    versions: int, published: int
) -> None:
    decisions = filed(versions)
    book, _ = book_of(decisions)
    found = await book.recent([APPLICATION, "nobody"], lambda cause: cause.offset <= published)
    expected = decisions[max(0, min(published, versions) - 1) :]
    assert set(found) == {APPLICATION}
    assert [d.version for d in found[APPLICATION]] == [d.version for d in expected]
    assert [d.state for d in found[APPLICATION]] == [d.state for d in expected]


async def test_a_long_history_is_not_read_whole_to_go_on_with_it() -> None:
    book, rows = book_of(filed(900, notes=2))
    found = await book.recent([APPLICATION], lambda _: True)
    assert [d.version for d in found[APPLICATION]] == [900]
    assert len(rows.asked) <= 3


async def test_the_history_is_every_version_whole() -> None:
    decisions = filed(90)
    book, _ = book_of(decisions)
    found = await book.history(APPLICATION)
    assert [d.state for d in found] == [d.state for d in decisions]


async def test_what_is_decided_on_top_of_what_was_read_is_a_change_again() -> None:
    decisions = filed(5)
    book, _ = book_of(decisions)
    latest = await book.latest(APPLICATION)
    assert latest is not None
    assert latest.change is not None
    state = Filed((*decisions[-1].state.notes, "last"))  # type: ignore[union-attr]
    text = msgspec.json.encode(state)
    following = change(latest, state, text, (), ())
    assert following is not None
    assert following.full_at == 1
    assert following.size > latest.change.size
    sixth = msgspec.structs.replace(
        decisions[-1], version=6, state=state, state_json=text, change=following
    )
    await book.append([sixth])
    read = await book.latest(APPLICATION)
    assert read is not None
    assert read.state == state


async def test_rows_in_which_every_version_is_whole_are_read_as_before_and_gone_on_from() -> None:
    """So were they all written, before a version could be a change."""
    decisions = [msgspec.structs.replace(d, change=None) for d in filed(9)]
    book, _ = book_of(decisions)
    latest = await book.latest(APPLICATION)
    assert latest is not None
    assert latest.is_base
    state = Filed((*decisions[-1].state.notes, "last"))  # type: ignore[union-attr]
    following = change(latest, state, msgspec.json.encode(state), (), ())
    assert following is not None
    assert following.full_at == 9


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
