"""The loop beside the lanes, and what it is told at the start."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.attachments.settings import AttachmentSettings
from services.intake.attachments.sweep import Sweep
from services.intake.attachments.uploads import DOUBTS_LIMIT
from services.intake.attachments.wired import attachments
from shared.errors import Misconfigured
from shared.settings import Settings


async def rounds(sweep: Sweep, n: int) -> None:
    task = asyncio.create_task(sweep.run())
    for _ in range(20 * n):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_outage_of_the_database_is_waited_out_and_said(memory: Any, make: Any) -> None:
    sweep = Sweep(memory.uploads, memory.contents, lambda: memory.now, lambda: 0.0, every_s=0.0)
    await memory.begin(10)
    memory.now += timedelta(hours=26)
    memory.tables["uploads"].is_down = True
    await rounds(sweep, 2)
    assert (sweep.health.doing, sweep.health.because) == ("waiting", "planted")
    memory.tables["uploads"].is_down = False
    await rounds(sweep, 2)
    assert sweep.health.is_ready()
    assert await memory.ids("uploads") == set()


async def test_a_scanner_that_is_away_leaves_intake_ready(memory: Any, make: Any) -> None:
    memory.scanner.says = None
    await memory.upload(make.PDF)
    sweep = Sweep(memory.uploads, memory.contents, lambda: memory.now, lambda: 0.0, every_s=0.0)
    await rounds(sweep, 2)
    assert sweep.health.is_ready()
    assert len(await memory.ids("waiting")) == 1


async def waiting(world: Any, make: Any, count: int) -> list[str]:
    """Upload files while the scanner is away; return their addresses, oldest first."""
    world.scanner.says, found = None, []
    for n in range(count):
        content = make.PDF + b"%" + str(n).encode()
        found.append(await world.begin(len(content)))
        await world.add(found[-1], 0, content)
        world.now += timedelta(seconds=1)
    world.scanner.says = make.Verdict("clean")
    return found


async def states(world: Any, uploads: list[str]) -> list[str]:
    return [(await world.call("GET", at)).json()["state"] for at in uploads]


async def test_a_file_without_a_verdict_holds_up_no_other(world: Any, make: Any) -> None:
    uploads = await waiting(world, make, 3)
    world.scanner.too_much = {make.PDF + b"%0"}
    await world.sweep.once()
    assert await states(world, uploads) == ["checking", "stored", "stored"]
    world.scanner.too_much = set()
    await world.sweep.once()
    assert await states(world, uploads) == ["stored"] * 3


async def test_a_scanner_that_is_away_is_asked_once_in_a_round(memory: Any, make: Any) -> None:
    await waiting(memory, make, 3)
    memory.scanner.says, asked = None, memory.scanner.asked
    await memory.sweep.once()
    assert memory.scanner.asked == asked + 1


async def test_files_without_a_verdict_end_a_round_and_the_next_goes_on_behind_them(
    memory: Any, make: Any
) -> None:
    count = DOUBTS_LIMIT + 2
    uploads = await waiting(memory, make, count)
    memory.scanner.too_much = {make.PDF + b"%" + str(n).encode() for n in range(count - 1)}
    await memory.sweep.once()
    assert await states(memory, uploads) == ["checking"] * count
    assert len(memory.scanner.seen) == DOUBTS_LIMIT
    await memory.sweep.once()
    assert (await states(memory, uploads))[-1] == "stored"
    memory.scanner.too_much = set()
    await memory.sweep.once()
    assert await states(memory, uploads) == ["stored"] * count


async def test_more_files_than_a_round_takes_are_settled_in_the_next(
    memory: Any, make: Any
) -> None:
    uploads = await waiting(memory, make, 5)
    for _ in range(3):
        await memory.uploads.settle_waiting(2)
    assert await states(memory, uploads) == ["stored"] * 5


def test_contents_are_in_gridfs_unless_an_address_is_told() -> None:
    assert AttachmentSettings().bucket_url == ""


def test_an_address_without_bucket_or_key_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="needs"):
        AttachmentSettings(bucket_url="http://store", bucket_name="files")
    AttachmentSettings(bucket_url="http://store", bucket_name="files", bucket_key=tmp_path)


@pytest.mark.parametrize("is_s3", [False, True])
async def test_a_process_is_wired_as_it_is_told(tmp_path: Path, make: Any, is_s3: bool) -> None:
    key = tmp_path / "key.json"
    key.write_text('{"access_key": "made-up", "secret_key": "made-up"}')
    told: Any = {"bucket_url": "http://127.0.0.1:9", "bucket_name": "files", "bucket_key": key}
    resources: Any = SimpleNamespace(settings=Settings(), clock=lambda: make.NOW, service="intake")
    found = attachments(resources, AttachmentSettings(**(told if is_s3 else {})))
    name, health, _ = found.loop
    assert (name, health.doing) == ("attachments", "starting")
    assert found.router.routes
    await found.close()


def test_a_key_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    told = AttachmentSettings(bucket_url="http://x", bucket_name="files", bucket_key=tmp_path)
    resources: Any = SimpleNamespace(settings=Settings(), clock=None, service="intake")
    with pytest.raises(Misconfigured, match="no key"):
        attachments(resources, told)
