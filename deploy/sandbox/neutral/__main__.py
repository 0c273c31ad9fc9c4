"""Runs the bank; its calls go to payment's edge."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.neutral.bank import HEARD, Bank, Shared, word
from deploy.sandbox.neutral.http import create_app
from deploy.sandbox.till import AT_ONCE, Posts


class Settings(BaseSettings):
    """`MOTCUA_…` variables; `neutral_partner` is its name at payment."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8205
    clients: Path = Path(".local/secrets/clients.json")
    payment_url: str = "http://127.0.0.1:8103"
    page_url: str = "http://127.0.0.1:8205"
    neutral_partner: str = "neutral"
    bank_call_again_s: float = Field(default=2.0, gt=0)
    bank_slow_s: float = Field(default=5.0, ge=0)


def main() -> None:
    """Run the bank until it is told to stop."""
    settings = Settings()
    name = settings.neutral_partner
    try:
        keys = msgspec.json.decode(settings.clients.read_bytes())["partners"][name]
        theirs, ours = keys["outgoing"][-1]["secret"], keys["incoming"][-1]["secret"]
        shared = Shared(name, keys["merchant"], theirs, ours)
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} has not its keys ({error!r}): `motcua up` makes them.")
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    callback_url = f"{settings.payment_url}/v1/callbacks/{name}"
    posts = Posts(client, callback_url, settings.bank_call_again_s, word, HEARD)
    bank = Bank(shared, posts, settings.page_url, lambda: datetime.now(UTC))
    app = create_app(bank, settings.bank_slow_s)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
