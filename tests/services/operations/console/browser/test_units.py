"""Readiness, the sync ledger and forms that are sent, in a real browser, and what is done there.

Pictures go to build/console: they are to be looked at, not only made.
"""

from datetime import timedelta

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_readiness_pages import NOTE, WARD, worked
from tests.services.operations.console.test_sync_pages import DAY, days_work
from tests.services.operations.windows import NARROW, WIDE, overflow

SUBSCRIPTIONS = "statistics/subscriptions"


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_they_fit_also_with_large_letters_and_are_right_for_axe(
    sight: Sight, width: int, night: bool
) -> None:
    await days_work(sight.edge)
    sight.edge.now += timedelta(days=1)
    language, name = ("en", f"{width}-night") if night else ("vi", f"{width}-day")
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language=language)
        for what, path in (
            ("readiness", f"readiness/{WARD}"),
            ("sync", f"sync?unit=01&day={DAY}"),
            ("sync-empty", f"sync?unit={WARD}"),
        ):
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, what
            await axe(page)
            await sight.shot(page, f"{what}-{name}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, what


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_point_is_ticked_by_keyboard_and_taken_back(sight: Sight, scripts: bool) -> None:
    await worked(sight.edge)
    where = f"{sight.edge.url}/readiness/{WARD}"
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page)
        for button, state in (("yes", "state_met"), ("no", "state_unmet")):
            await page.goto(where)
            await page.focus("#network summary")
            await page.keyboard.press("Enter")
            await page.keyboard.press("Tab")
            await page.keyboard.type(NOTE)
            for _ in range(1 if button == "yes" else 2):
                await page.keyboard.press("Tab")
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
            row = await page.inner_text("#network")
            assert LABELS[state].vi in row
            assert NOTE in row
            sight.edge.now += timedelta(minutes=1)


async def test_a_difference_leads_to_its_journey(sight: Sight) -> None:
    silent = await days_work(sight.edge)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/sync?unit=01&day={DAY}")
        await page.focus(f"main a[href$='{silent.application}']")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert page.url.endswith(f"/journeys/{silent.application}")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_form_is_subscribed_and_ended(sight: Sight, scripts: bool) -> None:
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/{SUBSCRIPTIONS}")
        await page.fill("#unit", "01")
        await page.select_option("#every", "daily")
        await page.focus("#target")
        await page.keyboard.press("Tab")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert "Thành phố Hà Nội (01)" in await page.inner_text("main")
        await page.focus("form[action$=end] button")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("form[action$=end]").count() == 0
    (one,) = await sight.edge.subscriptions.rows.every()
    assert (one.unit, one.every) == ("01", "daily")
