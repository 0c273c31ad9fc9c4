"""What flows, in a real browser: drawn, looked at again by itself, and readable without scripts.

Pictures go to build/console: they are to be looked at, not only made.
"""

from datetime import timedelta

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_flow_page import flowed
from tests.services.operations.windows import NARROW, WIDE, overflow

HIDE = "() => Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"
SHOW = "() => Object.defineProperty(document, 'hidden', {get: () => false, configurable: true})"
LOOKS_MS = 6_000  # longer than from one look to the next


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_it_fits_is_right_for_axe_and_is_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    await flowed(sight.edge)
    language, name = ("en", f"{width}-night") if night else ("vi", f"{width}-day")
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language=language)
        await page.goto(f"{sight.edge.url}/flow")
        await page.wait_for_selector("#chart canvas")
        assert await overflow(page) == 0
        await axe(page)
        await sight.shot(page, f"flow-{name}")
        await page.click("summary")
        assert await overflow(page) == 0
        await axe(page)
        sight.edge.now += timedelta(minutes=5)
        sight.edge.live.seconds += 300
        sight.edge.live.behind = {"operations": 1_204, "operations-tables": 3, "notify": 0}
        await page.goto(f"{sight.edge.url}/flow")
        await sight.shot(page, f"flow-still-{name}")
        await axe(page)


async def test_it_looks_again_while_it_is_in_sight_and_not_while_it_is_hidden(sight: Sight) -> None:
    await flowed(sight.edge)
    async with sight.page() as page:
        await sight.sign_in(page, language="en")
        await page.goto(f"{sight.edge.url}/flow")
        await page.click("summary")
        await page.evaluate(HIDE)
        a_minute_ago = sight.edge.now - timedelta(minutes=1)
        sight.edge.live.count("routing", a_minute_ago, application__routed=777)
        await page.wait_for_timeout(LOOKS_MS)
        assert "777" not in await page.inner_text("main")
        await page.evaluate(SHOW)
        await page.wait_for_selector("#minutes td:text('777')")
        assert "777" in await page.inner_text("#live")
        assert await page.locator("#chart canvas").count() == 1, "the chart is not drawn anew"
        assert await page.locator("details[open]").count() == 1, "what was opened stays open"


async def test_a_session_that_has_ended_leads_to_the_door(sight: Sight) -> None:
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/flow")
        await page.context.clear_cookies()
        await page.wait_for_selector("#password", timeout=2 * LOOKS_MS)


async def test_without_scripts_the_numbers_and_lines_are_there(sight: Sight) -> None:
    await flowed(sight.edge)
    async with sight.page(WIDE, scripts=False) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/flow")
        assert await page.locator(".spark polyline").count() == 4
        assert not await page.is_visible("#chart")
        await page.focus("summary")
        await page.keyboard.press("Enter")
        assert await page.is_visible("#minutes")
        assert LABELS["flow_ages"].vi in await page.inner_text("main")
        await sight.shot(page, "flow-plain")
