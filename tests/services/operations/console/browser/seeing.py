"""What a browser makes of the console."""

from pathlib import Path
from typing import Any

from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import PASSWORD
from tests.services.operations.windows import Windows


class Sight(Windows):
    """A browser, what it looks at, and where its pictures go."""

    def __init__(self, browser: Any, edge: ConsoleEdge, shots: Path) -> None:
        super().__init__(browser, shots)
        self.edge = edge

    async def sign_in(self, page: Any, name: str = "operator", language: str = "vi") -> None:
        """Sign in as somebody who was led to the door."""
        await page.goto(f"{self.edge.url}/find?lang={language}")
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.click("main form button")
        await page.wait_for_selector("header nav")
