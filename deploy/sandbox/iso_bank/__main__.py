"""Runs the banks; what they booked is told of at payment's edge."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.iso_bank.bank import IsoBank, Merchant
from deploy.sandbox.iso_bank.caller import AT_ONCE, Caller
from deploy.sandbox.iso_bank.http import create_apps


class Settings(BaseSettings):
    """`MOTCUA_…` variables; `iso_accounts` maps a partner's name to our account there, as JSON.

    The real ones send again after minutes; here nobody has the time.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8206
    clients: Path = Path(".local/secrets/clients.json")
    payment_url: str = "http://127.0.0.1:8103"
    iso_accounts: Mapping[str, str] = Field(default_factory=dict)
    bank_call_again_s: float = Field(default=2.0, gt=0)
    iso_late_s: float = Field(default=20.0, ge=0)


def banks(settings: Settings, client: httpx.AsyncClient) -> dict[str, IsoBank]:
    """Return the banks, with the keys that they share with us.  Raises `ValueError`, `OSError`."""
    keys = msgspec.json.decode(settings.clients.read_bytes())["partners"]
    out = {}
    for name, account in settings.iso_accounts.items():
        ours, theirs = (keys[name][side][-1]["secret"] for side in ("incoming", "outgoing"))
        url = f"{settings.payment_url}/v1/callbacks/{name}"
        caller = Caller(client, url, ours, settings.bank_call_again_s, _now)
        merchant = Merchant(account, theirs, ours)
        out[name] = IsoBank(merchant, caller, _now, settings.iso_late_s)
    return out


def main() -> None:
    """Run the banks until they are told to stop."""
    settings = Settings()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    client = httpx.AsyncClient(limits=limits, trust_env=False)
    try:
        app = create_apps(banks(settings, client))
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} is not a clients file ({error!r}): `motcua up` makes one.")
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
