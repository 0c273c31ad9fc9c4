"""What is decided is told to who wants it, at least once, whatever ends in between."""

import asyncio
import random
from datetime import timedelta

import msgspec
import pytest

from services.payment.webhooks.calling import Answered
from services.payment.webhooks.deliveries import ATTEMPTS_KEPT, CLAIMS_KEPT
from services.payment.webhooks.endpoints import OVERLAP, Sealing
from services.payment.webhooks.guard import Denied
from services.payment.webhooks.schedule import AFTER_S
from services.payment.webhooks.telling import LOST_AFTER
from shared.events.payment import Requested
from tests.services.payment.office import APPLICATION, NOW
from tests.services.payment.replay.look import event, settled

DOWN = Answered(500)


def told(bench) -> list[str]:
    return [headers["webhook-id"][-6:] for _, headers, _ in bench.line.calls]


async def attempts(bench, endpoint) -> list[tuple[int, str, int]]:
    found = await bench.deliveries.attempts(endpoint.id, 50)
    return [(a.number, a.finding, a.status) for a in reversed(found)]


async def test_an_event_is_told_once_to_its_partner_s_endpoint_and_to_nobody_else(bench) -> None:
    await bench.endpoint("vnpay")
    await bench.endpoint("other")
    bench.write(settled(1), settled(2, partner="third"))
    await bench.work()
    [(url, headers, body)] = bench.line.calls
    assert url == "https://bank.example.vn/hooks"
    assert headers["webhook-id"] == f"{APPLICATION}/payment/000001"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert msgspec.json.decode(body)["type"] == "payment.settled"
    assert bench.due == []
    assert bench.committed == {("payment.events", 0): 2}


async def test_without_endpoints_nothing_is_written(bench) -> None:
    bench.write(settled(1), settled(2))
    await bench.work()
    assert [table.rows for table in bench.tables] == [{}, {}, {}, {}]
    assert bench.committed == {("payment.events", 0): 2}


async def test_an_endpoint_hears_only_types_that_it_asked_for(bench) -> None:
    await bench.endpoint(types=["payment.requested"])
    requested = Requested(
        partner="vnpay", reference="DVC1", attempt=1, amount_vnd=16_000, expires_at=NOW
    )
    bench.write(settled(1), event(requested, 2))
    await bench.work()
    assert told(bench) == ["000002"]


async def test_an_endpoint_hears_nothing_from_before_it_was_made(bench) -> None:
    bench.later(seconds=1)
    await bench.endpoint()
    bench.write(settled(1))
    await bench.work()
    assert bench.line.calls == []


async def test_a_failure_is_tried_again_as_scheduled_under_the_same_id(bench) -> None:
    endpoint = await bench.endpoint()
    bench.line.always = DOWN
    bench.write(settled(1))
    for after_s in AFTER_S:
        bench.later(seconds=after_s * 1.1)
        await bench.work()
    assert told(bench) == ["000001"] * len(AFTER_S)
    stamps = [int(headers["webhook-timestamp"]) for _, headers, _ in bench.line.calls]
    assert stamps == sorted(set(stamps))
    assert len({body for *_, body in bench.line.calls}) == 1
    assert await attempts(bench, endpoint) == [
        (number, "failed", 500) for number in range(1, len(AFTER_S) + 1)
    ]


async def test_after_the_last_attempt_the_endpoint_is_disabled_and_says_why(bench) -> None:
    await bench.endpoint()
    bench.line.always = DOWN
    bench.write(settled(1))
    for after_s in AFTER_S:
        bench.later(seconds=after_s * 1.1)
        await bench.work()
    [endpoint] = await bench.desk.endpoints("vnpay")
    assert (endpoint.standing, endpoint.reason) == ("disabled", "exhausted")
    bench.write(settled(2, transaction="2"))
    bench.later(days=2)
    await bench.work()
    assert len(bench.line.calls) == len(AFTER_S)
    assert bench.due == []


async def test_no_attempt_is_made_before_its_time(bench) -> None:
    await bench.endpoint()
    bench.line.always = DOWN
    bench.write(settled(1))
    await bench.work()
    bench.later(seconds=4.9)
    await bench.work()
    assert len(bench.line.calls) == 1
    bench.later(seconds=1)
    await bench.work()
    assert len(bench.line.calls) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, 0])
async def test_a_redirect_is_a_failure_like_any_other(bench, status) -> None:
    endpoint = await bench.endpoint()
    bench.line.answers = [Answered(status)]
    bench.write(settled(1))
    await bench.work()
    assert await attempts(bench, endpoint) == [(1, "failed", status)]
    assert len(bench.due) == 1


async def test_gone_disables_at_once_and_drops_what_is_left(bench) -> None:
    await bench.endpoint()
    bench.line.always = Answered(410)
    bench.write(*(settled(n) for n in range(1, 40)))
    await bench.work(turns=20)
    [endpoint] = await bench.desk.endpoints("vnpay")
    assert (endpoint.standing, endpoint.reason) == ("disabled", "gone")
    assert len(bench.line.calls) < 20
    assert bench.due == []


@pytest.mark.parametrize("status", [429, 502, 504])
async def test_who_asks_to_slow_down_is_left_alone_for_as_long_as_it_says(bench, status) -> None:
    endpoint = await bench.endpoint()
    bench.line.answers = [Answered(status, "90")]
    bench.write(settled(1))
    courier = bench.courier()
    await bench.work(courier=courier)
    bench.write(settled(2))
    bench.later(seconds=89)
    await bench.work(courier=courier)
    assert told(bench) == ["000001"]
    bench.later(seconds=2)
    await bench.work(courier=courier)
    assert sorted(told(bench)) == ["000001", "000001", "000002"]
    assert (await attempts(bench, endpoint))[0] == (1, "slow", status)


