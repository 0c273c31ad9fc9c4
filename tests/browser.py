"""A headless Chromium, and axe-core in its pages, for all tests that look at a page.

Tests are skipped where either is not installed.
"""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.peers.install import INSTALLED, is_installed

CHROMIUM = shutil.which("chromium")
AXE = INSTALLED / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

playwright = pytest.importorskip(
    "playwright.async_api", reason="playwright is not installed: it drives the browser"
)
needs_axe = pytest.mark.skipif(
    not is_installed("axe"),
    reason="python -m tests.peers.install axe was not run since it was locked",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """A browser; the test that asks for it is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH: the pages are looked at with it (apt: chromium)")
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


async def axe(page: Any, passes: int = 15) -> None:
    """Let axe-core look at a page; it must find nothing wrong, and more than `passes` rules must
    have had something to look at.
    """
    await page.evaluate(AXE.read_text())
    options = json.dumps({"runOnly": RULES})
    found = await page.evaluate(f"() => axe.run(document, {options})")
    wrong = [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found["violations"]]
    assert wrong == [], page.url
    assert len(found["passes"]) > passes, page.url
