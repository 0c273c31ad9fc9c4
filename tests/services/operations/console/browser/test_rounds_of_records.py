"""A group of what was set aside is sent again in a round, in a real browser.

Pictures go to build/console: they are to be looked at, not only made.
"""

from typing import Any

import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import STATUSES
from services.operations.domain.actions import ACTIONS
from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_dead_pages import mistaken
from tests.services.operations.windows import NARROW, WIDE, overflow

WHY = "Bản phát hành đã được sửa"


@needs_axe
@pytest.mark.parametrize(("width", "night"), [(WIDE, False), (NARROW, True)], ids=["day", "night"])
async def test_the_groups_page_leads_to_a_round_of_all_of_it(
    sight: Sight, width: int, night: bool
) -> None:
    name, language = f"{width}-{'night' if night else 'day'}", "en" if night else "vi"
    stopped = STATUSES["aborted"].en if night else STATUSES["aborted"].vi
    await mistaken(sight.edge, 3)

    async def look(at: Any, what: str) -> None:
        assert await overflow(at) == 0, what
        await axe(at)
        await sight.shot(at, f"redrive-{what}-{name}")

    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language=language)
        await page.goto(f"{sight.edge.url}/dead")
        await page.click("main table a")
        said = LABELS["dead_send_round"]
        await page.wait_for_selector(f"text={said.en if night else said.vi}")
        await look(page, "group")
        await page.click("a[href*='rounds/new/redrive']")
        does = ACTIONS["redrive"].does
        assert (does.en if night else does.vi) in await page.inner_text("main")
        await page.fill("#reason", WHY)
        await look(page, "asked")
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        assert await page.locator("tbody th a[href*='/dead/routing.inbox/']").count() == 3
        await look(page, "preview")
        await page.click("#do-start")
        await page.wait_for_selector("#do-abort")
        await sight.edge.turn()
        await sight.edge.set_aside()
        await page.click("#do-abort")
        await page.wait_for_selector(f"text={stopped}")
        await sight.edge.turn()
        await page.reload()
        await page.wait_for_selector("#of-not_sent")
        await look(page, "stopped")
    assert len(sight.edge.office.taken) == 1
