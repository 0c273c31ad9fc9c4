"""A group that is held, and the forms by which it is released."""

import re

import httpx

from tests.services.operations import scenes
from tests.services.operations.api.edge import park
from tests.services.operations.console.visits import send
from tests.services.operations.scenes import begun
from tests.services.operations.story import Story

GROUP = "/console/stuck/payment/held"
NEW = "/console/rounds/new/release?stage=payment&cause=held"
HIDDEN = re.compile(r'name="([a-z]+)" value="([^"]*)"')
PART = {"hx-request": "true"}
WHY_ASKED = "the rule is mended"


def held_one(n: int) -> Story:
    """An application that payment holds."""
    story = begun(scenes.fee_due, n)
    park(story)
    return story


async def typed(browser: httpx.AsyncClient, where: str = NEW) -> dict[str, str]:
    """The form as it is before anything is typed."""
    page = await browser.get(where)
    assert page.status_code == 200
    form = page.text.split('action="/console/rounds"')[1].split("</form>")[0]
    return dict(HIDDEN.findall(form)) | {"which": "all", "reason": WHY_ASKED}


async def previewed(browser: httpx.AsyncClient, where: str = NEW) -> str:
    """Where the round is that the form leads to."""
    answer = await send(browser, "/console/rounds", **await typed(browser, where))
    assert answer.status_code == 303
    return answer.headers["location"]


async def press(
    browser: httpx.AsyncClient, where: str, verb: str, reason: str = ""
) -> httpx.Response:
    token = re.search(r'name="token" value="([^"]+)"', (await browser.get(where)).text)
    assert token
    return await send(browser, f"{where}/{verb}", token=token[1], reason=reason)
