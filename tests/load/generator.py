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

from deploy.sandbox.portal import uuid7
from shared import jwe
from shared.bus import Message, Partition
from shared.catalogue import Catalogue, load
from shared.events import Event, encode
from shared.events.data import Document
from shared.events.portal import Personal, Submitted
from shared.kafka import KafkaProducer
from shared.placement import home

TICK_S = 0.02
START_DELAY_S = 1.0
TEMPLATES = 2_000  # encrypted texts made beforehand: what a portal's machine would spend


class Job(msgspec.Struct, frozen=True):
    """What to submit."""

    kafka_url: str
    clients: str  # path of the clients' secrets
    lanes: int
    rate_per_s: float
    seconds: float


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
    ]
    units = [u for u in catalogue.units_in_force(today) if not u.is_province and u.province != "01"]
    return [
        _submission(key, chance.choice(procedures), chance.choice(units).code, n)
        for n in range(TEMPLATES)
    ]


def _submission(key: Any, procedure: Any, unit: str, n: int) -> bytes:
    personal = Personal(
        name="Người Thử Nghiệm (synthetic)",
        personal_number=f"001190{n:06d}",
        phone=f"09{n:08d}",
        email="synthetic@example.invalid",
        address="Số 1, đường Thử Nghiệm",
    )
    return encode(
        Submitted(
            procedure=procedure.code,
            receiving_unit=unit,
            residence_unit=unit,
            personal=jwe.encrypt_to(key, encode(personal)),
            documents=tuple(
                Document(name=name, sha256=f"{n:064x}") for name in procedure.required_documents
            ),
        )
    )


async def run(job: Job) -> dict[str, float]:
    """Submit; return how many, for how long, and how far behind it ever was."""
    chance = random.Random(1)
    drawn = submissions(job, load(), chance)
    producer = KafkaProducer(job.kafka_url)
    await producer.start()
    total, sent, behind_s = round(job.rate_per_s * job.seconds), 0, 0.0
    cpu_s = time.process_time()
    begin = time.time() + START_DELAY_S
    while sent < total:
        now = time.time()
        due = min(total, int((now - begin) * job.rate_per_s))
        batches: dict[Partition, list[Message]] = {}
        while sent < due:
            at = begin + sent / job.rate_per_s
            behind_s = max(behind_s, now - at)
            application = uuid7(int(at * 1000), chance)
            event = _event(application, at, drawn[sent % len(drawn)])
            place = "portal.submissions", home(application, job.lanes)
            message = Message(application.encode(), encode(event))
            batches.setdefault(place, []).append(message)
            sent += 1
        if batches:
            await producer.append(batches)
        await asyncio.sleep(TICK_S)
    await producer.stop()
    ended = time.time()
    cpu_s = time.process_time() - cpu_s
    return {"submitted": sent, "began": begin, "ended": ended, "behind_s": behind_s, "cpu_s": cpu_s}


def _event(application: str, at: float, data: bytes) -> Event:
    return Event(
        id=f"{application}/submitted",
        source="/portals/bench",
        type=Submitted.TYPE,
        subject=application,
        time=datetime.fromtimestamp(at, UTC),
        data=msgspec.Raw(data),
    )


if __name__ == "__main__":
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    sys.stdout.write(json.dumps(result))