async def test_an_address_that_is_refused_is_no_call_and_is_tried_again(bench) -> None:
    endpoint = await bench.endpoint()
    bench.line.refuses = "address"
    bench.write(settled(1))
    await bench.work()
    assert bench.line.calls == []
    assert await attempts(bench, endpoint) == [(1, "refused", 0)]
    bench.line.refuses = ""
    bench.later(seconds=6)
    await bench.work()
    assert told(bench) == ["000001"]


async def test_a_secret_of_another_master_key_ends_no_process(bench) -> None:
    endpoint = await bench.endpoint()
    bench.sealing = Sealing(bytes(32))
    bench.write(settled(1))
    await bench.work()
    [attempt] = await bench.deliveries.attempts(endpoint.id, 5)
    assert (attempt.finding, bench.line.calls) == ("refused", [])
    assert attempt.problem == "its secret cannot be opened: rotate it"


async def test_both_secrets_sign_until_the_old_one_is_over(bench) -> None:
    endpoint = await bench.endpoint()
    await bench.desk.rotate(endpoint)
    bench.write(settled(1))
    await bench.work()
    bench.later(seconds=OVERLAP.total_seconds())
    bench.write(settled(2))
    await bench.work()
    signed = [headers["webhook-signature"].split() for _, headers, _ in bench.line.calls]
    assert [len(words) for words in signed] == [2, 1]


async def test_what_was_told_is_not_told_again_when_the_log_is_read_again(bench) -> None:
    await bench.endpoint()
    bench.write(settled(1), settled(2))
    await bench.work()
    bench.committed.clear()
    bench.later(seconds=2 * LOST_AFTER.total_seconds())
    await bench.work()
    assert sorted(told(bench)) == ["000001", "000002"]
    assert bench.due == []


async def test_two_processes_do_not_both_make_an_attempt(bench) -> None:
    await bench.endpoint()
    bench.write(*(settled(n) for n in range(1, 30)))
    await asyncio.gather(*(bench.work(turns=40) for _ in range(3)))
    assert len(told(bench)) == len(set(told(bench))) == 29


async def test_an_attempt_of_a_process_that_ended_counts_as_failed_and_is_told_again(bench) -> None:
    endpoint = await bench.endpoint()
    bench.line.silent = True
    bench.write(settled(1))
    await bench.work()
    bench.line.silent = False
    bench.later(seconds=30)
    await bench.work()
    assert told(bench) == ["000001"]  # it may still be on its way
    bench.later(seconds=LOST_AFTER.total_seconds() + 1)
    await bench.work()
    assert told(bench) == ["000001", "000001"]
    assert await attempts(bench, endpoint) == [(1, "lost", 0), (2, "done", 204)]


async def test_one_endpoint_that_hangs_has_four_calls_and_holds_up_no_other(bench) -> None:
    slow = await bench.endpoint("vnpay")
    await bench.endpoint("other")
    post, hanging = bench.line.post, []

    async def hang(url, headers, body):
        if msgspec.json.decode(body)["data"]["reference"] == "SLOW":
            hanging.append(url)
            await asyncio.Event().wait()
        return await post(url, headers, body)

    bench.line.post = hang
    bench.write(*(settled(n, reference="SLOW") for n in range(1, 50)))
    bench.write(settled(99, partner="other"))
    await bench.work()
    assert told(bench) == ["000099"]
    assert len(hanging) == 4
    assert slow.standing == "active"


async def test_with_the_database_in_doubt_every_event_is_still_told(bench) -> None:
    await bench.endpoint()
    rng = random.Random(7)
    for table in bench.tables[1:]:
        table.fails = lambda: rng.random() < 0.2
    bench.write(*(settled(n) for n in range(1, 20)))
    for _ in range(60):
        await bench.work(turns=20)
        bench.later(minutes=30)
        if not bench.due:
            break
    assert set(told(bench)) == {f"{n:06d}" for n in range(1, 20)}
    assert bench.due == []


async def test_of_attempts_a_bounded_number_is_kept(bench) -> None:
    endpoint = await bench.endpoint()
    for lot in range(4):
        bench.write(*(settled(1_000 * lot + n) for n in range(ATTEMPTS_KEPT)))
        bench.later(seconds=1)
        await bench.work(turns=200)
    assert len(bench.line.calls) == 4 * ATTEMPTS_KEPT
    assert len(bench.tables[3].rows) <= 2 * ATTEMPTS_KEPT
    assert len(await bench.deliveries.attempts(endpoint.id, 1_000)) >= ATTEMPTS_KEPT


async def test_claims_of_long_ago_are_forgotten(bench) -> None:
    await bench.endpoint()
    bench.write(settled(1))
    await bench.work()
    assert len(bench.tables[2].rows) == 1
    await bench.deliveries.forget_claims(bench.now + CLAIMS_KEPT - timedelta(days=1))
    assert len(bench.tables[2].rows) == 1
    await bench.deliveries.forget_claims(bench.now + CLAIMS_KEPT + timedelta(days=1))
    assert bench.tables[2].rows == {}


def test_a_denial_says_what_to_do() -> None:
    assert str(Denied("address")).startswith("Every address")
