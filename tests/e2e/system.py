"""A whole system for tests: every process real, on free ports, in a folder of its own."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from deploy.audit import books, devices
from deploy.audit.evidence import Evidence, read_collections, read_journals, read_log
from deploy.local import launcher, ports, processes
from deploy.local.children import Children
from deploy.local.settings import Settings
from deploy.local.stack import Stack
from tests.waiting import until_blocking

PORTS = ("kafka", "controller", "mongo", *processes.PORTS)
READY_LIMIT_S = 60.0


class Silent:
    """Start-up, told to nobody."""

    def doing(self, text: str) -> None:
        """Say nothing."""

    def done(self, text: str) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class System:
    """A running system."""

    children: Children
    settings: Settings
    servers: Stack

    @property
    def clients(self) -> Mapping[str, Any]:
        """The other side's secrets: API keys, intake's public key, what the bank shares."""
        content: dict[str, Any] = json.loads(
            (self.settings.home / "secrets" / "clients.json").read_text()
        )
        return content

    def url(self, name: str) -> str:
        """Return where a process answers."""
        return processes.url(self.settings, name)

    def client(self, name: str, role: str = "") -> httpx.AsyncClient:
        """Return an HTTP client of a process, with the key of a role."""
        key = self.clients["api_keys"].get(role, "")
        headers = {"authorization": f"Bearer {key}"} if role else {}
        return httpx.AsyncClient(
            base_url=self.url(name), headers=headers, trust_env=False, timeout=30
        )

    def kill(self, name: str) -> None:
        """Kill a process as a power cut would."""
        child = self.children.find(name)
        assert child is not None, f"{name} does not run"
        os.kill(child.pid, signal.SIGKILL)
        self.wait_until_dead(name)

    def wait_until_dead(self, name: str, limit_s: float = READY_LIMIT_S) -> None:
        """Wait until a process has ended."""
        until_blocking(lambda: not self.children.find(name), limit_s, f"the end of {name}")

    def start(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start a process that does not run."""
        self.children.stop([name])  # reaps it, if it died
        row = next(p for p in processes.TABLE if p.name == name)
        launcher.start_one(self.children, self.settings, self.servers, row, env or {})

    def wait_ready(self, name: str) -> None:
        """Wait until a process works on its lanes."""
        row = next(p for p in processes.TABLE if p.name == name)
        ready = partial(launcher.ready, row, self.settings.port(name))
        self.children.wait_for(name, ready, READY_LIMIT_S)

    async def evidence(self, centre_url: str = "", **known: Any) -> Evidence:
        """Read everything, from outside; `centre_url`: of a message centre, if one runs."""
        log = await read_log(self.servers.kafka_url, self.settings.lanes)
        journals = await read_journals(self.servers.mongo_url, "motcua")
        collections = await read_collections(self.servers.mongo_url, "motcua")
        async with self.client("bank") as bank:
            moved = books.read((await bank.get("/sandbox/statement")).json())
        carried = [
            devices.of_gateway(await self._outbox(self.url("sms"))),
            devices.of_inbox(await self._outbox(self.url("inbox"))),
        ]
        if centre_url:
            outbox = await self._outbox(centre_url)
            carried.append(devices.of_centre(outbox, log["notify.events"]))
        logs = {p.name: p.read_bytes() for p in (self.settings.home / "logs").glob("*.log")}
        return Evidence(
            log,
            journals,
            paid=moved.paid,
            given_back=moved.given_back,
            paid_out=moved.paid_out,
            befell=moved.befell,
            **devices.together(*carried)._asdict(),
            texts=logs,
            collections=collections,
            **known,
        )

    async def _outbox(self, url: str) -> Any:
        """Return the books of who carries notices."""
        key = {"authorization": f"Bearer {self.clients['sms']['key']}"}
        async with httpx.AsyncClient(base_url=url, headers=key, trust_env=False) as carrier:
            answer = await carrier.get("/sandbox/outbox", params={"counts": True}, timeout=30)
            return answer.raise_for_status().json()


def own_settings(folder: Path, **more: Any) -> Settings:
    """Return the settings of a system on servers of its own, on ports that are free."""
    numbers = dict(zip(PORTS, ports.free(len(PORTS)), strict=True))
    told = {"home": folder, "kafka_url": "", "mongo_url": "", **more}
    return Settings.model_validate(told | {f"{name}_port": n for name, n in numbers.items()})


@contextmanager
def running(
    folder: Path,
    env: Mapping[str, str] | None = None,
    told: Callable[[Settings], Mapping[str, str]] = lambda _: {},
) -> Iterator[System]:
    """A system of its own for as long as the block runs; `told`: its processes, by its ports."""
    settings = own_settings(folder)
    before = dict(os.environ)
    os.environ.update(env or {})
    try:
        with Children(folder) as children:
            servers = launcher.up(children, settings, Silent(), told(settings))
            yield System(children, settings, servers)
    finally:
        os.environ.clear()
        os.environ.update(before)
