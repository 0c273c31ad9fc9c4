"""How an application stands, read over HTTP by its portal, or by whoever has its link."""

import pytest

from shared import events
from tests.services.intake.edge import assert_problem


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
    assert make.LINKS.code(make.uuid7()) not in said


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
