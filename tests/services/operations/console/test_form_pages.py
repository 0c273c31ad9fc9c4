"""The statistics form's pages, by what the edge answers."""

import re
from datetime import date, datetime

import httpx
import msgspec
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.statistics.page import (
    Ask,
    choices,
    form_page,
    last_month,
    periods,
)
from services.operations.domain.statistics import Period, added
from services.operations.form_files import COLUMNS, Line, Statistics
from shared.catalogue import Catalogue
from shared.clock import VIETNAM
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import UNITS, sign_in
from tests.services.operations.scenes import begun

JUNE = {"from": "2026-06-01", "to": "2026-06-30"}
ON = date(2026, 7, 20)


@pytest.fixture
async def counted(edge: ConsoleEdge) -> ConsoleEdge:
    """One application at a ward of Hà Nội, in June; it is July."""
    await edge.read(begun(scenes.processing))
    edge.now = datetime(2026, 7, 20, 9, tzinfo=VIETNAM)
    return edge


def cells(page: str, name: str) -> list[str]:
    """The cells of a line of the form."""
    (line,) = re.findall(rf'<tr><th scope="row">(?:<a [^>]*>)?{name}<.*?</tr>', page)
    return re.findall(r"<td>(.*?)</td>", line)


async def test_before_anything_is_asked_nothing_is_counted(seated: httpx.AsyncClient) -> None:
    page = await seated.get("/console/statistics")
    assert page.status_code == 200
    assert "<table" not in page.text


@pytest.mark.parametrize("view", ["receiving", "competent"])
async def test_a_form_has_a_line_for_each_unit_that_has_something_and_the_sums(
    counted: ConsoleEdge, seated: httpx.AsyncClient, view: str
) -> None:
    asked = {"province": "01", "unit": "", **JUNE, "view": view}
    page = (await seated.get("/console/statistics", params=asked)).text
    ward, total = cells(page, "Phường Ba Đình"), cells(page, LABELS["statistics_total"].vi)
    assert ward == total
    assert dict(zip((c.field for c in COLUMNS), ward, strict=True))["received"] == "1"
    assert "Đã đối chiếu" in page
    assert "tiếp nhận 1 = đã giải quyết 0 + đang giải quyết 1" in page
    everything = (await seated.get("/console/statistics", params={**asked, "all": "true"})).text
    assert everything.count('<th scope="row">') > 100


async def test_a_line_leads_to_the_form_of_that_unit_and_the_form_to_its_files(
    counted: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    page = (await seated.get("/console/statistics", params={"unit": "nation", **JUNE})).text
    link = re.search(r'<a href="(\?unit=01[^"]*)">Thành phố Hà Nội</a>', page)
    assert link
    where = f"/console/statistics{link[1].replace('&amp;', '&')}"
    page = (await seated.get(where)).text
    assert cells(page, "Phường Ba Đình")
    found = re.findall(r'href="(/console/statistics/file[^"]+)"', page)
    begins = {"xlsx": b"PK", "pdf": b"%PDF", "csv": b"unit,", "json": b'{"unit":"01"'}
    assert len(found) == len(begins)
    for address, begin in zip(found, begins.values(), strict=True):
        answer = await seated.get(address.replace("&amp;", "&"))
        assert answer.content.startswith(begin)
        assert answer.headers["cache-control"] == "no-store"


def test_a_form_that_does_not_add_up_says_where() -> None:
    nothing = added(())
    wrong = msgspec.structs.replace(nothing, received=1)
    lines = [
        Line(unit="00004", name="Phường Ba Đình", form=wrong),
        Line(unit="00008", name="Phường Ngọc Hà", form=nothing),
    ]
    ask = Ask("01", Period(ON, ON), "receiving")
    found = Statistics(
        unit="01", name="Hà Nội", view=ask.view, first=ON, last=ON, lines=lines, total=wrong
    )
    page = form_page(found, ask, with_all=False)
    assert (page.is_whole, page.sum.vi) == (False, "Không khớp ở: Phường Ba Đình, Tổng số.")
    assert (len(page.rows), page.left_out) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"unit": "01", "from": "2026-07-01", "to": "2026-07-20"}, 422, "2026-07-19"),
        ({"unit": "01", "from": "2026-06-30", "to": "2026-06-01"}, 422, "366"),
        ({"unit": "99999"}, 404, LABELS["refused_unknown-unit"].vi),
        ({"unit": "01", "from": "yesterday"}, 422, LABELS["not_readable"].vi),
    ],
)
async def test_what_cannot_be_told_says_why(
    counted: ConsoleEdge, seated: httpx.AsyncClient, asked: dict[str, str], status: int, says: str
) -> None:
    answer = await seated.get("/console/statistics", params=asked)
    assert (answer.status_code, says in answer.text) == (status, True)


async def test_an_officer_has_the_forms_of_its_units_alone(
    counted: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    assert UNITS == "01"
    await sign_in(browser, "officer")
    page = (await browser.get("/console/statistics")).text
    assert re.findall(r'<option value="(\d\d)"', page) == ["01"]
    for unit, status in (("01", 200), ("00004", 200), ("79", 403), ("26737", 403), ("nation", 403)):
        for path in ("statistics", "statistics/file"):
            answer = await browser.get(f"/console/{path}", params={"unit": unit, **JUNE})
            assert answer.status_code == status, (path, unit)
    assert LABELS["refused_not-your-unit"].vi in answer.text


async def test_a_bank_has_no_forms(edge: ConsoleEdge, browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "sen-vang")
    assert (await browser.get("/console/statistics")).status_code == 403


async def test_the_units_of_a_province_come_as_a_part(seated: httpx.AsyncClient) -> None:
    part = await seated.get(
        "/console/statistics/units", params={"province": "01"}, headers={"hx-request": "true"}
    )
    assert "<html" not in part.text
    assert "Phường Ba Đình (00004)" in part.text


@pytest.mark.parametrize(
    ("mine", "province", "unit", "meant"),
    [
        ((), "", "", ("nation", "")),
        ((), "79", "", ("79", "")),
        ((), "", "79", ("79", "")),
        ((), "", "00004", ("01", "00004")),
        ((), "01", "00004", ("01", "00004")),
        ((), "79", "00004", ("79", "")),  # another province was chosen since
        (("01",), "", "", ("01", "")),
        (("00004",), "", "", ("01", "00004")),
        (("00004",), "01", "", ("01", "00004")),
        (("00004", "26737"), "79", "00004", ("79", "26737")),
        (("00004",), "", "00008", ("01", "00008")),  # it is refused, not exchanged
    ],
)
def test_what_is_chosen_is_what_is_meant(
    catalogue: Catalogue, mine: tuple[str, ...], province: str, unit: str, meant: tuple[str, str]
) -> None:
    may = choices(catalogue, mine, province, unit, ON)
    assert (may.province, may.unit) == meant
    assert may.unit in {choice.code for choice in may.units}


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 20)])
def test_every_period_that_is_offered_is_over_and_has_an_end(today: date) -> None:
    ask = Ask("01", last_month(today), "receiving")
    offered = periods(ask, today)
    assert sum(link.is_chosen for link in offered) >= 1
    for link in offered:
        first, last = re.findall(r"\d{4}-\d\d-\d\d", link.address)
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
        assert period.first <= period.last < today
