import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.forms import Form
from shared import events
from shared.edge import BODY_LIMIT_BYTES
from shared.events.intake import Registered, Supplemented, Withdrawn
from shared.events.portal import Personal, Submitted
from shared.events.routing import (
    ActionRejected,
    Closed,
    NotAccepted,
    Returned,
    SupplementRequested,
)
from shared.jwe import open_with

BROUGHT = {"documents": [{"name": "Original document", "sha256": "b" * 64}]}


@pytest.fixture
def edge(make):
    return make.Edge()


def fields(answer) -> list[tuple[str, str]]:
    return [(p["code"], p["field"]) for p in answer.json()["problems"]]


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:motcua:problem:{code}"
    assert answer.json()["detail"].endswith(".")


def test_the_form_has_the_fields_of_the_contract() -> None:
    form = {f.name: f for f in msgspec.structs.fields(Form)}
    contract = {f.name: f for f in msgspec.structs.fields(Submitted)}
    assert set(form) == set(contract)
    assert form.pop("personal").type is Personal
    contract.pop("personal")
    for name in form:
        assert (form[name].type, form[name].default) == (
            contract[name].type,
            contract[name].default,
        )


async def test_an_application_is_appended_with_its_personal_fields_encrypted(make, edge) -> None:
    answer = await edge.submit()
    assert answer.status_code == 202
    assert answer.json() == {
        "application_id": make.uuid7(),
        "status_url": f"/v1/applications/{make.uuid7()}",
        "dossier_code": "",
        "warnings": [],
    }
    ((topic, event),) = edge.topics.sent
    assert (topic, event.type, event.subject) == (
        "portal.submissions",
        "application.submitted",
        make.uuid7(),
    )
    assert event.source == "/portals/sandbox"
    assert event.id.startswith(f"{make.uuid7()}/submitted/")
    sent = json.loads(bytes(event.data))
    assert json.loads(open_with(make.PRIVATE_KEY, sent["personal"])) == make.personal()
    assert "001199000001" not in bytes(event.data).decode()


async def test_what_the_edge_appends_the_lane_registers(make, edge) -> None:
    await edge.submit()
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Registered)
    answer = await edge.call("GET", f"/v1/applications/{make.uuid7()}")
    assert answer.json() == {
        "application_id": make.uuid7(),
        "status": "registered",
        "national_code": 1,
        "dossier_code": "H26.1-20261120-0000001",
        "decided_at": "2026-11-20T02:30:00Z",
        "problems": [],
        "warnings": [],
        "end": "",
        "supplement": "",
        "withdrawal": "",
        "correction": "",
        "similar": "",
        "children": [],
        "outcome": "",
        "parent": "",
        "receipt": {
            "receiving_unit": "00004",
            "unit_name": "Phường Ba Đình",
            "address": "Phường Ba Đình, Thành phố Hà Nội",
            "hotline": "1800 1096",
            "status_link": make.LINKS.link(make.uuid7()),
            "documents": [],
            "is_address_known": False,
        },
    }


async def test_the_same_again_is_the_same_message_then_the_same_answer(make, edge) -> None:
    await edge.submit()
    await edge.submit(idempotency_key=f'"{make.uuid7().upper()}"')
    (_, first), (_, second) = edge.topics.sent
    assert (first.id, first.source, first.subject) == (second.id, second.source, second.subject)
    await edge.settle()
    answer = await edge.submit()
    assert answer.status_code == 202
    assert answer.json()["dossier_code"] == "H26.1-20261120-0000001"
    assert edge.topics.sent == []


async def test_other_content_is_another_message_then_a_conflict(make, edge) -> None:
    await edge.submit()
    await edge.submit(make.form(copies=3))
    (_, first), (_, second) = edge.topics.sent
    assert first.id != second.id
    registered, conflicted = await edge.settle()
    assert [e.TYPE for e in (*registered.events, *conflicted.events)] == [
        "application.registered",
        "application.conflicted",
    ]
    assert_problem(await edge.submit(make.form(copies=3)), 409, "conflict")
    assert_problem(await edge.submit(key="other"), 409, "conflict")


