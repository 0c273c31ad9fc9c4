"""The edge, with the kernel's own reader, step and journal behind it, over a log kept in a list."""

import json
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.routing.actions import FIELDS
from services.routing.domain.states import OFFICER_MOVES
from services.routing.lane import OFFICER_ACTIONS
from shared import events
from shared.events.data import NOTE_LIMIT
from shared.kinship import child_id

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"
STRANGER = "0197b1c2-aaaa-7bbb-8ccc-000000000002"
ACTIONS = f"/v1/applications/{APPLICATION}/actions"
WHOLE = {
    "note": "synthetic reason",
    "amount_vnd": 50_000,
    "competent_unit": "00097",
    "new_due": "2026-11-30",
    "returning_unit": "00097",
    "signer": "chairman-1",
    "certificate_expires": "2026-12-31",
    "tracking": "EX000000001VN",
    "place": "Hà Nội",
    "scanned_at": "2026-11-20T02:00:00Z",
    "form": "counter",
    "step": "receive",
}


@pytest.fixture
async def desk(desk, registered):
    """A desk with one dossier on it."""
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    return desk


async def test_an_action_is_taken_decided_and_its_outcome_shown(desk):
    taken = await desk.act(action="accept")
    assert taken.status_code == 202
    outcome = taken.json()["outcome"]
    assert (await desk.http.get(outcome)).json()["outcome"] == "waiting"
    await desk.decide()
    assert (await desk.http.get(outcome)).json() == {
        "outcome": "done",
        "events": ["application.accepted"],
        "reason": "",
        "reason_vi": "",
        "possible": [],
    }
    shown = (await desk.http.get(f"/v1/applications/{APPLICATION}")).json()
    assert (shown["national_code"], shown["stage"], shown["waits_for"]) == (
        2,
        "accepted",
        "officer",
    )
    assert shown["clocks"]["due_history"][0]["who"] == "sandbox-officer"
    assert shown["why"]["rule"] == "commune-of-residence"
    assert "start" in shown["possible"]


async def test_the_same_key_again_counts_once(desk):
    for _ in range(2):
        assert (await desk.act(action="accept")).status_code == 202
    await desk.decide()
    shown = (await desk.http.get(f"/v1/applications/{APPLICATION}")).json()
    assert shown["version"] == 2


@pytest.mark.parametrize(("key", "status"), [("ward", 200), ("hanoi", 200), ("elsewhere", 403)])
async def test_a_key_that_is_bound_to_units_reads_their_dossiers_only(key, status, desk):
    bound = {"authorization": f"Bearer {key}-key"}
    answer = await desk.http.get(f"/v1/applications/{APPLICATION}", headers=bound)
    assert answer.status_code == status
    if status == 403:
        (problem,) = answer.json()["problems"]
        assert (problem["code"], problem["field"]) == ("not-your-unit", "/header/authorization")
        assert "79, 26737" in problem["remedy_vi"]
        assert "79, 26737" in problem["remedy_en"]


@pytest.mark.parametrize("headers", [{}, {"if-match": '"1"'}])
async def test_a_key_that_stands_with_another_action_is_refused(headers, desk):
    await desk.act(action="accept")
    await desk.decide()
    for body in ({"action": "start"}, {"action": "accept", "note": "another"}):
        refused = await desk.act(headers=headers, **body)
        assert refused.status_code == 409
        (problem,) = refused.json()["problems"]
        assert (problem["code"], problem["field"]) == ("conflict", "/header/idempotency-key")
    assert await desk.decide() == []
    assert (await desk.act(headers=headers, action="accept")).status_code == 202
    assert await desk.decide() == []


async def test_a_key_whose_action_was_rejected_stands_with_it_too(desk):
    await desk.act(action="settle")
    await desk.decide()
    assert (await desk.act(action="accept")).status_code == 409
    assert (await desk.act(action="settle")).status_code == 202


