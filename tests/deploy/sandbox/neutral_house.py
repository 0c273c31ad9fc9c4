"""The sandbox bank of our own protocol, a client of it, and payment's side of its calls."""

from datetime import UTC, datetime, timedelta

import httpx

from deploy.sandbox.neutral.bank import HEARD, Bank, Shared, word
from deploy.sandbox.neutral.http import create_app
from deploy.sandbox.posts import Posts
from services.payment.gateways import Answer, Call, Payer, Sending
from services.payment.gateways.neutral.gateway import Neutral
from tests.services.payment.gateways.platform.piped_vectors import ORDER, key, platform_row

SANDBOX = "http://sandbox"
NOW = datetime(2026, 11, 2, 14, 31, tzinfo=UTC)
LATER = ORDER._replace(expires_at=NOW + timedelta(hours=1))
OURS, THEIRS = "ours-ours", "theirs-theirs"
GATEWAY = Neutral(
    platform_row(
        name="bac-ha",
        family="neutral",
        merchant="MC0001",
        outgoing=(key(OURS),),
        incoming=(key(THEIRS),),
        base_url=SANDBOX,
        page_url=SANDBOX,
    )
)
PAYER = Payer("203.0.113.10")


class Merchant:
    """Payment's side: reads each call, and answers in turn as told, the last for ever."""

    def __init__(self, *verdicts: str) -> None:
        self.verdicts, self.heard = list(verdicts) or ["recorded"], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = [(name.lower(), value) for name, value in request.headers.raw]
        call = Call(headers=sent, body=request.content)
        self.heard += GATEWAY.read_callback(call, NOW)
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        reply = GATEWAY.answer(verdict, call, NOW)
        return httpx.Response(reply.status, content=reply.body)


class House:
    """The sandbox and a client of it."""

    def __init__(self, merchant: Merchant) -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(merchant))
        posts = Posts(client, "http://payment/v1/callbacks/bac-ha", 0.0, word, HEARD)
        self.now = NOW
        self.bank = Bank(Shared("bac-ha", "MC0001", OURS, THEIRS), posts, SANDBOX, lambda: self.now)
        transport = httpx.ASGITransport(create_app(self.bank, slow_s=0.0))
        self.http = httpx.AsyncClient(transport=transport, base_url=SANDBOX)

    async def send(self, sending: Sending) -> Answer:
        answer = await self.http.request(
            sending.method, sending.url, content=sending.body, headers=sending.headers
        )
        return Answer(answer.status_code, answer.content, answer.headers)

    async def ask(self, function: str, key: str = "k", **values: object):
        answer = await self.send(GATEWAY.ask(function, key, values, NOW))
        return GATEWAY.read(function, answer, NOW)

    async def begin(self, order=LATER):
        answer = await self.send(GATEWAY.create("k", order, PAYER, NOW))
        return GATEWAY.read_created(answer, order, NOW)

    async def pay(self, behaviour: str = "pay") -> list[str]:
        offer = await self.begin()
        body = {"pay_url": offer.pay_url, "behaviour": behaviour}
        answer = await self.http.post("/sandbox/pay", json=body)
        assert answer.status_code == 202
        await self.bank.till.rest()
        return answer.json()["transactions"]

    async def query(self, key: str = "q"):
        answer = await self.send(GATEWAY.query(key, ORDER, NOW))
        return GATEWAY.read_answer(answer, ORDER, NOW)
