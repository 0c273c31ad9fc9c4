"""What a browser makes of the citizens' page."""

from pathlib import Path
from typing import Any

from tests.services.operations.status.edge import LINKS, StatusEdge
from tests.services.operations.story import Story
from tests.services.operations.windows import NARROW, Windows


class Sight(Windows):
    """A browser, what it looks at, and where its pictures go."""

    WIDTH = NARROW
    EXCUSED = (*Windows.EXCUSED, "favicon")

    def __init__(self, browser: Any, edge: StatusEdge, shots: Path) -> None:
        super().__init__(browser, shots)
        self.edge = edge

    async def follow(self, page: Any, story: Story, language: str = "vi") -> None:
        """Open an application as somebody who has its link."""
        await page.goto(f"{self.edge.url}?lang={language}#{LINKS.token(story.application)}")
        await page.wait_for_selector("#state")

    async def type(self, page: Any, story: Story, language: str = "vi") -> None:
        """Open an application as somebody who types both codes."""
        await page.goto(f"{self.edge.url}?lang={language}")
        await page.fill("#dossier_code", story.code)
        await page.fill("#code", LINKS.code(story.application))
        await page.click("main form button")
        await page.wait_for_selector("#state")
