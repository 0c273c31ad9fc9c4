"""What went back stands beside what settled: given back, not due any more, paid out, and the net.

Payment's own lane decides here, in memory; its log and its journal are what the report reads.
"""

import json
from datetime import date, timedelta

import msgspec
import pytest

from deploy.reconciling.settlement import DayOfMoney, Sum
from deploy.reconciling.settlement_command import as_line, total
from shared import events
from shared.events.refunds import RefundAnswered, RefundAsked, RefundRequested
from shared.events.routing import Closed
from tests.services.payment.office import AMOUNT_VND, NOW

DAY = timedelta(days=1)
PART_VND = 6_000


async def report(world, values=None, since=NOW - DAY, until=NOW + DAY, partner=""):
    """Return the sums of what was decided, as the command makes them."""

    async def units(applications):
        return dict.fromkeys(applications, "elsewhere")

    async def payments(applications):
        latest = await world.counter.journal.latest_of(applications)
        return {a: d.state for a, d in latest.items()}

    found, day = {}, DayOfMoney(since, until, partner)
    for value in world.decided if values is None else values:
        day.hear(value)
    await day.add_to(found, units, payments)
    return found


async def unit_of(world, line) -> str:
    return (await world.state(line)).receipts[0].unit


async def say(world, line, data) -> None:
    [application] = (await world.references.find([line.reference])).values()
    event = events.Event(
        id=f"{application}/{data.TYPE}",
        source="/test",
        type=data.TYPE,
        subject=application,
        time=NOW,
        data=msgspec.Raw(events.encode(data)),
    )
    await world.counter.publisher.publish("payment.inbox", event)
    await world.decide()


async def give_back(world, line, amount_vnd: int = 0) -> None:
    """Have some of it given back by an operator, all of it: the application is withdrawn."""
    [application] = (await world.references.find([line.reference])).values()
    if amount_vnd:
        asked = {"partner": "vnpay", "transaction": line.transaction, "amount_vnd": amount_vnd}
        await say(world, line, RefundAsked(**asked, by="o", reason="x"))
    else:
        withdrawn = Closed(national_code=8, reason="x")
        world._keep(await world.counter.bring(withdrawn, application))
    requests = [events.decode(v) for v in world.decided if RefundRequested.TYPE.encode() in v]
    call = msgspec.json.decode(requests[-1].data)
    done = {"key": call["key"], "refund": call["refund"], "finding": "done", "transaction": "R1"}
    await say(world, line, RefundAnswered(**done))


async def test_what_went_back_is_no_more_of_its_units_net(world) -> None:
    gone, _ = await world.paid(1), await world.paid(2)
    await give_back(world, gone)
    found = await report(world)
    assert list(found) == [(await unit_of(world, gone), "vnpay")]
    [each] = found.values()
    assert (each.settled, each.settled_vnd) == (2, 2 * AMOUNT_VND)
    assert (each.lowered_vnd, each.given_back_vnd) == (AMOUNT_VND, AMOUNT_VND)
    assert each.net_vnd == AMOUNT_VND
    assert each.without_receipt_vnd == 0


async def test_a_refund_of_a_later_period_is_of_the_same_unit_and_partner(world) -> None:
    line = await world.paid(1)
    before = list(world.decided)
    await give_back(world, line)
    first = await report(world, before)
    later = await report(world, [v for v in world.decided if v not in before])
    assert list(first) == list(later)
    [each] = later.values()
    assert each == Sum(lowered_vnd=AMOUNT_VND, given_back_vnd=AMOUNT_VND)
    assert total({**first, ("", "later"): each}) == total(await report(world))


async def test_what_goes_back_of_money_that_settled_nothing_takes_nothing_from_the_net(
    world,
) -> None:
    paid = await world.paid(1)
    await world.call(paid._replace(transaction="T2"))
    request = next(v for v in world.decided if RefundRequested.TYPE.encode() in v)
    call = msgspec.json.decode(events.decode(request).data)
    done = {"key": call["key"], "refund": call["refund"], "finding": "done", "transaction": "R1"}
    await say(world, paid, RefundAnswered(**done))
    [each] = (await report(world)).values()
    assert (each.overpaid_vnd, each.given_back_vnd) == (AMOUNT_VND, AMOUNT_VND)
    assert (each.lowered_vnd, each.net_vnd) == (0, AMOUNT_VND)


async def test_part_of_a_payment_that_goes_back_is_said(world) -> None:
    line = await world.paid(1)
    await give_back(world, line, PART_VND)
    [each] = (await report(world)).values()
    assert each.given_back_vnd == PART_VND
    assert each.net_vnd in (AMOUNT_VND, AMOUNT_VND - PART_VND)  # by its receipt
    state = await world.state(line)
    assert each.net_vnd == sum(r.amount_vnd for r in state.receipts if r.status == "valid")


async def test_an_allowance_is_paid_out_and_no_fee(world) -> None:
    await world.paid_out(1)
    found = await report(world)
    assert total(found).paid_out_vnd == 500_000
    assert total(found).net_vnd == total(found).settled_vnd


async def test_what_stands_on_the_log_twice_goes_back_once(world) -> None:
    line = await world.paid(1)
    await give_back(world, line)
    once = await report(world)
    assert await report(world, [*world.decided, *world.decided[::-1]]) == once


@pytest.mark.parametrize(("partner", "given_vnd"), [("vnpay", AMOUNT_VND), ("other", 0)])
async def test_of_one_partner_that_is_asked_for_only_its_own_is_said(
    world, partner, given_vnd
) -> None:
    await give_back(world, await world.paid(1))
    found = await report(world, partner=partner)
    assert total(found).given_back_vnd == total(found).lowered_vnd == given_vnd


async def test_the_net_is_said_as_json(world) -> None:
    await give_back(world, await world.paid(1))
    told = json.loads(as_line(await report(world), [date(2026, 11, 20)]))
    assert told["total"]["net_vnd"] == told["sums"][0]["net_vnd"] == 0
    assert told["total"]["given_back_vnd"] == AMOUNT_VND
