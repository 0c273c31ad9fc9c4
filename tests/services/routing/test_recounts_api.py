"""The edge of recounts, with routing's lane behind it, under the next edition of the catalogue."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.routing import recounts_api
from services.routing.lane import table
from shared import events, problems
from shared.catalogue import CalendarDay
from shared.catalogue.current import Current
from shared.clock import system_clock
from shared.events import handover
from shared.events import routing as contracts
from shared.pages import Pages
from shared.publisher import Publisher

PREVIEWS, RECOUNTS = "/v1/routing/recount-previews", "/v1/routing/recounts"
WEDNESDAY = datetime(2026, 11, 18, 2, tzinfo=UTC)
OFF = CalendarDay(date(2026, 11, 20), "off", "announced late", "high")


def application(n):
    return f"0197b1c2-aaaa-7bbb-8ccc-{n:012d}"


@pytest.fixture
def catalogue(catalogue):
    """The edition in use, which can be turned to the next one."""
    return Current.of(catalogue)


@pytest.fixture
def lanes(catalogue, rules):
    return table(catalogue, rules)


@pytest.fixture
def next_edition(catalogue):
    days = (*catalogue.calendar_days, OFF)
    edition = replace(catalogue, version="next", calendar_days=days)
    return lambda: catalogue.turn_to(edition)


@pytest.fixture
async def office(desk, catalogue, registered, keys):
    """Before the edge: two dossiers accepted on Monday the 16th, and one that is settled."""
    for n in (1, 2, 3):
        data = registered(procedure="1.010038", channel="direct")
        desk.bring(data, "intake", 1, application(n))
        desk.bring(contracts.OfficerAccepted(officer="officer-1"), "intake", 2, application(n))
    for number, contract in ((3, contracts.OfficerStarted), (4, contracts.OfficerSettled)):
        desk.bring(contract(officer="officer-1"), "intake", number, application(3))
    await desk.decide()
    publisher = Publisher(
        desk.log, lane_count=1, sample_ratio=0.0, clock=system_clock, appended=lambda *_: None
    )
    app = FastAPI()
    app.state.access = desk.app.state.access
    problems.install(app)
    pages = Pages(desk.journal._table, desk.journal)
    app.include_router(recounts_api.router(publisher, pages, catalogue, lambda: WEDNESDAY))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://edge", headers=keys["operator"]
    ) as http:
        yield http


def moved(application):
    return {
        "application": application,
        "version": 2,
        "stage": "accepted",
        "clock": "statutory",
        "due_before": "2026-11-23T10:00:00Z",
        "due": "2026-11-25T10:00:00Z",
    }


async def test_the_calendar_in_force_moves_nothing(office):
    told = (await office.post(PREVIEWS, json={})).json()
    assert (told["read"], told["moving"], told["next"]) == (3, [], "")
    assert (await office.post(RECOUNTS, json={})).json()["sent"] == []


async def test_a_proposed_day_off_is_previewed_and_nothing_is_moved(office, desk):
    log = list(desk.log.records)
    days = msgspec.to_builtins([OFF])
    told = (await office.post(PREVIEWS, json={"days": days})).json()
    assert told["moving"] == [moved(application(1)), moved(application(2))]
    assert told["catalogue_version"].endswith("+proposed")
    assert desk.log.records == log


async def test_another_edition_moves_nothing_until_it_is_asked_to_and_then_once(
    office, desk, next_edition
):
    next_edition()
    at = await desk.journal.latest(application(1))
    assert at.state.due_current == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert len((await office.post(PREVIEWS, json={})).json()["moving"]) == 2
    for _ in range(2):
        told = (await office.post(RECOUNTS, json={})).json()
        assert told["sent"] == [application(1), application(2)]
    emitted = await desk.decide(WEDNESDAY)
    assert [e.type for e in emitted] == ["application.due_moved"] * 2
    said = msgspec.json.decode(emitted[0].data, type=handover.DueMoved)
    assert (said.cause, said.catalogue_version) == ("calendar of next", "next")
    command = events.decode(desk.log.records[-1].value)
    assert (command.source, command.type) == (
        "/operators/sandbox-operator",
        "operator.recounted_due",
    )
    assert (await office.post(RECOUNTS, json={})).json()["sent"] == []
    assert await desk.decide(WEDNESDAY) == []


async def test_what_was_rejected_under_an_older_edition_is_sent_again(
    office, desk, next_edition, catalogue
):
    older = Current.of(catalogue)
    next_edition()
    newer = Current.of(catalogue)
    await office.post(RECOUNTS, json={})
    catalogue.turn_to(older)  # the lane has not looked at the folder yet
    assert {e.type for e in await desk.decide(WEDNESDAY)} == {"routing.action_rejected"}
    catalogue.turn_to(newer)
    await office.post(RECOUNTS, json={})
    assert {e.type for e in await desk.decide(WEDNESDAY)} == {"application.due_moved"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (PREVIEWS, {"days": [["2026-11-20", "holiday", "x", "high"]]}, "/days/0/1"),
        (PREVIEWS, {"after": "x"}, "/after"),
        (RECOUNTS, {"days": []}, "/days"),
    ],
)
async def test_a_wrong_body_is_refused_at_its_field(path, body, field, office):
    answer = await office.post(path, json=body)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"] == field


@pytest.mark.parametrize("path", [PREVIEWS, RECOUNTS])
@pytest.mark.parametrize("role", ["officer", "portal", "partner"])
async def test_only_operators_may(path, role, office, keys):
    assert (await office.post(path, json={}, headers=keys[role])).status_code == 403
