"""The pages of alarms in a real browser: what stands, one, and what to do about it.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.alarm_telling import Attempt
from tests.browser import axe, needs_axe
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_alarm_pages import WHY, woken
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24


async def pages(sight: Sight) -> dict[str, str]:
    """Let alarms fire, nobody be told of one of them, and loops fail; return where their pages
    are.
    """
    alarms = await woken(sight.edge)
    partner, parity = alarms["partner_down"].id, alarms["parity_difference"].id
    done = Attempt(what="fired", number=1, at_ms=1_780_981_260_000, finding="done")
    failed = Attempt(
        what="fired", number=3, at_ms=1_780_981_260_000, finding="failed", problem="timed out"
    )
    await sight.edge.night.deliveries.begin(partner, "shift", done)
    await sight.edge.night.deliveries.begin(partner, "on-call", failed)
    faults = sight.edge.night.faults
    await faults.note("telling", "one", 12, TimeoutError("smtp.example.invalid:587 " + "x" * 90))
    await faults.note("a.loop.of.another.release", "two", 1, ValueError("made up"))
    return {
        "list": "alarms",
        "one": f"alarms/{partner}",
        "named": f"alarms/{parity}",
        "rules": "alarms/runbooks",
        "runbook": "alarms/runbooks/partner_down",
    }


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_they_fit_the_window_also_with_large_letters_and_are_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    where = await pages(sight)
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        for name, path in where.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, path
            await sight.shot(page, f"alarms-{name}-{width}-{'night' if night else 'day'}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False])
async def test_by_keyboard_it_is_taken_over_and_silenced_with_and_without_scripts(
    sight: Sight, scripts: bool
) -> None:
    where = await pages(sight)
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/{where['one']}")
        await page.focus("form[action$=own] button")
        assert await page.evaluate(outline) == "solid"
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("form[action$=own]").count() == 0

        await page.focus("#hours")
        await page.keyboard.press("Tab")
        await page.keyboard.type(WHY)
        for _ in range(3):
            await page.keyboard.press("Tab")
        assert await page.inner_text(":focus") == LABELS["alarm_silence_partner"].vi
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert WHY in await page.inner_text("main")
        await sight.shot(page, f"alarms-quiet-{WIDE}-{'scripts' if scripts else 'plain'}")


async def test_whatever_can_be_touched_is_large_enough(sight: Sight) -> None:
    where = await pages(sight)
    async with sight.page(NARROW) as page:
        await sight.sign_in(page)
        for path in where.values():
            await page.goto(f"{sight.edge.url}/{path}")
            small = [t for t in await targets(page) if min(t["width"], t["height"]) < TARGET_PX]
            assert [t for t in small if "hidden" not in t["what"]] == [], path


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, night: bool) -> None:
    where = await pages(sight)
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        for name, path in where.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await page.locator("section:has(#failing) li").count() == 2 * (name == "list")
            await axe(page)
