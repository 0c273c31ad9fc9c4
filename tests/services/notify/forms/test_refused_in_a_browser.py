"""A citizen's browser presses a form's button, and there is no form: the page that it shows."""

import asyncio
import socket

import pytest
import uvicorn

from services.notify.forms.refused import CLOSE, LINK, TITLE, WHY
from services.notify.forms_api import PER_MINUTE
from tests.browser import axe, chromium, needs_axe
from tests.services.notify.forms.conftest import PAGE


@pytest.fixture
async def address(office):
    """Where notify's edge answers."""
    server = uvicorn.Server(uvicorn.Config(office.app(), lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # who is early waits in its queue
        serving = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1/forms"
        server.should_exit = True
        await serving


@pytest.fixture
async def browser():
    async with chromium() as opened:
        yield opened


async def pressed(page, address, office):
    """Press the button as the citizens' page has it; returns the tab that opens."""
    await page.set_content(
        f'<form method="post" action="{address}/receipt.pdf" target="_blank">'
        f'<input type="hidden" name="token" value="{office.token()}"><button>PDF</button></form>'
    )
    async with page.context.expect_page() as opened:
        await page.click("button")
    tab = await opened.value
    await tab.wait_for_selector("h1")
    return tab


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (404, "no-such-form-yet", "Giấy này có sau khi hồ sơ được tiếp nhận."),
        (429, "too-many-forms", "Hãy thử lại sau "),
        (503, "busy", "Hãy thử lại sau 1 giây."),
    ],
)
async def test_it_is_told_in_vietnamese_what_to_do_and_how_to_go_back(
    office, address, browser, status, code, remedy, night
):
    if status == 503:
        office.learn("application.accepted")
    for _ in range(PER_MINUTE if status == 429 else 0):
        office.asked.take(office.case.application)
    context = await browser.new_context(
        viewport={"width": 320, "height": 640}, color_scheme="dark" if night else "light"
    )
    answers, page = [], await context.new_page()
    context.on("response", lambda response: answers.append(response.status))
    async with office.full_press():
        tab = await pressed(page, address, office)

    assert status in answers
    assert await tab.get_attribute("html", "lang") == "vi"
    assert await tab.inner_text("h1") == TITLE.vi
    for sentence in (WHY[code].vi, remedy, CLOSE.vi, WHY[code].en):
        assert await tab.get_by_text(sentence).first.is_visible()
    assert await tab.get_attribute("a", "href") == PAGE
    assert await tab.inner_text("a >> nth=0") == LINK.vi
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await tab.evaluate(too_wide)
    styled = "getComputedStyle(document.querySelector('main')).maxWidth"
    assert await tab.evaluate(styled) != "none"  # the policy lets its own style in
    await axe(tab, passes=10)