async def test_every_problem_of_an_application_is_told_at_once(make, edge) -> None:
    wrong = make.form(
        procedure="x", receiving_unit="x", documents=[], personal=make.personal(phone="1", name="")
    )
    answer = await edge.submit(wrong)
    assert_problem(answer, 422, "invalid-application")
    assert fields(answer) == [
        ("unknown-procedure", "/procedure"),
        ("unknown-unit", "/receiving_unit"),
        ("missing-name", "/personal/name"),
        ("invalid-phone", "/personal/phone"),
    ]
    assert all(p["remedy_vi"] and p["remedy_en"] for p in answer.json()["problems"])
    assert edge.topics.sent == []


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"", 400, "not-json", ""),
        (b"{", 400, "not-json", ""),
        (b'{"procedure":"\xff"}', 400, "not-json", ""),
        (b"[" * 200_000, 422, "invalid-body", "/"),
        (b"null", 422, "invalid-body", "/"),
        ({"extra": 1}, 422, "invalid-body", "/"),
        ({"copies": "two"}, 422, "invalid-body", "/copies"),
        ({"channel": "pigeon"}, 422, "invalid-body", "/channel"),
        (
            {"documents": [{"name": 1, "sha256": "a" * 64}]},
            422,
            "invalid-body",
            "/documents/0/name",
        ),
        ({"documents": [{"name": "x"}]}, 422, "invalid-body", "/documents/0/sha256"),
        ({"personal": "a.b.c.d.e"}, 422, "invalid-body", "/personal"),
        (b" " * BODY_LIMIT_BYTES + b"{}", 413, "too-large", ""),
    ],
)
async def test_a_body_that_is_no_form_names_the_field(
    make, edge, body, status, code, field
) -> None:
    answer = await edge.submit(make.form(**body) if isinstance(body, dict) else body)
    assert_problem(answer, status, code)
    if field:
        assert [p["field"] for p in answer.json()["problems"]] == [field]


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "multipart/form-data"])
async def test_only_json_is_taken(edge, media_type: str) -> None:
    assert_problem(await edge.submit(content_type=media_type), 415, "not-json")
    assert (await edge.submit(content_type="application/json; charset=utf-8")).status_code == 202


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "missing-field"),
        ("x", "not-uuidv7"),
        ("6f1c1d1e-0000-4000-8000-000000000000", "not-uuidv7"),
    ],
)
async def test_the_idempotency_key_is_a_uuidv7(edge, key: str, code: str) -> None:
    answer = await edge.submit(idempotency_key=key)
    assert_problem(answer, 400, "idempotency-key")
    assert fields(answer) == [(code, "/headers/idempotency-key")]


async def test_only_portals_are_let_in(make, edge) -> None:
    assert_problem(await edge.submit(key="nobody"), 401, "unknown-key")
    assert_problem(await edge.submit(key="clerk"), 403, "wrong-role")
    assert_problem(await edge.submit(authorization=""), 401, "unknown-key")
    await edge.submit()
    await edge.settle()
    path = f"/v1/applications/{make.uuid7()}"
    assert_problem(await edge.call("GET", path, key="other"), 404, "unknown-application")
    assert_problem(
        await edge.call("POST", f"{path}/supplements", BROUGHT, key="other"),
        404,
        "unknown-application",
    )


async def test_an_append_in_doubt_asks_to_come_again(edge) -> None:
    edge.topics.doubt = True
    answer = await edge.submit()
    assert_problem(answer, 503, "outcome-unknown")
    assert int(answer.headers["retry-after"]) > 0


async def test_personal_fields_too_large_for_the_log_are_refused(make, edge) -> None:
    answers = {str(n): "x" * 3000 for n in range(20)}
    paper = {"name": "Application", "sha256": "a" * 64}
    free = {"procedure": "1.001653", "documents": [paper]}  # a made form: other answers pass
    answer = await edge.submit(make.form(personal=make.personal(answers=answers), **free))
    assert_problem(answer, 422, "invalid-application")
    assert fields(answer) == [("too-long", "/personal")]
    few = {str(n): "x" * 3000 for n in range(14)}
    await edge.submit(make.form(personal=make.personal(answers=few), **free))
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Registered)


