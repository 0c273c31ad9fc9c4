"""Who comes in at the console, for how long, and what is held off."""

import re

import httpx
import pytest

from services.operations.console.door import PER_ADDRESS, PER_PAIR
from services.operations.console.labels import LABELS
from services.operations.console.screen import HEADERS
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.scenes import begun, processing

COOKIE = "__Host-motcua_console"
HOME = "/console/find"


async def is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get(HOME)).status_code == 200


# ---- signing in


async def test_who_is_not_signed_in_is_led_to_the_door_and_then_to_where_he_was_going(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/console/find", params={"q": "H29 1"})
    assert answer.status_code == 303
    where = httpx.URL(answer.headers["location"])
    assert where.path == "/console/sign-in"

    signed = await sign_in(browser, following=where.params["next"])
    assert (signed.status_code, signed.headers["location"]) == (303, "/console/find?q=H29+1")
    assert await is_in(browser)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.invalid/", "//example.invalid", "/\\example.invalid", "/status", "console/x"],
)
async def test_the_door_leads_nowhere_else(browser: httpx.AsyncClient, elsewhere: str) -> None:
    signed = await sign_in(browser, following=elsewhere)
    assert signed.headers["location"] == HOME


async def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(
    browser: httpx.AsyncClient,
) -> None:
    signed = await sign_in(browser)
    [cookie] = [c for c in signed.headers.get_list("set-cookie") if c.startswith(COOKIE)]
    words = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= words
    assert not any(word.startswith("domain") for word in words)


async def test_only_on_this_machine_a_cookie_goes_without_encryption(edge: ConsoleEdge) -> None:
    async with edge.browser(base="http://127.0.0.1:8105") as here:
        assert "motcua_console" in (await sign_in(here)).headers["set-cookie"]
        assert "secure" not in (await sign_in(here)).headers["set-cookie"].lower()
    async with edge.browser(base="http://console.test") as there:
        page = await there.get("/console/sign-in")
        assert "secure" in page.headers["set-cookie"].lower()


async def test_who_signs_in_gets_a_session_of_his_own_and_the_one_before_ends(
    browser: httpx.AsyncClient,
) -> None:
    await sign_in(browser)
    before = browser.cookies[COOKIE]
    await sign_in(browser, "operator")
    after = browser.cookies[COOKIE]
    assert before != after
    browser.cookies.set(COOKIE, before, domain="console.test")
    assert not await is_in(browser)


async def test_who_signs_out_is_out_wherever_the_cookie_was_copied_to(
    browser: httpx.AsyncClient,
) -> None:
    await sign_in(browser)
    copied = browser.cookies[COOKIE]
    token = TOKEN.search((await browser.get(HOME)).text)
    assert token
    answer = await send(browser, "/console/sign-out", token=token[1])
    assert answer.headers["location"] == "/console/sign-in"
    assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, copied, domain="console.test")
    assert not await is_in(browser)


# ---- what is held off


@pytest.mark.parametrize(("name", "password"), [("viewer", "x"), ("nobody", "made-up"), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    browser: httpx.AsyncClient, name: str, password: str
) -> None:
    answer = await sign_in(browser, name, password)
    assert answer.status_code == 422
    assert LABELS["wrong_account"].vi in answer.text
    assert COOKIE not in browser.cookies


async def test_who_guesses_at_one_account_waits_and_the_right_password_does_not_help(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    for _ in range(PER_PAIR):
        assert (await sign_in(browser, "viewer", "x")).status_code == 422
    answer = await sign_in(browser)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    async with edge.browser("198.51.100.9") as elsewhere:
        assert (await sign_in(elsewhere)).status_code == 303
    edge.ticks.now_s += 901
    assert (await sign_in(browser)).status_code == 303


async def test_who_guesses_at_many_accounts_waits(browser: httpx.AsyncClient) -> None:
    for n in range(PER_ADDRESS):
        await sign_in(browser, f"a{n}", "x")
    assert (await sign_in(browser)).status_code == 429


async def test_a_form_that_was_made_elsewhere_signs_nobody_in_and_nobody_out(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    async with edge.browser() as another:
        page = await another.get("/console/sign-in")
        token = TOKEN.search(page.text)
        assert token
    fields = {"name": "viewer", "password": "made-up"}
    for wrong in (token[1], "", "é"):
        answer = await send(browser, "/console/sign-in", **fields, token=wrong)
        assert answer.status_code == 403
    await sign_in(browser)
    for wrong in (token[1], "", "é"):
        assert (await send(browser, "/console/sign-out", token=wrong)).status_code == 403
    assert await is_in(browser)


async def test_every_page_keeps_out_what_is_not_its_own(
    browser: httpx.AsyncClient, seated: httpx.AsyncClient
) -> None:
    pages = [await browser.get("/console/sign-in"), await seated.get(HOME)]
    pages.append(await seated.get("/console/journeys/none"))
    pages.append(await browser.get(HOME))
    for page in pages:
        assert HEADERS.items() <= dict(page.headers).items()
    assert [p.status_code for p in pages] == [200, 200, 404, 303]
    rules = HEADERS["content-security-policy"]
    assert "unsafe" not in rules
    assert "default-src 'none'" in rules


async def test_no_page_has_a_script_or_a_style_in_itself(seated: httpx.AsyncClient) -> None:
    text = (await seated.get(HOME)).text
    assert re.findall(r"<style|\sstyle=|<script(?! src=)|\son[a-z]+=", text) == []


@pytest.mark.parametrize("role", ["viewer", "operator", "checker", "admin"])
async def test_these_roles_read_every_journey(
    edge: ConsoleEdge, browser: httpx.AsyncClient, role: str
) -> None:
    story = await edge.read(begun(processing))
    await sign_in(browser, role)
    assert (await browser.get(f"/console/journeys/{story.code}")).status_code == 200


async def test_a_bank_sees_no_application(edge: ConsoleEdge, browser: httpx.AsyncClient) -> None:
    story = await edge.read(begun(processing))
    await sign_in(browser, "sen-vang")
    for path in (f"/console/journeys/{story.code}", f"/console/find?q={story.code}"):
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert story.application not in answer.text


async def test_a_part_that_is_asked_for_without_a_session_leads_the_whole_page_to_the_door(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/console/journeys/x/messages/t/0/0", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/console/sign-in")
