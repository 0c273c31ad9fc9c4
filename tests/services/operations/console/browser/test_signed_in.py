"""Who is signed in, in a real browser: looked at, and ended by keyboard.

Pictures go to build/console: they are to be looked at, not only made.
"""

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.browser.test_each_action import WHY, go_to
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import sign_in
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24
PAGES = {"own": "sessions?ended=2", "everybody": "sessions/everybody?ended=2"}


async def signed_in(edge: ConsoleEdge, *names: str) -> None:
    """Sign somebody in from somewhere else."""
    for name in names:
        async with edge.browser(base=edge.url.removesuffix("/console")) as browser:
            await sign_in(browser, name)


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_it_fits_also_with_large_letters_and_is_right_for_axe(
    sight: Sight, width: int, night: bool
) -> None:
    await signed_in(sight.edge, "admin", "officer", "sen-vang", "operator", "operator", "viewer")
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, "admin", language="en" if night else "vi")
        for name, path in PAGES.items():
            await page.goto(f"{sight.edge.url}/{path}")
            assert await overflow(page) == 0, path
            await axe(page)
            await sight.shot(page, f"sessions-{name}-{width}-{'night' if night else 'day'}")
            small = [t for t in await targets(page) if min(t["width"], t["height"]) < TARGET_PX]
            assert [t for t in small if "hidden" not in t["what"]] == [], path
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_by_keyboard_an_administrator_ends_all_sessions_of_somebody(
    sight: Sight, scripts: bool
) -> None:
    await signed_in(sight.edge, "viewer", "viewer")
    async with sight.page(scripts=scripts) as page, sight.page(scripts=scripts) as theirs:
        await sight.sign_in(theirs, "viewer")
        await sight.sign_in(page, "admin")
        await page.focus("nav a[href$='sessions/everybody']")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await go_to(page, "form[action$='/everybody/end']", "button")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        said = await page.inner_text("main")
        assert LABELS["sessions_ended"].told(count="3").vi in said
        assert "viewer" not in said
        await theirs.goto(f"{sight.edge.url}/find")
        await theirs.wait_for_selector("#password")
    found = (await sight.edge.reads.by("admin", "", 9)).items
    assert [read.reason for read in found if read.what.startswith("POST")] == [WHY]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_by_keyboard_anybody_ends_his_other_sessions_and_stays(
    sight: Sight, scripts: bool
) -> None:
    await signed_in(sight.edge, "viewer")
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page, "viewer")
        await page.focus(".who a[href$='/sessions']")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("tbody tr").count() == 2
        await go_to(page, "form[action$='/sessions/end']", "button")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("tbody tr").count() == 1
        assert LABELS["sessions_no_other"].vi in await page.inner_text("main")
