"""The bank of transfers: what it signs is what the three publish, and it forgets nothing."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.sandbox.transfers import qr, signing
from deploy.sandbox.transfers.behaviours import STEPS, arrived
from deploy.sandbox.transfers.forms import Merchant
from deploy.sandbox.transfers.house import CALLS_LIMIT, House, posts
from deploy.sandbox.transfers.http import create_app

FOLDER = Path(__file__).parents[2] / "contracts"
NOW = datetime(2026, 11, 2, 2, 34, 5, tzinfo=UTC)
CODE = qr.Code("970436", "1234567890", 16_000, "DVC261102000000016")


def vectors(family, kind):
    found = json.loads((FOLDER / f"payment_vectors_{family}.json").read_text())["vectors"]
    chosen = [pytest.param(v, id=v["id"]) for v in found if v["kind"] == kind]
    assert chosen
    return chosen


def secret(vector):
    [found] = vector["key"].values()
    return found


@pytest.mark.parametrize("vector", vectors("payos", "webhook_body"))
def test_it_signs_as_payos(vector):
    signature = signing.payos_data(secret(vector), vector["input"]["data"])

    assert signature == vector["expected"]["signature"]


@pytest.mark.parametrize("vector", vectors("payos", "payment_request"))
def test_it_reads_requests_as_payos(vector):
    signing.check(
        signing.payos_request(secret(vector), vector["input"]), vector["expected"]["signature"]
    )
    with pytest.raises(signing.BadSignature):
        signing.check(signing.payos_request("", vector["input"]), vector["expected"]["signature"])


@pytest.mark.parametrize("vector", vectors("casso", "webhook_v2_body"))
def test_it_signs_as_casso(vector):
    header = signing.casso(secret(vector), vector["input"]["t"], vector["input"]["body"])

    assert header == vector["expected"]["X-Casso-Signature"]


@pytest.mark.parametrize("vector", vectors("sepay", "webhook_body"))
def test_it_signs_as_sepay(vector):
    given = vector["input"]

    signature = signing.sepay(secret(vector), given["timestamp"], given["raw_body"].encode())

    assert signature == vector["expected"]["X-SePay-Signature"]


def test_an_app_reads_the_public_codes():
    [vector] = [v.values[0] for v in vectors("vietqr", "qr_payload") if "002" in v.id]
    read = qr.read(vector["expected"]["payload"])

    assert read == ("970415", "113366668888", 150_000, "DVC26110200001 le phi")
    assert qr.read(qr.write(CODE)) == CODE


@pytest.mark.parametrize("payload", ["", "0002", qr.write(CODE)[:-1] + "!", qr.write(CODE)[1:]])
def test_an_app_pays_by_no_broken_code(payload):
    with pytest.raises(qr.NoCode):
        qr.read(payload)


def test_texts_arrive_as_banks_pass_them_on():
    came = {behaviour: arrived(CODE.text, steps[0]) for behaviour, steps in STEPS.items()}

    assert came["pay"] == CODE.text
    assert CODE.text not in came["mangled"]
    assert came["mangled"].replace(" ", "").count(CODE.text) == 1
    assert CODE.text[:8] not in came["textless"]


class Edge:
    """A merchant's address: answers with these statuses, then with 200."""

    def __init__(self, *statuses):
        self.statuses, self.heard = list(statuses), []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self.take))

    def take(self, request):
        self.heard.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200)


def a_house(edge):
    merchant = Merchant("casso", "casso", "s", "970436", "1234567890", "http://edge/callback")
    return House([merchant], posts(edge.client, 0.0), lambda: NOW, 0.0)


async def posted(house, **body):
    transport = httpx.ASGITransport(create_app(house))
    async with httpx.AsyncClient(transport=transport, base_url="http://bank") as http:
        answer = await http.post("/sandbox/transfer", json=body)
        await house.posts.rest()
        return answer, (await http.get("/sandbox/statement")).json()


async def test_it_calls_again_until_it_is_heard():
    edge = Edge(503, 500)

    answer, statement = await posted(a_house(edge), qr=qr.write(CODE))

    assert answer.status_code == 202
    assert statement["answers"] == {"503": 1, "500": 1, "200": 1}
    assert [p["amount_vnd"] for p in statement["payments"]] == [16_000]


async def test_it_gives_up_after_eight_calls():
    house = a_house(Edge(*[500] * 99))

    _, statement = await posted(house, qr=qr.write(CODE))

    assert (statement["given_up"], statement["answers"]) == (1, {"500": CALLS_LIMIT})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"qr": "nonsense"}, 422),
        ({"qr": qr.write(CODE._replace(account="999"))}, 409),
        ({"partner": "casso"}, 422),
        ({"partner": "nobody", "amount_vnd": 5}, 422),
        ({"partner": "casso", "amount_vnd": 5, "behaviour": "?"}, 422),
        ({"partner": "casso", "amount_vnd": 5, "text": "x" * 501}, 422),
        ({"partner": "casso", "amount_vnd": 5}, 202),
    ],
)
async def test_it_says_what_it_cannot_do(body, status):
    answer, _ = await posted(a_house(Edge()), **body)

    assert answer.status_code == status


async def test_transfers_have_numbers_of_their_own():
    house = a_house(Edge())

    await asyncio.gather(*[posted(house, qr=qr.write(CODE), behaviour="twice") for _ in range(3)])

    assert len({m.number for m in house.movements}) == 6
