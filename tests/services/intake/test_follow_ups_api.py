"""What follows on an application over HTTP: supplements, a withdrawal, and how both stand."""

import pytest

from shared.events.intake import Supplemented, Withdrawn
from shared.events.routing import ActionRejected, Closed, NotAccepted, Returned, SupplementRequested
from tests.services.intake.edge import assert_problem, fields

BROUGHT = {"documents": [{"name": "Original document", "sha256": "b" * 64}]}


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
