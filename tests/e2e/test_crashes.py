"""kill -9 at every step of the lane and of effects, every outside message doubled: nothing is lost.

Each round arms one step in some services.  A service dies when it gets there, is started again
unarmed, and all goes on; in the end the audit reads topics, journals and partners.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.audit.evidence import Evidence
from deploy.audit.invariants import Finding, audit
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.payers import Behaviour
from deploy.sandbox.portal import Application, Citizens, Portal, personal_values
from shared.catalogue import load
from shared.failpoints import EFFECTS, LANE
from shared.kafka import KafkaProducer
from tests.e2e.life import deciding, paying
from tests.e2e.system import System, running

pytestmark = pytest.mark.stack

LANES_OF = ("intake", "routing", "payment", "notify")
ROUNDS: list[Mapping[str, str]] = [
    *(dict.fromkeys(LANES_OF, step) for step in LANE),
    *({"notify": step, "payment": step} for step in EFFECTS),
]
A_ROUND = 8  # applications
ROUND_LIMIT_S = 90.0
END_LIMIT_S = 90.0
ENDS = {3, 7, 10}  # not accepted, withdrawn, returned
FAST = {
    "MOTCUA_SESSION_S": "2",
    "MOTCUA_NOTICE_LIMIT_S": "1",
    "MOTCUA_NOTICE_ASK_AFTER_S": "[2, 3, 5, 5, 5]",
    "MOTCUA_NOTICE_RETRY_AFTER_S": "[1, 1, 1, 1, 1]",
    "MOTCUA_PAYMENT_ASK_AFTER_S": "[2, 2, 2, 2]",
    "MOTCUA_PAYMENT_CALL_LIMIT_S": "1",
}


class Town:
    """Who submits, and what was promised to them."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._citizens = Citizens(load(), datetime.now(UTC).date(), random.Random(3))
        self._portal = Portal(system.clients, system.settings.lanes)
        self._submitted: list[Application] = []

    async def submit(self, count: int) -> None:
        """Submit onto Kafka, every message twice."""
        applications = [self._citizens.draw() for _ in range(count)]
        producer = KafkaProducer(self._system.stack.kafka_url)
        await producer.start()
        try:
            await self._portal.append(producer, applications)
            await self._portal.append(producer, random.Random(5).sample(applications, count))
        finally:
            await producer.stop()
        self._submitted += applications

    async def evidence(self) -> Evidence:
        """Return everything, and what must hold of it."""
        personal = {v for a in self._submitted for v in personal_values(a)}
        return await self._system.evidence(
            acknowledged=self._portal.acknowledged, personal=personal
        )


def twice_or_silently(application: str) -> Behaviour:
    """Make the bank call twice, or not at all, so that payment must ask."""
    return "silent" if int(application[-1], 16) % 2 else "twice"


async def revive(system: System, armed: Mapping[str, str]) -> None:
    """Let each armed service die once, start it again, and wait until it works."""
    waiting, end = set(armed), asyncio.get_running_loop().time() + ROUND_LIMIT_S
    while waiting:
        for name in sorted(waiting):
            if system.children.find(name) is None:
                await asyncio.to_thread(system.start, name)
                waiting.discard(name)
        assert asyncio.get_running_loop().time() < end, f"{waiting} never got to its failpoint"
        await asyncio.sleep(0.1)
    for name in armed:
        await asyncio.to_thread(system.wait_ready, name)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with running(tmp_path, FAST) as started:
        yield started


async def test_nothing_is_lost_or_doubled_whichever_step_a_service_dies_at(system: System) -> None:
    town = Town(system)
    habits = Habits(delay_s=0.2, asked_for_supplement=0.0)
    async with paying(system, twice_or_silently), deciding(system, habits):
        for armed in ROUNDS:
            for name, step in armed.items():
                await asyncio.to_thread(system.children.stop, [name])
                await asyncio.to_thread(system.start, name, {"MOTCUA_FAILPOINT": step})
            await town.submit(A_ROUND)
            await revive(system, armed)
        findings = await settled(town)
    assert [(f.sentence, f.wrong) for f in findings if not f.holds] == []


async def settled(town: Town) -> list[Finding]:
    """Wait until every application has come to its end, then return the verdict."""
    end = asyncio.get_running_loop().time() + END_LIMIT_S
    while True:
        evidence = await town.evidence()
        findings = audit(evidence)
        left = evidence.acknowledged - ended(evidence)
        if not left and all(f.holds for f in findings):
            return findings
        if asyncio.get_running_loop().time() > end:
            assert not left, f"{len(left)} applications never came to an end"
            return findings
        await asyncio.sleep(2)


def ended(evidence: Evidence) -> set[str]:
    """Return the applications that nothing more can happen to."""
    last = {h.event.subject: h.data() for h in evidence.events_of("routing") if h.event}
    return {a for a, data in last.items() if data["national_code"] in ENDS}