async def test_two_officers_may_use_the_same_key(desk):
    outcome = (await desk.act(action="accept")).json()["outcome"]
    await desk.decide()
    other = {"authorization": "Bearer other-key"}
    assert (await desk.http.get(outcome, headers=other)).json()["outcome"] == "waiting"
    await desk.act(action="accept", headers=other)
    await desk.decide()
    assert (await desk.http.get(outcome, headers=other)).json()["outcome"] == "rejected"
    assert (await desk.http.get(outcome)).json()["outcome"] == "done"


async def test_an_impossible_action_is_taken_and_rejected_with_what_is_possible(desk):
    outcome = (await desk.act(action="settle", key="a/b c")).json()["outcome"]
    await desk.decide()
    found = (await desk.http.get(outcome)).json()
    assert found["outcome"] == "rejected"
    assert "possible now: accept" in found["reason"]
    possible = ["accept", "ask_supplement", "readdress", "refuse", "transfer"]
    assert found["possible"] == possible


@pytest.mark.parametrize("move", sorted(OFFICER_MOVES))
async def test_every_officers_move_can_be_sent_and_carries_who_and_why(move, desk):
    needed = {field[0]: WHOLE[field[0]] for field in FIELDS[move]}
    assert (await desk.act(action=move, **needed)).status_code == 202
    event = events.decode(desk.log.records[-1].value)
    assert (event.type, event.source, event.id) == (
        OFFICER_ACTIONS[move].TYPE,
        "/officers/sandbox-officer",
        "key-1",
    )
    data = msgspec.json.decode(event.data, type=OFFICER_ACTIONS[move])
    assert (data.officer, data.note) == ("sandbox-officer", "synthetic reason")
    assert UUID(event.subject) == UUID(APPLICATION)


async def test_an_upper_case_id_is_the_same_application(desk):
    path = ACTIONS.replace(APPLICATION, APPLICATION.upper())
    body, headers = {"action": "accept"}, {"idempotency-key": "k"}
    answer = await desk.http.post(path, json=body, headers=headers)
    assert answer.json()["application"] == APPLICATION
    assert desk.log.records[-1].key == APPLICATION.encode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/action"),
        ({"action": "fly"}, "/action"),
        ({"action": 5}, "/action"),
        ({"action": "refuse"}, "/note"),
        ({"action": "refuse", "note": ""}, "/note"),
        ({"action": "accept", "note": "x" * (NOTE_LIMIT + 1)}, "/note"),
        ({"action": "accept", "amount_vnd": 5}, "/amount_vnd"),
        ({"action": "demand_payment", "note": "tax", "amount_vnd": 0}, "/amount_vnd"),
        ({"action": "demand_payment", "note": "tax", "amount_vnd": 999}, "/amount_vnd"),
        ({"action": "demand_payment", "note": "tax", "amount_vnd": 10**10}, "/amount_vnd"),
        ({"action": "demand_payment", "note": "tax", "amount_vnd": "5"}, "/amount_vnd"),
        ({"action": "demand_payment", "note": "tax", "amount_vnd": 5.5}, "/amount_vnd"),
        ({"action": "choose_unit", "competent_unit": "Ba Dinh"}, "/competent_unit"),
        ({"action": "transfer", "competent_unit": "00008"}, "/note"),
        ({"action": "transfer", "competent_unit": "00008", "note": ""}, "/note"),
        ({"action": "readdress", "note": "moved"}, "/returning_unit"),
        ({"action": "readdress", "returning_unit": "", "note": "moved"}, "/returning_unit"),
        ({"action": "ask_signature", "signer": "chairman-1"}, "/certificate_expires"),
        (
            {"action": "ask_signature", "signer": "a b", "certificate_expires": "2026-12-31"},
            "/signer",
        ),
        ({"action": "post", "tracking": "ex1"}, "/tracking"),
        ({"action": "carry", "tracking": "EX000000001VN", "place": ""}, "/place"),
        ({"action": "return", "form": "by hand"}, "/form"),
        ({"action": "recount_due"}, "/action"),
    ],
)
async def test_a_wrong_body_is_refused_at_its_field(body, field, desk):
    answer = await desk.http.post(ACTIONS, json=body, headers={"idempotency-key": "k"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (problem,) = answer.json()["problems"]
    assert problem["field"] == field
    assert problem["remedy_vi"]
    assert len(desk.log.records) == 1


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (json.dumps({"action": "accept", "note": "x" * 20_000}), "application/json", 413),
    ],
)
async def test_what_is_not_a_fitting_json_body_is_refused(content, media_type, status, desk):
    headers = {"idempotency-key": "k", "content-type": media_type}
    answer = await desk.http.post(ACTIONS, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["", "x" * 65, "\x07", "schlüssel"])
