"""Runs the gateway; receipts go to notify's edge."""

import sys
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.sms.behaviour import Faults, Gateway
from deploy.sandbox.sms.gateway import create_app

ENDS_WITHIN_S = 3  # also with calls that are answered late


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8202
    clients: Path = Path(".local/secrets/clients.json")
    notify_url: str = ""  # empty: no receipts


def main() -> None:
    """Run the gateway until it is told to stop."""
    settings = Settings()
    try:
        clients = msgspec.json.decode(settings.clients.read_bytes())
        key, partner_key = clients["sms"]["key"], clients["api_keys"]["partner"]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} is not a clients file ({error!r}): `motcua up` makes one.")
    receipts = (
        httpx.AsyncClient(
            base_url=settings.notify_url, headers={"authorization": f"Bearer {partner_key}"}
        )
        if settings.notify_url
        else None
    )
    app = create_app(Gateway(Faults(), receipts), key)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=ENDS_WITHIN_S,
    )


if __name__ == "__main__":
    main()
