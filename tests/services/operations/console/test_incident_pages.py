"""The pages of incidents, by what the edge answers."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.incidents import Incident, Scope
from services.operations.domain.rounds import Choice, Found, previewed
from services.operations.incidents.desk import Opener
from shared.events.notify import BroadcastTold
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.test_alarm_pages import woken
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.incidents.house import waiting
from tests.services.operations.scenes import begun

WHY = "ngân hàng báo đã khôi phục"
PAYMENT = "kind=payment/partner_silent&partner=sen-vang"
TOLD = BroadcastTold(broadcast="20261120-5b1f0a77c2", vi="Thanh toán chậm", en="Payments are late")


async def waits(
    edge: ConsoleEdge, many: int, cause: str = "partner_silent", first: int = 1
) -> None:
    """Let so many wait for a partner."""
    rows = [
        waiting(cause, n, edge.now - timedelta(hours=2, minutes=n), partner="sen-vang")
        for n in range(first, first + many)
    ]
    await edge.store.tables["situations"].insert(rows)


async def opened(edge: ConsoleEdge, many: int = 2, cause: str = "partner_silent") -> Incident:
    """Open one for those who wait for a partner."""
    await waits(edge, many, cause)
    scope = Scope(stage="payment", cause=cause, partner="sen-vang")
    return await edge.gathering.desk.open("20260609-a", "Sen Vàng im lặng", scope, "o-2")


async def post(seated: httpx.AsyncClient, where: str, path: str, **fields: str) -> httpx.Response:
    token = TOKEN.search((await seated.get(where)).text)
    assert token
    return await send(seated, path, token=token[1], **fields)


async def act(seated: httpx.AsyncClient, one: Incident, verb: str, **fields: str) -> httpx.Response:
    where = f"/console/incidents/{one.id}"
    return await post(seated, where, f"{where}/{verb}", **fields)


async def test_those_that_are_open_are_listed_with_who_has_them_and_how_they_grew(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    assert LABELS["incidents_none"].vi in (await seated.get("/console/incidents")).text
    one = await opened(edge)
    await waits(edge, 3, first=10)
    page = (await seated.get("/console/incidents")).text
    assert f'href="/console/incidents/{one.id}"' in page
    assert re.findall(r'class="amount" data-name="[^"]+">(\d+)</td>', page) == ["2", "5"]
    assert LABELS["incident_nobody"].vi in page

    await edge.gathering.desk.do(one, "close", "o-2", WHY)
    assert one.id not in (await seated.get("/console/incidents")).text
    assert one.id in (await seated.get("/console/incidents?which=all")).text


async def test_a_scope_is_looked_at_before_it_is_opened_and_then_kept(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await waits(edge, 3)
    form = f"/console/incidents/new?{PAYMENT}&look=yes"
    page = (await seated.get(form)).text
    assert '<option value="payment/partner_silent" selected>' in page
    assert 'data-name="Hồ sơ">3</td>' in page
    assert await edge.gathering.desk.rows.open_ones() == []

    fields = {"kind": "payment/partner_silent", "partner": "sen-vang", "key": "a-key-of-a-form"}
    for _ in range(2):  # pressed twice
        answer = await post(seated, form, "/console/incidents", title="Sen Vàng", **fields)
    [one] = await edge.gathering.desk.rows.open_ones()
    assert answer.headers["location"] == f"/console/incidents/{one.id}"
    assert (one.acts[0].by, one.scope.partner, one.scope.cause) == (
        "operator",
        "sen-vang",
        "partner_silent",
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"title": "x"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": "x"}, "text"),
        ({"kind": "moon/unpaid"}, "scope"),
        ({"kind": "finding/nothing"}, "scope"),
        ({"kind": "group/notify"}, "scope"),
        ({"since": "yesterday"}, "scope"),
        ({"which": "none"}, "scope"),
    ],
)
async def test_what_is_not_said_well_is_said_on_the_form_and_nothing_is_opened(
    edge: ConsoleEdge, seated: httpx.AsyncClient, changed: dict[str, str], wrong: str
) -> None:
    fields = {"kind": "payment/unpaid", "title": "Sen Vàng", "key": "a-key-of-a-form"}
    form = "/console/incidents/new?look=yes"
    answer = await post(seated, form, "/console/incidents", **fields | changed)
    assert answer.status_code == 422
    assert LABELS[f"wrong_incident_{wrong}"].vi in answer.text
    assert await edge.gathering.desk.rows.open_ones() == []


async def test_one_says_whom_it_concerned_and_concerns_and_what_was_done(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    one = await opened(edge)
    await waits(edge, 1, first=10)
    page = (await seated.get(f"/console/incidents/{one.id}")).text
    assert re.findall(r'data-name="Hồ sơ">(\d+)</td>', page) == ["2", "3"]
    assert re.findall(r'data-name="Tiền liên quan">([\d.]+)', page)[:2] == ["100.000", "150.000"]
    assert 'href="/console/stuck/payment/partner_silent?which=all"' in page
    assert page.count('href="/console/journeys/') == 2
    assert LABELS["incident_did_open"].vi in page
    assert LABELS["incident_none_linked"].vi in page


async def test_an_operator_owns_notes_freezes_links_and_closes_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    one = await opened(edge)
    await waits(edge, 1, first=10)
    for verb, fields in (
        ("own", {}),
        ("notes", {"text": "đã gọi ngân hàng"}),
        ("freeze", {}),
        ("links", {"what": "broadcast", "id": "20261120-5b1f0a77c2"}),
        ("close", {"text": WHY}),
    ):
        answer = await act(seated, one, verb, **fields)
        where = answer.headers["location"]
        assert (answer.status_code, where) == (303, f"/console/incidents/{one.id}"), verb
    page = (await seated.get(where)).text
    for what in ("own", "note", "freeze", "broadcast", "close"):
        assert LABELS[f"incident_did_{what}"].vi in page
    assert (WHY in page, "đã gọi ngân hàng" in page) == (True, True)
    assert page.count('href="/console/journeys/') == 3
    assert LABELS["incident_do"].vi not in page
    late = await send(seated, f"{where}/notes", token=TOKEN.findall(page)[0], text=WHY)
    assert (late.status_code, LABELS["refused_is-closed"].vi in late.text) == (409, True)


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("notes", {"text": ""}),
        ("close", {"text": "x"}),
        ("close", {}),
        ("links", {"what": "round", "id": "../../"}),
        ("links", {"what": "round"}),
    ],
)
async def test_an_act_without_its_words_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient, verb: str, fields: dict[str, str]
) -> None:
    one = await opened(edge)
    answer = await act(seated, one, verb, **fields)
    assert (answer.status_code, LABELS["refused_incident-words"].vi in answer.text) == (422, True)
    [stands] = await edge.gathering.desk.rows.open_ones()
    assert len(stands.acts) == 1


async def test_rounds_and_broadcasts_that_touch_it_are_offered_and_linked(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = begun(scenes.processing)
    story.external("notify.inbox", f"/services/notify/broadcasts/{TOLD.broadcast}", TOLD)
    await edge.read(story)
    row = waiting("partner_silent", 1, edge.now, application=story.application, partner="sen-vang")
    await edge.store.tables["situations"].insert([row])
    one = await opened(edge, 0)
    choice = Choice(stage="payment", cause="partner_silent", action="ask_partner", reason=WHY)
    found = Found(set="1", items=0, refused=0)
    await edge.rounds.begin(previewed("r-1", choice, found, "o-3", edge.now), [])

    links = f"/console/incidents/{one.id}/links"
    page = (await seated.get(links)).text
    assert ('href="/console/rounds/r-1"' in page, "Thanh toán chậm" in page) == (True, True)
    for what, id_ in (("round", "r-1"), ("broadcast", TOLD.broadcast)):
        assert (await post(seated, links, links, what=what, id=id_)).status_code == 303
    assert (await seated.get(links)).text.count(LABELS["incident_no_offers"].vi) == 2
    page = (await seated.get(f"/console/incidents/{one.id}")).text
    assert ('href="/console/rounds/r-1"' in page, TOLD.broadcast in page) == (True, True)


async def test_applications_come_by_page_and_leave_as_files(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    one = await opened(edge, 60)
    where = f"/console/incidents/{one.id}"
    first, second = [(await seated.get(f"{where}?after={n}")).text for n in (1, 51)]
    assert [page.count('href="/console/journeys/') for page in (first, second)] == [50, 10]
    assert f'href="{where}?after=51#kept"' in first

    answer = await seated.get(f"{where}/export?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    exported = (await seated.get(f"{where}/export?format=json")).json()
    assert len(rows) == len(exported["items"]) == 60
    assert answer.headers["content-disposition"] == f'attachment; filename="incident-{one.id}.csv"'
    assert answer.headers["cache-control"] == "no-store"


async def test_a_group_of_the_board_leads_to_an_incident_of_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await waits(edge, 2)
    page = unescape((await seated.get("/console/stuck/payment/partner_silent")).text)
    [where] = re.findall(r'href="(/console/incidents/new[^"]+)"', page)
    assert 'data-name="Hồ sơ">2</td>' in (await seated.get(where)).text


async def test_an_alarm_leads_to_its_incident_and_a_warning_to_the_form_of_one(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarms = await woken(edge)
    await Opener(edge.night.rows, edge.gathering.desk).turn()
    critical, warning = alarms["partner_down"], alarms["due_soon"]
    page = (await seated.get(f"/console/alarms/{critical.id}")).text
    [where] = re.findall(r'href="(/console/incidents/2[^"]+)"', page)
    incident = (await seated.get(where)).text
    assert f'href="/console/alarms/{critical.id}"' in incident
    assert LABELS["incident_itself"].vi in incident

    page = unescape((await seated.get(f"/console/alarms/{warning.id}")).text)
    [where] = re.findall(r'href="(/console/incidents/new[^"]+)"', page)
    assert 'value="26737"' in (await seated.get(where)).text


async def test_of_a_reader_that_the_board_cannot_tell_of_it_says_so(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    scope = Scope(group="notify", which="all")
    one = await edge.gathering.desk.open("20260609-b", "notify chậm", scope, "o-2")
    page = (await seated.get(f"/console/incidents/{one.id}")).text
    assert LABELS["incident_untold"].vi in page


async def test_a_viewer_sees_all_of_it_and_may_do_nothing(edge: ConsoleEdge) -> None:
    one = await opened(edge)
    where = f"/console/incidents/{one.id}"
    async with edge.browser() as browser:
        await sign_in(browser, "viewer")
        page = await browser.get(where)
        assert (page.status_code, LABELS["incident_do"].vi in page.text) == (200, False)
        assert "/console/incidents/new" not in (await browser.get("/console/incidents")).text
        for path in ("/console/incidents/new", f"{where}/links"):
            assert (await browser.get(path)).status_code == 403
        for verb in ("own", "freeze", "notes", "links", "close"):
            assert (await send(browser, f"{where}/{verb}", token="x")).status_code == 403
        assert (await send(browser, "/console/incidents", token="x")).status_code == 403


async def test_a_form_that_was_made_for_nobody_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    one = await opened(edge)
    for verb in ("own", "freeze", "notes", "links", "close"):
        answer = await send(seated, f"/console/incidents/{one.id}/{verb}", token="x", text=WHY)
        assert answer.status_code == 403
    [stands] = await edge.gathering.desk.rows.open_ones()
    assert len(stands.acts) == 1


async def test_who_is_of_one_unit_has_no_such_page(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get("/console/incidents")).status_code == 403
        assert 'href="/console/incidents"' not in (await browser.get("/console/find")).text


@pytest.mark.parametrize("path", ["none", "none/links", "none/export"])
async def test_what_is_none_is_no_page(seated: httpx.AsyncClient, path: str) -> None:
    assert (await seated.get(f"/console/incidents/{path}")).status_code == 404