async def test_a_supplement_is_passed_on_once_per_content_or_key(make, edge) -> None:
    path = f"/v1/applications/{make.uuid7()}/supplements"
    assert_problem(await edge.call("POST", path, BROUGHT), 404, "unknown-application")
    await edge.submit()
    await edge.settle()
    answer = await edge.call("POST", path, BROUGHT)
    assert (answer.status_code, answer.json()["dossier_code"][:3]) == (202, "H26")
    await edge.call("POST", path, BROUGHT)
    await edge.call("POST", path, BROUGHT, idempotency_key="second-request")
    (topic, first), (_, again), (_, other) = edge.topics.sent
    assert topic == "intake.inbox"
    assert first.id == again.id != other.id
    edge.topics.sent = [("intake.inbox", first)]
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Supplemented)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"documents": []}, "/documents"),
        ({"documents": [{"name": "x", "sha256": "y"}]}, "/documents/0/sha256"),
        ({}, "/documents"),
        ({"documents": [{"name": "x", "sha256": 1}]}, "/documents/0/sha256"),
    ],
)
async def test_a_supplement_brings_documents(make, edge, body, field) -> None:
    await edge.submit()
    await edge.settle()
    answer = await edge.call("POST", f"/v1/applications/{make.uuid7()}/supplements", body)
    assert answer.status_code == 422
    assert [p["field"] for p in answer.json()["problems"]] == [field]
    bad_key = await edge.call(
        "POST", f"/v1/applications/{make.uuid7()}/supplements", BROUGHT, idempotency_key="a b"
    )
    assert_problem(bad_key, 400, "idempotency-key")


async def test_an_application_is_taken_back_when_routing_has_closed_it(make, edge) -> None:
    path = f"/v1/applications/{make.uuid7()}"
    await edge.submit()
    await edge.settle()
    too_long = {"reason": "x" * 501}
    assert_problem(
        await edge.call("POST", f"{path}/withdrawal", too_long), 422, "invalid-application"
    )
    assert (await edge.call("POST", f"{path}/withdrawal", {})).status_code == 202
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Withdrawn)
    asked = (await edge.call("GET", path)).json()
    assert (asked["status"], asked["national_code"], asked["withdrawal"]) == (
        "registered",
        1,
        "asked",
    )
    answer = await edge.call("POST", f"{path}/supplements", BROUGHT)
    assert_problem(answer, 409, "withdrawal-pending")
    assert fields(answer) == [("withdrawal-pending", "/subject")]
    await edge.lane.take(make.moved(Closed(national_code=7, reason="")))
    closed = (await edge.call("GET", path)).json()
    assert (closed["status"], closed["national_code"], closed["end"]) == (
        "withdrawn",
        7,
        "withdrawn",
    )
    assert (await edge.call("POST", f"{path}/withdrawal", {})).status_code == 202
    assert edge.topics.sent == []
    answer = await edge.call("POST", f"{path}/supplements", BROUGHT)
    assert_problem(answer, 409, "withdrawn")
    assert fields(answer) == [("application-closed", "/subject")]


async def test_a_withdrawal_that_came_too_late_leaves_the_application_as_it_is(make, edge) -> None:
    path = f"/v1/applications/{make.uuid7()}"
    await edge.submit()
    await edge.settle()
    await edge.call("POST", f"{path}/withdrawal", {})
    ((_, first),) = edge.topics.sent
    await edge.settle()
    no = ActionRejected(national_code=9, action="withdraw", reason="The result is ready.")
    await edge.lane.take(make.moved(no))
    stands = (await edge.call("GET", path)).json()
    assert (stands["status"], stands["withdrawal"]) == ("registered", "rejected")
    await edge.call("POST", f"{path}/withdrawal", {})  # it may have been reopened since
    ((_, second),) = edge.topics.sent
    assert second.id != first.id


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (NotAccepted(national_code=3, officer="o", reason="r"), "not-accepted"),
        (Returned(national_code=10, officer="o"), "returned"),
    ],
)
async def test_nothing_follows_on_an_application_at_its_end(make, edge, ending, code) -> None:
    path = f"/v1/applications/{make.uuid7()}"
    await edge.submit()
    await edge.settle()
    await edge.lane.take(make.moved(ending))
    stands = (await edge.call("GET", path)).json()
    assert (stands["status"], stands["national_code"], stands["end"]) == (
        "registered",
        ending.national_code,
        code,
    )
    for what, body in (("withdrawal", {}), ("supplements", BROUGHT)):
        answer = await edge.call("POST", f"{path}/{what}", body)
        assert_problem(answer, 409, code)
        assert fields(answer) == [("application-closed", "/subject")]
    assert edge.topics.sent == []


