"""The edge of citizens: what is filed comes to its unit once, sealed; refusals have a remedy."""

import json
from datetime import timedelta

import msgspec
import pytest

from shared.petition_codes import read_petition_code
from tests.services.notify.petitions.hall import (
    ANSWER,
    AT,
    CONTACT,
    DISPUTE,
    OTHER,
    TEXT,
    WARD,
    uuid7,
)

APPLICATION = "0198c0de-0000-7000-8000-000000000001"


def registered(whole, **changes):
    return msgspec.structs.replace(whole["application.registered"], **changes)


async def test_a_petition_is_filed_looked_up_answered_and_rated(hall):
    status, taken = await hall.file()
    assert status == 202
    assert taken["petition"] == uuid7()
    assert read_petition_code(taken["code"]) == taken["code"]
    types = [e.type for e in await hall.decide()]
    assert types == ["petition.received", "petition.assigned", "notice.requested"]
    _, view = await hall.look()
    assert (view["status"], view["unit"], view["due"]) == ("assigned", WARD, "2026-12-07T10:00:00Z")
    assert (view["code"], view["possible"], view["waits_for"]) == (
        taken["code"],
        ["withdraw"],
        "unit",
    )
    assert (await hall.act("answer", answer=ANSWER))[0] == 202
    await hall.decide()
    [told, _] = await hall.texts(who="portal", purpose="shown to the citizen")
    assert told[1]["answer"] == ANSWER
    assert (await hall.tell("acceptance", body={"score": 5}))[0] == 202
    await hall.decide()
    _, view = await hall.look()
    assert (view["status"], view["score"], view["possible"]) == ("accepted", 5, [])


async def test_the_same_again_counts_once_and_keeps_its_code_over_midnight(hall):
    _, first = await hall.file()
    hall.at += timedelta(hours=20)
    _, second = await hall.file()
    assert second == first
    assert [e.type for e in await hall.decide()].count("petition.received") == 1
    hall.at += timedelta(days=60)
    assert await hall.file() == (202, first)
    assert await hall.decide() == []


async def test_nothing_that_was_said_stands_anywhere_in_the_clear(hall):
    await hall.file()
    await hall.decide()
    await hall.act("answer", answer=ANSWER)
    await hall.decide()
    await hall.tell("dispute", body={"reason": DISPUTE})
    await hall.decide()
    kept = hall.everything()
    for said in (TEXT, ANSWER, DISPUTE, *CONTACT.values()):
        assert said not in kept
        assert json.dumps(said)[1:-1] not in kept
    [told, _] = await hall.texts()
    assert told == (
        200,
        {"petition": uuid7(), "text": TEXT, **CONTACT, "answer": ANSWER, "dispute": DISPUTE},
    )


async def test_it_goes_to_the_unit_of_the_application_it_is_about(hall, whole):
    data = registered(whole, portal="portal", receiving_unit=OTHER)
    hall.bring(data, APPLICATION, sequence="000001")
    await hall.decide()
    assert (await hall.file(application=APPLICATION.upper(), unit=""))[0] == 202
    await hall.decide()
    _, view = await hall.look()
    assert (view["unit"], view["application"]) == (OTHER, APPLICATION)


