"""How partners fare: counted as the log is read, and by the orders that stand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.operations.domain.partner_flow import HOUR_S
from services.operations.money.health import CAUSES, Health, Standings, standings
from services.operations.situations import INDEX
from shared.events import payment
from shared.mongo import MongoTable, connect
from tests.services.operations.memory import Group, Store
from tests.services.operations.money.partners import Rows, alone, desk
from tests.services.operations.story import BEGAN, Log, Story


@pytest.fixture
def store() -> Store:
    return Store()


def asked(story: Story, finding: str, n: int = 1) -> None:
    """The partner is asked about the order, and that came of it."""
    said: Any = {"key": f"{story.application}/q/{n}", "partner": "sandbox"}
    wanted = payment.QueryRequested(**said, reference=story.reference, opened_at=BEGAN)
    (event,) = story.decide("payment", story.submitted(), wanted)
    answer = payment.Queried(**said, reference=story.reference, finding=finding)
    story.external("payment.inbox", "/services/payment/effects", answer, event.id)


async def test_orders_are_counted_with_how_long_they_took_to_be_paid(
    store: Store, log: Log
) -> None:
    for n in range(1, 5):
        story = Story(log, n)
        story.paid() if n < 4 else story.charged()
    await store.read(Group(log.records))

    told = await desk(store, log.now).health.partners()

    (sandbox,) = told.partners
    assert (sandbox.partner, sandbox.standing) == ("sandbox", "answers")
    assert (sandbox.hour.opened, sandbox.hour.paid, sandbox.hour.success) == (4, 3, 1.0)
    assert sandbox.hour.median_s == pytest.approx(720, rel=0.1)
    assert sandbox.orders == Standings(open=1, vnd=50_000)
    assert sandbox.sign_at
    assert told.newest_second
    assert log.now - sandbox.sign_at < timedelta(seconds=2)
    assert told.newest_second <= log.now


async def test_a_partner_that_does_not_answer_is_silent_until_it_does(
    store: Store, log: Log
) -> None:
    story = Story(log)
    story.charged()
    asked(story, "unknown")
    log.pass_time(minutes=5)
    asked(Story(log, 2), "deferred")
    await store.read(Group(log.records))
    (sandbox,) = (await desk(store, log.now).health.partners()).partners
    assert (sandbox.standing, sandbox.sign_at) == ("let_alone", None)
    assert (sandbox.orders.silent, sandbox.hour.unanswered, sandbox.hour.let_alone) == (1, 1, 1)
    assert sandbox.orders.silent_since_ms

    asked(story, "pending", n=2)
    store = Store()
    await store.read(Group(log.records))
    (sandbox,) = (await desk(store, log.now).health.partners()).partners
    assert (sandbox.standing, sandbox.orders.silent) == ("answers", 0)


async def test_what_is_read_again_after_a_restart_counts_once(store: Store, log: Log) -> None:
    Story(log).paid()
    group = Group(log.records)
    await store.read(group)
    await store.read(Group(log.records))  # nothing of it is committed: all is handed out anew
    (sandbox,) = (await desk(store, log.now).health.partners()).partners
    assert (sandbox.day.opened, sandbox.day.paid) == (1, 1)


async def test_an_hour_later_only_the_day_has_it(store: Store, log: Log) -> None:
    Story(log).paid()
    await store.read(Group(log.records))
    later = log.now + timedelta(seconds=HOUR_S + 600)
    told = await desk(store, later).health.partners()
    assert (told.partners[0].hour.paid, told.partners[0].day.paid) == (0, 1)
    assert told.behind_s
    assert told.behind_s > HOUR_S


def test_who_can_not_be_asked_stands_first() -> None:
    rows = [
        {"_id": {"cause": c, "partner": p}, "matters": 1, "since_ms": 7, "vnd": 9}
        for c, p in (("awaiting_payment", "a"), ("partner_silent", "b"), ("partner_down", "c"))
    ]
    found = standings(rows)
    assert found["a"] == Standings(open=1, vnd=9)
    assert found["b"] == Standings(silent=1, silent_since_ms=7)
    assert found["c"] == Standings(let_alone=1)
    assert standings([{"_id": {"cause": "partner_asked", "partner": ""}, "matters": 1}]) == {}


async def test_orders_are_counted_again_after_a_while_alone(store: Store, log: Log) -> None:
    Story(log).charged()
    await store.read(Group(log.records))
    ticks = iter((0.0, 1.0, 5.0, 31.0, 32.0))
    rows = Rows(store.tables["situations"].rows)
    health = Health(rows, alone(store, lambda: log.now), lambda: log.now, ticks.__next__)
    first = await health.partners()
    store.tables["situations"].rows.clear()
    assert (await health.partners()).partners == first.partners
    assert (await health.partners()).partners[0].orders == Standings()


async def test_the_database_counts_orders_as_the_rows_in_memory_do(
    store: Store, log: Log, mongo_url: str
) -> None:
    for n in range(1, 6):
        story = Story(log, n)
        story.charged()
        if n % 2:
            asked(story, "unknown" if n > 1 else "deferred")
    await store.read(Group(log.records))
    rows = store.tables["situations"].rows
    assert {row["cause"] for row in rows.values()} & set(CAUSES)
    database = connect(mongo_url, f"test_orders_{uuid4().hex[:8]}")
    try:
        table = MongoTable(database["situations"])
        await table.index(INDEX)
        await table.insert([*rows.values()])
        assert await _counted(table, log.now) == await _counted(Rows(rows), log.now)
    finally:
        await database.client.drop_database(database.name)
        database.client.close()


async def _counted(rows: Any, now: datetime) -> Any:
    health = Health(rows, alone(Store(), lambda: now), lambda: now, lambda: 0.0)
    return {each.partner: each.orders for each in (await health.partners()).partners}
