"""The pages of money, by what the edge answers."""

import re
from datetime import timedelta
from typing import get_args

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.money.labels import (
    BECAUSE,
    CAUSES,
    CURES,
    KINDS,
    MOVEMENTS,
    REFUSED,
    REMEDIES,
    STANDINGS,
    TONES,
)
from services.operations.console.money.settlement_labels import OUTCOMES
from services.operations.domain.partner_flow import Standing
from shared.events.reconciliation import (
    Because,
    BreakCause,
    BreakKind,
    BreakOpened,
    Cure,
    RefusedBecause,
)
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.money.partners import DAY, Partners, Payment, heard
from tests.services.operations.story import Story


async def reconciled(edge: ConsoleEdge, story: Story) -> list[BreakOpened]:
    """A partner's day with a statement, a break of the story, one of nobody's, one closed."""
    partners = Partners(story.log)
    opened = [
        partners.opens(1, application=story.application, reference=story.reference),
        partners.opens(2, kind="unknown", cause="foreign", amount_vnd=1_250_000, expected_vnd=0),
        partners.opens(3, kind="duplicate", cause="repeated"),
    ]
    partners.closes(opened[2])
    partners.states()
    partners.opens(4, partner="an-phat", kind="missing_there", cause="unstated", cure="ask", line=0)
    await heard(edge.store, story.log)
    edge.now = max(edge.now, story.log.now)
    return opened


def money_of(opened: list[BreakOpened]) -> list[tuple[str, str]]:
    """What each page of money is called, and its address."""
    return [
        ("all", "money"),
        ("day", f"money/days/sen-vang/{DAY}"),
        ("no-statement", f"money/days/an-phat/{DAY}"),
        ("kind", "money/breaks?kind=unknown"),
        ("break", f"money/breaks/{opened[0].break_id}"),
        ("closed", f"money/breaks/{opened[2].break_id}"),
        ("settlement", "money/settlements/sen-vang?period=2026-06"),
    ]


