"""A bank partner's pages in a real browser.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from services.operations.console.labels import LABELS
from services.operations.console.partner.labels import ANSWERS
from tests.browser import axe, needs_axe
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_partner_pages import PAGES as ALL
from tests.services.operations.console.test_partner_pages import dealt_with
from tests.services.operations.story import Story
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24
PAGES = {name: path for name, path in ALL.items() if name != "file"}


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_they_fit_the_window_also_with_large_letters_and_are_pictured(
    sight: Sight, story: Story, width: int, night: bool
) -> None:
    await dealt_with(sight.edge, story)
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, "sen-vang", language="en" if night else "vi")
        for name, path in PAGES.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, path
            await sight.shot(page, f"partner-{name}-{width}-{'night' if night else 'day'}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False])
async def test_by_keyboard_a_call_is_asked_after_with_and_without_scripts(
    sight: Sight, story: Story, scripts: bool
) -> None:
    await dealt_with(sight.edge, story)
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page, "sen-vang")
        await page.focus("nav a[href$=calls]")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await page.focus("#of")
        await page.keyboard.type("ft 26160000001")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        said = await page.inner_text("main")
        assert LABELS["calls_answer"].told(answer=ANSWERS["recorded"]).vi in said


async def test_whatever_can_be_touched_is_large_enough(sight: Sight, story: Story) -> None:
    await dealt_with(sight.edge, story)
    async with sight.page(NARROW) as page:
        await sight.sign_in(page, "sen-vang")
        for path in PAGES.values():
            await page.goto(f"{sight.edge.url}/{path}")
            small = [t for t in await targets(page) if min(t["width"], t["height"]) < TARGET_PX]
            assert [t for t in small if "hidden" not in t["what"]] == [], path


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, story: Story, night: bool) -> None:
    await dealt_with(sight.edge, story)
    async with sight.page(night=night) as page:
        await sight.sign_in(page, "sen-vang", language="en" if night else "vi")
        for path in PAGES.values():
            await page.goto(f"{sight.edge.url}/{path}")
            await axe(page)
