"""The edge by which a fee is assessed again."""

import pytest

from shared.events.payment import FeeAssessed, Requested
from shared.events.reassessments import FeeReassessed
from tests.services.payment.office import KEYS

BODY = {"reason": "counted at the counter", "copies": 3}


@pytest.fixture
def ask(ordered, a):
    async def post(body=BODY, *, role="officer", key="counter-1", application=a.application):
        return await ordered.http.post(
            f"/v1/payments/{application}/reassessments",
            json=body,
            headers=KEYS[role] | {"idempotency-key": key},
        )

    return post


@pytest.mark.parametrize("role", ["officer", "operator"])
async def test_an_officer_or_an_operator_has_a_fee_assessed_again(ordered, ask, role):
    answer = await ask(role=role)

    assert answer.status_code == 202
    said = [e.type for e in await ordered.decide()]
    assert said == [FeeReassessed.TYPE, FeeAssessed.TYPE, Requested.TYPE]


async def test_the_same_key_again_is_decided_once(ordered, ask):
    assert (await ask()).json() == (await ask()).json()

    assert len(await ordered.decide()) == 3


async def test_another_wish_under_the_same_key_is_another(ordered, ask):
    await ask()
    await ask(BODY | {"copies": 4})

    said = [e.type for e in await ordered.decide()]
    assert said.count(FeeReassessed.TYPE) == 2


@pytest.mark.parametrize(
    ("changes", "status", "where"),
    [
        ({"role": "portal"}, 403, ""),
        ({"key": ""}, 422, ""),
        ({"key": "x" * 65}, 422, ""),
        ({"application": "x"}, 422, ""),
        ({"application": "019aa0a5-b1c0-7d3e-8f4a-000000000404"}, 404, ""),
        ({"body": {"copies": 3}}, 422, "/reason"),
        ({"body": {"reason": " "}}, 422, "/reason"),
        ({"body": BODY | {"reason": "x" * 501}}, 422, "/reason"),
        ({"body": BODY | {"copies": 0}}, 422, "/copies"),
        ({"body": BODY | {"copies": 101}}, 422, "/copies"),
        ({"body": BODY | {"pages": -1}}, 422, "/pages"),
        ({"body": BODY | {"case": "x" * 41}}, 422, "/case"),
        ({"body": BODY | {"exemption": "x" * 41}}, 422, "/exemption"),
        ({"body": BODY | {"amount_vnd": 1}}, 422, "/amount_vnd"),
    ],
)
async def test_what_is_wrong_is_said_with_its_field(ordered, ask, changes, status, where):
    answer = await ask(**changes)

    assert answer.status_code == status
    if where:
        assert [p["field"] for p in answer.json()["problems"]] == [where]
        assert all(p["remedy_vi"] and p["remedy_en"] for p in answer.json()["problems"])
    assert not ordered.inbox()
