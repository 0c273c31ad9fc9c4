"""Corrections over HTTP: encrypted, passed on once, followed by looking."""

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
    first, second = await edge.settle()  # the lane of these tests knows no ids
    assert ([type(e) for e in first.events], second.events) == ([CorrectionAsked], ())
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
