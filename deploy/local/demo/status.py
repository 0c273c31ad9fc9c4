"""The page that the citizen's link opens, asked for as a browser does that has the link."""

from typing import NamedTuple
from urllib.parse import urljoin

import httpx

from deploy.local.demo.scene import Scene, role


class Status(NamedTuple):
    """The citizen's link, the code to type where there is none, and what both open."""

    link: str
    code: str
    page: bytes


async def read(scene: Scene, application: str) -> Status | None:
    """Return the page; None: there is no such page, or nothing that it could show."""
    async with scene.client("intake", role("portal")) as intake:
        answer = await intake.get(f"/v1/applications/{application}")
    receipt = answer.raise_for_status().json()["receipt"]
    if receipt is None:
        return None
    link = urljoin(scene.url("operations"), receipt["status_link"])
    page, _, token = link.partition("#")  # what is behind it a script of the page sends
    async with scene.browser("operations") as browser:
        shown = await browser.post(page, data={"token": token})
    is_page = shown.headers.get("content-type", "").startswith("text/html")
    if shown.status_code == httpx.codes.NOT_FOUND and not is_page:
        return None
    return Status(link, receipt.get("status_code", ""), shown.raise_for_status().content)
