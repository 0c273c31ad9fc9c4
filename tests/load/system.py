"""A system of its own to be measured: every process real, on free ports, in a temporary folder."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import httpx
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local import launcher, ports, processes, secrets
from deploy.local.children import Children
from deploy.local.settings import ROOT, Settings
from deploy.local.stack import Stack
from shared.errors import Misconfigured
from tests.load import options

BUILD = ROOT / "build"
LOGS = BUILD / "bench-logs"  # kept when something went wrong
PORTS = ("kafka", "controller", "mongo", *(p.name for p in processes.TABLE))
GONE = (KafkaError, PyMongoError, httpx.TransportError)
# spans are drawn from the log afterwards; delivery receipts are not part of the journey
QUIET = {"MOTCUA_SAMPLE_RATIO": "0", "MOTCUA_SMS_RECEIPTS": "false"}


@dataclass(frozen=True, slots=True)
class System:
    """What runs."""

    children: Children
    settings: Settings
    servers: Stack

    @property
    def folder(self) -> Path:
        """Return where everything of it stands."""
        return self.settings.home

    @property
    def logs(self) -> Path:
        """Return where its processes' logs are."""
        return self.folder / "logs"

    @property
    def clients(self) -> Path:
        """Return the other side's secrets."""
        return processes.secret(self.settings, secrets.CLIENTS_FILE)

    def pids(self) -> dict[str, int]:
        """Return its living processes."""
        return {child.name: child.pid for child in self.children.all()}

    def url(self, name: str) -> str:
        """Return where a process answers."""
        return processes.url(self.settings, name)

    def key(self, role: str) -> str:
        """Return the API key of a role."""
        return str(json.loads(self.clients.read_text())["api_keys"][role])

    def outbox(self, counts: bool = False) -> dict[str, Any]:
        """Return what the SMS gateway was handed."""
        key = json.loads(self.clients.read_text())["sms"]["key"]
        answer = httpx.get(
            f"{self.url('sms')}/sandbox/outbox",
            params={"counts": counts},
            headers={"authorization": f"Bearer {key}"},
            trust_env=False,
            timeout=60,
        )
        content: dict[str, Any] = answer.raise_for_status().json()
        return content

    def stop_services(self) -> None:
        """Leave nothing but Kafka and MongoDB."""
        self.children.stop([row.name for row in processes.TABLE])

    def keep_logs(self) -> None:
        """Copy the logs to where they outlive the system."""
        shutil.rmtree(LOGS, ignore_errors=True)
        LOGS.parent.mkdir(exist_ok=True)
        shutil.copytree(self.logs, LOGS)


@contextmanager
def running(steps: launcher.Steps, applications: float) -> Iterator[System]:
    """Run a system for as long as the block lasts, with room for so many applications."""
    options.require_own_servers(dict(os.environ))
    options.require_room(Path(gettempdir()), applications)
    numbers = dict(zip(PORTS, ports.free(len(PORTS)), strict=True))
    with TemporaryDirectory(prefix="motcua-bench-", ignore_cleanup_errors=True) as folder:
        told = {"home": Path(folder)} | {f"{name}_port": n for name, n in numbers.items()}
        settings = Settings.model_validate(told)
        with Children(settings.home) as children:
            system = System(children, settings, launcher.up(children, settings, steps, QUIET))
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


def restart(system: System, name: str) -> None:
    """Start a process of the table again, without waiting for it."""
    system.children.stop([name])  # reaps it, if it died
    row = next(p for p in processes.TABLE if p.name == name)
    launcher.start_one(system.children, system.settings, system.servers, row, QUIET)
