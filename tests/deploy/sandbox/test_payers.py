"""Sandbox citizens: whom they choose, and what they pay when that comes to nothing."""

import asyncio
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from deploy.sandbox.payers import Payers
from shared.events import Event

AT = datetime(2026, 11, 20, tzinfo=UTC)
OFFERED = {"partner": "sen-vang", "reference": "R1", "pay_url": "http://bank/sen-vang/1", "qr": ""}
CHOSEN = {"partner": "tre", "reference": "R2", "pay_url": "http://bank/tre/2", "qr": ""}
SCANNED = {"partner": "tre", "reference": "R2", "pay_url": "", "qr": "00020101"}


class World:
    """Payment's edge and all banks; `orders` can be paid, the latest first."""

    def __init__(self, *orders, choice=202):
        self.orders, self.choice, self.status = list(orders), choice, "open"
        self.chosen, self.paid = [], []

    def __call__(self, request):
        said = msgspec.json.decode(request.content) if request.content else {}
        if request.url.host == "bank":
            self.paid.append((request.url.path, said))
            return httpx.Response(202)
        if request.method == "POST":
            self.chosen.append(said)
            refusal = {"code": "partner-not-available"}
            return httpx.Response(self.choice, json={} if self.choice == 202 else refusal)
        obligation = {"status": self.status, "orders": self.orders}
        return httpx.Response(200, json={"obligations": [obligation]})


def event(number, type_, **data):
    return Event(
        id=f"a/payment/{number}",
        source="/services/payment",
        type=type_,
        subject="a",
        time=AT,
        data=msgspec.Raw(msgspec.json.encode(data)),
    )


def requested(number, order):
    told = {"attempt": number, "amount_vnd": 5, "expires_at": "2026-11-21T00:00:00Z"}
    names = {name: order[name] for name in ("partner", "reference")}
    return event(number, "payment.requested", **names, **told)


def failed(number, order):
    names = {name: order[name] for name in ("partner", "reference")}
    return event(number, "payment.failed", **names, code="", reason="not_created")


async def attend(world, *log, partner="tre", behaviour="twice"):
    async def events():
        for said in log:
            yield said
            await asyncio.sleep(0.02)

    transport = httpx.MockTransport(world)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://payment") as payment,
        httpx.AsyncClient(transport=transport, base_url="http://bank") as bank,
    ):
        payers = Payers(
            payment, bank, lambda _: behaviour, lambda _: "R1", lambda _: partner,
            delay_s=0, look_again_s=[0.01] * 20,
        )  # fmt: skip
        await payers.attend(events())
    return payers


async def test_who_chooses_pays_the_order_of_the_chosen_partner_and_no_other():
    world = World(CHOSEN, OFFERED)
    payers = await attend(world, requested(1, OFFERED), requested(2, CHOSEN), requested(2, CHOSEN))
    assert world.chosen == [{"obligation": 0, "partner": "tre"}]
    assert world.paid == [("/sandbox/pay", {"pay_url": "http://bank/tre/2", "behaviour": "twice"})]
    assert payers.paid == {"twice": 1}


async def test_who_chooses_nobody_pays_what_is_offered():
    world = World(OFFERED)
    await attend(world, requested(1, OFFERED), partner="")
    assert world.chosen == []
    assert [said["behaviour"] for _, said in world.paid] == ["twice"]


async def test_who_is_not_to_be_had_is_not_waited_for():
    world = World(OFFERED, choice=409)
    payers = await attend(world, requested(1, OFFERED))
    assert payers.refused == {"tre": 1}
    assert world.paid == [
        ("/sandbox/pay", {"pay_url": "http://bank/sen-vang/1", "behaviour": "pay"})
    ]


async def test_a_code_without_a_page_is_scanned_at_its_partner():
    world = World(SCANNED, OFFERED)
    await attend(world, requested(1, OFFERED), requested(2, SCANNED))
    assert world.paid == [("/tre/sandbox/transfer", {"qr": "00020101", "behaviour": "twice"})]


async def test_when_the_chosen_partner_makes_no_order_another_is_paid():
    world = World(OFFERED)
    await attend(world, requested(1, OFFERED), requested(2, CHOSEN), failed(3, CHOSEN))
    assert [said["pay_url"] for _, said in world.paid] == ["http://bank/sen-vang/1"]


@pytest.mark.parametrize("status", ["settled", "expired", "waived"])
async def test_what_is_over_is_neither_chosen_for_nor_paid(status):
    world = World()
    world.status = status
    await attend(world, requested(1, OFFERED))
    assert (world.chosen, world.paid) == ([], [])
