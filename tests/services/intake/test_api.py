"""An application is submitted over HTTP."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.forms import Form
from shared.edge import BODY_LIMIT_BYTES
from shared.events.intake import Registered
from shared.events.portal import Personal, Submitted
from shared.jwe import open_with
from tests.services.intake.edge import assert_problem, fields

BROUGHT = {"documents": [{"name": "Original document", "sha256": "b" * 64}]}


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
            "status_code": make.LINKS.code(make.uuid7()),
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
