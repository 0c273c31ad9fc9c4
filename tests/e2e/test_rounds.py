"""Rounds on a real system: what routing holds is released, what was paid is cancelled, and what a
bank refused to give back is given back, once each, although operations dies on the way.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.log.reading import decoded, whole
from tests.e2e.life import paying
from tests.e2e.operators import LIMIT_S, lines, motcua, new_id, submit
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

COUNT = 6
MISTAKEN = {"MOTCUA_FAILPOINT": "lane.mistaken:1"}
SLOWLY = {
    "MOTCUA_OPERATIONS_PER_SECOND": "1",
    "MOTCUA_PAYMENT_CHECK_OVER_VND": "0",  # nothing leaves that two have not agreed to
    "MOTCUA_REFUND_AFTER_S": "0",
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("rounds"), SLOWLY) as started:
        yield started


async def test_what_is_held_is_released_by_a_round_once_and_the_cause_is_gone(
    system: System,
) -> None:
    system.kill("routing")
    system.start("routing", MISTAKEN)
    ids = [new_id(n) for n in range(COUNT)]
    async with system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, id_) for id_ in ids))

    def held() -> bool:
        found = motcua(system, "stuck")[1]["stuck"]
        return any(g["cause"] == "held" and g["applications"] == COUNT for g in found)

    await until(lambda: asyncio.to_thread(held), LIMIT_S, "all of them are held")
    system.kill("routing")
    system.start("routing")
    system.wait_ready("routing")

    status, round_ = motcua(system, "release", "routing", "held", "--reason", "The rule is mended")
    assert (status, round_["status"], round_["results"]) == (0, "ready", {"not_yet": COUNT})
    place = f"/v1/rounds/{round_['id']}"
    async with system.client("operations", "operator") as operations:

        async def sent() -> int:
            return int((await operations.get(place)).json()["results"].get("sent", 0))

        started = await operations.post(f"{place}/start", json={})
        assert started.json()["status"] == "running"
        count = await until(sent, LIMIT_S, "the first of them is sent")
        system.kill("operations")
    assert count < COUNT, "it died when nothing was left to do"
    system.start("operations")
    system.wait_ready("operations")

    def over() -> bool:
        return bool(motcua(system, "round", round_["id"])[1]["status"] == "done")

    await until(lambda: asyncio.to_thread(over), LIMIT_S, "the round is done")
    ended = motcua(system, "round", round_["id"])[1]
    assert (ended["results"], ended["checks"]) == ({"sent": COUNT}, {"gone": COUNT})
    async with system.client("operations", "operator") as operations:
        for id_ in ids:
            (released,) = await lines(operations, id_, "lane.released")
            assert released["id"].startswith(f"{round_['id']}-")
            assert "The rule is mended" in released["text"]
            assert await lines(operations, id_, "application.routed")


async def test_the_partners_of_all_orders_are_asked_at_once_and_each_timeline_has_it(
    system: System,
) -> None:
    def waiting() -> bool:
        found = motcua(system, "stuck", "payment", "awaiting_payment", "--all")[1]["items"]
        return len(found) == COUNT

    await until(lambda: asyncio.to_thread(waiting), LIMIT_S, "all of them are to be paid")

    words = ("release", "payment", "awaiting_payment", "--all", "--reason", "The bank is back")
    status, round_ = motcua(system, *words, "--yes")

    assert (status, round_["status"], round_["results"]) == (1, "done", {"sent": COUNT})
    assert round_["checks"] == {"still_there": COUNT}, "nobody has paid"
    async with system.client("operations", "operator") as operations:
        items = (await operations.get(f"/v1/rounds/{round_['id']}/items")).json()["items"]
        for item in items:
            (wish,) = await lines(operations, item["application"], "payment.query.asked")
            assert wish["id"] == item["id"]
            asked = await lines(operations, item["application"], "payment.query.requested")
            assert asked[-1]["cause"] == wish["id"]
            assert await lines(operations, item["application"], "payment.queried")


async def group(system: System, stage: str, cause: str) -> set[str]:
    """Which applications wait for this."""
    async with system.client("operations", "operator") as operations:
        found = await operations.get(f"/v1/stuck/{stage}/{cause}", params={"which": "all"})
    return {item["application"] for item in found.raise_for_status().json()["items"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paid(system: System) -> list[str]:
    """Four applications that were paid for, and that their unit works on since."""
    ids = [new_id(10 + n) for n in range(4)]

    async def is_paid() -> bool:
        return {*ids} <= await group(system, "processing", "in_processing")

    async with paying(system), system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, id_) for id_ in ids))
        await until(is_paid, LIMIT_S, "all of them are paid")
    return ids


async def done_by_two(
    system: System, stage: str, cause: str, ids: list[str], *action: str
) -> dict[str, Any]:
    """A round to its end, which a second operator agrees to; operations dies after the first of
    its commands.
    """
    named = [word for id_ in ids for word in ("--application", id_)]
    why = "--all", "--reason", "It was handed in twice"
    status, round_ = motcua(system, "release", stage, cause, *why, *action, *named)
    assert (status, round_["results"]) == (0, {"not_yet": len(ids)}), round_
    assert motcua(system, "round", round_["id"], "start")[1]["status"] == "waiting_for_check"
    async with system.client("operations", "operator") as operations:
        place = f"/v1/rounds/{round_['id']}/approve"
        own = await operations.post(place, json={"reason": "Looked at them"})
    assert own.status_code == 409, own.text
    agree = "approve", "--as", "operator:second", "--reason", "Looked at them"
    assert motcua(system, "round", round_["id"], *agree)[1]["status"] == "running"
    system.kill("operations")
    system.start("operations")
    system.wait_ready("operations")

    async with system.client("operations", "operator") as operations:

        async def ended() -> dict[str, Any] | None:
            now: dict[str, Any] = (await operations.get(f"/v1/rounds/{round_['id']}")).json()
            return now if now["status"] == "done" else None

        found: dict[str, Any] = await until(ended, LIMIT_S, "the round is done")
    return found


async def send_again(system: System, topic: str, ids: Collection[str], type_: str) -> None:
    """The same commands once more, as they stand on the log, until the timelines have that."""
    kafka_url, lanes = system.servers.kafka_url, system.settings.lanes
    async with aclosing(whole(kafka_url, [topic], lanes)) as batches:
        records = [
            record
            async for batch in batches
            for record in batch
            if (event := decoded(record.value)) and event.type == type_ and event.subject in ids
        ]
    assert len(records) >= len(ids)
    async with AIOKafkaProducer(bootstrap_servers=kafka_url) as producer:
        for r in records:
            again = {"key": r.key, "headers": list(r.headers), "partition": r.partition}
            await producer.send_and_wait(topic, r.value, **again)

    async def all_are_read() -> bool:
        async with system.client("operations", "operator") as operations:
            found = [line for id_ in ids for line in await lines(operations, id_, type_)]
        return sum(1 + line["repeats"] for line in found) >= 2 * len(records)

    await until(all_are_read, LIMIT_S, "the same again is in the timelines")
    await asyncio.sleep(2)  # what would come of it has come


async def given_back(system: System, id_: str) -> list[tuple[bool, int]]:
    """What the bank gave back of an application, by its own books."""
    async with system.client("operations", "operator") as operations:
        (settled,) = await lines(operations, id_, "payment.settled")
    async with system.client("bank") as bank:
        moved = (await bank.get("/sandbox/statement")).json()["refunds"]
    own = [m for m in moved if m["reference"] == settled["data"]["reference"]]
    assert all(m["of"] == settled["data"]["transaction"] for m in own)
    return [(m["done"], m["amount_vnd"] - settled["data"]["amount_vnd"]) for m in own]


WHOLE_ONCE = [(True, 0)]


async def test_what_was_paid_is_cancelled_by_two_and_goes_back_once(
    system: System, paid: list[str]
) -> None:
    ids = paid[:2]

    ended = await done_by_two(system, "processing", "in_processing", ids, "--action", "cancel")
    await send_again(system, "routing.inbox", ids, "operator.cancelled")

    assert (ended["results"], ended["checks"]) == ({"sent": 2}, {"gone": 2})
    async with system.client("operations", "operator") as operations:
        for id_ in ids:

            async def is_back(id_: str = id_) -> bool:
                return bool(await lines(operations, id_, "refund.done"))

            await until(is_back, LIMIT_S, "the money is back")
            journey = (await operations.get(f"/v1/journeys/{id_}")).json()
            assert journey["status"]["state"]["code"] == 3
            (cancelled,) = await lines(operations, id_, "application.cancelled")
            assert "agreed to by" in cancelled["text"]
            (proposed,) = await lines(operations, id_, "refund.proposed")
            assert proposed["data"]["checked_by"] == cancelled["data"]["checked_by"] != ""
            assert await lines(operations, id_, "refund.waiting") == [], "two have agreed"
            for once in ("operator.cancelled", "refund.requested", "refund.done"):
                assert len(await lines(operations, id_, once)) == 1, once
            notices = await lines(operations, id_, "notice.requested")
            ways = [n["data"]["channel"] for n in notices if n["data"]["milestone"] == "cancelled"]
            assert len(ways) == len({*ways}) > 0
            assert await given_back(system, id_) == WHOLE_ONCE


async def test_what_the_bank_refused_to_give_back_is_given_back_once_when_two_agree(
    system: System, paid: list[str]
) -> None:
    ids = paid[2:]
    async with system.client("bank") as bank:
        (await bank.post("/sen-vang/sandbox/refunds/refused")).raise_for_status()
        await done_by_two(system, "processing", "in_processing", ids, "--action", "cancel")

        async def all_failed() -> bool:
            return {*ids} <= await group(system, "payment", "refund_failed")

        await until(all_failed, LIMIT_S, "none is given back")
        assert [await given_back(system, id_) for id_ in ids] == [[], []]
        (await bank.post("/sen-vang/sandbox/refunds/given")).raise_for_status()

    ended = await done_by_two(system, "payment", "refund_failed", ids)
    await send_again(system, "payment.inbox", ids, "refund.retried")

    assert (ended["results"], ended["checks"]) == ({"sent": 2}, {"gone": 2})
    async with system.client("operations", "operator") as operations:
        for id_ in ids:
            (wish,) = await lines(operations, id_, "refund.retried")
            assert wish["id"].startswith(f"{ended['id']}-")
            assert "agreed to by" in wish["text"]
            first, again = await lines(operations, id_, "refund.requested")
            assert (first["data"]["name"], again["data"]["name"] != "") == ("", True)
            assert len(await lines(operations, id_, "refund.done")) == 1
            assert await given_back(system, id_) == WHOLE_ONCE
