"""The sandbox SMS gateway: it behaves as it says, its faults repeat, it forgets in time."""

import httpx
import msgspec
import pytest

from deploy.sandbox.devices.item import named
from deploy.sandbox.sms import behaviour
from deploy.sandbox.sms.behaviour import Faults, Gateway, Message
from deploy.sandbox.sms.gateway import create_app

KEY = "synthetic-key"


def message(n: int = 1, to: str = "0912345678") -> Message:
    return Message(f"reference-{n}", to, "synthetic text")


def client(gateway: Gateway, key: str = KEY) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url="http://sms.test",
        transport=httpx.ASGITransport(create_app(gateway, KEY)),
        headers={"authorization": f"Bearer {key}"},
    )


class Receiver:
    """Where receipts go."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bulks: list[list[dict]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 202:
            self.bulks.append(msgspec.json.decode(request.content)["receipts"])
        return httpx.Response(status)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url="http://notify.test", transport=httpx.MockTransport(self.answer)
        )


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def test_messages_are_taken_in_bulk_and_asked_after_by_reference():
    gateway = Gateway(Faults())
    async with client(gateway) as http:
        bulk = {
            "messages": [
                {"reference": "a", "to": "0912345678", "text": "t"},
                {"reference": "b", "to": "1", "text": "t"},
            ]
        }
        sent = (await http.post("/v1/messages", json=bulk)).json()["results"]
        asked = (await http.post("/v1/queries", json={"references": ["b", "c", "a"]})).json()
        one = (await http.get("/v1/queries", params={"reference": "a"})).json()["results"]
    assert [(r["reference"], r["status"]) for r in sent] == [("a", "accepted"), ("b", "rejected")]
    assert [r["status"] for r in asked["results"]] == ["rejected", "not_found", "accepted"]
    assert one == [sent[0]]


async def test_the_outbox_counts_by_reference_and_hides_numbers():
    gateway = Gateway(Faults())
    await gateway.send([message(1), message(2)])
    await gateway.send([message(1)])
    async with client(gateway) as http:
        outbox = (await http.get("/sandbox/outbox", params={"counts": True})).json()
    assert outbox["counts"] == {"reference-2": 1, "reference-1": 2}
    assert (outbox["accepted"], outbox["doubled"]) == (3, ["reference-1"])
    assert "0912345678" not in str(outbox)


async def test_a_handset_shows_each_copy_of_a_text_and_who_sent_it():
    gateway = Gateway(Faults())
    await gateway.send([message(1), message(2, "0987654321"), message(1)])
    async with client(gateway) as http:
        page = (await http.get(f"/devices/{named('0912345678')}")).text
        told = (await http.get(f"/sandbox/devices/{named('0912345678')}")).json()["items"]
    assert page.count("synthetic text") == 2
    assert [(t["reference"], t["from"]) for t in told] == [("reference-1", "DVC")] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/messages"),
        ("POST", "/v1/queries"),
        ("GET", "/v1/queries?reference=a"),
        ("GET", "/sandbox/outbox"),
    ],
)
async def test_a_wrong_key_is_refused(method, path):
    async with client(Gateway(Faults()), "wrong") as http:
        assert (await http.request(method, path, json={})).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b'{"messages": []}', 422),
        (b'{"messages": [{"reference": "", "to": "1", "text": "t"}]}', 422),
        (b'{"messages": [{"reference": "a"}]}', 422),
        (b" " * (1 << 20) + b"{}", 413),
    ],
)
async def test_a_bad_body_takes_nothing(body, status):
    gateway = Gateway(Faults())
    async with client(gateway) as http:
        assert (await http.post("/v1/messages", content=body)).status_code == status
    assert gateway.outbox(counts=True)["references"] == 0


async def test_more_than_a_bulk_is_refused():
    gateway = Gateway(Faults())
    many = [{"reference": str(n), "to": "0912345678", "text": "t"} for n in range(501)]
    async with client(gateway) as http:
        assert (await http.post("/v1/messages", json={"messages": many})).status_code == 422


async def test_an_answer_can_be_lost_after_the_message_was_taken():
    gateway = Gateway(Faults(lost_answers=1.0))
    bulk = {"messages": [msgspec.to_builtins(message())]}
    async with client(gateway) as http:
        assert (await http.post("/v1/messages", json=bulk)).status_code == 500
    assert [s.status for s in gateway.ask(["reference-1"])] == ["accepted"]


async def test_receipts_are_pushed_in_bulk_after_a_while():
    receiver, clock = Receiver(), Clock()
    gateway = Gateway(Faults(receipt_delay_s=0.5), receiver.client(), clock)
    await gateway.send([message(1), message(2)])
    assert await gateway.push() == 0
    clock.now_s = 0.5
    assert await gateway.push() == 2
    [bulk] = receiver.bulks
    assert [(r["reference"], r["status"]) for r in bulk] == [
        ("reference-1", "delivered"),
        ("reference-2", "delivered"),
    ]
    assert [s.status for s in gateway.ask(["reference-1"])] == ["delivered"]
    assert await gateway.push() == 0


async def test_receipts_can_be_off():
    receiver, clock = Receiver(), Clock()
    gateway = Gateway(Faults(receipts=False), receiver.client(), clock)
    await gateway.send([message()])
    clock.now_s = 10.0
    assert await gateway.push() == 0


async def test_a_receipt_can_come_twice_and_before_the_answer():
    receiver, clock = Receiver(), Clock()
    early = Gateway(Faults(early_receipts=1.0), receiver.client(), clock)
    await early.send([message()])
    assert [len(b) for b in receiver.bulks] == [1]
    doubled = Gateway(Faults(doubled_receipts=1.0), receiver.client(), clock)
    await doubled.send([message()])
    clock.now_s = 1.0
    await doubled.push()
    assert [len(b) for b in receiver.bulks] == [1, 2]


async def test_a_receipt_can_come_late_and_holds_no_other_up():
    receiver, clock = Receiver(), Clock()
    gateway = Gateway(Faults(late_receipts=0.5, late_s=9.0), receiver.client(), clock)
    await gateway.send([message(n) for n in range(20)])
    clock.now_s = 1.0
    soon = await gateway.push()
    clock.now_s = 10.0
    late = await gateway.push()
    assert soon + late == 20
    assert min(soon, late) > 0
    assert gateway.outbox(counts=False)["befell"] == {"late_receipts": late}


async def test_the_outbox_names_what_no_device_has():
    receiver, clock = Receiver(), Clock()
    gateway = Gateway(Faults(undelivered=0.5, receipt_delay_s=0.0), receiver.client(), clock)
    await gateway.send([message(n) for n in range(20)])
    await gateway.push()
    out = gateway.outbox(counts=True)
    told = {r["reference"] for r in receiver.bulks[0] if r["status"] == "undelivered"}
    assert set(out["lost"]) == told
    assert 0 < len(told) < len(out["counts"]) == 20


async def test_a_receipt_is_pushed_again_until_it_is_taken():
    receiver, clock = Receiver(503), Clock()
    gateway = Gateway(Faults(receipt_delay_s=0.0), receiver.client(), clock)
    await gateway.send([message()])
    await gateway.push()
    assert receiver.bulks == []
    assert await gateway.push() == 0
    clock.now_s = behaviour.RECEIPT_RETRY_S
    await gateway.push()
    assert len(receiver.bulks) == 1


async def test_a_receipt_that_was_refused_is_not_pushed_for_ever():
    receiver, clock = Receiver(422), Clock()
    gateway = Gateway(Faults(receipt_delay_s=0.0), receiver.client(), clock)
    await gateway.send([message()])
    await gateway.push()
    clock.now_s = 10.0
    assert await gateway.push() == 0


async def test_faults_repeat_with_their_seed():
    async def refused(seed: int) -> list[str]:
        gateway = Gateway(Faults(seed=seed, throttled=0.5))
        return [s.status for s in await gateway.send([message(n) for n in range(50)]) or []]

    assert await refused(1) == await refused(1) != await refused(2)
    assert 10 < (await refused(1)).count("rejected") < 40


async def test_the_oldest_references_are_forgotten_and_counted():
    gateway = Gateway(Faults(), remembered_limit=2)
    await gateway.send([message(n) for n in range(3)])
    outbox = gateway.outbox(counts=True)
    assert (set(outbox["counts"]), outbox["forgotten"]) == ({"reference-1", "reference-2"}, 1)
