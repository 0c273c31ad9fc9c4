"""Breaks marked as reconciled from their group: chosen, previewed, agreed to, looked at."""

import re

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.money.labels import KINDS
from services.operations.console.rounds.labels import CHECKS
from services.operations.domain.actions import ACTIONS, WHY
from services.operations.rounds.runner import CHECK_AFTER
from shared.events.reconciliation import BreakOpened
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import press, previewed
from tests.services.operations.console.test_money_pages import fields, reconciled
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.money.partners import Payment, heard
from tests.services.operations.story import Story

GROUP = "/console/stuck/payment/reconciliation_break?which=all"
NEW = "/console/rounds/new/mark_reconciled?stage=payment&cause=reconciliation_break"
TICK = re.compile(r'name="applications" value="([^"]+)"')


@pytest.fixture
async def breaks(edge: ConsoleEdge, story: Story) -> list[BreakOpened]:
    """A break of the story, a large one of nobody's, one of another partner."""
    story.charged()
    await edge.read(story)
    edge.payment = Payment(story.log)
    opened = await reconciled(edge, story)
    await goes_on(edge)
    return opened


async def goes_on(edge: ConsoleEdge) -> None:
    assert edge.payment
    await edge.payment.act()
    await heard(edge.store, edge.payment.log)


async def agreed(edge: ConsoleEdge, seated: httpx.AsyncClient, where: str) -> None:
    await press(seated, where, "start")
    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        await press(browser, where, "approve", "đã xem sao kê")


async def test_the_group_is_marked_by_two_and_leaves_the_board(
    edge: ConsoleEdge, seated: httpx.AsyncClient, breaks: list[BreakOpened], story: Story
) -> None:
    group = (await seated.get(GROUP)).text
    assert 'formaction="/console/rounds/new/mark_reconciled"' in group
    where = await previewed(seated, NEW)
    preview = (await seated.get(where)).text
    assert all(words.vi in preview for words in ACTIONS["mark_reconciled"].follows)
    assert "3 việc của 1 hồ sơ" in preview
    for one in breaks[:2]:
        assert f'href="/console/money/breaks/{one.break_id}">{one.break_id}</a>' in preview
        assert KINDS[one.kind].vi in preview
    assert "/console/journeys/" not in preview

    await agreed(edge, seated, where)
    for _ in range(3):
        await edge.turn()
    await goes_on(edge)
    for seconds in (CHECK_AFTER.total_seconds() + 1, *[1] * 6):
        await edge.turn(seconds)

    over = (await seated.get(where)).text
    assert LABELS["round_gone"].told(count="3").vi in over
    assert over.count(f">{CHECKS['gone'].vi}</span>") == 3
    assert LABELS["group_empty"].vi in (await seated.get(GROUP)).text
    one = (await seated.get(f"/console/money/breaks/{breaks[1].break_id}")).text
    assert "operator + checker" in one
    journey = (await seated.get(f"/console/journeys/{story.application}?lang=en")).text
    assert "Break closed" in journey


async def test_a_break_of_nobody_is_chosen_alone(
    edge: ConsoleEdge, seated: httpx.AsyncClient, breaks: list[BreakOpened], story: Story
) -> None:
    (nobodys, *_) = [
        value
        for value in TICK.findall((await seated.get(GROUP)).text)
        if value != story.application
    ]
    form = (await seated.get(f"{NEW}&of=chosen&applications={nobodys}")).text
    (named,) = re.findall(r'href="/console/money/breaks/([^"]+)"', form)

    where = await previewed(seated, f"{NEW}&of=chosen&applications={nobodys}")

    page = (await seated.get(where)).text
    assert named in page
    assert sum(one.break_id in page for one in breaks) <= 1
    assert breaks[0].break_id not in page


async def test_one_that_waits_for_a_second_person_is_refused_with_its_address(
    edge: ConsoleEdge, seated: httpx.AsyncClient, breaks: list[BreakOpened]
) -> None:
    dear = f"/console/money/breaks/{breaks[1].break_id}"
    await send(seated, f"{dear}/close", **await fields(seated, dear), reason="trả lại")
    await goes_on(edge)

    where = await previewed(seated, NEW)

    page = (await seated.get(f"{where}?only=refused")).text
    assert WHY["wish_waits"].vi in page
    assert f'href="{dear}"' in page
