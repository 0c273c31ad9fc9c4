"""A group released in a real browser, end to end; each page of the way is pictured.

Pictures go to build/console: they are to be looked at, not only made.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import CHECKS, RESULTS, STATUSES
from services.operations.domain.actions import ACTIONS
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.browser.test_use import TARGET_PX
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import held_one
from tests.services.operations.scenes import begun
from tests.services.operations.windows import NARROW, WIDE, overflow

GROUP = "stuck/payment/held"
WHY = "Quy tắc đã được sửa"


@asynccontextmanager
async def running(edge: ConsoleEdge, second_s: float = 0.3) -> AsyncIterator[None]:
    """Time that passes, five seconds at a turn."""

    async def keep_going() -> None:
        while True:
            await asyncio.sleep(second_s)
            await edge.turn(5)

    going = asyncio.create_task(keep_going())
    try:
        yield
    finally:
        going.cancel()
        with suppress(asyncio.CancelledError):
            await going


async def hold(edge: ConsoleEdge, count: int) -> None:
    for n in range(1, count + 1):
        await edge.read(held_one(n))


async def preview(sight: Sight, page: Any) -> None:
    """Ask for the whole group, by keyboard where there is something to type."""
    await page.goto(f"{sight.edge.url}/{GROUP}")
    await page.click('button[form="pick"][value="all"]')
    await page.wait_for_selector("#reason")
    assert await page.get_attribute(":focus", "id") == "reason"
    await page.keyboard.type(WHY)
    await page.click("main form button")
    await page.wait_for_selector("#do-start")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_group_is_released_and_its_page_says_that_the_cause_is_gone(
    sight: Sight, scripts: bool
) -> None:
    await hold(sight.edge, 3)
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page)
        await preview(sight, page)
        await page.click("#do-start")
        await page.wait_for_selector("#do-pause")
        async with running(sight.edge):
            done = page.get_by_text(LABELS["round_gone"].told(count="3").vi)
            for _ in range(40):
                if await done.count():
                    break
                await page.wait_for_timeout(500)
                if not scripts:
                    await page.reload()
        assert await done.count() == 1
        assert await page.locator("#live").get_attribute("hx-get") is None
        assert await page.locator("tbody .mark.is-sent").count() == 3
        await page.click("tbody a >> nth=0")
        await page.wait_for_selector("#timeline")
        assert WHY in await page.inner_text("main")
    assert len(sight.edge.published) == 3


async def test_who_aborts_while_it_runs_stops_it_there(sight: Sight) -> None:
    await hold(sight.edge, 4)
    async with sight.page() as page:
        await sight.sign_in(page)
        await preview(sight, page)
        await page.click("#do-start")
        await page.wait_for_selector("#do-abort")
        await sight.edge.turn()
        await page.wait_for_selector(f"text={LABELS['round_sent'].told(done='1', all='4').vi}")
        await page.focus("#do-abort")
        await sight.edge.turn()
        await page.wait_for_selector(f"text={LABELS['round_sent'].told(done='2', all='4').vi}")
        assert await page.get_attribute(":focus", "id") == "do-abort"  # it was not taken away
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f"text={STATUSES['aborted'].vi}")
        async with running(sight.edge):
            await page.wait_for_selector(f"tbody .mark:has-text('{CHECKS['gone'].vi}')")
        assert await page.get_by_text(RESULTS["not_sent"].vi).count() == 3  # twice, and counted
        assert await page.inner_text("#told") == ""
    assert len(sight.edge.published) == 2


async def test_those_ticked_by_keyboard_are_done_alone(sight: Sight) -> None:
    await hold(sight.edge, 3)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/{GROUP}")
        await page.focus("input[type=checkbox] >> nth=1")
        await page.keyboard.press("Space")
        await page.click('button[form="pick"][value="chosen"]')
        await page.wait_for_selector("#reason")
        await page.keyboard.type(WHY)
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        assert await page.locator("tbody tr").count() == 1


async def test_who_asked_waits_and_a_checker_agrees(sight: Sight) -> None:
    sight.edge.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    await hold(sight.edge, 1)
    async with sight.page() as page, sight.page() as other:
        await sight.sign_in(page)
        await preview(sight, page)
        await page.click("#do-start")
        await page.wait_for_selector(f"text={LABELS['round_yours'].vi}")
        await sight.sign_in(other, "checker")
        await other.goto(page.url)
        await sight.shot(other, "round-check")
        await other.fill("#reason", "Đã xem")
        await other.click("#do-approve")
        await other.wait_for_selector(f"text={STATUSES['running'].vi}")


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_every_page_of_the_way_fits_and_is_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    name = f"{width}-{'night' if night else 'day'}"
    await hold(sight.edge, 3)

    async def shot(what: str) -> None:
        assert await overflow(page) == 0, what
        await sight.shot(page, f"{what}-{name}")

    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/rounds")
        await shot("rounds-none")
        await page.goto(f"{sight.edge.url}/{GROUP}")
        await shot("group-do")
        await page.click('button[form="pick"][value="all"]')
        await page.wait_for_selector("#reason")
        await shot("round-new")
        await page.keyboard.type(WHY)
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        await shot("round-preview")
        await page.click("#do-start")
        await page.wait_for_selector("#do-pause")
        await sight.edge.turn()
        await page.reload()
        await shot("round-running")
        await page.click("#do-abort")
        await page.wait_for_selector(
            f"text={STATUSES['aborted'].en if night else STATUSES['aborted'].vi}"
        )
        async with running(sight.edge):
            await page.wait_for_selector("tbody .mark.is-sent")
        await shot("round-over")
        await page.goto(f"{sight.edge.url}/rounds")
        await shot("rounds")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing_on_the_way_and_all_can_be_touched(
    sight: Sight, night: bool
) -> None:
    sight.edge.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    await hold(sight.edge, 2)

    async def look(at: Any) -> None:
        await axe(at)
        small = [t for t in await targets(at) if min(t["width"], t["height"]) < TARGET_PX]
        assert [t for t in small if "hidden" not in t["what"]] == []
        await at.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert await overflow(at) == 0
        await at.evaluate("() => { document.documentElement.style.fontSize = '' }")

    width = NARROW if night else WIDE
    async with sight.page(width, night=night) as page, sight.page(width, night=night) as other:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/{GROUP}")
        await look(page)
        await page.click('button[form="pick"][value="all"]')
        await page.wait_for_selector("#reason")
        await look(page)
        await page.keyboard.type(WHY)
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        await look(page)
        await page.click("#do-start")
        await page.wait_for_selector("#live .mark.is-paused")
        await sight.sign_in(other, "checker")
        await other.goto(page.url)
        await look(other)
        await other.fill("#reason", WHY)
        await other.click("#do-approve")
        await other.wait_for_selector("progress")
        await sight.edge.turn()
        await other.reload()
        await look(other)
        for path in ("rounds", f"journeys/{next(iter(sight.edge.stories))}"):
            await other.goto(f"{sight.edge.url}/{path}")
            await axe(other)


@needs_axe
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_what_is_given_is_asked_for_in_its_own_field_and_marked_where_it_is_wrong(
    sight: Sight, width: int
) -> None:
    await sight.edge.read(begun(scenes.processing))
    async with sight.page(width) as page:
        await sight.sign_in(page, language="en")
        asking = "rounds/new/extend_deadline?stage=processing&cause=in_processing&which=all"
        await page.goto(f"{sight.edge.url}/{asking}")
        await page.fill("#working_days", "0")
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector("#wrong")
        assert await page.get_attribute(":focus", "id") == "working_days"
        await axe(page)
        await sight.shot(page, f"round-given-wrong-{width}")
        await page.fill("#working_days", "3")
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        await axe(page)
        assert await overflow(page) == 0
        await sight.shot(page, f"round-given-{width}")
