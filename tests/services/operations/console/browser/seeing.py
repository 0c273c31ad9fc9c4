"""What a browser makes of the console."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.peers.install import is_installed
from tests.services.operations.browser.test_use import AXE, RULES
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import PASSWORD
from tests.services.operations.windows import Windows

needs_axe = pytest.mark.skipif(
    not is_installed("axe"),
    reason="python -m tests.peers.install axe was not run since it was locked",
)


async def axe(page: Any) -> None:
    """Let axe-core look at a page; it must find nothing."""
    await page.evaluate(AXE.read_text())
    options = json.dumps({"runOnly": RULES})
    found = await page.evaluate(f"() => axe.run(document, {options})")
    wrong = [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found["violations"]]
    assert wrong == []
    assert len(found["passes"]) > 15


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
