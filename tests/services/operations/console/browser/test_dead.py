"""What is set aside, in a real browser: mended by one, accepted by another, gone from the board.

Pictures go to build/console: they are to be looked at, not only made.
"""

from typing import Any

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_dead_pages import mistaken
from tests.services.operations.dead.office import accepted
from tests.services.operations.story import application
from tests.services.operations.windows import NARROW, WIDE, overflow

WHY = "the portal sent a number"


async def plant(sight: Sight) -> str:
    """Set aside some of every kind; return where one is that has to be mended."""
    await mistaken(sight.edge, 3)
    message = accepted(application(7), 7, note=7, moves_seen="0912345678", copys=1)
    message["data"]["for_units"] = ["01", "Nguyễn Thử Nghiệm"]
    place = sight.edge.office.send("routing.inbox", message)
    sight.edge.office.send("routing.inbox", b"no JSON at all")
    sight.edge.office.refuse_call("no order has the reference DVC1")
    await sight.edge.set_aside()
    return f"{sight.edge.url}/dead/{place.key}"


async def mend(page: Any, **values: str) -> None:
    for name, value in values.items():
        await page.fill(f"#{name}", value)
    await page.fill("#why-mend", WHY)
    await page.click("form[action$=edits] button")


async def check(page: Any) -> None:
    assert await overflow(page) == 0
    await axe(page)


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_a_copy_is_mended_by_one_and_accepted_by_another(
    sight: Sight, width: int, night: bool
) -> None:
    where = await plant(sight)
    language, name = ("en", f"{width}-night") if night else ("vi", f"{width}-day")
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language=language)
        await page.goto(f"{sight.edge.url}/dead")
        await sight.shot(page, f"dead-{name}")
        await check(page)
        await page.click("text=nobody here takes")
        await page.wait_for_selector("#send")
        await sight.shot(page, f"dead-group-{name}")
        await check(page)
        await page.goto(where)
        await sight.shot(page, f"dead-one-{name}")
        await check(page)
        await mend(page, value1="fine", value2="many")
        await page.wait_for_selector("[role=alert]")
        await sight.shot(page, f"dead-refused-{name}")
        await check(page)
        await page.check("#remove3")
        await mend(page, value1="fine", value2="2")
        await page.wait_for_selector("#copies")
        await check(page)
        await sight.shot(page, f"dead-copy-{name}")
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, "checker", language)
        await page.goto(where)
        await page.fill("#why-accept-1", "as the officer meant it")
        await page.click("form[action$=accept] button")
        await page.wait_for_url(where)
        await sight.edge.set_aside()
        await page.goto(where)
        await page.wait_for_selector("#done")
        await sight.shot(page, f"dead-done-{name}")
        await check(page)
    assert sight.edge.office.taken == [("/officers/o-7", "act-7")]


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_a_group_is_dismissed_by_one_and_another(
    sight: Sight, width: int, night: bool
) -> None:
    await mistaken(sight.edge, 3)
    language, name = ("en", f"{width}-night") if night else ("vi", f"{width}-day")
    for who, field in (("operator", "#why-dismiss"), ("checker", "#why-accept")):
        async with sight.page(width, night=night) as page:
            await sight.sign_in(page, who, language)
            await page.goto(f"{sight.edge.url}/dead")
            await page.click("text=nobody here takes")
            await page.fill(field, WHY)
            await sight.shot(page, f"dead-dismissing-{who}-{name}")
            await check(page)
            await page.press(field, "Enter")
            await page.wait_for_selector("[role=status]")
            await sight.shot(page, f"dead-dismissed-{who}-{name}")
            await check(page)
        await sight.edge.set_aside()
    assert (sight.edge.office.rows(), sight.edge.office.taken) == ([], [])


async def test_without_scripts_a_group_is_sent_again_by_keyboard(sight: Sight) -> None:
    await mistaken(sight.edge, 3)
    async with sight.page(scripts=False) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/dead")
        await page.focus("tbody a")
        await page.keyboard.press("Enter")
        await page.focus("#why-send")
        await page.keyboard.type(WHY)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("[role=status]")
        assert LABELS["dead_result_sent"].vi in await page.inner_text("[role=status]")
        await sight.edge.set_aside()
        await page.reload()
        assert LABELS["dead_gone"].vi in await page.inner_text("main")
    assert len(sight.edge.office.taken) == 3
