"""The console in a real browser, on small and large windows, by day and by night.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from tests.browser import needs_axe
from tests.services.operations import scenes
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_finding_pages import two_of_one_number
from tests.services.operations.console.test_money_pages import money_of, reconciled
from tests.services.operations.scenes import begun
from tests.services.operations.variants import EVERY
from tests.services.operations.windows import NARROW, WIDE, overflow


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_every_page_fits_the_window_and_is_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    language = "en" if night else "vi"
    name = f"{width}-{'night' if night else 'day'}"
    story = await sight.edge.read(begun(scenes.withdrawn))
    await two_of_one_number(sight.edge)
    opened = await reconciled(sight.edge, story)
    async with sight.page(width, night=night) as page:
        await page.goto(f"{sight.edge.url}/sign-in?lang={language}")
        await sight.shot(page, f"sign-in-{name}")
        await sight.sign_in(page, language=language)
        await sight.shot(page, f"find-{name}")
        for what, typed in (
            ("none", "H29.1-20261120-9999999"),
            ("several", "77"),
            ("sought", "unit:00004 6/2026"),
        ):
            await page.goto(f"{sight.edge.url}/find?q={typed}")
            assert await overflow(page) == 0
            await sight.shot(page, f"find-{what}-{name}")
        for what, address in (("stuck", "stuck"), ("group", "stuck/payment/reconciliation_break")):
            await page.goto(
                f"{sight.edge.url}/{address}?which=all"
                if what == "group"
                else f"{sight.edge.url}/{address}"
            )
            assert await overflow(page) == 0
            await sight.shot(page, f"{what}-{name}")
        for what, address in money_of(opened):
            await page.goto(f"{sight.edge.url}/{address}")
            assert await overflow(page) == 0
            await sight.shot(page, f"money-{what}-{name}")
        await page.goto(f"{sight.edge.url}/journeys/{story.application}")
        assert await overflow(page) == 0
        await page.click(".lines summary >> nth=3")
        await page.wait_for_selector(".raw pre")
        assert await overflow(page) == 0
        await sight.shot(page, f"journey-{name}")


@needs_axe
@pytest.mark.parametrize(("width", "night"), [(WIDE, False), (NARROW, True)], ids=["day", "night"])
async def test_every_journey_fits_the_window_and_axe_finds_nothing(
    sight: Sight, width: int, night: bool
) -> None:
    async with sight.person(width=width, night=night) as person:
        for n, (name, scene) in enumerate(EVERY.items(), start=10):
            story = await sight.edge.read(begun(scene, n))
            await person.opens(f"journeys/{story.application}")
            await person.looks(name)
