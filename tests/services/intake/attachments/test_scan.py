"""Malware is looked for through clamd: its protocol, and Debian's clamd with our signature."""

import asyncio
import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.attachments.scan import Clamd, NoScanner, NoVerdict, ScannerAway, scanner
from shared.errors import Misconfigured

MARK = b"motcua synthetic malware 5f2a9c"  # no malware: what our own signature is of
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
START_LIMIT_S = 60


class FakeClamd:
    """A server that reads INSTREAM strictly and answers as told."""

    def __init__(self, says: bytes = b"stream: OK\0") -> None:
        self.says, self.got = says, b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            self.got += await reader.readexactly(size)
        writer.write(self.says)
        await writer.drain()
        writer.close()


async def asked(server: FakeClamd, path: Path, content: bytes) -> Any:
    async with await asyncio.start_unix_server(server.serve, path / "clamd"):
        return await Clamd(f"unix://{path}/clamd", 5).scan(io.BytesIO(content))


async def test_all_of_a_content_is_sent(tmp_path: Path) -> None:
    server, content = FakeClamd(), os.urandom(200_000)
    assert (await asked(server, tmp_path, content)).state == "clean"
    assert server.got == content


async def test_a_signature_that_was_found_is_named(tmp_path: Path) -> None:
    verdict = await asked(FakeClamd(b"stream: Made.Up FOUND\0"), tmp_path, b"x")
    assert verdict == ("infected", "Made.Up")


@pytest.mark.parametrize(
    "says",
    [b"INSTREAM size limit exceeded. ERROR\0", b"stream: \0", b"OK\0", b"stream: OK", b"", b"\0"],
)
async def test_any_other_answer_is_no_verdict(tmp_path: Path, says: bytes) -> None:
    with pytest.raises(NoVerdict) as said:
        await asked(FakeClamd(says), tmp_path, b"x")
    assert said.type is NoVerdict  # somebody was there


async def test_a_scanner_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(ScannerAway):
        await Clamd(f"unix://{tmp_path}/nobody").scan(io.BytesIO(b"x"))


async def test_a_scanner_that_says_nothing_in_time_gives_no_verdict(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_unix_server(silent, tmp_path / "clamd"):
        with pytest.raises(NoVerdict) as said:
            await Clamd(f"unix://{tmp_path}/clamd", 0.05).scan(io.BytesIO(b"x"))
        assert said.type is NoVerdict
        await gone.wait()


async def test_without_an_address_nothing_is_scanned_and_that_is_said() -> None:
    assert isinstance(scanner(""), NoScanner)
    assert (await scanner("").scan(io.BytesIO(b"x"))).state == "not_scanned"


@pytest.mark.parametrize("address", ["clamd", "tcp://clamd", "http://clamd:3310", "unix://"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(Misconfigured, match="clamd is at"):
        scanner(address)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debian's clamd over a folder with our signature alone."""
    if CLAMD is None:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Motcua.Test.Synthetic:0:*:{MARK.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {folder}/socket\nForeground yes\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 1M\nMaxThreads 2\n"
    )
    log = (folder / "log").open("wb")
    started = subprocess.Popen(
        [CLAMD, "--config-file", folder / "clamd.conf"], stdout=log, stderr=log
    )
    try:
        end = time.monotonic() + START_LIMIT_S
        while not (folder / "socket").exists():
            assert started.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"unix://{folder}/socket"
    finally:
        started.terminate()
        started.wait(30)
        log.close()


async def test_debians_clamd_finds_our_signature_and_nothing_in_what_is_clean(clamd: str) -> None:
    clean, infected = b"made up " * 1_000, b"made up " * 1_000 + MARK
    assert (await scanner(clamd).scan(io.BytesIO(clean))).state == "clean"
    verdict = await scanner(clamd).scan(io.BytesIO(infected))
    assert verdict.state == "infected"
    assert verdict.signature.startswith("Motcua.Test.Synthetic")


async def test_what_is_too_large_for_clamd_is_not_clean(clamd: str) -> None:
    with pytest.raises(NoVerdict) as said:
        await scanner(clamd).scan(io.BytesIO(bytes(3 << 20)))
    assert said.type is NoVerdict


async def test_an_infected_upload_is_refused_by_debians_clamd(
    clamd: str, memory: Any, make: Any
) -> None:
    memory.scanner = scanner(clamd)
    memory.restart()
    answer = await memory.upload(make.PDF[:-6] + MARK + b"\n%%EOF\n")
    assert [p["code"] for p in answer.json()["problems"]] == ["file-infected"]
    assert (await memory.upload(make.PDF)).headers["motcua-state"] == "stored"
    assert len(memory.contents.kept) == 1
