"""A system of its own to be measured: every process real, on free ports, in a temporary folder."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import httpx
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local import launcher, processes, secrets
from deploy.local.children import Children
from deploy.local.settings import ROOT
from shared.errors import Misconfigured
from tests.e2e.system import System, own_settings
from tests.load import options

BUILD = ROOT / "build"
LOGS = BUILD / "bench-logs"  # kept when something went wrong
GONE = (KafkaError, PyMongoError, httpx.TransportError)
# spans are drawn from the log afterwards; delivery receipts are not part of the journey
QUIET = {"MOTCUA_SAMPLE_RATIO": "0", "MOTCUA_SMS_RECEIPTS": "false"}


class MeasuredSystem(System):
    """What runs, and what is asked of it to be measured."""

    @property
    def folder(self) -> Path:
        """Return where everything of it stands."""
        return self.settings.home

    @property
    def logs(self) -> Path:
        """Return where its processes' logs are."""
        return self.folder / "logs"

    @property
    def clients_file(self) -> Path:
        """Return where the other side's secrets are."""
        return processes.secret(self.settings, secrets.CLIENTS_FILE)

    def pids(self) -> dict[str, int]:
        """Return its living processes."""
        return {child.name: child.pid for child in self.children.all()}

    def key(self, role: str) -> str:
        """Return the API key of a role."""
        return str(self.clients["api_keys"][role])

    def outbox(self, counts: bool = False) -> dict[str, Any]:
        """Return what the SMS gateway was handed."""
        answer = httpx.get(
            f"{self.url('sms')}/sandbox/outbox",
            params={"counts": counts},
            headers={"authorization": f"Bearer {self.clients['sms']['key']}"},
            trust_env=False,
            timeout=60,
        )
        content: dict[str, Any] = answer.raise_for_status().json()
        return content

    def start(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start a process that does not run, without waiting for it."""
        super().start(name, {**QUIET, **(env or {})})

    def stop_services(self) -> None:
        """Leave nothing but Kafka and MongoDB."""
        self.children.stop([row.name for row in processes.TABLE])

    def keep_logs(self) -> None:
        """Copy the logs to where they outlive the system, as far as there is room."""
        shutil.rmtree(LOGS, ignore_errors=True)
        with suppress(OSError):
            LOGS.parent.mkdir(exist_ok=True)
            shutil.copytree(self.logs, LOGS)


@contextmanager
def running(steps: launcher.Steps, applications: float) -> Iterator[MeasuredSystem]:
    """Run a system for as long as the block lasts, with room for so many applications."""
    options.require_own_servers(dict(os.environ))
    options.require_room(Path(gettempdir()), applications)
    with TemporaryDirectory(prefix="motcua-bench-", ignore_cleanup_errors=True) as folder:
        settings = own_settings(Path(folder))
        with Children(settings.home) as children:
            servers = launcher.up(children, settings, steps, QUIET)
            system = MeasuredSystem(children, settings, servers)
            try:
                yield system
            except Exception as error:
                system.keep_logs()
                if isinstance(error, GONE):
                    raise Misconfigured(
                        f"A server went away while it was measured ({type(error).__name__}): "
                        f"{LOGS} says why, a full disk can be."
                    ) from error
                raise
