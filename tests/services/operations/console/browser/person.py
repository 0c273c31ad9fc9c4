"""Somebody at the console, in a window of their own: opens pages, presses, and reads."""

from typing import TYPE_CHECKING, Any

from services.operations.console.labels import LABELS
from services.operations.domain.citizen.words import Words
from tests.browser import axe
from tests.services.operations.windows import overflow

if TYPE_CHECKING:
    from tests.services.operations.console.browser.seeing import Sight

AGREED = "Đã xem"  # why somebody agrees to what another asked for


class Person:
    """`name`, signed in, who reads `language`; `at`: what pictures of the window are called by."""

    def __init__(self, sight: "Sight", page: Any, name: str, language: str, at: str) -> None:
        self.sight, self.page, self.name = sight, page, name
        self.language, self.at = language, at

    def words(self, words: Words) -> str:
        """Return them as this person reads them."""
        return words.en if self.language == "en" else words.vi

    def said(self, label: str, **told: str) -> str:
        """Return what the console calls it."""
        return self.words(LABELS[label].told(**told))

    async def opens(self, where: str) -> None:
        """Open a page, by its address behind the console's or the whole of it."""
        await self.page.goto(where if "://" in where else f"{self.sight.edge.url}/{where}")

    async def reads(self, text: str) -> None:
        """Wait for the page to say so."""
        await self.page.wait_for_selector(f"text={text}")

    async def text(self) -> str:
        """Return what the page says."""
        told: str = await self.page.inner_text("main")
        return told

    async def looks(self, what: str) -> None:
        """Look at all of the page: it fits, axe finds nothing, and it is pictured."""
        assert await overflow(self.page) == 0, what
        await axe(self.page)
        await self.sight.shot(self.page, f"{what}-{self.at}")

    # ---- rounds

    async def picks(self, action: str, ticks: int = 0) -> None:
        """Go from a group to the form of an action: for all of it, or the first so many."""
        for n in range(ticks):
            await self.page.locator("input[name=applications]").nth(n).check()
        of = "chosen" if ticks else "all"
        await self.page.click(f'button[value="{of}"][formaction$="/rounds/new/{action}"]')
        await self.page.wait_for_selector("#reason")

    async def previews(self, reason: str, **given: str) -> None:
        """Say why, and what else is asked for; come to the preview."""
        for field, value in {**given, "reason": reason}.items():
            await self.page.fill(f"#{field}", value)
        await self.page.click("main form button")
        await self.page.wait_for_selector("#do-start")

    async def agrees(self, where: str) -> None:
        """Open a round that another asked for, and have it begin."""
        await self.opens(where)
        await self.page.fill("#reason", AGREED)
        await self.page.click("#do-approve")
        await self.page.wait_for_selector("progress")
