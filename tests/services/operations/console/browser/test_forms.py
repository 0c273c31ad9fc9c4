"""The statistics form and the proof in a real browser: they fit, and axe finds nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.subscriptions import Attempt
from services.operations.subscriptions.desk import Wanted
from shared.clock import VIETNAM
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.test_proof_pages import DAYS, proven
from tests.services.operations.domain.proof.plant import never_answered, settled_again
from tests.services.operations.scenes import begun
from tests.services.operations.story import Log, Story
from tests.services.operations.windows import NARROW, WIDE, overflow

JUNE = "unit=01&from=2026-06-01&to=2026-06-30"


async def lived(sight: Sight) -> None:
    """Some applications of June; it is July."""
    for n, scene in enumerate((scenes.processing, scenes.withdrawn, scenes.refused), start=2):
        await sight.edge.read(begun(scene, n))
    story = Story(Log(), 1)
    settled_again(story)
    await sight.edge.read(story)
    sight.edge.now = datetime(2026, 7, 20, 9, tzinfo=VIETNAM)
    log = Log()
    log.now = sight.edge.now - timedelta(minutes=5)
    waits = Story(log, 6)
    never_answered(waits)
    await sight.edge.read(waits)
    wanted = Wanted(unit="01", target="office", every="daily", kind="csv")
    one = await sight.edge.subscriptions.begin(wanted, "o-1")
    at_ms = int(sight.edge.now.timestamp() * 1_000)
    for day, finding, problem in (("18", "sent", ""), ("19", "failed", "it answered 500")):
        attempt = Attempt(
            period=f"2026-07-{day}", number=1, at_ms=at_ms, finding=finding, problem=problem
        )
        await sight.edge.subscriptions.rows.begin(one.id, attempt)


async def prove(sight: Sight, page: Any) -> None:
    """Ask for a proof, and look at it while it is under way."""
    await page.goto(f"{sight.edge.url}/proof")
    await page.fill("#from", DAYS["from"])
    await page.fill("#to", DAYS["to"])
    await page.click("main form button")
    await page.wait_for_selector("progress")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_the_form_and_the_proof_fit_and_are_right_for_axe(
    sight: Sight, width: int, night: bool
) -> None:
    language, name = "en" if night else "vi", f"{width}-{'night' if night else 'day'}"
    await lived(sight)

    async def look(page: Any, what: str) -> None:
        assert await overflow(page) == 0, what
        await axe(page)
        await sight.shot(page, f"{what}-{name}")

    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language=language)
        for what, path in (
            ("statistics", "statistics"),
            ("statistics-form", f"statistics?{JUNE}"),
            ("statistics-nation", f"statistics?{JUNE.replace('01', 'nation', 1)}&all=true"),
            ("statistics-wrong", f"statistics?{JUNE}&to=2027-01-01"),
            ("subscriptions", "statistics/subscriptions?unit=01"),
            ("proofs", "proof"),
            ("proof-verify", "proof/verify"),
        ):
            await page.goto(f"{sight.edge.url}/{path}")
            await look(page, what)
        await prove(sight, page)
        await look(page, "proof-under-way")
        await proven(sight.edge)
        await page.wait_for_selector("a[download]")  # the page looks again by itself
        await page.reload()
        await look(page, "proof")
        await page.goto(f"{sight.edge.url}/proof")
        await look(page, "proofs-some")


async def test_a_province_leads_to_its_units_by_keyboard_alone(sight: Sight) -> None:
    await lived(sight)
    async with sight.page() as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/statistics")
        await page.focus("#province")
        await page.keyboard.type("Thành phố Hà Nội")
        await page.wait_for_selector("#unit option[value='00004']", state="attached")
        await page.keyboard.press("Tab")
        assert await page.get_attribute(":focus", "id") == "unit"
        await page.keyboard.type("Phường Ba Đình")
        assert await page.input_value("#unit") == "00004"
        await page.fill("#from", "2026-06-01")
        await page.fill("#to", "2026-06-30")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("table.form")
        assert await page.inner_text("#form") == "Phường Ba Đình"
        await page.focus(".wide")
        await page.keyboard.press("ArrowRight")


async def test_a_wide_form_scrolls_in_its_own_place(sight: Sight) -> None:
    await lived(sight)
    async with sight.page(NARROW) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/statistics?{JUNE}")
        inside = "e => e.scrollWidth - e.clientWidth"
        assert await page.eval_on_selector(".wide", inside) > 0
        assert await overflow(page) == 0


async def test_who_is_at_the_button_that_aborts_a_proof_stays_there_while_the_page_looks_again(
    sight: Sight,
) -> None:
    await lived(sight)
    async with sight.page() as page:
        await sight.sign_in(page)
        await prove(sight, page)
        for _ in range(2):
            await page.focus("#abort")
            before = await page.query_selector("#abort")
            await page.wait_for_function("old => !old.isConnected", arg=before)
            assert await page.get_attribute(":focus", "id") == "abort"


async def test_without_scripts_a_form_and_a_proof_are_made(sight: Sight) -> None:
    await lived(sight)
    async with sight.page(scripts=False) as page:
        await sight.sign_in(page)
        await page.goto(f"{sight.edge.url}/statistics")
        await page.select_option("#province", "01")
        await page.click("main form button")
        await page.select_option("#unit", "00004")
        await page.fill("#from", "2026-06-01")
        await page.fill("#to", "2026-06-30")
        await page.click("main form button")
        assert await page.inner_text("#form") == "Phường Ba Đình"
        await prove(sight, page)
        await proven(sight.edge)
        await page.click("#standing a >> nth=0")
        assert LABELS["proof_report"].vi in await page.inner_text("main")
        async with page.expect_download() as download:
            await page.click("a[download]")
        path = await (await download.value).path()
        await page.goto(f"{sight.edge.url}/proof/verify")
        await page.set_input_files("#file", path)
        await page.click("main form button")
        await page.wait_for_selector(".whole")
        assert "Có chữ ký của hệ thống này" in await page.inner_text("main")
