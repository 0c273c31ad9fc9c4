"""Corrections over HTTP: encrypted, passed on once, followed by looking."""

import msgspec
import pytest

from shared.events.intake import CorrectionAsked
from shared.events.routing import CorrectionAllowed

PHONE = "0987654321"
ALLOWED = CorrectionAllowed(national_code=1)


@pytest.fixture
async def lane(make):
    lane = make.Lane()
    await lane.take(make.arrival())
    return lane


def path(make) -> str:
    return f"/v1/applications/{make.uuid7()}/corrections"


async def test_over_http_it_is_encrypted_and_decided_once(make, lane) -> None:
    edge = make.Edge(lane=lane)
    for _ in range(2):
        answer = await edge.call("POST", path(make), {"personal": {"phone": PHONE}})
        assert answer.status_code == 202
    assert len({event.id for _, event in edge.topics.sent}) == 1
    assert PHONE not in str(edge.topics.sent)
    (outcome,) = await edge.settle()
    assert [type(e) for e in outcome.events] == [CorrectionAsked]
    answer = await edge.call("POST", path(make), {"personal": {"phone": PHONE}})
    assert (answer.status_code, edge.topics.sent) == (202, [])
    answer = await edge.call("POST", path(make), {"personal": {"phone": "0911111111"}})
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:motcua:problem:correction-pending",
    )
    shown = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    assert shown["correction"] == "asked"
    await lane.take(make.moved(ALLOWED))
    shown = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    assert shown["correction"] == "made"


async def test_a_key_stands_for_one_correction(make, lane) -> None:
    edge = make.Edge(lane=lane)

    async def send(phone: str):
        body = {"personal": {"phone": phone}}
        return await edge.call("POST", path(make), body, idempotency_key="correction-1")

    assert (await send(PHONE)).status_code == 202
    await edge.settle()
    await lane.take(make.moved(ALLOWED))
    assert (await send(PHONE)).status_code == 202
    assert edge.topics.sent == []
    other = await send("0911111111")
    assert (other.status_code, other.json()["type"]) == (409, "urn:motcua:problem:conflict")
    bad = await edge.call("POST", path(make), {"personal": {}}, idempotency_key="no key!")
    assert bad.status_code == 400


async def test_that_of_another_portal_is_as_unknown_as_none(make, lane) -> None:
    edge = make.Edge(lane=lane)
    answer = await edge.call("POST", path(make), {"personal": {"phone": PHONE}}, key="other")
    assert answer.status_code == 404


async def test_what_went_before_may_be_set_again(make, lane) -> None:
    edge = make.Edge(lane=lane)
    for n, phone in enumerate((PHONE, make.personal()["phone"], PHONE), start=1):
        answer = await edge.call("POST", path(make), {"personal": {"phone": phone}})
        assert answer.status_code == 202
        (outcome,) = await edge.settle()
        assert outcome.events
        await lane.take(make.moved(ALLOWED, n=n))


async def send(make, edge, phone: str, key: str = ""):
    body = {"personal": {"phone": phone}}
    return await edge.call("POST", path(make), body, idempotency_key=key)


@pytest.mark.parametrize("key", ["", "k2"])
async def test_one_that_crossed_another_is_decided_when_it_is_sent_again(make, lane, key) -> None:
    edge = make.Edge(lane=lane)
    await send(make, edge, PHONE, "k1")
    await send(make, edge, "0911111111", key)
    _, second = await edge.settle()
    assert [p.code for p in second.events[0].problems] == ["correction-pending"]
    await lane.take(make.moved(ALLOWED))
    for _ in range(2):
        assert (await send(make, edge, "0911111111", key)).status_code == 202
    (again,) = await edge.settle()
    assert [type(e) for e in again.events] == [CorrectionAsked]


async def test_a_key_stands_with_its_content_though_that_was_rejected(make, lane) -> None:
    edge = make.Edge(lane=lane)
    await send(make, edge, PHONE, "k1")
    await send(make, edge, "0911111111", "k2")
    await edge.settle()
    await lane.take(make.moved(ALLOWED))
    other = await send(make, edge, "0922222222", "k2")
    assert (other.status_code, other.json()["type"]) == (409, "urn:motcua:problem:conflict")
    assert edge.topics.sent == []


async def test_a_key_sent_twice_before_the_first_is_decided_is_answered_on_the_log(
    make, lane
) -> None:
    edge = make.Edge(lane=lane)
    await send(make, edge, PHONE, "k1")
    await send(make, edge, "0911111111", "k1")
    first, second = await edge.settle()
    assert [type(e) for e in first.events] == [CorrectionAsked]
    assert [p.code for p in second.events[0].problems] == ["key-reused"]
    await lane.take(make.moved(ALLOWED))
    assert (await send(make, edge, PHONE, "k1")).status_code == 202
    assert edge.topics.sent == []


@pytest.mark.parametrize("key", ["", "k1"])
async def test_one_sent_again_over_a_rejection_of_another_is_made_once(make, lane, key) -> None:
    edge = make.Edge(lane=lane)
    await send(make, edge, PHONE, key)
    await lane.take(make.correction({}, id="nothing to correct"))
    await send(make, edge, PHONE, key)
    (_, first), (_, again) = edge.topics.sent
    assert first.id != again.id
    await make.decided(lane, first)
    await lane.take(make.moved(ALLOWED, n=1))
    other = make.correction({"phone": "0911111111"}, id="other")
    await lane.take(other, make.moved(ALLOWED, n=2))
    (outcome,) = await make.decided(lane, again)
    assert outcome.events == (), "it would undo the other"


async def test_a_key_of_before_keys_had_counts_stands(make, lane) -> None:
    edge = make.Edge(lane=lane)
    await send(make, edge, PHONE)
    ((_, event),) = edge.topics.sent
    once = f"{make.uuid7()}/correction/k1"
    await make.decided(lane, msgspec.structs.replace(event, id=once))
    await lane.take(make.moved(ALLOWED))
    edge.topics.sent = []
    assert (await send(make, edge, PHONE, "k1")).status_code == 202
    assert edge.topics.sent == []
    assert (await send(make, edge, "0911111111", "k1")).status_code == 409