async def test_a_bad_idempotency_key_is_refused(key, desk):
    headers = {"idempotency-key": key.encode()}
    answer = await desk.http.post(ACTIONS, json={"action": "accept"}, headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (422, "invalid idempotency key")


async def test_an_action_without_a_key_is_refused(desk):
    answer = await desk.http.post(ACTIONS, json={"action": "accept"})
    assert answer.status_code == 422


@pytest.mark.parametrize(("application", "status"), [(STRANGER, 404), ("17", 422)])
async def test_an_unknown_dossier_is_refused_with_what_to_do(application, status, desk):
    path = f"/v1/applications/{application}"
    body, headers = {"action": "accept"}, {"idempotency-key": "k"}
    answers = [
        await desk.http.get(path),
        await desk.http.get(f"{path}/actions/k"),
        await desk.http.post(f"{path}/actions", json=body, headers=headers),
    ]
    assert [a.status_code for a in answers] == [status] * 3
    assert all(a.json()["detail"] for a in answers)


async def test_a_parent_is_answered_with_the_children_that_are_here(desk, registered):
    here = [child_id(STRANGER, 0), child_id(STRANGER, 2)]
    for child in here:
        desk.bring(registered(), "intake", 1, child)
    await desk.decide()
    path = f"/v1/applications/{STRANGER.upper()}"
    for answer in (
        await desk.http.get(path),
        await desk.http.get(f"{path}/actions/k"),
        await desk.http.post(
            f"{path}/actions", json={"action": "accept"}, headers={"idempotency-key": "k"}
        ),
    ):
        assert (answer.status_code, answer.json()["title"]) == (409, "has children")
        (problem,) = answer.json()["problems"]
        assert problem["field"] == "/path/application"
        assert all(c in problem["remedy_vi"] and c in problem["remedy_en"] for c in here)


@pytest.mark.parametrize(
    ("role", "acts", "reads", "previews"),
    [
        ("officer", 202, 200, 200),
        ("operator", 403, 200, 200),
        ("portal", 403, 403, 200),
        ("partner", 403, 403, 403),
    ],
)
async def test_each_role_may_do_its_own_and_no_more(role, acts, reads, previews, desk, keys):
    headers = keys[role]
    path = f"/v1/applications/{APPLICATION}"
    query = {"procedure": "1.001193", "receiving_unit": "00097"}
    assert (await desk.act(action="accept", headers=headers)).status_code == acts
    assert (await desk.http.get(path, headers=headers)).status_code == reads
    answer = await desk.http.get("/v1/routing/preview", params=query, headers=headers)
    assert answer.status_code == previews


async def test_a_wrong_key_is_turned_away(desk):
    wrong = {"authorization": "Bearer nobody"}
    assert (await desk.act(action="accept", headers=wrong)).status_code == 401


async def test_the_description_of_the_body_names_each_action(desk):
    description = desk.app.openapi()
    post = description["paths"]["/v1/applications/{application}/actions"]["post"]
    shapes = post["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert {s["properties"]["action"]["enum"][0] for s in shapes} == OFFICER_MOVES


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists) | st.binary())
async def test_whatever_is_sent_is_answered_with_problem_details(desk, body):
    content = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    answer = await desk.http.post(ACTIONS, content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["type"].startswith("urn:motcua:problem:")
