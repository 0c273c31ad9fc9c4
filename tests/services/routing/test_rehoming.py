"""The edge of explanations, previews and re-homing, over journals kept in memory."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.routing import rehoming
from services.routing.pages import Pages
from shared import events, problems
from shared.clock import system_clock
from shared.events import routing as contracts
from shared.publisher import Publisher

MARRIAGE, SPLIT = "1.000894", "00007"  # accepted by an officer, without a fee
CUA_NAM, BA_DINH, NGOC_HA = "00082", "00004", "00008"
CENTRE = "01"
ON = "2027-01-01"
PREVIEWS, REHOMINGS = "/v1/routing/previews", "/v1/routing/rehomings"


class Limited:
    """Rows in memory that keep to a limit, as a database does."""

    def __init__(self, rows):
        self._rows = rows

    async def ranges(self, bounds, limit=0):
        found = await self._rows.ranges(bounds)
        return found[:limit] if limit else found


class Office:
    """An operator before the edge, with routing's lane behind it."""

    def __init__(self, desk, catalogue, rules, rows_limit=2_000):
        self.desk = desk
        pages = Pages(Limited(desk.journal._table), desk.journal, rows_limit)
        publisher = Publisher(
            desk.log, lane_count=1, sample_ratio=0.0, clock=system_clock, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = desk.app.state.access
        problems.install(app)
        app.include_router(
            rehoming.router(publisher, desk.journal, pages, catalogue, rules, system_clock)
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEY
        )

    async def ask(self, path, **body):
        return await self.http.post(path, json=body)


KEY = {"authorization": "Bearer operator-key"}


def application(n):
    return f"0197b1c2-aaaa-7bbb-8ccc-{n:012d}"


@pytest.fixture
def office(desk, catalogue, rules, registered):
    async def open_with(*filings, rows_limit=2_000, rules=rules):
        for n, (residence, receiving) in enumerate(filings, 1):
            data = registered(
                procedure=MARRIAGE, residence_unit=residence, receiving_unit=receiving
            )
            desk.bring(data, "intake", 1, application(n))
        await desk.decide()
        return Office(desk, catalogue, rules, rows_limit)

    return open_with


@pytest.fixture
def ended(catalogue):
    """Cửa Nam ends with the year."""
    (row,) = msgspec.to_builtins(catalogue.units[CUA_NAM])
    return [[*row[:-1], ON]]


async def test_an_explanation_is_told_in_both_languages(office):
    at = await office((CUA_NAM, BA_DINH))
    told = (await at.http.get(f"/v1/applications/{application(1)}/explanation")).json()
    assert told["outcome"] == "forward"
    assert len(told["vi"]) == len(told["en"]) == 3 + len(told["tried"])
    assert told["tried"][0] == ["province-of-receipt", "level"]


@pytest.mark.parametrize(("which", "status"), [(application(9), 404), ("17", 422)])
async def test_an_unknown_application_is_refused_with_what_to_do(which, status, office):
    at = await office()
    answer = await at.http.get(f"/v1/applications/{which}/explanation")
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_a_preview_of_a_merger_tells_what_would_move_and_moves_nothing(office, ended):
    at = await office((CUA_NAM, BA_DINH), (BA_DINH, BA_DINH), (SPLIT, BA_DINH))
    log, rows = list(at.desk.log.records), dict(at.desk.journal._table.rows)
    asked = {"units": ended, "successors": {CUA_NAM: BA_DINH}, "on": ON}
    told = (await at.ask(PREVIEWS, **asked)).json()
    assert (told["read"], told["open"], told["next"]) == (3, 3, "")
    assert told["outcomes"] == {"settle_here": 1}
    (change,) = told["changes"]
    assert change["application"] == application(1)
    assert (change["before"]["competent"], change["after"]["competent"]) == (CUA_NAM, BA_DINH)
    assert told["catalogue_version"].endswith("+proposed")
    assert told["gaps"] == []
    assert (at.desk.log.records, at.desk.journal._table.rows) == (log, rows)


async def test_a_preview_of_rules_tells_their_gaps(office, rules):
    at = await office()
    fewer = msgspec.to_builtins(rules)
    fewer["rules"] = fewer["rules"][:-1]
    told = (await at.ask(PREVIEWS, rules=fewer)).json()
    assert told["gaps"]
    assert {gap["case"]["level"] for gap in told["gaps"]} == {"ministry"}


@pytest.mark.parametrize("rows_limit", [2, 3, 4, 5, 100])
async def test_pages_of_any_size_have_each_application_once_as_it_is_now(
    rows_limit, office, decide
):
    at = await office(*[(CUA_NAM, BA_DINH)] * 5, rows_limit=rows_limit)
    accepted = contracts.OfficerAccepted(officer="officer-1")
    started = contracts.OfficerStarted(officer="officer-1")
    for n, data in ((1, accepted), (3, accepted), (3, started)):
        at.desk.bring(data, "intake", 2 + (data is started), application(n))
    await at.desk.decide()
    seen, after = [], ""
    for _ in range(10):
        told = (await at.ask(PREVIEWS, after=after, successors={}, on="2025-06-30")).json()
        seen += [(c["application"], c["stage"]) for c in told["changes"]]
        after = told["next"]
        if not after:
            break
    stages = {1: "accepted", 3: "processing"}
    assert seen == [(application(n), stages.get(n, "submitted")) for n in range(1, 6)]


async def test_rehoming_chooses_what_can_be_placed_now_once_and_shows_in_the_timeline(
    office, rules
):
    at = await office(("", CENTRE), (CUA_NAM, BA_DINH), rules=to_the_centre(rules))
    for _ in range(2):
        answer = await at.ask(REHOMINGS)
        assert answer.status_code == 202
        assert (answer.json()["sent"], answer.json()["left"]) == ([application(1)], 0)
    emitted = await at.desk.decide()
    assert [e.type for e in emitted] == ["application.routed"]
    latest = await at.desk.journal.latest(application(1))
    assert (latest.state.competent_unit, latest.state.rule) == (CENTRE, "chosen-by-officer")
    command = events.decode(at.desk.log.records[-1].value)
    assert (command.type, command.id) == ("officer.chose_unit", answer.json()["key"])
    note = msgspec.json.decode(command.data, type=contracts.UnitChosen).note
    assert "no-place-at-a-centre" in note
    assert (await at.ask(REHOMINGS)).json()["sent"] == []


def to_the_centre(rules):
    """The same rules, but what names no place is decided at the centre."""
    changed = tuple(
        msgspec.structs.replace(r, decides="centre_of_province")
        if r.id == "no-place-at-a-centre"
        else r
        for r in rules.rules
    )
    return msgspec.structs.replace(rules, version="next", rules=changed)


async def test_what_has_a_unit_already_is_left_and_counted(office, ended):
    at = await office((CUA_NAM, BA_DINH))
    log = list(at.desk.log.records)
    answer = await at.ask(REHOMINGS, on="2025-06-30")
    assert (answer.json()["sent"], answer.json()["left"]) == ([], 1)
    assert at.desk.log.records == log


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"successors": {CUA_NAM: "99999"}}, "/successors"),
        ({"successors": {CUA_NAM: "Ba Dinh"}}, "/successors"),
        ({"on": "soon"}, "/on"),
        ({"after": "x"}, "/after"),
        ({"rules": {"version": "1"}}, "/rules"),
        ({"units": [["x"]]}, "/units"),
        ({"unit": []}, "/"),
    ],
)
async def test_a_wrong_proposal_is_refused_at_its_field(body, field, office):
    at = await office()
    answer = await at.ask(PREVIEWS, **body)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"].startswith(field)
    assert problem["remedy_vi"]


@pytest.mark.parametrize(
    ("role", "explains", "previews"),
    [("officer", 200, 403), ("operator", 200, 200), ("portal", 403, 403), ("partner", 403, 403)],
)
async def test_each_role_may_do_its_own(role, explains, previews, office, keys):
    at = await office((CUA_NAM, BA_DINH))
    path = f"/v1/applications/{application(1)}/explanation"
    assert (await at.http.get(path, headers=keys[role])).status_code == explains
    answer = await at.http.post(PREVIEWS, json={}, headers=keys[role])
    assert answer.status_code == previews
    answer = await at.http.post(REHOMINGS, json={}, headers=keys[role])
    assert answer.status_code == (202 if previews == 200 else 403)
