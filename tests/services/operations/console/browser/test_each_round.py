"""Every action that there is, as two persons do it: found on its group's page, asked for and
previewed, agreed to where it takes two, carried out, and read of afterwards.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from services.operations.console.rounds.labels import CHECKS
from services.operations.console.spoken import grouped
from services.operations.domain.actions import ACTIONS
from tests.browser import needs_axe
from tests.services.operations.console.browser.needs import MATTERS, NEEDS, Need
from tests.services.operations.console.browser.person import Person
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.windows import NARROW

WHY = "Nguyên nhân đã được khắc phục"


def test_every_action_has_a_need_that_it_is_pressed_for() -> None:
    assert NEEDS.keys() == ACTIONS.keys()


async def carry_out(edge: ConsoleEdge, need: Need) -> None:
    """Let time pass until nothing more comes of any round."""
    for _ in range(20):
        if not await edge.rounds.watched():
            return
        await edge.turn(5)
        if need.goes_on:
            await need.goes_on(edge)
    pytest.fail("the round does not end")


async def agree(asker: Person, other: Person) -> None:
    """Who asked waits, with nothing done, until another agrees."""
    await asker.reads(asker.said("round_yours"))
    assert await asker.page.locator("#do-approve").count() == 0
    assert asker.sight.edge.published == []
    await other.agrees(asker.page.url)


@needs_axe
@pytest.mark.parametrize("action", ACTIONS)
async def test_it_is_asked_for_carried_out_and_its_page_says_that_the_cause_is_gone(
    sight: Sight, action: str
) -> None:
    need, does = NEEDS[action], ACTIONS[action]
    sight.edge.service = need.service
    await need.plant(sight.edge)
    async with (
        sight.person("operator") as asker,
        sight.person("checker", NARROW, night=True) as other,
    ):
        await asker.opens(need.group)
        await need.comes(asker, action)
        assert asker.words(does.does) in await asker.text()
        await asker.looks(f"{action}-asked")
        await asker.previews(WHY, **need.given)
        lines = asker.page.locator("tbody tr")
        assert await lines.count() == MATTERS
        if need.vnd:
            assert await lines.get_by_text(asker.words(grouped(need.vnd))).count() == MATTERS
        await asker.looks(f"{action}-preview")
        await asker.page.click("#do-start")
        if does.needs_check:
            await agree(asker, other)
        else:
            await asker.page.wait_for_selector("progress")

        await carry_out(sight.edge, need)
        await other.opens(asker.page.url)
        await other.reads(other.said("round_gone", count=f"{MATTERS}"))
        gone = other.words(CHECKS["gone"])
        assert await other.page.locator(f"tbody .is-sent:has-text('{gone}')").count() == MATTERS
        await other.looks(f"{action}-over")
        await other.page.click("tbody th a >> nth=0")
        await other.page.wait_for_load_state()
        told = await other.text()
        assert (WHY in told, "checker" in told) == (True, does.needs_check)
        await other.looks(f"{action}-one")
    assert need.done(sight.edge) == MATTERS
