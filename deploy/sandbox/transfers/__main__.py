"""Runs the bank; transfers are told of at payment's edge."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.transfers.caller import AT_ONCE, Caller
from deploy.sandbox.transfers.forms import Form, Merchant
from deploy.sandbox.transfers.house import House
from deploy.sandbox.transfers.http import create_app


class Watched(BaseModel):
    """An account that somebody watches, and in which form it tells of money."""

    form: Form
    bank: str
    account: str


class Settings(BaseSettings):
    """`MOTCUA_…` variables; `watched` maps a partner's name to its account, as JSON.

    The real ones call again after minutes; here nobody has the time.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8203
    clients: Path = Path(".local/secrets/clients.json")
    payment_url: str = "http://127.0.0.1:8103"
    watched: Mapping[str, Watched] = Field(default_factory=dict)
    bank_call_again_s: float = Field(default=2.0, gt=0)
    transfer_late_s: float = Field(default=20.0, ge=0)


def main() -> None:
    """Run the bank until it is told to stop."""
    settings = Settings()
    try:
        keys = msgspec.json.decode(settings.clients.read_bytes())["partners"]
        merchants = [
            Merchant(
                name=name,
                form=watched.form,
                secret=keys[name]["incoming"][-1]["secret"],
                bank=watched.bank,
                account=watched.account,
                callback_url=f"{settings.payment_url}/v1/callbacks/{name}",
                client_id=keys[name]["merchant"],
                api_key=keys[name].get("ids", {}).get("api_key", ""),
            )
            for name, watched in settings.watched.items()
        ]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} has not their keys ({error!r}): `motcua up` makes them.")
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    caller = Caller(client, _now, settings.bank_call_again_s)
    app = create_app(House(merchants, caller, _now, settings.transfer_late_s))
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
