"""Where officers work: what they are told, the log they follow, the edge they call."""

from contextlib import aclosing
from pathlib import Path

import httpx
import msgspec
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.log.reading import follow
from deploy.sandbox.officers.desk import Officers
from deploy.sandbox.officers.habits import Habits
from shared.errors import Misconfigured

TOPICS = ("routing.events",)
CALL_LIMIT_S = 10.0


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    kafka_url: str = Field(default="127.0.0.1:19092", validation_alias="KAFKA_URL")
    routing_url: str = "http://127.0.0.1:8102"
    clients: Path = Path(".local/secrets/clients.json")

    def officer_key(self) -> str:
        """Return the officers' API key.  Raises `Misconfigured`."""
        try:
            key: str = msgspec.json.decode(self.clients.read_bytes())["api_keys"]["officer"]
        except (OSError, ValueError, LookupError) as error:
            raise Misconfigured(
                f"{self.clients} is not a clients file ({error!r}): `motcua up` makes one."
            ) from error
        return key


async def work(settings: Settings, habits: Habits) -> None:
    """Attend to what routing has decided and decides, until cancelled."""
    bearer = {"authorization": f"Bearer {settings.officer_key()}"}
    async with (
        httpx.AsyncClient(
            base_url=settings.routing_url, headers=bearer, timeout=CALL_LIMIT_S, trust_env=False
        ) as http,
        aclosing(follow(settings.kafka_url, TOPICS)) as log,
    ):
        await Officers(http, habits).attend(log)
