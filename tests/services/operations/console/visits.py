"""Who visits the console in tests: accounts, keys, and how a browser signs in and sends forms."""

import re
from urllib.parse import urlencode

import httpx

from services.operations.console.accounts import hashed
from tests.services.operations.status.edge import FORM

PASSWORD = "made-up"
KEPT = hashed(PASSWORD)
ROLES = {
    "viewer": "viewer",
    "officer": "unit_officer",
    "operator": "operator",
    "checker": "checker",
    "sen-vang": "partner",
    "an-phat": "partner",
    "admin": "admin",
}
UNITS = "01"  # the officer's: a province
BASE = "https://console.test"
KEY = bytes(range(32))
API_KEYS = {role: f"{role}-key" for role in ("operator", "checker", "admin")}
TOKEN = re.compile(r'name="token" value="([^"]+)"')


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Send a form as a browser does."""
    return await browser.post(path, content=urlencode(fields), headers=FORM)


async def sign_in(
    browser: httpx.AsyncClient, name: str = "viewer", password: str = PASSWORD, following: str = ""
) -> httpx.Response:
    """Sign in by the page's own form."""
    page = await browser.get("/console/sign-in", params={"next": following})
    token = TOKEN.search(page.text)
    assert token
    fields = {"name": name, "password": password, "token": token[1], "next": following}
    return await send(browser, "/console/sign-in", **fields)
