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
    clock = lambda: make.NOW  # noqa: E731
    resources: Any = SimpleNamespace(settings=Settings(), clock=clock, service="intake")
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
