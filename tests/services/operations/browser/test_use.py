"""The page in use: by link and by typed codes, by keyboard, in large print, with axe-core."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.operations.pages.labels import LABELS
from services.operations.status_access import WRONG
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.browser.seeing import Sight
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.status.edge import FORMS, LINKS
from tests.services.operations.variants import VARIANTS
from tests.services.operations.windows import NARROW, SMALL, WIDE, overflow

TARGET_PX = 24


async def targets(page: Any) -> list[dict[str, Any]]:
    """What can be touched and is not within a sentence, with its size."""
    found: list[dict[str, Any]] = await page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, textarea")]
        .filter(e => e.checkVisibility() && !e.matches(".skip, li a"))
        .map(e => [e, e.getBoundingClientRect()])
        .map(([e, r]) => ({what: e.outerHTML.slice(0, 60), width: r.width, height: r.height}))"""
    )
    return found


async def test_a_link_opens_the_page_and_leaves_nothing_in_the_address(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    asked: list[str] = []
    async with sight.page() as page:
        page.on("request", lambda request: asked.append(request.url))
        await sight.follow(page, story)
        assert story.code in await page.inner_text("main")
        assert "#" not in page.url
    token = LINKS.token(story.application)
    assert asked
    assert [url for url in asked if token in url.partition("#")[0]] == []


async def test_a_link_pasted_over_the_open_form_stays_in_no_history(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    token = LINKS.token(story.application)
    async with sight.page() as page:
        await page.goto(sight.edge.url)
        await page.click("#code")
        await page.evaluate(f"() => {{ location.hash = '{token}' }}")
        await page.wait_for_selector("#state")
        inspector = await page.context.new_cdp_session(page)
        history = await inspector.send("Page.getNavigationHistory")
    urls = [entry["url"] for entry in history["entries"]]
    assert len(urls) > 1
    assert [url for url in urls if token in url] == []


async def test_a_link_that_opens_nothing_ends_at_the_form_with_a_reason(sight: Sight) -> None:
    async with sight.page() as page:
        await page.goto(f"{sight.edge.url}#{'A' * 43}")
        await page.wait_for_selector(".errors")
        assert WRONG.vi in await page.inner_text(".errors")


async def test_without_scripts_the_codes_are_typed_and_all_of_it_works(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.settled))
    async with sight.page(scripts=False) as page:
        await page.goto(f"{sight.edge.url}#{LINKS.token(story.application)}")
        assert LABELS["no_script"].vi in await page.inner_text("main")
        await sight.type(page, story)
        await page.click("nav button")
        assert await page.get_attribute("html", "lang") == "en"
        await page.check("#score-5")
        await page.click(".rating button")
        assert LABELS["thanks"].en in await page.inner_text("main")
    assert len(sight.edge.published.events) == 1


async def test_without_scripts_an_official_form_opens_beside_the_page(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.accepted))
    asked: list[Any] = []

    async def drawn(route: Any) -> None:
        asked.append(route.request)
        await route.fulfill(status=200, content_type="text/html", body="<p>")

    async with sight.page(scripts=False) as page:
        await page.context.route(f"{FORMS}/**", drawn)
        await sight.type(page, story)
        for button in await page.query_selector_all(".forms button"):
            async with page.context.expect_page() as opened:
                await button.click()
            await (await opened.value).wait_for_load_state()
    assert [(r.method, r.url) for r in asked] == [
        ("POST", f"{FORMS}/receipt.pdf"),
        ("POST", f"{FORMS}/receipt.html"),
    ]
    fields = {"token": LINKS.token(story.application), "language": "vi"}
    assert [dict(parse_qsl(r.post_data)) for r in asked] == [fields, fields]


async def test_a_keyboard_alone_is_enough_and_focus_can_be_seen(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.processing))
    async with sight.page() as page:
        await page.goto(sight.edge.url)
        width = "() => document.querySelector('.skip').getBoundingClientRect().width"
        assert await page.evaluate(width) <= 1
        await page.keyboard.press("Tab")
        assert await page.inner_text(":focus") == LABELS["skip"].vi
        assert await page.evaluate(width) > TARGET_PX
        await page.focus("#dossier_code")
        await page.keyboard.type(story.code)
        await page.keyboard.press("Tab")
        await page.keyboard.type(LINKS.code(story.application))
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await page.evaluate(outline) == "solid"
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#state")


async def test_what_is_wrong_is_read_first_and_leads_to_its_field(sight: Sight) -> None:
    async with sight.page(scripts=False) as page:
        await page.goto(sight.edge.url)
        await page.click("main form button")
        assert "errors" in str(await page.get_attribute(":focus", "class"))
        await page.click('.errors a[href="#code"]')
        assert await page.get_attribute(":focus", "id") == "code"


async def test_whatever_can_be_touched_is_large_enough(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.family))
    settled = await sight.edge.read(begun(scenes.settled, 2))
    async with sight.page(NARROW) as page:
        await page.goto(sight.edge.url)
        found = await targets(page)
        for one in (story, settled):
            await page.goto("about:blank")
            await sight.follow(page, one)
            found += await targets(page)
    assert len(found) > 12
    assert [t for t in found if min(t["width"], t["height"]) < TARGET_PX] == []


@pytest.mark.parametrize("width", [SMALL, WIDE])
async def test_letters_of_twice_the_size_fit(sight: Sight, width: int) -> None:
    async with sight.page(width) as page:
        for n, scene in enumerate(("supplement_requested", "family", "withdrawn"), start=1):
            story = await sight.edge.read(begun(SCENES[scene], n))
            await page.goto("about:blank")
            await sight.follow(page, story)
            await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            assert await overflow(page) == 0, scene
            await sight.shot(page, f"large-{scene}-{width}")


async def test_it_can_be_printed(sight: Sight) -> None:
    story = await sight.edge.read(begun(scenes.settled))
    async with sight.page(WIDE) as page:
        await sight.follow(page, story)
        await page.emulate_media(media="print")
        assert not await page.is_visible(".rating")
        assert await page.is_visible("#state")
        await page.pdf(path=sight.shots / "print.pdf", format="A4")
        await sight.shot(page, "print")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing_at_any_point_of_a_life(sight: Sight, night: bool) -> None:
    async with sight.page(night=night) as page:
        await page.goto(sight.edge.url)
        await axe(page, passes=20)
        await page.click("main form button")
        await axe(page, passes=20)
        for n, begin in enumerate({**SCENES, **VARIANTS}.values(), start=1):
            story = await sight.edge.read(begun(begin, n))
            await page.goto("about:blank")
            await sight.follow(page, story, "en" if n % 2 else "vi")
            await axe(page, passes=20)
