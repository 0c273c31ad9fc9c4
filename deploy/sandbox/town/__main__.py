"""Runs the town until it is told to stop."""

import asyncio
import random
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn
from fastapi import FastAPI
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.log.reading import follow
from deploy.sandbox import switches
from deploy.sandbox.officers.desk import Officers
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.payers import Payers
from deploy.sandbox.portal import Portal
from deploy.sandbox.switches import Switches
from deploy.sandbox.town.life import Asked, attend, faults, hand_in, keep
from deploy.sandbox.town.sender import Sender, drawn
from shared.bus import Producer
from shared.catalogue import load
from shared.clock import system_clock
from shared.events import Event
from shared.kafka import KafkaProducer
from shared.working_time import local_day

CALL_LIMIT_S = 30.0
PATIENCE_S = 86_400.0  # for a fee that is not paid while a bank is down
NO_DETOURS: dict[str, Any] = dict.fromkeys(
    ("refused", "asked_for_supplement", "suspended", "reopened"), 0.0
)


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8205
    kafka_url: str = Field(default="127.0.0.1:19092", validation_alias="KAFKA_URL")
    lanes: int = Field(default=4, ge=1)
    clients: Path = Path(".local/secrets/clients.json")
    intake_url: str = "http://127.0.0.1:8101"
    routing_url: str = "http://127.0.0.1:8102"
    payment_url: str = "http://127.0.0.1:8103"
    bank_url: str = "http://127.0.0.1:8201"
    sms_url: str = "http://127.0.0.1:8202"
    town_every_s: float = Field(default=1.0, gt=0)  # how often somebody hands in


def main() -> None:
    """Run the town."""
    settings = Settings()
    try:
        clients = msgspec.json.decode(settings.clients.read_bytes())
        asyncio.run(_run(settings, clients))
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} is not a clients file ({error!r}): `motcua up` makes one.")


class Town:
    """The people of a town, at the doors of a running system."""

    def __init__(self, settings: Settings, clients: Mapping[str, Any], on: Switches) -> None:
        self._settings, self._clients, self._on = settings, clients, on
        self._since, self._chance = system_clock(), random.Random()

    def works(self, sender: Sender) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return what goes on in the town, by who does it."""
        return {
            "payers": self._pay,
            "officers": self._decide,
            "citizens": partial(self._submit, sender),
        }

    def sender(self, door: httpx.AsyncClient, producer: Producer) -> Sender:
        """Return who sends what citizens hand in."""
        lanes = self._settings.lanes
        portal = Portal(self._clients, lanes)
        return Sender(portal, door, producer, lanes)

    def client(self, url: str, role: str = "portal") -> httpx.AsyncClient:
        """Return a client that shows the key of a role."""
        bearer = {"authorization": f"Bearer {self._clients['api_keys'][role]}"}
        return httpx.AsyncClient(
            base_url=url, headers=bearer, timeout=CALL_LIMIT_S, trust_env=False
        )

    async def _pay(self) -> None:
        told = self._settings
        async with self.client(told.payment_url) as payment, self.client(told.bank_url) as bank:
            people = Payers(payment, bank, lambda _: "pay", lambda _: "")
            await attend(self._log, "payment.events", self._since, people.attend)

    async def _decide(self) -> None:
        habits = Habits(patience_s=PATIENCE_S, **NO_DETOURS)
        async with self.client(self._settings.routing_url, "officer") as routing:
            people = Officers(routing, habits, accepts=lambda: not self._on.is_on("not_accepting"))
            await attend(self._log, "routing.events", self._since, people.attend)

    async def _submit(self, sender: Sender) -> None:
        told = self._settings
        applications = drawn(load(), local_day(self._since), self._chance)
        async with self.client(told.bank_url) as bank, self.client(told.sms_url) as sms:
            is_asked = Asked(self._on, (bank, sms))
            await hand_in(sender, self._on, is_asked, applications, told.town_every_s)

    def _log(self, topics: Sequence[str]) -> AsyncGenerator[Event, None]:
        return follow(self._settings.kafka_url, topics)


async def _run(settings: Settings, clients: Mapping[str, Any]) -> None:
    on, producer = faults(), KafkaProducer(settings.kafka_url)
    town = Town(settings, clients, on)
    config = uvicorn.Config(
        create_app(on), settings.host, settings.port, access_log=False, log_level="warning"
    )
    await producer.start()
    async with town.client(settings.intake_url) as door:
        works = town.works(town.sender(door, producer))
        living = [asyncio.create_task(keep(name, work)) for name, work in works.items()]
        try:
            await uvicorn.Server(config).serve()
        finally:
            for task in living:
                task.cancel()
            await asyncio.gather(*living, return_exceptions=True)
            await producer.stop()


def create_app(on: Switches) -> FastAPI:
    """Return the town's door."""
    app = FastAPI(title="Sandbox town")
    app.include_router(switches.router(on))

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    return app


if __name__ == "__main__":
    main()
