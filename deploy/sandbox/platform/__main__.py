"""Runs both; callbacks go to payment's edge."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.bank.books import Books
from deploy.sandbox.platform import keypay, platform
from deploy.sandbox.platform.http import create_app
from deploy.sandbox.platform.platform import Shared
from deploy.sandbox.till import AT_ONCE, Posts


class Settings(BaseSettings):
    """`MOTCUA_…` variables; `platform_partner` and `keypay_partner` are their names at payment."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8204
    clients: Path = Path(".local/secrets/clients.json")
    payment_url: str = "http://127.0.0.1:8103"
    page_url: str = "http://127.0.0.1:8204"
    platform_partner: str = "platform"
    keypay_partner: str = "keypay"
    bank_call_again_s: float = Field(default=2.0, gt=0)
    bank_slow_s: float = Field(default=5.0, ge=0)


def main() -> None:
    """Run both until they are told to stop."""
    settings = Settings()
    names = settings.platform_partner, settings.keypay_partner
    try:
        known = msgspec.json.decode(settings.clients.read_bytes())["partners"]
        shared = [
            Shared(
                known[name]["merchant"],
                known[name]["outgoing"][-1]["secret"],
                known[name]["incoming"][-1]["secret"],
            )
            for name in names
        ]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} has not their keys ({error!r}): `motcua up` makes them.")
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    urls = [f"{settings.payment_url}/v1/callbacks/{name}" for name in names]
    again_s, page_url = settings.bank_call_again_s, settings.page_url
    app = create_app(
        platform.Platform(
            shared[0],
            Books(_now),
            Posts(client, urls[0], again_s, platform.word, platform.HEARD),
            page_url,
        ),
        keypay.Keypay(
            shared[1],
            Books(_now),
            Posts(client, urls[1], again_s, keypay.word, keypay.HEARD),
            page_url,
        ),
        settings.bank_slow_s,
    )
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
