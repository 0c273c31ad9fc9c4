"""A journal beside which an index is written: what is journalled is noted, also after a crash."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.errors import Refused, Unknown
from shared.journal import Cause, Decision
from shared.lanes.table import LaneTable, no_facts
from shared.noted import Changes, Index, NotedJournal
from tests.services.payment.webhooks.memory import Table

TABLE: LaneTable[str, None] = LaneTable("routing", str, {}, no_facts)
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Open(Index[str]):
    """Which applications are open."""

    def new(self, decisions: Sequence[Decision[str]]) -> Changes:
        return self.changes(d for d in decisions if d.state != "as before")

    def changes(self, decisions: Iterable[Decision[str]]) -> Changes:
        rows, over = [], []
        for decision in decisions:
            if decision.state == "over":
                over.append(decision.application)
            else:
                rows.append({"_id": decision.application})
        return rows, over


def decision(application: str, version: int, state: str) -> Decision[str]:
    cause = Cause("intake.events", 0, version, f"{application}/{version}")
    text = msgspec.json.encode(state)
    return Decision(
        application=application,
        version=version,
        at=AT,
        cause=cause,
        state=state,
        state_json=text,
        traceparent="",
    )


@pytest.fixture
def tables() -> tuple[Table, Table]:
    return Table(), Table()


@pytest.fixture
def journal(tables: Any) -> NotedJournal[str]:
    return NotedJournal(tables[0], TABLE, Open(tables[1]))


async def test_what_is_journalled_is_noted_and_left_out_at_its_end(journal, tables) -> None:
    await journal.append([decision("a", 1, "open"), decision("b", 1, "open")])
    await journal.append([decision("a", 2, "over"), decision("b", 2, "as before")])
    assert set(tables[1].rows) == {"b"}
    assert len(tables[0].rows) == 4


async def test_what_changes_no_row_does_not_ask_for_the_index(journal, tables) -> None:
    tables[1].fails = lambda: True
    await journal.append([decision("a", 1, "as before")])


async def test_an_index_that_does_not_answer_is_a_doubt_and_reading_again_notes_it(
    journal, tables
) -> None:
    tables[1].fails = lambda: True
    with pytest.raises(Unknown):
        await journal.append([decision("a", 1, "open")])
    tables[1].fails = lambda: False
    await journal.recent(["a"], lambda _: True)
    assert tables[1].rows == {}
    await journal.recent(["a"], lambda _: False)
    assert set(tables[1].rows) == {"a"}


async def test_who_decided_too_late_is_refused_and_the_index_was_waited_for(
    journal, tables
) -> None:
    await journal.append([decision("a", 1, "over")])
    with pytest.raises(Refused):
        await journal.append([decision("a", 1, "open")])
    assert set(tables[1].rows) == {"a"}
