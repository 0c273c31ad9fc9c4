"""Runs the message centre."""

import asyncio
import sys
from pathlib import Path

import msgspec
import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.smsc.behaviour import Faults
from deploy.sandbox.smsc.centre import Centre
from deploy.sandbox.smsc.http import create_app
from deploy.sandbox.smsc.link import Switchboard


class Settings(BaseSettings):
    """`MOTCUA_…` variables.  `provider`: under which name the clients file has the account."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8205
    smpp_port: int = 2775
    provider: str = "smsc"
    clients: Path = Path(".local/secrets/clients.json")


async def serve(settings: Settings, account: tuple[str, str], key: str) -> None:
    """Serve binds and the page until told to stop."""
    centre = Centre(Faults())
    switchboard = Switchboard(centre, account)
    await switchboard.open(settings.host, settings.smpp_port)
    config = uvicorn.Config(
        create_app(centre, switchboard, key),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
    )
    await uvicorn.Server(config).serve()
    await switchboard.close()


def main() -> None:
    """Run the message centre until it is told to stop."""
    settings = Settings()
    try:
        clients = msgspec.json.decode(settings.clients.read_bytes())
        known = clients["providers"][settings.provider]
        account, key = (known["system_id"], known["password"]), clients["sms"]["key"]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(
            f"{settings.clients} has no account of provider {settings.provider} ({error!r}): put "
            f'{{"system_id": …, "password": …}} there, and the same among the services\' secrets.'
        )
    asyncio.run(serve(settings, account, key))


if __name__ == "__main__":
    main()
