"""What services hold, and the board: on rows in memory, and on a database."""

import random
from datetime import UTC, datetime
from math import ceil
from typing import Any
from uuid import uuid4

import pytest

from services.operations.board import Ages, Board, Group, Place
from services.operations.domain.causes import CAUSES, HELD
from services.operations.domain.senders import REPEATED
from services.operations.domain.situations import all_rows_of, rows_of
from services.operations.journeys import read
from services.operations.situations import INDEX, Situations
from services.operations.stuck_api import page_of
from shared.events.kernel import LaneReleased, RecordParked
from shared.mongo import MongoTable, connect
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.story import BEGAN

LONG_MS = 7 * 86_400_000
NOW_MS = int(BEGAN.timestamp() * 1_000) + 3_600_000
PARKED = RecordParked(
    service="routing", topic="intake.events", partition=0, offset=7, reason="a mistake"
)


@pytest.fixture
def store(world: Any) -> Any:
    return world.Store()


async def read_all(store: Any, log: Any, world: Any) -> None:
    await store.read(world.Group(log.records))


def held_rows(store: Any) -> list[Any]:
    return [r for r in store.tables["situations"].rows.values() if r["cause"] == HELD]


async def test_what_a_service_holds_stands_at_its_stage_until_it_is_released(
    store: Any, story: Any, log: Any, world: Any
) -> None:
    story.registered()
    story.external("intake.events.parked", "/services/routing", PARKED)
    await read_all(store, log, world)
    (row,) = held_rows(store)
    assert (row["_id"], row["dossier"]) == (f"{story.application}/routing/held/", story.code)

    story.external("routing.inbox", "/operations", LaneReleased(operator="o", reason="mended"))
    await read_all(store, log, world)
    assert held_rows(store) == []


async def test_what_is_held_again_after_its_release_stands_there_anew(
    store: Any, story: Any, log: Any, world: Any
) -> None:
    story.external("intake.events.parked", "/services/routing", PARKED)
    story.external("routing.inbox", "/operations", LaneReleased(operator="o", reason="mended"))
    log.pass_time(minutes=1)
    story.external("intake.events.parked", "/services/routing", PARKED)
    await read_all(store, log, world)

    (row,) = held_rows(store)
    assert row["since_ms"] == log.records[-1].timestamp_ms


@pytest.mark.parametrize("topic", ["portal.submissions", "routing.inbox", "intake.events.dead"])
async def test_only_a_lanes_own_notice_has_an_application_held(
    store: Any, story: Any, log: Any, world: Any, topic: str
) -> None:
    """Whoever may write to a topic may write any type."""
    story.external(topic, "/portals/sandbox", PARKED)
    await read_all(store, log, world)

    assert held_rows(store) == []
    assert all_rows_of(story.application, log.entries(story.application)) == {}


async def test_only_what_stands_on_its_own_inbox_releases_a_service(
    store: Any, story: Any, log: Any, world: Any
) -> None:
    story.external("intake.events.parked", "/services/routing", PARKED)
    for topic in ("portal.submissions", "routing.events"):
        story.external(topic, "/x", LaneReleased(operator="o", reason="mended"))
    await read_all(store, log, world)

    assert [row["stage"] for row in held_rows(store)] == ["routing"]


async def test_one_who_reads_of_the_release_too_early_leaves_what_is_held_since(
    world: Any, story: Any, log: Any
) -> None:
    """The release is read while somebody else already keeps that it is held again."""
    store = world.Store()
    story.external("intake.events.parked", "/services/routing", PARKED)
    story.external("routing.inbox", "/operations", LaneReleased(operator="o", reason="mended"))
    first, released = store.fresh_journeys(), log.records[:]
    await first.append([read(r) for r in released])
    story.external("intake.events.parked", "/services/routing", PARKED)
    await first.append([read(log.records[-1])])

    situations = Situations(store.tables["situations"], store.fresh_journeys())
    await situations.hold([read(r) for r in released])

    assert len(held_rows(store)) == 1


@pytest.fixture
async def kept_rows(world: Any) -> list[Any]:
    return [row for n in range(60) for row in _story(world, n)]


async def test_the_board_groups_as_one_who_counts_every_row(
    kept_rows: list[Any], mongo_url: str
) -> None:
    database = connect(mongo_url, f"test_board_{uuid4().hex[:8]}")
    try:
        table = MongoTable(database["situations"])
        await table.index(INDEX)
        await table.index(INDEX)
        await table.insert(kept_rows)
        ticks = iter(range(1, 10**6))
        await _is_a_board(Board(table, lambda: next(ticks)), kept_rows)
    finally:
        await database.client.drop_database(database.name)
        database.client.close()


async def test_the_board_in_memory_is_one(kept_rows: list[Any]) -> None:
    await _is_a_board(MemoryBoard({row["_id"]: row for row in kept_rows}), kept_rows)


async def _is_a_board(board: Board, rows: list[Any]) -> None:
    stuck = (await board.stuck(NOW_MS)).groups
    waiting = (await board.waiting(NOW_MS)).groups

    assert {_kind(g): _numbers(g) for g in (*stuck, *waiting)} == _counted(rows)
    assert all(g.is_stuck and g.applications == g.matters for g in stuck)
    assert not any(g.is_stuck for g in waiting)
    assert stuck == sorted(stuck, key=lambda g: g.oldest_ms)
    assert await board.ages(NOW_MS) == _aged(rows)
    await _pages(board, rows)


