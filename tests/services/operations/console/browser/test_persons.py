"""Find by person in a real browser: by keyboard, without scripts; the number stays nowhere."""

import pytest

from services.operations.console.labels import LABELS
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.at_intake import NUMBER, silent
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.scenes import begun
from tests.services.operations.windows import NARROW, WIDE, overflow

WHY = "Công dân gọi hỏi hồ sơ của mình"


class Excusing(Sight):
    """A browser at a page that says that intake does not answer."""

    EXCUSED = (*Sight.EXCUSED, "status of 503")


async def two_of_a_person(sight: Sight) -> list[str]:
    stories = [await sight.edge.read(begun(scenes.processing, n)) for n in (1, 2)]
    applications = [story.application for story in stories]
    await sight.edge.at_intake.registered(*applications)
    return applications


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_keyboard_alone_finds_a_person_whose_number_stays_nowhere(
    sight: Sight, scripts: bool
) -> None:
    applications = await two_of_a_person(sight)
    seen = []
    async with sight.page(scripts=scripts) as page:
        page.on("request", lambda request: seen.append(request.url))
        await sight.sign_in(page)
        if scripts:
            await page.keyboard.press("/")
        else:
            await page.focus("#q")
        await page.keyboard.type("001 199 000001")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#reason")
        assert await page.get_attribute(":focus", "id") == "reason"
        seen.append(await page.content())
        await page.keyboard.type(WHY)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".hits")
        links = await page.locator(".hits h2 a").all()
        found = [await link.get_attribute("href") for link in links]
        assert found == [f"/console/journeys/{a}" for a in reversed(applications)]
        seen.append(await page.content())
        await page.click(".hits h2 a >> nth=0")
        await page.wait_for_selector("#timeline")
        await page.click(".language")
        assert await page.get_attribute("html", "lang") == "en"

    assert len(seen) > 5
    for each in seen:
        assert NUMBER not in "".join(each.split())
        assert "000001&" not in each


async def test_a_number_in_an_address_is_asked_for_again(sight: Sight) -> None:
    applications = await two_of_a_person(sight)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/find?q={NUMBER}")
        assert page.url == f"{sight.edge.url}/find/person"
        await page.fill("#number", NUMBER)
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector(".hits")
        assert await page.locator(".hits li").count() == len(applications)
        await page.go_back()
        assert NUMBER not in page.url


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_each_of_its_pages_fits_the_window_and_is_pictured(
    sight: Sight, width: int, night: bool
) -> None:
    await two_of_a_person(sight)
    name = f"{width}-{'night' if night else 'day'}"
    sight = Excusing(sight.browser, sight.edge, sight.shots)
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/find/person")
        assert await overflow(page) == 0
        await sight.shot(page, f"person-number-{name}")
        await page.fill("#q", NUMBER)
        await page.click(".search button")
        assert await overflow(page) == 0
        await sight.shot(page, f"person-why-{name}")
        sight.edge.at_intake.fails = silent
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector("#wrong")
        assert await overflow(page) == 0
        await sight.shot(page, f"person-silent-{name}")
        sight.edge.at_intake.fails = lambda _: None
        await page.click("main form button")
        await page.wait_for_selector(".hits")
        assert await overflow(page) == 0
        await sight.shot(page, f"person-found-{name}")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, night: bool) -> None:
    await two_of_a_person(sight)
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/find/person")
        await axe(page)
        await page.fill("#number", "77")
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector("#wrong")
        wrong = LABELS["person_no_number"]
        assert await page.inner_text("#wrong") == (wrong.en if night else wrong.vi)
        await axe(page)
        await page.fill("#number", NUMBER)
        await page.click("main form button")
        await page.wait_for_selector(".hits")
        await axe(page)
