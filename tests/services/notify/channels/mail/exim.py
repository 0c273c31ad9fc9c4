"""Exim, where Debian's package is installed: an independent mail server that reports."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.ports import free

PROGRAM = shutil.which("exim4") or shutil.which("exim4", path="/usr/sbin")
USER = "Debian-exim"
STARTED_LIMIT_S = 10.0

missing = pytest.mark.skipif(
    PROGRAM is None or os.geteuid() != 0,
    reason="needs root and exim4 (Debian: apt-get install exim4-daemon-light)",
)

# every address is one file but gone@…, which is taken at the door and found to be nobody's after
CONFIGURATION = """
primary_hostname = mail.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
tls_advertise_hosts =
dsn_advertise_hosts = *
acl_smtp_rcpt = rcpt
keep_environment =
begin acl
rcpt:
  deny
    local_parts = nobody
    message = 5.1.1 no such user here
  accept
begin routers
gone:
  driver = redirect
  local_parts = gone
  data = :fail: no such user here
  allow_fail
everybody:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = {folder}/mail/all
  user = {user}
"""


@asynccontextmanager
async def exim() -> AsyncIterator[tuple[int, Path]]:
    """Run it on loopback, with nothing of its own outside a folder; its port and its mailbox."""
    with tempfile.TemporaryDirectory(prefix="exim-") as folder:  # pytest's are for root alone
        own = Path(folder)
        _prepare(own)
        async with _running(own) as port:
            yield port, own / "mail" / "all"


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[int]:
    assert PROGRAM is not None
    [port] = free(1)
    process = await _started(
        PROGRAM, folder, CONFIGURATION.format(port=port, folder=folder, user=USER)
    )
    try:
        try:
            async with asyncio.timeout(STARTED_LIMIT_S):
                await _listening(port)
        except TimeoutError:
            pytest.fail(_said(folder))
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _started(program: str, folder: Path, configuration: str) -> Awaitable[Process]:
    file = folder / "conf"
    file.write_text(configuration)
    file.chmod(0o644)
    out = subprocess.DEVNULL
    return asyncio.create_subprocess_exec(program, "-C", str(file), "-bdf", stdout=out, stderr=out)


def _prepare(folder: Path) -> None:
    folder.chmod(0o755)
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
        shutil.chown(folder / name, USER)


def _said(folder: Path) -> str:
    return "".join(path.read_text() for path in (folder / "log").iterdir()) or "nothing was logged"


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
