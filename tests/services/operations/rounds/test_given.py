"""What an operator gives with an action: it is held against the reference data, and goes along."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.rounds.runner import CHECK_AFTER
from shared import events
from shared.events import payment, routing
from tests.services.operations.rounds.edge import Door, preview
from tests.shared.callers import human

SECOND = {"authorization": "Bearer op-key-2"}
WHY = {"reason": "looked at it"}
UNACCEPTED = {"stage": "routing", "cause": "awaiting_acceptance", "which": "all"}
LATE = {"stage": "processing", "cause": "in_processing"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "not-what-it-takes"),
        ({"working_days": 3}, "not-what-it-takes"),
        ({"to_unit": "00008", "working_days": 3}, "not-what-it-takes"),
        ({"to_unit": "99999"}, "unknown-unit"),
    ],
)
async def test_an_action_takes_what_it_takes_and_nothing_else(
    client: httpx.AsyncClient, given: dict[str, Any], code: str
) -> None:
    answer = await preview(client, **UNACCEPTED, action="reassign_unit", **given)

    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:motcua:problem:{code}")


async def test_more_days_than_may_be_are_refused(client: httpx.AsyncClient) -> None:
    answer = await preview(client, **LATE, action="extend_deadline", working_days=61)

    assert answer.status_code == 422


async def test_another_unit_is_to_decide_it_once_another_operator_agreed(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    routed = story.routed()
    await door.read(log)
    made = await preview(client, **UNACCEPTED, action="reassign_unit", to_unit="00008")
    where = made.headers["location"]
    assert (made.json()["takes"], made.json()["items"]) == ("to_unit", 1)
    (item,) = (await client.get(f"{where}/items")).json()["items"]
    assert item["reference"] == "00008"
    await client.post(f"{where}/start", json={})
    await door.turn()
    assert door.published.events == []
    await client.post(f"{where}/approve", json=WHY, headers=SECOND)

    await door.turn()

    ((topic, event),) = door.published.events
    said = msgspec.json.decode(event.data)
    assert (topic, event.type, event.causationid) == (
        "routing.inbox",
        "officer.transferred",
        routed.id,
    )
    assert (said["competent_unit"], said["officer"], said["moves_seen"]) == ("00008", "o-1", 0)


async def test_what_waits_as_it_should_again_is_no_longer_stuck(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    due = log.now - timedelta(days=1)
    story.routed()
    story.acted(routing.OfficerAccepted, routing.Accepted(national_code=2, officer="o1", due=due))
    await door.read(log)
    door.now = log.now + timedelta(hours=1)
    made = await preview(client, **LATE, action="extend_deadline", working_days=2)
    where = made.headers["location"]
    (item,) = (await client.get(f"{where}/items")).json()["items"]
    await client.post(f"{where}/start", json={})
    await client.post(f"{where}/approve", json=WHY, headers=SECOND)
    await door.turn()
    ((topic, event),) = door.published.events
    assert msgspec.json.decode(event.data)["new_due"] == item["reference"]

    log.append(topic, event.subject.encode(), events.encode(event), story.lane)
    story.decide(
        "routing",
        event,
        routing.Apologised(
            national_code=2,
            officer="o-1",
            reason="r",
            due_before=due,
            due=door.now + timedelta(days=2),
        ),
    )
    await door.read(log)
    for seconds in (CHECK_AFTER.total_seconds(), 1, 1, 1):
        await door.turn(seconds)

    assert (await client.get(where)).json()["checks"] == {"gone": 1}


async def test_money_goes_back_of_the_partner_and_the_amount_that_the_preview_showed(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    of = {"partner": "sandbox", "reference": story.reference, "transaction": "T1"}
    came = payment.Mismatched(**of, amount_vnd=9_000, expected_vnd=50_000)
    story.decide("payment", story.charged(), came)
    await door.read(log)
    wrong = {"stage": "payment", "cause": "wrong_amount", "action": "give_back"}
    where = (await preview(client, **wrong)).headers["location"]
    (item,) = (await client.get(f"{where}/items")).json()["items"]
    await client.post(f"{where}/start", json={})
    await client.post(f"{where}/approve", json=WHY, headers=SECOND)

    await door.turn()

    ((topic, event),) = door.published.events
    said = msgspec.json.decode(event.data)
    assert (topic, event.type) == ("payment.inbox", "refund.asked")
    assert (said["partner"], said["transaction"], said["amount_vnd"], said["by"]) == (
        item["partner"],
        item["reference"],
        item["vnd"],
        "o-1",
    )
    assert (item["reference"], item["vnd"]) == ("T1", 9_000)
    people = said["principal"], said["checked_by"], said["checked_principal"]
    assert people == (human("o-1"), "o-2", human("o-2"))


async def test_money_that_counts_by_its_turn_stays_where_it_is(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    of = {"partner": "sandbox", "reference": story.reference, "transaction": "T1"}
    charged = story.charged()
    story.decide(
        "payment", charged, payment.Mismatched(**of, amount_vnd=49_999, expected_vnd=50_000)
    )
    await door.read(log)
    wrong = {"stage": "payment", "cause": "wrong_amount", "action": "give_back"}
    where = (await preview(client, **wrong)).headers["location"]
    await client.post(f"{where}/start", json={})
    await client.post(f"{where}/approve", json=WHY, headers=SECOND)

    story.decide("payment", charged, payment.Settled(**of, amount_vnd=50_000))
    await door.read(log)
    await door.turn()

    assert door.published.events == []
    assert (await client.get(where)).json()["results"] == {"gone_before": 1}


async def test_a_cancelling_says_how_much_goes_back_and_both_who_agreed_to_it(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    fee = payment.FeeAssessed(
        total_vnd=50_000, moment="at_submission", lines=(), catalogue_version="1"
    )
    of = {"partner": "sandbox", "reference": story.reference, "transaction": "T1"}
    paid = payment.Settled(**of, amount_vnd=50_000, moment="at_submission")
    story.decide("payment", story.routed(), fee, paid)
    await door.read(log)
    made = await preview(client, **UNACCEPTED, action="cancel")
    where = made.headers["location"]
    assert (made.json()["needs_check"], made.json()["vnd"]) == (True, 50_000)
    await client.post(f"{where}/start", json={})
    await client.post(f"{where}/approve", json=WHY, headers=SECOND)

    await door.turn()

    ((topic, event),) = door.published.events
    said = msgspec.json.decode(event.data)
    assert (topic, event.type) == ("routing.inbox", "operator.cancelled")
    assert (said["officer"], said["checked_by"], said["agreed_vnd"]) == ("o-1", "o-2", 50_000)
    assert (said["principal"], said["checked_principal"]) == (human("o-1"), human("o-2"))
