"""The page in a real browser: with and without scripts, on small and large windows, in large print.

Pictures go to build/status: they are to be looked at, not only made.
"""

import pytest

from tests.services.operations import scenes
from tests.services.operations.browser.seeing import Sight
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.variants import VARIANTS
from tests.services.operations.windows import NARROW, WIDE, overflow


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_every_state_fits_the_window_and_is_pictured(sight: Sight, width: int) -> None:
    async with sight.page(width) as page:
        for n, (scene, begin) in enumerate({**SCENES, **VARIANTS}.items(), start=1):
            story = await sight.edge.read(begun(begin, n))
            await page.goto("about:blank")
            await sight.follow(page, story)
            assert await overflow(page) == 0, scene
            await sight.shot(page, f"{scene}-{width}")


async def test_the_form_its_mistakes_and_the_night_are_pictured(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.supplement_requested))
    async with sight.page() as page:
        await page.goto(sight.edge.url)
        await sight.shot(page, "form")
        await page.fill("#dossier_code", "H29")
        await page.click("main form button")
        await sight.shot(page, "mistakes")
    async with sight.page(night=True) as page:
        await sight.type(page, story, "en")
        await sight.shot(page, "night")
