"""A newcomer with a kept demonstration: finds what it planted, and releases each from the console.

By what the terminal says alone: the address, two accounts, three cases.  Pictures of the way go to
build/console: they are to be looked at, not only made.
"""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local import launcher
from deploy.local.children import Children
from deploy.local.demo.keeping import PLANTED
from deploy.local.settings import ROOT, Settings
from tests.browser import chromium
from tests.e2e.system import own_settings
from tests.e2e.test_demo import environment
from tests.services.operations.windows import Windows
from tests.waiting import until

pytestmark = pytest.mark.stack

SHOTS = ROOT / "build" / "console"
SHORT = (
    "from deploy.local.demo import run; from deploy.local.demo.play import Plan; "
    "raise SystemExit(run(keep=True, plan=Plan(count=20)))"
)
RUN_LIMIT_S, GONE_WITHIN_S = 300.0, 60.0
REASON = "Looked at it with the unit"


@dataclass(frozen=True)
class Terminal:
    """What the demonstration said at its end."""

    said: str

    def told(self, name: str) -> str:
        """What stands beside a name."""
        found = re.search(rf"^ +{name} +(\S+)$", self.said, re.M)
        assert found, self.said[-3_000:]
        return found[1]

    def case(self, cause: str) -> tuple[str, str]:
        """The name of a planted case, and the address of its group."""
        found = re.search(rf"^ +{PLANTED[cause]} +(\S+) +(\S+/{cause})$", self.said, re.M)
        assert found, self.said[-3_000:]
        return found[1], found[2]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    settings: Settings = own_settings(tmp_path_factory.mktemp("newcomer"))
    try:
        done = subprocess.run(
            [sys.executable, "-c", SHORT],
            cwd=ROOT,
            env=environment(settings),
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield Terminal(done.stdout)
    finally:
        launcher.down(Children(settings.demo))


class Desk(Windows):
    """Windows of a browser, in which people sit at the console."""

    def __init__(self, browser: Any, shots: Path, terminal: Terminal) -> None:
        super().__init__(browser, shots)
        self.terminal, self.url = terminal, terminal.told("console")

    @asynccontextmanager
    async def seat(self, name: str) -> AsyncIterator[Any]:
        """A window of somebody who signed in with the account that was printed."""
        async with self.page() as page:
            await page.goto(f"{self.url}/stuck?lang=en")
            await page.fill("#name", name)
            await page.fill("#password", self.terminal.told(f"sign in as {name}"))
            await page.click("main form button")
            await page.wait_for_selector(".groups")
            yield page

    async def agree(self, where: str) -> None:
        """Let the other person agree to what was asked for."""
        async with self.seat("checker") as page:
            await page.goto(where)
            await page.fill("#reason", "Agrees with it")
            await self.shot(page, "newcomer-agrees")
            await page.click("#do-approve")
            await page.wait_for_selector("#progress")


@pytest.fixture
async def desk(terminal: Terminal) -> AsyncIterator[Desk]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        yield Desk(browser, SHOTS, terminal)


async def opened(desk: Desk, page: Any, cause: str) -> str:
    """Find a case on the board, open its group and its journey; return the text of that."""
    name, group = desk.terminal.case(cause)
    await page.goto(f"{desk.url}/stuck")
    await page.click(f'a[href$="/{cause}"]')
    assert page.url == group
    assert name in await page.inner_text("main")
    await page.goto(f"{desk.url}/find?q={name}")
    assert name in await page.inner_text("h1")
    await desk.shot(page, f"newcomer-{cause}")
    return str(await page.inner_text("main"))


async def asked(desk: Desk, page: Any, cause: str, action: str, **typed: str) -> str:
    """Ask for something to be done about a case alone; return where the round is."""
    name, group = desk.terminal.case(cause)
    await page.goto(group)
    await page.check(f'li:has-text("{name}") input[name="applications"]')
    await page.click(f'button[formaction$="/rounds/new/{action}"][value="chosen"]')
    for field, value in {**typed, "reason": REASON}.items():
        await page.fill(f"#{field}", value)
    await page.click("main form button")
    await page.wait_for_selector("#do-start")
    await desk.shot(page, f"newcomer-{action}")
    await page.click("#do-start")
    await page.wait_for_selector("#progress")
    return str(page.url)


async def is_gone(desk: Desk, page: Any, cause: str) -> bool:
    """Whether the case has left its group of the board."""
    name, group = desk.terminal.case(cause)
    await page.goto(group)
    return name not in await page.inner_text("main")


async def test_the_money_of_a_wrong_amount_is_given_back(desk: Desk) -> None:
    async with desk.seat("operator") as page:
        await opened(desk, page, "wrong_amount")
        await desk.agree(await asked(desk, page, "wrong_amount", "give_back"))
        await until(lambda: is_gone(desk, page, "wrong_amount"), GONE_WITHIN_S)


async def test_one_of_a_split_unit_goes_to_the_unit_that_a_person_chose(desk: Desk) -> None:
    async with desk.seat("operator") as page:
        journey = await opened(desk, page, "needs_choice")
        unit = re.search(r"\(([0-9]{5})\) · ", journey)
        assert unit, f"the journey names the units that it can be: {journey[:2_000]}"
        where = await asked(desk, page, "needs_choice", "reassign_unit", to_unit=unit[1])
        await desk.agree(where)
        await until(lambda: is_gone(desk, page, "needs_choice"), GONE_WITHIN_S)


async def test_a_message_that_nobody_can_read_is_mended_and_taken_in(desk: Desk) -> None:
    async with desk.seat("operator") as page:
        application, group = desk.terminal.case("poison_event")
        await page.goto(group)
        await page.click(f'h2 a:has-text("{application}")')
        await page.wait_for_selector("#mend")
        where = str(page.url)
        await page.fill("#path1", "$.time")
        await page.fill("#value1", "2026-11-23T10:00:00+07:00")
        await page.fill("#why-mend", "The portal wrote its time as people do")
        await desk.shot(page, "newcomer-mends")
        await page.click('form[action$="/edits"] button')
        await page.wait_for_selector("#copies")
        async with desk.seat("checker") as other:
            await other.goto(where)
            await other.fill("#why-accept-1", "It is the time of its submission")
            await other.click('form[action$="/accept"] button')
            await other.wait_for_selector("main")
        await until(lambda: is_gone(desk, page, "poison_event"), GONE_WITHIN_S)
        await page.goto(f"{desk.url}/journeys/{application}")
        assert httpx.URL(page.url).path.endswith(application)
        assert "application.registered" in await page.content()
