"""Every rule of the tables, broken alone: that problem is told and no other, on both ways in."""

import dataclasses
from datetime import date

import msgspec
import pytest

from services.intake.domain.findings import examine
from services.intake.domain.follow_ups import SUPPLEMENTS_LIMIT
from services.intake.domain.remedies import REMEDIES, WARNINGS
from shared.events.data import Document
from shared.events.intake import Refused, Registered
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested
from shared.events.routing import ActionRejected, Returned

ORIGINAL = {"name": "Original document", "sha256": "a" * 64}
CT01 = [{"name": "Form CT01", "sha256": "a" * 64}]
SIGNED = [{"name": n, "sha256": "a" * 64} for n in ("Identity paper", "Document to be signed")]
ANSWERS = {"paper_name": "Bằng tốt nghiệp", "pages": "2"}


def answers(**changed):
    kept = {n: v for n, v in (ANSWERS | changed).items() if v is not None}
    return {"personal": {"answers": kept}}


NEW = {"residence_unit": "26732"}  # no unit of before July 2025 had this code

# code → what is changed in an application in order (None: left out), and where it is told
FORM_CASES = {
    "invalid-value": ({"copies": "two"}, "/copies"),
    "unknown-field": ({"extra": 1}, "/"),
    "missing-field": ({"procedure": None}, "/procedure"),
    "unknown-procedure": ({"procedure": "1.001640"}, "/procedure"),
    "wrong-level": (
        {"procedure": "1.002755", "receiving_unit": "01", "documents": CT01},
        "/receiving_unit",
    ),
    "channel-not-offered": (
        {"procedure": "2.000884", "channel": "post", "documents": SIGNED},
        "/channel",
    ),
    "unknown-unit": ({"receiving_unit": "99999"}, "/receiving_unit"),
    "unit-not-in-force": ({"residence_unit_on": "2025-06-30"} | NEW, "/residence_unit_on"),
    "day-without-unit": ({"object_unit_on": "2025-06-30"}, "/object_unit_on"),
    "missing-documents": ({"documents": [ORIGINAL | {"name": "Other"}]}, "/documents"),
    "too-many-documents": ({"documents": [ORIGINAL] * 51}, "/documents"),
    "invalid-document-hash": (
        {"documents": [ORIGINAL | {"sha256": "x"}]},
        "/documents/0/sha256",
    ),
    "conflicting-origin": (
        {"documents": [ORIGINAL | {"certificate": "CT-1"}]},
        "/documents/0/certificate",
    ),
    "missing-source": ({"documents": [ORIGINAL | {"reused": True}]}, "/documents/0/source"),
    "invalid-source": (
        {"documents": [ORIGINAL | {"reused": True, "source": "somewhere"}]},
        "/documents/0/source",
    ),
    "missing-certificate": (
        {"documents": [ORIGINAL | {"e_certified": True}]},
        "/documents/0/certificate",
    ),
    "invalid-copies": ({"copies": 0}, "/copies"),
    "unknown-fee-case": ({"fee_facts": {"case": "late"}}, "/fee_facts/case"),
    "invalid-pages": ({"fee_facts": {"pages": 2_001}}, "/fee_facts/pages"),
    "unknown-exemption": ({"fee_facts": {"exemption": "rich"}}, "/fee_facts/exemption"),
    "too-long": ({"personal": {"address": "x" * 501}}, "/personal/address"),
    "missing-name": ({"personal": {"name": " "}}, "/personal/name"),
    "unprintable-name": ({"personal": {"name": "Thử\u202eNghiệm"}}, "/personal/name"),
    "unprintable-text": ({"personal": {"address": "Số 1\u202e đường"}}, "/personal/address"),
    "invalid-personal-number": (
        {"personal": {"personal_number": "1"}},
        "/personal/personal_number",
    ),
    "invalid-phone": ({"personal": {"phone": "1900"}}, "/personal/phone"),
    "invalid-email": ({"personal": {"email": "a@b"}}, "/personal/email"),
    "missing-answer": (answers(pages=None), "/personal/answers/pages"),
    "unknown-answer": (answers(Nguyễn="Bí mật"), "/personal/answers"),
    "answer-not-listed": (answers(paper="papyrus"), "/personal/answers/paper"),
    "invalid-answer": (answers(pages="hai"), "/personal/answers/pages"),
    "invalid-date": (answers(issued_on="2026-02-30"), "/personal/answers/issued_on"),
    "date-in-future": (answers(issued_on="2026-11-21"), "/personal/answers/issued_on"),
}
ENVELOPE_CASES = {
    "not-uuidv7": ({"subject": "6f1c1d1e-0000-4000-8000-000000000000"}, "/subject"),
    "not-a-portal": ({"source": "/services/payment"}, "/source"),
}
ELSEWHERE = {  # by tests of their own: below, of likely duplicates, of what follows
    "personal-not-opened",
    "procedure-not-in-force",
    "unknown-application",
    "application-closed",
    "too-many-supplements",
    "has-children",
    "withdrawal-pending",
    "too-late-to-withdraw",
    "withdraw-later",
    "personal-in-text",
    "supplement-not-taken",
    "key-reused",
    "likely-duplicate",
    "not-correctable",  # these, and what follows, by those of corrections
    "nothing-to-correct",
    "correction-pending",
    "too-late-to-correct",
    "too-many-corrections",
}


def sent(make, changed):
    personal = make.personal(**changed.get("personal", {}))
    form = make.form() | changed | {"personal": personal}
    return {name: value for name, value in form.items() if value is not None}


def told(problems) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


