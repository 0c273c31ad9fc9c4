"""Every family passes, played from either side."""

import pytest

from deploy.conformance.cases import SIDES
from tests.deploy.conformance.conftest import played
from tests.deploy.conformance.town import ONE_OF_EACH, at_work


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("family", ONE_OF_EACH)
async def test_every_family_passes_on_both_sides(a_town, side, family):
    async with at_work(a_town()) as town:
        found = await played(town, side, ONE_OF_EACH[family])

    wrong = {
        outcome.case: [e for e in outcome.exchanges if not e.is_right]
        for outcome in found.outcomes
        if outcome.became == "failed"
    }
    assert wrong == {}
    if side == "bank" or family not in ("casso", "sepay"):
        assert found.is_conform
