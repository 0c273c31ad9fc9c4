"""What befalls partners' calls: each kind alone, and none where none is asked for."""

import json
import random

import httpx
import pytest

from deploy.sandbox.partners.rough import Manners, Rough, forged

URL = "http://edge/v1/callbacks/sen-vang"
SAID = {"transId": 17638550000000001, "orderId": "DVC078044306548608", "amount": 10_000}


async def calls(times=1, is_down=lambda _: False, **manners):
    heard = []

    def edge(request):
        heard.append(request)
        return httpx.Response(204)

    manners = Manners(late_s=0, **manners)
    rough = Rough(httpx.MockTransport(edge), manners, random.Random(1), is_down)
    unheard = 0
    async with httpx.AsyncClient(transport=rough) as client:
        for _ in range(times):
            try:
                assert (await client.post(URL, json=SAID)).status_code == 204
            except httpx.TransportError:
                unheard += 1
    return heard, unheard, rough.did


async def test_a_partner_without_troubles_calls_once():
    heard, unheard, did = await calls(times=20)
    assert (len(heard), unheard, +did) == (20, 0, {})


@pytest.mark.parametrize(
    ("what", "heard_times", "unheard_times"),
    [("doubled", 2, 0), ("forged", 2, 0), ("late", 1, 0), ("unheard", 1, 1)],
)
async def test_each_trouble_befalls_a_call_and_is_counted(what, heard_times, unheard_times):
    heard, unheard, did = await calls(**{what: 1.0})
    assert (len(heard), unheard) == (heard_times, unheard_times)
    assert +did == {("sen-vang", what): 1}


async def test_a_false_call_comes_first_and_names_another_payment_under_the_same_signature():
    (false, true), _, _ = await calls(forged=1.0)
    assert json.loads(true.content) == SAID
    assert json.loads(false.content) == SAID | {"transId": 17638550000000000}
    assert false.headers["content-length"] == true.headers["content-length"]


def test_a_false_call_by_query_names_another_payment():
    query = "vnp_TransactionNo=17638550000001&vnp_TxnRef=DVC078044306548608&vnp_SecureHash=ab"
    false = forged(httpx.Request("GET", f"{URL}?{query}"))
    assert false.url.query.decode() == query.replace("17638550000001", "17638550000000")


def test_a_false_call_is_about_the_same_order_of_payos():
    said = b'{"orderCode":78044306548608,"reference":"FT17638550000001"}'
    false = forged(httpx.Request("POST", URL, content=said))
    assert false.content == b'{"orderCode":78044306548608,"reference":"FT17638550000000"}'


async def test_a_partner_that_is_down_calls_nobody():
    heard, unheard, _ = await calls(is_down=lambda name: name == "sen-vang")
    assert (heard, unheard) == ([], 1)
