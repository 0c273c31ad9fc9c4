"""A round that cannot go on stands still with its reason, and the loop goes on."""

from collections.abc import Iterable

import pytest

from services.operations.domain.actions import ACTIONS
from services.operations.domain.entries import Entry
from services.operations.domain.rounds import ITSELF
from services.operations.journeys import Journeys
from services.operations.rounds.runner import CHECK_AFTER, Runner
from services.operations.turns import SomeFailed
from tests.services.operations.rounds.office import ID, Office


async def test_a_round_that_cannot_go_on_is_paused_with_the_reason() -> None:
    office = Office(5)
    await office.begin()
    await office.do("start")
    office.actions = {}  # the action was taken away

    with pytest.raises(SomeFailed, match=f"{ID}: KeyError: 'release'"):
        await office.turn(office.runner())

    round_ = await office.round()
    assert (round_.status, round_.acts[-1].by) == ("paused", ITSELF)
    assert round_.acts[-1].reason == "KeyError: 'release'"
    assert office.published == []

    office.actions = ACTIONS
    await office.do("resume")
    await office.run()
    assert (await office.round()).status == "done"
    assert len(office.published) == 5


class Unreadable(Journeys):
    """What became of applications cannot be read."""

    async def standing(self, applications: Iterable[str]) -> dict[str, list[Entry]]:
        raise KeyError("planted")


async def checking(office: Office) -> Runner:
    """A round all of which was sent, and that cannot be checked."""
    await office.begin()
    await office.do("start")
    for _ in range(3):
        await office.turn(office.runner())
    assert (await office.round()).status == "checking"
    tables = office.store.tables
    office.store.journeys = Unreadable(*(tables[n] for n in ("journeys", "names", "aside")))
    office.now += CHECK_AFTER
    with pytest.raises(SomeFailed, match=f"{ID}: KeyError: 'planted'"):
        await office.turn(office.runner())
    return office.runner()


async def test_a_round_that_cannot_be_checked_is_paused_with_the_reason_and_resumed() -> None:
    office = Office(3)
    await checking(office)

    round_ = await office.round()
    assert (round_.status, round_.acts[-1].by) == ("paused", ITSELF)
    assert round_.acts[-1].reason == "KeyError: 'planted'"

    office.store.journeys = office.store.fresh_journeys()
    await office.do("resume")
    await office.run()
    assert (await office.round()).status == "done"
    assert await office.results() == [("sent", "gone")] * 3
    assert len(office.published) == 3


async def test_who_aborts_what_cannot_be_checked_ends_it() -> None:
    office = Office(3)
    runner = await checking(office)
    await office.do("abort")
    with pytest.raises(SomeFailed):
        await office.turn(runner)
    assert await office.rows.watched() == []
    await office.turn(runner)
    assert (await office.round()).status == "aborted"
