"""The benchmark's bank and its clock: pays every order at once, and sees who was accepted when."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import aiohttp
import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import events
from shared.events.payment import Requested
from shared.events.routing import Accepted

WINDOW_S = 0.02
CALLS = 16
ANSWERED = {"00", "02"}
TRIES = 10
RETRY_S = 0.5


class Job(msgspec.Struct, frozen=True):
    """What to watch.  Ends when `total` are accepted, or at `until` (Unix seconds)."""

    kafka_url: str
    payment_url: str
    clients: str
    lanes: int
    total: int
    until: float
    out: str


class World:
    """Orders to pay, and applications accepted."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._vnpay = json.loads(Path(job.clients).read_text())["vnpay"]
        self._calls = asyncio.Semaphore(CALLS)
        self._tasks: set[asyncio.Task[None]] = set()
        self.accepted: dict[str, float] = {}  # application → when its acceptance was read
        self.answers: dict[str, int] = {}
        self._requested: set[str] = set()

    async def run(self) -> None:
        """Follow both topics to the end."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._job.kafka_url, enable_auto_commit=False, fetch_max_wait_ms=100
        )
        await consumer.start()
        topics = ("payment.events", "routing.events")
        places = [TopicPartition(t, n) for t in topics for n in range(self._job.lanes)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        async with aiohttp.ClientSession() as session:
            while len(self.accepted) < self._job.total and time.time() < self._job.until:
                got = await consumer.getmany(timeout_ms=200)
                now = time.time()
                for messages in got.values():
                    for message in messages:
                        self._hear(message.value, now, session)
                await asyncio.sleep(WINDOW_S)
            await asyncio.gather(*self._tasks)
        await consumer.stop()

    def _hear(self, value: bytes, now: float, session: aiohttp.ClientSession) -> None:
        if b'"type":"application.accepted"' in value:
            event = events.decode(value)
            if event.type == Accepted.TYPE:
                self.accepted.setdefault(event.subject, now)
        elif b'"type":"payment.requested"' in value:
            event = events.decode(value)
            if event.id not in self._requested:
                self._requested.add(event.id)
                order = msgspec.json.decode(event.data, type=Requested)
                task = asyncio.create_task(self._pay(order, session))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _pay(self, order: Requested, session: aiohttp.ClientSession) -> None:
        query = callback(self._vnpay, order, str(10_000_000 + len(self._requested)))
        url = f"{self._job.payment_url}/v1/callbacks/vnpay?{query}"
        for _ in range(TRIES):
            async with self._calls, session.get(url) as answer:
                code = json.loads(await answer.read())["RspCode"]
            self.answers[code] = self.answers.get(code, 0) + 1
            if code in ANSWERED:
                return
            await asyncio.sleep(RETRY_S)


def callback(vnpay: dict[str, str], order: Requested, transaction: str) -> str:
    """Return the signed query of VNPAY's IPN for a paid order."""
    fields = {
        "vnp_Amount": str(order.amount_vnd * 100),
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": f"Le phi {order.reference}",
        "vnp_PayDate": time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 7 * 3600)),
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": vnpay["merchant"],
        "vnp_TransactionNo": transaction,
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": order.reference,
    }
    text = urlencode(fields)
    signature = hmac.new(vnpay["secret"].encode(), text.encode(), hashlib.sha512).hexdigest()
    return f"{text}&vnp_SecureHash={signature}"


def latency_s(application: str, at: float) -> float:
    """Return how long after it was due; the id carries the instant."""
    return at - (UUID(application).int >> 80) / 1000


async def main(job: Job) -> dict[str, Any]:
    """Watch; return what happened."""
    world = World(job)
    began = time.process_time()
    await world.run()
    latencies = {a: latency_s(a, t) for a, t in world.accepted.items()}
    return {
        "completed": len(world.accepted),
        "last": max(world.accepted.values(), default=0.0),
        "latencies_s": sorted(latencies.values()),
        "answers": world.answers,
        "cpu_s": time.process_time() - began,
    }


if __name__ == "__main__":
    job = msgspec.json.decode(sys.argv[1], type=Job)
    Path(job.out).write_text(json.dumps(uvloop.run(main(job))))
