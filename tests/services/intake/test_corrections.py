"""Contact data and answers may be corrected until a unit accepts; person and place never."""

import json

import msgspec
import pytest

from services.intake.domain.corrections import (
    CORRECTIONS_LIMIT,
    FIXED,
    FIXED_PERSONAL,
    changed,
)
from shared import events
from shared.events.intake import Corrected, CorrectionAsked, FollowUpRejected, Registered
from shared.events.portal import Personal, Submitted, WithdrawalRequested
from shared.events.routing import ActionRejected, CorrectionAllowed, NotAccepted
from shared.vault import Sealed

PHONE = "0987654321"
ALLOWED = CorrectionAllowed(national_code=1)
NO = ActionRejected(national_code=2, action="correct", reason="It is accepted.")
ANSWERS = {"paper_name": "Bằng tốt nghiệp", "pages": "2"}


@pytest.fixture
async def lane(make):
    lane = make.Lane()
    await lane.take(make.arrival(make.form(personal=make.personal(answers=ANSWERS))))
    return lane


def path(make) -> str:
    return f"/v1/applications/{make.uuid7()}/corrections"


async def after(lane, arrival):
    (outcome,) = await lane.take(arrival)
    return outcome


async def opened(lane, value: str, application: str) -> dict:
    (text,) = await lane.vault.open([Sealed(application, value)], who="test", purpose="test")
    return json.loads(text)


def rejected(outcome) -> list[tuple[str, str]]:
    (event,) = outcome.events
    assert isinstance(event, FollowUpRejected)
    assert all(p.remedy_vi and p.remedy_en for p in event.problems)
    assert event.catalogue_version
    assert event.forms_version
    return [(p.code, p.field) for p in event.problems]


async def corrected(make, lane, n: int = 1, **fields) -> Corrected:
    """Correct, and let routing allow it."""
    asked = await after(lane, make.correction(fields, id=f"correction {n}"))
    assert [type(e) for e in asked.events] == [CorrectionAsked]
    (event,) = (await after(lane, make.moved(ALLOWED, n=n))).events
    return event


async def test_a_correction_is_asked_for_and_counts_once_routing_allows_it(make, lane) -> None:
    asked = await after(lane, make.correction({"phone": PHONE}))
    (event,) = asked.events
    versions = make.CATALOGUE.version, make.FORMS.version
    assert event == CorrectionAsked(
        fields=("/personal/phone",), catalogue_version=versions[0], forms_version=versions[1]
    )
    assert asked.state.correction == "asked"
    done = await after(lane, make.moved(ALLOWED))
    (event,) = done.events
    assert (event.message_id, event.fields) == ("message 2", ("/personal/phone",))
    assert (event.catalogue_version, event.forms_version) == versions
    assert done.state.correction == "made"
    personal = await opened(lane, event.sealed, make.uuid7())
    assert personal == make.personal(answers=ANSWERS, phone=PHONE)
    contact = await opened(lane, event.contact, make.uuid7())
    assert contact["phone"] == PHONE
    assert contact["name"] == make.personal()["name"]


async def test_what_was_said_before_stays_sealed_where_it_was(make, lane) -> None:
    event = await corrected(make, lane, phone=PHONE)
    first = lane.journal.rows[f"{make.uuid7()}/000001"]["emitted"]
    registered = msgspec.json.decode(events.decode(first[0].encode()).data, type=Registered)
    before = await opened(lane, registered.sealed, make.uuid7())
    assert before["phone"] == make.personal()["phone"]
    assert registered.sealed != event.sealed


async def test_a_second_correction_is_put_on_top_of_the_first(make, lane) -> None:
    await corrected(make, lane, 1, phone=PHONE)
    event = await corrected(make, lane, 2, email="khac@example.org", removed=["address"])
    assert event.fields == ("/personal/email", "/personal/address")
    personal = await opened(lane, event.sealed, make.uuid7())
    fields = personal["phone"], personal["email"], personal.get("address", "")
    assert fields == (PHONE, "khac@example.org", "")


