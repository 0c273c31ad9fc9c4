"""The banks of ISO 20022 by themselves; what they say to payment is in test_with_iso_bank."""

from datetime import UTC, datetime

import httpx
import pytest

from deploy.sandbox.iso_bank import messages
from deploy.sandbox.iso_bank.bank import STEPS, IsoBank, Merchant
from deploy.sandbox.iso_bank.messages import NotUnderstood
from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import Account, Beneficiary, Key, Keys, Row, World, open_all
from services.payment.iso20022.reports import STATEMENTS, Head, read_reports

OTHER = Beneficiary(Account("970436", "333"))


@pytest.fixture
async def house():
    """Two banks, before a merchant that has heard everything."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(202)))
    world = World(client, "http://payment", "http://house", lambda: datetime.now(UTC))
    keys = Keys(merchant="MC1", outgoing=(Key("o"),), incoming=(Key("i"),))
    rows = [
        (Row(name, "iso20022", account=Account("970436", number), accounts=others), keys)
        for name, number, others in (("song-cau", "111", (OTHER,)), ("song-da", "222", ()))
    ]
    app = create_app(open_all(rows, world))
    transport = httpx.ASGITransport(app)
    http = httpx.AsyncClient(transport=transport, base_url="http://house")
    async with http, app.router.lifespan_context(app):
        yield http


async def test_several_banks_stand_each_under_its_name(house):
    asked = {"reference": "DVC1", "amount_vnd": 16_000, "behaviour": "pay"}

    answer = await house.post("/song-cau/sandbox/pay", json=asked)

    assert answer.status_code == 202
    paid = (await house.get("/song-cau/sandbox/statement")).json()["payments"]
    assert [(p["reference"], p["amount_vnd"]) for p in paid] == [("DVC1", 16_000)]
    assert (await house.get("/song-da/sandbox/statement")).json()["payments"] == []
    assert (await house.get("/healthz")).json() == {"ok": True}


async def test_a_page_pays_at_its_own_bank(house):
    await house.post("/song-da/sandbox/pay", json={"reference": "DVC1", "amount_vnd": 16_000})

    page = await house.get("/song-da/pay/DVC1")

    assert 'action="../sandbox/pay"' in page.text
    assert "16.000" in page.text
    form = {"reference": "DVC1", "behaviour": "pay"}
    again = await house.post("/song-da/sandbox/pay", data=form)
    assert (again.status_code, "paid already" in again.text) == (409, True)


async def test_an_order_without_an_amount_cannot_be_paid(house):
    for behaviour in STEPS:
        asked = {"reference": "DVC1", "behaviour": behaviour}
        assert (await house.post("/song-cau/sandbox/pay", json=asked)).status_code == 409


@pytest.mark.parametrize("given", [b"", b"{}", b"<a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_message_is_not_understood(given):
    with pytest.raises(NotUnderstood):
        messages.read(given)


def test_what_must_be_there_is_missed():
    with pytest.raises(NotUnderstood, match="GrpHdr/MsgId"):
        messages.read(b"<Document><GrpHdr><MsgId/></GrpHdr></Document>").one("GrpHdr/MsgId")


def test_a_statement_has_each_account_with_its_own_entries():
    bank = IsoBank(Merchant("111", "o", "i", ("333",)), None, lambda: datetime.now(UTC))
    bank._book(16_000, "DVC1", "DVC1", "111")
    bank._book(5_000, "DVC2", "DVC2", "333")

    found = list(read_reports([bank.statement()], STATEMENTS))

    heads = [h for h in found if isinstance(h, Head)]
    assert [(h.account, h.opening_vnd, h.closing_vnd) for h in heads] == [
        ("111", 0, 16_000),
        ("333", 0, 5_000),
    ]
    of = {a: bank.reported(a, "DVC2", "2026-01-01") for a in ("111", "333")}
    assert {a: b"<Ntry>" in body for a, body in of.items()} == {"111": False, "333": True}
