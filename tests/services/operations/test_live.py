"""What flows, and how fresh that is: whether the live table is live, quiet or stands still."""

from datetime import datetime, timedelta

import pytest

from services.operations.live import KEPT_S, LIVE_S, FlowView
from services.operations.trends import Trends
from tests.services.operations.live import Live
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.story import BEGAN


class Scene:
    """A desk at an instant that a test moves."""

    def __init__(self) -> None:
        self.now = BEGAN
        self.live = Live({}, self.clock, {"operations": 0, "operations-tables": 0})
        self.trouble = Trouble()
        self.trends = Trends(MemoryBoard({}), MemoryTable(self.trouble), self.clock)
        self.desk = self.live.desk(self.trends)

    def clock(self) -> datetime:
        return self.now

    async def after(self, seconds: float) -> FlowView:
        """Look so many seconds later."""
        self.now += timedelta(seconds=seconds)
        self.live.seconds += seconds
        return await self.desk.look()


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.live.count("payment", BEGAN, payment__settled=60)
    return scene


async def test_what_was_counted_a_moment_ago_is_live(scene: Scene) -> None:
    found = await scene.after(LIVE_S)
    assert (found.standing, found.behind_s) == ("live", LIVE_S)


async def test_where_nothing_is_left_to_read_it_is_quiet_and_nothing_flows(scene: Scene) -> None:
    found = await scene.after(300)
    assert found.standing == "quiet"
    assert {rate.out_per_s for rate in found.rates} == {0.0}


@pytest.mark.parametrize("reader", ["operations", "operations-tables"])
async def test_where_something_is_left_it_stands_still_and_no_rate_is_said(
    scene: Scene, reader: str
) -> None:
    scene.live.behind = {"operations": 0, "operations-tables": 0, reader: 3}
    found = await scene.after(LIVE_S + 1)
    assert found.standing == "still"
    assert {(rate.in_per_s, rate.out_per_s) for rate in found.rates} == {(None, None)}


async def test_that_another_group_is_behind_says_nothing_of_the_table(scene: Scene) -> None:
    scene.live.behind = {"operations": 0, "notify-effects": 9}
    found = await scene.after(LIVE_S + 1)
    assert found.standing == "quiet"
    assert {lag.reader: lag.behind for lag in found.lags}["notify-effects"] == 9


async def test_where_nobody_says_what_is_left_it_is_not_known(scene: Scene) -> None:
    scene.live.behind = None
    found = await scene.after(LIVE_S + 1)
    assert (found.standing, found.lags_as_of_ms, found.lags) == ("unseen", None, [])


async def test_a_table_that_is_filled_again_stands_still(scene: Scene) -> None:
    scene.live.is_filled = False
    assert (await scene.after(1)).standing == "still"


async def test_groups_are_looked_at_once_in_a_while_and_it_is_said_when(scene: Scene) -> None:
    first = await scene.after(1)
    again = await scene.after(KEPT_S - 1)
    assert (scene.live.looks, again.lags_as_of_ms) == (1, first.lags_as_of_ms)
    later = await scene.after(1)
    assert scene.live.looks == 2
    assert later.lags_as_of_ms == later.as_of_ms


async def test_ages_are_those_of_the_last_count(scene: Scene) -> None:
    assert (await scene.after(0)).ages_as_of_ms is None
    await scene.trends.turn()
    counted_ms = int(scene.now.timestamp() * 1_000)
    assert (await scene.after(30)).ages_as_of_ms == counted_ms


async def test_a_database_that_does_not_answer_takes_nothing_but_the_ages(scene: Scene) -> None:
    await scene.trends.turn()
    scene.trouble.fails = lambda: True
    found = await scene.after(1)
    assert (found.standing, found.ages_as_of_ms) == ("live", None)
