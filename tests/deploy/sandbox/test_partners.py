"""All sandbox partners behind one address: what each does by itself is in the tests beside."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import Account, Key, Keys, Row, World, open_all
from deploy.sandbox.posts import CALLS_LIMIT, Patience
from tests.waiting import until

URL = "http://sandbox"
KEYS = Keys(merchant="MC1", outgoing=(Key("o"),), incoming=(Key("i"),), ids={"access_key": "a"})
ACCOUNT = Account("970436", "8800000001")
ROWS = [
    (Row("one", "vnpay"), KEYS),
    (Row("two", "vnpay"), KEYS),
    (Row("tre", "casso", account=ACCOUNT), KEYS),
    (Row("four", "neutral"), KEYS),
    (Row("five", "payos", account=ACCOUNT), KEYS),
]


class Edge:
    """Payment's edge, which never hears."""

    def __init__(self):
        self.paths = []

    def __call__(self, request):
        self.paths.append(request.url.path)
        return httpx.Response(503)


@pytest.fixture
def call_again_s():
    return 60.0


@pytest.fixture
async def sandbox(call_again_s):
    edge, patience = Edge(), Patience()
    client = httpx.AsyncClient(transport=httpx.MockTransport(edge))
    world = World(client, "http://edge", URL, lambda: datetime.now(UTC), call_again_s, patience)
    app = create_app(open_all(ROWS, world), patience=patience)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)
    async with http, app.router.lifespan_context(app):
        http.edge = edge
        yield http
    assert len(asyncio.all_tasks()) == 1, "what still calls is stopped with the process"


async def pay(http, path, **asked):
    answer = await http.post(path, json={"reference": "DVC1", "amount_vnd": 16_000, **asked})
    assert answer.status_code == 202, answer.text
    return answer.json()["transactions"]


async def whole(http):
    return (await http.get("/sandbox/statement")).json()


async def test_the_whole_statement_names_the_partner_of_each_payment(sandbox):
    [first] = await pay(sandbox, "/one/sandbox/pay")
    [second] = await pay(sandbox, "/two/sandbox/pay")
    by_hand = {"partner": "tre", "amount_vnd": 16_000, "text": "DVC1"}
    told = (await sandbox.post("/tre/sandbox/transfer", json=by_hand)).json()["transfers"]

    payments = (await whole(sandbox))["payments"]

    assert [(p["partner"], p["reference"], p["amount_vnd"]) for p in payments] == [
        ("one", "DVC1", 16_000),
        ("two", "DVC1", 16_000),
        ("tre", "DVC1", 16_000),
    ]
    of_the_bank = f"{ACCOUNT.number}/FT{told[0]['number']}"
    assert [p["transaction"] for p in payments] == [first, second, of_the_bank]
    assert len({p["transaction"] for p in payments}) == 3, "opened together, numbered apart"
    own = (await sandbox.get("/two/sandbox/statement")).json()["payments"]
    assert [p["transaction"] for p in own] == [second]


async def test_each_partner_tells_of_its_own(sandbox):
    await pay(sandbox, "/two/sandbox/pay")
    for _ in range(1_000):
        await asyncio.sleep(0)
        if (await whole(sandbox))["pending_calls"]:
            break

    assert sandbox.edge.paths == ["/v1/callbacks/two"]
    assert (await whole(sandbox))["answers"] == {"none": 1}
    assert (await whole(sandbox))["befell"] == []


@pytest.mark.parametrize("call_again_s", [0.0])
async def test_nobody_gives_up_while_patience_is_endless(sandbox):
    assert (await sandbox.post("/sandbox/patience/endless")).status_code == 200
    assert (await sandbox.post("/sandbox/patience/short")).status_code == 422
    await pay(sandbox, "/one/sandbox/pay")
    by_hand = {"partner": "tre", "amount_vnd": 16_000, "text": "DVC1"}
    await sandbox.post("/tre/sandbox/transfer", json=by_hand)
    calls = [f"/v1/callbacks/{name}" for name in ("one", "tre")]
    await until(lambda: min(map(sandbox.edge.paths.count, calls)) > CALLS_LIMIT)
    assert (await whole(sandbox))["pending_calls"] == 2

    await sandbox.post("/sandbox/patience/counted")

    async def all_gave_up():
        return (await whole(sandbox))["given_up"] == 2

    await until(all_gave_up)
    assert (await whole(sandbox))["pending_calls"] == 0


async def test_a_payment_is_passed_on_to_the_partner_of_its_page(sandbox):
    await pay(sandbox, "/sandbox/pay")
    await pay(sandbox, "/four/sandbox/pay", reference="DVC4")
    link = f"{URL}/four/pay/DVC4"
    again = await sandbox.post("/sandbox/pay", json={"pay_url": link})
    unknown = await sandbox.post("/sandbox/pay", content=b"{")
    nobody = await sandbox.post("/sandbox/pay", json={"pay_url": f"{URL}/five/web/0"})
    long = await sandbox.post("/sandbox/pay", content=b" " * 20_000)

    assert [p["partner"] for p in (await whole(sandbox))["payments"]] == ["one", "four"]
    assert (again.status_code, "paid already" in again.text) == (409, True)
    assert (unknown.status_code, nobody.status_code, long.status_code) == (422, 409, 413)


async def test_a_partner_that_is_down_takes_no_other_with_it(sandbox):
    assert (await sandbox.post("/four/sandbox/mood/down")).status_code == 200

    assert (await sandbox.get("/four/pay/DVC1")).status_code == 503
    assert (await sandbox.post("/four/sandbox/mood/up")).status_code == 200
    assert (await sandbox.get("/four/pay/DVC1")).status_code == 404
    assert (await sandbox.get("/healthz")).json() == {"ok": True}
    await pay(sandbox, "/one/sandbox/pay")


@pytest.mark.parametrize("name", [row.name for row, _ in ROWS])
async def test_every_partner_can_be_away_and_come_back(sandbox, name):
    await sandbox.post(f"/{name}/sandbox/mood/down")
    assert (await sandbox.get(f"/{name}/anything")).status_code == 503
    assert (await sandbox.get(f"/{name}/healthz")).status_code == 200
    await sandbox.post(f"/{name}/sandbox/mood/up")
    assert (await sandbox.get(f"/{name}/anything")).status_code == 404
