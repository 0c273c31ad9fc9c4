"""What follows on an application over HTTP: a key stands with one content."""

from types import SimpleNamespace

import msgspec
import pytest

from shared.events.intake import FollowUpRejected, Supplemented
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.events.routing import ActionRejected, SupplementRequested

PAPER = {"name": "Original document"}
ONE = {"documents": [PAPER | {"sha256": "b" * 64}]}
OTHER = {"documents": [PAPER | {"sha256": "c" * 64}]}
ASKED = SupplementRequested(national_code=5, officer="officer", content="Legible, please")
NOT_WITHDRAWN = ActionRejected(national_code=8, action="withdraw", reason="It is stopped.")
NOT_TAKEN = ActionRejected(national_code=8, action="supplement", reason="It is stopped.")


@pytest.fixture
async def edge(make):
    edge = make.Edge()
    await edge.submit()
    await edge.settle()
    await edge.lane.take(make.moved(ASKED))
    return edge


async def bring(make, edge, body, key: str = "k1"):
    path = f"/v1/applications/{make.uuid7()}/supplements"
    return await edge.call("POST", path, body, idempotency_key=key)


async def test_a_key_that_stands_with_another_supplement_is_a_conflict(make, edge) -> None:
    assert (await bring(make, edge, ONE)).status_code == 202
    await edge.settle()
    assert (await bring(make, edge, ONE)).status_code == 202
    answer = await bring(make, edge, OTHER)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:motcua:problem:conflict"
    assert [p["code"] for p in answer.json()["problems"]] == ["key-reused"]
    assert edge.topics.sent == [], "nothing of it was appended"
    assert (await bring(make, edge, OTHER, "k2")).status_code == 202


async def test_a_key_sent_twice_before_the_first_is_decided_is_answered_on_the_log(
    make, edge
) -> None:
    await bring(make, edge, ONE)
    await bring(make, edge, OTHER)
    first, second = await edge.settle()
    assert isinstance(first.events[0], Supplemented)
    (said,) = second.events
    assert isinstance(said, FollowUpRejected)
    assert [p.code for p in said.problems] == ["key-reused"]


async def test_under_one_key_the_same_is_one_message_until_it_is_rejected(make, edge) -> None:
    for _ in range(2):
        await bring(make, edge, ONE)
    (_, first), (_, again) = edge.topics.sent
    assert first.id == again.id
    edge.topics.sent = edge.topics.sent[:1]
    await edge.settle()
    await edge.lane.take(make.moved(NOT_TAKEN, n=2))
    await bring(make, edge, ONE)
    ((_, once_more),) = edge.topics.sent
    assert once_more.id != first.id
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Supplemented)


@pytest.mark.parametrize("key", ["", "k1"])
async def test_one_that_the_lane_rejects_is_decided_when_it_is_sent_again(make, edge, key) -> None:
    back = f"/v1/applications/{make.uuid7()}/withdrawal"
    await edge.call("POST", back, {"reason": "No longer needed"})
    await bring(make, edge, ONE, key)
    _, rejected = await edge.settle()
    assert [p.code for p in rejected.events[0].problems] == ["withdrawal-pending"]
    await edge.lane.take(make.moved(NOT_WITHDRAWN, n=2))
    for _ in range(2):
        assert (await bring(make, edge, ONE, key)).status_code == 202
    (again,) = await edge.settle()
    assert isinstance(again.events[0], Supplemented)


@pytest.mark.parametrize("by", ["the lane", "routing"])
async def test_a_key_stands_with_its_content_though_that_was_rejected(make, edge, by) -> None:
    await bring(make, edge, ONE)
    if by == "the lane":
        await edge.lane.take(make.follow_up(WithdrawalRequested(), id="back"))
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], FollowUpRejected) == (by == "the lane")
    no = NOT_WITHDRAWN if by == "the lane" else NOT_TAKEN
    await edge.lane.take(make.moved(no, n=2))
    assert (await bring(make, edge, OTHER)).status_code == 409
    assert edge.topics.sent == []
    assert (await bring(make, edge, ONE)).status_code == 202
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Supplemented)


@pytest.mark.parametrize("key", ["", "k1"])
async def test_one_sent_again_over_a_rejection_of_another_counts_once(make, edge, key) -> None:
    await bring(make, edge, ONE, key)
    await edge.lane.take(make.follow_up(SupplementSubmitted(documents=()), id="nothing"))
    await bring(make, edge, ONE, key)
    (_, first), (_, again) = edge.topics.sent
    assert first.id != again.id
    await make.decided(edge.lane, first)
    other = msgspec.convert(OTHER, SupplementSubmitted)
    await edge.lane.take(make.follow_up(other, id="other"))
    (outcome,) = await make.decided(edge.lane, again)
    assert outcome.events == ()
    assert outcome.state.supplements == 2


async def test_a_reason_with_a_person_s_number_goes_nowhere_on_either_way_in(make, edge) -> None:
    reason = "Nộp nhầm cho 001099000001"
    answer = await edge.call(
        "POST", f"/v1/applications/{make.uuid7()}/withdrawal", {"reason": reason}
    )
    assert answer.status_code == 422
    assert [(p["code"], p["field"]) for p in answer.json()["problems"]] == [
        ("personal-in-text", "/reason")
    ]
    assert edge.topics.sent == []
    (outcome,) = await edge.lane.take(make.follow_up(WithdrawalRequested(reason=reason)))
    assert [p.code for p in outcome.events[0].problems] == ["personal-in-text"]
    assert "001099000001" not in msgspec.json.encode([outcome.state, *outcome.events]).decode()


async def test_what_is_sent_again_before_its_rejection_is_shown_is_decided_again(make) -> None:
    lane = make.Lane()
    await lane.take(make.arrival(), make.moved(ASKED))
    behind = SimpleNamespace(states=dict(lane.states), handled=dict(lane.handled))
    edge = make.Edge(lane=lane, shown=make.Journal(behind))
    await bring(make, edge, ONE)
    await edge.settle()
    await lane.take(make.moved(NOT_TAKEN, n=2))
    assert (await bring(make, edge, ONE)).status_code == 202
    (outcome,) = await edge.settle()
    assert isinstance(outcome.events[0], Supplemented)
