"""Submits applications straight onto Kafka at a steady rate, whatever becomes of them (open loop).

An application's id carries the instant at which it was due, to the millisecond: whoever sees its
events knows its latency from then, late sending included.
"""

import asyncio
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from deploy.sandbox.portal import NAME, uuid7
from shared import jwe
from shared.bus import Message, Partition
from shared.catalogue import Catalogue, load
from shared.errors import Unknown
from shared.events import Event, encode
from shared.events.data import Document
from shared.events.portal import Personal, Submitted
from shared.kafka import KafkaProducer
from shared.placement import home
from tests.load.workers import orders, say

TICK_S = 0.02
START_DELAY_S = 0.2
RETRY_S = 0.2
PAPER = 64 * "f"  # stands for the hash of a document, until it is drawn
TEMPLATES = 2_000  # encrypted texts made beforehand: what a portal's machine would spend


class Job(msgspec.Struct, frozen=True):
    """Where to submit; how many and how fast is an order."""

    kafka_url: str
    topic: str
    clients: str  # path of the clients' secrets
    lanes: int


class Offered(msgspec.Struct, frozen=True):
    """What was submitted, and how far behind its own plan the generator ever was."""

    submitted: int
    began: float
    ended: float
    behind_s: float


def people() -> list[Personal]:
    """Return whom the applications are of, in turn."""
    return [
        Personal(
            name="Người Thử Nghiệm (synthetic)",
            personal_number=f"001190{n:06d}",
            phone=f"09{n:08d}",
            email="synthetic@example.invalid",
            address="Số 1, đường Thử Nghiệm",
        )
        for n in range(TEMPLATES)
    ]


def submissions(job: Job, catalogue: Catalogue, chance: random.Random) -> list[bytes]:
    """Return data of submissions to draw from: paid at once, accepted without an officer."""
    clients = json.loads(Path(job.clients).read_text())
    key = jwe.import_key(clients["intake_jwk"])
    today = datetime.now(UTC).date()
    procedures = [
        p
        for p in catalogue.procedures_in_force(today)
        if p.payment_moment == "at_submission"
        and p.online_level == "full"
        and p.competent_level == "commune"
        and p.non_boundary == "intra_province"
        and getattr(p.fee, "online_amount_vnd", None) != 0  # free online: nothing to pay
        and p.required_documents  # by which one application is told from the next
    ]
    units = [u for u in catalogue.units_in_force(today) if not u.is_province and u.province != "01"]
    return [
        _submission(key, chance.choice(procedures), chance.choice(units).code, person)
        for person in people()
    ]


def _submission(key: Any, procedure: Any, unit: str, person: Personal) -> bytes:
    return encode(
        Submitted(
            procedure=procedure.code,
            receiving_unit=unit,
            residence_unit=unit,
            personal=jwe.encrypt_to(key, encode(person)),
            documents=tuple(
                Document(name=name, sha256=PAPER) for name in procedure.required_documents
            ),
        )
    )


def about(submission: bytes, application: str) -> bytes:
    """Return a submission with papers of its own: a citizen who asks for the same again and again
    would be known as such, and cost what likely duplicates cost.
    """
    return submission.replace(PAPER.encode(), 2 * application.replace("-", "").encode())


class Generator:
    """Draws submissions and appends them when they are due."""

    def __init__(self, job: Job, producer: KafkaProducer) -> None:
        self._job, self._producer = job, producer
        self._chance = random.Random(time.time_ns())  # no two runs share an id
        self._drawn = submissions(job, load(), random.Random(1))

    async def offer(self, rate: float, seconds: float) -> Offered:
        """Submit at this rate for so long; return when all are acknowledged."""
        total, sent, behind_s = round(rate * seconds), 0, 0.0
        begin = time.time() + START_DELAY_S
        while sent < total:
            now = time.time()
            due = min(total, int((now - begin) * rate) + 1)
            behind_s = max(behind_s, now - begin - sent / rate if sent < due else 0.0)
            batches: dict[Partition, list[Message]] = {}
            for n in range(sent, due):
                self._draw(begin + n / rate, n, batches)
            await self._append(batches)
            sent = max(sent, due)
            await asyncio.sleep(TICK_S)
        return Offered(sent, begin, begin + sent / rate, behind_s)

    async def _append(self, batches: dict[Partition, list[Message]]) -> None:
        """Append until the log has it, as a portal would; what came twice counts once."""
        left = batches
        while left:
            try:
                await self._producer.append(left)
                left = {}
            except Unknown:
                await asyncio.sleep(RETRY_S)

    def _draw(self, at: float, n: int, batches: dict[Partition, list[Message]]) -> None:
        application = uuid7(int(at * 1000), self._chance)
        event = Event(
            id=f"{application}/submitted",
            source=f"/portals/{NAME}",
            type=Submitted.TYPE,
            subject=application,
            time=datetime.fromtimestamp(at, UTC),
            data=msgspec.Raw(about(self._drawn[n % len(self._drawn)], application)),
        )
        place = self._job.topic, home(application, self._job.lanes)
        message = Message(application.encode(), encode(event))
        batches.setdefault(place, []).append(message)


async def main(job: Job) -> None:
    """Offer what is ordered."""
    producer = KafkaProducer(job.kafka_url)
    await producer.start()
    generator = Generator(job, producer)
    async for order in orders():
        offered = await generator.offer(order["rate"], order["seconds"])
        say(**msgspec.to_builtins(offered))
    await producer.stop()


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
