"""The pages of indicators, by what the edge answers."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.operations import console
from services.operations.console.indicators.page import SIGNS
from services.operations.console.labels import LABELS
from services.operations.domain.indicators import INDICATORS, WORST_FIRST
from services.operations.domain.service_criteria import CRITERIA, GROUPS
from services.operations.facts import rows_of
from services.operations.indicators.scoring import KEPT_LIMIT, KEPT_MS
from shared.catalogue import Catalogue
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import sign_in
from tests.services.operations.lives import FIRST, entries_of, lives
from tests.services.operations.story import BEGAN

DAY = FIRST + timedelta(days=45)
STYLE = (Path(console.__file__).parent / "static" / "console.css").read_text()


async def lived(edge: ConsoleEdge, count: int = 400) -> None:
    """Let so many applications have been at four units, two of them in Hà Nội."""
    found = entries_of(lives(1, count)[1])
    rows = [row for a, entries in found.items() for row in rows_of(a, entries).values()]
    await edge.store.tables["facts"].insert(rows)
    edge.now = BEGAN.replace(year=DAY.year, month=DAY.month, day=DAY.day) + timedelta(days=1)


@pytest.fixture
async def page(edge: ConsoleEdge, seated: httpx.AsyncClient) -> httpx.AsyncClient:
    await lived(edge)
    return seated


async def test_where_thresholds_are_from_is_said_in_the_language_of_the_page(
    page: httpx.AsyncClient,
) -> None:
    sources = {
        language: (await page.get("/console/indicators", params={"lang": language})).text
        for language in ("vi", "en")
    }
    assert ("tự đặt: chưa có ngưỡng công bố" in sources["vi"], "ours: " in sources["vi"]) == (
        True,
        False,
    )
    assert "ours: nothing is published" in sources["en"]


async def test_a_tile_for_each_province_leads_to_its_communes(
    page: httpx.AsyncClient, catalogue: Catalogue
) -> None:
    shown = (await page.get("/console/indicators", params={"lang": "en"})).text
    provinces = {u.code for u in catalogue.units_in_force(DAY) if u.is_province}
    tiles = re.findall(
        r'<li class="at-(\d\d)"><a class="tile is-(\w+)" href="([^"]+)">'
        r'<span class="name">([^<]+)</span> <span class="word"><span aria-hidden="true">(.)</span>'
        r" (\w+)</span></a></li>",
        shown,
    )
    assert {tile[0] for tile in tiles} == provinces
    assert len(tiles) == 34
    for code, colour, address, name, sign, word in tiles:
        assert (address, sign) == (f"/console/indicators/{code}", SIGNS[colour])
        assert word == LABELS[f"colour_{colour}"].en
        assert name in catalogue.unit_name(code)
        assert not name.startswith(("Tỉnh", "Thành phố"))

    hanoi = (await page.get("/console/indicators/01")).text
    assert 'href="/console/indicators/00004"' in hanoi
    ward = (await page.get("/console/indicators/00004")).text
    assert "Phường Ba Đình" in ward
    assert LABELS["indicators_communes"].vi not in ward


def test_every_province_of_the_catalogue_has_a_place_of_its_own_on_the_map(
    catalogue: Catalogue,
) -> None:
    places = re.findall(r"\.at-(\d\d) \{ grid-area: (\d+) / (\d+); \}", STYLE)
    assert {code for code, *_ in places} == {
        row[-1].code for row in catalogue.units.values() if row[-1].is_province
    }
    assert len({tuple(place) for _, *place in places}) == len(places) == 34


async def test_provinces_and_communes_are_listed_the_worst_first(page: httpx.AsyncClient) -> None:
    for where in ("indicators", "indicators/01"):
        shown = (await page.get(f"/console/{where}")).text
        listed = shown.split('<table class="groups units">', 1)[1].split("</table>", 1)[0]
        rows = listed.split("<tr>")[2:]
        colours = [re.findall(r"mark is-(\w+)", row) for row in rows]
        assert [len(row) for row in colours] == [1 + len(INDICATORS)] * len(rows)
        order = [list(map(str, WORST_FIRST)).index(row[0]) for row in colours]
        assert order == sorted(order)


async def test_a_share_says_of_how_many_and_why_there_is_none(page: httpx.AsyncClient) -> None:
    shown = (await page.get("/console/indicators/00004", params={"lang": "en"})).text
    assert re.search(r"\d+\.\d %", shown)
    assert LABELS["why_nothing_to_judge"].en in shown
    assert "ours: nothing is published" in shown


async def test_a_number_leads_to_the_applications_that_it_counts(page: httpx.AsyncClient) -> None:
    shown = (await page.get("/console/indicators/00004", params={"lang": "en"})).text
    at, count = re.findall(r'<a href="([^"]+/on_time/denominator)">([\d,]+)</a>', shown)[0]
    listed, following = set[str](), at
    while following:
        answer = await page.get(following)
        listed |= set(re.findall(r'href="/console/journeys/([^"]+)"', answer.text))
        more = re.findall(r'<p><a href="(\?[^"]+)">', answer.text)
        following = f"{at}{more[0].replace('&amp;', '&')}" if more else ""
    assert len(listed) == int(count)
    assert LABELS["column_settled_late"].en in answer.text
    assert 'href="/console/indicators/00004"' in answer.text


@pytest.mark.parametrize("where", ["luck/numerator", "on_time/luck"])
async def test_a_list_that_is_none_is_no_page(page: httpx.AsyncClient, where: str) -> None:
    answer = await page.get(f"/console/indicators/00004/{where}")
    assert answer.status_code in (404, 422)


async def test_the_day_that_is_asked_for_goes_along(page: httpx.AsyncClient) -> None:
    day = DAY - timedelta(days=3)
    shown = (await page.get("/console/indicators", params={"day": f"{day}"})).text
    assert f'href="/console/indicators/01?day={day}"' in shown
    assert LABELS["indicators_board_not"].vi in shown
    below = (await page.get("/console/indicators/01", params={"day": f"{day}"})).text
    assert f'href="/console/indicators?day={day}"' in below


async def test_a_day_that_is_not_over_and_a_unit_that_is_none_say_so(
    page: httpx.AsyncClient,
) -> None:
    future = f"{DAY + timedelta(days=1)}"
    wrong = await page.get("/console/indicators", params={"day": future, "lang": "en"})
    assert (wrong.status_code, f"{DAY}" in wrong.text) == (422, True)
    none = await page.get("/console/indicators/99999")
    assert none.status_code == 404


async def test_what_waits_with_no_unit_is_named_and_leads_nowhere(
    edge: ConsoleEdge, page: httpx.AsyncClient
) -> None:
    table = edge.store.tables["situations"]
    table.rows["x"] = {"_id": "x", "unit": "", "cause": "unanswered", "stuck_ms": 0}
    shown = (await page.get("/console/indicators")).text
    assert f'<th scope="row">{LABELS["indicators_nowhere"].vi}</th>' in shown


async def test_who_is_of_one_unit_does_not_see_those_of_all(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get("/console/indicators")).status_code == 403


async def test_the_index_has_every_criterion_by_group_and_says_what_is_not_known(
    page: httpx.AsyncClient,
) -> None:
    asked = {"from": f"{FIRST}", "to": f"{DAY}", "lang": "en"}
    shown = (await page.get("/console/indicators/01/index", params=asked)).text
    for group in GROUPS.values():
        assert f">{group.en}</h2>" in shown
    for criterion in CRITERIA.values():
        assert f'<th scope="row">{criterion.title.en}</th>' in shown
        assert criterion.unknown is None or criterion.unknown.en in shown
    assert re.search(r"\d+\.\d\d of the \d+ points", shown)
    assert LABELS["index_many"].en not in shown


async def test_of_too_many_dossiers_the_page_says_who_counts_them(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await lived(edge)
    facts = edge.store.tables["facts"]
    for n in range(2_100):  # more than are opened at a time
        place = f"{DAY.isoformat()[:7]}/00004/{DAY.day:02d}"
        row = {"unit": "00004", "day": f"{DAY}", "views": "b", "now": "o", "now_day": f"{DAY}"}
        facts.rows[f"{place}/b{n}/000001b"] = {"_id": f"{place}/b{n}/000001b", **row}
    shown = (await seated.get("/console/indicators/00004/index", params={"lang": "en"})).text
    assert LABELS["index_many"].en in shown
    assert LABELS["index_not_opened"].en in shown


async def test_what_dossiers_come_to_is_kept_for_a_while_and_no_longer(
    edge: ConsoleEdge, page: httpx.AsyncClient
) -> None:
    asked, kept = {"from": f"{FIRST}", "to": f"{DAY}"}, edge.store.tables["scores"].rows
    unopened = LABELS["index_not_opened"].vi
    assert unopened not in (await page.get("/console/indicators/01/index", params=asked)).text
    [row] = kept
    kept[row]["said"] = "null"
    assert unopened in (await page.get("/console/indicators/01/index", params=asked)).text

    edge.now += timedelta(milliseconds=KEPT_MS)
    assert unopened not in (await page.get("/console/indicators/01/index", params=asked)).text
    assert row not in kept


async def test_however_many_are_asked_for_no_more_are_kept_than_there_is_room_for(
    edge: ConsoleEdge, page: httpx.AsyncClient
) -> None:
    now_ms = int(edge.now.timestamp() * 1_000)
    kept = edge.store.tables["scores"].rows
    for n in range(KEPT_LIMIT):
        id_ = f"01/2026-01-01/2026-01-{n:04}/{now_ms - n:015d}"
        kept[id_] = {"_id": id_, "said": "null"}
    await page.get("/console/indicators/01/index", params={"from": f"{FIRST}", "to": f"{DAY}"})
    assert len(kept) == KEPT_LIMIT
    assert id_ not in kept