async def test_what_is_asked_for_again_may_be_brought_again(make, edge) -> None:
    path = f"/v1/applications/{make.uuid7()}"
    asked = SupplementRequested(national_code=5, officer="o", content="The original")
    await edge.submit()
    await edge.settle()
    sent = set()
    for n in (1, 2):
        await edge.lane.take(make.moved(asked, n=n))
        stands = (await edge.call("GET", path)).json()
        assert (stands["national_code"], stands["supplement"]) == (5, "asked")
        await edge.call("POST", f"{path}/supplements", BROUGHT)
        sent.add(edge.topics.sent[0][1].id)
        (outcome,) = await edge.settle()
        assert isinstance(outcome.events[0], Supplemented)
        assert (await edge.call("GET", path)).json()["supplement"] == "brought"
    assert len(sent) == 2


async def test_a_citizens_link_opens_one_application_to_any_portal(make, edge) -> None:
    await edge.submit()
    await edge.settle()
    own = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    token = own["receipt"]["status_link"].partition("#")[2]
    answer = await edge.call("POST", "/v1/status", {"token": token}, key="other")
    assert answer.json() == own
    assert_problem(
        await edge.call("POST", "/v1/status", {"token": token}, key="clerk"), 403, "wrong-role"
    )
    for wrong in ("", "x", token[:-1], f"{token}=", make.LINKS.token(make.uuid7(2))):
        answer = await edge.call("POST", "/v1/status", {"token": wrong})
        assert_problem(answer, 404, "unknown-link")


async def test_a_citizens_link_stands_in_no_message_and_no_state(make, edge) -> None:
    await edge.submit()
    said = str([e for _, e in edge.topics.sent])
    (outcome,) = await edge.settle()
    said += events.encode([outcome.state, *outcome.events]).decode()
    assert make.LINKS.token(make.uuid7())[:30] not in said


async def test_a_refusal_can_be_read(make, edge) -> None:
    await edge.lane.take(make.arrival(make.form(copies=0)))
    answer = await edge.call("GET", f"/v1/applications/{make.uuid7()}")
    assert (answer.json()["status"], answer.json()["national_code"]) == ("refused", None)
    assert [p["field"] for p in answer.json()["problems"]] == ["/copies"]
    path = f"/v1/applications/{make.uuid7()}/withdrawal"
    assert_problem(await edge.call("POST", path, {}), 409, "refused")


@pytest.mark.parametrize("application", ["x", "..", "6f1c1d1e"])
async def test_an_id_that_is_none_is_unknown(edge, application: str) -> None:
    answer = await edge.call("GET", f"/v1/applications/{application}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_key_to_encrypt_to_is_public_and_nothing_more(make, edge) -> None:
    answer = await edge.call("GET", "/v1/keys", key="nobody")
    (key,) = answer.json()["keys"]
    assert {"kty", "crv", "x", "y"} <= set(key)
    assert "d" not in key


async def test_the_description_shows_forms_and_refusals(edge) -> None:
    description = (await edge.call("GET", "/openapi.json")).json()
    submit = description["paths"]["/v1/applications"]["post"]
    schema = submit["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == set(Form.__struct_fields__)
    assert "personal_number" in schema["properties"]["personal"]["properties"]
    assert "$ref" not in json.dumps(submit)
    assert set(submit["responses"]) >= {"202", "400", "409", "413", "415", "422"}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from(Form.__struct_fields__) | st.text(), json_values, max_size=4),
    st.dictionaries(
        st.sampled_from(Personal.__struct_fields__), st.text() | json_values, max_size=3
    ),
)
async def test_no_form_breaks_the_edge(make, changed, wrong) -> None:
    edge = make.Edge()
    answer = await edge.submit(make.form(personal=make.personal(**wrong)) | changed)
    assert answer.status_code in (202, 422)
    for outcome in await edge.settle():
        assert isinstance(outcome.events[0], Registered)


@settings(max_examples=100)
@given(
    st.binary(max_size=200),
    st.text(max_size=60),
    st.sampled_from(["", "/supplements", "/withdrawal"]),
)
async def test_no_bytes_break_the_edge(make, body, key, path) -> None:
    edge = make.Edge()
    await edge.submit()
    await edge.settle()
    sent = key.encode("ascii", "ignore").decode().strip()
    where = "/v1/applications" + (f"/{make.uuid7()}{path}" if path else "")
    answer = await edge.call(
        "POST", where, body, idempotency_key="".join(c for c in sent if c.isprintable())
    )
    assert answer.status_code in (202, 400, 422)
    if answer.status_code != 202:
        assert answer.headers["content-type"] == "application/problem+json"
