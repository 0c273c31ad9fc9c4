"""A round that cannot go on stands still with its reason, and the loop goes on."""

import pytest

from services.operations.domain.actions import ACTIONS
from services.operations.domain.rounds import ITSELF
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
