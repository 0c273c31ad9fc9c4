"""Whole versions and changes: a history is read with few questions, and gone on from."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from shared.journal import LAST_ROWS, SHORT, Cause, Decision, Journal, change
from shared.lanes.table import LaneTable, no_facts
from tests.shared.tables import MemoryTable

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC)


class Filed(msgspec.Struct, frozen=True):
    """A state that grows."""

    notes: tuple[str, ...]
    unit: str = "00004"


LONG = "x" * 300


class Counted(MemoryTable):
    """A table that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def begin(self, call: str) -> None:
        self.asked.append(call)


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


def with_a_note_more(decision: Decision[Filed]) -> Filed:
    assert decision.state is not None
    return Filed((*decision.state.notes, "last"))


def book_of(decisions: Sequence[Decision[Filed]]) -> tuple[Journal[Filed], Counted]:
    table: LaneTable[Filed, None] = LaneTable("routing", Filed, {}, no_facts)
    rows = Counted()
    book: Journal[Filed] = Journal(rows, table)
    rows.rows = {row["_id"]: row for row in map(book.row, decisions)}
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
    state = with_a_note_more(decisions[-1])
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
    state = with_a_note_more(decisions[-1])
    following = change(latest, state, msgspec.json.encode(state), (), ())
    assert following is not None
    assert following.full_at == 9