def _aged(rows: list[Any]) -> list[Any]:
    """How old what waits is, told to within a tenth."""
    found = []
    for stage in sorted({row["stage"] for row in rows}):
        ages = sorted((NOW_MS - r["since_ms"]) / 1_000 for r in rows if r["stage"] == stage)
        middle, late = (ages[ceil(share * len(ages)) - 1] for share in (0.5, 0.95))
        found.append(
            Ages(
                stage=stage,
                matters=len(ages),
                oldest_s=int(ages[-1]),
                median_s=pytest.approx(middle, rel=0.1),
                p95_s=pytest.approx(late, rel=0.1),
            )
        )
    return found


async def test_what_ends_by_itself_is_over_when_nothing_of_it_came_again_for_so_long(
    story: Any, log: Any
) -> None:
    story.registered()
    for _ in range(REPEATED):
        story.submitted()
    rows = rows_of(story.application, log.entries(story.application))
    board, last_ms = MemoryBoard(rows), log.records[-1].timestamp_ms
    lasts_ms = int(CAUSES["repeated"].lasts_s * 1_000)

    async def seen(at_ms: int) -> set[str]:
        now = datetime.fromtimestamp(at_ms / 1_000, UTC)
        page = await page_of(board, ("intake", "repeated"), "stuck", "", 10, now)
        group = {g.cause for g in (await board.stuck(at_ms)).groups} & {"repeated"}
        assert len(page.items) == len(group), "the group has what the board counts"
        return group

    assert await seen(last_ms + lasts_ms - 1) == {"repeated"}
    assert await seen(last_ms + lasts_ms) == set()


async def test_what_is_stuck_may_be_called_otherwise_than_what_waits(story: Any, log: Any) -> None:
    story.routed()
    board = MemoryBoard(rows_of(story.application, log.entries(story.application)))
    cause, at_ms = CAUSES["awaiting_acceptance"], int(BEGAN.timestamp() * 1_000)
    (waiting,) = [g for g in (await board.waiting(at_ms)).groups if g.title_en == cause.en]
    found = (await board.stuck(at_ms + LONG_MS)).groups
    (stuck,) = [g for g in found if g.title_en == cause.stuck_en]
    assert (waiting.cause, waiting.title_vi) == (stuck.cause, cause.vi)
    assert stuck.title_vi == cause.stuck_vi


async def test_what_waits_as_it_should_is_asked_again_after_a_while_longer_if_it_takes_long() -> (
    None
):
    class Rows:
        asked = 0

        async def aggregate(self, stages: Any) -> list[Any]:
            self.asked += 1
            times.append(times[-1] + 3.0)
            return []

    rows, times = Rows(), [100.0]
    board = Board(rows, lambda: times[-1])

    for at_s, asked in ((100.0, 1), (103.0 + 59.0, 1), (103.0 + 60.0, 2)):
        times.append(at_s)
        await board.waiting(NOW_MS)
        assert rows.asked == asked


async def _pages(board: Board, rows: list[Any]) -> None:
    wanted = [
        (r["stuck_ms"], r["_id"])
        for r in rows
        if r["cause"] == "awaiting_acceptance" and r["stuck_ms"] <= NOW_MS + LONG_MS
    ]
    read: list[tuple[int, str]] = []
    place = Place()
    while page := await board.situations(
        "routing", "awaiting_acceptance", place, NOW_MS + LONG_MS, 7
    ):
        read += [(s.stuck_ms or 0, s.key) for s in page]
        place = Place(*read[-1])
    assert read == sorted(wanted)
    assert len(read) > 7
    some = [row for row in rows if row["cause"] == "awaiting_acceptance"][:3]
    one, *others = some
    either = [
        {"application": {"$in": [row["application"] for row in others]}},
        {"_id": {"$gte": f"{one['application']}/", "$lt": f"{one['application']}0"}},
    ]
    only = {"$or": either, "partner": ""}
    found = await board.situations(
        "routing", "awaiting_acceptance", Place(), NOW_MS + LONG_MS, 7, only
    )
    assert {s.key for s in found} == {row["_id"] for row in some}


def _story(world: Any, n: int) -> list[Any]:
    rng, log = random.Random(n), world.Log()
    log.pass_time(minutes=rng.randrange(50))
    story = world.Story(log, n + 1)
    getattr(story, rng.choice(["submitted", "registered", "routed", "charged", "paid"]))()
    return list(rows_of(story.application, log.entries(story.application)).values())


def _kind(group: Group) -> tuple[str, str, bool]:
    return group.stage, group.cause, group.is_stuck


def _numbers(group: Group) -> tuple[int, int, int]:
    return group.matters, group.oldest_ms, group.vnd


def _counted(rows: list[Any]) -> dict[tuple[str, str, bool], tuple[int, int, int]]:
    kinds: dict[tuple[str, str, bool], list[Any]] = {}
    for row in rows:
        is_stuck = row["stuck_ms"] <= NOW_MS
        kinds.setdefault((row["stage"], row["cause"], is_stuck), []).append(row)
    return {
        kind: (
            len(some),
            min(r["since_ms"] for r in some),
            sum(r["vnd"] for r in some),
        )
        for kind, some in kinds.items()
    }
