"""What a browser makes of the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.operations.console.edge import PASSWORD, ConsoleEdge

NARROW, WIDE = 360, 1280


@dataclass
class Sight:
    """A browser, what it looks at, and where its pictures go."""

    browser: Any
    edge: ConsoleEdge
    shots: Path

    @asynccontextmanager
    async def page(
        self, width: int = WIDE, *, scripts: bool = True, night: bool = False
    ) -> AsyncIterator[Any]:
        """A window of this width, in which nothing goes wrong and nothing is fetched elsewhere."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            color_scheme="dark" if night else "light",
            locale="vi-VN",
        )
        page = await context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda r: wrong.append(r.url) if "127.0.0.1" not in r.url else None)
        yield page
        await context.close()
        # a page that says what was wrong has a status that the browser takes for an error
        assert [w for w in wrong if "status of 4" not in w] == []

    async def sign_in(self, page: Any, name: str = "operator", language: str = "vi") -> None:
        """Sign in as somebody who was led to the door."""
        await page.goto(f"{self.edge.url}/find?lang={language}")
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.click("main form button")
        await page.wait_for_selector("#q")

    async def shot(self, page: Any, name: str) -> None:
        """Take a picture of all of the page."""
        await page.screenshot(path=self.shots / f"{name}.png", full_page=True)


async def overflow(page: Any) -> int:
    """Return by how much a page is wider than its window."""
    width: int = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
