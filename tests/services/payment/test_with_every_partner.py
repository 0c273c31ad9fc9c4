"""Every partner of the sandbox: chosen, asked, paid, told of and settled, with generated keys.

Only ASGI stands between the sandbox process and payment's edge; what a family does besides is in
the tests of each.
"""

import asyncio
from base64 import b64decode
from io import BytesIO

import httpx
import msgspec
import pytest

from deploy.local import secrets
from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import World, open_all
from deploy.sandbox.partners.opened import read as read_theirs
from services.payment.domain.partner_fees import as_paid
from services.payment.effects import Create, Query
from services.payment.gateways import Answer
from services.payment.gateways.families import FAMILIES
from services.payment.partners import SANDBOX, Registry, read
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked, platform_file
from shared.clock import VIETNAM
from shared.effects import Request
from shared.events import CONTRACTS
from shared.events.kernel import TimerFired
from shared.events.payment import CreateRequested, Notified, QueryRequested, Settled
from tests.services.payment.counter import Counter

EDGE, SANDBOX_URL = "http://edge", "http://127.0.0.1:8201"  # links to this machine are shown
ROWS = read(SANDBOX)
SETTINGS = PaymentSettings(bank_url=SANDBOX_URL, payment_url=EDGE)
SCANNED_ONLY = {"casso", "sepay"}
# of rows with accounts: that of a civil-status record in Thủ Dầu Một, Hồ Chí Minh City
BENEFICIARIES = {
    "quoc-gia": "8800001008",
    "chia-khoa": "8800001009",
    "song-hong": "8800001010",
    "cuu-long": "8800001013",
    "dong-bang": "8800001016",
    "rung-tram": "8800001018",
}
TURNS = 2_000
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


class Town(Counter):
    """The counter before all partners, and the process of the sandbox; `said`: all decided."""

    def __init__(self, lane_table, a, folder):
        for_services = msgspec.json.decode((folder / secrets.SERVICES_FILE).read_bytes())
        self._keys, rows = for_services["partners"], a.rows()
        lanes = lane_table(rows=rows, partners=self.registry_of(a).terms)
        super().__init__(lanes, rows, a)
        theirs = read_theirs(SANDBOX, folder / secrets.CLIENTS_FILE)
        world = World(self.http, EDGE, SANDBOX_URL, lambda: a.now, call_again_s=0.01)
        self.sandbox_app = create_app(open_all(theirs, world))
        transport = httpx.ASGITransport(self.sandbox_app)
        hooks = {"request": [self.hear]}
        self.sandbox = httpx.AsyncClient(
            transport=transport, base_url=SANDBOX_URL, event_hooks=hooks
        )
        self.said, self.sent = [], []

    def registry_of(self, a):
        return Registry(SETTINGS.registry_rows(self._keys), FAMILIES)

    async def hear(self, request):
        self.sent.append(await request.aread())

    def keep(self, decided):
        self.said += [msgspec.json.decode(e.data, type=CONTRACTS[e.type]) for e in decided]

    def of(self, kind):
        return [data for data in self.said if isinstance(data, kind)]

    async def order(self, partner):
        """Choose a partner, let it make the order if it does; return what the citizen is shown."""
        body = {"obligation": 0, "partner": partner}
        url = f"/v1/payments/{self.a.application}"
        assert (await self.http.post(f"{url}/orders", json=body)).status_code == 202
        self.keep(await self.decide())
        for wanted in [w for w in self.of(CreateRequested) if w.partner == partner]:
            made = Create(
                self.registry, self.sandbox, lambda: self.a.now, 10.0, tell=self.billing.find
            )
            (outcome,) = await made.call([Request(None, wanted)])
            assert outcome.finding == "created", outcome
            self.keep(await self.say(outcome))
        orders = (await self.http.get(url)).json()["obligations"][0]["orders"]
        return next(o for o in orders if o["partner"] == partner)

    async def pay(self, partner, order):
        """Pay as a citizen would; return when it is settled."""
        url, body = "/sandbox/pay", {"pay_url": order["pay_url"]}
        if FAMILIES_BY_NAME[partner] in SCANNED_ONLY:
            url, body = f"/{partner}/sandbox/transfer", {"qr": order["qr"]}
        answer = await self.sandbox.post(url, json=body)
        assert answer.status_code == 202, answer.text
        for _ in range(TURNS):
            self.keep(await self.decide())
            if self.of(Settled):
                return
            if FAMILIES_BY_NAME[partner] == "keypay" and (await self.statement())["answers"]:
                await self.ask()
            await asyncio.sleep(0.001)
        raise AssertionError(f"{partner} was paid and payment never settled: {self.dead()}")

    async def ask(self):
        """Ask after the order, when its time has come: a call of KeyPay's proves nothing."""
        latest = await self.journal.latest(self.a.application)
        timer = latest.state.attempts[-1].timer
        self.keep(await self.say(TimerFired(name=timer, version=1)))
        made = Query(self.registry, self.sandbox, lambda: self.a.now, 10.0, tell=self.billing.find)
        (outcome,) = await made.call([Request(None, self.of(QueryRequested)[-1])])
        self.keep(await self.say(outcome))

    async def statement(self):
        return (await self.sandbox.get("/sandbox/statement")).json()


