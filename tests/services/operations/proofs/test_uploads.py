"""Reports that are sent in: however large, whatever else goes on, and however many come."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proofs import desk as desks
from services.operations.proofs.desk import ProofDesk, TooManyUploads
from services.operations.proofs.report import report_of, signed
from services.operations.proofs.rows import Proofs
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.proofs.prover import OURS

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LISTED = 20_000  # 4 MB: it takes some tenths of a second


@pytest.fixture
def desk() -> ProofDesk:
    return ProofDesk(Proofs(MemoryTable(Trouble())), OURS, lambda: NOW, str)


def large() -> bytes:
    proof = Proof(applications=LISTED)
    for n in range(LISTED):
        proof.blame(f"kind-{n // 1_000}", f"{n:036}", f"name-{n}", "what is wrong with it " * 5)
    period = Period(NOW - timedelta(days=2), NOW - timedelta(days=1))
    return msgspec.json.encode(signed(report_of(proof, period, NOW, NOW, "motcua"), OURS))


async def test_while_a_large_report_is_verified_everything_else_goes_on(desk: ProofDesk) -> None:
    verifying, turns = asyncio.create_task(desk.verify(large())), 0
    while not verifying.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await verifying).is_signed
    assert turns > 100  # in one go it would be one or two


async def test_there_is_room_for_a_few_and_who_is_too_slow_makes_room(desk: ProofDesk) -> None:
    desk = replace(desk, upload_limit_s=0.02)
    slow, there = asyncio.Event(), 0

    async def send() -> None:
        nonlocal there
        async with desk.upload():
            there += 1
            assert there <= desks.UPLOADS_AT_ONCE
            try:
                await slow.wait()
            finally:
                there -= 1

    found = await asyncio.gather(*(send() for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in found] == [TooManyUploads] * 5
    async with desk.upload():
        assert there == 0
