"""The console in use: by keyboard alone, with and without scripts, with axe-core."""

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.releasing import held_one
from tests.services.operations.console.test_finding_pages import two_of_one_number
from tests.services.operations.console.test_money_pages import money_of, reconciled
from tests.services.operations.console.visits import PASSWORD
from tests.services.operations.scenes import begun
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24
MIDDLE = 780  # where tables are tables just so


async def test_a_keyboard_alone_signs_in_finds_and_reads_a_message(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    async with sight.page() as page:
        await page.goto(sight.edge.url)
        assert await page.get_attribute(":focus", "id") == "name"
        await page.keyboard.type("operator")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#q")
        await page.keyboard.press("Tab")
        assert await page.inner_text(":focus") == LABELS["skip"].vi
        await page.keyboard.press("/")
        assert await page.get_attribute(":focus", "id") == "q"
        assert await page.evaluate(outline) == "solid"
        await page.keyboard.type(story.code.lower())
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#timeline")
        await page.focus(".lines summary")
        assert await page.evaluate(outline) == "solid"
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".raw pre")
        assert "application.submitted" in await page.inner_text(".raw pre")


async def test_a_slash_that_is_typed_stays_where_it_is_typed(sight: Sight) -> None:
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.focus("#q")
        await page.keyboard.type("sen-vang/77")
        assert await page.input_value("#q") == "sen-vang/77"


async def test_without_scripts_all_of_it_works(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    async with sight.page(scripts=False) as page:
        await sight.sign_in(page)
        await page.fill("#q", story.code)
        await page.click(".search button")
        assert story.code in await page.inner_text("h1")
        await page.click(".lines summary")
        await page.click(".lines .raw a")
        assert "application.submitted" in await page.inner_text("pre")
        await page.click(".language")
        assert await page.get_attribute("html", "lang") == "en"
        await page.click(".who button")
        await page.wait_for_selector("#password")


async def test_a_session_that_is_over_leads_from_an_open_page_to_the_door(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/journeys/{story.application}")
        sight.edge.ticks.now_s += 9 * 3_600
        await page.click(".lines summary")
        await page.wait_for_selector("#password")


async def test_whatever_can_be_touched_is_large_enough(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    async with sight.page(NARROW) as page:
        await page.goto(sight.edge.url)
        found = await targets(page)
        await sight.sign_in(page)
        found += await targets(page)
        await page.goto(f"{sight.edge.url}/journeys/{story.application}")
        found += await targets(page)
    small = [t for t in found if min(t["width"], t["height"]) < TARGET_PX]
    assert len(found) > 8
    assert [t for t in small if "#e-" not in t["what"] and "hidden" not in t["what"]] == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_letters_of_twice_the_size_fit(sight: Sight, width: int) -> None:
    story = await sight.edge.read(begun(scenes.withdrawn))
    async with sight.page(width) as page:
        await sight.sign_in(page)
        for path in ("find", "find?q=H29.1-20261120-9999999", f"journeys/{story.application}"):
            await page.goto(f"{sight.edge.url}/{path}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, night: bool) -> None:
    await two_of_one_number(sight.edge)
    story = await sight.edge.read(begun(scenes.withdrawn, 10))
    opened = await reconciled(sight.edge, story)
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await page.goto(sight.edge.url)
        await axe(page)
        await sight.sign_in(page, language="en" if night else "vi")
        paths = [
            "find",
            "find?q=77",
            "find?q=unit:01",
            "find?q=H29.1-20261120-9999999",
            "journeys/none",
        ]
        paths += [address for _, address in money_of(opened)]
        for path in (*paths, f"journeys/{story.application}"):
            await page.goto(f"{sight.edge.url}/{path}")
            await axe(page)
        await page.click(".lines summary")
        await page.wait_for_selector(".raw pre")
        await axe(page)


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, MIDDLE, WIDE])
async def test_the_board_with_something_stuck_fits_and_axe_finds_nothing(
    sight: Sight, width: int, night: bool
) -> None:
    await sight.edge.read(held_one(1))
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/stuck")
        assert await page.locator("section:has(#stuck-now) tbody tr").count() == 1
        await axe(page)
        await sight.shot(page, f"stuck-held-{width}-{'night' if night else 'day'}")
        assert await overflow(page) == 0
        await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert await overflow(page) == 0
