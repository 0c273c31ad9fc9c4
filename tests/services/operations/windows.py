"""A window of a real browser, for whatever page is looked at in it."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from tests.browser import playwright

SMALL, NARROW, WIDE = 320, 360, 1280


class Windows:
    """A browser, and where its pictures go."""

    WIDTH: ClassVar[int] = WIDE  # where a test names none
    # a page that says what was wrong has a status that the browser takes for an error
    EXCUSED: ClassVar[Sequence[str]] = ("status of 4",)
    # Chromium says so of a page now and then, and takes the same picture when asked again
    # (github.com/MarketSquare/robotframework-browser/issues/5237)
    REFUSED: ClassVar[str] = "Unable to capture screenshot"
    TRIES: ClassVar[int] = 3

    def __init__(self, browser: Any, shots: Path) -> None:
        self.browser, self.shots = browser, shots

    @asynccontextmanager
    async def page(
        self, width: int = 0, *, scripts: bool = True, night: bool = False
    ) -> AsyncIterator[Any]:
        """A window of this width, in which nothing goes wrong and nothing is fetched elsewhere."""
        context = await self.browser.new_context(
            viewport={"width": width or self.WIDTH, "height": 800},
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
        assert [w for w in wrong if not any(excuse in w for excuse in self.EXCUSED)] == []

    async def shot(self, page: Any, name: str) -> None:
        """Take a picture of all of the page, anew where the browser refuses it without a reason."""
        for tries in itertools.count(1):
            try:
                await page.screenshot(path=self.shots / f"{name}.png", full_page=True)
                return
            except playwright.Error as error:
                if self.REFUSED not in error.message or tries == self.TRIES:
                    raise


async def overflow(page: Any) -> int:
    """Return by how much a page is wider than its window."""
    width: int = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