async def test_from_all_of_it_a_partner_leads_to_its_day_a_break_and_the_journey(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    story.charged()
    await edge.read(story)
    first, *_ = await reconciled(edge, story)

    page = (await seated.get("/console/money")).text
    assert f'href="/console/money/days/sen-vang/{DAY}"' in page
    assert KINDS["amount"].vi in page
    assert LABELS["days_unstated"].vi in page

    day = (await seated.get(f"/console/money/days/sen-vang/{DAY}")).text
    assert 'href="/console/money/settlements/sen-vang?period=2026-06"' in day
    assert "0 đồng + 48.000 đồng − 0 đồng = 48.000 đồng" in day
    assert f'href="/console/money/breaks/{first.break_id}"' in day
    assert "the bank sent 1,000 back" in day

    one = (await seated.get(f"/console/money/breaks/{first.break_id}")).text
    assert f'href="/console/journeys/{story.application}"' in one
    assert CAUSES["order_amount"].vi in one

    journey = (await seated.get(f"/console/journeys/{story.application}")).text
    assert "Mở chênh lệch đối soát" in journey


async def test_a_partners_settlement_says_what_is_equal_and_is_there_as_files(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    await reconciled(edge, story)
    page = (await seated.get("/console/money/settlements/sen-vang?period=2026-06")).text
    assert OUTCOMES["differs"].vi in page, "two lines match that nobody has money for"
    before = (await seated.get("/console/money/settlements/sen-vang?period=2026-05")).text
    assert OUTCOMES["nothing"].vi in before
    assert f'href="/console/money/days/sen-vang/{DAY}"' in page
    where = "/console/money/settlements/sen-vang/file?period=2026-06&as="
    assert f"{DAY},0," in (await seated.get(f"{where}csv")).text
    assert (await seated.get(f"{where}json")).json()["stated"]["paid_vnd"] == 48_000
    wrong = await seated.get("/console/money/settlements/sen-vang?period=2027-01&lang=en")
    assert (wrong.status_code, LABELS["refused_no-such-period"].en in wrong.text) == (422, True)


async def test_breaks_are_listed_by_kind_and_those_that_were_closed_apart(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    await reconciled(edge, story)
    listed = (await seated.get("/console/money/breaks?kind=unknown&lang=en")).text
    assert listed.count("/console/money/breaks/") == 1
    assert "Theirs: 1,250,000 VND · Ours: 0 VND" in listed
    assert 'href="?kind=unknown&amp;state=closed"' in listed
    closed = (await seated.get("/console/money/breaks?state=closed")).text
    assert closed.count("/console/money/breaks/") == 1
    assert "o-1 · the bank sent 1,000 back" in closed
    none = (await seated.get("/console/money/breaks?kind=late&lang=vi")).text
    assert LABELS["list_empty"].vi in none


async def test_a_long_list_goes_on_where_it_ended(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    await reconciled(edge, story)
    page = (await seated.get("/console/money/breaks?partner=sen-vang&limit=1")).text
    following = page.rsplit('href="?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    rest = (await seated.get(f"/console/money/breaks?{following}")).text
    seen = [text.count("/console/money/breaks/") for text in (page, rest)]
    assert seen == [1, 1]


async def test_the_stuck_board_leads_to_the_breaks_also_those_of_no_application(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    opened = await reconciled(edge, story)
    edge.now += timedelta(days=4)
    board = (await seated.get("/console/stuck?lang=en")).text
    assert "A partner&#39;s statement and ours do not match" in board
    group = (await seated.get("/console/stuck/payment/reconciliation_break")).text
    for one in opened[:2]:
        assert f'href="/console/money/breaks/{one.break_id}"' in group
    assert "/console/journeys/" not in group


async def test_before_anything_was_reconciled_the_page_says_so(seated: httpx.AsyncClient) -> None:
    page = (await seated.get("/console/money")).text
    for label in ("breaks_all_match", "days_none", "fares_none"):
        assert LABELS[label].vi in page
    day = (await seated.get("/console/money/days/sen-vang/2026-06-08")).text
    assert LABELS["day_nothing_open"].vi in day


async def test_an_operator_has_a_break_closed_and_another_agrees(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    edge.payment = Payment(story.log)
    _, large, _ = await reconciled(edge, story)
    where = f"/console/money/breaks/{large.break_id}"

    async def goes_on() -> None:
        assert edge.payment
        await edge.payment.act()
        await heard(edge.store, story.log)

    await goes_on()
    sent = await send(seated, f"{where}/close", **await fields(seated, where), reason="trả lại")
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, where)
    assert LABELS["close_sent"].vi in (await seated.get(sent.headers["location"])).text
    await goes_on()
    assert LABELS["close_sent"].vi not in (await seated.get(sent.headers["location"])).text
    assert LABELS["close_yours"].vi in (await seated.get(where)).text

    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        form = await fields(browser, where)
        answer = await send(browser, f"{where}/check", **form, reason="đã xem", approved="yes")
        assert answer.status_code == 303
        await goes_on()
        page = (await browser.get(where)).text
        assert "operator · checker · trả lại" in page
        assert LABELS["break_closed_title"].vi in page
        assert "/close" not in page


async def test_what_is_sent_without_a_reason_or_a_form_of_ours_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient, story: Story
) -> None:
    edge.payment = Payment(story.log)
    first, *_ = await reconciled(edge, story)
    where, before = f"/console/money/breaks/{first.break_id}", len(story.log.records)
    form = await fields(seated, where)
    empty = await send(seated, f"{where}/close", **form, reason="")
    assert (empty.status_code, LABELS["refused_invalid-reason"].vi in empty.text) == (422, True)
    strange = await send(seated, f"{where}/close", token="no", key="k" * 8, reason="trả lại")
    assert strange.status_code == 403
    none = await send(seated, f"{where}/check", **form, reason="trả lại", approved="yes")
    assert (none.status_code, LABELS["refused_nothing-waits"].vi in none.text) == (409, True)
    assert len(story.log.records) == before


@pytest.mark.parametrize("name", ["viewer", "checker", "admin"])
async def test_who_may_not_ask_has_no_form_and_is_refused(
    edge: ConsoleEdge, story: Story, name: str
) -> None:
    first, *_ = await reconciled(edge, story)
    where = f"/console/money/breaks/{first.break_id}"
    async with edge.browser() as browser:
        await sign_in(browser, name)
        assert f'action="{where}/close"' not in (await browser.get(where)).text
        answer = await send(browser, f"{where}/close", reason="trả lại")
        assert answer.status_code == 403


async def fields(browser: httpx.AsyncClient, where: str) -> dict[str, str]:
    """What stands hidden in the forms of a page."""
    page = (await browser.get(where)).text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("breaks/sen-vang.2026-06-08.late.0000000000000009", 404),
        ("breaks/nothing", 422),
        ("days/sen-vang/yesterday", 422),
    ],
)
async def test_what_there_is_not_is_a_page_that_says_so(
    seated: httpx.AsyncClient, where: str, status: int
) -> None:
    answer = await seated.get(f"/console/money/{where}")
    assert answer.status_code == status
    assert LABELS["wrong"].vi in answer.text


async def test_who_is_of_one_unit_does_not_see_the_money_of_all(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get("/console/money")).status_code == 403


def test_every_word_of_a_contract_has_words_of_a_page() -> None:
    for table, literal in (
        (KINDS, BreakKind),
        (REMEDIES, BreakKind),
        (CAUSES, BreakCause),
        (CURES, Cure),
        (BECAUSE, Because),
        (REFUSED, RefusedBecause),
        (STANDINGS, Standing),
        (TONES, Standing),
    ):
        assert set(table) == set(get_args(literal))
    assert set(MOVEMENTS) == set(get_args(BreakOpened.__annotations__["movement"]))
