"""Draws `docs/console.png`, the stuck board of a demonstration that is kept: `make picture`.

A headless Chromium signs in with the demonstration's own account.  Two faults are on meanwhile, so
that the board has something to tell, and off again afterwards.
"""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.local import faults, processes, secrets
from deploy.local.settings import Settings
from services.operations.console.sandbox.programs import Programs
from shared.errors import Unknown

PICTURE = Path(__file__).with_name("console.png")
WIDTH, HEIGHT = 1_100, 620
FAULTS = ("bank-down", "unit-not-accepting")
SHOWS_S = 30.0
LIMIT_MS = 30_000


def main() -> None:
    """Draw it; say what is missing where it cannot be drawn."""
    settings = Settings()
    demo = settings.model_copy(update={"home": settings.demo})
    clients = processes.secret(demo, secrets.CLIENTS_FILE)
    chromium = shutil.which("chromium")
    if not chromium or not clients.exists():
        sys.exit("It needs Chromium on PATH, and a demonstration that runs: make demo KEEP=1.")
    password = json.loads(clients.read_text())["accounts"]["operator"]
    try:
        with failing(Programs(faults.urls(settings))):
            time.sleep(SHOWS_S)
            _draw(chromium, f"{processes.url(settings, 'operations')}/console", password)
    except Unknown as doubt:
        sys.exit(f"{doubt}. A demonstration has to run: make demo KEEP=1.")


@contextmanager
def failing(programs: Programs) -> Iterator[None]:
    """Turn the faults on, and off again whatever happens meanwhile.  Raises `Unknown`."""
    try:
        asyncio.run(_turn(programs, on=True))
        yield
    finally:
        asyncio.run(_turn(programs, on=False))


async def _turn(programs: Programs, *, on: bool) -> None:
    for name in FAULTS:
        await programs.turn(name, on=on)


def _draw(chromium: str, url: str, password: str) -> None:
    driver: Any = import_module("playwright.sync_api")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.set_default_timeout(LIMIT_MS)
        page.goto(f"{url}/stuck?lang=en")
        page.fill("#name", "operator")
        page.fill("#password", password)
        page.click("main form button")
        page.wait_for_selector(".groups")
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
