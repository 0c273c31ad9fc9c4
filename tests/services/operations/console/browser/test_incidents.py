"""The pages of incidents in a real browser: the list, one, opening one, what may belong to it.

Pictures go to build/console: they are to be looked at, not only made.
"""

from datetime import timedelta

import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.rounds import Choice, Found, previewed
from services.operations.incidents.desk import Opener
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.browser.test_use import targets
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_alarm_pages import woken
from tests.services.operations.console.test_incident_pages import TOLD, WHY, opened, waits
from tests.services.operations.incidents.house import waiting
from tests.services.operations.scenes import begun
from tests.services.operations.windows import NARROW, WIDE, overflow

TARGET_PX = 24
FORM = "incidents/new?kind=payment/partner_silent&partner=sen-vang&look=yes"


async def pages(sight: Sight) -> dict[str, str]:
    """Open some, of which one was acted on; return where their pages are."""
    edge = sight.edge
    story = begun(scenes.processing)
    story.external("notify.inbox", f"/services/notify/broadcasts/{TOLD.broadcast}", TOLD)
    await edge.read(story)
    long_ago = edge.now - timedelta(days=1)
    told = {"application": story.application, "partner": "sen-vang"}
    row = waiting("partner_silent", 99, long_ago, **told)
    await edge.store.tables["situations"].insert([row])
    one = await opened(edge, 55)
    choice = Choice(stage="payment", cause="partner_silent", action="ask_partner", reason=WHY)
    for n in range(2):
        found = Found(set="1", items=0, refused=0)
        await edge.rounds.begin(previewed(f"r-{n}", choice, found, "o-3", edge.now), [])
    desk = edge.gathering.desk
    for what, text, reference in (
        ("own", "", ""),
        ("note", "Đã gọi trung tâm hỗ trợ của ngân hàng: hẹn khôi phục lúc 11:30.", ""),
        ("round", "", "r-1"),
        ("broadcast", "", "20261120-000000000a"),
    ):
        one = await desk.do(one, what, "o-2", text, reference)
    await desk.freeze(one, "o-2")
    await waits(edge, 4, first=200)
    alarms = await woken(edge)
    await Opener(edge.night.rows, desk).turn()
    return {
        "list": "incidents",
        "all": "incidents?which=all",
        "one": f"incidents/{one.id}",
        "new": "incidents/new",
        "preview": FORM,
        "links": f"incidents/{one.id}/links",
        "alarm": f"alarms/{alarms['late_intake'].id}",
        "group": "stuck/payment/partner_silent",
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
            await sight.shot(page, f"incidents-{name}-{width}-{'night' if night else 'day'}")
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False])
async def test_by_keyboard_it_is_previewed_opened_and_seen_to_with_and_without_scripts(
    sight: Sight, scripts: bool
) -> None:
    await waits(sight.edge, 3)
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/incidents/new")
        await page.select_option("#kind", "payment/partner_silent")
        await page.fill("#partner", "sen-vang")
        await page.fill("#since", "2026-06-09T00:00")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#do-open")
        assert await page.input_value("#since") == "2026-06-09T00:00"
        await page.fill("#title", "Sen Vàng im lặng")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#timeline")
        assert await page.inner_text("h1") == "Sen Vàng im lặng"
        assert await page.locator("#kept ~ table tbody tr").count() == 3

        await page.focus("#do-own")
        assert await page.evaluate(outline) == "solid"
        for button, text in (("#do-own", ""), ("#do-note", "đã gọi"), ("#do-freeze", "")):
            if text:
                await page.fill("#note", text)
            await page.focus(button)
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        assert await page.locator("#do-own").count() == 0

        await page.fill("#close", WHY)
        await page.keyboard.press("Tab")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        said = await page.inner_text("main")
        for what in ("open", "own", "note", "freeze", "close"):
            assert LABELS[f"incident_did_{what}"].vi in said
        assert WHY in said
        assert await page.locator("#do").count() == 0


async def test_a_round_and_a_broadcast_are_linked_by_what_is_offered_and_by_id(
    sight: Sight,
) -> None:
    where = await pages(sight)
    async with sight.page() as page:
        await sight.sign_in(page)
        for what in ("round", "broadcast"):
            await page.goto(f"{sight.edge.url}/{where['links']}")
            async with page.expect_navigation():
                await page.click(f"section:has(#offers-{what}) button >> nth=0")
        await page.goto(f"{sight.edge.url}/{where['links']}")
        await page.select_option("#what", "broadcast")
        await page.fill("#id", "20261120-000000000b")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        said = await page.inner_text("section:has(#belongs)")
        assert (TOLD.broadcast in said, "20261120-000000000b" in said) == (True, True)
        assert await page.locator("section:has(#belongs) a[href$='rounds/r-0']").count() == 1


async def test_files_are_downloaded(sight: Sight) -> None:
    where = await pages(sight)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/{where['one']}")
        for kind in ("csv", "json"):
            async with page.expect_download() as waiting_for:
                await page.click(f"a[href$='format={kind}']")
            download = await waiting_for.value
            assert download.suggested_filename == f"incident-20260609-a.{kind}"


async def test_what_was_wrong_is_said_and_the_field_has_the_focus(sight: Sight) -> None:
    await waits(sight.edge, 1)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/{FORM}")
        await page.fill("#title", "   ")
        await page.click("#do-open")
        await page.wait_for_selector("#wrong")
        assert await page.get_attribute(":focus", "id") == "title"


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
        for path in where.values():
            await page.goto(f"{sight.edge.url}/{path}")
            await axe(page)
