"""What a browser makes of the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.services.operations.console.browser.person import Person
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import PASSWORD
from tests.services.operations.windows import WIDE, Windows


class Sight(Windows):
    """A browser, what it looks at, and where its pictures go."""

    def __init__(self, browser: Any, edge: ConsoleEdge, shots: Path) -> None:
        super().__init__(browser, shots)
        self.edge = edge

    @asynccontextmanager
    async def person(
        self,
        name: str = "operator",
        width: int = WIDE,
        *,
        scripts: bool = True,
        night: bool = False,
    ) -> AsyncIterator[Person]:
        """Somebody who has signed in: in Vietnamese by day, in English by night."""
        language = "en" if night else "vi"
        async with self.page(width, scripts=scripts, night=night) as page:
            await self.sign_in(page, name, language)
            yield Person(self, page, name, language, f"{width}-{'night' if night else 'day'}")

    async def sign_in(self, page: Any, name: str = "operator", language: str = "vi") -> None:
        """Sign in as somebody who was led to the door."""
        await page.goto(f"{self.edge.url}/find?lang={language}")
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.click("main form button")
        await page.wait_for_selector("header nav")
