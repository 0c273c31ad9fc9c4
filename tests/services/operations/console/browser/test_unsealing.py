"""What is sealed, opened in a browser: by keyboard, with and without scripts, once."""

import pytest

from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_unsealing import NAME, sealed_story
from tests.services.operations.windows import NARROW, WIDE, overflow

WHY = "Không gọi được số điện thoại đã đăng ký"


@needs_axe
@pytest.mark.parametrize(
    ("width", "night", "language"),
    [(WIDE, False, "vi"), (NARROW, True, "en")],
    ids=["wide day", "narrow night"],
)
async def test_an_admin_opens_what_is_sealed_with_the_keyboard_alone_and_once(
    sight: Sight, width: int, night: bool, language: str
) -> None:
    story = await sealed_story(sight.edge)
    name = f"unsealing {'night' if night else 'day'} {width}"
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, "admin", language)
        where = f"{sight.edge.url}/journeys/{story.application}"
        await page.goto(where)
        await axe(page)
        await sight.shot(page, f"{name} asked")
        await page.focus("#unseal-reason")
        await page.keyboard.type(WHY)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f"dd:has-text('{NAME}')")
        await axe(page)
        assert await overflow(page) == 0
        await sight.shot(page, f"{name} shown")
        await page.click("p.back a")
        await page.wait_for_selector("#unseal-reason")
        assert NAME not in await page.content()
        with pytest.raises(Exception, match="ERR_CACHE_MISS"):  # the browser has kept nothing of it
            await page.go_back()
    ((topic, event),) = sight.edge.published
    assert (topic, event.source) == ("intake.inbox", "/operators/admin")


async def test_it_works_without_scripts(sight: Sight) -> None:
    story = await sealed_story(sight.edge)
    async with sight.page(scripts=False) as page:
        await sight.sign_in(page, "admin")
        await page.goto(f"{sight.edge.url}/journeys/{story.application}")
        await page.fill("#unseal-reason", WHY)
        await page.click("form:has(#unseal-reason) button")
        await page.wait_for_selector("dl dd")
        assert NAME in await page.inner_text("main")
