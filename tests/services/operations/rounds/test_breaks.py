"""Breaks marked as reconciled, many at once, by two: with payment's own queue, on a database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.actions import WHY
from services.operations.domain.rounds import command_id
from services.operations.rounds.runner import CHECK_AFTER
from shared.events.reconciliation import BreakOpened, CloseAsked
from tests.services.operations.money.partners import Partners, Payment
from tests.services.operations.rounds.edge import Door, preview
from tests.services.operations.story import Log, Story
from tests.shared.callers import caller

BREAKS = {
    "stage": "payment",
    "cause": "reconciliation_break",
    "action": "mark_reconciled",
    "reason": "the bank sent it back",
    "which": "all",
}
SECOND = {"authorization": "Bearer op-key-2"}
AGREED = {"reason": "looked at the list"}
DEAR_VND = 2_500_000


@pytest.fixture
def partners(door: Door, log: Log) -> Partners:
    door.payment = Payment(log)
    door.append = door.payment.append
    return Partners(log)


@pytest.fixture
async def opened(door: Door, log: Log, story: Story, partners: Partners) -> Sequence[BreakOpened]:
    """A break of an application, one of nobody's, and one that takes two."""
    found = [
        partners.opens(1, application=story.application),
        partners.opens(2, kind="unknown"),
        partners.opens(3, amount_vnd=DEAR_VND),
    ]
    await door.settle(log)
    door.now += timedelta(days=4)
    return found


async def agreed_to(client: httpx.AsyncClient, **changed: Any) -> str:
    """Where a round is that one asked for and another agreed to."""
    where = (await preview(client, **BREAKS | changed)).headers["location"]
    asked = await client.post(f"{where}/start", json={})
    assert asked.json()["status"] == "waiting_for_check"
    began = await client.post(f"{where}/approve", json=AGREED, headers=SECOND)
    assert began.json()["status"] == "running"
    return where


async def looked_at(door: Door, log: Log) -> None:
    """Let payment act, operations hear of it, and the round look whether the cause is gone."""
    await door.turn()
    await door.settle(log)
    for seconds in (CHECK_AFTER.total_seconds() + 1, 1, 1):
        await door.turn(seconds)


def asked_for(log: Log) -> list[CloseAsked]:
    found = [msgspec.json.decode(record.value or b"") for record in log.records]
    return [
        msgspec.convert(event["data"], CloseAsked)
        for event in found
        if event["type"] == CloseAsked.TYPE
    ]


async def test_breaks_of_applications_and_of_nobody_are_closed_by_two_also_over_the_limit(
    client: httpx.AsyncClient,
    door: Door,
    log: Log,
    story: Story,
    opened: Sequence[BreakOpened],
) -> None:
    where = (await preview(client, **BREAKS)).headers["location"]
    found = (await client.get(where)).json()
    assert (found["items"], found["applications"], found["needs_check"]) == (3, 1, True)
    assert found["vnd"] == sum(one.amount_vnd for one in opened)
    items = (await client.get(f"{where}/items")).json()["items"]
    assert {item["reference"] for item in items} == {one.break_id for one in opened}
    assert {item["application"] for item in items} == {story.application, ""}

    await agreed_to(client)
    assert asked_for(log) == []
    await looked_at(door, log)

    over = (await client.get(where)).json()
    assert (over["status"], over["checks"]) == ("done", {"gone": 3})
    for one in opened:
        standing, _ = await door.ledger.one(one.break_id)
        assert standing
        assert standing.closing
        word = standing.closing.word
        assert (word.by, word.checked_by, word.reason) == ("o-1", "o-2", BREAKS["reason"])
    entries, _ = await door.journeys.of(story.application)
    assert [entry.type.partition(".")[2] for entry in entries] == [
        *("break_opened", "close_asked", "break_closed")
    ]
    assert entries[1].id == command_id(found["id"], _number(items, opened[0]))
    again = (await preview(client, **BREAKS | {"reason": "once more"})).json()
    assert again["items"] == 0


