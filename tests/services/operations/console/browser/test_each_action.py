"""Buttons that change something: each is pressed by keyboard alone, with scripts and without."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import STATUSES
from services.operations.domain.actions import ACTIONS
from services.operations.domain.citizen.words import Words
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import held_one, press, previewed
from tests.services.operations.console.test_alarm_pages import post, woken
from tests.services.operations.console.test_dead_pages import at, mistaken, poisoned, submit
from tests.services.operations.console.test_money_pages import fields, reconciled
from tests.services.operations.console.test_proof_pages import begin
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.money.partners import Payment, heard
from tests.services.operations.story import Log, Story

WHY = "Đã xem với đơn vị"
TABS = 120  # more than a page has of what can be reached


async def break_opened(edge: ConsoleEdge) -> str:
    story = Story(Log())
    edge.payment = Payment(story.log)
    _, large, _ = await reconciled(edge, story)
    await payment_acts(edge)
    return f"/console/money/breaks/{large.break_id}"


async def break_asked(edge: ConsoleEdge) -> str:
    where = await break_opened(edge)
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        await send(operator, f"{where}/close", **await fields(operator, where), reason=WHY)
    await payment_acts(edge)
    return where


async def payment_acts(edge: ConsoleEdge) -> None:
    assert edge.payment
    await edge.payment.act()
    await heard(edge.store, edge.payment.log)


async def set_aside(edge: ConsoleEdge) -> str:
    (place,) = await mistaken(edge, 1)
    return at(place)


async def copy_waits(edge: ConsoleEdge) -> str:
    where = at(await poisoned(edge))
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        await submit(operator, where, f"{where}/edits", path1="$.data.note", value1="7")
    return where


async def round_runs(edge: ConsoleEdge, *verbs: str) -> str:
    for n in (1, 2):
        await edge.read(held_one(n))
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        where = await previewed(operator)
        for verb in ("start", *verbs):
            await press(operator, where, verb)
    return where


async def round_paused(edge: ConsoleEdge) -> str:
    return await round_runs(edge, "pause")


async def round_asked(edge: ConsoleEdge) -> str:
    edge.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    return await round_runs(edge)


async def proof_begun(edge: ConsoleEdge) -> str:
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        return await begin(operator)


async def silenced(edge: ConsoleEdge) -> str:
    alarm = (await woken(edge))["partner_down"]
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        await post(operator, alarm, "silence", hours="4", of="partner", reason=WHY)
    return f"/console/alarms/{alarm.id}"


async def nothing(edge: ConsoleEdge) -> str:
    del edge
    return "/console/find"


async def at_once(edge: ConsoleEdge) -> None:
    """What was done is done when the page answers."""


class Act(NamedTuple):
    """Who presses which button of which form, and what the page says from then on."""

    who: str
    plant: Callable[[ConsoleEdge], Awaitable[str]]  # it returns the page's address
    form: str
    says: Words
    button: str = "button"
    there: str = "main"  # where it says so
    services: Callable[[ConsoleEdge], Awaitable[None]] = at_once  # what they do thereupon


ACTS = {
    "close a break": Act(
        *("operator", break_opened, "form[action$='/close']", LABELS["close_wanted"]),
        services=payment_acts,
    ),
    "agree to a break's closing": Act(
        *("checker", break_asked, "form[action$='/check']", LABELS["break_closed_title"]),
        button="[value=yes]",
        services=payment_acts,
    ),
    "dismiss a record": Act(
        *("operator", set_aside, "form[action$='/dismiss']", LABELS["dead_verdict_waits"]),
        services=ConsoleEdge.set_aside,
    ),
    "reject a copy": Act(
        *("checker", copy_waits, "form[action$='/reject']", LABELS["dead_verdict_rejected"])
    ),
    "pause a round": Act(
        *("operator", round_runs, "form[action$='/pause']", STATUSES["paused"]),
        there="#progress",
    ),
    "resume a round": Act(
        *("operator", round_paused, "form[action$='/resume']", STATUSES["running"]),
        there="#progress",
    ),
    "reject a round": Act(
        *("checker", round_asked, ".acts form", STATUSES["rejected"], "#do-reject"),
        there="#progress",
    ),
    "abort a proof": Act(
        "operator",
        proof_begun,
        "form[action$='/abort']",
        LABELS["proof_aborted"].told(by="operator"),
    ),
    "end a silence": Act(
        *("operator", silenced, "form[action$='/unsilence']", LABELS["did_unsilence"])
    ),
    "sign out": Act("viewer", nothing, "form[action$='/sign-out']", LABELS["password"]),
}


async def focused(page: Any, selector: str) -> bool:
    found: bool = await page.evaluate(f'() => document.activeElement.matches("{selector}")')
    return found


async def go_to(page: Any, form: str, button: str) -> None:
    """Go from the top of a page to a button by keyboard, and say why on the way."""
    for _ in range(TABS):
        await page.keyboard.press("Tab")
        if await focused(page, f"{form} [name=reason]"):
            await page.keyboard.type(WHY)
        if await focused(page, f"details:has({form}) > summary"):
            await page.keyboard.press("Enter")
        if await focused(page, f"{form} {button}"):
            return
    pytest.fail(f"no way by keyboard leads to {form} {button}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("name", ACTS)
async def test_a_keyboard_alone_does_it_and_the_page_says_so(
    sight: Sight, name: str, scripts: bool
) -> None:
    act = ACTS[name]
    where = f"{sight.edge.url}{(await act.plant(sight.edge)).removeprefix('/console')}"
    async with sight.page(scripts=scripts) as page:
        await sight.sign_in(page, act.who)
        await page.goto(where)
        assert act.says.vi not in await page.inner_text(act.there)
        await go_to(page, act.form, act.button)
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await page.evaluate(outline) == "solid"
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await act.services(sight.edge)
        await page.goto(where)
        assert act.says.vi in await page.inner_text(act.there)
