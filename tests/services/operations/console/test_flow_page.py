"""The page of what flows, by what the edge answers."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.operations.console.flow.page import HEIGHT, MINUTES, READERS, TONES, flow_page
from services.operations.console.labels import LABELS
from services.operations.domain.flows import STAGES
from services.operations.live import FLOW
from services.operations.tables import APP_ID
from shared.topics import groups
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import sign_in
from tests.services.operations.scenes import begun

PAGE = "/console/flow"
EN = {"lang": "en"}
PART = {"hx-request": "true"}


async def flowed(edge: ConsoleEdge) -> None:
    """Let a payment be settled twice a second for ten minutes, and somebody wait."""
    await edge.read(begun(scenes.fee_due))
    edge.now = edge.now.replace(second=0, microsecond=0) + timedelta(minutes=11)
    for n in range(600):
        at = edge.now - timedelta(seconds=n + 1)
        edge.live.count("payment", at, payment__settled=2, payment__notified=3)
    await edge.trends.turn()


def row(page: str, title: str) -> list[str]:
    """Return the cells of a row of a table."""
    found, *_ = re.findall(rf'<th scope="row">{title}</th>(.*?)</tr>', page, re.DOTALL)
    return re.findall(r"<td[^>]*>([^<]*)<?", found)


async def test_it_says_what_flows_and_how_fresh_that_is(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await flowed(edge)
    edge.now += timedelta(seconds=2)
    page = (await seated.get(PAGE, params=EN)).text
    assert LABELS["flow_live"].told(behind="3 s").en in page
    assert row(page, "Payment")[:3] == ["3.0", "2.0", "1,200"]
    assert row(page, "Notices")[:3] == ["2.0", "0.0", "0"], "notify reads what payment decides"
    assert LABELS["flow_ages_as_of"].told(ago="2 s").en in page


async def test_numbers_that_stand_still_are_said_to_and_no_rate_is_told(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await flowed(edge)
    edge.now += timedelta(minutes=5)
    edge.live.behind = {"operations": 4, "operations-tables": 0}
    page = (await seated.get(PAGE, params=EN)).text
    assert LABELS["flow_still"].en in page
    assert row(page, "Payment")[:2] == ["–", "–"]
    assert LABELS["flow_live"].en.split("{")[0] not in page


async def test_where_nothing_came_it_is_said_and_nothing_is_late(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    page = (await seated.get(PAGE, params=EN)).text
    assert LABELS["flow_never"].en in page
    assert "is-late" not in page


async def test_where_nobody_says_who_is_behind_it_is_said(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    edge.live.behind = None
    page = (await seated.get(PAGE, params=EN)).text
    assert LABELS["flow_unseen"].en in page
    assert LABELS["flow_lags_none"].en in page


async def test_every_number_of_the_chart_stands_in_a_table(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await flowed(edge)
    page = (await seated.get(PAGE)).text
    minutes = page.split('<table id="minutes"')[1].split("</table>")[0]
    assert minutes.count("<tr>") == MINUTES + 1
    assert sum(int(n) for n in re.findall(r"<td>(\d+)</td>", minutes)) == 1_200


async def test_a_part_of_the_page_is_what_htmx_asks_for_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    whole = (await seated.get(PAGE)).text
    part = (await seated.get(PAGE, headers=PART)).text
    assert 'hx-trigger="every 5s"' in whole
    assert "data-while-seen" in part
    assert "<html" not in part
    assert re.findall(r'id="(\w+)" ?[^>]*hx-swap-oob="true"', part) == ["minutes", "rest"]
    assert "hx-swap-oob" not in whole


@pytest.mark.parametrize(("name", "status"), [("viewer", 200), ("checker", 200), ("officer", 403)])
async def test_who_may_see_all_units_sees_it(edge: ConsoleEdge, name: str, status: int) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, name)
        assert (await browser.get(PAGE)).status_code == status


def test_every_group_that_reads_and_every_service_has_a_name() -> None:
    assert set(READERS) == {*groups(), APP_ID}
    assert set(STAGES) <= set(READERS)
    assert set(TONES) == {"live", "quiet", "still", "unseen"}


def test_a_line_is_as_high_as_its_highest_minute_and_has_every_minute() -> None:
    page = flow_page(FLOW)
    (payment,) = page.services
    points: Any = [tuple(map(float, p.split(","))) for p in payment.line.split()]
    assert [x for x, _ in points] == list(range(MINUTES))
    assert {y for _, y in points} == {0.0, float(HEIGHT)}, "one minute has all of it"
