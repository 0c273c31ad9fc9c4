"""Breaks are marked as reconciled in a real browser: ticked in their group, previewed, agreed to by
another, and looked at.

Pictures go to build/console: they are to be looked at, not only made.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import CHECKS
from services.operations.domain.actions import ACTIONS
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.test_money_pages import reconciled
from tests.services.operations.money.partners import Payment, heard
from tests.services.operations.scenes import begun
from tests.services.operations.windows import NARROW, WIDE, overflow

GROUP = "stuck/payment/reconciliation_break?which=all"
WHY = "Ngân hàng đã trả lại tiền"


@asynccontextmanager
async def running(edge: ConsoleEdge, second_s: float = 0.3) -> AsyncIterator[None]:
    """Time that passes, five seconds at a turn, in which payment acts and operations hears."""

    async def keep_going() -> None:
        assert edge.payment
        while True:
            await asyncio.sleep(second_s)
            await edge.turn(5)
            await edge.payment.act()
            await heard(edge.store, edge.payment.log)

    going = asyncio.create_task(keep_going())
    try:
        yield
    finally:
        going.cancel()
        with suppress(asyncio.CancelledError):
            await going


@needs_axe
@pytest.mark.parametrize(("width", "night"), [(WIDE, False), (NARROW, True)], ids=["day", "night"])
async def test_those_ticked_are_marked_once_another_has_agreed(
    sight: Sight, width: int, night: bool
) -> None:
    name, language = f"{width}-{'night' if night else 'day'}", "en" if night else "vi"
    story = await sight.edge.read(begun(scenes.fee_due))
    sight.edge.payment = Payment(story.log)
    await reconciled(sight.edge, story)
    await sight.edge.payment.act()

    def said(label: str, **told: str) -> str:
        words = LABELS[label].told(**told)
        return words.en if night else words.vi

    async def look(at: Any, what: str) -> None:
        assert await overflow(at) == 0, what
        await axe(at)
        await sight.shot(at, f"mark-reconciled-{what}-{name}")

    async with sight.page(width, night=night) as page, sight.page(width, night=night) as other:
        await sight.sign_in(page, language=language)
        await page.goto(f"{sight.edge.url}/{GROUP}")
        ticks = page.locator("input[name=applications]")
        assert await ticks.count() == 3
        await ticks.nth(0).check()
        await ticks.nth(1).check()
        await look(page, "group")
        await page.click('button[value="chosen"][formaction$="/rounds/new/mark_reconciled"]')
        await page.wait_for_selector("#reason")
        does = ACTIONS["mark_reconciled"].does
        assert (does.en if night else does.vi) in await page.inner_text("main")
        assert await page.locator("form a[href*='/money/breaks/']").count() == 2
        await look(page, "asked")
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        assert await page.locator("tbody th a[href*='/money/breaks/']").count() == 2
        await look(page, "preview")
        await page.click("#do-start")
        await page.wait_for_selector(f"text={said('round_yours')}")

        await sight.sign_in(other, "checker", language)
        await other.goto(page.url)
        await other.fill("#reason", "Đã xem sao kê")
        await other.click("#do-approve")
        await other.wait_for_selector("progress")
        async with running(sight.edge):
            await other.wait_for_selector(f"text={said('round_gone', count='2')}")
        gone = CHECKS["gone"].en if night else CHECKS["gone"].vi
        assert await other.locator(f"tbody .mark.is-sent:has-text('{gone}')").count() == 2
        await look(other, "over")
        await other.click("tbody th a >> nth=0")
        await other.wait_for_selector(f"text={said('break_closed_title')}")
        assert "operator + checker" in await other.inner_text("main")
        await look(other, "break")