async def test_without_a_unit_it_waits_for_an_operator_and_without_contact_it_is_taken(hall):
    assert (await hall.file(unit="", contact={}))[0] == 202
    await hall.decide()
    _, view = await hall.look()
    assert (view["status"], view["waits_for"]) == ("received", "operator")


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"kind": "weather"}, 422, "invalid-body", "/kind"),
        ({"text": ""}, 422, "invalid-body", "/text"),
        ({"text": "x" * 3_001}, 422, "invalid-body", "/text"),
        ({"unit": "99999"}, 422, "unknown-unit", "/unit"),
        ({"unit": "x"}, 422, "invalid-body", "/unit"),
        ({"application": "x"}, 422, "unknown-application", "/application"),
        ({"application": uuid7(9)}, 422, "unknown-application", "/application"),
        ({"contact": {"fax": "1"}}, 422, "invalid-body", "/contact/fax"),
        ({"contact": {"phone": "abc"}}, 422, "invalid-phone", "/contact/phone"),
        ({"contact": {"phone": "02838290000"}}, 422, "invalid-phone", "/contact/phone"),
        ({"contact": {"email": "a@x"}}, 422, "invalid-email", "/contact/email"),
        ({"contact": {"email": "a\u200b@x.invalid"}}, 422, "invalid-email", "/contact/email"),
        ({"language": "fr"}, 422, "invalid-body", "/language"),
        ({"notices": {"channels": ["fax"]}}, 422, "invalid-body", "/notices/channels/0"),
        ({"by": "x"}, 422, "invalid-body", "/by"),
    ],
)
async def test_what_is_no_petition_is_refused_by_its_field(hall, changes, status, code, field):
    found, told = await hall.file(**changes)
    assert (found, told["type"]) == (status, f"urn:motcua:problem:{code}")
    [problem] = told["problems"]
    assert problem["field"] == field
    assert problem["remedy_vi"] != problem["remedy_en"]
    assert hall.records == []


PHONE, EMAIL = {"phone": " 0900000000 "}, {"email": "a@example.invalid"}


@pytest.mark.parametrize(
    ("contact", "ways"), [(PHONE, "sms"), (EMAIL, "email"), (PHONE | EMAIL, "sms"), ({}, "portal")]
)
async def test_who_names_no_way_is_told_by_what_they_left(hall, contact, ways):
    assert (await hall.file(contact=contact))[0] == 202
    await hall.decide()
    dossier = (await hall.journal.latest(uuid7())).state
    assert set(dossier.notices) == {f"petition_received/{ways}"}
    [told, _] = await hall.texts()
    assert told[1]["phone"] == contact.get("phone", "").strip()


@pytest.mark.parametrize(
    ("contact", "channels", "field"),
    [
        (EMAIL, ["sms"], "phone"),
        (PHONE, ["email"], "email"),
        (PHONE, ["sms", "email"], "email"),
        ({}, ["zalo"], "phone"),
        (EMAIL, ["app"], "phone"),
    ],
)
async def test_a_way_that_is_wished_without_its_address_is_refused(hall, contact, channels, field):
    status, told = await hall.file(contact=contact, notices={"channels": channels})
    assert (status, told["title"]) == (422, f"missing {field}")
    assert told["problems"][0]["field"] == f"/contact/{field}"
    assert hall.records == []


@pytest.mark.parametrize("channels", [["email", "sms"], []])
async def test_ways_that_have_their_address_are_taken_as_they_are_wished(hall, channels):
    assert (await hall.file(notices={"channels": channels}))[0] == 202
    await hall.decide()
    assert (await hall.journal.latest(uuid7())).state.channels == tuple(channels)


async def test_the_longest_text_there_is_stays_within_the_contract(hall):
    assert (await hall.file(text="🙏" * 3_000))[0] == 202
    assert "petition.received" in [e.type for e in await hall.decide()]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "0198c0de-0000-4000-8000-000000000001",
        uuid7(1, AT - timedelta(days=31)),
        uuid7(1, AT + timedelta(days=2)),
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ],
)
async def test_an_id_that_was_not_made_for_it_is_refused(hall, key):
    status, told = await hall.file(key=key or " ")
    assert (status, told["title"]) == (400, "idempotency key")
    assert hall.records == []


@pytest.mark.parametrize("who", ["other-portal", "portal"])
async def test_an_id_that_stands_with_something_else_is_refused(hall, who):
    await hall.file()
    await hall.decide()
    status, told = await hall.file(who=who, text="Việc khác (thử nghiệm)")
    assert (status, told["title"]) == (409, "conflict")


async def test_the_id_of_an_application_is_taken(hall, whole):
    hall.bring(registered(whole, portal="portal"), uuid7(), sequence="000001")
    await hall.decide()
    assert (await hall.file())[0] == 409


