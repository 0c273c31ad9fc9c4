"""Who was shown what, in a real browser.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_reads_pages import looked_at
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24
PAGES = {"all": "reads", "none": "reads?by=nobody"}


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_it_fits_also_with_large_letters_and_is_right_for_axe(
    sight: Sight, width: int, night: bool
) -> None:
    await looked_at(sight.edge, 3)
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, "admin", language="en" if night else "vi")
        for name, path in PAGES.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, path
            await axe(page)
            await sight.shot(page, f"reads-{name}-{width}-{'night' if night else 'day'}")
            small = [t for t in await targets(page) if min(t["width"], t["height"]) < TARGET_PX]
            assert [t for t in small if "hidden" not in t["what"]] == [], path
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_by_keyboard_it_is_asked_who_saw_an_application_and_what_else_they_saw(
    sight: Sight, scripts: bool
) -> None:
    story = await looked_at(sight.edge)
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page, "checker")
        await page.focus("nav a[href$=reads]")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await page.focus("#name")
        await page.keyboard.type(story.code)
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.input_value("#name") == story.code
        await page.focus("tbody a:has-text('operator-1')")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.input_value("#by") == "operator-1"
        assert await page.locator("tbody tr").count() == 1
        assert LABELS["role_operator"].vi in await page.inner_text("tbody")
