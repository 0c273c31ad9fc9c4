"""Runs the wallet; callbacks go to where each order says."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.wallets.books import Books, Form, Merchant
from deploy.sandbox.wallets.caller import AT_ONCE, Caller
from deploy.sandbox.wallets.http import create_app
from deploy.sandbox.wallets.wallet import Wallet


class Known(BaseModel):
    """What a merchant is known by: MoMo's access_key, ZaloPay's app_id."""

    form: Form
    access_key: str = ""
    app_id: str = ""


class Settings(BaseSettings):
    """`MOTCUA_…` variables; `wallets` maps a partner's name to what it is known by, as JSON.

    The real ones call again after minutes and give money back after days; here nobody waits.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8204
    clients: Path = Path(".local/secrets/clients.json")
    wallets: Mapping[str, Known] = Field(default_factory=dict)
    bank_call_again_s: float = Field(default=2.0, gt=0)
    refund_after_s: float = Field(default=3.0, ge=0)


def main() -> None:
    """Run the wallet until it is told to stop."""
    settings = Settings()
    try:
        keys = msgspec.json.decode(settings.clients.read_bytes())["partners"]
        merchants = [
            Merchant(
                name=name,
                form=known.form,
                code=known.app_id or keys[name]["merchant"],
                theirs=keys[name]["outgoing"][-1]["secret"],
                ours=keys[name]["incoming"][-1]["secret"],
                access_key=known.access_key,
            )
            for name, known in settings.wallets.items()
        ]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} has not their keys ({error!r}): `motcua up` makes them.")
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    caller = Caller(client, settings.bank_call_again_s)
    wallet = Wallet(merchants, Books(_now), caller, settings.refund_after_s)
    app = create_app(wallet)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