async def test_a_command_goes_to_the_lane_of_its_partner(
    client: httpx.AsyncClient, door: Door, log: Log, partners: Partners
) -> None:
    partners.opens(1)
    partners.opens(2, partner="an-phat")
    await door.settle(log)
    before = {record.key: record.partition for record in log.records}

    await agreed_to(client)
    await door.turn()

    assert {record.key: record.partition for record in log.records} == before
    assert {word.partner for word in asked_for(log)} == {"sen-vang", "an-phat"}


async def test_those_that_wait_for_somebodys_word_are_refused(
    client: httpx.AsyncClient, door: Door, log: Log, opened: Sequence[BreakOpened]
) -> None:
    dear = opened[2]
    await door.saying.close(dear.partner, dear.break_id, caller("o-2"), "mine", "a-key")
    await door.settle(log)

    where = (await preview(client, **BREAKS)).headers["location"]

    assert (await client.get(where)).json()["why"] == {"wish_waits": 1}
    refused = (await client.get(f"{where}/items", params={"only": "refused"})).json()["items"]
    assert [(item["reference"], item["why_en"]) for item in refused] == [
        (dear.break_id, WHY["wish_waits"].en)
    ]


async def test_what_a_corrected_statement_closed_meanwhile_gets_no_command(
    client: httpx.AsyncClient,
    door: Door,
    log: Log,
    partners: Partners,
    opened: Sequence[BreakOpened],
) -> None:
    where = await agreed_to(client)
    partners.closes(opened[0], because="corrected", by="", reason="")
    await door.settle(log)

    await looked_at(door, log)

    assert {word.break_id for word in asked_for(log)} == {one.break_id for one in opened[1:]}
    over = (await client.get(where)).json()
    assert (over["results"], over["checks"]) == ({"sent": 2, "gone_before": 1}, {"gone": 2})


async def test_a_break_that_payment_does_not_close_is_still_there(
    client: httpx.AsyncClient, door: Door, log: Log, opened: Sequence[BreakOpened]
) -> None:
    del opened
    where = await agreed_to(client)
    door.payment = None  # it is down, and what is said waits on the log
    await looked_at(door, log)

    assert (await client.get(where)).json()["checks"] == {"still_there": 3}


async def test_the_breaks_of_a_partner_or_one_of_nobody_by_its_key_are_chosen(
    client: httpx.AsyncClient, door: Door, log: Log, story: Story, partners: Partners
) -> None:
    own, nobodys = partners.opens(1, application=story.application), partners.opens(2)
    others = partners.opens(3, partner="an-phat")
    await door.settle(log)
    keys = {
        row["_id"].split("/")[3].rpartition(".")[0]: row["_id"].partition("/")[0]
        for row in await door.situations.ranges([("", "~")])
    }

    async def chosen(**choice: Any) -> set[str]:
        where = (await preview(client, **BREAKS | choice)).headers["location"]
        items = (await client.get(f"{where}/items")).json()["items"]
        return {item["reference"] for item in items}

    assert await chosen(partner="an-phat") == {others.break_id}
    assert await chosen(applications=[keys[nobodys.break_id]]) == {nobodys.break_id}
    both = [keys[nobodys.break_id], story.application]
    assert await chosen(applications=both) == {nobodys.break_id, own.break_id}
    assert await chosen(applications=["0" * 36]) == set()


async def test_the_same_command_again_is_one_word(
    client: httpx.AsyncClient, door: Door, log: Log, opened: Sequence[BreakOpened]
) -> None:
    await agreed_to(client)
    await door.turn()
    said = [record for record in log.records if CloseAsked.TYPE.encode() in (record.value or b"")]
    for record in said:  # whoever died before it was written that they were sent sends them again
        log.append(record.topic, record.key, record.value, record.partition)

    await door.settle(log)

    for one in opened:
        standing, turns = await door.ledger.one(one.break_id)
        assert standing
        assert standing.closing
        kinds = [type(turn.word).__name__ for turn in turns]
        assert kinds == ["BreakOpened", "CloseAsked", "BreakClosed"]


def _number(items: Sequence[Any], one: BreakOpened) -> int:
    return int(next(item["number"] for item in items if item["reference"] == one.break_id))
