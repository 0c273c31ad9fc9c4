"""The edge of explanations, previews and re-homing, over journals kept in memory."""

from datetime import UTC, date, datetime

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.routing import rehoming
from services.routing.domain.preview import with_units
from services.routing.domain.rule_file import RULES
from services.routing.pages import Pages
from shared import events, problems
from shared.catalogue import Unit
from shared.clock import system_clock
from shared.events import handover
from shared.events import routing as contracts
from shared.publisher import Publisher

MARRIAGE, SPLIT = "1.000894", "00007"  # accepted by an officer, without a fee
CUA_NAM, BA_DINH, NGOC_HA, THU_DUC = "00082", "00004", "00008", "26824"
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

    def __init__(self, desk, catalogue, rules, rows_limit=2_000, clock=system_clock):
        self.desk = desk
        pages = Pages(Limited(desk.journal._table), desk.journal, rows_limit)
        publisher = Publisher(
            desk.log, lane_count=1, sample_ratio=0.0, clock=system_clock, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = desk.app.state.access
        problems.install(app)
        app.include_router(rehoming.router(publisher, desk.journal, pages, catalogue, rules, clock))
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
    async def open_with(
        *filings, rows_limit=2_000, rules=rules, catalogue=catalogue, clock=system_clock
    ):
        for n, (residence, receiving) in enumerate(filings, 1):
            data = registered(
                procedure=MARRIAGE, residence_unit=residence, receiving_unit=receiving
            )
            desk.bring(data, "intake", 1, application(n))
        await desk.decide()
        return Office(desk, catalogue, rules, rows_limit, clock)

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
    bound = {"authorization": "Bearer elsewhere-key"}
    path = f"/v1/applications/{application(1)}/explanation"
    assert (await at.http.get(path, headers=bound)).status_code == 403


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


def written():
    """The rules as their file has them."""
    return msgspec.json.decode(RULES.read_bytes())


async def test_a_preview_of_rules_tells_their_gaps(office):
    at = await office()
    fewer = written()
    fewer["rules"] = fewer["rules"][:-1]
    told = (await at.ask(PREVIEWS, rules=fewer)).json()
    assert told["gaps"]
    assert {gap["case"]["level"] for gap in told["gaps"]} == {"ministry"}
    fewer["rules"][0]["procedure"] = [f"1.{n:06d}" for n in range(100)]
    refused = (await at.ask(PREVIEWS, rules=fewer)).json()
    assert [(p["field"], p["code"]) for p in refused["problems"]] == [("/rules", "too-many-cases")]


async def test_rules_that_are_wrong_are_refused_each_at_its_field(office):
    at, wrong = await office(), written()
    wrong["rules"] += [wrong["rules"][0], wrong["rules"][1] | {"id": "two words"}]
    wrong["rules"][2]["procedure"] = ["9.999999"]
    answer = await at.ask(PREVIEWS, rules=wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:invalid-rules")
    found = {p["field"]: p["code"] for p in answer.json()["problems"]}
    assert found == {
        "/rules/rules/22/id": "rule-twice",
        "/rules/rules/23/id": "rule-id",
        "/rules/rules/2/procedure": "rule-procedure",
    }
    assert all(p["remedy_vi"] and p["remedy_en"] for p in answer.json()["problems"])


async def test_rules_that_are_proposed_have_the_version_they_would_have_in_use(office, rules):
    at, same = await office(), written()
    assert (await at.ask(PREVIEWS, rules=same)).json()["rules_version"] == rules.version
    same["rules"][0]["why_en"] = "other words"
    other = (await at.ask(PREVIEWS, rules=same)).json()["rules_version"]
    assert other.startswith(f"{same['version']}+")
    assert other != rules.version


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
    assert latest.state.competent_unit == CENTRE
    assert (latest.state.rule, latest.state.rule_version) == ("no-place-at-a-centre", "next")
    command = events.decode(at.desk.log.records[-1].value)
    key = answer.json()["key"]
    assert (command.type, command.id) == ("officer.chose_unit", f"{key}/1")
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


async def test_what_cannot_be_told_is_left_and_counted(office):
    at = await office((CUA_NAM, BA_DINH))
    log = list(at.desk.log.records)
    answer = await at.ask(REHOMINGS, on="2025-06-30")
    assert (answer.json()["sent"], answer.json()["left"]) == ([], 1)
    assert at.desk.log.records == log


# --- a merger that has come: Cửa Nam ended on 1 December


DECEMBER = datetime(2026, 12, 2, 2, tzinfo=UTC)
HEIRS = {"successors": {CUA_NAM: BA_DINH}}


@pytest.fixture
def merged(catalogue):
    (row,) = catalogue.units[CUA_NAM]
    fields = {**msgspec.structs.asdict(row), "valid_to": date(2026, 12, 1)}
    return {"catalogue": with_units(catalogue, [Unit(**fields)]), "clock": lambda: DECEMBER}


async def test_a_merger_transfers_what_the_unit_had_once_and_says_so(office, merged, rules):
    at = await office((CUA_NAM, BA_DINH), (BA_DINH, BA_DINH), (CUA_NAM, CUA_NAM), **merged)
    (shown, *_) = (await at.ask(PREVIEWS, **HEIRS)).json()["changes"]
    assert (shown["command"], shown["remedy"]) == ("transfer", "none")
    for _ in range(2):
        told = (await at.ask(REHOMINGS, **HEIRS)).json()
        assert (told["sent"], told["left"]) == ([application(1), application(3)], 0)
    emitted = await at.desk.decide(DECEMBER)
    assert [e.type for e in emitted] == ["application.transferred"] * 2
    moved = msgspec.json.decode(emitted[0].data, type=handover.Transferred)
    assert (moved.from_unit, moved.competent_unit) == (CUA_NAM, BA_DINH)
    assert moved.rule in moved.reason
    both = (await at.desk.journal.latest(application(3))).state
    assert (both.receiving_unit, both.competent_unit, both.returning_unit) == (BA_DINH,) * 3
    assert (both.rule_version, both.national_code) == (rules.version, 1)
    again = (await at.ask(REHOMINGS, **HEIRS)).json()
    assert (again["sent"], again["left"]) == ([], 0)
    assert (await at.ask(PREVIEWS, **HEIRS)).json()["changes"] == []


async def test_a_split_is_left_to_a_person_with_the_units_to_choose_from(office, merged):
    at = await office((CUA_NAM, BA_DINH), **merged)
    split = {"successors": {CUA_NAM: f"{BA_DINH} {NGOC_HA}"}}
    told = (await at.ask(REHOMINGS, **split)).json()
    assert (told["sent"], told["left"]) == ([], 1)
    (change,) = (await at.ask(PREVIEWS, **split)).json()["changes"]
    assert (change["command"], change["candidates"]) == ("", [BA_DINH, NGOC_HA])


async def test_what_would_be_rejected_is_not_sent_but_left(office, merged):
    at = await office(("", CENTRE), **merged)
    chosen = contracts.UnitChosen(officer="officer-1", competent_unit=CUA_NAM)
    at.desk.bring(chosen, "intake", 2, application(1))
    await at.desk.decide()
    elsewhere = {"successors": {CUA_NAM: THU_DUC}}  # in another province
    (change,) = (await at.ask(PREVIEWS, **elsewhere)).json()["changes"]
    assert (change["after"]["competent"], change["command"]) == (THU_DUC, "transfer")
    told = (await at.ask(REHOMINGS, **elsewhere)).json()
    assert (told["sent"], told["left"]) == ([], 1)


async def test_what_moved_meanwhile_is_looked_at_again(office, merged):
    at = await office((CUA_NAM, BA_DINH), **merged)
    accepted = contracts.OfficerAccepted(officer="officer-1")
    at.desk.bring(accepted, "intake", 2, application(1))
    await at.ask(REHOMINGS, **HEIRS)
    types = [e.type for e in await at.desk.decide(DECEMBER)]
    assert types == ["application.accepted", "routing.action_rejected"]
    assert (await at.ask(REHOMINGS, **HEIRS)).json()["sent"] == [application(1)]
    assert [e.type for e in await at.desk.decide(DECEMBER)] == ["application.transferred"]


async def test_what_is_to_be_one_day_is_not_carried_out_today(office, merged):
    at = await office((CUA_NAM, BA_DINH), **merged)
    answer = await at.ask(REHOMINGS, on="2027-01-01", **HEIRS)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["field"], problem["code"]) == ("/on", "not-yet")
    assert "preview" in problem["remedy_en"]


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