def test_every_rule_has_a_case() -> None:
    assert {*FORM_CASES, *ENVELOPE_CASES, *ELSEWHERE} == set(REMEDIES)
    assert set(WARNINGS) == {"unusual-personal-number"}


@pytest.mark.parametrize("code", FORM_CASES)
async def test_a_rule_broken_alone_is_told_alone_on_kafka(make, code) -> None:
    changed, field = FORM_CASES[code]
    (outcome,) = await make.Lane().take(make.arrival(sent(make, changed)))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert told(refused.problems) == [(code, field)]
    assert "Bí mật" not in str(refused)
    assert "Nguyễn" not in str(refused.problems)


@pytest.mark.parametrize("code", FORM_CASES)
async def test_a_rule_broken_alone_is_told_alone_over_http(make, code) -> None:
    changed, field = FORM_CASES[code]
    answer = await make.Edge().submit(sent(make, changed))
    assert answer.status_code == 422
    assert [(p["code"], p["field"]) for p in answer.json()["problems"]] == [(code, field)]


@pytest.mark.parametrize("code", ENVELOPE_CASES)
async def test_an_envelopes_rule_broken_alone_is_told_alone(make, code) -> None:
    changed, field = ENVELOPE_CASES[code]
    (outcome,) = await make.Lane().take(make.arrival(**changed))
    assert told(outcome.events[0].problems) == [(code, field)]


async def test_personal_fields_that_do_not_open_are_told_alone(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form(personal="x")))
    assert told(outcome.events[0].problems) == [("personal-not-opened", "/personal")]


def test_a_procedure_that_is_no_longer_published_is_told_alone(make) -> None:
    (row,) = make.CATALOGUE.procedures["2.000815"]
    closed = msgspec.structs.replace(row, valid_to=date(2026, 11, 20))
    catalogue = dataclasses.replace(make.CATALOGUE, procedures={"2.000815": (closed,)})
    submitted = msgspec.convert(make.form(personal=""), Submitted)
    personal = Personal(**make.personal(answers=ANSWERS))
    for day, found in ((19, []), (20, [("procedure-not-in-force", "/procedure")])):
        on = date(2026, 11, day)
        findings = examine(submitted, personal, catalogue, make.FORMS, on)
        assert told(findings.problems) == found


async def test_follow_up_rules_are_told_alone(make) -> None:
    lane, brought = make.Lane(), SupplementSubmitted(documents=(Document(**ORIGINAL),))

    async def rejected(n, data=brought):
        (outcome,) = await lane.take(make.follow_up(data, id=f"message {n}"))
        return told(outcome.events[0].problems)

    assert await rejected(2) == [("unknown-application", "/subject")]
    await lane.take(make.arrival())
    state = lane.states[make.uuid7()]
    lane.states[make.uuid7()] = msgspec.structs.replace(state, supplements=SUPPLEMENTS_LIMIT)
    assert await rejected(3) == [("too-many-supplements", "/subject")]
    await lane.take(make.follow_up(WithdrawalRequested(), id="message 4"))
    assert await rejected(5) == [("withdrawal-pending", "/subject")]
    late = ActionRejected(national_code=9, action="withdraw", reason="The result is ready.")
    (outcome,) = await lane.take(make.moved(late))
    assert told(outcome.events[0].problems) == [("too-late-to-withdraw", "/subject")]
    await lane.take(make.moved(Returned(national_code=10, officer="officer"), n=2))
    assert await rejected(6) == [("application-closed", "/subject")]


@pytest.mark.parametrize("number", ["999099000001", "001399000001"])
async def test_an_unusual_personal_number_warns_and_is_registered(make, number) -> None:
    edge = make.Edge()
    form = sent(make, {"personal": {"personal_number": number}})
    answer = await edge.submit(form)
    assert answer.status_code == 202
    warned = [("unusual-personal-number", "/personal/personal_number")]
    assert [(w["code"], w["field"]) for w in answer.json()["warnings"]] == warned
    (outcome,) = await edge.settle()
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert told(registered.warnings) == told(outcome.state.warnings) == warned
    assert number[:3] not in str(registered.warnings)
    view = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    assert view["warnings"] == (await edge.submit(form)).json()["warnings"]
    assert view["warnings"] == answer.json()["warnings"]


async def test_shape_and_content_are_told_together_on_both_ways_in(make) -> None:
    wrong = make.form(
        procedure="x",
        copies="two",
        channel="pigeon",
        receiving_unit="99999",
        extra=1,
        documents=[{"name": 1, "sha256": "a" * 64}, {"name": "x", "sha256": "y", "z": 0}],
        personal={"name": 3, "phone": "1", "email": "a@b", "w": 1},
    )
    found = {
        ("unknown-field", "/"),
        ("invalid-value", "/channel"),
        ("invalid-value", "/copies"),
        ("invalid-value", "/documents/0/name"),
        ("unknown-field", "/documents/1"),
        ("unknown-procedure", "/procedure"),
        ("unknown-unit", "/receiving_unit"),
        ("invalid-document-hash", "/documents/1/sha256"),
        ("unknown-field", "/personal"),
        ("invalid-value", "/personal/name"),
        ("missing-field", "/personal/personal_number"),
        ("invalid-phone", "/personal/phone"),
        ("invalid-email", "/personal/email"),
    }
    answer = await make.Edge().submit(wrong)
    over_http = [(p["code"], p["field"]) for p in answer.json()["problems"]]
    (outcome,) = await make.Lane().take(make.arrival(wrong))
    on_kafka = told(outcome.events[0].problems)
    assert sorted(over_http) == sorted(on_kafka) == sorted(found)
