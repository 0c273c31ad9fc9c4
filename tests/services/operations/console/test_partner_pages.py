"""A bank partner's own pages: itself, and nothing of another."""

from collections.abc import AsyncIterator
from typing import get_args

import httpx
import pytest
from fastapi.routing import APIRoute

from services.operations.console.labels import LABELS
from services.operations.console.money.labels import CAUSES, KINDS
from services.operations.console.partner import routes as partner_routes
from services.operations.console.partner.labels import ANSWERS, FIELDS, FINDINGS, WHATS
from services.operations.console.partner.routes import Owning
from services.operations.console.screen import WAYS
from services.operations.domain.partner_calls import Answer, What
from services.operations.money.partner import PartnerDesk
from services.payment.gateways import Why
from shared.events import payment
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.test_money_pages import reconciled
from tests.services.operations.console.visits import sign_in
from tests.services.operations.memory import Group, Over
from tests.services.operations.money.partners import DAY, settler
from tests.services.operations.story import Story

PAGES = {
    "overview": "partner/overview",
    "breaks": "partner/breaks",
    "closed": "partner/breaks?state=closed",
    "day": f"partner/days/{DAY}",
    "calls": "partner/calls",
    "found": "partner/calls?of=MC0000000001",
    "none": "partner/calls?of=FT999999",
    "refused": "partner/refused",
    "settlement": "partner/settlements",
    "file": "partner/settlements/file",
}


async def dealt_with(edge: ConsoleEdge, story: Story) -> None:
    """Let `sen-vang` be paid by, reconciled with, and refused."""
    order = {"partner": "sen-vang", "reference": story.reference, "amount_vnd": 50_000}
    routed = story.routed()
    requested = payment.Requested(**order, attempt=1, obligation=0, expires_at=story.log.now)
    paid = {**order, "transaction": "FT26160000001"}
    cause = story.decide("payment", routed, requested)[0]
    called = payment.Notified(**paid, finding="paid", code="00")
    callback = story.external("payment.inbox", "/partners/sen-vang", called, cause.id)
    story.decide("payment", callback, payment.Settled(**paid))
    await edge.read(story)
    await reconciled(edge, story)
    edge.office.refuse_call("no order has the reference DVC041212345678908", partner="sen-vang")
    records = [r for r in edge.office.log.records if r.topic.endswith(".dead")]
    reader = edge.store.reader("operations-aside")
    with pytest.raises(Over):
        await reader.serve(Group(records).assignment(edge.store.trouble))


@pytest.fixture
async def bank(edge: ConsoleEdge, story: Story) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody of `sen-vang`."""
    await dealt_with(edge, story)
    async with edge.browser() as browser:
        await sign_in(browser, "sen-vang")
        yield browser


async def shown(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(f"/console/{path}")
    assert answer.status_code == 200, path
    return answer.text


async def test_who_signs_in_for_a_bank_comes_to_its_own_page(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        signed = await sign_in(browser, "sen-vang", following="/console/find")
        assert signed.headers["location"] == "/console/partner/overview"
        first = await browser.get("/console")
        assert first.headers["location"] == "/console/partner/overview"
        page = await shown(browser, "partner/overview")
        assert 'role="search"' not in page
        assert LABELS["own_no_days"].vi in page


async def test_it_sees_its_breaks_days_and_how_it_fares(bank: httpx.AsyncClient) -> None:
    page = await shown(bank, "partner/overview")
    assert f'href="/console/partner/days/{DAY}"' in page
    assert 'href="/console/partner/breaks?kind=amount"' in page
    assert "1 trên 1 lệnh đã nộp" in page
    breaks = await shown(bank, "partner/breaks?kind=unknown")
    assert CAUSES["foreign"].vi in breaks
    assert LABELS["own_line"].told(line="2").vi in breaks
    day = await shown(bank, f"partner/days/{DAY}")
    assert "0 đồng + 48.000 đồng − 0 đồng = 48.000 đồng" in day
    assert KINDS["duplicate"].vi in day


async def test_a_call_is_found_with_our_answer(bank: httpx.AsyncClient) -> None:
    for asked in ("MC0000000001", "ft-26160000001"):
        page = await shown(bank, f"partner/calls?of={asked}")
        assert LABELS["calls_answer"].told(answer=ANSWERS["recorded"]).vi in page
        assert WHATS["settled"].vi in page
    none = await shown(bank, "partner/calls?of=DVC0412&lang=en")
    assert LABELS["calls_none"].en in none
    assert "no order has the reference DVC041212345678908" in none
    assert FIELDS["reference"].vi in await shown(bank, "partner/refused?lang=vi")


async def test_nothing_of_a_person_an_application_or_who_works_here_is_shown(
    bank: httpx.AsyncClient, story: Story
) -> None:
    for path in PAGES.values():
        page = await shown(bank, path)
        for hidden in (story.application, story.code, "o-1", "the bank sent 1,000 back", "/money/"):
            assert hidden not in page, (path, hidden)


async def test_somebody_of_another_bank_finds_nothing_of_it_at_any_page(
    edge: ConsoleEdge, bank: httpx.AsyncClient, story: Story
) -> None:
    traces = ("sen-vang", "FT26160000001", "DVC041212345678908", "48.000", "1.250.000", "48000")
    async with edge.browser() as other:
        await sign_in(other, "an-phat")
        for name, path in PAGES.items():
            page = await shown(other, path)
            assert [t for t in traces if t in page] == [], path
            if name not in ("calls", "none"):
                assert [t for t in traces if t in await shown(bank, path)] != [], path


async def test_a_bank_has_no_page_but_its_own_and_nobody_else_has_those(
    edge: ConsoleEdge, bank: httpx.AsyncClient
) -> None:
    own = {way.path for way in WAYS if "partner" in way.roles}
    for way in WAYS:
        assert ((await bank.get(way.path)).status_code == 200) is (way.path in own), way.path
    for name in ("viewer", "officer", "operator", "checker", "admin"):
        async with edge.browser() as browser:
            await sign_in(browser, name)
            for path in PAGES.values():
                assert (await browser.get(f"/console/{path}")).status_code == 403


def test_every_route_of_these_pages_is_walked(edge: ConsoleEdge) -> None:
    desk = PartnerDesk(edge.money, edge.store.journeys, edge.store.letters())
    settling = settler(edge.store, lambda: edge.now)
    routes = partner_routes.router(Owning(edge.door, desk, settling)).routes
    own = {route.path for route in routes if isinstance(route, APIRoute)}
    walked = {p.partition("?")[0].replace(f"{DAY}", "{day}") for p in PAGES.values()}
    assert own == {f"/console/{path}" for path in walked}


def test_all_that_can_be_said_is_worded() -> None:
    assert set(WHATS) == set(get_args(What))
    assert set(ANSWERS) == set(get_args(Answer)) - {""}
    assert set(FIELDS) == {*get_args(Why), "reference"}
    said = (payment.Notified, payment.Queried, payment.Created)
    words = {w for c in said for w in _words(c.__annotations__["finding"])}
    assert words == set(FINDINGS)


def _words(kind: object) -> tuple[str, ...]:
    return get_args(kind)
