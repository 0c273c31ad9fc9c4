"""The stuck board's pages, by what the edge answers."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from services.operations.board import Group
from services.operations.console.facts import vnd
from services.operations.console.labels import LABELS
from services.operations.console.sandbox.switches import SWITCHES
from services.operations.console.stuck.page import STAGES, WHOM, trends
from services.operations.domain.causes import CAUSES
from services.operations.domain.remedies import REMEDIES
from shared.catalogue import Catalogue
from shared.events import payment
from shared.events.kernel import TimerFired
from shared.topics import SERVICES
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import sign_in
from tests.services.operations.money.partners import Partners, heard
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN, Story, application


async def test_what_is_stuck_leads_to_its_applications_and_they_to_their_journeys(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = await edge.read(begun(scenes.fee_due))
    edge.now += timedelta(days=30)
    board = (await seated.get("/console/stuck")).text
    assert 'href="/console/stuck/payment/awaiting_payment"' in board
    assert CAUSES["awaiting_payment"].vi in board

    group = (await seated.get("/console/stuck/payment/awaiting_payment")).text
    assert f'href="/console/journeys/{story.application}"' in group
    assert story.code in group


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_beside_how_many_matters_are_stuck_stands_how_many_applications_that_is(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story, lang: str
) -> None:
    partners = Partners(story.log)
    for number, of in enumerate((story.application, story.application, application(2))):
        partners.opens(number, application=of)
    await heard(edge.store, story.log)
    edge.now += timedelta(days=4)
    board = (await seated.get("/console/stuck", params={"lang": lang})).text
    row = board.split("payment/reconciliation_break")[1]
    told = dict(re.findall(r'data-name="([^"]+)">([^<]+)</td>', row))
    names = [LABELS[name] for name in ("group_count", "group_applications")]
    assert [told[words.en if lang == "en" else words.vi] for words in names] == ["3", "2"]


async def test_of_a_silent_bank_the_money_of_its_order_is_at_risk(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = begun(scenes.fee_due)
    order = {"key": "k0", "partner": "sandbox", "reference": story.reference}
    asked = payment.QueryRequested(**order, opened_at=BEGAN)
    fired = TimerFired(name="expiry", version=1)
    story.decide("payment", story.external("payment.inbox", "/kernel/timers", fired), asked)
    answer = payment.Queried(**order, finding="unknown")
    story.external("payment.inbox", "/services/payment/effects", answer)
    await edge.read(story)
    edge.now += timedelta(minutes=5)

    board = (await seated.get("/console/stuck", params={"lang": "vi"})).text
    row = board.split("stuck/payment/partner_silent")[1]
    told = dict(re.findall(r'data-name="([^"]+)">([^<]+)</td>', row.split("</tr>")[0]))
    assert told[LABELS["group_money"].vi] == vnd(50_000).vi


async def test_what_waits_as_it_should_stands_apart(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.read(begun(scenes.fee_due))
    board = (await seated.get("/console/stuck", params={"lang": "en"})).text
    stuck, waiting = board.split(LABELS["stuck_waiting"].en)
    assert CAUSES["awaiting_payment"].en in waiting
    assert CAUSES["awaiting_payment"].en not in stuck
    group = await seated.get("/console/stuck/payment/awaiting_payment?which=waiting")
    assert group.text.count("/console/journeys/") == 1


async def test_a_long_group_goes_on_on_the_next_page(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    for n in (1, 2, 3):
        await edge.read(begun(scenes.fee_due, n))
    edge.now += timedelta(days=30)
    where, seen = "/console/stuck/payment/awaiting_payment?limit=2", []
    page = (await seated.get(where)).text
    assert page.count("/console/journeys/") == 2
    following = page.split('href="?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    seen = (await seated.get(f"/console/stuck/payment/awaiting_payment?{following}")).text
    assert seen.count("/console/journeys/") == 1


async def test_of_what_no_round_is_about_it_is_said_who_ends_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.read(begun(scenes.settled))

    group = (await seated.get("/console/stuck/result/awaiting_return?which=waiting")).text

    assert html.escape(REMEDIES["awaiting_return"].words.vi) in group
    assert "rounds/new" not in group


async def test_an_empty_board_says_so(seated: httpx.AsyncClient) -> None:
    assert LABELS["stuck_nothing"].vi in (await seated.get("/console/stuck")).text


@pytest.mark.parametrize("where", ["moon/awaiting_payment", "payment/moon"])
async def test_a_group_that_is_none_is_no_page(seated: httpx.AsyncClient, where: str) -> None:
    answer = await seated.get(f"/console/stuck/{where}")
    assert (answer.status_code, LABELS["refused_not-found"].vi in answer.text) == (404, True)


async def test_who_is_of_one_unit_does_not_see_what_is_of_all(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        answer = await browser.get("/console/stuck")
        assert answer.status_code == 403
        assert 'href="/console/stuck"' not in answer.text


def test_every_stage_and_everybody_who_is_waited_for_has_a_name() -> None:
    assert set(STAGES) == {cause.stage for cause in CAUSES.values()} | set(SERVICES)
    assert {cause.who for cause in CAUSES.values()} <= set(WHOM)


async def test_a_group_says_how_many_more_it_is_than_an_hour_ago(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    edge.now += timedelta(days=30)
    await edge.trends.turn()
    await edge.read(begun(scenes.fee_due))
    edge.now += timedelta(hours=1)
    board = (await seated.get("/console/stuck", params={"lang": "en"})).text
    assert "1 more in 1 h" in board
    assert "in 24 h" not in board, "nobody counted then"


@pytest.mark.parametrize(
    ("matters", "then", "tone", "words"),
    [
        (1_500, 1, "late", "1,499 more in 1 h"),
        (2, 5, "running", "3 fewer in 1 h"),
        (7, 7, "same", "as 1 h ago"),
    ],
)
def test_a_trend_is_said_in_words_beside_its_arrow(
    matters: int, then: int, tone: str, words: str
) -> None:
    group = Group("payment", "held", True, "us", "vi", "en", matters, 0, 0, 0, 1, 0, then)
    (trend,) = trends(group)
    assert (trend.tone, trend.words.en) == (tone, words)


async def test_what_is_made_to_fail_stands_on_the_board_of_a_demonstration(
    catalogue: Catalogue,
) -> None:
    on = httpx.MockTransport(lambda _: httpx.Response(200, json={"silent": True, "down": False}))
    edge = ConsoleEdge(catalogue, transport=on)
    async with edge.browser() as browser:
        await sign_in(browser, "operator")
        board = (await browser.get("/console/stuck", params={"lang": "en"})).text
    told = board.split('id="faults"')[1].split("</p>")[0]
    assert SWITCHES["bank-silent"].title.en in told
    assert SWITCHES["bank-down"].title.en not in told
    assert 'href="/console/sandbox"' in told