async def test_answers_take_the_place_of_those_before_and_are_named_one_by_one(make, lane) -> None:
    event = await corrected(make, lane, answers=ANSWERS | {"pages": "3"})
    assert event.fields == ("/personal/answers/pages",)
    personal = await opened(lane, event.sealed, make.uuid7())
    assert personal["answers"] == ANSWERS | {"pages": "3"}


def test_an_answer_that_no_form_asks_for_is_not_named(make) -> None:
    before = Personal(**make.personal(answers={"Nguyễn": "x"}))
    after = Personal(**make.personal(answers={"Nguyễn": "y"}))
    assert changed(before, after, None) == ("/personal/answers",)


async def test_nothing_personal_stands_in_the_clear(make, lane) -> None:
    outcome = await after(lane, make.correction({"phone": PHONE, "address": "Bí mật"}))
    said = events.encode([outcome.state, *outcome.events]).decode()
    done = await after(lane, make.moved(ALLOWED))
    said += events.encode([done.state, *done.events]).decode()
    for value in (PHONE, "Bí mật", "Nguyễn", "001199000001"):
        assert value not in said


async def test_the_same_again_counts_once_under_whatever_id(make, lane) -> None:
    asked = await after(lane, make.correction({"phone": PHONE}))
    again = await after(lane, make.correction({"phone": PHONE}, id="message 3"))
    assert (again.state, again.events) == (asked.state, ())
    done = await after(lane, make.moved(ALLOWED))
    late = await after(lane, make.correction({"phone": PHONE}, id="message 4"))
    assert (late.state, late.events) == (done.state, ())  # it changes nothing any more
    assert (await after(lane, make.moved(ALLOWED, n=2))).events == ()


async def test_another_waits_until_the_first_is_answered(make, lane) -> None:
    await lane.take(make.correction({"phone": PHONE}))
    other = make.correction({"email": "khac@example.org"}, id="message 3")
    assert rejected(await after(lane, other)) == [("correction-pending", "/subject")]
    # in one batch with the answer: it was put on top of what stood before
    _, outcome = await lane.take(
        make.moved(ALLOWED),
        make.correction({"email": "khac@example.org"}, id="message 4"),
    )
    assert rejected(outcome) == [("correction-pending", "/subject")]
    assert (await after(lane, make.correction({"email": "k@example.org"}, id="5"))).events


async def test_a_unit_that_has_accepted_ends_corrections(make, lane) -> None:
    before = lane.states[make.uuid7()]
    await lane.take(make.correction({"phone": PHONE}))
    no = await after(lane, make.moved(NO))
    assert rejected(no) == [("too-late-to-correct", "/subject")]
    assert no.events[0].message_id == "message 2"
    assert no.state == msgspec.structs.replace(before, corrections_rejected=1)
    assert no.state.correction == "rejected"
    assert (await after(lane, make.moved(NO, n=2))).events == ()


@pytest.mark.parametrize("field", [*FIXED, *FIXED_PERSONAL])
async def test_person_procedure_place_and_unit_are_never_corrected(make, lane, field) -> None:
    if field in FIXED:
        arrival, at = make.correction({"phone": PHONE}, {field: "26737"}), f"/{field}"
        body = {"personal": {"phone": PHONE}, field: "26737"}
    else:
        arrival, at = make.correction({"phone": PHONE, field: "x"}), f"/personal/{field}"
        body = {"personal": {"phone": PHONE, field: "x"}}
    outcome = await after(lane, arrival)
    assert rejected(outcome) == [("not-correctable", at)]
    assert "submit anew" in outcome.events[0].problems[0].remedy_en
    edge = make.Edge(lane=lane)
    answer = await edge.call("POST", path(make), body)
    assert answer.status_code == 422
    assert [(p["code"], p["field"]) for p in answer.json()["problems"]] == [("not-correctable", at)]


def test_all_of_a_submission_is_either_corrected_or_never() -> None:
    assert {*FIXED, "personal"} == set(Submitted.__struct_fields__)
    fields = {"phone", "email", "address", "answers"}
    assert {*FIXED_PERSONAL, *fields} == set(Personal.__struct_fields__)


