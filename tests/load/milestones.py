"""Says what befalls applications, as the services before notify do, at a steady rate (open loop).

Each application is registered, asked to pay, paid and accepted, a while apart: four milestones that
its citizen is told of.  Keys and sealed contacts are made beforehand.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop

from deploy.sandbox.portal import uuid7
from shared import secrets
from shared.bus import Message, Partition
from shared.events import Data, Event, encode, numbered_id
from shared.events.data import Consent, Way
from shared.events.intake import Contact, Registered
from shared.events.payment import Requested, Settled
from shared.events.routing import Accepted
from shared.kafka import KafkaProducer
from shared.mongo import MongoTable, connect
from shared.placement import home
from shared.settings import Settings
from shared.vault import Vault, seal
from tests.load.generator import START_DELAY_S, TICK_S, Offered
from tests.load.workers import orders, say

MILESTONES = ("registered", "payment_requested", "payment_settled", "accepted")
APART_S = 2.0
KEYS_AT_ONCE = 2_000
DATABASE = str(Settings.model_fields["database"].default)
PARTNER, AMOUNT_VND = "sen-vang", 20_000


class Job(msgspec.Struct, frozen=True):
    """Where to say it.  `secrets`: path of the services' own; `ways`: each application gets one."""

    kafka_url: str
    mongo_url: str
    secrets: str
    lanes: int
    ways: list[Way]


class Told(NamedTuple):
    """An application: its id, and its contact as it is sealed for it."""

    id: str
    contact: str
    way: Way


def said(told: Told, number: int, at: datetime) -> tuple[tuple[str, int, Data], ...]:
    """Return what befalls it, in order: who says it, as its how-manieth event, what."""
    code, due = f"G09.20-{at:%Y%m%d}-{number:07d}", at + timedelta(days=7)
    registered = Registered(
        dossier_code=code,
        portal="sandbox-portal",
        procedure="1.001193",
        receiving_unit="00004",
        residence_unit="00004",
        channel="online",
        applicant_kind="citizen",
        language="vi",
        copies=1,
        documents=(),
        sealed=told.contact,
        contact=told.contact,
        subject_hash="",
        submitted_at=at,
        catalogue_version="synthetic",
        notices=Consent(channels=(told.way,)),
    )
    order = {"partner": PARTNER, "reference": f"DVC{number:015d}", "amount_vnd": AMOUNT_VND}
    return (
        ("intake", 1, registered),
        ("payment", 1, Requested(**order, attempt=1, expires_at=due)),
        ("payment", 2, Settled(**order, transaction=str(number))),
        ("routing", 1, Accepted(national_code=2, officer="synthetic", due=due)),
    )


class Teller:
    """Appends what befalls applications when it is due."""

    def __init__(self, job: Job, producer: KafkaProducer, vault: Vault) -> None:
        self._job, self._producer, self._vault = job, producer, vault
        self._chance = random.Random(time.time_ns())  # no two runs share an id

    async def prepare(self, count: int) -> list[Told]:
        """Return so many applications, with keys and contacts of their own."""
        now_ms, made = int(time.time() * 1_000), list[Told]()
        for first in range(0, count, KEYS_AT_ONCE):
            ids = [uuid7(now_ms, self._chance) for _ in range(min(KEYS_AT_ONCE, count - first))]
            keys = await self._vault.keys(ids, create=True)
            for number, id_ in enumerate(ids, first):
                person = Contact(
                    name="Người Thử Nghiệm (synthetic)",
                    phone=f"09{number:08d}",
                    email="synthetic@example.invalid",
                )
                way = self._job.ways[number % len(self._job.ways)]
                made.append(Told(id_, seal(keys[id_], encode(person), id_), way))
        return made

    async def offer(self, told: Sequence[Told], rate: float) -> Offered:
        """Begin so many applications a second; return when all is said and acknowledged."""
        begin, behind_s = time.time() + START_DELAY_S, 0.0
        said_so_far = [0] * len(MILESTONES)
        while said_so_far[-1] < len(told):
            now, batches = time.time(), dict[Partition, list[Message]]()
            for step, at in enumerate(said_so_far):
                since_s = now - begin - step * APART_S
                due = min(len(told), max(0, int(since_s * rate) + 1 if since_s >= 0 else 0))
                if at < due:
                    behind_s = max(behind_s, since_s - at / rate)
                for number in range(at, due):
                    self._say(told[number], number, step, batches)
                said_so_far[step] = max(at, due)
            if batches:
                await self._producer.append(batches)
            await asyncio.sleep(TICK_S)
        return Offered(len(told), begin, begin + len(told) / rate, behind_s)

    def _say(
        self, told: Told, number: int, step: int, batches: dict[Partition, list[Message]]
    ) -> None:
        now = datetime.now(UTC)
        service, sequence, data = said(told, number, now)[step]
        event = Event(
            id=numbered_id(told.id, service, sequence),
            source=f"/services/{service}",
            type=data.TYPE,
            subject=told.id,
            time=now,
            data=msgspec.Raw(encode(data)),
            sequence=f"{sequence:06d}",
        )
        place = f"{service}.events", home(told.id, self._job.lanes)
        batches.setdefault(place, []).append(Message(told.id.encode(), encode(event)))


async def main(job: Job) -> None:
    """Prepare, then say what is ordered."""
    producer = KafkaProducer(job.kafka_url)
    await producer.start()
    table = MongoTable(connect(job.mongo_url, DATABASE)["vault.keys"])
    keys = secrets.read(Path(job.secrets))
    teller, told = Teller(job, producer, Vault(table, keys.master_key)), list[Told]()
    async for order in orders():
        if "prepare" in order:
            told = await teller.prepare(order["prepare"])
            say(prepared=len(told))
        else:
            say(**msgspec.to_builtins(await teller.offer(told, order["rate"])))
    await producer.stop()


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
