"""Runs all partners; callbacks go to payment's edge."""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.partners.http import create_app, faults
from deploy.sandbox.partners.opened import Opened, World, open_all, read
from deploy.sandbox.partners.rough import Manners, Rough
from deploy.sandbox.posts import AT_ONCE, Patience
from deploy.sandbox.till import is_down

ENDS_WITHIN_S = 3  # also with calls that nobody answers


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them.

    The real ones call again after minutes and give money back after days; here nobody waits.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8201
    clients: Path = Path(".local/secrets/clients.json")
    partners: Path = Path("services/payment/sandbox_partners.json")
    payment_url: str = "http://127.0.0.1:8103"
    bank_url: str = "http://127.0.0.1:8201"
    bank_page_url: str = ""  # as citizens' browsers reach us; empty: as `bank_url`
    bank_call_again_s: float = Field(default=2.0, gt=0)
    refund_after_s: float = Field(default=3.0, ge=0)
    transfer_late_s: float = Field(default=20.0, ge=0)
    bank_slow_s: float = Field(default=5.0, ge=0)


def main() -> None:
    """Run the partners until they are told to stop."""
    settings = Settings()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    partners: dict[str, Opened] = {}
    on, patience = faults(), Patience()
    rough = Rough(
        httpx.AsyncHTTPTransport(limits=limits, trust_env=False),
        Manners(),
        random.Random(0),
        lambda name: any(on.shown().values()) or is_down(partners[name].app),
    )
    world = World(
        client=httpx.AsyncClient(transport=rough, trust_env=False),
        payment_url=settings.payment_url,
        page_url=settings.bank_page_url or settings.bank_url,
        now=lambda: datetime.now(UTC),
        call_again_s=settings.bank_call_again_s,
        patience=patience,
        refund_after_s=settings.refund_after_s,
        late_s=settings.transfer_late_s,
        slow_s=settings.bank_slow_s,
    )
    try:
        partners |= open_all(read(settings.partners, settings.clients), world)
    except (OSError, ValueError, LookupError) as error:
        sys.exit(
            f"{settings.partners} or {settings.clients} cannot be used ({error!r}): "
            f"`motcua up` makes the second, with keys for each partner of the first."
        )
    app = create_app(partners, rough.did, on, patience)
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
