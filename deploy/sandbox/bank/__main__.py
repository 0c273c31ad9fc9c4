"""Runs the bank; callbacks go to payment's edge."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.bank.bank import Bank, Merchant
from deploy.sandbox.bank.books import Books
from deploy.sandbox.bank.caller import AT_ONCE, Caller
from deploy.sandbox.bank.http import create_app


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them.

    The real one calls again after five minutes and gives money back after days; here nobody waits.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8201
    clients: Path = Path(".local/secrets/clients.json")
    payment_url: str = "http://127.0.0.1:8103"
    bank_call_again_s: float = Field(default=2.0, gt=0)
    refund_after_s: float = Field(default=3.0, ge=0)


def main() -> None:
    """Run the bank until it is told to stop."""
    settings = Settings()
    try:
        shared = msgspec.json.decode(settings.clients.read_bytes())["partners"]["vnpay"]
        merchant = Merchant(shared["merchant"], shared["incoming"][0]["secret"])
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} is not a clients file ({error!r}): `motcua up` makes one.")
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    callback_url = f"{settings.payment_url}/v1/callbacks/vnpay"
    caller = Caller(client, callback_url, settings.bank_call_again_s)
    books = Books(lambda: datetime.now(UTC))
    app = create_app(Bank(merchant, books, caller, settings.refund_after_s))
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
