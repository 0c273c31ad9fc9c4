"""Who visits the console in tests: accounts, keys, and how a browser signs in and sends forms."""

import hashlib
import re
from urllib.parse import urlencode

import httpx

from services.operations.console.accounts import hashed
from shared.access import Access
from shared.principals import People
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
API_KEYS = {role: f"{role}-key" for role in ("operator", "checker", "admin", "viewer")}
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def access() -> Access:
    """Return who calls with which key; the viewer's is of the same person as the account."""
    rows = {role: {"name": f"{role}-1", "role": role} for role in API_KEYS}
    rows["viewer"]["person"] = "viewer"
    keys = {hashlib.sha256(API_KEYS[role].encode()).hexdigest(): rows[role] for role in rows}
    return Access(keys, People({"viewer": {}}))


def bearer(role: str) -> dict[str, str]:
    """Return what goes along with calls of a program that has the key of a role."""
    return {"authorization": f"Bearer {API_KEYS[role]}"}


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
