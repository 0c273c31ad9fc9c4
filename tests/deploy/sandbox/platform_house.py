"""The sandbox platform and KeyPay, a client of theirs, and payment's side of the callbacks."""

import httpx

from deploy.sandbox.bank.books import Books
from deploy.sandbox.platform import keypay, platform
from deploy.sandbox.platform.http import create_app
from deploy.sandbox.platform.platform import Shared
from deploy.sandbox.posts import Posts
from services.payment.gateways import Answer, Call, Payer, Sending
from services.payment.gateways.platform.gateway import Platform
from services.payment.gateways.platform.keypay import Keypay
from tests.services.payment.gateways.platform.piped_vectors import (
    NOW,
    ORDER,
    keypay_row,
    platform_row,
)

SANDBOX = "http://sandbox"
PATHS = {
    "create": "create",
    "detail": "detail",
    "refund": "refund",
    "refund_detail": "refund-detail",
}
IDS = {f"{name}_path": f"/keypay/{path}" for name, path in PATHS.items()}
IDS |= {f"{name}_path": "/platform" for name in ("init", "query", "bill")}
GATEWAYS = {
    "platform": Platform(platform_row(base_url=SANDBOX, page_url=SANDBOX, ids=IDS)),
    "keypay": Keypay(keypay_row(base_url=SANDBOX, page_url=SANDBOX, ids=IDS)),
}
PAYER = Payer("203.0.113.10")
NAMES = sorted(GATEWAYS)


class Merchant:
    """Payment's side: reads each call, and answers in turn as told, the last for ever."""

    def __init__(self, *verdicts: str) -> None:
        self.verdicts, self.heard = list(verdicts) or ["recorded"], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        gateway = GATEWAYS[request.url.path.rpartition("/")[2]]
        call = Call(body=request.content)
        self.heard += gateway.read_callback(call, NOW)
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        reply = gateway.answer(verdict, call, NOW)
        return httpx.Response(reply.status, content=reply.body)


class House:
    """The sandbox and a client of it."""

    def __init__(self, merchant: Merchant) -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(merchant))
        self.tills, made = {}, []
        for name, module, kind in (
            ("platform", platform, platform.Platform),
            ("keypay", keypay, keypay.Keypay),
        ):
            row = GATEWAYS[name].partner
            shared = Shared(row.merchant, row.outgoing[0].secret, row.incoming[0].secret)
            url = f"http://payment/v1/callbacks/{name}"
            posts = Posts(client, url, 0.0, module.word, module.HEARD)
            made.append(kind(shared, Books(lambda: NOW), posts, SANDBOX))
            self.tills[name] = made[-1].till
        transport = httpx.ASGITransport(create_app(*made, slow_s=0.0))
        self.http = httpx.AsyncClient(transport=transport, base_url=SANDBOX)

    async def send(self, sending: Sending) -> Answer:
        answer = await self.http.request(
            sending.method, sending.url, content=sending.body, headers=sending.headers
        )
        return Answer(answer.status_code, answer.content, answer.headers)

    async def begin(self, name: str, order=ORDER) -> str:
        gateway = GATEWAYS[name]
        answer = await self.send(gateway.create("k", order, PAYER, NOW))
        return gateway.read_created(answer, order, NOW).pay_url

    async def pay(self, name: str, behaviour: str = "pay") -> list[str]:
        body = {"pay_url": await self.begin(name), "behaviour": behaviour}
        answer = await self.http.post("/sandbox/pay", json=body)
        assert answer.status_code == 202
        await self.tills[name].rest()
        return answer.json()["transactions"]

    async def ask(self, name: str):
        gateway = GATEWAYS[name]
        return gateway.read_answer(await self.send(gateway.query("q", ORDER, NOW)), ORDER, NOW)

    async def statement(self, name: str):
        return (await self.http.get("/sandbox/statement")).json()[name]