FAMILIES_BY_NAME = {row.name: row.family for row in ROWS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return secrets.ensure(tmp_path_factory.mktemp("home") / "secrets")


@pytest.fixture
async def town(lane_table, a, folder):
    made = Town(lane_table, a, folder)
    lifespan = made.sandbox_app.router.lifespan_context(made.sandbox_app)
    async with made.http, made.sandbox, lifespan:
        made.keep(await made.bring(a.routed()))
        yield made


def test_ten_banks_and_nine_intermediaries_speak_all_families():
    kinds = [row.kind for row in ROWS]

    assert (kinds.count("bank"), kinds.count("intermediary")) == (10, 9)
    assert {row.family for row in ROWS} == set(FAMILIES)
    assert all(row.title.endswith(" (thử nghiệm)") for row in ROWS)
    own = [row.account for row in ROWS if row.account]
    accounts = [a.number for a in (*own, *(b.account for row in ROWS for b in row.accounts))]
    assert {row.name for row in ROWS if row.accounts} == set(BENEFICIARIES)
    assert len(set(accounts)) == len(accounts), "money for one partner is never another's"


@each_row
async def test_each_partner_is_ordered_from_paid_and_settled(town, row):
    order = await town.order(row.name)
    await town.pay(row.name, order)

    [settled] = town.of(Settled)
    whole = await town.statement()
    [paid] = whole["payments"]
    assert (settled.partner, settled.amount_vnd) == (row.name, town.a.amount_vnd)
    assert settled.reference == order["reference"]
    assert (paid["partner"], paid["amount_vnd"]) == (row.name, settled.amount_vnd)
    assert paid["transaction"] == settled.transaction, "by this name both sides are matched"
    assert settled.reference.endswith(paid["reference"][-15:])
    assert {n.partner for n in town.of(Notified)} <= {row.name}
    assert (town.dead(), whole["given_up"]) == ([], 0)
    if number := BENEFICIARIES.get(row.name):
        assert number in order["qr"] or number.encode() in town.sent[0]


@pytest.mark.parametrize("name", ["quoc-gia", "chia-khoa"])
async def test_who_issues_receipts_is_told_the_bill_and_nobodys_name(town, name):
    await town.order(name)

    asked = msgspec.json.decode(town.sent[0])
    bill = asked.get("ThongTinBienLai") or asked["bill_info"]
    assert bill["MaHoSo"] == "H29.1-20261120-0000001"
    assert (bill["MaTTHC"], bill["MaDVC"]) == ("2.000635", "2.000635.01")
    assert (bill["MaDonVi"], bill["TenDonVi"]) == (town.a.hcmc, "Phường Thủ Dầu Một")
    assert bill["TenTTHC"].startswith("Cấp bản sao")
    assert bill["TKThuHuong"] == BENEFICIARIES[name]
    assert [(n["LoaiPhiLePhi"], n["SoTien"]) for n in bill["PhiLePhi"]] == [("1", "16000")]
    assert not {"HoTenNguoiNop", "SoCMNDNguoiNop", "DiaChiNguoiNop"} & set(bill)


async def test_a_partner_that_settles_net_says_what_is_left_after_its_fee(town):
    [row] = [row for row in ROWS if any(fee.settled == "net" for fee in row.fees)]
    await town.pay(row.name, await town.order(row.name))
    day, gateway = town.a.now.astimezone(VIETNAM).date(), town.registry[row.name]
    asking = gateway.ask("statement", "S1", {"day": f"{day:%Y%m%d}"}, town.a.now)
    sent = await town.sandbox.post(asking.url, content=asking.body, headers=asking.headers)
    given = gateway.read("statement", Answer(200, sent.content, sent.headers), town.a.now)

    file, asked = BytesIO(b64decode(given["file"])), Asked(row.name, day)
    [line] = platform_file.read(file, asked)

    [settled] = town.of(Settled)
    assert line.amount_vnd == 16_000 - 418
    found = as_paid(row.fees, line, [settled.amount_vnd])
    assert (found.transaction, found.amount_vnd) == (settled.transaction, settled.amount_vnd)


async def test_a_bank_is_asked_after_the_account_that_its_order_named(town):
    await town.order("cuu-long")
    await town.ask()

    assert msgspec.json.decode(town.sent[-1])["account"] == BENEFICIARIES["cuu-long"]
