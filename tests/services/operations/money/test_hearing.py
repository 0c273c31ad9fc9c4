"""What is heard of breaks and statements becomes the same rows, whatever happens meanwhile."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.breaks import BREAK, DAY_S, PATIENCE_S
from services.operations.money.rows import AT_ONCE, LOOKED_LIMIT, TOPIC
from shared.bus import Record
from shared.errors import Fenced
from tests.services.operations.memory import Group, Over, Store, Trouble
from tests.services.operations.money.partners import DAY, Partners, heard, hearing, ledger
from tests.services.operations.story import BEGAN, Log, Story

KEPT = ("breaks", "breaks_open", "statements", "situations", "journeys")


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def partners(log: Log) -> Partners:
    return Partners(log)


def stuck(store: Store) -> list[Any]:
    return [r for r in store.tables["situations"].rows.values() if r["cause"] == BREAK]


async def test_an_open_break_is_on_the_stuck_board_until_it_is_closed(
    store: Store, partners: Partners, log: Log
) -> None:
    opened = partners.opens()
    await heard(store, log)
    (row,) = stuck(store)
    assert (row["stage"], row["partner"], row["vnd"]) == ("payment", "sen-vang", 15_001)
    assert row["since_ms"] == int((BEGAN - timedelta(hours=20)).timestamp() * 1_000)

    partners.closes(opened)
    await heard(store, log)
    assert stuck(store) == []
    assert store.tables["breaks_open"].rows == {}


async def test_what_has_a_cure_is_stuck_when_that_had_its_time(
    store: Store, partners: Partners, log: Log
) -> None:
    told = dict.fromkeys(PATIENCE_S, log.now)
    for n, cure in enumerate(PATIENCE_S, start=1):
        told[cure] = log.now
        partners.opens(n, cure=cure)
    await heard(store, log)
    waits_s = {r["vnd"] - 15_001: r["stuck_ms"] / 1_000 for r in stuck(store)}
    for n, (cure, at) in enumerate(told.items()):
        assert waits_s[n] - int(at.timestamp() * 1_000) / 1_000 == PATIENCE_S[cure]
    assert PATIENCE_S["person"] == 0 < PATIENCE_S["settle"] == DAY_S


async def test_a_break_that_opens_again_is_one_break_with_all_its_history(
    store: Store, partners: Partners, log: Log
) -> None:
    opened = partners.opens()
    partners.closes(opened, because="corrected", reason="", by="")
    partners.opens(turn=3, amount_vnd=9_000)
    await heard(store, log)
    standing, turns = await ledger(store).one(opened.break_id)
    assert standing
    assert standing.closing is None
    assert standing.opening.word.amount_vnd == 9_000
    assert [turn.id[-4:] for turn in turns] == ["0001", "0002", "0003"]
    assert [row["vnd"] for row in stuck(store)] == [9_000]


async def test_it_is_told_in_the_timeline_of_its_application_and_told_once(
    store: Store, partners: Partners, log: Log
) -> None:
    application = Story(log).application
    opened = partners.opens(application=application)
    partners.opens(application=application)  # a run that was repeated says it again
    partners.closes(opened)
    await heard(store, log, batch=1)
    entries, forks = await store.journeys.of(application)
    assert [e.type.rpartition("_")[2] for e in entries] == ["opened", "closed"]
    assert forks == []
    assert stuck(store) == []


async def test_what_is_neither_is_passed_over(store: Store, partners: Partners, log: Log) -> None:
    log.append(TOPIC, b"sen-vang", b"\xff", 0)
    log.append(TOPIC, b"sen-vang", b'{"type": "flow.counted"}', 0)
    partners.states()
    await heard(store, log)
    assert [s.word.fee_vnd for s in await ledger(store).statements("sen-vang", f"{DAY}")] == [990]


async def test_a_loop_whose_lanes_were_taken_ends_and_what_it_heard_is_heard_again(
    store: Store, partners: Partners, log: Log
) -> None:
    partners.opens()
    group = Group(log.records)
    assignment = group.assignment(store.trouble)
    assignment.is_lost = True
    with pytest.raises(Fenced):
        await hearing(store).serve(assignment)
    await heard(store, log)
    assert len(stuck(store)) == 1


async def test_the_last_statement_of_each_day_is_shown_the_newest_first(
    store: Store, partners: Partners, log: Log
) -> None:
    for day in (DAY, DAY + timedelta(days=1)):
        partners.states(day=day)
    partners.states(correction=1)
    partners.states("sen", day=date(2026, 1, 1))
    await heard(store, log)
    books = ledger(store)
    assert set(await books.partners()) == {"sen", "sen-vang"}
    found = await books.last_statements("sen-vang", 14)
    assert [(s.word.day.day, s.word.correction) for s in found] == [(9, 0), (8, 1)]


async def test_so_many_days_are_shown_however_often_each_was_corrected(
    store: Store, partners: Partners, log: Log
) -> None:
    for n in range(16):
        for correction in range(20 if n == 3 else 3):
            partners.states(day=DAY - timedelta(days=n), correction=correction)
    await heard(store, log)
    found = await ledger(store).last_statements("sen-vang", 14)
    assert [s.word.day for s in found] == [DAY - timedelta(days=n) for n in range(14)]
    assert {s.word.correction for s in found} == {2, 19}


async def test_of_a_kind_that_is_rare_no_more_is_looked_at_than_a_page_may_cost(
    store: Store, partners: Partners, log: Log
) -> None:
    for n in range(LOOKED_LIMIT + AT_ONCE):
        partners.opens(n)
    rare = partners.opens(1, kind="late", day=DAY + timedelta(days=1))
    await heard(store, log, batch=len(log.records))
    books = ledger(store)
    found, following = await books.listed("", "late", is_open=True, after="", limit=5)
    assert (found, following.split(".")[2]) == ([], "amount")
    found, following = await books.listed("", "late", is_open=True, after=following, limit=5)
    assert ([s.id for s in found], following) == ([rare.break_id], "")


@given(seed=st.integers(0, 2**32), doubt=st.sampled_from([0.0, 0.05]))
async def test_whatever_is_doubled_cut_off_and_heard_again_comes_to_the_same_rows(
    seed: int, doubt: float
) -> None:
    rng, log = random.Random(seed), Log()
    partners, application = Partners(log), Story(log).application
    for n in range(1, 6):
        partner = rng.choice(["sen-vang", "an-phat", "bien-xanh"])
        own = application if rng.random() < 0.5 else ""
        opened = partners.opens(n, partner=partner, application=own)
        turns = rng.randrange(4)
        for turn in range(2, 2 + turns):
            if turn % 2:
                partners.opens(n, turn=turn, partner=partner, application=own)
            else:
                partners.closes(opened, turn=turn)
        partners.states(partner, correction=n)
    for record in rng.sample(log.records, 4):
        log.again(record)
    steady, troubled = Store(), Store(Trouble(lambda: rng.random() < doubt))
    await heard(steady, log, batch=1_000)
    await _interrupted(troubled, log.records, rng)
    troubled.trouble.fails = lambda: False

    assert await _kept(troubled) == await _kept(steady)


async def _kept(store: Store) -> dict[str, Any]:
    """The rows; of journeys, which are packed as they came, what is in them."""
    rows = {name: dict(store.tables[name].rows) for name in KEPT}
    return {**rows, "journeys": await store.kept()}


async def _interrupted(store: Store, records: list[Record], rng: random.Random) -> None:
    """Hear parts of the log, each from its beginning, then all of it."""
    for cut in (*rng.sample(range(len(records)), 3), len(records)):
        assignment = Group(records[:cut]).assignment(store.trouble, rng.randrange(1, 5))
        with pytest.raises(Over):
            await hearing(store).serve(assignment)


async def test_an_application_that_is_read_anew_keeps_its_break_on_the_board(
    store: Store, partners: Partners, log: Log
) -> None:
    story = Story(log)
    story.charged()
    partners.opens(application=story.application)
    lanes = Group([r for r in log.records if r.topic != TOPIC])
    await store.read(lanes)
    await heard(store, log)
    await store.read(Group(lanes.records))  # all of it again: its rows are looked up
    assert len(stuck(store)) == 1
