"""The edge of explanations and of re-homing, over journals kept in memory."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from services.routing.domain.preview import with_units
from shared import events
from shared.catalogue import Unit
from shared.events import handover
from shared.events import routing as contracts
from tests.services.routing.office import PREVIEWS, REHOMINGS, application

CUA_NAM, BA_DINH, NGOC_HA, THU_DUC = "00082", "00004", "00008", "26824"
CENTRE = "01"


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
