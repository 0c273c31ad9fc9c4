"""The pages of indicators in a real browser: the map, a province, a ward, the lists behind them.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from tests.browser import axe, needs_axe
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_indicator_pages import lived
from tests.services.operations.console.test_sync_pages import days_work
from tests.services.operations.windows import NARROW, WIDE, overflow

PAGES = {
    "map": "indicators",
    "province": "indicators/01",
    "ward": "indicators/00004",
    "list": "indicators/01/on_time/denominator",
    "readiness": "readiness/00004",
    "sync": "sync?day=2026-05-29",
    "index": "indicators/01/index?from=2026-08-25",
}
TARGET_PX = 24


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_they_fit_the_window_also_with_large_letters_and_are_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    await lived(sight.edge)
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await days_work(sight.edge)
        for name, path in PAGES.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, path
            await sight.shot(page, f"indicators-{name}-{width}-{'night' if night else 'day'}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


async def test_a_keyboard_alone_goes_from_the_map_to_a_ward_and_to_what_it_counts(
    sight: Sight,
) -> None:
    await lived(sight.edge)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/indicators")
        for link in (".at-01 a", ".units a >> nth=0", ".amount a >> nth=0"):
            await page.focus(link)
            outline = "() => getComputedStyle(document.activeElement).outlineStyle"
            assert await page.evaluate(outline) == "solid"
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        assert "/journeys/" in await page.get_attribute("tbody a >> nth=0", "href")


async def test_tiles_lie_apart_and_are_large_enough(sight: Sight) -> None:
    await lived(sight.edge)
    for width in (NARROW, WIDE):
        async with sight.page(width) as page:
            await sight.sign_in(page)
            await page.goto(f"{sight.edge.url}/indicators")
            boxes = await page.eval_on_selector_all(
                ".tile", "all => all.map(one => one.getBoundingClientRect().toJSON())"
            )
            assert len({(round(box["x"]), round(box["y"])) for box in boxes}) == len(boxes) == 34
            small = [t for t in await targets(page) if min(t["width"], t["height"]) < TARGET_PX]
            assert [t for t in small if "hidden" not in t["what"] and "tile" in t["what"]] == []


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, night: bool) -> None:
    await lived(sight.edge)
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await days_work(sight.edge)
        for path in PAGES.values():
            await page.goto(f"{sight.edge.url}/{path}")
            await axe(page)
