"""The edge of operators: refunds asked for, agreed to, recorded; and the lane behind it."""

from typing import get_args

import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.state import Status
from services.payment.views import SHOWN, Shown
from shared.events.refunds import (
    RefundAnswered,
    RefundDone,
    RefundProposed,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)
from tests.services.payment.counter import Counter
from tests.services.payment.office import KEYS

MAKER = {"authorization": "Bearer maker-key", "idempotency-key": "two-copies-1"}
CHECKER = {"authorization": "Bearer checker-key"}


def types(decided):
    return [e.type for e in decided]


def test_whoever_reads_a_status_knows_its_word():
    assert set(SHOWN) == set(get_args(Status))
    assert set(SHOWN.values()) == set(get_args(Shown))


@pytest.fixture
async def paid(ordered):
    """The order is settled, by transaction 14700001."""
    await ordered.call()
    await ordered.decide()
    return ordered


@pytest.fixture
async def strict(lane_table, a):
    """The same where every refund has to be checked."""
    rows = a.rows()
    made = Counter(lane_table(rows=rows, pace=Pace(check_over_vnd=0)), rows, a)
    async with made.http:
        await made.bring(a.routed())
        await made.call()
        await made.decide()
        yield made


async def ask(counter, headers=MAKER, **changes):
    whole = {
        "application": counter.a.application,
        "partner": "vnpay",
        "transaction": "14700001",
        "amount_vnd": 16_000,
        "reason": "Two copies were entered instead of one",
    }
    return await counter.http.post("/v1/refunds", json=whole | changes, headers=headers)


async def act(counter, verb, headers=CHECKER, number=1, **changes):
    path = f"/v1/refunds/{counter.a.application}.refund.{number}/{verb}"
    body = {"reason": "Looked at"} | changes
    return await counter.http.post(path, json=body, headers=headers)


async def shown(counter):
    path = f"/v1/payments/{counter.a.application}"
    return (await counter.http.get(path, headers=CHECKER)).json()


def code(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_a_refund_under_the_limit_is_sent_at_once_and_shown(paid):
    answer = await ask(paid)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/payments/{paid.a.application}"
    assert types(await paid.decide()) == [RefundProposed.TYPE, RefundRequested.TYPE]

    seen = await shown(paid)
    (refund,) = seen["refunds"]
    assert (refund["status"], refund["by"], refund["amount_vnd"]) == ("requested", "maker", 16_000)
    assert refund["key"] == f"{paid.a.application}.refund.1"
    assert seen["to_refund_vnd"] == 16_000


async def test_the_same_key_again_is_the_same_request(paid):
    for _ in range(2):
        assert (await ask(paid, amount_vnd=6_000)).status_code == 202

    decided = types(await paid.decide())
    assert decided == [RefundProposed.TYPE, "receipt.adjusted", RefundRequested.TYPE]


async def test_the_same_key_with_another_wish_is_another_request(paid):
    for changes in ({"amount_vnd": 6_000}, {"amount_vnd": 5_000}):
        assert (await ask(paid, **changes)).status_code == 202
    another = CHECKER | {"idempotency-key": "two-copies-1"}
    assert (await ask(paid, another, amount_vnd=5_000)).status_code == 202

    assert types(await paid.decide()).count(RefundProposed.TYPE) == 3
    amounts = [r["amount_vnd"] for r in (await shown(paid))["refunds"]]
    assert amounts == [6_000, 5_000, 5_000], "nothing that was taken is dropped"


async def test_above_the_limit_another_operator_has_to_agree(strict):
    await ask(strict)
    assert types(await strict.decide()) == [RefundProposed.TYPE, RefundWaiting.TYPE]

    assert code(await act(strict, "approve", MAKER)) == (409, "same-person")
    assert (await act(strict, "approve")).status_code == 202
    assert types(await strict.decide()) == [RefundRequested.TYPE]
    assert code(await act(strict, "approve")) == (409, "not-possible-now")


async def test_above_the_limit_who_asked_does_not_record_it(strict):
    await ask(strict)
    await strict.decide()
    await act(strict, "approve")
    await strict.decide()
    key = f"{strict.a.application}.refund.1"
    said = RefundAnswered(key=f"{strict.a.application}/refund/1/1", refund=key, finding="by_hand")
    await strict.say(said)

    refused = await act(strict, "done", MAKER, transaction="FT1")
    assert code(refused) == (409, "same-person")
    assert (await act(strict, "done", transaction="FT1")).status_code == 202
    assert RefundDone.TYPE in types(await strict.decide())


async def test_another_operator_may_turn_it_down(strict):
    await ask(strict)
    await strict.decide()

    assert (await act(strict, "reject")).status_code == 202
    assert types(await strict.decide()) == [RefundRejected.TYPE]
    assert (await shown(strict))["refunds"][0]["status"] == "rejected"


async def test_what_a_person_gave_back_is_recorded_with_the_banks_number(paid):
    await ask(paid)
    (_, requested) = await paid.decide()
    key = f"{paid.a.application}.refund.1"
    assert code(await act(paid, "done", transaction="FT1")) == (409, "not-possible-now")
    said = RefundAnswered(key=f"{paid.a.application}/refund/1/1", refund=key, finding="by_hand")
    assert types(await paid.say(said)) == [RefundWaiting.TYPE]
    assert requested.type == RefundRequested.TYPE

    assert (await act(paid, "done", transaction="FT1")).status_code == 202
    assert types(await paid.decide()) == [RefundDone.TYPE, "receipt.invalidated"]
    seen = await shown(paid)
    assert (seen["status"], seen["to_refund_vnd"]) == ("settled", 0)
    assert seen["obligations"][0]["refunded"]
    assert (seen["refunds"][0]["status"], seen["refunds"][0]["told"]) == ("done", "FT1")


@pytest.mark.parametrize(
    ("changes", "left"),
    [({"amount_vnd": 16_001}, "16,000"), ({"transaction": "T9"}, "0"), ({"partner": "x"}, "0")],
)
async def test_more_than_came_is_refused_and_what_is_left_is_said(paid, changes, left):
    answer = await ask(paid, **changes)

    assert code(answer) == (409, "more-than-is-left")
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "/amount_vnd"
    assert left in problem["remedy_en"]
    assert left.replace(",", ".") in problem["remedy_vi"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount_vnd": 0}, 422),
        ({"reason": ""}, 422),
        ({"more": 1}, 422),
        ({"application": "x"}, 422),
        ({"application": "019aa0a5-b1c0-7d3e-8f4a-000000000404"}, 404),
    ],
)
async def test_a_wrong_request_is_refused(paid, changes, status):
    assert (await ask(paid, **changes)).status_code == status
    assert len(paid.inbox()) == 1


async def test_only_operators_touch_refunds(paid):
    for role in ("portal", "officer"):
        headers = KEYS[role] | {"idempotency-key": "two-copies-1"}
        assert (await ask(paid, headers)).status_code == 403
        assert (await act(paid, "approve", headers)).status_code == 403


async def test_a_refund_that_nobody_knows_is_not_found(paid):
    assert code(await act(paid, "approve", number=9)) == (404, "unknown-refund")
    assert (await paid.http.post("/v1/refunds/x/done", json={}, headers=MAKER)).status_code == 422
