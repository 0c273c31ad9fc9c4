"""What partners of the sandbox are asked at once, with generated keys and code of their own."""

import pytest

from deploy.local import secrets
from services.payment import accounts_api, partner_receipts_api
from services.payment.asking import Asking
from tests.services.payment.office import KEYS
from tests.services.payment.test_with_every_partner import ROWS, SANDBOX_URL, Town

BIN = "970499"
NAME_ACCOUNTS = [row for row in ROWS if row.family == "neutral"]
GIVE_RECEIPTS = [row for row in ROWS if row.family in ("platform", "neutral")]


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return secrets.ensure(tmp_path_factory.mktemp("home") / "secrets")


@pytest.fixture
async def town(lane_table, a, keys):
    made = Town(lane_table, a, keys)
    made.asking = Asking(made.sandbox, 10.0, made.refused.__contains__)
    lifespan = made.sandbox_app.router.lifespan_context(made.sandbox_app)
    async with made.http, made.sandbox, lifespan:
        made.keep(await made.bring(a.routed()))
        yield made


@pytest.mark.parametrize("row", GIVE_RECEIPTS, ids=lambda row: row.name)
async def test_a_paid_order_has_a_receipt_of_the_partners_own(town, a, row):
    town.app.include_router(
        partner_receipts_api.router(
            town.registry, town.journal, town.asking, a.catalogue, lambda: a.now
        )
    )
    order = await town.order(row.name)
    url = f"/v1/payments/{a.application}/orders/{order['reference']}/receipt"
    assert (await town.http.get(url)).status_code == 409
    await town.pay(row.name, order)

    seen = (await town.http.get(f"/v1/payments/{a.application}")).json()
    assert seen["obligations"][0]["settled_by"]["partner_receipt"] == url
    answer = await town.http.get(url)

    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"] == "application/pdf":
        assert answer.content.startswith(b"%PDF-")
        return
    link = answer.json()["url"]
    assert link.startswith(f"{SANDBOX_URL}/{row.name}/")
    assert (await town.sandbox.get(link.removeprefix(SANDBOX_URL))).status_code == 200


@pytest.mark.parametrize("row", NAME_ACCOUNTS, ids=lambda row: row.name)
async def test_a_bank_names_the_holder_of_an_account_of_its_own(town, a, row):
    town.app.include_router(
        accounts_api.router(town.registry, town.journal, town.asking, lambda: a.now)
    )
    told = {}
    for number in ("0020100000101", "0020100000000"):
        body = {"bank": BIN, "number": number}
        url = f"/v1/partners/{row.name}/accounts"
        told[number] = await town.http.post(url, json=body, headers=KEYS["operator"])

    assert told["0020100000101"].json() == {"name": "TRAN THI THU NGHIEM"}
    assert told["0020100000000"].status_code == 409