WRONG = {
    "everything at once": (
        {"phone": "1", "email": "a", "address": "x" * 501, "answers": ANSWERS | {"pages": "no"}},
        [
            ("invalid-phone", "/personal/phone"),
            ("invalid-email", "/personal/email"),
            ("too-long", "/personal/address"),
            ("invalid-answer", "/personal/answers/pages"),
        ],
    ),
    "an answer missing": (
        {"answers": {"paper_name": "x"}},
        [("missing-answer", "/personal/answers/pages")],
    ),
    "nothing": ({}, [("nothing-to-correct", "/personal")]),
    "nothing but blanks": (
        {"phone": " ", "answers": {"pages": ""}},
        [("nothing-to-correct", "/personal")],
    ),
    "given and removed": (
        {"email": "a@example.org", "removed": ["email"]},
        [("invalid-value", "/personal/removed")],
    ),
    "of another type": (
        {"phone": 7, "email": "a"},
        [("invalid-value", "/personal/phone"), ("invalid-email", "/personal/email")],
    ),
    "unknown, and never corrected": (
        {"extra": 1, "name": "x", "email": "a"},
        [
            ("not-correctable", "/personal/name"),
            ("unknown-field", "/personal"),
            ("invalid-email", "/personal/email"),
        ],
    ),
    "the phone removed": ({"removed": ["phone"]}, [("invalid-value", "/personal/removed/0")]),
}


@pytest.mark.parametrize("case", WRONG)
async def test_all_that_is_wrong_is_said_at_once_and_the_same_on_both_ways(
    make, lane, case
) -> None:
    fields, problems = WRONG[case]
    outcome = await after(lane, make.correction(fields))
    assert rejected(outcome) == problems
    edge = make.Edge(lane=lane)
    answer = await edge.call("POST", path(make), {"personal": fields})
    assert answer.status_code == 422
    assert [(p["code"], p["field"]) for p in answer.json()["problems"]] == problems
    assert edge.topics.sent == []


async def test_what_cannot_be_opened_or_read_is_answered(make, lane) -> None:
    other = make.correction({}, {"personal": "not.opened.at.all.x"})
    assert rejected(await after(lane, other)) == [("personal-not-opened", "/personal")]
    number = make.correction({}, {"personal": 7, "extra": 1}, id="message 3")
    assert rejected(await after(lane, number)) == [
        ("unknown-field", "/"),
        ("invalid-value", "/personal"),
    ]


async def test_only_its_own_portal_corrects_an_application_that_is_open(make, lane) -> None:
    others = make.correction({"phone": PHONE}, source="/portals/other")
    assert rejected(await after(lane, others)) == [("unknown-application", "/subject")]
    unknown = make.correction({"phone": PHONE}, subject=make.uuid7(9))
    assert ("unknown-application", "/subject") in rejected(await after(lane, unknown))
    await lane.take(make.follow_up(WithdrawalRequested(), id="message 5"))
    late = make.correction({"phone": PHONE}, id="message 6")
    assert rejected(await after(lane, late)) == [("withdrawal-pending", "/subject")]
    ended = NotAccepted(national_code=3, officer="officer", reason="Not ours")
    await lane.take(make.moved(ended))
    late = make.correction({"phone": PHONE}, id="message 7")
    assert rejected(await after(lane, late)) == [("application-closed", "/subject")]


async def test_what_comes_in_with_the_same_batch_is_corrected_too(make) -> None:
    lane = make.Lane()
    _, outcome = await lane.take(make.arrival(), make.correction({"phone": PHONE}))
    assert [e.fields for e in outcome.events] == [("/personal/phone",)]


async def test_corrections_have_an_end(make, lane) -> None:
    for n in range(CORRECTIONS_LIMIT):
        await corrected(make, lane, n + 1, phone=f"09876543{n:02}")
    late = make.correction({"phone": PHONE}, id="late")
    assert rejected(await after(lane, late)) == [("too-many-corrections", "/subject")]


async def test_a_batch_without_corrections_asks_nothing_of_the_journal(make, lane) -> None:
    await lane.take(make.arrival(subject=make.uuid7(2), id="other"))
    assert lane.journal.calls == []
    await lane.take(make.correction({"phone": PHONE}))
    assert lane.journal.calls == ["ranges"]
