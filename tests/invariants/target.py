"""The system as a set of processes that may be killed, paused, doubled and told other things."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local import kafka, launcher, mongo, ports, processes, secrets, stack, topics
from deploy.local.children import Children
from deploy.local.settings import HOST
from deploy.log.lag import Lags
from shared.topics import groups
from tests.e2e import centre
from tests.e2e.system import READY_LIMIT_S, System, own_settings
from tests.invariants.carriers import providers
from tests.invariants.faults import LANED
from tests.waiting import Late, until

SERVICES = tuple(row.name for row in processes.TABLE if row.kind == "service")
LOOK_S = 0.1
PROBE_LIMIT_S = 2.0
STEP_DOWN_S = 3
SECOND = "-2"  # in the name of a service's second process


class Target:
    """A running system under attack; `env` is what each process is told besides."""

    def __init__(
        self, system: System, env: Mapping[str, Mapping[str, str]], centre_url: str = ""
    ) -> None:
        self.system, self._env, self.centre_url = system, env, centre_url
        self._second_ports = dict(zip(SERVICES, ports.free(len(SERVICES)), strict=True))

    @property
    def lanes(self) -> int:
        """How many lanes there are."""
        return self.system.settings.lanes

    @property
    def kafka_url(self) -> str:
        """Where the broker answers."""
        return self.system.servers.kafka_url

    def runs(self, name: str) -> bool:
        """Tell whether a process lives."""
        return self.system.children.find(name) is not None

    def start(self, name: str, more: Mapping[str, str] | None = None) -> None:
        """Start a service, or its second process, that does not run."""
        service = name.removesuffix(SECOND)
        self.system.children.stop([name])  # reaps it, if it died
        row = next(p for p in processes.TABLE if p.name == service)
        port = self._port(name)
        told = processes.env(row, self.system.settings, self.system.servers)
        env = {**told, "MOTCUA_PORT": str(port), **self._env.get(service, {}), **(more or {})}
        self.system.children.start(name, [sys.executable, "-m", row.module], port, env)

    def stop(self, *names: str) -> None:
        """End processes in order."""
        self.system.children.stop(names)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a process."""
        child = self.system.children.find(name)
        if child is None:
            raise Late(f"{name} does not run: {self.system.children.log(name)} says why")
        os.kill(child.pid, number)

    async def kill(self, name: str) -> None:
        """Kill a process as a power cut would."""
        self.signal(name, signal.SIGKILL)
        await asyncio.to_thread(self.system.wait_until_dead, name)

    def log(self, name: str) -> bytes:
        """Return all that a process has logged, in all its lives."""
        return self.system.children.log(name).read_bytes()

    async def health(self, name: str) -> dict[str, dict[str, Any]]:
        """Return what the loops of a process say of themselves, nothing if it does not answer."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=PROBE_LIMIT_S) as client:
                answer = await client.get(f"http://{HOST}:{self._port(name)}/readyz")
            loops: dict[str, dict[str, Any]] = answer.json()["loops"]
        except (httpx.HTTPError, ValueError, LookupError):
            return {}
        return loops

    async def says(self, name: str, word: str) -> bool:
        """Tell whether a loop of a process gives this as its reason to wait."""
        return any(word in loop["because"] for loop in (await self.health(name)).values())

    async def waits(self) -> bool:
        """Tell whether a loop of a service says that it waits for somebody: who has nothing to do
        does not notice.
        """
        told = [await self.health(name) for name in LANED]
        return any(loop["doing"] == "waiting" for loops in told for loop in loops.values())

    async def is_ready(self, *names: str) -> bool:
        """Tell whether all these have lanes and work on them."""
        return not [each async for each in self._unready(names)]

    async def unready(self) -> str:
        """Return who does not work, and why not."""
        return ", ".join([each async for each in self._unready(SERVICES)])

    async def _unready(self, names: Sequence[str]) -> AsyncIterator[str]:
        for name in names:
            loops = await self.health(name)
            if not loops:
                yield f"{name} (no answer)"
            for loop, said in loops.items():
                if said["doing"] not in ("idle", "working") or not said["lanes"]:
                    yield f"{name} {loop} ({said['doing']}: {said['because']})"

    async def start_servers(self) -> None:
        """Start whichever of Kafka and MongoDB does not run, and wait for it."""
        down = [name for name in stack.PARTS if not self.runs(name)]
        self.system.children.stop(down)  # reaps them
        await asyncio.to_thread(stack.start, self.system.children, self.system.settings)

    async def step_down(self) -> None:
        """Make the database give up being primary; alone, it becomes it again."""
        port = self.system.settings.mongo_port

        def ask() -> None:
            client: MongoClient[dict[str, Any]] = MongoClient(HOST, port, directConnection=True)
            with client:
                client.admin.command("replSetStepDown", STEP_DOWN_S, force=True)

        try:
            await asyncio.to_thread(ask)
        except PyMongoError as error:
            raise Late(f"the database would not step down: {error}") from error
        if await asyncio.to_thread(mongo.ready, port):
            raise Late("the database stepped down and is primary all the same")
        await until(lambda: asyncio.to_thread(mongo.ready, port), READY_LIMIT_S, "a primary")

    async def members(self, group: str) -> int:
        """Return how many members a consumer group has now."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka_url)
        await admin.start()
        try:
            [answer] = await admin.describe_consumer_groups([group])
            return len(answer.groups[0][5])
        finally:
            await admin.close()

    async def behind(self, group: str) -> dict[str, int]:
        """Return by how much a group lags where it does."""
        async with Lags(self.kafka_url, {group: groups()[group]}, self.lanes) as lags:
            return await lags.where(group)

    async def limit_messages(self, names: Sequence[str], limit_bytes: int) -> None:
        """Make these topics take no larger messages."""
        wanted = topics.config(replicas=1) | {"max.message.bytes": str(limit_bytes)}
        resources = [ConfigResource(ConfigResourceType.TOPIC, n, configs=wanted) for n in names]
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka_url)
        await admin.start()
        try:
            await admin.alter_configs(resources)
        finally:
            await admin.close()

    def _port(self, name: str) -> int:
        service = name.removesuffix(SECOND)
        is_second = name.endswith(SECOND)
        return self._second_ports[service] if is_second else self.system.settings.port(service)


@contextmanager
def running(folder: Path, env: Mapping[str, Mapping[str, str]]) -> Iterator[Target]:
    """A system of its own for as long as the block runs; `env` is per process."""
    settings = own_settings(folder)
    with Children(folder) as children:
        secrets.ensure(folder / "secrets")
        kafka.fetch()
        servers = stack.start(children, settings)
        asyncio.run(topics.bootstrap(servers.kafka_url, settings.lanes))
        centre_url, binds_url = centre.start(children, settings, env.get("smsc", {}))
        carriers = {"MOTCUA_PROVIDERS": str(providers(folder, binds_url))}
        told = {**env, "notify": {**env.get("notify", {}), **carriers}}
        for row in processes.TABLE:
            launcher.start_one(children, settings, servers, row, told.get(row.name, {}))
        system = System(children, settings, servers)
        for row in processes.TABLE:
            system.wait_ready(row.name)
        yield Target(system, told, centre_url)