async def test_a_portal_reads_that_an_application_came_under_a_petitions_id(hall, whole):
    await hall.file()
    await hall.decide()
    hall.bring(registered(whole, portal="portal"), uuid7(), sequence="000001")
    assert [e.type for e in await hall.decide()] == ["petition.rejected"]
    _, view = await hall.look()
    assert view["rejected"] == {f"{uuid7()}/intake/000001": "id_taken"}


async def test_it_is_taken_back_before_the_answer_once(hall):
    await hall.file()
    await hall.decide()
    assert (await hall.tell("withdrawal"))[0] == 202
    assert (await hall.tell("withdrawal"))[0] == 202
    withdrawn, *_ = await hall.decide()
    assert withdrawn.type == "petition.withdrawn"
    assert (await hall.tell("withdrawal"))[0] == 202
    assert await hall.decide() == []


@pytest.mark.parametrize(
    ("what", "body"),
    [("withdrawal", None), ("acceptance", {"score": 3}), ("dispute", {"reason": DISPUTE})],
)
async def test_what_comes_too_late_says_what_is_possible(hall, what, body):
    await hall.file()
    await hall.decide()
    await hall.act("dismiss", reason="court_matter", turn_to="Tòa án nhân dân khu vực")
    await hall.decide()
    status, told = await hall.tell(what, body=body)
    assert (status, told["title"]) == (409, "not possible")
    assert "Possible now: –." in told["problems"][0]["remedy_en"]


async def test_a_race_with_the_answer_is_rejected_by_the_lane_and_shows(hall):
    await hall.file()
    await hall.decide()
    await hall.act("answer", answer=ANSWER)
    await hall.tell("withdrawal")
    *_, rejected = await hall.decide()
    assert rejected.type == "petition.rejected"
    _, view = await hall.look()
    assert view["status"] == "answered"
    assert view["rejected"] == {f"{uuid7()}/withdraw/0": "not_possible"}
    assert view["possible"] == ["accept", "dispute"]


async def test_a_dispute_is_heard_once_and_the_second_answer_is_the_last(hall):
    await hall.file()
    await hall.decide()
    for n in (1, 2):
        await hall.act("answer", key=f"act-{n}", answer=ANSWER)
        await hall.decide()
        status, _ = await hall.tell("dispute", body={"reason": DISPUTE})
        assert status == (202 if n == 1 else 409)
        await hall.decide()
    assert (await hall.look())[1]["possible"] == ["accept"]


async def test_scores_are_of_five(hall):
    await hall.file()
    await hall.decide()
    await hall.act("answer", answer=ANSWER)
    await hall.decide()
    for score in (0, 6, "5"):
        assert (await hall.tell("acceptance", body={"score": score}))[0] == 422


@pytest.mark.parametrize("what", ["withdrawal", "acceptance", "dispute"])
@pytest.mark.parametrize(
    ("who", "status"), [("other-portal", 404), ("officer", 403), ("nobody", 401), ("partner", 403)]
)
async def test_only_the_portal_it_came_through_may_speak_for_the_citizen(hall, what, who, status):
    await hall.file()
    await hall.decide()
    body = {"acceptance": {"score": 3}, "dispute": {"reason": DISPUTE}}.get(what)
    assert (await hall.tell(what, who=who, body=body))[0] == status


async def test_what_nobody_filed_is_unknown(hall):
    assert (await hall.look())[0] == 404
    assert (await hall.call("GET", "/v1/petitions/x"))[0] == 404
    assert (await hall.file(who="officer"))[0] == 403
    assert (await hall.look(who="other-portal"))[0] == 404


async def test_an_application_is_shown_as_no_petition(hall, whole):
    hall.bring(registered(whole, portal="portal"), uuid7(), sequence="000001")
    await hall.decide()
    assert (await hall.look())[0] == 404


async def test_what_is_anothers_application_or_a_petition_cannot_be_what_it_is_about(hall, whole):
    hall.bring(registered(whole, portal="other"), APPLICATION, sequence="000001")
    await hall.file(2)
    await hall.decide()
    for about in (APPLICATION, uuid7(2)):
        status, told = await hall.file(application=about)
        assert (status, told["title"]) == (422, "unknown application")
