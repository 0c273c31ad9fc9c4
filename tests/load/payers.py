"""The citizens and their bank: every order is paid at once, by a signed callback of its own."""

import asyncio
import hmac
import json
import sys
import time
from contextlib import aclosing
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import uvloop

from deploy.audit.evidence import Payment
from deploy.log.reading import growing
from shared.events.payment import Requested
from tests.load.calls import Call, Calls
from tests.load.spread import spread
from tests.load.workers import orders, say

PARTNER = "sen-vang"
WINDOW_S = 0.02
WAIT_MS = 200
FIRST_TRANSACTION = 10_000_000
REQUESTED = f'"type":"{Requested.TYPE}"'.encode()
ANSWERED = (b'"00"', b'"02"')  # recorded, known already; after any other the bank calls again


class Job(msgspec.Struct, frozen=True):
    """Whose orders to pay, and where to say so."""

    kafka_url: str
    topic: str
    callbacks: str  # the address of callbacks
    clients: str
    out: str  # where the bank's own books are written


class _Order(msgspec.Struct, frozen=True):
    reference: str
    amount_vnd: int


class _Requested(msgspec.Struct, frozen=True):
    id: str
    data: _Order


class Payers:
    """Follows the orders and pays them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        partner = json.loads(Path(job.clients).read_text())["partners"][PARTNER]
        self._merchant = partner["merchant"]
        self._secret = partner["incoming"][0]["secret"].encode()
        address = urlsplit(job.callbacks)
        self._path = address.path
        self._calls = Calls(address.hostname or "", address.port or 80, self._answered)
        self._decoder = msgspec.json.Decoder(_Requested)
        self._seen: set[str] = set()
        self._books: list[Payment] = []
        self._answers: dict[str, int] = {}

    async def run(self) -> None:
        """Follow the topic until cancelled."""
        log = growing(self._job.kafka_url, [self._job.topic], fetch_max_wait_ms=WAIT_MS)
        async with aclosing(log) as batches:
            async for messages in batches:
                paid_at = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 7 * 3600))
                for message in messages:
                    if REQUESTED in message.value:
                        self._pay(message.value, paid_at)
                await asyncio.sleep(WINDOW_S)

    def tally(self) -> dict[str, object]:
        """Return what was paid and how long callbacks took; forget the latter."""
        took_ms = spread([1000 * s for s in self._calls.took_s])
        self._calls.took_s = type(self._calls.took_s)("d")
        Path(self._job.out).write_bytes(msgspec.json.encode(self._books))
        return {
            "answers": self._answers,
            "under_way": self._calls.under_way,
            "given_up": self._calls.given_up,
            "callback_ms": took_ms,
        }

    def _pay(self, value: bytes, paid_at: str) -> None:
        requested = self._decoder.decode(value)
        if requested.id in self._seen:
            return
        self._seen.add(requested.id)
        order, transaction = requested.data, str(FIRST_TRANSACTION + len(self._seen))
        query = callback(self._merchant, self._secret, order.reference, order.amount_vnd,
                         transaction, paid_at)  # fmt: skip
        payment = Payment(order.reference, transaction, order.amount_vnd, PARTNER)
        self._calls.call(Call(self._calls.request(f"{self._path}?{query}"), payment))

    def _answered(self, call: Call, status: int, body: bytes) -> bool:
        code = body.partition(b'"RspCode":')[2][:4] if status == 200 else str(status).encode()
        name = code.decode().strip('"')
        self._answers[name] = self._answers.get(name, 0) + 1
        if code in ANSWERED:
            self._books.append(call.about)
            return True
        return False


def callback(
    merchant: str, secret: bytes, reference: str, amount_vnd: int, transaction: str, paid_at: str
) -> str:
    """Return the signed query of VNPAY's IPN for a paid order: sorted, nothing to be encoded."""
    text = (
        f"vnp_Amount={amount_vnd * 100}&vnp_BankCode=NCB&vnp_OrderInfo=Le+phi+{reference}"
        f"&vnp_PayDate={paid_at}&vnp_ResponseCode=00&vnp_TmnCode={merchant}"
        f"&vnp_TransactionNo={transaction}&vnp_TransactionStatus=00&vnp_TxnRef={reference}"
    )
    return f"{text}&vnp_SecureHash={hmac.digest(secret, text.encode(), 'sha512').hex()}"


async def main(job: Job) -> None:
    """Pay until the end; tell how it goes when asked."""
    payers = Payers(job)
    paying = asyncio.create_task(payers.run())
    async for _ in orders():
        if paying.done():
            paying.result()
        say(**payers.tally())
    paying.cancel()


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
